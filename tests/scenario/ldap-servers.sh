#!/bin/bash
# ldap-servers.sh - the directory servers that the other scenarios use are what they say they
# are: their service account may do its work and nothing else, each switch does what it promises,
# and all of it is looked at with ldapsearch and ldapwhoami.  No Muster is in this.
set -u
: "${srcdir:?make check sets it}" "${top_builddir:?}"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/samba.sh"
samba_or_skip "$0" "$@"
. "$srcdir/tests/scenario/krb5.sh"
need krb5kdc kdb5_util kadmin.local kinit
need slapd ns-slapd certutil pk12util openssl ldapsearch ldapmodify ldapwhoami
. "$srcdir/tests/scenario/slapd.sh"
. "$srcdir/tests/scenario/ds389.sh"
. "$srcdir/tests/scenario/testca.sh"

base=/dev/shm
[ -w $base ] || base=${TMPDIR:-/tmp}
dir=$(mktemp -d "$base/muster-servers-XXXXXX") || exit 1
suffix=dc=contoso,dc=example samba_cache=$top_builddir/tests/scenario/samba.tar
muster=cn=muster,ou=services,dc=contoso,dc=example
end() {
        code=$?
        ds389_kill "$dir/ds"
        samba_stop "$dir/ad"
        for server in copy slapd all; do slapd_stop "$dir/$server"; done
        krb5_stop "$dir/krb"
        [ -n "${KEEP-}" ] || rm -rf "$dir"
        exit $code
}
trap end EXIT
trap 'exit 1' INT TERM

fail() { echo "FAILED (line ${BASH_LINENO[*]}): $*" >&2; [ ! -s "$dir/out" ] || tail -n 20 "$dir/out" >&2; exit 1; }

# code WANTED WHAT COMMAND...: it ends with that LDAP result; its words are in $dir/out.
code() {
        local wanted=$1 what=$2 got
        shift 2
        [ "$(type -t "$1")" = function ] || set -- timeout 60 "$@"
        "$@" >"$dir/out" 2>&1 </dev/null
        got=$?
        [ $got = "$wanted" ] || fail "$what: $got instead of $wanted"
}
says() { grep -qiF -e "$1" "$dir/out" || fail "the answer does not say: $1"; }
silent() { ! grep -qiF -e "$1" "$dir/out" || fail "the answer says: $1"; }

# write WANTED WHAT < LDIF: as the service account, at $uri.
write() {
        cat >"$dir/ldif"
        code "$1" "$2" ldapmodify -x -H "$uri" -D "$login" -y "$secret" -f "$dir/ldif"
}
see() { code 0 "search $1" ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "$suffix" "$@"; }

person() {                                   # NAME: an add, as LDIF
        printf 'dn: uid=%s,ou=people,%s\nchangetype: add\nobjectClass: inetOrgPerson\n' "$1" "$suffix"
        printf 'objectClass: musterObject\nuid: %s\ncn: %s\nsn: %s\nmusterStamp: %s\n' "$1" "$1" "$1" "$1"
        printf 'mail: %s@contoso.example\nuserPassword: secret of %s\n' "$1" "$1"
}

# What the service account may do everywhere, and what it may nowhere.
service_account() {
        code 0 "the service account logs in" ldapwhoami -x -H "$uri" -D "$login" -y "$secret"
        code 49 "with a wrong password it does not" ldapwhoami -x -H "$uri" -D "$login" -w wrong
        person ada | write 0 "add a person"
        person bob | write 0 "add another"
        write 0 "add a group" <<-END
	dn: cn=sales,ou=groups,$suffix
	changetype: add
	objectClass: groupOfNames
	objectClass: musterObject
	cn: sales
	member: uid=ada,ou=people,$suffix
	END
        write 0 "a unit, and a move into it" <<-END
	dn: ou=london,ou=people,$suffix
	changetype: add
	objectClass: organizationalUnit
	ou: london

	dn: uid=bob,ou=people,$suffix
	changetype: modrdn
	newrdn: uid=robert
	deleteoldrdn: 1
	newsuperior: ou=london,ou=people,$suffix
	END
        see '(uid=robert)'
        says "dn: uid=robert,ou=london,ou=people,$suffix"
        silent userPassword
        write 0 "delete" <<-END
	dn: uid=robert,ou=london,ou=people,$suffix
	changetype: delete
	END
        write 50 "not outside people and groups" <<-END
	dn: cn=printer,ou=services,$suffix
	changetype: add
	objectClass: device
	cn: printer
	END
        write 50 "not its own entry" <<-END
	dn: $login
	changetype: modify
	replace: description
	description: it was me
	END
        write 50 "nobody leaves people and groups" <<-END
	dn: uid=ada,ou=people,$suffix
	changetype: modrdn
	newrdn: uid=ada
	deleteoldrdn: 0
	newsuperior: ou=services,$suffix
	END
}

ldapi() { printf 'ldapi://%s' "$(sed 's,/,%2F,g' <<<"$1")"; }

# whoami WANTED-DN ARGUMENT...: with the certificate of the service account at hand.
whoami() {
        local wanted=$1
        shift
        LDAPTLS_CACERT=$dir/tls/ca.pem LDAPTLS_CERT=$dir/tls/muster.pem LDAPTLS_KEY=$dir/tls/muster.key \
                code 0 "whoami $*" ldapwhoami -Q "$@"
        says "$wanted"
}

certificates() {
        testca_new "$dir/tls" && testca_issue "$dir/tls" server IP:127.0.0.1,DNS:localhost &&
                testca_issue "$dir/tls" muster DNS:muster.contoso.example \
                        /DC=example/DC=contoso/OU=services/CN=muster || fail "no certificates"
}

check_ds389() {
        ds389_prepare "$dir/ds" tls="$dir/tls" memberof=yes refint=yes unique=mail sync=yes usn=yes lock=yes &&
                ds389_start "$dir/ds" || fail "no 389 DS"
        uri=$(cat "$dir/ds/uri") login=$muster secret=$dir/ds/muster.secret
        service_account
        whoami "$muster" -Y EXTERNAL -H "$(cat "$dir/ds/ldaps-uri")"
        whoami "$muster" -Y EXTERNAL -ZZ -H "$uri"
        [ "$(id -u)" != 0 ] || whoami "$muster" -Y EXTERNAL -H "$(ldapi "$dir/ds/socket")"
        see '(uid=ada)' '*' memberOf nsUniqueId entryusn
        says "memberOf: cn=sales,ou=groups,$suffix"
        says "nsUniqueId: "
        says "entryusn: "
        person eve | sed 's/^mail: .*/mail: ada@contoso.example/' | write 19 "mail is unique"
        write 0 "rename" <<-END
	dn: uid=ada,ou=people,$suffix
	changetype: modrdn
	newrdn: uid=augusta
	deleteoldrdn: 1
	END
        see '(cn=sales)' member
        says "member: uid=augusta,ou=people,$suffix"
        code 0 "the person may log in" ldapwhoami -x -H "$uri" -D "uid=augusta,ou=people,$suffix" -w "secret of ada"
        write 0 "lock" <<-END
	dn: uid=augusta,ou=people,$suffix
	changetype: modify
	replace: nsAccountLock
	nsAccountLock: true
	END
        code 53 "a locked account" ldapwhoami -x -H "$uri" -D "uid=augusta,ou=people,$suffix" -w "secret of ada"
        code 0 "RFC 4533" ldapsearch -x -LLL -H "$uri" -D "$login" -y "$secret" -b "$suffix" \
                -E sync=ro '(uid=augusta)' dn
        says "dn: uid=augusta"
        ds389_stop "$dir/ds"
        code 255 "a server that was stopped" ldapwhoami -x -H "$uri"
        ds389_start "$dir/ds" || fail "389 DS did not start again"
        [ "$uri" = "$(cat "$dir/ds/uri")" ] || fail "it answers elsewhere after a restart"
        see '(uid=augusta)' dn
        says "dn: uid=augusta"
}

utf16() { printf '"%s"' "$1" | iconv -t UTF-16LE | base64 -w 0; }

ad_may() {
        code 8 "no password in clear text" ldapwhoami -x -H "$uri" -D "$login" -y "$secret"
        uri=$(cat "$dir/ad/ldaps-uri")
        write 0 "a user with a password, a group, a move" <<-END
	dn: CN=Ada Byron,OU=people,$suffix
	changetype: add
	objectClass: user
	sAMAccountName: ada
	userPrincipalName: ada@contoso.example
	uidNumber: 10001
	userAccountControl: 514

	dn: CN=Ada Byron,OU=people,$suffix
	changetype: modify
	replace: unicodePwd
	unicodePwd:: $(utf16 'Secret of Ada 1')
	-
	replace: userAccountControl
	userAccountControl: 512

	dn: OU=London,OU=people,$suffix
	changetype: add
	objectClass: organizationalUnit
	ou: London

	dn: CN=sales,OU=groups,$suffix
	changetype: add
	objectClass: group
	sAMAccountName: sales
	groupType: -2147483646
	member: CN=Ada Byron,OU=people,$suffix

	dn: CN=Ada Byron,OU=people,$suffix
	changetype: modrdn
	newrdn: CN=Augusta Ada Byron
	deleteoldrdn: 1
	newsuperior: OU=London,OU=people,$suffix
	END
        code 0 "she can log in" ldapsearch -x -LLL -H "$uri" -D ada@contoso.example -w 'Secret of Ada 1' \
                -b "$suffix" -s base dn
        code 0 "the database has it" samba_ldb "$dir/ad" ldbsearch '(sAMAccountName=ada)' memberOf uidNumber
        says "dn: CN=Augusta Ada Byron,OU=London,OU=people,$suffix"
        says "memberOf: CN=sales,OU=groups,$suffix"
        says "uidNumber: 10001"
}

ad_may_not() {
        write 50 "no user outside people" <<-END
	dn: CN=eve,OU=services,$suffix
	changetype: add
	objectClass: user
	sAMAccountName: eve
	END
        write 50 "no group inside people" <<-END
	dn: CN=eve,OU=people,$suffix
	changetype: add
	objectClass: group
	sAMAccountName: eve
	END
        write 50 "not the administrator" <<-END
	dn: CN=Administrator,CN=Users,$suffix
	changetype: modify
	replace: description
	description: it was me
	END
        write 50 "not its own entry" <<-END
	dn: $login
	changetype: modify
	replace: description
	description: it was me
	END
        write 50 "nobody leaves people" <<-END
	dn: CN=Augusta Ada Byron,OU=London,OU=people,$suffix
	changetype: modrdn
	newrdn: CN=Augusta Ada Byron
	deleteoldrdn: 1
	newsuperior: OU=services,$suffix
	END
}

check_samba() {
        samba_prepare "$dir/ad" tls="$dir/tls" cache="$samba_cache" && samba_start "$dir/ad" || fail "no Samba"
        uri=$(cat "$dir/ad/uri") login=CN=muster,OU=services,$samba_suffix secret=$dir/ad/muster.secret
        export LDAPTLS_CACERT=$dir/tls/ca.pem
        ad_may
        ad_may_not
        KRB5_CONFIG=$dir/ad/krb5.conf KRB5_CLIENT_KTNAME=$dir/ad/muster.keytab KRB5CCNAME=FILE:$dir/ad/tickets \
                code 0 "GSSAPI" ldapsearch -Q -Y GSSAPI -N -LLL -H "$(cat "$dir/ad/uri")" -b "$suffix" \
                '(sAMAccountName=ada)' cn
        says "cn: Augusta Ada Byron"
        code 0 "DirSync by the reader" ldapsearch -x -LLL -H "$uri" -D "CN=reader,OU=services,$suffix" \
                -y "$dir/ad/reader.secret" -b "$suffix" -E '!1.2.840.113556.1.4.841=::MAoCAQACAwDwAAQA' '(sAMAccountName=ada)'
        says "dn: CN=Augusta Ada Byron"
        unset LDAPTLS_CACERT
}

check_slapd() {
        krb5_prepare "$dir/krb" && krb5_start "$dir/krb" || fail "no Kerberos"
        slapd_prepare "$dir/slapd" durable=no tls="$dir/tls" kerberos="$dir/krb" policy=yes refint=yes memberof=yes \
                unique=mail sync=yes && slapd_start "$dir/slapd" || fail "no slapd"
        slapd_prepare "$dir/copy" durable=no consumer="$dir/slapd" && slapd_start "$dir/copy" || fail "no consumer"
        uri=$(cat "$dir/slapd/uri") login=$muster secret=$dir/slapd/muster.secret
        service_account
        whoami "$muster" -Y EXTERNAL -H "$(cat "$dir/slapd/ldaps-uri")"
        whoami "$muster" -Y EXTERNAL -ZZ -H "$uri"
        whoami "$muster" -Y EXTERNAL -H "$(ldapi "$dir/slapd/socket")"
        for option in -N -Q; do                  # the host name as given, and canonicalized
                KRB5_CONFIG=$dir/krb/krb5.conf KRB5_CLIENT_KTNAME=$dir/krb/muster.keytab KRB5CCNAME=FILE:$dir/tickets \
                        whoami "$muster" $option -Y GSSAPI -H "$uri"
        done
        KRB5_CONFIG=$dir/krb/krb5.conf KRB5CCNAME=FILE:$dir/no-tickets \
                code 254 "GSSAPI without a key" ldapwhoami -Q -N -Y GSSAPI -H "$uri"
        overlays
        consumer
}

overlays() {
        see '(uid=ada)' memberOf entryCSN
        says "memberOf: cn=sales,ou=groups,$suffix"
        person eve | sed 's/^mail: .*/mail: ada@contoso.example/' | write 19 "mail is unique"
        write 0 "rename" <<-END
	dn: uid=ada,ou=people,$suffix
	changetype: modrdn
	newrdn: uid=augusta
	deleteoldrdn: 1
	END
        see '(cn=sales)' member
        says "member: uid=augusta,ou=people,$suffix"
        code 0 "RFC 4533" ldapsearch -x -LLL -H "$uri" -b "$suffix" -E sync=ro '(uid=augusta)' dn
        says "dn: uid=augusta"
        code 0 "the person may log in" ldapwhoami -x -H "$uri" -D "uid=augusta,ou=people,$suffix" -w "secret of ada"
        write 0 "lock" <<-END
	dn: uid=augusta,ou=people,$suffix
	changetype: modify
	replace: pwdAccountLockedTime
	pwdAccountLockedTime: 000001010000Z
	END
        code 49 "a locked account" ldapwhoami -x -H "$uri" -D "uid=augusta,ou=people,$suffix" -w "secret of ada"
        write 0 "unlock" <<-END
	dn: uid=augusta,ou=people,$suffix
	changetype: modify
	delete: pwdAccountLockedTime
	END
        code 0 "it may log in again" ldapwhoami -x -H "$uri" -D "uid=augusta,ou=people,$suffix" -w "secret of ada"
}

# The copy has everything, takes nothing, and says who does.
consumer() {
        local main=$uri
        slapd_caught_up "$dir/copy" "$dir/slapd" || fail "the consumer is behind"
        uri=$(cat "$dir/copy/uri")
        see '(uid=augusta)' dn
        says "dn: uid=augusta,ou=people,$suffix"
        person frank | write 10 "the consumer refers"
        says "$main"
        uri=$main
        see '(uid=frank)' dn
        silent frank
        slapd_prepare "$dir/all" durable=no rights=all && slapd_start "$dir/all" || fail "no third slapd"
        uri=$(cat "$dir/all/uri") secret=$dir/all/muster.secret
        write 0 "everywhere, where it may" <<-END
	dn: cn=printer,ou=services,$suffix
	changetype: add
	objectClass: device
	cn: printer
	END
}

certificates
check_slapd
check_ds389
check_samba
