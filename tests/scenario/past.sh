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
exit 0
