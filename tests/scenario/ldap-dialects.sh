#!/bin/bash
# The ldap sink against a 389 Directory Server and a Samba domain controller of its own, as
# a service account with just the rights it needs.
#
#   ds    389 Directory Server, with the MemberOf plugin; knows client certificates
#   ad    Samba; takes Kerberos over TLS
set -u
: "${top_builddir:?make check sets it}" "${srcdir:?}"
. "$srcdir/tests/skip.sh"
need ns-slapd ldapadd openssl certutil pk12util
[ -x "$top_builddir/tests/scenario/ldap-dialects" ] || skip "the test program was not built (Check, libldap)"
. "$srcdir/tests/scenario/testca.sh"
. "$srcdir/tests/scenario/ds389.sh"
. "$srcdir/tests/scenario/samba.sh"
samba_or_skip "$0" "$@"

base=/dev/shm
[ -w $base ] || base=${TMPDIR:-/tmp}
LDAP_SINK_WORK=$(mktemp -d "$base/muster-dialects-XXXXXX") || exit 1
export LDAP_SINK_WORK
end() {
        ds389_stop "$LDAP_SINK_WORK/ds"
        samba_stop "$LDAP_SINK_WORK/ad"
        rm -rf "$LDAP_SINK_WORK"
}
trap end EXIT
trap 'exit 1' INT TERM

ca=$LDAP_SINK_WORK/ca
testca_new "$ca" && testca_issue "$ca" server IP:127.0.0.1 &&
        testca_issue "$ca" muster DNS:muster.example /DC=example/DC=contoso/OU=services/CN=muster &&
        testca_issue "$ca" nobody DNS:nobody.example /DC=example/DC=contoso/OU=services/CN=nobody || exit 1
chmod 600 "$ca"/*.key
ds389_prepare "$LDAP_SINK_WORK/ds" tls="$ca" memberof=yes && ds389_start "$LDAP_SINK_WORK/ds" || exit 1
samba_prepare "$LDAP_SINK_WORK/ad" tls="$ca" cache="$top_builddir/tests/scenario/samba.tar" || exit 1
sed -i 's/^\(ldap server require strong auth\) =.*/\1 = allow_sasl_over_tls/' "$LDAP_SINK_WORK/ad/etc/smb.conf"
samba_start "$LDAP_SINK_WORK/ad" || exit 1
export KRB5_CONFIG=$LDAP_SINK_WORK/ad/krb5.conf
${DEBUGGER-} "$top_builddir/tests/scenario/ldap-dialects"
