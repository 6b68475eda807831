#!/bin/bash
# ldap-check.sh - what `muster check --online` says of an LDAP sink before anything is written: a map
# that the classes or the schema do not allow, with the line where it stands; and the mistakes that
# admins make with servers, each with what failed, the value, and what to do.  Nothing is written.
. "$srcdir/tests/scenario/cli.sh"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/slapd.sh"
. "$srcdir/tests/scenario/testca.sh"
need slapd ldapsearch openssl
[ -e "$top_builddir/plugins/.libs/ldap.so" ] && [ -e "$top_builddir/plugins/.libs/file.so" ] ||
        skip "this build has no loadable ldap and file connectors"
suffix=dc=contoso,dc=example
trap 'slapd_stop "$dir/slapd"; rm -rf "$dir"' EXIT
mkdir -m 700 "$dir/state" "$dir/plugins"
cp "$top_builddir"/plugins/.libs/{ldap,file}.so "$dir/plugins" && chmod 755 "$dir/plugins"/*
testca_new "$dir/tls" && testca_issue "$dir/tls" server IP:127.0.0.1 && testca_new "$dir/other" &&
        printf 'include %s/nis.schema\n' "$(slapd_folder_of nis.schema /etc/ldap/schema /etc/openldap/schema)" >"$dir/nis" &&
        slapd_prepare "$dir/slapd" durable=no tls="$dir/tls" extra="$dir/nis" && slapd_start "$dir/slapd" || exit 99
printf 'employeeId,displayName,surname,mail,mailNickname\n1,Ada Byron,Byron,ada@contoso.example,ada\n' >"$dir/people.csv"
printf '{"id":"g1","displayName":"Crew","members":["1"]}\n' >"$dir/groups.jsonl"
(umask 077; echo wrong >"$dir/wrong")
export MUSTER_CONFIG=$dir/muster.xml

(umask 077; cat >"$dir/good.xml") <<XML
<muster xmlns="urn:muster:config:1">
<plugins folder="$dir/plugins"/>
<store path="$dir/state/state.db"/>
<source name="hr" plugin="file">
<path>$dir/people.csv</path><id>employeeId</id><groups-path>$dir/groups.jsonl</groups-path>
</source>
<sink name="corporate" plugin="ldap">
<uri>$(cat "$dir/slapd/ldaps-uri")</uri>
<ca-file>$dir/tls/ca.pem</ca-file>
<bind-dn>cn=muster,ou=services,$suffix</bind-dn>
<password file="$dir/slapd/muster.secret"/>
<user-base>ou=people,$suffix</user-base>
<group-base>ou=groups,$suffix</group-base>
<stamp-attribute>employeeNumber</stamp-attribute>
</sink>
<sync name="staff" source="hr">
<groups from="source" name="{displayName}"/>
<target sink="corporate">
<match attribute="mail"/>
<groups use="*">
</groups>
</target>
</sync>
</muster>
XML
entries() { ldapsearch -x -LLL -H "$(cat "$dir/slapd/uri")" -b "$suffix" dn entryCSN | cksum; }
# check CODE SED...: with the good configuration changed like this.  No secret is told.
check() {
        local code=$1
        shift
        (umask 077; sed "$@" "$dir/good.xml" >"$dir/muster.xml")
        expect "$code" check --online
        ! grep -qF -e "$(cat "$dir/slapd/muster.secret")" "$out" "$err" || fail "the password is told"
        COLUMNS=500 "$MUSTER" check --online --json >"$dir/json" 2>&1
}
quiet() { ! grep -qF -e "$1" "$out" || fail "stdout says: $1"; }
# at TEXT-OF-THE-LINE MISTAKE: that stands with the file and the line
at() { grep -F "corporate: error: $dir/muster.xml:$(line "$1"):" "$out" | grep -qF -e ": $2" || fail "not said of line $(line "$1"): $2"; }
line() { grep -nF -e "$1" "$dir/muster.xml" | cut -d: -f1; }
before=$(entries)

# ---- maps ------------------------------------------------------------------------------------
check 0 ''
quiet warning
quiet "'name'"                               # in the maps of groups [name] and [title] are Muster's own
quiet "'title'"
quiet error
check 2 -e 's,<groups use.*,<map to="mail">[mail]</map>\n<map to="uidNumber">"7"</map>\n&,'
at uidNumber "none of the user-object-classes allows 'uidNumber': name a class that does, or remove the map"
grep -q "\"line\":$(line uidNumber)," "$dir/json" || fail "no line in the document: $(cat "$dir/json")"
grep -q '"severity":"error"' "$dir/json" || fail "no error in the document"
complains "the configuration has 1 mistake that the systems themselves show"
quiet "allows 'mail'"
quiet "no mistakes"
check 2 -e 's,<groups use.*,<map to="MANNER">"x"</map>\n&,'
at MANNER "the directory's schema has no attribute 'MANNER'"
check 2 -e 's,<groups use.*,&\n<map to="mobile">"7"</map>,'
at 'to="mobile"' "none of the group-object-classes allows 'mobile'"
quiet "user-object-classes"
check 2 -e 's,<stamp-attr.*,<user-object-classes>top account</user-object-classes>\n&,'
at '<target' "none of the user-object-classes allows 'givenName'"
says 'when="never" removes it'
check 2 -e 's,<groups use.*,<map to="employeeNumber">"7"</map>\n&,'
at 'to="employeeNumber"' "Muster writes 'employeeNumber' of users itself"
check 0 -e 's,<groups use.*,<map to="pwdPolicySubentry">"cn=x"</map>\n&,'
quiet "object-classes allows"                # an operational attribute belongs to no class
check 0 -e 's,<groups use.*,<map to="uidNumber" when="never">"7"</map>\n&,'
quiet uidNumber
check 0 -e 's,<stamp-attr.*,<user-object-classes>top inetOrgPerson extensibleObject</user-object-classes>\n&,' \
        -e 's,<groups use.*,<map to="uidNumber">"7"</map>\n&,'
quiet uidNumber
# Who maps the classes himself may know more than the options say.
check 0 -e 's,<groups use.*,<map to="objectClass">"inetOrgPerson"</map><map to="uidNumber">"7"</map>\n&,'
says "warning: $dir/muster.xml:$(line uidNumber):"

# ---- what a new entry must have, and nobody gives it ------------------------------------------
check 2 -e 's,<stamp-attr.*,<user-object-classes>top inetOrgPerson posixAccount</user-object-classes>\n&,' \
        -e 's,<groups use.*,<map to="homeDirectory">"/"</map><map to="gidNumber" when="create">"7"</map>\n&,'
at '<target' "nothing is mapped to 'uidNumber', without which it takes no user: add <map to=\"uidNumber\">"
quiet "'gidNumber'"
quiet "'homeDirectory'"
check 0 -e 's,<stamp-attr.*,<user-object-classes>top inetOrgPerson posixAccount</user-object-classes>\n&,' \
        -e 's,<stamp-attr.*,<number-attribute>uidNumber</number-attribute><number-range>1000-2000</number-range>\n&,' \
        -e 's,<groups use.*,<map to="homeDirectory">"/"</map><map to="gidNumber" when="create">"7"</map>\n&,'
check 2 -e 's,<groups use.*,<map to="sn" when="never"/>\n&,'
at '<target' "nothing is mapped to 'sn', without which it takes no user"
# A class without cn and sn is written without them.
check 0 -e 's,<stamp-attr.*,<user-object-classes>top account simpleSecurityObject extensibleObject</user-object-classes>\n&,' \
        -e 's,<target.*,<target sink="corporate" defaults="no">,' \
        -e 's,<groups use.*,<map to="uid">[mailNickname]</map><map to="mail">[mail]</map><map to="userPassword" when="create">"x"</map>\n&\n<map to="cn">[name]</map>,'
check 2 -e 's,<group-base>.*,,'
at '<groups use' "groups cannot be written: set group-base"
check 0 -e 's,<group-base>.*,,' -e '/<groups use/,/<.groups>/d'
quiet group-base

# ---- options ----------------------------------------------------------------------------------
check 2 -e 's,>employeeNumber<,>musterStamp<,'
at '<sink' "stamp-attribute: none of the user-object-classes allows 'musterStamp': add a class that does, or take employeeNumber"
check 2 -e 's,>employeeNumber<,>musterStmp<,'
at '<sink' "stamp-attribute: the directory's schema has no attribute 'musterStmp': correct it, or take employeeNumber"
check 2 -e 's,<stamp-attr.*,&<disabled-attribute>locked</disabled-attribute><disabled-value>x</disabled-value>,'
at '<sink' "disabled-attribute: the directory's schema has no attribute 'locked'"
check 2 -e 's,<stamp-attr.*,&<user-object-classes>top inetOrgPersn</user-object-classes>,'
at '<sink' "user-object-classes: the directory's schema has no class 'inetOrgPersn'"
check 2 -e 's,<stamp-attr.*,&<group-object-classes>top inetOrgPerson</group-object-classes>,'
at '<groups use' "member-attribute: none of the group-object-classes allows 'member'"
check 0 -e 's,<stamp-attr.*,,'
says "set it to an attribute that nobody else uses, such as employeeNumber"

# ---- mistakes with servers -------------------------------------------------------------------
check 4 -e "s,$dir/slapd/muster.secret,$dir/wrong,"
says "127.0.0.1 does not accept the login as 'cn=muster,ou=services,$suffix': Invalid credentials (49): check bind-dn"
check 4 -e 's/ou=people/ou=persons/'
says "user-base 'ou=persons,$suffix' does not exist, or we may not see it: create it or correct the option"
check 4 -e 's/ou=groups/ou=grps/'
says "group-base 'ou=grps,$suffix' does not exist"
check 4 -e 's,<stamp-attr.*,<dialect>ad</dialect>\n&,'
says "dialect says Active Directory, but the server is OpenLDAP: correct dialect, or leave it out"
check 4 -e "s,$dir/tls/ca.pem,$dir/other/ca.pem,"
says "the server's certificate is not accepted: it must be valid today, be made out for '127.0.0.1' and lead to"
quiet "unknown error code"
check 4 -e 's,<uri>.*,<uri>ldaps://127.0.0.1:3</uri>,'
says "corporate: error: 127.0.0.1 port 3: cannot connect: Connection refused: is the server running, and is that its port?"
expect 4 sync
complains "sink 'corporate' is put aside for this run: 127.0.0.1 port 3: cannot connect"
! grep -hqE "corporate.*corporate'?:" "$out" "$err" || fail "the sink is named twice"
says "failed in"
says "sink 'corporate': 127.0.0.1 port 3"
expect 0 status
! grep -qE "corporate.*corporate'?:" "$out" || fail "the sink is named twice"
check 2 -e 's,<stamp-attr.*,<user-filter>(\&amp;(uid=x)</user-filter>\n&,'
complains "user-filter: '(&(uid=x)' is not a filter (RFC 4515)"
[ "$(entries)" = "$before" ] || fail "the directory was written to"
echo "ok"
