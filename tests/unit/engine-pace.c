/* engine-pace.c - a sink that fails again and again is left alone, tried now and then, and released;
 * nobody else is slower for it (F36, F37, F54, F58). */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define ONE "<target sink='snk'><match attribute='mail'/></target>"
#define TWO ONE "<target sink='two'><match attribute='mail'/></target>"
#define STATE "SELECT state FROM instance WHERE name='snk'"

static void
failing(struct world *w, enum mst_outcome outcome, enum mst_code code, int times)
{
        struct world_sink *s = &w->sinks[0];

        world_rule(s, MST_CREATE, "*", outcome, times, false);
        s->rules[s->rule_count - 1].code = code;
}

/* What waits in the store has waited so long. */
static void
pass_ms(struct world *w, long ms)
{
        char sql[200];

        (void)snprintf(sql, sizeof sql, "UPDATE instance SET trial=trial-%ld WHERE trial IS NOT NULL", ms);
        world_change(w, sql);
        (void)snprintf(sql, sizeof sql, "UPDATE op SET due=due-%ld WHERE due IS NOT NULL", ms);
        world_change(w, sql);
}

/* Ten in a row: no eleventh is counted, and what nobody has drawn stays planned. */
START_TEST(ten_in_a_row)
{
        struct world *w = world_new("", TWO);
        uint64_t sent;

        w->quiet = true;
        failing(w, MST_RETRY, MST_ENET, -1);
        world_people(w, 1, 400, "", "complete c1");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        sent = w->sinks[0].verbs[MST_CREATE];
        ck_assert_uint_ge(sent, 10);
        ck_assert_uint_lt(sent, 400);
        ck_assert_uint_eq(w->sinks[1].count, 400);
        ck_assert_int_eq(world_sql(w, STATE), 2);
        ck_assert(world_logged(w, "quarantined after failures in a row"));
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state=0 AND sink=(SELECT id FROM instance WHERE name='snk')"),
                         (int64_t)(400 - sent));
        /* left alone: not asked, not sent anything; the source is read and the other one served */
        w->sinks[0].probes = 0;
        world_page(w, "p 1 jobTitle=Boss\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_uint_eq(w->sinks[0].probes, 0);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], sent);
        ck_assert_uint_eq(w->sinks[1].verbs[MST_UPDATE], 1);
        ck_assert_int_eq(world_sql(w, "SELECT cursor='c2' FROM sync"), 1);
        ck_assert_msg(strstr(w->summary.targets[0].reason, "in quarantine until a trial at ") != NULL, "%s", w->summary.targets[0].reason);
        world_free(w);
}
END_TEST

/* The trial: one op, and the rest when it is done; else later and later. */
START_TEST(trial)
{
        static const long steps[] = { 60000, 300000, 900000, 3600000, 86400000, 86400000 };
        struct world *w = world_new("", ONE);
        uint64_t sent;

        w->quiet = true;
        failing(w, MST_RETRY, MST_ENET, -1);
        world_people(w, 1, 300, "", "complete c1");
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, STATE), 2);
        for (size_t i = 0; i < 6; i++) {
                pass_ms(w, steps[i] - 20000);
                sent = w->sinks[0].verbs[MST_CREATE];
                ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
                ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], sent);
                pass_ms(w, 20000);
                ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
                ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], sent + 1);
                ck_assert_int_eq(world_sql(w, STATE), 2);
        }
        world_no_rules(&w->sinks[0]);
        pass_ms(w, 86400000);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 300);
        ck_assert_int_eq(world_sql(w, STATE), 0);
        ck_assert(world_logged(w, "its quarantine is over"));
        ck_assert_int_eq(world_sql(w, "SELECT fails+tried+trials FROM instance WHERE name='snk' AND trial IS NULL") < 30, 1);
        world_free(w);
}
END_TEST

/* A trial with nothing to send: that it answers is enough. */
START_TEST(trial_of_the_probe)
{
        struct world *w = world_new("", ONE);

        world_page(w, "w 1 mailNickname=ada\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->sinks[0].probe_fails = "nobody there";
        for (int i = 0; i < 10; i++) {
                world_page(w, "p 1 jobTitle=B\ncomplete c\n");
                world_sync(w, NULL);
                ck_assert_int_eq(world_sql(w, STATE), i < 9 ? 1 : 2);
        }
        w->sinks[0].probe_fails = NULL;
        w->sinks[0].probes = 0;
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].probes, 0);
        pass_ms(w, 60000);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_UPDATE], 1);
        ck_assert_int_eq(world_sql(w, STATE), 0);
        world_free(w);
}
END_TEST

/* What keeps a sink's health, and what does not. */
static const struct {
        enum mst_outcome outcome;
        enum mst_code code;
        int times, state;
} kinds[] = {
        { MST_RETRY, MST_ENET, 9, 0 },
        { MST_RETRY, MST_ETHROTTLED, 10, 2 },
        { MST_RETRY, MST_EAUTH, 1, 2 },
        { MST_RETRY, MST_EREFUSED, 30, 0 },          /* it waits for something else            */
        { MST_REFUSED, MST_EREFUSED, 30, 0 },        /* about records                          */
        { MST_REFUSED, MST_EPERM, 30, 0 },
        { MST_DUPLICATE, MST_EREFUSED, 30, 0 },
        { MST_UNKNOWN, MST_EINTERNAL, 30, 0 },
};

START_TEST(kind)
{
        struct world *w = world_new("", ONE);

        w->quiet = true;
        failing(w, kinds[_i].outcome, kinds[_i].code, kinds[_i].times);
        world_people(w, 1, 60, "", "complete c1");
        world_sync(w, NULL);
        ck_assert_msg(world_sql(w, STATE) == kinds[_i].state, "%d: %d", _i, (int)world_sql(w, STATE));
        world_free(w);
}
END_TEST

/* More than half fail, in whatever order. */
START_TEST(half_of_twenty)
{
        struct world *w = world_new("", ONE);
        char id[16];

        w->quiet = true;
        for (int i = 1; i <= 15; i++) {
                (void)snprintf(id, sizeof id, "%d", i);
                world_rule(&w->sinks[0], MST_CREATE, id, MST_RETRY, -1, false);
                w->sinks[0].rules[i - 1].code = MST_ENET;
        }
        world_people(w, 1, 22, "", "complete c1");
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, STATE), 2);
        ck_assert(world_logged(w, "quarantined"));
        world_free(w);
}
END_TEST

/* A line that breaks with many under way is one failure. */
START_TEST(line_breaks)
{
        struct world *w = world_new("", ONE);

        w->quiet = true;
        w->sinks[0].apply_fails = "the line broke";
        w->sinks[0].apply_fails_after = 0;
        world_people(w, 1, 100, "", "complete c1");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_int_eq(world_sql(w, STATE), 1);
        w->sinks[0].apply_fails = NULL;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 100);
        world_free(w);
}
END_TEST

/* One record in a hundred is refused: the others are there in the same run, and he waits longer and
 * longer (F58). */
START_TEST(one_in_a_hundred)
{
        struct world *w = world_new("", ONE);

        w->quiet = true;
        world_rule(&w->sinks[0], MST_CREATE, "7", MST_REFUSED, -1, false);
        world_rule(&w->sinks[0], MST_CREATE, "107", MST_RETRY, -1, false);
        world_people(w, 1, 200, "", "complete c1");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_uint_eq(w->sinks[0].count, 198);
        for (int i = 0; i < 8; i++)
                world_sync(w, NULL);
        ck_assert_uint_le(w->sinks[0].verbs[MST_CREATE], 198 + 2 + 4);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state=4 AND open=1"), 1);
        world_no_rules(&w->sinks[0]);
        pass_ms(w, 86400000);
        world_change(w, "UPDATE op SET ended=ended-86400000 WHERE state=4");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 200);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-pace");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 120);
        tcase_add_test(t, ten_in_a_row);
        tcase_add_test(t, trial);
        tcase_add_test(t, trial_of_the_probe);
        tcase_add_loop_test(t, kind, 0, sizeof kinds / sizeof kinds[0]);
        tcase_add_test(t, half_of_twenty);
        tcase_add_test(t, line_breaks);
        tcase_add_test(t, one_in_a_hundred);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
