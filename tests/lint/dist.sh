#!/bin/bash
# Nothing is forgotten in a release: every file that git knows is distributed.
set -u
cd "${top_srcdir:?make check sets it}" || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1 || [ ! -e .git ]; then
        echo "not a clone: there is nothing to compare with"
        exit 0
fi
# What a local.mk names may be a folder, which goes with all that is in it.
# Where configure was called by a relative path, some are named by it.
relative=$(realpath --relative-to="${top_builddir:?}" .)
make -s -C "$top_builddir" distributed | sed "s,^\./,,; s,^$top_srcdir/,,; s,^$relative/,," |
        while read -r name; do
                if [ -d "$name" ]; then find "$name" -type f; else echo "$name"; fi
        done | sort -u >"$top_builddir/distributed.list"
[ "$(wc -l <"$top_builddir/distributed.list")" -gt 50 ] || { echo "FAIL: nothing is distributed" >&2; exit 1; }
forgotten=$(git ls-files | grep -v '^\.gitignore$' | sort -u | comm -23 - "$top_builddir/distributed.list")
rm -f "$top_builddir/distributed.list"
[ -z "$forgotten" ] && exit 0
echo "FAIL: known to git, but in no local.mk (SOURCES or EXTRA_DIST):" >&2
printf '    %s\n' $forgotten >&2
exit 1
