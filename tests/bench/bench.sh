#!/bin/bash
# bench.sh - how fast, against what else an admin could have used, on this machine.
#
# Every figure is the median of BENCH_ROUNDS runs that take turns with those they are
# compared with, each against a slapd of its own made afresh.  Ratios are what to
# trust; seconds are of this machine.  A miss is printed as a miss.
#
#   BENCH_PEOPLE=100000    people of the load and what follows it
#   BENCH_ROUNDS=3         runs of each
#   BENCH_SIZES="10000 100000 1000000"   people in the store for runs with no change
#   BENCH_MEMORY="20000 100000 200000"   loads whose memory is compared
#   BENCH_PARTS="start load disk change group idle memory rest"   what to measure
#   BENCH_REST=5000        people for Bold BI and Kaizala (bench-rest.sh)
#   BENCH_FAST=/dev/shm    where databases lie that need not survive
#
# A quick look: BENCH_PEOPLE=20000 BENCH_SIZES="1000 20000" BENCH_MEMORY="5000 20000"
set -u
: "${top_srcdir:?run by make bench}" "${top_builddir:?}" "${MUSTER_PLUGINS:?}" "${GRAPH_EMULATOR:?}"
people=${BENCH_PEOPLE-100000}
rounds=${BENCH_ROUNDS-3}
sizes=${BENCH_SIZES-10000 100000 1000000}
memory=${BENCH_MEMORY-20000 100000 200000}
parts=${BENCH_PARTS-start load disk change group idle memory rest}
tools=$top_builddir/tests/bench
here=$top_srcdir/tests/bench
suffix=dc=contoso,dc=example
. "$top_srcdir/tests/scenario/slapd.sh"

mkdir -p "$top_builddir/bench"
work=$(mktemp -d "$top_builddir/bench/run.XXXXXX") || exit 1
fast=$(mktemp -d "${BENCH_FAST-/dev/shm}/muster-bench.XXXXXX") || exit 1
table=$top_builddir/bench/table
: >"$table"
emulators=()

finish() {
        trap '' EXIT HUP INT TERM
        local folder
        [ ${#emulators[@]} = 0 ] || kill "${emulators[@]}" 2>/dev/null
        for folder in "$work"/*/pid; do
                [ ! -e "$folder" ] || slapd_stop "${folder%/pid}"
        done
        rm -rf "$work" "$fast"
}
trap finish EXIT
trap 'exit 130' HUP INT TERM

say() { printf '%s  %s\n' "$(date +%T)" "$1" >&2; }
fail() { echo "bench: $1" >&2; exit 1; }
wanted() { [[ " $parts " == *" $1 "* ]]; }

# The program itself, not libtool's wrapper, which is a shell script.
muster=$top_builddir/.libs/muster
[ -x "$muster" ] || muster=$top_builddir/muster
export LD_LIBRARY_PATH=$top_builddir/.libs

# --- measuring ------------------------------------------------------------------------

# timed NAME COMMAND...: a run of NAME; input is the caller's.
timed() {
        local name=$1
        shift
        "$tools/timed" -o "$work/$name.runs" "$@" >"$work/log" 2>&1 ||
                { tail -n 20 "$work/log" >&2; fail "$name: $1 failed"; }
}

# median NAME [COLUMN]: of the seconds (1), processor seconds (2) or KiB (3) of its runs.
median() {
        sort -g -k "${2-1},${2-1}" "$work/$1.runs" |
                awk -v c="${2-1}" '{ v[NR] = $c } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# row WORK OURS NAME THEIRS faster|within AIM: faster is how many times as fast we are,
# within is how many times their time we take.
row() {
        awk -v work="$1" -v ours="$2" -v name="$3" -v theirs="$4" -v how="$5" -v aim="$6" '
        function s(x) { return x >= 100 ? sprintf("%.0f s", x) : x >= 1 ? sprintf("%.2f s", x) : sprintf("%.1f ms", x * 1000) }
        BEGIN {
                ratio = how == "faster" ? theirs / ours : ours / theirs
                met = how == "faster" ? ratio >= aim : ratio <= aim
                printf "%-31s %8s  %-19s %8s %6.2f %s %-4s %s\n", work, s(ours), name, s(theirs), ratio,
                        how == "faster" ? ">=" : "<=", aim, met ? "met" : "MISSED"
        }' | tee -a "$table" >&2
}

# --- the two ends -----------------------------------------------------------------------

field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$2"; }

# emulate PEOPLE: starts an emulator; its description goes to $ready.
emulate() {
        local file=$work/emulator-$1.json
        rm -f "$file"
        "$GRAPH_EMULATOR" --people "$1" --page-size 999 --ready-file "$file" >/dev/null 2>>"$work/emulator.log" &
        emulators+=($!)
        for _ in $(seq 1200); do
                [ ! -s "$file" ] || break
                sleep 0.05
        done
        ready=$(cat "$file") || fail "the emulator did not start"
}

control() { curl -sSf "$(field control "$ready")/$1" -d "$2" >/dev/null || fail "the emulator refused to $1"; }

# server NAME fast|disk: a slapd with an empty organisation.
server() {
        local data=$work/$1/data durable=yes
        [ "$2" = disk ] || { data=$fast/$1; durable=no; }
        # A group of 100,000 is five megabytes: the server must take that much in one
        # request, or its check for double values makes the second one take twenty seconds.
        echo "sockbuf_max_incoming_auth 33554432" >"$work/extra"
        slapd_prepare "$work/$1" suffix=$suffix durable=$durable data="$data" maxsize=34359738368 \
                lock=no extra="$work/extra" &&
                slapd_start "$work/$1" || fail "slapd did not start"
}
drop() { slapd_stop "$work/$1"; rm -rf "${work:?}/$1" "${fast:?}/$1"; }

uri() { cat "$work/$1/uri"; }
search() {                                   # SERVER FILTER ATTRIBUTE...
        ldapsearch -x -LLL -o ldif-wrap=no -H "$(uri "$1")" -D "cn=admin,$suffix" -y "$work/$1/admin.secret" \
                -b "$suffix" "${@:2}"
}
write() {                                    # RUN SERVER ldapadd|ldapmodify FILE
        timed "$1" "$3" -x -H "$(uri "$2")" -D "cn=admin,$suffix" -y "$work/$2/admin.secret" -f "$4"
}
holds() {                                    # SERVER FILTER COUNT: or the figure is worth nothing
        local n
        n=$(search "$1" "$2" 1.1 | grep -c '^dn:')
        [ "$n" = "$3" ] || fail "$1 holds $n entries of $2, not $3"
}

# configure NAME SERVER [GROUP...]: muster.xml and no state; a group is "name rule".
configure() {
        local name=$1 server=$2
        shift 2
        rm -rf "${work:?}/$name" && mkdir "$work/$name"
        (umask 077 && printf '%s' 'emulator~secret.+&=/' >"$work/$name/contoso.secret")
        regroup "$name" "$server" "$@"
}
regroup() {
        local name=$1 server=$2 group groups='' use=''
        shift 2
        for group in "$@"; do
                groups="$groups<group name=\"${group%% *}\">${group#* }</group>"
                use='<groups use="*"/>'
        done
        sed -e "s|@work@|$work/$name|g" -e "s|@ldap@|$(uri "$server")|g" \
                -e "s|@secret@|$work/$server/muster.secret|g" \
                -e "s|@login@|$(field login "$ready")|g" -e "s|@graph@|$(field graph "$ready")|g" \
                -e "s|@tenant@|$(field tenant "$ready")|g" -e "s|@client-id@|$(field clientId "$ready")|g" \
                -e "s|@groups@|$groups|; s|@use@|$use|" "$here/bench.xml.in" >"$work/$name/muster.xml"
}
sync() { timed "$1" "$muster" sync -c "$work/$2/muster.xml"; }          # RUN NAME

# --- what is measured -------------------------------------------------------------------

# Twenty runs of each in a round: they are short.
measure_start() {
        say "starting programs"
        emulate 10
        server start fast
        configure start-state start
        for _ in $(seq "$rounds"); do
                timed empty "$tools/timed" -n 20 -o "$work/empty.short" "$tools/empty"
                timed version "$tools/timed" -n 20 -o "$work/version.short" "$muster" --version
                timed check "$tools/timed" -n 20 -o "$work/check.short" "$muster" check -c "$work/start-state/muster.xml"
                timed node "$tools/timed" -n 20 -o "$work/node.short" node -e 0
        done
        for name in empty version check node; do
                mv "$work/$name.short" "$work/$name.runs"
        done
        row "muster --version" "$(median version)" "empty C program" "$(median empty)" within 3
        row "muster check" "$(median check)" "node -e 0" "$(median node)" within 0.2
        drop start
}

# The same entries, three ways: from the source, from a file over the wire, offline.
measure_load() {                             # fast|disk
        local where=$1 round count
        emulate "$people"
        rm -f "$work/people.ldif"
        for round in $(seq "$rounds"); do
                say "loading $people people ($where), round $round of $rounds"
                server ours "$where"
                configure state ours
                sync "load-$where" state
                if [ ! -s "$work/people.ldif" ]; then
                        search ours '(objectClass=inetOrgPerson)' >"$work/people.ldif"
                        count=$(grep -c '^dn:' "$work/people.ldif")
                        [ "$count" -gt $((people * 8 / 10)) ] || fail "only $count of $people people arrived"
                fi
                holds ours '(objectClass=inetOrgPerson)' "$count"
                [ "$round" = "$rounds" ] || drop ours

                server theirs "$where"
                write "ldapadd-$where" theirs ldapadd "$work/people.ldif"
                holds theirs '(objectClass=inetOrgPerson)' "$count"
                drop theirs

                server offline "$where"
                slapd_stop "$work/offline"
                timed "slapadd-$where" "$(slapd_binary "$work/offline")" -T add -q \
                        -f "$work/offline/slapd.conf" -l "$work/people.ldif"
                drop offline
        done
        drop ours
        case $where in
        fast) where="tmpfs, dbnosync" ;;
        disk) where="disk, default" ;;
        esac
        row "$count people, $where" "$(median "load-$1")" ldapadd "$(median "ldapadd-$1")" faster 2.0
        row "the same" "$(median "load-$1")" "slapadd -q" "$(median "slapadd-$1")" within 6
}

# A loaded server of ours, and its twin for the others.
twins() {
        emulate "$people"
        say "loading $people people, twice"
        server ours fast
        configure state ours
        sync twins state
        search ours '(objectClass=inetOrgPerson)' >"$work/people.ldif"
        server twin fast
        slapd_stop "$work/twin"
        slapd_tool "$work/twin" slapadd -q -f "$work/twin/slapd.conf" -l "$work/people.ldif" || fail "slapadd"
        slapd_start "$work/twin" || fail "slapd did not start"
}

measure_change() {
        local round
        for round in $(seq "$rounds"); do
                say "1,000 changes, round $round of $rounds"
                control bulk '{"op":"change","count":1000,"property":"jobTitle","seed":'"$round"'}'
                search ours '(objectClass=inetOrgPerson)' >"$work/before.ldif"
                sync change state
                search ours '(objectClass=inetOrgPerson)' >"$work/after.ldif"
                awk -f "$here/changes.awk" "$work/before.ldif" "$work/after.ldif" >"$work/changes.ldif"
                [ "$(grep -c '^dn:' "$work/changes.ldif")" -gt 800 ] || fail "too few of the changes arrived"
                write ldapmodify twin ldapmodify "$work/changes.ldif"
        done
        row "1,000 changes at $people" "$(median change)" ldapmodify "$(median ldapmodify)" within 1
}

# chunks GROUP add|delete: member DNs on standard input, a modify for each thousand.
chunks() {
        awk -v dn="cn=$1,ou=groups,$suffix" -v what="$2" '
        NR % 1000 == 1 { printf "%sdn: %s\nchangetype: modify\n%s: member\n", (NR > 1 ? "\n" : ""), dn, what }
        { print "member: " $0 }'
}

measure_group() {
        local round all groups=('nowhere user.companyName -eq "Nowhere"') left='user.companyName -ne "Gone"'
        # A rule that reads a new attribute makes a run that reads everything: not measured here.
        regroup state ours "${groups[@]}"
        sync prepare state
        for round in $(seq "$rounds"); do
                say "a new group, round $round of $rounds"
                groups+=("new-$round $left")         # those before stay: losing one is held
                regroup state ours "${groups[@]}"
                sync new-group state
                search ours "(cn=new-$round)" member | sed -n 's/^member: //p' >"$work/members"
                all=$(wc -l <"$work/members")
                [ "$all" -gt $((people * 8 / 10)) ] || fail "the new group has only $all members"
                printf 'dn: cn=new-%s,ou=groups,%s\nchangetype: add\nobjectClass: groupOfNames\ncn: new-%s\nmember: %s\n\n' \
                        "$round" $suffix "$round" "$(head -n 1 "$work/members")" >"$work/group.ldif"
                tail -n +2 "$work/members" | chunks "new-$round" add >>"$work/group.ldif"
                write group-chunks twin ldapmodify "$work/group.ldif"
                [ "$(search twin "(cn=new-$round)" member | grep -c '^member:')" = "$all" ] ||
                        fail "the twin's group has not $all members"
        done
        row "a new group of $all" "$(median new-group)" "ldapmodify, chunks" "$(median group-chunks)" faster 20

        # Those who left come back while the next thousand leaves.
        control bulk '{"op":"change","count":1000,"property":"companyName","value":"Gone","seed":100}'
        sync leave state
        search ours "(cn=new-$rounds)" member | sed -n 's/^member: //p' | sort >"$work/members.was"
        comm -23 <(sort "$work/members") "$work/members.was" | chunks "new-$rounds" delete >"$work/group.ldif"
        write leave-chunks twin ldapmodify "$work/group.ldif"
        for round in $(seq "$rounds"); do
                say "1,000 join and 1,000 leave, round $round of $rounds"
                control bulk '{"op":"change","count":1000,"property":"companyName","value":"Contoso","seed":'$((99 + round))'}'
                control bulk '{"op":"change","count":1000,"property":"companyName","value":"Gone","seed":'$((100 + round))'}'
                sync join state
                search ours "(cn=new-$rounds)" member | sed -n 's/^member: //p' | sort >"$work/members.is"
                comm -13 "$work/members.was" "$work/members.is" >"$work/joined"
                comm -23 "$work/members.was" "$work/members.is" >"$work/left"
                mv "$work/members.is" "$work/members.was"
                [ "$(cat "$work/joined" "$work/left" | wc -l)" -gt 1500 ] || fail "too few joined and left"
                { chunks "new-$rounds" add <"$work/joined"; echo; chunks "new-$rounds" delete <"$work/left"; } >"$work/group.ldif"
                write join-chunks twin ldapmodify "$work/group.ldif"
                # One at a time takes minutes: a hundred of them, and the rest reckoned.
                head -n 50 "$work/joined" | awk -v dn="cn=new-$rounds,ou=groups,$suffix" '
                        { print "dn: " dn "\nchangetype: modify\ndelete: member\nmember: " $0 "\n"
                          print "dn: " dn "\nchangetype: modify\nadd: member\nmember: " $0 "\n" }' >"$work/group.ldif"
                write join-singly twin ldapmodify "$work/group.ldif"
        done
        row "1,000 join, 1,000 leave" "$(median join)" "ldapmodify, chunks" "$(median join-chunks)" faster 20
        row "the same" "$(median join)" "one at a time (x 20)" "$(awk "BEGIN { print $(median join-singly) * 20 }")" faster 20
}

measure_idle() {
        local size round first=''
        for size in $sizes; do
                say "loading $size people, to be left alone"
                emulate "$size"
                server "idle-$size" fast
                configure "state-$size" "idle-$size"
                sync fill "state-$size"
                sync settle "state-$size"
        done
        for round in $(seq $((rounds * 5))); do
                for size in $sizes; do
                        sync "no-change-$size" "state-$size"
                done
                timed node-idle node -e 0
        done
        for size in $sizes; do
                row "no change, $size in the store" "$(median "no-change-$size")" "node -e 0" "$(median node-idle)" within 0.4
                [ -n "$first" ] || first=$size
                [ "$size" = "$first" ] ||
                        row "the same" "$(median "no-change-$size")" "at $first" "$(median "no-change-$first")" within 1.2
                drop "idle-$size"
        done
}

measure_memory() {
        local size kib first=''
        for size in $memory; do
                say "memory of loading $size people"
                emulate "$size"
                server "memory-$size" fast
                configure "memory-state-$size" "memory-$size"
                sync "memory-load-$size" "memory-state-$size"
                drop "memory-$size"
                kib=$(median "memory-load-$size" 3)
                [ -n "$first" ] || first=$kib
                awk -v n="$size" -v kib="$kib" -v first="$first" 'BEGIN {
                        printf "%-31s %5.1f MiB  %-28s %6.2f <= 32   %s\n", "most memory, load of " n, kib / 1024,
                                "of the smallest:", kib / first, kib <= 32768 && kib <= first * 1.2 ? "met" : "MISSED" }' |
                        tee -a "$table" >&2
        done
}

. "$here/bench-rest.sh"

for tool in node ldapadd ldapmodify curl; do
        command -v $tool >/dev/null || fail "$tool is missing: ./bootstrap deps bench"
done
! wanted start || measure_start
! wanted load || measure_load fast
! wanted disk || measure_load disk
if wanted change || wanted group; then
        twins
        ! wanted change || measure_change
        ! wanted group || measure_group
        drop ours
        drop twin
fi
! wanted idle || measure_idle
! wanted memory || measure_memory
! wanted rest || measure_rest

printf '\n%s, %s, %s of %s\n' "$("$muster" --version | head -n 1)" "$(uname -sr)" \
        "$(nproc) processors" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
printf '%d rounds, medians; the ratio is followed by the aim\n\n' "$rounds"
printf '%-31s %8s  %-19s %8s %6s %s\n' work muster against '' ratio aim
cat "$table"
