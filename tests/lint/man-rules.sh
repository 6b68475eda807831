#!/bin/bash
# muster-rules(7) is true: every example gives what the page says, and the page has exactly
# the operators and functions that the engine has.
. "$srcdir/tests/scenario/cli.sh"
page=$srcdir/conf/man/muster-rules.7
rules=$srcdir/core/rules
wrong=0
note() { echo "$*" >&2; wrong=1; }
export LC_ALL=C.UTF-8

# What the reader sees of the source's lines: examples hold no other escapes than these.
plain() { sed 's/^\\&//; s/\\&//g; s/\\-/-/g; s/\\e/\\/g; s/\\(dq/"/g'; }
between() { sed -n "/^\.\\\\\" $1\$/,/^\.\\\\\" end\$/p" "$page" | grep -v '^\.' | plain; }

# ---- examples: one a line, KIND, WHO, TAKEN, OUTCOME KIND, OUTCOME, TEXT, divided by \001 ----

awk '
function out(kind_of_end, value) {
        if (kind == "") { print "line " FNR ": " kind_of_end " without an example" >"/dev/stderr"; bad = 1; return }
        printf "%d\001%s\001%s\001%s\001%s\001%s\001%s\n", start, kind, who, taken, kind_of_end, value, text
        kind = ""
}
function open(k, w, t) {
        if (kind != "") { print "line " FNR ": the example before has no end" >"/dev/stderr"; bad = 1 }
        kind = k; who = w; text = t; taken = ""; start = FNR
}
function rest(s) { sub(/^[^ ]* */, "", s); return s }
/^\.Bd -literal/ { inside = 1; next }
/^\.Ed/ { if (kind != "") { print "line " FNR ": an example without an end" >"/dev/stderr"; bad = 1; kind = "" }
          inside = 0; next }
!inside { next }
/^rule: / { open("rule", "", rest($0)); next }
/^map: / { open("map", "anna", rest($0)); next }
/^map\([a-z]*\): / { w = $1; sub(/^map\(/, "", w); sub(/\):$/, "", w); open("map", w, rest($0)); next }
/^clause: / { open("clause", "", rest($0)); next }
/^taken: / { taken = rest($0); next }
/^(gives|error|warns): / { k = $1; sub(/:$/, "", k); out(k, rest($0)); next }
kind != "" && /^ / { t = $0; sub(/^ */, "", t); text = text " " t; next }
kind != "" { print "line " FNR ": what is this?" >"/dev/stderr"; bad = 1 }
END { exit bad }
' <(plain <"$page") >"$dir/examples" || note "the examples of the page could not be read"
count=$(wc -l <"$dir/examples")
[ "$count" -gt 120 ] || fail "the page has $count examples only"

# ---- what gives a value: a file of cases, as admins write it ----

json() { sed 's/\\/\\\\/g; s/"/\\"/g'; }
case_of() {
        local line=$1 kind=$2 who=$3 taken=$4 value=$5 text clause name part
        text=$(json <<<"$6")
        case $kind in
        rule|clause)
                case $value in nobody) value= ;; esac
                value=$(sed 's/[^ ][^ ]*/"&"/g; s/ /, /g' <<<"$value") ;;
        map)
                case $value in
                "nothing, the attribute is left as it is") value='{"$ignore":"attribute"}' ;;
                "nothing, the whole object is left alone") value='{"$ignore":"object"}' ;;
                esac ;;
        esac
        case $kind in
        rule) echo "{\"id\":\"line $line\",\"rule\":\"$text\",\"matches\":[$value]}" ;;
        map) echo "{\"id\":\"line $line\",\"expr\":\"$text\",\"user\":\"$who\",\"result\":$value${taken:+,\"taken\":$taken}}" ;;
        clause)
                clause=
                for name in attribute operator value; do
                        part=$(sed -n "s/.*$name=\"\([^\"]*\)\".*/\1/p" <<<"$6" | json)
                        [ -z "$part" ] || clause="$clause${clause:+,}\"$name\":\"$part\""
                done
                echo "{\"id\":\"line $line\",\"filters\":[{\"clauses\":[{$clause}]}],\"matches\":[$value]}" ;;
        esac
}
: >"$dir/rule"; : >"$dir/map"; : >"$dir/clause"
while IFS=$'\001' read -r line kind who taken how value text; do
        [ "$how" != gives ] || case_of "$line" "$kind" "$who" "$taken" "$value" "$text" >>"$dir/$kind"
done <"$dir/examples"
list() { paste -sd, "$dir/$1"; }
people=$(between people)
echo "{ $people, \"membership\": [$(list rule)], \"mapping\": [$(list map)], \"scoping\": [$(list clause)] }" >"$dir/cases.json"
"$MUSTER" test "$dir/cases.json" >"$out" 2>"$err" || { cat "$out" "$err" >&2; note "examples that are not true"; }
expected=$(cat "$dir/rule" "$dir/map" "$dir/clause" | wc -l)
grep -q " $expected as expected, 0 different" "$out" || note "not all of the $expected examples were run"

# The file of cases that the page prints is one, and its people do what it says.
between cases >"$dir/printed.json"
expect 0 test "$dir/printed.json"

# ---- what is a mistake, or a doubt ----

now=$(sed -n 's/^"now": "\(.*\)",$/\1/p' <<<"$people")
while IFS=$'\001' read -r line kind who taken how value text; do
        [ "$how" != gives ] || continue
        echo "$people" | awk -v who="${who:-anna}" '
                /"id": / { on = index($0, "\"id\": \"" who "\"") > 0 } /^\]/ { on = 0 } on' |
                sed '$s/,$//' >"$dir/person.json"
        "$MUSTER" eval --"$kind" --now "$now" --record "$dir/person.json" "$text" >"$out" 2>"$err"
        code=$?
        case $how:$code in
        warns:0) grep -q warning "$err" ;;
        error:[12]) true ;;
        *) false ;;
        esac && grep -qF -e "$value" "$out" "$err" || {
                cat "$out" "$err" >&2
                note "line $line does not say '$value' ($how, exit code $code): $text"
        }
done <"$dir/examples"

# ---- neither more nor less than the engine has ----

same() {                                     # WHAT, the engine's, the page's
        diff <(sort -u <<<"$2") <(sort -u <<<"$3") >"$dir/diff" && [ -n "$2" ] && return
        cat "$dir/diff" >&2
        note "$1: the engine's (<) and the page's (>) differ"
}
same "functions" "$(sed -n 's/^        { "\([A-Za-z0-9]*\)", "[^"]*", [^,]*, mstc_fn_.*/\1/p' "$rules/functions.c")" \
        "$(sed -n 's/^\.It Fn \([A-Za-z0-9]*\).*/\1/p' "$page")"
for name in $(sed -n 's/^        { "\([A-Za-z0-9]*\)", "v\*", 0, NULL, .*/\1/p' "$rules/functions.c"); do
        sed -n '/^Known, but refused/,/^\.S/p' "$page" | grep -qw "$name" || note "the page lacks the refused function $name"
done
for name in $(sed -n 's/^\.It Fn \([A-Za-z0-9]*\).*/\1/p' "$page"); do
        cut -d$'\001' -f7 "$dir/examples" | grep -q "\b$name *(" || note "the function $name has no example"
done
same "operators" "$(sed -n 's/^        { "\([a-zA-Z]*\)", MSTC_WORD_.*/\1/p' "$rules/lex.c")" \
        "$(between operators | grep '^-' | cut -c1-16 | grep -oE '[a-zA-Z]+')"
for sign in $(sed -n 's/^        { "\([<>=]*\)", MSTC_WORD_.*/\1/p' "$rules/lex.c"); do
        grep -q "^\.It Li.* $sign\( \|\$\)" "$page" || note "the page lacks the operator $sign"
done
same "operators of scoping filters" \
        "$(sed -n '/^static const struct operator/,/^};/p' "$rules/filter.c" | grep -o '{ "[^"]*"' | sed 's/{ "\(.*\)"/\1/')" \
        "$(between clauses | grep '^[A-Z&!]' | cut -c1-24 | sed 's/ *$//')"
for limit in "64 KB:MSTC_RULE_MOST (64u \* 1024u)" "200 levels:MSTC_NEST_MOST 200u"; do
        grep -q "${limit#*:}" "$rules/node.h" && grep -q "${limit%%:*}" "$page" || note "the limit of ${limit%%:*} is another"
done

# ---- as the reader sees it ----

if command -v groff >/dev/null; then
        groff -mdoc -Tutf8 -ww -P-cbou "$page" >"$dir/shown" 2>"$err" || note "groff refuses the page"
        [ ! -s "$err" ] || { cat "$err" >&2; note "groff warns of the page"; }
        grep -E '^.{81}' "$dir/shown" >&2 && note "lines of more than 80 columns"
        grep -n "[‘’“”−ˆ˜]" "$dir/shown" >&2 && note "what cannot be pasted as it is shown"
fi
exit $wrong
