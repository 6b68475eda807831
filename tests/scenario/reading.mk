# the ldap connector as a source
if HAVE_CHECK
if BUILD_LDAP
check_PROGRAMS += tests/scenario/ldap-source
TESTS += tests/scenario/ldap-source.sh tests/scenario/ldap-source-ad.sh \
  tests/scenario/ldap-to-ldap.sh
check_SCRIPTS += tests/scenario/ldap-source.sh tests/scenario/ldap-source-ad.sh \
  tests/scenario/ldap-to-ldap.sh
endif
endif
tests_scenario_ldap_source_SOURCES = tests/scenario/reading/main.c tests/scenario/reading/fixture.c \
  tests/scenario/reading/fixture.h tests/scenario/reading/whole.c tests/scenario/reading/changes.c \
  tests/scenario/reading/ad.c tests/scenario/reading/hostile.c tests/scenario/reading/shelves.c $(plugins_ldap_la_SOURCES)
tests_scenario_ldap_source_CPPFLAGS = $(plugins_ldap_la_CPPFLAGS)
tests_scenario_ldap_source_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_scenario_ldap_source_LDADD = libmuster.la $(LDAP_LIBS) $(CHECK_LIBS)
EXTRA_DIST += tests/scenario/ldap-source.sh tests/scenario/ldap-source-ad.sh \
  tests/scenario/ldap-to-ldap.sh
