/* engine-people.c - people through the engine: what ops arrive in a sink, in which order, for
 * which change at the source. */
#include "world.h"

#include <string.h>

#define TARGET "<target sink='snk'><match attribute='mail'/></target>"

/* One round after the first three people are there. */
static const struct {
        const char *page, *did, *holds;
        int outcome;
        uint64_t changed;
} rounds[] = {
        { "complete c2\n", "", NULL, MSTC_END_DONE, 0 },
        { "p 1 displayName=Ada King\ncomplete c2\n", "update 1: displayName=Ada King\n", NULL, MSTC_END_DONE, 1 },
        { "p 1 displayName=Ada\ncomplete c2\n", "", NULL, MSTC_END_DONE, 0 },
        { "p 1 displayName=\ncomplete c2\n", "update 1: displayName=(none)\n", NULL, MSTC_END_DONE, 1 },
        { "p 1 mailNickname=king\ncomplete c2\n", "rename 1: uid=king\n", NULL, MSTC_END_DONE, 1 },
        { "w 4 mailNickname=dan;mail=dan@x\ncomplete c2\n", "create 4: mail=dan@x uid=dan\n", NULL, MSTC_END_DONE, 1 },
        { "w 4 mail=dan@x\ncomplete c2\n", "", NULL, MSTC_END_SOME_FAILED, 1 },
        { "p 2 accountEnabled=false\ncomplete c2\n", "disable 2:\n", NULL, MSTC_END_DONE, 1 },
        { "s 2\ncomplete c2\n", "disable 2:\n", NULL, MSTC_END_DONE, 0 },
        { "h 2\ncomplete c2\n", "disable 2:\n", NULL, MSTC_END_DONE, 0 },
        { "s 2\nw 2 displayName=Bob;mail=bob@x;mailNickname=bob\ncomplete c2\n", "", NULL, MSTC_END_DONE, 1 },
        { "s 9\ncomplete c2\n", "", NULL, MSTC_END_DONE, 0 },
        { "p 3 manager=1\ncomplete c2\n", "update 3: manager=ada\n", NULL, MSTC_END_DONE, 1 },
        { "p 3 manager=99\ncomplete c2\n", "", NULL, MSTC_END_DONE, 1 },
        { "p 3 manager=4\nw 4 mailNickname=dan\ncomplete c2\n", "create 4: uid=dan\nupdate 3: manager=dan\n", NULL,
          MSTC_END_DONE, 2 },
        { "mark 1 odd\ncomplete c2\n", "", NULL, MSTC_END_SOME_FAILED, 0 },
        { "bad odd\np 2 jobTitle=Boss\ncomplete c2\n", "update 2: title=Boss\n", NULL, MSTC_END_SOME_FAILED, 1 },
        { "p 2 jobTitle=Boss\nmore c1a\n", "update 2: title=Boss\n", NULL, MSTC_END_DONE, 1 },
        { "p 2 jobTitle=Boss\n!the line is dead\n", "", NULL, MSTC_END_FAILED, 0 },
        { "p 2 jobTitle=Boss\n", "", NULL, MSTC_END_FAILED, 0 },
};

START_TEST(change_arrives)
{
        struct world *w = world_new("", TARGET);
        int outcome;

        world_page(w, "w 1 displayName=Ada;mail=ada@x;mailNickname=ada\n"
                   "w 2 displayName=Bob;mail=bob@x;mailNickname=bob\n"
                   "w 3 displayName=Cy;mail=cy@x;mailNickname=cy\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: displayName=Ada mail=ada@x uid=ada\ncreate 2: displayName=Bob mail=bob@x uid=bob\n"
                  "create 3: displayName=Cy mail=cy@x uid=cy\n");
        ck_assert_uint_eq(world_count(w, MSTC_N_CREATED), 3);
        world_page(w, rounds[_i].page);
        outcome = world_sync(w, NULL);
        world_did(w, rounds[_i].did);
        ck_assert_msg(outcome == rounds[_i].outcome, "%s: %d %s", rounds[_i].page, outcome, w->summary.text);
        ck_assert_msg(world_count(w, MSTC_N_CHANGED) == rounds[_i].changed, "%s", rounds[_i].page);
        world_sync(w, NULL);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op WHERE state IN (1,2)"), 0);
        world_free(w);
}
END_TEST

/* A round of changes in which the source says who is there: who is not named is gone where it said that it
 * named everybody, and only then. */
static const struct {
        const char *page, *fetch, *did;
        int outcome;
} named[] = {
        { "t 1\nt 3\ncomplete c2\n", "h 2\n", "", MSTC_END_DONE },
        { "t 1\nt 3\nnamed users\ncomplete c2\n", "h 2\n", "disable 2:\n", MSTC_END_DONE },
        { "t 1\nt 3\nnamed users\ncomplete c2\n", "", "", MSTC_END_DONE },
        { "t 1\nw 4 mailNickname=dan\nt 3\nnamed users\ncomplete c2\n", "h 2\n",
          "create 4: uid=dan\ndisable 2:\n", MSTC_END_DONE },
        { "w 1 displayName=Ada;mail=ada@x;mailNickname=ada\nt 2\nt 3\nnamed users\ncomplete c2\n", "h 2\n", "",
          MSTC_END_DONE },
        { "t 1\nt 3\nnamed groups\ncomplete c2\n", "h 2\n", "", MSTC_END_DONE },
        { "t 1\nt 3\nnamed users\n!the line is dead\n", "h 2\n", "", MSTC_END_FAILED },
        { "t 1\nt 3\nbad odd\nnamed users\ncomplete c2\n", "h 2\n", "", MSTC_END_SOME_FAILED },
        { "t 1\nnamed users\ncomplete c2\n", "h 2\nh 3\n", "", MSTC_END_HELD },
        { "t 1\nt 2\nt 3\nt 9\nnamed users\ncomplete c2\n", "w 9 mailNickname=kim\n", "create 9: uid=kim\n",
          MSTC_END_DONE },
};

START_TEST(everybody_named)
{
        struct world *w = world_new("", TARGET);
        int outcome;

        world_page(w, "w 1 displayName=Ada;mail=ada@x;mailNickname=ada\n"
                   "w 2 displayName=Bob;mail=bob@x;mailNickname=bob\n"
                   "w 3 displayName=Cy;mail=cy@x;mailNickname=cy\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: displayName=Ada mail=ada@x uid=ada\ncreate 2: displayName=Bob mail=bob@x uid=bob\n"
                  "create 3: displayName=Cy mail=cy@x uid=cy\n");
        world_fetch(w, named[_i].fetch);
        world_page(w, named[_i].page);
        outcome = world_sync(w, NULL);
        ck_assert_msg(outcome == named[_i].outcome, "%s: %d %s", named[_i].page, outcome, w->summary.text);
        world_did(w, named[_i].did);
        world_free(w);
}
END_TEST

/* Over two pages; and a round that was cut off after the first does not remember whom that named. */
START_TEST(everybody_named_in_pages)
{
        struct world *w = world_new("", TARGET);

        world_page(w, "w 1 mailNickname=ada\nw 2 mailNickname=bob\nw 3 mailNickname=cy\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: uid=ada\ncreate 2: uid=bob\ncreate 3: uid=cy\n");
        world_fetch(w, "h 2\n");
        world_page(w, "named users\nt 1\nmore c1a\n");
        world_page(w, "t 3\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "disable 2:\n");
        world_page(w, "t 1\nmore c2a\n");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        world_page(w, "t 3\nnamed users\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_ptr_nonnull(strstr(w->summary.text, "cut off"));
        world_did(w, "");
        world_free(w);
}
END_TEST

/* Managers in a circle, on the first run: all get theirs, and nothing is held for it. */
START_TEST(circle)
{
        struct world *w = world_new("", TARGET);

        world_page(w, "w 1 mailNickname=ada;manager=2\nw 2 mailNickname=bob;manager=1\nw 3 mailNickname=cy;manager=3\n"
                   "w 4 mailNickname=dan;manager=1\nw 5 mailNickname=eve;manager=9\ncomplete c\n");
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s", w->log);
        world_holds(w, 0, "manager=bob uid=ada\nmanager=ada uid=bob\nmanager=cy uid=cy\nmanager=ada uid=dan\nuid=eve\n");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 0);
        w->did_length = 0;
        /* a manager who leaves is nobody's any more; one who changes his name keeps them */
        world_page(w, "s 2\np 1 mailNickname=king\ncomplete c\n");
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s", w->log);
        world_holds(w, 0, "uid=king\nmanager=ada uid=bob (off)\nmanager=cy uid=cy\nmanager=king uid=dan\nuid=eve\n");
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-people");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 120);
        tcase_add_loop_test(t, everybody_named, 0, UNIT_COUNT(named));
        tcase_add_test(t, everybody_named_in_pages);
        tcase_add_loop_test(t, change_arrives, 0, UNIT_COUNT(rounds));
        tcase_add_test(t, circle);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
