#!/bin/bash
# ldap-cost.sh - what a changed object costs, in calls that a proxy has counted before the three
# families of servers: whole runs of the program, all looking up included, less what any run costs that
# writes (the root DSE, the schema, the bases).  At most 1.05 calls for each that is made,
# changed, renamed, disabled, enabled or deleted, and for each group; a rename with other changes is two
# by LDAP's nature.  With SHAPE_COST=yes the table is printed.
. "$srcdir/tests/scenario/cli.sh"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/slapd.sh"
. "$srcdir/tests/scenario/ds389.sh"
. "$srcdir/tests/scenario/testca.sh"
. "$srcdir/tests/scenario/samba.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
samba_or_skip "$0" "$@"
need slapd ns-slapd certutil ldapsearch ldbsearch sqlite3
[ -x "$top_builddir/tests/emulators/ldap-proxy/ldap-proxy" ] || skip "the fault proxy is not built"
[ -e "$MUSTER_PLUGINS/ldap.so" ] && [ -e "$MUSTER_PLUGINS/file.so" ] ||
        skip "this build has no loadable ldap and file connectors"
suffix=dc=contoso,dc=example count=220 groups=20 few=20
export MUSTER_CONFIG=$dir/muster.xml
end() {
        for server in slapd ds ad; do [ ! -d "$dir/$server" ] || proxy_stop "$dir/$server"; done
        slapd_stop "$dir/slapd"; ds389_kill "$dir/ds"; samba_stop "$dir/ad"
        rm -rf "$dir"
}
trap end EXIT
mkdir -m 700 "$dir/state"
testca_new "$dir/tls" || exit 99

# people NAME TITLE ENABLED SHIFT [MANY]: called NAME1, NAME2 ...; every third is enabled or not (no
# group becomes empty, for which a placeholder must come in by a second call); in one of the teams, shifted
people() {
        echo "number,account,displayName,mailNickname,mail,jobTitle,accountEnabled,department" >"$dir/new.csv"
        for i in $(seq "${5-$count}"); do
                [ $((i % 3)) = 0 ] && enabled=$3 || enabled=true
                echo "$i,s$i,Person $i,$1$i,p$i@contoso.example,$2,$enabled,team$(((i + $4) % groups))"
        done >>"$dir/new.csv"
        mv "$dir/new.csv" "$dir/people.csv"
}

# configure FOLDER OPTIONS MAPS
configure() {
        rm -rf "$dir"/state/*
        (umask 077; cat >"$MUSTER_CONFIG") <<XML
<muster xmlns="urn:muster:config:1">
<plugins folder="$MUSTER_PLUGINS"/>
<store path="$dir/state/state.db"/>
<source name="hr" plugin="file"><path>$dir/people.csv</path><id>number</id><types>accountEnabled=boolean</types></source>
<sink name="corporate" plugin="ldap">
<uri>$(cat "$dir/$1/proxy-uri")</uri>
<bind-dn>cn=muster,ou=services,$suffix</bind-dn><password file="$dir/$1/muster.secret"/>
<user-base>ou=people,$suffix</user-base><group-base>ou=groups,$suffix</group-base>
$2
</sink>
<sync name="staff" source="hr">
<groups for-each="department" name="{value}" title="{value}"/>
<target sink="corporate" defaults="no">
<match attribute="mail"/>
<map to="mail">[mail]</map><map to="title">[jobTitle]</map><map to="sn">[displayName]</map>
$3
<groups use="*"/>
<on-gone do="delete"/><on-disabled do="disable"/>
<limit of="removals" above="5000" and-percent="100" never-above="5000" until="2999-12-31" reason="a test"/><limit of="gone" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="group-members" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="identity" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="changes" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
</target>
</sync>
</muster>
XML
}

calls() { proxy "$dir/$1" ledger | awk '$1 ~ /^(search|add|modify|modrdn|delete|compare|extended)$/ { n += $2 } END { print n }'; }

# run SERVER WHAT OBJECTS MOST-PER-HUNDRED
run() {
        local spent each
        proxy "$dir/$1" reset || exit 1
        expect 0 sync
        spent=$(($(calls "$1") - idle))
        each=$((spent * 1000 / $3))
        [ -z "${SHAPE_COST-}" ] || printf '%-6s %-34s %5d objects %5d calls  %d.%03d each\n' "$1" "$2" "$3" "$spent" \
                $((each / 1000)) $((each % 1000))
        [ $((spent * 100)) -le $(($3 * $4)) ] || { proxy "$dir/$1" last 2000 | awk '{ $1 = ""; print }' | uniq -c -w 12 >"$err"; [ -n "${SHAPE_COST-}" ] || fail "$1: $2: $spent calls for $3 objects"; }
        [ -z "${SHAPE_SHOW-}" ]  || proxy "$dir/$1" last 2000 | grep -v " \(add\|modify\|modrdn\|delete\) "
}

# story SERVER GROUPS-THAT-ARE-TOLD-OF-A-NEW-NAME
story() {
        people a Clerk true 0 "$few"
        expect 0 sync
        sed -i '$s/Clerk/Chief/' "$dir/people.csv"
        proxy "$dir/$1" reset
        expect 0 sync
        idle=$(($(calls "$1") - 1))
        people a Clerk true 0
        run "$1" "created, and their groups" $((count - few + groups)) 105
        people a Chief true 0
        run "$1" "changed" $count 105
        people a Chief false 0
        run "$1" "disabled, out of their groups" $((count / 3 + groups)) 105
        people a Chief true 0
        run "$1" "enabled, into their groups" $((count / 3 + groups)) 105
        people a Clerk false 0
        run "$1" "changed, and a third disabled" $((count + groups)) 105
        people b Clerk false 0
        run "$1" "renamed" $((count + $2)) 105
        people c Chief false 0
        run "$1" "renamed and changed: two each" $((count + $2)) 205
        people c Chief false 1
        run "$1" "from one group to the next" $groups 105
        people c Chief false 1 $((count * 6 / 10))
        run "$1" "deleted, and out of their groups" $((count * 4 / 10 + groups)) 105
        expect 0 sync
        proxy "$dir/$1" reset
        expect 0 sync
        [ "$(proxy_count "$dir/$1" writes)" = 0 ] || fail "$1: a run with nothing new wrote something"
}

# race KIND: in the moment between look and change, the person's entry is renamed away by somebody else,
# and another takes its name.  389 DS alone has nothing by which a change could say whom it means.
race() {
        local sync
        proxy "$dir/ds" clear && proxy "$dir/ds" reset && proxy "$dir/ds" fault "$1" dn=uid=r1, hold || exit 1
        "$MUSTER" sync "${@:2}" >"$out" 2>"$err" </dev/null &
        sync=$!
        proxy_await "$dir/ds" held 1 || fail "no $1 came by"
        ldapmodify -x -H "$(cat "$dir/ds/uri")" -D "cn=Directory Manager" -y "$dir/ds/admin.secret" >/dev/null <<LDIF || exit 1
dn: uid=r1,ou=people,$suffix
changetype: modrdn
newrdn: uid=away
deleteoldrdn: 1

dn: uid=r1,ou=people,$suffix
changetype: add
objectClass: inetOrgPerson
uid: r1
cn: Somebody Else
sn: Else
LDIF
        proxy "$dir/ds" resume
        wait $sync
        code=$? last="sync, raced in its $1"
        proxy "$dir/ds" clear
        [ $code = 0 ] || fail "exit code $code"
}
names() { ldapsearch -x -LLL -H "$(cat "$dir/ds/uri")" -b "ou=people,$suffix" "$1" uid cn | sed -n 's/^\(uid\|cn\): //p' | sort | tr '\n' ' '; }

races() {
        people r Chief false 1 $((count * 6 / 10))
        expect 0 sync
        sed -i 's/,r1,/,renamed,/' "$dir/people.csv"
        race modrdn
        [ "$(names '(|(mail=p1@contoso.example)(uid=r1))')" = "Person 1 Somebody Else r1 renamed " ] ||
                fail "who is renamed is $(names '(|(mail=p1@contoso.example)(uid=r1))')"
        complains "that one gets its name back"
        ldapdelete -x -H "$(cat "$dir/ds/uri")" -D "cn=Directory Manager" -y "$dir/ds/admin.secret" "uid=r1,ou=people,$suffix"
        sed -i 's/,renamed,/,r1,/' "$dir/people.csv"
        expect 0 sync
        sed -i '2d' "$dir/people.csv"
        expect 0 sync                                    # missed once: disabled, and deleted by the next read
        race delete --full
        [ "$(names '(|(mail=p1@contoso.example)(uid=r1)(uid=away))')" = "" ] || fail "ours is still there"
        complains "restore it from a backup"
}

slapd_prepare "$dir/slapd" durable=no && slapd_start "$dir/slapd" && proxy_start "$dir/slapd" "$(cat "$dir/slapd/uri")" || exit 1
configure slapd '<user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>
<group-object-classes>top groupOfNames musterObject</group-object-classes>
<stamp-attribute>musterStamp</stamp-attribute><group-stamp-attribute>musterStamp</group-stamp-attribute>' '<map to="uid">[mailNickname]</map><map to="cn">[displayName]</map>'
story slapd $groups
ds389_prepare "$dir/ds" && ds389_start "$dir/ds" && proxy_start "$dir/ds" "$(cat "$dir/ds/uri")" || exit 1
configure ds '<user-object-classes>top person organizationalPerson inetOrgPerson musterObject</user-object-classes>
<group-object-classes>top groupOfNames musterObject</group-object-classes>
<stamp-attribute>musterStamp</stamp-attribute><group-stamp-attribute>musterStamp</group-stamp-attribute>' '<map to="uid">[mailNickname]</map><map to="cn">[displayName]</map>'
story ds $groups
races
samba_prepare "$dir/ad" tls="$dir/tls" strong=no cache="$top_builddir/tests/scenario/samba.tar" && samba_start "$dir/ad" &&
        proxy_start "$dir/ad" "$(cat "$dir/ad/uri")" || exit 1
configure ad '<stamp-attribute>adminDescription</stamp-attribute>' \
        '<map to="cn">[mailNickname]</map><map to="sAMAccountName">[account]</map>'
story ad 0
