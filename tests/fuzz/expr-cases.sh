#!/bin/bash
# expr-cases.sh - the rules and mappings of tests/cases as seeds for fuzz-expr: each as it
# is, cut off everywhere and with bytes changed.  FUZZ_CASES="*.json" takes all of them,
# which is too much for every check.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
for file in "$top_srcdir"/tests/cases/${FUZZ_CASES-rules-public.json}; do
        awk -v into="$work/$(basename "$file")" '
        match($0, /"(rule|expr)": "/) {
                rest = substr($0, RSTART + RLENGTH)
                text = ""
                for (i = 1; (c = substr(rest, i, 1)) != "\""; i++) {
                        if (c == "\\") {
                                c = substr(rest, ++i, 1)
                                c = c == "n" ? "\n" : c == "t" ? "\t" : c
                        }
                        text = text c
                }
                seed = into "." ++n
                printf "%s", text >seed
                close(seed)
        }' "$file" || exit 1
done
count=$(find "$work" -type f | wc -l)
[ "$count" -gt 300 ] || { echo "only $count seeds were found in tests/cases"; exit 1; }
"$top_builddir/tests/fuzz/fuzz-expr" "$work"
