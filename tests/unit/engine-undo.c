/* engine-undo.c - what a run did is taken back, where the sink still holds it, and is not done
 * again by the next sync. */
#include "world.h"

#include <stdio.h>
#include <string.h>

struct told {
        char left[4000];                     /* "title attribute: why\n"                */
        unsigned ops, left_count;
        bool refuses;
};

static void
take_op(void *self, const struct mstc_planned *op)
{
        struct told *told = self;

        (void)op;
        told->ops++;
}

static void
take_left(void *self, const struct mstc_undo_skip *skip)
{
        struct told *told = self;
        size_t used = strlen(told->left);

        told->left_count++;
        (void)snprintf(told->left + used, sizeof told->left - used, "%s%s%s: %s\n", skip->title, skip->attribute != NULL ? " " : "",
                       skip->attribute != NULL ? skip->attribute : "", skip->why);
}

static bool
ready(void *self)
{
        return !((struct told *)self)->refuses;
}

static struct told told;

/* Undoes a run in a life of its own; the outcome. */
static int
undo_of(struct world *w, int64_t run, struct mstc_undo_options options)
{
        uint64_t left;

        told.ops = told.left_count = 0;
        told.left[0] = '\0';
        options.run = run;
        options.who = "me";
        options.op = take_op;
        options.skipped = take_left;
        options.ready = ready;
        options.self = &told;
        ck_assert_msg(world_open(w), "%s", w->err.text);
        mstc_summary_done(&w->summary);
        memset(&w->err, 0, sizeof w->err);
        mstc_engine_undo(w->engine, mstc_setup_sync(w->setup, "s"), &options, &w->summary, &left, &w->err);
        ck_assert_uint_eq(left, told.left_count);
        world_close(w);
        return (int)w->summary.outcome;
}

static int
undo(struct world *w, int64_t run)
{
        return undo_of(w, run, (struct mstc_undo_options){ 0 });
}

static int64_t
last_run(struct world *w)
{
        return world_sql(w, "SELECT max(id) FROM run");
}

/* Everybody is looked at again, and nothing is done. */
static void
still(struct world *w)
{
        world_change(w, "INSERT OR REPLACE INTO dirty SELECT sync, number, -1 FROM entry");
        world_change(w, "INSERT OR IGNORE INTO gdirty SELECT sync, id FROM grp");
        world_sync(w, NULL);
        world_did(w, "");
}

static void
forget(struct world *w)
{
        w->did_length = 0;
        if (w->did != NULL)
                w->did[0] = '\0';
}

#define TARGET "<target sink='snk'><match attribute='mail'/>%s</target>"

static struct world *
peopled(int people, const char *inside)
{
        char target[500];
        struct world *w;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(target, sizeof target, TARGET, inside);
#pragma GCC diagnostic pop
        w = world_new("", target);
        world_people(w, 1, people, "jobTitle=X", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        return w;
}

static struct world_object *
person(struct world *w, int n)
{
        char stamp[32];

        (void)snprintf(stamp, sizeof stamp, "src:%d", n);
        for (size_t i = 0; i < w->sinks[0].count; i++)
                if (strcmp(w->sinks[0].objects[i].stamp, stamp) == 0 && w->sinks[0].objects[i].number != 0)
                        return &w->sinks[0].objects[i];
        return NULL;
}

static const char *
value(struct world *w, int n, const char *name)
{
        const struct world_object *o = person(w, n);

        for (size_t i = 0; o != NULL && i < o->pair_count; i++)
                if (strcmp(o->pairs[i].name, name) == 0)
                        return o->pairs[i].value;
        return o != NULL ? "" : "?";
}

static void
set_value(struct world *w, int n, const char *name, const char *to)
{
        struct world_object *o = person(w, n);

        for (size_t i = 0; i < o->pair_count; i++)
                if (strcmp(o->pairs[i].name, name) == 0)
                        (void)snprintf(o->pairs[i].value, sizeof o->pairs[i].value, "%s", to);
}

START_TEST(values)
{
        struct world *w = peopled(5, "");

        world_page(w, "p 1 jobTitle=Y\np 2 jobTitle=Y\np 3 jobTitle=;displayName=New\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        set_value(w, 2, "title", "Of the helpdesk");
        ck_assert_int_eq(undo(w, last_run(w)), MSTC_END_DONE);
        world_did(w, "update 1: title=X\nupdate 3: displayName=P 3 title=X\n");
        ck_assert_str_eq(told.left, "P 2 title: somebody has changed it since\n");
        ck_assert_uint_eq(told.ops, 2);
        ck_assert_str_eq(value(w, 2, "title"), "Of the helpdesk");
        still(w);
        /* something else is wanted: that is done, with what was declined */
        world_page(w, "p 1 jobTitle=Z\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: title=Z\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1"), 0);
        world_free(w);
}
END_TEST

START_TEST(changed_by_a_later_run)
{
        struct world *w = peopled(3, "");
        int64_t run;

        world_page(w, "p 1 jobTitle=Y\np 2 jobTitle=Y\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        run = last_run(w);
        world_page(w, "p 1 jobTitle=Z\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        ck_assert_int_eq(undo(w, run), MSTC_END_DONE);
        world_did(w, "update 2: title=X\n");
        ck_assert_msg(strstr(told.left, "P 1 title: run 3 has changed it since") != NULL, "%s", told.left);
        world_free(w);
}
END_TEST

START_TEST(rename_back)
{
        struct world *w = peopled(2, "");

        world_page(w, "p 1 mailNickname=other\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        ck_assert_int_eq(undo(w, last_run(w)), MSTC_END_DONE);
        world_did(w, "rename 1: uid=p1\n");
        ck_assert_str_eq(told.left, "");
        still(w);
        ck_assert_str_eq(value(w, 1, "uid"), "p1");
        world_free(w);
}
END_TEST

/* Who was created is treated as the target treats leavers. */
static const struct {
        const char *policy, *did;
        bool touched;
        const char *left;
} removals[] = {
        { "", "disable 9:\n", false, "" },
        { "<on-gone do='keep'/>", "", false, "keeps who leaves" },
        { "<on-gone do='delete'/>", "delete 9:\n", false, "" },
        { "<on-gone do='delete'/>", "disable 9:\n", true, "not deleted, as somebody has changed it since" },
        { "<on-gone do='disable' delete-after='1d'/>", "disable 9:\n", false, "" },
};

START_TEST(created)
{
        struct world *w = peopled(5, removals[_i].policy);

        world_page(w, "w 9 displayName=P 9;mail=p9@x;mailNickname=p9;jobTitle=X\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        if (removals[_i].touched)
                set_value(w, 9, "title", "Hers");
        ck_assert_int_eq(undo(w, last_run(w)), MSTC_END_DONE);
        world_did(w, removals[_i].did);
        ck_assert_msg(*removals[_i].left == '\0' ? told.left_count == 0 : strstr(told.left, removals[_i].left) != NULL, "%s", told.left);
        if (*removals[_i].did != '\0')
                still(w);
        if (strcmp(removals[_i].did, "disable 9:\n") == 0)
                ck_assert(!person(w, 9)->enabled);
        world_free(w);
}
END_TEST

START_TEST(disabled)
{
        struct world *w = peopled(5, "");

        world_page(w, "s 1\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        ck_assert_int_eq(undo(w, last_run(w)), MSTC_END_DONE);
        world_did(w, "enable 1:\n");
        ck_assert(person(w, 1)->enabled);
        still(w);
        /* back, and gone anew: another leaving */
        world_page(w, "w 1 displayName=P 1;mail=p1@x;mailNickname=p1;jobTitle=X\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "s 1\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "disable 1:\n");
        world_free(w);
}
END_TEST

START_TEST(deleted)
{
        struct world *w = peopled(5, "<on-gone do='delete'/>");

        world_page(w, "s 1\ns 2\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        world_object(&w->sinks[0], MST_USER, "", "uid=p2;mail=p2@x");        /* somebody else has come */
        ck_assert_int_eq(undo(w, last_run(w)), MSTC_END_DONE);
        world_did(w, "create 1: displayName=P 1 mail=p1@x title=X uid=p1\n");
        ck_assert_msg(strstr(told.left, "P 1: it is made again; its password, its id") != NULL, "%s", told.left);
        ck_assert_msg(strstr(told.left, "P 2: something is there already: p2") != NULL, "%s", told.left);
        ck_assert(person(w, 1)->enabled);
        still(w);
        /* and that undone: deleted again, as nobody has touched it */
        ck_assert_int_eq(undo(w, world_sql(w, "SELECT max(id) FROM run WHERE mode=5")), MSTC_END_DONE);
        world_did(w, "delete 1:\n");
        world_free(w);
}
END_TEST

/* Disabled for long when it was deleted: made again so. */
START_TEST(deleted_off)
{
        struct world *w = peopled(5, "<on-gone do='disable' delete-after='1d'/>");

        world_page(w, "s 1\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_change(w, "UPDATE link SET since=since-172800000 WHERE state=2");
        world_change(w, "INSERT OR REPLACE INTO dirty SELECT sync, number, -1 FROM entry");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "disable 1:\ndelete 1:\n");
        ck_assert_int_eq(undo(w, last_run(w)), MSTC_END_DONE);
        world_did(w, "create 1: displayName=P 1 mail=p1@x title=X uid=p1 (off)\n");
        still(w);
        /* nor when the wait is over once more */
        world_change(w, "UPDATE link SET since=since-172800000 WHERE since IS NOT NULL");
        still(w);
        ck_assert(!person(w, 1)->enabled);
        world_free(w);
}
END_TEST

START_TEST(undone_twice)
{
        struct world *w = peopled(3, "");
        int64_t run;

        world_page(w, "p 1 jobTitle=Y\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        run = last_run(w);
        forget(w);
        ck_assert_int_eq(undo(w, run), MSTC_END_DONE);
        world_did(w, "update 1: title=X\n");
        /* the same again: nothing is left of it */
        ck_assert_int_eq(undo(w, run), MSTC_END_DONE);
        world_did(w, "");
        ck_assert_int_eq(undo(w, run + 1), MSTC_END_DONE);
        world_did(w, "update 1: title=Y\n");
        still(w);
        ck_assert_str_eq(value(w, 1, "title"), "Y");
        world_free(w);
}
END_TEST

/* The guards judge it: what is held waits, also through syncs, and is done when somebody says yes. */
START_TEST(too_much)
{
        struct world *w = peopled(100, "");

        w->quiet = true;
        world_people(w, 201, 210, "jobTitle=X", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        memset(w->sinks[0].verbs, 0, sizeof w->sinks[0].verbs);
        ck_assert_int_eq(undo(w, last_run(w)), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op o JOIN hold h ON h.number=o.hold WHERE o.open=1 AND h.guard='removals'"), 10);
        world_change(w, "INSERT OR REPLACE INTO dirty SELECT sync, number, -1 FROM entry");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 0);
        ck_assert_uint_eq(world_approve(w, 1), 10);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_DISABLE], 10);
        world_change(w, "INSERT OR REPLACE INTO dirty SELECT sync, number, -1 FROM entry");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_ENABLE], 0);
        world_free(w);
}
END_TEST

START_TEST(only_shown)
{
        struct world *w = peopled(3, "");
        int64_t run;

        world_page(w, "p 1 jobTitle=Y\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        run = last_run(w);
        forget(w);
        ck_assert_int_eq(undo_of(w, run, (struct mstc_undo_options){ .plan_only = true }), MSTC_END_DONE);
        ck_assert_uint_eq(told.ops, 1);
        told.refuses = true;
        ck_assert_int_eq(undo(w, run), MSTC_END_FAILED);
        told.refuses = false;
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1"), 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM declined"), 0);
        world_free(w);
}
END_TEST

START_TEST(chosen)
{
        struct world *w = peopled(3, "");
        int64_t run;

        world_page(w, "p 1 jobTitle=Y\np 2 jobTitle=Y\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        run = last_run(w);
        forget(w);
        ck_assert_int_eq(undo_of(w, run, (struct mstc_undo_options){ .users = (const char *const[]){ "2" }, .user_count = 1 }),
                         MSTC_END_DONE);
        world_did(w, "update 2: title=X\n");
        ck_assert_int_eq(undo_of(w, run, (struct mstc_undo_options){ .sink = "two" }), MSTC_END_CONFIG);
        ck_assert_int_eq(undo_of(w, 4711, (struct mstc_undo_options){ 0 }), MSTC_END_CONFIG);
        world_free(w);
}
END_TEST

/* Cut off on the way: the next sync goes on with it. */
START_TEST(cut_off)
{
        struct world *w = peopled(3, "");

        world_page(w, "p 1 jobTitle=Y\np 2 jobTitle=Y\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        w->sinks[0].apply_fails = "the line is dead";
        undo(w, last_run(w));
        w->sinks[0].apply_fails = NULL;
        world_change(w, "UPDATE op SET due=1 WHERE open=1");
        world_change(w, "INSERT OR REPLACE INTO dirty SELECT sync, number, -1 FROM entry");
        world_sync(w, NULL);
        world_sync(w, NULL);
        ck_assert_str_eq(value(w, 1, "title"), "X");
        ck_assert_str_eq(value(w, 2, "title"), "X");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1"), 0);
        world_free(w);
}
END_TEST

/* ---- groups ------------------------------------------------------------------------------------ */

#define RULE "<group name='fin' title='Finance'>user.department -eq \"Fin\"</group>"

static struct world *
grouped(const char *inside)
{
        char sync[600];
        struct world *w;

        (void)snprintf(sync, sizeof sync, RULE "<target sink='snk'><match attribute='mail'/><groups use='*'/>%s</target>", inside);
        w = world_new("", sync);
        world_people(w, 1, 3, "department=Fin", "more k1");
        world_people(w, 4, 6, "department=Ops", "complete c");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        return w;
}

START_TEST(members)
{
        struct world *w = grouped("");

        world_page(w, "p 1 department=Ops\np 4 department=Fin\np 5 department=Fin\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        ck_assert_int_eq(undo(w, last_run(w)), MSTC_END_DONE);
        world_did_members(w, "members fin: +p1 -p4 -p5\n");
        still(w);
        /* one of them changes as far as this group goes, and comes back: asked for again */
        world_page(w, "p 4 department=Ops\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "p 4 department=Fin\np 5 displayName=New\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "members fin: +p4\nupdate 5: displayName=New\n");
        world_free(w);
}
END_TEST

START_TEST(group_made)
{
        struct world *w = grouped("");

        ck_assert_int_eq(undo_of(w, 1, (struct mstc_undo_options){ .users = (const char *const[]){ "2" }, .user_count = 1 }),
                         MSTC_END_DONE);
        world_did(w, "disable 2:\nmembers fin: -p2\n");
        world_free(w);
}
END_TEST

START_TEST(group_deleted)
{
        struct world *w = grouped("<on-vanished do='delete'/>");

        world_configure(w, "", "<target sink='snk'><match attribute='mail'/><groups use='*'/><on-vanished do='delete'/></target>");
        world_people(w, 1, 6, "department=Fin", "complete c");
        world_sync(w, NULL);
        if (world_sql(w, "SELECT count(*) FROM hold WHERE state=0") != 0) {
                ck_assert_uint_eq(world_approve(w, 1), 1);
                world_sync(w, NULL);
        }
        world_did(w, "delete fin:\n");
        ck_assert_int_eq(undo(w, world_sql(w, "SELECT max(run) FROM op WHERE verb=6 AND kind=2")), MSTC_END_DONE);
        world_did_members(w, "create fin: cn=fin description=Finance +p1 +p2 +p3\n");
        still(w);
        world_free(w);
}
END_TEST

/* Nobody was in it: it comes back as it was. */
START_TEST(empty_group_deleted)
{
        struct world *w = grouped("<on-empty do='delete'/>");
        int64_t run;

        world_page(w, "p 1 department=Ops\np 2 department=Ops\np 3 department=Ops\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        run = world_sql(w, "SELECT max(run) FROM op WHERE verb=6 AND kind=2");
        ck_assert_int_gt(run, 0);
        forget(w);
        ck_assert_int_eq(undo_of(w, run, (struct mstc_undo_options){ .sink = "snk" }), MSTC_END_DONE);
        world_did_members(w, "create fin: cn=fin description=Finance +p1 +p2 +p3\n");
        still(w);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-undo");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 120);
        tcase_add_test(t, values);
        tcase_add_test(t, changed_by_a_later_run);
        tcase_add_test(t, rename_back);
        tcase_add_loop_test(t, created, 0, UNIT_COUNT(removals));
        tcase_add_test(t, disabled);
        tcase_add_test(t, deleted);
        tcase_add_test(t, deleted_off);
        tcase_add_test(t, undone_twice);
        tcase_add_test(t, too_much);
        tcase_add_test(t, only_shown);
        tcase_add_test(t, chosen);
        tcase_add_test(t, cut_off);
        tcase_add_test(t, members);
        tcase_add_test(t, group_made);
        tcase_add_test(t, group_deleted);
        tcase_add_test(t, empty_group_deleted);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
