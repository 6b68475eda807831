/* engine-cut.c - reads and plans that were cut off: what was read counts, what was half
 * planned does not, and nobody is lost in between. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define TARGET "<target sink='snk'><match attribute='mail'/></target>"
#define GROUPS "<group name='all'>user.mail -ne null</group>" \
               "<target sink='snk'><match attribute='mail'/><groups use='*'/></target>"

/* Page by page from where it stopped, and the cursor moves only at the end. */
START_TEST(read_goes_on)
{
        struct world *w = world_new("", TARGET);

        world_page(w, "w 1 mailNickname=ada\nmore p2\n");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_msg(strstr(w->summary.text, "source 'src': the line is dead") != NULL, "%s", w->summary.text);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT generation FROM sync"), 0);
        world_page(w, "w 2 mailNickname=bob\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 1: uid=ada\ncreate 2: uid=bob\n");
        ck_assert_str_eq(w->cursors, "- p2 p2");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM run"), 1);
        world_page(w, "p 1 jobTitle=Boss\nmore d2\n");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        world_did(w, "");
        world_page(w, "p 1 jobTitle=Head\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "update 1: title=Head\n");
        ck_assert_str_eq(w->cursors, "- p2 p2 c1 d2 d2");
        ck_assert_int_eq(world_sql(w, "SELECT cursor='c2' FROM sync"), 1);
        world_free(w);
}
END_TEST

/* The log of the part before the cut stays. */
START_TEST(log_goes_on)
{
        struct world *w = world_new("", TARGET);

        world_page(w, "bad first\nmore p2\n");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        world_page(w, "bad second\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM log WHERE text LIKE '%put aside: first'"), 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM log WHERE text LIKE '%put aside: second'"), 1);
        world_free(w);
}
END_TEST

/* A record that could not be read before the cut: nobody has left because of this round. */
START_TEST(bad_before_the_cut)
{
        struct world *w = world_new("", TARGET);

        world_people(w, 1, 10, "", "complete");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 10);
        world_did(w, w->did);
        world_people(w, 1, 5, "", "bad somebody without an id\nmore p2");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        world_people(w, 6, 9, "", "complete");
        world_fetch(w, "h 10\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_SOME_FAILED);
        ck_assert_str_eq(w->fetched, "");
        world_did(w, "");
        world_free(w);
}
END_TEST

/* A new generation that was asked for and cut off leaves nothing behind that hides people
 * from the ordinary rounds, and goes on. */
START_TEST(full_round_cut_off)
{
        const struct mstc_sync_options full = { .full = true };
        struct world *w = world_new("", TARGET);

        world_page(w, "w 1 mailNickname=ada\ncomplete c1\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "w 1 mailNickname=ada;jobTitle=Boss\nw 2 mailNickname=bob\nmore p2\n");
        world_page(w, "!the line is dead\n");
        ck_assert_int_eq(world_sync(w, &full), MSTC_END_FAILED);
        world_did(w, "create 1: uid=ada\n");
        world_page(w, "w 2 mailNickname=bob\nw 3 mailNickname=cy\ncomplete c2\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_page(w, "p 2 displayName=Bob\ncomplete c3\n");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "create 2: uid=bob\ncreate 3: uid=cy\nupdate 1: title=Boss\nupdate 2: displayName=Bob\n");
        world_free(w);
}
END_TEST

/* Thousands of people; the store fails in the middle of the plan, when part of it is
 * committed.  Nothing of it may be claimed, and groups lose nobody. */
START_TEST(plan_cut_off)
{
        struct world *w = world_new("", GROUPS);

        w->quiet = true;
        world_people(w, 1, 4300, "", "complete c1");
        ck_assert(world_open(w));
        world_close(w);
        world_change(w, "CREATE TRIGGER broken BEFORE INSERT ON op WHEN NEW.entry>4250 BEGIN SELECT RAISE(ABORT, 'broken'); END");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_FAILED);
        ck_assert_msg(strstr(w->summary.text, "broken") != NULL, "%s", w->summary.text);
        ck_assert_uint_eq(w->sinks[0].count, 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM op"), 0);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM dirty"), 4300);
        world_change(w, "DROP TRIGGER broken");
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        ck_assert_uint_eq(w->sinks[0].count, 4301);
        ck_assert_uint_eq(w->sinks[0].objects[4300].member_count, 4300);
        ck_assert_int_eq(world_sql(w, "SELECT live FROM target"), 4300);
        world_free(w);
}
END_TEST


/* The store fails somewhere while ops are sent: what was sent is looked up, and made once. */
static const char *const failures[] = {
        "BEFORE UPDATE ON op WHEN NEW.state=16", "BEFORE UPDATE ON op WHEN NEW.state=1", "BEFORE INSERT ON link",
        "BEFORE INSERT ON applied", "BEFORE INSERT ON tset", "BEFORE UPDATE ON target", "BEFORE INSERT ON gset",
        "BEFORE INSERT ON gmem", "BEFORE INSERT ON pset", "BEFORE INSERT ON glink", "BEFORE DELETE ON dirty",
        "BEFORE INSERT ON dirty", "BEFORE INSERT ON entry", "BEFORE INSERT ON record", "BEFORE UPDATE ON sync",
        "BEFORE INSERT ON op", "BEFORE INSERT ON opdata", "BEFORE UPDATE ON run WHEN NEW.judged>0", "BEFORE INSERT ON gdirty",
        "BEFORE DELETE ON gdirty", "BEFORE INSERT ON ref",
};

START_TEST(store_fails)
{
        struct world *w = world_new("", GROUPS);
        char sql[200];

        world_page(w, "w 1 mail=a@x;mailNickname=ada;manager=2\nmore p2\n");
        world_page(w, "w 2 mail=b@x;mailNickname=bob\nw 3 mail=c@x;mailNickname=cy;manager=1\ncomplete c1\n");
        ck_assert(world_open(w));
        world_close(w);
        (void)snprintf(sql, sizeof sql, "CREATE TRIGGER broken %s BEGIN SELECT RAISE(ABORT, 'broken'); END", failures[_i]);
        world_change(w, sql);
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_FAILED, "%s: %s", failures[_i], w->log);
        ck_assert_msg(strstr(w->summary.text, "broken") != NULL, "%s: %s", failures[_i], w->summary.text);
        world_change(w, "DROP TRIGGER broken");
        w->page_at = world_sql(w, "SELECT count(*) FROM run WHERE state<=2 AND next='p2'") == 1 ? 1 : w->page_at;
        w->page_at = world_sql(w, "SELECT generation FROM sync") == 0 && w->page_at != 1 ? 0 : w->page_at;
        ck_assert_msg(world_sync(w, NULL) == MSTC_END_DONE, "%s: %s %s", failures[_i], w->summary.text, w->log);
        world_holds(w, 0, "mail=a@x manager=bob uid=ada\nmail=b@x uid=bob\nmail=c@x manager=ada uid=cy\n"
                    "cn=all description=all: ada bob cy\n");
        world_did(w, w->did);
        ck_assert_int_eq(world_sync(w, NULL), MSTC_END_DONE);
        world_did(w, "");
        ck_assert_int_eq(world_sql(w, "SELECT live FROM target"), 3);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-cut");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_test(t, read_goes_on);
        tcase_add_test(t, log_goes_on);
        tcase_add_test(t, bad_before_the_cut);
        tcase_add_test(t, full_round_cut_off);
        tcase_add_test(t, plan_cut_off);
        tcase_add_loop_test(t, store_fails, 0, UNIT_COUNT(failures));
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
