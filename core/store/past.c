/* past.c - what a run has done to an object, and what came after.
 *
 * Done is what a sink has confirmed, and what was found to be done when an answer was lost. */
#include "build.h"

#include "store/past.h"

#include "store/sql.h"

#define N(x) ((int64_t)(x))
#define DONE "(o.state=16 OR (o.state=17 AND o.outcome=1))"

int
mstc_past_objects(struct mstc_store *store, int64_t run, bool (*add)(void *self, const struct mstc_past_object *object),
                  void *self, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT DISTINCT o.kind, o.sink, o.entry FROM op o INDEXED BY op_run WHERE "
                                      "o.run=? AND " DONE " ORDER BY o.sink, o.kind, o.entry", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", run);
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK) {
                struct mstc_past_object object = { (enum mst_kind)sqlite3_column_int(stmt, 0), sqlite3_column_int64(stmt, 1),
                                                   sqlite3_column_int64(stmt, 2) };

                if (!add(self, &object)) {
                        sqlite3_reset(stmt);
                        return mst_fail_memory(err, "reading the history");
                }
        }
        return rc < 0 ? rc : MST_OK;
}

int
mstc_past_ops(struct mstc_store *store, const struct mstc_past_object *object, int64_t run, int64_t after,
              struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " MSTC_OP_COLUMNS MSTC_OP_FROM "WHERE o.entry=?1 AND o.kind=?2 AND "
                                      "+o.sink=?3 AND (?4=0 OR +o.run=?4) AND o.number>?5 AND " DONE
                                      " ORDER BY o.number LIMIT ?6", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiiiii", object->entry, N(object->kind), object->sink, run, after, N(room));
        return mstc_take_ops(store, stmt, arena, into, room, ret, err);
}

int
mstc_past_sync(struct mstc_store *store, int64_t run, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT sync FROM run WHERE id=?", "i", run);
}

int
mstc_past_keep_members(struct mstc_store *store, int64_t op, const void *packed, size_t size, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO opmembers VALUES(?,?)", "ib", op, packed, size);
}

int
mstc_past_members(struct mstc_store *store, int64_t op, struct mst_arena *arena, const void **ret, size_t *size,
                  struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT bits FROM opmembers WHERE number=?", err);
        const void *bytes;
        int rc;

        *ret = NULL;
        *size = 0;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", op);
        rc = mstc_sql_step(store, stmt, err);
        bytes = rc == MST_OK ? mstc_sql_blob(stmt, 0, size) : NULL;
        if (bytes != NULL && (*ret = mst_arena_memdup(arena, bytes, *size)) == NULL)
                rc = mst_fail_memory(err, "reading the history");
        sqlite3_reset(stmt);
        return rc;
}
