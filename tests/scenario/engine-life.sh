#!/bin/bash
# engine-life.sh - people come, change, move, are blocked, leave and come back; after each
# sync the directory is what the source says, and a further sync writes nothing.
. "$srcdir/tests/scenario/engine.sh"
target_options='<limit of="removals" above="50" and-percent="50"/>'   # the guards have their own scenario
begin 200 --seed 7

after() { expect 0 sync; truth "$@"; }

# ---- the first load -------------------------------------------------------------------
expect 0 check
expect 0 plan
[ "$(entry '(musterStamp=*)' dn | grep -c ^dn)" = 0 ] || fail "a plan wrote"
after
still
# The oracle can tell: a value, a lock, a member that is wrong.
victim=$(entry '(&(mail=*)(title=*))' dn | sed -n 's/^dn: //p' | head -n 1)
as_admin <<END
dn: $victim
changetype: modify
replace: title
title: Impostor
END
differs
says "title is 'Impostor'"
# Muster does not look at what it was not told of; a change of the same value repairs it.
id=$(entry "(title=Impostor)" musterStamp | sed -n 's/^musterStamp: //p')
control change "{\"id\":\"$id\",\"set\":{\"jobTitle\":\"Head of Repairs\"}}"
after
still

# ---- changes ------------------------------------------------------------------------------
control bulk '{"op":"change","count":3,"property":"jobTitle"}'
control bulk '{"op":"move","count":2}'
control hire '{"count":4}'
after
still

# ---- a person by hand: hired, blocked, renamed, married, gone, back, gone for good ------------
control hire '{"people":[{"userPrincipalName":"ada@contoso.example","displayName":"Ada Aho","mailNickname":"Ada.Aho",
  "mail":"ada@contoso.example","surname":"Aho","country":"Germany","department":"Sales","accountEnabled":true,
  "userType":"Member","businessPhones":["+49 1","+49 2"]}]}'
ada=$(one ada@contoso.example id)
after
exists "(uid=ada.aho)" || fail "no Ada"

control disable "{\"id\":\"$ada\"}"
after
control enable "{\"id\":\"$ada\"}"
after
exists '(&(uid=ada.aho)(pwdAccountLockedTime=*))' && fail "Ada is still locked"
control change "{\"id\":\"$ada\",\"set\":{\"mailNickname\":\"ada.berg\",\"surname\":\"Berg\",\"displayName\":\"Ada Berg\",
  \"businessPhones\":[\"+49 2\",\"+49 3\"]}}"
after
exists '(uid=ada.aho)' && fail "the old name is still there"
exists '(uid=ada.berg)' || fail "no new name"
still
# out of the group and in again; out of scope and in again
control change "{\"id\":\"$ada\",\"set\":{\"department\":\"Finance\"}}"
after
control change "{\"id\":\"$ada\",\"set\":{\"department\":\"Sales\",\"country\":\"Norway\"}}"
after
control change "{\"id\":\"$ada\",\"set\":{\"userType\":\"Guest\"}}"
after
control change "{\"id\":\"$ada\",\"set\":{\"userType\":\"Member\"}}"
after
# values that go away
control change "{\"id\":\"$ada\",\"set\":{\"businessPhones\":[],\"jobTitle\":null,\"city\":null}}"
after
# gone, back with the same object, gone for good
before=$(entry '(uid=ada.berg)' entryUUID)
control remove "{\"id\":\"$ada\"}"
after
control restore "{\"id\":\"$ada\"}"
after
same "the same object is back" "$before" "$(entry '(uid=ada.berg)' entryUUID)"
control remove "{\"id\":\"$ada\"}"
control purge "{\"id\":\"$ada\"}"
after
still

# ---- all in one round: hired, changed and gone before anybody looked ----------------------------
control hire '{"people":[{"userPrincipalName":"eve@contoso.example","displayName":"Eve","mailNickname":"eve",
  "mail":"eve@contoso.example","userType":"Member","accountEnabled":true}]}'
eve=$(one eve@contoso.example id)
control change "{\"id\":\"$eve\",\"set\":{\"displayName\":\"Eva\"}}"
control remove "{\"id\":\"$eve\"}"
after
exists '(uid=eve)' && fail "somebody who was never here"
still

# ---- chosen people only -------------------------------------------------------------------------
control hire '{"people":[{"userPrincipalName":"one@contoso.example","displayName":"One","mailNickname":"one",
  "mail":"one@contoso.example","userType":"Member","accountEnabled":true},
  {"userPrincipalName":"two@contoso.example","displayName":"Two","mailNickname":"two",
  "mail":"two@contoso.example","userType":"Member","accountEnabled":true}]}'
expect 0 sync --user "$(one one@contoso.example id)"
exists '(uid=one)' || fail "the chosen one is not there"
exists '(uid=two)' && fail "somebody who was not chosen is there"
after
still

# ---- the wait ends ---------------------------------------------------------------------------------
control remove "{\"id\":\"$(one one@contoso.example id)\"}"
after
still
exists '(&(uid=one)(pwdAccountLockedTime=*))' || fail "One is not locked first"
pass_days 29
still
pass_days 2
expect 0 sync
exists '(uid=one)' && fail "One is still there after his wait"
# His name is free again.
control hire '{"people":[{"userPrincipalName":"one2@contoso.example","displayName":"One","mailNickname":"one",
  "mail":"one2@contoso.example","userType":"Member","accountEnabled":true}]}'
# A new person with a bygone name is looked at by somebody first.
expect 3 sync
exists '(uid=one)' && fail "a newcomer has a bygone name unseen"
expect 0 approve "$(hold reuse)"
after
still
exit 0
