# cli.sh - for the scenarios of the command.  Sourced.
#
#   expect CODE [MUSTER ARGUMENT]...   runs the command; its output is in $out and $err
#   says TEXT / complains TEXT         what stands in stdout / stderr
#   json POINTER...                    the last stdout is a document of our shape
set -u
JSONCHECK=${JSONCHECK-$top_builddir/tests/scenario/jsoncheck}
dir=$(mktemp -d "${TMPDIR-/tmp}/muster-cli.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
out=$dir/out err=$dir/err
last=

fail() {
        echo "FAILED: $last: $*" >&2
        echo "--- stdout"; cat "$out"; echo "--- stderr"; cat "$err"
        exit 1
}

expect() {
        want=$1; shift
        last="muster $*"
        "$MUSTER" "$@" >"$out" 2>"$err" </dev/null
        code=$?
        [ "$code" = "$want" ] || fail "exit code $code instead of $want"
}

says()      { grep -qF -e "$1" "$out" || fail "stdout does not say: $1"; }
complains() { grep -qF -e "$1" "$err" || fail "stderr does not say: $1"; }
silent()    { [ ! -s "$err" ] || fail "stderr is not empty"; }
json()      { "$JSONCHECK" "$@" <"$out" || fail "its JSON is not right: $*"; }
narrow()    { ! grep -qE '^.{81}' "$out" || fail "a line is wider than 80 columns"; }
