#!/bin/bash
# kaizala-trouble.sh - the kaizala sink when things go wrong: credentials, rights, limits,
# servers that fail, proxies, lost answers, moved endpoints, numbers that are none.  For each
# the outcome in the emulator, and the sentence.
. "$srcdir/tests/scenario/kaizala-kit.sh"
begin
finance='<group name="finance" title="Finance">user.department -eq "Finance"</group>'
ada='u1,Ada L,Ada,Lovelace,+14255550102,Redmond,Finance,Clerk'
bob='u2,Bob K,Bob,Kahn,+14255550103,Oslo,Finance,Clerk'
fault() { curl -sS --fail-with-body -H 'Content-Type: text/plain' --data-binary "$1" "$door/faults" >/dev/null || fail "fault $1"; }
well() { control faults '{"clear":true}'; }
# fresh: people and groups of before are gone from the emulator
fresh() {
        well
        curl -sS "$door/group-remove" -d '{"group":"Finance"}' >/dev/null
        for number in +14255550102 +14255550103 +14255550104; do
                curl -sS "$door/person-remove" -d "{\"number\":\"$number\"}" >/dev/null
        done
        clear
}
people "$ada" "$bob"
configure "$(portal)" "$finance"

# ---- credentials and rights ----------------------------------------------------------------------
echo WRONG >"$dir/secret"
expect 4 check --online; says "Kaizala refuses the connector 6b1d0f5e"
expect 4 sync; complains "application-secret or refresh-token is wrong"; complains "make a new one in the management portal"
same "nothing was done" 0 "$(effects)"
printf 'EXAMPLE0KEY' >"$dir/secret"
# The token of a user who is no admin: no door, and no broadcast groups.
control grant '{"reach":"user"}'
keep=$(cat "$dir/refresh")
sed -n 's/.*"refreshToken":"\([^"]*\)".*/\1/p' "$dir/control" >"$dir/refresh"
expect 4 sync; complains "must be a user token of an organisation admin"
# The token of a group makes groups below it: noticed with the first one.
control group '{"name":"of the token"}'
control grant '{"reach":"group","group":"of the token"}'
sed -n 's/.*"refreshToken":"\([^"]*\)".*/\1/p' "$dir/control" >"$dir/refresh"
configure '' "$finance"
expect 4 sync; complains "the refresh token is a group token"
control grant '{"reach":"tenant"}'
sed -n 's/.*"refreshToken":"\([^"]*\)".*/\1/p' "$dir/control" >"$dir/refresh"

# ---- what comes right by itself ---------------------------------------------------------------------
# outcome NAME FAULT EXIT [SENTENCE]: a first load under that fault, and the rest in a second run
outcome() {
        fresh
        configure "$(portal)" "$finance"
        fault "$2"
        expect "$3" sync
        [ $# -lt 4 ] || complains "$4"
        well
        expect 0 sync
        same "$1: finance" '+14255550102 +14255550103 ' "$(in_group Finance)"
        same "$1: effects" "2 1 2" "$(effects "person added") $(effects "group created") $(effects "member added")"
        expect 0 sync; says "nothing new was read"
}
outcome "an access token that has ended" 'kind=groups nth=1 status=401 code=InvalidToken' 0
outcome "429 with Retry-After" 'kind=groups nth=3 status=429 retry-after=1' 0
outcome "429 without" 'kind=groups nth=3 status=429' 0
outcome "a server that fails once" 'kind=groups nth=1 status=503' 0
outcome "an answer that is lost" 'kind=groups nth=3 lose' 4
outcome "HTML from a proxy" 'kind=groups nth=1 html=200' 4 "no JSON: something between Muster and Kaizala"
outcome "an import whose answer is lost" 'kind=portal nth=4 lose' 4
outcome "a list that is cut off" 'kind=groups nth=1 truncate=20' 4

# ---- moved --------------------------------------------------------------------------------------------
fresh
configure "$(portal)" "$finance"
control move-endpoint "{\"to\":\"http://127.0.0.1:$port\",\"mode\":\"url\",\"root\":true}"
expect 0 sync
same "after a move" '+14255550102 +14255550103 ' "$(in_group Finance)"
# Somewhere else the token does not go, neither by Location nor by endpointUrl.
control move-endpoint '{"to":"https://kaiza.la.evil.example"}'
people "$ada"
clear
expect 4 sync; complains "'https://kaiza.la.evil.example/' is neither below kaiza.la nor below osi.office.net"
same "nothing was done" 0 "$(effects)"
control move-endpoint "{\"to\":\"http://localhost:$port\"}"
expect 0 sync
same "the way is right again" '+14255550102 ' "$(in_group Finance)"

# ---- a year --------------------------------------------------------------------------------------------
control clock '{"advance":"330d"}'
people "$ada" "$bob"
expect 0 sync; expect 0 log; says "the service gave a new refresh token, which is kept"
! grep -aq "rt[.]" "$dir/state/state.db" || fail "a refresh token can be read in the store"
control clock '{"advance":"36d"}'
people "$ada"
expect 0 sync
printf 'another key for the same token' >"$dir/key"
people "$ada" "$bob"
expect 4 sync; complains "Kaizala refuses the connector"
expect 0 log; says "token-key: 'refresh-token', which was kept sealed in the store, does not open"
control grant '{"reach":"tenant"}'
sed -n 's/.*"refreshToken":"\([^"]*\)".*/\1/p' "$dir/control" >"$dir/refresh"
expect 0 sync
same "a new token in the configuration" '+14255550102 +14255550103 ' "$(in_group Finance)"

# ---- numbers and values -------------------------------------------------------------------------------
fresh
configure "$(portal)" "$finance"
# refused NUMBER SENTENCE: he is not written, is told in one line, and the others are
refused() {
        people "$ada" "u9,Eve E,Eve,Ex,$1,Oslo,Finance,Clerk"
        expect 1 sync
        "$MUSTER" explain u9 | tr "\n" " " | tr -s " " >"$out"; says "$2"
        same "people" '+14255550100 +14255550102 ' "$(who | tr '\n' ' ')"
        same "nobody is in the group under half a number" '+14255550102 ' "$(in_group Finance)"
}
refused '4255550103' "the phone number '4255550103' has no country code: enter it as +COUNTRY NUMBER, or set a default country"
refused '' "'PhoneNumber' is required and has no value"
refused '+1 425 555 0103 x7' "is none: it may hold a + in front"
refused '+1425' "is too short"
refused '+1425555010312345' "is too long"
refused '+0425555010' "begins with 0"
refused '+1 (425) 555-0102' "+14255550102 is there already and is not ours"
# Two with one number in one run: one of them is written, never both, however it is spelled.
fresh
configure "$(portal)<default-country>+1</default-country>" "$finance"
people "$ada" 'u9,Eve E,Eve,Ex,(425) 555-0102,Oslo,Finance,Clerk' 'u10,Zoë Z,Zoë,Z,0425 555 0103,Oslo,Sales,Clerk'
expect 1 sync; complains "the phone number +14255550102 is somebody else's already"
same "the first by id" "2 +14255550102|Ada" "$(effects "person added") $(who "First Name" | grep 0102)"
same "a country by default" '+14255550103|Zoë' "$(who "First Name" | grep 0103)"
clear
expect 1 sync; same "and that stays so" 0 "$(effects)"
# A value longer than the service takes costs the row, and the portal's reason is told.
people "$ada" "u10,Zoë Z,$(printf 'x%.0s' {1..300}),Z,0425 555 0103,Oslo,Sales,Clerk" "u11,Bob,Bob,K,+4755550104,Oslo,Sales,Clerk"
expect 1 sync; complains "the portal refuses the row of +14255550103: The value of First Name is too long."
same "the others are written" '+4755550104|Bob' "$(who "First Name" | grep 0104)"
control person-remove '{"number":"+4755550104"}'
# A number that the group does not take is told; the others are in.
fresh
control fail-numbers '{"numbers":["+14255550103"]}'
people "$ada" "$bob"
configure '' "$finance"
expect 1 sync; complains "+14255550103 cannot join: Kaizala does not take the phone number"
same "one of two" '+14255550102 ' "$(in_group Finance)"
