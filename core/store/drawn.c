/* drawn.c - what chance has given to somebody who is not made yet. */
#include "build.h"

#include "store/drawn.h"

#include "store/sql.h"

int
mstc_drawn_get(struct mstc_store *store, int64_t target, int64_t entry, const char *attribute, struct mst_arena *arena,
               const void **ret, size_t *size, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT bytes FROM drawn WHERE target=? AND entry=? AND attribute=?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iit", target, entry, attribute);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK) {
                const void *bytes = mstc_sql_blob(stmt, 0, size);

                *ret = bytes != NULL ? mst_arena_memdup(arena, bytes, *size) : NULL;
                if (*ret == NULL)
                        rc = mst_fail_memory(err, "planning");
        }
        sqlite3_reset(stmt);
        return rc;
}

int
mstc_drawn_put(struct mstc_store *store, int64_t target, int64_t entry, const char *attribute, const void *bytes,
               size_t size, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO drawn VALUES(?,?,?,?,?)", "iitbi", target, entry, attribute,
                            bytes, size, mstc_now_ms());
}

int
mstc_drawn_end(struct mstc_store *store, int64_t target, int64_t entry, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM drawn WHERE target=? AND entry=?", "ii", target, entry);
}

int
mstc_drawn_tidy(struct mstc_store *store, int64_t target, int64_t before, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM drawn WHERE target=?1 AND at<?2 AND NOT EXISTS (SELECT 1 FROM op WHERE "
                            "op.entry=drawn.entry AND op.kind=1 AND op.target=?1 AND op.verb=1 AND op.open=1) AND NOT EXISTS "
                            "(SELECT 1 FROM declined d WHERE d.entry=drawn.entry AND d.kind=1 AND d.target=?1)", "ii", target,
                            before);
}
