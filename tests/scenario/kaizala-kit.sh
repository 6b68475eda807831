# kaizala-kit.sh - for the scenarios of the kaizala sink: an emulator, people in a CSV file as
# the source, and questions to the emulator.  Sourced.
#
#   begin [EMULATOR OPTION]...   starts it
#   configure SINK GROUPS        a fresh configuration and store; SINK: further options of the sink
#   people LINE...               id,displayName,givenName,surname,mobilePhone,city,department,jobTitle
. "$srcdir/tests/scenario/cli.sh"
[ -e "$MUSTER_PLUGINS/kaizala.so" ] || { . "$srcdir/tests/skip.sh"; skip "the kaizala connector is not built as a plugin"; }
emulator=$top_builddir/tests/emulators/kaizala/kaizala-emulator
[ -x "$emulator" ] || { . "$srcdir/tests/skip.sh"; skip "the Kaizala emulator is not built"; }
export MUSTER_CONFIG=$dir/muster.xml
pid=

begin() {
        "$emulator" --ready-file "$dir/ready.json" --calls 0 --tenant-calls 0 "$@" >"$dir/emulator.log" 2>&1 &
        pid=$!
        trap 'kill "$pid"; wait "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
        for ((i = 0; i < 300; i++)); do [ -e "$dir/ready.json" ] && break; sleep 0.1; done
        [ -e "$dir/ready.json" ] || fail "the emulator did not start"
        door=$(sed -n 's/.*"control":"\([^"]*\)".*/\1/p' "$dir/ready.json")
        root=${door%/_control}
        port=${root##*:}
        sed -n 's/.*"refreshToken":"\([^"]*\)".*/\1/p' "$dir/ready.json" >"$dir/refresh"
        printf 'EXAMPLE0KEY' >"$dir/secret"
        printf 'a key for the tests of the kaizala sink' >"$dir/key"
        chmod 600 "$dir/refresh" "$dir/secret" "$dir/key"
        outbox=$dir/outbox
}

control() { curl -sS --fail-with-body "$door/$1" -d "$2" >"$dir/control" || fail "control $1 $2: $(cat "$dir/control")"; }

sync_options= target_options='<limit of="removals" above="50" and-percent="50"/>' map_options=
configure() {
        rm -rf "$dir/state" "$outbox"
        mkdir -m 700 "$dir/state" "$outbox"
        cat >"$MUSTER_CONFIG" <<END
<muster xmlns="urn:muster:config:1">
  <plugins folder="$MUSTER_PLUGINS"/>
  <store path="$dir/state/state.db"/>
  <source name="hr" plugin="file"><path>$dir/people.csv</path><id>id</id></source>
  <sink name="kaizala" plugin="kaizala">
    <url>$root</url>
    <trusted-hosts>localhost 127.0.0.1</trusted-hosts>
    <application-id>6b1d0f5e-1f3c-4a52-9b51-0a6c2f1d7e10</application-id>
    <application-secret file="$dir/secret"/>
    <refresh-token file="$dir/refresh"/>
    <token-key file="$dir/key"/>
    <calls-per-minute>100000</calls-per-minute>
    <outbox>$outbox</outbox>
    <timeout>5s</timeout>
    $1
  </sink>
  <sync name="s" source="hr">
    $sync_options
    $2
    <target sink="kaizala">
      <match attribute="PhoneNumber"/>
      $map_options
      <groups use="*"/>
      <on-gone do="delete"/>
      $target_options
    </target>
  </sync>
</muster>
END
        chmod 600 "$MUSTER_CONFIG"
}
portal() { echo "<portal-url>$root/_portal</portal-url>"; }

people() {
        {
                echo 'id,displayName,givenName,surname,mobilePhone,city,department,jobTitle'
                printf '%s\n' "$@"
        } >"$dir/people.csv.part"
        mv "$dir/people.csv.part" "$dir/people.csv"
}

same() { [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"; }
# who FIELD...: the truth of the Directory, a person a line: number and the values of the fields
who() {
        curl -sS "$door/people" | sed 's/^{"people":\[//' | while read -r line; do
                set -- "$@"
                number=$(sed -n 's/.*"PhoneNumber":"\([^"]*\)".*/\1/p' <<<"$line")
                printf '%s' "$number"
                for field; do printf '|%s' "$(sed -n "s/.*\"$field\":\"\{0,1\}\([^\",}]*\).*/\1/p" <<<"$line")"; done
                echo
        done | sort
}
# in_group NAME: its people but the admin of the token, sorted; an admin has a * behind
in_group() {
        curl -sS "$door/group/$1" | grep -o '"phone":"[^"]*","role":"[^"]*"' |
                sed 's/"phone":"\([^"]*\)","role":"Admin"/\1*/; s/"phone":"\([^"]*\)","role":".*/\1/' | grep -v '^+14255550100\*$' | sort | tr '\n' ' '
}
# effects NAME: how many of that name since the last clear; without NAME all
effects() {
        if [ $# = 0 ]; then
                curl -sS "$door/effects" | grep -o '"effect":' | wc -l
        else
                curl -sS "$door/effects" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" | grep . || echo 0
        fi
}
# calls KIND: requests of that kind since the last clear
calls() { curl -sS "$door/ledger" | grep -o "\"kind\":\"$1\"" | wc -l; }
clear() { control clear '{}'; }
fault() { curl -sS --fail-with-body -H 'Content-Type: text/plain' --data-binary "$1" "$door/faults" >/dev/null || fail "fault $1"; }
well() { control faults '{"clear":true}'; }
# fresh: people and groups of before are gone from the emulator
fresh() {
        well
        curl -sS "$door/group-remove" -d '{"group":"Finance"}' >/dev/null
        for number in +14255550102 +14255550103 +14255550104; do
                curl -sS "$door/person-remove" -d "{\"number\":\"$number\"}" >/dev/null
        done
        clear
}
