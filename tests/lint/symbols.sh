#!/bin/bash
# What the libraries export is what their headers declare with MST_API, no more and no
# less: mst_* as the promise, mstc_* for the program of the same build.
set -u
. "${top_srcdir:?make check sets it}/tests/skip.sh"
need nm
lib=$top_builddir/.libs/libmuster.so
net=$top_builddir/.libs/libmuster-net.so
[ -e "$lib" ] || skip "this build has no shared libmuster"
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-symbols.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
failures=0

# declared FILE...: names of the functions that are declared with MST_API
declared() {
        sed '/^#/d' "$@" | tr '\n' ' ' | sed 's,/\*\([^*]\|\*\+[^*/]\)*\*\+/, ,g' |
                grep -oE 'MST_API [^;(#]*\(' | grep -oE '[A-Za-z_0-9]+ *\($' | tr -d ' (' | sort -u
}
# exported LIBRARY NODE: names of that version
exported() {
        nm -D --defined-only --with-symbol-versions "$1" |
                sed -n "s/^[0-9a-f]* [A-Z] \([^@]*\)@@*$2\$/\1/p" | sort -u
}
same() {                                     # WHAT DECLARED EXPORTED
        local lines
        [ -s "$2" ] || { echo "FAIL: nothing declared for $1" >&2; failures=$((failures + 1)); return; }
        lines=$(diff "$2" "$3" | sed -n 's/^</    declared, not exported:/p; s/^>/    exported, not declared:/p')
        [ -z "$lines" ] && return
        printf 'FAIL: %s\n%s\n' "$1" "$(head -n 20 <<<"$lines")" >&2
        failures=$((failures + 1))
}

cd "$top_srcdir" || exit 1
version=$(sed -n 's/^AC_INIT(\[muster\], \[\([^]]*\)\].*/\1/p' configure.ac)
declared include/muster/*.h >"$dir/public"
grep -E '^mst_(http|rest|seal)_' "$dir/public" >"$dir/public-net"
grep -Ev '^mst_(http|rest|seal)_' "$dir/public" >"$dir/public-core"
declared core/util/*.h core/record/*.h core/sdk/*.h >"$dir/private"
exported "$lib" MUSTER_1 >"$dir/has-public"
exported "$lib" "MUSTER_PRIVATE_${version//./_}" >"$dir/has-private"
same "libmuster, MUSTER_1" "$dir/public-core" "$dir/has-public"
same "libmuster, MUSTER_PRIVATE" "$dir/private" "$dir/has-private"
if [ -e "$net" ]; then
        exported "$net" MUSTER_NET_1 >"$dir/has-net"
        same "libmuster-net, MUSTER_NET_1" "$dir/public-net" "$dir/has-net"
fi
for each in "$lib" "$net"; do
        [ -e "$each" ] || continue
        nm -D --defined-only "$each" | awk '$2 != "A" { print $3 }' | grep -vE '^mstc?_' >"$dir/strange"
        [ -s "$dir/strange" ] || continue
        echo "FAIL: ${each##*/} exports what is not ours: $(head -n 5 "$dir/strange" | tr '\n' ' ')" >&2
        failures=$((failures + 1))
done
# The promise and the private part keep their prefixes apart.
grep -v '^mst_' "$dir/public" | sed 's/^/FAIL: include\/muster declares /' >&2
grep -v '^mstc_' "$dir/private" | sed 's/^/FAIL: core declares with MST_API /' >&2
! grep -qv '^mst_' "$dir/public" && ! grep -qv '^mstc_' "$dir/private" && [ $failures = 0 ] &&
        [ "$(wc -l <"$dir/public")" -gt 150 ]
