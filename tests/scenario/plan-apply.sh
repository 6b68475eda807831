#!/bin/bash
# plan-apply.sh - a plan that was saved is carried out exactly: what has changed since is skipped,
# what a guard holds is decided item by item, what was altered is refused; and what two admins
# decide at once, one of them has decided.
. "$srcdir/tests/scenario/engine.sh"
begin 40 --seed 9
maps=$maps'
<map to="employeeNumber" when="create">RandomString(12, 3, 0, 3, 3)</map>'
configure
plan=$dir/plan.json
hire() {                                     # NAME [MORE JSON MEMBERS]
        control hire "{\"people\":[{\"userPrincipalName\":\"$1@contoso.example\",\"displayName\":\"$1\",\"mailNickname\":\"$1\",
        \"mail\":\"$1@contoso.example\",\"userType\":\"Member\",\"accountEnabled\":true${2:+,$2}}]}"
}
id() { one "$1@contoso.example" id; }
change() { control change "{\"id\":\"$(id "$1")\",\"set\":$2}"; }
value() { entry "(uid=$1)" "$2" | sed -n "s/^$2: //p"; }
locked() { entry '(pwdAccountLockedTime=*)' dn | grep -c '^dn'; }
# rows FILE EXPRESSION [CONDITION]: of the users' ops in a document, in order, with commas.
rows() {
        sqlite3 :memory: "SELECT group_concat(x) FROM (SELECT $2 AS x FROM (SELECT value ->> 'verb' AS verb, value ->> 'title' AS title,
                value ->> 'fate' AS fate, value ->> 'why' AS why, value ->> 'kind' AS kind, value -> 'changes' AS changes
                FROM json_each(readfile('$1'), '\$.ops')) WHERE kind = 'user' AND ${3-1} ORDER BY x)"
}
ops() { rows "$1" "verb || ' ' || title"; }
fates() { rows "$out" "title || ' ' || fate"; }

# ---- the first load out of a file ----------------------------------------------------------------
expect 0 plan -o "$plan"
says "muster apply $plan"
same "mode of the file" 600 "$(stat -c %a "$plan")"
grep -q 'emulator~secret' "$plan" && fail "the plan holds a secret"
before=$(snapshot)
expect 0 apply "$plan" --dry
expect 2 apply "$plan"                       # nobody can be asked
complains --yes
expect 2 apply "$plan" --yes --dry
same "nothing was written" "$before" "$(snapshot)"
drawn=$(rows "$plan" "(SELECT c.value ->> 'after' FROM json_each(changes) c WHERE c.value ->> 'attribute' = 'employeeNumber')" |
        tr , '\n' | sort)
[ "$(echo "$drawn" | wc -l)" -gt 20 ] || fail "nothing was drawn"
expect 0 apply "$plan" --yes
same "the values of chance are those of the plan" "$drawn" "$(entry '(uid=*)' employeeNumber | sed -n 's/^employeeNumber: //p' | sort)"
expect 0 sync                                # what follows: members, managers
truth
before=$(snapshot)
expect 0 apply "$plan" --yes                 # twice does nothing
says "done before"
same "nothing was written" "$before" "$(snapshot)"
still

# ---- exactly that, and what has changed since is not ------------------------------------------------
for n in anna ben carl dora; do hire $n '"department":"Sales"'; done
expect 0 sync
change anna '{"jobTitle":"Clerk"}'
change ben '{"jobTitle":"Clerk"}'
carl=$(id carl)
control remove "{\"id\":\"$carl\"}"
expect 0 plan -o "$plan"
same "ops of the plan" "disable carl,update anna,update ben" "$(ops "$plan")"
change ben '{"department":"Legal"}'          # another value would be written
change dora '{"jobTitle":"Boss"}'            # not in the plan
hire emil
control restore "{\"id\":\"$carl\"}"
expect 1 --json apply "$plan" --yes
same "what became of it" "anna done,ben skipped,carl skipped" "$(fates)"
same "why" "changed since: department" "$(rows "$out" why "title = 'ben'")"
same "anna has it" Clerk "$(value anna title)"
same "ben has not" "" "$(value ben title)$(value ben departmentNumber | grep -v Sales)"
same "dora was not in it" "" "$(value dora title)"
exists '(uid=emil)' && fail "emil was not in it"
same "nobody is locked" 0 "$(locked)"
expect 1 apply "$plan" --yes
says "changed since: department"
says "done already"
expect 0 sync
truth

# ---- altered, of another store, of another configuration, too old --------------------------------
change anna '{"jobTitle":"Chief"}'
expect 0 plan -o "$plan"
before=$(snapshot)
refuse() {                                   # TEXT FILE
        expect "${3-4}" apply "$2" --yes
        complains "$1"
        same "nothing was written" "$before" "$(snapshot)"
}
umask 077
sed 's/Chief/Thief/' "$plan" >"$dir/other"; refuse "was altered" "$dir/other"
sed 's/"until-ms":1/"until-ms":9/' "$plan" >"$dir/other"; refuse "was altered" "$dir/other"
head -c -40 "$plan" >"$dir/other"; refuse "cut off or altered" "$dir/other"
head -c 100 "$plan" >"$dir/other"; refuse "cut off or altered" "$dir/other"
(cat "$plan"; echo) >"$dir/other"; refuse "cut off or altered" "$dir/other"
: >"$dir/other"; refuse "cut off or altered" "$dir/other"
sed "s/\"lineage\":\"..../\"lineage\":\"0000/" "$plan" >"$dir/other"; refuse "another store" "$dir/other"
refuse "is no file" "$dir" 2
refuse "cannot be read" "$dir/nosuch" 2
cp "$plan" "$dir/other"; chmod 620 "$dir/other"; refuse "written by others" "$dir/other" 2; rm "$dir/other"
groups_were=$groups
groups='<group name="german-sales">(user.country -eq "Germany")</group>'
configure
refuse "configuration of sync 'staff' has changed" "$plan"
groups=$groups_were
configure
sed 's/"until-ms":[0-9]*/"until-ms":1/' "$plan" >"$dir/other"; refuse "was altered" "$dir/other"
expect 0 apply "$plan" --yes
same "anna is chief" Chief "$(value anna title)"
expect 0 sync
truth

# ---- held, and approved item by item ----------------------------------------------------------------
for n in 1 2 3 4 5 6 7 8; do hire "leaf$n"; done
expect 0 sync
for n in 1 2 3 4 5 6 7 8; do control remove "{\"id\":\"$(id leaf$n)\"}"; done
expect 3 plan -o "$plan"
expect 3 apply "$plan" --yes
says "held"
same "nobody is locked" 0 "$(locked)"
n=$(hold removals)
expect 0 approve "$n" --user leaf1@contoso.example --reason 'he left'
expect 0 reject "$n" --user leaf2@contoso.example --reason 'she stays'
expect 4 approve "$n" --expect 8
expect 3 --json apply "$plan" --yes
same "one of them" 1 "$(locked)"
exists '(&(uid=leaf1)(pwdAccountLockedTime=*))' || fail "it was another one"
same "leaf1" done "$(rows "$out" fate "title = 'leaf1'")"
same "leaf2" skipped "$(rows "$out" fate "title = 'leaf2'")"
same "leaf3" held "$(rows "$out" fate "title = 'leaf3'")"

# What is declined is told wherever one looks, stays so, and ends with retry.
expect 0 holds --declined
says 'she stays'
expect 0 users --gone leaf2
says 'she stays'
expect 0 explain leaf2@contoso.example --target corporate
says 'she stays'
expect 0 --json status
same "status counts it" 1 "$(sqlite3 :memory: "SELECT readfile('$out') ->> 'declined'")"
expect 0 --json holds "$n"
digest=$(sqlite3 :memory: "SELECT readfile('$out') ->> '\$.holds[0].digest'")
expect 4 approve "$n" --digest 000000000000
complains "other ops"
expect 0 approve "$n" --sample 2 --digest "$digest"
expect 4 approve "$n" --digest "$digest"     # some are approved by now
expect 3 sync
same "the sample" 3 "$(locked)"
expect 4 approve "$n" --only-group nosuch
complains "no group"
expect 0 approve "$n" --expect 4
expect 0 sync
same "all but the declined one" 7 "$(locked)"
exists '(&(uid=leaf2)(!(pwdAccountLockedTime=*)))' || fail "leaf2 is locked"
still
expect 2 retry
expect 0 retry leaf2@contoso.example
says "1 object with something declined"
expect 0 holds --declined
says "Nothing is declined"
expect 0 sync
exists '(&(uid=leaf2)(pwdAccountLockedTime=*))' || fail "leaf2 was not taken up again"
truth

# ---- two at once: one decides, the other is told --------------------------------------------------
for n in 1 2 3 4 5 6 7 8; do hire "twig$n"; done
expect 0 sync
for n in 1 2 3 4 5 6 7 8; do control remove "{\"id\":\"$(id twig$n)\"}"; done
expect 3 sync
n=$(hold removals)
was=$(locked)
pids=''
for i in 1 2 3 4; do
        { "$MUSTER" approve "$n" --expect 8 >"$dir/said.a$i" 2>&1; echo $? >"$dir/code.a$i"; } </dev/null & pids="$pids $!"
        { "$MUSTER" reject "$n" --expect 8 >"$dir/said.r$i" 2>&1; echo $? >"$dir/code.r$i"; } </dev/null & pids="$pids $!"
done
# shellcheck disable=SC2086
wait $pids
last="eight at once"
same "one has decided" 1 "$(cat "$dir"/code.* | grep -c '^0$')"
same "the others are told" 7 "$(cat "$dir"/code.* | grep -c '^4$')"
for i in a1 a2 a3 a4 r1 r2 r3 r4; do
        [ "$(cat "$dir/code.$i")" = 0 ] || grep -qE 'closed already|keeps back 0 ops|is used by|another' "$dir/said.$i" ||
                { cat "$dir/said.$i" >&2; fail "nobody told $i"; }
done
won=$(grep -l '^0$' "$dir"/code.*)
expect 0 sync
case $won in
*.a?) same "approved" $((was + 8)) "$(locked)" ;;
*.r?) same "rejected" "$was" "$(locked)" ;;
esac
exit 0
