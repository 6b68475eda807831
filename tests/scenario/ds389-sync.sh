#!/bin/bash
# ds389-sync.sh - people flow into a 389 Directory Server whose plugins write to entries by
# themselves: MemberOf, referential integrity, uniqueness.  A load, changes, who leaves is disabled
# and later deleted, groups; a run with nothing new, which writes nothing; and then everything goes wrong.
. "$srcdir/tests/scenario/engine.sh"
. "$srcdir/tests/scenario/ds389.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
. "$srcdir/tests/scenario/ldap-programme.sh"
need ns-slapd certutil
[ -x "$top_builddir/tests/emulators/ldap-proxy/ldap-proxy" ] || skip "the fault proxy is not built"
trap 'code=$?; proxy_stop "$dir"; ds389_kill "$dir/ds"; (exit $code); engine_end' EXIT
target_options='<limit of="removals" above="5000" and-percent="100" never-above="5000" until="2999-12-31" reason="a test"/>
<limit of="identity" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="changes" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="creates" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="clears" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="group-members" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>'
settings="$settings lock=nsAccountLock"
begin 300 --seed 7
ds389_prepare "$dir/ds" memberof=yes refint=yes unique=mail && ds389_start "$dir/ds" || exit 1
uri=$(cat "$dir/ds/uri")
proxy_start "$dir" "$uri" || exit 1
server_kill() { ds389_kill "$dir/ds"; }
server_start() { ds389_start "$dir/ds"; }

# The sink of engine.sh's configuration, made the one that is wanted here.
(
        uri=$(cat "$dir/proxy-uri")
        configure
        sed -i -e "s,$dir/slapd/muster.secret,$dir/ds/muster.secret," -e '/<disabled-attribute>/d' \
                -e 's,<stamp-attribute>.*,&<dialect>389ds</dialect>,' "$dir/muster.xml"
)
expect 0 check --online
expect 0 sync
truth
same "a write for each object" "$(ldapsearch -x -LLL -H "$uri" -b "$suffix" \
        '(|(objectClass=inetOrgPerson)(objectClass=groupOfNames))' dn | grep -c ^dn)" "$(proxy_count "$dir" writes)"
entry '(mail=*)' memberOf | grep -q "^memberOf: cn=country-" || fail "MemberOf has written nothing: this tests nothing"

# Many are renamed, move and have new managers in one go, who are renamed too: they leave groups in
# which the server has their new name already, and point at people by the name that they get.
control bulk '{"op":"rename","count":40,"seed":4}'
control bulk '{"op":"move","count":60,"seed":4}'
expect 0 sync
truth

# What changes, comes and goes.
control bulk '{"op":"change","count":60,"property":"jobTitle","seed":4}'
control bulk '{"op":"disable","count":6,"seed":4}'
control bulk '{"op":"remove","count":5,"seed":4}'
control hire '{"count":7}'
expect 0 sync
truth
control bulk '{"op":"enable","count":4,"seed":4}'
control bulk '{"op":"restore","count":2,"seed":4}'
expect 0 sync
truth
left=$(entry '(nsAccountLock=true)' dn | grep -c ^dn)
[ "$left" -gt 0 ] || fail "nobody is locked: this tests nothing"

# Nothing new: not a write, whatever the plugins have done to the entries.
say reset
for _ in 1 2; do
        expect 0 sync
        same "writes of a run with nothing new" 0 "$(proxy_count "$dir" writes)"
done
truth

# Who has left is deleted when his time has come.
pass_days 31
expect 0 sync
truth gone=absent

# ---- what goes wrong ------------------------------------------------------------------------------
programme <<'END'
any from=9 drop;add from=2 lost;modrdn lost;modify from=5 cut=9
modify from=5 count=8 code=51;add from=2 code=65;modify from=20 code=19;modrdn from=2 code=53;modify from=26 notice=52
search code=11
search code=4
any from=5 count=5 code=52
END
programme_killed modify
programme_failover "$uri"
