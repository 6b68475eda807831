#!/bin/bash
# Each item of an emulator's checklist has a test that names its number, item_19_... or
# items_13_and_14_..., and that Check is really given.
set -u
cd "${top_srcdir:?make check sets it}" || exit 1
failures=0

complain() {
        echo "FAIL: $*" >&2
        failures=$((failures + 1))
}

# items EMULATOR COUNT FILE...
items() {
        local emulator=$1 count=$2 name names item number
        shift 2
        [ $# -ge 3 ] || complain "the tests of the $emulator emulator were not found"
        names=$(grep -hoE '^START_TEST\(items?_[0-9][a-z0-9_]*\)' "$@" | sed 's/START_TEST(\(.*\))/\1/')
        for name in $names; do
                grep -qE "tcase_add_(loop_)?test\([a-z]+, $name[,)]" "$@" || complain "$name is written and never run"
        done
        for ((item = 1; item <= count; item++)); do
                number=$(printf '%02d' "$item")
                grep -qE "^item_$number(_|\$)|^items?_([0-9]+_|and_)*$number(_|\$)" <<<"$names" ||
                        complain "no test names item $number of the $emulator emulator's checklist"
        done
}

items graph 64 tests/emulators/graph/test-*.c tests/unit/entra-*.c
items kaizala 29 tests/emulators/kaizala/test-*.c
items boldbi 30 tests/emulators/boldbi/test-*.c
[ "$failures" = 0 ]
