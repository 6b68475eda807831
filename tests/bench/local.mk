# tests/bench: `make bench` and `make bench-rules`, tables of speeds beside those of other tools.
EXTRA_PROGRAMS += tests/bench/timed tests/bench/empty tests/bench/rules tests/bench/rules-sqlite \
	tests/bench/rules-mirror
tests_bench_timed_SOURCES = tests/bench/timed.c
tests_bench_empty_SOURCES = tests/bench/empty.c
tests_bench_rules_SOURCES = tests/bench/rules.c tests/bench/rules-record.c tests/bench/rules-record.h \
	tests/bench/rules-world.c tests/bench/rules-world.h
tests_bench_rules_LDADD = core/libcore.la libmuster.la
tests_bench_rules_mirror_SOURCES = tests/bench/rules-mirror.c tests/bench/rules-record.c tests/bench/rules-record.h \
	tests/bench/rules-world.c tests/bench/rules-world.h
tests_bench_rules_mirror_LDADD = core/libcore.la libmuster.la
tests_bench_rules_sqlite_SOURCES = tests/bench/rules-sqlite.c tests/bench/rules-world.c tests/bench/rules-world.h
tests_bench_rules_sqlite_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(PCRE_CFLAGS)
tests_bench_rules_sqlite_LDADD = $(SQLITE_LIBS) $(PCRE_LIBS)
CLEANFILES += tests/bench/timed tests/bench/empty tests/bench/rules tests/bench/rules-sqlite tests/bench/rules-mirror
EXTRA_DIST += tests/bench/bench.sh tests/bench/changes.awk tests/bench/bench.xml.in tests/bench/bench-rest.sh \
	tests/bench/bench-rules.sh tests/bench/rest.xml.in tests/bench/rules-node.js

bench: all tests/bench/timed tests/bench/empty
	@$(AM_TESTS_ENVIRONMENT) $(BASH) $(srcdir)/tests/bench/bench.sh
bench-rules: all tests/bench/rules tests/bench/rules-sqlite tests/bench/rules-mirror tests/bench/timed
	@$(AM_TESTS_ENVIRONMENT) $(BASH) $(srcdir)/tests/bench/bench-rules.sh
clean-local:
	rm -rf bench bench-rules
.PHONY: bench bench-rules
