# libmuster [1]-[2] stands behind include/muster; libmuster-net only behind
# <muster/http.h>; everything above is linked into the program and the tests.
lib_LTLIBRARIES += libmuster.la
libmuster_la_SOURCES =
libmuster_la_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
libmuster_la_LIBADD = $(JSON_LIBS)
libmuster_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 -no-undefined \
  -Wl,-Bsymbolic-functions -Wl,--version-script=$(top_srcdir)/core/libmuster.map
EXTRA_DIST += core/README core/libmuster.map core/libmuster-net.map
EXTRA_libmuster_la_DEPENDENCIES = core/libmuster.map

if HAVE_CURL
lib_LTLIBRARIES += libmuster-net.la
endif
libmuster_net_la_SOURCES =
libmuster_net_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(CRYPTO_CFLAGS)
libmuster_net_la_LIBADD = libmuster.la $(CURL_LIBS) $(CRYPTO_LIBS)
libmuster_net_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 -no-undefined \
  -Wl,--version-script=$(top_srcdir)/core/libmuster-net.map
EXTRA_libmuster_net_la_DEPENDENCIES = core/libmuster-net.map

noinst_LTLIBRARIES += core/libcore.la
core_libcore_la_SOURCES =
nodist_core_libcore_la_SOURCES =
core_libcore_la_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS) $(JSON_CFLAGS) $(SQLITE_CFLAGS) \
  $(PCRE_CFLAGS) $(UTF8PROC_CFLAGS) $(XXHASH_CFLAGS)
core_libcore_la_LIBADD = libmuster.la $(XML_LIBS) $(JSON_LIBS) $(SQLITE_LIBS) \
  $(PCRE_LIBS) $(UTF8PROC_LIBS) $(XXHASH_LIBS) $(LTDL_LIBS)

bin_PROGRAMS += muster
muster_SOURCES =
muster_CFLAGS = $(AM_CFLAGS) $(MST_PIE_CFLAGS) $(JSON_CFLAGS)
# With --enable-static-plugins the connectors are in PRELOAD; libtool then writes the
# table lt__PROGRAM__LTX_preloaded_symbols, which core/host declares weak (the unit tests
# have none) and hands to lt_dlpreload_default().  A plugin in it is called "NAME.a".
muster_LDADD = $(PRELOAD) core/libcore.la libmuster.la
muster_DEPENDENCIES = $(PRELOADED) core/libcore.la libmuster.la
muster_LDFLAGS = $(AM_LDFLAGS) $(MST_PIE_LDFLAGS)

include core/util/local.mk
include core/record/local.mk
include core/sdk/local.mk
include core/net/local.mk
include core/rules/local.mk
include core/config/local.mk
include core/store/local.mk
include core/host/local.mk
include core/engine/local.mk
include core/cli/local.mk
