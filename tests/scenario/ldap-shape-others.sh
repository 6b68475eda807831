#!/bin/bash
# What the ldap sink writes to a 389 Directory Server and to Samba: see ldap-shape.sh for slapd.
set -u
: "${top_builddir:?make check sets it}" "${srcdir:?}"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/samba.sh"
samba_or_skip "$0" "$@"
need ns-slapd ldapsearch
[ -x "$top_builddir/tests/scenario/ldap-shape" ] || skip "the test program was not built (Check, libldap)"
. "$srcdir/tests/scenario/ds389.sh"
. "$srcdir/tests/scenario/testca.sh"

base=/dev/shm
[ -w $base ] || base=${TMPDIR:-/tmp}
LDAP_SINK_WORK=$(mktemp -d "$base/muster-shape-XXXXXX") || exit 1
export LDAP_SINK_WORK SHAPE_OTHERS=yes
end() {
        ds389_kill "$LDAP_SINK_WORK/ds"
        samba_stop "$LDAP_SINK_WORK/ad"
        rm -rf "$LDAP_SINK_WORK"
}
trap end EXIT
trap 'exit 1' INT TERM

ds389_prepare "$LDAP_SINK_WORK/ds" refint=yes && ds389_start "$LDAP_SINK_WORK/ds" &&
        testca_new "$LDAP_SINK_WORK/tls" &&
        samba_prepare "$LDAP_SINK_WORK/ad" tls="$LDAP_SINK_WORK/tls" cache="$top_builddir/tests/scenario/samba.tar" &&
        samba_start "$LDAP_SINK_WORK/ad" || exit 1
${DEBUGGER-} "$top_builddir/tests/scenario/ldap-shape"
