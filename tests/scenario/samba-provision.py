"""samba-provision.py FOLDER: a domain below FOLDER for samba.sh, which has written etc/smb.conf there.

samba-tool does the same with a process for each step, and gives the shares that no test uses the
rights that only root can give.  The accounts' passwords are in FOLDER/muster.secret and reader.secret;
muster's key goes into FOLDER/muster.keytab.
"""
import logging
import sys

import ldb
import samba.dckeytab  # noqa: F401  (gives Net its export_keytab)
from samba import param
from samba.auth import system_session
from samba.dcerpc import security
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
from samba.net import Net
from samba.ndr import ndr_pack, ndr_unpack
from samba.provision import provision

USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
GROUP = "bf967a9c-0de6-11d0-a285-00aa003049e2"
UNIT = "bf967aa5-0de6-11d0-a285-00aa003049e2"
RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
GET_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
NO_LIMIT = "-9223372036854775808"               # a domain that was kept has passwords that still hold


def rights(sid, kinds):
    """What is delegated below one unit: create and delete, every attribute, a new password."""
    aces = ["(A;CI;LCRPRC;;;%s)" % sid]
    for kind in kinds:
        aces.append("(OA;CI;CCDC;%s;;%s)" % (kind, sid))
        aces.append("(OA;CIIO;RPWPSD;;%s;%s)" % (kind, sid))
    if USER in kinds:
        aces.append("(OA;CIIO;CR;%s;%s;%s)" % (RESET_PASSWORD, USER, sid))
    return aces


def grant(samdb, dn, aces):
    domain_sid = security.dom_sid(samdb.get_domain_sid())
    found = samdb.search(dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"])
    old = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0]).as_sddl(domain_sid)
    at = old.index("(", old.index("D:"))
    new = security.descriptor.from_sddl(old[:at] + "".join(aces) + old[at:], domain_sid)
    message = ldb.Message(ldb.Dn(samdb, dn))
    message["nTSecurityDescriptor"] = ldb.MessageElement(
        ndr_pack(new), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
    samdb.modify(message)


def account(samdb, domain, name, folder):
    with open("%s/%s.secret" % (folder, name)) as file:
        samdb.newuser(name, file.read(), userou="OU=services")
    found = samdb.search(domain, expression="(sAMAccountName=%s)" % name, attrs=["objectSid"])
    return str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))


def fill(samdb, domain, folder):
    samdb.modify_ldif("dn: %s\nchangetype: modify\nreplace: maxPwdAge\nmaxPwdAge: %s\n" % (domain, NO_LIMIT))
    for unit in ("people", "groups", "services"):
        samdb.add({"dn": "OU=%s,%s" % (unit, domain), "objectClass": "organizationalUnit"})
    sid = account(samdb, domain, "muster", folder)
    grant(samdb, "OU=people," + domain, rights(sid, [USER, UNIT]))
    grant(samdb, "OU=groups," + domain, rights(sid, [GROUP]))
    sid = account(samdb, domain, "reader", folder)
    grant(samdb, domain, ["(OA;;CR;%s;;%s)" % (GET_CHANGES, sid)])


def main(folder):
    lp = param.LoadParm()
    lp.load(folder + "/etc/smb.conf")
    log = logging.getLogger("provision")
    log.setLevel(logging.ERROR)
    result = provision(
        log, system_session(), targetdir=folder, realm=lp.get("realm"), domain=lp.get("workgroup"),
        hostname=lp.get("netbios name").lower(), hostip="127.0.0.1", dns_backend="NONE",
        serverrole="active directory domain controller", dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2,
        lp=lp, use_rfc2307=True, plaintext_secrets=True)
    samdb = result.samdb
    samdb.transaction_start()
    fill(samdb, result.names.domaindn, folder)
    samdb.transaction_commit()
    Net(None, lp).export_keytab(keytab=folder + "/muster.keytab", principal="muster@" + lp.get("realm"))


main(sys.argv[1])
