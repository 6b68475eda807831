#!/bin/bash
# Groups in a real directory whose people are all gone, whose rule has vanished, whose name is
# taken; looked at with ldapsearch.
. "$srcdir/tests/scenario/cli.sh"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/slapd.sh"
need slapd ldapsearch ldapadd sqlite3
[ -e "$top_builddir/tests/plugins/.libs/demo-source.so" ] || skip "the demo plugins are not built (they come with check)"
[ -e "$top_builddir/plugins/.libs/ldap.so" ] || skip "this build has no loadable ldap connector"
suffix=dc=contoso,dc=example people=$dir/people
end() { slapd_stop "$dir/slapd"; rm -rf "$dir"; }
trap end EXIT
slapd_prepare "$dir/slapd" durable=no && slapd_start "$dir/slapd" || exit 1
uri=$(cat "$dir/slapd/uri")
mkdir -m 700 "$dir/state" "$dir/plugins"
cp "$top_builddir"/tests/plugins/.libs/demo-source.so "$top_builddir"/plugins/.libs/ldap.so "$dir/plugins"
chmod 755 "$dir/plugins"/*
export MUSTER_CONFIG=$dir/muster.xml
configure() {                                # GROUPS OF THE SYNC, POLICIES OF THE TARGET
        (umask 077; cat >"$dir/muster.xml") <<XML
<muster xmlns="urn:muster:config:1">
  <plugins folder="$dir/plugins"/>
  <store path="$dir/state/state.db"/>
  <source name="hr" plugin="demo-source"><file>$people</file></source>
  <sink name="corp" plugin="ldap">
    <uri>$uri</uri>
    <bind-dn>cn=muster,ou=services,$suffix</bind-dn><password file="$dir/slapd/muster.secret"/>
    <user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
    <user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>
    <group-object-classes>top groupOfNames musterObject</group-object-classes>
    <stamp-attribute>musterStamp</stamp-attribute><group-stamp-attribute>musterStamp</group-stamp-attribute>
  </sink>
  <sync name="staff" source="hr">
    <scope>user.department -ne "nobody"</scope>
    $1
    <target sink="corp">
      <match attribute="mail"/>
      <map to="uid">[mailNickname]</map>
      <map to="cn">[displayName]</map>
      <map to="sn">[displayName]</map>
      <map to="mail">[mail]</map>
      $2
    </target>
  </sync>
</muster>
XML
}
hire() {                                     # NAME=DEPARTMENT[,disabled]...
        {
                echo 'id;displayName;mail;mailNickname;department;accountEnabled'
                for one; do
                        name=${one%%=*} rest=${one#*=} on=true
                        case $rest in *,disabled) on=false ;; esac
                        echo "$name;$name;$name@example.org;$name;${rest%,*};$on"
                done
        } >"$people"
}
look() { ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "ou=groups,$suffix" "$@"; }
is() {                                       # CN MEMBERS: first names, sorted; "muster" is the placeholder
        members=$(look "(cn=$1)" member | sed -n 's/^member: \(uid\|cn\)=\([^,]*\),.*/\2/p' | sort | tr '\n' ' ')
        [ "$members" = "${2:+$2 }" ] || fail "'$1' holds '$members', not '$2'"
}
there() { look "(cn=$1)" dn | grep -q ^dn || fail "there is no group '$1'"; }
gone() { look "(cn=$1)" dn | grep -q ^dn && fail "there is a group '$1'"; return 0; }
uuid() { look "(cn=$1)" entryUUID | sed -n 's/^entryUUID: //p'; }
later() { sqlite3 "$dir/state/state.db" "UPDATE glink SET since=since-$1*86400000, due=due-$1*86400000, touched=touched-$1*86400000"; }
groups='<groups for-each="department" name="dept-{value}"/><group name="all">user.mail -ne null</group>'
wait30='<on-empty do="delete" after="30d"/><on-vanished do="delete" after="30d"/>'

# --- a name that is taken: a number behind it, or the object adopted -----------------------------
ldapadd -x -H "$uri" -D "cn=muster,ou=services,$suffix" -y "$dir/slapd/muster.secret" >/dev/null <<LDIF || fail "ldapadd"
dn: cn=dept-it,ou=groups,$suffix
objectClass: groupOfNames
cn: dept-it
member: cn=somebody,ou=people,$suffix

dn: cn=all,ou=groups,$suffix
objectClass: groupOfNames
cn: all
description: by hand
member: cn=somebody,ou=people,$suffix
LDIF
theirs=$(uuid all)
configure "$groups" "<groups use=\"*\" on-existing=\"suffix\"/><group use=\"all\" on-existing=\"adopt\"/>$wait30"
hire ada=it bob=hr cy=hr,disabled
expect 0 check
expect 3 sync
is dept-it somebody
is dept-it-2 ada
is dept-hr bob
is all somebody
expect 0 holds; says adopt
expect 0 holds 1; says "by hand"
expect 0 approve 1
expect 0 sync
is all 'ada bob somebody'
[ "$(uuid all)" = "$theirs" ] || fail "the adopted group is another object"
look '(cn=all)' musterStamp | grep -q '^musterStamp: .*all' || fail "the adopted group has no stamp"
expect 0 groups all; says "ada"

# --- nobody is in it any more: a placeholder, then nothing -----------------------------------------
hire ada=it bob=it cy=it
expect 0 sync
is dept-hr muster
is dept-it-2 'ada bob cy'
expect 0 groups dept-hr; says "deleted"; says "nobody satisfies its rule"
expect 0 sync
later 31
expect 0 plan; says "delete"; says dept-hr
there dept-hr
expect 0 sync
gone dept-hr
hire ada=it bob=hr,disabled cy=hr
expect 0 sync
is dept-hr cy
is dept-it-2 ada

# --- the rule vanishes: nothing, and then what the target says -----------------------------------
configure '<group name="all">user.mail -ne null</group>' "<group use=\"all\" on-existing=\"adopt\"/>$wait30"
expect 0 sync
is dept-hr cy
is dept-it-2 ada
expect 0 groups; says "no rule makes it any more"
expect 0 groups --json; json
grep -q '"reason":"no rule makes it any more"' "$out" || fail "groups --json does not say what vanished"
expect 0 status; says "2 groups that no rule makes any more are still there"
hire ada=it bob=hr cy=it
expect 0 sync
is dept-hr cy
later 31
expect 0 sync
gone dept-hr
gone dept-it-2
is dept-it somebody                          # which was never ours
is all 'ada bob cy somebody'
exit 0
