#!/bin/bash
# file.sh - the file connector in whole runs of the program: CSV to CSV, read by SQLite; CSV
# to LDIF, taken by slapadd; files that are cut off, replaced under way or hold bad rows
# remove nobody; a run that is killed leaves the old file or the new one.
. "$srcdir/tests/scenario/cli.sh"
[ -e "$MUSTER_PLUGINS/file.so" ] || { . "$srcdir/tests/skip.sh"; skip "the file connector is not built as a plugin"; }
command -v sqlite3 >/dev/null || { . "$srcdir/tests/skip.sh"; skip "sqlite3 is not installed"; }
export MUSTER_CONFIG=$dir/muster.xml
in=$dir/people.csv book=$dir/made/book.csv

# configure SOURCE-OPTIONS SINK-OPTIONS TARGET: a fresh store and an empty folder
configure() {
        rm -rf "$dir/state" "$dir/made"
        mkdir -m 700 "$dir/state" "$dir/made"
        cat >"$MUSTER_CONFIG" <<END
<muster xmlns="urn:muster:config:1">
  <plugins folder="$MUSTER_PLUGINS"/>
  <store path="$dir/state/state.db"/>
  <source name="hr" plugin="file"><path>$in</path><id>number</id>
    <types>accountEnabled=boolean mails=list</types>$1</source>
  <sink name="book" plugin="file">$2</sink>
  <sync name="s" source="hr">
    <group name="sales" title="All of Sales">user.department -eq "Sales"</group>
    <target sink="book" defaults="no">
      $3
      <groups use="*" disabled="stay"/>
      <on-gone do="delete"/>
    </target>
  </sync>
</muster>
END
        chmod 600 "$MUSTER_CONFIG"
}

to_csv() {
        configure "$1" "<path>$book</path><groups-path>$dir/made/groups.csv</groups-path><types>mails=list</types>
                <stamp-column>stamp</stamp-column><disabled-column>off</disabled-column>
                <complete-marker>rows</complete-marker>$2" \
                '<match attribute="name"/><map to="name">[displayName]</map><map to="mails">[mails]</map>
                 <map to="dept">[department]</map><map to="manager">[manager]</map>'
}

# rows FILE QUERY: asks SQLite, which has its own reader of CSV, of table t
rows() {
        grep -v '^#rows=' "$1" >"$dir/plain.csv"
        sqlite3 :memory: -cmd '.mode csv' -cmd ".import $dir/plain.csv t" -cmd '.mode list' "$2"
}
same() { [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"; }
# The last line tells how many there are: the file is whole.
whole() { [ "$(tail -n 1 "$1")" = "#rows=$(($(rows "$1" 'SELECT count(*) FROM t')))" ]; }

four() {
        cat >"$in" <<'END'
number,displayName,mails,department,accountEnabled,manager
1,"Lovelace, ""Ada""",a@x.org|ada@x.org,Sales,true,
2,"two
lines",,Sales,false,1
3,=cmd(),c@x.org,Ops,true,1
4,Zoë,z@x.org,Ops,true,3
END
}

# ---- the example of the manual page, and every option, are right ------------------------------
page=$srcdir/plugins/file/muster-file.5
mkdir -m 700 "$dir/example"
{
        echo '<muster xmlns="urn:muster:config:1">'
        echo "<plugins folder=\"$MUSTER_PLUGINS\"/><store path=\"$dir/example/state.db\"/>"
        awk '/^\.SH EXAMPLE/ { on = 1 } on && /^\.fi/ { exit } text { print } on && /^\.nf/ { text = 1 }' "$page" | sed 's/\\-/-/g'
        echo '</muster>'
} >"$MUSTER_CONFIG"
chmod 600 "$MUSTER_CONFIG"
grep -q 'plugin="file"' "$MUSTER_CONFIG" || fail "the manual page has no example"
expect 0 check; silent
expect 0 plugins file --json
grep -o '"name":"[a-z-]*"' "$out" | sort -u | sed 's/"name":"\(.*\)"/\1/' >"$dir/options"
[ "$(wc -l <"$dir/options")" -gt 25 ] || fail "the options could not be read"
while read -r option; do
        case $option in file|manager|accountEnabled) continue ;; esac
        sed 's/\\-/-/g' "$page" | grep -q "<$option>" || fail "the manual page does not tell of <$option>"
done <"$dir/options"

# ---- CSV to CSV ---------------------------------------------------------------------------
to_csv '' ''
four
expect 0 check --online; says "made/book.csv"; silent
expect 0 plan; [ ! -e "$book" ] || fail "a plan wrote"
expect 0 sync
whole "$book" || fail "the file does not say how many rows it has"
same names 'Lovelace, "Ada"' "$(rows "$book" "SELECT name FROM t WHERE id=1")"
same lines $'two\nlines' "$(rows "$book" "SELECT name FROM t WHERE id=2")"
same values 'a@x.org|ada@x.org,hr:1,false,Sales,' \
        "$(rows "$book" "SELECT mails||','||stamp||','||off||','||dept||','||manager FROM t WHERE id=1")"
same disabled '2:1' "$(rows "$book" "SELECT id||':'||manager FROM t WHERE off='true'")"
same members '1|2' "$(rows "$dir/made/groups.csv" "SELECT members FROM t WHERE name='sales'")"
same mode 600 "$(stat -c %a "$book")"
before=$(ls -li --time-style=+%s.%N "$book")
expect 0 sync; says "nothing new was read"
touch "$in"; expect 0 sync; says "nothing new was read"
same "nothing is written anew" "$before" "$(ls -li --time-style=+%s.%N "$book")"
# Somebody moves, somebody goes; what others wrote into the file stays.
sed -i '2s/^id/phone,id/; ' "$book"
sed -i 's/,Ops,true,3$/,Sales,true,1/; /^3,/d' "$in"
expect 0 sync
same 'missed once: disabled' 'true' "$(rows "$book" 'SELECT off FROM t WHERE id=3')"
expect 0 sync --full                              # the next read of everybody lacks him, too
same gone '1 2 4' "$(rows "$book" 'SELECT group_concat(id, " ") FROM (SELECT id FROM t ORDER BY id)')"
same moved 'Sales:1' "$(rows "$book" "SELECT dept||':'||manager FROM t WHERE id=4")"
same members '1|2|4' "$(rows "$dir/made/groups.csv" 'SELECT members FROM t')"
# A lost store finds its rows again by their stamps; that first plan is held.
rm -rf "$dir/state"; mkdir -m 700 "$dir/state"
expect 3 sync; says "book: 3 linked"
same "after the store was lost" '1 2 4' "$(rows "$book" 'SELECT group_concat(id, " ") FROM (SELECT id FROM t ORDER BY id)')"

# ---- groups of the source, carried as they are ------------------------------------------------
teams=$dir/teams.jsonl
to_csv "<groups-path>$teams</groups-path><member-groups>inner</member-groups>" ''
sed -i 's,<group name=.*,<groups from="source" name="{displayName}">group.kind -eq "team"</groups>,' "$MUSTER_CONFIG"
four
cat >"$teams" <<'END'
{"id":"t1","displayName":"red","kind":"team","members":["1","2"]}
{"id":"t2","displayName":"all","kind":"team","members":["4"],"inner":["t1"]}
{"id":"t3","displayName":"list","kind":"other","members":["3"]}
END
expect 0 sync
same teams 'all red' "$(rows "$dir/made/groups.csv" 'SELECT group_concat(name, " ") FROM (SELECT name FROM t ORDER BY name)')"
same members '1|2' "$(rows "$dir/made/groups.csv" "SELECT members FROM t WHERE name='red'")"
sed -i 's/\["1","2"\]/["2","3"]/' "$teams"
expect 0 sync
same "one out, one in" '2|3' "$(rows "$dir/made/groups.csv" "SELECT members FROM t WHERE name='red'")"
echo '{"id":"t1","displayName":"again"}' >>"$teams"
sed -i 's/\["2","3"\]/["3"]/' "$teams"
expect 1 sync; complains "line 4: id 't1' is in line 1 already"
same "a bad row takes nobody out" '2|3' "$(rows "$dir/made/groups.csv" "SELECT members FROM t WHERE name='red'")"
sed -i '$d' "$teams"
expect 0 sync
same "without it he is out" '3' "$(rows "$dir/made/groups.csv" "SELECT members FROM t WHERE name='red'")"

sed -i 's/"red"/"blue"/' "$teams"
expect 0 sync
same "called otherwise" 'all= blue=3' \
        "$(rows "$dir/made/groups.csv" "SELECT group_concat(name || '=' || CASE name WHEN 'blue' THEN members ELSE '' END, ' ')
                FROM (SELECT * FROM t ORDER BY name)")"
expect 0 sync; says "nothing new was read"

# ---- a spreadsheet gets no formulas ---------------------------------------------------------
to_csv '' '<defuse-formulas>yes</defuse-formulas>'
four
expect 0 sync
same defused "'=cmd()" "$(rows "$book" 'SELECT name FROM t WHERE id=3')"
sed -i 's/^4,.*/4,Zo,z@x.org,Ops,true,3/' "$in"
expect 0 sync
same "defused once" "'=cmd()" "$(rows "$book" 'SELECT name FROM t WHERE id=3')"

# ---- files from which nothing may be concluded ----------------------------------------------
to_csv '' ''
four
expect 0 sync
kept=$(cat "$book")
remains() { same "$1" "$kept" "$(cat "$book")"; }
head -c 120 "$in" >"$dir/cut" && mv "$dir/cut" "$in"
expect 4 sync; complains "ends within a quoted field that was opened in line 3"; remains "cut off within quotes"
four; head -c -3 "$in" >"$dir/cut" && mv "$dir/cut" "$in"
expect 4 sync; complains "cut off"; remains "cut off within a line"
: >"$in"
expect 4 sync; complains "is empty"; remains "an empty file"
rm "$in"
expect 4 sync; complains "there is no file"; remains "no file"
# A bad row: the others go on, and nobody is gone as long as it could be anybody's.
four; sed -i '/^4,/d; s/^1,"Lovelace, ""Ada"""/1,"Lovelace" x/' "$in"
expect 1 sync; complains "line 2, byte 13"; remains "a row that could be anybody's"
four; expect 0 sync; remains "all are there again"
four; sed -i '/^4,/d; s/^3,\(.*\),true,/3,\1,perhaps,/' "$in"
expect 1 sync; complains "accountEnabled 'perhaps' is neither true nor false"
same "a bad row of somebody keeps him" '3 false' "$(rows "$book" "SELECT id||' '||coalesce(off, '') FROM t WHERE id=3")"
same "and not who is missed" '4 true' "$(rows "$book" "SELECT id||' '||off FROM t WHERE id=4")"

# A promise that is not kept.
to_csv '<complete-marker>rows</complete-marker>' ''
four; echo '#rows=4' >>"$in"
expect 0 sync
kept=$(cat "$book")
sed -i '/^4,/d' "$in"
expect 4 sync; complains "has 3 rows where 4 are promised"; remains "fewer rows than promised"
sed -i '$d' "$in"
expect 4 sync; complains "does not end with the line #rows=N"; remains "no promise"
echo '#rows=3' >>"$in"
expect 0 sync; expect 0 sync --full
same "a promise that is kept" 3 "$(rows "$book" 'SELECT count(*) FROM t')"

# ---- replaced while it is read --------------------------------------------------------------
# many N DEPARTMENT: N people of a department
many() {
        awk -v n="$1" -v d="$2" 'BEGIN { print "number,displayName,mails,department,accountEnabled,manager"
                for (i = 1; i <= n; i++) printf "%d,Person %d,p%d@x.org,%s,true,\n", i, i, i, d }'
}
replaced=no
for size in 20000 80000 320000; do
        to_csv '<page-size>10</page-size>' ''
        many $size Ops >"$in"; many $((size / 2)) Ops >"$dir/next.csv"
        "$MUSTER" sync >"$out" 2>"$err" </dev/null &
        pid=$!
        # As soon as a page is in the store it is stopped where it stands.
        while kill -0 $pid 2>/dev/null &&
                [ -z "$(sqlite3 -readonly "$dir/state/state.db" 'SELECT 1 FROM run WHERE pages > 0' 2>/dev/null)" ]; do :; done
        kill -STOP $pid 2>/dev/null
        mv "$dir/next.csv" "$in"
        kill -CONT $pid 2>/dev/null
        wait $pid; code=$?
        last="a sync whose file is replaced ($size rows)"
        [ $code = 0 ] && continue            # it was faster; with more rows it is not
        [ $code = 4 ] || fail "exit code $code"
        complains "was replaced or removed while it was read"
        [ ! -e "$book" ] || fail "something was written"
        replaced=yes
        break
done
[ $replaced = yes ] || fail "it was never slow enough"
expect 0 sync
same "the next run reads the new one" $((size / 2)) "$(rows "$book" 'SELECT count(*) FROM t')"

# ---- killed while it writes -----------------------------------------------------------------
to_csv '' ''
many 4000 Ops >"$in"
last="a sync that is killed"
for try in 1 2 3 4 5 6 7 8 9 10 11 12; do
        "$MUSTER" sync >"$out" 2>"$err" </dev/null &
        pid=$!
        # At the moment when a new file lies there half written, or some time before it is done.
        for ((i = 0; i < try * 400; i++)); do
                [ -e "$dir/made/.book.csv.new" ] && [ $((try % 2)) = 0 ] && break
                kill -0 $pid 2>/dev/null || break
        done
        kill -KILL $pid 2>/dev/null
        wait $pid 2>/dev/null
        [ ! -e "$book" ] || whole "$book" || fail "half a file (try $try)"
done
expect 0 sync
expect 0 sync
whole "$book" || fail "half a file"
same "everybody, once" '4000 4000' "$(rows "$book" "SELECT count(*)||' '||count(DISTINCT id) FROM t")"
[ ! -e "$dir/made/.book.csv.new" ] || fail "a leftover of a crash was left"

# ---- CSV to LDIF, for a directory -----------------------------------------------------------
. "$srcdir/tests/scenario/slapd.sh"
slapd_binary "$dir" >/dev/null 2>&1 || { . "$srcdir/tests/skip.sh"; skip "slapd is not installed"; }
last="slapadd"
mkdir "$dir/slapd"
slapd_prepare "$dir/slapd" durable=no >"$out" 2>"$err" || fail "no directory"
suffix=$(cat "$dir/slapd/suffix")
configure '' "<path>$dir/made/people.ldif</path><groups-path>$dir/made/groups.ldif</groups-path>
        <id>uid</id><base>ou=people,$suffix</base><group-id>cn</group-id><group-base>ou=groups,$suffix</group-base>
        <object-classes>top person organizationalPerson inetOrgPerson musterObject</object-classes>
        <group-object-classes>top groupOfNames musterObject</group-object-classes>
        <members>member</members><stamp-column>musterStamp</stamp-column>" \
        '<match attribute="uid"/><map to="uid">Append("u, ", [number])</map><map to="cn">[displayName]</map>
         <map to="sn">[displayName]</map><map to="mail">[mails]</map><map to="manager">[manager]</map>'
four; sed -i 's/^2,"two$/2,"two, or/; s/^lines",/ three",/' "$in"
sed -i '/two, or/{N;s/\n//}' "$in"
expect 0 sync
last="slapadd of what was written"
slapd_tool "$dir/slapd" slapadd -u -q -f "$dir/slapd/slapd.conf" -l "$dir/made/people.ldif" >"$out" 2>"$err" || fail "not even tried"
for file in people groups; do
        slapd_tool "$dir/slapd" slapadd -q -f "$dir/slapd/slapd.conf" -l "$dir/made/$file.ldif" >"$out" 2>"$err" || fail "$file"
done
slapd_tool "$dir/slapd" slapcat -o ldif-wrap=no -f "$dir/slapd/slapd.conf" >"$dir/all.ldif" 2>"$err" || fail "slapcat"
same entries 4 "$(grep -c '^dn: uid=u' "$dir/all.ldif")"
same stamps 5 "$(grep -c '^musterStamp: ' "$dir/all.ldif")"
same mails 4 "$(grep -c '^mail: ' "$dir/all.ldif")"
same manager 2 "$(grep -c "^manager: uid=u\\\\, 1,ou=people,$suffix" "$dir/all.ldif")"
same members 2 "$(grep -c "^member: uid=u\\\\, [12],ou=people,$suffix" "$dir/all.ldif")"
same names "Zoë" "$(sed -n 's/^cn:: //p' "$dir/all.ldif" | head -n 1 | base64 -d)"

# What slapcat writes is read again: LDIF to CSV.
in=$dir/people.ldif
awk 'BEGIN { RS = ""; ORS = "\n\n" } /\nobjectClass: inetOrgPerson/' "$dir/all.ldif" >"$in"
configure '' "<path>$book</path><groups-path>$dir/made/groups.csv</groups-path><types>mail=list</types>" \
        '<match attribute="name"/><map to="name">[cn]</map><map to="mail">[mail]</map>'
sed -i 's,<id>number</id>,<id>musterStamp</id>,' "$MUSTER_CONFIG"
expect 0 sync
same "from LDIF" 'hr:1=a@x.org|ada@x.org' "$(rows "$book" "SELECT id||'='||mail FROM t WHERE id='hr:1'")"
same "all of LDIF" 4 "$(rows "$book" 'SELECT count(*) FROM t')"
printf '\ndn: uid=x\nchangetype: delete\n' >>"$in"
expect 2 sync; complains "tells changes ('changetype:'"
exit 0
