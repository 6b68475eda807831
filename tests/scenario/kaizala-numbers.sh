#!/bin/bash
# kaizala-numbers.sh - phone numbers and values that the kaizala sink or the service refuses,
# two people with one number, and a removal that takes long.
. "$srcdir/tests/scenario/kaizala-kit.sh"
begin
finance='<group name="finance" title="Finance">user.department -eq "Finance"</group>'
ada='u1,Ada L,Ada,Lovelace,+14255550102,Redmond,Finance,Clerk'
bob='u2,Bob K,Bob,Kahn,+14255550103,Oslo,Finance,Clerk'

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

# ---- many members: a call for each hundred, and the list of groups not for each of those --------------------
well
control fail-numbers '{"clear":true}'
fresh
people $(for ((i = 0; i < 900; i++)); do printf 'm%d,M,M,M,+14255552%03d,Oslo,Finance,Clerk\n' $i $i; done)
configure "$(portal)" "$finance"
expect 0 sync
same "members" 900 "$(in_group Finance | wc -w)"
[ "$(calls members)" -le 9 ] || fail "$(calls members) calls for 900 members"
[ "$(calls groups)" -le 5 ] || fail "$(calls groups) lists of groups for 900 members of one"

# ---- a removal that takes long is told before it begins, and can be stopped at any time -----------------
fresh
for ((i = 0; i < 30; i++)); do printf 'p%d,P %d,P,P,+14255551%03d,Oslo,Finance,Clerk\n' $i $i $i; done >"$dir/thirty"
mapfile -t thirty <"$dir/thirty"
people "${thirty[@]}"
configure "$(portal)" "$finance"
expect 0 sync
people "${thirty[@]/Finance/Sales}"
expect 3 sync
expect 0 approve 1
sed -i 's,<calls-per-minute>100000<,<calls-per-minute>20<,' "$MUSTER_CONFIG"
"$MUSTER" sync -v >"$out" 2>"$err" &
slow=$!
for ((i = 0; i < 300; i++)); do [ "$(effects "member removed")" -gt 5 ] && break; sleep 0.1; done
kill -TERM $slow
wait $slow
same "stopped" 4 $?
complains "at 20 calls a minute at least 1 minutes"
some=$(effects "member removed")
[ "$some" -lt 20 ] || fail "$some were removed in less than a minute"
sed -i 's,<calls-per-minute>20<,<calls-per-minute>100000<,' "$MUSTER_CONFIG"
expect 0 sync
same "the rest followed" '' "$(in_group Finance)"
same "each once" 30 "$(effects "member removed")"
