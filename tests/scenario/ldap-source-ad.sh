#!/bin/bash
# The ldap source against a Samba domain controller of its own.
set -u
: "${top_builddir:?make check sets it}" "${srcdir:?}"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/testca.sh"
. "$srcdir/tests/scenario/samba.sh"
samba_or_skip "$0" "$@"
need ldapmodify ldapsearch ldapdelete
[ -x "$top_builddir/tests/scenario/ldap-source" ] || skip "the test program was not built (Check, libldap)"

LDAP_SOURCE_WORK=$(mktemp -d "${TMPDIR:-/tmp}/muster-source-ad-XXXXXX") || exit 1
export LDAP_SOURCE_WORK
end() {
        samba_stop "$LDAP_SOURCE_WORK/ad"
        rm -rf "$LDAP_SOURCE_WORK"
}
trap end EXIT
trap 'exit 1' INT TERM
work=$LDAP_SOURCE_WORK
# One of the administrators, who see what is deleted.
warden() {
        (umask 077; printf 'Aa1.%s' "$(head -c 15 /dev/urandom | base64 | tr -d '\n')" >"$work/ad/warden.secret")
        samba_ldb "$work/ad" ldbmodify >>"$work/ad/log" 2>&1 <<END
dn: CN=warden,OU=services,$samba_suffix
changetype: add
objectClass: user
sAMAccountName: warden
userAccountControl: 512
unicodePwd:: $(printf '"%s"' "$(cat "$work/ad/warden.secret")" | iconv -t UTF-16LE | base64 -w 0)

dn: CN=Domain Admins,CN=Users,$samba_suffix
changetype: modify
add: member
member: CN=warden,OU=services,$samba_suffix
END
}
testca_new "$work/tls" &&
        samba_prepare "$work/ad" tls="$work/tls" cache="$top_builddir/tests/scenario/samba.tar" &&
        warden && samba_start "$work/ad" || exit 1
${DEBUGGER-} "$top_builddir/tests/scenario/ldap-source"
