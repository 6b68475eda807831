#!/bin/bash
# emulator-ldap-proxy.sh - the fault proxy does what its README says: with ldapsearch and ldapmodify
# on one side, a slapd on the other, which is looked at past the proxy.
set -u
: "${srcdir:?make check sets it}" "${top_builddir:?}"
. "$srcdir/tests/skip.sh"
need slapd ldapsearch ldapmodify openssl timeout
. "$srcdir/tests/scenario/slapd.sh"
. "$srcdir/tests/scenario/testca.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-proxy-XXXXXX") || exit 1
suffix=dc=contoso,dc=example
end() {
        code=$?
        proxy_stop "$dir"
        slapd_stop "$dir/slapd"
        rm -rf "$dir"
        exit $code
}
trap end EXIT
trap 'exit 1' INT TERM
fail() { echo "FAILED (line ${BASH_LINENO[*]}): $*" >&2; cat "$dir/out" >&2 2>/dev/null; exit 1; }

testca_new "$dir/tls" && testca_issue "$dir/tls" server IP:127.0.0.1 || fail "no certificates"
slapd_prepare "$dir/slapd" durable=no tls="$dir/tls" && slapd_start "$dir/slapd" || fail "no slapd"
direct=$(cat "$dir/slapd/uri")
proxy_start "$dir" "$direct" || fail "no proxy"
via=$(cat "$dir/proxy-uri")

# code WANTED COMMAND...: ends with that code; -, with any that is not 0.
code() {
        local wanted=$1 got
        shift
        [ "$(type -t "$1")" = function ] || set -- timeout 60 "$@"
        "$@" >"$dir/out" 2>&1 </dev/null
        got=$?
        if [ "$wanted" = - ]; then [ $got != 0 ] && [ $got != 124 ]; else [ $got = "$wanted" ]; fi ||
                fail "$got instead of $wanted: $*"
}
says() { grep -qF -e "$1" "$dir/out" || fail "the answer does not say: $1"; }
look() { timeout 60 ldapsearch -x -LLL -H "$1" -b "$suffix" "${@:2}"; }
login=(-x -H "$via" -D "cn=muster,ou=services,$suffix" -y "$dir/slapd/muster.secret")
is_there() { look "$direct" "(uid=$1)" dn | grep -q "^dn"; }
say() { proxy "$dir" "$@" >"$dir/answer" || fail "proxy $*"; }
counted() { [ "$(proxy_count "$dir" "$1")" = "$2" ] || fail "$1: $(proxy_count "$dir" "$1") instead of $2"; }
fresh() { say clear; say reset; }

person() {
        printf 'dn: uid=%s,ou=people,%s\nobjectClass: inetOrgPerson\nuid: %s\ncn: %s\nsn: %s\n\n' \
                "$1" "$suffix" "$1" "$1" "$1"
}
add() {                                      # WANTED NAME...
        local wanted=$1 name
        shift
        for name; do person "$name"; done >"$dir/ldif"
        code "$wanted" ldapadd "${login[@]}" -f "$dir/ldif"
}

# ---- nothing goes wrong ----------------------------------------------------------------
add 0 ada bob
counted add 2; counted bind 1; counted unbind 1; counted all 4; counted writes 2; counted faults 0
code 0 look "$via" -E pr=1/noprompt '(objectClass=*)' dn
counted search 7
grep -qx "12 search 0 forward 2 $suffix" <(proxy "$dir" last 5) || { cat "$dir/answer"; fail "the ledger's lines"; }
is_there ada && is_there bob || fail "nobody was added"

# ---- messages in the middle of an answer --------------------------------------------------
fresh
say fault search part=2 lost
code - look "$via" '(objectClass=*)' dn
[ "$(grep -c '^dn: ' "$dir/out")" = 1 ] || fail "not one entry came before the end"
fresh
say fault search paged part=1 spoil=4
code - look "$via" -E pr=100/noprompt '(objectClass=*)' dn
fresh
say fault search paged spoil=2
code 0 look "$via" -E pr=100/noprompt '(objectClass=*)' dn
counted faults 1
[ "$(grep -c '^dn: ' "$dir/out")" = 7 ] || fail "the entries before it did not come"
! proxy "$dir" fault search part=2 code=51 2>/dev/null || fail "part= with a code is taken"
! proxy "$dir" fault search part=0 lost 2>/dev/null || fail "part=0 is taken"

# ---- answers of its own -------------------------------------------------------------------
fresh
for pair in busy:51 unavailable:52 constraint:19 schema:65 admin-limit:11 size-limit:4 time-limit:3 unwilling:53 other:80; do
        fresh
        say fault add code="${pair#*:}" text=as asked: "${pair%:*}"
        add "${pair#*:}" "${pair%:*}"
        says "as asked: ${pair%:*}"
        ! is_there "${pair%:*}" || fail "the server has seen ${pair%:*}"
done
fresh
say fault search from=2 count=2 code=51
code 0 look "$via" '(uid=ada)'
code 51 look "$via" '(uid=ada)'
code 51 look "$via" '(uid=ada)'
code 0 look "$via" '(uid=ada)'
counted faults 2
say faults
grep -qx 'search code from 2 count 2 seen 4 acted 2' "$dir/answer" || fail "how often a rule acted"
fresh
say fault any dn=UID=BOB count=0 code=50
code 0 ldapdelete "${login[@]}" "uid=ada,ou=people,$suffix"
code 50 ldapdelete "${login[@]}" "uid=bob,ou=people,$suffix"
code 50 ldapmodrdn "${login[@]}" "uid=bob,ou=people,$suffix" uid=robert
is_there bob || fail "bob is gone"
grep -q "delete 50 code [0-9]* uid=bob" <(proxy "$dir" last) || fail "the ledger does not tell what was answered"

# ---- what is lost ----------------------------------------------------------------------------
fresh
say fault add from=2 lost
add - carl dora
is_there carl && is_there dora || fail "the reply was to be lost, not the work"
grep -q "add 0 lost" <(proxy "$dir" last) || fail "the ledger does not know the lost answer"
fresh
say fault add from=2 drop
add - eve fred
is_there eve || fail "what came before the drop was done"
! is_there fred || fail "the dropped one was done"
fresh
say fault add cut=4
add - gina
is_there gina || fail "the answer was to be cut, not the work"
fresh
say fault add notice=52 text=going down
add 52 hugo
says "unavailable (52)"
! is_there hugo || fail "the server has seen hugo"
fresh
say fault search silent
code 124 timeout 1 ldapsearch -x -H "$via" -b "$suffix" '(uid=bob)'
grep -q "search -1 silent" <(proxy "$dir" last) || fail "an answer came"
fresh
say fault search delay=300
before=${EPOCHREALTIME/./}
code 0 look "$via" '(uid=bob)'
[ $((${EPOCHREALTIME/./} - before)) -ge 300000 ] || fail "the answer came too soon"

# ---- a listing that ends after one page ---------------------------------------------------------
fresh
all=$(look "$direct" -E pr=2/noprompt '(objectClass=*)' dn | grep -c ^dn)
say fault search paged from=2 no-cookie
code 0 look "$via" -E pr=2/noprompt '(objectClass=*)' dn
[ "$(grep -c ^dn "$dir/out")" = 4 ] && [ "$all" -gt 4 ] || fail "the second page was to be the last"
fresh
say fault search paged count=0 no-cookie
code 0 look "$via" '(objectClass=*)' dn
counted faults 0

# ---- values in slices -------------------------------------------------------------------------------
{
        printf 'dn: cn=crew,ou=groups,%s\nobjectClass: groupOfNames\ncn: crew\n' "$suffix"
        printf 'member: uid=m%s,ou=people,'"$suffix"'\n' 0 1 2 3 4 5 6
} >"$dir/ldif"
code 0 ldapadd "${login[@]}" -f "$dir/ldif"
# slice WANTED [ATTRIBUTE]: the members that come, by the names they come under.
slice() {
        code 0 look "$via" -o ldif-wrap=no '(cn=crew)' ${2+"$2"}
        got=$(sed -n 's/^\(member[^:]*\): *uid=\([^,]*\).*/\1:\2/p' "$dir/out" | tr '\n' ' ')
        [ "$got" = "$1" ] || fail "'$got' instead of '$1'"
}
first='member;range=0-2:m0 member;range=0-2:m1 member;range=0-2:m2 '
all='member:m0 member:m1 member:m2 member:m3 member:m4 member:m5 member:m6 '
fresh
slice "$all" member
say slices 7
slice "$all"
say slices 3
slice "$first" member
slice "$first"
slice "$first" 'member;range=0-*'
slice 'member;range=3-5:m3 member;range=3-5:m4 member;range=3-5:m5 ' 'member;range=3-*'
slice 'member;range=4-5:m4 member;range=4-5:m5 ' 'Member;Range=4-5'
slice 'member;range=6-*:m6 ' 'member;range=6-*'
slice 'member;range=5-*:m5 member;range=5-*:m6 ' 'member;range=5-900'
code 1 look "$via" '(cn=crew)' 'member;range=7-*'
says "no value has that number"
slice '' cn
slice '' 'member;range=x-*'
slice '' 'member;range=3-*x'
say fault search ranged short=2
slice "$first" member
slice 'member;range=3-5:m3 ' 'member;range=3-*'
slice 'member;range=6-*:m6 ' 'member;range=6-*'
say clear
say fault search ranged short=9
slice '' 'member;range=3-*'
say clear
say fault search ranged astray=1
slice 'member;range=4-5:m3 member;range=4-5:m4 member;range=4-5:m5 ' 'member;range=3-*'
say clear
say fault search ranged from=2 part=1 lost
code 0 look "$via" '(cn=crew)' 'member;range=3-*'
code - look "$via" '(cn=crew)' 'member;range=3-*'
say clear
say slices 2 cn
code 0 look "$via" '(cn=crew)'
[ "$(grep -c '^member: ' "$dir/out")" = 7 ] && grep -q '^cn: crew' "$dir/out" || fail "another attribute is in slices"
say slices 0
slice "$all"

# ---- a server that goes while it works ------------------------------------------------------------
fresh
say fault add from=2 hold
{ person ines; person jane; } >"$dir/ldif"
ldapadd "${login[@]}" -f "$dir/ldif" >"$dir/out" 2>&1 &
writer=$!
proxy_await "$dir" held 1 || fail "nothing is held"
is_there ines && ! is_there jane || fail "the second was to be held"
say resume
wait $writer || fail "what was held did not go on"
is_there jane || fail "what was held was not done"
fresh
say fault modify hold
printf 'dn: uid=bob,ou=people,%s\nchangetype: modify\nreplace: title\ntitle: t\n' "$suffix" >"$dir/ldif"
timeout 60 ldapmodify "${login[@]}" -f "$dir/ldif" >"$dir/out" 2>&1 &
writer=$!
proxy_await "$dir" held 1 || fail "nothing is held"
slapd_stop "$dir/slapd"
! wait $writer || fail "the server has gone, and nobody noticed"
code - ldapwhoami -x -H "$via"
slapd_start "$dir/slapd" || fail "slapd did not come back"
say clear
code 0 ldapwhoami -x -H "$via"

# ---- nobody is let in; what it cannot read --------------------------------------------------------
say down
code - ldapwhoami -x -H "$via"
say up
code 0 env LDAPTLS_CACERT="$dir/tls/ca.pem" ldapwhoami -ZZ "${login[@]}"
says "cn=muster"
exec {raw}<>"/dev/tcp/127.0.0.1/$(sed 's/.*://' "$dir/proxy-uri")"
printf 'GET /%0300d HTTP/1.0\r\n\r\n' 0 >&"$raw"
while read -r -t 30 -n 1 -u "$raw" _; do :; done      # slapd hangs up; the proxy lives
exec {raw}>&-
code 0 ldapwhoami -x -H "$via"

# ---- the door refuses what it does not understand -----------------------------------------------
for line in "" "fault" "fault add" "fault kind code=1" "fault add code" "fault add code=x" "fault add code=16655" \
        "fault add code=-1" "fault add from=0 drop" "fault add count=x drop" "fault add drop lost" "fault add jump" \
        "fault add delay=9999999" "slices" "slices x" "slices -1" "slices 3x" "fault search short=0" "nonsense"; do
        ! proxy "$dir" "$line" >"$dir/out" 2>&1 || fail "the door takes '$line'"
        says "error: "
done
say faults
[ ! -s "$dir/answer" ] || fail "a rule that was refused is there"
for bad in "" "--server" "--server x" "--server 127.0.0.1:0" "--server 127.0.0.1:70000" "--server 127.0.0.1:1x" "--nonsense"; do
        # shellcheck disable=SC2086
        code 2 "$top_builddir/tests/emulators/ldap-proxy/ldap-proxy" $bad
done
say quit
wait "$(cat "$dir/proxy-pid")" || fail "the proxy ended with $?"
