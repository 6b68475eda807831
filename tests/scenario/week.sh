#!/bin/bash
# week.sh - a week of the service, by a clock that the test moves: people are hired, change, move and
# leave; Graph, the directory and Bold BI are away for a while each; delta links expire; the service is
# killed and its configuration changed.  Three sinks have what the source says afterwards: a directory,
# Bold BI and a file, each asked by other means than Muster's.
. "$srcdir/tests/scenario/engine.sh"
need perl
perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
[ -x "$BOLDBI_EMULATOR" ] || skip "the Bold BI emulator is not built"
clock=$top_builddir/tests/scenario/.libs/clock.so
[ -e "$clock" ] || skip "this build makes no shared objects"
for plugin in boldbi file; do [ -e "$top_builddir/plugins/.libs/$plugin.so" ] || skip "the $plugin connector is not built as a plugin"; done

# ---- the clock ----------------------------------------------------------------------------------
real=$MUSTER
MUSTER=$dir/muster
perl -e 'print pack "q", 0' >"$dir/clock"
cat >"$MUSTER" <<SH
#!/bin/sh
ASAN_OPTIONS=\${ASAN_OPTIONS:+\$ASAN_OPTIONS:}verify_asan_link_order=0 MUSTER_TEST_CLOCK='$dir/clock' LD_PRELOAD='$(realpath "$clock")' exec '$real' "\$@"
SH
chmod +x "$MUSTER"

service='' bold=''
log=$dir/service.log
trap 'code=$?; kill $service $bold 2>/dev/null; [ $code = 0 ] || tail -n 80 "$log" >&2; (exit $code); engine_end' EXIT
door_of() { sed -n 's/.*"control":"\([^"]*\)".*/\1/p' "$dir/bold"; }
bold() { answer=$(curl -sS --max-time 20 "$(door_of)/$1" -d "$2" 2>&1); case $answer in *'"error"'*) last="bold $1 $2"; fail "$answer" ;; esac; }
until_true() {
        for _ in $(seq 2400); do
                "$@" && return
                kill -0 "$service" 2>/dev/null || { last="$*"; fail "the service has ended"; }
                sleep 0.02
        done
        last="$*"; fail "never came true"
}
runs() { grep -cE ' run [0-9]+, ' "$log"; }
ran_since() { [ "$(runs)" -gt "$1" ]; }
shift_clock() {                              # by so many hours
        perl -e 'open my $f, "+<", $ARGV[0] or die; read $f, my $was, 8; seek $f, 0, 0;
                print $f pack "q", unpack("q", $was) + $ARGV[1] * 3600000' "$dir/clock" "$1"
}
# hours N: they pass, in steps of the schedule, and each time what is due is done.
hours() {
        local before left=$1
        while [ "$left" -gt 0 ]; do
                before=$(runs)
                shift_clock 6
                control clock '{"advance":"6h"}'
                bold clock '{"advance":"6h"}'
                "$MUSTER" status >/dev/null 2>&1         # which wakes it
                until_true ran_since "$before"
                left=$((left - 6))
        done
}
answers() { "$MUSTER" status 2>/dev/null | grep -q "process $service"; }
start() {
        "$MUSTER" run 2>>"$log" &
        service=$!
        until_true answers
}

# ---- the three sinks -----------------------------------------------------------------------------
sinks() {
        cat <<XML
<sink name="bi" plugin="boldbi"><url>$(sed -n 's/.*"site":"\([^"]*\)".*/\1/p' "$dir/bold")</url>
<username>admin@contoso.example</username><password file="$dir/bold.secret"/></sink>
<sink name="book" plugin="file"><path>$dir/made/book.csv</path><stamp-column>stamp</stamp-column></sink>
XML
}
targets() {
        cat <<'XML'
<target sink="bi"><on-gone do="delete"/><on-out-of-scope do="delete"/><on-disabled do="keep"/>
<limit of="removals" above="50" and-percent="50"/></target>
<target sink="book" defaults="no"><match attribute="mail"/><map to="mail">[mail]</map><map to="name">[displayName]</map>
<map to="dept">[department]</map><map to="job">[jobTitle]</map><on-gone do="delete"/><on-out-of-scope do="delete"/><on-disabled do="keep"/>
<limit of="removals" above="50" and-percent="50"/></target>
XML
}
set_up() {
        configure
        SINKS=$(sinks) TARGETS=$(targets) perl -0pi -e \
                's|<sync |$ENV{SINKS}<sync |; s|</sync>|$ENV{TARGETS}</sync>|; s|<scope>|<schedule every="6h"/><scope>|' "$dir/muster.xml"
}
# everybody: in the directory, at Bold BI and in the file stands who stands at the source, as he is there.
everybody() {
        compare_with_truth || return 1
        curl -sS "$(door_of)/users" >"$dir/bold.json" || return 1
        perl -MJSON::PP -e '
                my ($people, $users, $book) = @ARGV;
                sub slurp { local (@ARGV, $/) = @_; <> }
                sub rows { my $all = decode_json(slurp($_[0])); ref $all eq "ARRAY" ? @$all : map { @$_ } grep { ref eq "ARRAY" } values %$all }
                my %want = map { (lc $_->{mail}) => $_ } grep { ($_->{"\@state"} // "live") eq "live" && ($_->{userType} // "") eq "Member" && defined $_->{mail} } rows($people);
                my %bold = map { (lc $_->{Email}) => $_ } grep { lc $_->{Email} ne "admin\@contoso.example" && !$_->{"\@admin"} } rows($users);
                my @lines = split /\n/, slurp($book);       # nothing here needs quotation marks but for commas
                my @names = split /,/, shift @lines;
                my %book;
                for (@lines) { my @cells; push @cells, defined $1 ? $1 =~ s/""/"/gr : $2 while /\G(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g && @cells < @names;
                        my %row; @row{@names} = @cells; $book{lc $row{mail}} = \%row }
                my $wrong = 0;
                for my $mail (sort keys %{{ %want, %bold, %book }}) {
                        my ($w, $b, $r) = ($want{$mail}, $bold{$mail}, $book{$mail});
                        my @ill;
                        push @ill, "not wanted" if !$w;
                        push @ill, "not at Bold BI" if $w && !$b;
                        push @ill, "not in the file" if $w && !$r;
                        push @ill, "Bold BI: first name $b->{FirstName}" if $w && $b && utf8($b->{FirstName}) ne utf8($w->{givenName} // $w->{displayName});
                        push @ill, "file: dept $r->{dept}" if $w && $r && $r->{dept} ne utf8($w->{department} // "");
                        push @ill, "file: job $r->{job}" if $w && $r && $r->{job} ne utf8($w->{jobTitle} // "");
                        push @ill, "file: name $r->{name}" if $w && $r && $r->{name} ne utf8($w->{displayName});
                        print "$mail: @ill\n" if @ill;
                        $wrong += @ill;
                }
                sub utf8 { my $t = shift; utf8::encode($t); $t }
                die "nobody\n" if !%want || !%bold || !%book;
                exit($wrong ? 1 : 0)' "$dir/people.json" "$dir/bold.json" "$dir/made/book.csv" >"$out" 2>"$err"
}
right() { last=$1; everybody || fail "the sinks are not what the source says"; }
wrong() { last=$1; everybody && fail "nothing differs"; [ -s "$out" ] || fail "the readers failed"; }
person() { curl -sS "$door/people?offset=$1&limit=1" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p'; }

"$BOLDBI_EMULATOR" --ready-file "$dir/bold" >"$dir/bold.log" 2>&1 &
bold=$!
for _ in $(seq 400); do [ -s "$dir/bold" ] && break; sleep 0.05; done
[ -s "$dir/bold" ] || { cat "$dir/bold.log" >&2; exit 1; }
(umask 077; printf 'Example1!' >"$dir/bold.secret"; mkdir "$dir/made")
leavers='<on-gone do="disable" delete-after="2d"/><on-out-of-scope do="disable"/><on-disabled do="disable"/>'
target_options='<limit of="removals" above="50" and-percent="50"/>'
begin 30 --seed 9
set_up
expect 0 check

# ---- Monday: everybody, then two who are new -----------------------------------------------------
touch "$log"
start
until_true ran_since 0
right "the first load"
control hire '{"count":2}'
wrong "before they were read"
hours 6
right "who was hired on Monday"
hours 18

# ---- Tuesday: changes, a move, a name -------------------------------------------------------------
control change "{\"id\":\"$(person 3)\",\"set\":{\"jobTitle\":\"Head of Tuesdays\",\"department\":\"Calendar\"}}"
control change "{\"id\":\"$(person 4)\",\"set\":{\"displayName\":\"Tu Esday\",\"givenName\":\"Tu\",\"surname\":\"Esday\"}}"
control bulk '{"op":"change","count":8,"property":"jobTitle"}'
hours 6
right "what changed on Tuesday"
hours 18

# ---- Wednesday: Graph is away, and people go on --------------------------------------------------
fault '{"kind":"graph","count":0,"action":"status","status":503,"retry-after":"7200"}'
control hire '{"count":3}'
control remove "{\"id\":\"$(person 5)\"}"
hours 12
wrong "while Graph is away"
no_faults
hours 12
right "once Graph is back"

# ---- Thursday: the directory is away, two leave, and the service is killed ------------------------
slapd_stop "$dir/slapd"
control remove "{\"id\":\"$(person 6)\"}"
control disable "{\"id\":\"$(person 7)\"}"
hours 6
kill -KILL $service; wait $service 2>/dev/null
slapd_start "$dir/slapd"
start
hours 18
right "Thursday's leavers"

# ---- Friday: all delta links are dead; who left meanwhile must be missed ------------------------
control remove "{\"id\":\"$(person 8)\"}"
control hire '{"count":1}'
control expire '{"form":"gone","pages":true}'
hours 12
right "after the links had expired"
grep -q 'MST-1012' "$log" || fail "no link has expired"
hours 12

# ---- Saturday: Bold BI is away; a pause, and a reload --------------------------------------------
bold faults '{"clear":true,"rules":[{"kind":"*","count":0,"action":"status","status":503,"retry-after":"7200"}]}'
control change "{\"id\":\"$(person 9)\",\"set\":{\"givenName\":\"Satur\",\"surname\":\"Day\"}}"
hours 6
wrong "while Bold BI is away"
bold faults '{"clear":true}'
hours 18
right "once Bold BI is back"

# ---- Sunday: whose wait is over is deleted, and nothing else is done ------------------------------
hours 24
same "who left on Wednesday or Thursday and is still there" 0 "$(entry '(pwdAccountLockedTime=*)' dn | grep -c '^dn' | awk -v kept="$(perl -MJSON::PP -e 'local $/; my $d = decode_json(<STDIN>); my @p = ref $d eq "ARRAY" ? @$d : map { @$_ } grep { ref eq "ARRAY" } values %$d; print scalar grep { ($_->{"\@state"} // "live") eq "live" && ($_->{userType} // "") eq "Member" && defined $_->{mail} && !$_->{accountEnabled} } @p' <"$dir/people.json")" '{ print $1 - kept }')"
before=$(snapshot) book=$(cksum <"$dir/made/book.csv")
bold clear '{}'
hours 6
same "the directory of a quiet run" "$before" "$(snapshot)"
same "the file of a quiet run" "$book" "$(cksum <"$dir/made/book.csv")"
case $(curl -sS "$(door_of)/effects") in '{"count":0,'*) ;; *) fail "Bold BI was written to for nothing" ;; esac
right "the week"

# ---- Monday again: the clock is put back by two days, which nobody has to wait for ------------------
shift_clock -48
"$MUSTER" status >/dev/null 2>&1
control hire '{"count":1}'
hours 6
right "after the clock was put back"
kill -TERM $service; wait $service
same "the service's exit code" 0 $?
service=''
