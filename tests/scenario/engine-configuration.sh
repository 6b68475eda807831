#!/bin/bash
# engine-configuration.sh - changed scopes, maps and rules; a store that is lost; and who may
# work on a store at the same time.
. "$srcdir/tests/scenario/engine.sh"
sink_options='<group-object-classes>top groupOfNames musterObject</group-object-classes>
<group-stamp-attribute>musterStamp</group-stamp-attribute>'
begin 150 --seed 9
hire() {
        control hire "{\"people\":[{\"userPrincipalName\":\"$1@contoso.example\",\"displayName\":\"$1\",\"mailNickname\":\"$1\",
        \"mail\":\"$1@contoso.example\",\"userType\":\"Member\",\"accountEnabled\":true${2:+,$2}}]}"
}
expect 0 sync
truth
still

# ---- a map is changed: planned first, from the mirror, without reading the source --------------
settings="$settings map=description:jobTitle"
maps=${maps/'<map to="title">[jobTitle]</map>'/'<map to="title">[jobTitle]</map><map to="description">[jobTitle]</map>'}
configure
before=$(snapshot)
expect 3 sync
same "held" "$before" "$(snapshot)"
# The plan of the configuration was there before anything was asked of the source.
held=$(sqlite3 "$dir/state/state.db" "SELECT run FROM hold WHERE guard = 'configuration'")
next=$(sqlite3 "$dir/state/state.db" "SELECT min(id) FROM run WHERE id > $held")
[ -n "$next" ] || fail "the source was not read after it"
same "the configuration's run read nothing" 0 "$(sqlite3 "$dir/state/state.db" "SELECT pages FROM run WHERE id = $held")"
# Meanwhile leavers and new people go through.
hire meanwhile
control remove "{\"id\":\"$(curl -sS "$door/people?offset=20&limit=1" | grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4)\"}"
expect 3 sync
exists '(uid=meanwhile)' || fail "nobody else got through"
expect 0 approve "$(hold configuration)"
expect 0 sync
truth
still

# ---- a source that cannot be reached does not keep a changed map from being planned ------------
maps=${maps/'<map to="description">[jobTitle]</map>'/'<map to="description">Append("", [jobTitle])</map>'}
configure
expect 0 sync                                # another text, the same result: nothing differs
same "nothing differs" "" "$(hold configuration)"
fault '{"kind":"*","from":1,"count":0,"action":"status","status":503}'
maps=${maps/'<map to="description">Append("", [jobTitle])</map>'/'<map to="description">Append("is ", [jobTitle])</map>'}
configure
"$MUSTER" sync >"$out" 2>"$err" </dev/null &
pid=$!
for _ in $(seq 100); do [ -n "$(hold configuration)" ] && break; sleep 0.1; done
[ -n "$(hold configuration)" ] || fail "the effect of the map was not planned"
kill -TERM $pid; wait $pid
no_faults
expect 0 reject "$(hold configuration)"
maps=${maps/'Append("is ", [jobTitle])'/'[jobTitle]'}
configure
expect 0 sync
truth
still

# ---- the scope is narrowed, and widened ----------------------------------------------------------
scope='user.userType -eq "Member" -and user.mail -ne null -and user.country -ne "Germany"'
configure
locked=$(entry '(pwdAccountLockedTime=*)' dn | grep -c '^dn')
expect 3 sync
same "nobody is locked" "$locked" "$(entry '(pwdAccountLockedTime=*)' dn | grep -c '^dn')"
expect 0 approve "$(hold configuration)"
"$MUSTER" sync >"$out" 2>"$err" </dev/null
[ -n "$(hold group-members)" ] && { expect 0 approve "$(hold group-members)"; "$MUSTER" sync >"$out" 2>"$err" </dev/null; }
[ "$(entry '(pwdAccountLockedTime=*)' dn | grep -c '^dn')" -gt $((locked + 10)) ] || fail "the approved are not locked"
differs
scope='user.userType -eq "Member" -and user.mail -ne null'
configure
expect 3 sync
expect 0 approve "$(hold configuration)"
expect 0 sync
truth
still

# ---- the sink is down while the configuration changes: it is held all the same --------------------
maps=${maps/'<map to="title">[jobTitle]</map>'/'<map to="title">IIF([country] -eq "France", ToUpper([jobTitle]), [jobTitle])</map>'}
configure
slapd_stop "$dir/slapd"
expect 4 sync
slapd_start "$dir/slapd"
before=$(entry '(title=*)' title | sort | cksum)
expect 3 sync
[ -n "$(hold configuration)" ] || fail "the changed map is not held"
same "nothing is changed" "$before" "$(entry '(title=*)' title | sort | cksum)"
# ... and a sync of one person does not let the others through.
maps=${maps/'IIF([country] -eq "France", ToUpper([jobTitle]), [jobTitle])'/'[jobTitle]'}
configure
expect 0 sync
maps=${maps/'<map to="title">[jobTitle]</map>'/'<map to="title">IIF([country] -eq "France", ToLower([jobTitle]), [jobTitle])</map>'}
configure
"$MUSTER" sync --user meanwhile@contoso.example >"$out" 2>"$err" </dev/null
expect 3 sync
[ -n "$(hold configuration)" ] || fail "the changed map is not held after one person was synced"
same "nothing is changed" "$before" "$(entry '(title=*)' title | sort | cksum)"
maps=${maps/'IIF([country] -eq "France", ToLower([jobTitle]), [jobTitle])'/'[jobTitle]'}
configure
expect 0 sync
truth
still

# ---- a group's rule is changed, one is new, one is not carried any more ----------------------------
members() { ldapsearch -x -LLL -H "$uri" -b "ou=groups,$suffix" "(cn=$1)" member | grep -c '^member: uid='; }
groups="$groups <group name=\"everybody\" title=\"All\">user.displayName -ne null</group>"
configure
expect 0 sync
[ "$(members everybody)" -gt 100 ] || fail "the new group has $(members everybody) members"
truth
groups=${groups/'user.displayName -ne null'/'user.country -eq "Germany"'}
configure
expect 3 sync
[ "$(members everybody)" -gt 100 ] || fail "they left without approval"
expect 0 approve "$(hold group-members)"
expect 0 sync
same "the members of the changed rule" "$(members country-Germany)" "$(members everybody)"
still

# ---- the store is lost -------------------------------------------------------------------------------
# Nobody is made anew; whether those who are blocked are locked, it must be told again.
people=$(entry '(musterStamp=*)' dn | grep -c '^dn')
rm -f "$dir/state/"*
"$MUSTER" plan >"$out" 2>"$err" </dev/null
grep -q 'create' "$out" && fail "somebody would be made anew"
before=$(snapshot)
expect 3 sync
[ -n "$(hold found-again)" ] || fail "the first plan is not held"
same "as many as before" "$people" "$(entry '(musterStamp=*)' dn | grep -c '^dn')"
truth
expect 0 approve "$(hold found-again)"
expect 0 sync
truth
still
# Lost, and things have changed meanwhile: found again, and what would change them is held.
rm -f "$dir/state/"*
control bulk '{"op":"change","count":10,"property":"jobTitle"}'
hire afterwards '"country":"Germany","department":"Sales"'
expect 3 sync
exists '(uid=afterwards)' || fail "who is new has to wait"
differs
expect 0 approve "$(hold found-again)"
expect 0 sync
truth
still

# ---- only one writes ------------------------------------------------------------------------------------
fault '{"kind":"token","from":1,"count":1,"action":"silent"}'
"$MUSTER" sync >/dev/null 2>&1 </dev/null &
first=$!
sleep 0.5
expect 4 sync
complains "$first"
expect 0 status
expect 0 users
kill -TERM $first
wait $first
no_faults
still
exit 0
