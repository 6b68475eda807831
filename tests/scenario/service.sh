#!/bin/bash
# service.sh - the service: it runs what is due, waits for who works with the store, tells its
# manager how it is, reads its configuration anew, keeps the old one when the new one is wrong, and
# stops in good order.
. "$srcdir/tests/scenario/engine.sh"
need perl flock
schedule='<schedule every="10s"/>'
set_up() { configure; sed -i "s|<scope>|$schedule<scope>|" "$dir/muster.xml"; }
begin 60 --seed 3

# Without a schedule it would do nothing, and says so.
schedule=''
set_up
expect 2 run
complains 'no sync has a <schedule>'
expect 2 run --json
schedule='<schedule at="02:00" zone="Europe/Nowhere"/>'
set_up
expect 2 check
complains "there is no time zone 'Europe/Nowhere'"
complains 'muster.xml:'
schedule='<schedule every="10s"/>'
set_up

# What it tells its manager.
perl -MIO::Socket::UNIX -MSocket -e '$|=1; my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die;
        open(my $up, ">", "$ARGV[0].up"); close $up; while (defined $s->recv(my $text, 4096)) { print "$text\n" }' \
        "$dir/notify" >"$dir/told" 2>&1 &
manager=$!
service=
trap 'code=$?; kill $manager $service 2>/dev/null; (exit $code); engine_end' EXIT
for _ in $(seq 200); do [ -e "$dir/notify.up" ] && break; sleep 0.05; done

log=$dir/service.log
# until TEXT [FILE]: it has been said, or the test fails.
until_said() {
        for _ in $(seq 1200); do
                grep -qF -- "$1" "${2-$log}" && return
                [ -z "$service" ] || kill -0 "$service" 2>/dev/null || break
                sleep 0.05
        done
        cat "$log" "$dir/told" >&2
        fail "never said: $1"
}
(umask 077; : >"$dir/state/state.db.lock")
flock "$dir/state/state.db.lock" sh -c "echo 'process 4711, since long ago' >'$dir/state/state.db.lock'; until [ -e '$dir/free' ]; do sleep 0.05; done" &
for _ in $(seq 200); do [ -s "$dir/state/state.db.lock" ] && break; sleep 0.05; done
NOTIFY_SOCKET=$dir/notify WATCHDOG_USEC=4000000 "$MUSTER" run >"$dir/stdout" 2>"$log" &
service=$!
until_said 'waits: another muster works with the store'
until_said 'process 4711'
touch "$dir/free"
until_said ', done in '
truth
until_said 'READY=1' "$dir/told"
until_said 'WATCHDOG=1' "$dir/told"
until_said 'STATUS=staff is due at ' "$dir/told"

# One service to a store; between its runs, others work with it.
expect 4 run
complains "a service runs already for the store $dir/state/state.db (process $service)"
expect 0 status
expect 0 users

# A wrong configuration changes nothing, one that is right does; what has changed at the source arrives.
control change "{\"id\":\"$(curl -sS "$door/people?offset=0&limit=1" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')\",\"set\":{\"jobTitle\":\"Head of Waiting\"}}"
control hire '{"count":3}'
cp "$dir/muster.xml" "$dir/good.xml"
sed -i 's|<scope>|<scop>|; s|</scope>|</scop>|' "$dir/muster.xml"
kill -HUP $service
until_said 'the configuration has mistakes and stays as it was'
until_said 'scop'
sed '0,/<groups for-each/s|<groups for-each|<group name="waiters">user.jobTitle -startsWith "Head of W"</group>&|' \
        "$dir/good.xml" >"$dir/muster.xml"
kill -HUP $service
until_said 'the configuration has been read anew'
until_said 'RELOADING=1' "$dir/told"
waiters() { ldapsearch -x -LLL -H "$uri" -b "ou=groups,$suffix" '(cn=waiters)' member 2>/dev/null | grep -c '^member: uid='; }
for _ in $(seq 600); do [ "$(waiters)" = 0 ] || break; sleep 0.1; done
same "people who wait" 1 "$(waiters)"
truth
exists '(title=Head of Waiting)' || fail "what changed has not arrived"
[ ! -s "$dir/stdout" ] || fail "it prints: $(cat "$dir/stdout")"

# It stops when it is asked to, and forgets nothing; the next one takes its place.
kill -TERM $service
wait $service
same "the service's exit code" 0 $?
service=
until_said 'stopped; the next run goes on from here'
until_said 'STOPPING=1' "$dir/told"
expect 0 sync
still

# The unit that is installed gives it nothing that it does not need.
if command -v systemd-analyze >/dev/null && systemd-analyze security --help 2>/dev/null | grep -q -- --offline; then
        cp "$top_builddir/conf/systemd/muster.service" "$dir/muster.service"
        systemd-analyze security --offline=true --threshold=15 --no-pager "$dir/muster.service" >"$out" 2>"$err" ||
                fail "the unit's exposure is above 1.5"
fi
