/* engine-trouble.c - what a sink may answer, and what it may do instead of answering. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define TARGET "<target sink='snk'><match attribute='mail'/></target>"
#define THREE "w 1 displayName=Ada;mail=ada@x;mailNickname=ada\nw 2 displayName=Bob;mail=bob@x;mailNickname=bob\n" \
              "w 3 displayName=Cy;mail=cy@x;mailNickname=cy\ncomplete c1\n"

static struct world *
three(void)
{
        struct world *w = world_new("", TARGET);

        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->did_length = 0;
        w->did[0] = '\0';
        return w;
}

/* An outcome of one op among others, its state then, and what the next run does about it.
 * 'later' puts the clock of the op back by a day before that. */
static const struct {
        const char *page;
        enum mst_verb verb;
        const char *id;
        enum mst_outcome outcome;
        bool does;
        int end;
        const char *did;                     /* by this run                            */
        int state;                           /* of the last op of that entry           */
        int64_t link;                        /* state of the entry's link, 0: none     */
        const char *next;                    /* done by the next run                   */
        bool later;
} answers[] = {
        /* update */
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_DONE, true, 0, "update 1: title=B\n", MSTC_OP_DONE, 1, "", false },
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_ALREADY, true, 0, "update 1: title=B\n", MSTC_OP_DONE, 1, "", false },
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_REFUSED, false, 1, "update 1: title=B\n", MSTC_OP_PARKED, 1, "update 1: title=B\n", false },
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_DUPLICATE, false, 1, "update 1: title=B\n", MSTC_OP_PARKED, 1, "update 1: title=B\n", false },
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_RETRY, false, 1, "update 1: title=B\n", MSTC_OP_RETRY, 1, "", false },
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_RETRY, false, 1, "update 1: title=B\n", MSTC_OP_RETRY, 1, "update 1: title=B\n", true },
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_UNKNOWN, true, 1, "update 1: title=B\n", MSTC_OP_UNKNOWN, 1, "", false },
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_UNKNOWN, false, 1, "update 1: title=B\n", MSTC_OP_UNKNOWN, 1, "update 1: title=B\n", false },
        { "p 1 jobTitle=B\n", MST_UPDATE, "1", MST_UNSENT, false, 0, "update 1: title=B\nupdate 1: title=B\n", MSTC_OP_DONE, 1, "", false },
        /* rename */
        { "p 1 mailNickname=a2\n", MST_RENAME, "1", MST_UNKNOWN, true, 1, "rename 1: uid=a2\n", MSTC_OP_UNKNOWN, 1, "", false },
        { "p 1 mailNickname=a2\n", MST_RENAME, "1", MST_UNKNOWN, false, 1, "rename 1: uid=a2\n", MSTC_OP_UNKNOWN, 1, "rename 1: uid=a2\n", false },
        /* create */
        { "w 4 mailNickname=d\n", MST_CREATE, "4", MST_REFUSED, false, 1, "create 4: uid=d\n", MSTC_OP_PARKED, 0, "create 4: uid=d\n", false },
        { "w 4 mailNickname=d\n", MST_CREATE, "4", MST_UNKNOWN, true, 1, "create 4: uid=d\n", MSTC_OP_UNKNOWN, 0, "", false },
        { "w 4 mailNickname=d\n", MST_CREATE, "4", MST_UNKNOWN, false, 1, "create 4: uid=d\n", MSTC_OP_UNKNOWN, 0, "create 4: uid=d\n", false },
        { "w 4 mailNickname=d\n", MST_CREATE, "4", MST_GONE, false, 1, "create 4: uid=d\n", MSTC_OP_PARKED, 0, "create 4: uid=d\n", false },
        { "w 4 mailNickname=d\n", MST_CREATE, "4", MST_RETRY, false, 1, "create 4: uid=d\n", MSTC_OP_RETRY, 0, "create 4: uid=d\n", true },
        { "w 4 mailNickname=bob\n", MST_DELETE, "", MST_DONE, false, 1, "create 4: uid=bob\n", MSTC_OP_PARKED, 0, "create 4: uid=bob\n", false },
        /* disable */
        { "s 1\n", MST_DISABLE, "1", MST_REFUSED, false, 1, "disable 1:\n", MSTC_OP_PARKED, 1, "disable 1:\n", false },
        { "s 1\n", MST_DISABLE, "1", MST_UNKNOWN, true, 1, "disable 1:\n", MSTC_OP_UNKNOWN, 1, "disable 1:\n", false },
        { "s 1\n", MST_DISABLE, "1", MST_UNKNOWN, false, 1, "disable 1:\n", MSTC_OP_UNKNOWN, 1, "disable 1:\n", false },
        { "s 1\n", MST_DISABLE, "1", MST_GONE, false, 1, "disable 1:\n", MSTC_OP_SUPERSEDED, 4, "", false },
};

START_TEST(answer)
{
        struct world *w = three();
        const char *id = answers[_i].id[0] != '\0' ? answers[_i].id : "4";
        char page[200], sql[200];
        int end;

        (void)snprintf(page, sizeof page, "p 2 jobTitle=also\n%scomplete c2\n", answers[_i].page);
        world_page(w, page);
        if (answers[_i].id[0] != '\0')
                world_rule(&w->sinks[0], answers[_i].verb, answers[_i].id, answers[_i].outcome, 1, answers[_i].does);
        end = world_sync(w, NULL);
        ck_assert_msg(end == answers[_i].end, "%d: %d %s", _i, end, w->summary.text);
        (void)snprintf(page, sizeof page, "update 2: title=also\n%s", answers[_i].did);
        world_did(w, page);
        (void)snprintf(sql, sizeof sql, "SELECT o.state FROM op o JOIN entry e ON e.number=o.entry AND o.kind=1 WHERE e.id='%s' "
                       "ORDER BY o.number DESC LIMIT 1", id);
        ck_assert_msg(world_sql(w, sql) == answers[_i].state, "%d: state %d", _i, (int)world_sql(w, sql));
        (void)snprintf(sql, sizeof sql, "SELECT coalesce((SELECT l.state FROM link l JOIN entry e ON e.number=l.entry WHERE "
                       "e.id='%s'), 0)", id);
        ck_assert_msg(world_sql(w, sql) == answers[_i].link, "%d: link %d", _i, (int)world_sql(w, sql));
        if (answers[_i].later)
                world_change(w, "UPDATE op SET due=due-86400000 WHERE due IS NOT NULL");
        world_change(w, "UPDATE doubt SET since=since-60000");       /* the quiet time is over         */
        world_sync(w, NULL);
        world_did(w, answers[_i].next);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state IN (1,2)"), 0);
        world_free(w);
}
END_TEST

/* Gone for somebody we hold a link to: a create under a guard of its own. */
START_TEST(gone_is_made_again)
{
        struct world *w = three();

        world_page(w, "p 1 jobTitle=B\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_UPDATE, "1", MST_GONE, 1, false);
        for (size_t i = 0; i < 3; i++)
                if (strcmp(w->sinks[0].objects[i].stamp, "src:1") == 0)
                        w->sinks[0].objects[i].number = 0;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_did_so(w, "update 1: title=B\ncreate 1: displayName=Ada mail=ada@x title=B uid=ada\n");
        ck_assert_int_eq(world_sql(w, "SELECT reason FROM op WHERE verb=1 ORDER BY number DESC LIMIT 1"), MSTC_WHY_LOST);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link WHERE state=1"), 3);
        world_free(w);
}
END_TEST

/* The sink as a whole. */
START_TEST(probe_fails)
{
        struct world *w = three();

        w->sinks[0].probe_fails = "the server is away";
        world_page(w, "p 1 jobTitle=B\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_msg(strstr(w->summary.text, "sink 'snk': the server is away") != NULL, "%s", w->summary.text);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT cursor='c2' FROM sync"), 1);
        ck_assert_int_eq(world_sql(w, "SELECT state=1 AND reason LIKE '%is away%' FROM instance WHERE name='snk'"), 1);
        w->sinks[0].probe_fails = NULL;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: title=B\n");
        ck_assert_int_eq(world_sql(w, "SELECT state FROM instance WHERE name='snk'"), 0);
        world_free(w);
}
END_TEST

/* A sink that was away while the changed configuration was planned is no hold. */
START_TEST(away_is_no_hold)
{
        struct world *w = three();

        w->sinks[0].probe_fails = "the server is away";
        world_configure(w, "", "<target sink='snk'><match attribute='mail'/><map to='description'>[displayName]</map></target>");
        world_sync(w, NULL);
        ck_assert_msg(w->summary.outcome == MSTC_END_FAILED, "%d %s: %s", (int)w->summary.outcome, w->summary.text, w->log);
        world_did(w, "");
        world_free(w);
}
END_TEST

START_TEST(other_identity)
{
        struct world *w = three();

        (void)snprintf(w->sinks[0].identity, sizeof w->sinks[0].identity, "a copy");
        world_page(w, "p 1 jobTitle=B\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_msg(strstr(w->summary.text, "is not the system its links were made with (now 'a copy', then 'sink 1')") != NULL,
                      "%s", w->summary.text);
        world_did(w, "");
        (void)snprintf(w->sinks[0].identity, sizeof w->sinks[0].identity, "sink 1");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: title=B\n");
        world_free(w);
}
END_TEST

/* Nothing was made yet: the admin had only looked, at the wrong place. */
START_TEST(identity_of_a_plan)
{
        const struct mstc_sync_options plan = { .plan_only = true };
        struct world *w = world_new("", TARGET);

        (void)snprintf(w->sinks[0].identity, sizeof w->sinks[0].identity, "the wrong one");
        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, &plan), MSTC_END_DONE);
        (void)snprintf(w->sinks[0].identity, sizeof w->sinks[0].identity, "the right one");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 3);
        world_free(w);
}
END_TEST

/* What cannot be looked up is not absent; and a sink that does not answer is asked once. */
START_TEST(find_fails)
{
        struct world *w = three();

        w->sinks[0].can &= ~(uint32_t)MST_CAN_LIST;
        w->sinks[0].find_fails = "the index is broken";
        world_people(w, 10, 700, "", "p 1 jobTitle=B\ncomplete c2");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 3);
        ck_assert_uint_eq(w->sinks[0].finds, 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 691);
        w->sinks[0].find_fails = NULL;
        w->quiet = true;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);        /* 691 creates at 3 links */
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 0);
        world_free(w);
}
END_TEST

START_TEST(find_leaves_open)
{
        struct world *w = three();

        w->sinks[0].find_open = 1;
        world_page(w, "w 4 mailNickname=dan\ncomplete c2\n");
        world_sync(w, NULL);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 1);
        w->sinks[0].find_open = 0;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 4: uid=dan\n");
        world_free(w);
}
END_TEST

START_TEST(find_in_portions)
{
        struct world *w = world_new("", TARGET);

        w->sinks[0].can &= ~(uint32_t)MST_CAN_LIST;
        w->sinks[0].find_most = 50;
        w->quiet = true;
        world_people(w, 1, 120, "", "complete c1");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 120);
        ck_assert_uint_eq(w->sinks[0].queries, 240);
        world_free(w);
}
END_TEST

START_TEST(list_cut_short)
{
        struct world *w = world_new("", TARGET);

        w->quiet = true;
        for (int i = 0; i < 4; i++)
                world_object(&w->sinks[0], MST_USER, "", "uid=other;mail=other@x");
        w->sinks[0].list_fails = "the size limit";
        world_people(w, 1, 250, "", "complete c1");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_msg(strstr(w->summary.text, "the size limit") != NULL, "%s", w->summary.text);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 0);
        w->sinks[0].list_fails = NULL;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 250);
        ck_assert_uint_eq(w->sinks[0].finds, 0);
        world_free(w);
}
END_TEST

/* apply() as a whole: what was sent is looked up in the next run, what was not is sent then. */
START_TEST(apply_fails)
{
        struct world *w = world_new("", TARGET);

        w->quiet = true;
        w->sinks[0].apply_fails = "the connection is lost";
        w->sinks[0].apply_fails_after = 40;
        world_people(w, 1, 100, "", "complete c1");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_msg(strstr(w->summary.text, "the connection is lost") != NULL, "%s", w->summary.text);
        ck_assert_uint_eq(w->sinks[0].count, 40);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state=2"), 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state=0"), 59);
        w->sinks[0].apply_fails = NULL;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 100);
        world_free(w);
}
END_TEST

/* A connector that leaves its work behind is told off, not asked eight times. */
START_TEST(apply_leaves)
{
        struct world *w = world_new("", TARGET);

        w->sinks[0].apply_leaves = true;
        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_msg(strstr(w->summary.text, "before its work was done") != NULL, "%s", w->summary.text);
        ck_assert_uint_eq(w->sinks[0].applies, 1);
        w->sinks[0].apply_leaves = false;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 3);
        world_free(w);
}
END_TEST

/* One sink is away, the other goes on. */
START_TEST(one_of_two)
{
        struct world *w = world_new("", "<target sink='snk'><match attribute='mail'/></target>"
                                    "<target sink='two'><match attribute='mail'/></target>");

        w->sinks[0].probe_fails = "away";
        world_page(w, "w 1 mailNickname=ada\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_did(w, "two create 1: uid=ada\n");
        ck_assert_str_eq(w->summary.targets[0].reason, "away");
        ck_assert_ptr_null(w->summary.targets[1].reason);
        w->sinks[0].probe_fails = NULL;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: uid=ada\n");
        world_free(w);
}
END_TEST

/* An op in doubt of a target that is not in the configuration any more. */
START_TEST(doubt_of_a_target_that_went)
{
        struct world *w = world_new("", "<target sink='snk' name='a'/><target sink='two' name='b'/>");

        world_page(w, "w 1 mailNickname=ada\ncomplete c1\n");
        world_rule(&w->sinks[0], MST_CREATE, "1", MST_UNKNOWN, -1, false);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_configure(w, "", "<target sink='snk' name='c'><scope>user.mail -eq \"nobody\"</scope></target>"
                        "<target sink='two' name='b'/>");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: uid=ada\ntwo create 1: uid=ada\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state=2"), 1);
        world_free(w);
}
END_TEST

/* A connector keeps values wherever it likes; they are durable when the call returns. */
START_TEST(values_kept)
{
        struct world *w = world_new("", TARGET);

        w->sinks[0].keeps = true;
        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_str_eq(w->sinks[0].kept, "");
        ck_assert(w->sinks[0].keeps);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM kept WHERE name IN ('opened','closed','token')"), 3);
        world_page(w, "p 1 jobTitle=B\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_str_eq(w->sinks[0].kept, "t-1");
        world_free(w);
}
END_TEST

/* The stop is pulled while pages are read: it ends at once, and goes on from there. */
START_TEST(stopped)
{
        struct world *w = world_new("", TARGET);

        world_page(w, "w 1 mailNickname=ada\nmore p2\n");
        world_page(w, "w 2 mailNickname=bob\nmore p3\n");
        world_page(w, "w 3 mailNickname=cy\ncomplete c1\n");
        w->stop_after_pages = 2;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_STOPPED);
        ck_assert_msg(strstr(w->summary.text, "stopped; the next run goes on from here") != NULL, "%s", w->summary.text);
        mstc_stop_free(w->stop);
        w->stop = mstc_stop_new();
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: uid=ada\ncreate 2: uid=bob\ncreate 3: uid=cy\n");
        world_free(w);
}
END_TEST

/* Several runs of one life, as the service has them; one breaks off in the middle of apply. */
START_TEST(one_life)
{
        struct world *w = world_new("", TARGET);

        world_page(w, THREE);
        ck_assert(world_open(w));
        world_rule(&w->sinks[0], MST_CREATE, "2", MST_UNKNOWN, 1, true);
        ck_assert_int_eq(world_run(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_int_eq(world_run(w, NULL), MSTC_END_DONE);
        world_page(w, "p 1 jobTitle=B\ncomplete c2\n");
        ck_assert_int_eq(world_run(w, NULL), MSTC_END_DONE);
        w->sinks[0].probe_fails = "away";
        world_page(w, "p 1 jobTitle=C\ncomplete c2\n");
        ck_assert_int_eq(world_run(w, NULL), MSTC_END_FAILED);
        w->sinks[0].probe_fails = NULL;
        ck_assert_int_eq(world_run(w, NULL), MSTC_END_DONE);
        world_close(w);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 3);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 2);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-trouble");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, answer, 0, UNIT_COUNT(answers));
        tcase_add_test(t, gone_is_made_again);
        tcase_add_test(t, probe_fails);
        tcase_add_test(t, away_is_no_hold);
        tcase_add_test(t, other_identity);
        tcase_add_test(t, identity_of_a_plan);
        tcase_add_test(t, find_fails);
        tcase_add_test(t, find_leaves_open);
        tcase_add_test(t, find_in_portions);
        tcase_add_test(t, list_cut_short);
        tcase_add_test(t, apply_fails);
        tcase_add_test(t, apply_leaves);
        tcase_add_test(t, one_of_two);
        tcase_add_test(t, doubt_of_a_target_that_went);
        tcase_add_test(t, values_kept);
        tcase_add_test(t, stopped);
        tcase_add_test(t, one_life);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
