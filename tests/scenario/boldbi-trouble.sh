#!/bin/bash
# boldbi-trouble.sh - what goes wrong between Muster and Bold BI: outcome, sentence, and that
# there is never a second account, nor a stranger who was touched.
. "$srcdir/tests/scenario/boldbi-kit.sh"
begin 0 --users 150
groups= sink_options='<timeout>5s</timeout>'
configure

# once NAME: exactly one user of that name in the site
once() {
        bold users
        same "accounts of $1" 1 "$(grep -ci "\"Email\":\"$1@contoso.example\"" <<<"$answer")"
}
# turn CODE SENTENCE: a run that goes wrong in that way
turn() {
        last="muster sync"
        "$MUSTER" sync >"$out" 2>"$err" </dev/null
        local code=$?
        [ "$code" = "$1" ] || fail "exit code $code instead of $1"
        [ -z "$2" ] || cat "$out" "$err" | grep -qF -e "$2" || fail "nothing says: $2"
}
# well NAME: without faults the person is there, once
well() {
        no_faults
        for i in 1 2 3 4; do
                change "$1" "\"surname\":\"S$i\""     # a new plan waits for no op of the old one
                "$MUSTER" sync >"$out" 2>"$err" </dev/null
                [ -n "$(user "$1@contoso.example" Email)" ] && break
        done
        once "$1"
}

# ---- credentials -----------------------------------------------------------------------------
hire ada
hire cy '"mobilePhone":"+49 1"' '"mail":null'           # not in scope yet: read first, so asked for first
echo -n wrong >"$dir/password"
turn 4 "Bold BI refuses the user name or password of 'admin@contoso.example' (status 400)"
nothing_done
expect 4 check --online
says 'api-key'
echo -n 'Example1!' >"$dir/password"
credentials="<api-key file=\"$dir/key\"/>"
echo -n expired >"$dir/key"
configure
turn 4 'Bold BI does not let us in (status 401): the API key or token has ended'
bold user '{"set":{"Email":"lee@bold.example"}}'
bold credential '{"of":"lee@bold.example"}'
sed 's/.*"credential":"\([^"]*\)".*/\1/' <<<"$answer" | tr -d '\n' >"$dir/key"
turn 4 'its user is not in the group System Administrator'
nothing_done
member bold apiKey | tr -d '\n' >"$dir/key"
well ada
credentials='<username>admin@contoso.example</username><password file="SECRET"/>'
configure

# ---- the token ends in the middle: a new one, and on ------------------------------------------
hire bob
fault '{"kind":"users","from":2,"count":1,"action":"status","status":401}'
turn 0 ''
once bob

# ---- told to wait, failing, a proxy's page, a lost answer; the second request of a create fails -----
# One after the other, so that each has its own: cy's account is made, her phone is not.
sink_options='<timeout>5s</timeout><in-flight>1</in-flight>'
configure
change cy '"mail":"cy@contoso.example"'
for i in $(seq 10); do hire "w$i"; done
fault '{"kind":"users","nth":3,"action":"status","status":429,"retry-after":"0.3"},
{"kind":"users","nth":4,"action":"status","status":503},{"kind":"users","nth":5,"action":"html","status":502},
{"kind":"users","nth":6,"action":"html","status":200},{"kind":"users","nth":7,"action":"truncate","after":20},
{"kind":"users","nth":8,"action":"lose"},{"kind":"users","nth":9,"action":"status-false"},
{"kind":"users","nth":10,"action":"status","status":417},{"kind":"users","nth":11,"action":"status","status":403},
{"kind":"users","nth":12,"action":"status","status":429},{"path":"/bi/api/site/site1/v5.0/users/cy","nth":3,"action":"status","status":503}'
clear
turn 1 ''
number=$(sed -n 's/.*(run \([0-9]*\),.*/\1/p' "$out")
"$MUSTER" log "$number" >"$out" 2>"$err"
says 'Bold BI refuses it: Failed to carry out the operation. (status 200)'
says '(status 417)'
says 'Bold BI does not let us in (status 403)'
same "cy has an account" cy "$(user cy@contoso.example FirstName)"
same "and no phone yet" "" "$(user cy@contoso.example ContactNumber)"
no_faults
for k in 1 2; do
        for i in $(seq 10); do change "w$i" "\"surname\":\"S$k\""; done
        "$MUSTER" sync >"$out" 2>"$err" </dev/null
done
for i in $(seq 10); do once "w$i"; done
once cy
same "phone of cy" "+49 1" "$(user cy@contoso.example ContactNumber)"
hire html
fault '{"kind":"user","action":"html","status":200}'
turn 4 "Bold BI's answer is not JSON (status 200): is there a proxy's page in place of it?"
well html

# ---- values -------------------------------------------------------------------------------------------
hire long "\"surname\":\"$(printf 'x%.0s' $(seq 300))\""
turn 0 'the value is longer than the 255 characters it may have; cut it with Left()'
bold settings '{"longest":20}'
change long '"surname":"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"'
turn 1 'Bold BI refuses it: A value is too long. (status 406)'
bold settings '{"longest":255}'

# ---- a list that moves while it is read -----------------------------------------------------------------
for i in $(seq 30); do hire "m$i"; done
bold settings '{"moving":2}'
turn 0 ''
once m30
bold settings '{"moving":0}'

# ---- no account without a password that is known ----------------------------------------------------------
sink_options="<password-file>$dir/none/first.csv</password-file>"
configure
hire pat
clear
turn 1 ''
nothing_done
number=$(sed -n 's/.*(run \([0-9]*\),.*/\1/p' "$out")
"$MUSTER" log "$number" >"$out" 2>"$err"
says 'no account without a password that is known'
mkdir "$dir/none"
well pat

# ---- nobody of Bold BI's own was touched ---------------------------------------------------------------------
bold users
same "strangers" 150 "$(grep -c '"FirstName":"Local","Lastname":"","DisplayName":"Local"' <<<"$answer" | awk '{print ($1 >= 150) ? 150 : $1}')"
bold effects
! grep -q 'bold.example' <<<"$answer" || fail "a stranger was touched"
echo "all right"
