#!/bin/bash
# kaizala.sh - the kaizala sink in whole runs with the portal door: people and groups of all
# kinds, changes, leavers, new numbers, what was done by hand; looked at in the emulator's
# state and in its ledger of effects.
. "$srcdir/tests/scenario/kaizala-kit.sh"
begin
groups='<group name="finance" title="Finance">user.department -eq "Finance"</group>
<group name="seniors" title="Senior managers in Finance">(user.department -eq "Finance") -and (user.jobTitle -eq "Senior Manager")</group>'

ada='u1,Ada L,Ada,Lovelace,+1 (425) 555-0102,Redmond,Finance,Senior Manager'
bob='u2,Bob K,Bob,Kahn,+1 425 555 0103,Oslo,Finance,Clerk'
zoe='u3,Zoë Ж 李,Zoë,"O'\''Hara, ""Ж"" 李 ‮עברית",0049 (0)171 555.0104,São Paulo,Sales,Clerk'

# ---- load ----------------------------------------------------------------------------------
people "$ada" "$bob" "$zoe"
configure "$(portal)" "$groups"
expect 0 check --online; says "ended Kaizala"
expect 0 plan; same "a plan wrote" 0 "$(effects)"
expect 0 sync
same "the Directory" '+14255550102|Ada|Lovelace|Redmond|Employee|true
+14255550103|Bob|Kahn|Oslo|Employee|true
+491715550104|Zoë|O'"'"'Hara|São Paulo|Employee|true' \
        "$(who "First Name" "Last Name" City @network @linked | grep -v 0100)"
curl -sS "$root/_portal/directory" -H "accessToken: $(curl -sS "$root/v1/accessToken" -H "applicationId: 6b1d0f5e-1f3c-4a52-9b51-0a6c2f1d7e10" \
        -H "applicationSecret: EXAMPLE0KEY" -H "refreshToken: $(cat "$dir/refresh")" | sed -n 's/.*"accessToken":"\([^"]*\)".*/\1/p')" |
        grep -qF '+491715550104,Zoë,"O'"'"'Hara, ""Ж"" 李 ‮עברית",São Paulo,' || fail "a name in every script has not arrived as it is"
same "finance" '+14255550102 +14255550103 ' "$(in_group Finance)"
same "seniors" '+14255550102 ' "$(in_group Senior%20managers%20in%20Finance)"
same "effects" "3 2 3" "$(effects "person added") $(effects "group created") $(effects "member added")"
same "one import, one file" 1 "$(find "$outbox" -name '*.csv' | wc -l)"

# ---- nothing new writes nothing, and asks nothing -------------------------------------------------
clear
expect 0 sync; says "nothing new was read"
same "a second run" "0 0" "$(effects) $(calls members)"
expect 0 reset s
expect 0 sync
same "a run after a reset" 0 "$(effects)"

# ---- a change: one row, one member in, one out -----------------------------------------------------
people "$ada" "${bob/Clerk/Senior Manager}" "${zoe/São Paulo/Kyōto}"
clear
expect 0 sync
same "changed" "1 0 1" "$(effects "person updated") $(effects "person added") $(effects "member added")"
same "a city" 'Kyōto' "$(who City | sed -n 's/^+491715550104|//p')"
same "seniors" '+14255550102 +14255550103 ' "$(in_group Senior%20managers%20in%20Finance)"

# ---- a new number is in before the old one is out, in the Directory and in the groups ----------------
people "$ada" "${bob/+1 425 555 0103/+47 22 55 01 03}" "${zoe/São Paulo/Kyōto}"
sed -i 's/Kahn,\(.*\),Clerk/Kahn,\1,Senior Manager/' "$dir/people.csv"
clear
expect 0 sync
same "a new number" '+14255550102 +4722550103 ' "$(in_group Senior%20managers%20in%20Finance)"
same "the old one has gone" '' "$(who | grep 0103 | grep -v +47)"
same "in before out" 'person added person removed member added member added' \
        "$(curl -sS "$door/effects" | grep -o '"effect":"[^"]*"' | sed 's/"effect":"\(.*\)"/\1/' | tr '\n' ' ' | sed 's/ $//')"

# ---- who leaves leaves the Directory and all groups, also one that is not ours ------------------------
control group '{"name":"made by hand"}'
control join '{"group":"made by hand","numbers":["+14255550102","+4722550103","+14255550199"]}'
people "$ada" "${zoe/São Paulo/Kyōto}"
clear
expect 0 sync; expect 0 sync --full
same "a leaver" '' "$(who | grep +47)"
same "his groups" '+14255550102 |+14255550102 +14255550199 ' "$(in_group Finance)|$(in_group made%20by%20hand)"
same "a stranger" '+14255550199|Others' "$(who @network | grep 0199)"

# ---- what an admin does by hand -------------------------------------------------------------------------
# Somebody was made admin of our group: he is never removed, and it is said.
control join '{"group":"Senior managers in Finance","number":"+14255550102","role":"Admin"}'
people "${ada/Senior Manager/Clerk}" "${zoe/São Paulo/Kyōto}"
expect 1 sync
same "an admin stays" '+14255550102* ' "$(in_group Senior%20managers%20in%20Finance)"
expect 0 log; says "an admin of the group, and admins are never removed"

# Somebody was taken out of the Directory by hand: seen with the next change, and made anew.
control person-remove '{"number":"+491715550104"}'
people "${ada/Senior Manager/Clerk}" "${zoe/São Paulo/Tromsø}"
clear
expect 1 sync; complains "the object of Zoë Ж 李 is gone from 'kaizala'; it is planned again"
same "he is back" '+491715550104|Tromsø' "$(who City | grep 0104)"
# A group was deleted by hand: made anew with its members.
control group-remove '{"group":"Finance"}'
people "${ada/Senior Manager/Clerk}" "${zoe/São Paulo/Tromsø}" "$bob"
expect 0 sync; complains "the group 'finance' is gone from 'kaizala'; it is made again"
same "the group is back" '+14255550102 +14255550103 ' "$(in_group Finance)"
clear
expect 0 sync
same "then nothing is left to do" 0 "$(effects)"

# ---- groups of all kinds -----------------------------------------------------------------------------
control group '{"name":"Contoso"}'
people "$ada" "$bob" "$zoe"
configure "$(portal)<broadcast-people>subscribers</broadcast-people>" '
<group name="news" title="News">user.mobilePhone -ne null</group>
<group name="finance" title="Money">user.department -eq "Finance"</group>
<group name="below" title="Below">user.department -eq "Sales"</group>'
sed -i 's,<groups use="\*"/>,<group use="news"><map to="groupType">"ConnectGroup"</map></group>'\
'<group use="finance"><map to="admins">"+1 425 555 0103"</map></group><group use="below"><map to="parent">"Contoso"</map></group>,' "$MUSTER_CONFIG"
for number in +14255550102 +14255550103 +491715550104; do control person-remove "{\"number\":\"$number\"}"; done
expect 0 sync
same "a broadcast group has subscribers" 3 "$(curl -sS "$door/group/News" | grep -o '"role":"Subscriber"' | wc -l)"
same "its type" 1 "$(curl -sS "$door/group/News" | grep -c '"groupType":"ConnectGroup"')"
same "an admin by the map" '+14255550102 +14255550103* ' "$(in_group Money)"
same "below another" "$(curl -sS "$door/group/Below" | sed -n 's/^{"groupId":"\([^"]*\)".*/\1/p')" \
        "$(curl -sS "$door/group/Contoso" | sed -n 's/.*"subGroups":\["\([^"]*\)".*/\1/p')"
# No call renames a group, so nothing is recreated either; once it was done by hand, all is well.
sed -i 's/title="Money"/title="Cash"/' "$MUSTER_CONFIG"
clear
expect 3 sync
expect 0 approve 1
expect 1 sync; complains "no call of Kaizala renames a group: call 'Money' 'Cash' in the app"
same "a rename" 0 "$(effects)"
control group-rename '{"group":"Money","name":"Cash"}'
expect 0 reset s
expect 0 sync
# A subscriber leaves; the group's rule vanishes.
people "$bob" "$zoe"
expect 0 sync
same "subscribers" 2 "$(curl -sS "$door/group/News" | grep -o '"role":"Subscriber"' | wc -l)"
