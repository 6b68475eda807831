#!/bin/bash
# What an admin looks at: people and groups by pattern and rule, as they were, what two runs did.
. "$srcdir/tests/scenario/cli.sh"
[ -e "$top_builddir/tests/plugins/.libs/demo-sink.so" ] || { . "$srcdir/tests/skip.sh"; skip "the demo plugins are not built (they come with check)"; }
mkdir -m 700 "$dir/state" "$dir/plugins"
cp "$top_builddir"/tests/plugins/.libs/demo-{source,sink}.so "$dir/plugins"
chmod 755 "$dir/plugins"/*
people=$dir/people directory=$dir/directory
cat >"$dir/muster.xml" <<END
<muster xmlns="urn:muster:config:1">
  <plugins folder="$dir/plugins"/>
  <store path="$dir/state/state.db"/>
  <source name="hr" plugin="demo-source"><file>$people</file></source>
  <sink name="phone" plugin="demo-sink"><file>$directory</file></sink>
  <sink name="badge" plugin="demo-sink"><file>$dir/badges</file></sink>
  <sync name="staff" source="hr">
    <schedule every="15m"/>
    <group name="finance" title="Finance">user.department -eq "Finance"
      <include user="p1@example.org" reason="helps out"/></group>
    <group name="nobody">user.department -eq "None"</group>
    <target sink="phone"><match attribute="mail"/><groups use="*"/><on-gone do="delete"/><limit of="changes" above="1000"/></target>
    <target sink="badge"><match attribute="mail"/><groups use="finance"/><on-gone do="disable"/><limit of="changes" above="1000"/></target>
  </sync>
</muster>
END
export MUSTER_CONFIG=$dir/muster.xml
# person ID NAME DEPARTMENT
person() { echo "$1;$2;p$1@example.org;p$1;p$1@example.org;$3;Member;true"; }
head='id;displayName;mail;mailNickname;userPrincipalName;department;userType;accountEnabled'
wide=$(printf '李%.0s' {1..200})
{ echo "$head"; person 1 '=cmd|x' Sales; person 2 "$wide" Finance; person 3 '+47 22' Finance; person 4 'Anna "A", B' Finance
  for ((i = 5; i <= 60; i++)); do person "$i" "Person $i" Sales; done; } >"$people"
: >"$directory"; : >"$dir/badges"
now() { date +%Y-%m-%dT%H:%M:%S.%3N; }
long_ago=$(date -d '2 days ago' +%Y-%m-%d)

expect 0 sync; silent
first=$(now)
expect 2 users --as-of 2026-13-01; complains "takes a day or an instant"
cp "$people" "$dir/old"

# --- people: patterns, rules, columns -----------------------------------------------------------
expect 0 users 'user.department -eq "Finance"'; silent; narrow; says "p3@example.org"; ! grep -q p5@ "$out" || fail "somebody for whom it does not hold"
expect 0 users 'user.department -eq "Finance"' --json; silent; json '#/users=3'
expect 0 users 'user.department -eq "Finance" -and user.displayName -startsWith "Anna"' --json; json '#/users=1' /users/0/id=4
expect 0 users 'user.department -eq "Nothing"'; silent; says "holds for nobody"
expect 0 users --limit 3 -- '-not (user.department -in ["Finance","Sales"])'; says "holds for nobody"
expect 2 users 'user.department -eqq "Finance"'; complains 'expression:1:17: error: unknown operator'; complains '                        ^~~~'; complains "did you mean -eq?"
expect 2 users 'user.department -eqq "Finance"' --json; json /error/class=configuration /complaints/0/column=17 '/complaints/0/remedy=did you mean -eq?'
expect 2 users 'user.department -eq'; complains "the text is no rule"
expect 0 users 'user.departmnt -eq null' --limit 1; complains "did you mean department?"
expect 0 users --sync other; says "nobody"
expect 0 users --sync staff --limit 2 --json; json '#/users=2' /more=true
expect 0 users --limit 60 --json; json '#/users=60' /more=false
expect 2 users --limit two; complains "--limit is a number"
expect 2 users --limit -3; complains "--limit is a number"
expect 0 users Anna --columns id,user.department,links --json; json '#/users=1' /users/0/department=Finance '/users/0/links=badge live, phone live' '!/users/0/upn'
expect 0 users --columns name,nothing; narrow; complains "nobody who is listed has an attribute 'nothing'"
for bad in , ' ' 'a b;c' 'id,2x' "$(printf 'id,%.0s' {1..17})"; do expect 2 users --columns "$bad"; complains "--columns takes"; done
expect 2 users --csv --json; json /error/class=usage
expect 0 users --csv; silent
grep -qxF "1,\"'=cmd|x\",p1@example.org,p1@example.org,staff,there,\"badge live, phone live\"" "$out" || fail "a formula is not disarmed"
grep -qF '3,+47 22,p3@' "$out" || fail "a number is taken for a formula"
grep -qF '4,"Anna ""A"", B",' "$out" || fail "quotes are wrong"
[ "$(wc -l <"$out")" = 61 ] && head -n 1 "$out" | grep -qx id,name,upn,mail,sync,state,links || fail "the CSV is not whole"
"$MUSTER" users 2>"$err" | head -n 1 >"$out"; silent
"$MUSTER" users --csv 2>"$err" | head -n 1 >"$out"; silent

# --- groups ---------------------------------------------------------------------------------------
expect 0 groups finance; silent; narrow; says "named in line 10:"; says "by the rule"; says "$(date +%Y-)"
expect 0 groups finance --json; json '#/members=4' /members/0/run=1 /members/0/since /members/0/present/0=phone /members/0/present/1=badge
expect 0 groups 'group.members -gt 3' --json; json '#/groups=1' /groups/0/name=finance
expect 0 groups 'group.members -eq 0 -or group.name -startsWith "fin"'; silent; says nobody; says finance
expect 0 groups 'group.membres -eq 0'; complains "did you mean members?"
expect 2 groups 'group.members -gtt 0'; complains '^~~~'; complains "no rule about groups"
expect 0 groups --members --csv; silent; [ "$(wc -l <"$out")" = 5 ] || fail "not each membership has a line"
grep -q '^finance,staff,.*,p4@example.org,4,user,2.*,by the rule$' "$out" || fail "a membership is not told whole"
expect 0 groups 'fin*' --members --columns group,id,run --json; json '#/members=4' /members/0/group=finance /members/0/run=1
expect 0 groups --columns name,members --csv; says "finance,4"; says "nobody,0"
expect 2 groups --columns upn; complains "'upn' is none"
expect 2 groups finance --history --as-of "$first"; complains "no other option"

# --- as they were -----------------------------------------------------------------------------------
{ sed 's/;Finance;/;Sales;/; s/^5;Person 5;/5;Changed;/; /^6;/d; /^7;/d' "$dir/old"; person 90 Newcomer Finance; } >"$people"
expect 0 sync
second=$(now)
expect 0 users p5@example.org --as-of "$first"; silent; narrow; says "Person 5"; says "in badge: live"; says "by run 1"
expect 0 users p5@example.org --as-of "$second" --json; json /users/0/links/1/values/displayName=Changed /users/0/links/1/run=2
expect 0 users p5@example.org --as-of "$first" --json; json /users/0/links/1/values/displayName="Person 5" /users/0/links/1/run=1 /as-of
expect 0 users p6@example.org --as-of "$first" --json; json '#/users/0/links=2' /users/0/links/0/state=live /users/0/links/1/values/uid=p6
expect 0 users p6@example.org --as-of "$second" --json; json /users/0/links/0/sink=badge /users/0/links/0/state=disabled /users/0/links/0/run=2
expect 0 users 90 --as-of "$first" --json; json '#/users=0'
expect 0 users --as-of "$first" --json; json '#/users=60'
expect 0 users --as-of "$second" --json; json '#/users=61'
expect 0 users --as-of "$(date +%Y-%m-%d)" --limit 2; narrow; says "... and more"
expect 0 groups --as-of "$first" --json; json '#/groups=2' /groups/0/links/0/present=4
expect 0 groups finance --as-of "$first" --json; json '#/members=4' '#/members/0/present=2'
expect 0 groups finance --as-of "$second" --json; json '#/members=2'
expect 0 groups finance --as-of "$second"; narrow; says "Newcomer"; says "phone, badge"
expect 4 users --as-of "$long_ago"; complains "the history does not reach back to $long_ago: it begins with the run of $(date +%Y-)"
expect 4 groups --as-of "$long_ago" --json; json /error/class=not-found
expect 2 users --as-of 2999-01-01; complains "lies in the future"
for bad in yesterday 2026-02-30 1 "" 2026-01-01T25:00; do expect 2 users --as-of "$bad"; complains "takes a day or an instant"; done
expect 2 users 'user.a -eq "b"' --as-of "$first"; complains "what the sinks were given"

# --- what one run did that another did not -------------------------------------------------------------
expect 0 history diff 1 2; silent; narrow; says "Person 5 → Changed"; says "leaves finance"; says "joins finance"; says "Newcomer"
! grep -q "Person 8" "$out" || fail "somebody is told of whom the second run left alone"
expect 0 history diff 1 2 --json; silent; json /first/run=1 /second/run=2 '#/changes=7'
[ "$(tr -d '\n ' <"$out" | grep -o '"group":"finance","target":"[a-z]*","joined":false' | wc -l)" = 6 ] || fail "not three have left the group in two sinks"
tr -d '\n ' <"$out" | grep -q '{"target":"phone","attribute":"displayName","people":2}' || fail "not counted by attribute"
tr -d '\n ' <"$out" | grep -q '{"target":"badge","attribute":"(disable)","people":2}' || fail "not counted by verb"
expect 0 history diff 2 2; says "did nothing that the first did not"
expect 0 history diff 2 1 --json; json '#/changes=62'
for bad in 'diff' 'diff 1' '1 2' 'dif 1 2' '1 2 3' 'diff 1 x' 'diff 1 2 3'; do expect 2 history $bad; complains usage; done
expect 2 history diff 1 99; complains "there is no run 99"
expect 2 history diff 1 2 --user p5@example.org; complains "takes neither"
"$MUSTER" history diff 1 2 2>"$err" | head -n 1 >"$out"; silent

# --- a run that somebody watches: drawn in place, no flood, wiped in the end -----------------------------
ONPTY=$top_builddir/tests/scenario/onpty
sed -i 's,<file>'"$directory"'</file>,&<pause>40</pause>,; s,<file>'"$dir"'/badges</file>,&<pause>30</pause>,' "$dir/muster.xml"
# on ARGUMENT...: muster sync on a terminal; the screen in the end is in $out, all that was sent in $dir/raw
on() {
        last="onpty $*"
        env -u COLUMNS TERM=xterm "$@" "$ONPTY" -s "${size-24x80}" ${narrower+-n "$narrower"} -o "$dir/raw" -f "$dir/figures" "$MUSTER" sync >"$out" 2>"$err"
        [ $? = 0 ] || fail "the sync did not go well"
        read -r _ frames _ ms _ rows _ wraps <"$dir/figures"
}
change() { sed -i "s/^\(1.\);[^;]*;/\1;Changed $1;/" "$people"; }
change 1; on NO_COLOR=
grep -q "staff: writing" "$dir/raw" || fail "nothing is shown of the writing"
grep -q "  phone .* of 1[02] .* %" "$dir/raw" && grep -q "  badge .* of 10 .* %" "$dir/raw" || fail "the sinks are not shown one by one"
! grep -q "writing" "$out" || fail "the progress is still there in the end"
says "staff: done"
[ "$frames" -gt 2 ] && [ "$frames" -le $((ms / 100 + 2)) ] || fail "drawn $frames times in $ms ms"
[ "$rows" -le 3 ] && [ "$wraps" = 0 ] || fail "$rows rows, $wraps broken lines"
change 2; size=24x40 on NO_COLOR=1
[ "$wraps" = 0 ] && [ "$rows" -le 3 ] || fail "lines are broken on 40 columns"
narrow; ! grep -qE '^.{41}' "$out" || fail "a line is wider than 40 columns"
! grep -q $'\033\\[[0-9;]*m' "$dir/raw" || fail "colours with NO_COLOR"
grep -q "PHONE\|^TARGET  *phone" "$out" || fail "the table is not there"
change 3; narrower=40 on NO_COLOR=; unset narrower
! grep -q "writing\|ops left" "$out" || fail "remains after the terminal has become narrower"
change 4; on TERM=dumb
! grep -q $'\033' "$dir/raw" || fail "sequences on a dumb terminal"
# a warning comes to stand by itself
echo '99;Bad!;bad@example.org;bad!;bad@example.org;Sales;Member;true' >>"$people"; change 5
env TERM=xterm "$ONPTY" -o "$dir/raw" "$MUSTER" sync >"$out" 2>"$err"
grep -q '^warning: .*is parked' "$out" && ! grep -q "writing" "$out" || fail "the warning and the progress are mixed"
sed -i '$d' "$people"; change 6
"$MUSTER" sync >"$out" 2>"$err" || fail "the sync did not go well"; silent; ! grep -q $'\033' "$out" || fail "sequences in a pipe"

# --- how things stand: one screen, and what to type next --------------------------------------------------
echo '99;Bad!;bad@example.org;bad!;bad@example.org;Sales;Member;true' >>"$people"; : >"$dir/empty"
sed 's,</muster>,<source name="guests" plugin="demo-source"><file>'"$dir/empty"'</file></source><sync name="guests" source="guests"><target sink="phone"><match attribute="mail"/></target></sync>&,' "$dir/muster.xml" >"$dir/two.xml"
"$MUSTER" sync staff >"$out" 2>"$err"
expect 0 status; silent; narrow; says "LAST SUCCESS"; says "ops are parked: muster log tells why, muster retry --parked tries again"
[ "$(wc -l <"$out")" -le 24 ] || fail "status is more than a screen"
expect 0 status --json; json /syncs/0/succeeded /targets/0/succeeded /targets/0/parked=1
COLUMNS=40 expect 0 status; ! grep -qE '^.{41}' "$out" || fail "a line is wider than 40 columns"
for command in 'users' 'groups' 'groups finance' 'history' 'history 2' 'history diff 1 2' 'users p5@example.org' 'plan --offline'; do
        COLUMNS=40 "$MUSTER" $command >"$out" 2>"$err"; last="muster $command on 40 columns"
        ! grep -qE '^.{41}' "$out" || fail "a line is wider than 40 columns"
        "$MUSTER" $command 2>"$err" | head -n 1 >"$out"; [ ! -s "$err" ] || fail "a pipe that closes is complained of"
done

# --- what the shells offer ---------------------------------------------------------------------------------
expect 0 complete syncs; silent; same=$(cat "$out"); [ "$same" = staff ] || fail "not the sync"
expect 0 complete sinks p; [ "$(cat "$out")" = phone ] || fail "not the sink"
expect 0 complete groups FIN; [ "$(cat "$out")" = finance ] || fail "not the group"
expect 0 complete users p1@; [ "$(cat "$out")" = p1@example.org ] || fail "not the user"
expect 0 complete users; [ "$(wc -l <"$out")" -le 100 ] && [ -s "$out" ] || fail "too many users, or none"
expect 0 complete commands gro; [ "$(cat "$out")" = groups ] || fail "not the command"
expect 0 complete users 'nobody*'; [ ! -s "$out" ] || fail "a pattern is taken for more than it is"
for bad in '' 'secrets' 'users a b'; do expect 2 complete $bad; done
expect 2 complete users -c "$dir/none.xml"
expect 0 help; ! grep -q '^  complete' "$out" || fail "the hidden command is in the help"
mkdir "$dir/bin"; ln -s "$MUSTER" "$dir/bin/muster"
offers() { PATH=$dir/bin:$PATH bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _muster; printf "%s\\n" "${COMPREPLY[@]}"' - "$top_srcdir/conf/completion/muster.bash" muster "$@" >"$out" 2>"$err"; last="bash: muster $*"; }
offers users p6; says p6; offers groups f; says finance; offers users --; says --as-of; offers history d; says diff
offers explain --group f; says finance; offers retry --sink b; says badge; offers approve 1 --user p2; says p2@example.org
if command -v fish >/dev/null; then
        offers() { last="fish: muster $1"; HOME=$dir PATH=$dir/bin:$PATH fish --no-config -c "source '$top_srcdir/conf/completion/muster.fish'; complete -C 'muster $1'" >"$out" 2>"$err"; }
        offers 'users p2@'; says p2@example.org; silent; offers 'users --as'; says --as-of; offers 'gro'; says groups; says "list the groups"
        offers 'explain p2 --group f'; says finance; offers 'sync s'; says staff; offers 'retry --sink b'; says badge
fi
if command -v zsh >/dev/null; then
        # what compadd and _describe would be given, without a line editor
        offers() {
                last="zsh: muster $*"
                PATH=$dir/bin:$PATH zsh -f -c 'compdef() { :; }; . "$1"; compadd() { print -rl -- "$@"; }; _describe() { print -rl -- ${(P)@[-1]}; }; _files() { :; }
                        shift; words=("$@") CURRENT=$# PREFIX=${@[-1]}; _muster' - "$top_srcdir/conf/completion/_muster" muster "$@" >"$out" 2>"$err"
        }
        offers users p2@; says p2@example.org; silent; offers users --; says --as-of; offers gro; says "groups:list the groups"
        offers explain p2 --group f; says finance; offers sync s; says staff; offers retry --sink b; says badge
fi
