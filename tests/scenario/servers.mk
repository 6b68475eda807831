# Directory servers of one's own, and what is tried against them.
SERVER_TESTS = tests/scenario/ldap-servers.sh tests/scenario/emulator-ldap-proxy.sh tests/scenario/emulator-tcp-proxy.sh \
  tests/scenario/ldap-faults.sh tests/scenario/ldap-cost.sh tests/scenario/ldap-logins.sh tests/scenario/ds389-sync.sh tests/scenario/ad-sync.sh
TESTS += $(SERVER_TESTS)
check_SCRIPTS += $(SERVER_TESTS)
EXTRA_DIST += tests/scenario/ds389.sh tests/scenario/testca.sh tests/scenario/krb5.sh tests/scenario/samba.sh \
  tests/scenario/samba-provision.py tests/scenario/ldap-proxy.sh tests/scenario/ldap-programme.sh $(SERVER_TESTS)
CLEANFILES += tests/scenario/samba.tar tests/scenario/samba.tar.mark tests/scenario/samba.tar.lock
