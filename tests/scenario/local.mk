# tests/scenario
TESTS += tests/scenario/configure.sh
check_SCRIPTS += tests/scenario/configure.sh
EXTRA_DIST += tests/scenario/configure.sh tests/scenario/install.sh tests/scenario/builtin.sh \
  tests/scenario/slapd.sh   tests/scenario/acme.c
check_PROGRAMS += tests/scenario/jsoncheck
tests_scenario_jsoncheck_SOURCES = tests/scenario/jsoncheck.c
tests_scenario_jsoncheck_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_scenario_jsoncheck_LDADD = $(JSON_LIBS)
check_PROGRAMS += tests/scenario/seed
tests_scenario_seed_SOURCES = tests/scenario/seed.c
tests_scenario_seed_CFLAGS = $(AM_CFLAGS)
tests_scenario_seed_LDADD = core/libcore.la libmuster.la
EXTRA_DIST += tests/scenario/cli.sh
TESTS += tests/scenario/cli-help.sh tests/scenario/cli-read.sh
check_SCRIPTS += tests/scenario/cli-help.sh tests/scenario/cli-read.sh
EXTRA_DIST += tests/scenario/cli-help.sh tests/scenario/cli-read.sh
TESTS += tests/scenario/emulator-graph.sh
check_SCRIPTS += tests/scenario/emulator-graph.sh
EXTRA_DIST += tests/scenario/emulator-graph.sh
