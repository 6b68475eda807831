/* engine-leave.c - who leaves, waits, returns, and moves from one target to another. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define ADA "w 1 displayName=Ada;mail=ada@x;mailNickname=ada;department=Fin"
#define BACK "w 1 displayName=Ada;mail=ada@x;mailNickname=ada;department=Fin\ncomplete c\n"
#define LATER "UPDATE link SET since=since-40*86400000 WHERE since IS NOT NULL"

/* Ada and Bob are there; then steps.  A step is a page, what is done about it, and whether 40
 * days pass after it. */
struct step { const char *page, *did; bool later; };

static const struct {
        const char *target;
        struct step steps[6];
} stories[] = {
        /* gone: disabled (the default), for ever */
        { "", { { "s 1\ncomplete c\n", "disable 1:\n", true }, { "complete c\n", "", true }, { "h 1\ncomplete c\n", "", true } } },
        { "<on-gone do='keep'/>", { { "s 1\ncomplete c\n", "", true }, { "h 1\ncomplete c\n", "", false } } },
        { "<on-gone do='delete'/>", { { "s 1\ncomplete c\n", "delete 1:\n", true }, { "complete c\n", "", false },
                                      { BACK, "create 1: displayName=Ada mail=ada@x uid=ada\n", false } } },
        /* disable, wait, delete */
        { "<on-gone do='disable' delete-after='30d'/>",
          { { "s 1\ncomplete c\n", "disable 1:\n", false }, { "complete c\n", "", true }, { "complete c\n", "delete 1:\n", false } } },
        /* who returns in time is enabled, and waits anew when he leaves again */
        { "<on-gone do='disable' delete-after='30d'/>",
          { { "s 1\ncomplete c\n", "disable 1:\n", true }, { BACK, "enable 1:\n", false }, { "s 1\ncomplete c\n", "disable 1:\n", false },
            { "complete c\n", "", true }, { "complete c\n", "delete 1:\n", false } } },
        /* blocked while he is away: still another wait */
        { "<on-gone do='disable' delete-after='30d'/>",
          { { "s 1\ncomplete c\n", "disable 1:\n", true },
            { "w 1 displayName=Ada;mail=ada@x;mailNickname=ada;department=Fin;accountEnabled=false\ncomplete c\n", "", false },
            { "s 1\ncomplete c\n", "", false }, { "complete c\n", "", true }, { "complete c\n", "delete 1:\n", false } } },
        /* out of scope is another reason, with a wait of its own */
        { "<on-out-of-scope do='disable' delete-after='10d'/><on-gone do='disable' delete-after='30d'/>",
          { { "p 1 department=IT\ncomplete c\n", "disable 1:\n", false }, { "s 1\ncomplete c\n", "", true },
            { "complete c\n", "delete 1:\n", false } } },
        { "<on-out-of-scope do='keep'/>", { { "p 1 department=IT\ncomplete c\n", "", true }, { "p 1 displayName=A\ncomplete c\n", "", false },
                                             { "p 1 department=Fin\ncomplete c\n", "update 1: displayName=A\n", false } } },
        { "<on-out-of-scope do='delete'/>", { { "p 1 department=IT\ncomplete c\n", "delete 1:\n", false } } },
        /* blocked at the source */
        { "", { { "p 1 accountEnabled=false\ncomplete c\n", "disable 1:\n", true }, { "p 1 jobTitle=B\ncomplete c\n", "update 1: title=B\n", false },
                { "p 1 accountEnabled=true\ncomplete c\n", "enable 1:\n", false } } },
        { "<on-disabled do='keep'/>", { { "p 1 accountEnabled=false\ncomplete c\n", "", false } } },
        /* blocked, then gone: the wait is that of the new reason */
        { "<on-gone do='disable' delete-after='30d'/>",
          { { "p 1 accountEnabled=false\ncomplete c\n", "disable 1:\n", true }, { "s 1\ncomplete c\n", "", false }, { "complete c\n", "", true },
            { "complete c\n", "delete 1:\n", false } } },
        /* gone and back in one round is nothing */
        { "", { { "s 1\n" BACK, "", false } } },
        /* a change comes with the return */
        { "", { { "s 1\ncomplete c\n", "disable 1:\n", false },
                { ADA ";jobTitle=B\ncomplete c\n", "enable 1: title=B\n", false } } },
};

START_TEST(story)
{
        struct world *w;
        char target[600];

        (void)snprintf(target, sizeof target, "<target sink='snk'><scope>user.department -eq \"Fin\"</scope>%s</target>",
                       stories[_i].target);
        w = world_new("", target);
        world_page(w, ADA "\nw 2 mailNickname=bob;department=Fin\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: displayName=Ada mail=ada@x uid=ada\ncreate 2: uid=bob\n");
        for (size_t i = 0; i < 6 && stories[_i].steps[i].page != NULL; i++) {
                world_page(w, stories[_i].steps[i].page);
                ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "story %d step %zu: %s", _i, i, w->summary.text);
                world_note(w, "story %d step %zu\n", _i, i);
                if (stories[_i].steps[i].later) {
                        world_change(w, LATER);
                        world_change(w, "UPDATE wake SET at=at-40*86400000");
                }
                (void)snprintf(target, sizeof target, "%sstory %d step %zu\n", stories[_i].steps[i].did, _i, i);
                world_did(w, target);
        }
        world_free(w);
}
END_TEST

/* Two targets of one sink: who moves between their scopes is handed over. */
#define MOVE "<group name='all'>user.id -ne null</group>" \
             "<target sink='snk' name='a'><scope>user.department -eq \"A\"</scope>" \
             "<group use='all' as='all-a'/><on-out-of-scope do='disable'/></target>" \
             "<target sink='snk' name='b'><scope>user.department -eq \"B\"</scope>" \
             "<group use='all' as='all-b'/><on-out-of-scope do='delete'/></target>"

START_TEST(hand_over)
{
        struct world *w = world_new("", MOVE);

        world_page(w, "w 1 mailNickname=ada;department=A\nw 2 mailNickname=bob;department=B\n"
                   "w 3 mailNickname=cy;department=A\nw 4 mailNickname=dan;department=B\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_holds(w, 0, "uid=ada\nuid=bob\nuid=cy\nuid=dan\ncn=all-a description=all-a: ada cy\ncn=all-b description=all-b: bob dan\n");
        w->did_length = 0;
        /* one each way: no number changes, and yet both sets do */
        world_page(w, "p 1 department=B\np 2 department=A\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_holds(w, 0, "uid=ada\nuid=bob\nuid=cy\nuid=dan\ncn=all-a description=all-a: bob cy\ncn=all-b description=all-b: ada dan\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link l JOIN target t ON t.id=l.target WHERE t.name='a'"), 2);
        ck_assert_int_eq(world_sql(w, "SELECT live FROM target WHERE name='a'"), 2);
        w->did_length = 0;
        world_page(w, "p 1 department=C\np 2 department=C\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "delete 1:\ndisable 2:\nmembers all: -ada\nmembers all: -bob\n");     /* Bob has his object, disabled */
        world_free(w);
}
END_TEST

/* An op that was planned for one target and not yet sent is not settled for it later. */
START_TEST(moved_with_an_open_op)
{
        struct world *w = world_new("", MOVE);

        world_page(w, "w 1 mailNickname=ada;department=A\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_rule(&w->sinks[0], MST_UPDATE, "1", MST_RETRY, 1, false);
        world_page(w, "p 1 jobTitle=B\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_change(w, "UPDATE op SET due=due-86400000 WHERE due IS NOT NULL");
        world_page(w, "p 1 department=B\ncomplete c\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM link l JOIN target t ON t.id=l.target WHERE t.name='b'"), 1);
        world_free(w);
}
END_TEST

/* Who is not named in a full round is asked for: whole, outside, gone, or no answer. */
START_TEST(absent)
{
        struct world *w = world_new("", "<target sink='snk'/>");

        world_page(w, "w 1 mailNickname=ada\nw 2 mailNickname=bob\nw 3 mailNickname=cy\nw 4 mailNickname=dan\n"
                   "w 5 mailNickname=eve\nw 6 mailNickname=fay\nw 7 mailNickname=gus\nw 8 mailNickname=hal\ncomplete\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, w->did);
        world_page(w, "w 1 mailNickname=ada\nw 6 mailNickname=fay\nw 7 mailNickname=gus\nw 8 mailNickname=hal\ncomplete\n");
        world_fetch(w, "w 2 mailNickname=robert\nh 3\no 4\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "rename 2: uid=robert\ndisable 3:\ndisable 4:\n");
        ck_assert(world_logged(w, "did not name 2 when it was read as a whole, and says that it is there"));
        ck_assert(!world_logged(w, "did not name 3"));
        ck_assert(!world_logged(w, "did not name 4"));
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM entry WHERE gone=0"), 6);
        /* the same where it cannot be asked, or answers half */
        world_page(w, "w 1 mailNickname=ada\nw 6 mailNickname=fay\nw 7 mailNickname=gus\nw 8 mailNickname=hal\ncomplete\n");
        world_fetch(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        world_did(w, "");
        world_page(w, "w 1 mailNickname=ada\nw 6 mailNickname=fay\nw 7 mailNickname=gus\nw 8 mailNickname=hal\ncomplete\n");
        world_fetch(w, "h 2\nh 5\nnoend\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_msg(strstr(w->summary.text, "did not end") != NULL, "%s", w->summary.text);
        world_did(w, "");
        world_free(w);
}
END_TEST

/* Who is missed by one read of everybody is not deleted because of it, even if the source confirms it; the
 * next one decides.  "complete" without a cursor: the read after it is of everybody. */
#define OTHERS "w 2 mailNickname=bob\nw 3 mailNickname=cy\nw 4 mailNickname=dan\n"
#define ALL "w 1 mailNickname=ada\n" OTHERS "complete\n"

static const struct {
        const char *target, *fetch;
        bool lame;                           /* the sink cannot disable                */
        struct step steps[6];
} missed[] = {
        { "<on-gone do='delete'/>", "h 1\n", false,
          { { OTHERS "complete\n", "disable 1:\n", false }, { OTHERS "complete\n", "delete 1:\n", false }, { OTHERS "complete\n", "", false } } },
        { "<on-gone do='delete'/>", "", false,             /* the source cannot be asked for him  */
          { { OTHERS "complete\n", "", false }, { OTHERS "complete\n", "", false } } },
        { "<on-gone do='delete'/>", "h 1\n", true,
          { { OTHERS "complete\n", "", true }, { OTHERS "complete\n", "delete 1:\n", false } } },
        /* he comes back in between, and is missed anew: it counts from there */
        { "<on-gone do='delete'/>", "h 1\n", true,
          { { OTHERS "complete\n", "", false }, { ALL, "", false }, { OTHERS "complete\n", "", false }, { OTHERS "complete\n", "delete 1:\n", false } } },
        { "<on-gone do='delete'/>", "h 1\n", false,
          { { OTHERS "complete\n", "disable 1:\n", false }, { ALL, "enable 1:\n", false } } },
        /* rounds of changes say nothing about him, unless they state it, or name everybody */
        { "<on-gone do='delete'/>", "h 1\n", true,
          { { OTHERS "complete c1\n", "", false }, { "complete c2\n", "", true }, { "s 1\ncomplete c3\n", "delete 1:\n", false } } },
        { "<on-gone do='delete'/>", "h 1\n", true,
          { { OTHERS "complete c1\n", "", false }, { "t 2\nt 3\nt 4\nnamed users\ncomplete c2\n", "delete 1:\n", false } } },
        { "<on-gone do='delete'/>", "h 1\n", true,
          { { OTHERS "complete c1\n", "", false }, { "t 2\nt 3\nt 4\nnamed groups\ncomplete c2\n", "", false },
            { "t 2\nt 3\nt 4\nnamed users\ncomplete c2\n", "delete 1:\n", false } } },
        { "<on-gone do='delete'/>", "h 1\n", true,             /* spoken of is not missed              */
          { { OTHERS "complete c1\n", "", false }, { "t 1\nt 2\nt 3\nt 4\nnamed users\ncomplete c2\n", "", false },
            { "t 2\nt 3\nt 4\nnamed users\ncomplete c3\n", "delete 1:\n", false } } },
        { "<on-gone do='delete'/>", "h 1\n", true,
          { { OTHERS "complete\n", "", false }, { OTHERS "mark 1 odd\ncomplete\n", "", false }, { OTHERS "bad odd\ncomplete\n", "", false },
            { OTHERS "complete\n", "delete 1:\n", false } } },
        /* a wait that ends before the second read does not end it */
        { "<on-gone do='disable' delete-after='30d'/>", "h 1\n", false,
          { { OTHERS "complete c1\n", "disable 1:\n", true }, { "complete c2\n", "", true },
            { "t 2\nt 3\nt 4\nnamed users\ncomplete c3\n", "delete 1:\n", false } } },
        { "<on-gone do='disable' delete-after='30d'/>", "h 1\n", false,
          { { OTHERS "complete\n", "disable 1:\n", false }, { OTHERS "complete\n", "", true }, { OTHERS "complete c1\n", "delete 1:\n", false } } },
};

START_TEST(missed_once)
{
        char target[600];
        struct world *w;

        (void)snprintf(target, sizeof target, "<target sink='snk'>%s</target>", missed[_i].target);
        w = world_new("", target);
        if (missed[_i].lame)
                w->sinks[0].can &= ~(uint32_t)MST_CAN_DISABLE;
        world_page(w, ALL);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, w->did);
        for (size_t i = 0; i < 6 && missed[_i].steps[i].page != NULL; i++) {
                world_page(w, missed[_i].steps[i].page);
                world_fetch(w, missed[_i].fetch);
                (void)world_sync(w, NULL);
                ck_assert_msg(w->summary.outcome == MSTC_END_DONE || w->summary.outcome == MSTC_END_SOME_FAILED, "case %d step %zu: %s",
                              _i, i, w->summary.text);
                world_note(w, "case %d step %zu\n", _i, i);
                if (missed[_i].steps[i].later) {
                        world_change(w, LATER);
                        world_change(w, "UPDATE wake SET at=at-40*86400000");
                }
                (void)snprintf(target, sizeof target, "%scase %d step %zu\n", missed[_i].steps[i].did, _i, i);
                world_did(w, target);
        }
        world_free(w);
}
END_TEST

/* A source that forgot to tell of somebody is read as a whole once a week. */
static const struct { const char *attributes; int days; const char *cursor; } weekly[] = {
        { "", 6, "c1" }, { "", 8, "-" }, { "read-all='2d'", 3, "-" }, { "read-all='20d'", 19, "c1" },
        { "read-all='never'", 4000, "c1" }, { "", -4000, "c1" },
};

START_TEST(read_as_a_whole)
{
        struct world *w;
        char sql[100];

        (void)snprintf(sql, sizeof sql, "|%s|<target sink='snk'/>", weekly[_i].attributes);
        w = world_new("", sql);
        world_page(w, "w 1 mailNickname=ada\nw 2 mailNickname=bob\nw 3 mailNickname=cy\nw 4 mailNickname=dan\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, w->did);
        (void)snprintf(sql, sizeof sql, "UPDATE sync SET full_at=full_at-%d*86400000", weekly[_i].days);
        world_change(w, sql);
        w->cursors[0] = '\0';
        world_page(w, "w 2 mailNickname=bob\nw 3 mailNickname=cy\nw 4 mailNickname=dan\ncomplete c2\n");
        world_fetch(w, "h 1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_msg(strstr(w->cursors, weekly[_i].cursor) != NULL, "%s", w->cursors);
        world_did(w, weekly[_i].cursor[0] == '-' ? "disable 1:\n" : "");
        ck_assert_int_eq(world_logged(w, "everybody was read longer ago"), weekly[_i].cursor[0] == '-');
        /* and then goes on from there */
        w->cursors[0] = '\0';
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_msg(strstr(w->cursors, "c2") != NULL, "%s", w->cursors);
        world_free(w);
}
END_TEST

/* The second read comes by itself, an hour after the first, where somebody is deleted by it. */
START_TEST(second_read)
{
        static const struct { const char *target; bool reads; } cases[] = {
                { "<on-gone do='delete'/>", true }, { "<on-gone do='disable' delete-after='30d'/>", true }, { "", false },
        };
        struct world *w;
        char target[200];

        (void)snprintf(target, sizeof target, "<target sink='snk'>%s</target>", cases[_i].target);
        w = world_new("", target);
        world_page(w, "w 1 mailNickname=ada\n" OTHERS "complete\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, OTHERS "complete c1\n");
        world_fetch(w, "h 1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, w->did);
        world_change(w, "UPDATE run SET started=started-55*60000");
        world_change(w, "UPDATE entry SET since=since-55*60000");
        for (int i = 0; i < 2; i++) {
                w->cursors[0] = '\0';
                world_page(w, OTHERS "complete c1\n");
                ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
                ck_assert_msg(strcmp(w->cursors, i == 1 && cases[_i].reads ? "-" : "c1") == 0, "%d: %s", i, w->cursors);
                world_change(w, "UPDATE run SET started=started-6*60000");
                world_change(w, "UPDATE entry SET since=since-6*60000");
        }
        world_did(w, _i == 0 ? "delete 1:\n" : "");
        world_free(w);
}
END_TEST

/* A source that could not be read for days: said, from the third day on. */
START_TEST(not_read_for_days)
{
        struct world *w = world_new("", "<target sink='snk'/>");

        world_page(w, "w 1 mailNickname=ada\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_change(w, "UPDATE sync SET cursor_at=cursor_at-70*3600000");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert(!world_logged(w, "days ago"));
        world_change(w, "UPDATE sync SET cursor_at=cursor_at-3*3600000");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert(world_logged(w, "was last read to its end 3 days ago"));
        world_page(w, "complete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "!the line is dead\n");
        w->log[0] = '\0';
        w->log_length = 0;
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert(!world_logged(w, "days ago"));
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-leave");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, story, 0, UNIT_COUNT(stories));
        tcase_add_test(t, hand_over);
        tcase_add_test(t, moved_with_an_open_op);
        tcase_add_test(t, absent);
        tcase_add_loop_test(t, missed_once, 0, UNIT_COUNT(missed));
        tcase_add_loop_test(t, read_as_a_whole, 0, UNIT_COUNT(weekly));
        tcase_add_loop_test(t, second_read, 0, 3);
        tcase_add_test(t, not_read_for_days);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
