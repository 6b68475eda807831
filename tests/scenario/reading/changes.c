/* changes.c - rounds of changes, in each way that a server offers: what has changed is told as it is,
 * who left is told as what became of him, and nobody else is touched. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static const struct {
        const char *server;
        enum ldp_changes way;
        bool removals;                       /* a deletion is told when it happens     */
        bool names;                          /* who is still there is named instead    */
        bool leaves;                         /* who does not match the filter any more is told */
} ways[] = {
        { "main", LDP_BY_SYNC, true, false, true },
        { "main", LDP_BY_AUTO, true, false, true },
        { "nolog", LDP_BY_SYNC, false, true, false },
        { "main", LDP_BY_TIME, false, false, true },
        { "ds389", LDP_BY_SYNC, true, false, false },    /* only full-every shows that there */
        { "ds389", LDP_BY_AUTO, false, false, true },
        { "ds389", LDP_BY_TIME, false, false, true },
};

struct people {
        const char *ada, *bob, *eve, *joe, *kim, *staff;
};

/* Five people and a group, read once. */
static void
begin(struct fixture *fx, int way, struct people *who)
{
        static const char *const wants[] = { "dn", "group.displayName", "group.members", "manager", "surname" };
        struct mst_error err = { 0 };

        fx_begin(fx, ways[way].server);
        fx_empty(fx);
        fx->config.changes = ways[way].way;
        fx->config.user_filter = (char *)"(&(objectClass=person)(!(employeeType=former)))";
        fx_wants(fx, wants, sizeof wants / sizeof *wants);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
        who->ada = fx_person(fx, "ada", "");
        who->bob = fx_person(fx, "bob", "manager: uid=ada," PEOPLE "\n");
        who->eve = fx_person(fx, "eve", "");
        who->joe = fx_person(fx, "joe", "");
        fx_ldif(fx, "dn: cn=staff," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: staff\n"
                "member: uid=ada," PEOPLE "\nmember: uid=bob," PEOPLE "\nmember: uid=eve," PEOPLE "\n");
        who->staff = fx_id(fx, "cn=staff," GROUPS);
        fx_round(fx, true);
        ck_assert(fx->has_cursor);
        ck_assert_uint_eq(fx_count(fx, MST_TEST_WHOLE, MST_USER), 4);
        ck_assert_uint_eq(fx_members(fx, who->staff), 3);
        ck_assert_str_eq(fx_text(fx, who->bob, "manager"), who->ada);
}

static void
change(struct fixture *fx, struct people *who)
{
        fx_ldif(fx, "dn: uid=ada," PEOPLE "\nchangetype: modify\nreplace: sn\nsn: Lovelace\n\n"
                "dn: uid=bob," PEOPLE "\nchangetype: modrdn\nnewrdn: uid=robert\ndeleteoldrdn: 1\n\n"
                "dn: uid=eve," PEOPLE "\nchangetype: delete\n\n"
                "dn: uid=joe," PEOPLE "\nchangetype: modify\nadd: employeeType\nemployeeType: former\n");
        who->kim = fx_person(fx, "kim", "manager: uid=robert," PEOPLE "\n");
        fx_ldif(fx, "dn: cn=staff," GROUPS "\nchangetype: modify\nadd: member\nmember: uid=kim," PEOPLE "\n-\n"
                "delete: member\nmember: uid=bob," PEOPLE "\nmember: uid=eve," PEOPLE "\n");
}

START_TEST(everything_that_happens)
{
        struct fixture fx;
        struct people who;

        begin(&fx, _i, &who);
        change(&fx, &who);
        fx_again(&fx);
        fx_round(&fx, false);
        ck_assert_str_eq(fx_text(&fx, who.ada, "surname"), "Lovelace");
        ck_assert_str_eq(fx_text(&fx, who.bob, "dn"), "uid=robert," PEOPLE);
        ck_assert_str_eq(fx_text(&fx, who.bob, "manager"), who.ada);
        ck_assert_str_eq(fx_text(&fx, who.kim, "manager"), who.bob);
        ck_assert(fx_member(&fx, who.staff, MST_USER, who.ada));
        ck_assert(fx_member(&fx, who.staff, MST_USER, who.kim));
        ck_assert(!fx_member(&fx, who.staff, MST_USER, who.bob));
        ck_assert_uint_eq(fx_members(&fx, who.staff), 2);
        ck_assert_ptr_null(fx_record(&fx, who.eve));
        ck_assert_ptr_null(fx_record(&fx, who.joe));
        ck_assert_int_eq(fx_told(&fx, MST_TEST_GONE_HARD, who.eve), ways[_i].removals);
        ck_assert_int_eq(fx_told(&fx, MST_TEST_OUTSIDE, who.joe), ways[_i].leaves);
        ck_assert_int_eq(fx_all(&fx, MST_USER), ways[_i].names);
        ck_assert(!fx_told(&fx, MST_TEST_PRESENT, who.eve));
        fx_close(&fx);
}
END_TEST

/* Nothing new: nothing is told, except that time cannot say which second is over. */
START_TEST(nothing)
{
        struct fixture fx;
        struct people who;

        begin(&fx, _i, &who);
        for (int i = 0; i < 2; i++) {
                fx_round(&fx, false);
                if (ways[_i].way != LDP_BY_TIME && (ways[_i].removals || ways[_i].names))
                        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), 0);
                ck_assert_uint_eq(fx_count(&fx, MST_TEST_GONE_HARD, MST_USER), 0);
                ck_assert_uint_eq(fx_count(&fx, MST_TEST_GONE_HARD, MST_GROUP), 0);
                ck_assert_uint_eq(fx_count(&fx, MST_TEST_OUTSIDE, MST_USER), 0);
                ck_assert(!fx_all(&fx, MST_USER) ||
                          fx_count(&fx, MST_TEST_PRESENT, MST_USER) + fx_count(&fx, MST_TEST_WHOLE, MST_USER) == 4);
        }
        fx_close(&fx);
}
END_TEST

/* Who is named is there: nobody too many, nobody missing. */
START_TEST(named)
{
        struct fixture fx;
        struct people who;

        begin(&fx, 2, &who);
        fx_ldif(&fx, "dn: uid=eve," PEOPLE "\nchangetype: delete\n");
        fx_round(&fx, false);
        ck_assert(fx_all(&fx, MST_USER));
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_PRESENT, MST_USER) + fx_count(&fx, MST_TEST_WHOLE, MST_USER), 3);
        ck_assert(fx_told(&fx, MST_TEST_PRESENT, who.ada));
        ck_assert(fx_told(&fx, MST_TEST_PRESENT, who.bob));
        ck_assert(fx_told(&fx, MST_TEST_PRESENT, who.joe));
        ck_assert(!fx_told(&fx, MST_TEST_PRESENT, who.eve));
        /* all leave at once: nobody is named, and that is not taken for a word on everybody */
        fx_ldif(&fx, "dn: uid=ada," PEOPLE "\nchangetype: delete\n\ndn: uid=bob," PEOPLE "\nchangetype: delete\n\n"
                "dn: uid=joe," PEOPLE "\nchangetype: delete\n");
        fx_round(&fx, false);
        ck_assert(fx_all(&fx, MST_USER));
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_PRESENT, MST_USER), 0);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), 0);
        fx_close(&fx);
}
END_TEST

/* Whoever is named before he is there is taken up when he comes, though nobody has touched who names
 * him; and again, when the first time was lost on its way. */
START_TEST(named_before)
{
        const char *zoe, *crew, *board;
        char before[sizeof ((struct fixture *)0)->cursor];
        struct fixture fx;
        struct people who;

        begin(&fx, _i, &who);
        fx_ldif(&fx, "dn: cn=crew," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: crew\n"
                "member: UID=Zoe,ou=People," SUFFIX "\nmember: uid=ada," PEOPLE "\n\n"
                "dn: cn=board," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: board\n"
                "member: uid=never," PEOPLE "\n\n"
                "dn: uid=joe," PEOPLE "\nchangetype: modify\nreplace: manager\nmanager: uid=zoe," PEOPLE "\n");
        crew = fx_id(&fx, "cn=crew," GROUPS);
        board = fx_id(&fx, "cn=board," GROUPS);
        fx_round(&fx, false);
        ck_assert_uint_eq(fx_members(&fx, crew), 1);
        ck_assert_uint_eq(fx_members(&fx, board), 0);
        zoe = fx_person(&fx, "zoe", "");
        memcpy(before, fx.cursor, sizeof before);
        for (int i = 0; i < 2; i++) {
                memcpy(fx.cursor, before, sizeof before);
                fx_again(&fx);
                fx_round(&fx, false);
                ck_assert(fx_told(&fx, MST_TEST_WHOLE, zoe));
                ck_assert(fx_member(&fx, crew, MST_USER, zoe));
                ck_assert(fx_member(&fx, crew, MST_USER, who.ada));
                ck_assert_uint_eq(fx_members(&fx, crew), 2);
                ck_assert_str_eq(fx_text(&fx, who.joe, "manager"), zoe);
        }
        fx_ldif(&fx, "dn: uid=zoe," PEOPLE "\nchangetype: modify\nreplace: sn\nsn: Zoe\n");
        fx_round(&fx, false);
        ck_assert(fx_told(&fx, MST_TEST_WHOLE, zoe));
        if (strncmp(fx.cursor, "sync", 4) == 0)          /* by time what is near comes twice */
                ck_assert(!fx_told(&fx, MST_TEST_WHOLE, crew) && !fx_told(&fx, MST_TEST_WHOLE, who.joe));
        fx_close(&fx);
}
END_TEST

/* By time nobody says who is deleted, by 389's synchronization not who left the filter: when it is due,
 * everybody is told, and who is not is gone. */
START_TEST(everybody_from_time_to_time)
{
        static const int unsure[] = { 3, 4, 6 };
        struct fixture fx;
        struct people who;

        begin(&fx, unsure[_i], &who);
        fx_ldif(&fx, "dn: uid=eve," PEOPLE "\nchangetype: delete\n");
        fx_round(&fx, false);
        ck_assert(!fx_all(&fx, MST_USER));
        fx.config.full_every = 1;
        fx_round(&fx, false);
        ck_assert(fx_all(&fx, MST_USER));
        ck_assert(fx_all(&fx, MST_GROUP));
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), 3);
        ck_assert_ptr_null(fx_record(&fx, who.eve));
        ck_assert_uint_eq(fx_members(&fx, who.staff), 2);
        fx_close(&fx);
}
END_TEST

static const char *const bad_cursors[] = {
        "", "time", "time 20240101000000Z", "time yesterday 5", "time 20240101000000Z -5", "sync zz - 5", "sync abc - 5",
        "sync - -", "sync - - x", "usn x", "dirsync -", "dirsync", "page", "page 1.1.1",
        "sync 7269643d3030302c63736e3d32303939303130313030303030302e3030303030305a233030303030302330303023303030303030 - 5",
        "F https://graph.microsoft.com/v1.0/users", "usn 0-0-0-0 12 12",
};

/* A place that is none of ours, or that the server does not know, is expired; it never reads a part. */
START_TEST(bad_cursor)
{
        struct mst_error err = { 0 };
        struct fixture fx;
        struct people who;

        begin(&fx, 1, &who);
        snprintf(fx.cursor, sizeof fx.cursor, "%s", bad_cursors[_i]);
        ck_assert_msg(fx_try(&fx, false, &err) != MST_OK, "'%s' was taken", bad_cursors[_i]);
        ck_assert_str_ne(err.text, "");
        if (strncmp(bad_cursors[_i], "usn 0", 5) != 0)
                ck_assert_msg(err.code == MST_EEXPIRED, "'%s': %s", bad_cursors[_i], err.text);
        fx_round(&fx, true);
        fx_close(&fx);
}
END_TEST

TCase *
case_changes(void)
{
        TCase *tc = tcase_create("changes");

        tcase_set_timeout(tc, 120);
        tcase_add_loop_test(tc, everything_that_happens, 0, sizeof ways / sizeof *ways);
        tcase_add_loop_test(tc, nothing, 0, sizeof ways / sizeof *ways);
        tcase_add_test(tc, named);
        tcase_add_loop_test(tc, named_before, 0, sizeof ways / sizeof *ways);
        tcase_add_loop_test(tc, everybody_from_time_to_time, 0, 3);
        tcase_add_loop_test(tc, bad_cursor, 0, sizeof bad_cursors / sizeof *bad_cursors);
        return tc;
}
