#!/bin/bash
# emulator-tcp-proxy.sh - the byte proxy does what its README says: with curl on one side and the
# Bold BI emulator on the other, which is looked at past the proxy.
set -u
: "${srcdir:?make check sets it}" "${top_builddir:?}"
. "$srcdir/tests/skip.sh"
need curl timeout
[ -x "$BOLDBI_EMULATOR" ] || skip "the Bold BI emulator is not built (libmicrohttpd)"
. "$srcdir/tests/scenario/ldap-proxy.sh"
proxy_program=tcp-proxy
program=$top_builddir/tests/emulators/tcp-proxy/tcp-proxy
dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-bytes-XXXXXX") || exit 1
emulator=
end() {
        code=$?
        proxy_stop "$dir"
        [ -z "$emulator" ] || kill "$emulator" 2>/dev/null
        rm -rf "$dir"
        exit $code
}
trap end EXIT
trap 'exit 1' INT TERM
fail() { echo "FAILED (line ${BASH_LINENO[*]}): $*" >&2; cat "$dir/out" >&2 2>/dev/null; exit 1; }

"$BOLDBI_EMULATOR" --ready-file "$dir/bold" >"$dir/bold.log" 2>&1 & emulator=$!
for _ in $(seq 400); do [ -s "$dir/bold" ] && break; sleep 0.05; done
direct=$(sed -n 's/.*"control":"\([^"]*\)".*/\1/p' "$dir/bold")
proxy_start "$dir" "" || fail "no proxy"
via=http://127.0.0.1:$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$dir/proxy.json")/_control

add() { curl -sS --max-time 20 -o "$dir/answer" "$via/user" -d "{\"set\":{\"Username\":\"$1\",\"Email\":\"$1@x.example\",\"FirstName\":\"F\"}}" >"$dir/out" 2>&1; }
there() { [ "$(curl -sS "$direct/users" | grep -o "\"$1@x.example\"" | head -n 1)" = "\"$1@x.example\"" ]; }
count() { proxy_count "$dir" "$1"; }
# code WANTED COMMAND...: curl's: 52 an empty answer, 56 broken off or reset, 18 less than announced
code() {
        local wanted=" $1 " got; shift
        "$@"; got=$?
        case $wanted in *" $got "*) ;; *) fail "$got instead of$wanted: $*" ;; esac
}

# nobody is let in before there is a server
code "52 56" add early
proxy "$dir" server "$direct" || fail "server"

# it passes on and counts
proxy "$dir" reset
code 0 add one
there one || fail "one is not there"
asked=$(count asked) answered=$(count answered)
[ "$asked" -gt 100 ] && [ "$answered" -gt 100 ] && [ "$(count connections)" = 1 ] || fail "counts: $asked $answered $(count connections)"
proxy "$dir" pieces 1
code 0 add two
there two || fail "two is not there"
[ "$(count asked)" = $((asked * 2)) ] || fail "$(count asked) bytes asked instead of twice $asked"
proxy "$dir" pieces 0

# where the request ends it is not carried out, where the answer ends it is
for what in "asked 0 end" "asked 30 reset" "asked $((asked - 1)) end" "answered 0 end" "answered 0 reset" "answered $((answered - 1)) end"; do
        name=w$((w = ${w-9} + 1))
        proxy "$dir" reset; proxy "$dir" at $what || fail "at $what"
        code "52 56 18" add $name
        [ "$(count acted)" = 1 ] || fail "$what did not act"
        case $what in
        asked*) ! there $name || fail "$what: it came through" ;;
        *) there $name || fail "$what: it did not come through" ;;
        esac
        code 0 add again$w                      # once only
done
[ "$(stat -c %s "$dir/answer")" -gt 0 ] || fail "no answer"

# a client that gives up does not take back what is late; one that does not say all stalls
proxy "$dir" reset; proxy "$dir" at asked 0 late=1500
curl -sS --max-time 0.3 "$via/user" -d '{"set":{"Username":"late","Email":"late@x.example","FirstName":"F"}}' >"$dir/out" 2>&1
[ $? = 28 ] || fail "late: curl did not give up"
! there late || fail "late: it was there at once"
for _ in $(seq 200); do there late && break; sleep 0.05; done
there late || fail "late: it never came"
proxy "$dir" reset; proxy "$dir" at asked 20 stall
curl -sS --max-time 0.3 "$via/user" -d '{"set":{"Username":"stall","Email":"stall@x.example","FirstName":"F"}}' >"$dir/out" 2>&1
[ $? = 28 ] || fail "stall: curl did not give up"
for _ in $(seq 200); do [ "$(count open)" = 0 ] && break; sleep 0.05; done
[ "$(count open)" = 0 ] || fail "a connection was left"
! there stall || fail "stall: it came through"

# what is said twice arrives twice
curl -sS "$direct/clear" -d "" >/dev/null
proxy "$dir" reset; proxy "$dir" at asked 30 twice
curl -sS -o "$dir/answer" "${via%/_control}/bi/api/somewhere" >"$dir/out" 2>&1 || fail "twice: no answer"
[ "$(count acted)" = 1 ] || fail "twice did not act"
for _ in $(seq 200); do
        seen=$(curl -sS "$direct/ledger?after=0&limit=50" | grep -o "bi/api/somewhere" | wc -l)
        [ "$seen" -ge 2 ] && break; sleep 0.05
done
[ "$seen" = 2 ] || fail "twice: it arrived $seen times"

# what it does not understand
for bad in "" "at" "at asked" "at asked x end" "at told 1 end" "at asked 1 explode" "at asked 1 late=" "at asked 1 late=0" \
        "at asked -1 end" "at answered 1 twice" "at asked 1 end more" "pieces" "pieces x" "server" "server nowhere" "server 127.0.0.1:0" "tell"; do
        proxy "$dir" "$bad" >"$dir/out" 2>&1 && fail "it takes '$bad'"
        grep -q 'error: ' "$dir/out" || fail "no sentence for '$bad'"
done
for bad in "--server x" "--server 127.0.0.1" "--nothing" "more"; do
        # shellcheck disable=SC2086
        timeout 10 "$program" $bad >"$dir/out" 2>&1
        [ $? = 2 ] || fail "it starts with $bad"
done
echo "the byte proxy: all of its words"
