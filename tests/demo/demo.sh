#!/bin/bash
# demo.sh BUILD [--keep] - the main job, as its admin would see it.
#
# A Graph emulator with 1,000 people; a slapd, a Bold BI and a Kaizala (both emulated) with
# none, all on loopback; a look at what would be done, then doing it; life goes on at the
# source, and a second run carries over just that.  Every command is shown as it is typed.
set -u
build=$1
top=$(cd "$(dirname "$0")/../.." && pwd)
keep=no
case ${2-} in
'') ;;
--keep) keep=yes ;;
*) echo "usage: ./bootstrap demo [--keep]" >&2; exit 2 ;;
esac
. "$top/tests/scenario/slapd.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/muster-demo.XXXXXX") || exit 1
base=dc=contoso,dc=example
emulators=
export MUSTER_CONFIG=$work/muster.xml MUSTER_PLUGINS=$build/plugins/.libs
unset LTDL_LIBRARY_PATH http_proxy https_proxy HTTPS_PROXY ALL_PROXY all_proxy

finish() {
        trap '' EXIT HUP INT TERM
        # shellcheck disable=SC2086
        [ -z "$emulators" ] || kill $emulators 2>/dev/null
        slapd_stop "$work/slapd"
        rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' HUP INT TERM

# --- saying what happens --------------------------------------------------------------

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
        bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
fi

chapter() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
told() { printf '  %-10s %s\n' "$1" "$2"; }
fail() { printf '\nThe demo stops here: %s\n' "$1" >&2; exit 1; }

# muster ARGUMENT...: shows the command and runs it.
muster() {
        local status
        printf '\n%s$ muster %s%s\n' "$bold" "$*" "$plain"
        "$build/muster" "$@"
        status=$?
        [ $status = 0 ] || fail "muster $1 ended with status $status"
}

# glimpse LINES ARGUMENT...: the same where the answer is long; nothing but its beginning.
glimpse() {
        local lines=$1 status
        shift
        printf '\n%s$ muster %s%s\n' "$bold" "$*" "$plain"
        "$build/muster" "$@" >"$work/answer"
        status=$?
        shorten "$lines" "$work/answer"
        [ $status = 0 ] || fail "muster $1 ended with status $status"
}

shorten() {                                  # LINES FILE
        local all
        all=$(wc -l <"$2")
        head -n "$1" "$2"
        [ "$all" -le "$1" ] || printf '%s... and %d lines more%s\n' "$dim" $((all - $1)) "$plain"
}

# truth WHAT URL PATTERN: what a service itself says, of which the parts that fit are shown.
truth() {
        chapter "$1"
        printf "%s\$ curl -s %s | grep -oE '%s'%s\n" "$bold" "$2" "$3" "$plain"
        curl -sSf "$2" | grep -oE "$3" >"$work/answer" || fail "there is nothing of the kind"
        shorten 8 "$work/answer"
}

# proof WHAT FILTER ATTRIBUTE...: an ldapsearch, shown and run; a long answer is cut.
proof() {
        chapter "$1"
        shift
        printf "%s\$ ldapsearch -x -LLL -b %s \\\\\n    '%s' %s%s\n" "$bold" $base "$1" "${*:2}" "$plain"
        ldapsearch -x -LLL -o ldif-wrap=no -H "$ldap" -b $base "$@" >"$work/answer" ||
                fail "ldapsearch failed"
        [ -s "$work/answer" ] || fail "ldapsearch found nothing"
        sed -i '${/^$/d}' "$work/answer"
        shorten 12 "$work/answer"
}

# Everything in the directory, with the server's own stamps of who wrote when, and what the
# two services count of effects.
whole_world() {
        { ldapsearch -x -LLL -H "$ldap" -b $base '*' '+' && curl -sS "$bold_door/effects" &&
                curl -sS "$kaizala_door/effects"; } | cksum
}

# --- the source -----------------------------------------------------------------------

field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$2" | head -n 1; }    # NAME JSON

control() {                                  # CALL JSON
        curl -sSf "$door/$1" -d "$2" >"$work/answer" 2>&1 ||
                fail "the emulator refused to $1: $(cat "$work/answer")"
}

# pick DEPARTMENT REPORTS: the first there who is enabled and has (some) or has no (none)
# people below, of those whose names ldapsearch shows as they are: others are base64.
pick() {
        local person id
        grep "\"department\":\"$1\"" "$work/people" | grep '"@state":"live"' |
                grep '"accountEnabled":true' | grep '"userType":"Member"' | grep '"mail":"' |
                LC_ALL=C grep -a '"displayName":"[A-Za-z -]*"' |
                while IFS= read -r person; do
                        id=$(field id "$person")
                        if grep -q "\"manager\":\"$id\"" "$work/people"; then has=some; else has=none; fi
                        [ $has = "$2" ] || continue
                        printf '%s\n' "$person"
                        break
                done
}

# --- two servers and a configuration ----------------------------------------------------

# emulate NAME OPTION...
emulate() {
        setsid "$build/tests/emulators/$1/$1-emulator" --ready-file "$work/$1.json" "${@:2}" >"$work/$1.log" 2>&1 &
        emulators="$emulators $!"
}

# ready NAME: what the emulator says when it is.
ready() {
        for _ in $(seq 100); do
                [ ! -s "$work/$1.json" ] || break
                sleep 0.05
        done
        cat "$work/$1.json" 2>/dev/null || fail "the emulator did not start: $(cat "$work/$1.log")"
}

emulate graph --people 1000 --seed 1
emulate boldbi
emulate kaizala
slapd_prepare "$work/slapd" suffix=$base durable=no && slapd_start "$work/slapd" ||
        fail "slapd did not start"
graph=$(ready graph) && boldbi=$(ready boldbi) && kaizala=$(ready kaizala) || exit
ldap=$(cat "$work/slapd/uri")
door=$(field control "$graph") bold_door=$(field control "$boldbi") kaizala_door=$(field control "$kaizala")

(
        umask 077
        printf '%s' 'emulator~secret.+&=/' >"$work/contoso.secret"
        field apiKey "$boldbi" >"$work/boldbi.key"
        printf '%s' EXAMPLE0KEY >"$work/kaizala.secret"
        field refreshToken "$kaizala" >"$work/kaizala.token"
        head -c 24 /dev/urandom | base64 >"$work/kaizala.key"
        mkdir "$work/kaizala"
)
sed -e "s,@work@,$work,g" -e "s,@ldap@,$ldap,g" \
        -e "s,@login@,$(field login "$graph"),g" -e "s,@graph@,$(field graph "$graph"),g" \
        -e "s,@tenant@,$(field tenant "$graph"),g" -e "s,@client-id@,$(field clientId "$graph"),g" \
        -e "s,@bold@,$(field site "$boldbi"),g" -e "s,@kaizala@,${kaizala_door%/_control},g" \
        -e "s,@application-id@,$(field applicationId "$kaizala"),g" \
        "$top/conf/demo.xml.in" >"$MUSTER_CONFIG"

chapter "1,000 people in a directory of the Entra kind, three empty systems, and Muster"
told source "$(field graph "$graph")  (Graph emulator)"
told sink "$ldap  (slapd, $base)"
told sink "$(field site "$boldbi")  (Bold BI emulator)"
told sink "${kaizala_door%/_control}  (Kaizala emulator)"
told between "$MUSTER_CONFIG  (from conf/demo.xml.in)"

muster check --online
chapter "What would be done?  A plan shows it and does nothing."
glimpse 12 plan
chapter "Now in earnest.  (The plan has read the source; nobody asks it twice.)"
muster sync

# --- life goes on -------------------------------------------------------------------------

curl -sS "$door/people?limit=2000" >"$work/people" || fail "the emulator does not answer"
renamed=$(pick Sales none) moved=$(pick Marketing none)
disabled=$(pick Operations none) gone=$(pick Purchasing none) boss=$(pick Finance some)
for one in "$renamed" "$moved" "$disabled" "$gone" "$boss"; do
        [ -n "$one" ] || fail "the emulator's people have changed: there is nobody to pick"
done
boss=$(field id "$boss")
given=$(field givenName "$renamed")
nick=$(tr 'A-Z ' 'a-z.' <<<"$given").lovelace

control hire '{"people":[
 {"userPrincipalName":"ada.byron@contoso.example","mail":"ada.byron@contoso.example",
  "mailNickname":"ada.byron","displayName":"Ada Byron","givenName":"Ada","surname":"Byron",
  "jobTitle":"Controller","department":"Finance","city":"London","usageLocation":"GB",
  "manager":"'"$boss"'"},
 {"userPrincipalName":"zoe.suess@contoso.example","mail":"zoe.suess@contoso.example",
  "mailNickname":"zoe.suess","displayName":"Zoë Süß","givenName":"Zoë","surname":"Süß",
  "jobTitle":"Software Engineer","department":"Engineering","city":"Zürich","usageLocation":"CH",
  "mobilePhone":"+1 299 555 0199"}]}'
control change '{"id":"'"$(field id "$renamed")"'","set":{"surname":"Lovelace",
  "displayName":"'"$given"' Lovelace","mailNickname":"'"$nick"'","mail":"'"$nick"'@contoso.example",
  "userPrincipalName":"'"$nick"'@contoso.example"}}'
control change '{"id":"'"$(field id "$moved")"'","set":{"department":"Finance",
  "jobTitle":"Financial Analyst","manager":"'"$boss"'"}}'
control disable '{"id":"'"$(field id "$disabled")"'"}'
control remove '{"id":"'"$(field id "$gone")"'"}'

chapter "Meanwhile, at the source:"
told hired "Ada Byron, Controller in Finance; Zoë Süß, Software Engineer"
told renamed "$(field displayName "$renamed") is now $given Lovelace"
told moved "$(field displayName "$moved") from Marketing to Finance, with a new manager"
told disabled "$(field displayName "$disabled")'s account"
told removed "$(field displayName "$gone"), who left"

chapter "The second run carries these, and nothing else."
muster plan
muster sync
muster status
muster history

chapter "A third run finds nothing to do and leaves all three as they are."
before=$(whole_world)
muster sync
[ "$before" = "$(whole_world)" ] || fail "the third sync changed something"

uid() { field mailNickname "$1" | tr 'A-Z' 'a-z'; }
proof "Proof: somebody who was hired, with the manager as a DN" \
        '(uid=ada.byron)' cn title departmentNumber manager
proof "Proof: who is in a group" '(cn=finance)' member
proof "Proof: who was renamed, under the new name, and who may not log in any more" \
        "(|(uid=$nick)(uid=$(uid "$gone")))" cn pwdAccountLockedTime

truth "Proof: the same person in Bold BI" "$bold_door/user/ada.byron@contoso.example" \
        '"(Username|FirstName|Lastname|Department)":"[^"]*"'
truth "Proof: the senior managers in Finance, by their numbers in Kaizala" \
        "$kaizala_door/group/Senior%20managers%20in%20Finance" '"phone":"[^"]*","role":"[^"]*"'
printf '%s\n' "(Member: whom the rule has found.  Admin: the group's admin, who is the one as whom" \
        " Muster signs in; Kaizala makes him that with the group, and he is never taken out.)"

# --- and then -----------------------------------------------------------------------------

if [ $keep = no ]; then
        printf '\nThe servers are stopped and everything is removed (--keep leaves them running).\n'
        exit 0
fi
printf "kill%s %d; rm -rf '%s'\n" "$emulators" "$(cat "$work/slapd/pid")" "$work" >"$work/stop"
trap - EXIT
chapter "The servers are left running."
cat <<END
  export MUSTER_CONFIG=$MUSTER_CONFIG
  export MUSTER_PLUGINS=$MUSTER_PLUGINS
  alias muster=$build/muster
  curl $door/hire -d '{"count":3}'     # three more people
  muster plan; muster sync
  ldapsearch -x -LLL -H $ldap -b $base
  ldapwhoami -x -H $ldap -D cn=muster,ou=services,$base \\
     -y $work/slapd/muster.secret
The emulator's README (tests/emulators/graph) has more to do to its people.
  curl $bold_door/users                # the truth of Bold BI
  curl $kaizala_door/people            # and of Kaizala
To stop them and remove everything:
  sh $work/stop
END
