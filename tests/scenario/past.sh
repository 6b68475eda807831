#!/bin/bash
# past.sh - what somebody can find out later: a person's timeline from the source to the sink, what
# has changed since some time.
. "$srcdir/tests/scenario/engine.sh"
JSONCHECK=$top_builddir/tests/scenario/jsoncheck
json() { "$JSONCHECK" "$@" <"$out" || fail "its JSON is not right: $*"; }
begin 20 --seed 5
expect 0 timeline nobody; says 'Nothing has run yet'
expect 2 changes; complains 'since when?'

# Hired, renamed, moved into a rule's group, out of it, gone.
control hire '{"people":[{"userPrincipalName":"ada@contoso.example","displayName":"Ada Aho","mailNickname":"Ada.Aho",
        "mail":"ada@contoso.example","surname":"Aho","country":"Finland","department":"Repairs"}]}'
ada=$(one ada@contoso.example id)
[ -n "$ada" ] || fail "Ada was not hired: $answer"
expect 0 sync
first=$(sqlite3 "$dir/state/state.db" 'SELECT max(id) FROM run')
expect 0 timeline ada@contoso.example
says "source: new, run $first"; says 'department=Repairs'; says 'corporate: create'; says 'joins the group country-Finland'
control change "{\"id\":\"$ada\",\"set\":{\"department\":\"Sales\",\"country\":\"Germany\"}}"
expect 0 sync
second=$(sqlite3 "$dir/state/state.db" 'SELECT max(id) FROM run')
expect 0 timeline ada@contoso.example
says "source: changed, run $second"
grep -qE 'department +Repairs → Sales' "$out" || fail "the source's change is not told"
grep -qE 'departmentNumber +Repairs → Sales' "$out" || fail "the sink's change is not told"
says 'joins the group german-sales'; says 'leaves the group country-Finland'
[ "$(grep -nE 'source: new|corporate: create|source: changed|corporate: update|joins the group german-sales' "$out" | cut -d: -f2- |
        sed -E 's/^[-0-9: ]*//; s/[ ,].*//' | tr '\n' ' ')" = "source: corporate: source: corporate: corporate: " ] ||
        fail "the order is not that of time"
expect 0 timeline "$ada" --json
json /user/title='Ada Aho' /user/gone=false /events/0/what=new "/events/0/run=$first" /events/0/changes/0/before=null

# The directory itself is the witness of what was told last.
entry '(mail=ada@contoso.example)' departmentNumber | grep -qx 'departmentNumber: Sales' || fail "the directory says otherwise"

# Since some time: a run, so long ago, a day; and nothing else.
expect 0 changes --since "$second"
grep -qE 'changed +Ada Aho' "$out" || fail "who has changed is not told"
! grep -qE 'new +Ada Aho' "$out" || fail "what was before is told"
grep -qE 'departmentNumber +Repairs → Sales' "$out" || fail "what was done is not told"
expect 0 changes --since "$first" --json; json '#/source=22'
expect 0 changes --since 2h --json; json '#/source=22'
expect 0 changes --since yesterday --target corporate --json; json '!/source' /ops/0/verb=create
expect 0 changes --since "$(date -u -d '+1 day' +%F)" --json; json '#/source=0' '#/ops=0'
expect 0 changes --since "$second" --sync staff --json; json '#/source=1'
for wrong in '' never 2y 0 -3 2026-13-01 '2026-11-24 25:00' 99999999999999999999 99 2h3; do
        expect 2 changes --since "$wrong"
done
expect 2 changes --since 2h --sync nosuch; complains "no sync 'nosuch'"
expect 2 changes --since 2h --target nosuch; complains "no target 'nosuch'"

# Whoever has gone has a past; whoever was never here is nobody, and near names are told.
control remove "{\"id\":\"$ada\"}"
expect 0 sync
expect 0 timeline ada@contoso.example; says 'source: gone'; says 'corporate: disable'; says '(gone)'
expect 2 timeline ada@contosa.example; complains 'did you mean ada@contoso.example?'
expect 2 timeline 'Ada Ahoo'; complains 'did you mean Ada Aho?'
expect 2 timeline zzzzzzzzzzzzzzzzzzzz
! grep -q 'did you mean' "$err" || fail "a far name is near"

# ---- what is old goes, what is needed stays ---------------------------------------------------------
db=$dir/state/state.db
# retention ATTRIBUTES: in the configuration from now on
retention() { configure; sed -i "s|<source name|<retention $1/>&|" "$dir/muster.xml"; }
for wrong in 'days="6"' 'days="-1"' 'days="x"' 'size="x"' 'size="1k"' 'days="36501"' 'years="1"'; do
        retention "$wrong"; expect 2 check; complains 'muster.xml:'
done
number() { sqlite3 "$db" "PRAGMA busy_timeout=5000; $1" | tail -n 1; }
retention 'days="30"'
expect 0 sync                                # the configuration's own run, if there is one
# a hundred days ago, but for the last run; one has an op that is still open, one has been held
open=$(number 'INSERT INTO run(sync,mode,state,generation,started,ended,outcome) VALUES(1,2,5,1,1,2,1) RETURNING id')
held=$(number 'INSERT INTO run(sync,mode,state,generation,started,ended,outcome) VALUES(1,2,5,1,1,2,3) RETURNING id')
plain=$(number 'INSERT INTO run(sync,mode,state,generation,started,ended,outcome) VALUES(1,2,5,1,1,2,1) RETURNING id')
number "INSERT INTO op(run,target,sink,kind,entry,verb,state,rank,open) SELECT $open,target,sink,kind,entry,verb,4,rank,1 FROM op LIMIT 1;
        INSERT INTO opdata(number, text) SELECT max(number), 'parked' FROM op;
        INSERT INTO hold(run,sync,guard,reason,created) VALUES($held,1,'removals','by hand',1);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<2500)
        INSERT INTO log(run,line,at,level,text) SELECT $plain,i,1,3,'old' FROM n;
        UPDATE run SET started=started-8640000000, ended=ended-8640000000 WHERE started>3;
        UPDATE op SET ended=ended-8640000000 WHERE ended>0; UPDATE told SET at=at-8640000000;" >/dev/null
before=$(number 'SELECT count(*) FROM run')
links=$(number 'SELECT count(*) || total(entry) FROM link WHERE state<>3')
snap=$(snapshot)
expect 0 sync
same "links after old runs were dropped" "$links" "$(number 'SELECT count(*) || total(entry) FROM link WHERE state<>3')"
same "the sink after old runs were dropped" "$snap" "$(snapshot)"
same "a run with an open op" 1 "$(number "SELECT count(*) FROM run WHERE id=$open")"
same "an op that is open" 1 "$(number "SELECT count(*) FROM op WHERE run=$open")"
same "a run with an open hold" 1 "$(number "SELECT count(*) FROM run WHERE id=$held")"
same "a run that nobody needs" 0 "$(number "SELECT count(*) FROM run WHERE id=$plain")"
same "its log" 0 "$(number "SELECT count(*) FROM log WHERE run=$plain")"
same "the first run" 0 "$(number "SELECT count(*) FROM run WHERE id=$first")"
same "what it did" 0 "$(number "SELECT count(*) FROM op WHERE run=$first")"
same "what no op has" 0 "$(number 'SELECT count(*) FROM opdata WHERE number NOT IN (SELECT number FROM op)')"
same "what the source said in runs that are gone" 0 "$(number 'SELECT count(*) FROM told WHERE run NOT IN (SELECT id FROM run)')"
same "the store is whole" ok "$(number 'PRAGMA integrity_check')"
expect 0 status; says 'The store holds '; says ' runs since '
expect 0 status --json; json "/store/path=$db" /store/bytes /store/used /store/limit=null
expect 0 timeline ada@contoso.example; ! grep -q "run $first\$" "$out" || fail "what was dropped is told"
number "DELETE FROM op WHERE run=$open; DELETE FROM hold WHERE run=$held" >/dev/null
expect 0 sync
same "a run that nothing needs any more" 0 "$(number "SELECT count(*) FROM run WHERE id IN ($open,$held)")"

# By size: the oldest first, never of the last week, and never the last of all.
retention 'days="3650" size="16M"'
number "INSERT INTO run(sync,mode,state,generation,started,ended,outcome) SELECT 1,2,5,1,strftime('%s','now')*1000-86400000*20,
        strftime('%s','now')*1000-86400000*20,1; INSERT INTO run(sync,mode,state,generation,started,ended,outcome)
        SELECT 1,2,5,1,strftime('%s','now')*1000-86400000*3,strftime('%s','now')*1000-86400000*3,1;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<400) INSERT INTO log(run,line,at,level,text)
        SELECT r.id,i,1,3,hex(zeroblob(20000)) FROM n, (SELECT id FROM run ORDER BY id DESC LIMIT 2) r;" >/dev/null
old=$(number 'SELECT max(id)-1 FROM run')
expect 0 sync
same "an old run in a store that is too large" 0 "$(number "SELECT count(*) FROM log WHERE run=$old")"
same "a run of this week" 400 "$(number "SELECT count(*) FROM log WHERE run=$old+1")"
expect 0 status; says 'of <retention>'
exit 0
