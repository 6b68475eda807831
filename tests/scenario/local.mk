# tests/scenario
# the build itself, and what the README promises
build_scenarios = tests/scenario/configure.sh tests/scenario/install.sh tests/scenario/readme.sh \
  tests/scenario/demo.sh
TESTS += $(build_scenarios)
check_SCRIPTS += $(build_scenarios)
EXTRA_DIST += $(build_scenarios) tests/scenario/builtin.sh tests/scenario/slapd.sh tests/scenario/acme.c

check_PROGRAMS += tests/scenario/onpty
tests_scenario_onpty_SOURCES = tests/scenario/onpty.c
tests_scenario_onpty_CFLAGS = $(AM_CFLAGS)
tests_scenario_onpty_LDADD = libmuster.la

check_PROGRAMS += tests/scenario/jsoncheck
tests_scenario_jsoncheck_SOURCES = tests/scenario/jsoncheck.c
tests_scenario_jsoncheck_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_scenario_jsoncheck_LDADD = $(JSON_LIBS)
check_PROGRAMS += tests/scenario/seed
tests_scenario_seed_SOURCES = tests/scenario/seed.c
tests_scenario_seed_CFLAGS = $(AM_CFLAGS)
tests_scenario_seed_LDADD = core/libcore.la libmuster.la
EXTRA_DIST += tests/scenario/cli.sh
TESTS += tests/scenario/cli-help.sh tests/scenario/cli-read.sh tests/scenario/cli-sync.sh tests/scenario/terminal.sh tests/scenario/verify.sh tests/scenario/state.sh
check_SCRIPTS += tests/scenario/cli-help.sh tests/scenario/cli-read.sh tests/scenario/cli-sync.sh tests/scenario/terminal.sh tests/scenario/verify.sh tests/scenario/state.sh
EXTRA_DIST += tests/scenario/cli-help.sh tests/scenario/cli-read.sh tests/scenario/cli-sync.sh tests/scenario/terminal.sh tests/scenario/verify.sh tests/scenario/state.sh
TESTS += tests/scenario/emulator-graph.sh
check_SCRIPTS += tests/scenario/emulator-graph.sh
EXTRA_DIST += tests/scenario/emulator-graph.sh

if HAVE_CHECK
if BUILD_LDAP
check_PROGRAMS += tests/scenario/ldap-sink
TESTS += tests/scenario/ldap-sink.sh
check_SCRIPTS += tests/scenario/ldap-sink.sh
endif
endif
# The connector's own files are compiled in, so that a sanitizer sees them and a build
# with built-in connectors is tested too.
tests_scenario_ldap_sink_SOURCES = tests/scenario/ldap/main.c tests/scenario/ldap/fixture.c \
  tests/scenario/ldap/fixture.h tests/scenario/ldap/people.c tests/scenario/ldap/payloads.c \
  tests/scenario/ldap/groups.c tests/scenario/ldap/find.c tests/scenario/ldap/trouble.c \
  tests/scenario/ldap/tls.c tests/scenario/ldap/pieces.c $(plugins_ldap_la_SOURCES)
tests_scenario_ldap_sink_CPPFLAGS = $(plugins_ldap_la_CPPFLAGS)
tests_scenario_ldap_sink_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_scenario_ldap_sink_LDADD = libmuster.la $(LDAP_LIBS) $(CHECK_LIBS)
EXTRA_DIST += tests/scenario/ldap-sink.sh
include tests/scenario/engine.mk
include tests/scenario/servers.mk
include tests/scenario/shape.mk
include tests/scenario/reading.mk
include tests/scenario/file.mk
include tests/scenario/dialects.mk
include tests/scenario/kaizala.mk
