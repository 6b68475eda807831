# the LDAP fault proxy; see its README
noinst_PROGRAMS += tests/emulators/ldap-proxy/ldap-proxy
tests_emulators_ldap_proxy_ldap_proxy_SOURCES = tests/emulators/ldap-proxy/main.c \
  tests/emulators/ldap-proxy/ber.c tests/emulators/ldap-proxy/ber.h \
  tests/emulators/ldap-proxy/slices.c tests/emulators/ldap-proxy/slices.h \
  tests/emulators/ldap-proxy/buffer.c tests/emulators/ldap-proxy/buffer.h \
  tests/emulators/ldap-proxy/control.c tests/emulators/ldap-proxy/control.h \
  tests/emulators/ldap-proxy/faults.c tests/emulators/ldap-proxy/faults.h \
  tests/emulators/ldap-proxy/ledger.c tests/emulators/ldap-proxy/ledger.h \
  tests/emulators/ldap-proxy/message.c tests/emulators/ldap-proxy/message.h \
  tests/emulators/ldap-proxy/pair.c tests/emulators/ldap-proxy/pair.h
tests_emulators_ldap_proxy_ldap_proxy_CPPFLAGS = -D_GNU_SOURCE
tests_emulators_ldap_proxy_ldap_proxy_CFLAGS = $(AM_CFLAGS)
EXTRA_DIST += tests/emulators/ldap-proxy/README
