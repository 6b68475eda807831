/* engine-limits.c - guards that look back, and those over single objects: what many small runs do,
 * who comes with what somebody else had, what is protected, what is not ours to delete. */
#include "world.h"

#include <stdio.h>
#include <string.h>

static struct world *
peopled(const char *top, int people, const char *inside)
{
        char target[400];
        struct world *w;

        (void)snprintf(target, sizeof target, "<target sink='snk'><match attribute='mail'/>%s</target>", inside);
        w = world_new(top, target);
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

/* 'step' people a run, each within every limit: after so many the next run is held; yesterday's
 * count in the week. */
static const struct {
        enum { LEAVE, CHANGE, CLEAR, RENAME, COME, LOSE } what;
        int step, day;                       /* people a run; runs that go in a day    */
        const char *guard, *limit;
} steps[] = {
        { LEAVE, 1, 5, "removals", "" },
        { CHANGE, 5, 9, "changes:title", "" },            /* 19 and 10 % of 100, 2.5 times that */
        { CLEAR, 2, 5, "clears:title", "" },
        { RENAME, 1, 5, "identity:uid", "" },
        { COME, 5, 5, "creates", "<limit of='creates' above='10' and-percent='25'/>" },
        { LOSE, 1, 3, "gone", "" },
};

static const char *const lines[] = {
        [LEAVE] = "s %d\n", [CHANGE] = "p %d jobTitle=Y%d\n", [CLEAR] = "p %d jobTitle=\n", [RENAME] = "p %d mailNickname=n%d\n",
        [COME] = "w x%d mailNickname=n%d\n", [LOSE] = "p %d displayName=Y\n",
};

static int
one_step(struct world *w, int what, int from, int count)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        for (int i = from; i < from + count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                fprintf(out, lines[what], what == COME ? i : (i - 1) % 100 + 1, i);
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
        return world_sync(w, NULL);
}

START_TEST(small_steps)
{
        struct world *w = peopled("", 100, steps[_i].limit);
        char sql[200];
        int at = 1, runs = 0, outcome = MSTC_END_DONE;

        while (runs < 30 && one_step(w, (int)steps[_i].what, at, steps[_i].step) != MSTC_END_HELD) {
                at += steps[_i].step;
                runs++;
        }
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM hold WHERE guard='%s' AND state=0", steps[_i].guard);
        ck_assert_msg(world_sql(w, sql) == 1, "%s: %s", steps[_i].guard, w->log);
        ck_assert_int_eq(runs, steps[_i].day);
        /* what is held is dropped; on the days after it is always less than a day's */
        world_reject(w, 1);
        at += steps[_i].step;
        for (int day = 0; day < 10 && outcome != MSTC_END_HELD; day++) {
                world_change(w, "UPDATE effect SET hour=hour-30");
                world_change(w, "UPDATE tally SET hour=hour-30");
                for (int k = 1; k < steps[_i].day && outcome != MSTC_END_HELD; k++, at += steps[_i].step)
                        outcome = one_step(w, (int)steps[_i].what, at, steps[_i].step);
        }
        ck_assert_msg(world_sql(w, sql) == 1, "%s: %s", steps[_i].guard, w->log);
        world_free(w);
}
END_TEST

/* Approved effects do not count against the next. */
START_TEST(approved_is_past)
{
        struct world *w = peopled("", 100, "");

        ck_assert_int_eq(one_step(w, RENAME, 1, 8), MSTC_END_HELD);
        ck_assert_uint_eq(world_approve(w, 1), 8);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_int_eq(one_step(w, RENAME, 11, 2), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_RENAME], 10);
        world_free(w);
}
END_TEST

/* A limit with a date counts until then, and is told before and after. */
static const struct {
        const char *limit;
        bool held;
        const char *told;
} dated[] = {
        { "<limit of='changes' above='100' and-percent='100' until='2999-01-01' reason='new titles'/>", false, NULL },
        { "<limit of='changes' above='100' and-percent='100' until='2020-01-01' reason='new titles'/>", true,
          "this limit of changes counted until 2020-01-01; the default is in force again" },
        { "<limit of='changes' above='30' and-percent='30' until='2999-01-01' reason='r'/>", false, NULL },
        { "<limit of='changes' above='30' and-percent='30' until='2020-01-01T10:00:00Z'/>", true,
          "counted until 2020-01-01T10:00:00Z" },
        { "<limit of='changes' above='30' and-percent='50'/>", false, NULL },
        { "", true, NULL },
};

START_TEST(limit_with_a_date)
{
        struct world *w = peopled("", 40, dated[_i].limit);
        struct mstc_report *report = mstc_report_new();
        struct mstc_config *config = mstc_config_read(w->config_file, report);
        struct mstc_setup *setup = mstc_setup_new(config, report);
        bool told = false;

        for (size_t i = 0; i < mstc_report_count(report); i++)
                told = told || (dated[_i].told != NULL && strstr(mstc_report_at(report, i)->text, dated[_i].told) != NULL);
        ck_assert_int_eq(told, dated[_i].told != NULL);
        ck_assert_msg(dated[_i].told != NULL || mstc_report_count(report) == 0, "%s", mstc_report_at(report, 0)->text);
        mstc_setup_free(setup);
        mstc_report_free(report);
        world_people(w, 1, 30, "jobTitle=Y", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), dated[_i].held ? MSTC_END_HELD : MSTC_END_DONE);
        world_free(w);
}
END_TEST

/* ---- the same address, a new person ---------------------------------------------------------- */

static const struct {
        const char *before, *comes;          /* what happens first; who comes then     */
        bool held;
} reuses[] = {
        { "s 1\n", "w n displayName=New;mail=p1@x;mailNickname=new;jobTitle=X\n", true },       /* his mail */
        { "s 1\n", "w n displayName=New;mail=new@x;mailNickname=P1;jobTitle=X\n", true },       /* his name */
        { "p 1 mailNickname=other\n", "w n displayName=New;mail=new@x;mailNickname=p1;jobTitle=X\n", true },
        { "p 1 mail=other@x\n", "w n displayName=New;mail=P1@X;mailNickname=new;jobTitle=X\n", true },
        { "s 1\n", "w n displayName=P 1;mail=new@x;mailNickname=new;jobTitle=X\n", false },     /* a namesake */
        { "p 1 jobTitle=Y\n", "w n displayName=New;mail=new@x;mailNickname=new;jobTitle=X\n", false },
        { "s 1\n", "w 1 displayName=P 1;mail=p1@x;mailNickname=p1;jobTitle=X\n", false },       /* he himself */
};

START_TEST(reused)
{
        struct world *w = peopled("", 10, "<on-gone do='delete'/>");
        char page[300];

        (void)snprintf(page, sizeof page, "%scomplete c\n", reuses[_i].before);
        world_page(w, page);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        (void)snprintf(page, sizeof page, "%scomplete c\n", reuses[_i].comes);
        world_page(w, page);
        ck_assert_int_eq(world_sync(w, NULL), reuses[_i].held ? MSTC_END_HELD : MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], !reuses[_i].held);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE guard='reuse' AND state=0"), reuses[_i].held);
        if (reuses[_i].held) {
                ck_assert_uint_eq(world_approve(w, 1), 1);
                ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
                ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 1);
        }
        world_free(w);
}
END_TEST

START_TEST(reused_long_after)
{
        struct world *w = peopled("", 10, "<on-gone do='delete'/>");

        world_page(w, "s 1\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_change(w, "UPDATE bygone SET at=at-91*86400000");
        world_page(w, "w n displayName=New;mail=p1@x;mailNickname=p1;jobTitle=X\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 1);
        world_free(w);
}
END_TEST

/* ---- what is protected ------------------------------------------------------------------------- */

/* The rule speaks of what the sink holds, and counts for our own objects, too. */
START_TEST(never_touched)
{
        struct world *w = peopled("<never-touch sink='snk'>[uid] -eq \"p1\"</never-touch>", 10, "");

        world_page(w, "p 1 jobTitle=Y\np 2 jobTitle=Y\ncomplete c\n");
        world_sync(w, NULL);
        ck_assert_uint_eq(all_done(w), 1);
        ck_assert(world_logged(w, "a never-touch rule protects the object"));
        world_page(w, "s 1\ns 2\ncomplete c\n");
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1"), 0);
        /* what cannot be looked up is not touched either, but later */
        w->sinks[0].find_open = 1;
        world_page(w, "p 3 jobTitle=Y\ncomplete c\n");
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 1);
        w->sinks[0].find_open = 0;
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 2);
        world_free(w);
}
END_TEST

/* A tie of which nobody knows whether we made the object, or took it over, deletes nothing. */
START_TEST(only_ours_is_deleted)
{
        struct world *w = peopled("", 10, "<on-gone do='delete'/>");

        world_change(w, "UPDATE link SET made=0 WHERE entry=(SELECT number FROM entry WHERE id='1')");
        world_page(w, "s 1\ns 2\ncomplete c\n");
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link WHERE state=1 AND made=0"), 1);
        world_free(w);
}
END_TEST

/* Whom a read lacks is disabled, and deleted when the next lacks him, too: one removal in two steps.
 * What was approved as the first is no approval of the second. */
START_TEST(two_steps)
{
        struct world *w = peopled("", 100, "<on-gone do='delete'/>");
        struct mstc_sync_options full = { .full = true };
        static const struct { int from; uint64_t disabled, deleted; bool held; } reads[] = {
                { 5, 4, 0, false }, { 5, 4, 4, false }, { 6, 5, 4, false }, { 6, 5, 5, false },
                { 8, 5, 5, true },           /* the sixth in a day                     */
        };

        world_fetch(w, "h 1\nh 2\nh 3\nh 4\nh 5\nh 6\nh 7\n");
        for (size_t i = 0; i < UNIT_COUNT(reads); i++) {
                world_people(w, reads[i].from, 100, "jobTitle=X", "complete c");
                ck_assert_msg(world_sync(w, &full) == (reads[i].held ? MSTC_END_HELD : MSTC_END_DONE), "read %zu: %s", i,
                              w->summary.text);
                ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], reads[i].disabled);
                ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], reads[i].deleted);
        }
        world_free(w);
}
END_TEST

START_TEST(two_steps_approved)
{
        struct world *w = peopled("", 40, "<on-gone do='delete'/>");
        struct mstc_sync_options full = { .full = true };

        world_fetch(w, "h 1\nh 2\nh 3\nh 4\nh 5\nh 6\nh 7\n");
        world_people(w, 8, 40, "jobTitle=X", "complete c");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_HELD);
        ck_assert_uint_eq(world_approve(w, 1), 7);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 7);
        world_people(w, 8, 40, "jobTitle=X", "complete c");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DELETE], 0);
        world_free(w);
}
END_TEST

/* A full read that names fewer than half of those who are known is not believed; half of them is. */
START_TEST(shrunk)
{
        struct world *w = peopled("", 10, "");
        struct mstc_sync_options full = { .full = true };

        world_people(w, 1, 4, "jobTitle=X", "complete c");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_HELD);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE guard='source-shrank' AND state=0"), 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM entry WHERE gone<>0"), 0);
        ck_assert_uint_eq(all_done(w), 0);
        world_people(w, 1, 5, "jobTitle=X", "complete c");
        world_sync(w, &full);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE guard='source-shrank' AND state=0"), 0);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-limits");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, small_steps, 0, UNIT_COUNT(steps));
        tcase_add_test(t, approved_is_past);
        tcase_add_loop_test(t, reused, 0, UNIT_COUNT(reuses));
        tcase_add_test(t, reused_long_after);
        tcase_add_test(t, never_touched);
        tcase_add_test(t, only_ours_is_deleted);
        tcase_add_test(t, shrunk);
        tcase_add_loop_test(t, limit_with_a_date, 0, UNIT_COUNT(dated));
        tcase_add_test(t, two_steps);
        tcase_add_test(t, two_steps_approved);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
