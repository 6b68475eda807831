#!/bin/bash
# boldbi.sh - Entra ID to Bold BI in whole runs: load, change, rename, leave, groups, attributes,
# duplicates, taking over who is there already, all of it over https, and then by v4.0 of the API;
# judged by the emulator's effects, ledger and truth.
. "$srcdir/tests/scenario/boldbi-kit.sh"
. "$srcdir/tests/scenario/testca.sh"
need openssl
testca_new "$dir/ca" && testca_issue "$dir/ca" server IP:127.0.0.1,DNS:localhost || fail "no certificate"
export CURL_CA_BUNDLE=$dir/ca/ca.pem
begin 30 --tls-cert "$dir/ca/server.pem" --tls-key "$dir/ca/server.key"
scope='user.mail -ne null -and user.userType -eq "Member"'
maps='<map to="Department">[department]</map>'
with_password="<password-file>$dir/first.csv</password-file>"
sink_options=$with_password
configure
hire ada '"department":"Treasury"' '"mobilePhone":"+49 30 1234"'
hire bob '"department":"Treasury"'
hire Zoë '"department":"Treasury"' '"mail":"Zoe.Capital@Contoso.Example"'
# Names in every script, with what JSON, URLs and CSV stumble over.
graph hire '{"people":[{"userPrincipalName":"q1@contoso.example","displayName":"x","givenName":"Наталья \"Н\"","surname":"O'"'"'Brien, #%+&?/\\","mail":"o.brien+a%b#c&d@contoso.example","department":"Treasury"},
{"userPrincipalName":"q2@contoso.example","displayName":"x","givenName":"王小明🚀","surname":"مُحَمَّد","mail":"q2@contoso.example","department":"Sales"}]}'

# ---- nothing is said to a server that nobody vouches for ----------------------------------------
last="$(member bold site) without ca-file"
[[ $(member bold site) == https://* ]] || fail "the emulator does not speak https"
expect 4 check --online
says 'certificate'
expect 4 sync
same "requests" 0 "$(calls)"

# ---- load ------------------------------------------------------------------------------------
sink_options="$with_password<ca-file>$dir/ca/ca.pem</ca-file>"
configure
expect 0 check --online
says 'bi'
lacks 'schedule is on'
# Bold BI's own schedule on: the warning, until it is off again (the sheet, 6.3).
own_schedule() {
        curl -sSf -o "$dir/answer" -X PUT -H "Authorization: basic $(member bold apiKey)" -H 'Content-Type: application/json' \
                -d "{\"EnableSchedule\":$1,\"StartTime\":\"2999-01-01T08:00:00Z\",\"ScheduleType\":\"Daily\",\"DailySchedule\":{\"EveryNdays\":1}}" \
                "$(member bold site)/v5.0/settings/schedule-synchronization/azure-active-directory" || fail "the schedule could not be set"
}
own_schedule true
expect 0 check --online
says "bi: warning: Bold BI's own Azure AD synchronization schedule is on"
own_schedule false
expect 0 check --online
lacks 'schedule is on'
expect 0 sync
same "phone" "+49 30 1234" "$(user ada@contoso.example ContactNumber)"
same "first name" 'Наталья \"Н\"' "$(user q1@contoso.example FirstName)"
same "last name" "O'Brien, #%+&?/\\\\" "$(user q1@contoso.example Lastname)"
same "every script" "王小明🚀" "$(user q2@contoso.example FirstName)"
same "e-mail with capitals, as it is" "Zoe.Capital@Contoso.Example" "$(user zoe.capital@contoso.example Email)"
same "attribute" '{Department:Treasury' "$(user ada@contoso.example @attributes | tr -d '}')"
same "members" "Zoe.Capital@Contoso.Example ada@contoso.example bob@contoso.example o.brien+a%b#c&d@contoso.example " "$(members finance)"
created=$(effects 'user created')
same "all of them" "$created" "$(count=$("$MUSTER" --json users --all 2>/dev/null | grep -c '"id"'); echo "$created")"
same "their passwords" "$created" "$(grep -c '"new"' "$dir/first.csv")"
same "of the file" 600 "$(stat -c %a "$dir/first.csv")"
# Whoever has the file can sign in.
password=$(sed -n 's/.*"bob@contoso.example","\(.*\)"$/\1/p' "$dir/first.csv" | sed 's/""/"/g')
[[ $(curl -sS "$(member bold site)/token" -d grant_type=password --data-urlencode username=bob@contoso.example \
        --data-urlencode "password=$password") == *access_token* ]] || fail "bob's password is not the one in the file"
grep -rqF "$password" "$dir/state" && fail "the password is in the store"
same "once for each user, and once for a phone" "$created" "$(bold ledger; grep -c '"request":"POST /bi/api/site/site1/v5.0/users"' <<<"$answer")"

# ---- nothing new, nothing sent -----------------------------------------------------------------
clear
expect 0 sync
same "calls of a run with nothing new" 0 "$(calls)"

# ---- change: one call each, two with an attribute's two ------------------------------------------
for i in $(seq 20); do hire "p$i" '"department":"Sales"'; done
expect 0 sync
clear
for i in $(seq 20); do change "p$i" '"surname":"Married"'; done
expect 0 sync
same "changed" 20 "$(effects 'user updated')"
says "bi: 20 modified"
same "calls for twenty changes" 20 "$(calls user)"
same "and those of a run: sign in, and probe" 23 "$(calls)"
same "last name of p20" Married "$(user p20@contoso.example Lastname)"
clear
change ada '"mobilePhone":null,"mail":"ada.new@contoso.example"'
expect 0 sync
same "calls for one" 1 "$(calls user)"
same "renamed, the phone cleared" "" "$(user ada.new@contoso.example ContactNumber)"
same "and still in the group" "Zoe.Capital@Contoso.Example ada.new@contoso.example bob@contoso.example o.brien+a%b#c&d@contoso.example " "$(members finance)"

# ---- attributes: added, changed, removed --------------------------------------------------------
maps='<map to="Department">[department]</map><map to="Cost centre">[jobTitle]</map>'
configure
hire eve '"department":"Sales"' '"jobTitle":"CC 1"'
expect 3 sync
approve
expect 0 sync
same "two attributes" '{Department:Sales,Cost centre:CC 1}' "$(user eve@contoso.example @attributes | sed 's/Cost centre:CC 1,Department:Sales/Department:Sales,Cost centre:CC 1/')"
clear
change eve '"department":"Treasury","jobTitle":null'
expect 0 sync
same "one changed, one removed" '{Department:Treasury}' "$(user eve@contoso.example @attributes)"
same "their effects" "1 1" "$(effects 'attribute updated') $(effects 'attribute deleted')"
same "who came into the group" 1 "$(effects 'member added')"

# ---- leavers and groups ---------------------------------------------------------------------------
clear
graph remove "{\"id\":\"$(id_of bob)\"}"
change eve '"department":"Sales"'
expect 0 sync
same "who is gone is deleted, and leaves the group before, with who moved" "1 2" "$(effects 'user deleted') $(effects 'member removed')"
says "bi: 1 modified, 1 deleted"
same "the group" "Zoe.Capital@Contoso.Example ada.new@contoso.example o.brien+a%b#c&d@contoso.example " "$(members finance)"
expect 0 sync
clear
expect 0 sync
nothing_done

# ---- duplicates: not written, each clash on a line of its own ---------------------------------------
bold user '{"set":{"Username":"dora@contoso.example","Email":"stranger@bold.example","FirstName":"Stranger"}}'
bold user '{"set":{"Username":"max","Email":"MAX@contoso.example","FirstName":"Max"}}'
bold user '{"set":{"Username":"both@contoso.example","Email":"both@contoso.example","FirstName":"Both"}}'
hire dora
hire max
hire both
clear
expect 1 sync --json
nothing_done
"$top_builddir/tests/scenario/jsoncheck" '/runs/0/targets/0/words/duplicated=3' '/runs/0/targets/0/words/modified=0' \
        '/runs/0/targets/0/words/deleted=0' <"$out" || fail "the words of Bold BI are not in the JSON"
expect 0 duplicates
says 'Username=dora@contoso.example'
says 'Email=max@contoso.example'
same "each clash on its own line" 2 "$(grep -cE '(Email|Username)=both@contoso.example' "$out")"
bold user '{"set":{"Username":"gil@contoso.example","Email":"gil@bold.example","FirstName":"Gil"}}'
hire gil
expect 1 sync
graph remove "{\"id\":\"$(id_of gil)\"}"
expect 0 sync
expect 0 duplicates
lacks gil
clear
expect 0 sync
nothing_done

# ---- chosen people only --------------------------------------------------------------------------------
# (Two with one number, and without a country: Bold BI takes numbers as they are.)
hire one '"mobilePhone":"0170 1"'; hire two; hire three '"mobilePhone":"0170 1"'
expect 0 sync --user "$(id_of one)" --user "$(id_of two)"
same "one" one "$(user one@contoso.example FirstName)"
same "three waits" "" "$(user three@contoso.example FirstName)"
expect 0 sync
same "three comes" three "$(user three@contoso.example FirstName)"
same "one number" "0170 1 0170 1" "$(user one@contoso.example ContactNumber) $(user three@contoso.example ContactNumber)"

# ---- activation by e-mail: no password goes, and who is waited for is counted ---------------------------------
kept=$sink_options
sink_options="${kept/<password-file>*<\/password-file>/}<initial-password>none</initial-password>"
configure
bold settings '{"activation":"email"}'
hire mia; hire noa
expect 0 sync
expect 0 log
says '2 new users are awaiting activation'
same "not active yet" InActive "$(user mia@contoso.example UserStatus)"
bold settings '{"activation":"automatic"}'
sink_options=$kept
configure

# ---- the object is gone, or was renamed, by hand ----------------------------------------------------------
bold remove '{"id":"one@contoso.example"}'
bold change '{"id":"two@contoso.example","set":{"Email":"other@bold.example","Username":"other"}}'
change one '"surname":"A"'
change two '"surname":"B"'
for _ in 1 2 3; do "$MUSTER" sync >"$out" 2>"$err" </dev/null; done
same "who was deleted by hand comes back" A "$(user one@contoso.example Lastname)"
same "who was renamed by hand is the same user" B "$(user two@contoso.example Lastname)"
bold users
same "and there is no second account" 1 "$(grep -c '"FirstName":"two"' <<<"$answer")"
bold group-remove '{"id":"finance"}'
change p1 '"department":"Treasury"'
expect 0 sync
complains "the group 'finance' is gone from 'bi'; it is made again"
for _ in 1 2; do "$MUSTER" sync >"$out" 2>"$err" </dev/null; done
same "a group that was deleted by hand is made anew" "Zoe.Capital@Contoso.Example ada.new@contoso.example o.brien+a%b#c&d@contoso.example p1@contoso.example " "$(members finance)"

# ---- taken over, when the admin says so -------------------------------------------------------------------
match='<match attribute="Email"/><match attribute="Username" on-existing="duplicate"/>' target_attributes='import="existing"'
configure
expect 3 sync
approve
clear
expect 0 sync
same "max is taken over" max "$(user max@contoso.example FirstName)"
same "by one change each, with the other one" "2 0" "$(effects 'user updated') $(effects 'user created')"
bold users
same "and is still one" 1 "$(grep -ci '"Email":"max@contoso.example"' <<<"$answer")"
same "the stranger is left alone" Stranger "$(user stranger@bold.example FirstName)"
expect 0 duplicates
same "who is taken over is no duplicate any more" "dora" "$(sed -n '2,$s/ .*//p' "$out" | sort -u)"

# ---- the same by v4.0 of the API: lists of one piece, groups one by one ------------------------------------
sink_options="$sink_options<version>4.0</version>"
groups="$groups<group name=\"new\" title=\"Who is new\">user.department -eq \"New\"</group>
<group name=\"taken\" title=\"Theirs\">user.department -eq \"New\"</group>"
bold group '{"set":{"Name":"Taken","Description":"of somebody else"}}'
configure
hire vic '"department":"New"' '"mobilePhone":"+49 4"' '"jobTitle":"CC 4"'
hire val '"department":"New"'
clear
expect 0 check --online
expect 1 sync
says ' duplicated'
says 'muster duplicates'
expect 0 duplicates
says 'group=taken'
says 'on-existing="adopt" would take that'
same "their group" " " "$(members Taken)"
bold group-remove '{"id":"Taken"}'
same "a new user and the phone behind" "vic +49 4" "$(user vic@contoso.example FirstName) $(user vic@contoso.example ContactNumber)"
same "a new group" "val@contoso.example vic@contoso.example " "$(members new)"
change vic '"surname":"Four","mobilePhone":null,"jobTitle":"CC 5"'
change val '"department":"Treasury"'
expect 0 sync
same "changed" "Four" "$(user vic@contoso.example Lastname)$(user vic@contoso.example ContactNumber)"
same "an attribute" '{Cost centre:CC 5,Department:New}' "$(user vic@contoso.example @attributes)"
same "who moved" "vic@contoso.example " "$(members new)"
same "once theirs is gone, ours is made" "vic@contoso.example " "$(members taken)"
graph remove "{\"id\":\"$(id_of vic)\"}"
expect 0 sync
same "who is gone" "1  " "$(effects 'user deleted') $(members new)"
bold user '{"set":{"Username":"wim","Email":"wim@contoso.example","FirstName":"Wim"}}'
hire wim
expect 3 sync
complains 'would be adopted'
bold ledger
same "requests by another version" 0 "$(grep -c '/v5[.]0/' <<<"$answer")"
[ "$(grep -c '/v4[.]0/' <<<"$answer")" -gt 9 ] || fail "nothing went by v4.0"
clear
expect 0 reset staff
expect 3 sync
nothing_done
echo "all right"
