# the shape of what the ldap sink writes: places, names, numbers, groups of every kind
if HAVE_CHECK
if BUILD_LDAP
check_PROGRAMS += tests/scenario/ldap-shape
TESTS += tests/scenario/ldap-shape.sh tests/scenario/ldap-shape-others.sh
check_SCRIPTS += tests/scenario/ldap-shape.sh tests/scenario/ldap-shape-others.sh
endif
endif
tests_scenario_ldap_shape_SOURCES = tests/scenario/ldap/shape.c tests/scenario/ldap/shape.h \
  tests/scenario/ldap/fixture.c tests/scenario/ldap/fixture.h tests/scenario/ldap/places.c \
  tests/scenario/ldap/kinds.c tests/scenario/ldap/names.c tests/scenario/ldap/others.c tests/scenario/ldap/strays.c \
  tests/scenario/ldap/cost.c tests/scenario/ldap/stuff.c tests/scenario/ldap/ad.c \
  tests/scenario/ldap/crowd.c tests/scenario/ldap/numbers.c \
  $(plugins_ldap_la_SOURCES)
tests_scenario_ldap_shape_CPPFLAGS = $(plugins_ldap_la_CPPFLAGS)
tests_scenario_ldap_shape_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_scenario_ldap_shape_LDADD = libmuster.la $(LDAP_LIBS) $(CHECK_LIBS)
EXTRA_DIST += tests/scenario/ldap-shape.sh tests/scenario/ldap-shape-others.sh
