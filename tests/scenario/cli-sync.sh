#!/bin/bash
# The commands that do something, against the two small plugins that need no servers.
. "$srcdir/tests/scenario/cli.sh"
[ -e "$top_builddir/tests/plugins/.libs/demo-sink.so" ] || { . "$srcdir/tests/skip.sh"; skip "the demo plugins are not built (they come with check)"; }
mkdir -m 700 "$dir/state" "$dir/plugins"
cp "$top_builddir"/tests/plugins/.libs/demo-{source,sink}.so "$dir/plugins"
chmod 755 "$dir/plugins"/*
people=$dir/people directory=$dir/directory
cat >"$dir/muster.xml" <<EOF
<muster xmlns="urn:muster:config:1">
  <plugins folder="$dir/plugins"/>
  <store path="$dir/state/state.db"/>
  <source name="hr" plugin="demo-source"><file>$people</file></source>
  <sink name="phone" plugin="demo-sink"><file>$directory</file></sink>
  <sync name="staff" source="hr">
    <scope>user.userType -eq "Member"</scope>
    <group name="finance" title="Finance">user.department -eq "Finance"</group>
    <target sink="phone">
      <match attribute="mail"/>
      <groups use="*"/>
      <on-gone do="delete"/>
      <on-out-of-scope do="disable"/>
    </target>
  </sync>
</muster>
EOF
export MUSTER_CONFIG=$dir/muster.xml

# hire FROM TO [NAME]: writes the source's table with those people
hire() {
        echo 'id;displayName;mail;mailNickname;userPrincipalName;department;userType;accountEnabled'
        for ((i = $1; i <= $2; i++)); do
                echo "$i;${3-Person} $i;p$i@example.org;p$i;p$i@example.org;$([ $((i % 2)) = 0 ] && echo Finance || echo Sales);Member;true"
        done
}
objects() { grep -c "^$1	" "$directory"; }
hire 1 20 >"$people"; : >"$directory"

# --- before the first run ------------------------------------------------------------------
expect 0 check; silent; says "no mistakes"
expect 0 check --json; json '#/complaints=0'
expect 0 check --online; narrow; says "hr"; says "phone"
expect 0 check --online --json; json '#/instances=2' /instances/0/good=true /instances/1/role=sink
expect 0 status; says "Nothing has run yet"
expect 2 sync stafff; complains "did you mean 'staff'?"
expect 2 plan nonsense; complains "no sync 'nonsense'"
expect 2 sync --full --user p1@example.org; complains "give one of them"
[ ! -s "$directory" ] || fail "something was written"

# --- a plan is shown, saved, and changes nothing ---------------------------------------------
expect 0 plan; silent; narrow; says "phone: create 20 users"; says "uid=p1"; says "Plan of staff"
[ ! -s "$directory" ] || fail "a plan has written"
expect 0 plan --json -o "$dir/plan.json"; silent
json '!/error' /ops/0/verb=create /ops/0/sync=staff /plans/0/sync=staff
cp "$dir/plan.json" "$out"; json '/command=plan' /ops/0/verb=create /plans/0/outcome=done
[ "$(stat -c %a "$dir/plan.json")" = 600 ] || fail "others can read a saved plan"
expect 0 plan -o "$dir/plan.json"; says "Saved in"
expect 2 plan -o "$dir/none/plan.json"; complains "cannot be written"
[ "$(ls "$dir" | grep -c plan)" = 1 ] || fail "a temporary file was left behind"

# --- the first sync, and a second that has nothing to do --------------------------------------
expect 0 sync; silent; narrow
says "staff: done"; says "CREATED"; says "phone"; says "20 read"; says "members"
[ "$(objects user)" = 20 ] || fail "20 people are not there"
[ "$(grep -c member= "$directory")" = 1 ] || fail "no group with members"
before=$(cksum "$directory")
expect 0 sync --json; json '#/runs=1' /runs/0/outcome=done /runs/0/counts/created=0 /runs/0/targets/0/name=phone
[ "$(cksum "$directory")" = "$before" ] || fail "a sync with nothing to do has written"
expect 0 plan; says "no ops"
expect 0 plan --offline --json; json '#/ops=0'
expect 0 status --json; json /syncs/0/people=20 /targets/0/linked=20 /writer=null
expect 0 users p3@example.org; says "in phone: live"; says "name    p3"
expect 0 groups finance --json; json '#/members=10' /groups/0/links/0/present=10

expect 0 groups finance --history; silent; narrow; says "the first"
expect 0 groups finance --history --json; json '#/history=1' /history/0/version=1 /history/0/before=null /history/0/sync=staff '/history/0/rule=user.department -eq "Finance"'
expect 0 groups nothing --history; says "No rule of such a group is known"
expect 2 groups --history; complains "write its name"

# --- why somebody is in or out ---------------------------------------------------------------
expect 0 explain p2@example.org; silent; narrow
says "phone (phone): in"; says 'user.userType -eq "Member"'; says "create by run "; says "in the groups finance"
expect 0 explain p1@example.org --group finance; narrow; says "finance: out"; says 'department = "Sales"  <- this'; says "not there"
expect 0 explain p2@example.org --group finance; says "finance: in"; says "a member there; joined by run"
says "by version 1"; says "of the rule (run "
expect 0 explain p2@example.org --group finance --json; json /sinks/0/rule_version/version=1 /sinks/0/rule_version/latest=true
json /in=true /rule/0/kind=condition /rule/0/values/department=Finance /sinks/0/present=true /sinks/0/change=joined /user/id=2
expect 0 explain p2@example.org --attribute mail
says "mail of phone"; says 'wanted       "p2@example.org"'; says 'written      "p2@example.org"'; says "by run "
expect 0 explain p2@example.org --attribute mail --json; json /maps/0/wanted=p2@example.org /maps/0/run
expect 0 eval --user p2@example.org 'user.department -in ["Finance"]'; says true
expect 0 eval --user p2@example.org '[displayName]' --json; json '/value=Person 2' /type=text
expect 2 explain nobody; complains "nobody here"
expect 2 explain p2@example.org --group financ; complains "did you mean 'finance'?"
expect 2 explain p2@example.org --target phon; complains "did you mean 'phone'?"
expect 2 explain p2@example.org --attribute mial; complains "did you mean 'mail'?"
expect 2 explain p2@example.org --attribute nothing; complains "writes an attribute 'nothing'"
expect 2 explain p2@example.org --group a --attribute b; complains "two questions"

# --- who is disabled is in no group, and is told so; long values go on in the next line --------
cp "$people" "$dir/all"
sed -i 's/^\(2;.*\);true$/\1;false/; s/^4;Person 4;/4;'"$(printf 'Long Name %.0s' {1..20})"';/' "$people"
expect 0 sync
expect 0 groups finance; narrow; says "not in phone: disabled there"; says "blocked at the source"
! grep -q "waiting" "$out" || fail "somebody who is disabled waits"
expect 0 groups finance --json; tr -d '\n ' <"$out" | grep -q '"id":"2",[^}]*"present":\[\],"disabled":\["phone"\]' || fail "the disabled one is not told"
[ "$(grep -c '"disabled":\["phone"\]' "$out")" = 1 ] || fail "others are told as disabled"
expect 0 explain p2@example.org --group finance; narrow; says "not there: his account is disabled, blocked at the source"
expect 0 users p4@example.org; narrow; [ "$(grep -o 'Long Name' "$out" | wc -l)" -ge 36 ] || fail "a long value is cut"
expect 0 explain p4@example.org --attribute displayName; narrow
cp "$dir/all" "$people"; expect 0 sync

# --- a group whose name has blanks can be named ------------------------------------------------
sed '/<target sink/i\
    <group name="people" any-of="finance '"'dept-Human Resources'"'"/>\
    <groups for-each="department" name="dept-{value}"/>' "$dir/muster.xml" >"$dir/new.xml"
named() { sed "s|</sync>|<test user='{\"department\":\"Human Resources\"}' $1/></sync>|" "$dir/new.xml" >"$dir/named.xml"; }
named "in=\"'dept-Human Resources' people\" not-in=\"finance 'dept-Human R'\""; expect 0 check -c "$dir/named.xml"; silent
named "in=\"people\" not-in='\"dept-Human Resources\"'"; expect 2 check -c "$dir/named.xml"; complains "this user is in the group 'dept-Human Resources'"
named "in='other stuff'"; expect 2 check -c "$dir/named.xml"; complains "there is no group 'stuff'"
sed -i "s|<groups use=\"\*\"/>|<groups use=\"'dept-Human R*'\"/>|" "$dir/new.xml"; expect 0 check -c "$dir/new.xml"; silent

# --- a group that is made of others and of names ----------------------------------------------
sed '/<target sink/i\
    <group name="sales" title="Sales">user.department -eq "Sales" -and user.mail -ne null</group>\
    <group name="old">user.jobTitle -eq "Retired"</group>\
    <groups for-each="department" name="dept-{value}"/>\
    <group name="board" any-of="finance dept-Legal" none-of="old s*">\
      user.userType -eq "Member"\
      <include user="p1@example.org" reason="works on the board" by="Carl"/>\
      <include user="p3@example.org" until="2020-01-01"/>\
      <exclude user="p4@example.org" reason="on leave, for as long as this sentence needs to go beyond one line"/>\
    </group>\
    <group name="wide" all-of="board sales"/>' "$dir/muster.xml" >"$dir/sets.xml"
sets() { expect 0 explain -c "$dir/sets.xml" "$1@example.org" --group "$2" ${3-}; silent; [ -n "${3-}" ] || narrow; }
line=$(grep -n 'works on the board' "$dir/sets.xml" | cut -d: -f1)
sets p1 board; says "board: in, included by name: works on the board (line $line, by Carl)"; says "yes  included by name"; ! grep -q "to be in" "$out" || fail "in, and yet to change"
sets p2 board; says "board: in, being in finance"; says 'yes      user.department -eq "Finance"'; says "in one of these, which are taken out:"; says "no     dept-Legal"
! grep -q -- '-eq "Legal"' "$out" || fail "what decides nothing is told at length"
sets p2 board -v; says '-eq "Legal"'
sets p3 board; says "board: out, not being in finance, dept-Legal"; says "2020-01-01, which is over"; says 'no       user.department -eq "Finance"'
sed -n '/-eq "Finance"  /,/-eq "Legal"/p' "$out" | grep -q '<- this' || fail "the first that fails is not marked"
says 'to be in     user.department -eq "Finance" must become true'; says 'user.department -eq "Sales" must become false'
sets p4 board; says "board: out, excluded by name: on leave"; says "the <exclude> in line $((line + 2)) must go"
sets p1 board --json; json /because="included by name: works on the board (line $line, by Carl)" /rule/0/kind=exclude /rule/0/holds=false \
        /rule/1/kind=include /rule/1/name=p1@example.org "/rule/1/line=$line" '/rule/1/reason=works on the board' /rule/1/by=Carl /rule/1/decides=true /rule/3/kind=any-of /rule/4/kind=group /rule/4/name=finance
sets p4 board --json; json /in=false /rule/0/kind=exclude /rule/0/holds=true /rule/0/first=true /rule/0/change=true
sets p1 wide; says "wide: in, being in board, sales"
sets p2 wide; says "wide: out, not being in sales"; says "<- this"; says 'user.department -eq "Sales" must become true'
sets p1 dept-Finance; says 'department must become "Finance"'
sets p1 finance; says 'finance: out'; says 'to be in     user.department -eq "Finance" must become true'
sed -i 's/-eq "Member"<.scope>/-eq "Guest"<\/scope>/' "$dir/sets.xml"
sets p1 finance; says 'user.userType -eq "Guest" must become true'; says 'user.department -eq "Finance" must become true'
expect 0 explain -c "$dir/sets.xml" p1@example.org; narrow; says "out of scope"; says 'to be in     user.userType -eq "Guest" must become true'

# --- the versions of such a group are in its own words -----------------------------------------
cp "$dir/state/state.db" "$dir/kept.db"; cp "$directory" "$dir/kept"
sed 's/-eq "Guest"/-eq "Member"/' "$dir/sets.xml" >"$dir/new.xml"
"$MUSTER" sync -c "$dir/new.xml" >"$out" 2>"$err"
expect 0 groups -c "$dir/new.xml" board --history --json; tr -d '\n' <"$out" | grep -q '"user.userType -eq \\"Member\\"; any-of finance dept-Legal; none-of old s\*; include p1@example.org (works on the board, by Carl); include p3@example.org until 2020-01-01; exclude p4@example.org (on leave' || fail "the version is not in the words of who wrote it"
rm -f "$dir/state/state.db"*; cp "$dir/kept.db" "$dir/state/state.db"; chmod 600 "$dir/state/state.db"; cp "$dir/kept" "$directory"

# --- a name in <include> or <exclude> that nobody has ---------------------------------------------
sed 's/<scope>.*/<scope>user.userType -eq "Member"<\/scope>/; s/user="p3@example.org"/user="P3@exampel.org"/; s/user="p4@/user="nobody.at.all@/; /target sink/,/\/target/{/groups use/d}' "$dir/sets.xml" >"$dir/new.xml"
sed -i 's/user="p1@example.org"/user="P1@EXAMPLE.org"/' "$dir/new.xml"
line=$(grep -n 'P3@' "$dir/new.xml" | cut -d: -f1)
expect 0 check -c "$dir/new.xml"; complains "new.xml:$line:22: warning: nobody in the mirror is 'P3@exampel.org'"; complains "did you mean p3@example.org?"
complains "nobody in the mirror is 'nobody.at.all@example.org'"; ! grep -qi "'p1@" "$err" || fail "somebody who is there is not known"
expect 0 plan -c "$dir/new.xml" --offline; complains "calls 'P3@exampel.org' (group 'board', line $line; did you mean 'p3@example.org'?), 'nobody.at.all@example.org' (group 'board'"
[ "$(grep -c 'the source has nobody' "$err")" = 1 ] || fail "not told in one line"
sed 's/name="board"/name="finance"/; /<group name="finance" title/d; s/any-of="finance /any-of="/; /name="wide"/d' "$dir/new.xml" >"$dir/named.xml"
expect 0 groups -c "$dir/named.xml" finance; narrow; says "nobody is 'P3@exampel.org', whom the <include> in line $((line - 1)) names;"
expect 0 groups -c "$dir/named.xml" finance --json; json '#/strangers=2' /strangers/0/near=p3@example.org /strangers/1/include=false
expect 0 groups finance --json; json '#/strangers=0'
expect 0 plan --offline; ! grep -q "has nobody" "$err" || fail "told without a reason"

# --- what another configuration would do ---------------------------------------------------------
sed 's/-eq "Finance"/-eq "Sales"/; s/<groups use/<map to="displayName">ToUpper([displayName])<\/map>\n      &/' "$dir/muster.xml" >"$dir/new.xml"
expect 0 rules diff "$dir/muster.xml" "$dir/new.xml"; silent; narrow
says "20 people looked at; for 20 of them"; says "group finance"; says "phone: displayName"
expect 0 rules diff "$dir/muster.xml" "$dir/new.xml" --json --people
json /people=20 /moved=20 '#/movers=2' /movers/0/what=group /movers/0/enters=10 /movers/0/leaves=10 /movers/1/changes=20 '#/moves=40'
expect 0 rules diff "$dir/muster.xml" "$dir/new.xml" --people; says "Person 2: leaves group finance"; says "Person 1: enters group finance"
says 'phone: displayName "Person 3" → "PERSON 3"'
expect 0 rules diff "$dir/muster.xml" "$dir/muster.xml"; says "for 0 of them"
expect 0 check -c "$dir/muster.xml" --json; json '#/complaints=0'
{ head -n 1 "$people"; sed -n '2,$s/;Sales;/;;/p' "$people"; } >"$dir/some"; cp "$people" "$dir/all"
{ cat "$dir/some"; grep ';Finance;' "$people"; } >"$people.new"; mv "$people.new" "$people"
expect 0 sync
sed 's/-eq "Finance"/-ne "Finance"/' "$dir/muster.xml" >"$dir/new.xml"
expect 0 check -c "$dir/new.xml"; complains 'is also true for the 10 of 20 people who have no department'
expect 0 check -c "$dir/new.xml" --json; json '#/complaints=1' /complaints/0/severity=warning /complaints/0/line=8
cp "$dir/all" "$people"; expect 0 sync
sed 's/-eq "Finance"/-eq "Sales"/; s/<groups use/<map to="displayName">ToUpper([displayName])<\/map>\n      &/' "$dir/muster.xml" >"$dir/new.xml"
sed 's/-eq "Member"/-eq "Guest"/' "$dir/muster.xml" >"$dir/new.xml"
expect 0 explain -c "$dir/new.xml" p2@example.org --attribute mail; says "out of scope there: no value is written"
expect 0 explain -c "$dir/new.xml" p2@example.org --attribute mail --json; json /maps/0/in=false
expect 0 explain p2@example.org --attribute mail --json; json /maps/0/in=true
expect 0 rules diff "$dir/muster.xml" "$dir/new.xml" --json; json '#/movers=2' /movers/0/leaves=20 /movers/1/leaves=10
json /movers/0/accounts/disabled=20 /movers/0/accounts/created=0 '!/movers/1/accounts'
expect 0 rules diff "$dir/muster.xml" "$dir/new.xml"; says "phone: 20 accounts would be disabled."
sed '/<group /d; /<groups use/d' "$dir/muster.xml" >"$dir/new.xml"
expect 0 rules diff "$dir/muster.xml" "$dir/new.xml" --json; json '#/movers=1' /movers/0/name=finance /movers/0/leaves=10
expect 0 rules diff "$dir/new.xml" "$dir/muster.xml" --json; json '#/movers=1' /movers/0/enters=10
sed 's/name="staff"/name="all"/' "$dir/muster.xml" >"$dir/new.xml"
expect 0 rules diff "$dir/muster.xml" "$dir/new.xml" --json; json '#/movers=2' /movers/0/leaves=20
json /movers/0/accounts/kept=20 /movers/0/accounts/disabled=0
sed 's/-eq "Finance"/-eqq "\&lt;" -and user.mial -ne null/' "$dir/muster.xml" >"$dir/new.xml"
expect 2 check -c "$dir/new.xml"; complains '        user.department -eqq "<" -and user.mial -ne null'; complains '                        ^~~~'; complains "        did you mean -eq?"
complains "has no attribute 'mial'"; [ "$(grep -c '\^~~~' "$err")" = 2 ] || fail "not each of the two is marked"
expect 2 rules diff "$dir/muster.xml" "$dir/none.xml"; complains "none.xml"
expect 2 rules dif "$dir/muster.xml" "$dir/new.xml"; complains "rules knows 'diff'"
expect 0 plan --offline --json; json '#/ops=0'
expect 0 history --json; json /runs/0/outcome=done

# --- one changes; a chosen one ------------------------------------------------------------------
{ hire 1 1 Renamed; hire 2 20 | tail -n +2; } >"$people"
expect 0 plan; says "update 1 user"; says "Renamed 1"; says "Person 1 → Renamed 1"
expect 0 sync -v; says "done"
grep -q "displayName=Renamed 1" "$directory" || fail "the new name has not arrived"
expect 0 history --user 1; says "Person 1 → Renamed 1"
run=$("$MUSTER" history --json | sed -n 's/.*"run":\([0-9]*\).*/\1/p' | head -n 1)
expect 0 log "$run"
expect 0 history "$run" --json; json '#/ops=1' /ops/0/verb=update /ops/0/changes/0/after="Renamed 1"

# --- one is refused; the others go on -------------------------------------------------------------
{ hire 1 1 Renamed; hire 2 21 | tail -n +2; echo '99;Bad!;bad@example.org;bad!;bad@example.org;Sales;Member;true'; } >"$people"
expect 1 sync; says "tells why"
grep -q uid=p21 "$directory" || fail "one refused op holds back another"
expect 0 log; says "bad"
expect 0 status --json; json /targets/0/parked=1
{ hire 1 1 Renamed; hire 2 21 | tail -n +2; } >"$people"

# --- chosen people whom nobody knows are told, and who may be meant ---------------------------------
expect 2 sync --user p2@exampel.org; complains "nobody here has the id, UPN, mail or object 'p2@exampel.org'; did you mean p2@example.org?"
expect 2 sync --user p2@exampel.org --json; json /error/class=usage /runs/0/sync=staff
expect 0 sync --user p2@example.org

# --- the source shrank; guards hold; somebody approves ---------------------------------------------
hold_of() { "$MUSTER" holds --json | tr -d '\n' | grep -o '"hold":[0-9]*,[^}]*"guard":"'"$1"'"' | grep -o '[0-9]*' | head -n 1; }
{ hire 1 1 Renamed; hire 2 10 | tail -n +2; } >"$people"
expect 3 plan; says "held"
expect 3 sync; says "muster holds"
[ "$(objects user)" = 21 ] || fail "a guard did not hold"
expect 0 holds; says "source-shrank"
hold=$(hold_of source-shrank)
expect 0 holds "$hold"; says "--expect 10"
"$MUSTER" approve "$hold" >"$out" 2>"$err" && fail "a shrunken source was approved without a count"
expect 0 approve "$hold" --expect 10

expect 3 sync
[ "$(objects user)" = 21 ] || fail "removals were not held"
hold=$(hold_of removals)
[ -n "$hold" ] || fail "no hold for removals"
expect 0 holds "$hold" --json; json '#/ops=12' /ops/0/verb=disable     # by one read nobody is deleted
expect 2 approve; complains "approve needs N"
expect 2 approve one; complains "N is a number"
"$MUSTER" approve 77 >"$out" 2>"$err" && fail "a hold that is not there was approved"
"$MUSTER" approve "$hold" --expect 3 >"$out" 2>"$err" && fail "a wrong count was approved"
complains 12
expect 2 approve "$hold" --user nobody; complains "nobody here"
expect 0 approve "$hold" --user p11@example.org --reason "he is gone"; says "1 op approved"
expect 3 sync --json; json /runs/0/counts/disabled=1 /runs/0/counts/deleted=0
# he is to be deleted now, as the second read lacked him, too; the others are to be disabled first
[ "$(objects user)" = 21 ] || fail "the disabling was approved, and not the rest"
expect 0 approve "$hold" --expect 12 --json; json /holds/0/decision=approved /holds/0/ops=12
expect 3 sync --json; json /runs/0/counts/disabled=10 /runs/0/counts/deleted=1
[ "$(objects user)" = 20 ] || fail "the approved one was not deleted alone"
expect 0 approve "$(hold_of removals)" --json; json /holds/0/decision=approved
expect 0 sync; says done
[ "$(objects user)" = 10 ] || fail "what was approved was not done"
expect 0 holds; says "Nothing is held"
expect 0 holds --over; says "over"

# --- reset -------------------------------------------------------------------------------------------
expect 2 reset; complains "reset takes the name of a sync, or --forget"
expect 2 reset stuff; complains "did you mean 'staff'?"
expect 0 reset staff; says "reads everything anew"
expect 0 reset staff --json; json /syncs/0/reset=true
expect 0 status; says "reads everything anew"
expect 0 sync --json; json /runs/0/mode=full

# --- what is wrong with many is said of some --------------------------------------------------------
cp "$people" "$dir/before"
for ((i = 200; i < 230; i++)); do echo "$i;Bad!;b$i@example.org;bad!$i;b$i@example.org;Sales;Member;true"; done >>"$people"
expect 1 sync; complains "10 more warnings like these: \`muster log"
[ "$(grep -c "is parked" "$err")" = 20 ] || fail "told $(grep -c "is parked" "$err") of 30"
expect 0 log; [ "$(grep -c "is parked" "$out")" = 30 ] || fail "the log has not all of them"
cp "$dir/before" "$people"

# --- two at once ----------------------------------------------------------------------------------------
if command -v flock >/dev/null; then
        flock "$dir/state/state.db.lock" sleep 30 & holder=$!
        sleep 0.3
        expect 4 sync; complains "another muster works with the store"
        expect 4 sync --json; json /error/class=refused
        expect 0 status
        kill "$holder"; wait "$holder" 2>/dev/null
fi
exit 0
