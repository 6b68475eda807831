#!/bin/bash
# Each of the 135 faults of the catalogue stands in tests/faults.tsv once, with the test that covers
# it, wholly or in part, or with the reason why there is none (yet).  The test exists, and what the
# table says stands in it; how many there are of each is told.
set -u
cd "${top_srcdir:?make check sets it}" || exit 1
failures=0 wanted=1
declare -A states=([test]=0 [partly]=0 [not-yet]=0 [cannot]=0)

complain() {
        echo "FAIL: tests/faults.tsv: $*" >&2
        failures=$((failures + 1))
}

while IFS=$'\t' read -r number state file label remark rest; do
        [[ $number != '#'* ]] || continue
        [ "$number" = "F$wanted" ] || { complain "F$wanted is expected where $number stands"; wanted=${number#F}; }
        wanted=$((wanted + 1))
        [ -n "${states[$state]-}" ] || { complain "$number: what is '$state'?"; continue; }
        states[$state]=$((states[$state] + 1))
        [ -z "${rest-}" ] && [ -n "${remark-}" ] || complain "$number: five columns, the last with a remark"
        case $state in
        test|partly)
                if [ ! -f "$file" ]; then complain "$number: there is no $file"
                elif ! grep -qF -e "$label" "$file"; then complain "$number: '$label' is not in $file"
                fi ;;
        *)
                [ "$file$label" = -- ] || complain "$number: a test is named, but it is '$state'" ;;
        esac
done <tests/faults.tsv
[ $wanted = 136 ] || complain "there are $((wanted - 1)) faults, not 135"
echo "of 135 faults: ${states[test]} covered, ${states[partly]} in part, ${states[not-yet]} not yet, ${states[cannot]} cannot be"
exit $((failures != 0))
