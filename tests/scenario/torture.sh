#!/bin/bash
# torture.sh - `muster sync` with four sinks (slapd, Bold BI, Kaizala, a file) is killed at the calls
# by which something gets out of it (a write, a sync, a packet, a rename), and its disk fails there,
# once and for good; its connections end at any byte; it is stopped past deadlines and started twice.
# Each time it is then let finish, and judged by truth and judge, which share nothing with it (F26, F75, F76, F87, F88, F89, F90, F115, F117).
#
#   in `make check` a few points; with MUSTER_TORTURE set all of them (make check-torture)
#   MUSTER_POINTS=N   N points of each kind        MUSTER_PEOPLE=N   MUSTER_KINDS="kill EIO ENOSPC bytes"
. "$srcdir/tests/scenario/torture-kit.sh"
need strace
# The program itself, not the script that finds its libraries: calls are counted.
if [ -x "$top_builddir/.libs/muster" ]; then export LD_LIBRARY_PATH=$top_builddir/.libs; MUSTER=$top_builddir/.libs/muster; fi
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0      # none can run in a traced program

killed=0 failed=0 survived=0

# at CALL N WHAT: a sync to which that happens when a thread of it makes that call for the Nth time.
at() {
        { strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:$3:when=$2" "$MUSTER" sync >"$out" 2>"$err" </dev/null; code=$?; } 2>/dev/null
        case $code in 137) killed=$((killed + 1)) ;; 0) survived=$((survived + 1)) ;; *) failed=$((failed + 1)) ;; esac
}

calls=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg,rename,renameat2,unlink,ftruncate,openat
# points CALL: how often the busiest thread makes it in a sync with changes
points() { grep -oE "^[0-9]+ +$1\(" "$dir/calls" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }'; }

# All of it goes through byte proxies, which let it pass until they are told otherwise.
through bold; start bold "$BOLDBI_EMULATOR" --public "$url"
through kaizala; start kaizala "$kaizala_emulator" --calls 0 --tenant-calls 0 --public "$url"; kaizala_via=$url
through ldap; ldap_via=ldap://${url#http://}
through graph
toward bold "$(of bold control)"; toward kaizala "$(of kaizala control)"
begin "$people" --seed 21 --public "$url"
toward graph "$door"; toward ldap "$uri"
control settings '{"page-size":25}'
finish "the load"
# The judge sees what is too much, and what is missing.
curl -sS "$(of bold control)/user" -d '{"set":{"Username":"odd","Email":"odd@x.example","FirstName":"Odd"}}' >/dev/null
mv "$dir/book.csv" "$dir/book.kept"; sed 2d "$dir/book.kept" >"$dir/book.csv"
(judge "damage") >/dev/null 2>"$dir/complaint" && fail "the judge is blind"
[ "$(grep -c 'odd@x.example is there\|^file: .* is not there' "$dir/complaint")" = 2 ] || { cat "$dir/complaint" >&2; fail "the judge is half blind"; }
curl -sS "$(of bold control)/remove" -d '{"id":"odd@x.example"}' >/dev/null
mv "$dir/book.kept" "$dir/book.csv"
judge "the damage was made good"
change_something
strace -f -qq -o "$dir/calls" -e trace=$calls "$MUSTER" sync >"$out" 2>"$err" </dev/null || fail "strace"
judge "a traced run"

# sweep KIND CALLS...: at each of their points, or at so many of them
sweep() {
        local what=$1 call n count step; shift
        for call; do
                count=$(points "$call"); count=${count:-0}
                step=$((count / most)); [ $step -ge 1 ] || step=1
                for ((n = 1 + (step > 1 ? RANDOM % step : 0); n <= count; n += step)); do
                        change_something
                        at "$call" "$n" "$what"
                        finish "$what at $call $n (exit $code)"
                done
                echo "$what at $call: $count points, of which every ${step}th; so far $killed killed, $failed failed, $survived survived"
        done
}

# The connection to SERVER ends, is reset, stalls, is late or says everything twice at bytes of what is
# asked there and answered, or at so many of them.
bytes() {
        local server=$1 way count step n action turn=0 k=0 past=$most actions; shift
        actions=("$@")
        [ -z "$full" ] || [ "$most" -le 100 ] || past=100
        for way in asked answered; do
                change_something
                proxy "$dir/via-$server" reset
                "$MUSTER" sync >"$out" 2>"$err" </dev/null || fail "a sync to count bytes"
                count=$(proxy "$dir/via-$server" counts | sed -n "s/^$way //p")
                step=$((count / past)); [ $step -ge 1 ] || step=1
                for ((n = step > 1 ? RANDOM % step : 0; n <= count; n += step)); do
                        action=${actions[turn++ % ${#actions[@]}]}
                        [ $way = asked ] || [ "$action" != twice ] || action=end
                        change_something
                        proxy "$dir/via-$server" reset
                        proxy "$dir/via-$server" at $way $n "$action"
                        "$MUSTER" sync >"$out" 2>"$err" </dev/null; code=$?
                        k=$((k + $(proxy "$dir/via-$server" counts | sed -n "s/^acted //p")))
                        proxy "$dir/via-$server" clear
                        finish "$action at byte $n $way of $server (exit $code)"
                done
                echo "$server: $count bytes $way, of which every ${step}th; so far it went wrong at $k"
        done
        [ $k -gt 0 ] || fail "nothing went wrong"
}

for kind in ${MUSTER_KINDS-kill EIO ENOSPC bytes}; do
        case $kind in
        bytes)
                bytes bold end reset twice late=300 ${full:+stall}
                bytes kaizala reset end twice late=300 ${full:+stall}
                [ -z "$full" ] || bytes graph end reset late=300 stall twice
                [ -z "$full" ] || bytes ldap end reset late=300 stall ;;
        kill) sweep signal=KILL pwrite64 fdatasync sendto rename ${full:+write sendmsg unlink ftruncate} ;;
        *)    sweep "error=$kind" fdatasync ${full:+pwrite64 rename ftruncate} ;;
        esac
done
# for good: the disk does not come back in this life
if [ -n "$full" ]; then
        for kind in EIO ENOSPC; do
                for call in fdatasync pwrite64; do
                        count=$(points $call)
                        for ((n = 1; n <= count; n += count / (most < 20 ? most : 20) + 1)); do
                                change_something
                                at $call "$n+" "error=$kind"
                                finish "$kind for good from $call $n"
                        done
                done
        done
fi

# ---- two at once: one works, the other says who does ------------------------------------------------
change_something
"$MUSTER" sync >"$dir/one.out" 2>&1 </dev/null & one=$!
"$MUSTER" sync >"$dir/two.out" 2>&1 </dev/null & two=$!
wait $one; a=$?; wait $two; b=$?
last="two at once"
[ $a = 0 ] || [ $b = 0 ] || fail "neither worked: $a $b: $(cat "$dir/one.out" "$dir/two.out")"
[ $a = 0 ] && [ $b = 0 ] || grep -q 'another muster works with the store' "$dir/one.out" "$dir/two.out" || fail "it does not say why"
finish "two at once"

# ---- stopped for longer than any timeout of this test ------------------------------------------------
change_something
"$MUSTER" sync >"$out" 2>"$err" </dev/null & one=$!
sleep 0.3
kill -STOP $one 2>/dev/null && sleep "$([ -n "$full" ] && echo 8 || echo 1)"
kill -CONT $one 2>/dev/null
wait $one
finish "a stop in the middle"
echo "$people people: $killed killed, $failed failed, $survived survived; no violation"
