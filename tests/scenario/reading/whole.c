/* whole.c - full rounds: everybody is told as he is, once, and what cannot be read whole is never
 * complete. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

START_TEST(everybody)
{
        struct fixture fx;
        const char *ada, *bob, *eve, *staff, *board;

        fx_start(&fx, "main");
        ada = fx_person(&fx, "ada", "mail: ada@x.org\nmail: other@x.org\nou: Sales\ntelephoneNumber: +49 2\n"
                        "telephoneNumber: +49 1\n");
        bob = fx_person(&fx, "bob", "manager: uid=ada," PEOPLE "\ndisplayName: Bob the Builder\ntelephoneNumber: 7\n");
        eve = fx_person(&fx, "eve", "manager: uid=Nobody," PEOPLE "\npwdAccountLockedTime: 000001010000Z\n");
        for (int i = 0; i < 25; i++) {
                char uid[16];

                snprintf(uid, sizeof uid, "p%02d", i);
                fx_person(&fx, uid, "");
        }
        fx_ldif(&fx, "dn: cn=board," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: board\n"
                "member: uid=ada," PEOPLE "\nmember: cn=board," GROUPS "\n\n"
                "dn: cn=staff," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: staff\n"
                "member: uid=bob," PEOPLE "\nmember: UID=EVE,ou=People," SUFFIX "\nmember: cn=board," GROUPS "\n"
                "member: uid=gone," PEOPLE "\n");
        board = fx_id(&fx, "cn=board," GROUPS);
        staff = fx_id(&fx, "cn=staff," GROUPS);
        fx_round(&fx, true);

        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), 28);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_GROUP), 2);
        ck_assert_uint_gt(fx.page_count, 2);
        ck_assert_str_eq(fx_text(&fx, ada, "id"), ada);
        ck_assert_str_eq(fx_text(&fx, ada, "displayName"), "ada");
        ck_assert_str_eq(fx_text(&fx, ada, "surname"), "ada");
        ck_assert_str_eq(fx_text(&fx, ada, "mail"), "ada@x.org");
        ck_assert_str_eq(fx_text(&fx, ada, "department"), "Sales");
        ck_assert_str_eq(fx_text(&fx, ada, "dn"), "uid=ada," PEOPLE);
        ck_assert_str_eq(fx_text(&fx, ada, "parent"), "");
        ck_assert_str_eq(fx_text(&fx, bob, "displayName"), "Bob the Builder");
        ck_assert_int_eq(mst_value_type(mst_record_get(fx_record(&fx, bob), "manager")), MST_REF);
        ck_assert_str_eq(fx_text(&fx, bob, "manager"), ada);
        ck_assert_ptr_null(mst_record_get(fx_record(&fx, eve), "manager"));

        const struct mst_value *phones = mst_record_get(fx_record(&fx, ada), "businessPhones");
        ck_assert_int_eq(mst_value_type(phones), MST_LIST);
        ck_assert_uint_eq(mst_value_count(phones), 2);
        ck_assert_str_eq(mst_value_text(mst_value_at(phones, 0), NULL), "+49 1");
        ck_assert_int_eq(mst_value_type(mst_record_get(fx_record(&fx, bob), "businessPhones")), MST_LIST);
        ck_assert(mst_value_bool(mst_record_get(fx_record(&fx, ada), "accountEnabled")));
        ck_assert_int_eq(mst_value_type(mst_record_get(fx_record(&fx, eve), "accountEnabled")), MST_BOOL);
        ck_assert(!mst_value_bool(mst_record_get(fx_record(&fx, eve), "accountEnabled")));

        ck_assert_str_eq(fx_text(&fx, staff, "displayName"), "staff");
        ck_assert_uint_eq(fx_members(&fx, staff), 3);
        ck_assert(fx_member(&fx, staff, MST_USER, bob));
        ck_assert(fx_member(&fx, staff, MST_USER, eve));
        ck_assert(fx_member(&fx, staff, MST_GROUP, board));
        ck_assert_uint_eq(fx_members(&fx, board), 1);
        fx_close(&fx);
}
END_TEST

/* A server that gives 20 entries to our login and no more: what it gives is never everybody. */
START_TEST(cut_short)
{
        struct mst_error err = { 0 };
        struct fixture fx;

        fx_start(&fx, "plain");
        fx.config.page_size = _i == 0 ? 10 : 1000;
        for (int i = 0; i < 24; i++) {
                char uid[16];

                snprintf(uid, sizeof uid, "p%02d", i);
                fx_person(&fx, uid, "");
        }
        ck_assert_int_eq(fx_try(&fx, true, &err), MST_EPERM);
        ck_assert_msg(strstr(err.text, "raise the limits of our login") != NULL, "%s", err.text);
        for (size_t p = 0; p < fx.page_count; p++)
                ck_assert(!mst_test_page_is_complete(fx.pages[p]));
        ck_assert_int_eq(mst_plugin_ldap.source->probe(fx.self, mst_test_facts(fx.test), &err), MST_EPERM);
        fx_close(&fx);
}
END_TEST

/* The admin's choice is not replaced by another way. */
START_TEST(not_offered)
{
        static const enum ldp_changes ways[] = { LDP_BY_SYNC, LDP_BY_DIRSYNC, LDP_BY_USN };
        struct mst_error err = { 0 };
        struct fixture fx;

        fx_start(&fx, "plain");
        fx.config.changes = ways[_i];
        ck_assert_int_eq(fx_try(&fx, true, &err), MST_ECONFIG);
        ck_assert_msg(strstr(err.text, "set changes to auto") != NULL, "%s", err.text);
        fx_close(&fx);
}
END_TEST

/* By id: as he is, elsewhere, gone; and what is no id is not answered. */
START_TEST(by_id)
{
        static const char *const nobody = "00000000-0000-1000-8000-000000000000";
        struct mst_error err = { 0 };
        const char *ids[5], *ada;
        struct fixture fx;

        fx_start(&fx, "main");
        ada = fx_person(&fx, "ada", "");
        ids[0] = ada;
        ids[1] = fx_person(&fx, "bob", "manager: uid=ada," PEOPLE "\n");
        ids[2] = fx_id(&fx, "ou=services," SUFFIX);
        ids[3] = nobody;
        ids[4] = "*)(uid=*";
        fx.pages[0] = mst_test_page(fx.test);
        fx.page_count = 1;
        ck_assert_msg(mst_plugin_ldap.source->fetch(fx.self, mst_test_ids(fx.test, MST_USER, ids, 5), fx.pages[0],
                                                    &err) == MST_OK, "%s", err.text);
        ck_assert_uint_eq(mst_test_page_count(fx.pages[0]), 4);
        ck_assert_str_eq(fx_text(&fx, ada, "dn"), "uid=ada," PEOPLE);
        ck_assert_str_eq(fx_text(&fx, ids[1], "manager"), ada);
        ck_assert(fx_told(&fx, MST_TEST_OUTSIDE, ids[2]));
        ck_assert(fx_told(&fx, MST_TEST_GONE_HARD, nobody));
        fx_close(&fx);
}
END_TEST

TCase *
case_whole(void)
{
        TCase *tc = tcase_create("whole");

        tcase_set_timeout(tc, 120);
        tcase_add_test(tc, everybody);
        tcase_add_loop_test(tc, cut_short, 0, 2);
        tcase_add_loop_test(tc, not_offered, 0, 3);
        tcase_add_test(tc, by_id);
        return tc;
}
