/* foldstage.c - a full round at its end.
 *
 *   complete   what was staged takes its place in the mirror, chunk by chunk; who was not
 *              seen is told, and marked gone by whoever has confirmed it
 *   dropped    the stage goes, and whoever was born into the generation that never came */
#include "build.h"

#include "store/fold.h"
#include "store/membership.h"

#include <string.h>

#include "store/absent.h"
#include "store/bad.h"
#include "store/sql.h"

struct staged_row {
        struct mstc_known known;
        int gone;
        uint8_t hash[16];
        enum mst_kind kind;
        const char *id;
        const void *flat;
        size_t size;
};

static int
next_staged(struct mstc_store *store, struct mstc_fold *fold, struct staged_row *row, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT s.number, s.gone, s.hash, s.flat, e.kind, e.id FROM stage s "
                                      "JOIN entry e ON e.number=s.number WHERE s.sync=? ORDER BY s.number LIMIT 1",
                                      err);
        const void *bytes;
        size_t size;
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", fold->sync);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc;
        memset(row, 0, sizeof *row);
        row->known.number = sqlite3_column_int64(stmt, 0);
        row->gone = sqlite3_column_int(stmt, 1);
        bytes = mstc_sql_blob(stmt, 2, &size);
        if (size == 16)
                memcpy(row->hash, bytes, 16);
        bytes = mstc_sql_blob(stmt, 3, &row->size);
        row->flat = bytes != NULL ? mst_arena_memdup(fold->arena, bytes, row->size) : NULL;
        row->kind = (enum mst_kind)sqlite3_column_int(stmt, 4);
        row->id = mst_arena_strdup(fold->arena, mstc_sql_text(stmt, 5));
        sqlite3_reset(stmt);
        if (row->id == NULL || (bytes != NULL && row->flat == NULL))
                return mst_fail_memory(err, "completing the read");
        return mstc_fold_look(store, &row->known, err);
}

static int
settle_row(struct mstc_store *store, struct mstc_fold *fold, struct staged_row *row, struct mst_error *err)
{
        struct mst_record *record;
        uint8_t key[16];

        mstc_fold_key(store, fold->sync, row->kind, row->id, key);
        if (row->gone != 0 || row->flat == NULL)
                return mstc_fold_gone(store, fold, key, &row->known, row->gone, err);
        if (mstc_record_unflat(row->flat, row->size, row->id, fold->arena, &record, err) != MST_OK)
                return err->code;
        return mstc_fold_over(store, fold, key, &row->known, record, row->flat, row->size, row->hash, err);
}

int
mstc_fold_settle_stage(struct mstc_store *store, struct mstc_fold *fold, size_t most, bool *ret_more,
                       struct mst_error *err)
{
        *ret_more = true;
        for (size_t i = 0; i < most; i++) {
                struct staged_row row;
                int rc = next_staged(store, fold, &row, err);

                if (rc == MST_END)
                        *ret_more = false;
                if (rc != MST_OK)
                        return rc == MST_END ? MST_OK : rc;
                if (settle_row(store, fold, &row, err) != MST_OK
                    || mstc_sql_run(store, err, "DELETE FROM stage WHERE number=?", "i",
                                    row.known.number) != MST_OK)
                        return err->code;
                mst_arena_reset(fold->arena);
        }
        return MST_OK;
}

/* Nothing is told but that he is there.  Whoever is not known as that is asked for. */
int
mstc_fold_present(struct mstc_store *store, struct mstc_fold *fold, const struct mstc_item *item, struct mstc_known *known,
             struct mst_error *err)
{
        if (known->number != 0 && mstc_fold_look(store, known, err) != MST_OK)
                return err->code;
        if (known->number == 0 || known->gone != 0) {
                fold->some_bad = true;
                if (known->number != 0 && mstc_absent_spoken_of(store, known->number, fold->run, err) != MST_OK)
                        return err->code;
                return mstc_bad_note(store, fold->sync, item->record->kind, item->record->id,
                                     "is said to be there, but was never told", err);
        }
        if (!mstc_set_add(fold->seen, (uint32_t)known->number))
                return mst_fail_memory(err, "reading the source");
        return MST_OK;
}

int
mstc_fold_absent(struct mstc_store *store, struct mstc_fold *fold, bool groups, struct mstc_set *set,
                 struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT number FROM entry WHERE sync=? AND gone=0 AND born<? "
                                      "AND kind BETWEEN ? AND ?", err);
        bool users = fold->full || fold->all[0];
        int rc;

        groups = groups && (fold->full || fold->all[1]);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiii", fold->sync, fold->generation + !fold->full, (int64_t)(users ? MST_USER : MST_GROUP),
                      (int64_t)(groups ? MST_GROUP : MST_USER));
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK) {
                uint32_t number = (uint32_t)sqlite3_column_int64(stmt, 0);

                if (!mstc_set_has(fold->seen, number) && !mstc_set_add(set, number))
                        return mst_fail_memory(err, "completing the read");
        }
        return rc < 0 ? rc : MST_OK;
}

int
mstc_fold_seen(struct mstc_store *store, struct mstc_fold *fold, enum mst_kind kind, int64_t *ret_seen,
               int64_t *ret_known, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT number, gone=0 AND born<?3 FROM entry WHERE sync=?1 AND kind=?2",
                                      err);
        int rc;

        *ret_seen = *ret_known = 0;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iii", fold->sync, (int64_t)kind, fold->generation + !fold->full);
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK) {
                *ret_seen += mstc_set_has(fold->seen, (uint32_t)sqlite3_column_int64(stmt, 0));
                *ret_known += sqlite3_column_int64(stmt, 1);
        }
        return rc < 0 ? rc : MST_OK;
}

int
mstc_entry_gone(struct mstc_store *store, struct mstc_fold *fold, int64_t number, int how,
                struct mst_error *err)
{
        struct mstc_entry entry;
        struct mstc_known known = { .number = number };
        uint8_t key[16];
        int rc = mstc_entry_get(store, number, fold->arena, &entry, err);

        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        if (mstc_fold_look(store, &known, err) != MST_OK)
                return err->code;
        mstc_fold_key(store, fold->sync, entry.kind, entry.id, key);
        rc = mstc_fold_gone(store, fold, key, &known, how, err);
        mst_arena_reset(fold->arena);
        return rc;
}

int
mstc_fold_clean(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "DELETE FROM stage WHERE sync=?", "i", sync) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "DELETE FROM seen WHERE sync=?", "i", sync);
}

int
mstc_fold_drop(struct mstc_store *store, int64_t sync, int64_t generation, struct mst_error *err)
{
        static const char *const sql[] = {
                "DELETE FROM ref WHERE entry IN (SELECT number FROM entry WHERE sync=?1 AND born>?2)",
                "DELETE FROM dirty WHERE sync=?1 AND entry IN (SELECT number FROM entry WHERE sync=?1 AND born>?2)",
                "DELETE FROM record WHERE number IN (SELECT number FROM entry WHERE sync=?1 AND born>?2)",
                "DELETE FROM entry_key WHERE number IN (SELECT number FROM entry WHERE sync=?1 AND born>?2)",
                "DELETE FROM entry WHERE sync=?1 AND born>?2",
        };

        if (mstc_fold_clean(store, sync, err) != MST_OK || mstc_membership_drop(store, sync, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++)
                if (mstc_sql_run(store, err, sql[i], "ii", sync, generation) != MST_OK)
                        return err->code;
        return MST_OK;
}
