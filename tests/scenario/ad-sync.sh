#!/bin/bash
# ad-sync.sh - people flow into an Active Directory domain (Samba): a load, changes, who leaves is
# disabled and later deleted, groups, and a run with nothing new, which writes nothing.  What is
# there is read past Muster and past LDAP, out of the domain's database.  Then everything goes wrong.
: "${srcdir:?make check sets it}" "${top_builddir:?}"
. "$srcdir/tests/skip.sh"
. "$srcdir/tests/scenario/testca.sh"
. "$srcdir/tests/scenario/samba.sh"
samba_or_skip "$0" "$@"
. "$srcdir/tests/scenario/engine.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
. "$srcdir/tests/scenario/ldap-programme.sh"
[ -x "$top_builddir/tests/emulators/ldap-proxy/ldap-proxy" ] || skip "the fault proxy is not built"
trap 'code=$?; proxy_stop "$dir"; samba_stop "$dir/ad"; (exit $code); engine_end' EXIT
target_options='<limit of="removals" above="5000" and-percent="100" never-above="5000" until="2999-12-31" reason="a test"/>
<limit of="identity" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="changes" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="creates" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="clears" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="group-members" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>'
maps='<map to="cn">Left(ToLower([mailNickname]), 64)</map>
<map to="sAMAccountName">Left([id], 20)</map>
<map to="userPrincipalName">[userPrincipalName]</map>
<map to="displayName">[displayName]</map>
<map to="sn">Coalesce([surname], [displayName])</map>
<map to="mail">[mail]</map>
<map to="title">[jobTitle]</map>
<map to="department">[department]</map>
<map to="manager">[manager]</map>'
begin 120 --seed 9
testca_new "$dir/tls" && samba_prepare "$dir/ad" tls="$dir/tls" strong=no cache="$top_builddir/tests/scenario/samba.tar" &&
        samba_start "$dir/ad" || exit 1
configure
sed -i -e "s,$dir/slapd/muster.secret,$dir/ad/muster.secret," -e "s,<uri>.*</uri>,<uri>$(cat "$dir/ad/ldaps-uri")</uri>," \
        -e '/<disabled-attribute>/d' -e '/<user-object-classes>/d' \
        -e "s,<stamp-attribute>.*,<dialect>ad</dialect><ca-file>$dir/tls/ca.pem</ca-file>\
<stamp-attribute>adminDescription</stamp-attribute>," -e 's,<map to="[a-z]*" when="never"/>,,' "$dir/muster.xml"
look() { samba_ldb "$dir/ad" ldbsearch -b "$1,$samba_suffix" "${@:2}" 2>/dev/null; }
how_many() { look "$@" cn | grep -c '^dn:'; }
written() { samba_ldb "$dir/ad" ldbsearch '(|(objectClass=user)(objectClass=group))' uSNChanged 2>/dev/null | sort | cksum; }
live() {                                     # GREP-PATTERN: how many of those in scope have it
        curl -sS "$door/people?offset=0&limit=100000" | sed 's/},{/}\n{/g' | grep '"@state":"live"' |
                grep '"userType":"Member"' | grep '"mail":"' | grep -c "$1"
}
# What the source counts is what the domain's database has; LEFT more are still there, disabled.
agree() {                                    # WHEN LEFT
        same "$1: users" $(($(live .) + $2)) "$(how_many OU=people '(&(objectClass=user)(adminDescription=*))')"
        look OU=groups '(cn=country-*)' cn | sed -n 's/^cn: country-//p' >"$dir/countries"
        [ -s "$dir/countries" ] || fail "$1: no groups of countries"
        while read -r country; do
                same "$1: people in $country" "$(live "\"country\":\"$country\"")" \
                        "$(look OU=groups "(cn=country-$country)" member | grep -c '^member:')"
        done <"$dir/countries"
        same "$1: people in sales in Germany" "$(live '"country":"Germany".*"department":"Sales"\|"department":"Sales".*"country":"Germany"')" \
                "$(look OU=groups '(cn=german-sales)' member | grep -c '^member:')"
        same "$1: what is shown is what is there" "$(live '"department":"Sales"')" \
                "$(look OU=people '(department=Sales)' adminDescription | grep -cFf <(live_ids))"
}
live_ids() {
        curl -sS "$door/people?offset=0&limit=100000" | sed 's/},{/}\n{/g' | grep '"@state":"live"' |
                sed -n 's/.*"id":"\([^"]*\)".*/\1/p'
}
expect 0 check --online
expect 0 sync
agree "a load" 0
[ "$(look OU=people '(&(objectClass=user)(manager=*))' manager | grep -c ^manager)" -gt 10 ] || fail "no managers"
# Who has no password may not log in without one.
same "accounts that need no password" 0 "$(how_many OU=people '(userAccountControl:1.2.840.113556.1.4.803:=32)')"

# Nothing new: nothing is written.
before=$(written)
expect 0 sync
same "a sync with nothing new writes nothing" "$before" "$(written)"

control bulk '{"op":"change","count":30,"property":"jobTitle","seed":4}'
# Some are renamed and move in one go: out of a group in which the domain has their new name already.
control bulk '{"op":"rename","count":30,"seed":4}'
control bulk '{"op":"move","count":40,"seed":4}'
control bulk '{"op":"remove","count":4,"seed":5}'
control hire '{"count":5}'
left=$(how_many OU=people '(&(objectClass=user)(adminDescription=*))')
expect 0 sync
left=$((left + $(count created) - $(live .)))
[ $left -gt 0 ] || fail "nobody in scope has left: this tests nothing"
agree "changes" $left
same "who has left is disabled" "$left" "$(look OU=people '(userAccountControl:1.2.840.113556.1.4.803:=2)' adminDescription |
        grep '^adminDescription' | grep -cvFf <(live_ids))"
before=$(written)
expect 0 sync
same "a sync with nothing new writes nothing" "$before" "$(written)"

# Who has left is deleted when his time has come.
pass_days 31
expect 0 sync
agree "a month later" 0

# ---- what goes wrong ------------------------------------------------------------------------------
# The proxy reads what goes by in clear text; the judge looks with an eye of its own.
server_kill() { samba_kill "$dir/ad"; }
server_start() { samba_start "$dir/ad"; }
uri=$(cat "$dir/ad/uri") suffix=$samba_suffix
settings="rdn=cn stamp=adminDescription class=group lock=userAccountControl&2 idle=yes
bind=CN=muster,OU=services,$samba_suffix:$dir/ad/muster.secret family=country-:country
map=displayName:displayName map=sn:surname|displayName map=mail:mail map=title:jobTitle map=department:department"
proxy_start "$dir" "$uri" || exit 1
sed -i "s,<uri>.*</uri>,<uri>$(cat "$dir/proxy-uri")</uri>," "$dir/muster.xml"
truth gone=absent
programme <<'END'
any from=9 drop;add from=2 lost;modrdn lost;modify from=5 cut=9
modify from=5 count=8 code=51;add from=2 code=65;modify from=20 code=19;modrdn from=2 code=53;modify from=26 notice=52
search code=11
search code=4
any from=5 count=5 code=52
END
programme_killed modify
programme_failover "$uri"

# Many members come in slices here.  A group is read again when somebody is to leave it by a name that
# the domain has changed already; who leaves it beside him must not count as out where the slice that
# he is in is missing.
renames=30 moves=40
say slices 2
programme <<'END'
search ranged part=1 lost;search ranged from=2 short=1;search ranged from=3 short=9;search ranged from=4 astray=1
END
