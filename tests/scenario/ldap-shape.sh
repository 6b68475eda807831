#!/bin/bash
# What the ldap sink writes and where: names, places, numbers, groups of every kind and
# size, against slapds of its own.
#
#   main    everything allowed, with the schema of RFC 2307 (posixAccount, posixGroup), and
#           counts what is asked of it
#   tight   hangs up on requests above 64 KB
#   linked  moves members along with who is renamed
set -u
: "${top_builddir:?make check sets it}" "${srcdir:?}"
. "$srcdir/tests/skip.sh"
need slapd ldapwhoami
[ -x "$top_builddir/tests/scenario/ldap-shape" ] || skip "the test program was not built (Check, libldap)"
. "$srcdir/tests/scenario/slapd.sh"

base=/dev/shm
[ -w $base ] || base=${TMPDIR:-/tmp}
LDAP_SINK_WORK=$(mktemp -d "$base/muster-shape-XXXXXX") || exit 1
export LDAP_SINK_WORK
end() {
        slapd_stop "$LDAP_SINK_WORK/main"
        slapd_stop "$LDAP_SINK_WORK/tight"
        slapd_stop "$LDAP_SINK_WORK/linked"
        rm -rf "$LDAP_SINK_WORK"
}
trap end EXIT
trap 'exit 1' INT TERM

schemas=$(slapd_folder_of nis.schema /etc/ldap/schema /etc/openldap/schema) || skip "slapd's nis.schema was not found"
printf "include %s/nis.schema\nsortvals member\n" "$schemas" >"$LDAP_SINK_WORK/main-global"
echo "sockbuf_max_incoming_auth 65536" >"$LDAP_SINK_WORK/tight-global"
printf 'database monitor\naccess to * by * read\n' >"$LDAP_SINK_WORK/main-database"
slapd_prepare "$LDAP_SINK_WORK/main" durable=no rights=all extra="$LDAP_SINK_WORK/main-global" \
        database="$LDAP_SINK_WORK/main-database" &&
        slapd_prepare "$LDAP_SINK_WORK/tight" durable=no extra="$LDAP_SINK_WORK/tight-global" &&
        slapd_prepare "$LDAP_SINK_WORK/linked" durable=no rights=all refint=yes extra="$LDAP_SINK_WORK/main-global" &&
        slapd_start "$LDAP_SINK_WORK/linked" &&
        slapd_start "$LDAP_SINK_WORK/main" && slapd_start "$LDAP_SINK_WORK/tight" || exit 1
${DEBUGGER-} "$top_builddir/tests/scenario/ldap-shape"
