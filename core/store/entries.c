/* entries.c - looking at the mirror, and what of it is not yet planned. */
#include "build.h"

#include "store/entries.h"

#include <string.h>

#include "store/sql.h"

#define N(x) ((int64_t)(x))

/* Columns: number, kind, id, gone, since, flat [, mask]. */
static int
take_entry(sqlite3_stmt *stmt, struct mst_arena *arena, struct mstc_entry *ret, struct mst_error *err)
{
        size_t size;
        const void *bytes = mstc_sql_blob(stmt, 5, &size);

        ret->number = sqlite3_column_int64(stmt, 0);
        ret->kind = (enum mst_kind)sqlite3_column_int(stmt, 1);
        ret->id = mst_arena_strdup(arena, mstc_sql_text(stmt, 2));
        ret->gone = sqlite3_column_int(stmt, 3);
        ret->since = sqlite3_column_int64(stmt, 4);
        ret->mask = sqlite3_column_count(stmt) > 6 ? (uint32_t)sqlite3_column_int64(stmt, 6) : 0;
        bytes = mst_arena_memdup(arena, bytes, size);
        if (ret->id == NULL || bytes == NULL)
                return mst_fail_memory(err, "reading the mirror");
        if (mstc_record_unflat(bytes, size, ret->id, arena, &ret->record, err) != MST_OK)
                return mst_wrap(err, "entry %s", ret->id);
        return MST_OK;
}

int
mstc_entry_get(struct mstc_store *store, int64_t number, struct mst_arena *arena, struct mstc_entry *ret,
               struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT e.number, e.kind, e.id, e.gone, e.since, r.flat FROM entry e "
                                      "JOIN record r ON r.number=e.number WHERE e.number=?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", number);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK)
                rc = take_entry(stmt, arena, ret, err);
        sqlite3_reset(stmt);
        return rc;
}

int
mstc_entry_id(struct mstc_store *store, int64_t number, struct mst_arena *arena, const char **ret,
              struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT id FROM entry WHERE number=?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", number);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK)
                *ret = mst_arena_strdup(arena, mstc_sql_text(stmt, 0));
        sqlite3_reset(stmt);
        if (rc == MST_END)
                return mst_fail(err, MST_EINTERNAL, "store %s is damaged: entry %lld is missing; put back a copy",
                                store->path, (long long)number);
        return rc < 0 ? rc : *ret != NULL ? MST_OK : mst_fail_memory(err, "reading the mirror");
}

static bool
is_called(const struct mst_record *record, const char *attribute, const char *text)
{
        const struct mst_value *v = mst_record_get(record, attribute);

        return v != NULL && v->type == MST_TEXT && strcasecmp(v->as.text, text) == 0;
}

int
mstc_entry_named(struct mstc_store *store, int64_t sync, const char *text, struct mst_arena *scratch,
                 int64_t *into, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt;
        int64_t number;
        int rc;

        *ret = 0;
        if (mstc_entry_find(store, sync, MST_USER, text, &number, err) != MST_OK)
                return err->code;
        if (number != 0 && room != 0)
                into[(*ret)++] = number;
        if (number != 0)
                return MST_OK;
        stmt = mstc_sql(store, "SELECT e.number, e.kind, e.id, e.gone, e.since, r.flat FROM entry e JOIN record r "
                        "ON r.number=e.number WHERE e.sync=?1 AND e.kind=1 AND e.born<=(SELECT generation FROM sync "
                        "WHERE id=?1)", err);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", sync);
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK && *ret < room) {
                struct mstc_entry entry;

                if (take_entry(stmt, scratch, &entry, err) != MST_OK) {
                        sqlite3_reset(stmt);
                        return err->code;
                }
                if (is_called(entry.record, "userPrincipalName", text) || is_called(entry.record, "mail", text))
                        into[(*ret)++] = entry.number;
                mst_arena_reset(scratch);
        }
        sqlite3_reset(stmt);
        return rc < 0 ? rc : MST_OK;
}

int
mstc_dirty_next(struct mstc_store *store, int64_t sync, int64_t after, struct mst_arena *arena,
                struct mstc_entry *into, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store,
                "SELECT e.number, e.kind, e.id, e.gone, e.since, r.flat, d.mask FROM dirty d "
                "CROSS JOIN entry e ON e.number=d.entry CROSS JOIN record r ON r.number=d.entry "
                "WHERE d.sync=?1 AND d.entry>?2 AND e.born<=(SELECT generation FROM sync WHERE id=?1) "
                "ORDER BY d.entry LIMIT ?3", err);
        int rc = MST_OK;

        *ret = 0;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iii", sync, after, N(room));
        while (*ret < room && (rc = mstc_sql_step(store, stmt, err)) == MST_OK) {
                if (take_entry(stmt, arena, &into[*ret], err) != MST_OK) {
                        sqlite3_reset(stmt);
                        return err->code;
                }
                ++*ret;
        }
        sqlite3_reset(stmt);
        return rc < 0 ? rc : MST_OK;
}

int
mstc_dirty_group(struct mstc_store *store, int64_t sync, int64_t after, struct mst_arena *arena,
                 struct mstc_entry *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store,
                "SELECT e.number, e.kind, e.id, e.gone, e.since, r.flat, d.mask FROM dirty d "
                "CROSS JOIN entry e ON e.number=d.entry CROSS JOIN record r ON r.number=d.entry "
                "WHERE d.sync=?1 AND d.entry>?2 AND e.kind=2 AND e.born<=(SELECT generation FROM sync WHERE id=?1) "
                "ORDER BY d.entry LIMIT 1", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "ii", sync, after);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK)
                rc = take_entry(stmt, arena, ret, err);
        sqlite3_reset(stmt);
        return rc;
}

int
mstc_dirty_everybody(struct mstc_store *store, int64_t sync, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM entry e WHERE e.sync=?1 AND e.kind=1 AND e.gone=0 AND NOT "
                            "EXISTS (SELECT 1 FROM dirty d WHERE d.sync=?1 AND d.entry=e.number) LIMIT 1", "i", sync) != MST_OK)
                return err->code;
        *ret = one == 0;
        return MST_OK;
}

int
mstc_dirty_add(struct mstc_store *store, int64_t sync, int64_t entry, uint32_t mask, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT INTO dirty VALUES(?1,?2,?3) "
                            "ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|?3", "iii", sync, entry, N(mask));
}

int
mstc_dirty_known(struct mstc_store *store, int64_t entry, uint32_t mask, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT INTO dirty SELECT sync, number, ?2 FROM entry WHERE number=?1 AND gone<>4 "
                            "ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|?2", "ii", entry, N(mask));
}

int
mstc_dirty_all(struct mstc_store *store, int64_t sync, uint32_t mask, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT INTO dirty SELECT ?1, number, ?2 FROM entry WHERE sync=?1 AND gone<>4 AND "
                            "born<=(SELECT generation FROM sync WHERE id=?1) "
                            "ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|?2", "ii", sync, N(mask));
}

int
mstc_dirty_count(struct mstc_store *store, int64_t sync, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM dirty WHERE sync=?", "i", sync);
}

int
mstc_dirty_has(struct mstc_store *store, int64_t sync, int64_t entry, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM dirty WHERE sync=? AND entry=?", "ii", sync,
                            entry) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

/* While a full round is under way, there are marks of people whom nobody can plan yet. */
#define VISIBLE " AND NOT EXISTS (SELECT 1 FROM entry e, sync s WHERE e.number=dirty.entry AND s.id=dirty.sync " \
        "AND e.born>s.generation)"

int
mstc_dirty_done(struct mstc_store *store, int64_t sync, uint32_t mask, int64_t last, struct mst_error *err)
{
        static const char *const sql[2][2] = {
                { "DELETE FROM dirty WHERE sync=? AND entry<=? AND (mask & ~?)=0",
                  "UPDATE dirty SET mask=mask & ~?3 WHERE sync=?1 AND entry<=?2 AND mask & ?3" },
                { "DELETE FROM dirty WHERE sync=? AND entry<=? AND (mask & ~?)=0" VISIBLE,
                  "UPDATE dirty SET mask=mask & ~?3 WHERE sync=?1 AND entry<=?2 AND mask & ?3" VISIBLE },
        };
        int64_t full;

        if (mstc_sql_number(store, err, &full, 0, "SELECT 1 FROM seen WHERE sync=? LIMIT 1", "i", sync) != MST_OK
            || mstc_sql_run(store, err, sql[full][0], "iii", sync, last, N(mask)) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, sql[full][1], "iii", sync, last, N(mask));
}

int
mstc_wake_due(struct mstc_store *store, int64_t sync, int64_t now, uint32_t mask, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO dirty SELECT sync, entry, ?3 FROM wake WHERE sync=?1 AND at<=?2 "
                         "ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|?3", "iii", sync, now, N(mask)) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "DELETE FROM wake WHERE sync=? AND at<=?", "ii", sync, now);
}

int
mstc_wake_any(struct mstc_store *store, int64_t sync, int64_t now, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM wake WHERE sync=? AND at<=? LIMIT 1", "ii", sync,
                            now) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_wake_set(struct mstc_store *store, int64_t sync, int64_t entry, const char *why, int64_t at,
              struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO wake(sync, entry, why, at) VALUES(?,?,?,?)",
                            "iiti", sync, entry, why, at);
}

int
mstc_wake_clear(struct mstc_store *store, int64_t sync, int64_t entry, const char *why, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM wake WHERE sync=? AND entry=? AND why=?", "iit", sync, entry,
                            why);
}
