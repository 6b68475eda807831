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
TESTS += tests/fuzz/fuzz-expr
