/* versions.c - see versions.h. */
#include "build.h"

#include "store/versions.h"

#include "store/sql.h"

int
mstc_versions_none(struct mstc_store *store, int64_t sync, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM rule WHERE sync=? LIMIT 1", "i", sync) != MST_OK)
                return err->code;
        *ret = one == 0;
        return MST_OK;
}

int
mstc_version_next(struct mstc_store *store, int64_t sync, const char *after, struct mst_arena *arena,
                  struct mstc_version *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT name, text, fingerprint FROM rule WHERE sync=?1 AND name>?2 "
                                      "ORDER BY name, id DESC LIMIT 1", err);
        bool ok = true;
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "it", sync, after);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK)
                *ret = (struct mstc_version){ .name = mstc_sql_copy_text(stmt, 0, arena, &ok),
                                              .text = mstc_sql_copy_text(stmt, 1, arena, &ok),
                                              .fingerprint = mstc_sql_copy_text(stmt, 2, arena, &ok) };
        sqlite3_reset(stmt);
        return ok ? rc : mst_fail_memory(err, "reading rules");
}

int
mstc_version_add(struct mstc_store *store, int64_t sync, int64_t run, const struct mstc_version *version,
                 struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT INTO rule(sync, name, text, fingerprint, run, at) VALUES(?,?,?,?,?,?)",
                            "itttii", sync, version->name, version->text, version->fingerprint, run, mstc_now_ms());
}
