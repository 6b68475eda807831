#!/bin/bash
# engine-sink.sh - a directory that is away, dies in mid-batch, refuses somebody; and a sync that
# is told to stop.  The source is read all the same, the others go through, the next run repairs.
. "$srcdir/tests/scenario/engine.sh"
target_options='<limit of="changes" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>'
begin 400 --seed 17
hire() {
        control hire "{\"people\":[{\"userPrincipalName\":\"$1@contoso.example\",\"displayName\":\"$1\",\"mailNickname\":\"$1\",
        \"mail\":\"$1@contoso.example\",\"userType\":\"Member\",\"accountEnabled\":true${2:+,$2}}]}"
}
generation() { sqlite3 "$dir/state/state.db" 'SELECT generation FROM sync'; }
cursor() { sqlite3 "$dir/state/state.db" 'SELECT hex(cursor) FROM sync'; }
kill_slapd() { kill -9 "$(cat "$dir/slapd/pid")"; rm -f "$dir/slapd/pid"; sleep 0.1; } 2>/dev/null

# ---- away from the start -----------------------------------------------------------------------
slapd_stop "$dir/slapd"
expect 4 sync
complains corporate
same "the source was read" 1 "$(generation)"
slapd_start "$dir/slapd"

# ---- stopped in the middle of the load: within two seconds, and the next run goes on ----------------
for after in 0.02 0.05 0.1; do
        "$MUSTER" sync >"$out" 2>"$err" </dev/null &
        pid=$!
        sleep $after
        from=${EPOCHREALTIME/./}
        kill -TERM $pid 2>/dev/null
        wait $pid
        code=$?
        took=$(((${EPOCHREALTIME/./} - from) / 1000))
        last="a sync that is stopped after $after s"
        [ $code = 4 ] || [ $code = 0 ] || [ $code = 143 ] || fail "exit code $code"
        [ $took -lt 2000 ] || fail "it took $took ms"
done
expect 0 sync
truth
still

# ---- killed in the middle of a batch, more than once ---------------------------------------------------
for delay in 0.05 0.08 0.12; do
        control bulk '{"op":"change","count":200,"property":"jobTitle"}'
        control bulk '{"op":"rename","count":3}'
        control hire '{"count":30}'
        "$MUSTER" sync >"$out" 2>"$err" </dev/null &
        pid=$!
        sleep $delay
        kill_slapd
        wait $pid
        code=$?
        last="a sync whose directory dies after $delay s"
        [ $code -le 4 ] || fail "exit code $code"
        slapd_start "$dir/slapd" || fail "slapd does not start again"
        expect 0 sync
        truth
done
still
# ... with changes that are read while it is away
old=$(cursor)
slapd_stop "$dir/slapd"
control bulk '{"op":"change","count":20,"property":"jobTitle"}'
hire while-away
expect 4 sync
[ "$old" != "$(cursor)" ] || fail "the source was not read"
expect 4 sync
slapd_start "$dir/slapd"
expect 0 sync
truth
still

# ---- it refuses one of many: a value that its schema does not take ----------------------------------------
hire faulty '"employeeId":"ä"'
hire fine '"employeeId":"77"'
maps="$maps
<map to=\"internationaliSDNNumber\">IIF([employeeId] -eq \"ä\", [employeeId], \"\")</map>"
configure
expect 1 sync
complains faulty
exists '(uid=fine)' || fail "the others did not go through"
exists '(uid=faulty)' && fail "what is refused is there"
truth "except=$(one faulty@contoso.example id)"
"$MUSTER" sync >"$out" 2>"$err" </dev/null
[ $? = 1 ] || fail "what is refused is forgotten"
control change "{\"id\":\"$(one faulty@contoso.example id)\",\"set\":{\"employeeId\":\"4711\"}}"
expect 0 sync
truth
still

# ---- it refuses writing altogether, then lets it be ------------------------------------------------------------
slapd_stop "$dir/slapd"
echo 'readonly on' >>"$dir/slapd/slapd.conf"
slapd_start "$dir/slapd"
hire late
control bulk '{"op":"change","count":5,"property":"jobTitle"}'
"$MUSTER" sync >"$out" 2>"$err" </dev/null
code=$?
last="a directory that is read-only"
[ $code = 1 ] || [ $code = 4 ] || fail "exit code $code"
[ -s "$err" ] || fail "not a word"
slapd_stop "$dir/slapd"
sed -i '/^readonly on/d' "$dir/slapd/slapd.conf"
slapd_start "$dir/slapd"
expect 0 sync
truth
still
exit 0
