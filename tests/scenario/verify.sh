#!/bin/bash
# What others did in a sink is found by muster verify, put right or let stay; looked at in the
# sink's own file, which an independent hand has changed.
. "$srcdir/tests/scenario/cli.sh"
[ -e "$top_builddir/tests/plugins/.libs/demo-sink.so" ] || { . "$srcdir/tests/skip.sh"; skip "the demo plugins are not built (they come with check)"; }
mkdir -m 700 "$dir/state" "$dir/plugins"
cp "$top_builddir"/tests/plugins/.libs/demo-{source,sink}.so "$dir/plugins"
chmod 755 "$dir/plugins"/*
people=$dir/people directory=$dir/directory
cat >"$dir/muster.xml" <<EOF
<muster xmlns="urn:muster:config:1">
  <plugins folder="$dir/plugins"/>
  <store path="$dir/state/state.db"/>
  <source name="hr" plugin="demo-source"><file>$people</file></source>
  <sink name="phone" plugin="demo-sink"><file>$directory</file></sink>
  <sync name="staff" source="hr">
    <group name="finance" title="Finance">user.department -eq "Finance"</group>
    <target sink="phone"><match attribute="mail"/><groups use="*"/></target>
  </sync>
</muster>
EOF
export MUSTER_CONFIG=$dir/muster.xml
{
        echo 'id;displayName;mail;mailNickname;userPrincipalName;department;jobTitle;userType;accountEnabled'
        for i in 1 2 3 4 5 6; do
                echo "$i;Person $i;p$i@example.org;p$i;p$i@example.org;$([ $((i % 2)) = 0 ] && echo Finance || echo Sales);Clerk;Member;true"
        done
} >"$people"
: >"$directory"
object() { sed -n "/	uid=$1\(	\|$\)/p" "$directory"; }
# edit UID SCRIPT: somebody else's hand on that object's line
edit() { sed -i "/	uid=$1\(	\|$\)/$2" "$directory"; }
summed() { sort "$directory" | cksum; }

expect 0 verify; says "nothing differs"          # before anything has run
expect 0 sync
well=$(summed)
expect 0 verify; silent; narrow; says "nothing differs"; says "6 users and 1 group compared"
expect 0 verify --json; json '#/differences=0' /verified/0/sync=staff /verified/0/whole=true /verified/0/different=0 \
        /verified/0/targets/0/objects=6 /verified/0/targets/0/not-shown=null
same() { [ "$2" = "$3" ] || fail "$1: '$2' is not '$3'"; }
same "a look writes nothing" "$well" "$(summed)"

# ---- somebody else's work: told, nothing written -------------------------------------------
edit p1 's/title=Clerk/title=Boss/'
edit p2 's/	enabled	/	disabled	/'
edit p3 d
sed -i "/^group/s/	member=$(object p4 | cut -f2)//" "$directory"
sed -i "/^group/s/\$/	member=$(object p1 | cut -f2)/" "$directory"
printf 'user\to99\tenabled\thr:77\tuid=ghost\nuser\to98\tenabled\t\tuid=stranger\n' >>"$directory"
bad=$(summed)
expect 1 verify; silent; narrow
for word in changed disabled missing 'member lost' orphan 'Person 3' Clerk Boss "5 differences"; do says "$word"; done
grep -q stranger "$out" && fail "what is not ours is told"
grep -q 'foreign member' "$out" && ! grep -q '1 foreign member' "$out" && fail "a foreign member in the table"
expect 1 verify --json; json '#/differences=6' /verified/0/different=5 '/verified/0/targets/0/counts/foreign member=1'
expect 1 verify --verbose; says "foreign member"
expect 1 verify --user p1@example.org --json; json '#/differences=1' /differences/0/attribute=title /differences/0/theirs=Boss \
        /differences/0/ours=Clerk /differences/0/found=changed /differences/0/accepted=false
expect 0 verify --user p5@example.org
expect 1 verify --sink phone --target phone staff --json; json /verified/0/different=5
expect 2 verify --sink fone; complains "no target here has the sink 'fone'"
expect 2 verify --target fone; complains "there is no target 'fone' here"
expect 2 verify --repair --accept; complains "give one of them"
expect 2 verify --reason x; complains "goes with --accept"
expect 2 verify nobody; complains "no sync 'nobody'"
expect 2 verify --user nobody@example.org
same "nothing was written" "$bad" "$(summed)"

# ---- one is let stay, the rest is put right -----------------------------------------------------
expect 0 verify --user p1@example.org --accept --reason "promoted"; says "1 accepted"
expect 1 verify --json; json /verified/0/different=4 /verified/0/targets/0/accepted=1
expect 1 verify --repair; narrow; says "1 orphan"; says "CREATED"
object p1 | grep -q title=Boss || fail "what was accepted was written over"
object p2 | grep -q '	enabled	' || fail "p2 is still disabled"
[ -n "$(object p3)" ] || fail "p3 was not made again"
grep -q "^group.*	member=$(object p4 | cut -f2)\(	\|\$\)" "$directory" || fail "p4 is not in the group again"
grep -q "^group.*	member=$(object p1 | cut -f2)\(	\|\$\)" "$directory" || fail "a foreign member was taken out"
grep -q 'uid=ghost' "$directory" || fail "an orphan was deleted"
edit ghost d
expect 0 verify; says "nothing differs"
fixed=$(summed)
expect 0 sync
same "nothing follows" "$fixed" "$(summed)"
expect 0 history --json; json /runs/1/mode=verify

# ---- accepted no more ---------------------------------------------------------------------------
expect 1 verify --again
expect 0 verify --again --repair
object p1 | grep -q title=Clerk || fail "it still differs"
expect 0 verify --again; says "nothing differs"

# ---- a sink that is gone is no absence -------------------------------------------------------------
chmod 0 "$directory"
if ! cat "$directory" >"$dir/probe" 2>&1; then
        expect 4 verify --repair; says "could not be looked at"
        expect 4 verify --json; json /verified/0/whole=false /verified/0/different=0
fi
chmod 600 "$directory"
mv "$directory" "$dir/away"
: >"$directory"
expect 3 verify --repair; says "7 missing"; complains "gone from the sink"
[ ! -s "$directory" ] || fail "made again past the guard"
mv "$dir/away" "$directory"
exit 0
