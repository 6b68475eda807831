/* foldrefs.c - who points at whom: kept beside the records, as hashes of the ids pointed at.
 *
 * Who is pointed at and has gone, is back, or is called otherwise in a sink makes those dirty
 * who point at him. */
#include "build.h"

#include "store/fold.h"

#include <string.h>

#include "store/sql.h"

#define N(x) ((int64_t)(x))

static int64_t
toward_of(const struct mstc_store *store, int64_t sync, const char *id, size_t length)
{
        char text[1200];

        if (length > 1100)
                length = 1100;
        memcpy(text, &sync, sizeof sync);
        memcpy(text + 8, id, length);
        return mstc_hash64(store, text, 8 + length);
}

static int
ref_row(struct mstc_store *store, struct mstc_fold *fold, int64_t number, const struct mst_value *value,
        bool add, struct mst_error *err)
{
        int64_t toward = toward_of(store, fold->sync, value->as.text, value->length);

        return add ? mstc_sql_run(store, err, "INSERT OR IGNORE INTO ref VALUES(?,?)", "ii", toward, number)
             : mstc_sql_run(store, err, "DELETE FROM ref WHERE toward=? AND entry=?", "ii", toward, number);
}

int
mstc_fold_refs(struct mstc_store *store, struct mstc_fold *fold, int64_t number, const struct mst_record *record,
         bool add, struct mst_error *err)
{
        for (uint32_t i = 0; record != NULL && i < record->count; i++) {
                const struct mst_value *v = &record->fields[i].value;

                if (v->type == MST_REF && ref_row(store, fold, number, v, add, err) != MST_OK)
                        return err->code;
                for (uint32_t k = 0; v->type == MST_LIST && k < v->length; k++)
                        if (v->as.items[k].type == MST_REF
                            && ref_row(store, fold, number, &v->as.items[k], add, err) != MST_OK)
                                return err->code;
        }
        return MST_OK;
}

static bool
note_ref_difference(void *self, const char *name, const struct mst_value *before,
                    const struct mst_value *after)
{
        (void)name;
        if ((before != NULL && (before->type == MST_REF || before->type == MST_LIST))
            || (after != NULL && (after->type == MST_REF || after->type == MST_LIST)))
                *(bool *)self = true;
        return true;
}

int
mstc_fold_replace_refs(struct mstc_store *store, struct mstc_fold *fold, int64_t number,
             const struct mst_record *before, const struct mst_record *after, struct mst_error *err)
{
        bool differ = false;

        mstc_record_compare(before, after, note_ref_difference, &differ);
        if (!differ)
                return MST_OK;
        if (mstc_fold_refs(store, fold, number, before, false, err) != MST_OK)
                return err->code;
        return mstc_fold_refs(store, fold, number, after, true, err);
}

/* Somebody has gone or is back: who points at him counts from now on, or no more. */
int
mstc_fold_dirty_pointing(struct mstc_store *store, struct mstc_fold *fold, int64_t number, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT id FROM entry WHERE number=?", err);
        const char *id;
        int64_t toward = 0;
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", number);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK && (id = mstc_sql_text(stmt, 0)) != NULL)
                toward = toward_of(store, fold->sync, id, strlen(id));
        sqlite3_reset(stmt);
        return rc < 0 ? rc : mstc_sql_run(store, err,
                "INSERT INTO dirty SELECT ?1, r.entry, ?2 FROM ref r WHERE r.toward=?3 "
                "ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|excluded.mask", "iii", fold->sync, N(fold->mask),
                toward);
}

int
mstc_dirty_pointing(struct mstc_store *store, int64_t sync, const char *id, int64_t sink, uint32_t mask,
                    bool renamed, struct mst_error *err)
{
        return mstc_sql_run(store, err,
                "INSERT INTO dirty SELECT ?1, r.entry, ?2 FROM ref r WHERE r.toward=?4 AND (EXISTS (SELECT 1 FROM link l "
                "WHERE l.entry=r.entry AND l.sink=?3 AND l.state<=2) OR (?5 AND EXISTS (SELECT 1 FROM op o WHERE "
                "o.entry=r.entry AND o.kind=1 AND o.sink=?3 AND o.state<16))) "
                "ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|?2",
                "iiiii", sync, N(mask), sink, toward_of(store, sync, id, strlen(id)), N(renamed));
}

int64_t
mstc_toward(const struct mstc_store *store, int64_t sync, const char *id)
{
        return toward_of(store, sync, id, strlen(id));
}

int
mstc_pointed_at_all(struct mstc_store *store, bool (*add)(void *self, int64_t toward), void *self,
                    struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT DISTINCT toward FROM ref", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK)
                if (!add(self, sqlite3_column_int64(stmt, 0)))
                        return mst_fail_memory(err, "planning");
        return rc < 0 ? rc : MST_OK;
}

int
mstc_pointed_at(struct mstc_store *store, int64_t sync, const char *id, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM ref WHERE toward=? LIMIT 1", "i",
                            toward_of(store, sync, id, strlen(id))) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}
