#!/bin/bash
# Help of every command, and what is said about a line that cannot be understood.
. "$srcdir/tests/scenario/cli.sh"

expect 0 --version
[ "$(cat "$out")" = "muster $("$MUSTER" version --json | sed -n 's/.*"muster":"\(.*\)",/\1/p')" ] || fail "version"
silent
expect 0 -V; says "muster "
expect 0 version --json; json /command=version /versions/0/name=muster /versions/0/abi-major=1

expect 0 help; silent; narrow
commands=$(sed -n '/^Commands/,/^$/s/^  \([a-z]*\)  .*/\1/p' "$out")
[ -n "$commands" ] || fail "no commands listed"
expect 0 --help; says "Exit codes"
expect 0 -h; says "Exit codes"
expect 0 help --json; json /command=help /commands/0/name

for command in $commands; do
        expect 0 "$command" --help; silent; narrow
        says "usage: muster $command"; says "--json"; says "--config FILE"
        cp "$out" "$dir/long"
        expect 0 "$command" -h; cmp -s "$out" "$dir/long" || fail "-h and --help differ"
        expect 0 help "$command"; cmp -s "$out" "$dir/long" || fail "help and --help differ"
        # even with what else is wrong with the line
        expect 0 "$command" --help one two three four five six

        expect 2 "$command" --no-such-option
        complains "unknown option --no-such-option"; complains "usage: muster $command"
        [ ! -s "$out" ] || fail "stdout is not empty"
        expect 2 "$command" -%; complains "unknown option -%"
        expect 2 "$command" --json --no-such-option
        json "/command=$command" /error/class=usage "/error/text=unknown option --no-such-option"
        silent
        expect 2 "$command" --config; complains "needs a value"
        expect 2 "$command" --verbose=3; complains "takes no value"
done

expect 2; complains "which command?"; complains "usage: muster"
expect 2 --; complains "which command?"
expect 2 ''; complains "unknown command ''"
expect 2 hlep; complains "did you mean 'help'?"
expect 2 vresion; complains "did you mean 'version'?"
expect 2 frobnicate; complains "unknown command 'frobnicate'"
! grep -q "did you mean" "$err" || fail "a far-fetched guess"
expect 2 "$(printf 'a\033[2Jb')"; complains 'a\x1b[2Jb'
expect 2 --jsno version; complains "did you mean --json?"
expect 2 version --verbos=1; complains "takes no value"
expect 2 version one; complains "'one' is one"
expect 2 help one two; complains "at most 1 argument"
expect 2 help nonsense; complains "no command 'nonsense'"

# What a line of the log means, by its number, however it is written.
for number in MST-1042 mst-1042 1042; do
        expect 0 help "$number"; says 'MST-1042 (warning, apply)'; says 'Cause '; says 'Cure '
done
expect 0 help 1042 --json; json /command=help '#/messages=1' /messages/0/code=MST-1042 /messages/0/level=warning
expect 0 help messages; says 'MST-1042  warning'
for number in 1039 MST-1037 0 -1 MST- MST-1042x 99999999999999 1042,1043; do
        expect 2 help -- "$number"
done
expect 2 help 1039; complains 'no message MST-1039'; complains 'MST-1041'
expect 2 help MST-99999; complains 'near it are MST-2'
expect 2 --json frobnicate; json /command=null /error/class=usage
expect 2 --json; json /error/class=usage
expect 0 --json --verbose version; json /command=version
expect 0 version -v; says "plugin ABI"

# what cannot be written is not done
if [ -e /dev/full ]; then
        "$MUSTER" help >/dev/full 2>"$err" && fail "a full disk was not noticed"
        complains "could not be written"
fi
# who has seen enough may leave
"$MUSTER" help 2>"$err" | true
[ ! -s "$err" ] || fail "a closed pipe is complained about"
# closed descriptors are no trap
"$MUSTER" version >&- 2>&- <&-
exit 0
