/* SPDX-License-Identifier: Apache-2.0
 *
 * advice.c - from a refusal to its likely cause and the remedy.
 *
 * The code says what kind of refusal it is, the server's words often more: Active Directory
 * puts the number of a Windows error first ("0000052D: ..."), or for a login "data 52e"; the
 * others say it in English.  Rows with words stand before the one for the code alone, and the
 * first that fits is taken. */
#include "advice.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <ldap.h>

static const struct {
        int rc;
        const char *words;               /* NULL: whatever they are */
        const char *advice;
} rows[] = {
        { LDAP_INVALID_CREDENTIALS, "data 525", ": there is no such account: correct bind-dn" },
        { LDAP_INVALID_CREDENTIALS, "data 52e", ": the password is wrong: correct password" },
        { LDAP_INVALID_CREDENTIALS, "data 52f", ": the account may not log in this way: see its restrictions" },
        { LDAP_INVALID_CREDENTIALS, "data 530", ": the account may not log in at this time of day: see its logon hours" },
        { LDAP_INVALID_CREDENTIALS, "data 531", ": the account may not log in from this machine: see its logon workstations" },
        { LDAP_INVALID_CREDENTIALS, "data 532", ": the account's password has expired: give it a new one, and one that does "
                                                "not expire" },
        { LDAP_INVALID_CREDENTIALS, "data 533", ": the account is disabled: enable it" },
        { LDAP_INVALID_CREDENTIALS, "data 701", ": the account has expired: give it a later date, or none" },
        { LDAP_INVALID_CREDENTIALS, "data 773", ": the account must change its password first, which a program cannot: "
                                                "take that mark off" },
        { LDAP_INVALID_CREDENTIALS, "data 775", ": the account is locked after too many wrong passwords: unlock it, and "
                                                "correct password" },
        { LDAP_INSUFFICIENT_ACCESS, NULL, ": grant the login the right to add, change, rename and delete entries below "
                                          "user-base and group-base, with every attribute that is mapped" },
        { LDAP_UNDEFINED_TYPE, NULL, ": the server's schema has no such attribute: `muster check --online` names the map" },
        { LDAP_CONSTRAINT_VIOLATION, "000021C8", ": another account of the forest has this userPrincipalName: map one that is "
                                                 "unique" },
        { LDAP_CONSTRAINT_VIOLATION, "0000052D", ": the password does not meet the domain's policy: make password-length "
                                                 "longer" },
        { LDAP_CONSTRAINT_VIOLATION, "unique", ": another entry has this value, and no two may: correct the record or the map" },
        { LDAP_CONSTRAINT_VIOLATION, "already exist", ": another entry has this value, and no two may: correct the record or "
                                                      "the map" },
        { LDAP_CONSTRAINT_VIOLATION, "assword", ": the server's password policy refuses it: make password-length longer, or "
                                                "see the policy" },
        { LDAP_CONSTRAINT_VIOLATION, NULL, ": a value is too long, one of too many, not unique, or against another rule of the "
                                           "server: correct the record or the map" },
        { LDAP_INVALID_SYNTAX, NULL, ": a value is not of the kind that the attribute holds (a DN, a number, a date, TRUE or "
                                     "FALSE): correct the map" },
        { LDAP_INVALID_DN_SYNTAX, NULL, ": the naming attribute or @parent makes no name of an entry: put DN() around values "
                                        "in the map of @parent" },
        { LDAP_NAMING_VIOLATION, NULL, ": entries of these classes cannot be called so, or cannot be there: see user-rdn, "
                                       "group-rdn and the map of @parent" },
        { LDAP_OBJECT_CLASS_VIOLATION, NULL, ": an attribute is not allowed by the entry's classes, or one is missing that "
                                             "they demand: `muster check --online` names the map" },
        { LDAP_NOT_ALLOWED_ON_NONLEAF, NULL, ": there are entries below it: move or delete them first" },
        { LDAP_NOT_ALLOWED_ON_RDN, NULL, ": a value that is in the entry's name cannot be taken out of it: map the naming "
                                         "attribute" },
        { LDAP_NO_OBJECT_CLASS_MODS, NULL, ": an entry's structural class cannot be changed: delete it, or have it adopted "
                                           "with the classes it has" },
        { LDAP_AFFECTS_MULTIPLE_DSAS, NULL, ": an entry cannot be moved to another server's part of the directory: see the map "
                                            "of @parent" },
        { LDAP_ALREADY_EXISTS, "00000524", ": another account of the domain has this sAMAccountName: map one that is unique" },
        { LDAP_ALREADY_EXISTS, NULL, ": see `muster duplicates`; it can be taken over by on-existing=\"adopt\", or `muster "
                                     "link`" },
        { LDAP_UNWILLING_TO_PERFORM, "0000052D", ": the password does not meet the domain's policy: make password-length "
                                                 "longer, or see must-change" },
        { LDAP_UNWILLING_TO_PERFORM, "0000001F", ": a password goes over an encrypted connection only: use ldaps:// or "
                                                 "start-tls" },
        { LDAP_UNWILLING_TO_PERFORM, "assword", ": the server's password policy refuses it: make password-length longer, or "
                                                "see the policy" },
        { LDAP_UNWILLING_TO_PERFORM, "superior knowledge", ": the server has nothing there: correct user-base or group-base" },
        { LDAP_UNWILLING_TO_PERFORM, "no password", ": an account without a password cannot be enabled: see initial-password" },
        { LDAP_UNWILLING_TO_PERFORM, NULL, ": a rule of the server forbids it: its words, or its log, say which" },
        { LDAP_NO_SUCH_OBJECT, NULL, ": it is gone, or the login may not see it" },
        { LDAP_SIZELIMIT_EXCEEDED, NULL, ": raise the size limit of the login, or make page-size smaller" },
        { LDAP_TIMELIMIT_EXCEEDED, NULL, ": raise the time limit of the login, or give the attributes an index" },
        { LDAP_ADMINLIMIT_EXCEEDED, NULL, ": raise the limits of the login, or make max-request-size smaller" },
        { LDAP_AUTH_METHOD_NOT_SUPPORTED, NULL, ": the server does not take such a login: see bind" },
        { LDAP_INAPPROPRIATE_AUTH, NULL, ": the entry has no password, or may not log in with one: see bind" },
        { LDAP_CONFIDENTIALITY_REQUIRED, NULL, ": use ldaps:// or <start-tls>yes</start-tls>" },
};

const char *
ldp_advice(int rc, const char *words)
{
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                if (rows[i].rc == rc && (rows[i].words == NULL || (words != NULL && strcasestr(words, rows[i].words) != NULL)))
                        return rows[i].advice;
        return "";
}

static const struct {
        int why;
        const char *advice;
} connects[] = {
        { ECONNREFUSED, ": is the server running, and is that its port?" },
        { ENOENT, ": is the server running, and is that its socket?" },
        { EACCES, ": may we reach it?  See the rights of the socket and its folder" },
        { EPERM, ": a firewall of this machine forbids it" },
        { ETIMEDOUT, ": is it up, and does a firewall let us through?" },
        { EHOSTUNREACH, ": is it up, and does a firewall let us through?" },
        { ENETUNREACH, ": this machine has no way to that network" },
        { EADDRNOTAVAIL, ": this machine has no address for that network" },
};

const char *
ldp_advice_connect(int why)
{
        for (size_t i = 0; i < sizeof connects / sizeof *connects; i++)
                if (connects[i].why == why)
                        return connects[i].advice;
        return "";
}
