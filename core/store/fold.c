/* fold.c - what the source said becomes the mirror.
 *
 * A page's items are sorted by the key they have in the store, so that neighbours meet
 * neighbouring rows; items of the same id keep their order, and the last one wins.
 *
 *   whole    tidied, flattened, hashed; an equal hash ends it there
 *   patch    laid over what is known, then as whole; over nothing when that is gone
 *   gone     the entry stays, marked; its hash is emptied, so that a return is a change
 *   outside  as gone, but for a reason of its own
 *
 * What is told of the members of groups comes after the records: membership.c.
 *
 * A delta round writes to the mirror.  In a full round, who is new is born into the coming
 * generation and written in place; who differs is staged; who is met is seen.  Its end is in
 * foldstage.c. */
#include "build.h"

#include "store/entries.h"

#include <stdlib.h>
#include <string.h>

#include "store/absent.h"
#include "store/bad.h"
#include "store/fold.h"
#include "store/membership.h"
#include "store/sql.h"
#include "store/told.h"
#include "util/alloc.h"
#include "util/buffer.h"

#define N(x) ((int64_t)(x))

static const uint8_t no_hash[16];

struct place {                               /* an item and where it belongs           */
        uint8_t key[16];
        uint32_t order;
        struct mstc_item *item;
};

void
mstc_fold_key(const struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, uint8_t key[16])
{
        char text[1200];
        size_t length = strlen(id);

        if (length > 1100)
                length = 1100;               /* ids end at 1,024 bytes (record.h)      */
        memcpy(text, &sync, sizeof sync);
        text[8] = (char)kind;
        memcpy(text + 9, id, length);
        mstc_hash128(store, text, 9 + length, key);
}

/* ---- reading what is known -------------------------------------------------------- */

int
mstc_fold_find(struct mstc_store *store, const uint8_t key[16], struct mstc_known *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT number, hash FROM entry_key WHERE key=?", err);
        const void *hash;
        size_t size;
        int rc;

        memset(ret, 0, sizeof *ret);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "b", (const void *)key, (size_t)16);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        ret->number = sqlite3_column_int64(stmt, 0);
        hash = mstc_sql_blob(stmt, 1, &size);
        if (size == 16)
                memcpy(ret->hash, hash, 16);
        sqlite3_reset(stmt);
        return MST_OK;
}

int
mstc_fold_look(struct mstc_store *store, struct mstc_known *known, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT born, gone, kind FROM entry WHERE number=?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", known->number);
        rc = mstc_sql_step(store, stmt, err);
        if (rc < 0)
                return rc;
        if (rc == MST_END)
                return mst_fail(err, MST_EINTERNAL, "store %s is damaged: entry %lld is missing; put back a copy",
                                store->path, (long long)known->number);
        known->born = sqlite3_column_int64(stmt, 0);
        known->gone = sqlite3_column_int(stmt, 1);
        known->kind = (enum mst_kind)sqlite3_column_int(stmt, 2);
        sqlite3_reset(stmt);
        return MST_OK;
}

/* A record by statement and number; '*ret' NULL when there is none. */
static int
read_flat(struct mstc_store *store, const char *sql, int64_t number, struct mst_arena *arena,
          struct mst_record **ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, sql, err);
        const void *bytes;
        size_t size;
        int rc;

        *ret = NULL;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", number);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        bytes = mstc_sql_blob(stmt, 0, &size);
        bytes = bytes != NULL ? mst_arena_memdup(arena, bytes, size) : NULL;
        sqlite3_reset(stmt);
        if (bytes == NULL)
                return mst_fail_memory(err, "reading a record");
        return mstc_record_unflat(bytes, size, "", arena, ret, err);
}

/* ---- writing ---------------------------------------------------------------------- */

static int
write_entry(struct mstc_store *store, struct mstc_fold *fold, enum mst_kind kind, const char *id, int gone,
            const uint8_t key[16], const uint8_t hash[16], int64_t *ret, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO entry(sync, kind, id, born, gone, run) VALUES(?,?,?,?,?,?)",
                         "iitiii", fold->sync, N(kind), id, fold->generation, N(gone), fold->run) != MST_OK)
                return err->code;
        *ret = sqlite3_last_insert_rowid(store->db);
        return mstc_sql_run(store, err, "INSERT INTO entry_key VALUES(?,?,?)", "bib", (const void *)key, (size_t)16,
                            *ret, (const void *)hash, (size_t)16);
}

int
mstc_fold_unknown(struct mstc_store *store, struct mstc_fold *fold, enum mst_kind kind, const char *id,
                  const uint8_t key[16], int64_t *ret, struct mst_error *err)
{
        return write_entry(store, fold, kind, id, MSTC_GONE_UNKNOWN, key, no_hash, ret, err);
}

static int
write_new(struct mstc_store *store, struct mstc_fold *fold, const struct place *place,
          const struct mst_record *record, const struct mstc_buffer *flat, const uint8_t hash[16],
          struct mst_error *err)
{
        int64_t number = 0;

        if (write_entry(store, fold, record->kind, record->id, 0, place->key, hash, &number, err) != MST_OK
            || mstc_sql_run(store, err, "INSERT INTO record VALUES(?,?)", "ib", number,
                            (const void *)flat->bytes, flat->length) != MST_OK
            || mstc_fold_refs(store, fold, number, record, true, err) != MST_OK
            || mstc_dirty_add(store, fold->sync, number, fold->mask, err) != MST_OK)
                return err->code;
        if (!mstc_set_add(fold->seen, (uint32_t)number))
                return mst_fail_memory(err, "reading the source");
        fold->changed++;
        fold->live += record->kind == MST_USER;
        return MST_OK;
}

/* Somebody has gone or is back: who points at him counts from now on, or no more, and so do
 * the members of a group. */
static int
gone_or_back(struct mstc_store *store, struct mstc_fold *fold, const struct mstc_known *known, struct mst_error *err)
{
        if (known->kind == MST_GROUP && fold->members
            && mstc_membership_dirty(store, fold, known->number, err) != MST_OK)
                return err->code;
        return mstc_fold_dirty_pointing(store, fold, known->number, err);
}

int
mstc_fold_over(struct mstc_store *store, struct mstc_fold *fold, const uint8_t key[16],
               const struct mstc_known *known, const struct mst_record *record, const void *flat, size_t size,
           const uint8_t hash[16], struct mst_error *err)
{
        struct mst_record *before;

        if (read_flat(store, "SELECT flat FROM record WHERE number=?", known->number, fold->arena, &before,
                      err) != MST_OK
            || mstc_told_note(store, fold, known, before, record, 0, err) != MST_OK
            || mstc_fold_replace_refs(store, fold, known->number, before, record, err) != MST_OK
            || mstc_sql_run(store, err, "INSERT INTO record VALUES(?1,?2) ON CONFLICT(number) DO UPDATE SET flat=?2",
                            "ib", known->number, flat, size) != MST_OK
            || mstc_sql_run(store, err, "UPDATE entry_key SET hash=? WHERE key=?", "bb", (const void *)hash,
                            (size_t)16, (const void *)key, (size_t)16) != MST_OK
            || mstc_sql_run(store, err, "UPDATE entry SET gone=0, since=NULL, run=?, bad=NULL, absent=NULL WHERE number=?",
                            "ii", fold->run, known->number) != MST_OK
            || mstc_dirty_add(store, fold->sync, known->number, fold->mask, err) != MST_OK)
                return err->code;
        fold->changed++;
        if (known->gone == 0)
                return MST_OK;
        fold->live += known->kind == MST_USER;
        return gone_or_back(store, fold, known, err);
}

int
mstc_fold_gone(struct mstc_store *store, struct mstc_fold *fold, const uint8_t key[16],
               struct mstc_known *known, int how, struct mst_error *err)
{
        const struct mst_record nothing = { .kind = known->kind };

        if (known->gone == how || known->gone == MSTC_GONE_UNKNOWN)
                return MST_OK;
        if (mstc_told_note(store, fold, known, &nothing, NULL, how, err) != MST_OK
            || mstc_sql_run(store, err, "UPDATE entry SET gone=?, since=coalesce(since, ?), run=? WHERE number=?",
                         "iiii", N(how), mstc_now_ms(), fold->run, known->number) != MST_OK
            || mstc_sql_run(store, err, "UPDATE entry_key SET hash=? WHERE key=?", "bb",
                            (const void *)no_hash, sizeof no_hash, (const void *)key, (size_t)16) != MST_OK
            || mstc_dirty_add(store, fold->sync, known->number, fold->mask, err) != MST_OK)
                return err->code;
        if (known->gone == 0) {
                fold->live -= known->kind == MST_USER;
                fold->removed++;
                if (gone_or_back(store, fold, known, err) != MST_OK)
                        return err->code;
        }
        return how == MST_GONE_HARD && known->kind == MST_GROUP
             ? mstc_membership_forget(store, fold, known->number, err) : MST_OK;
}

static int
stage(struct mstc_store *store, struct mstc_fold *fold, const struct mstc_known *known, int gone,
      const struct mstc_buffer *flat, const uint8_t hash[16], struct mst_error *err)
{
        fold->staged = true;
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO stage VALUES(?,?,?,?,?)", "iiibb",
                            known->number, fold->sync, N(gone), (const void *)hash, (size_t)16,
                            flat != NULL ? (const void *)flat->bytes : NULL, flat != NULL ? flat->length : 0);
}

/* ---- one item --------------------------------------------------------------------- */

/* A patch needs what it lies over: the stage's word first, then the mirror's.  Over somebody
 * who is gone, by the word that counts, it lies on nothing. */
static int
complete_patch(struct mstc_store *store, struct mstc_fold *fold, const struct mstc_known *known,
               struct mst_record **record, struct mst_error *err)
{
        struct mst_record *base = NULL;
        int64_t staged = -1;

        if (known->number != 0 && fold->full && fold->staged
            && (mstc_sql_number(store, err, &staged, -1, "SELECT gone FROM stage WHERE number=?", "i",
                                known->number) != MST_OK
                || (staged == 0 && read_flat(store, "SELECT flat FROM stage WHERE number=?", known->number, fold->arena,
                                             &base, err) != MST_OK)))
                return err->code;
        if (staged < 0 && known->number != 0 && known->gone == 0
            && read_flat(store, "SELECT flat FROM record WHERE number=?", known->number, fold->arena, &base,
                         err) != MST_OK)
                return err->code;
        base = mstc_record_merge(fold->arena, base, *record);
        if (base == NULL)
                return mst_fail_memory(err, "reading the source");
        base->kind = (*record)->kind;
        base->id = (*record)->id;
        *record = base;
        return MST_OK;
}

static int
fold_record(struct mstc_store *store, struct mstc_fold *fold, const struct place *place,
            struct mstc_known *known, struct mst_error *err)
{
        struct mst_record *record = place->item->record;
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };
        uint8_t hash[16];
        bool patch = place->item->what == MSTC_PATCH;

        if (known->number != 0 && patch && mstc_fold_look(store, known, err) != MST_OK)
                return err->code;
        if (patch && complete_patch(store, fold, known, &record, err) != MST_OK)
                return err->code;
        mstc_record_tidy(record);
        mstc_record_flat(record, &flat);
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "reading the source");
        mstc_hash128(store, flat.bytes, flat.length, hash);
        if (known->number == 0)
                return write_new(store, fold, place, record, &flat, hash, err);
        if (!mstc_set_add(fold->seen, (uint32_t)known->number))
                return mst_fail_memory(err, "reading the source");
        if (memcmp(hash, known->hash, 16) == 0) {
                return fold->full && fold->staged
                     ? mstc_sql_run(store, err, "DELETE FROM stage WHERE number=?", "i", known->number) : MST_OK;
        }
        if (!patch && mstc_fold_look(store, known, err) != MST_OK)
                return err->code;
        if (fold->full && known->born != fold->generation)
                return stage(store, fold, known, 0, &flat, hash, err);
        return mstc_fold_over(store, fold, place->key, known, record, flat.bytes, flat.length, hash, err);
}

static int
fold_item(struct mstc_store *store, struct mstc_fold *fold, const struct place *place,
          struct mst_error *err)
{
        struct mstc_item *item = place->item;
        struct mstc_known known;
        int how = item->what == MSTC_GONE_HARD ? MST_GONE_HARD
                : item->what == MSTC_OUTSIDE ? MSTC_GONE_OUTSIDE : MST_GONE_SOFT;

        if (mstc_fold_find(store, place->key, &known, err) != MST_OK)
                return err->code;
        if (item->record->bad != NULL) {
                fold->some_bad = true;
                if (mstc_bad_note(store, fold->sync, item->record->kind, item->record->id, item->record->bad,
                                  err) != MST_OK)
                        return err->code;
                /* It is there, whatever it says: never an absence. */
                if (known.number == 0)
                        return MST_OK;
                if (!mstc_set_add(fold->seen, (uint32_t)known.number))
                        return mst_fail_memory(err, "reading the source");
                /* Without its hash, the first good word is a change, even if it is the old one. */
                if (mstc_sql_run(store, err, "UPDATE entry_key SET hash=? WHERE key=?", "bb", (const void *)no_hash,
                                 sizeof no_hash, (const void *)place->key, (size_t)16) != MST_OK)
                        return err->code;
                if (mstc_absent_spoken_of(store, known.number, fold->run, err) != MST_OK)
                        return err->code;
                return mstc_sql_run(store, err, "UPDATE entry SET bad=? WHERE number=?", "ti",
                                    item->record->bad, known.number);
        }
        if (item->what == MSTC_PRESENT)
                return mstc_fold_present(store, fold, item, &known, err);
        if (fold->some_bad
            && mstc_bad_over(store, fold->sync, item->record->kind, item->record->id, err) != MST_OK)
                return err->code;
        if (item->what == MSTC_WHOLE || item->what == MSTC_PATCH)
                return fold_record(store, fold, place, &known, err);
        if (known.number == 0 || item->what == MSTC_OBJECT)
                return MST_OK;               /* a removal of somebody we never knew; or nonsense */
        if (mstc_fold_look(store, &known, err) != MST_OK
            || (!fold->asked && mstc_absent_stated(store, known.number, fold->mask, err) != MST_OK))
                return err->code;
        if (!fold->full || known.born == fold->generation)
                return mstc_fold_gone(store, fold, place->key, &known, how, err);
        if (!mstc_set_add(fold->seen, (uint32_t)known.number))
                return mst_fail_memory(err, "reading the source");
        return stage(store, fold, &known, how, NULL, no_hash, err);
}

/* ---- a page ----------------------------------------------------------------------- */

static int
by_key(const void *a, const void *b)
{
        const struct place *x = a, *y = b;
        int c = memcmp(x->key, y->key, 16);

        return c != 0 ? c : (x->order > y->order) - (x->order < y->order);
}

int
mstc_fold_page(struct mstc_store *store, struct mstc_fold *fold, struct mst_page *page,
               void (*complain)(void *self, const char *id, const char *why), void *self,
               struct mst_error *err)
{
        struct place *places = mstc_alloc((page->count + 1) * sizeof *places);
        int rc = MST_OK;

        if (places == NULL)
                return mst_fail_memory(err, "reading the source");
        for (size_t i = 0; i < page->count; i++) {
                struct mstc_item *item = &page->items[i];

                places[i].item = item;
                places[i].order = (uint32_t)i;
                mstc_fold_key(store, fold->sync, item->record->kind, item->record->id, places[i].key);
                fold->read++;
                if (item->record->bad != NULL) {
                        fold->bad++;
                        if (complain != NULL)
                                complain(self, item->record->id, item->record->bad);
                }
        }
        fold->bad += page->bad_count;
        if (page->bad_count != 0)
                rc = mstc_bad_note(store, fold->sync, 0, "", "a record says of nobody knows whom", err);
        for (size_t i = 0; i < page->complaint_count && complain != NULL; i++)
                complain(self, NULL, page->complaints[i]);
        qsort(places, page->count, sizeof *places, by_key);
        for (size_t i = 0; i < page->count && rc == MST_OK; i++) {
                rc = fold_item(store, fold, &places[i], err);
                mst_arena_reset(fold->arena);
        }
        mstc_free(places);
        return rc != MST_OK || page->told_count == 0 || !fold->members ? rc : mstc_membership_fold(store, fold, page, err);
}

int
mstc_fold_save(struct mstc_store *store, struct mstc_fold *fold, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer bits = { 0 };

        for (uint32_t chunk = 0; fold->full && mstc_set_next_dirty(fold->seen, &chunk); chunk++) {
                mstc_buffer_clear(&bits);
                mstc_set_chunk_pack(fold->seen, chunk, &bits);
                if (!mstc_buffer_ok(&bits))
                        return mst_fail_memory(err, "saving what was read");
                if (mstc_sql_run(store, err, "INSERT OR REPLACE INTO seen VALUES(?,?,?)", "iib", fold->sync,
                                 N(chunk), (const void *)bits.bytes, bits.length) != MST_OK)
                        return err->code;
        }
        if (fold->full)
                mstc_set_clean(fold->seen);
        if (fold->live != 0 && !fold->full
            && mstc_sql_run(store, err, "UPDATE sync SET live=live+? WHERE id=?", "ii", fold->live,
                            fold->sync) != MST_OK)
                return err->code;
        fold->live = 0;
        return MST_OK;
}

/* ---- opening ---------------------------------------------------------------------- */

static int
load_seen(struct mstc_store *store, struct mstc_fold *fold, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT chunk, bits FROM seen WHERE sync=?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", fold->sync);
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK) {
                size_t size;
                const void *bytes = mstc_sql_blob(stmt, 1, &size);

                if (!mstc_set_chunk_unpack(fold->seen, (uint32_t)sqlite3_column_int64(stmt, 0), bytes, size))
                        return mst_fail(err, MST_EINTERNAL, "store %s is damaged: what was read cannot be "
                                        "told; run `muster reset` for this sync", store->path);
        }
        mstc_set_clean(fold->seen);
        return rc < 0 ? rc : MST_OK;
}

int
mstc_fold_open(struct mstc_store *store, struct mstc_fold *fold, struct mst_error *err)
{
        int64_t staged = 0, bad = 0;

        fold->arena = mst_arena_new(16384);
        fold->seen = mstc_set_new();
        if (fold->arena == NULL || fold->seen == NULL) {
                mstc_fold_close(fold);
                return mst_fail_memory(err, "reading the source");
        }
        if (mstc_bad_count(store, fold->sync, &bad, err) != MST_OK)
                return err->code;
        fold->some_bad = bad != 0;
        if (!fold->full)
                return MST_OK;
        if (mstc_sql_number(store, err, &staged, 0, "SELECT 1 FROM stage WHERE sync=? LIMIT 1", "i",
                            fold->sync) != MST_OK)
                return err->code;
        fold->staged = staged != 0;
        return load_seen(store, fold, err);
}

void
mstc_fold_close(struct mstc_fold *fold)
{
        mst_arena_free(fold->arena);
        mstc_set_free(fold->seen);
        fold->arena = NULL;
        fold->seen = NULL;
}

int
mstc_entry_find(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, int64_t *ret,
                struct mst_error *err)
{
        struct mstc_known known;
        uint8_t key[16];

        mstc_fold_key(store, sync, kind, id, key);
        if (mstc_fold_find(store, key, &known, err) != MST_OK)
                return err->code;
        *ret = known.number;
        return MST_OK;
}

int
mstc_entry_live(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, int64_t *ret,
                struct mst_error *err)
{
        struct mstc_known known;
        uint8_t key[16];

        *ret = 0;
        mstc_fold_key(store, sync, kind, id, key);
        if (mstc_fold_find(store, key, &known, err) != MST_OK
            || (known.number != 0 && mstc_fold_look(store, &known, err) != MST_OK))
                return err->code;
        if (known.gone == 0)
                *ret = known.number;
        return MST_OK;
}
