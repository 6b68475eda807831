# the kaizala connector
if BUILD_KAIZALA
if STATIC_PLUGINS
noinst_LTLIBRARIES += plugins/kaizala.la
PRELOAD += -dlpreopen plugins/kaizala.la
PRELOADED += plugins/kaizala.la
else
plugin_LTLIBRARIES += plugins/kaizala.la
endif
endif
plugins_kaizala_la_SOURCES = plugins/kaizala/kaizala.h plugins/kaizala/kaizala.c plugins/kaizala/directory.c \
  plugins/kaizala/find.c plugins/kaizala/groups.c plugins/kaizala/members.c plugins/kaizala/probe.c \
  plugins/kaizala/token.c
plugins_kaizala_la_CPPFLAGS = $(PLUGIN_INCLUDES)
plugins_kaizala_la_LIBADD = libmuster-net.la libmuster.la
plugins_kaizala_la_LDFLAGS = $(PLUGIN_LINK)
EXTRA_DIST += plugins/kaizala/README
dist_man_MANS += plugins/kaizala/muster-kaizala.5
