/* engine-doubt.c - calls whose answer was lost, and what comes of them late (F32, F48, F51, F87):
 * nobody is there twice, nobody who has left comes back, and nothing is guessed. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define TARGET "<target sink='snk'><match attribute='mail'/><on-gone do='disable' delete-after='30d'/>" \
               "<limit of='removals' above='50' and-percent='100'/></target>"
#define DELETES "<target sink='snk'><match attribute='mail'/><on-gone do='delete'/>" \
                "<limit of='removals' above='50' and-percent='100'/></target>"
#define GROUPS "<group name='fin'>user.department -eq \"F\"</group><target sink='snk'><match attribute='mail'/>" \
               "<groups use='*'/></target>"
#define THREE "w 1 displayName=Ada;mail=ada@x;mailNickname=ada;department=F\nw 2 displayName=Bob;mail=bob@x;mailNickname=bob\n" \
              "w 3 displayName=Cy;mail=cy@x;mailNickname=cy\ncomplete c1\n"
#define DOUBTS "SELECT count(*) FROM doubt"

static void
forget(struct world *w)
{
        w->did_length = 0;
        if (w->did != NULL)
                w->did[0] = '\0';
}

static struct world *
three(const char *sync)
{
        struct world *w = world_new("", sync);

        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        return w;
}

/* Time goes by for what is in doubt. */
static void
pass_minutes(struct world *w, int minutes)
{
        char sql[200];

        (void)snprintf(sql, sizeof sql, "UPDATE doubt SET since=since-%d*60000, due=due-%d*60000", minutes, minutes);
        world_change(w, sql);
}

/* The quiet time is over. */
static int
sync_later(struct world *w)
{
        pass_minutes(w, 1);
        return world_sync(w, NULL);
}

/* Whatever a sink gets is durable as sent before (F87, F88). */
START_TEST(claimed_before_sent)
{
        struct world *w = world_new("", GROUPS);

        w->sinks[0].looks = true;
        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "p 1 mailNickname=king\np 2 department=F\ns 3\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_ge(w->sinks[0].looked, 7);
        ck_assert_uint_eq(w->sinks[0].not_sent, 0);
        world_free(w);
}
END_TEST

/* Whether she joined is not known, and she is renamed before the quiet time is over: the group is told
 * to leave the name that she may be in it under. */
START_TEST(renamed_in_doubt)
{
        struct world *w = three(GROUPS);

        w->sinks[0].can &= ~(uint32_t)MST_CAN_MEMBER_IDS;
        world_page(w, "p 2 department=F\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_MEMBERS, "*", MST_UNKNOWN, 1, true);
        world_sync(w, NULL);
        forget(w);
        world_page(w, "p 2 mailNickname=rob\ncomplete c3\n");
        world_sync(w, NULL);
        ck_assert_msg(strstr(w->did, "-bob") != NULL && strstr(w->did, "+rob") != NULL, "%s", w->did);
        world_free(w);
}
END_TEST

/* The answer to his create is lost, he leaves, and then it lands after all (F32). */
START_TEST(leaver_comes_late)
{
        struct world *w = three(_i == 0 ? TARGET : DELETES);

        world_page(w, "w 4 displayName=Dan;mail=dan@x;mailNickname=dan\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_UNKNOWN, 1, false);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_did(w, "create 4: displayName=Dan mail=dan@x uid=dan\n");
        world_page(w, "h 4\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE open=1"), 0);
        ck_assert_int_eq(world_sql(w, DOUBTS), 1);
        world_object(&w->sinks[0], MST_USER, "src:4", "displayName=Dan;mail=dan@x;uid=dan");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "");                    /* not due yet                            */
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, _i == 0 ? "disable 4:\n" : "delete 4:\n");
        ck_assert(world_logged(w, "the object of Dan is in 'snk' after all"));
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link l JOIN entry e ON e.number=l.entry WHERE e.id='4' AND l.made=1"), 1);
        ck_assert_int_eq(world_sql(w, DOUBTS), 1);
        pass_minutes(w, 60 * 24);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, DOUBTS), 0);
        world_free(w);
}
END_TEST

/* It lands a day later. */
START_TEST(leaver_comes_a_day_late)
{
        struct world *w = three(TARGET);

        world_page(w, "w 4 mail=dan@x;mailNickname=dan\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        world_page(w, "h 4\ncomplete c3\n");
        sync_later(w);
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        forget(w);
        world_object(&w->sinks[0], MST_USER, "src:4", "mail=dan@x;uid=dan");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "");
        pass_minutes(w, 60 * 24);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "disable 4:\n");
        world_free(w);
}
END_TEST

/* A full read of the source looks at all that was once in doubt, whatever the time. */
START_TEST(full_read_looks)
{
        struct world *w = three(TARGET);

        world_page(w, "w 4 mail=dan@x;mailNickname=dan\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        world_page(w, "h 4\ncomplete c3\n");
        sync_later(w);
        forget(w);
        world_object(&w->sinks[0], MST_USER, "src:4", "mail=dan@x;uid=dan");
        world_page(w, "!expired\n");
        world_page(w, THREE);
        world_sync(w, NULL);
        world_did(w, "disable 4:\n");
        ck_assert_int_eq(world_sql(w, DOUBTS), 1);       /* and it is looked at as planned, too */
        world_free(w);
}
END_TEST

/* The removal goes through the guards like any other. */
START_TEST(late_and_held)
{
        struct world *w = three("<target sink='snk'><match attribute='mail'/><on-gone do='delete'/>"
                                "<limit of='removals' above='0' and-percent='0'/></target>");

        world_page(w, "w 4 mail=dan@x;mailNickname=dan\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        world_page(w, "h 4\ncomplete c3\n");
        sync_later(w);
        forget(w);
        world_object(&w->sinks[0], MST_USER, "src:4", "mail=dan@x;uid=dan");
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_HELD);
        world_did(w, "");
        world_free(w);
}
END_TEST

/* A delete whose answer was lost lands after he came back: he is made anew. */
START_TEST(delete_comes_late)
{
        struct world *w = three(DELETES);
        size_t at = 0;

        world_page(w, "s 1\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_DELETE, "1", MST_UNKNOWN, 1, false);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_page(w, "w 1 displayName=Ada;mail=ada@x;mailNickname=ada;department=F\ncomplete c3\n");
        ck_assert_int_eq(sync_later(w), MSTC_END_DONE);
        world_did(w, "delete 1:\n");
        while (strcmp(w->sinks[0].objects[at].stamp, "src:1") != 0)
                at++;
        w->sinks[0].objects[at].number = 0;
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: displayName=Ada mail=ada@x uid=ada\n");
        ck_assert(world_logged(w, "the object of Ada is gone from 'snk'"));
        world_free(w);
}
END_TEST

/* A change whose answer was lost lands after the next one was done. */
START_TEST(update_comes_late)
{
        struct world *w = three(TARGET);
        size_t at = 0;

        world_page(w, "p 1 jobTitle=Old\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_UPDATE, "1", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        world_page(w, "p 1 jobTitle=New\ncomplete c3\n");
        ck_assert_int_eq(sync_later(w), MSTC_END_DONE);
        forget(w);
        while (strcmp(w->sinks[0].objects[at].stamp, "src:1") != 0)
                at++;
        for (size_t i = 0; i < w->sinks[0].objects[at].pair_count; i++)
                if (strcmp(w->sinks[0].objects[at].pairs[i].name, "title") == 0)
                        (void)snprintf(w->sinks[0].objects[at].pairs[i].value, 20, "Old");
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: title=New\n");
        world_free(w);
}
END_TEST

/* A disable whose answer was lost, and he is back before it is looked up: he is told anew. */
START_TEST(disable_comes_late)
{
        struct world *w = three(TARGET);
        size_t at = 0;

        world_page(w, "s 1\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_DISABLE, "1", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        world_page(w, "w 1 displayName=Ada;mail=ada@x;mailNickname=ada;department=F\ncomplete c3\n");
        ck_assert_int_eq(sync_later(w), MSTC_END_DONE);
        forget(w);
        while (strcmp(w->sinks[0].objects[at].stamp, "src:1") != 0)
                at++;
        w->sinks[0].objects[at].enabled = false;
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "enable 1:\n");
        ck_assert(w->sinks[0].objects[at].enabled);
        world_free(w);
}
END_TEST

/* A second object with our stamp is told, and never removed. */
START_TEST(comes_twice)
{
        struct world *w = three(TARGET);

        world_page(w, "w 4 mail=dan@x;mailNickname=dan\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        ck_assert_int_eq(sync_later(w), MSTC_END_DONE);
        world_did(w, "create 4: mail=dan@x uid=dan\ncreate 4: mail=dan@x uid=dan\n");
        world_object(&w->sinks[0], MST_USER, "src:4", "mail=dan@x;uid=dan2");
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_did(w, "");
        ck_assert(world_logged(w, "is in 'snk' 2 times with our stamp"));
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM duplicate WHERE attribute='stamp' AND name='dan2'"), 1);
        world_free(w);
}
END_TEST

/* Two are there when it is looked up first: none is taken, none is made. */
START_TEST(two_to_choose_from)
{
        struct world *w = three(TARGET);

        world_page(w, "w 4 mail=dan@x;mailNickname=dan\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_UNKNOWN, 1, true);
        world_sync(w, NULL);
        world_object(&w->sinks[0], MST_USER, "src:4", "mail=dan@x;uid=dan2");
        ck_assert_int_eq(sync_later(w), MSTC_END_SOME_FAILED);
        world_did(w, "create 4: mail=dan@x uid=dan\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link"), 3);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM duplicate"), 1);
        world_free(w);
}
END_TEST

/* The late one wins the race against the second try: the name is taken, by his own object. */
START_TEST(late_before_the_second_try)
{
        struct world *w = three(TARGET);

        world_page(w, "w 4 mail=dan@x;mailNickname=dan\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_DUPLICATE, 1, true);
        ck_assert_int_eq(sync_later(w), MSTC_END_SOME_FAILED);
        forget(w);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);        /* looked for first       */
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link WHERE state=1"), 4);
        world_free(w);
}
END_TEST

/* A sink without stamps: by its values, unless the object is another's. */
START_TEST(without_stamps)
{
        struct world *w;

        w = world_new("", TARGET);
        w->sinks[0].can &= ~(uint32_t)MST_CAN_STAMP;
        world_page(w, THREE);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "w 4 mail=dan@x;mailNickname=dan\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_CREATE, "4", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        world_page(w, "h 4\ncomplete c3\n");
        sync_later(w);
        forget(w);
        world_object(&w->sinks[0], MST_USER, "", "mail=dan@x;uid=dan");
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "disable 4:\n");
        world_free(w);
}
END_TEST

/* Nothing would tell whether it was made: an admin looks, we do not guess.  Where no name is unique
 * the quiet time is long, and no run waits for its end. */
START_TEST(nothing_to_tell_by)
{
        struct world *w = world_new("", "<target sink='snk'/>");

        w->sinks[0].can &= ~(uint32_t)MST_CAN_STAMP;
        w->sinks[0].nameless = true;
        world_page(w, "w 1 mailNickname=ada\ncomplete c1\n");
        world_rule(&w->sinks[0], MST_CREATE, "1", MST_UNKNOWN, 1, false);
        world_sync(w, NULL);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state=2"), 1);
        pass_minutes(w, 2);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state=4"), 1);
        ck_assert(world_logged(w, "nothing in the sink would tell whether it was made"));
        world_sync(w, NULL);
        ck_assert_uint_eq(w->sinks[0].verbs[MST_CREATE], 1);
        world_free(w);
}
END_TEST

/* A group that was made late, and its members; then memberships in doubt. */
START_TEST(group_comes_late)
{
        struct world *w = three(GROUPS);

        world_rule(&w->sinks[0], MST_MEMBERS, "fin", MST_UNKNOWN, 1, true);
        world_page(w, "p 2 department=F\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_int_eq(sync_later(w), MSTC_END_DONE);
        world_holds(w, 0, "displayName=Ada mail=ada@x uid=ada\ndisplayName=Bob mail=bob@x uid=bob\ndisplayName=Cy mail=cy@x uid=cy\n"
                    "cn=fin description=fin: ada bob\n");
        for (size_t i = 0; i < w->sinks[0].count; i++)
                w->sinks[0].objects[i].member_count = 0;         /* an old removal lands           */
        forget(w);
        pass_minutes(w, 16);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "members fin: +bob\n");
        pass_minutes(w, 60 * 24);
        world_sync(w, NULL);
        world_did_members(w, "members fin: +bob\n");
        world_sync(w, NULL);
        world_did(w, "");
        world_free(w);
}
END_TEST

/* The clock is put back by years: what waited is not kept waiting for them (F94). */
START_TEST(clock_put_back)
{
        struct world *w = three(TARGET);

        world_page(w, "p 1 jobTitle=B\np 2 jobTitle=B\ncomplete c2\n");
        world_rule(&w->sinks[0], MST_UPDATE, "1", MST_RETRY, 1, false);
        world_rule(&w->sinks[0], MST_UPDATE, "2", MST_UNKNOWN, 1, false);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        forget(w);
        world_change(w, "UPDATE op SET due=due+315360000000 WHERE due IS NOT NULL");
        world_change(w, "UPDATE doubt SET since=since+315360000000, due=due+315360000000");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: title=B\nupdate 2: title=B\n");
        ck_assert(world_logged(w, "the clock was put back"));
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-doubt");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 120);
        tcase_add_test(t, claimed_before_sent);
        tcase_add_test(t, renamed_in_doubt);
        tcase_add_loop_test(t, leaver_comes_late, 0, 2);
        tcase_add_test(t, leaver_comes_a_day_late);
        tcase_add_test(t, full_read_looks);
        tcase_add_test(t, late_and_held);
        tcase_add_test(t, delete_comes_late);
        tcase_add_test(t, update_comes_late);
        tcase_add_test(t, disable_comes_late);
        tcase_add_test(t, comes_twice);
        tcase_add_test(t, two_to_choose_from);
        tcase_add_test(t, late_before_the_second_try);
        tcase_add_test(t, without_stamps);
        tcase_add_test(t, nothing_to_tell_by);
        tcase_add_test(t, group_comes_late);
        tcase_add_test(t, clock_put_back);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
