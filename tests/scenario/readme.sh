#!/bin/bash
# The configuration in the README, and the longer examples, are what they say: right.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
umask 077
printf 'certainly-not-a-real-one' | tee "$work/contoso.secret" "$work/ldap.secret" "$work/ldap-password" "$work/kaizala.secret" \
        "$work/kaizala.token" "$work/kaizala.key" "$work/boldbi.key" >/dev/null
export CREDENTIALS_DIRECTORY=$work           # where systemd would put credential=""
failures=0

right() {                                    # WHAT, configuration on standard input
        sed -e "s,/etc/muster/,$work/,; s,/var/lib/muster/,$work/," >"$work/muster.xml"
        [ -s "$work/muster.xml" ] || { echo "FAIL: $1 holds no configuration" >&2; exit 1; }
        "${MUSTER:?make check sets it}" check -c "$work/muster.xml" >"$work/said" 2>&1 && return
        printf 'FAIL: %s:\n%s\n' "$1" "$(cat "$work/said")" >&2
        failures=$((failures + 1))
}

sed -n '/^    <muster /,/^    <\/muster>/s/^    //p' "${srcdir:?}/README" | right README
for example in "$srcdir"/conf/*.xml.example; do right "${example##*/}" <"$example"; done
exit $failures
