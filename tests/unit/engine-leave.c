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
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
