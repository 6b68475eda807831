#!/bin/bash
# Groups that the source has, carried into a real directory: made, filled, nested, renamed, left
# alone when they are gone; looked at with ldapsearch.
. "$srcdir/tests/scenario/cli.sh"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/slapd.sh"
need slapd ldapsearch ldapmodify
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
configure() {                                # MORE OF <groups from>
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
    <group name="of-the-board">user.transitiveMemberOf -any (group.objectId -eq "g-board")</group>
    <groups from="source" name="{mailNickname}" title="{displayName}"$1>group.securityEnabled -eq true</groups>
    <target sink="corp">
      <match attribute="mail"/>
      <map to="uid">[mailNickname]</map>
      <map to="cn">[displayName]</map>
      <map to="sn">[displayName]</map>
      <map to="mail">[mail]</map>
      <groups use="*"/>
    </target>
  </sync>
</muster>
XML
}
# hire LINE...: the source's table with ada, bob, cy and dan, and these lines
hire() {
        {
                echo 'id;displayName;mail;mailNickname'
                for name in ada bob cy dan; do echo "$name;$name;$name@example.org;$name"; done
                printf '%s\n' "$@"
        } >"$people"
}
in_group() {                                 # CN: its members, sorted, first names only
        ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "ou=groups,$suffix" "(cn=$1)" member |
                sed -n 's/^member: \(uid\|cn\)=\([^,]*\),.*/\2/p' | sort | tr '\n' ' '
}
is() { [ "$(in_group "$1")" = "${2:+$2 }" ] || fail "'$1' holds '$(in_group "$1")', not '$2'"; }
uuid() { ldapsearch -x -LLL -H "$uri" -b "ou=groups,$suffix" "(cn=$1)" entryUUID | sed -n 's/^entryUUID: //p'; }
state() { ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "$suffix" '*' entryCSN | grep -v '^# ' | sort | cksum; }
staff='@group g-staff;displayName=All staff;mailNickname=staff;securityEnabled=true'
board='@group g-board;displayName=The board;mailNickname=board;securityEnabled=true'
list='@group g-list;displayName=A list;mailNickname=list'

configure ''
hire "$staff" "$board" "$list" '@in g-staff ada' '@in g-staff bob' '@in g-staff @g-board' '@in g-board cy' \
        '@in g-list dan' '@in g-staff nobody'
expect 0 check; silent
expect 0 sync
is staff 'ada board bob'                     # a group in a group: the directory takes that
is board cy
is of-the-board cy
is list ''
[ -n "$(uuid staff)" ] && [ -z "$(uuid list)" ] || fail "the rule over groups does not hold"
before=$(uuid staff) was=$(state)
expect 0 sync
[ "$was" = "$(state)" ] || fail "a second run writes"

# --- renamed at the source: the same object under its new name, also where it is a member ------
hire "${staff/=staff/=crew}" "${board/=board/=chiefs}" "$list" '@in g-staff ada' '@in g-staff bob' \
        '@in g-staff @g-board' '@in g-board cy'
expect 0 sync
[ "$(uuid crew)" = "$before" ] || fail "the group is another one"
is crew 'ada bob chiefs'
is staff ''
[ -z "$(uuid board)" ] || fail "the old name is there"
ldapsearch -x -LLL -H "$uri" -b "ou=groups,$suffix" "(member=cn=board,ou=groups,$suffix)" dn | grep -q . &&
        fail "the old name is a member"

# --- members come and go; the group in the group leaves, and its rule follows -------------------
hire "${staff/=staff/=crew}" "${board/=board/=chiefs}" '@in g-staff bob' '@in g-staff dan' '@in g-board cy' \
        '@in g-board ada'
expect 0 sync
is crew 'bob dan'
is chiefs 'ada cy'
is of-the-board 'ada cy'
expect 0 groups; says crew; says chiefs
expect 0 groups crew --json; json
grep -q '"source_id":"g-staff"' "$out" || fail "groups --json does not say its id"
expect 0 explain ada --group chiefs; says "the source says that he is in it"
expect 0 explain bob --group chiefs; says "the source does not say that he is in it"
expect 0 eval 'user.memberOf -any (group.objectId -eq "g-board")' --user ada; says true

# --- a round that breaks off changes nothing ---------------------------------------------------
was=$(state)
hire "${staff/=staff/=crew}" '@in g-staff ada' '!fail the line is dead'
"$MUSTER" sync >"$out" 2>"$err" </dev/null && fail "a broken round is taken for a whole one"
[ "$was" = "$(state)" ] || fail "a broken round writes"

# --- two of one name: told, and the others go on -------------------------------------------------
hire "${staff/=staff/=crew}" "${board/=board/=crew}" '@in g-staff bob' '@in g-staff cy' '@in g-board ada'
expect 1 sync
is crew 'bob cy'
is chiefs ada
expect 0 log; says "another group is called 'crew'"

# --- gone at the source: it stays, or is deleted, as the configuration says -----------------------
hire "${staff/=staff/=crew}" '@in g-staff bob' '@in g-staff cy'
expect 0 sync
[ -n "$(uuid chiefs)" ] || fail "a group that is gone was deleted"
is chiefs ada
configure ' on-gone="delete"'
hire "${staff/=staff/=crew}" "${board/=board/=chiefs}" '@in g-staff bob' '@in g-staff cy' '@in g-board ada'
"$MUSTER" sync >"$out" 2>"$err" </dev/null
hire "${staff/=staff/=crew}" '@in g-staff bob' '@in g-staff cy'
expect 0 sync
[ -z "$(uuid chiefs)" ] || fail "a group that is gone was not deleted"
is crew 'bob cy'
exit 0
