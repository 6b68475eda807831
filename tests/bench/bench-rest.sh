# bench-rest.sh - what goes to Bold BI and to Kaizala, each an emulator that answers after
# 20 ms.  Sourced by bench.sh, whose words it uses.
#
# Writes are timed by the emulator, from the first to the last of an effect (its "pace"); the
# calls are those of its ledger.  The loop that they are compared with is curl with one
# connection that stays, one request after the other: a part of it, and the rest reckoned.
#
# Kaizala allows a connector 100 calls a minute, so neither side could show anything; that
# limit is lifted here, in the emulator and for the sink.
rest_people=${BENCH_REST-5000}
latency=20
in_flight=32
by_hand=200                                  # requests of the loop

# figure WORK VALUE least|most AIM: a number that is no time
figure() {
        awk -v work="$1" -v value="$2" -v how="$3" -v aim="$4" 'BEGIN {
                met = how == "least" ? value >= aim : value <= aim
                printf "%-31s %8s  %-28s %6.2f %s %-4s %s\n", work, "", "", value, how == "least" ? ">=" : "<=", aim,
                        met ? "met" : "MISSED" }' | tee -a "$table" >&2
}
note() { echo "$2 0 0 0" >>"$work/$1.runs"; }           # NAME VALUE: one more for median

service() {                                  # NAME EMULATOR OPTION...: its description goes to $answer
        local file=$work/$1.json
        rm -f "$file"
        "$top_builddir/tests/emulators/$1/$1-emulator" "${@:2}" --ready-file "$file" >/dev/null 2>>"$work/emulator.log" &
        emulators+=($!)
        for _ in $(seq 400); do
                [ ! -s "$file" ] || break
                sleep 0.05
        done
        answer=$(cat "$file") || fail "the emulator of $1 did not start"
        door=$(field control "$answer")
        ask faults '{"kind":"*","count":0,"action":"delay-ms","delay-ms":'$latency'}' >/dev/null
}
ask() { curl -sSf "$door/$1" ${2+-d "$2"} || fail "the emulator refused to tell its $1"; }

# pace EFFECT COUNT: seconds in which so many of it were done, the wait for the last included
pace() {
        ask pace >"$work/pace"
        awk -v RS='}' -v name="\"$1\"" -v count="$2" -v latency=$latency 'index($0, name) {
                match($0, /"count":[0-9]+/); n = substr($0, RSTART + 8, RLENGTH - 8)
                match($0, /"ms":[0-9.]+/); ms = substr($0, RSTART + 5, RLENGTH - 5)
                if (n == count) print (ms + latency) / 1000 }' "$work/pace" | grep . ||
                fail "not $2 of '$1': $(cat "$work/pace")"
}
calls() { ask cost | sed 's/^{"calls":\([0-9]*\).*/\1/'; }

# rest_configure NAME SOURCE SINK TARGET: each the inside of its element
rest_configure() {
        rm -rf "${work:?}/$1" && mkdir "$work/$1"
        sed -e "s|@work@|$work/$1|; s|@source@|$2|; s|@sink@|$3|; s|@target@|$4|" "$here/rest.xml.in" >"$work/$1/muster.xml"
}

# --- Bold BI --------------------------------------------------------------------------------

bold_configure() {                           # MAP-OF-THE-NUMBER
        (umask 077 && printf '%s' 'emulator~secret.+&=/' >"$work/contoso.secret" && field apiKey "$answer" >"$work/bold.key")
        rest_configure rest-state "plugin=\"entra\"><tenant>$(field tenant "$ready")</tenant>\
<client-id>$(field clientId "$ready")</client-id><client-secret file=\"$work/contoso.secret\"/>\
<login-url>$(field login "$ready")</login-url><graph-url>$(field graph "$ready")</graph-url>" \
                "plugin=\"boldbi\"><url>$(field site "$answer")</url><api-key file=\"$work/bold.key\"/>\
<in-flight>$in_flight</in-flight>" "<map to=\"ContactNumber\">$1</map>"
}

# The requests of a loop as a configuration of curl, which keeps its connection.
bold_loop() {
        local i site key
        site=$(field site "$answer") key=$(field apiKey "$answer")
        for i in $(seq $by_hand); do
                [ "$i" = 1 ] || echo next
                cat <<END
silent
fail
output = /dev/null
url = "$site/v5.0/users"
header = "Authorization: basic $key"
header = "Content-Type: application/json"
data = "{\"Username\":\"loop$i\",\"Email\":\"loop$i@contoso.example\",\"FirstName\":\"Loop\",\"Password\":\"Example1!\"}"
END
        done >"$work/loop"
}

measure_bold() {
        local round seconds
        emulate "$rest_people"
        for round in $(seq "$rounds"); do
                say "Bold BI: $rest_people people, round $round of $rounds"
                service boldbi
                bold_configure '""'
                sync rest-load rest-state
                seconds=$(pace "user created" "$rest_people") || exit 1
                note rest-writes "$seconds"
                note rest-calls "$(($(calls) * 1000 / rest_people))"

                ask clear '{}' >/dev/null
                control bulk '{"op":"change","count":'"$rest_people"',"property":"surname","value":"Round '"$round"'"}'
                sync rest-change rest-state
                seconds=$(pace "user updated" "$rest_people") || exit 1
                note rest-updates "$seconds"
                note rest-update-calls "$(($(calls) * 1000 / rest_people))"

                ask clear '{}' >/dev/null
                sync rest-idle rest-state
                note rest-idle-calls "$(calls)"

                bold_loop
                ask clear '{}' >/dev/null
                timed rest-loop curl -K "$work/loop"
                pace "user created" $by_hand >/dev/null || exit 1
                ask quit '{}' >/dev/null
        done
        # The number goes with a second request.
        service boldbi
        bold_configure '"+49 30 1234567"'
        sync rest-numbers rest-state
        note rest-number-calls "$(($(calls) * 1000 / rest_people))"
        ask quit '{}' >/dev/null

        row "Bold BI, load of $rest_people, $latency ms" "$(median rest-load)" "curl in a loop" \
                "$(awk "BEGIN { print $(median rest-loop) * $rest_people / $by_hand }")" faster 27
        row "Bold BI, $rest_people changes" "$(median rest-change)" "the same" \
                "$(awk "BEGIN { print $(median rest-loop) * $rest_people / $by_hand }")" faster 27
        for name in writes updates; do
                figure "its $name, of $in_flight / $latency ms" \
                        "$(awk "BEGIN { print $rest_people / $(median rest-$name) / ($in_flight / ($latency / 1000)) }")" least 0.88
        done
        figure "calls a new person" "$(awk "BEGIN { print $(median rest-calls) / 1000 }")" most 1.05
        figure "  with a phone number" "$(awk "BEGIN { print $(median rest-number-calls) / 1000 }")" most 2.05
        figure "calls a changed person" "$(awk "BEGIN { print $(median rest-update-calls) / 1000 }")" most 1.05
        figure "calls without a change" "$(median rest-idle-calls)" most 0
}

# --- Kaizala --------------------------------------------------------------------------------

kaizala_configure() {
        (
                umask 077
                printf EXAMPLE0KEY >"$work/kaizala.secret"
                field refreshToken "$answer" >"$work/kaizala.token"
                printf 'a key for measuring the kaizala sink' >"$work/kaizala.key"
        )
        rm -rf "$work/outbox" && mkdir -m 700 "$work/outbox"
        awk -v n="$rest_people" 'BEGIN { print "id,givenName,surname,mobilePhone,city"
                for (i = 1; i <= n; i++) printf "u%d,Given,Name %d,+4930%07d,Oslo\n", i, i, i }' >"$work/people.csv"
        rest_configure rest-state "plugin=\"file\"><path>$work/people.csv</path><id>id</id>" \
                "plugin=\"kaizala\"><url>${door%/_control}</url><trusted-hosts>localhost 127.0.0.1</trusted-hosts>\
<application-id>$(field applicationId "$answer")</application-id><application-secret file=\"$work/kaizala.secret\"/>\
<refresh-token file=\"$work/kaizala.token\"/><token-key file=\"$work/kaizala.key\"/>\
<calls-per-minute>100000</calls-per-minute><outbox>$work/outbox</outbox>\
<portal-url>${door%/_control}/_portal</portal-url>" '<match attribute="PhoneNumber"/><groups use="*"/>'
}

measure_kaizala() {
        local round seconds
        for round in $(seq "$rounds"); do
                say "Kaizala: $rest_people people in a group, round $round of $rounds"
                service kaizala --calls 0 --tenant-calls 0
                kaizala_configure
                sync kaizala-load rest-state
                seconds=$(pace "member added" "$rest_people") || exit 1
                note kaizala-members "$seconds"
                note kaizala-calls "$(($(calls) * 1000 / rest_people))"
                ask quit '{}' >/dev/null
        done
        figure "Kaizala, members, of $in_flight / $latency ms" \
                "$(awk "BEGIN { print $rest_people / $(median kaizala-members) / ($in_flight / ($latency / 1000)) }")" least 0.88
        figure "calls a person in a group" "$(awk "BEGIN { print $(median kaizala-calls) / 1000 }")" most 0.05
}

measure_rest() {
        measure_bold
        measure_kaizala
}
