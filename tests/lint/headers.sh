#!/bin/bash
# Every header of the SDK stands alone, in each language that a plugin may be written in.
set -u
. "${top_srcdir:?make check sets it}/tests/skip.sh"
from_makefile() { sed -n "s/^$1 = //p" "$top_builddir/Makefile" | head -n 1; }
read -ra cc <<<"$(from_makefile CC)"
read -ra cxx <<<"$(from_makefile CXX)"
flags=(-I"$top_srcdir/include" -Wall -Wextra -Wundef -pedantic -Werror -fsyntax-only)
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-headers.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
failures=0 count=0

have_cxx=yes
printf 'int main() { return 0; }\n' >"$dir/try.cc"
"${cxx[@]}" -std=c++17 -fsyntax-only "$dir/try.cc" 2>/dev/null || have_cxx=no

try() {                                      # HEADER WHAT COMPILER...
        local header=$1 what=$2
        shift 2
        if ! "$@" 2>"$dir/said"; then
                echo "FAIL: <muster/$header> as $what" >&2
                head -n 10 "$dir/said" >&2
                failures=$((failures + 1))
        fi
}

for path in "$top_srcdir"/include/muster/*.h; do
        header=${path##*/}
        count=$((count + 1))
        # Twice: it has a guard.
        printf '#include <muster/%s>\n#include <muster/%s>\nint the_end_%d;\n' "$header" "$header" $count >"$dir/a.c"
        cp "$dir/a.c" "$dir/a.cc"
        try "$header" C99 "${cc[@]}" -std=c99 "${flags[@]}" -Wstrict-prototypes -Wshadow "$dir/a.c"
        try "$header" C17 "${cc[@]}" -std=c17 "${flags[@]}" -Wstrict-prototypes -Wshadow "$dir/a.c"
        [ $have_cxx = no ] || try "$header" C++17 "${cxx[@]}" -std=c++17 "${flags[@]}" "$dir/a.cc"
        # Installed, that is: listed.
        grep -q "include/muster/$header\b" "$top_srcdir/include/local.mk" ||
                { echo "FAIL: include/local.mk does not install $header" >&2; failures=$((failures + 1)); }
done
[ $count -ge 15 ] || { echo "FAIL: the headers were not found" >&2; exit 1; }

# The check of option rows works where the language has it: wrong type, no program.
cat >"$dir/row.c" <<'END'
#include <muster/option.h>
struct c { char *uri; long wrong; };
const struct mst_option good[] = { { .name = "uri", MST_URL_OPTION(struct c, uri) }, { .name = NULL } };
#ifdef BROKEN
const struct mst_option bad[] = { { .name = "uri", MST_URL_OPTION(struct c, wrong) }, { .name = NULL } };
#endif
END
row=("${cc[@]}" -std=c17 -I"$top_srcdir/include" -Wall -Werror -fsyntax-only)
try option.h "an option table" "${row[@]}" "$dir/row.c"
if "${row[@]}" -DBROKEN "$dir/row.c" 2>/dev/null; then
        echo "FAIL: an option row of the wrong type compiles" >&2
        failures=$((failures + 1))
fi
[ $failures = 0 ] || exit 1
[ $have_cxx = yes ] || skip "there is no C++ compiler (C was tried and is good)"
