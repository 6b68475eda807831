/* shelves.c - what the admin can say of where people and groups are and what makes a record of them:
 * scopes, names that are translated, references, members by uid; and what the probe says of it. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static const char *
unit(struct fixture *fx)
{
        fx_ldif(fx, "dn: ou=berlin," PEOPLE "\nchangetype: add\nobjectClass: organizationalUnit\nou: berlin\n\n"
                "dn: uid=dee,ou=berlin," PEOPLE "\nchangetype: add\nobjectClass: inetOrgPerson\nuid: dee\ncn: dee\nsn: dee\n\n"
                "dn: uid=ada,ou=berlin," PEOPLE "\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ada\ncn: ada\nsn: deep\n");
        return fx_id(fx, "uid=dee,ou=berlin," PEOPLE);
}

static void
open_with(struct fixture *fx, const char *const *wants, size_t count)
{
        struct mst_error err = { 0 };

        fx_wants(fx, wants, count);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

static void
open_usual(struct fixture *fx)
{
        static const char *const wants[] = { "dn", "group.displayName", "group.members", "parent", "surname" };

        open_with(fx, wants, sizeof wants / sizeof *wants);
}

/* Directly below the base, or anywhere; and who is moved out of it has left. */
START_TEST(scope)
{
        struct fixture fx;
        const char *bob, *dee;
        bool one = _i < 2;

        fx_begin(&fx, "main");
        fx_empty(&fx);
        fx.config.user_scope = fx.config.group_scope = one;
        fx.config.changes = _i == 0 || _i == 2 ? LDP_BY_SYNC : LDP_BY_TIME;
        open_usual(&fx);
        bob = fx_person(&fx, "bob", "");
        dee = unit(&fx);
        fx_ldif(&fx, "dn: ou=teams," GROUPS "\nchangetype: add\nobjectClass: organizationalUnit\nou: teams\n\n"
                "dn: cn=deep,ou=teams," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: deep\n"
                "member: uid=bob," PEOPLE "\n\n"
                "dn: cn=staff," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: staff\nmember: uid=bob," PEOPLE "\n");
        fx_round(&fx, true);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), one ? 1 : 3);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_GROUP), one ? 1 : 2);
        ck_assert(fx_told(&fx, MST_TEST_WHOLE, bob));
        if (!one)
                ck_assert_str_eq(fx_text(&fx, dee, "parent"), "ou=berlin");
        fx_ldif(&fx, "dn: uid=bob," PEOPLE "\nchangetype: modrdn\nnewrdn: uid=bob\ndeleteoldrdn: 0\n"
                "newsuperior: ou=berlin," PEOPLE "\n\n"
                "dn: uid=dee,ou=berlin," PEOPLE "\nchangetype: modrdn\nnewrdn: uid=dee\ndeleteoldrdn: 0\nnewsuperior: " PEOPLE "\n");
        fx_round(&fx, false);
        ck_assert_str_eq(fx_text(&fx, dee, "dn"), "uid=dee," PEOPLE);
        ck_assert_int_eq(fx_told(&fx, MST_TEST_WHOLE, bob), !one);
        ck_assert_int_eq(fx_told(&fx, MST_TEST_OUTSIDE, bob) && !fx_told(&fx, MST_TEST_WHOLE, bob), _i == 0);
        ck_assert(!fx_told(&fx, MST_TEST_GONE_HARD, bob));
        fx_close(&fx);
}
END_TEST

/* Members by uid: no matter the case; whom nobody or several have is nobody's. */
START_TEST(member_uid)
{
        static const char nis[] = "objectClass: posixGroup\ngidNumber: 7\n";
        struct fixture fx;
        const char *ada, *bob, *staff, *berlin;

        fx_begin(&fx, "main");
        fx_empty(&fx);
        fx.config.user_scope = _i == 0;
        open_usual(&fx);
        ada = fx_person(&fx, "ada", "");
        bob = fx_person(&fx, "bob", "uid: robert\n");
        fx_person(&fx, "a(b*c", "");
        unit(&fx);
        fx_ldif(&fx, "dn: cn=staff," GROUPS "\nchangetype: add\n%scn: staff\nmemberUid: ADA\nmemberUid: robert\n"
                "memberUid: ghost\nmemberUid: *\nmemberUid: a(b*c\nmemberUid: )(uid=*\n\n"
                "dn: cn=berlin," GROUPS "\nchangetype: add\n%scn: berlin\nmemberUid: dee\nmemberUid: bob\n", nis, nis);
        staff = fx_id(&fx, "cn=staff," GROUPS);
        berlin = fx_id(&fx, "cn=berlin," GROUPS);
        fx_round(&fx, true);
        /* with one level, the ada below berlin is nobody's double */
        ck_assert_int_eq(fx_member(&fx, staff, MST_USER, ada), _i == 0);
        ck_assert(fx_member(&fx, staff, MST_USER, bob));
        ck_assert(fx_member(&fx, staff, MST_USER, fx_id(&fx, "uid=a(b*c," PEOPLE)));
        ck_assert_uint_eq(fx_members(&fx, staff), _i == 0 ? 3 : 2);
        ck_assert(fx_member(&fx, berlin, MST_USER, bob));
        ck_assert_uint_eq(fx_members(&fx, berlin), _i == 0 ? 1 : 2);
        fx_close(&fx);
}
END_TEST

START_TEST(translated)
{
        static const char *const wants[] = { "boss", "cost", "department", "group.head", "group.kind", "phones", "seeAlso",
                                             "where", "nonsuch", "x" };
        static char *translate[] = { (char *)"DEPARTMENT=departmentNumber|ou", (char *)"cost=employeeType",
                                     (char *)"where=@dn", (char *)"boss=secretary", (char *)"phones=pager|mobile",
                                     (char *)"x=@parent", NULL };
        static char *of_groups[] = { (char *)"kind=businessCategory", (char *)"head=owner", NULL };
        struct mst_error err = { 0 };
        const struct mst_record *record;
        struct mst_facts *facts;
        struct fixture fx;
        const char *ada, *bob, *staff, *note;
        bool told = false, bad;

        fx_begin(&fx, "main");
        fx_empty(&fx);
        fx.config.translate = translate;
        fx.config.group_translate = of_groups;
        open_with(&fx, wants, sizeof wants / sizeof *wants);
        ada = fx_person(&fx, "ada", "ou: Sales\nemployeeType: 4711\nmobile: 2\nmobile: 1\nseeAlso: uid=bob," PEOPLE "\n");
        bob = fx_person(&fx, "bob", "ou: Sales\ndepartmentNumber: D7\nsecretary: uid=ada," PEOPLE "\n"
                        "secretary: uid=nobody," PEOPLE "\npager: 9\n");
        fx_ldif(&fx, "dn: cn=staff," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: staff\nmember: uid=bob," PEOPLE
                "\nbusinessCategory: team\nowner: uid=bob," PEOPLE "\n");
        staff = fx_id(&fx, "cn=staff," GROUPS);
        fx_round(&fx, true);
        ck_assert_str_eq(fx_text(&fx, ada, "department"), "Sales");
        ck_assert_str_eq(fx_text(&fx, bob, "department"), "D7");
        ck_assert_str_eq(fx_text(&fx, ada, "cost"), "4711");
        ck_assert_str_eq(fx_text(&fx, ada, "where"), "uid=ada," PEOPLE);
        record = fx_record(&fx, ada);
        ck_assert_uint_eq(mst_value_count(mst_record_get(record, "phones")), 2);
        ck_assert_str_eq(mst_value_text(mst_value_at(mst_record_get(record, "phones"), 0), NULL), "1");
        ck_assert_int_eq(mst_value_type(mst_record_get(record, "seeAlso")), MST_TEXT);   /* not among the references */
        ck_assert_str_eq(fx_text(&fx, ada, "seeAlso"), "uid=bob," PEOPLE);
        ck_assert_ptr_null(mst_record_get(record, "nonsuch"));
        ck_assert_int_eq(mst_value_type(mst_record_get(fx_record(&fx, bob), "boss")), MST_REF);
        ck_assert_str_eq(fx_text(&fx, bob, "boss"), ada);
        ck_assert_str_eq(fx_text(&fx, staff, "kind"), "team");
        ck_assert_int_eq(mst_value_type(mst_record_get(fx_record(&fx, staff), "head")), MST_REF);
        ck_assert_str_eq(fx_text(&fx, staff, "head"), bob);
        ck_assert_uint_eq(fx_members(&fx, staff), 0);    /* nobody wants them */

        /* the name that has nowhere to come from is named */
        facts = mst_test_facts(fx.test);
        ck_assert_msg(mst_plugin_ldap.source->probe(fx.self, facts, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; (note = mst_test_facts_note(facts, i, &bad)) != NULL; i++) {
                told |= bad && strstr(note, "no attribute for 'nonsuch'") != NULL;
                ck_assert_msg(strstr(note, "'cost'") == NULL, "%s", note);
        }
        ck_assert(told);
        fx_close(&fx);
}
END_TEST

static const struct {
        const char *server;
        enum ldp_changes way;
        const char *note;                    /* a part of it */
        bool bad, everybody;                 /* a warning; there are people, and full-every is set */
} notes[] = {
        { "main", LDP_BY_AUTO, "found by content synchronization", false, true },
        { "main", LDP_BY_TIME, "noticed when everybody is read, every 1440 minutes", false, true },
        { "main", LDP_BY_TIME, "never noticed who is deleted", true, false },
        { "main", LDP_BY_NONE, "everybody is read each time", false, true },
        { "main", LDP_BY_AUTO, "nothing below '" PEOPLE "' matches (objectClass=person)", true, false },
        { "main", LDP_BY_AUTO, "the connection is not encrypted", false, true },
        { "plain", LDP_BY_AUTO, "found by modifyTimestamp", false, true },
        { "ds389", LDP_BY_SYNC, "nsslapd-attribute", true, true },
        { "ds389", LDP_BY_AUTO, "found by modifyTimestamp", false, true },
};

START_TEST(noted)
{
        struct mst_error err = { 0 };
        struct mst_facts *facts;
        struct fixture fx;
        const char *note;
        bool told = false, bad;

        fx_begin(&fx, notes[_i].server);
        fx_empty(&fx);
        fx.config.changes = notes[_i].way;
        fx.config.full_every = notes[_i].everybody ? 86400000 : 0;
        open_usual(&fx);
        if (notes[_i].everybody)
                fx_person(&fx, "ada", "");
        facts = mst_test_facts(fx.test);
        ck_assert_msg(mst_plugin_ldap.source->probe(fx.self, facts, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; (note = mst_test_facts_note(facts, i, &bad)) != NULL; i++)
                told |= strstr(note, notes[_i].note) != NULL && bad == notes[_i].bad;
        ck_assert_msg(told, "%s", notes[_i].note);
        ck_assert_int_eq((mst_test_facts_can(facts) & MST_CAN_INCREMENTAL) != 0, notes[_i].way != LDP_BY_NONE);
        ck_assert_int_ne(mst_test_facts_can(facts) & MST_CAN_GROUPS, 0);
        fx_close(&fx);
}
END_TEST

TCase *
case_shelves(void)
{
        TCase *tc = tcase_create("shelves");

        tcase_set_timeout(tc, 120);
        tcase_add_loop_test(tc, scope, 0, 4);
        tcase_add_loop_test(tc, member_uid, 0, 2);
        tcase_add_test(tc, translated);
        tcase_add_loop_test(tc, noted, 0, sizeof notes / sizeof *notes);
        return tc;
}
