/* engine-guards.c - limits at their borders, and what an admin decides about what they hold. */
#include "world.h"

#include <stdio.h>
#include <string.h>

/* 'people' are there (after a first run); then one round.  Exactly at the limit nothing is
 * held, one over and all of it is. */
static const struct {
        int people;
        enum { LEAVE, CHANGE, CLEAR, RENAME, MAIL, COME, LOSE } what;
        int at;                              /* so many are not held; one more is      */
        const char *guard, *limit;
} borders[] = {
        { 100, LEAVE, 5, "removals", "" },                   /* more than 5 and more than 2 % */
        { 400, LEAVE, 8, "removals", "" },
        { 400, LEAVE, 20, "removals", "<limit of='removals' above='1' and-percent='5'/>" },
        { 400, LEAVE, 12, "removals", "<limit of='removals' above='10' and-percent='90' never-above='12'/>" },
        { 100, CHANGE, 19, "changes:title", "" },            /* more than 10 %, at least 20 */
        { 300, CHANGE, 30, "changes:title", "" },
        { 100, CLEAR, 4, "clears:title", "" },               /* more than 2 %, at least 5 */
        { 300, CLEAR, 6, "clears:title", "" },
        { 100, RENAME, 2, "identity:uid", "" },              /* more than 1 %, at least 3 */
        { 300, MAIL, 3, "identity:mail", "" },
        { 4, COME, 10, "creates", "<limit of='creates' above='10' and-percent='25'/>" },
        { 100, COME, 25, "creates", "<limit of='creates' above='10' and-percent='25'/>" },
        { 100, LOSE, 3, "gone", "" },                        /* more than 3 and more than 0.5 % */
};

static const char *const lines[] = {
        [LEAVE] = "s %d\n", [CHANGE] = "p %d jobTitle=Y\n", [CLEAR] = "p %d jobTitle=\n", [RENAME] = "p %d mailNickname=n%d\n",
        [MAIL] = "p %d mail=n%d@x\n", [COME] = "w x%d mailNickname=n%d\n", [LOSE] = "p %d displayName=Y\n",
};

static void
round_of(struct world *w, int what, int count)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        for (int i = 1; i <= count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                fprintf(out, lines[what], i, i);
#pragma GCC diagnostic pop
                for (size_t k = 0; what == LOSE && k < w->sinks[0].count; k++) {
                        char stamp[32];

                        (void)snprintf(stamp, sizeof stamp, "src:%d", i);
                        if (strcmp(w->sinks[0].objects[k].stamp, stamp) == 0)
                                w->sinks[0].objects[k].number = 0;
                }
        }
        fputs("complete c\n", out);
        fclose(out);
        world_page(w, text);
        free(text);
}

static struct world *
peopled(int people, const char *limit)
{
        char target[300];
        struct world *w;

        (void)snprintf(target, sizeof target, "<target sink='snk'><match attribute='mail'/>%s</target>", limit);
        w = world_new("", target);
        w->quiet = true;
        world_people(w, 1, people, "jobTitle=X", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        memset(w->sinks[0].verbs, 0, sizeof w->sinks[0].verbs);
        return w;
}

static uint64_t
all_done(const struct world *w)
{
        uint64_t all = 0;

        for (int i = 0; i < 16; i++)
                all += w->sinks[0].verbs[i];
        return all;
}

START_TEST(border)
{
        const char *guard = borders[_i].guard;
        int at = borders[_i].at, outcome;
        struct world *w = peopled(borders[_i].people, borders[_i].limit);
        char sql[200];

        round_of(w, (int)borders[_i].what, at);
        outcome = world_sync(w, NULL);
        ck_assert_msg(outcome == (borders[_i].what == LOSE ? MSTC_END_SOME_FAILED : MSTC_END_DONE), "%s at %d: %s", guard, at,
                      w->summary.text);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold"), 0);
        ck_assert_uint_eq(all_done(w), (unsigned)(borders[_i].what == LOSE ? 2 * at : at));
        world_free(w);

        w = peopled(borders[_i].people, borders[_i].limit);
        round_of(w, (int)borders[_i].what, at + 1);
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_HELD, "%s over %d: %s", guard, at, w->summary.text);
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM hold WHERE guard='%s' AND state=0", guard);
        ck_assert_msg(world_sql(w, sql) == 1, "%s over %d: %s", guard, at, w->log);
        ck_assert_uint_eq(all_done(w), (unsigned)(borders[_i].what == LOSE ? at + 1 : 0));
        ck_assert_uint_eq(world_count(w, MSTC_N_HELD), (unsigned)(at + 1));
        /* it stays held, until somebody says yes to exactly these */
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_approve(w, 1), (unsigned)(at + 1));
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s", w->summary.text);
        ck_assert_uint_eq(all_done(w), (unsigned)(borders[_i].what == LOSE ? 2 * (at + 1) : at + 1));
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE state=0"), 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1"), 0);
        world_free(w);
}
END_TEST

/* Many small rounds do not pass what one large one may not: in a day, in what is held. */
START_TEST(in_small_steps)
{
        struct world *w = peopled(100, "");

        world_page(w, "s 1\ns 2\ns 3\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "s 4\ns 5\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "s 6\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 5);
        /* yesterday's do not count any more in the day, but in the week: 12 of 100 */
        world_change(w, "UPDATE tally SET hour=hour-30");
        world_page(w, "s 7\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 6);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE hold=1 AND open=1"), 1);
        world_free(w);
}
END_TEST

START_TEST(changes_in_small_steps)
{
        struct world *w = peopled(100, "");
        char text[2000] = "";
        size_t used = 0;

        round_of(w, CHANGE, 25);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        for (int i = 31; i <= 40; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "p %d jobTitle=Y\n", i);
        (void)snprintf(text + used, sizeof text - used, "complete c\n");
        world_page(w, text);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE hold=1 AND open=1"), 35);
        /* another attribute of somebody who is held waits with it, and of others it does not */
        world_page(w, "p 50 displayName=New\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 1);
        world_free(w);
}
END_TEST

/* What a judged plan released and nobody could send yet is not held by the next. */
START_TEST(released_stays_so)
{
        struct world *w = peopled(100, "");

        w->sinks[0].apply_fails = "the line is dead";
        world_page(w, "s 1\ns 2\ns 3\ns 4\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        w->sinks[0].apply_fails = NULL;
        world_page(w, "s 5\ns 6\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 4);
        ck_assert_uint_eq(world_count(w, MSTC_N_HELD), 2);
        world_free(w);
}
END_TEST

/* No for these people and this value: not asked again, until something else is wanted. */
START_TEST(rejected)
{
        struct world *w = peopled(100, "");

        round_of(w, CHANGE, 20);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_reject(w, 1), 20);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_change(w, "INSERT INTO dirty SELECT sync, number, 1 FROM entry");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(all_done(w), 0);
        world_page(w, "p 1 jobTitle=Z\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 1);
        /* the first value again: that no has ended */
        world_page(w, "p 1 jobTitle=Y\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 2);
        world_free(w);
}
END_TEST

/* A no to a removal is one for its reason. */
START_TEST(rejected_for_a_reason)
{
        struct world *w = world_new("", "<target sink='snk'><scope>user.department -eq \"A\"</scope></target>");

        w->quiet = true;
        world_people(w, 1, 100, "department=A", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "p 1 department=B\np 2 department=B\np 3 department=B\np 4 department=B\np 5 department=B\np 6 department=B\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_reject(w, 1), 6);
        world_page(w, "p 1 jobTitle=Y\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 0);
        world_page(w, "s 1\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 1);
        world_free(w);
}
END_TEST

/* Who is held and comes back is held no more; a change that he brings is none of that guard. */
START_TEST(held_and_back)
{
        struct world *w = peopled(100, "");

        round_of(w, LEAVE, 6);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        world_page(w, "w 1 displayName=P 1;mail=p1@x;mailNickname=p1;jobTitle=X\n"
                   "w 2 displayName=New;mail=p2@x;mailNickname=p2;jobTitle=X\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 1);
        ck_assert_uint_eq(world_count(w, MSTC_N_HELD), 4);
        world_free(w);
}
END_TEST

/* Approvals last a day, and only for what they were given. */
START_TEST(approval_ends)
{
        struct world *w = peopled(100, "");

        round_of(w, LEAVE, 6);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(world_approve(w, 1), 6);
        world_change(w, "UPDATE op SET approved=approved-86400000 WHERE approved IS NOT NULL");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 0);
        world_free(w);
}
END_TEST

START_TEST(expect_is_checked)
{
        struct world *w = peopled(100, "");
        struct mst_error err = { 0 };
        uint64_t count;

        round_of(w, LEAVE, 6);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert(world_open(w));
        ck_assert_int_lt(mstc_engine_approve(w->engine, 1, &(struct mstc_choice){ .expect = 5, .who = "me" }, &count, &err), 0);
        ck_assert_msg(strstr(err.text, "keeps back 6 ops, not the 5") != NULL, "%s", err.text);
        memset(&err, 0, sizeof err);
        ck_assert_int_lt(mstc_engine_approve(w->engine, 7, &(struct mstc_choice){ .expect = -1, .who = "me" }, &count, &err), 0);
        ck_assert_msg(strstr(err.text, "there is no hold 7") != NULL, "%s", err.text);
        memset(&err, 0, sizeof err);
        ck_assert_int_eq(mstc_engine_approve(w->engine, 1, &(struct mstc_choice){ .users = (const char *const[]){ "p3@x" }, .user_count = 1, .expect = 1,
                         .who = "me" }, &count, &err), MST_OK);
        world_close(w);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 1);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-guards");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, border, 0, UNIT_COUNT(borders));
        tcase_add_test(t, in_small_steps);
        tcase_add_test(t, changes_in_small_steps);
        tcase_add_test(t, released_stays_so);
        tcase_add_test(t, rejected);
        tcase_add_test(t, rejected_for_a_reason);
        tcase_add_test(t, held_and_back);
        tcase_add_test(t, approval_ends);
        tcase_add_test(t, expect_is_checked);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
