# tests/fuzz: targets for a fuzzer, replayed over their corpus by make check.
#
#   clang -fsanitize=fuzzer,address,undefined ... tests/fuzz/fuzz-json.c    fuzzes;
#   tests/fuzz/fuzz-json [FILE|FOLDER ...]                                  replays.
EXTRA_DIST += tests/fuzz/fuzz.h tests/fuzz/json

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
