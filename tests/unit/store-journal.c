/* store-journal.c - ops from state to state, what a new life makes of them, links, holds, groups,
 * sets, runs and instances. */
#include "store/journal.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/doubts.h"
#include "store/entries.h"
#include "store/groups.h"
#include "store/declined.h"
#include "store/holds.h"
#include "store/links.h"
#include "store/runs.h"
#include "store/sql.h"
#include "unit.h"

static char folder[] = "/tmp/muster-journal-XXXXXX";
static char path[100];
static struct mstc_store *store;
static struct mst_arena *arena;
static struct mst_error err;

#define OK(call) ck_assert_msg((call) == MST_OK, "%s: %s", #call, err.text)

static void
open_store(void)
{
        ck_assert_msg(mstc_store_open(path, MSTC_WRITE, &store, &err) == MST_OK, "%s", err.text);
}

static void
setup(void)
{
        memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(folder));
        (void)snprintf(path, sizeof path, "%s/state.db", folder);
        memset(&err, 0, sizeof err);
        open_store();
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

static int64_t
number(const char *sql)
{
        int64_t ret = -1;

        OK(mstc_sql_number(store, &err, &ret, -1, sql, ""));
        return ret;
}

static int64_t
add(int64_t run, int64_t entry, enum mst_verb verb, int state, int64_t hold)
{
        struct mstc_entry_op op = { .run = run, .target = 1, .sink = 1, .kind = MST_USER, .entry = entry, .verb = verb, .state = state,
                                    .rank = MSTC_RANK_USERS, .hold = hold, .name = "Ada", .after = "after", .after_size = 5 };

        OK(mstc_op_add(store, &op, &err));
        return op.number;
}

/* An op in doubt is not looked up in its quiet time, unless the clock was put back; settled, it is
 * due again after a quarter of an hour and after a day. */
START_TEST(doubts)
{
        int64_t n = add(1, 1, MST_CREATE, MSTC_OP_PLANNED, 0), now = mstc_now_ms();
        struct mstc_entry_op ops[2];
        size_t count;

        OK(mstc_op_sent(store, n, &err));
        OK(mstc_op_unknown(store, n, "lost", &err));
        now = number("SELECT since FROM doubt");
        OK(mstc_op_unknowns(store, 1, 0, now - 1, now + 1, arena, ops, 2, &count, &err));
        ck_assert_uint_eq(count, 0);
        OK(mstc_op_unknowns(store, 1, 0, now, now + 1, arena, ops, 2, &count, &err));
        ck_assert_uint_eq(count, 1);
        OK(mstc_op_unknowns(store, 1, 0, now - 100, now - 50, arena, ops, 2, &count, &err));
        ck_assert_uint_eq(count, 1);
        OK(mstc_doubts_due(store, 1, INT64_MAX, 0, arena, ops, 2, &count, &err));
        ck_assert_uint_eq(count, 0);         /* not settled yet                        */
        OK(mstc_op_end(store, n, MSTC_OP_DONE, MST_DONE, 1, NULL, &err));
        OK(mstc_doubts_due(store, 1, now + 899999, 0, arena, ops, 2, &count, &err));
        ck_assert_uint_eq(count, 0);
        OK(mstc_doubts_due(store, 1, now + 900000, 0, arena, ops, 2, &count, &err));
        ck_assert_uint_eq(count, 1);
        OK(mstc_doubt_looked(store, n, now + 5, &err));          /* in between: it stays due       */
        ck_assert_int_eq(number("SELECT due-since FROM doubt"), 900000);
        OK(mstc_doubt_looked(store, n, now + 900000, &err));
        ck_assert_int_eq(number("SELECT due-since FROM doubt"), 86400000);
        OK(mstc_doubt_looked(store, n, now + 86400001, &err));
        ck_assert_int_eq(number("SELECT count(*) FROM doubt"), 0);
}
END_TEST

/* What each way from state to state leaves. */
START_TEST(states)
{
        struct mstc_entry_op op;
        int64_t n = add(1, 1, MST_CREATE, MSTC_OP_PLANNED, 0);

        OK(mstc_op_get(store, n, arena, &op, &err));
        ck_assert(op.state == MSTC_OP_PLANNED && op.tries == 0 && op.after_size == 5 && memcmp(op.after, "after", 5) == 0
                  && op.before == NULL && strcmp(op.name, "Ada") == 0 && op.verb == MST_CREATE);
        OK(mstc_op_sent(store, n, &err));
        OK(mstc_op_get(store, n, arena, &op, &err));
        ck_assert(op.state == MSTC_OP_SENT && op.tries == 1);
        OK(mstc_op_retry(store, n, 5000, "busy", &err));
        OK(mstc_op_get(store, n, arena, &op, &err));
        ck_assert(op.state == MSTC_OP_RETRY && op.due == 5000 && strcmp(op.text, "busy") == 0);
        OK(mstc_op_sent(store, n, &err));
        OK(mstc_op_unknown(store, n, "lost", &err));
        OK(mstc_op_put_back(store, n, &err));
        OK(mstc_op_park(store, n, MST_REFUSED, "no", &err));
        OK(mstc_op_of(store, MST_USER, 1, 1, arena, &op, &err));
        ck_assert(op.state == MSTC_OP_PARKED && op.number == n && op.tries == 2);
        OK(mstc_op_end(store, n, MSTC_OP_DONE, MST_DONE, 1, NULL, &err));
        ck_assert_int_eq(mstc_op_of(store, MST_USER, 1, 1, arena, &op, &err), MST_END);
        ck_assert_int_eq(mstc_op_get(store, 99, arena, &op, &err), MST_END);
}
END_TEST

/* Which may be claimed: by rank, hold, approval, due time and number. */
static const struct {
        int state;
        int64_t hold, approved, due;
        int rank;
        bool claimable;
} claims[] = {
        { MSTC_OP_PLANNED, 0, 0, 0, MSTC_RANK_USERS, true },
        { MSTC_OP_PLANNED, 0, 0, 0, MSTC_RANK_GROUPS, false },
        { MSTC_OP_PLANNED, 7, 0, 0, MSTC_RANK_USERS, false },
        { MSTC_OP_PLANNED, 7, 1000, 0, MSTC_RANK_USERS, false },     /* until now, not after */
        { MSTC_OP_PLANNED, 7, 1001, 0, MSTC_RANK_USERS, true },
        { MSTC_OP_RETRY, 0, 0, 1000, MSTC_RANK_USERS, true },
        { MSTC_OP_RETRY, 0, 0, 1001, MSTC_RANK_USERS, false },
        { MSTC_OP_RETRY, 7, 0, 1000, MSTC_RANK_USERS, false },
        { MSTC_OP_SENT, 0, 0, 0, MSTC_RANK_USERS, false },
        { MSTC_OP_UNKNOWN, 0, 0, 0, MSTC_RANK_USERS, false },
        { MSTC_OP_PARKED, 0, 0, 0, MSTC_RANK_USERS, false },
};

START_TEST(claimable)
{
        struct mstc_entry_op ops[4];
        int64_t n = add(1, 1, MST_UPDATE, claims[_i].state, claims[_i].hold), ready;
        size_t count;

        OK(mstc_sql_run(store, &err, "UPDATE op SET approved=nullif(?,0), due=nullif(?,0), rank=? WHERE number=?", "iiii",
                        claims[_i].approved, claims[_i].due, (int64_t)claims[_i].rank, n));
        OK(mstc_op_claimable(store, 1, MSTC_RANK_USERS, 0, 0, 1000, arena, ops, 4, &count, &err));
        ck_assert_uint_eq(count, claims[_i].claimable);
        OK(mstc_op_claimable(store, 1, MSTC_RANK_USERS, n, n, 1000, arena, ops, 4, &count, &err));
        ck_assert_uint_eq(count, 0);
        OK(mstc_op_claimable(store, 2, MSTC_RANK_USERS, 0, 0, 1000, arena, ops, 4, &count, &err));
        ck_assert_uint_eq(count, 0);
        OK(mstc_op_ready(store, 1, 1, 1000, &ready, &err));
        ck_assert_int_eq(ready, claims[_i].claimable || claims[_i].rank == MSTC_RANK_GROUPS);
        OK(mstc_op_ready(store, 1, 2, 1000, &ready, &err));
        ck_assert_int_eq(ready, 0);
}
END_TEST

/* A life ends in the middle: what it had sent is in doubt, what it had not judged is gone. */
START_TEST(recovery)
{
        pid_t child;
        int status;

        mstc_store_close(store);
        child = fork();
        if (child == 0) {
                int64_t run = 0, sent, held;

                open_store();
                OK(mstc_run_new(store, 1, MSTC_RUN_DELTA, 1, "r", &run, &err));
                sent = add(run, 1, MST_UPDATE, MSTC_OP_PLANNED, 0);
                held = add(run, 2, MST_DELETE, MSTC_OP_PLANNED, 3);
                OK(mstc_journal_judged(store, run, &err));
                OK(mstc_op_sent(store, sent, &err));
                (void)held;
                (void)add(run, 3, MST_CREATE, MSTC_OP_PLANNED, 0);
                (void)add(run, 4, MST_CREATE, MSTC_OP_PARKED, 0);
                _exit(42);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
        open_store();
        ck_assert_int_eq(number("SELECT count(*) FROM op"), 4);
        OK(mstc_journal_recover(store, &err));
        OK(mstc_runs_recover(store, &err));
        ck_assert_int_eq(number("SELECT count(*) FROM op"), 2);
        ck_assert_int_eq(number("SELECT count(*) FROM opdata"), 2);
        ck_assert_int_eq(number("SELECT state FROM op WHERE entry=1"), MSTC_OP_UNKNOWN);
        ck_assert_int_eq(number("SELECT state=0 AND hold=3 FROM op WHERE entry=2"), 1);
        ck_assert_int_eq(number("SELECT state=5 AND outcome=5 FROM run"), 1);
        /* and again: nothing more */
        OK(mstc_journal_recover(store, &err));
        ck_assert_int_eq(number("SELECT count(*) FROM op"), 2);
}
END_TEST

START_TEST(holds)
{
        int64_t hold = 0, found, count;
        struct mstc_hold_row row;

        OK(mstc_hold_add(store, 1, 1, 1, "removals", "too many", &hold, &err));
        (void)add(1, 1, MST_DISABLE, MSTC_OP_PLANNED, 0);
        (void)add(1, 2, MST_DELETE, MSTC_OP_RETRY, 0);
        (void)add(1, 3, MST_UPDATE, MSTC_OP_PLANNED, 0);
        (void)add(2, 4, MST_DISABLE, MSTC_OP_PLANNED, 0);
        (void)add(2, 5, MST_DISABLE, MSTC_OP_PARKED, 0);
        OK(mstc_ops_count(store, 1, 1, 1u << MST_DISABLE | 1u << MST_DELETE, -1, 0, &count, &err));
        ck_assert_int_eq(count, 3);
        OK(mstc_ops_count(store, 1, 1, 1u << MST_DISABLE | 1u << MST_DELETE, -1, 2, &count, &err));
        ck_assert_int_eq(count, 1);
        OK(mstc_ops_hold(store, 1, 1, 1u << MST_DISABLE | 1u << MST_DELETE, -1, 0, 1, hold, &err));
        ck_assert_int_eq(number("SELECT count(*) FROM op WHERE hold=1"), 2);     /* the first was released before */
        OK(mstc_holds_open(store, 1, 1000, &count, &err));
        ck_assert_int_eq(count, 2);
        OK(mstc_hold_find(store, 1, 1, "removals", &found, &err));
        ck_assert_int_eq(found, hold);
        OK(mstc_hold_find(store, 1, 2, "removals", &found, &err));
        ck_assert_int_eq(found, 0);
        OK(mstc_op_approve(store, 2, INT64_MAX, &err));
        OK(mstc_hold_count(store, hold, &count, &err));
        ck_assert_int_eq(count, 1);
        OK(mstc_op_end(store, 2, MSTC_OP_DONE, MST_DONE, 1, NULL, &err));
        OK(mstc_holds_tidy(store, false, &err));
        OK(mstc_hold_get(store, hold, arena, &row, &err));
        ck_assert_int_eq(row.state, 0);
        OK(mstc_op_end(store, 4, MSTC_OP_SUPERSEDED, 0, 1, NULL, &err));
        OK(mstc_holds_tidy(store, false, &err));
        OK(mstc_hold_get(store, hold, arena, &row, &err));
        ck_assert_int_eq(row.state, 2);
        ck_assert_str_eq(row.reason, "too many");
        ck_assert_int_eq(mstc_hold_get(store, 9, arena, &row, &err), MST_END);
}
END_TEST

/* One thing is declined of a user in a sink, whichever target says so, and of a group in a target. */
START_TEST(declined)
{
        struct mstc_declined d = { .kind = MST_USER, .entry = 5, .sink = 1, .target = 2, .verb = MST_DISABLE,
                                   .reason = MSTC_WHY_GONE, .hash = "0123456789abcde" }, got;
        bool none;

        OK(mstc_declined_none(store, &none, &err));
        ck_assert(none);
        OK(mstc_decision_add(store, MSTC_REJECTED, 3, "ada", "she stays", &d.decision, &err));
        OK(mstc_declined_put(store, &d, &err));
        OK(mstc_declined_none(store, &none, &err));
        ck_assert(!none);
        OK(mstc_declined_get(store, MST_USER, 5, 1, 9, &got, &err));
        ck_assert(got.verb == MST_DISABLE && got.reason == MSTC_WHY_GONE && got.decision == d.decision && got.target == 2);
        ck_assert_mem_eq(got.hash, d.hash, 16);
        ck_assert_int_eq(mstc_declined_get(store, MST_USER, 5, 2, 2, &got, &err), MST_END);
        ck_assert_int_eq(mstc_declined_get(store, MST_GROUP, 5, 1, 2, &got, &err), MST_END);
        d.verb = MST_DELETE;
        OK(mstc_declined_put(store, &d, &err));
        ck_assert_int_eq(number("SELECT count(*) FROM declined"), 1);
        d.kind = MST_GROUP;
        OK(mstc_declined_put(store, &d, &err));
        d.target = 3;
        OK(mstc_declined_put(store, &d, &err));
        ck_assert_int_eq(number("SELECT count(*) FROM declined"), 3);
        OK(mstc_declined_end(store, MST_GROUP, 5, 1, 3, &err));
        OK(mstc_declined_end(store, MST_USER, 5, 1, 99, &err));
        ck_assert_int_eq(number("SELECT count(*) FROM declined WHERE kind=2 AND target=2"), 1);
        ck_assert_int_eq(number("SELECT count(*) FROM declined"), 1);
}
END_TEST

START_TEST(links)
{
        struct mstc_link link = { .sink = 1, .entry = 5, .target = 2, .object = "o-1", .name = "cn=ada", .version = "v1",
                                  .made = MSTC_MADE_CREATED, .state = MSTC_LINK_LIVE }, got;
        struct mst_value mail = { 0 };
        const char *object, *name;
        bool none;

        OK(mstc_links_none(store, &none, &err));
        ck_assert(none);
        link.applied = mstc_record_values(arena, MST_USER);
        mail = mstc_value_text("ada@x", 5);
        ck_assert(mstc_record_set(link.applied, "mail", &mail));
        OK(mstc_link_put(store, &link, &err));
        OK(mstc_links_none(store, &none, &err));
        ck_assert(!none);
        OK(mstc_link_get(store, 5, 1, arena, &got, &err));
        ck_assert_str_eq(got.object, "o-1");
        ck_assert_str_eq(mst_value_text(mst_record_get(got.applied, "mail"), NULL), "ada@x");
        OK(mstc_link_of_object(store, 1, "o-1", arena, &got, &err));
        ck_assert_int_eq(got.entry, 5);
        ck_assert_int_eq(mstc_link_of_object(store, 2, "o-1", arena, &got, &err), MST_END);
        ck_assert_int_eq(mstc_link_get(store, 5, 2, arena, &got, &err), MST_END);
        OK(mstc_link_name(store, 5, 1, arena, &object, &name, &err));
        ck_assert_str_eq(name, "cn=ada");
        link.state = MSTC_LINK_DELETED;
        OK(mstc_link_put(store, &link, &err));
        OK(mstc_link_name(store, 5, 1, arena, &object, &name, &err));
        ck_assert_ptr_null(name);
        OK(mstc_link_get(store, 5, 1, arena, &got, &err));
        ck_assert(got.state == MSTC_LINK_DELETED && got.id == link.id);
        ck_assert_int_eq(number("SELECT count(*) FROM link"), 1);
}
END_TEST

/* A set comes back as it was saved, in all its chunks, and what was taken out stays out. */
START_TEST(sets)
{
        static const uint32_t members[] = { 0, 1, 63, 64, 65535, 65536, 70000, 1000000, 4294967294u };
        struct mstc_set *set = NULL, *got = mstc_set_new();

        for (int table = MSTC_TSET; table <= MSTC_PSET; table++) {
                mstc_set_free(set);
                set = mstc_set_new();
                for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
                        ck_assert(mstc_set_add(set, members[i]));
                OK(mstc_set_save(store, (enum mstc_set_table)table, 7, set, &err));
        }
        OK(mstc_set_load(store, MSTC_GSET, 7, got, &err));
        ck_assert_uint_eq(mstc_set_count(got), sizeof members / sizeof members[0]);
        mstc_set_remove(got, 70000);
        mstc_set_remove(got, 65536);
        mstc_set_remove(got, 65535);
        OK(mstc_set_save(store, MSTC_GSET, 7, got, &err));
        mstc_set_free(set);
        set = mstc_set_new();
        OK(mstc_set_load(store, MSTC_GSET, 7, set, &err));
        ck_assert(!mstc_set_has(set, 70000) && !mstc_set_has(set, 65536) && mstc_set_has(set, 64) && mstc_set_has(set, 1000000));
        ck_assert_uint_eq(mstc_set_count(set), sizeof members / sizeof members[0] - 3);
        OK(mstc_set_forget(store, MSTC_GSET, 7, &err));
        mstc_set_free(set);
        set = mstc_set_new();
        OK(mstc_set_load(store, MSTC_GSET, 7, set, &err));
        ck_assert_uint_eq(mstc_set_count(set), 0);
        OK(mstc_sql_run(store, &err, "UPDATE tset SET bits=x'ffffff'", ""));
        ck_assert_int_lt(mstc_set_load(store, MSTC_TSET, 7, set, &err), 0);
        ck_assert_msg(strstr(err.text, "is damaged: a set of members cannot be read; put back a copy") != NULL, "%s", err.text);
        mstc_set_free(set);
        mstc_set_free(got);
}
END_TEST

START_TEST(groups)
{
        static const uint32_t ids[] = { 3, 5, 8 };
        struct mstc_glink glink = { .sink = 1, .target = 1, .grp = 1, .object = "g", .name = "cn=g", .made = 1, .state = 1 }, got;
        struct mstc_grp grp;
        uint32_t *read;
        size_t count;
        int64_t next;
        bool fresh;

        OK(mstc_grp_get(store, 1, "fin", "Finance", "rule", NULL, arena, &grp, &fresh, &err));
        ck_assert(fresh && grp.id == 1);
        OK(mstc_grp_get(store, 1, "fin", "Finance", "rule", NULL, arena, &grp, &fresh, &err));
        ck_assert(!fresh && grp.id == 1 && grp.family == NULL);
        OK(mstc_gmem_put(store, 9, ids, 3, &err));
        OK(mstc_gmem_get(store, 9, arena, &read, &count, &err));
        ck_assert(count == 3 && memcmp(read, ids, sizeof ids) == 0);
        OK(mstc_gmem_put(store, 9, ids, 0, &err));
        OK(mstc_gmem_get(store, 9, arena, &read, &count, &err));
        ck_assert_uint_eq(count, 0);
        OK(mstc_gdirty_add(store, 1, 4, &err));
        OK(mstc_gdirty_add(store, 1, 2, &err));
        OK(mstc_gdirty_add(store, 1, 2, &err));
        OK(mstc_gdirty_next(store, 1, 0, &next, &err));
        ck_assert_int_eq(next, 2);
        OK(mstc_gdirty_next(store, 1, 2, &next, &err));
        ck_assert_int_eq(next, 4);
        OK(mstc_gdirty_done(store, 1, 2, &err));
        OK(mstc_gdirty_next(store, 1, 4, &next, &err));
        ck_assert_int_eq(next, 0);
        ck_assert_int_eq(mstc_glink_get(store, 1, 1, arena, &got, &err), MST_END);
        OK(mstc_glink_put(store, &glink, &err));
        OK(mstc_glink_get(store, 1, 1, arena, &got, &err));
        ck_assert(got.id == glink.id && strcmp(got.name, "cn=g") == 0 && got.applied == NULL);
}
END_TEST

/* What the guards look back on. */
START_TEST(looking_back)
{
        struct mstc_target_row row;
        int64_t base, day, week;

        OK(mstc_target_row(store, 1, "t", 1, 0, arena, &row, &err));
        OK(mstc_target_tally(store, row.id, 100, 0, &err));
        OK(mstc_target_tally(store, row.id, -10, 10, &err));
        OK(mstc_target_look_back(store, row.id, &base, &day, &week, &err));
        ck_assert(base == 90 && day == 10 && week == 10);
        OK(mstc_sql_run(store, &err, "UPDATE tally SET hour=hour-25", ""));
        OK(mstc_sql_run(store, &err, "INSERT INTO census SELECT target, day-8, 400 FROM census", ""));
        OK(mstc_target_look_back(store, row.id, &base, &day, &week, &err));
        ck_assert_msg(base == 400 && day == 0 && week == 10, "%d %d %d", (int)base, (int)day, (int)week);
        OK(mstc_sql_run(store, &err, "UPDATE tally SET hour=hour-168", ""));
        OK(mstc_target_look_back(store, row.id, &base, &day, &week, &err));
        ck_assert_int_eq(week, 0);
}
END_TEST

START_TEST(runs)
{
        uint64_t counts[MSTC_N_COUNTS] = { [MSTC_N_READ] = 300 };
        struct mstc_sync_row row;
        struct mstc_run_row cut;
        int64_t run = 0, line;

        OK(mstc_sync_row(store, "s", 4, arena, &row, &err));
        ck_assert(row.id == 1 && row.cursor == NULL && row.generation == 0);
        ck_assert_int_eq(mstc_run_cut_off(store, 1, arena, &cut, &err), MST_END);
        OK(mstc_run_new(store, 1, MSTC_RUN_FULL, 1, "reads", &run, &err));
        ck_assert_int_eq(mstc_run_cut_off(store, 1, arena, &cut, &err), MST_END);
        OK(mstc_run_next(store, run, "p7", 6, 2, &err));
        OK(mstc_runs_recover(store, &err));
        OK(mstc_run_cut_off(store, 1, arena, &cut, &err));
        ck_assert(cut.id == run && cut.pages == 6 && cut.bad == 2 && strcmp(cut.next, "p7") == 0 && cut.generation == 1);
        OK(mstc_run_log(store, run, 1, 0, MST_LOG_INFO, "a", &err));
        OK(mstc_run_log(store, run, 2, 0, MST_LOG_INFO, "b", &err));
        OK(mstc_run_last_line(store, run, &line, &err));
        ck_assert_int_eq(line, 2);
        OK(mstc_sync_complete(store, 1, "c1", "reads", 1, &err));
        OK(mstc_run_end(store, run, MSTC_END_DONE, "", counts, &err));
        ck_assert_int_eq(mstc_run_cut_off(store, 1, arena, &cut, &err), MST_END);
        OK(mstc_sync_reset(store, 1, &err));
        OK(mstc_sync_row(store, "s", 4, arena, &row, &err));
        ck_assert(row.reset == 1 && row.generation == 1 && strcmp(row.cursor, "c1") == 0 && strcmp(row.reads, "reads") == 0);
}
END_TEST

START_TEST(instances)
{
        struct mst_facts *facts = mstc_facts_new(), *got;
        int64_t id = 0, again = 0, at;
        const void *kept;
        size_t size;

        OK(mstc_instance_id(store, MSTC_SINK, "snk", "ldap", &id, &err));
        OK(mstc_instance_id(store, MSTC_SINK, "snk", "ldap", &again, &err));
        ck_assert_int_eq(id, again);
        OK(mstc_instance_facts(store, id, &got, &at, &err));
        ck_assert_ptr_null(got);
        mst_facts_identity(facts, "this one");
        OK(mstc_instance_set_facts(store, id, facts, &err));
        OK(mstc_instance_facts(store, id, &got, &at, &err));
        ck_assert_str_eq(got->identity, "this one");
        mstc_facts_free(got);
        mstc_facts_free(facts);
        OK(mstc_kept_put(store, id, "token", "abc", 3, &err));
        kept = mstc_kept_get(store, id, "token", arena, &size);
        ck_assert(size == 3 && memcmp(kept, "abc", 3) == 0);
        OK(mstc_kept_put(store, id, "token", NULL, 0, &err));
        ck_assert_ptr_null(mstc_kept_get(store, id, "token", arena, &size));
        OK(mstc_instance_aside(store, id, "away", &err));
        ck_assert_int_eq(number("SELECT state FROM instance"), 1);
        OK(mstc_instance_aside(store, id, NULL, &err));
        ck_assert_int_eq(number("SELECT state FROM instance"), 0);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("store-journal");
        TCase *t = tcase_create("all");

        tcase_add_checked_fixture(t, setup, teardown);
        tcase_set_timeout(t, 60);
        tcase_add_test(t, states);
        tcase_add_test(t, doubts);
        tcase_add_loop_test(t, claimable, 0, UNIT_COUNT(claims));
        tcase_add_test(t, recovery);
        tcase_add_test(t, holds);
        tcase_add_test(t, links);
        tcase_add_test(t, declined);
        tcase_add_test(t, sets);
        tcase_add_test(t, groups);
        tcase_add_test(t, looking_back);
        tcase_add_test(t, runs);
        tcase_add_test(t, instances);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
