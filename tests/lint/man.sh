#!/bin/bash
# The manual page and the completion know every command and option that --help knows, and
# no others.
. "$srcdir/tests/scenario/cli.sh"
page=$srcdir/conf/man/muster.1
completion=$srcdir/conf/completion/muster.bash
wrong=0
note() { echo "$*" >&2; wrong=1; }

# section NAME: its text without the markup
section() {
        awk -v name="$1" '/^\.S[SH] /{ t = $0; sub(/^\.S[SH] /, "", t); on = t == name; next } on' "$page" |
                sed 's/\\-/-/g; s/\\f[BIR]//g; s/\\&//g'
}
options_in() { grep -oE -e '(^|[^-a-z])--[a-z][a-z-]*' "$@" | grep -oE -e '--[a-z-]+' | sort -u; }

expect 0 --version
grep -q "\"$(cat "$out")\"" "$page" || note "the manual page is not of $(cat "$out")"
expect 0 help
commands=$(sed -n '/^Commands/,/^$/s/^  \([a-z]*\)  .*/\1/p' "$out")
common=$(sed -n '/^Options of every/,/^$/p' "$out" | options_in)
[ "$(echo "$commands" | wc -l)" -gt 10 ] && [ -n "$common" ] || fail "the help could not be read"

known=$(sed -n 's/^\.SS //p' "$page")
[ "$(echo "$known" | sort)" = "$(echo "$commands" | sort)" ] ||
        note "the manual page has not the commands of the help:" $known
for option in $common --version; do
        section "OPTIONS OF EVERY COMMAND" | grep -qF -e "$option" || note "the manual page lacks $option"
done

for command in $commands; do
        expect 0 "$command" --help
        own=$(sed -n '/^Options$/,/^$/p' "$out" | options_in)
        told=$(section "$command" | options_in | grep -vxF -e "$common")
        for option in $own; do
                section "$command" | grep -qF -e "$option" || note "the manual page lacks $command $option"
                grep -q "^ *$command) .*[\" ]$option[\" ]" "$completion" || note "the completion lacks $command $option"
        done
        for option in $told; do
                echo "$own" | grep -qxF -e "$option" || note "the manual page invents $command $option"
        done
        sed -n "s/^ *$command) *\(.*\)/\1/p" "$completion" | options_in >"$dir/offered"
        while read -r option; do
                echo "$own" | grep -qxF -e "$option" || note "the completion invents $command $option"
        done <"$dir/offered"
        grep -qw "$command" "$completion" || note "the completion lacks $command"
        # what each document's rows are called is told too
        section JSON | grep -qw "$command" || note "the manual page tells no JSON of $command"
done

if command -v groff >/dev/null; then
        groff -man -Tutf8 -ww -z "$page" 2>"$err" || note "groff refuses the page"
        [ ! -s "$err" ] || { cat "$err" >&2; note "groff warns of the page"; }
fi
bash -n "$completion" || note "the completion is no bash"
# the others ask --help for options; what they know of commands and values must be there
for other in muster.fish _muster; do
        for word in $(grep -oE '^ *(case )?[a-z|, ]+\)? ' "$srcdir/conf/completion/$other" | grep -oE '\b(plan|sync|run|pause|resume|verify|reset|users|explain|timeline|groups|history|rules|apply|test|state|init)\b' | sort -u); do
                echo "$commands" | grep -qxF "$word" || note "$other knows a command $word"
        done
        for option in $(grep -oE -e '--(user|group|only-group|sync|sink|target|config|output|record)\b' "$srcdir/conf/completion/$other" | sort -u); do
                grep -qF -e "$option" "$completion" || note "$other knows an option $option"
        done
done
if command -v zsh >/dev/null; then zsh -n "$srcdir/conf/completion/_muster" || note "the completion is no zsh"; fi
if command -v fish >/dev/null; then fish -n "$srcdir/conf/completion/muster.fish" || note "the completion is no fish"; fi
exit $wrong
