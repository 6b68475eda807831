#!/bin/bash
# A program with its connectors inside (--enable-static-plugins): it knows them without
# any folder, and reads none of its own accord.  Run by .ci/run in a build of that kind.
set -u
: "${top_srcdir:?make check sets it}" "${top_builddir:?}" "${srcdir:?}" "${MUSTER:?}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1" >&2; exit 1; }

! ls "$top_builddir"/plugins/.libs/*.so 2>/dev/null || fail "there are shared plugins"
said=$(MUSTER_PLUGINS=$work "$MUSTER" plugins 2>&1) || fail "muster plugins: $said"
for name in boldbi entra exec file kaizala ldap; do
        [[ $said == *"$name"* ]] || fail "'$name' is not listed: $said"
        MUSTER_PLUGINS=$work "$MUSTER" plugins $name >"$work/said" 2>&1 ||
                fail "muster plugins $name: $(cat "$work/said")"
done
said=$(MUSTER_PLUGINS=$work "$MUSTER" plugins --json)
[ "$(grep -c '"file":"(built in)"' <<<"$said")" = 6 ] || fail "it does not say that all are built in: $said"
exit 0
