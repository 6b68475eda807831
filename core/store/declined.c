/* declined.c - what somebody has decided, and against what. */
#include "build.h"

#include "store/declined.h"

#include <string.h>

#include "store/sql.h"

#define N(x) ((int64_t)(x))

int
mstc_decision_add(struct mstc_store *store, enum mstc_decided what, int64_t hold, const char *who, const char *note,
                  int64_t *ret, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO decision(at, what, hold, who, note) VALUES(?,?,?,?,?)", "iistt",
                         mstc_now_ms(), N(what), hold, who, note) != MST_OK)
                return err->code;
        *ret = sqlite3_last_insert_rowid(store->db);
        return MST_OK;
}

/* Of a user there is one op a sink, whichever target it comes from. */
static int64_t
place(enum mst_kind kind, int64_t target)
{
        return kind == MST_GROUP ? target : 0;
}

int
mstc_declined_put(struct mstc_store *store, const struct mstc_declined *d, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO declined(kind, entry, sink, place, target, verb, reason, hash, "
                            "decision) VALUES(?,?,?,?,?,?,?,?,?)", "iiiiiiibi", N(d->kind), d->entry, d->sink,
                            place(d->kind, d->target), d->target, N(d->verb), N(d->reason), (const void *)d->hash,
                            sizeof d->hash, d->decision);
}

int
mstc_declined_get(struct mstc_store *store, enum mst_kind kind, int64_t entry, int64_t sink, int64_t target,
                  struct mstc_declined *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT target, verb, reason, hash, decision FROM declined WHERE kind=? AND "
                                      "entry=? AND sink=? AND place=?", err);
        const void *hash;
        size_t size = 0;
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiii", N(kind), entry, sink, place(kind, target));
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK) {
                *ret = (struct mstc_declined){
                        .kind = kind, .entry = entry, .sink = sink, .target = sqlite3_column_int64(stmt, 0),
                        .verb = (enum mst_verb)sqlite3_column_int(stmt, 1), .reason = sqlite3_column_int(stmt, 2),
                        .decision = sqlite3_column_int64(stmt, 4),
                };
                hash = mstc_sql_blob(stmt, 3, &size);
                if (hash != NULL && size == sizeof ret->hash)
                        memcpy(ret->hash, hash, size);
        }
        sqlite3_reset(stmt);
        return rc;
}

int
mstc_declined_end(struct mstc_store *store, enum mst_kind kind, int64_t entry, int64_t sink, int64_t target,
                  struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM declined WHERE kind=? AND entry=? AND sink=? AND place=?", "iiii",
                            N(kind), entry, sink, place(kind, target));
}

int
mstc_declined_none(struct mstc_store *store, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM declined LIMIT 1", "") != MST_OK)
                return err->code;
        *ret = one == 0;
        return MST_OK;
}

int
mstc_op_decided(struct mstc_store *store, int64_t number, int64_t decision, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET decision=? WHERE number=?", "ii", decision, number);
}
