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

TCase *
case_whole(void)
{
        TCase *tc = tcase_create("whole");

        tcase_set_timeout(tc, 120);
        tcase_add_test(tc, everybody);
        return tc;
}
