# tests/bench: what `make bench` measures with.  Built and run only by it.
EXTRA_PROGRAMS += tests/bench/timed tests/bench/empty
tests_bench_timed_SOURCES = tests/bench/timed.c
tests_bench_empty_SOURCES = tests/bench/empty.c
CLEANFILES += tests/bench/timed tests/bench/empty
