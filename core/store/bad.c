/* bad.c - records that could not be read.
 *
 * The source does not send an unchanged record again, so whom a bad one was about is
 * remembered and asked for by id, at once and then less and less often.  A record that does
 * not even say whom it is about (id "") makes the next round a full one; it is old (no 'why')
 * from the start of a full round on, unless it comes again. */
#include "build.h"

#include "store/bad.h"

#include <string.h>

#include "store/sql.h"

#define N(x) ((int64_t)(x))
#define HOUR "3600000"

int
mstc_bad_note(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, const char *why,
              struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT INTO bad(sync, kind, id, why, due) VALUES(?,?,?,?,?) "
                            "ON CONFLICT(sync, kind, id) DO UPDATE SET why=excluded.why", "iitti", sync, N(kind), id,
                            why, mstc_now_ms());
}

int
mstc_bad_over(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM bad WHERE sync=? AND kind=? AND id=?", "iit", sync, N(kind), id);
}

int
mstc_bad_count(struct mstc_store *store, int64_t sync, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM bad WHERE sync=? AND id<>''", "i", sync);
}

int
mstc_bad_old(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE bad SET why='' WHERE sync=? AND id=''", "i", sync);
}

int
mstc_bad_past(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM bad WHERE sync=? AND id='' AND why=''", "i", sync);
}

int
mstc_bad_nameless(struct mstc_store *store, int64_t sync, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM bad WHERE sync=? AND id='' AND why<>''", "i",
                            sync) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_bad_due(struct mstc_store *store, int64_t sync, bool nameless, struct mst_arena *arena, enum mst_kind *kinds,
             const char **ids, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT kind, id FROM bad WHERE sync=? AND due<=? AND (id='')=? LIMIT ?", err);
        int rc = MST_OK;

        *ret = 0;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiii", sync, mstc_now_ms(), N(nameless), N(room));
        while (*ret < room && (rc = mstc_sql_step(store, stmt, err)) == MST_OK) {
                kinds[*ret] = (enum mst_kind)sqlite3_column_int(stmt, 0);
                ids[*ret] = mst_arena_strdup(arena, mstc_sql_text(stmt, 1));
                if (ids[*ret] == NULL) {
                        sqlite3_reset(stmt);
                        return mst_fail_memory(err, "reading what was bad");
                }
                ++*ret;
        }
        sqlite3_reset(stmt);
        return rc < 0 ? rc : MST_OK;
}

int
mstc_bad_asked(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE bad SET tries=tries+1, due=CASE WHEN tries<1 THEN due ELSE "
                            "?+min(24, 1<<min(tries, 5))*" HOUR " END WHERE sync=? AND kind=? AND id=?", "iiit",
                            mstc_now_ms(), sync, N(kind), id);
}
