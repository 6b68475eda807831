#!/bin/bash
# The manner that a program can see: sizes, calls that nobody should make, the top level,
# scripts that parse.  What it cannot see is in the reviewers' hands.
set -u
shopt -s lastpipe                            # wrong() counts in this shell, not in its own
cd "${top_srcdir:?make check sets it}" || exit 1
failures=0
wrong() {                                    # complaints on standard input, if any
        local lines
        lines=$(cat)
        [ -z "$lines" ] && return
        printf 'FAIL: %s\n%s\n' "$1" "$(sed 's/^/    /' <<<"$lines" | head -n 20)" >&2
        failures=$((failures + 1))
}
mapfile -t sources < <(find core plugins include tests -name '*.[ch]' ! -path core/build.h | sort)
mapfile -t scripts < <(find tests .ci -name '*.sh' -o -path .ci/run 2>/dev/null | sort)
[ ${#sources[@]} -gt 50 ] || { echo "FAIL: the sources were not found" >&2; exit 1; }

wc -l "${sources[@]}" | awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines" }' |
        wrong "a file of more than 600 lines is about two nouns"

# A body starts and ends at the left margin.
awk 'FNR == 1 { start = 0 }
     /^\{/ { start = FNR }
     /^\}/ && start { if (FNR - start - 1 > 60) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0 }' \
        "${sources[@]}" | wrong "a function of more than 60 lines is more than one thought"

for source in "${sources[@]}"; do
        head -n 1 "$source" | grep -q '^/\*' || echo "$source"
done | wrong "a file opens with a comment that tells its story"

grep -nP '\t| $' "${sources[@]}" | wrong "tabs, or blanks at the end of a line"

# Calls that overrun, keep state, or start a shell.  Words in comments do not count.
grep -nE '(^|[^A-Za-z0-9_>.])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|system|popen|alloca|mktemp|tmpnam|rand|srand|asctime|ctime|localtime|gmtime)[(]' \
        "${sources[@]}" | grep -v '^tests/' | grep -vE ':[0-9]+: *(\*|/\*)' |
        wrong "calls that nobody should make"

grep -nE '\b(TODO|FIXME|XXX)\b' "${sources[@]}" | wrong "left to be done"

# In a clone only: a release has what is made from it beside it.
if [ -e .git ] && git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files | cut -d/ -f1 | sort -u |
                grep -vxE 'configure\.ac|Makefile\.am|core|plugins|include|tests|conf|README|COPYING|bootstrap|\..*' |
                wrong "at the top level, but not agreed on"
fi

for script in "${scripts[@]}"; do
        bash -n "$script" 2>&1
done | wrong "scripts that do not parse"
sh -n bootstrap 2>&1 | wrong "bootstrap does not parse in sh"

# What only the program of the same build may use is named for the version.
version=$(sed -n 's/^AC_INIT(\[muster\], \[\([^]]*\)\].*/\1/p' configure.ac)
grep -q "MUSTER_PRIVATE_${version//./_} {" core/libmuster.map ||
        echo "core/libmuster.map has no MUSTER_PRIVATE_${version//./_}" | wrong "version scripts"

exit $((failures > 0))
