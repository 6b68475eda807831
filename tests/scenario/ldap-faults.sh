#!/bin/bash
# ldap-faults.sh - a directory that goes wrong while Muster writes to it: replies that are lost, cut
# messages, busy and unavailable servers, limits, refusals, a server that is killed in mid-batch.
# Whatever happened, one clean run later the directory is what the source says, and nobody is
# there twice.  Undisturbed, a changed object costs a call, and an unchanged one none.
. "$srcdir/tests/scenario/engine.sh"
. "$srcdir/tests/scenario/ldap-proxy.sh"
. "$srcdir/tests/scenario/ldap-programme.sh"
[ -x "$top_builddir/tests/emulators/ldap-proxy/ldap-proxy" ] || skip "the fault proxy is not built"
trap 'code=$?; proxy_stop "$dir"; (exit $code); engine_end' EXIT
people=400
target_options='<limit of="removals" above="5000" and-percent="100" never-above="5000" until="2999-12-31" reason="a test"/>
<limit of="identity" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="changes" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="creates" above="5000" and-percent="100" until="2999-12-31" reason="a test"/><limit of="clears" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>
<limit of="group-members" above="5000" and-percent="100" until="2999-12-31" reason="a test"/>'
begin $people --seed 33
proxy_start "$dir" "$uri" || exit 1
through() { local uri; uri=$(cat "$dir/proxy-uri"); configure; }
through
server_kill() { slapd_kill "$dir/slapd"; }
server_start() { slapd_start "$dir/slapd"; }

# no_more CALLS OBJECTS: at most 1.05 calls for an object.
no_more() { [ $(($1 * 100)) -le $(($2 * 105)) ] || fail "$1 calls for $2 objects"; }
csns() { ldapsearch -x -LLL -o ldif-wrap=no -H "$uri" -b "$suffix" dn entryCSN | sed -n 's/^entryCSN: //p' | sort; }
# How many entries were written since, and how many went.
touched() { comm -13 "$dir/csns" <(csns) | wc -l; }

# ---- undisturbed --------------------------------------------------------------------------------
csns >"$dir/csns"
expect 0 sync
truth
objects=$(touched)
echo "a load: $(proxy "$dir" ledger | tr '\n' ' ')for $objects objects"
[ "$objects" -gt 300 ] || fail "only $objects objects"
no_more "$(proxy_count "$dir" writes)" "$objects"

fresh
csns >"$dir/csns"
control bulk '{"op":"change","count":400,"property":"jobTitle","seed":1}'
expect 0 sync
truth
objects=$(touched)
echo "changes: $(proxy "$dir" ledger | tr '\n' ' ')for $objects objects"
no_more "$(proxy_count "$dir" writes)" "$objects"
no_more "$(proxy_count "$dir" all)" "$objects"
fresh
still
echo "nothing: $(proxy "$dir" ledger | tr '\n' ' ')"
same "writes where nothing has changed" 0 "$(proxy_count "$dir" writes)"

# ---- what goes wrong ------------------------------------------------------------------------------
programme <<'END'
any drop
any from=9 drop;add from=2 lost
modify from=20 count=3 lost;add cut=9
modrdn lost;modify cut=3
modify from=10 notice=52
modify from=5 count=8 code=51;add from=2 code=65;modify from=30 code=19;modrdn code=53
any from=3 count=5 code=52
search code=11
search code=4
search code=3
modify from=6 count=3 code=80
bind code=51
bind code=52
END
still
programme_killed modify add
programme_failover "$uri"
still
