#!/bin/bash
# The Graph emulator as a program: how it starts and ends, what goes over the wire, and
# replies that break off.  What it says is tested in tests/emulators/graph/test.
set -u
: "${srcdir:?make check sets it}" "${GRAPH_EMULATOR:?}"
. "$srcdir/tests/skip.sh"
need curl
[ -x "$GRAPH_EMULATOR" ] || skip "the Graph emulator is not built (libmicrohttpd)"
work=$(mktemp -d) || exit 1
emulator=
trap '[ -z "$emulator" ] || kill "$emulator" 2>/dev/null; rm -rf "$work"' EXIT
failures=0

wrong() {
        echo "FAIL: $1" >&2
        failures=$((failures + 1))
}

# same WHAT WANTED GOT
same() { [ "$2" = "$3" ] || wrong "$1: wanted '$2', got '$3'"; }
has() { [[ $3 == *"$2"* ]] || wrong "$1: no '$2' in: ${3:0:400}"; }

# member NAME: of the ready line, which is flat.
member() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$work/ready"; }

# start OPTION...: waits for the ready file, and takes the bases and a token.
start() {
        rm -f "$work/ready"
        "$GRAPH_EMULATOR" --ready-file "$work/ready" "$@" >"$work/out" 2>"$work/err" &
        emulator=$!
        for _ in $(seq 100); do
                [ -e "$work/ready" ] && break
                sleep 0.05
        done
        [ -e "$work/ready" ] || { cat "$work/err" >&2; wrong "the emulator does not start"; exit 1; }
        graph=$(member graph) control=$(member control)
        bearer=$(curl -s "$(member token)" -d grant_type=client_credentials -d "client_id=$(member clientId)" \
                --data-urlencode "scope=$(member login)/.default" --data-urlencode "client_secret=${secret:-emulator~secret.+&=/}" |
                sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
        [ -n "$bearer" ] || wrong "no token"
}

# ended WITHIN-TENTHS: the program is gone, with status 0.
ended() {
        local tenths=$1
        while kill -0 "$emulator" 2>/dev/null && [ "$tenths" -gt 0 ]; do
                sleep 0.1
                tenths=$((tenths - 1))
        done
        kill -0 "$emulator" 2>/dev/null && wrong "still running" && kill -9 "$emulator"
        wait "$emulator"
        same "exit status" 0 $?
        emulator=
}

# people REPLY: without the addresses, whose port differs.
people() { sed 's/.*"value"://; s/,"@odata.nextLink.*//' <<<"$1"; }
get() { curl -sg -H "Authorization: Bearer $bearer" "$@"; }
control() { curl -s "$control/$1" -d "$2"; }
fault() { control faults "{\"clear\":true,\"rules\":[$1]}" >/dev/null; }

# --- start and end ---------------------------------------------------------------------
start --people 400 --seed 7
same "the ready file is the standard output" "$(cat "$work/out")" "$(cat "$work/ready")"
same "loopback" "http://127.0.0.1:$(member port)/v1.0" "$graph"
same "its own process id" "$emulator" "$(member pid)"
first=$(get "$graph/users?\$top=3")
kill -TERM "$emulator"
ended 20
start --people 400 --seed 7
same "the same seed, the same people" "$(people "$first")" "$(people "$(get "$graph/users?\$top=3")")"
control quit '' >/dev/null
ended 20
printf 'another one+&\nsecond line\n' >"$work/secret"
secret='another one+&' start --people 3 --secret-file "$work/secret" --page-size 2 --tenant contoso.test \
        --now 2031-01-15T09:30:00Z
has "the virtual clock" '"now":"2031-01-15T09:30:0' "$(control clock '{}')"
has "a setting from the command line" '"page-size":2,' "$(curl -s "$control/settings")"
kill -INT "$emulator"
ended 20

# refused TEXT OPTION...
refused() {
        said=$("$GRAPH_EMULATOR" "${@:2}" 2>&1 </dev/null)
        same "exit status of ${*:2}" 2 $?
        has "${*:2}" "$1" "$said"
}
refused "is no option" people
refused "needs a value" --people
refused "must be a number" --people many
refused "must be a number" --people -3
refused "must be a port" --port 70000
refused "there is no setting" --colour red
refused "cannot be '0'" --page-size 0
refused "cannot be read" --secret-file "$work/none"
refused "must be a time" --now yesterday
has "help" "--page-size" "$("$GRAPH_EMULATOR" --help)"

# --- over the wire ---------------------------------------------------------------------
start --people 1000
said=$(get -i -H 'client-request-id: 66666666-1111-4222-8333-444444444444' "$graph/users/delta?\$select=displayName")
has "the reply's head" "HTTP/1.1 200 OK" "$said"
has "the reply's head" "Content-Type: application/json;odata.metadata=minimal" "$said"
has "the reply's head" "client-request-id: 66666666-1111-4222-8333-444444444444" "$said"
grep -Eq '^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT' <<<"$said" || wrong "no Date"
same "one Date" 1 "$(grep -c '^Date:' <<<"$said")"
has "names in their own script, raw UTF-8" "Ł" "$(get "$graph/users?\$top=999&\$select=displayName")"
link=$(sed -n 's/.*"@odata.nextLink":"\([^"]*\)".*/\1/p' <<<"$said")
has "a link is used byte for byte" '"value":[{' "$(get "$link")"
has "a plus that became a space" "DeltaLink older than 30 days" "$(get "${link/\$skiptoken=/\$skiptoken=%20}")"
has "two requests on a connection" "Re-using existing connection" \
        "$(get -v "$graph/users?\$top=1" "$graph/users?\$top=2" 2>&1)"

# fails STATUS WHAT RULE OPTION...: curl's exit status.
fails() {
        fault "$3"
        get -o "$work/body" "${@:4}" "$graph/users/delta?\$select=displayName"
        same "$2" "$1" $?
}
fails 52 "closed without a reply" '{"kind":"delta","action":"close"}'
fails 18 "a body that is too short" '{"kind":"delta","action":"short-body","after":500}'
same "what came of it" 500 "$(wc -c <"$work/body" | tr -d ' ')"
fails 56 "a reset in mid-body" '{"kind":"delta","action":"reset-after-bytes","after":700}'
fails 28 "silence" '{"kind":"delta","action":"silent","after":100}' --max-time 0.4
fails 0 "the fault is over" '{"kind":"delta","nth":9,"action":"close"}'
fails 0 "JSON cut off" '{"kind":"delta","action":"truncate","after":100}'
same "what came of it" 100 "$(wc -c <"$work/body" | tr -d ' ')"

# While one reply is late others are served.
fault '{"kind":"delta","action":"delay","delay-ms":1500}'
began=$(date +%s%N)
get -o "$work/late" "$graph/users/delta?\$select=displayName" &
late=$!
sleep 0.2
get -o "$work/body" "$graph/users?\$top=1"
between=$((($(date +%s%N) - began) / 1000000))
wait "$late"
total=$((($(date +%s%N) - began) / 1000000))
[ "$between" -lt 1400 ] || wrong "a late reply held up another one: $between ms"
[ "$total" -ge 1450 ] || wrong "the late reply was not late: $total ms"
has "the late reply" '"value":[{' "$(cat "$work/late")"

# A body of a megabyte, an address of kilobytes, and no address at all.
head -c 1000000 /dev/zero | tr '\0' 'x' >"$work/big"
has "a megabyte that is no JSON" "must be a JSON object" "$(curl -s "$control/hire" --data-binary "@$work/big")"
control settings '{"link-length":12000}' >/dev/null
link=$(get "$graph/users/delta?\$select=id" | sed -n 's/.*"@odata.nextLink":"\([^"]*\)".*/\1/p')
[ "${#link}" -ge 12000 ] || wrong "the long link has ${#link} characters"
has "a link of twelve thousand characters" '"value":[{' "$(get "$link")"
has "nothing there" "There is nothing at this address" "$(get "${graph%/v1.0}/")"

# Stopped while a reply is late and another is silent.
fault '{"kind":"delta","count":0,"action":"delay","delay-ms":60000},{"kind":"users","count":0,"action":"silent"}'
get -o "$work/late" "$graph/users/delta" &
get -o "$work/silent" "$graph/users" &
sleep 0.3
kill -TERM "$emulator"
ended 20
wait

# --- a million people ------------------------------------------------------------------
start --people 1000000
has "the last one is there" '"@index":999999' "$(curl -s "$control/people?offset=999999")"
has "and has a manager in the tree" '"id":"' \
        "$(get "$graph/users?\$top=1&\$expand=manager&\$filter=employeeId%20eq%20'01099999'")"
kill -TERM "$emulator"
ended 20

[ "$failures" = 0 ] || exit 1
