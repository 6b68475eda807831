# tests/fuzz: targets for a fuzzer, replayed over their corpus by make check.
#
#   make check-fuzz                          fuzzes each for a minute (clang; tests/fuzz/fuzz.sh);
#   tests/fuzz/fuzz-json [FILE|FOLDER ...]   replays.|FOLDER ...]                                  replays.
EXTRA_DIST += tests/fuzz/fuzz.h tests/fuzz/json tests/fuzz/fuzz.sh tests/fuzz/json.dict tests/fuzz/expr.dict \
  tests/fuzz/csv.dict tests/fuzz/jsonl.dict tests/fuzz/ldif.dict tests/fuzz/escape.dict tests/fuzz/entry.dict \
  tests/fuzz/config.dict tests/fuzz/graph.dict tests/fuzz/token.dict

# Each with libFuzzer, FUZZ_SECONDS (60) long; FUZZ_TARGETS="graph token" takes those only.
check-fuzz: all
	@top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' MUSTER_DATA='$(abs_top_srcdir)/conf' \
	  $(BASH) $(top_srcdir)/tests/fuzz/fuzz.sh fuzzed $(FUZZ_TARGETS)
.PHONY: check-fuzz

check_PROGRAMS += tests/fuzz/fuzz-json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz-json.c tests/fuzz/replay.c
tests_fuzz_fuzz_json_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_json_LDADD = libmuster.la
TESTS += tests/fuzz/fuzz-json

EXTRA_DIST += tests/fuzz/expr
check_PROGRAMS += tests/fuzz/fuzz-expr
tests_fuzz_fuzz_expr_SOURCES = tests/fuzz/fuzz-expr.c tests/fuzz/replay.c
tests_fuzz_fuzz_expr_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_expr_LDADD = core/libcore.la libmuster.la
TESTS += tests/fuzz/fuzz-expr tests/fuzz/expr-cases.sh
EXTRA_DIST += tests/fuzz/expr-cases.sh

# the readers of the file connector
EXTRA_DIST += tests/fuzz/csv tests/fuzz/jsonl tests/fuzz/ldif
if BUILD_FILE
FUZZ_ROWS = tests/fuzz/fuzz-rows.c tests/fuzz/replay.c $(plugins_file_la_SOURCES)
FUZZ_ROWS_CPPFLAGS = $(AM_CPPFLAGS) $(XXHASH_CFLAGS) -D_GNU_SOURCE -DFIL_VERSION='"$(PACKAGE_VERSION)"'

check_PROGRAMS += tests/fuzz/fuzz-csv
tests_fuzz_fuzz_csv_SOURCES = $(FUZZ_ROWS)
tests_fuzz_fuzz_csv_CPPFLAGS = $(FUZZ_ROWS_CPPFLAGS) -DFUZZ_FORMAT=FIL_CSV
tests_fuzz_fuzz_csv_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_csv_LDADD = libmuster.la $(XXHASH_LIBS)
TESTS += tests/fuzz/fuzz-csv

check_PROGRAMS += tests/fuzz/fuzz-jsonl
tests_fuzz_fuzz_jsonl_SOURCES = $(FUZZ_ROWS)
tests_fuzz_fuzz_jsonl_CPPFLAGS = $(FUZZ_ROWS_CPPFLAGS) -DFUZZ_FORMAT=FIL_JSONL
tests_fuzz_fuzz_jsonl_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_jsonl_LDADD = libmuster.la $(XXHASH_LIBS)
TESTS += tests/fuzz/fuzz-jsonl

check_PROGRAMS += tests/fuzz/fuzz-ldif
tests_fuzz_fuzz_ldif_SOURCES = $(FUZZ_ROWS)
tests_fuzz_fuzz_ldif_CPPFLAGS = $(FUZZ_ROWS_CPPFLAGS) -DFUZZ_FORMAT=FIL_LDIF
tests_fuzz_fuzz_ldif_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_ldif_LDADD = libmuster.la $(XXHASH_LIBS)
TESTS += tests/fuzz/fuzz-ldif
endif

# texts in their places, names of entries, and entries of a directory server
if BUILD_LDAP
EXTRA_DIST += tests/fuzz/escape tests/fuzz/entry
FUZZ_LDAP_CPPFLAGS = $(plugins_ldap_la_CPPFLAGS) -I$(top_srcdir)/core -I$(top_builddir)/core

check_PROGRAMS += tests/fuzz/fuzz-escape
tests_fuzz_fuzz_escape_SOURCES = tests/fuzz/fuzz-escape.c tests/fuzz/replay.c \
  plugins/ldap/dn.c plugins/ldap/dn.h
tests_fuzz_fuzz_escape_CPPFLAGS = $(FUZZ_LDAP_CPPFLAGS) -DFUZZ_MUTANTS=4000
tests_fuzz_fuzz_escape_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_escape_LDADD = libmuster.la $(LDAP_LIBS)
TESTS += tests/fuzz/fuzz-escape

check_PROGRAMS += tests/fuzz/fuzz-entry
tests_fuzz_fuzz_entry_SOURCES = tests/fuzz/fuzz-entry.c tests/fuzz/replay.c \
  plugins/ldap/entry.c plugins/ldap/entrystate.c plugins/ldap/dn.c plugins/ldap/id.c plugins/ldap/uuid.c \
  plugins/ldap/when.c plugins/ldap/schema.c
tests_fuzz_fuzz_entry_CPPFLAGS = $(FUZZ_LDAP_CPPFLAGS) -DFUZZ_MUTANTS=2000
tests_fuzz_fuzz_entry_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_entry_LDADD = libmuster.la $(LDAP_LIBS)
TESTS += tests/fuzz/fuzz-entry
endif

# configurations
EXTRA_DIST += tests/fuzz/config
check_PROGRAMS += tests/fuzz/fuzz-config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz-config.c tests/fuzz/replay.c
tests_fuzz_fuzz_config_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_MUTANTS=100
tests_fuzz_fuzz_config_CFLAGS = $(AM_CFLAGS) $(XML_CFLAGS)
tests_fuzz_fuzz_config_LDADD = core/libcore.la libmuster.la
TESTS += tests/fuzz/fuzz-config

# what Microsoft Graph and the sign-in answer; their calls are replaced, so that no wire is needed
if HAVE_CRYPTO
if BUILD_ENTRA
EXTRA_DIST += tests/fuzz/graph tests/fuzz/token
FUZZ_WRAP = -Wl,--wrap=mst_http_do,--wrap=mst_http_status,--wrap=mst_http_content,--wrap=mst_http_reply_header,--wrap=mst_host_sleep

check_LTLIBRARIES += tests/fuzz/libentra.la
tests_fuzz_libentra_la_SOURCES = $(plugins_entra_la_SOURCES)
tests_fuzz_libentra_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)

check_PROGRAMS += tests/fuzz/fuzz-graph
tests_fuzz_fuzz_graph_SOURCES = tests/fuzz/fuzz-graph.c tests/fuzz/replay.c
tests_fuzz_fuzz_graph_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_MUTANTS=150
tests_fuzz_fuzz_graph_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_graph_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_WRAP),--wrap=mst_http_start_exact
tests_fuzz_fuzz_graph_LDADD = tests/fuzz/libentra.la libmuster-net.la libmuster.la $(CRYPTO_LIBS)
TESTS += tests/fuzz/fuzz-graph

check_PROGRAMS += tests/fuzz/fuzz-token
tests_fuzz_fuzz_token_SOURCES = tests/fuzz/fuzz-token.c tests/fuzz/replay.c
tests_fuzz_fuzz_token_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_MUTANTS=1500
tests_fuzz_fuzz_token_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_token_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_WRAP)
tests_fuzz_fuzz_token_LDADD = tests/fuzz/libentra.la libmuster-net.la libmuster.la $(CRYPTO_LIBS)
TESTS += tests/fuzz/fuzz-token
endif
endif
