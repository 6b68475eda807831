#!/bin/bash
# The ldap source against directories of its own.
#
#   main    slapd with content synchronization and a log of deletions
#   plain   slapd without it, which lets nobody but its root read more than 20 entries
#   nolog   slapd with content synchronization that has no log: it says who is left
#   ds389   389 Directory Server with content synchronization
#
# Before each slapd stands a fault proxy, for the tests that go through it.
set -u
: "${top_builddir:?make check sets it}" "${srcdir:?}"
. "$srcdir/tests/skip.sh"
need slapd ns-slapd ldapmodify ldapsearch ldapdelete
[ -x "$top_builddir/tests/scenario/ldap-source" ] || skip "the test program was not built (Check, libldap)"
. "$srcdir/tests/scenario/slapd.sh"
. "$srcdir/tests/scenario/ds389.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
[ -x "$top_builddir/tests/emulators/ldap-proxy/ldap-proxy" ] || skip "the fault proxy is not built"

base=/dev/shm
[ -w $base ] || base=${TMPDIR:-/tmp}
LDAP_SOURCE_WORK=$(mktemp -d "$base/muster-source-XXXXXX") || exit 1
export LDAP_SOURCE_WORK
servers='main plain nolog'
end() {
        for server in $servers; do
                proxy_stop "$LDAP_SOURCE_WORK/$server"
                slapd_stop "$LDAP_SOURCE_WORK/$server"
        done
        ds389_kill "$LDAP_SOURCE_WORK/ds389"
        rm -rf "$LDAP_SOURCE_WORK"
}
trap end EXIT
trap 'exit 1' INT TERM

cd "$LDAP_SOURCE_WORK" || exit 1
printf '%s\n' 'moduleload syncprov' "include $(slapd_folder_of nis.schema /etc/ldap/schema /etc/openldap/schema)/nis.schema" \
        >sync-global
printf '%s\n' 'overlay syncprov' 'syncprov-sessionlog 1000' >log-database
printf '%s\n' 'overlay syncprov' >nolog-database
echo 'limits dn.exact="cn=muster,ou=services,dc=contoso,dc=example" size=20' >plain-database
cd "$OLDPWD" || exit 1
work=$LDAP_SOURCE_WORK
slapd_prepare "$work/main" durable=no extra="$work/sync-global" database="$work/log-database" &&
        slapd_prepare "$work/nolog" durable=no extra="$work/sync-global" database="$work/nolog-database" &&
        slapd_prepare "$work/plain" durable=no database="$work/plain-database" || exit 1
for server in $servers; do
        slapd_start "$work/$server" && proxy_start "$work/$server" "$(cat "$work/$server/uri")" || exit 1
done
ds389_prepare "$work/ds389" sync=yes && ds389_start "$work/ds389" || exit 1
${DEBUGGER-} "$top_builddir/tests/scenario/ldap-source"
