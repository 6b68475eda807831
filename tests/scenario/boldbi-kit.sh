# boldbi-kit.sh - for the scenarios of the boldbi sink: people in the Graph emulator, a site in
# the Bold BI emulator, a configuration between them.  Sourced.
#
#   begin PEOPLE [OPTION...]     both servers (OPTIONs are Bold BI's), a configuration
#   configure                    muster.xml anew, from the variables below
#   expect CODE [ARGUMENT...]    runs the command; its output is in $out and $err
#   says TEXT / complains TEXT   what stands in stdout / stderr
#   graph DOOR JSON              the Graph emulator's control door; its answer is in $answer
#   bold DOOR [JSON]             Bold BI's; without JSON a GET
#   user NAME MEMBER             of the site, as it really is: Email, ContactNumber, @groups
#   effects WHAT                 how often clients have done it since `clear`: "user created"
#   calls [KIND]                 requests since `clear`
#   hire NAME [MEMBER...]        somebody in Entra ID: "\"mobilePhone\":\"+4930123\""
#   change NAME SET              in Entra ID
#
# Variables that the configuration is made of, to be changed before `configure`:
scope='user.mail -ne null'
sink_options=
credentials='<username>admin@contoso.example</username><password file="SECRET"/>'
match=                               # the connector's own: Email, Username
groups='<group name="finance" title="All of the treasury">user.department -eq "Treasury"</group>'
maps=
target_attributes=
target_options='<on-out-of-scope do="delete"/><limit of="removals" above="50" and-percent="50"/><limit of="changes" above="90" and-percent="90" until="2999-12-31" reason="a test"/>'

set -u
: "${srcdir:?make check sets it}"
. "$srcdir/tests/skip.sh"
need curl
[ -x "$GRAPH_EMULATOR" ] && [ -x "$BOLDBI_EMULATOR" ] || skip "the emulators are not built (libmicrohttpd)"
[ -e "$top_builddir/plugins/.libs/boldbi.so" ] || skip "this build has no loadable boldbi connector"
dir=$(mktemp -d "${TMPDIR-/tmp}/muster-boldbi.XXXXXX") || exit 99
out=$dir/out err=$dir/err last='' emulators=''
export MUSTER_CONFIG=$dir/muster.xml

boldbi_end() {
        code=$?
        # shellcheck disable=SC2086
        [ -z "$emulators" ] || kill $emulators 2>/dev/null
        if [ -n "${KEEP-}" ]; then echo "kept: $dir" >&2; else rm -rf "$dir"; fi
        exit $code
}
trap boldbi_end EXIT

fail() {
        echo "FAILED (line ${BASH_LINENO[*]}): $last: $*" >&2
        [ ! -s "$out" ] || { echo "--- stdout"; tail -n 60 "$out"; } >&2
        [ ! -s "$err" ] || { echo "--- stderr"; tail -n 60 "$err"; } >&2
        exit 1
}

# start FILE PROGRAM [OPTION...]: waits for its ready line
start() {
        local ready=$dir/$1; shift
        "$@" --ready-file "$ready" >"$ready.log" 2>&1 &
        emulators="$emulators $!"
        for _ in $(seq 400); do [ -s "$ready" ] && return; sleep 0.05; done
        cat "$ready.log" >&2
        exit 1
}

# member FILE NAME: of a ready line, which is flat
member() { sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$dir/$1"; }

begin() {
        local people=$1; shift
        start graph "$GRAPH_EMULATOR" --people "$people"
        start bold "$BOLDBI_EMULATOR" "$@"
        mkdir -p "$dir/state" && chmod 700 "$dir/state"
        (umask 077; printf 'emulator~secret.+&=/' >"$dir/secret"; printf 'Example1!' >"$dir/password"
         member bold apiKey | tr -d '\n' >"$dir/key")
        configure
}

configure() {
        (umask 077; cat >"$dir/muster.xml") <<XML
<muster xmlns="urn:muster:config:1">
<store path="$dir/state/state.db"/>
<source name="contoso" plugin="entra">
<tenant>$(member graph tenant)</tenant><client-id>$(member graph clientId)</client-id>
<client-secret file="$dir/secret"/>
<login-url>$(member graph login)</login-url><graph-url>$(member graph graph | sed 's,/v1.0$,,')</graph-url>
</source>
<sink name="bi" plugin="boldbi">
<url>$(member bold site)</url>
${credentials//SECRET/$dir/password}
$sink_options
</sink>
<sync name="staff" source="contoso">
<scope>$scope</scope>
$groups
<target sink="bi" $target_attributes>
$match
$maps
<groups use="*"/>
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

# approve: every hold there is
approve() {
        local number
        for number in $("$MUSTER" --json holds 2>/dev/null </dev/null | tr -d ' \n' | grep -o '"hold":[0-9]*\|"number":[0-9]*' | grep -o '[0-9]*$' | sort -un); do
                expect 0 approve "$number"
        done
}

says()      { grep -qF -e "$1" "$out" || fail "stdout does not say: $1"; }
complains() { grep -qF -e "$1" "$err" || fail "stderr does not say: $1"; }
lacks()     { ! grep -qF -e "$1" "$out" || fail "stdout says: $1"; }
same()      { [ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"; }

door() {
        last="$1 $2 ${3-}"
        if [ $# -gt 2 ]; then answer=$(curl -sS --max-time 20 "$(member "$1" control)/$2" -d "$3" 2>&1)
        else answer=$(curl -sS --max-time 20 "$(member "$1" control)/$2" 2>&1); fi
        case $answer in '{"error"'*) fail "$answer" ;; esac
}
graph() { door graph "$@"; }
bold()  { door bold "$@"; }
fault() { bold faults "{\"clear\":true,\"rules\":[$1]}"; }
no_faults() { bold faults '{"clear":true}'; }
clear() { bold clear '{}'; }

user() {
        local text=$(curl -sS "$(member bold control)/user/$1") value
        value=$(sed -n "s/.*\"$2\":\"\(\([^\"\\\\]\|\\\\.\)*\)\".*/\1/p" <<<"$text")
        [ -n "$value" ] || value=$(sed -n "s/.*\"$2\":\(\[[^]]*\]\|{[^}]*}\|[0-9a-z]*\).*/\1/p" <<<"$text" | tr -d '"')
        printf '%s' "$value"
}
effects() { bold effects; grep -o "\"counts\":{[^}]*}" <<<"$answer" | grep -o "\"$1\":[0-9]*" | grep -o '[0-9]*$' || echo 0; }
nothing_done() { bold effects; [[ $answer == '{"count":0,'* ]] || fail "something was written: ${answer:0:600}"; }
calls() {
        bold cost
        if [ $# = 0 ]; then sed 's/^{"calls":\([0-9]*\).*/\1/' <<<"$answer"
        else grep -o "\"$1\":{\"calls\":[0-9]*" <<<"$answer" | grep -o '[0-9]*$' || echo 0; fi
}
members() { curl -sS "$(member bold control)/groups" | grep "\"Name\":\"$1\"" | sed 's/.*"@members":\[\([^]]*\)\].*/\1/' | tr -d '"' | tr ',' '\n' | sort | tr '\n' ' '; }

hire() {
        local name=$1; shift
        graph hire "{\"people\":[{\"userPrincipalName\":\"$name@contoso.example\",\"displayName\":\"$name\",\"givenName\":\"$name\",
        \"surname\":\"Test\",\"mailNickname\":\"$name\",\"mail\":\"$name@contoso.example\",\"userType\":\"Member\",\"accountEnabled\":true$(printf ',%s' "$@")}]}"
}
id_of() { curl -sS "$(member graph control)/person/$1@contoso.example" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p'; }
change() { graph change "{\"id\":\"$1@contoso.example\",\"set\":{$2}}"; }
