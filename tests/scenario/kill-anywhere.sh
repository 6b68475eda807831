#!/bin/bash
# kill-anywhere.sh - `muster sync` is killed at fifty random moments, of a load and of runs
# with changes; then it is let finish.  The directory is what the source says, nobody is there
# twice, and the store is sound.  Then the same at chosen system calls, by strace.
#
#   MUSTER_SEED=N    the same moments again      MUSTER_KILLS=N    how many (50)
. "$srcdir/tests/scenario/engine.sh"
RANDOM=${MUSTER_SEED:=$((10#${EPOCHREALTIME#*.} % 32768))}
kills=${MUSTER_KILLS:-50}
people=300
echo "seed $MUSTER_SEED"
target_options='<limit of="removals" above="5000" and-percent="100" never-above="5000" until="2999-12-31" reason="a test"/>
<limit of="identity" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="changes" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="creates" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="clears" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="group-members" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>'
begin $people --seed 21
control settings '{"page-size":25}'

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# run_for MS: a sync that is killed after that time; says whether it was.
run_for() {
        "$MUSTER" sync >"$out" 2>"$err" </dev/null &
        local pid=$!
        sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        [ $? = 137 ]
}

sound() {
        last="the store is sound"
        # What was cut off is in the write-ahead log: the next start reads it.
        same "$last" ok "$(sqlite3 "$dir/state/state.db" 'PRAGMA integrity_check')"
}

finish() {
        expect 0 sync
        truth
        sound
        still
}

change_something() {
        control bulk "{\"op\":\"change\",\"count\":12,\"property\":\"jobTitle\",\"seed\":$RANDOM}"
        control bulk "{\"op\":\"rename\",\"count\":6,\"seed\":$RANDOM}"
        control bulk "{\"op\":\"disable\",\"count\":3,\"seed\":$RANDOM}"
        control bulk "{\"op\":\"enable\",\"count\":2,\"seed\":$RANDOM}"
        control bulk "{\"op\":\"remove\",\"count\":2,\"seed\":$RANDOM}"
        control hire '{"count":4}'
        come_and_go
}

at() { curl -sS "$door/people?offset=$1&limit=1" | grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4; }
move() { curl -sS "$door/change" -d "{\"id\":\"$1\",\"set\":{\"manager\":\"$(at "$2")\"}}" >/dev/null; }

# Three by hand, one of whom leaves and one of whom is back.
visitors=() away=
come_and_go() {
        local n name=visitor$RANDOM$RANDOM
        for n in a b c; do
                control hire "{\"people\":[{\"userPrincipalName\":\"$name$n@contoso.example\",\"displayName\":\"$name\",
                \"mailNickname\":\"$name$n\",\"mail\":\"$name$n@contoso.example\",\"userType\":\"Member\",
                \"accountEnabled\":true,\"country\":\"Germany\",\"department\":\"Sales\"}]}"
                visitors+=("$(one "$name$n@contoso.example" id)")
        done
        # Others may have removed or restored him.
        [ -z "$away" ] || curl -sS "$door/restore" -d "{\"id\":\"$away\"}" >/dev/null
        away=${visitors[$((RANDOM % ${#visitors[@]}))]}
        curl -sS "$door/remove" -d "{\"id\":\"$away\"}" >/dev/null
        # Some of them, and some of the others, get another manager; a visitor is nobody's.
        for n in 1 2 3; do
                move "${visitors[$((RANDOM % ${#visitors[@]}))]}" $((RANDOM % people))
                move "$(at $((RANDOM % people)))" $((RANDOM % people))
        done
}

# ---- how long does it take? --------------------------------------------------------------
from=$(now_ms)
expect 0 sync
load=$(($(now_ms) - from))
truth
change_something
from=$(now_ms)
expect 0 sync
change=$(($(now_ms) - from))
truth
echo "a load takes $load ms, changes $change ms"

# ---- loads, from nothing -------------------------------------------------------------------
done=0
fresh() {
        # Who is away while his reports are read is not told as their manager, and they are not
        # told again when he comes back.  So nobody who could have reports comes back later.
        control bulk '{"op":"restore","count":100000}'
        rm -rf "$dir/state"; mkdir -m 700 "$dir/state"
        slapd_stop "$dir/slapd"
        rm -rf "$dir/slapd/data"
        slapd_prepare "$dir/slapd" durable=no && slapd_start "$dir/slapd" || fail "no new slapd"
}
for round in 1 2 3; do
        fresh
        for _ in $(seq $((kills / 10))); do
                run_for $((RANDOM % (load + load / 4)))
                done=$((done + 1))
        done
        finish
done

# ---- changes ----------------------------------------------------------------------------------
while [ $done -lt $kills ]; do
        change_something
        for _ in 1 2 3 4 5 6 7; do
                [ $((RANDOM % 3)) != 0 ] || change_something
                run_for $((RANDOM % (change + change / 4)))
                done=$((done + 1))
        done
        finish
done
echo "$done kills at random moments"
[ "${MUSTER_SYSCALLS-yes}" = yes ] || exit 0

# ---- at system calls that make something durable -----------------------------------------------
if ! command -v strace >/dev/null 2>&1; then
        [ "${MUSTER_TESTS-}" != all ] || { echo "strace is not installed" >&2; exit 1; }
        echo "strace is not installed: kills at system calls are left out"
        exit 0
fi
# kill_at CALL N: the sync is killed when a thread of it makes that call for the Nth time.
kill_at() {
        (strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:signal=KILL:when=$2" "$MUSTER" sync \
                >"$out" 2>"$err" </dev/null; true) 2>/dev/null
}
change_something
calls() { grep -c "$1" "$dir/calls"; }
# No leak check can run in a traced program.
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
strace -f -qq -o "$dir/calls" -e trace=pwrite64,fdatasync "$MUSTER" sync >"$out" 2>"$err" </dev/null || fail "strace"
writes=$(calls pwrite64) syncs=$(calls fdatasync)
truth
[ "$syncs" -gt 3 ] || fail "only $syncs syncs were seen"
for n in 1 2 $((RANDOM % syncs + 1)) $((syncs / 2)) $((syncs - 1)); do
        change_something
        kill_at fdatasync "$n"
        done=$((done + 1))
done
finish
for n in 1 $((RANDOM % writes + 1)) $((RANDOM % writes + 1)) $((RANDOM % writes + 1)) $((writes - 2)); do
        change_something
        kill_at pwrite64 "$n"
        done=$((done + 1))
done
finish
echo "$done kills in all"
