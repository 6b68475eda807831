# Connectors.  A plugin includes only <muster/...> and its own third-party library.
#
# All plugins land in one folder, plugins/.libs/NAME.so in the build tree and
# $(libdir)/muster/1/NAME.so once installed.  A connector's local.mk reads:
#
#   if BUILD_ACME
#   if STATIC_PLUGINS
#   noinst_LTLIBRARIES += plugins/acme.la
#   PRELOAD += -dlpreopen plugins/acme.la
#   PRELOADED += plugins/acme.la
#   else
#   plugin_LTLIBRARIES += plugins/acme.la
#   endif
#   endif
#   plugins_acme_la_SOURCES = plugins/acme/acme.c ...
#   plugins_acme_la_CPPFLAGS = $(PLUGIN_INCLUDES) $(ACME_CFLAGS)
#   plugins_acme_la_LIBADD = libmuster.la $(ACME_LIBS)       (libmuster-net.la for REST)
#   plugins_acme_la_LDFLAGS = $(PLUGIN_LINK)
#
# and configure.ac has MST_CONNECTOR([acme], ...).  PLUGIN_INCLUDES does not lead to
# core/ (nor does automake, told nostdinc), so a plugin that includes more than it may
# does not compile.
PLUGIN_INCLUDES = -I$(top_srcdir)/include
PLUGIN_LINK = $(AM_LDFLAGS) $(MST_DEFS_LDFLAGS) -module -avoid-version -no-undefined \
  -export-symbols-regex '^mst_plugin_'
if STATIC_PLUGINS
# libtool preloads real libraries only, and -rpath is what makes it think so.
PLUGIN_LINK += -static -rpath $(plugindir)
endif

include plugins/boldbi/local.mk
include plugins/entra/local.mk
include plugins/exec/local.mk
include plugins/file/local.mk
include plugins/kaizala/local.mk
include plugins/ldap/local.mk
