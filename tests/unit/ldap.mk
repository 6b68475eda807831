# single files of the ldap connector
if BUILD_LDAP

check_PROGRAMS += tests/unit/ldap-seal
tests_unit_ldap_seal_SOURCES = tests/unit/ldap-seal.c plugins/ldap/seal.c plugins/ldap/seal.h plugins/ldap/gss.h
tests_unit_ldap_seal_CPPFLAGS = $(plugins_ldap_la_CPPFLAGS)
tests_unit_ldap_seal_CFLAGS = $(UNIT_CFLAGS)
tests_unit_ldap_seal_LDADD = $(UNIT_LIBS) $(LDAP_LIBS)
TESTS += tests/unit/ldap-seal

check_PROGRAMS += tests/unit/ldap-advice
tests_unit_ldap_advice_SOURCES = tests/unit/ldap-advice.c plugins/ldap/advice.c plugins/ldap/advice.h
tests_unit_ldap_advice_CPPFLAGS = $(plugins_ldap_la_CPPFLAGS)
tests_unit_ldap_advice_CFLAGS = $(UNIT_CFLAGS)
tests_unit_ldap_advice_LDADD = $(UNIT_LIBS) $(LDAP_LIBS)
TESTS += tests/unit/ldap-advice

endif
