#!/bin/bash
# ./bootstrap demo from one end to the other: what it shows is right, and nothing stays.
set -u
. "${srcdir:?make check sets it}/tests/skip.sh"
need slapd ldapsearch ldapwhoami curl
[ -x "${GRAPH_EMULATOR:?}" ] || skip "the emulators are not built (libmicrohttpd)"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/tmp"

TMPDIR=$work/tmp bash "$srcdir/tests/demo/demo.sh" "${top_builddir:?}" >"$work/out" 2>&1 </dev/null || {
        tail -n 30 "$work/out" >&2
        echo "FAIL: the demo ended with an error" >&2
        exit 1
}
failures=0
shows() {
        grep -qE -- "$1" "$work/out" && return
        echo "FAIL: it does not show: $1" >&2
        failures=$((failures + 1))
}
shows '^corporate +9[0-9][0-9] +0 +0 '                          # the first sync creates
shows 'hired +Ada Byron'
shows '^corporate +2 +1 +0 +2 '                                 # the second: the changes only
for sink in corporate bi kaizala; do
        shows "^$sink +0 +0 +0 +0 +0 +0 +0\$"                     # the third: nothing
done
shows '^bi +9[0-9][0-9] +0 +0 '
shows '^bi +2 +1 +1 +0 '
shows '^kaizala +[5-6][0-9][0-9] +0 +0 '
shows '^kaizala +1 +2 +1 +0 '
shows '^"Department":"Finance"$'                                # at Bold BI
shows '^"phone":"\+[0-9]+","role":"Member"$'                    # in a group of Kaizala
shows '^"phone":"\+14255550100","role":"Admin"$'                # as whom Muster signs in
shows '^manager: uid=[a-z.-]+,ou=people,dc=contoso,dc=example$'
shows '^member: uid=[a-z.-]+,ou=people,dc=contoso,dc=example$'
shows '^dn: uid=[a-z.]+\.lovelace,ou=people,dc=contoso,dc=example$'
shows '^pwdAccountLockedTime: 000001010000Z$'
if [ -n "$(ls -A "$work/tmp")" ]; then
        echo "FAIL: it left behind: $(ls -A "$work/tmp")" >&2
        failures=$((failures + 1))
fi
[ $failures = 0 ] || cat "$work/out" >&2
exit $((failures > 0))
