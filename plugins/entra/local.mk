# the entra connector
if BUILD_ENTRA
if STATIC_PLUGINS
noinst_LTLIBRARIES += plugins/entra.la
PRELOAD += -dlpreopen plugins/entra.la
PRELOADED += plugins/entra.la
else
plugin_LTLIBRARIES += plugins/entra.la
endif
endif
plugins_entra_la_SOURCES = plugins/entra/entra.h plugins/entra/entra.c plugins/entra/aadsts.c \
  plugins/entra/answer.c plugins/entra/assertion.c plugins/entra/base64.c \
  plugins/entra/certificate.c plugins/entra/certificate.h plugins/entra/challenge.c \
  plugins/entra/credential.c plugins/entra/federation.c plugins/entra/identity.c \
  plugins/entra/signin.h \
  plugins/entra/attributes.c plugins/entra/batch.c plugins/entra/cloud.c plugins/entra/cursor.c \
  plugins/entra/fetch.c plugins/entra/graph.c plugins/entra/groups.c plugins/entra/kept.c \
  plugins/entra/listing.c plugins/entra/object.c plugins/entra/pace.c plugins/entra/page.c \
  plugins/entra/photos.c plugins/entra/plan.c plugins/entra/probe.c plugins/entra/problem.c \
  plugins/entra/read.c plugins/entra/read.h plugins/entra/restrict.c plugins/entra/rights.c \
  plugins/entra/roll.c plugins/entra/token.c plugins/entra/users.c plugins/entra/watch.c
plugins_entra_la_CPPFLAGS = $(PLUGIN_INCLUDES)
plugins_entra_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
plugins_entra_la_LIBADD = libmuster-net.la libmuster.la $(CRYPTO_LIBS)
plugins_entra_la_LDFLAGS = $(PLUGIN_LINK)
EXTRA_DIST += plugins/entra/README
dist_man_MANS += plugins/entra/muster-entra.5
