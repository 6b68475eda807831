/* engine-retry.c - what was declined stays so while exactly that is wanted, and what waits or is
 * parked comes again at an admin's word. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define HELD_CREATES "<target sink='snk'><match attribute='mail'/><limit of='creates' above='0' and-percent='0'/></target>"

static struct mstc_retried
retry(struct world *w, const char *user, const char *sink, bool parked)
{
        struct mst_error err = { 0 };
        struct mstc_retried retried;

        ck_assert(world_open(w));
        ck_assert_msg(mstc_engine_retry(w->engine, &user, user != NULL, sink, parked, "admin", &retried, &err) == MST_OK, "%s",
                      err.text);
        world_close(w);
        return retried;
}

static int64_t
open_ops(struct world *w)
{
        return world_sql(w, "SELECT count(*) FROM op WHERE open=1");
}

/* A create has no link that could remember. */
START_TEST(declined_create)
{
        struct world *w = world_new("", HELD_CREATES);
        struct mstc_retried r;

        world_page(w, "w 1 mail=a@x;mailNickname=ada\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "w 2 mail=b@x;mailNickname=bob\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_reject(w, 1), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "p 2 department=Sales\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);    /* the same is wanted         */
        ck_assert_int_eq(open_ops(w), 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM declined d JOIN decision c ON c.id=d.decision WHERE c.who='admin' AND "
                                   "c.note='test' AND c.what=2"), 1);
        world_page(w, "p 2 mailNickname=rob\ncomplete c4\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);    /* something else             */
        world_page(w, "p 2 mailNickname=bob\ncomplete c5\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);    /* which has ended it         */
        ck_assert_uint_eq(world_reject(w, world_sql(w, "SELECT max(number) FROM hold")), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        r = retry(w, "2", NULL, false);
        ck_assert_int_eq(r.declined, 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM declined"), 0);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);    /* and judged as ever         */
        world_approve(w, world_sql(w, "SELECT max(number) FROM hold"));
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: mail=a@x uid=ada\ncreate 2: mail=b@x uid=bob\n");
        world_free(w);
}
END_TEST

/* A leaver who was to stay leaves when there is another reason. */
START_TEST(declined_leaver)
{
        struct world *w = world_new("", "<scope>user.department -eq \"Sales\"</scope><target sink='snk'><match attribute='mail'/>"
                                    "<on-out-of-scope do='disable'/><on-gone do='disable'/>"
                                    "<limit of='removals' above='0' and-percent='0'/></target>");

        world_page(w, "w 1 mail=a@x;mailNickname=ada;department=Sales\nw 2 mail=b@x;mailNickname=bob;department=Sales\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "p 1 department=Legal\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_reject(w, 1), 1);
        world_page(w, "p 1 department=IT\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "s 1\ncomplete c4\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);    /* deleted is another reason  */
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM declined"), 0);
        world_free(w);
}
END_TEST

/* Parked: for a person, for a sink, for all; never for somebody else, and not what no sync could send. */
START_TEST(parked)
{
        struct world *w = world_new("", "<target sink='snk'><match attribute='mail'/></target>");
        struct mstc_retried r;

        world_rule(&w->sinks[0], MST_CREATE, "*", MST_REFUSED, -1, false);
        world_page(w, "w 1 mail=a@x;mailNickname=ada\nw 2 mail=b@x;mailNickname=bob\ncomplete c1\n");
        for (int i = 0; i < 6; i++)
                world_sync(w, NULL);
        world_change(w, "UPDATE op SET tries=9");
        w->sinks[0].verbs[MST_CREATE] = 0;
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 0);
        r = retry(w, "2", NULL, false);
        ck_assert_int_eq(r.parked, 1);
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 1);
        world_change(w, "UPDATE op SET tries=9");
        w->sinks[0].verbs[MST_CREATE] = 0;
        world_no_rules(&w->sinks[0]);
        r = retry(w, NULL, "snk", true);
        ck_assert_int_eq(r.parked, 2);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_holds(w, 0, "mail=a@x uid=ada\nmail=b@x uid=bob\n");
        world_free(w);
}
END_TEST

/* What comes back later comes at once; an approval that is older than a day is none. */
START_TEST(waiting_and_old)
{
        struct world *w = world_new("", HELD_CREATES);
        struct mstc_retried r;

        world_rule(&w->sinks[0], MST_CREATE, "1", MST_RETRY, 1, false);
        world_page(w, "w 1 mail=a@x;mailNickname=ada\ncomplete c1\n");
        world_sync(w, NULL);
        world_change(w, "UPDATE op SET due=due+864000000 WHERE state=3");
        r = retry(w, NULL, "snk", false);
        ck_assert_int_eq(r.waiting, 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "w 2 mail=b@x;mailNickname=bob\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_approve(w, 1), 1);
        world_change(w, "UPDATE op SET approved=approved-86400001 WHERE approved IS NOT NULL");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 2);     /* those of 1                 */
        ck_assert_uint_eq(world_approve(w, 1), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-retry");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 60);
        tcase_add_test(t, declined_create);
        tcase_add_test(t, declined_leaver);
        tcase_add_test(t, parked);
        tcase_add_test(t, waiting_and_old);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
