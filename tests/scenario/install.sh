#!/bin/bash
# What is installed is enough: for the command to run, and for a stranger's plugin.
#
# Installs below DESTDIR, builds a plugin with nothing but the installed headers and
# muster.pc, as C and as C++, and has the installed command show it.
set -u
: "${top_srcdir:?make check sets it}" "${top_builddir:?}" "${srcdir:?}" "${MUSTER:?}"
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1" >&2; exit 1; }

make -C "$top_builddir" install DESTDIR="$work/dest" >"$work/log" 2>&1 ||
        { tail -n 30 "$work/log"; fail "make install"; }

# Wherever the prefix is: these must be there, and these must not.
one() { find "$work/dest" -path "*/$1" -print -quit | grep . || fail "$1 is not installed"; }
command=$(one bin/muster) && pc=$(one pkgconfig/muster.pc) && lib=$(one libmuster.so.1) &&
        one include/muster/plugin.h >/dev/null || exit 1
stray=$(find "$work/dest" -name 'libcore*' -o -path '*/bin/*' ! -name muster)
[ -z "$stray" ] || fail "installed, but should not be: $stray"
for plugin in "$top_builddir"/plugins/.libs/*.so; do
        [ ! -e "$plugin" ] || one "muster/1/${plugin##*/}" >/dev/null || exit 1
done

prefix=$(sed -n 's/^prefix=//p' "$pc")
flags() {
        PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 \
                pkg-config --define-variable=prefix="$work/dest$prefix" "$@" muster
}
[[ $(flags --variable=plugindir) == "${lib%/*}/muster/1" ]] || fail "muster.pc: plugindir is wrong"

mkdir "$work/plugins"
for compiler in "${CC:-cc} -std=c99" "${CC:-cc} -std=c17" "${CXX:-c++} -std=c++17 -x c++"; do
        # shellcheck disable=SC2046
        $compiler -Wall -Wextra -Werror -Wno-missing-field-initializers -fPIC $(flags --cflags) \
                -c -o "$work/acme.o" "$srcdir/tests/scenario/acme.c" ||
                fail "a plugin does not compile with $compiler"
        # shellcheck disable=SC2046
        ${CC:-cc} -shared -Wl,-z,defs -o "$work/plugins/acme.so" "$work/acme.o" $(flags --libs) ||
                fail "a plugin does not link ($compiler)"

        said=$(LD_LIBRARY_PATH=${lib%/*} MUSTER_PLUGINS=$work/plugins "$command" plugins 2>&1) ||
                fail "muster plugins: $said"
        [[ $said == *acme*"employs one person"* ]] ||
                fail "muster plugins does not list a plugin built with $compiler: $said"
done
said=$(LD_LIBRARY_PATH=${lib%/*} MUSTER_PLUGINS=$work/plugins "$command" plugins acme 2>&1) ||
        fail "muster plugins acme: $said"
[[ $said == *office*"where the person works"* ]] || fail "its options are not told: $said"
exit 0
