# ldap-programme.sh - what goes wrong between Muster and a directory, run by run, and how the directory
# is judged after each.  Sourced after engine.sh and ldap-proxy.sh by the scenarios of slapd, 389 DS and
# Samba, never run.  Muster goes through the proxy in $dir, the judge ('truth') goes past it.
#
#   programme < LINES            for each line of rules (with ';' between them, as the proxy's "fault"
#                                takes them): people change, a run meets all of these faults and says so,
#                                and one clean run later the directory is what the source says, nobody
#                                is there twice, and nobody who was there is gone
#   programme_killed KIND...     the same with a server that is killed when the third operation of
#                                that kind is on its way, and comes back
#   programme_failover URI       the first of two servers goes for good in mid-batch: the second has it all
#
# The scenario has 'server_kill' and 'server_start' for its server; in $changes is how many people
# change, in $renames how many are renamed, and in $moves how many leave their groups for others.
changes=40 renames=6 moves=5
programme_seed=100

say() { proxy "$dir" "$@" >/dev/null || fail "proxy $*"; }
fresh() { say clear; say reset; }

# Some change, are renamed, move, are blocked, let in again, leave and come.
programme_change() {
        local seed=$((programme_seed++))
        control bulk "{\"op\":\"change\",\"count\":$changes,\"property\":\"jobTitle\",\"seed\":$seed}"
        control bulk "{\"op\":\"rename\",\"count\":$renames,\"seed\":$seed}"
        control bulk "{\"op\":\"move\",\"count\":$moves,\"seed\":$seed}"
        control bulk "{\"op\":\"disable\",\"count\":4,\"seed\":$seed}"
        control bulk "{\"op\":\"enable\",\"count\":2,\"seed\":$seed}"
        control bulk "{\"op\":\"remove\",\"count\":3,\"seed\":$seed}"
        control hire '{"count":5}'
}

# What the store keeps for later is due now.
pass_wait() {
        sqlite3 "$dir/state/state.db" 'PRAGMA busy_timeout = 5000; UPDATE op SET due = 0 WHERE due > 0;
                UPDATE instance SET trial = 0 WHERE trial > 0' >/dev/null ||
                fail "the store cannot be changed"
}

# The directory is what the source says; and as many entries are ours as ever were: who has left is
# disabled, not deleted.
programme_ours=0
programme_judge() {                          # WHAT WENT WRONG
        last="truth after $1"
        compare_with_truth least="$programme_ours" || fail "the directory is not what the source says"
        programme_ours=$(sed -n 's/ entries are ours$//p' "$out")
}

# One clean run, and the judge.
programme_after() {                          # WHAT WENT WRONG
        say clear
        pass_wait
        expect 0 sync
        programme_judge "$1"
}

programme() {
        local line rule code before
        programme_judge "nothing"
        while IFS= read -r line; do
                fresh
                programme_change
                IFS=';' read -r -a rules <<<"$line"
                for rule in "${rules[@]}"; do say fault $rule; done
                before=${EPOCHREALTIME/./}
                "$MUSTER" sync >"$out" 2>"$err" </dev/null
                code=$?
                last="after faults $line (exit $code)"
                ! proxy "$dir" faults | grep 'acted 0$' || fail "a fault never came"
                [ $code != 0 ] || fail "the run says that all went well"
                programme_after "faults $line"
                echo "$line: exit $code, $(((${EPOCHREALTIME/./} - before) / 1000)) ms"
        done
}

# A run that stands still with an operation of KIND on its way.
programme_hold() {                           # KIND
        fresh
        programme_change
        say fault "$1" from=3 hold
        "$MUSTER" sync >"$out" 2>"$err" </dev/null &
        running=$!
        proxy_await "$dir" held 1 || fail "nothing was held"
}

programme_killed() {
        local kind code
        for kind; do
                programme_hold "$kind"
                server_kill
                server_start || fail "the server did not come back"
                say resume
                wait $running
                code=$?
                last="killed at $kind (exit $code)"
                [ $code = 0 ] || [ $code = 1 ] || fail "the run did not go on with the server that is back"
                programme_after "the server was killed at $kind"
                echo "killed at $kind: exit $code"
        done
}

programme_failover() {                       # URI
        local code through
        sed -i "s,<uri>[^<]*,& $1," "$dir/muster.xml"
        programme_hold modify
        say down
        through=$(proxy_count "$dir" writes)
        wait $running
        code=$?
        last="the first server went (exit $code)"
        [ $code = 0 ] || [ $code = 1 ] || fail "the run did not go on with the second"
        programme_after "the first server went"
        same "writes to the server that has gone" "$through" "$(proxy_count "$dir" writes)"
        say up
        echo "failover: exit $code"
}
