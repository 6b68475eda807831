#!/bin/bash
# control.sh - the service is asked: what it says of itself, syncs and decisions that it takes for a
# command, pauses that outlive it, and everything that a hostile or clumsy client may do to it.
. "$srcdir/tests/scenario/engine.sh"
need perl
service=''
set_up() { configure; sed -i "s|<scope>|<schedule every=\"6h\"/><scope>|; s|\(<store .*\)|\1${1-}|" "$dir/muster.xml"; }
begin 60 --seed 5
set_up
log=$dir/service.log socket=$dir/state/state.db.control
trap 'code=$?; [ -z "$service" ] || kill $service 2>/dev/null; (exit $code); engine_end' EXIT

# until_true COMMAND...: it becomes true, or the test fails.
until_true() {
        for _ in $(seq 1200); do
                "$@" && return
                sleep 0.05
        done
        cat "$log" >&2
        last="$*"; fail "never came true"
}
said() { grep -qF -- "$1" "$log"; }
start() {
        : >"$log"
        "$MUSTER" run 2>"$log" &
        service=$!
        until_true said ' serves 1 sync of '
}
stop() { kill -TERM $service; wait $service; same "the service's exit code" 0 $?; service=''; }

# Nobody is there: the commands work on the store, and say so where that is not enough.
expect 4 sync --no-wait
complains 'none runs'
expect 0 status --json
expect 2 pause nobody
expect 2 pause --for 0s
expect 2 pause --for soon

start
until_true said ', done in '
truth
same "mode of the socket" 660 "$(stat -c %a "$socket")"
expect 0 status
says "The service runs since "
says "process $service; staff is due at "
expect 0 status --json
says "\"process\":$service"

# A sync is the service's, and looks as it does without one.
control hire '{"count":3}'
expect 0 sync
says 'staff: done in '
says '3 read'
said 'created' || fail "the service has not run it"
truth
expect 0 sync --json
says '"outcome":"done"'
expect 2 sync nobody
complains "there is no sync 'nobody'"
expect 0 sync --user "$(curl -sS "$door/people?offset=0&limit=1" | sed -n 's/.*"userPrincipalName":"\([^"]*\)".*/\1/p')"
says ', users)'
control hire '{"count":1}'
expect 0 sync --no-wait
says 'the service runs it'
until_true compare_with_truth

# Decisions: reset, a hold approved and one rejected, retry.
expect 0 reset staff
expect 0 sync
says ', full)'
expect 2 reset nobody
control bulk '{"op":"remove","count":12}'
expect 3 sync
expect 0 reject "$(hold removals)" --reason 'not all of them'
expect 0 retry --sink corporate
expect 3 sync
expect 4 approve 4711
expect 4 approve "$(hold removals)" --expect 4711
complains "not the 4711 that you expect"
expect 0 approve "$(hold removals)"
says 'ops approved'
expect 0 sync
truth

# A pause holds back the schedule, a sync by hand, and outlives the service, however that ends.
expect 0 pause staff --for 2h --reason 'the mail domain moves'
says 'staff is paused until '
expect 0 status
says ': the mail domain moves'
control hire '{"count":2}'
expect 0 sync
says 'staff is paused since '
says 'muster resume ends that'
differs
expect 0 sync --json
says '"outcome":"paused"'
kill -KILL $service; wait $service 2>/dev/null; service=''
[ -S "$socket" ] || fail "no socket was left behind, so the test of that is none"
expect 0 sync
says 'staff is paused since '
start
differs
expect 0 sync --force
truth
expect 0 resume staff
says 'staff runs again when due.'
expect 0 resume
says 'not paused'
expect 0 pause
expect 4 resume staff
complains 'all syncs are paused since '
expect 0 resume
expect 0 status --json
says '"pauses":[]'

# During a run, which the source keeps waiting.
fault '{"kind":"delta","count":0,"action":"status","status":503,"retry-after":"2"}'
"$MUSTER" sync >"$dir/sync.out" 2>&1 &
waiter=$!
running() { "$MUSTER" status --json 2>/dev/null | grep -q '"running":"staff"'; }
until_true running
expect 0 pause --reason 'in mid-run'
says 'A run of staff is under way'
expect 0 resume
no_faults
expect 0 plan
wait $waiter || { cat "$dir/sync.out" >&2; fail "the sync that was waited for"; }
grep -q 'staff: done' "$dir/sync.out" || fail "the sync that was waited for says nothing"

# Whoever sends nonsense hears why or nothing, and nobody is kept waiting.
cat >"$dir/clients" <<'PERL'
use strict; use warnings; use IO::Socket::UNIX; use Socket;
$SIG{PIPE} = 'IGNORE';
my ($path, $what) = @ARGV;
sub reach { IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) or die "cannot connect: $!" }
sub answer { my $s = shift; local $SIG{ALRM} = sub { die "no answer\n" }; alarm 60; my $all = ''; while (sysread($s, my $part, 65536)) { $all .= $part } alarm 0; $all }
if ($what eq 'lines') {
        for my $line (<STDIN>) { chomp $line; $line = eval "qq\0$line\0"; my $s = reach(); syswrite $s, "$line\n"; print answer($s) =~ s/\n/ /gr, "\n" }
} elsif ($what eq 'half') {
        my $s = reach(); syswrite $s, '{"muster":1,"verb":"sta'; close $s; print "left\n";
} elsif ($what eq 'flood') {            # up to a gigabyte, as far as it is let
        my $s = reach(); my ($sent, $part) = (0, 'x' x 65536);
        while ($sent < 1 << 30) { my $n = syswrite $s, $part; last unless $n; $sent += $n }
        print $sent < 1 << 24 ? "cut off\n" : "took $sent\n";
} elsif ($what eq 'hang') {             # many that say nothing, half a line, and that do not read
        my @all = map { my $s = reach(); syswrite $s, '{"muster":1,' if $_ % 2; $s } 1 .. 30;
        print "hang\n"; STDOUT->flush; sleep 600;
}
PERL
printf '%s\n' '' 'garbage' '\x00\x01\xff\xfe' '{"muster":1}' '{"muster":2,"verb":"status"}' '{"muster":1,"verb":"nothing"}' \
        '[1,2]' '{"muster":1,"verb":{"a":1}}' '{"muster":1,"verb":"sync","syncs":[1]}' '{"muster":1,"verb":"sync","syncs":["nobody"]}' \
        '{"muster":1,"verb":"approve","hold":-3}' '{"muster":1,"verb":"approve","hold":"x"}' '{"muster":1,"verb":"reset"}' \
        '{"muster":1,"verb":"retry","users":[{"a":[]}]}' '{"muster":1,"verb":"pause","sync":"nobody"}' \
        '{"muster":1,"verb":"pause","until":-5}' "$(printf '[%.0s' $(seq 3000))" >"$dir/lines"
perl "$dir/clients" "$socket" lines <"$dir/lines" >"$out" 2>"$err" || fail "clients"
same "lines that were answered" "$(wc -l <"$dir/lines")" "$(grep -c '^{"error":{"code":-[0-9],"text":"..*"}} $' "$out")"
echo '{\"muster\":1,\"verb\":\"status\"}' | perl "$dir/clients" "$socket" lines >"$out" 2>"$err"
says '{"ok":{"version":'
perl "$dir/clients" "$socket" half >/dev/null
before=$(awk '/^VmRSS/ { print $2 }' /proc/$service/status)
perl "$dir/clients" "$socket" flood >"$out" 2>"$err"
says 'cut off'
after=$(awk '/^VmRSS/ { print $2 }' /proc/$service/status)
most=8192
# A sanitizer holds back what was freed.
! grep -qsa __asan_init "$top_builddir/.libs/muster" "$top_builddir/muster" || most=65536
[ "$((after - before))" -lt $most ] || fail "the service has grown from $before to $after KiB"
perl "$dir/clients" "$socket" hang >"$dir/hang" &
hang=$!
until_true test -s "$dir/hang"
expect 0 status
says 'The service runs since '
expect 0 sync
kill $hang; wait $hang 2>/dev/null

# A stranger is refused by the mode, and where that lets him through by who he is.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
        chmod o+x "$dir" "$dir/state"
        chmod o+r "$dir/clients"
        stranger() { echo '{\"muster\":1,\"verb\":\"status\"}' | setpriv --reuid 65534 --regid 65534 --clear-groups perl "$dir/clients" "$socket" lines >"$out" 2>&1; }
        stranger && fail "a stranger gets in"
        says 'Permission denied'
        chmod 0666 "$socket"
        stranger || fail "a stranger is not even refused"
        says "this is for the service's user"
        chmod 0660 "$socket"
        chmod 700 "$dir" "$dir/state"
fi

# A command that works with the store: what needs it waits, what does not is answered.
expect 4 run
complains 'a service runs already'
sqlite3 "$dir/state/state.db" "PRAGMA integrity_check" | grep -qx ok || fail "the store is damaged"
stop
[ ! -e "$socket" ] || fail "the socket is still there"

# Something else has its name, or its folder cannot be used: the service works all the same.
for place in "$dir/state/plain" /proc/nowhere/socket; do
        echo precious >"$dir/state/plain"
        set_up "<control socket=\"$place\"/>"
        start
        until_true said 'the service cannot be asked'
        until_true said 'control socket'
        expect 0 sync
        truth
        stop
done
same "what had the socket's name" precious "$(cat "$dir/state/plain")"
set_up '<control socket="/run/"/>'
expect 2 check
complains 'names no file'
set_up '<control group="no-such-group-here"/>'
start
until_true said 'there is no such group'
stop
# A path longer than an address.
deep=$dir/$(printf 'd%.0s' $(seq 90))
mkdir "$deep"
set_up "<control socket=\"$deep/control\"/>"
start
expect 0 status
says 'The service runs since '
stop
