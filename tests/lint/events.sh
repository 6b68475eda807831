#!/bin/bash
# Every event has its number, its entry in the table and its paragraph in the manual, and is told
# somewhere; every line of a log has an event.  Numbers are for ever: events.tsv keeps what each was
# given to, and an event that is no more stays there, marked "gone".
set -u
shopt -s lastpipe
cd "${top_srcdir:?make check sets it}" || exit 1
known=tests/lint/events.tsv
failures=0
wrong() {                                    # complaints on standard input, if any
        local lines
        lines=$(cat)
        [ -z "$lines" ] && return
        printf 'FAIL: %s\n%s\n' "$1" "$(sed 's/^/    /' <<<"$lines")" >&2
        failures=$((failures + 1))
}
given=$(sed -n 's/^ *MSTC_EVENT_\([A-Z_]*\) = \([0-9]*\),.*/\2\t\1/p' core/engine/event.h)
table=$(sed -n 's/^ *{ MSTC_EVENT_\([A-Z_]*\), [EWID], "[a-z]*",$/\1/p' core/engine/event.c)
[ "$(wc -l <<<"$given")" -gt 50 ] || { echo "FAIL: the events were not found" >&2; exit 1; }

cut -f1 <<<"$given" | uniq -d | wrong "two events have one number"
cut -f1 <<<"$given" | sort -nc 2>&1 | wrong "events stand in order of number (event.h)"
diff <(cut -f2 <<<"$given") - <<<"$table" | wrong "the table of event.c has not the events of event.h, in that order"

# What was given stays given.
cut -f1 "$known" | grep -v '^#' | sort | uniq -d | wrong "events.tsv has a number twice"
while IFS=$'\t' read -r number name; do
        was=$(awk -F'\t' -v n="$number" '$1 == n { print $2 }' "$known")
        [ "$was" = "$name" ] || echo "$number is $name, and events.tsv has ${was:-nothing}"
done <<<"$given" | wrong "a number was given anew, or to something else: add it to events.tsv, or take a free one"
while IFS=$'\t' read -r number name state; do
        [[ $number == \#* || ${state-} == gone ]] || grep -qxF "$number"$'\t'"$name" <<<"$given" ||
                echo "$number $name"
done <"$known" | wrong "an event is no more: mark it as gone in events.tsv (third column)"

# Each is told, and nothing is told without one.
while IFS=$'\t' read -r number name; do
        grep -rqE "MSTC_EVENT_$name\b" core --include=*.c --exclude=event.c ||
                grep -qE "(return|[?:]) [^;]*MSTC_EVENT_$name\b|: MSTC_EVENT_$name\b|\? MSTC_EVENT_$name\b" core/engine/event.c ||
                echo "$number $name"
done <<<"$given" | wrong "events that nobody tells"
grep -rnE '\b(mstc_log|tell_event)\(' core --include=*.c | grep -vE ':(mstc_log|tell_event)\(struct' |
        grep -vE '(mstc_log|tell_event)\([^,]+, (MSTC_EVENT_[A-Z_]+|event),' | wrong "lines of the log without an event"
grep -nE '\btell\((&?service|s), ' core/cli/service*.c |
        grep -vE 'tell\([^,]+, (MSTC_EVENT_[A-Z_]+|event),' | wrong "lines of the service without an event"

# The page is the table.
bash conf/man/messages.sh 2>&1 | diff conf/man/muster-messages.7 - |
        wrong "muster-messages.7 is not what the table says: bash conf/man/messages.sh >conf/man/muster-messages.7"
while IFS=$'\t' read -r number name; do
        grep -qF "MST\\-$number" conf/man/muster-messages.7 || echo "MST-$number"
done <<<"$given" | wrong "the manual lacks"
grep -ohE 'MST-[0-9]+' core/engine/event.c | sort -u | while read -r code; do
        grep -q "^${code#MST-}"$'\t' <<<"$given" || echo "$code"
done | wrong "the table speaks of an event that there is not"
if command -v groff >/dev/null; then
        groff -man -Tutf8 -ww -z conf/man/muster-messages.7 2>&1 | wrong "groff warns of the page"
fi

exit $((failures > 0))
