# tests/bench: `make bench`, a table of speeds beside those of other tools.
EXTRA_PROGRAMS += tests/bench/timed tests/bench/empty tests/bench/rules
tests_bench_timed_SOURCES = tests/bench/timed.c
tests_bench_empty_SOURCES = tests/bench/empty.c
tests_bench_rules_SOURCES = tests/bench/rules.c
tests_bench_rules_LDADD = core/libcore.la libmuster.la
CLEANFILES += tests/bench/timed tests/bench/empty tests/bench/rules
EXTRA_DIST += tests/bench/bench.sh tests/bench/changes.awk tests/bench/bench.xml.in

bench: all tests/bench/timed tests/bench/empty
	@$(AM_TESTS_ENVIRONMENT) $(BASH) $(srcdir)/tests/bench/bench.sh
clean-local:
	rm -rf bench
.PHONY: bench
