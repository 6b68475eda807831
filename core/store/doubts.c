/* doubts.c - ops whose answer was lost, and when they are looked up again.
 *
 *   since   the answer was lost: the quiet time counts from here
 *   step 0  looked up again a quarter of an hour after that
 *   step 1  and a day after that, for the last time
 *
 * Between these every full read of the source looks at all of them (engine/recheck.c). */
#include "build.h"

#include "store/doubts.h"
#include "store/holds.h"
#include "store/sql.h"

#define FIRST_MS INT64_C(900000)
#define LAST_MS INT64_C(86400000)
#define N(x) ((int64_t)(x))

int
mstc_doubt_note(struct mstc_store *store, int64_t op, struct mst_error *err)
{
        int64_t now = mstc_now_ms();

        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO doubt(op, sink, since, due) SELECT number, sink, ?, ? "
                            "FROM op WHERE number=?", "iii", now, now + FIRST_MS, op);
}

int
mstc_doubts_recover(struct mstc_store *store, struct mst_error *err)
{
        int64_t now = mstc_now_ms();

        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO doubt(op, sink, since, due) SELECT number, sink, ?, ? "
                            "FROM op INDEXED BY op_open WHERE open=1 AND state=1", "ii", now, now + FIRST_MS);
}

int
mstc_doubt_newest(struct mstc_store *store, int64_t sink, int64_t target, int64_t before, int64_t *ret,
                  struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT max(d.since) FROM op o JOIN doubt d ON d.op=o.number WHERE "
                               "o.sink=? AND o.state=2 AND o.target=? AND d.since<=?", "iii", sink, target, before);
}

int
mstc_doubts_due(struct mstc_store *store, int64_t sink, int64_t now, int64_t after, struct mst_arena *arena,
                struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " MSTC_OP_COLUMNS MSTC_OP_FROM "WHERE o.number IN (SELECT op FROM "
                                      "doubt WHERE sink=?1 AND due<=?2 AND op>?3) AND o.state NOT IN (1,2) "
                                      "ORDER BY o.number LIMIT ?4", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiii", sink, now, after, N(room));
        return mstc_take_ops(store, stmt, arena, into, room, ret, err);
}

int
mstc_doubt_looked(struct mstc_store *store, int64_t op, int64_t now, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "DELETE FROM doubt WHERE op=? AND step=1 AND due<=?", "ii", op, now) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "UPDATE doubt SET step=1, due=since+? WHERE op=? AND step=0 AND due<=?", "iii",
                            LAST_MS, op, now);
}

int
mstc_waits_clamp(struct mstc_store *store, int64_t now, int64_t *ret, struct mst_error *err)
{
        int64_t latest = now + LAST_MS + FIRST_MS;

        /* A link's wait that began in the future begins now: nobody leaves sooner for it. */
        if (mstc_sql_number(store, err, ret, 0, "SELECT (SELECT count(*) FROM op WHERE open=1 AND state=3 AND due>?1) + "
                            "(SELECT count(*) FROM doubt WHERE due>?1) + (SELECT count(*) FROM instance WHERE trial>?1)",
                            "i", latest) != MST_OK || *ret == 0)
                return err->code;
        if (mstc_sql_run(store, err, "UPDATE op SET due=?1 WHERE open=1 AND state=3 AND due>?2", "ii", now, latest) != MST_OK
            || mstc_sql_run(store, err, "UPDATE doubt SET since=min(since, ?1), due=?1 WHERE due>?2", "ii", now,
                            latest) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "UPDATE instance SET trial=?1 WHERE trial>?2", "ii", now, latest);
}
