/* store-fold.c - what the source says becomes the mirror: records whole and patched, removals,
 * returns, full rounds with their stage, and rounds that are given up. */
#include "store/entries.h"

#include <stdio.h>
#include <string.h>

#include "store/runs.h"
#include "store/sql.h"
#include "world.h"

static char folder[] = "/tmp/muster-fold-XXXXXX";
static struct mstc_store *store;
static struct mst_arena *arena;
static struct mst_error err;
static int64_t sync_id;

static void
setup(void)
{
        char path[100];

        memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(folder));
        (void)snprintf(path, sizeof path, "%s/state.db", folder);
        memset(&err, 0, sizeof err);
        ck_assert_msg(mstc_store_open(path, MSTC_WRITE, &store, &err) == MST_OK, "%s", err.text);
        ck_assert_int_eq(mstc_sql_run(store, &err, "INSERT INTO sync(name, source, generation) VALUES('s', 1, 1)", ""), MST_OK);
        sync_id = 1;
        arena = mst_arena_new(0);
}

static void
teardown(void)
{
        char command[100];

        mst_arena_free(arena);
        mstc_store_close(store);
        (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
        ck_assert_int_eq(system(command), 0);
}

#define OK(call) ck_assert_msg((call) == MST_OK, "%s: %s", #call, err.text)

static int64_t
number(const char *sql)
{
        int64_t ret = -1;

        OK(mstc_sql_number(store, &err, &ret, -1, sql, ""));
        return ret;
}

static void
fold_text(struct mstc_fold *fold, const char *text)
{
        struct mst_page *page = mstc_page_new();
        char *copy = strdup(text), *rest = copy, *line;

        while ((line = strsep(&rest, "\n")) != NULL)
                if (line[0] != '\0')
                        world_line(page, line);
        OK(mst_page_complete(page, NULL, &err));
        OK(mstc_store_begin(store, &err));
        OK(mstc_fold_page(store, fold, page, NULL, NULL, &err));
        OK(mstc_fold_save(store, fold, &err));
        OK(mstc_store_commit(store, &err));
        mstc_page_free(page);
        free(copy);
}

static void
finish(struct mstc_fold *fold)
{
        bool more = true;

        while (more) {
                OK(mstc_store_begin(store, &err));
                OK(mstc_fold_settle_stage(store, fold, 2, &more, &err));
                OK(mstc_store_commit(store, &err));
        }
        OK(mstc_sync_complete(store, sync_id, "c", "r", fold->generation, &err));
        OK(mstc_sync_count_live(store, sync_id, &err));
        OK(mstc_fold_clean(store, sync_id, &err));
}

/* A round: of changes; or full ("F" first), in several pages (divided by "|") and lives ("/"),
 * and given up at its end ("X" last). */
static struct mstc_fold
fold_round(const char *text, struct mstc_set *absent)
{
        struct mstc_fold fold = { .sync = sync_id, .run = 1, .full = text[0] == 'F', .mask = 1 };
        char *copy = strdup(text + (text[0] == 'F')), *rest = copy, *page;
        bool dropped = copy[0] != '\0' && copy[strlen(copy) - 1] == 'X';

        if (dropped)
                copy[strlen(copy) - 1] = '\0';
        fold.generation = number("SELECT generation FROM sync") + fold.full;
        OK(mstc_fold_open(store, &fold, &err));
        while ((page = strsep(&rest, "|")) != NULL) {
                if (page[0] == '/') {
                        mstc_fold_close(&fold);
                        OK(mstc_fold_open(store, &fold, &err));
                }
                fold_text(&fold, page + (page[0] == '/'));
        }
        if (dropped) {
                OK(mstc_fold_drop(store, sync_id, fold.generation - 1, &err));
        } else if (fold.full) {
                OK(mstc_fold_absent(store, &fold, true, absent, &err));
                finish(&fold);
        }
        mstc_fold_close(&fold);
        free(copy);
        return fold;
}

/* "1:Ada* 2:Bob(soft) 3:Cy(hard)*": who is there, by id; a star for the dirty. */
static const char *
mirror(void)
{
        static char text[2000];
        size_t used = 0;

        text[0] = '\0';
        for (int id = 1; id < 10; id++) {
                char name[2] = { (char)('0' + id), '\0' };
                struct mstc_entry entry;
                const struct mst_value *v;
                int64_t found;
                bool dirty;

                OK(mstc_entry_find(store, sync_id, MST_USER, name, &found, &err));
                if (found == 0)
                        continue;
                OK(mstc_entry_get(store, found, arena, &entry, &err));
                OK(mstc_dirty_has(store, sync_id, found, &dirty, &err));
                v = mst_record_get(entry.record, "displayName");
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%d:%s%s%s", used > 0 ? " " : "", id,
                                         v != NULL && mst_value_type(v) == MST_TEXT ? mst_value_text(v, NULL) : "-",
                                         entry.gone == 0 ? "" : entry.gone == MST_GONE_SOFT ? "(soft)" : "(hard)", dirty ? "*" : "");
        }
        return text;
}

/* Ada, Bob and Cy are there and planned; then a round. */
static const struct {
        const char *round, *mirror;
        uint64_t read, changed, removed, bad;
        int64_t live;
        const char *absent;                  /* ids, of full rounds                    */
} rounds[] = {
        { "", "1:Ada 2:Bob 3:Cy", 0, 0, 0, 0, 3, NULL },
        { "w 1 displayName=Ada", "1:Ada 2:Bob 3:Cy", 1, 0, 0, 0, 3, NULL },
        { "w 1 displayName=Eve", "1:Eve* 2:Bob 3:Cy", 1, 1, 0, 0, 3, NULL },
        { "p 1 jobTitle=x", "1:Ada* 2:Bob 3:Cy", 1, 1, 0, 0, 3, NULL },
        { "p 1 displayName=Ada", "1:Ada 2:Bob 3:Cy", 1, 0, 0, 0, 3, NULL },
        { "p 1 displayName=", "1:-* 2:Bob 3:Cy", 1, 1, 0, 0, 3, NULL },
        { "w 1 mail=a", "1:-* 2:Bob 3:Cy", 1, 1, 0, 0, 3, NULL },
        { "p 4 displayName=Dan", "1:Ada 2:Bob 3:Cy 4:Dan*", 1, 1, 0, 0, 4, NULL },
        { "s 1", "1:Ada(soft)* 2:Bob 3:Cy", 1, 0, 1, 0, 2, NULL },
        { "h 1", "1:Ada(hard)* 2:Bob 3:Cy", 1, 0, 1, 0, 2, NULL },
        { "s 1\nh 1", "1:Ada(hard)* 2:Bob 3:Cy", 2, 0, 1, 0, 2, NULL },
        { "s 1\ns 1", "1:Ada(soft)* 2:Bob 3:Cy", 2, 0, 1, 0, 2, NULL },
        { "s 9", "1:Ada 2:Bob 3:Cy", 1, 0, 0, 0, 3, NULL },
        { "s 1\nw 1 displayName=Ada", "1:Ada* 2:Bob 3:Cy", 2, 1, 1, 0, 3, NULL },
        { "s 1\np 1 jobTitle=x", "1:-* 2:Bob 3:Cy", 2, 1, 1, 0, 3, NULL },
        { "p 1 jobTitle=x\np 1 mail=m\nw 1 displayName=E\np 1 jobTitle=y", "1:E* 2:Bob 3:Cy", 4, 4, 0, 0, 3, NULL },
        { "w 4 displayName=D\nw 4 displayName=E", "1:Ada 2:Bob 3:Cy 4:E*", 2, 2, 0, 0, 4, NULL },
        { "mark 1 odd", "1:Ada 2:Bob 3:Cy", 1, 0, 0, 1, 3, NULL },
        { "mark 4 odd", "1:Ada 2:Bob 3:Cy", 1, 0, 0, 1, 3, NULL },
        { "bad odd\nw 2 displayName=B", "1:Ada 2:B* 3:Cy", 1, 1, 0, 1, 3, NULL },
        /* full rounds */
        { "Fw 1 displayName=Ada\nw 2 displayName=Bob\nw 3 displayName=Cy", "1:Ada 2:Bob 3:Cy", 3, 0, 0, 0, 3, "" },
        { "Fw 1 displayName=Eve\nw 2 displayName=Bob", "1:Eve* 2:Bob 3:Cy", 2, 1, 0, 0, 3, "3" },
        { "Fw 1 displayName=Ada|w 2 displayName=Bob|/w 3 displayName=Cy", "1:Ada 2:Bob 3:Cy", 3, 0, 0, 0, 3, "" },
        { "F", "1:Ada 2:Bob 3:Cy", 0, 0, 0, 0, 3, "1 2 3" },
        { "Fw 4 displayName=Dan|w 1 displayName=Eve", "1:Eve* 2:Bob 3:Cy 4:Dan*", 2, 2, 0, 0, 4, "2 3" },
        { "Fw 4 displayName=Dan|w 4 displayName=Don|p 4 jobTitle=x", "1:Ada 2:Bob 3:Cy 4:Don*", 3, 3, 0, 0, 4, "1 2 3" },
        { "Fw 4 displayName=Dan|s 4", "1:Ada 2:Bob 3:Cy 4:Dan(soft)*", 2, 1, 1, 0, 3, "1 2 3" },
        { "Fs 1", "1:Ada(soft)* 2:Bob 3:Cy", 1, 0, 1, 0, 2, "2 3" },
        { "Fs 1|w 1 displayName=Ada", "1:Ada 2:Bob 3:Cy", 2, 0, 0, 0, 3, "2 3" },
        { "Fs 1|p 1 jobTitle=x", "1:-* 2:Bob 3:Cy", 2, 1, 0, 0, 3, "2 3" },
        { "Fw 1 displayName=E|w 1 displayName=Ada", "1:Ada 2:Bob 3:Cy", 2, 0, 0, 0, 3, "2 3" },
        { "Fw 1 displayName=E|/p 1 jobTitle=x", "1:E* 2:Bob 3:Cy", 2, 1, 0, 0, 3, "2 3" },
        { "Fmark 1 odd|w 2 displayName=Bob", "1:Ada 2:Bob 3:Cy", 2, 0, 0, 1, 3, "3" },
        /* given up: as if it had never been */
        { "Fw 1 displayName=E\nw 4 displayName=Dan\ns 2X", "1:Ada 2:Bob 3:Cy", 3, 1, 0, 0, 3, NULL },
};

START_TEST(round_folded)
{
        struct mstc_set *absent = mstc_set_new();
        struct mstc_fold fold;

        fold_round("w 1 displayName=Ada\nw 2 displayName=Bob\nw 3 displayName=Cy", NULL);
        ck_assert_str_eq(mirror(), "1:Ada* 2:Bob* 3:Cy*");
        OK(mstc_dirty_done(store, sync_id, UINT32_MAX, INT64_MAX, &err));
        fold = fold_round(rounds[_i].round, absent);
        ck_assert_msg(strcmp(mirror(), rounds[_i].mirror) == 0, "'%s': %s, not %s", rounds[_i].round, mirror(), rounds[_i].mirror);
        ck_assert_msg(fold.read == rounds[_i].read && fold.changed == rounds[_i].changed && fold.removed == rounds[_i].removed
                      && fold.bad == rounds[_i].bad, "'%s': %d read %d changed %d removed %d bad", rounds[_i].round, (int)fold.read,
                      (int)fold.changed, (int)fold.removed, (int)fold.bad);
        ck_assert_msg(number("SELECT live FROM sync") == rounds[_i].live, "'%s': %d live", rounds[_i].round,
                      (int)number("SELECT live FROM sync"));
        for (int id = 1; id < 4 && rounds[_i].absent != NULL; id++) {
                char name[2] = { (char)('0' + id), '\0' };
                int64_t found;

                OK(mstc_entry_find(store, sync_id, MST_USER, name, &found, &err));
                ck_assert_msg(mstc_set_has(absent, (uint32_t)found) == (strstr(rounds[_i].absent, name) != NULL), "'%s': %s",
                              rounds[_i].round, name);
        }
        ck_assert_int_eq(number("SELECT count(*) FROM stage") + number("SELECT count(*) FROM seen"), 0);
        ck_assert_int_eq(number("SELECT count(*) FROM entry e LEFT JOIN record r ON r.number=e.number LEFT JOIN entry_key k ON "
                                "k.number=e.number WHERE r.number IS NULL OR k.number IS NULL"), 0);
        mstc_set_free(absent);
}
END_TEST

/* What was bad is well again, even when it says the same as before. */
START_TEST(bad_is_well_again)
{
        fold_round("w 1 displayName=Ada", NULL);
        fold_round("mark 1 odd", NULL);
        ck_assert_int_eq(number("SELECT count(*) FROM entry WHERE bad='odd'"), 1);
        fold_round("w 1 displayName=Ada", NULL);
        ck_assert_int_eq(number("SELECT count(*) FROM entry WHERE bad IS NOT NULL"), 0);
}
END_TEST

/* References follow the record; who points at somebody is dirty when he goes or returns. */
START_TEST(references)
{
        bool is;

        fold_round("w 1 displayName=Ada\nw 2 displayName=Bob;manager=1\nw 3 displayName=Cy;manager=1", NULL);
        ck_assert_int_eq(number("SELECT count(*) FROM ref"), 2);
        OK(mstc_pointed_at(store, sync_id, "1", &is, &err));
        ck_assert(is);
        fold_round("p 2 manager=3\np 3 manager=", NULL);
        OK(mstc_pointed_at(store, sync_id, "1", &is, &err));
        ck_assert(!is);
        OK(mstc_dirty_done(store, sync_id, UINT32_MAX, INT64_MAX, &err));
        fold_round("s 3", NULL);
        ck_assert_str_eq(mirror(), "1:Ada 2:Bob* 3:Cy(soft)*");
        OK(mstc_dirty_done(store, sync_id, UINT32_MAX, INT64_MAX, &err));
        fold_round("w 3 displayName=Cy", NULL);
        ck_assert_str_eq(mirror(), "1:Ada 2:Bob* 3:Cy*");
}
END_TEST

/* Marks are taken off bit by bit, and never from somebody who was not there to be planned. */
START_TEST(marks)
{
        struct mstc_entry entries[4];
        struct mstc_fold fold = { .sync = sync_id, .run = 1, .full = true, .generation = 2, .mask = 7 };
        size_t count;
        int64_t left;

        fold_round("w 1 displayName=Ada\nw 2 displayName=Bob", NULL);
        OK(mstc_dirty_all(store, sync_id, 6, &err));
        OK(mstc_dirty_next(store, sync_id, 0, arena, entries, 4, &count, &err));
        ck_assert_uint_eq(count, 2);
        ck_assert_uint_eq(entries[0].mask, 7);
        OK(mstc_dirty_done(store, sync_id, 3, entries[1].number, &err));
        OK(mstc_dirty_next(store, sync_id, 0, arena, entries, 4, &count, &err));
        ck_assert_uint_eq(count, 2);
        ck_assert_uint_eq(entries[1].mask, 4);
        OK(mstc_dirty_done(store, sync_id, 4, entries[0].number, &err));
        OK(mstc_dirty_count(store, sync_id, &left, &err));
        ck_assert_int_eq(left, 1);
        /* a full round is under way when somebody of the present one comes */
        OK(mstc_fold_open(store, &fold, &err));
        fold_text(&fold, "w 3 displayName=Cy");
        fold_round("w 4 displayName=Dan", NULL);
        OK(mstc_dirty_next(store, sync_id, 0, arena, entries, 4, &count, &err));
        ck_assert_uint_eq(count, 2);
        OK(mstc_dirty_done(store, sync_id, UINT32_MAX, entries[1].number, &err));
        fold_text(&fold, "w 1 displayName=Ada\nw 2 displayName=Bob");
        finish(&fold);
        mstc_fold_close(&fold);
        ck_assert_str_eq(mirror(), "1:Ada 2:Bob 3:Cy* 4:Dan");
}
END_TEST

START_TEST(diary)
{
        bool due;

        fold_round("w 1 displayName=Ada\nw 2 displayName=Bob", NULL);
        OK(mstc_dirty_done(store, sync_id, UINT32_MAX, INT64_MAX, &err));
        OK(mstc_wake_set(store, sync_id, 1, "rule", 1000, &err));
        OK(mstc_wake_set(store, sync_id, 1, "rule", 2000, &err));
        OK(mstc_wake_set(store, sync_id, 2, "rule", 3000, &err));
        OK(mstc_wake_any(store, sync_id, 1999, &due, &err));
        ck_assert(!due);
        OK(mstc_wake_any(store, sync_id, 2000, &due, &err));
        ck_assert(due);
        OK(mstc_wake_due(store, sync_id, 2000, 1, &err));
        ck_assert_int_eq(number("SELECT count(*) FROM dirty"), 1);
        OK(mstc_wake_any(store, sync_id, 2000, &due, &err));
        ck_assert(!due);
        OK(mstc_wake_clear(store, sync_id, 2, "rule", &err));
        OK(mstc_wake_any(store, sync_id, 5000, &due, &err));
        ck_assert(!due);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("store-fold");
        TCase *t = tcase_create("all");

        tcase_add_checked_fixture(t, setup, teardown);
        tcase_set_timeout(t, 60);
        tcase_add_loop_test(t, round_folded, 0, UNIT_COUNT(rounds));
        tcase_add_test(t, bad_is_well_again);
        tcase_add_test(t, references);
        tcase_add_test(t, marks);
        tcase_add_test(t, diary);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
