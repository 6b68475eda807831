# the ldap sink against the other families of servers
if HAVE_CHECK
if BUILD_LDAP
check_PROGRAMS += tests/scenario/ldap-dialects
TESTS += tests/scenario/ldap-dialects.sh
check_SCRIPTS += tests/scenario/ldap-dialects.sh
endif
endif
tests_scenario_ldap_dialects_SOURCES = tests/scenario/ldap/dialects.c tests/scenario/ldap/fixture.c \
  tests/scenario/ldap/fixture.h $(plugins_ldap_la_SOURCES)
tests_scenario_ldap_dialects_CPPFLAGS = $(plugins_ldap_la_CPPFLAGS)
tests_scenario_ldap_dialects_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_scenario_ldap_dialects_LDADD = libmuster.la $(LDAP_LIBS) $(CHECK_LIBS)
EXTRA_DIST += tests/scenario/ldap-dialects.sh
