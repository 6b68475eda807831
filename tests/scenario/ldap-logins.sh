#!/bin/bash
# ldap-logins.sh - whole syncs over every way to log in that is not a password: SASL EXTERNAL over ldapi
# and with a client certificate, Kerberos in clear (which it then encrypts), over TLS (which the login
# is then tied to) and on a domain controller with its strict settings.  Each makes, changes, renames,
# groups and deletes people and then, with nothing new, writes nothing; another client looks.
. "$srcdir/tests/scenario/cli.sh"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/samba.sh"
samba_or_skip "$0" "$@"
. "$srcdir/tests/scenario/slapd.sh"
. "$srcdir/tests/scenario/krb5.sh"
. "$srcdir/tests/scenario/testca.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
need slapd ldapsearch ldappasswd openssl krb5kdc kdb5_util kadmin.local kinit
[ -x "$top_builddir/tests/emulators/ldap-proxy/ldap-proxy" ] || skip "the fault proxy is not built"
[ -e "$MUSTER_PLUGINS/ldap.so" ] && [ -e "$MUSTER_PLUGINS/file.so" ] ||
        skip "this build has no loadable ldap and file connectors"
suffix=dc=contoso,dc=example muster=cn=muster,ou=services,dc=contoso,dc=example
export MUSTER_CONFIG=$dir/muster.xml
end() {
        proxy_stop "$dir/slapd"
        for server in slapd tied policy; do [ ! -d "$dir/$server" ] || slapd_stop "$dir/$server"; done
        krb5_stop "$dir/krb"
        samba_stop "$dir/ad"
        rm -rf "$dir"
}
trap end EXIT

# configure URI OPTIONS [MAPS]: with an empty store
configure() {
        rm -rf "$dir/state"
        mkdir -m 700 "$dir/state"
        (umask 077; cat >"$MUSTER_CONFIG") <<XML
<muster xmlns="urn:muster:config:1">
<plugins folder="$MUSTER_PLUGINS"/>
<store path="$dir/state/state.db"/>
<source name="hr" plugin="file"><path>$dir/people.csv</path><id>number</id></source>
<sink name="corporate" plugin="ldap">
<uri>$1</uri>
$2
<user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
</sink>
<sync name="staff" source="hr">
<group name="sales">user.department -eq "Sales"</group>
<target sink="corporate" defaults="no">
<match attribute="mail"/>
<map to="mail">[mail]</map><map to="title">[jobTitle]</map><map to="sn">[mailNickname]</map>
${3-<map to=\"uid\">[mailNickname]</map><map to=\"cn\">[mailNickname]</map>}
<groups use="*"/>
<on-gone do="delete"/>
<limit of="removals" above="50"/><limit of="identity" above="50"/><limit of="changes" above="50"/>
</target>
</sync>
</muster>
XML
}
stamped='<stamp-attribute>musterStamp</stamp-attribute>
<user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>'

people() { { echo "number,mailNickname,mail,jobTitle,department"; sed 's/^ *//'; } >"$dir/people.csv"; }
# there: who is in the directory, with title; then who is in the group.  The group's placeholder is none.
there() {
        see "ou=people,$suffix" '(mail=*)' cn title | sed -n 's/^cn: //p; s/^title: /=/p' | tr '\n' ' ' | sed 's/ =/=/g' |
                tr ' ' '\n' | grep . | sort | tr '\n' ' '
        see "cn=sales,ou=groups,$suffix" '(objectClass=*)' member | sed -n 's/^member: [a-z]*=\(.*\),ou=people,.*/in:\1/ip' |
                sort | tr '\n' ' '
}
is() { [ "$(there)" = "$1" ] || fail "wanted '$1', there is '$(there)'"; }

# story WHAT: with see() and written() for the server at hand
story() {
        local before
        last=$1
        people <<-END
	1,ada,ada@x.org,Clerk,Sales
	2,bob,bob@x.org,Clerk,Sales
	3,eve,eve@x.org,Clerk,Law
	END
        expect 0 check --online
        expect 0 sync
        is "ada=Clerk bob=Clerk eve=Clerk in:ada in:bob "
        people <<-END
	1,augusta,ada@x.org,Countess,Sales
	3,eve,eve@x.org,Clerk,Sales
	4,max,max@x.org,Clerk,Law
	END
        expect 0 sync; expect 0 sync --full         # who is missed twice is deleted
        is "augusta=Countess eve=Clerk max=Clerk in:augusta in:eve "
        before=$(written)
        expect 0 sync
        [ "$(written)" = "$before" ] || fail "$1: a sync with nothing new has written something"
        people </dev/null
        printf '4,max,max@x.org,Clerk,Law\n5,joe,joe@x.org,Clerk,Law\n' >>"$dir/people.csv"
        expect 0 sync; expect 0 sync --full
        is "joe=Clerk max=Clerk "
        ! grep -q "warning" "$err" || fail "$1: a warning"
}

# --- slapd ---------------------------------------------------------------------------------
see() { ldapsearch -x -LLL -o ldif-wrap=no -H "$direct" -b "$@" 2>/dev/null; }
written() { see "$suffix" '(objectClass=*)' entryCSN | sort | cksum; }
ldapi() { printf 'ldapi://%s' "$(sed 's,/,%2F,g' <<<"$1")"; }
clean() {                                    # nobody and nothing left of the story before
        see "$suffix" '(|(mail=*)(cn=sales))' dn | sed -n 's/^dn: //p' |
                ldapdelete -H "$(ldapi "$dir/slapd/socket")" -Y EXTERNAL -Q || exit 1
}
whoever() { says "note: we are logged in as '$muster'"; }

testca_new "$dir/tls" && testca_issue "$dir/tls" server IP:127.0.0.1 &&
        testca_issue "$dir/tls" muster DNS:muster.contoso.example /DC=example/DC=contoso/OU=services/CN=muster &&
        krb5_prepare "$dir/krb" && krb5_start "$dir/krb" || exit 1
chmod 600 "$dir/tls/muster.key"
# Over ldap:// nobody may write who is not encrypted; Kerberos is.
echo "security update_ssf=56" >"$dir/strict"
slapd_prepare "$dir/slapd" durable=no tls="$dir/tls" kerberos="$dir/krb" extra="$dir/strict" && slapd_start "$dir/slapd" &&
        proxy_start "$dir/slapd" "$(cat "$dir/slapd/uri")" || exit 1
direct=$(cat "$dir/slapd/uri")
export KRB5_CONFIG=$dir/krb/krb5.conf
keytab="<keytab>$dir/krb/muster.keytab</keytab>"
configure "$(ldapi "$dir/slapd/socket")" "$stamped"
story "EXTERNAL over ldapi"
expect 0 check --online
whoever
clean
configure "$(cat "$dir/slapd/ldaps-uri")" "$stamped<ca-file>$dir/tls/ca.pem</ca-file>
<client-certificate>$dir/tls/muster.pem</client-certificate><client-key>$dir/tls/muster.key</client-key>"
story "EXTERNAL with a certificate"
expect 0 check --online
whoever
clean
configure "$(cat "$dir/slapd/proxy-uri")" "$stamped$keytab"
story "Kerberos in clear"
expect 0 check --online
whoever
[ "$(proxy_count "$dir/slapd" bind)" -gt 0 ] || fail "the proxy has seen no login"
[ "$(proxy_count "$dir/slapd" writes)" = 0 ] && [ "$(proxy_count "$dir/slapd" search)" = 0 ] ||
        fail "what Kerberos should encrypt was read on the way: $(proxy "$dir/slapd" ledger)"
clean
configure "$(cat "$dir/slapd/ldaps-uri")" "$stamped$keytab<ca-file>$dir/tls/ca.pem</ca-file>"
story "Kerberos over TLS"
# First passwords: hashed, handed over, and to be changed before anything else.
slapd_stop "$dir/slapd"
slapd_prepare "$dir/policy" durable=no tls="$dir/tls" policy=hash && slapd_start "$dir/policy" || exit 1
configure "$(cat "$dir/policy/ldaps-uri")" "$stamped<ca-file>$dir/tls/ca.pem</ca-file>
<bind-dn>$muster</bind-dn><password file=\"$dir/policy/muster.secret\"/>
<initial-password>random</initial-password><must-change>yes</must-change>
<password-file>$dir/first.csv</password-file>"
people <<<"7,kim,kim@x.org,Clerk,Law"
expect 0 sync
tail -n 1 "$dir/first.csv" | sed 's/.*,"\(.*\)"$/\1/' | tr -d '\n' >"$dir/password"
printf 'The next one 1' >"$dir/next"
direct=$(cat "$dir/policy/uri") kim=uid=kim,ou=people,$suffix
as_kim() { "$1" -x -H "$direct" -D "$kim" -y "$2" "${@:3}" >"$out" 2>&1; }
see "$kim" '(objectClass=*)' pwdReset | grep -q '^pwdReset: TRUE' || fail "the password need not be changed"
ldapsearch -x -LLL -o ldif-wrap=no -H "$direct" -D "cn=admin,$suffix" -y "$dir/policy/admin.secret" -b "$kim" userPassword |
        sed -n 's/^userPassword:: //p' | base64 -d | grep -q '^{' || fail "slapd keeps the password in clear"
as_kim ldapsearch "$dir/password" -b "$kim" && fail "kim need not change the password"
grep -q "Operations are restricted" "$out" || fail "the first password is not accepted"
as_kim ldappasswd "$dir/password" -T "$dir/next" || fail "the first password cannot be changed"
as_kim ldapsearch "$dir/next" -b "$kim" || fail "the new password is not accepted"
expect 0 sync
see "$kim" '(objectClass=*)' pwdReset | grep -q '^pwdReset' && fail "a second sync resets the password"
slapd_stop "$dir/policy"
# A server that looks whether the login belongs to the TLS connection it came over: it does; and where
# server and client mean different things by that, the login is refused, so it has really looked.
for kind in tls-endpoint tls-unique; do
        printf "sasl-cbinding $kind\nTLSCipherSuite NORMAL:-VERS-TLS1.3\n" >"$dir/tied-$kind"
        slapd_prepare "$dir/tied" durable=no tls="$dir/tls" kerberos="$dir/krb" extra="$dir/tied-$kind" &&
                slapd_start "$dir/tied" 2>"$err" || { [ $kind = tls-unique ] && echo "(slapd without GnuTLS)" && continue; exit 1; }
        configure "$(cat "$dir/tied/ldaps-uri")" "$stamped$keytab<ca-file>$dir/tls/ca.pem</ca-file>"
        if [ $kind = tls-endpoint ]; then
                expect 0 check --online
        else
                expect 4 check --online
                says "does not accept the login as 'the ticket's owner (GSSAPI)'"
        fi
        slapd_stop "$dir/tied"
        rm -rf "$dir/tied"
done

# --- a domain controller, with the settings that it comes with ---------------------------------
samba_prepare "$dir/ad" tls="$dir/tls" cache="$top_builddir/tests/scenario/samba.tar" && samba_start "$dir/ad" || exit 1
see() { samba_ldb "$dir/ad" ldbsearch -b "$@" 2>/dev/null; }
written() { see "$suffix" '(|(objectClass=user)(objectClass=group))' uSNChanged | sort | cksum; }
export KRB5_CONFIG=$dir/ad/krb5.conf
options="<stamp-attribute>adminDescription</stamp-attribute><keytab>$dir/ad/muster.keytab</keytab><ca-file>$dir/tls/ca.pem</ca-file>"
maps='<map to="cn">[mailNickname]</map><map to="sAMAccountName">[mailNickname]</map>'
configure "$(cat "$dir/ad/uri")" "$options" "$maps"
story "Kerberos in clear at a domain controller"
expect 0 check --online
whoever
configure "$(cat "$dir/ad/ldaps-uri")" "$options" "$maps"
expect 4 check --online
says "takes no login with Kerberos over TLS: Strong(er) authentication required (8)"
says "use ldap://, where Kerberos encrypts all that is said"
# First passwords go over a connection that Kerberos encrypts as they do over TLS; who has one can log in.
configure "$(cat "$dir/ad/uri")" "$options<initial-password>random</initial-password>
<password-file>$dir/passwords.csv</password-file>" "$maps"
samba_ldb "$dir/ad" ldbdel "CN=sales,OU=groups,$suffix" >/dev/null || exit 1
people <<<"7,kim,kim@x.org,Clerk,Law"
expect 0 sync
tail -n 1 "$dir/passwords.csv" | sed 's/.*,"\(.*\)"$/\1/' | tr -d '\n' >"$dir/password"
LDAPTLS_CACERT=$dir/tls/ca.pem ldapwhoami -x -H "$(cat "$dir/ad/ldaps-uri")" -D "CN=kim,OU=people,$suffix" -y "$dir/password" 2>&1 |
        grep -q "not supported" || fail "who has a first password cannot log in"
