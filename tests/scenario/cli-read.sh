#!/bin/bash
# The commands that only read: nothing there yet, a store as some runs leave it, one that
# somebody writes to, one that is damaged; hostile text everywhere.
. "$srcdir/tests/scenario/cli.sh"
SEED=$top_builddir/tests/scenario/seed
config=$dir/muster.xml
mkdir -m 700 "$dir/state"
store=$dir/state/state.db
cat >"$config" <<EOF
<muster xmlns="urn:muster:config:1">
  <store path="$store"/>
  <source name="contoso" plugin="none"/>
  <sink name="corporate" plugin="none"/>
  <sync name="staff" source="contoso"><target sink="corporate"><match attribute="mail"/></target></sync>
</muster>
EOF
export MUSTER_CONFIG=$config
readers='status history log users groups duplicates holds'

# --- nothing has run yet ---------------------------------------------------------------
rows() { case $1 in status) echo syncs;; history) echo runs;; log) echo lines;; *) echo "$1";; esac; }
for command in $readers; do
        expect 0 "$command"; says "Nothing has run yet"; says "$store"; silent
        expect 0 "$command" --json; json "/command=$command" "#/$(rows "$command")=0"
done
[ ! -e "$store" ] || fail "a command that reads has made the store"
[ -z "$(ls -A "$dir/state")" ] || fail "a command that reads has left something"
expect 2 status -c "$dir/none.xml"; complains "$dir/none.xml"; complains "cannot be opened"
expect 2 status --json -c "$dir/none.xml"; json /error/class=configuration /complaints/0/severity=error

# --- as some runs leave it ---------------------------------------------------------------
"$SEED" "$store" || exit 99
before=$(cksum "$store")

expect 0 status; silent; narrow
says "staff"; says "cut off"; says "1 hold is open"; says "2 duplicates"; says 'cannot \x1b[1m connect'
expect 0 status --json; silent
json /syncs/0/name=staff /syncs/0/people=38 /syncs/0/last/run=3 /syncs/0/last/outcome=null /targets/0/held=3 \
        /targets/0/parked=1 /targets/0/disabled=1 /targets/0/linked=35 /holds=1 /duplicates=2 /instances/1/role=sink \
        /instances/1/aside=true /writer=null

expect 0 history; narrow; says "held"; says "1 updated, 3 held"; says "not ended"
expect 0 history --json; json '#/runs=3' /runs/0/run=3 /runs/1/outcome=held /runs/1/counts/read=1000000 /runs/2/mode=full
expect 0 history --sync staff --json; json '#/runs=3'
expect 0 history --sync other --json; json '#/runs=0'
expect 0 history --sync other; says "no such runs"
expect 0 history 2; narrow; says "corporate: disable 3 users, 3 held"; says "Person 4"; says 'new\x1b[2J@contoso'
says "old@contoso.example"
expect 0 history 2 --json; json '#/ops=5' /ops/0/verb=disable /ops/0/hold=1 /ops/3/state=done /ops/3/outcome=done \
        /ops/4/state=parked /ops/3/changes/0/attribute=mail /ops/3/changes/0/before=old@contoso.example
expect 0 history 1; says "did nothing to any sink"
expect 0 history --user person4@contoso.example --json; json '#/ops=1' /ops/0/verb=update
expect 0 history --user corporate:uuid-00001 --json; json '#/ops=1' /ops/0/verb=disable
expect 0 history --user 'corporate:UID=person4,OU=people,DC=contoso,DC=example' --json; json '#/ops=1'
expect 0 history --user id-00015; says "Nothing has been done"
expect 2 history --user twins@contoso.example; complains "more than one"; complains "id-00011"; complains "id-00012"
expect 2 history --user twins@contoso.example --json; json /error/class=usage '#/candidates=2'
expect 2 history --user nobody; complains "nobody here"
expect 2 history --user 'Person 4'; complains "nobody here"      # a name is not an identity
expect 2 history 99; complains "no run 99"
expect 2 history 0; complains "no run 0"
expect 2 history two; complains "RUN is a number, not 'two'"
expect 2 history -- -1; complains "RUN is a number"
expect 2 history 99999999999999999999; complains "RUN is a number"

expect 0 log; says "Run 3"
expect 0 log 2; says 'slow \x1b[2J server'; says warning
! grep -q "for those who look" "$out" || fail "debug lines without --verbose"
expect 0 log 2 -v; says "for those who look"
expect 0 log 2 --json; json '#/lines=3' /lines/1/level=warning /lines/0/line=1
expect 2 log 99; complains "no run 99"
expect 2 log x; complains "not 'x'"

expect 0 users; narrow
expect 0 users --json; json '#/users=38'
expect 0 users --gone --json; json '#/users=39'
expect 0 users --json -v; json /users/0/record/displayName /users/0/links
expect 0 users twins --json; json '#/users=2'
expect 0 users 'PERSON1?@*' --json; json '#/users=9'
expect 0 users 'person1*' --json; json '#/users=10'
expect 0 users '*1' --json; json '#/users=4'                     # the whole of a name
expect 0 users id-00005; says "disabled, out of scope since 2023-11-14"; says "uuid-00005"
expect 0 users id-00005 --json; json '#/users=1' /users/0/id=id-00005 /users/0/links/0/state=disabled \
        /users/0/links/0/made=created /users/0/links/0/applied/uid=person5
expect 0 users 'ä*' --json; json '#/users=1' "/users/0/title=Änne 李"
expect 0 users evil; says 'Eve \x1b]0;owned\x07\n\u{202e}evil'
expect 0 users evil --json; json '#/users=1'
expect 0 users corporate:uuid-00003 --json; json '#/users=1' /users/0/id=id-00003
expect 0 users nobody-at-all; says "Nobody matches"
expect 0 users '****************************************x'; says "Nobody matches"

expect 0 groups; narrow; says "11 (1 waiting)"
expect 0 groups --json; json '#/groups=1' /groups/0/members=12 /groups/0/links/0/present=11 /groups/0/links/0/waiting=1 \
        /groups/0/links/0/last_change/joined=3 /groups/0/links/0/last_change/left=2
expect 0 groups fin; says "waiting for corporate"; says "Finance: all"; says "3 joined and 2 left in run 1"
expect 0 groups fin --json; json '#/members=12' /members/0/member=true
expect 0 groups 'f*' --json; json '#/groups=1' '!/members'
expect 0 groups nothing; says "no such groups"

expect 0 duplicates; narrow; says 'uid=other\x1b[31m,dc=x'
expect 0 duplicates --json; json '#/duplicates=2' /duplicates/0/attribute=mail /duplicates/0/sink=corporate

expect 0 holds; narrow; says "removals"; says "muster approve"
expect 0 holds --json; json '#/holds=1' /holds/0/ops=3 /holds/0/state=open /holds/0/guard=removals
expect 0 holds 1; narrow; says "disable 3 users"; says "approve 1 --expect 3"
expect 0 holds 1 --json; json '#/ops=3' /holds/0/hold=1
expect 2 holds 7; complains "no hold 7"
expect 2 holds one; complains "N is a number"

# --- rules: cases from a file, an expression for one person -----------------------------
cases=$dir/cases.json
cat >"$cases" <<'EOF'
{ "users": [ { "id": "anna", "department": "Finance" }, { "id": "ben" } ],
  "membership": [ { "id": "right", "rule": "user.department -eq \"Finance\"", "matches": ["anna"] },
                  { "id": "wr\u001b[31mng", "rule": "user.department -eq null", "matches": ["anna"] } ] }
EOF
expect 1 test "$cases"; narrow; says 'in: anna'; says 'also in: ben'; says 'wr\x1b[31mng'; says "1 as expected, 1 different"
! grep -q '^right' "$out" || fail "a case that is as expected is listed"
expect 1 test "$cases" -v; says "as expected"
expect 1 test "$cases" --json; json '#/cases=2' /cases/0/passed=true '/cases/1/expected=in: anna' /failed=1
expect 0 test "$top_srcdir/tests/cases/rules-public.json"; says "354 as expected, 0 different"
printf '{"users":[{"id":"a"}],"membership":[{"rule":"x","matches":["b"]},{"matches":[]}]}' >"$cases"
expect 2 test "$cases"; complains "there is no user 'b'"; complains 'membership 2: needs either "rule" or "group"'
expect 2 test "$cases" --json; json '#/complaints=2' /error/class=configuration
printf '{"users":[{"id":"a"}],"membership":[{"id":"m1","rule":"user.a -eq 1 -and\\nuser.b -eqq 2","matches":[]}]}' >"$cases"
expect 1 test "$cases"; narrow; says "m1: unknown operator: found '-eqq'"; says '        user.b -eqq 2'; says '               ^~~~'; says "        did you mean -eq?"
# every mistake with its line and column (of characters, not bytes), all at once, with what to do
cat >"$cases" <<'EOF'
{ "format": 2, "nwo": "x",
  "users": [
    { "id": "anna", "department": "Finance" },
    { "id": "anna" }, 7, { "id": "bj\u00f8rn" }, { "id": "ÄÖ" }, { "department": "x" } ],
  "membership": [
    { "id": "ÄÖÜ", "rule": "true", "matches": ["ana", "bjørn",
        "ÄÖ", 4] },
    { "rule": "x", "gruop": "y" }, 3,
    { "rule": "x", "error": "yes" } ],
  "mapping": [ { "expr": "[a]", "user": "anne", "result": null },
    { "taken": 1, "result": null } ],
  "scoping": {} }
EOF
expect 2 test "$cases"; complains "$cases:1:3: error: \"format\" is 2"; complains ':1:16: error: the file: what is "nwo"?'; complains 'did you mean "now"?'
complains ":4:5: error: two users have the id 'anna'"; complains ":4:23: error: user 3 is not an object"; complains ':4:66: error: user 6 has no "id"'
complains ":6:48: error: ÄÖÜ: there is no user 'ana'"; complains 'did you mean "anna"?'; complains ":7:15: error: ÄÖÜ: there is no user '?'"
! grep -q "no user 'bjørn'" "$err" || fail "an id with an escape is not known"
complains ':8:20: error: membership 2: what is "gruop"?'; complains 'did you mean "group"?'; complains ':8:5: error: membership 2: needs either "matches" or'
complains ":8:36: error: membership 3 is not an object"; complains ':9:20: error: membership 4: "error" is neither true nor false'
complains ":10:33: error: mapping 1: there is no user 'anne'"; complains ':11:5: error: mapping 2: "user" is missing'; complains ':11:7: error: mapping 2: "taken" is not a list'
complains ':12:3: error: "scoping" is not a list of cases'
[ "$(grep -c '^        ' "$err")" = "$(grep -c ': error: ' "$err")" ] || fail "a mistake without a remedy"
expect 2 test "$cases" --json; json /complaints/3/line=4 /complaints/3/column=23 "/complaints/3/file=$cases"
printf '{ "users": [\n  {"id": "a",}\n] }' >"$cases"
expect 2 test "$cases"; complains "$cases:2:14: error: this is not JSON"
echo '[]' >"$cases"; expect 2 test "$cases"; complains "$cases:1:1: error: not a file of cases"
expect 2 test "$dir/none.json"; complains "cannot be opened"
expect 2 test; complains "usage: muster test"
echo '{"department":"Finance","phones":["1","2"]}' >"$dir/person.json"
expect 0 eval --record "$dir/person.json" 'user.department -eq "finance"'; says true; says boolean
expect 0 eval --record "$dir/person.json" 'ToUpper([department])'; says FINANCE; says text
expect 0 eval --record "$dir/person.json" '[phones]' --json; json /type=list '#/value=2' /language=mapping
expect 0 eval --record "$dir/person.json" --now 2026-01-15T09:30:00Z 'FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyy-MM-dd")'; says 2026-01-15
expect 1 eval --record "$dir/person.json" 'Error("no way")'; says "no value"; says "no way"
expect 2 eval --record "$dir/person.json" 'user.department -eqq "x"'; complains "expression:1:17"; complains "did you mean -eq"
expect 2 eval --record "$dir/person.json" '-not (user.department -eq null)'; complains "write -- in front of"
expect 0 eval --record "$dir/person.json" -- '-not (user.department -eq null)'; says true; says boolean
expect 0 eval --record "$dir/person.json" 'user.department = "Finance"'; says "of a mapping: it is no rule"
expect 0 eval --help; says "muster eval --user"; narrow
expect 0 eval --record "$dir/person.json" 'Redact([department])'; says "(not shown)"; ! grep -q Finance "$out" || fail "eval shows what Redact() hides"
expect 0 eval --record "$dir/person.json" 'Append(Redact([department]), "x")' --json; json "/value=(not shown)" /redacted=true; ! grep -q Finance "$out" || fail "eval --json shows what Redact() hides"
expect 0 eval --record "$dir/person.json" --reveal 'Redact([department])'; says Finance
expect 0 eval --record "$dir/person.json" --reveal 'Redact([department])' --json; json /value=Finance /redacted=false
# the line of the rule, with its place marked: below wide letters, in a line of several, in a long one
expect 2 eval --record "$dir/person.json" --rule 'user.city -eq "Oslo" -or
        user.displayName -eq "李李李" -or user.department -eqq "x"'
complains "expression:2:56"; complains '        user.displayName -eq "李李李" -or user.department -eqq "x"'
grep -qxF "$(printf '%58s^~~~' '')" "$err" || fail "the mark is at the wrong place"
expect 2 eval --record "$dir/person.json" --rule "user.city -in ["$(printf '%0200d' 0)"] -and user.city -eqq "$(printf '%0200d' 0)""
complains '^~~~'; ! grep -E '^        ' "$err" | grep -qE '^.{81}' || fail "an excerpt is wider than 80 columns"
expect 2 eval --record "$dir/person.json" --rule 'user.city -eqq "x"' --json; ! grep -q '~~~' "$out" || fail "a mark in the document"
expect 2 eval --record "$dir/person.json" --rule '[department]'; complains "the text is no rule"
expect 2 eval --record "$dir/person.json" --rule --map '[department]'; complains "exclude each other"
expect 2 eval --record "$dir/person.json" --now soon '[department]'; complains "not 'soon'"
expect 2 eval '[department]'; complains "--user U or --record FILE"
expect 2 eval --user x --record y '[department]'; complains "--user U or --record FILE"
expect 2 eval --record "$dir/none.json" '[department]'; complains "none.json"

# not one control character but the line's end, wherever it comes from
for command in $readers 'history 2' 'log 2' 'users evil' 'holds 1' 'groups fin'; do
        for form in '' --json; do
                expect 0 $command $form
                ! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$out" || fail "control characters"
        done
done
[ "$(cksum "$store")" = "$before" ] || fail "a command that reads has written"

# --- while somebody writes ---------------------------------------------------------------
if command -v flock >/dev/null; then
        sleep 60 & writer=$!
        printf 'process %s, since now\n' "$writer" >"$store.lock"
        expect 0 status; says "running, process $writer"
        expect 0 status --json; json "/writer=$writer"
        kill "$writer"; wait "$writer" 2>/dev/null
fi

# --- damaged, foreign, too new, open to all ------------------------------------------------
cp "$store" "$dir/good"
rm -f "$store-wal" "$store-shm"
for command in $readers; do
        printf 'this is no database, and it is long enough to look at: %0400d\n' 0 >"$store"; chmod 600 "$store"
        expect 4 "$command"; complains "$store"; complains "put back a copy"
        expect 4 "$command" --json; json /error/class=internal
done
head -c 20000 "$dir/good" >"$store"
expect 4 users; complains "damaged"
: >"$store"
expect 0 status; says "Nothing has run yet"
cp "$dir/good" "$store"; chmod 644 "$store"
expect 4 status; complains "chmod 0600"
chmod 600 "$store"
expect 0 status
rm "$store"; ln -s "$dir/good" "$store"
expect 4 status; complains "links are not followed"
exit 0
