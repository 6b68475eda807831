# engine.sh - for the scenarios of the whole program: people in the Graph emulator, a slapd,
# a configuration, and the oracle that compares the two.  Sourced.
#
#   begin PEOPLE [OPTION...]        both servers (OPTIONs are the emulator's), a configuration
#   configure                       muster.xml anew, from the variables below
#   expect CODE [ARGUMENT...]       runs the command; its output is in $out and $err
#   says TEXT / complains TEXT      what stands in stdout / stderr
#   control DOOR JSON               the emulator's control door; its answer is in $answer
#   truth [SETTING...]              the directory is what the source says, or the test fails
#   differs [SETTING...]            it is not; what differs is in $out
#   snapshot                        a sum of all entries and their CSNs: equal, nothing was written
#   entry FILTER [ATTRIBUTE...]     an entry of the directory
#
# Variables that the configuration is made of, to be changed before `configure`:
scope='user.userType -eq "Member" -and user.mail -ne null'
sync_options=                        # attributes of <sync>
target_options=                      # children of <target>, after the maps
sink_options=
source_options=
match='<match attribute="mail"/>'
groups='<group name="german-sales" title="Sales in Germany">
  (user.country -eq "Germany") -and (user.department -eq "Sales")</group>
<groups for-each="country" name="country-{value}" title="Country {value}"/>'
maps='<map to="uid">ToLower([mailNickname])</map>
<map to="cn">[displayName]</map>
<map to="sn">Coalesce([surname], [displayName])</map>
<map to="givenName">[givenName]</map>
<map to="mail">[mail]</map>
<map to="title">[jobTitle]</map>
<map to="departmentNumber">[department]</map>
<map to="telephoneNumber">[businessPhones]</map>
<map to="mobile">[mobilePhone]</map>
<map to="l">[city]</map>
<map to="manager">[manager]</map>'
leavers='<on-gone do="disable" delete-after="30d"/>
<on-out-of-scope do="disable"/>
<on-disabled do="disable"/>'
# What the oracle is told about it.
settings='map=cn:displayName map=sn:surname|displayName map=givenName:givenName map=mail:mail
map=title:jobTitle map=departmentNumber:department map=telephoneNumber:businessPhones
map=mobile:mobilePhone map=l:city family=country-:country'

set -u
: "${srcdir:?make check sets it}"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/slapd.sh"
need slapd ldapsearch ldapmodify curl sqlite3
[ -x "$GRAPH_EMULATOR" ] || skip "the Graph emulator is not built (libmicrohttpd)"
[ -x "$top_builddir/tests/scenario/truth" ] || skip "the ldap connector is not built"
dir=$(mktemp -d "${TMPDIR-/tmp}/muster-engine.XXXXXX") || exit 99
out=$dir/out err=$dir/err last='' emulator='' suffix=dc=contoso,dc=example
export MUSTER_CONFIG=$dir/muster.xml

engine_end() {
        code=$?
        [ -z "$emulator" ] || kill "$emulator" 2>/dev/null
        [ ! -d "$dir/slapd" ] || slapd_stop "$dir/slapd"
        if [ -n "${KEEP-}" ]; then echo "kept: $dir" >&2; else rm -rf "$dir"; fi
        exit $code
}
trap engine_end EXIT

fail() {
        echo "FAILED (line ${BASH_LINENO[*]}): $last: $*" >&2
        [ ! -s "$out" ] || { echo "--- stdout"; tail -n 60 "$out"; } >&2
        [ ! -s "$err" ] || { echo "--- stderr"; tail -n 60 "$err"; } >&2
        exit 1
}

begin() {
        local people=$1; shift
        "$GRAPH_EMULATOR" --people "$people" --ready-file "$dir/ready" "$@" >"$dir/emulator.log" 2>&1 &
        emulator=$!
        slapd_prepare "$dir/slapd" durable=no ${slapd_options-} || exit 1
        slapd_start "$dir/slapd" || exit 1
        for _ in $(seq 200); do [ -s "$dir/ready" ] && break; sleep 0.05; done
        [ -s "$dir/ready" ] || { cat "$dir/emulator.log" >&2; exit 1; }
        door=$(member control) uri=$(cat "$dir/slapd/uri")
        mkdir -p "$dir/state" && chmod 700 "$dir/state"
        (umask 077; printf 'emulator~secret.+&=/' >"$dir/secret")
        configure
}

# member NAME: of the emulator's ready line, which is flat.
member() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$dir/ready"; }

configure() {
        (umask 077; cat >"$dir/muster.xml") <<XML
<muster xmlns="urn:muster:config:1">
<store path="$dir/state/state.db"/>
<source name="contoso" plugin="entra">
<tenant>$(member tenant)</tenant><client-id>$(member clientId)</client-id>
<client-secret file="$dir/secret"/>
<login-url>$(member login)</login-url><graph-url>$(member graph | sed 's,/v1.0$,,')</graph-url>
$source_options
</source>
<sink name="corporate" plugin="ldap">
<uri>$uri</uri>
<bind-dn>cn=muster,ou=services,$suffix</bind-dn><password file="$dir/slapd/muster.secret"/>
<user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
<user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>
<stamp-attribute>musterStamp</stamp-attribute>
<disabled-attribute>pwdAccountLockedTime</disabled-attribute><disabled-value>000001010000Z</disabled-value>
$sink_options
</sink>
<sync name="staff" source="contoso" $sync_options>
<scope>$scope</scope>
$groups
<target sink="corporate">
$match
$maps
<groups use="*"/>
$leavers
$target_options
</target>
</sync>
</muster>
XML
}

expect() {
        local want=$1 code; shift
        last="muster $*"
        "$MUSTER" "$@" >"$out" 2>"$err" </dev/null
        code=$?
        [ "$code" = "$want" ] || fail "exit code $code instead of $want"
}

says()      { grep -qF -e "$1" "$out" || fail "stdout does not say: $1"; }
complains() { grep -qF -e "$1" "$err" || fail "stderr does not say: $1"; }

# count WORD: a count of the last run of the sync, as the store has it.
count() {
        "$MUSTER" --json history </dev/null 2>/dev/null | tr -d ' \n' | grep -o "\"$1\":[0-9]*" | head -n 1 | grep -o '[0-9]*$'
}

control() {
        answer=$(curl -sS --max-time 20 "$door/$1" -d "$2" 2>&1)
        case $answer in *'"error"'*) last="control $1 $2"; fail "$answer" ;; esac
}

# one PERSON MEMBER: of the truth.
one() { curl -sS "$door/person/$1" | tr ',' '\n' | sed -n "s/.*\"$2\":\"\{0,1\}\([^\"}]*\).*/\1/p" | head -n 1; }

fault() { control faults "{\"clear\":true,\"rules\":[$1]}"; }
no_faults() { control faults '{"clear":true}'; }

compare_with_truth() {
        curl -sS "$door/people?offset=0&limit=1000000" >"$dir/people.json" || fail "no people"
        # shellcheck disable=SC2086
        "$top_builddir/tests/scenario/truth" "$dir/people.json" "$uri" "$suffix" $settings \
                'rule=german-sales:country=Germany,department=Sales' "$@" >"$out" 2>"$err"
}

truth()   { last="truth $*"; compare_with_truth "$@" || fail "the directory is not what the source says"; }
differs() {
        last="truth $*"
        compare_with_truth "$@" && fail "nothing differs"
        [ -s "$err" ] && fail "the oracle itself failed"
        return 0
}

entry() { ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "ou=people,$suffix" "$@" 2>/dev/null; }
exists() { entry "$1" dn | grep -q '^dn'; }
snapshot() { ldapsearch -x -LLL -H "$uri" -b "$suffix" dn entryCSN | sort | cksum; }
as_admin() { ldapmodify -x -H "$uri" -D "cn=admin,$suffix" -y "$dir/slapd/admin.secret" "$@" >/dev/null; }

# same WHAT WANTED GOT
same() { [ "$2" = "$3" ] || { last=$1; fail "wanted '$2', got '$3'"; }; }

# A sync that has nothing to do writes nothing.
still() {
        local before
        before=$(snapshot)
        expect 0 sync
        same "a sync with nothing new writes nothing" "$before" "$(snapshot)"
}

# hold GUARD: the number of the open hold of that guard.
hold() { sqlite3 "$dir/state/state.db" "SELECT number FROM hold WHERE state = 0 AND guard LIKE '$1%' LIMIT 1"; }

# pass_days N: what waits in the store has waited N days longer.
pass_days() {
        local ms=$(($1 * 86400000))
        sqlite3 "$dir/state/state.db" "PRAGMA busy_timeout = 5000; UPDATE link SET since = since - $ms WHERE since > 0;
                UPDATE wake SET at = at - $ms;" >/dev/null || fail "the store cannot be changed"
}
