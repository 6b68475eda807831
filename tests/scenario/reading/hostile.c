/* hostile.c - servers and networks that go wrong while they are read: what was not read to its proven
 * end is never complete, and one round later everything is as it is. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#define CROWD 25

static void
start(struct fixture *fx, const char *server, enum ldp_changes way, size_t people)
{
        static const char *const wants[] = { "dn", "group.displayName", "group.members", "manager", "surname" };
        struct mst_error err = { 0 };
        char all[8192];
        size_t used = 0;

        fx_begin(fx, server);
        fx_empty(fx);
        fx_through(fx);
        fx->config.changes = way;
        fx_wants(fx, wants, sizeof wants / sizeof *wants);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < people; i++)
                used += (size_t)snprintf(all + used, sizeof all - used, "dn: uid=p%02zu," PEOPLE "\nchangetype: add\n"
                                         "objectClass: inetOrgPerson\nuid: p%02zu\ncn: p%02zu\nsn: p%02zu\n\n", i, i, i, i);
        ck_assert_uint_lt(used, sizeof all);
        fx_ldif(fx, "%sdn: cn=staff," GROUPS "\nchangetype: add\nobjectClass: groupOfNames\ncn: staff\n"
                "member: uid=p00," PEOPLE "\nmember: uid=p01," PEOPLE "\nmember: uid=nobody," PEOPLE "\n", all);
}

/* The round ends so, and is not complete. */
static void
fails(struct fixture *fx, bool full, int code, const char *says)
{
        struct mst_error err = { 0 };
        int rc = fx_try(fx, full, &err);

        ck_assert_msg(rc == code, "%d and not %d: %s", rc, code, err.text);
        ck_assert_msg(strstr(err.text, says) != NULL, "'%s' does not say '%s'", err.text, says);
        for (size_t p = 0; p < fx->page_count; p++)
                ck_assert(!mst_test_page_is_complete(fx->pages[p]));
}

/* ---- pages -------------------------------------------------------------------------------------- */

static const struct {
        const char *fault;
        int code;
        const char *says;
} pages[] = {
        { "search paged no-cookie", MST_EREFUSED, "without saying whether that was all" },
        { "search paged from=2 no-cookie", MST_EREFUSED, "after page 2 without saying" },
        { "search paged dn=ou=groups no-cookie", MST_EREFUSED, "without saying whether that was all" },
        { "search paged from=3 spoil=9", MST_EREFUSED, "without saying whether that was all" },
        { "search paged drop", MST_ENET, "ended the connection" },
        { "search paged from=2 drop", MST_ENET, "ended the connection" },
        { "search paged from=2 lost", MST_ENET, "ended the connection" },
        { "search paged from=2 part=5 lost", MST_ENET, "ended the connection" },
        { "search paged from=2 part=5 cut=40", MST_ENET, "ended the connection" },
        { "search paged from=3 cut=9", MST_ENET, "ended the connection" },
        { "search paged dn=ou=groups part=1 lost", MST_ENET, "ended the connection" },
        { "search paged from=2 code=3", MST_EPERM, "raise the limits of our login" },
        { "search paged from=2 code=4", MST_EPERM, "raise the limits of our login" },
        { "search paged from=2 code=11 text=no more", MST_EPERM, "no more" },
        { "search paged from=2 code=9", MST_EPERM, "nothing is concluded from a part" },
        { "search paged from=2 code=1", MST_ENET, "could not go on reading" },
        { "search paged from=2 code=51 text=busy today", MST_ENET, "busy today" },
        { "search paged from=2 code=52", MST_ENET, "could not go on reading" },
        { "search paged from=2 code=53", MST_EREFUSED, "does not answer a search" },
        { "search paged from=2 code=80", MST_ENET, "could not go on reading" },
        { "search paged from=2 code=8", MST_EPERM, "stronger login" },
        { "search paged from=2 code=10", MST_ECONFIG, "lies on another server" },
        { "search paged from=2 code=32", MST_ECONFIG, "does not exist" },
        { "search paged from=2 code=50", MST_EPERM, "may not search" },
        { "search paged dn=ou=groups code=51", MST_ENET, "could not go on reading" },
        { "search paged from=2 notice=52", MST_ENET, "takes its leave" },
        { "search paged from=2 silent", MST_ENET, "no answer within" },
        { "search dn=uid=nobody code=51", MST_ENET, "could not be looked up" },
        { "search dn=uid=nobody code=3", MST_ENET, "could not be looked up" },
        { "search dn=uid=nobody drop", MST_ENET, "ended the connection" },
        { "search dn=uid=nobody notice=51", MST_ENET, "takes its leave" },
};

START_TEST(page)
{
        struct fixture fx;

        start(&fx, "main", LDP_BY_TIME, CROWD);
        if (strstr(pages[_i].fault, "silent") != NULL)
                fx.config.access.timeout = 300;
        fx_fault(&fx, pages[_i].fault);
        fails(&fx, true, pages[_i].code, pages[_i].says);
        fx.config.access.timeout = 20000;
        fx_fault(&fx, "");
        fx_round(&fx, true);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), CROWD);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_GROUP), 1);
        ck_assert_uint_eq(fx_members(&fx, fx_id(&fx, "cn=staff," GROUPS)), 2);
        fx_close(&fx);
}
END_TEST

/* Whatever is broken in the control that says whether there is more: never the end, and never ours. */
START_TEST(broken_paging)
{
        struct mst_error err;
        struct fixture fx;
        char line[64];

        start(&fx, "main", LDP_BY_TIME, CROWD);
        for (int bytes = 1; bytes < 48; bytes++) {
                err = (struct mst_error){ 0 };
                snprintf(line, sizeof line, "search paged spoil=%d", bytes);
                fx_fault(&fx, line);
                ck_assert_msg(fx_try(&fx, true, &err) != MST_OK, "%s", line);
        }
        fx_fault(&fx, "");
        fx_round(&fx, true);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), CROWD);
        fx_close(&fx);
}
END_TEST

/* An entry whose values break off is not told with those that are left. */
START_TEST(broken_entry)
{
        struct mst_error err = { 0 };
        struct fixture fx;
        char line[64];

        start(&fx, "main", LDP_BY_TIME, 3);
        snprintf(line, sizeof line, "search paged part=2 spoil=%d", 60 + _i);
        fx_fault(&fx, line);
        if (fx_try(&fx, true, &err) == MST_OK)
                for (int i = 0; i < 3; i++) {
                        char dn[64];

                        snprintf(dn, sizeof dn, "uid=p%02d," PEOPLE, i);
                        ck_assert_str_ne(fx_text(&fx, fx_id(&fx, dn), "surname"), "");
                }
        fx_fault(&fx, "");
        fx_round(&fx, true);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), 3);
        fx_close(&fx);
}
END_TEST

/* ---- content synchronization ------------------------------------------------------------------------ */

/* The first search of the round is that of people; with a log the ids of who left come with it, and he
 * is looked for below the base (2), and anywhere (3). */
static const struct {
        const char *server, *fault;
        int code;                            /* MST_OK: it does no harm */
        const char *says;
} syncs[] = {
        { "main", "search no-cookie", MST_EREFUSED, "without saying so" },
        { "main", "search spoil=4", MST_ENET, "the end of the synchronization" },
        { "main", "search lost", MST_ENET, "ended the connection" },
        { "main", "search spoil=60", MST_EREFUSED, "without saying so" },
        { "main", "search cut=20", MST_ENET, "ended the connection" },
        { "main", "search part=1 lost", MST_ENET, "ended the connection" },
        { "main", "search part=2 cut=30", MST_ENET, "ended the connection" },
        { "main", "search notice=52", MST_ENET, "takes its leave" },
        { "main", "search code=51", MST_ENET, "could not go on" },
        { "main", "search code=4096", MST_EEXPIRED, "" },
        { "main", "search from=2 code=51", MST_ENET, "could not be looked up" },
        { "main", "search from=2 code=50", MST_EPERM, "could not be looked up" },
        { "main", "search from=2 lost", MST_ENET, "ended the connection" },
        { "main", "search from=3 code=80", MST_ENET, "could not be looked up" },
        { "main", "search from=3 code=50", MST_OK, "" },
        { "main", "search from=3 drop", MST_ENET, "ended the connection" },
        { "nolog", "search no-cookie", MST_EREFUSED, "without saying so" },
        { "nolog", "search lost", MST_ENET, "ended the connection" },
};

static void
eve_leaves(struct fixture *fx, const char *server, const char **eve)
{
        start(fx, server, LDP_BY_SYNC, 6);
        *eve = fx_person(fx, "eve", "");
        fx_round(fx, true);
        ck_assert_uint_eq(fx_count(fx, MST_TEST_WHOLE, MST_USER), 7);
        fx_ldif(fx, "dn: uid=p02," PEOPLE "\nchangetype: modify\nreplace: sn\nsn: Lovelace\n\n"
                "dn: uid=eve," PEOPLE "\nchangetype: delete\n");
}

static void
eve_is_gone(struct fixture *fx, const char *eve)
{
        const char *p02 = fx_id(fx, "uid=p02," PEOPLE);

        ck_assert_str_eq(fx_text(fx, p02, "surname"), "Lovelace");
        ck_assert(fx_told(fx, MST_TEST_GONE_HARD, eve) ||
                  (fx_all(fx, MST_USER) && !fx_told(fx, MST_TEST_PRESENT, eve) && !fx_told(fx, MST_TEST_WHOLE, eve)));
        ck_assert_uint_eq(fx_count(fx, MST_TEST_GONE_HARD, MST_USER) + fx_count(fx, MST_TEST_OUTSIDE, MST_USER),
                          fx_told(fx, MST_TEST_GONE_HARD, eve));
}

START_TEST(synchronization)
{
        struct fixture fx;
        const char *eve;

        eve_leaves(&fx, syncs[_i].server, &eve);
        fx_fault(&fx, syncs[_i].fault);
        if (syncs[_i].code == MST_OK)
                fx_round(&fx, false);
        else
                fails(&fx, false, syncs[_i].code, syncs[_i].says);
        fx_fault(&fx, "");
        if (syncs[_i].code != MST_OK)
                fx_round(&fx, false);
        eve_is_gone(&fx, eve);
        fx_close(&fx);
}
END_TEST

/* Each message of the answer, broken in different places: an error, or no harm. */
START_TEST(broken_messages)
{
        static const char *const faults[] = { "no-cookie", "spoil=1", "spoil=17", "spoil=18", "spoil=19", "spoil=24",
                                              "spoil=36", "spoil=45", "cut=12" };
        struct mst_error err;
        const char *eve;
        struct fixture fx;
        char line[96], cursor[sizeof fx.cursor];
        size_t failed = 0;

        eve_leaves(&fx, _i == 0 ? "main" : "nolog", &eve);
        memcpy(cursor, fx.cursor, sizeof cursor);
        for (size_t i = 0; i < 3 * sizeof faults / sizeof *faults; i++) {
                err = (struct mst_error){ 0 };
                snprintf(line, sizeof line, "search part=%zu %s", i / (sizeof faults / sizeof *faults) + 1,
                         faults[i % (sizeof faults / sizeof *faults)]);
                fx_fault(&fx, line);
                if (fx_try(&fx, false, &err) != MST_OK)
                        failed++;
                else if (mst_test_page_is_complete(fx.pages[fx.page_count - 1]) && fx_told(&fx, MST_TEST_WHOLE, eve))
                        ck_abort_msg("%s: eve is told", line);
                memcpy(fx.cursor, cursor, sizeof cursor);
        }
        ck_assert_uint_gt(failed, sizeof faults / sizeof *faults);
        fx_fault(&fx, "");
        fx_round(&fx, false);
        eve_is_gone(&fx, eve);
        fx_close(&fx);
}
END_TEST

/* The engine's own question is left unanswered where the server does not say. */
START_TEST(unanswered)
{
        static const char *const faults[] = { "search from=1 code=51", "search from=2 code=52",
                                              "search from=1 code=50" };
        struct mst_error err = { 0 };
        struct fixture fx;
        const char *eve;

        eve_leaves(&fx, "main", &eve);
        fx_fault(&fx, faults[_i]);
        fx.pages[0] = mst_test_page(fx.test);
        fx.page_count = 1;
        ck_assert_msg(mst_plugin_ldap.source->fetch(fx.self, mst_test_ids(fx.test, MST_USER, &eve, 1), fx.pages[0],
                                                    &err) == MST_OK, "%s", err.text);
        ck_assert_uint_eq(mst_test_page_count(fx.pages[0]), 0);
        fx_close(&fx);
}
END_TEST

TCase *
case_hostile(void)
{
        TCase *tc = tcase_create("hostile");

        tcase_set_timeout(tc, 120);
        tcase_add_loop_test(tc, page, 0, sizeof pages / sizeof *pages);
        tcase_add_test(tc, broken_paging);
        tcase_add_loop_test(tc, broken_entry, 0, 3);
        tcase_add_loop_test(tc, synchronization, 0, sizeof syncs / sizeof *syncs);
        tcase_add_loop_test(tc, broken_messages, 0, 2);
        tcase_add_loop_test(tc, unanswered, 0, 3);
        return tc;
}
