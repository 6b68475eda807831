#!/bin/bash
# engine-guards.sh - what looks like damage is held: shown, approved, rejected; the rest goes on.
. "$srcdir/tests/scenario/engine.sh"
begin 200 --seed 5
hire() {                                     # NAME [MORE JSON MEMBERS]
        control hire "{\"people\":[{\"userPrincipalName\":\"$1@contoso.example\",\"displayName\":\"$1\",\"mailNickname\":\"$1\",
        \"mail\":\"$1@contoso.example\",\"userType\":\"Member\",\"accountEnabled\":true${2:+,$2}}]}"
}
id() { one "$1@contoso.example" id; }
locked() { entry '(pwdAccountLockedTime=*)' dn | grep -c '^dn'; }

# ---- objects that were there before: adopted only after approval, duplicates left alone -----------
for n in old twin1 twin2 named; do hire $n; done
as_admin -a <<END
dn: uid=someone,ou=people,$suffix
objectClass: inetOrgPerson
objectClass: musterObject
uid: someone
cn: Old
sn: Old
title: Historian
mail: old@contoso.example

dn: uid=twinA,ou=people,$suffix
objectClass: inetOrgPerson
uid: twinA
cn: Twin
sn: Twin
mail: twin1@contoso.example

dn: uid=twinB,ou=people,$suffix
objectClass: inetOrgPerson
uid: twinB
cn: Twin
sn: Twin
mail: twin1@contoso.example

dn: uid=named,ou=people,$suffix
objectClass: inetOrgPerson
uid: named
cn: Somebody else
sn: Else
END
foreign=$(entry '(!(musterStamp=*))')
match='<match attribute="mail" on-existing="adopt"/>'
configure
expect 3 sync
[ "$(hold adoptions)" != "" ] || fail "the adoption is not held"
same "what is not ours is untouched" "$foreign" "$(entry '(!(musterStamp=*))')"
truth foreign=4 "except=$(id old)" "except=$(id twin1)" "except=$(id named)"
expect 0 duplicates
says 'twin1'
says 'named'
expect 3 sync                                # it stays so
same "what is not ours is untouched" "$foreign" "$(entry '(!(musterStamp=*))')"
expect 0 holds
says adoptions
expect 0 holds "$(hold adoptions)"
says old
expect 2 approve
expect 4 approve 4711
expect 4 approve "$(hold adoptions)" --expect 7
expect 0 approve "$(hold adoptions)" --expect 1 --reason 'it is him'
expect 1 sync
truth foreign=3 "except=$(id twin1)" "except=$(id named)"
entry "(musterStamp=$(id old))" dn | grep -q 'uid=old,' || fail "the adopted one was not renamed"
# The way on for a duplicate: the foreign object goes.
as_admin <<END
dn: uid=named,ou=people,$suffix
changetype: delete
END
expect 0 sync
truth foreign=2 "except=$(id twin1)"
still

# ---- removals over the limit ------------------------------------------------------------------------
before=$(locked)
control bulk '{"op":"remove","count":30,"seed":3}'
hire while-held
expect 3 sync
same "nobody is locked" "$before" "$(locked)"
exists '(uid=while-held)' || fail "the rest did not go on"
differs foreign=2 "except=$(id twin1)"
n=$(hold removals)
expect 0 holds "$n"
says removals
# It survives runs; who is back leaves it, one more who leaves joins it.
back=$(sqlite3 "$dir/state/state.db" "SELECT id FROM entry WHERE number = (SELECT entry FROM op WHERE hold = $n LIMIT 1)")
control restore "{\"id\":\"$back\"}"
control remove "{\"id\":\"$(id while-held)\"}"
expect 3 sync
same "nobody is locked" "$before" "$(locked)"
same "the same hold" "$n" "$(hold removals)"
exists "(&(musterStamp=$back)(!(pwdAccountLockedTime=*)))" || fail "who is back is locked"
count=$(sqlite3 "$dir/state/state.db" "SELECT count(*) FROM op WHERE hold = $n AND state < 16")
expect 4 approve "$n" --expect 29
complains "$count"
expect 0 approve "$n" --expect "$count"
expect 0 sync
truth foreign=2 "except=$(id twin1)"
still

# ---- rejected: they stay, until something new is wanted -----------------------------------------------
control bulk '{"op":"remove","count":9,"seed":4}'
expect 3 sync
stay=$(sqlite3 "$dir/state/state.db" "SELECT id FROM entry WHERE number IN (SELECT entry FROM op WHERE hold = $(hold removals))")
stayed() { printf 'except=%s ' $stay; }
before=$(locked)
expect 0 reject "$(hold removals)" --reason 'not today'
expect 0 sync
same "nobody is locked" "$before" "$(locked)"
still
differs foreign=2 "except=$(id twin1)"

# ---- a group loses most of its members -----------------------------------------------------------------
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do hire "isle$n" '"country":"Island"'; done
expect 0 sync
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13; do control change "{\"id\":\"$(id isle$n)\",\"set\":{\"country\":null}}"; done
hire isle17 '"country":"Germany","department":"Sales"'
expect 3 sync
complains "country-Island"
members() { ldapsearch -x -LLL -H "$uri" -b "ou=groups,$suffix" "(cn=$1)" member | grep -c '^member'; }
same "nobody left the group" 16 "$(members country-Island)"
expect 0 approve "$(hold group-members)"
expect 0 sync
same "they left the group" 3 "$(members country-Island)"

# ---- one attribute changes en masse; and is cleared ------------------------------------------------------
titles() { entry '(title=*)' title | awk '/^dn/ { dn = $0 } /^title/ { print dn, $0 }' | sort; }
titles >"$dir/titles"
control bulk '{"op":"change","count":60,"property":"jobTitle"}'
expect 3 sync
# Who had no title gets his first one: that is no change of what people have.
same "no title is changed" "" "$(titles | comm -13 - "$dir/titles")"
expect 0 approve "$(hold changes)"
expect 0 sync
truth foreign=2 "except=$(id twin1)" $(stayed)
for n in 1 2 3 4 5 6 7 8; do control change "{\"id\":\"$(id isle$n)\",\"set\":{\"mailNickname\":\"island$n\"}}"; done
expect 3 sync
[ -n "$(hold identity)" ] || fail "new names for eight are not held"
exists '(uid=isle1)' || fail "he was renamed"
# One of the hold by hand, then the rest.
expect 0 approve "$(hold identity)" --user "$(id isle1)"
expect 3 sync
exists '(uid=island1)' || fail "the approved one was not renamed"
exists '(uid=isle2)' || fail "another one was renamed"
expect 0 approve "$(hold identity)" --expect 7
expect 0 sync
truth foreign=2 "except=$(id twin1)" $(stayed)
still

# ---- many at once are new, and some that we made are not there any more ------------------------------
control hire '{"count":600}'
expect 3 sync
n=$(hold creates)
expect 0 approve "$n" --expect "$(sqlite3 "$dir/state/state.db" "SELECT count(*) FROM op WHERE hold = $n AND state < 16")"
expect 0 sync
truth foreign=2 "except=$(id twin1)" $(stayed)
exit 0
