# JSON, the HTTP client and the entra source

check_PROGRAMS += tests/unit/json
tests_unit_json_SOURCES = tests/unit/json.c
tests_unit_json_CFLAGS = $(UNIT_CFLAGS)
tests_unit_json_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/json

if HAVE_CURL

check_PROGRAMS += tests/unit/http
tests_unit_http_SOURCES = tests/unit/http.c tests/unit/http-kit.c tests/unit/http-kit.h \
  tests/unit/server.c tests/unit/server.h
tests_unit_http_CFLAGS = $(UNIT_CFLAGS)
tests_unit_http_LDADD = libmuster-net.la $(UNIT_LIBS)
TESTS += tests/unit/http

check_PROGRAMS += tests/unit/http-each
tests_unit_http_each_SOURCES = tests/unit/http-each.c tests/unit/http-kit.c tests/unit/http-kit.h \
  tests/unit/server.c tests/unit/server.h
tests_unit_http_each_CFLAGS = $(UNIT_CFLAGS)
tests_unit_http_each_LDADD = libmuster-net.la $(UNIT_LIBS)
TESTS += tests/unit/http-each

check_PROGRAMS += tests/unit/rest
tests_unit_rest_SOURCES = tests/unit/rest.c tests/unit/http-kit.c tests/unit/http-kit.h \
  tests/unit/server.c tests/unit/server.h
tests_unit_rest_CFLAGS = $(UNIT_CFLAGS)
tests_unit_rest_LDADD = libmuster-net.la $(UNIT_LIBS)
TESTS += tests/unit/rest

check_PROGRAMS += tests/unit/http-many
tests_unit_http_many_SOURCES = tests/unit/http-many.c tests/unit/http-kit.c tests/unit/http-kit.h \
  tests/unit/server.c tests/unit/server.h
tests_unit_http_many_CFLAGS = $(UNIT_CFLAGS)
tests_unit_http_many_LDADD = libmuster-net.la $(UNIT_LIBS)
TESTS += tests/unit/http-many

check_PROGRAMS += tests/unit/http-pure
tests_unit_http_pure_SOURCES = tests/unit/http-pure.c
tests_unit_http_pure_CFLAGS = $(UNIT_CFLAGS)
tests_unit_http_pure_LDADD = libmuster-net.la $(UNIT_LIBS)
TESTS += tests/unit/http-pure

check_PROGRAMS += tests/unit/http-minute
tests_unit_http_minute_SOURCES = tests/unit/http-minute.c core/net/pace.c
tests_unit_http_minute_CFLAGS = $(UNIT_CFLAGS) $(CURL_CFLAGS)
tests_unit_http_minute_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/http-minute

if HAVE_CRYPTO
check_PROGRAMS += tests/unit/seal
tests_unit_seal_SOURCES = tests/unit/seal.c
tests_unit_seal_CFLAGS = $(UNIT_CFLAGS)
tests_unit_seal_LDADD = libmuster-net.la $(UNIT_LIBS)
TESTS += tests/unit/seal
endif

check_PROGRAMS += tests/unit/http-tls
tests_unit_http_tls_SOURCES = tests/unit/http-tls.c
tests_unit_http_tls_CFLAGS = $(UNIT_CFLAGS)
tests_unit_http_tls_LDADD = libmuster-net.la $(UNIT_LIBS)
TESTS += tests/unit/http-tls

if HAVE_CRYPTO

check_PROGRAMS += tests/unit/entra-tables
tests_unit_entra_tables_SOURCES = tests/unit/entra-tables.c $(plugins_entra_la_SOURCES)
tests_unit_entra_tables_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_tables_LDADD = libmuster-net.la $(UNIT_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-tables

if HAVE_MHD

GRAPH_MIRROR = tests/unit/graph.c tests/unit/graph.h tests/unit/graph-mirror.c \
  tests/unit/graph-mirror.h $(plugins_entra_la_SOURCES)

check_PROGRAMS += tests/unit/entra-groups
tests_unit_entra_groups_SOURCES = tests/unit/entra-groups.c $(GRAPH_MIRROR)
tests_unit_entra_groups_CFLAGS = $(UNIT_CFLAGS) $(JSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_groups_LDADD = libmuster-net.la $(UNIT_LIBS) $(JSON_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-groups

check_PROGRAMS += tests/unit/entra-properties
tests_unit_entra_properties_SOURCES = tests/unit/entra-properties.c tests/unit/graph.c tests/unit/graph.h \
  $(plugins_entra_la_SOURCES)
tests_unit_entra_properties_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_properties_LDADD = libmuster-net.la $(UNIT_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-properties

check_PROGRAMS += tests/unit/entra-read
tests_unit_entra_read_SOURCES = tests/unit/entra-read.c tests/unit/graph.c tests/unit/graph.h \
  $(plugins_entra_la_SOURCES)
tests_unit_entra_read_CFLAGS = $(UNIT_CFLAGS) $(JSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_read_LDADD = libmuster-net.la $(UNIT_LIBS) $(JSON_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-read

check_PROGRAMS += tests/unit/entra-trouble
tests_unit_entra_trouble_SOURCES = tests/unit/entra-trouble.c tests/unit/graph.c tests/unit/graph.h \
  tests/unit/server.c tests/unit/server.h $(plugins_entra_la_SOURCES)
tests_unit_entra_trouble_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_trouble_LDADD = libmuster-net.la $(UNIT_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-trouble

check_PROGRAMS += tests/unit/entra-photos
tests_unit_entra_photos_SOURCES = tests/unit/entra-photos.c $(GRAPH_MIRROR)
tests_unit_entra_photos_CFLAGS = $(UNIT_CFLAGS) $(JSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_photos_LDADD = libmuster-net.la $(UNIT_LIBS) $(JSON_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-photos

check_PROGRAMS += tests/unit/entra-restrict
tests_unit_entra_restrict_SOURCES = tests/unit/entra-restrict.c $(GRAPH_MIRROR)
tests_unit_entra_restrict_CFLAGS = $(UNIT_CFLAGS) $(JSON_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_restrict_LDADD = libmuster-net.la $(UNIT_LIBS) $(JSON_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-restrict

check_PROGRAMS += tests/unit/entra-signin
tests_unit_entra_signin_SOURCES = tests/unit/entra-signin.c tests/unit/graph.c tests/unit/graph.h \
  tests/unit/server.c tests/unit/server.h \
  tests/emulators/graph/forge.c tests/emulators/graph/forge.h $(plugins_entra_la_SOURCES)
tests_unit_entra_signin_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_signin_LDADD = libmuster-net.la $(UNIT_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-signin

check_PROGRAMS += tests/unit/entra-federation
tests_unit_entra_federation_SOURCES = tests/unit/entra-federation.c tests/unit/graph.c tests/unit/graph.h \
  tests/emulators/graph/forge.c tests/emulators/graph/forge.h $(plugins_entra_la_SOURCES)
tests_unit_entra_federation_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_federation_LDADD = libmuster-net.la $(UNIT_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-federation

check_PROGRAMS += tests/unit/entra-identity
tests_unit_entra_identity_SOURCES = tests/unit/entra-identity.c tests/unit/graph.c tests/unit/graph.h \
  tests/unit/server.c tests/unit/server.h $(plugins_entra_la_SOURCES)
tests_unit_entra_identity_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_identity_LDADD = libmuster-net.la $(UNIT_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-identity

check_PROGRAMS += tests/unit/entra-refusals
tests_unit_entra_refusals_SOURCES = tests/unit/entra-refusals.c tests/unit/graph.c tests/unit/graph.h \
  $(plugins_entra_la_SOURCES)
tests_unit_entra_refusals_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_refusals_LDADD = libmuster-net.la $(UNIT_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-refusals

check_PROGRAMS += tests/unit/entra-memory
tests_unit_entra_memory_SOURCES = tests/unit/entra-memory.c tests/unit/graph.c tests/unit/graph.h \
  tests/emulators/graph/forge.c tests/emulators/graph/forge.h $(plugins_entra_la_SOURCES)
tests_unit_entra_memory_CFLAGS = $(UNIT_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_entra_memory_LDADD = libmuster-net.la $(UNIT_LIBS) $(CRYPTO_LIBS)
TESTS += tests/unit/entra-memory

check_PROGRAMS += tests/unit/sink-memory
tests_unit_sink_memory_SOURCES = tests/unit/sink-memory.c $(plugins_boldbi_la_SOURCES) $(plugins_kaizala_la_SOURCES)
tests_unit_sink_memory_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_unit_sink_memory_CFLAGS = $(UNIT_CFLAGS)
tests_unit_sink_memory_LDADD = libmuster-net.la $(UNIT_LIBS)
TESTS += tests/unit/sink-memory

endif
endif
endif
