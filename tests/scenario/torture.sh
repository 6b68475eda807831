#!/bin/bash
# torture.sh - `muster sync` with four sinks (slapd, Bold BI, Kaizala, a file) is killed at the calls
# by which something gets out of it (a write, a sync, a packet, a rename), and its disk fails there,
# once and for good; it is stopped past deadlines and started twice.  Each time it is then let finish,
# and judged by truth and judge, which share nothing with it (F75, F76, F87, F88, F89, F90, F115, F117).
#
#   in `make check` a few points; with MUSTER_TORTURE set all of them (make check-torture)
#   MUSTER_POINTS=N   N points of each kind        MUSTER_PEOPLE=N   MUSTER_KINDS="kill EIO"
. "$srcdir/tests/scenario/engine.sh"
need strace
full=${MUSTER_TORTURE-}
people=${MUSTER_PEOPLE-$([ -n "$full" ] && echo 200 || echo 30)}
most=${MUSTER_POINTS-$([ -n "$full" ] && echo 100000 || echo 1)}
[ -x "$BOLDBI_EMULATOR" ] && [ -e "$MUSTER_PLUGINS/boldbi.so" ] && [ -e "$MUSTER_PLUGINS/kaizala.so" ] &&
        [ -e "$MUSTER_PLUGINS/file.so" ] || skip "not all connectors are there as plugins"
# The program itself, not the script that finds its libraries: calls are counted.
if [ -x "$top_builddir/.libs/muster" ]; then export LD_LIBRARY_PATH=$top_builddir/.libs; MUSTER=$top_builddir/.libs/muster; fi
kaizala_emulator=$top_builddir/tests/emulators/kaizala/kaizala-emulator
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0      # none can run in a traced program

others=''
start() {                                    # NAME PROGRAM [OPTION...]
        local name=$1; shift
        "$@" --ready-file "$dir/$name.ready" >"$dir/$name.log" 2>&1 &
        others="$others $!"
        for _ in $(seq 400); do [ -s "$dir/$name.ready" ] && return; sleep 0.05; done
        cat "$dir/$name.log" >&2
        exit 1
}
of() { sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$dir/$1.ready"; }
# shellcheck disable=SC2086
trap 'code=$?; [ -z "$others" ] || kill $others 2>/dev/null; (exit $code); engine_end' EXIT

limits=''
for of_what in removals identity changes creates clears group-members; do
        limits="$limits<limit of=\"$of_what\" above=\"9000\" and-percent=\"100\"$([ $of_what != removals ] || echo ' never-above="9000"')/>"
done
configure() {
        mkdir -p "$dir/outbox"; chmod 700 "$dir/outbox"
        (umask 077; of bold apiKey | tr -d '\n' >"$dir/key"; of kaizala refreshToken | tr -d '\n' >"$dir/refresh"
         printf 'EXAMPLE0KEY' >"$dir/kaizala.secret"; printf 'a key for the tests of the kaizala sink' >"$dir/kaizala.key")
        local root; root=$(of kaizala control); root=${root%/_control}
        (umask 077; cat >"$dir/muster.xml") <<XML
<muster xmlns="urn:muster:config:1">
<store path="$dir/state/state.db"/>
<source name="contoso" plugin="entra">
<tenant>$(member tenant)</tenant><client-id>$(member clientId)</client-id>
<client-secret file="$dir/secret"/>
<login-url>$(member login)</login-url><graph-url>$(member graph | sed 's,/v1.0$,,')</graph-url>
</source>
<sink name="corporate" plugin="ldap">
<uri>$uri</uri>
<bind-dn>cn=muster,ou=services,$suffix</bind-dn><password file="$dir/slapd/muster.secret"/>
<user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
<user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>
<stamp-attribute>musterStamp</stamp-attribute>
<disabled-attribute>pwdAccountLockedTime</disabled-attribute><disabled-value>000001010000Z</disabled-value>
</sink>
<sink name="bi" plugin="boldbi"><url>$(of bold site)</url><api-key file="$dir/key"/></sink>
<sink name="phones" plugin="kaizala">
<url>$root</url><trusted-hosts>localhost 127.0.0.1</trusted-hosts>
<application-id>6b1d0f5e-1f3c-4a52-9b51-0a6c2f1d7e10</application-id>
<application-secret file="$dir/kaizala.secret"/><refresh-token file="$dir/refresh"/><token-key file="$dir/kaizala.key"/>
<calls-per-minute>100000</calls-per-minute><outbox>$dir/outbox</outbox><timeout>5s</timeout>
<portal-url>$root/_portal</portal-url>
</sink>
<sink name="book" plugin="file"><path>$dir/book.csv</path><columns>id displayName department</columns>
<stamp-column>stamp</stamp-column></sink>
<sync name="staff" source="contoso">
<scope>$scope</scope>
$groups
<target sink="corporate">$match $maps <groups use="*"/> $leavers $limits</target>
<target sink="bi"><on-gone do="delete"/><on-out-of-scope do="delete"/><on-disabled do="keep"/>$limits</target>
<target sink="phones"><scope>user.employeeId -ne null</scope><match attribute="PhoneNumber"/>
<map to="PhoneNumber">Append("+491", [employeeId])</map>
<on-gone do="delete"/><on-out-of-scope do="delete"/>$limits</target>
<target sink="book" defaults="no"><map to="id">[id]</map>
<map to="displayName">[displayName]</map><map to="department">[department]</map>
<on-gone do="delete"/><on-out-of-scope do="delete"/><on-disabled do="keep"/>$limits</target>
</sync>
</muster>
XML
}

killed=0 failed=0 survived=0
judge() {                                    # AFTER WHAT
        last="judged after $1"
        compare_with_truth || { cat "$out" >&2; fail "the directory is not what the source says"; }
        for door_of in bold kaizala; do curl -sS "$(of $door_of control)/effects?after=0&limit=100000" >"$dir/$door_of.effects"; done
        curl -sS "$(of bold control)/users" >"$dir/bold.users"
        curl -sS "$(of kaizala control)/people" >"$dir/kaizala.people"
        "$top_builddir/tests/scenario/judge" "$dir/people.json" foreign=admin@contoso.example foreign=+14255550100 \
                boldbi="$dir/bold.users:$dir/bold.effects" kaizala="$dir/kaizala.people:$dir/kaizala.effects" \
                file="$dir/book.csv" >"$out" 2>"$err" || fail "a sink is not what the source says, or something was done twice"
        same "the store is sound" ok "$(sqlite3 "$dir/state/state.db" 'PRAGMA integrity_check')"
}

# Started again until it has nothing to do.
finish() {                                   # AFTER WHAT
        local n code
        for n in 1 2 3 4 5; do
                "$MUSTER" sync >"$out" 2>"$err" </dev/null
                code=$?
                [ $code != 0 ] || break
                # What waits for its time is due now.
                sqlite3 "$dir/state/state.db" 'PRAGMA busy_timeout = 5000; UPDATE op SET due = 0 WHERE state = 3;
                        UPDATE instance SET trial = 0 WHERE trial > 0' >/dev/null 2>&1
        done
        last="finished after $1"
        [ $code = 0 ] || fail "it does not come to rest (exit $code)"
        judge "$1"
}

expired=0
change_something() {
        control bulk "{\"op\":\"change\",\"count\":6,\"property\":\"jobTitle\",\"seed\":$RANDOM}"
        control bulk "{\"op\":\"rename\",\"count\":1,\"seed\":$RANDOM}"
        control bulk "{\"op\":\"disable\",\"count\":1,\"seed\":$RANDOM}"
        control bulk "{\"op\":\"remove\",\"count\":1,\"seed\":$RANDOM}"
        control hire '{"count":2}'
        if [ $((++expired % 4)) = 0 ]; then control expire '{"form":"gone"}'; fi
}

# at CALL N WHAT: a sync to which that happens when a thread of it makes that call for the Nth time.
at() {
        { strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:$3:when=$2" "$MUSTER" sync >"$out" 2>"$err" </dev/null; code=$?; } 2>/dev/null
        case $code in 137) killed=$((killed + 1)) ;; 0) survived=$((survived + 1)) ;; *) failed=$((failed + 1)) ;; esac
}

calls=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg,rename,renameat2,unlink,ftruncate,openat
# points CALL: how often the busiest thread makes it in a sync with changes
points() { grep -oE "^[0-9]+ +$1\(" "$dir/calls" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }'; }

start bold "$BOLDBI_EMULATOR"
start kaizala "$kaizala_emulator" --calls 0 --tenant-calls 0
begin "$people" --seed 21
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
for kind in ${MUSTER_KINDS-kill EIO ENOSPC}; do
        case $kind in
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
