# the boldbi connector
if BUILD_BOLDBI
if STATIC_PLUGINS
noinst_LTLIBRARIES += plugins/boldbi.la
PRELOAD += -dlpreopen plugins/boldbi.la
PRELOADED += plugins/boldbi.la
else
plugin_LTLIBRARIES += plugins/boldbi.la
endif
endif
plugins_boldbi_la_SOURCES = plugins/boldbi/boldbi.h plugins/boldbi/boldbi.c \
  plugins/boldbi/group.c plugins/boldbi/look.c plugins/boldbi/probe.c \
  plugins/boldbi/site.c plugins/boldbi/user.c
plugins_boldbi_la_CPPFLAGS = $(PLUGIN_INCLUDES)
plugins_boldbi_la_LIBADD = libmuster-net.la libmuster.la
plugins_boldbi_la_LDFLAGS = $(PLUGIN_LINK)
EXTRA_DIST += plugins/boldbi/README
dist_man_MANS += plugins/boldbi/muster-boldbi.5
