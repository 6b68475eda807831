#!/bin/bash
# Each of the 64 items of the Graph emulator's checklist has a test that names its number,
# item_19_... or items_13_and_14_..., and that Check is really given.
set -u
cd "${top_srcdir:?make check sets it}" || exit 1
failures=0
mapfile -t files < <(printf '%s\n' tests/emulators/graph/test-*.c tests/unit/entra-*.c)
[ ${#files[@]} -gt 12 ] || { echo "FAIL: the tests were not found" >&2; exit 1; }
names=$(grep -hoE '^START_TEST\(items?_[0-9][a-z0-9_]*\)' "${files[@]}" | sed 's/START_TEST(\(.*\))/\1/')
for name in $names; do
        grep -qE "tcase_add_(loop_)?test\([a-z]+, $name[,)]" "${files[@]}" && continue
        echo "FAIL: $name is written and never run" >&2
        failures=$((failures + 1))
done
for ((item = 1; item <= 64; item++)); do
        number=$(printf '%02d' "$item")
        grep -qE "^item_$number(_|\$)|^items?_([0-9]+_|and_)*$number(_|\$)" <<<"$names" && continue
        echo "FAIL: no test names item $number of the emulator's checklist" >&2
        failures=$((failures + 1))
done
[ "$failures" = 0 ]
