#!/bin/bash
# From one slapd into another by the real program: everybody, then changes by content synchronization,
# once with a log of deletions at the source and once without; then by time through a proxy that lets
# things go wrong, after which nobody has left.  Looked at with ldapsearch.
. "$srcdir/tests/scenario/cli.sh"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/slapd.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
[ -x "$top_builddir/tests/emulators/ldap-proxy/ldap-proxy" ] || skip "the fault proxy is not built"
need slapd ldapsearch ldapmodify
[ -e "$top_builddir/plugins/.libs/ldap.so" ] || skip "this build has no loadable ldap connector"
suffix=dc=contoso,dc=example
end() { proxy_stop "$dir/from"; slapd_stop "$dir/from"; slapd_stop "$dir/to"; rm -rf "$dir"; }
trap end EXIT
echo 'moduleload syncprov' >"$dir/global"
mkdir -m 700 "$dir/plugins"
cp "$top_builddir"/plugins/.libs/ldap.so "$dir/plugins" && chmod 755 "$dir/plugins"/*
export MUSTER_CONFIG=$dir/muster.xml
configure() {                                # [the source's address] [a line more for it]
        (umask 077; cat >"$dir/muster.xml") <<XML
<muster xmlns="urn:muster:config:1">
  <plugins folder="$dir/plugins"/>
  <store path="$dir/state/state.db"/>
  <source name="old" plugin="ldap">
    <uri>${1-$(cat "$dir/from/uri")}</uri>
    <bind-dn>cn=muster,ou=services,$suffix</bind-dn><password file="$dir/from/muster.secret"/>
    <user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
    <user-filter>(&amp;(objectClass=person)(!(employeeType=former)))</user-filter>
    <page-size>3</page-size>${2-}
  </source>
  <sink name="new" plugin="ldap">
    <uri>$(cat "$dir/to/uri")</uri>
    <bind-dn>cn=muster,ou=services,$suffix</bind-dn><password file="$dir/to/muster.secret"/>
    <user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
    <user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>
    <group-object-classes>top groupOfNames musterObject</group-object-classes>
    <stamp-attribute>musterStamp</stamp-attribute><group-stamp-attribute>musterStamp</group-stamp-attribute>
  </sink>
  <sync name="staff" source="old" on-expired="stop">
    <groups from="source" name="{displayName}"/>
    <target sink="new">
      <match attribute="uid"/>
      <map to="uid">[uid]</map>
      <groups use="*"/>
      <on-gone do="delete"/>
      <on-out-of-scope do="delete"/>
      <limit of="removals" above="100"/>
    </target>
  </sync>
</muster>
XML
}
change() {
        ldapmodify -x -H "$(cat "$dir/from/uri")" -D "cn=admin,$suffix" -y "$dir/from/admin.secret" >"$out" 2>"$err" ||
                fail "the source does not take it"
}
person() {
        printf 'dn: uid=%s,ou=people,%s\nchangetype: add\nobjectClass: inetOrgPerson\nuid: %s\ncn: %s\nsn: %s\n' \
                "$1" "$suffix" "$1" "$1" "$1"
        [ -z "${2-}" ] || printf '%s\n' "$2"
        echo
}
seen() {                                     # what the sink has of a person: attribute
        ldapsearch -x -LLL -o ldif-wrap=no -H "$(cat "$dir/to/uri")" -b "ou=people,$suffix" "(uid=$1)" "$2" |
                sed -n "s/^$2: //p"
}
people() {
        ldapsearch -x -LLL -H "$(cat "$dir/to/uri")" -b "ou=people,$suffix" '(objectClass=person)' uid |
                sed -n 's/^uid: //p' | sort | tr '\n' ' '
}
members() {
        ldapsearch -x -LLL -o ldif-wrap=no -H "$(cat "$dir/to/uri")" -b "ou=groups,$suffix" "(cn=$1)" member |
                sed -n 's/^member: uid=\([^,]*\),.*/\1/p' | sort | tr '\n' ' '
}
is() { [ "$1" = "$2" ] || fail "it is '$1', not '$2'"; }
written() {
        ldapsearch -x -LLL -o ldif-wrap=no -H "$(cat "$dir/to/uri")" -b "$suffix" '(objectClass=*)' '*' entryCSN |
                sort | cksum
}

story() {                                    # a line more for the source's overlay
        rm -rf "$dir/from" "$dir/to" "$dir/state"
        mkdir -m 700 "$dir/state"
        printf 'overlay syncprov\n%s\n' "$1" >"$dir/database"
        slapd_prepare "$dir/from" durable=no extra="$dir/global" database="$dir/database" &&
                slapd_prepare "$dir/to" durable=no && slapd_start "$dir/from" && slapd_start "$dir/to" || exit 1
        configure
        {
                person ada 'title: Countess'; person bob "manager: uid=ada,ou=people,$suffix"; person eve; person joe
                person kim; person lee; person max
                printf 'dn: cn=crew,ou=groups,%s\nchangetype: add\nobjectClass: groupOfNames\ncn: crew\n' "$suffix"
                printf 'member: uid=%s,ou=people,'"$suffix"'\n' ada bob eve
        } | change
        expect 0 check --online
        expect 0 sync
        is "$(people)" 'ada bob eve joe kim lee max '
        is "$(seen bob manager)" "uid=ada,ou=people,$suffix"
        is "$(seen ada title)" Countess
        is "$(members crew)" 'ada bob eve '
        local before
        before=$(written)
        expect 0 sync
        is "$(written)" "$before"            # nothing new: nothing is written

        # changed, renamed, deleted, left the filter, new; and the group
        before=$(seen bob musterStamp)
        {
                printf 'dn: uid=ada,ou=people,%s\nchangetype: modify\nreplace: title\ntitle: Enchantress\n\n' "$suffix"
                printf 'dn: uid=bob,ou=people,%s\nchangetype: modrdn\nnewrdn: uid=robert\ndeleteoldrdn: 1\n\n' "$suffix"
                printf 'dn: uid=eve,ou=people,%s\nchangetype: delete\n\n' "$suffix"
                printf 'dn: uid=joe,ou=people,%s\nchangetype: modify\nadd: employeeType\nemployeeType: former\n\n' "$suffix"
                person ned "manager: uid=robert,ou=people,$suffix"
                printf 'dn: cn=crew,ou=groups,%s\nchangetype: modify\nreplace: member\n' "$suffix"
                printf 'member: uid=%s,ou=people,'"$suffix"'\n' robert ned late
        } | change
        expect 0 sync; expect 0 sync --full
        is "$(people)" 'ada kim lee max ned robert '
        is "$(seen ada title)" Enchantress
        is "$(seen robert musterStamp)" "$before"
        is "$(seen ned manager)" "uid=robert,ou=people,$suffix"
        is "$(members crew)" 'ned robert '

        # back within the filter; a member who comes after his group; and a source that was away meanwhile
        printf 'dn: uid=joe,ou=people,%s\nchangetype: modify\ndelete: employeeType\n' "$suffix" | change
        person late | change
        slapd_stop "$dir/from"
        before=$(written)
        "$MUSTER" sync >"$out" 2>"$err" </dev/null && fail "a source that is not there is read"
        is "$(written)" "$before"
        slapd_start "$dir/from" || exit 1
        expect 0 sync
        is "$(people)" 'ada joe kim late lee max ned robert '
        is "$(members crew)" 'late ned robert '
}


# Goes on where the last story ended: whatever goes wrong while everybody is read, nobody leaves the sink.
trouble() {
        local fault
        proxy_start "$dir/from" "$(cat "$dir/from/uri")" || exit 1
        configure "$(cat "$dir/from/proxy-uri")" '<changes>none</changes>'
        for fault in 'paged no-cookie' 'paged from=2 no-cookie' 'paged from=2 drop' 'paged from=2 part=2 cut=30' \
                'paged from=3 code=4' 'paged from=2 code=51' 'paged from=2 notice=52'; do
                proxy "$dir/from" clear && proxy "$dir/from" fault search "$fault" || exit 1
                "$MUSTER" sync --full >"$out" 2>"$err" </dev/null && fail "search $fault: taken for a whole listing"
                is "$(people)" 'ada joe kim late lee max ned robert '
        done
        proxy "$dir/from" clear
        printf 'dn: uid=max,ou=people,%s\nchangetype: delete\n' "$suffix" | change
        expect 0 sync --full; expect 0 sync --full        # who is missed twice is deleted
        is "$(people)" 'ada joe kim late lee ned robert '
        is "$(members crew)" 'late ned robert '
}

# Members in slices of two, as Active Directory gives many: all of them are read, and a slice that is
# missing, short or another one never makes anybody leave.
slices() {
        local fault all='ada joe kim late lee ned robert '
        proxy "$dir/from" reset && proxy "$dir/from" slices 2 || exit 1
        {
                printf 'dn: cn=crew,ou=groups,%s\nchangetype: modify\nadd: member\n' "$suffix"
                printf 'member: uid=%s,ou=people,'"$suffix"'\n' ada joe kim lee
        } | change
        expect 0 sync --full
        is "$(members crew)" "$all"
        for fault in 'part=1 lost' 'part=1 cut=40' 'from=2 part=1 lost' 'from=3 drop' 'lost' 'code=1' 'from=2 code=52' \
                'short=1' 'from=2 short=1' 'short=9' 'from=3 short=9' 'astray=1' 'from=3 astray=1'; do
                proxy "$dir/from" clear && proxy "$dir/from" fault search ranged "$fault" || exit 1
                "$MUSTER" sync --full >"$out" 2>"$err" </dev/null && fail "search ranged $fault: taken for all members"
                proxy "$dir/from" faults | grep -q 'acted 1$' || fail "search ranged $fault: it never came"
                is "$(members crew)" "$all"
        done
        proxy "$dir/from" clear
        printf 'dn: cn=crew,ou=groups,%s\nchangetype: modify\ndelete: member\nmember: uid=%s,ou=people,%s\n' "$suffix" joe \
                "$suffix" | change
        expect 0 sync --full
        is "$(members crew)" 'ada kim late lee ned robert '
}

story 'syncprov-sessionlog 1000'
slapd_stop "$dir/from"
slapd_stop "$dir/to"
story ''
trouble
slices
