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
        { "p 1 mailNickname=king\nw 4 mailNickname=dan;manager=1\ncomplete c2\n",
          "rename 1: uid=king\ncreate 4: manager=king uid=dan\n", NULL, MSTC_END_DONE, 2 },
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

/* A name that somebody has in the sink already, or has been given just now, is given to nobody
 * else; whoever finds none free is put aside, and not made without one. */
START_TEST(unique)
{
        struct world *w = world_new("", "<target sink='snk'><match attribute='mail'/><map to='uid' when='create'>"
                                    "SelectUniqueValue([mailNickname], Append([mailNickname], \"2\"), "
                                    "Append([mailNickname], \"3\"))</map></target>");

        world_object(&w->sinks[0], MST_USER, NULL, "uid=ADA;mail=stranger@x");
        world_page(w, "w 1 mail=a@x;mailNickname=ada\nw 4 mail=d@x;mailNickname=dan\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: mail=a@x uid=ada2\ncreate 4: mail=d@x uid=dan\n");
        world_page(w, "w 2 mail=b@x;mailNickname=ada\nw 3 mail=c@x;mailNickname=Ada\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_msg(strstr(w->did, "uid=ada3") != NULL || strstr(w->did, "uid=Ada3") != NULL, "%s", w->did);
        ck_assert_uint_eq(world_count(w, MSTC_N_CREATED), 1);
        w->did_length = 0;
        ck_assert_uint_eq(world_count(w, MSTC_N_PARKED), 1);
        ck_assert_ptr_nonnull(strstr(w->log, "'uid' has no value: "));
        ck_assert_ptr_nonnull(strstr(w->log, "every candidate is empty or taken in the target"));

        /* What is chosen stays, whatever becomes of the candidates; who was made later asks anew. */
        world_page(w, "p 1 mailNickname=queen\nw 5 mail=e@x;mailNickname=dan\ncomplete c3\n");
        world_sync(w, NULL);
        world_did(w, "create 5: mail=e@x uid=dan2\n");
        world_page(w, "complete c4\n");
        world_sync(w, NULL);
        world_did(w, "");
        world_free(w);
}
END_TEST

/* What a create that is still open has chosen is nobody else's in the next plan; and a sink that
 * does not say whether a value is there makes nobody. */
START_TEST(unique_while_open)
{
        struct world *w = world_new("", "<target sink='snk'><match attribute='mail'/><map to='uid' when='create'>"
                                    "SelectUniqueValue([mailNickname], Append([mailNickname], \"2\"))</map></target>");

        world_rule(&w->sinks[0], MST_CREATE, "1", MST_REFUSED, -1, false);
        world_page(w, "w 1 mail=a@x;mailNickname=ada\ncomplete c1\n");
        world_sync(w, NULL);
        world_did(w, "create 1: mail=a@x uid=ada\n");
        world_page(w, "w 2 mail=b@x;mailNickname=ada\ncomplete c2\n");
        world_sync(w, NULL);
        world_did(w, "create 1: mail=a@x uid=ada\ncreate 2: mail=b@x uid=ada2\n");

        /* Nobody can be asked: 3 is put aside with that reason. */
        w->sinks[0].can &= ~(uint32_t)MST_CAN_FIND;
        world_page(w, "w 3 mail=c@x;mailNickname=cy\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        world_did(w, "create 1: mail=a@x uid=ada\n");
        world_free(w);
}
END_TEST

/* Values that chance makes are made, once, and stay. */
START_TEST(random_values)
{
        struct world *w = world_new("", "<target sink='snk'><match attribute='mail'/>"
                                    "<map to='title' when='create'>Guid()</map></target>");
        const char *title;

        world_page(w, "w 1 mail=a@x;mailNickname=ada\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        title = strstr(w->did, "title=");
        ck_assert_msg(title != NULL && strspn(title + 6, "0123456789abcdef-") == 36, "%s", w->did);
        w->did_length = 0;
        world_page(w, "p 1 displayName=Ada\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: displayName=Ada\n");
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
        tcase_add_test(t, unique);
        tcase_add_test(t, unique_while_open);
        tcase_add_test(t, random_values);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
