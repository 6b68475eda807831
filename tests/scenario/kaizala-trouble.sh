#!/bin/bash
# kaizala-trouble.sh - the kaizala sink when things go wrong: credentials, rights, limits,
# servers that fail, proxies, lost answers, moved endpoints, a year.  For each the outcome in
# the emulator, and the sentence.
. "$srcdir/tests/scenario/kaizala-kit.sh"
begin
finance='<group name="finance" title="Finance">user.department -eq "Finance"</group>'
ada='u1,Ada L,Ada,Lovelace,+14255550102,Redmond,Finance,Clerk'
bob='u2,Bob K,Bob,Kahn,+14255550103,Oslo,Finance,Clerk'
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
# After a lost answer the next run waits a moment before it looks: the one with an import waits
# beside the others, with an emulator of its own.
(
        dir=$(mktemp -d "${TMPDIR-/tmp}/muster-kaizala.XXXXXX") || exit 99
        out=$dir/out err=$dir/err MUSTER_CONFIG=$dir/muster.xml
        begin
        people "$ada" "$bob"
        outcome "an import whose answer is lost" 'kind=portal nth=4 lose' 4
) &
beside=$!
outcome "an access token that has ended" 'kind=groups nth=1 status=401 code=InvalidToken' 0
outcome "429 with and without Retry-After, and a server that fails" 'kind=groups nth=1 status=503
kind=groups nth=3 status=429 retry-after=0.3
kind=groups nth=4 status=429' 0
outcome "HTML from a proxy" 'kind=groups nth=1 html=200' 4 "Kaizala's answer is not JSON (status 200): is there a proxy's page in place of it?"
outcome "a list that is cut off" 'kind=groups nth=1 truncate=20' 4
outcome "an answer that is lost" 'kind=groups nth=3 lose' 4
wait "$beside" || fail "what runs beside failed"

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
expect 4 sync; complains "'https://kaiza.la.evil.example/' is no host of Kaizala, which are below kaiza.la osi.office.net, and is not called"
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
