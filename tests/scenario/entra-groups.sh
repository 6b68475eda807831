#!/bin/bash
# entra-groups.sh - groups of Entra in whole runs: memberOf in a rule, groups carried to LDAP as
# they are, restrict-to-group with who comes and goes, and pictures; looked at with ldapsearch.
. "$srcdir/tests/scenario/engine.sh"
scope='user.mail -ne null'
groups=
target_options='<limit of="removals" above="50" and-percent="50"/>'
begin 60 --seed 5

gid() { curl -sS "$door/group/$1" | sed -n 's/^{"id":"\([^"]*\)".*/\1/p'; }
group() { control group "{\"set\":{\"displayName\":\"$1\",\"mailNickname\":\"$1\",\"description\":\"about $1\"}}"; }
join() { control join "{\"group\":\"$1\",\"ids\":[\"$2\"]}"; }
leave() { control leave "{\"group\":\"$1\",\"ids\":[\"$2\"]}"; }
hire() {
        control hire "{\"people\":[{\"userPrincipalName\":\"$1@contoso.example\",\"displayName\":\"$1\",\"mailNickname\":\"$1\",
        \"mail\":\"$1@contoso.example\",\"userType\":\"Member\",\"accountEnabled\":true,\"department\":\"Pilots\"}]}"
}
id() { one "$1@contoso.example" id; }
# in_group GROUP: its members in the directory, people and groups, sorted.
in_group() {
        ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "ou=groups,$suffix" "(cn=$1)" member 2>/dev/null |
                sed -n 's/^member: [ucnid]*=\([^,]*\),.*/\1/p' | sort | tr '\n' ' '
}
cost() { curl -sS "$door/cost" | sed -n 's/^{"calls":\([0-9]*\).*/\1/p'; }

for name in ada bob eve kim; do hire $name; done
group pilots; group inner; group devices
for name in ada bob; do join pilots "$(id $name)"; done
join inner "$(id eve)"
join pilots "$(gid inner)"
control join '{"group":"devices","others":5}'
join devices "$(id kim)"

# ---- memberOf in a rule: direct members, and groups that follow them -----------------------------
groups="<group name=\"flies\" title=\"Pilots\">user.memberOf -any (group.objectId -in [\"$(gid pilots)\"])</group>
<group name=\"flies-too\" title=\"All pilots\">user.transitiveMemberOf -any (group.objectId -in [\"$(gid pilots)\"])</group>"
configure
expect 0 check --online
expect 0 sync
same "direct members" "ada bob " "$(in_group flies)"
same "members of groups in it" "ada bob eve " "$(in_group flies-too)"
same "somebody is there who is in no group" "uid=kim" "$(entry '(uid=kim)' dn | sed -n 's/^dn: \(uid=kim\),.*/\1/p')"
leave pilots "$(id bob)"
join pilots "$(id kim)"
expect 0 sync
same "one left, one came" "ada kim " "$(in_group flies)"
control clear '{}'
still
# the sign-in, users, groups: nothing else is asked when nothing happened
same "calls of a run with nothing new" 3 "$(cost)"
eve=$(id eve)
control remove "{\"id\":\"$eve\"}"
expect 0 sync
control restore "{\"id\":\"$eve\"}"
expect 0 sync
same "who came back is a member as before" "ada eve kim " "$(in_group flies-too)"

# ---- groups as they are ---------------------------------------------------------------------------
groups='<groups from="source" name="{mailNickname}" title="{displayName}">group.securityEnabled -eq true</groups>'
configure
"$MUSTER" sync >"$out" 2>"$err" </dev/null
number=$(hold '') && [ -n "$number" ] && { expect 0 approve "$number"; expect 0 sync; }
same "the members of a group that is carried, a group among them" "ada inner kim " "$(in_group pilots)"
same "those of the one in it" "eve " "$(in_group inner)"
same "devices are nobody" "kim " "$(in_group devices)"
leave inner "$(id eve)"
join inner "$(id bob)"
expect 0 sync
same "who came into the group in it" "bob " "$(in_group inner)"
same "does not show in the other" "ada inner kim " "$(in_group pilots)"
control group-change "{\"group\":\"devices\",\"set\":{\"mailNickname\":\"gadgets\"}}"
expect 0 sync
same "a group is renamed with its members" "kim " "$(in_group gadgets)"
same "and the old name is nobody's" "" "$(in_group devices)"
still

# ---- only the people of one group ------------------------------------------------------------------
groups=
source_options="<restrict-to-group>pilots</restrict-to-group>"
rm -rf "$dir/state" && mkdir -m 700 "$dir/state"
slapd_stop "$dir/slapd"; rm -rf "$dir/slapd"
slapd_prepare "$dir/slapd" durable=no || exit 1
slapd_start "$dir/slapd" || exit 1
uri=$(cat "$dir/slapd/uri")
target_options=
configure
expect 0 check --online
says "only the people of the group 'pilots'"
expect 0 sync
people() { entry '(uid=*)' uid | sed -n 's/^uid: //p' | sort | tr '\n' ' '; }
enabled() { entry '(&(uid=*)(!(pwdAccountLockedTime=*)))' uid | sed -n 's/^uid: //p' | sort | tr '\n' ' '; }
same "who is read" "ada bob kim " "$(people)"
join pilots "$(id eve)"
expect 0 sync
same "who joins is read, though nothing of his own has changed" "ada bob eve kim " "$(people)"
control change "{\"id\":\"$(id eve)\",\"set\":{\"jobTitle\":\"Captain\"}}"
expect 0 sync
same "and his changes" "Captain" "$(entry '(uid=eve)' title | sed -n 's/^title: //p')"
leave inner "$(id bob)"
expect 0 sync
same "who leaves is out of scope: disabled" "ada eve kim " "$(enabled)"
same "and not deleted" "ada bob eve kim " "$(people)"
control change "{\"id\":\"$(id bob)\",\"set\":{\"jobTitle\":\"Retired\"}}"
expect 0 sync
same "what becomes of him is not read" "" "$(entry '(uid=bob)' title | sed -n 's/^title: //p')"
join inner "$(id bob)"
expect 0 sync
same "who comes back is enabled" "ada bob eve kim " "$(enabled)"
same "with what was changed meanwhile" "Retired" "$(entry '(uid=bob)' title | sed -n 's/^title: //p')"
control clear '{}'
still
same "calls of a run with nothing new: sign-in, the watch, users" 3 "$(cost)"
# ---- pictures, for those who are read -------------------------------------------------------------
maps=$maps'
<map to="jpegPhoto">[photo]</map>'
picture() { entry "(uid=$1)" jpegPhoto | sed -n 's/^jpegPhoto: //p'; }
control photo "{\"id\":\"$(id ada)\",\"text\":\"a face\"}"
configure
"$MUSTER" sync >"$out" 2>"$err" </dev/null           # what is mapped anew may be held
number=$(hold '') && [ -n "$number" ] && { expect 0 approve "$number"; expect 0 sync; }
same "a picture" "a face" "$(picture ada)"
same "nobody else has one" "" "$(picture eve)"
control clear '{}'
still
same "pictures cost nothing when nobody changed" 3 "$(cost)"
control photo "{\"id\":\"$(id ada)\",\"text\":\"another face\"}"
control photo "{\"id\":\"$(id eve)\",\"text\":\"eve\"}"
control change "{\"id\":\"$(id ada)\",\"set\":{\"jobTitle\":\"Captain\"}}"
control change "{\"id\":\"$(id eve)\",\"set\":{\"jobTitle\":\"Major\"}}"
expect 0 sync
same "another picture" "another face" "$(picture ada)"
same "and a first one" eve "$(picture eve)"
control photo "{\"id\":\"$(id ada)\",\"remove\":true}"
control change "{\"id\":\"$(id ada)\",\"set\":{\"jobTitle\":\"Colonel\"}}"
expect 0 sync
same "a picture that was taken away" "" "$(picture ada)"
still

# ---- the group is gone: nobody is removed for that -------------------------------------------------
control group-remove '{"group":"pilots"}'
"$MUSTER" sync >"$out" 2>"$err" </dev/null && fail "a group that is gone is no error"
complains "is not there any more"
same "nobody was disabled" "ada bob eve kim " "$(enabled)"
control group-restore '{"group":"pilots"}'
expect 0 sync
same "and nothing has happened" "ada bob eve kim " "$(enabled)"
exit 0
