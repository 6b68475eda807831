#!/bin/bash
# An admin's own work in a directory, done with ldapmodify: found by muster verify, and put right.
. "$srcdir/tests/scenario/engine.sh"
begin 40 --seed 11
expect 0 sync
truth
expect 0 verify
says "nothing differs"
well=$(snapshot)

uids=$(entry '(&(musterStamp=*)(uid=*)(!(pwdAccountLockedTime=*)))' uid | sed -n 's/^uid: //p' | sort | head -3)
set -- $uids
groups() { ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "ou=groups,$suffix" "(&(objectClass=groupOfNames)(member=$1))" dn 2>/dev/null |
        sed -n 's/^dn: //p'; }
dn() { entry "(uid=$1)" dn | sed -n 's/^dn: //p' | head -1; }
# One of a group with others in it, who is none of the three.
ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "ou=groups,$suffix" '(objectClass=groupOfNames)' member 2>/dev/null |
        awk '/^dn: /{dn=substr($0, 5); n=0} /^dn:: /{dn=""} /^member: uid=/{if (dn != "" && ++n > 2) print dn "\t" substr($0, 9)}' \
        >"$dir/groups"
IFS=$'\t' read -r group four <<<"$(grep -vF -e $'\t'"$(dn "$1")" -e $'\t'"$(dn "$2")" -e $'\t'"$(dn "$3")" "$dir/groups" | head -1)"
[ -n "$four" ] || fail "no group has three members"
as_admin <<LDIF
dn: $(dn "$1")
changetype: modify
replace: title
title: Emperor

dn: $(dn "$2")
changetype: modify
add: pwdAccountLockedTime
pwdAccountLockedTime: 000001010000Z

dn: $(dn "$3")
changetype: delete

dn: $group
changetype: modify
delete: member
member: $four

dn: uid=ghost,ou=people,$suffix
changetype: add
objectClass: inetOrgPerson
objectClass: musterObject
uid: ghost
cn: Ghost
sn: Ghost
musterStamp: 00000000-dead-beef-0000-000000000000
LDIF
bad=$(snapshot)
expect 1 verify
for word in changed Emperor disabled missing orphan 'member lost'; do says "$word"; done
[ "$(snapshot)" = "$bad" ] || fail "a look has written"
expect 1 verify --repair                     # the orphan stays
entry "(uid=$1)" title | grep -q Emperor && fail "the title was not put right"
exists "(&(uid=$2)(pwdAccountLockedTime=*))" && fail "$2 is still disabled"
exists "(uid=$3)" || fail "$3 was not made again"
groups "$four" | grep -qxF "$group" || fail "$four is not in the group again"
exists "(uid=ghost)" || fail "an orphan was deleted"
echo "dn: uid=ghost,ou=people,$suffix
changetype: delete" | as_admin
expect 0 verify
truth
[ "$(snapshot)" != "$well" ] || fail "nothing was written at all"
exit 0
