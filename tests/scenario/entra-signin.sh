#!/bin/bash
# entra-signin.sh - the whole program signs in with each credential: the Graph emulator over
# https with a CA of the test's own (item 64 of its checklist), `check --online` and `sync`;
# wrong credentials and what is said of them; tokens that end in the middle of a run; and
# nothing secret anywhere.
. "$srcdir/tests/scenario/engine.sh"
need openssl
second=''
trap '[ -z "$second" ] || kill "$second" 2>/dev/null; engine_end' EXIT

# ---- a CA, a server's certificate, and pairs for the application -------------------------
tls=$dir/tls
mkdir -m 700 "$tls"
{
        openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/ca.key" -out "$tls/ca.pem" -days 2 \
                -subj '/CN=Muster test CA' &&
        openssl req -newkey rsa:2048 -nodes -keyout "$tls/server.key" -out "$tls/server.csr" -subj /CN=server &&
        openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -days 2 -CAcreateserial \
                -extfile <(printf 'subjectAltName=IP:127.0.0.1') -out "$tls/server.pem" &&
        openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/app.key" -out "$tls/app.crt" -days 300 \
                -subj /CN=muster &&
        openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/soon.key" -out "$tls/soon.crt" -days 5 \
                -subj /CN=muster &&
        openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/stranger.key" -out "$tls/stranger.crt" -days 5 \
                -subj /CN=stranger &&
        openssl pkcs12 -export -inkey "$tls/app.key" -in "$tls/app.crt" -passout pass:s3same -out "$tls/app.pfx" &&
        openssl x509 -in "$tls/app.crt" -outform DER -out "$tls/app.der"
} >"$tls/log" 2>&1 || { cat "$tls/log" >&2; exit 99; }
cat "$tls/app.crt" "$tls/app.key" >"$tls/app.pem"
cat "$tls/soon.crt" "$tls/soon.key" >"$tls/soon.pem"
cat "$tls/app.crt" "$tls/stranger.key" >"$tls/mixed.pem"
cat "$tls/stranger.crt" "$tls/stranger.key" >"$tls/stranger.pem"
printf s3same >"$tls/password"
chmod 600 "$tls"/*
export CURL_CA_BUNDLE=$tls/ca.pem            # of the test's own curl

secret=$(printf '<client-secret file="%s/secret"/>' "$dir")
credential=$secret who=yes ca="<ca-file>$tls/ca.pem</ca-file>" scope_option=''
configure() {
        (umask 077; cat >"$dir/muster.xml") <<XML
<muster xmlns="urn:muster:config:1">
<store path="$dir/state/state.db"/>
<source name="contoso" plugin="entra">
$([ "$who" = no ] || echo "<tenant>$(member tenant)</tenant>")
$([ "$who" != yes ] || echo "<client-id>$(member clientId)</client-id>")
$([ "$who" = no ] || echo "<login-url>$(member login)</login-url>")
<graph-url>$(member graph)</graph-url>
$credential $ca $scope_option
<backoff>5ms</backoff>
</source>
<sink name="corporate" plugin="ldap">
<uri>$uri</uri>
<bind-dn>cn=muster,ou=services,$suffix</bind-dn><password file="$dir/slapd/muster.secret"/>
<user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
<user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>
<stamp-attribute>musterStamp</stamp-attribute>
</sink>
<sync name="staff" source="contoso">
<scope>user.mail -ne null</scope>
<target sink="corporate">
<match attribute="mail"/>
<map to="uid">ToLower([mailNickname])</map><map to="cn">[displayName]</map>
<map to="sn">Coalesce([surname], [displayName])</map><map to="mail">[mail]</map>
<limit of="removals" above="50" and-percent="50"/>
</target>
</sync>
</muster>
XML
}

# Whatever was said and logged is kept, to be looked through at the end.
run() {                                      # CODE ARGUMENT...
        expect "$@"
        cat "$out" "$err" >>"$dir/said"
}
works() {                                    # CREDENTIAL
        credential=$1
        configure
        run 0 check --online
        run 0 --verbose sync
        same "everybody is there with $1" "$(entry '(musterStamp=*)' dn | grep -c ^dn)" \
                "$(curl -sS "$door/people" | grep -o '"mail":"' | wc -l)"
}
refused() {                                  # CODE CREDENTIAL SENTENCE...
        local code=$1
        credential=$2
        shift 2
        configure
        run "$code" check --online
        for sentence; do grep -qF -e "$sentence" "$out" "$err" || fail "nothing says: $sentence"; done
}
# JSON of a certificate for the control door.
pem_json() { sed ':a;N;$!ba;s/\n/\\n/g' "$1"; }
upload() { control app "{\"certificate\":\"$(pem_json "$1")\\n\"}"; }

begin 6 --seed 7 --tls-cert "$tls/server.pem" --tls-key "$tls/server.key" --page-size 2
case $door in https://*) ;; *) fail "the emulator does not speak https" ;; esac

# ---- client secret -----------------------------------------------------------------------
works "$secret"
(umask 077; printf 'wrong~secret.+&=/' >"$dir/wrong")
refused 4 "<client-secret file=\"$dir/wrong\"/>" AADSTS7000215 'Secret ID'
ca='' refused 4 "$secret" 'name its certificate in ca-file'
control app '{"secretEnds":"2020-01-01T00:00:00Z"}'
refused 4 "$secret" AADSTS7000222 expired
control app '{"secretEnds":"2099-01-01T00:00:00Z"}'

# ---- certificate -------------------------------------------------------------------------
refused 4 "<certificate file=\"$tls/app.pem\"/>" AADSTS700027 'not registered with the application'
upload "$tls/app.crt"
upload "$tls/soon.crt"
works "<certificate file=\"$tls/app.pem\"/>"
works "<certificate file=\"$tls/app.pem\"/><certificate-form>RS256</certificate-form>"
works "<certificate file=\"$tls/app.crt\"/><certificate-key file=\"$tls/app.key\"/>"
works "<certificate file=\"$tls/app.pfx\"/><certificate-password file=\"$tls/password\"/>"
works "<certificate file=\"$tls/soon.pem\"/>"
run 0 check --online
grep -qF 'the certificate ends on 20' "$out" "$err" || fail "nothing says that the certificate ends soon"
"$MUSTER" doctor >"$out" 2>"$err"; [ $? = 1 ] || fail "the doctor finds an error, or no warning"
grep -qF "certificate: that of https://127.0.0.1" "$out" && grep -qF "clock: within a minute of that of https://127.0.0.1" "$out" || fail "the doctor tells nothing of clock and certificate"
refused 2 "<certificate file=\"$tls/mixed.pem\"/>" 'the private key does not belong to the certificate'
refused 2 "<certificate file=\"$tls/app.crt\"/>" 'holds no private key'
refused 2 "<certificate file=\"$tls/app.pfx\"/>" 'is certificate-password right?'
refused 4 "<certificate file=\"$tls/stranger.pem\"/>" AADSTS700027
refused 2 "$secret<certificate file=\"$tls/app.pem\"/>" 'both client-secret and certificate are configured'
chmod 644 "$tls/app.pem"
refused 2 "<certificate file=\"$tls/app.pem\"/>" 'can be read by everybody' "chmod 600 '$tls/app.pem'"
chmod 600 "$tls/app.pem"
control clock '{"advance":"20m"}'
control settings '{"date-skew":1200}'
refused 4 "<certificate file=\"$tls/app.pem\"/>" AADSTS700024 "check this machine's clock" 'behind that of the service'

# ---- federation ----------------------------------------------------------------------------
now=$(date +%s)
jwt() {                                      # SUBJECT
        local claims
        claims=$(printf '{"iss":"https://issuer.example/a","sub":"%s","aud":"api://AzureADTokenExchange","exp":%d}' \
                "$1" $((now + 86400)))
        printf '%s.%s.%s\n' "$(printf '{"alg":"RS256","typ":"JWT"}' | base64 -w0 | tr -d = | tr +/ -_)" \
                "$(printf %s "$claims" | base64 -w0 | tr -d = | tr +/ -_)" c2lnbmF0dXJl
}
jwt system:serviceaccount:muster:muster >"$dir/token"
refused 4 "<federated-token-file>$dir/token</federated-token-file>" AADSTS700213 \
        "sub is 'system:serviceaccount:muster:muster'" "iss 'https://issuer.example/a'" "aud 'api://AzureADTokenExchange'"
control app '{"federation":{"issuer":"https://issuer.example/a","subject":"system:serviceaccount:muster:muster",
        "audience":"api://AzureADTokenExchange"}}'
works "<federated-token-file>$dir/token</federated-token-file>"
refused 2 "<federated-token-file>$dir/nothing</federated-token-file>" "'$dir/nothing' cannot be read"
: >"$dir/empty"
refused 2 "<federated-token-file>$dir/empty</federated-token-file>" "'$dir/empty' is empty"
who=no
refused 2 '<workload-identity>yes</workload-identity>' 'AZURE_TENANT_ID' 'azure.workload.identity/use'
export AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_FEDERATED_TOKEN_FILE AZURE_AUTHORITY_HOST
AZURE_TENANT_ID=$(member tenant) AZURE_CLIENT_ID=$(member clientId) AZURE_FEDERATED_TOKEN_FILE=$dir/token
AZURE_AUTHORITY_HOST=$(member login)/
works '<workload-identity>yes</workload-identity>'
unset AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_FEDERATED_TOKEN_FILE AZURE_AUTHORITY_HOST
who=yes

# ---- managed identity: the service that gives the tokens speaks http, as in Azure -----------
"$GRAPH_EMULATOR" --people 1 --seed 7 --ready-file "$dir/ready2" >"$dir/emulator2.log" 2>&1 &
second=$!
for _ in $(seq 400); do [ -s "$dir/ready2" ] && break; sleep 0.05; done
[ -s "$dir/ready2" ] || { cat "$dir/emulator2.log" >&2; exit 1; }
beside=$(sed -n 's/.*"login":"\([^"]*\)".*/\1/p' "$dir/ready2")
identity() { curl -sS "$beside/_control/identity" -d "$1" >/dev/null || fail "no identity"; }
own=11111111-0000-4000-8000-000000000001 one=22222222-0000-4000-8000-000000000002
who=tenant scope_option='<scope>https://graph.microsoft.com/.default</scope>'
imds="<imds-url>$beside</imds-url>"
refused 4 "<managed-identity>system</managed-identity>$imds" 'Identity not found' 'is an identity assigned'
identity "{\"clientId\":\"$own\"}"
works "<managed-identity>system</managed-identity>$imds"
identity "{\"clientId\":\"$one\",\"assigned\":true}"
works "<managed-identity>$one</managed-identity>$imds"
export IDENTITY_ENDPOINT=$beside/msi/token IDENTITY_HEADER=emulator-identity-header
works '<managed-identity>system</managed-identity>'
IDENTITY_HEADER=wrong-header-value refused 4 '<managed-identity>system</managed-identity>' 'status 401'
unset IDENTITY_ENDPOINT IDENTITY_HEADER
identity "{\"forget\":true,\"clientId\":\"$own\",\"roles\":\"Mail.Read\"}"
refused 4 "<managed-identity>system</managed-identity>$imds" User.Read.All 'about 8 hours'
refused 4 '<managed-identity>system</managed-identity><imds-url>http://127.0.0.1:1</imds-url>' \
        'only there on a machine or service of Azure'
refused 2 '<managed-identity>system</managed-identity><imds-url>http://192.0.2.1</imds-url>' imds-url
who=yes scope_option=''

# ---- the token ends in the middle of a run --------------------------------------------------
control settings '{"date-skew":0}'
credential=$secret
configure
control hire '{"count":4}'
control expire '{"form":"gone"}'              # everybody is read again: several pages
control clear '{}'
fault '{"kind":"delta","nth":3,"action":"expired-token"}'
run 0 --verbose sync
no_faults
curl -sS "$door/ledger" >"$dir/ledger"
same "one sign-in more" 2 "$(grep -o '"kind":"token"' "$dir/ledger" | wc -l)"
same "one page was refused" 1 "$(grep -o '"status":401' "$dir/ledger" | wc -l)"
same "everybody is there" "$(entry '(musterStamp=*)' dn | grep -c ^dn)" \
        "$(curl -sS "$door/people" | grep -o '"mail":"' | wc -l)"

# ---- access is revoked ------------------------------------------------------------------------
control settings '{"challenge":true}'
run 0 sync
control settings '{"revoked":true}'
refused 4 "$secret" 'access was revoked or is blocked by a policy'
control settings '{"revoked":false,"challenge":false}'

# ---- nothing secret was said, logged or stored ---------------------------------------------------
# Access tokens and assertions are JWTs: their first part begins with eyJ, so does the second.
"$MUSTER" log 1 >>"$dir/said" 2>&1
sqlite3 "$dir/state/state.db" .dump >"$dir/dump" || fail "the store cannot be read"
[ "$(wc -l <"$dir/said")" -gt 50 ] && [ "$(wc -l <"$dir/dump")" -gt 50 ] || fail "there is nothing to look through"
leaks() {                                    # WHAT PATTERN
        last="looking for $1"
        grep -qF -e "$2" "$dir/said" "$dir/dump" "$dir"/state/* && fail "$1 was told: $(grep -lF -e "$2" "$dir/said" \
                "$dir/dump" "$dir"/state/*)"
        return 0
}
leaks "the client secret" 'emulator~secret'
leaks "a wrong client secret" 'wrong~secret'
leaks "the password of the key" s3same
leaks "a token or an assertion" eyJ
leaks "the private key" "$(sed -n 3p "$tls/app.key")"
leaks "the identity header" emulator-identity-header
leaks "a wrong identity header" wrong-header-value
exit 0
