#!/bin/bash
# alarms.sh - who is told of what: hooks and mail, once when a state comes about and once when it is
# over, by single syncs and by the service; what a hook gets, and what one that hangs can do.
. "$srcdir/tests/scenario/engine.sh"
bin=$dir/bin
mkdir -p "$bin"; chmod 755 "$dir" "$bin"
# A hook that keeps what it was given, its arguments, environment and descriptors; one that hangs and
# will not be told; the system's sendmail.
cat >"$bin/hook" <<SH
#!/bin/sh
{ cat; echo; } >>"$dir/told.\$1"
printf '%s\n' "\$@" >"$dir/arguments"
env | grep -v '^_=\|^PWD=\|^SHLVL=\|^OLDPWD=' | sort >"$dir/environment"
ls /proc/\$\$/fd >"$dir/descriptors"
pwd >"$dir/folder"
echo "hook says hello"
SH
cat >"$bin/hang" <<SH
#!/bin/sh
trap '' TERM
echo \$\$ >>"$dir/hanging"
sleep 300 &
echo \$! >>"$dir/hanging"
while :; do sleep 300; done
SH
cat >"$bin/sendmail" <<SH
#!/bin/sh
[ ! -e "$dir/no-mail" ] || { echo "queue is full"; exit 75; }
{ echo "ARGS \$*"; cat; } >>"$dir/mails"
SH
chmod 755 "$bin"/*
touch "$dir/mails"
alarms="<on event=\"failed\" run=\"$bin/hook failed 'two words' \$HOME\" over=\"yes\"/>
<on event=\"held\" run=\"$bin/hook held\"/>
<on event=\"done\" run=\"$bin/hook done\"/>
<on event=\"stale\" run=\"$bin/hook stale\"/>
<mail to=\"oncall@example.org, second@example.org\" from=\"muster@example.org\" sendmail=\"$bin/sendmail\"/>"
fresh=
set_up() { configure; sed -i "s|<store |$(echo "$alarms" | sed 's/[&|]/\\&/g' | tr '\n' ' ')<store |; s|<scope>|$fresh<scope>|" "$dir/muster.xml"; }
mails() { grep -c '^ARGS -t -i$' "$dir/mails"; }
told() { [ -e "$dir/told.$1" ] && grep -c '^{' "$dir/told.$1" || echo 0; }
begin 30 --seed 7

# What is wrong is told with its line: each of these is refused.
wrong() { last="check of $1"; alarms=$1; set_up; "$MUSTER" check >"$out" 2>"$err"; same "exit code of check" 2 $?; complains "muster.xml:"; complains "$2"; }
good=$alarms
wrong '<on event="failed" run="/nowhere/program"/>' "the program '/nowhere/program' is not there"
wrong '<on event="failed" run="program x"/>' 'names no program by its path'
wrong "<on event=\"failed\" run=\"$bin\"/>" 'is not a regular file'
cp "$bin/hook" "$bin/open"; chmod 777 "$bin/open"
wrong "<on event=\"failed\" run=\"$bin/open\"/>" 'can be written by others'
complains "chmod go-w"
chmod 644 "$bin/open"
wrong "<on event=\"failed\" run=\"$bin/open\"/>" 'cannot be run by user'
wrong "<on event=\"broken\" run=\"$bin/hook\"/>" 'failed'
wrong "<on event=\"done\" run=\"$bin/hook\" over=\"yes\"/>" 'that is no state that could end'
wrong "<mail to=\"a@example.org&#10;Bcc: x@example.org\" from=\"m@example.org\" sendmail=\"$bin/sendmail\"/>" 'is no mail address'
wrong "<mail to=\"a@example.org\" from=\"-oX@example.org\" sendmail=\"$bin/sendmail\"/>" 'is no mail address'
wrong "<mail to=\"a@example.org\" from=\"m@example.org\" on=\"done\" sendmail=\"$bin/sendmail\"/>" 'is not understood'
wrong '<mail to="a@example.org" from="m@example.org" sendmail="/nowhere/sendmail"/>' "is not there"
wrong '<metrics/>' '<metrics> says nothing'
wrong '<metrics port="80"/>' 'port'
alarms=$good
set_up
expect 0 check

# A run that is done: its hook, each time; no mail.
expect 0 sync
expect 0 sync
same "told that it is done" 2 "$(told done)"
same "mails" 0 "$(mails)"
grep -q '"event":"done","state":"begun".*"sync":"staff".*"run":' "$dir/told.done" || fail "$(cat "$dir/told.done")"
if perl -MJSON::PP -e 1 2>/dev/null; then
        perl -MJSON::PP -ne 'decode_json($_) if /\S/' "$dir/told.done" 2>"$err" || fail "no JSON"
fi

# What a hook gets: its words, no shell, no environment and no descriptors of ours.
same folder / "$(cat "$dir/folder")"
same environment 'LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$(tr '\n' ' ' <"$dir/environment" | sed 's/ $//')"
[ "$(grep -cvE '^(0|1|2|10|11|255)$' "$dir/descriptors")" = 0 ] || fail "descriptors: $(tr '\n' ' ' <"$dir/descriptors")"

# A sink that is away: told once, however many runs fail; and once when it is over.
slapd_stop "$dir/slapd"
control hire '{"count":1}'
touch "$dir/no-mail"
expect 4 sync
complains 'queue is full'
same "told that it failed" 1 "$(told failed)"
same words "$(printf 'failed\ntwo words\n$HOME')" "$(cat "$dir/arguments")"
same "mails that cannot be sent" 0 "$(mails)"
rm "$dir/no-mail"
expect 4 sync
same "mails, when they can be sent" 1 "$(mails)"
expect 4 sync
same "told once" 1 "$(told failed)"
same "mailed once" 1 "$(mails)"
grep -q '^To: oncall@example.org,$' "$dir/mails" && grep -q '^From: muster@example.org$' "$dir/mails" || fail "headers: $(cat "$dir/mails")"
grep -q '^Subject: muster on .*: sync staff failed$' "$dir/mails" || fail "subject: $(cat "$dir/mails")"
grep -q '^      muster check --online$' "$dir/mails" || fail "what to do: $(cat "$dir/mails")"
! grep -q 'emulator~secret' "$dir/mails" "$dir"/told.* || fail "a secret is told"
slapd_start "$dir/slapd" || exit 1
uri=$(cat "$dir/slapd/uri")
set_up
expect 0 sync
same "told that it is over" 2 "$(told failed)"
grep -q '"event":"failed","state":"over"' "$dir/told.failed" || fail "not over"
same "mailed that it is over" 2 "$(mails)"
grep -q '^\* sync staff works again$' "$dir/mails" || fail "$(cat "$dir/mails")"
expect 0 sync
same "nothing more" 2 "$(mails)"

# A guard holds: each hold is told, with what to do.
scope='user.userType -eq "Nobody"'
set_up
"$MUSTER" sync >"$out" 2>"$err"
same "exit code of a sync that is held" 3 $?
number=$(sqlite3 "$dir/state/state.db" 'SELECT number FROM hold WHERE state = 0 LIMIT 1')
same "told of the hold" 1 "$(grep -c "\"hold\":$number," "$dir/told.held")"
holds=$(told held)
same "each hold once" "$(sqlite3 "$dir/state/state.db" 'SELECT count(*) FROM hold WHERE state = 0')" "$holds"
grep -q "^      muster approve $number\$" "$dir/mails" || fail "$(cat "$dir/mails")"
scope='user.userType -eq "Member" -and user.mail -ne null'
set_up
expect 0 sync
grep -q "^\* hold $number is decided\$" "$dir/mails" || fail "$(cat "$dir/mails")"
same "hooks without over=" "$holds" "$(told held)"

# A hook that hangs does not keep the service, its runs or its end; it is ended, and all it started.
fresh='<freshness within="1h"/><schedule every="10s"/>'
alarms="<on event=\"stale\" run=\"$bin/hang\" timeout=\"1s\"/>$good"
set_up
sqlite3 "$dir/state/state.db" "PRAGMA busy_timeout=5000; UPDATE sync SET succeeded = succeeded - 7200000" >/dev/null
slapd_stop "$dir/slapd"
control hire '{"count":1}'
before=$(mails)
"$MUSTER" run >"$dir/stdout" 2>"$dir/service.log" &
service=$!
trap 'code=$?; kill $service 2>/dev/null; (exit $code); engine_end' EXIT
for _ in $(seq 600); do [ "$(told stale)" = 0 ] || break; sleep 0.1; done
same "told that it is stale, behind one that hangs" 1 "$(told stale)"
grep -q 'hang was to be told of something: it was ended because it took too long' "$dir/service.log" ||
        for _ in $(seq 300); do grep -q 'took too long' "$dir/service.log" && break; sleep 0.1; done
grep -q 'took too long' "$dir/service.log" || fail "$(cat "$dir/service.log")"
for process in $(cat "$dir/hanging"); do ! kill -0 "$process" 2>/dev/null || fail "process $process is left"; done
for _ in $(seq 300); do [ "$(mails)" -gt "$before" ] && break; sleep 0.1; done
grep -q '^\* staff is not up to date$' "$dir/mails" || fail "$(cat "$dir/mails")"
# One that has just ended is one for a moment.
zombies() { ps -o stat= --ppid "$service" 2>/dev/null | grep -c Z; }
for _ in $(seq 200); do left=$(zombies); [ "$left" = 0 ] && break; sleep 0.05; done
same "zombies that stay" 0 "$left"
kill -TERM $service
wait $service
same "the service's exit code" 0 $?
