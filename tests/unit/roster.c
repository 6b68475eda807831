/* roster.c - people of a service that takes files, and the shelf that answers for them; the files'
 * bytes are what counts. */
#include "build.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <muster/roster.h>
#include <muster/test.h>

#include "unit.h"

static char folder[64];
static struct mst_test *test;
static struct mst_arena *arena;
static struct mst_feed *feed;
static struct mst_roster *roster;
static struct mst_error err;
static const char *const columns[] = { "Number", "Name", "On" };
static struct mst_roster_layout layout;

static void
begin(void)
{
        static const char *const wants[] = { "Name", "Number", "On" };

        strcpy(folder, "/tmp/muster-roster-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        test = mst_test_new("hr");
        arena = mst_arena_new(0);
        ck_assert(mst_test_wants(test, wants, 3));
        feed = mst_test_feed(test);
        err = (struct mst_error){ 0 };
        layout = (struct mst_roster_layout){
                .size = sizeof layout, .folder = folder, .puts = "in", .drops = "out", .columns = columns, .column_count = 3,
                .known_by = "the number", .begins = "+", .most = 100, .safe = true, .yes = "Yes", .no = "No",
        };
        roster = mst_roster_new(&layout, mst_test_host(test));
        ck_assert_ptr_nonnull(roster);
}

static void
end(void)
{
        char command[128];

        mst_roster_free(roster);
        mst_arena_free(arena);
        mst_test_free(test);
        snprintf(command, sizeof command, "rm -rf %s", folder);
        ck_assert_int_eq(system(command), 0);
}

static void
again(void)
{
        mst_roster_free(roster);
        roster = mst_roster_new(&layout, mst_test_host(test));
}

static void
push(enum mst_verb verb, const char *id, const char *object, const char *number, const char *name)
{
        struct mst_op *op = mst_test_op(test, verb, MST_USER, id);
        struct mst_record *after = mst_test_op_after(op);

        if (object != NULL)
                ck_assert(mst_test_op_object(op, object, object, NULL));
        if (number != NULL)
                mst_record_text(after, mst_record_put(after, "Number"), number, strlen(number));
        mst_record_text(after, mst_record_put(after, "Name"), name, strlen(name));
        mst_record_bool(after, mst_record_put(after, "On"), true);
        ck_assert(mst_test_push(feed, op));
}

static int
key(void *self, const struct mst_op *op, char into[MST_ROSTER_KEY], struct mst_error *why)
{
        const char *number = mst_op_text(op, "Number");

        (void)self;
        if (number[0] == '\0')
                return mst_fail(why, MST_EREFUSED, "no number");
        snprintf(into, MST_ROSTER_KEY, "%s", number);
        return MST_OK;
}

static const char *refused;
static int carried;

static int
carry(void *self, const char *name, uint64_t number, const char *bytes, size_t size, bool *doubt, struct mst_error *why)
{
        (void)self, (void)number, (void)bytes, (void)size;
        carried++;
        if (refused == NULL) {
                *doubt = true;
                return mst_fail(why, MST_ENET, "no answer");
        }
        ck_assert_int_eq(mst_roster_refuse(roster, refused, "the row is bad"), strcmp(name, "in") == 0);
        ck_assert(!mst_roster_refuse(roster, "+999", "nobody"));
        return MST_OK;
}

/* Applies what was pushed; outcomes by id, in order. */
static const char *
apply(bool carries)
{
        static char outcomes[64];
        const struct mst_roster_ways ways = { .size = sizeof ways, .key = key, .carry = carries ? carry : NULL };
        struct mst_op *ops[16], *op;
        size_t count;

        mst_test_end(feed);
        count = mst_feed_gather(feed, ops, 16);
        (void)mst_roster_apply(roster, ops, count, &ways, &err);
        mst_test_close(feed, NULL);
        memset(outcomes, 0, sizeof outcomes);
        while ((op = mst_test_collect(feed)) != NULL)
                outcomes[mst_op_id(op)[0] - 'a'] = (char)('0' + mst_test_outcome(op));
        feed = mst_test_feed(test);
        return outcomes;
}

static const char *
bytes(const char *name)
{
        char *text;
        size_t size;

        if (mst_outbox_load(mst_arena_printf(arena, "%s/%s", folder, name), arena, &text, &size, &(struct mst_error){ 0 }) != MST_OK)
                return NULL;
        return text;
}

START_TEST(roster_life)
{
        ck_assert_int_eq(mst_roster_read(roster, NULL, &err), MST_OK);
        push(MST_CREATE, "b", NULL, "+2", "=B");
        push(MST_CREATE, "a", NULL, "+1", "A, \"a\"");
        push(MST_CREATE, "c", NULL, "+1", "C");      /* first by id has it */
        push(MST_CREATE, "d", NULL, NULL, "D");
        push(MST_UPDATE, "e", "+5", "+5", "E");
        push(MST_DELETE, "f", "+6", "+6", "F");
        ck_assert_str_eq(apply(false), "113642");
        ck_assert_str_eq(bytes("in-000001.csv"), "\xef\xbb\xbfNumber,Name,On\r\n+1,\"A, \"\"a\"\"\",Yes\r\n+2,'=B,Yes\r\n");
        ck_assert_ptr_null(bytes("out-000002.csv"));
        /* Known from the files: the same costs nothing, a number that changes hands is in no file of drops. */
        again();
        ck_assert_int_eq(mst_roster_read(roster, NULL, &err), MST_OK);
        push(MST_UPDATE, "a", "+1", "+1", "A, \"a\"");
        push(MST_UPDATE, "b", "+2", "+3", "B");
        ck_assert_str_eq(apply(false), "21");
        ck_assert_str_eq(bytes("in-000002.csv"), "\xef\xbb\xbfNumber,Name,On\r\n+3,B,Yes\r\n");
        ck_assert_str_eq(bytes("out-000003.csv"), "\xef\xbb\xbfNumber\r\n+2\r\n");
}
END_TEST

START_TEST(roster_export)
{
        char *path = mst_arena_printf(arena, "%s/export.csv", folder);
        struct mst_search *search = mst_test_search(test);
        struct mst_shelf *shelf = mst_shelf_new(mst_test_host(test), MST_USER, false);
        const struct timespec later[2] = { { time(NULL) + 100, 0 }, { time(NULL) + 100, 0 } };
        FILE *f;

        ck_assert_int_eq(mst_roster_read(roster, NULL, &err), MST_OK);
        push(MST_CREATE, "a", NULL, "+1", "A");
        push(MST_CREATE, "b", NULL, "+2", "B");
        ck_assert_str_eq(apply(false), "11");
        f = fopen(path, "w");
        fputs("Name,Extra,Number\nA,x,+1\nremark,,see +2\nStranger,,+7\n", f);
        fclose(f);
        ck_assert_int_eq(utimensat(AT_FDCWD, path, later, 0), 0);
        again();
        ck_assert_int_eq(mst_roster_read(roster, path, &err), MST_OK);
        ck_assert_uint_eq(mst_roster_lost(roster), 2);       /* B is not there; A's On is not */
        mst_roster_shelve(roster, shelf);
        mst_test_ask_object(search, MST_USER, "+7");
        mst_test_ask_text(search, MST_USER, "Name", "STRANGER");
        mst_test_ask_object(search, MST_USER, "see +2");
        for (size_t i = 0; i < 3; i++)
                mst_shelf_answer(shelf, mst_search_at(search, i), NULL);
        ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, 0)), 1);
        ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, 1)), 1);
        ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, 2)), 0);
        ck_assert(mst_query_is_done(mst_search_at(search, 2)));
        mst_shelf_free(shelf);
        push(MST_CREATE, "a", NULL, "+8", "C");
        ck_assert_str_eq(apply(false), "1");
        ck_assert_str_eq(bytes("in-000002.csv"), "\xef\xbb\xbfNumber,Name,On\r\n+1,A,Yes\r\n+2,B,Yes\r\n+8,C,Yes\r\n");
}
END_TEST

START_TEST(roster_carried)
{
        char told[] = "Number,Name,On\r\n+1,A,Yes\r\n";

        ck_assert_int_eq(mst_roster_told(roster, told, strlen(told), &err), MST_OK);
        refused = "+2";
        carried = 0;
        push(MST_CREATE, "a", NULL, "+2", "B");
        push(MST_CREATE, "b", NULL, "+3", "C");
        push(MST_DELETE, "c", "+1", "+1", "A");
        ck_assert_str_eq(apply(true), "611");
        ck_assert_int_eq(carried, 2);
        refused = NULL;
        push(MST_CREATE, "a", NULL, "+4", "D");
        ck_assert_str_eq(apply(true), "7");
        ck_assert_int_eq(err.code, MST_ENET);
}
END_TEST

static const struct {
        const char *csv, *says;
} bad[] = {
        { "", "it is no CSV with a column Number" }, { "Name\nA\n", "column Number" }, { "Number\n\"+1\n", "row 2 is no CSV" },
        { "Number\n+1\n\"+2\"x\n", "row 3 is no CSV" }, { "<html>", "column Number" },
};

START_TEST(roster_bad)
{
        char csv[64];

        snprintf(csv, sizeof csv, "%s", bad[_i].csv);
        ck_assert_int_eq(mst_roster_told(roster, csv, strlen(csv), &err), MST_ECONFIG);
        ck_assert_msg(strstr(err.text, bad[_i].says) != NULL, "%s", err.text);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("roster");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_test(c, roster_life);
        tcase_add_test(c, roster_export);
        tcase_add_test(c, roster_carried);
        tcase_add_loop_test(c, roster_bad, 0, UNIT_COUNT(bad));
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
