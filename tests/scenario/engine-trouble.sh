#!/bin/bash
# engine-trouble.sh - a source that lies, breaks off and forgets; a directory that refuses, dies
# and is away.  Everything else goes through, nobody is removed, the next run repairs the rest.
. "$srcdir/tests/scenario/engine.sh"
begin 150 --seed 13
control settings '{"page-size":25}'
hire() {
        control hire "{\"people\":[{\"userPrincipalName\":\"$1@contoso.example\",\"displayName\":\"$1\",\"mailNickname\":\"$1\",
        \"mail\":\"$1@contoso.example\",\"userType\":\"Member\",\"accountEnabled\":true${2:+,$2}}]}"
}
removals() { sqlite3 "$dir/state/state.db" "SELECT count(*) FROM op WHERE verb IN (4, 6)"; }
locked() { entry '(pwdAccountLockedTime=*)' dn | grep -c '^dn'; }

# try SENTENCE: a sync in trouble: it must not crash, and it must say something; then it is well.
try() {
        "$MUSTER" sync >"$out" 2>"$err" </dev/null
        code=$?
        last="muster sync, $1"
        [ $code -le 4 ] || fail "exit code $code"
        [ $code = 0 ] || [ -s "$err" ] || fail "exit code $code, and not a word"
}

from_nothing() {
        rm -rf "$dir/state"; mkdir -m 700 "$dir/state"
        ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "$suffix" '(|(musterStamp=*)(objectClass=groupOfNames))' dn |
                sed -n '/^dn/{p;s/.*/changetype: delete\n/p}' | as_admin
}

# A value that is long but well formed is believed, until everything is read again.
repair() {
        if [ "$1" = huge-value ]; then expect 0 sync --full; else expect 0 sync; fi
        truth
}

# ---- pages that are bad, in a load and in a delta --------------------------------------------
for action in broken-json wrong-type missing-id huge-value bad-utf8 lone-surrogate nul-escape; do
        from_nothing
        fault "{\"kind\":\"delta\",\"nth\":3,\"action\":\"$action\",\"property\":\"displayName\",\"record\":2}"
        try "$action in a load"
        no_faults
        same "$action: nobody is removed" 0 "$(removals)"
        [ $action = broken-json ] || [ "$(entry '(musterStamp=*)' dn | grep -c ^dn)" -gt 100 ] ||
                fail "the others did not go through"
        repair $action
        control bulk '{"op":"change","count":60,"property":"jobTitle"}'
        target_options='<limit of="changes" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>'; configure
        hire "new-$action"
        fault "{\"kind\":\"delta\",\"nth\":2,\"action\":\"$action\",\"property\":\"jobTitle\",\"record\":2}"
        try "$action in a delta"
        no_faults
        repair $action
done
still

# ---- a listing that breaks off, or leads elsewhere: the cursor stays, nothing is concluded -----------
cursor() { sqlite3 "$dir/state/state.db" 'SELECT hex(cursor) FROM sync'; }
for fault in '"action":"status","status":503' '"action":"status","status":500,"type":"text/html","body":"<p>no"' \
                '"action":"reset-after-bytes","after":700' '"action":"truncate","after":700' '"action":"short-body"' \
                '"action":"foreign-next-link"' '"action":"no-link"' '"action":"both-links"' '"action":"html"'; do
        control bulk '{"op":"change","count":60,"property":"jobTitle"}'
        old=$(cursor)
        fault "{\"kind\":\"delta\",\"from\":2,\"count\":0,$fault}"
        timeout -s TERM 1 "$MUSTER" sync >"$out" 2>"$err" </dev/null
        code=$?
        last="muster sync, $fault"
        [ $code = 4 ] || [ $code = 124 ] || fail "exit code $code"
        [ -s "$err" ] || [ $code = 124 ] || fail "not a word"
        same "$fault: the cursor stays" "$old" "$(cursor)"
        no_faults
        expect 0 sync
        truth
done
same "nobody was removed" 0 "$(removals)"

# ---- a cursor that is too old, in every form ---------------------------------------------------------------
n=0
for form in thirty-days syncStateNotFound gone SyncStateNotFound nested resyncRequired; do
        hire "while$((n += 1))"
        [ -z "${leaves-}" ] || control remove "{\"id\":\"$(one "$leaves@contoso.example" id)\"}"
        leaves=while$n
        control expire "{\"form\":\"$form\",\"pages\":true}"
        expect 0 sync
        truth
done
still
sync_options='on-expired="stop"'; configure
expect 0 sync
hire while-stopped
control expire '{"form":"gone","pages":true}'
expect 4 sync
complains 'muster reset staff'
exists '(uid=while-stopped)' && fail "it did not stop"
expect 4 sync
expect 0 reset staff
expect 0 sync
truth
sync_options=; configure

# ---- the source names nobody, or half: held, and nobody is removed ------------------------------------------
before=$(locked)
fault '{"kind":"delta","from":1,"count":1,"action":"empty-page"}'
"$MUSTER" sync --full >"$out" 2>"$err" </dev/null
no_faults
same "an empty page" "$before" "$(locked)"
expect 0 sync --full
truth
control bulk '{"op":"remove","count":100,"seed":2}'
expect 3 sync --full
same "half are gone" "$before" "$(locked)"
[ -n "$(hold source-shrank)" ] || fail "a source that shrank is believed"
expect 2 approve "$(hold source-shrank)"
left=$(sqlite3 "$dir/state/state.db" "SELECT reason FROM hold WHERE guard = 'source-shrank' AND state = 0" | grep -o 'names [0-9]*' | grep -o '[0-9]*')
expect 0 approve "$(hold source-shrank)" --expect "$left"
expect 3 sync --full                         # the removals have a guard of their own
expect 0 approve "$(hold removals)"
"$MUSTER" sync >"$out" 2>"$err" </dev/null
[ -z "$(hold group-members)" ] || {
        for n in $(sqlite3 "$dir/state/state.db" 'SELECT number FROM hold WHERE state = 0'); do expect 0 approve "$n"; done
        expect 0 sync
}
truth
still
exit 0
