# tests/unit: one Check program a noun.  A new one is a block of five lines like those
# below, in order of the names; UNIT_LIBS holds everything from [1] to [6].
UNIT_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
UNIT_LIBS = core/libcore.la libmuster.la $(CHECK_LIBS)
EXTRA_DIST += tests/unit/unit.h

if HAVE_CHECK

check_PROGRAMS += tests/unit/error
tests_unit_error_SOURCES = tests/unit/error.c
tests_unit_error_CFLAGS = $(UNIT_CFLAGS)
tests_unit_error_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/error

check_PROGRAMS += tests/unit/rule-cases
tests_unit_rule_cases_SOURCES = tests/unit/rule-cases.c
tests_unit_rule_cases_CFLAGS = $(UNIT_CFLAGS) $(JSON_CFLAGS)
tests_unit_rule_cases_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/rule-cases
EXTRA_DIST += tests/cases/rules-public.json tests/cases/README.md

check_PROGRAMS += tests/unit/table
tests_unit_table_SOURCES = tests/unit/table.c core/cli/table.c
tests_unit_table_CFLAGS = $(UNIT_CFLAGS)
tests_unit_table_LDADD = $(UNIT_LIBS)
TESTS += tests/unit/table

endif
