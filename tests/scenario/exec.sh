#!/bin/bash
# exec.sh - connectors in other languages, in whole runs: accounts read by the example in
# shell, written by the example in Python; what is in its file is read by sqlite3, which has its
# own reader of JSON.  Then programs that misbehave: each is told by a sentence, nothing is lost.
. "$srcdir/tests/scenario/cli.sh"
. "$srcdir/tests/skip.sh"
[ -e "$MUSTER_PLUGINS/exec.so" ] || skip "the exec connector is not built as a plugin"
need python3 sqlite3
export MUSTER_CONFIG=$dir/muster.xml
kept=$dir/kept.json
mkdir -m 700 "$dir/bin" "$dir/state"
install -m 755 "$srcdir/plugins/exec/people.py" "$srcdir/plugins/exec/accounts.sh" "$dir/bin/"

configure() {                                # SINK OPTIONS, SOURCE OPTIONS
        cat >"$MUSTER_CONFIG" <<END
<muster xmlns="urn:muster:config:1">
  <plugins folder="$MUSTER_PLUGINS"/>
  <store path="$dir/state/state.db"/>
  <source name="unix" plugin="exec">
    <command>$dir/bin/accounts.sh</command>
    <argument>$dir/passwd</argument><argument>$dir/group</argument><argument>1000</argument>${2-}
  </source>
  <sink name="app" plugin="exec">
    <command>${program-$dir/bin/people.py}</command>
    ${1-<setting>file=$kept</setting>}
  </sink>
  <sync name="s" source="unix">
    <group name="staff" title="All &quot;staff&quot;">user.uidNumber -ge 1001</group>
    <target sink="app" defaults="no">
      <match attribute="userName"/>
      <map to="userName">[uid]</map><map to="fullName">[displayName]</map><map to="number">[uidNumber]</map>
      <groups use="*"><map to="name">[name]</map><map to="title">[title]</map></groups>
      <on-gone do="delete"/>
      <limit of="removals" above="100" and-percent="100"/>
    </target>
  </sync>
</muster>
END
        chmod 600 "$MUSTER_CONFIG"
}
people() {                                   # NAME:UID:FULL NAME...
        printf '%s\n' root:x:0:0:root:/root:/bin/sh >"$dir/passwd"
        for one; do echo "${one%%:*}:x:$(cut -d: -f2 <<<"$one"):100:$(cut -d: -f3- <<<"$one"):/home/x:/bin/sh" >>"$dir/passwd"; done
}
ask() { sqlite3 :memory: "WITH o AS (SELECT e.key, e.value AS v FROM json_each(json_extract(readfile('$kept'), '\$.objects')) e)
        SELECT $1" 2>&1; }
same() { [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"; }
names() { ask "group_concat(n, ' ') FROM (SELECT v->>'name' AS n FROM o WHERE v->>'kind' = 'user' ORDER BY n)"; }
members() { ask "group_concat(n, ' ') FROM (SELECT m.v->>'name' AS n FROM o g, json_each(g.v, '\$.members') j, o m
        WHERE g.v->>'name' = 'staff' AND m.key = j.value ORDER BY n)"; }

echo 'users:x:100:' >"$dir/group"
people 'ada:1000:Ada "the first" Ö' 'bob:1001:Bob \ slash' 'cy:1002:Cy'
configure
expect 0 check
expect 0 check --online
expect 0 sync
same "people" "ada bob cy" "$(names)"
same "members" "bob cy" "$(members)"
same "a name with all that hurts" 'Ada "the first" Ö' "$(ask "v->>'\$.values.fullName' FROM o WHERE v->>'name' = 'ada'")"
same "a number" 1000 "$(ask "v->>'\$.values.number' FROM o WHERE v->>'name' = 'ada'")"
before=$(cat "$kept") bob=$(ask "key FROM o WHERE v->>'name' = 'bob'")
expect 0 sync
same "what a run with nothing new writes" "$before" "$(cat "$kept")"

# Changes, a rename, somebody who has gone, somebody new.
people 'ada:1000:Ada' 'bobby:1001:Bob' 'dan:1003:Dan'
expect 0 sync
same "who was not told once" 0 "$(ask "v->>'enabled' FROM o WHERE v->>'name' = 'cy'")"
expect 0 sync
same "people" "ada bobby dan" "$(names)"
same "members" "bobby dan" "$(members)"
same "the same object under another name" "$bob" "$(ask "key FROM o WHERE v->>'name' = 'bobby'")"

# ---- programs that misbehave -----------------------------------------------------------------
cat >"$dir/bin/bad.sh" <<'END'
#!/bin/bash
# What it does wrong is its first argument.
next() { IFS= read -r line || exit 0; id=${line#*\"id\":} id=${id%%[,\}]*} op=${line#*\"op\":} op=${op%%[,\}]*}; }
say() { echo "{\"id\":$id,$1}"; }
end() { say "\"end\":\"complete\"${1:+,$1}"; }
can='"protocol":1,"can":["users","groups","update","rename","delete","find","stamp","members"],
"attributes":[{"name":"userName"},{"name":"*"},{"name":"*","of":"group"}]'
can=${can//$'\n'/}
next
case $1 in
licence) echo "warning: no licence" >&2; exit 3 ;;
crash) kill -SEGV $$ ;;
silent) sleep 100 ;;
word) echo hello; sleep 100 ;;
list) echo '[1,2]'; sleep 100 ;;
utf8) printf '{"id":%s,"end":"complete","protocol":1,"can":["\xff"]}\n' "$id"; sleep 100 ;;
protocol) end '"protocol":7'; sleep 100 ;;
fly) end '"protocol":1,"can":["users","fly"]'; sleep 100 ;;
other) id=99; end; sleep 100 ;;
leaves) exit 0 ;;
endless) tr '\0' a </dev/zero ;;
secret) IFS= read -r -u 3 s; say "\"error\":\"authentication\",\"text\":\"$s is wrong: $s\"" ;;
tells) IFS= read -r -u 3 s; echo "warning: it is $s" >&2 ;;
confined)                                    # no descriptor, no variable of ours; no core file, no more rights
        open=" " env="${MUSTER_CONFIG-}${HOME-}${MUSTER_PLUGINS-}" rights=$(grep NoNewPrivs /proc/self/status)
        for fd in 4 5 6 7 8 9 20 30 40 50; do { : >&"$fd"; } 2>/dev/null && open+="$fd "; done
        [ "$(ulimit -c),$open,$env,${rights//[^0-9]},${OWN-},$PWD" = "0, ,,1,yes it is,/" ] &&
                say '"error":"authentication","text":"it is confined"' ||
                say "\"error\":\"authentication\",\"text\":\"$(ulimit -c),$open,$env,${rights//[^0-9]},${OWN-},$PWD\"" ;;
esac
end "$can"
next
[ "$1" = nobody ] && { end; sleep 100; }
end '"identity":"bad","warnings":["it is old"]'
while next; do
        case $1,$line in
        lies,*'"call":"find"'*) say '"query":0,"object":"1","stamp":"somebody-else"'; say '"query":0,"done":true'; end ;;
        many,*'"call":"find"'*) say '"query":7,"done":true'; end ;;
        *'"call":"find"'*)
                for ((i = 0; i < $(grep -o '"kind"' <<<"$line" | wc -l); i++)); do say "\"query\":$i,\"done\":true"; done
                end ;;
        twice,*'"op"'*) echo "{\"op\":$op,\"outcome\":\"done\",\"object\":\"1\",\"name\":\"x\"}"; echo "{\"op\":$op,\"outcome\":\"done\"}" ;;
        dies,*'"op"'*) exit 9 ;;
        stuck,*'"op"'*) sleep 100 ;;
        strange,*'"op"'*) echo "{\"op\":$op,\"outcome\":\"splendid\"}" ;;
        no-object,*'"op"'*) echo "{\"op\":$op,\"outcome\":\"done\"}" ;;
        refuses,*'"op"'*) echo "{\"op\":$op,\"outcome\":\"refused\",\"text\":\"no vowels, please\"}" ;;
        *) say '"error":"internal","text":"what?"' ;;
        esac
done
END
chmod 755 "$dir/bin/bad.sh"
printf tops3cret >"$dir/secret" && chmod 600 "$dir/secret"
program=$dir/bin/bad.sh
bad() {                                      # WHAT, EXIT CODE, SENTENCE, COMMAND...
        local what=$1 want=$2 sentence=$3
        shift 3
        rm -rf "$dir/state" && mkdir -m 700 "$dir/state"
        configure "<argument>$what</argument><timeout>700ms</timeout><start-timeout>700ms</start-timeout><secret file=\"$dir/secret\"/><environment>OWN=yes it is</environment>"
        expect "$want" "$@"
        grep -qF -e "$sentence" <(tr -s '\n ' ' ' <"$out") "$err" || fail "$what: nothing says: $sentence"
        ! grep -qF tops3cret "$out" "$err" || fail "$what: the secret is told"
}
while IFS='|' read -r what code sentence; do
        bad "$what" "$code" "$sentence" check --online
done <<'END'
licence|4|ended with exit code 3; its last words: warning: no licence
crash|4|was ended by signal 11
silent|4|has said nothing for 1 s
word|4|wrote a line that is not of the protocol
list|4|wrote a line that is not of the protocol (no object): '[1,2]'
utf8|4|which is no word of the protocol
protocol|4|speaks protocol 7, and this Muster speaks 1
fly|4|says that it can 'fly', which is no word of the protocol
other|4|answered call 99 while call 1 was asked
leaves|4|ended with exit code 0
endless|4|wrote a line of more than 16 MiB
secret|4|(secret) is wrong: (secret)
confined|4|it is confined
nobody|4|does not say which service it speaks for
fine|0|it is old
END
while IFS='|' read -r what code sentence; do
        bad "$what" "$code" "$sentence" sync
done <<'END'
lies|4|answered with object '1'
many|4|answered query 7 of
twice|4|or twice
dies|4|ended with exit code 9
stuck|4|has said nothing for 1 s
strange|4|with the outcome 'splendid'
no-object|1|app: 3 retry
refuses|1|no vowels, please
tells|4|the program: it is (secret)
END
[ "$(pgrep -fc "$dir/bin/")" = 0 ] || fail "a program was left behind: $(pgrep -fa "$dir/bin/")"

# What may not be started is told offline, with its line.
chmod 777 "$dir/bin/bad.sh"
bad fine 2 "can be written by others" check
grep -q 'muster.xml:[0-9]' "$err" "$out" || fail "no line is named"
program=$dir/bin/none bad fine 2 "No such file" check
