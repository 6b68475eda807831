#!/bin/bash
# engine-references.sh - people who point at people, and groups that name them: whatever the
# order in which they come, are renamed and go, nobody points at somebody who is not there.
. "$srcdir/tests/scenario/engine.sh"
target_options='<limit of="removals" above="50" and-percent="50"/><limit of="identity" above="50" and-percent="50"/>'
begin 120 --seed 11
after() { expect 0 sync; truth "$@"; }
stale() {                                    # nobody points at this DN
        ldapsearch -x -LLL -H "$uri" -b "$suffix" "(|(member=$1)(manager=$1))" dn | grep -q . && fail "$1 is pointed at"
}
hire() {                                     # NAME [MORE JSON MEMBERS]
        control hire "{\"people\":[{\"userPrincipalName\":\"$1@contoso.example\",\"displayName\":\"$1\",\"mailNickname\":\"$1\",
        \"mail\":\"$1@contoso.example\",\"userType\":\"Member\",\"accountEnabled\":true${2:+,$2}}]}"
}
id() { one "$1@contoso.example" id; }
change() { control change "{\"id\":\"$1\",\"set\":{$2}}"; }
after

# ---- somebody without a mail is out of scope: his report waits for him -----------------------
hire boss '"mail":null'
hire report "\"manager\":\"$(id boss)\""
after
entry '(uid=report)' manager | grep -q '^manager' && fail "a manager who is not there"
change "$(id boss)" '"mail":"boss@contoso.example"'
after
entry '(uid=report)' manager | grep -q '^manager: uid=boss,' || fail "the manager did not appear"
still

# The manager is changed to somebody who is not there, and nobody else is left.
hire outsider '"userType":"Guest"'
change "$(id report)" "\"manager\":\"$(id outsider)\""
change "$(id outsider)" '"jobTitle":"Consultant"'
after
change "$(id outsider)" '"userType":"Member"'
after
change "$(id report)" "\"manager\":\"$(id boss)\""
after
still

# ---- two who manage each other, hired in one round --------------------------------
hire left; hire right "\"manager\":\"$(id left)\""
change "$(id left)" "\"manager\":\"$(id right)\""
after
entry '(uid=left)' manager | grep -q '^manager: uid=right,' || fail "left has no manager"
after
still

# ---- a chain of ten, hired in the order from below ------------------------------------------------
for n in 1 2 3 4 5 6 7 8 9 10; do hire "chain$n" '"country":"Germany","department":"Sales"'; done
for n in 1 2 3 4 5 6 7 8 9; do change "$(id chain$n)" "\"manager\":\"$(id chain$((n + 1)))\""; done
after
still

# ---- who is renamed takes his groups and reports along ----------------------------------------------
change "$(id chain5)" '"mailNickname":"fifth"'
after
stale "uid=chain5,ou=people,$suffix"
entry '(uid=chain4)' manager | grep -q '^manager: uid=fifth,' || fail "the manager kept his old name"
# renamed and out of a group at once; renamed and into another
change "$(id chain5)" '"mailNickname":"fifth2","department":"Finance"'
change "$(id chain6)" '"mailNickname":"sixth","country":"Norway"'
after
stale "uid=fifth,ou=people,$suffix"
stale "uid=chain6,ou=people,$suffix"
# two who take each other's name, and one who takes the name of who is renamed
change "$(id chain1)" '"mailNickname":"chain2"'
change "$(id chain2)" '"mailNickname":"chain1"'
"$MUSTER" sync >"$out" 2>"$err" </dev/null; swapped=$?
last="names swapped"
[ $swapped = 0 ] || [ $swapped = 1 ] || fail "exit code $swapped"
if [ $swapped = 1 ]; then
        change "$(id chain1)" '"mailNickname":"chain1x"'
        expect 0 sync
fi
truth
change "$(id chain7)" '"mailNickname":"seventh"'
hire chain7b '"mailNickname":"chain7"'
expect 3 sync                                # a newcomer with a bygone name is looked at first
expect 0 approve "$(hold reuse)"
after
still

# ---- the manager leaves, and is back; he leaves for good ---------------------------------------
third=$(id chain3)
control remove "{\"id\":\"$third\"}"
after
entry "(mail=chain2@contoso.example)" manager | grep -q '^manager' && fail "a manager who has left"
still
control restore "{\"id\":\"$third\"}"
after
entry "(mail=chain2@contoso.example)" manager | grep -q '^manager' || fail "the manager is back, and nobody knows"
change "$(id chain2)" '"manager":null'
after
change "$(id chain2)" "\"manager\":\"$third\""
control remove "{\"id\":\"$third\"}"
control purge "{\"id\":\"$third\"}"
after
still

# ---- groups: the last member leaves, the first comes; a new value is a new group ----------------------
hire loner '"country":"Atlantis"'
after
change "$(id loner)" '"country":"Lemuria"'
after
change "$(id loner)" '"country":null'
after
change "$(id loner)" '"country":"Atlantis"'
after
still
exit 0
