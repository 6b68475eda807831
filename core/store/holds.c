/* holds.c - what guards keep back, and what admins decide about it. */
#include "build.h"

#include "store/holds.h"

#include <stdio.h>
#include <string.h>

#include "store/sql.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/set.h"

#define N(x) ((int64_t)(x))

int
mstc_hold_get(struct mstc_store *store, int64_t hold, struct mst_arena *arena, struct mstc_hold_row *ret,
              struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT number, run, sync, target, state, guard, reason, decided_by FROM "
                                      "hold WHERE number=?", err);
        bool ok = true;
        int rc;

        memset(ret, 0, sizeof *ret);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", hold);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc;
        ret->number = sqlite3_column_int64(stmt, 0);
        ret->run = sqlite3_column_int64(stmt, 1);
        ret->sync = sqlite3_column_int64(stmt, 2);
        ret->target = sqlite3_column_int64(stmt, 3);
        ret->state = sqlite3_column_int(stmt, 4);
        ret->guard = mst_arena_strdup(arena, mstc_sql_text(stmt, 5));
        ret->reason = mst_arena_strdup(arena, mstc_sql_text(stmt, 6));
        ret->decided_by = mstc_sql_copy_text(stmt, 7, arena, &ok);
        sqlite3_reset(stmt);
        return ok && ret->guard != NULL && ret->reason != NULL ? MST_OK : mst_fail_memory(err, "reading a hold");
}

int
mstc_hold_ops(struct mstc_store *store, int64_t hold, int64_t after, struct mst_arena *arena,
              struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " MSTC_OP_COLUMNS MSTC_OP_FROM "WHERE o.hold=? AND o.number>? AND "
                                      "o.state IN (0,3) AND coalesce(o.approved,0)<=? ORDER BY o.number LIMIT ?", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiii", hold, after, mstc_now_ms(), N(room));
        return mstc_take_ops(store, stmt, arena, into, room, ret, err);
}

static void
add_op(const struct mstc_store *store, const struct mstc_entry_op *op, uint8_t digest[16], struct mstc_buffer *text)
{
        const int64_t numbers[] = { op->number, N(op->verb), N(op->reason), N(op->before_size), N(op->after_size) };

        mstc_buffer_clear(text);
        mstc_buffer_add(text, digest, 16);
        mstc_buffer_add(text, numbers, sizeof numbers);
        mstc_buffer_add(text, op->before, op->before_size);
        mstc_buffer_add(text, op->after, op->after_size);
        if (mstc_buffer_ok(text))
                mstc_hash128(store, text->bytes, text->length, digest);
}

int
mstc_hold_digest(struct mstc_store *store, int64_t hold, char ret[MSTC_DIGEST], struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_entry_op ops[64];
        uint8_t digest[16] = { 0 };
        size_t count = 64;
        int64_t after = 0;
        int rc = arena != NULL ? MST_OK : mst_fail_memory(err, "reading a hold");

        while (rc == MST_OK && count == 64) {
                mst_arena_reset(arena);
                rc = mstc_hold_ops(store, hold, after, arena, ops, 64, &count, err);
                for (size_t i = 0; rc == MST_OK && i < count; i++) {
                        after = ops[i].number;
                        add_op(store, &ops[i], digest, &text);
                }
        }
        mst_arena_free(arena);
        if (rc == MST_OK && !mstc_buffer_ok(&text))
                rc = mst_fail_memory(err, "reading a hold");
        for (size_t i = 0; i < (MSTC_DIGEST - 1) / 2; i++)
                (void)snprintf(ret + 2 * i, 3, "%02x", digest[i]);
        return rc;
}

int
mstc_hold_entries(struct mstc_store *store, int64_t hold, struct mstc_set *into, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT entry FROM op WHERE hold=? AND kind=1 AND open=1", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", hold);
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK)
                if (!mstc_set_add(into, (uint32_t)sqlite3_column_int64(stmt, 0)))
                        return mst_fail_memory(err, "judging the plan");
        return rc < 0 ? rc : MST_OK;
}

int
mstc_op_member_changes(struct mstc_store *store, int64_t target, int64_t sink, int64_t after,
                       struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret,
                       struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " MSTC_OP_COLUMNS MSTC_OP_FROM "WHERE o.sink=? AND o.rank=? AND "
                                      "o.number>? AND o.open=1 AND o.target=? AND o.state=0 AND o.hold IS NULL "
                                      "ORDER BY o.number LIMIT ?", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiiii", sink, N(MSTC_RANK_MEMBERS), after, target, N(room));
        return mstc_take_ops(store, stmt, arena, into, room, ret, err);
}

int
mstc_op_approve(struct mstc_store *store, int64_t number, int64_t until, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET approved=? WHERE number=?", "ii", until, number);
}

int
mstc_hold_decide(struct mstc_store *store, int64_t hold, int state, const char *who, const char *note,
                 int64_t expect, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE hold SET state=?, decided=?, decided_by=?, note=?, expect=? WHERE "
                            "number=?", "iittii", N(state), mstc_now_ms(), who, note, expect, hold);
}

int
mstc_hold_add(struct mstc_store *store, int64_t run, int64_t sync, int64_t target, const char *guard,
              const char *reason, int64_t *ret, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO hold(run, sync, target, guard, reason, created) "
                         "VALUES(?,?,?,?,?,?)", "iistti", run, sync, target, guard, reason,
                         mstc_now_ms()) != MST_OK)
                return err->code;
        *ret = sqlite3_last_insert_rowid(store->db);
        return MST_OK;
}

int
mstc_hold_find(struct mstc_store *store, int64_t sync, int64_t target, const char *guard, int64_t *ret,
               struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT number FROM hold WHERE sync=? AND "
                               "coalesce(target,0)=? AND guard=? AND state=0 ORDER BY number DESC LIMIT 1", "iit",
                               sync, target, guard);
}

int
mstc_hold_reason(struct mstc_store *store, int64_t hold, const char *reason, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE hold SET reason=? WHERE number=?", "ti", reason, hold);
}

int
mstc_op_hold(struct mstc_store *store, int64_t number, int64_t hold, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET hold=?, approved=NULL WHERE number=? AND state IN (0,3)",
                            "ii", hold, number);
}

int
mstc_holds_tidy(struct mstc_store *store, bool without_ops, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE hold SET state=2, decided=? WHERE state=0 AND NOT EXISTS "
                            "(SELECT 1 FROM op WHERE op.hold=hold.number AND op.open=1) AND guard NOT IN ('source-shrank','groups-shrank') AND "
                            "(?2<>0 OR EXISTS (SELECT 1 FROM op WHERE op.hold=hold.number))", "ii", mstc_now_ms(),
                            (int64_t)without_ops);
}

int
mstc_hold_over(struct mstc_store *store, int64_t sync, const char *guard, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE hold SET state=2, decided=? WHERE state=0 AND sync=? AND guard=?", "iit",
                            mstc_now_ms(), sync, guard);
}

int
mstc_holds_open(struct mstc_store *store, int64_t sync, int64_t now, int64_t *ret_ops, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret_ops, 0, "SELECT count(*) FROM hold h JOIN op o ON o.hold=h.number "
                               "WHERE h.sync=? AND h.state=0 AND o.state IN (0,3) AND coalesce(o.approved,0)<=?",
                               "ii", sync, now);
}

/* Members of a group that is still to be made come with it: they change nothing that is there. */
#define CLASS CLASS_IN("0,3")
#define CLASS_IN(states) "sink=?1 AND target=?2 AND state IN (" states ") AND open=1 AND (?3 & (1 << verb))<>0 AND " \
              "(?4<0 OR reason=?4) AND (?5=0 OR run=?5) AND NOT (verb=8 AND EXISTS (SELECT 1 FROM op c WHERE " \
              "c.entry=op.entry AND c.kind=2 AND c.target=op.target AND c.verb=1 AND c.open=1)) "

int
mstc_ops_waiting(struct mstc_store *store, int64_t target, int64_t sink, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT (SELECT count(*) FROM op INDEXED BY op_retry WHERE state=3 AND "
                               "sink=?1 AND target=?2) + (SELECT count(*) FROM op INDEXED BY op_unknown WHERE state=2 AND "
                               "sink=?1 AND target=?2)", "ii", sink, target) == MST_OK ? MST_OK : err->code;
}

int
mstc_ops_count(struct mstc_store *store, int64_t target, int64_t sink, uint32_t verbs, int reason, int64_t run,
               int64_t *ret, struct mst_error *err)
{
        /* What is in doubt may have been done: it counts, but cannot be held any more. */
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM op WHERE " CLASS_IN("0,2,3")
                               "AND coalesce(approved, 0)<=?6", "iiiiii", sink, target, N(verbs), N(reason), run,
                               mstc_now_ms());
}

/* That 'op' deletes somebody whom another op disabled since then, not approved: one removal in two steps. */
#define DISABLED_BEFORE(since) "EXISTS (SELECT 1 FROM op d WHERE d.entry=op.entry AND d.kind=1 AND d.sink=op.sink AND d.verb=4 " \
        "AND d.state=16 AND d.ended>" since " AND coalesce(d.approved, 0)=0)"

int
mstc_ops_second(struct mstc_store *store, int64_t target, int64_t sink, int64_t since, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM op WHERE sink=?1 AND target=?2 AND state IN (0,2,3) "
                               "AND open=1 AND kind=1 AND verb=6 AND coalesce(approved, 0)<=?3 AND " DISABLED_BEFORE("?4"),
                               "iiii", sink, target, mstc_now_ms(), since);
}

int
mstc_op_second(struct mstc_store *store, int64_t number, int64_t since, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM op WHERE number=?1 AND " DISABLED_BEFORE("?2"), "ii", number,
                            since) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_ops_held(struct mstc_store *store, int64_t target, int64_t sink, uint32_t verbs, int64_t run,
              int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM op WHERE sink=? AND target=? AND "
                               "state IN (0,3) AND open=1 AND (? & (1 << verb))<>0 AND run<>? AND "
                               "hold IS NOT NULL AND coalesce(approved, 0)<=?", "iiiii", sink, target, N(verbs), run,
                               mstc_now_ms());
}

int
mstc_ops_hold(struct mstc_store *store, int64_t target, int64_t sink, uint32_t verbs, int reason, int64_t run,
              int64_t after, int64_t hold, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET hold=?6 WHERE " CLASS "AND hold IS NULL AND number>?7", "iiiiiii",
                            sink, target, N(verbs), N(reason), run, hold, after);
}

int
mstc_hold_count(struct mstc_store *store, int64_t hold, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM op WHERE hold=? AND state IN (0,3) AND open=1 "
                               "AND coalesce(approved, 0)<=?", "ii", hold, mstc_now_ms());
}

int
mstc_hold_open(struct mstc_store *store, int64_t hold, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM op WHERE hold=? AND open=1", "i", hold);
}

int
mstc_hold_approved(struct mstc_store *store, int64_t sync, const char *guard, int64_t now, int64_t *ret_expect,
                   struct mst_error *err)
{
        if (mstc_sql_number(store, err, ret_expect, -1, "SELECT expect FROM hold WHERE sync=? AND guard=? AND state=1 "
                            "AND decided>? ORDER BY number DESC LIMIT 1", "iti", sync, guard,
                            now - INT64_C(86400000)) != MST_OK)
                return err->code;
        return *ret_expect >= 0 ? MST_OK : MST_END;
}
