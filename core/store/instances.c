/* instances.c - what is remembered of sources and sinks: facts, kept values, quarantine. */
#include "build.h"

#include "store/runs.h"

#include <stdio.h>
#include <string.h>

#include "store/sql.h"
#include "util/alloc.h"
#include "util/buffer.h"

#define N(x) ((int64_t)(x))

int
mstc_instance_id(struct mstc_store *store, enum mstc_role role, const char *name, const char *plugin,
                 int64_t *ret, struct mst_error *err)
{
        if (mstc_sql_number(store, err, ret, 0, "SELECT id FROM instance WHERE role=? AND name=?", "it", N(role),
                            name) != MST_OK || *ret != 0)
                return err->code;
        if (mstc_sql_run(store, err, "INSERT INTO instance(role, name, plugin) VALUES(?,?,?)", "itt", N(role), name,
                         plugin) != MST_OK)
                return err->code;
        *ret = sqlite3_last_insert_rowid(store->db);
        return MST_OK;
}

int
mstc_instance_facts(struct mstc_store *store, int64_t instance, struct mst_facts **ret, int64_t *ret_at,
                    struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT facts, facts_at FROM instance WHERE id=?", err);
        const void *bytes;
        size_t size;
        int rc;

        *ret = NULL;
        *ret_at = 0;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", instance);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        bytes = mstc_sql_blob(stmt, 0, &size);
        if (bytes != NULL) {
                *ret = mstc_facts_unflat(bytes, size);       /* damaged: as never probed */
                *ret_at = sqlite3_column_int64(stmt, 1);
        }
        sqlite3_reset(stmt);
        return MST_OK;
}

int
mstc_instance_set_facts(struct mstc_store *store, int64_t instance, const struct mst_facts *facts,
                        struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };

        mstc_facts_flat(facts, &flat);
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "keeping the facts of a connector");
        return mstc_sql_run(store, err, "UPDATE instance SET facts=?, facts_at=?, identity=? WHERE id=?", "biti",
                            (const void *)flat.bytes, flat.length, mstc_now_ms(), facts->identity, instance);
}

int
mstc_instance_aside(struct mstc_store *store, int64_t instance, const char *reason, struct mst_error *err)
{
        if (reason != NULL)
                return mstc_sql_run(store, err, "UPDATE instance SET state=max(state, 1), reason=?, since=coalesce(since, ?) "
                                    "WHERE id=?", "tii", reason, mstc_now_ms(), instance);
        return mstc_sql_run(store, err, "UPDATE instance SET state=0, reason=NULL, since=NULL WHERE id=? AND state<>0", "i",
                            instance);
}

int
mstc_instance_health(struct mstc_store *store, int64_t instance, struct mstc_health *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT fails, tried, recent, state=2, coalesce(trial, 0), trials, reason FROM "
                                      "instance WHERE id=?", err);
        const char *reason;
        int rc;

        memset(ret, 0, sizeof *ret);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", instance);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        ret->row = sqlite3_column_int64(stmt, 0);
        ret->tried = sqlite3_column_int64(stmt, 1);
        ret->recent = (uint32_t)sqlite3_column_int64(stmt, 2);
        ret->quarantined = sqlite3_column_int(stmt, 3) != 0;
        ret->trial = sqlite3_column_int64(stmt, 4);
        ret->trials = sqlite3_column_int64(stmt, 5);
        reason = mstc_sql_text(stmt, 6);
        snprintf(ret->reason, sizeof ret->reason, "%s", reason != NULL ? reason : "");
        sqlite3_reset(stmt);
        return MST_OK;
}

int
mstc_instance_set_health(struct mstc_store *store, int64_t instance, const struct mstc_health *h, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "UPDATE instance SET fails=?, tried=?, recent=?, trial=?, trials=? WHERE id=?", "iiisii",
                         h->row, h->tried, N(h->recent), h->trial, h->trials, instance) != MST_OK)
                return err->code;
        return h->quarantined
             ? mstc_sql_run(store, err, "UPDATE instance SET state=2 WHERE id=?", "i", instance)
             : mstc_sql_run(store, err, "UPDATE instance SET state=0, reason=NULL, since=NULL WHERE id=? AND "
                            "state=2", "i", instance);
}

int
mstc_kept_put(struct mstc_store *store, int64_t instance, const char *name, const void *bytes, size_t size,
              struct mst_error *err)
{
        if (size == 0)
                return mstc_sql_run(store, err, "DELETE FROM kept WHERE instance=? AND name=?", "it", instance, name);
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO kept VALUES(?,?,?,?)", "itbi", instance, name, bytes,
                            size, mstc_now_ms());
}

const void *
mstc_kept_get(struct mstc_store *store, int64_t instance, const char *name, struct mst_arena *arena,
              size_t *size)
{
        struct mst_error ignored = { 0 };
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT value FROM kept WHERE instance=? AND name=?", &ignored);
        const void *bytes = NULL;

        *size = 0;
        if (stmt == NULL)
                return NULL;
        mstc_sql_bind(stmt, "it", instance, name);
        if (mstc_sql_step(store, stmt, &ignored) == MST_OK) {
                bytes = mstc_sql_blob(stmt, 0, size);
                bytes = bytes != NULL ? mst_arena_memdup(arena, bytes, *size) : NULL;
        }
        sqlite3_reset(stmt);
        return bytes;
}
