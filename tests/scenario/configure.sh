#!/bin/bash
# What ./configure says and does about connectors that cannot be built, or do not exist.
#
# A library goes missing by a pkg-config that denies it.  What the first configure found out
# about the system, pkg-config's answers apart, the others are spared.
set -u
: "${top_srcdir:?make check sets it}" "${top_builddir:?}" "${srcdir:?}" "${MUSTER:?}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

cat >"$work/pkg-config" <<'END'
#!/bin/sh
case " $* " in *" $DENIED "*) exit 1 ;; esac
exec pkg-config "$@"
END
chmod +x "$work/pkg-config"

# configure DENIED ARGUMENT...: in a folder of its own; the output is in $said.
configure() {
        rm -rf "$work/build" && mkdir "$work/build" || exit 1
        said=$(cd "$work/build" && DENIED=$1 PKG_CONFIG=$work/pkg-config CONFIG_SITE=/dev/null \
                "$top_srcdir/configure" --cache-file="$work/cache" "${@:2}" 2>&1)
        local status=$?
        sed -i '/pkg_cv_/d' "$work/cache"
        return $status
}

wrong() {
        echo "FAIL: $1" >&2
        printf '%s\n' "$said" | tail -n 15 | sed 's/^/    /' >&2
        failures=$((failures + 1))
}

# accepted / refused WHAT TEXT... : after configure, with its status in $?
accepted() { [ "$status" = 0 ] || wrong "$1: refused"; says "$@"; }
refused() { [ "$status" != 0 ] || wrong "$1: accepted"; says "$@"; }
says() {
        local text
        for text in "${@:2}"; do
                [[ $said == *"$text"* ]] || wrong "$1: does not say '$text'"
        done
}

configure none --with-plugins=ldap; status=$?
accepted "one connector" $'\n  connectors   ldap\n' "prefix       /usr/local" "hardening    yes"
[[ $said != *"rm: "* ]] || wrong "the exit trap complains about the folder core"
left=$(find "$work/build" -name 'conf[dt]e*' -print)
[ -z "$left" ] || wrong "left behind: $left"

configure 'libcurl >= 7.80'; status=$?
accepted "a missing library" "connector entra is left out: it needs libcurl" $'\n  connectors   exec file ldap\n'
(cd "$work/build" && make -n all) >"$work/plan" 2>&1 || wrong "no Makefile without libcurl"
! grep -q 'plugins/entra' "$work/plan" || wrong "entra would be built without libcurl"

configure 'libcurl >= 7.80' --with-plugins=ldap,entra; status=$?
refused "a missing library, asked for" "connector entra was asked for but cannot be built: it needs libcurl"

configure none --with-plugins=ldap,entar; status=$?
refused "a connector that does not exist" "there is no connector 'entar'" "known are: boldbi entra exec file kaizala ldap"

configure 'libxml-2.0 >= 2.9'; status=$?
refused "a library that the core needs" "libxml-2.0"

configure none --without-plugins; status=$?
accepted "no connector" $'\n  connectors   none\n'

exit $((failures > 0))
