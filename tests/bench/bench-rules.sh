#!/bin/bash
# bench-rules.sh - who is in which group, of a million people and thousands of rules:
# the rule index beside what else could have told.
#
#   own, no index    the same compiled rules, each evaluated for each person
#   SQLite           a SELECT count(*) for each rule, indexed and analyzed, in memory
#   new Function     the rules as JavaScript, compiled by Node
#   filtrex          a filter library from npm (installed into the bench's own folder)
#
# All are asked for the same rules and the same people, and must find as many matches as
# the index does.  The others take samples, since they would take hours: a figure marked
# (x) was reckoned from one, in proportion.  Seconds are processor time.  Ratios are what to
# trust; seconds are of this machine.  A miss is printed as a miss.
#
#   BENCH_PEOPLE=1000000           people for the index
#   BENCH_SIZES="100 1000 15000"   rules for it
#   BENCH_ROUNDS=3                 runs of each; the median counts
#   BENCH_SAMPLE="100000 100"      people and rules for SQLite
#   BENCH_NODE="5000 1000"         people and rules for new Function; filtrex takes a fifth
#                                  of the people
#   BENCH_PLAIN="1000 200"         people for 'own, no index' with 1,000 rules and 15,000
#   BENCH_DIFF="1000000 200"       people and rules for `muster rules diff`, half of them changed
#                                  with a map; a tenth of each shows how it grows
#
# A quick look: BENCH_PEOPLE=100000 BENCH_ROUNDS=1
set -u
: "${top_srcdir:?run by make bench-rules}" "${top_builddir:?}"
people=${BENCH_PEOPLE-1000000}
sizes=${BENCH_SIZES-100 1000 15000}
rounds=${BENCH_ROUNDS-3}
read -r sql_people sql_rules <<<"${BENCH_SAMPLE-100000 100}"
read -r node_people node_rules <<<"${BENCH_NODE-5000 1000}"
read -r plain_few plain_many <<<"${BENCH_PLAIN-1000 200}"
read -r diff_people diff_rules <<<"${BENCH_DIFF-1000000 200}"
tools=$top_builddir/tests/bench

mkdir -p "$top_builddir/bench-rules"
work=$(mktemp -d "$top_builddir/bench-rules/run.XXXXXX") || exit 1
work=$(cd "$work" && pwd)
table=$top_builddir/bench-rules/table
: >"$table"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

say() { printf '%s  %s\n' "$(date +%T)" "$1" >&2; }
fail() { echo "bench-rules: $1" >&2; exit 1; }

# run NAME COMMAND...: a run of NAME, which prints names and values.
run() {
        local name=$1
        shift
        "$@" >>"$work/$name.runs" 2>"$work/log" || { tail -n 20 "$work/log" >&2; fail "$name: $1 failed"; }
}
# of NAME WHAT: the median of what its runs said.
of() {
        awk -v what="$2" '{ for (i = 1; i < NF; i += 2) if ($i == what) print $(i + 1) }' "$work/$1.runs" | sort -g |
                awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
reckon() { awk "BEGIN { print $1 }"; }

# The program itself, not libtool's wrapper, which is a shell script.
muster=$top_builddir/.libs/muster
[ -x "$muster" ] || muster=$top_builddir/muster
export LD_LIBRARY_PATH=$top_builddir/.libs

# mirror PEOPLE: a store with them, and two configurations over it for as many rules as are asked for.
mirror() {
        local rules
        "$tools/rules-mirror" store "$work/mirror-$1.db" "$1" 2>"$work/log" || fail "$(tail -n 1 "$work/log")"
        for rules in "$diff_rules" $((diff_rules / 10)); do
                "$tools/rules-mirror" config "$work/mirror-$1.db" "$rules" 0 >"$work/old-$1-$rules.xml"
                "$tools/rules-mirror" config "$work/mirror-$1.db" "$rules" 2 >"$work/new-$1-$rules.xml"
        done
        chmod 600 "$work"/*.xml
}
# rules_diff PEOPLE RULES: one run of it.
rules_diff() {
        "$tools/timed" -o "$work/timed" "$muster" rules diff --json "$work/old-$1-$2.xml" "$work/new-$1-$2.xml" >"$work/log" 2>&1 ||
                { tail -n 20 "$work/log" >&2; fail "rules diff failed"; }
        grep -q "\"people\": *$1[,}]" "$work/log" || fail "rules diff did not look at $1 people"
        awk '{ print "seconds", $1, "kib", $3 }' "$work/timed" >>"$work/diff-$1-$2.runs"
        rm "$work/timed"
}

# agree NAME RULES PEOPLE: it found what the index finds.
agree() {
        local found
        run "check-$1" "$tools/rules" index "$2" "$3"
        found=$(of "check-$1" found)
        [ "$(of "$1" found)" = "$found" ] || fail "$1 finds $(of "$1" found) matches, the index $found"
}

# row WORK OURS NAME THEIRS AIM: AIM times as fast; row WORK OURS '' '' AIM: seconds at most.
row() {
        awk -v work="$1" -v ours="$2" -v name="$3" -v theirs="$4" -v aim="$5" '
        function s(x) {
                if (x >= 1)
                        return sprintf(x >= 100 ? "%.0f s" : "%.2f s", x)
                return x >= 0.001 ? sprintf("%.1f ms", x * 1000) : sprintf("%.2f us", x * 1000000)
        }
        BEGIN {
                ratio = name == "" ? 0 : theirs / ours
                met = aim == "" ? "" : (name == "" ? ours <= aim : ratio >= aim) ? "met" : "MISSED"
                shown = aim == "" ? "" : (name == "" ? "<= " s(aim) : ">= " aim)
                printf "%-33s %9s  %-18s %9s %8s %-10s %s\n", work, s(ours), name, name == "" ? "" : s(theirs),
                        name == "" ? "" : sprintf("%.0f", ratio), shown, met
        }' | tee -a "$table" >&2
}
memory() {                                   # WORK KIB AIM
        awk -v work="$1" -v kib="$2" -v aim="$3" 'BEGIN { printf "%-33s %5.1f MiB  %-18s %9s %8s <= %-7s %s\n", work,
                kib / 1024, "", "", "", aim " MiB", kib / 1024 <= aim ? "met" : "MISSED" }' | tee -a "$table" >&2
}
thousands() { sed -e ':a' -e 's/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta' <<<"$1"; }

command -v node >/dev/null || fail "node is missing: ./bootstrap deps bench"
say "fetching filtrex"
(cd "$work" && npm install --silent --no-audit --no-fund filtrex@3.1.0) >"$work/log" 2>&1 || fail "npm: $(tail -n 1 "$work/log")"
export NODE_PATH=$work/node_modules
filtrex_people=$((node_people / 5))
"$tools/rules" people "$node_people" >"$work/people"
head -n "$filtrex_people" "$work/people" >"$work/people-filtrex"
for how in script filtrex; do "$tools/rules" $how "$node_rules" >"$work/$how"; done

say "filling a mirror for rules diff"
mirror "$diff_people"
mirror $((diff_people / 10))

for round in $(seq "$rounds"); do
        say "round $round of $rounds"
        rules_diff "$diff_people" "$diff_rules"
        rules_diff "$diff_people" $((diff_rules / 10))
        rules_diff $((diff_people / 10)) "$diff_rules"
        for size in $sizes; do
                run "index-$size" "$tools/rules" index "$size" "$people"
                run "single-$size" "$tools/rules" single "$size" "$people" 100
        done
        run plain-few "$tools/rules" plain 1000 "$plain_few"
        run plain-many "$tools/rules" plain 15000 "$plain_many"
        run sqlite "$tools/rules-sqlite" "$sql_rules" "$sql_people"
        run script node "$top_srcdir/tests/bench/rules-node.js" script "$work/script" "$work/people"
        run filtrex node "$top_srcdir/tests/bench/rules-node.js" filtrex "$work/filtrex" "$work/people-filtrex"
done
say "comparing what they found"
agree plain-few 1000 "$plain_few"
agree plain-many 15000 "$plain_many"
agree sqlite "$sql_rules" "$sql_people"
agree script "$node_rules" "$node_people"
agree filtrex "$node_rules" "$filtrex_people"

# pair NAME RULES PEOPLE: seconds of one rule and one person.
pair() { reckon "$(of "$1" seconds) / $2 / $3"; }
few=$(pair plain-few 1000 "$plain_few") many=$(pair plain-many 15000 "$plain_many")
sqlite=$(pair sqlite "$sql_rules" "$sql_people") script=$(pair script "$node_rules" "$node_people")
filtrex=$(pair filtrex "$node_rules" "$filtrex_people")
shown=$(thousands "$people")
for size in $sizes; do
        ours=$(of "index-$size" seconds) single=$(reckon "$(of "single-$size" seconds) / ($people / 100)")
        work_name="$shown x $(thousands "$size")"
        # With few rules their costs of a rule are those of 1,000, to be fair.
        case $size in
        15000) plain=$many aim_sqlite=150 aim_script='' aim_plain=25 aim_one=0.000005 ;;
        1000) plain=$few aim_sqlite=100 aim_script=350 aim_plain='' aim_one='' ;;
        *) plain=$few aim_sqlite='' aim_script='' aim_plain='' aim_one='' ;;
        esac
        row "$work_name" "$ours" "own, no index (x)" "$(reckon "$plain * $size * $people")" "$aim_plain"
        row "" "$ours" "SQLite (x)" "$(reckon "$sqlite * $size * $people")" "$aim_sqlite"
        row "" "$ours" "new Function (x)" "$(reckon "$script * $size * $people")" "$aim_script"
        row "" "$ours" "filtrex (x)" "$(reckon "$filtrex * $size * $people")" ""
        [ "$size" != 15000 ] || row "" "$ours" '' '' "$(reckon "4 * $people / 1000000")"
        row "one of 1 % changed people, $(thousands "$size")" "$single" "own, no index" "$(reckon "$plain * $size")" \
                "$([ "$size" != 15000 ] || echo 20)"
        [ -z "$aim_one" ] || row "" "$single" '' '' "$aim_one"
        printf '%-33s %s groups, %s candidates each, index built in %s ms\n' "" \
                "$(reckon "int($(of "index-$size" found) * 10 / $people) / 10")" \
                "$(reckon "int($(of "single-$size" candidates) * 10 / ($people / 100)) / 10")" \
                "$(reckon "int($(of "index-$size" build) * 10000) / 10")" | tee -a "$table" >&2
        memory "most memory, all of them" "$(of "index-$size" kib)" 280
        memory "most memory, one at a time" "$(of "single-$size" kib)" 160
done
# Both sides of each rule that changed, as SQL; the program starts, reads the mirror and compares
# two configurations in its time, SQLite evaluates only.
ours=$(of "diff-$diff_people-$diff_rules" seconds)
row "rules diff, $(thousands "$diff_people") x $diff_rules" "$ours" "SQLite (x)" "$(reckon "$sqlite * $diff_rules * $diff_people")" ""
row "" "$ours" '' '' 30
memory "most memory" "$(of "diff-$diff_people-$diff_rules" kib)" 1024
row "a tenth of the rules" "$(of "diff-$diff_people-$((diff_rules / 10))" seconds)" '' '' ""
row "a tenth of the people" "$(of "diff-$((diff_people / 10))-$diff_rules" seconds)" '' '' ""

printf '\n%s, %s of %s\n' "$(uname -sr)" "$(nproc) processors" \
        "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
printf 'medians of %d; (x) reckoned from a sample: SQLite %s people x %s rules, new Function\n%s x %s, filtrex %s x %s, own %s x 1,000 and %s x 15,000\n\n' \
        "$rounds" "$(thousands "$sql_people")" "$sql_rules" "$(thousands "$node_people")" "$(thousands "$node_rules")" \
        "$(thousands "$filtrex_people")" "$(thousands "$node_rules")" "$(thousands "$plain_few")" "$plain_many"
printf '%-33s %9s  %-18s %9s %8s %s\n' work muster against '' ratio aim
cat "$table"
