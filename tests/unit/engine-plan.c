/* engine-plan.c - plans that are only shown, chosen users, first plans, lost stores, adoptions,
 * sources that shrink, configurations that change. */
#include "world.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TARGET "<target sink='snk'><match attribute='mail'/></target>"
#define THREE "w 1 displayName=Ada;mail=ada@x;mailNickname=ada\nw 2 displayName=Bob;mail=bob@x;mailNickname=bob\n" \
              "w 3 displayName=Cy;mail=cy@x;mailNickname=cy\ncomplete c1\n"

static void
take_op(void *self, const struct mstc_planned *op)
{
        world_note(self, "plan %s %s%s%s\n", mst_verb_name(op->verb), op->id, op->hold != 0 ? " held" : "",
                   op->state == MSTC_OP_PARKED ? " parked" : "");
}

static int64_t
state_of(struct world *w)
{
        return world_sql(w, "SELECT (SELECT count(*) FROM op)*1000000 + (SELECT count(*) FROM dirty)*10000 + (SELECT count(*) FROM link)*100 "
                         "+ (SELECT count(*) FROM grp)*10 + (SELECT count(*) FROM hold)");
}

/* A plan folds what it read, and leaves all else alone: the next sync does what it showed. */
START_TEST(only_shown)
{
        struct world *w = world_new("", "<group name='all'>user.mail -ne null</group>"
                                    "<target sink='snk'><match attribute='mail'/><groups use='*'/></target>");
        struct mstc_sync_options plan = { .plan_only = true, .op = take_op, .self = w }, offline = plan;
        int64_t before;

        offline.offline = true;
        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, &plan), MSTC_END_DONE);
        world_did(w, "plan create 1\nplan create 2\nplan create 3\nplan create all\n");
        before = state_of(w);
        ck_assert_int_eq(before, 30000);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM run WHERE text LIKE 'only planned%'"), 1);
        ck_assert_int_eq(world_sync(w, &offline), MSTC_END_DONE);
        world_did(w, "plan create 1\nplan create 2\nplan create 3\nplan create all\n");
        ck_assert_int_eq(state_of(w), before);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, w->did);
        ck_assert_uint_eq(w->sinks[0].count, 4);
        ck_assert_int_eq(world_sync(w, &plan), MSTC_END_DONE);
        world_did(w, "");
        world_free(w);
}
END_TEST

/* What would be held is said, with the exit code of it. */
START_TEST(shown_as_held)
{
        struct world *w = world_new("", TARGET);
        struct mstc_sync_options plan = { .plan_only = true, .op = take_op, .self = w };

        w->quiet = true;
        world_people(w, 1, 100, "", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        w->quiet = false;
        world_page(w, "s 1\ns 2\ns 3\ns 4\ns 5\ns 6\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, &plan), MSTC_END_HELD);
        ck_assert_uint_eq(world_count(w, MSTC_N_HELD), 6);
        ck_assert_msg(strstr(w->did, "plan disable 1 held") != NULL, "%s", w->did);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold"), 0);
        ck_assert_int_ge(world_sql(w, "SELECT count(*) FROM log WHERE text LIKE '%6 removals%'"), 1);
        world_free(w);
}
END_TEST

/* Offline is for plans: nothing is sent by what nobody was asked about. */
START_TEST(offline_sends_nothing)
{
        struct world *w = world_new("", TARGET);
        struct mstc_sync_options plan = { .plan_only = true }, offline = { .offline = true };

        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, &plan), MSTC_END_DONE);
        world_sync(w, &offline);
        ck_assert_uint_eq(w->sinks[0].count, 0);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 3);
        world_free(w);
}
END_TEST

START_TEST(chosen)
{
        struct world *w = world_new("", "<group name='all'>user.mail -ne null</group>"
                                    "<target sink='snk'><match attribute='mail'/><groups use='*'/></target>");
        struct mstc_sync_options one = { .users = (const char *const[]){ "bob@x" }, .user_count = 1 };

        ck_assert_int_ne(world_sync(w, &one), MSTC_END_DONE);
        ck_assert_msg(strstr(w->summary.text, "has not read its source as a whole yet") != NULL, "%s", w->summary.text);
        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, w->did);
        world_page(w, "p 1 jobTitle=A\n!the line is dead\n");
        world_fetch(w, "w 2 displayName=Bob;mail=bob@x;mailNickname=bob;jobTitle=B\n");
        ck_assert_int_eq(world_sync(w, &one), MSTC_END_DONE);
        world_did(w, "update 2: title=B\n");
        ck_assert_str_eq(w->fetched, "2");
        ck_assert_str_eq(w->cursors, "-");
        /* a changed configuration is not settled by a run of one */
        world_configure(w, "", "<group name='all'>user.mail -ne null</group>"
                        "<target sink='snk'><match attribute='mail'/><groups use='*'/><map to='description'>[displayName]</map></target>");
        ck_assert_int_eq(world_sync(w, &one), MSTC_END_HELD);
        world_did(w, "");
        w->page_at = w->page_count;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1 AND hold IS NOT NULL"), 3);
        world_free(w);
}
END_TEST

/* The changed configuration: what it changes waits for a yes, what it adds does not. */
START_TEST(configuration)
{
        struct world *w = world_new("", TARGET);

        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, w->did);
        world_configure(w, "", "<scope>user.displayName -ne \"Cy\"</scope><target sink='snk'><match attribute='mail'/>"
                        "<map to='description'>[displayName]</map></target>");
        world_page(w, "w 4 displayName=Dan;mail=dan@x;mailNickname=dan\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        world_did(w, "create 4: description=Dan displayName=Dan mail=dan@x uid=dan\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE guard='configuration' AND state=0"), 1);
        ck_assert_uint_eq(world_approve(w, 1), 3);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: description=Ada\nupdate 2: description=Bob\ndisable 3:\n");
        world_free(w);
}
END_TEST

/* A source that knows hardly anybody is not believed; approving takes the number. */
START_TEST(shrank)
{
        const struct mstc_sync_options full = { .full = true };
        struct world *w = world_new("", TARGET);
        struct mst_error err = { 0 };
        uint64_t count;

        w->quiet = true;
        world_people(w, 1, 10, "", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_people(w, 1, 5, "", "complete c");             /* half: believed, and asked for */
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_DONE);
        world_people(w, 1, 4, "", "complete c");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_HELD);
        ck_assert_msg(strstr(w->summary.text, "the source names 4 people where 10 are known; approve with --expect 4") != NULL, "%s",
                      w->summary.text);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM entry WHERE gone=0"), 10);
        ck_assert(world_open(w));
        ck_assert_int_lt(mstc_engine_approve(w->engine, 1, &(struct mstc_choice){ .expect = -1, .who = "me" }, &count, &err), 0);
        ck_assert_msg(strstr(err.text, "say with --expect how many") != NULL, "%s", err.text);
        ck_assert_int_eq(mstc_engine_approve(w->engine, 1, &(struct mstc_choice){ .expect = 4, .who = "me" }, &count, &err), MST_OK);
        world_close(w);
        world_people(w, 1, 0, "", "complete c");             /* nobody is not four     */
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_HELD);
        world_fetch(w, "h 5\nh 6\nh 7\nh 8\nh 9\nh 10\n");
        world_people(w, 1, 4, "", "complete c");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_HELD);       /* by the guard of removals */
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM entry WHERE gone=0"), 4);
        world_free(w);
}
END_TEST

/* It was a fit: when all are there again, nothing is held, whether or not anything changed. */
START_TEST(shrank_and_well)
{
        const struct mstc_sync_options full = { .full = true };
        struct world *w = world_new("", TARGET);

        w->quiet = true;
        world_people(w, 1, 10, "", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_people(w, 1, 0, "", "complete c");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_HELD);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE state=0"), 1);
        world_people(w, 1, 10, "", "complete c");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_DONE);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM hold WHERE state=0"), 0);
        world_free(w);
}
END_TEST

/* The store is gone, the objects are found again by their stamps; what would change waits. */
START_TEST(lost_store)
{
        struct world *w = world_new("", TARGET);
        char file[160];

        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, w->did);
        ck_assert_int_eq(unlink(w->store_file), 0);
        (void)snprintf(file, sizeof file, "%s-wal", w->store_file);
        (void)unlink(file);
        world_page(w, "w 1 displayName=Ada K;mail=ada@x;mailNickname=ada\nw 2 displayName=Bob;mail=bob@x;mailNickname=bob\n"
                   "w 4 displayName=Dan;mail=dan@x;mailNickname=dan\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        world_did(w, "create 4: displayName=Dan mail=dan@x uid=dan\n");
        ck_assert_uint_eq(world_count(w, MSTC_N_LINKED), 2);
        ck_assert_uint_eq(world_approve(w, 1), 1);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: displayName=Ada K\n");
        world_free(w);
}
END_TEST

/* Objects that are there without us. */
static const struct {
        const char *match, *stamp, *object;
        const char *did;
        const char *guard;                   /* NULL: not held                         */
        uint64_t duplicates;
} matches[] = {
        { "<match attribute='mail'/>", "", "uid=x;mail=ADA@x", "", NULL, 1 },
        { "<match attribute='mail'/>", "", "uid=x;mail=other@x", "create 1: displayName=Ada mail=ada@x uid=ada\n", NULL, 0 },
        { "<match attribute='mail'/>", "src:1", "uid=ada;mail=ada@x;displayName=Ada", "", NULL, 0 },
        { "<match attribute='mail'/>", "src:9", "uid=x;mail=ada@x", "", NULL, 1 },
        { "<match attribute='mail' on-existing='adopt'/>", "", "uid=ada;mail=ada@x", "adopt 1: displayName=Ada\n", "adoptions", 0 },
        { "<match attribute='mail' on-existing='adopt'/>", "src:9", "uid=ada;mail=ada@x", "", NULL, 1 },
        { "<match attribute='mail' on-existing='adopt'/>", "", "uid=keep;mail=ada@x", "", NULL, 1 },    /* never touched */
        { "<match attribute='mail' on-existing='adopt'/>", "src:1", "uid=keep;mail=ada@x", "", NULL, 1 },
        { "", "", "uid=ada", "create 1: displayName=Ada mail=ada@x uid=ada\n", NULL, 1 },
};

START_TEST(match)
{
        struct world *w;
        char target[300];
        int outcome;

        (void)snprintf(target, sizeof target, "<target sink='snk'>%s</target>", matches[_i].match);
        w = world_new("<never-touch sink='snk'>[uid] -eq \"keep\"</never-touch>", target);
        (void)world_object(&w->sinks[0], MST_USER, matches[_i].stamp, matches[_i].object);
        world_page(w, "w 1 displayName=Ada;mail=ada@x;mailNickname=ada\ncomplete c\n");
        outcome = world_sync(w, NULL);
        if (matches[_i].guard != NULL) {
                world_did(w, "");
                ck_assert_int_eq(outcome, MSTC_END_HELD);
                ck_assert_uint_eq(world_approve(w, 1), 1);
                outcome = world_sync(w, NULL);
        }
        world_did(w, matches[_i].did);
        ck_assert_msg(world_count(w, MSTC_N_DUPLICATE) == matches[_i].duplicates, "%d: %s", _i, w->log);
        ck_assert_msg(outcome == (matches[_i].duplicates != 0 ? MSTC_END_SOME_FAILED : MSTC_END_DONE), "%d: %d %s", _i, outcome, w->log);
        world_free(w);
}
END_TEST

/* Two people, one object: the first has it. */
START_TEST(two_for_one)
{
        struct world *w = world_new("", "<target sink='snk'><match attribute='mail' on-existing='adopt'/></target>");

        (void)world_object(&w->sinks[0], MST_USER, "", "uid=both;mail=both@x");
        world_page(w, "w 1 mail=both@x;mailNickname=ada\nw 2 mail=both@x;mailNickname=bob\ncomplete c\n");
        world_sync(w, NULL);
        ck_assert_uint_eq(world_count(w, MSTC_N_DUPLICATE), 1);
        ck_assert_uint_eq(world_count(w, MSTC_N_HELD), 1);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-plan");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_test(t, only_shown);
        tcase_add_test(t, shown_as_held);
        tcase_add_test(t, offline_sends_nothing);
        tcase_add_test(t, chosen);
        tcase_add_test(t, configuration);
        tcase_add_test(t, shrank);
        tcase_add_test(t, shrank_and_well);
        tcase_add_test(t, lost_store);
        tcase_add_loop_test(t, match, 0, UNIT_COUNT(matches));
        tcase_add_test(t, two_for_one);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
