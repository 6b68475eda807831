#!/bin/bash
# The ldap sink against slapds of its own.
#
#   main    TLS by a test CA, ppolicy, everything allowed
#   small   answers at most 20 entries a search, reads nothing above 64 KB, and knows a
#           second login that may read only
#   copy    a read-only copy of main, which answers writes with a referral
set -u
: "${top_builddir:?make check sets it}" "${srcdir:?}"
. "$srcdir/tests/skip.sh"
need slapd ldapwhoami openssl
[ -x "$top_builddir/tests/scenario/ldap-sink" ] || skip "the test program was not built (Check, libldap)"
. "$srcdir/tests/scenario/slapd.sh"

base=/dev/shm
[ -w $base ] || base=${TMPDIR:-/tmp}
LDAP_SINK_WORK=$(mktemp -d "$base/muster-ldap-XXXXXX") || exit 1
export LDAP_SINK_WORK
end() {
        slapd_stop "$LDAP_SINK_WORK/main"
        slapd_stop "$LDAP_SINK_WORK/small"
        slapd_stop "$LDAP_SINK_WORK/copy"
        rm -rf "$LDAP_SINK_WORK"
}
trap end EXIT
trap 'exit 1' INT TERM

# A CA of our own and two servers' certificates: one for 127.0.0.1, one for somebody else.
tls=$LDAP_SINK_WORK/tls
mkdir "$tls" || exit 1
certificate() {                          # NAME SUBJECT-ALTERNATIVE-NAME
        openssl req -newkey rsa:2048 -nodes -keyout "$tls/$1.key" -out "$tls/$1.csr" \
                -subj "/CN=$1" &&
        openssl x509 -req -in "$tls/$1.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -days 2 \
                -CAcreateserial -extfile <(printf 'subjectAltName=%s' "$2") -out "$tls/$1.pem"
}
{
        for ca in ca other-ca; do
                openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/$ca.key" -out "$tls/$ca.pem" \
                        -days 2 -subj "/CN=Muster test $ca" || exit 1
        done
        certificate server IP:127.0.0.1 && certificate stranger DNS:other.example || exit 1
} >"$tls/log" 2>&1

cat >"$LDAP_SINK_WORK/small-global" <<END
sockbuf_max_incoming_auth 65536
END
cat >"$LDAP_SINK_WORK/small-database" <<END
limits dn.exact="cn=muster,ou=services,dc=contoso,dc=example" size=20
END
mkdir "$LDAP_SINK_WORK/stranger-tls" &&
        cp "$tls/ca.pem" "$LDAP_SINK_WORK/stranger-tls/" &&
        cp "$tls/stranger.pem" "$LDAP_SINK_WORK/stranger-tls/server.pem" &&
        cp "$tls/stranger.key" "$LDAP_SINK_WORK/stranger-tls/server.key" || exit 1
slapd_prepare "$LDAP_SINK_WORK/main" durable=no sync=yes tls="$tls" &&
        slapd_prepare "$LDAP_SINK_WORK/small" durable=no tls="$LDAP_SINK_WORK/stranger-tls" \
                extra="$LDAP_SINK_WORK/small-global" database="$LDAP_SINK_WORK/small-database" &&
        slapd_start "$LDAP_SINK_WORK/main" && slapd_start "$LDAP_SINK_WORK/small" &&
        slapd_prepare "$LDAP_SINK_WORK/copy" durable=no consumer="$LDAP_SINK_WORK/main" &&
        slapd_start "$LDAP_SINK_WORK/copy" || exit 1
${DEBUGGER-} "$top_builddir/tests/scenario/ldap-sink"
