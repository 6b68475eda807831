# Whole runs of the program, judged by an oracle.
if BUILD_LDAP
check_PROGRAMS += tests/scenario/truth
endif
tests_scenario_truth_SOURCES = tests/scenario/truth.c tests/scenario/truth-wanted.c tests/scenario/truth.h
tests_scenario_truth_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS) $(LDAP_CFLAGS)
tests_scenario_truth_LDADD = $(LDAP_LIBS) $(JSON_LIBS)
check_PROGRAMS += tests/scenario/judge
tests_scenario_judge_SOURCES = tests/scenario/judge.c
tests_scenario_judge_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_scenario_judge_LDADD = $(JSON_LIBS)
# A clock for the program, put under it.  No AM_CFLAGS: sanitizers have no business in it.
check_LTLIBRARIES += tests/scenario/clock.la
tests_scenario_clock_la_SOURCES = tests/scenario/clock.c
tests_scenario_clock_la_CFLAGS = -D_GNU_SOURCE
tests_scenario_clock_la_LDFLAGS = -module -avoid-version -rpath /nowhere

ENGINE_TESTS = tests/scenario/engine-life.sh tests/scenario/past.sh tests/scenario/bundle.sh tests/scenario/verify-ldap.sh tests/scenario/service.sh tests/scenario/metrics.sh tests/scenario/alarms.sh tests/scenario/control.sh tests/scenario/week.sh tests/scenario/engine-references.sh tests/scenario/engine-guards.sh \
  tests/scenario/engine-configuration.sh tests/scenario/engine-trouble.sh tests/scenario/engine-sink.sh \
  tests/scenario/entra-groups.sh tests/scenario/entra-signin.sh tests/scenario/kill-anywhere.sh tests/scenario/torture.sh \
  tests/scenario/carried-groups.sh tests/scenario/group-policy.sh tests/scenario/plan-apply.sh
TESTS += $(ENGINE_TESTS)
check_SCRIPTS += $(ENGINE_TESTS)
EXTRA_DIST += tests/scenario/openmetrics.awk
EXTRA_DIST += tests/scenario/engine.sh tests/scenario/torture-kit.sh $(ENGINE_TESTS)

# Bold BI, played by its emulator.
BOLDBI_TESTS = tests/scenario/boldbi.sh tests/scenario/boldbi-trouble.sh
TESTS += $(BOLDBI_TESTS)
check_SCRIPTS += $(BOLDBI_TESTS)
EXTRA_DIST += tests/scenario/boldbi-kit.sh $(BOLDBI_TESTS)

# What `make check` does in short, in full: hours.  MUSTER_POINTS=N takes N points of each kind only.
TORTURE_TESTS = tests/scenario/torture.sh tests/scenario/kill-anywhere.sh tests/unit/engine-torture
check-torture:
	MUSTER_TORTURE=all MUSTER_KILLS=$${MUSTER_KILLS-500} $(MAKE) check TESTS='$(TORTURE_TESTS)'
.PHONY: check-torture

# The first steps of an admin, at a terminal of the tests' own.
check_PROGRAMS += tests/scenario/typist
tests_scenario_typist_SOURCES = tests/scenario/typist.c
FIRST_TESTS = tests/scenario/first-steps.sh
TESTS += $(FIRST_TESTS)
check_SCRIPTS += $(FIRST_TESTS)
EXTRA_DIST += $(FIRST_TESTS)
