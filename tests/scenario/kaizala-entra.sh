#!/bin/bash
# kaizala-entra.sh - from Entra ID to Kaizala, both as emulators, Kaizala's over https: what
# the portal's sync of Azure AD did, in its own words: everybody is there, somebody is deleted,
# the DeltaLink is too old, Reset sync, one-time.
. "$srcdir/tests/scenario/kaizala-kit.sh"
. "$srcdir/tests/scenario/testca.sh"
[ -e "$MUSTER_PLUGINS/entra.so" ] || { . "$srcdir/tests/skip.sh"; skip "the entra connector is not built as a plugin"; }
command -v openssl >/dev/null || { . "$srcdir/tests/skip.sh"; skip "openssl is not installed"; }
testca_new "$dir/ca" && testca_issue "$dir/ca" server IP:127.0.0.1,DNS:localhost || fail "no certificate"
export CURL_CA_BUNDLE=$dir/ca/ca.pem
begin --tls-cert "$dir/ca/server.pem" --tls-key "$dir/ca/server.key"
"$GRAPH_EMULATOR" --people 0 --ready-file "$dir/graph" >"$dir/graph.log" 2>&1 &
graph=$!
trap 'kill "$pid" "$graph"; wait "$pid" "$graph" 2>/dev/null; rm -rf "$dir"' EXIT
for ((i = 0; i < 300; i++)); do [ -e "$dir/graph" ] && break; sleep 0.1; done
of() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$dir/graph"; }
entra() { curl -sS --fail-with-body "$(of control)/$1" -d "$2" >"$dir/entra" || fail "entra $1: $(cat "$dir/entra")"; }
hire() {
        entra hire "{\"people\":[{\"userPrincipalName\":\"$1@contoso.example\",\"displayName\":\"$1\",\"givenName\":\"$1\",\"surname\":\"X\",
        \"city\":\"Oslo\",\"mobilePhone\":\"$2\",\"department\":\"$3\",\"jobTitle\":\"$4\",\"accountEnabled\":true,\"userType\":\"Member\"}]}"
}
printf 'emulator~secret.+&=/' >"$dir/client"
chmod 600 "$dir/client"

sync_options='<schedule once="yes"/>'
configure "$(portal)<ca-file>$dir/ca/ca.pem</ca-file>" '
<group name="seniors" title="Seniors">(user.department -eq "Finance") -and (user.jobTitle -eq "Senior Manager")</group>'
sed -i "s,<source.*,<source name=\"contoso\" plugin=\"entra\"><tenant>$(of tenant)</tenant><client-id>$(of clientId)</client-id>\
<client-secret file=\"$dir/client\"/><login-url>$(of login)</login-url><graph-url>$(of graph | sed 's;/v1.0$;;')</graph-url></source>,
        s,<sync name=\"s\" source=\"hr\">,<sync name=\"s\" source=\"contoso\" on-expired=\"stop\">," "$MUSTER_CONFIG"

hire ada '+1 425 555 0102' Finance 'Senior Manager'
hire bob '+1 425 555 0103' Finance 'Clerk'
expect 0 check --online
expect 0 sync
same "the Directory" '+14255550102|ada|Oslo|Employee
+14255550103|bob|Oslo|Employee' "$(who "First Name" City @network | grep -v 0100)"
same "seniors" '+14255550102 ' "$(in_group Seniors)"
clear
expect 0 sync
same "a second sync" "0 0" "$(effects) $(calls groups)"

# Failure, with the words that the portal's log had; Reset sync removes nobody; then it syncs again.
entra remove '{"id":"bob@contoso.example"}'
hire eve '+1 425 555 0104' Finance 'Senior Manager'
entra expire '{"form":"thirty-days","pages":true}'
expect 4 sync; complains "DeltaLink older than 30 days is not supported."; complains "muster reset s"
same "nothing was done" 0 "$(effects)"
expect 0 reset s
same "Reset sync removes no entries" 0 "$(effects)"
expect 0 sync; expect 0 sync --full                 # who is missed twice goes
same "after it" '+14255550102 +14255550104' "$(who | grep -v 0100 | tr '\n' ' ' | sed 's/ $//')"
same "seniors" '+14255550102 +14255550104 ' "$(in_group Seniors)"
same "each once" "1 1 0" "$(effects "person added") $(effects "person removed") $(effects "person updated")"
expect 0 history; says "delta"
# Without the certificate's authority nothing is said to it.
sed -i "s,<ca-file>.*</ca-file>,," "$MUSTER_CONFIG"
clear
hire kim '+1 425 555 0105' Sales 'Clerk'
expect 4 sync
same "requests to a server that is not known" '0 0' "$(calls token) $(effects)"
