#!/bin/bash
# first-steps.sh - `muster init`, unattended and at a terminal: from nothing to people in a
# directory; and everything that can be answered wrongly, broken off or in the way.
. "$srcdir/tests/scenario/engine.sh"
[ -e "$MUSTER_PLUGINS/entra.so" ] && [ -e "$MUSTER_PLUGINS/ldap.so" ] || skip "the connectors are not built as plugins"
typist=$top_builddir/tests/scenario/typist
slapd_options='rights=all'
begin 40
unset MUSTER_CONFIG
uri=$(cat "$dir/slapd/uri") graph=$(member graph | sed 's,/v1.0$,,')
secret='emulator~secret.+&=/'

mode() { stat -c %a "$1"; }
nothing() { [ ! -e "$1" ] || fail "something was left: $(find "$1")"; }
entries() { ldapsearch -x -LLL -H "$uri" -D "cn=admin,$suffix" -y "$dir/slapd/admin.secret" -b "ou=people,$suffix" "$@"; }

# ---- unattended: written, checked with the services, planned, carried out -------------------
source_options=(--set source.tenant="$(member tenant)" --set contoso.client-id="$(member clientId)"
        --set contoso.login-url="$(member login)" --set contoso.graph-url="$graph")
sink_options=(--sink corporate=ldap --set sink.uri="$uri" --set "sink.bind-dn=cn=muster,ou=services,$suffix"
        --set "corporate.user-base=ou=people,$suffix" --set corporate.stamp-attribute=musterStamp
        --set "corporate.user-object-classes=top person organizationalPerson inetOrgPerson musterObject"
        --secret-file corporate.password="$dir/slapd/muster.secret")
first=(init "$dir/one" --yes --source contoso=entra "${source_options[@]}" "${sink_options[@]}" --scope 'user.mail -ne null')

last="muster init, unattended"
printf '%s\n' "$secret" | "$MUSTER" "${first[@]}" --secret-file contoso.client-secret=- >"$out" 2>"$err" || fail "exit code $?"
says "$dir/one/muster.xml"; says "no mistakes"; says "Next:  muster -c $dir/one/muster.xml plan"
[ "$(mode "$dir/one/secrets")" = 700 ] && [ "$(mode "$dir/one/state")" = 700 ] || fail "folders are open"
[ "$(mode "$dir/one/muster.xml")" = 600 ] && [ "$(mode "$dir/one/secrets/contoso-client-secret")" = 600 ] || fail "files are open"
[ "$(cat "$dir/one/secrets/contoso-client-secret")" = "$secret" ] || fail "another secret was written"
! grep -rF "$secret" "$dir/one/muster.xml" "$out" "$err" || fail "a secret is where it should not be"
[ "$(ls -A "$dir/one" | tr '\n' ' ')" = "muster.xml secrets state " ] || fail "other things lie there: $(ls -A "$dir/one")"
if command -v xmllint >/dev/null; then
        last="xmllint"
        "$MUSTER" plugins --rng >"$dir/closed.rng"
        xmllint --noout --relaxng "$dir/closed.rng" "$dir/one/muster.xml" 2>"$err" || fail "it does not agree with the schema"
fi
# every option is there, as an element or in a comment
"$MUSTER" plugins ldap >"$out"
for option in $(sed -n '/^AS A SINK/,$s/^  <\([a-z-]*\)>.*/\1/p' "$out") client-secret photo-refresh; do
        grep -q "<$option[ >]" "$dir/one/muster.xml" || fail "the file does not tell of <$option>"
done
expect 0 -c "$dir/one/muster.xml" plan; says "corporate: create"
expect 0 -c "$dir/one/muster.xml" sync
people=$(curl -sS "$door/people?limit=1000" | grep -o '"mail":"[^"]*"' | wc -l)
[ "$people" -gt 20 ] && [ "$(entries '(musterStamp=*)' mail | grep -c ^mail:)" = "$people" ] ||
        fail "the directory has not the $people people of the source"
expect 0 -c "$dir/one/muster.xml" status

# ---- the doctor --------------------------------------------------------------------------------
narrow() { ! grep -qE '^.{81}' "$out" || fail "a line is wider than 80 columns"; }
healthy() {                                  # may warn of this machine, but finds nothing wrong
        last="muster $*"
        "$MUSTER" "$@" >"$out" 2>"$err" </dev/null
        [ $? -lt 2 ] || fail "it finds errors"
}
healthy -c "$dir/one/muster.xml" doctor
narrow; says "Sink corporate (ldap)"; says "is sound: 40 entries"; says "clock: within a minute of that of http://127.0.0.1"
says "it answers, and our rights suffice"; says "the name 127.0.0.1 is known"
! grep -qF "$secret" "$out" || fail "a secret was shown"
healthy -c "$dir/one/muster.xml" doctor --json; grep -q '"health":"ok"' "$out" || fail "no findings"
chmod 644 "$dir/one/secrets/contoso-client-secret"
expect 2 -c "$dir/one/muster.xml" doctor --offline; says "has 1 mistake"; says "muster check tells"
chmod 600 "$dir/one/secrets/contoso-client-secret"
chmod 755 "$dir/one/state"
healthy -c "$dir/one/muster.xml" doctor --offline; says "others can look into"
chmod 700 "$dir/one/state"
expect 2 -c "$dir/none.xml" doctor; says "there is no $dir/none.xml"; says "muster init makes one"
sed 's,<uri>[^<]*<,<uri>ldaps://muster-test.invalid<,' "$dir/one/muster.xml" >"$dir/lost.xml"; chmod 600 "$dir/lost.xml"
expect 2 -c "$dir/lost.xml" doctor; says "muster-test.invalid"; narrow
head -c 3000 /dev/urandom >"$dir/broken.db"; chmod 600 "$dir/broken.db"
sed "s,$dir/one/state/state.db,$dir/broken.db," "$dir/one/muster.xml" >"$dir/lost.xml"
expect 2 -c "$dir/lost.xml" doctor --offline; says "muster state check tells more"

# ---- nothing is overwritten --------------------------------------------------------------------
before=$(cat "$dir/one/muster.xml" "$dir/one/secrets/"* | cksum)
expect 2 "${first[@]}"; complains "is there already, and is not overwritten"
[ "$(cat "$dir/one/muster.xml" "$dir/one/secrets/"* | cksum)" = "$before" ] || fail "something was overwritten"
printf '%s\n' "$secret" | "$MUSTER" "${first[@]}" --force --offline --secret-file contoso.client-secret=- >"$out" 2>"$err" || fail "exit code $?"
says "what was there is now $dir/one/muster.xml."
ls "$dir/one/" | grep -q '^muster\.xml\.20' || fail "no copy was kept"
# a secret alone may be in the way, too: all or nothing
rm -f "$dir/one/muster.xml"*
last="init with a secret in the way"
printf 'another\n' | "$MUSTER" "${first[@]}" --secret-file contoso.client-secret=- >"$out" 2>"$err" && fail "it was overwritten"
complains "secrets/contoso-client-secret is there already"
[ "$(cat "$dir/one/secrets/contoso-client-secret")" = "$secret" ] || fail "a secret was overwritten"
[ -z "$(ls "$dir/one" | grep -v '^secrets$\|^state$')" ] || fail "half of it was left: $(ls "$dir/one")"

# ---- wrong answers: the sentences of check, and nothing is written -------------------------------
wrong() {                                    # SENTENCE, arguments after init
        local sentence=$1; shift
        expect 2 init "$dir/wrong" --yes "$@"
        complains "$sentence"
        nothing "$dir/wrong"
}
some=(--source entra "${sink_options[@]}" --secret-file entra.client-secret=/nowhere/it/is)
expect 2 init "$dir/wrong"; complains "say --yes where nobody can be asked"
wrong "name the connectors"
wrong "there is no plugin 'entre'" --source entre --sink ldap
wrong "is no source" --source boldbi --sink ldap
wrong "is not a name" --source '../x=entra' --sink ldap
wrong "the name 'x' is taken" --source x=entra --sink x=ldap
wrong "NAME.OPTION=VALUE" --source entra --sink ldap --set tenant=x
wrong "no source or sink named 'nobody'" --source entra --sink ldap --set nobody.uri=x
wrong "has no option <urii>" --source entra --sink ldap --set ldap.urii=x
wrong "the option <uri> of the plugin 'ldap' is missing" --source entra --sink ldap
wrong "is a secret, which others would see" --source entra --sink ldap --set ldap.password=sesame
wrong "is not a secret" --source entra --sink ldap --secret-file ldap.bind-dn=/x
wrong "is not an absolute path" --source entra --sink ldap --secret-file ldap.password=x
wrong "standard input is empty" --source entra --sink ldap --secret-file ldap.password=-
wrong "is empty" --source entra --sink ldap --set 'ldap.bind-dn= '
wrong "'abc' is not a URL" --source entra --sink ldap --set entra.graph-url=abc
wrong "a URL holds no blanks" --source entra --sink ldap --set 'entra.graph-url=https://a b'
wrong "is not a whole number" --source entra --sink ldap --set ldap.connections=many
wrong "is too large" --source entra --sink ldap --set ldap.connections=1000
wrong "is not an absolute path" --source entra --sink ldap --set ldap.ca-file=ca.pem
wrong "'nowhere' is not a DN" "${some[@]}" --set corporate.group-base=nowhere
wrong "'/nowhere/it/is' cannot be opened" "${some[@]}"
wrong "give a folder or --config" --config "$dir/x.xml" --source entra --sink ldap
good=(--source contoso=entra "${source_options[@]}" "${sink_options[@]}" --secret-file contoso.client-secret="$dir/secret")
wrong "every=\"now\"" "${good[@]}" --every now
wrong "unknown operator" "${good[@]}" --scope 'user.mail -eqq "x"'
wrong "is not a name" "${good[@]}" --sync 'a b'
chmod 644 "$dir/secret"
wrong "can be read by everybody" "${good[@]}"
chmod 600 "$dir/secret"
# a server that does not answer is no mistake of the file, which stays
expect 4 init "$dir/two" --yes "${good[@]}" --set contoso.login-url=http://127.0.0.1:1 --set contoso.timeout=1s --set contoso.backoff=1ms
says "check --online"; [ -e "$dir/two/muster.xml" ] || fail "it was not written"
expect 0 init "$dir/three" --yes "${good[@]}" --offline --json
grep -q "\"path\":\"$dir/three/muster.xml\"" "$out" || fail "the document names no file"

# ---- at a terminal -------------------------------------------------------------------------------
at_terminal() {                              # CODE SCRIPT ARGUMENTS
        local code=$1 got; shift
        printf '%s\n' "$1" >"$dir/script"; shift
        last="typist muster $*"
        "$typist" "$dir/script" "$MUSTER" "$@" >"$out" 2>"$err"
        got=$?
        [ $got = "$code" ] || fail "exit code $got instead of $code"
        ! grep -aqF "$secret" "$out" || fail "a secret was shown"
}
shape="--set contoso.login-url=$(member login) --set contoso.graph-url=$graph --source contoso=entra"
at_terminal 0 "expect directory to read
expect tenant
type $(member tenant)
expect client-id
type   $(member clientId)
expect client-secret
hidden
type $secret
shown
expect Another option
type backof
expect did you mean <backoff>?
type backoff
expect backoff [1s]
type soon
expect 250ms
type 5ms
expect Another option
type
expect Where they are written to
expect Sink:
type nonsense
expect there is no plugin 'nonsense'
type ldap
expect Its name [ldap]
type corporate
expect uri:
type
expect <uri> is empty
type nonsense
expect bind-dn
type cn=muster,ou=services,$suffix
expect password (not shown
hidden
type @$dir/slapd/muster.secret
shown
expect user-base
type ou=people,$suffix
expect group-base
type
expect stamp-attribute
type
expect uri 'nonsense' must begin with
expect uri:
type $uri
expect Another option
type
expect Another sink
type
expect To be written:
expect Write them?
type y
expect no mistakes
expect Next:" init "$dir/asked" $shape
grep -q '<backoff>5ms</backoff>' "$dir/asked/muster.xml" || fail "an answer is missing"
[ "$(cat "$dir/asked/secrets/contoso-client-secret")" = "$secret" ] || fail "another secret was written"
[ "$(mode "$dir/asked/secrets/contoso-client-secret")" = 600 ] || fail "the secret is open"
grep -q "<password file=\"$dir/slapd/muster.secret\"/>" "$dir/asked/muster.xml" || fail "the file of a secret is not named"

# broken off: the echo is back (the typist looks), nothing is there
until_secret="expect tenant
type x
expect client-id
type x
expect client-secret
hidden"
at_terminal 4 "$until_secret
key C" init "$dir/broken" $shape
nothing "$dir/broken"; says "Nothing was written."
at_terminal 4 "$until_secret
key D" init "$dir/broken" $shape --sink ldap
nothing "$dir/broken"
at_terminal 4 "$until_secret
signal TERM" init "$dir/broken" $shape
nothing "$dir/broken"
at_terminal 4 "$until_secret
hangup" init "$dir/broken" $shape
nothing "$dir/broken"
at_terminal 4 "expect Source:
key C" init "$dir/broken"
nothing "$dir/broken"
