# torture-kit.sh - four sinks behind one source, changes among the people, and the judges: for the
# scenarios that do something bad to `muster sync`.  Sourced.
#
#   start NAME PROGRAM [OPTION...]   a server, until the end; its ready line is in $dir/NAME.ready
#   of NAME MEMBER                   of that line
#   change_something                 six changed, one renamed, one blocked, one gone, two new
#   finish AFTER                     started again until it is at rest, then judged
#   judge AFTER                      the directory by truth.c, the other sinks by judge.c, the store
#                                    by itself
#   through NAME                     a byte proxy named NAME; where clients go is in $url
#   toward NAME URL                  the server behind it
. "$srcdir/tests/scenario/engine.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
full=${MUSTER_TORTURE-}
people=${MUSTER_PEOPLE-$([ -n "$full" ] && echo 200 || echo 30)}
most=${MUSTER_POINTS-$([ -n "$full" ] && echo 100000 || echo 1)}
[ -x "$top_builddir/tests/emulators/tcp-proxy/tcp-proxy" ] && [ -x "$BOLDBI_EMULATOR" ] &&
        [ -e "$MUSTER_PLUGINS/boldbi.so" ] && [ -e "$MUSTER_PLUGINS/kaizala.so" ] &&
        [ -e "$MUSTER_PLUGINS/file.so" ] || skip "not all connectors are there as plugins"
kaizala_emulator=$top_builddir/tests/emulators/kaizala/kaizala-emulator

others=''
start() {                                    # NAME PROGRAM [OPTION...]
        local name=$1; shift
        "$@" --ready-file "$dir/$name.ready" >"$dir/$name.log" 2>&1 &
        others="$others $!"
        for _ in $(seq 400); do [ -s "$dir/$name.ready" ] && return; sleep 0.05; done
        cat "$dir/$name.log" >&2
        exit 1
}
of() { sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$dir/$1.ready"; }

# A byte proxy, and where clients go; `toward` tells it of its server.
through() {
        mkdir -p "$dir/via-$1"
        proxy_program=tcp-proxy proxy_start "$dir/via-$1" "" || exit 1
        others="$others $(cat "$dir/via-$1/proxy-pid")"
        url=http://127.0.0.1:$(sed -n "s/.*\"port\":\([0-9]*\).*/\1/p" "$dir/via-$1/proxy.json")
}
toward() { proxy "$dir/via-$1" server "$2" || exit 1; }
# shellcheck disable=SC2086
torture_end() {
        local code=$?
        [ -z "$others" ] || kill $others 2>/dev/null
        (exit $code); engine_end
}
trap torture_end EXIT

limits=''
for of_what in removals identity changes creates clears group-members; do
        limits="$limits<limit of=\"$of_what\" above=\"9000\" and-percent=\"100\" until=\"2999-12-31\" reason=\"a test\"$([ $of_what != removals ] || echo ' never-above="9000"')/>"
done
configure() {
        mkdir -p "$dir/outbox"; chmod 700 "$dir/outbox"
        (umask 077; of bold apiKey | tr -d '\n' >"$dir/key"; of kaizala refreshToken | tr -d '\n' >"$dir/refresh"
         printf 'EXAMPLE0KEY' >"$dir/kaizala.secret"; printf 'a key for the tests of the kaizala sink' >"$dir/kaizala.key")
        local root; root=${kaizala_via-$(of kaizala control)}; root=${root%/_control}
        (umask 077; cat >"$dir/muster.xml") <<XML
<muster xmlns="urn:muster:config:1">
<store path="$dir/state/state.db"/>
<source name="contoso" plugin="entra">
<tenant>$(member tenant)</tenant><client-id>$(member clientId)</client-id>
<client-secret file="$dir/secret"/>
<login-url>$(member login)</login-url><graph-url>$(member graph | sed 's,/v1.0$,,')</graph-url><timeout>5s</timeout>
</source>
<sink name="corporate" plugin="ldap">
<uri>${ldap_via-$uri}</uri>
<bind-dn>cn=muster,ou=services,$suffix</bind-dn><password file="$dir/slapd/muster.secret"/>
<user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
<user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>
<stamp-attribute>musterStamp</stamp-attribute>
<disabled-attribute>pwdAccountLockedTime</disabled-attribute><disabled-value>000001010000Z</disabled-value>
<timeout>5s</timeout>
</sink>
<sink name="bi" plugin="boldbi"><url>$(of bold site)</url><api-key file="$dir/key"/><timeout>5s</timeout></sink>
<sink name="phones" plugin="kaizala">
<url>$root</url><trusted-hosts>localhost 127.0.0.1</trusted-hosts>
<application-id>6b1d0f5e-1f3c-4a52-9b51-0a6c2f1d7e10</application-id>
<application-secret file="$dir/kaizala.secret"/><refresh-token file="$dir/refresh"/><token-key file="$dir/kaizala.key"/>
<calls-per-minute>100000</calls-per-minute><outbox>$dir/outbox</outbox><timeout>5s</timeout>
<portal-url>$root/_portal</portal-url>
</sink>
<sink name="book" plugin="file"><path>$dir/book.csv</path><columns>id displayName department</columns>
<stamp-column>stamp</stamp-column></sink>
<sync name="staff" source="contoso">
<scope>$scope</scope>
$groups
<target sink="corporate">$match $maps <groups use="*"/> $leavers $limits</target>
<target sink="bi"><on-gone do="delete"/><on-out-of-scope do="delete"/><on-disabled do="keep"/>$limits</target>
<target sink="phones"><scope>user.employeeId -ne null</scope><match attribute="PhoneNumber"/>
<map to="PhoneNumber">Append("+491", [employeeId])</map>
<on-gone do="delete"/><on-out-of-scope do="delete"/>$limits</target>
<target sink="book" defaults="no"><map to="id">[id]</map>
<map to="displayName">[displayName]</map><map to="department">[department]</map>
<on-gone do="delete"/><on-out-of-scope do="delete"/><on-disabled do="keep"/>$limits</target>
</sync>
</muster>
XML
}

judge() {                                    # AFTER WHAT
        last="judged after $1"
        compare_with_truth || { cat "$out" >&2; fail "the directory is not what the source says"; }
        for door_of in bold kaizala; do curl -sS "$(of $door_of control)/effects?after=0&limit=100000" >"$dir/$door_of.effects"; done
        curl -sS "$(of bold control)/users" >"$dir/bold.users"
        curl -sS "$(of kaizala control)/people" >"$dir/kaizala.people"
        "$top_builddir/tests/scenario/judge" "$dir/people.json" foreign=admin@contoso.example foreign=+14255550100 \
                boldbi="$dir/bold.users:$dir/bold.effects" kaizala="$dir/kaizala.people:$dir/kaizala.effects" \
                file="$dir/book.csv" >"$out" 2>"$err" || fail "a sink is not what the source says, or something was done twice"
        same "the store is sound" ok "$(sqlite3 "$dir/state/state.db" 'PRAGMA integrity_check')"
}

# Started again until it has nothing to do.
finish() {                                   # AFTER WHAT
        local n code
        for n in 1 2 3 4 5; do
                "$MUSTER" sync >"$out" 2>"$err" </dev/null
                code=$?
                [ $code != 0 ] || break
                # What waits for its time is due now.
                sqlite3 "$dir/state/state.db" 'PRAGMA busy_timeout = 5000; UPDATE op SET due = 0 WHERE state = 3;
                        UPDATE instance SET trial = 0 WHERE trial > 0' >/dev/null 2>&1
        done
        last="finished after $1"
        [ $code = 0 ] || fail "it does not come to rest (exit $code)"
        # Whom one read of everybody lacks is deleted after the second.
        [ "$(sqlite3 "$dir/state/state.db" 'PRAGMA busy_timeout = 5000; SELECT count(absent) FROM entry' | tail -1)" = 0 ] ||
                "$MUSTER" sync --full >"$out" 2>"$err" </dev/null || fail "the second read"
        judge "$1"
}

expired=0
change_something() {
        control bulk "{\"op\":\"change\",\"count\":6,\"property\":\"jobTitle\",\"seed\":$RANDOM}"
        control bulk "{\"op\":\"rename\",\"count\":1,\"seed\":$RANDOM}"
        control bulk "{\"op\":\"disable\",\"count\":1,\"seed\":$RANDOM}"
        control bulk "{\"op\":\"remove\",\"count\":1,\"seed\":$RANDOM}"
        control hire '{"count":2}'
        if [ $((++expired % 4)) = 0 ]; then control expire '{"form":"gone"}'; fi
}

