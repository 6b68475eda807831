/* ldap-advice.c - what an admin is told to do about a refusal.  The words are those that OpenLDAP,
 * 389 Directory Server, Samba and Windows really say. */
#include <errno.h>
#include <string.h>

#include <ldap.h>

#include "../../plugins/ldap/advice.h"
#include "unit.h"

#define AD_LOGIN "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data "

static const struct {
        int rc;
        const char *words, *says;        /* says NULL: nothing is to be added */
} cases[] = {
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "525, v4563", "no such account" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "52e, v4563", "password is wrong" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "530, v4563", "time of day" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "531, v4563", "from this machine" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "532, v4563", "password has expired" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "533, v4563", "disabled: enable" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "701, v4563", "account has expired" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "773, v4563", "change its password first" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "775, v4563", "unlock it" },
        { LDAP_INVALID_CREDENTIALS, AD_LOGIN "57, v4563", NULL },
        { LDAP_INVALID_CREDENTIALS, "", NULL },
        { LDAP_INVALID_CREDENTIALS, NULL, NULL },
        { LDAP_INSUFFICIENT_ACCESS, "no write access to parent", "grant the login" },
        { LDAP_INSUFFICIENT_ACCESS, "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS)", "grant the login" },
        { LDAP_INVALID_DN_SYNTAX, "invalid DN", "DN() around values" },
        { LDAP_INVALID_SYNTAX, "manager: value #0 invalid per syntax", "correct the map" },
        { LDAP_UNWILLING_TO_PERFORM, "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0",
          "domain's policy" },
        { LDAP_UNWILLING_TO_PERFORM, "0000001F: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM)", "encrypted" },
        { LDAP_UNWILLING_TO_PERFORM, "no global superior knowledge", "correct user-base" },
        { LDAP_UNWILLING_TO_PERFORM, "0000203D: something new", "its words, or its log" },
        { LDAP_CONSTRAINT_VIOLATION, "0000052D: Constraint violation - check_password_restrictions: the password is too "
          "short. It should be equal to or longer than 7 characters!", "domain's policy" },
        { LDAP_CONSTRAINT_VIOLATION, "000021C8: AtrErr: DSID-03200BBA, #1:", "userPrincipalName" },
        { LDAP_CONSTRAINT_VIOLATION, "some attributes not unique", "no two may" },
        { LDAP_CONSTRAINT_VIOLATION, "Another entry with the same attribute value already exists (attribute: \"mail\")",
          "no two may" },
        { LDAP_CONSTRAINT_VIOLATION, "Password fails quality checking policy", "password policy" },
        { LDAP_CONSTRAINT_VIOLATION, "title: multiple values provided", "too long, one of too many" },
        { LDAP_OBJECT_CLASS_VIOLATION, "attribute 'uidNumber' not allowed", "check --online" },
        { LDAP_UNDEFINED_TYPE, "MANNER: attribute type undefined", "check --online" },
        { LDAP_NAMING_VIOLATION, "value of naming attribute 'uid' is not present in entry", "user-rdn" },
        { LDAP_ALREADY_EXISTS, "00000524: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS)", "sAMAccountName" },
        { LDAP_ALREADY_EXISTS, "", "muster duplicates" },
        { LDAP_NOT_ALLOWED_ON_NONLEAF, "subordinate objects must be deleted first", "below it" },
        { LDAP_NO_OBJECT_CLASS_MODS, "structural object class modification from 'a' to 'b' not allowed", "adopted" },
        { LDAP_SUCCESS, "", NULL },
        { LDAP_BUSY, "", NULL },
        { 9999, "data 52e", NULL },
        { -1, "", NULL },
};

START_TEST(advice)
{
        const char *said = ldp_advice(cases[_i].rc, cases[_i].words);

        if (cases[_i].says == NULL) {
                ck_assert_str_eq(said, "");
                return;
        }
        ck_assert_msg(strncmp(said, ": ", 2) == 0 && strstr(said, cases[_i].says) != NULL, "%s", said);
        /* with ours and the server's words before it, it must fit into an error */
        ck_assert_uint_lt(strlen(said), 160);
}
END_TEST

START_TEST(connect)
{
        ck_assert_ptr_nonnull(strstr(ldp_advice_connect(ECONNREFUSED), "is the server running"));
        ck_assert_ptr_nonnull(strstr(ldp_advice_connect(ENOENT), "socket"));
        ck_assert_str_eq(ldp_advice_connect(EINVAL), "");
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("ldap-advice");
        TCase *tests = tcase_create("advice");

        tcase_add_loop_test(tests, advice, 0, UNIT_COUNT(cases));
        tcase_add_test(tests, connect);
        suite_add_tcase(s, tests);
        return s;
}

UNIT_MAIN(suite)
