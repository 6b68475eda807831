#!/bin/bash
# A copy of the store is made, checked and put back; a store that was restored holds all that
# follows from it, however it came there; a damaged one is told, with what to do.
. "$srcdir/tests/scenario/cli.sh"
[ -e "$top_builddir/tests/plugins/.libs/demo-sink.so" ] || { . "$srcdir/tests/skip.sh"; skip "the demo plugins are not built (they come with check)"; }
mkdir -m 700 "$dir/state" "$dir/plugins"
cp "$top_builddir"/tests/plugins/.libs/demo-{source,sink}.so "$dir/plugins"
chmod 755 "$dir/plugins"/*
people=$dir/people directory=$dir/directory store=$dir/state/state.db
cat >"$dir/muster.xml" <<EOF
<muster xmlns="urn:muster:config:1">
  <plugins folder="$dir/plugins"/>
  <store path="$store"/>
  <source name="hr" plugin="demo-source"><file>$people</file></source>
  <sink name="phone" plugin="demo-sink"><file>$directory</file></sink>
  <sync name="staff" source="hr">
    <group name="finance" title="Finance">user.department -eq "Finance"</group>
    <target sink="phone"><match attribute="mail"/><groups use="*"/><on-gone do="delete"/></target>
  </sync>
</muster>
EOF
export MUSTER_CONFIG=$dir/muster.xml
same() { [ "$2" = "$3" ] || fail "$1: '$2' is not '$3'"; }
# hire FROM TO [TITLE]
hire() {
        echo 'id;displayName;mail;mailNickname;userPrincipalName;department;jobTitle;userType;accountEnabled'
        for ((i = $1; i <= $2; i++)); do
                echo "$i;Person $i;p$i@example.org;p$i;p$i@example.org;$([ $((i % 2)) = 0 ] && echo Finance || echo Sales);${3-Clerk};Member;true"
        done
}
users() { grep -c '^user' "$directory"; }
: >"$directory"
hire 1 6 >"$people"

expect 4 state export "$dir/early.db"            # nothing has run
[ ! -e "$dir/early.db" ] || fail "a copy of nothing"
expect 0 sync
expect 0 state check; silent; narrow; says "is sound"; says "6 links"
expect 0 state check --json; json /state/sound=true /state/links=6 /state/exported=null /state/restored=0
expect 0 state export "$dir/monday.db"; silent; narrow; says "the copy is sound"
same "its mode" 600 "$(stat -c %a "$dir/monday.db")"
expect 2 state export "$dir/monday.db"; complains "a copy never replaces a file"
expect 2 state export "$dir/none/monday.db"; complains "cannot be made"
ln -s "$dir/elsewhere" "$dir/link"
expect 2 state export "$dir/link"; [ ! -e "$dir/elsewhere" ] || fail "a link was followed"
expect 0 state check "$dir/monday.db"; narrow; says "a copy, made at"
expect 0 state check "$dir/monday.db" --quick --json; json /state/links=6 /state/lineage
same "the same lineage" "$(sqlite3 "$store" "SELECT value FROM meta WHERE key='lineage'")" \
        "$(sqlite3 "$dir/monday.db" "SELECT value FROM meta WHERE key='lineage'")"
same "no log beside it" monday.db "$(cd "$dir" && ls monday.db*)"
for line in state 'state copy' 'state export' 'state import' 'state export x --quick' 'state check a b'; do expect 2 $line; done

# ---- after the copy: one is hired, one leaves, all get another title ------------------------------
hire 2 7 Chief >"$people"
expect 0 sync --full
expect 0 sync --full                              # whom two reads lack is deleted
same "since the copy" 6 "$(users)"
now=$(sort "$directory" | cksum)

# held, until it is approved: the copy knows 1, and not 7
expect 0 state import "$dir/monday.db" --json; json "/imported=$dir/monday.db" /kept
kept=$(sed -n 's/.*"kept": *"\([^"]*\)".*/\1/p' "$out")
[ -s "$kept" ] || fail "the store that was there is not kept"
expect 3 plan; complains "restored from a copy"
expect 3 sync; narrow
same "nothing is done unseen" "$now" "$(sort "$directory" | cksum)"
same "and nobody new" 6 "$(users)"
expect 0 holds; says "restored"; says "restored from a copy of"
expect 0 state check; says "restored from a copy"
hire 2 8 Chief >"$people"                        # what is new meanwhile is held, too
expect 3 sync
same "still nothing" "$now" "$(sort "$directory" | cksum)"
for hold in $(sqlite3 "$store" 'SELECT number FROM hold WHERE state = 0'); do expect 0 approve "$hold"; done
"$MUSTER" sync >"$out" 2>"$err" </dev/null
for _ in 1 2 3; do
        for hold in $(sqlite3 "$store" 'SELECT number FROM hold WHERE state = 0'); do "$MUSTER" approve "$hold" >/dev/null 2>&1; done
        "$MUSTER" sync >"$out" 2>"$err" </dev/null && break
done
expect 0 sync
same "the hired one" 7 "$(users)"
same "each once" 7 "$(sed -n 's/^user.*	\(uid=[^	]*\).*/\1/p' "$directory" | sort -u | wc -l)"
expect 0 verify
expect 0 state check --json; json /state/restored=0
hire 2 9 Chief >"$people"
expect 0 sync                                     # as before
same "trusted again" 8 "$(users)"

# ---- the same, by cp: an old copy, and an older store of this place ----------------------------------
cp "$store" "$dir/by-hand.db"
hire 2 10 Chief >"$people"
expect 0 sync
cp "$dir/by-hand.db" "$store"
hire 2 11 Chief >"$people"
expect 3 sync; same "by hand" 9 "$(users)"
expect 0 holds; says "restored from a copy"
install -m 600 "$dir/monday.db" "$store"
expect 3 sync; same "by hand, of an export" 9 "$(users)"

# ---- refused ---------------------------------------------------------------------------------------------
before=$(cksum <"$store")
echo 'no store' >"$dir/text"
head -c 60000 "$dir/monday.db" >"$dir/cut.db"
cp "$dir/monday.db" "$dir/flipped.db"
printf '\377\377\377\377\377\377' | dd of="$dir/flipped.db" bs=1 seek=20484 conv=notrunc 2>/dev/null
sqlite3 "$dir/other.db" 'CREATE TABLE t(x)'
for file in text cut.db flipped.db other.db none; do
        "$MUSTER" state import "$dir/$file" >"$out" 2>"$err"
        code=$? last="import $file"
        [ $code = 4 ] || [ $code = 2 ] || fail "exit code $code"
        [ -s "$err" ] || fail "not a word"
        same "$file: the store stays" "$before" "$(cksum <"$store")"
        same "$file: nothing is left" "" "$(ls "$dir/state" | grep import)"
done
expect 2 state import "$store"; complains "is the store itself"
expect 4 state check "$dir/flipped.db"; complains "damaged"
exec 9>>"$store.lock"; flock 9
expect 4 state import "$dir/monday.db"; complains "another muster works with the store"
exec 9>&-

# ---- damaged, and noticed when a run ended badly -----------------------------------------------------------
cp "$dir/flipped.db" "$store"
printf x >"$store-wal"
expect 4 sync; complains "damaged"; complains "muster state import"
rm -f "$store-wal"
expect 0 state import "$dir/monday.db"
expect 0 state check

# ---- a store belongs to one environment ------------------------------------------------------------
in_environment() { sed "s/<muster xmlns/<muster $1 xmlns/; s/<sink name/<sink ${2-} name/" "$dir/plain.xml" >"$dir/muster.xml"; }
cp "$dir/muster.xml" "$dir/plain.xml"
rm -f "$store"*; : >"$directory"; hire 1 6 >"$people"
in_environment 'environment="test"'; expect 0 plan
in_environment 'environment="production"'; expect 0 sync        # who only looks takes no store
same "they are there" 6 "$(users)"
now=$(sort "$directory" | cksum)
hire 1 6 Chief >"$people"
in_environment 'environment="test"'
for line in sync plan 'sync --full' 'reset staff' "undo 1"; do
        expect 2 $line; complains "belongs to the environment 'production', and the configuration is of 'test'"
done
cp "$dir/plain.xml" "$dir/muster.xml"
expect 2 sync; complains "has no environment="
same "nothing is written" "$now" "$(sort "$directory" | cksum)"
in_environment 'environment="production"' 'environment="test"'
expect 2 check; complains "sink 'phone' belongs to the environment 'test', and this configuration to 'production'"
in_environment '' 'environment="production"'
expect 2 check; complains "and this configuration to none"
in_environment 'environment="production"' 'environment="production"'
expect 0 sync
[ "$(sort "$directory" | cksum)" != "$now" ] || fail "its own environment is refused"
# a guard that is as good as off is told
sed 's,<on-gone,<limit of="changes" above="100" and-percent="100" until="2999-01-01" reason="new titles"/><limit of="gone" above="9" until="2020-01-01"/>&,' \
        "$dir/muster.xml" >"$dir/wide.xml"
expect 0 check -c "$dir/wide.xml"; complains "the guard of changes is as good as off until 2999-01-01: new titles"
complains "this limit of gone counted until 2020-01-01; the default is in force again"
expect 0 status -c "$dir/wide.xml"; narrow; says "The guard of changes in phone is as good as off until 2999-01-01"
says "The guard of gone in phone has its default again since 2020-01-01"
