#!/bin/bash
# bundle.sh - all that is known of a run in one file: what is in it, and that no secret is.
. "$srcdir/tests/scenario/engine.sh"
need tar perl
begin 8 --seed 9
expect 0 sync
run=$(sqlite3 "$dir/state/state.db" 'SELECT max(id) FROM run')

# Thirty secrets: in files, in the configuration's own text, in comments, in a map, in URLs.
canary() { printf 'canary%02d<&"+/=%% é~' "$1"; }
plain() { printf 'canary%02d.plain-Text_%02d' "$1" "$1"; }
{
        for i in $(seq 1 10); do
                (umask 077; canary "$i" >"$dir/secret$i")
                echo "<sink name=\"spare$i\" plugin=\"ldap\"><uri>$uri</uri><bind-dn>cn=x</bind-dn><password file=\"$dir/secret$i\"/><user-base>ou=people,$suffix</user-base></sink>"
        done
        for i in $(seq 11 20); do
                echo "<sink name=\"spare$i\" plugin=\"ldap\"><uri>$uri</uri><bind-dn>cn=x</bind-dn><password><![CDATA[$(canary "$i")]]></password><user-base>ou=people,$suffix</user-base></sink>"
        done
        for i in $(seq 21 24); do echo "<!-- was $(plain "$i") before -->"; done
} >"$dir/spare.xml"
sed -i -e "/<sync name/{
r $dir/spare.xml
N
}" "$dir/muster.xml"
perl -0pi -e 's/(<sync name=.*?>\n)(.*?)((<sink name="spare|<!-- was).*?)(?=<scope>)/$3$1$2/s' "$dir/muster.xml"
sed -i "s|<map to=\"sn\">|<map to=\"userPassword\" when=\"create\">\"$(plain 25)\"</map>&|" "$dir/muster.xml"
expect 0 check

# The log and the ops of the run hold them, too, as no connector should ever let happen.
encode() { perl -MMIME::Base64 -e 'print encode_base64($ARGV[0], "")' "$1"; }
url() { perl -e '($_ = $ARGV[0]) =~ s/([^A-Za-z0-9_.~-])/sprintf "%%%02X", ord $1/ge; print' "$1"; }
line=5000
leak() {
        line=$((line + 1))
        printf "INSERT INTO log(run,line,at,level,text,event) VALUES(%s,%s,1,2,'%s',1902);\n" "$run" "$line" "${1//\'/\'\'}"
}
for i in $(seq 1 20); do
        c=$(canary "$i")
        leak "said: $c"; leak "said: $(encode "$c")"; leak "said: $(encode "x$c")"; leak "said: $(encode "xy:$c")"; leak "?a=$(url "$c")&b"
done >"$dir/leak.sql"
printf "UPDATE opdata SET text='refused: %s; request id 11-22-33' WHERE number=(SELECT min(number) FROM op WHERE run=%s);" "$(canary 1)" "$run" >>"$dir/leak.sql"
sqlite3 "$dir/state/state.db" <"$dir/leak.sql" || fail "the store cannot be changed"

expect 0 log "$run" --download "$dir/run.tar"
same "mode" 600 "$(stat -c %a "$dir/run.tar")"
expect 2 log "$run" --download "$dir/run.tar"; complains 'is there already'
expect 0 log "$run" --download "$dir/run.tar" --force
expect 2 log "$run" --force; complains '--download'
expect 2 log "$run" --download "$dir/nowhere/run.tar"; complains 'cannot be written'
expect 2 log 999 --download "$dir/other.tar"; complains 'no run 999'
[ ! -e "$dir/other.tar" ] || fail "a file for no run"

mkdir "$dir/x"; tar -xf "$dir/run.tar" -C "$dir/x" || fail "tar does not open it"
same "the parts" "README configuration configuration/1.xml errors.json log.json ops.json run.json" \
        "$(cd "$dir/x/run-$run" && find . -mindepth 1 | sed 's|^\./||' | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"
cd "$dir/x/run-$run" || fail "no parts"
for part in *.json; do
        same "$part is JSON" 1 "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile('$part') AS TEXT))")"
done
same "ops" "$(sqlite3 "$dir/state/state.db" "SELECT count(*) FROM op WHERE run=$run")" \
        "$(sqlite3 :memory: "SELECT json_array_length(CAST(readfile('ops.json') AS TEXT), '\$.ops')")"
grep -q 'request id 11-22-33' errors.json || fail "the request id is lost"
grep -q 'MST-1902' log.json || fail "the events have no numbers"
grep -q '<password file=' configuration/1.xml || fail "where the secret is kept is lost"
grep -q '<user-base>ou=people' configuration/1.xml || fail "what is no secret is lost"
grep -q '<map to="userPassword" when="create">(removed)</map>' configuration/1.xml || fail "the map's text is there"
if command -v xmllint >/dev/null; then xmllint --noout configuration/1.xml || fail "the configuration is no XML"; fi

# None of them anywhere, in any form; the two that everybody has, neither.
found() { LC_ALL=C grep -qaF -e "$2" "$dir/run.tar" && fail "secret $1 is in the bundle: $2"; return 0; }
for i in $(seq 1 20); do
        c=$(canary "$i")
        found "$i" "$c"; found "$i" "canary$(printf %02d "$i")"; found "$i" "$(url "$c")"
        e=$(encode "$c"); found "$i" "${e:0:16}"
        e=$(encode "x$c"); found "$i" "${e:4:12}"
        e=$(encode "xy:$c"); found "$i" "${e:4:16}"
done
for i in $(seq 21 25); do found "$i" "$(plain "$i")"; done
found client "$(cat "$dir/secret")"
found bind "$(cat "$dir/slapd/muster.secret")"
exit 0
