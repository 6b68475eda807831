/* links.c - the ties between entries and objects in sinks.
 *
 * A link's small row changes state; what was applied lies apart.  The object's lasting id is
 * found by its hash.  That index is made when it is first asked for: a sink that keeps our
 * stamp never needs it, and random hashes are the dearest thing to write. */
#include "build.h"

#include "store/links.h"

#include <string.h>

#include "store/sql.h"
#include "util/alloc.h"

#define N(x) ((int64_t)(x))
#define COLUMNS "l.id, l.sink, l.entry, l.target, l.object, l.name, l.version, l.made, l.state, l.reason, " \
                "l.since, a.flat"

static int
take_link(sqlite3_stmt *stmt, struct mst_arena *arena, struct mstc_link *ret, struct mst_error *err)
{
        bool ok = true;
        const void *bytes;
        size_t size;

        memset(ret, 0, sizeof *ret);
        ret->id = sqlite3_column_int64(stmt, 0);
        ret->sink = sqlite3_column_int64(stmt, 1);
        ret->entry = sqlite3_column_int64(stmt, 2);
        ret->target = sqlite3_column_int64(stmt, 3);
        ret->object = mstc_sql_copy_text(stmt, 4, arena, &ok);
        ret->name = mstc_sql_copy_text(stmt, 5, arena, &ok);
        ret->version = mstc_sql_copy_text(stmt, 6, arena, &ok);
        ret->made = sqlite3_column_int(stmt, 7);
        ret->state = sqlite3_column_int(stmt, 8);
        ret->reason = sqlite3_column_int(stmt, 9);
        ret->since = sqlite3_column_int64(stmt, 10);
        bytes = mstc_sql_blob(stmt, 11, &size);
        if (bytes != NULL)
                bytes = mst_arena_memdup(arena, bytes, size);
        if (!ok || (size != 0 && bytes == NULL))
                return mst_fail_memory(err, "reading a link");
        if (bytes != NULL)
                return mstc_record_unflat(bytes, size, "", arena, &ret->applied, err);
        ret->applied = mstc_record_values(arena, MST_USER);
        return ret->applied != NULL ? MST_OK : mst_fail_memory(err, "reading a link");
}

int
mstc_link_get(struct mstc_store *store, int64_t entry, int64_t sink, struct mst_arena *arena,
              struct mstc_link *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " COLUMNS " FROM link l LEFT JOIN applied a ON a.link=l.id "
                                      "WHERE l.entry=? AND l.sink=?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "ii", entry, sink);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK)
                rc = take_link(stmt, arena, ret, err);
        sqlite3_reset(stmt);
        return rc;
}

int
mstc_link_of_object(struct mstc_store *store, int64_t sink, const char *object, struct mst_arena *arena,
                    struct mstc_link *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt;
        int rc;

        if (!store->object_index
            && mstc_sql_run(store, err, "CREATE INDEX IF NOT EXISTS link_object ON link(object_hash)", "") != MST_OK)
                return err->code;
        store->object_index = true;
        stmt = mstc_sql(store, "SELECT " COLUMNS " FROM link l LEFT JOIN applied a ON a.link=l.id "
                        "WHERE l.object_hash=? AND l.sink=? AND l.object=?", err);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iit", mstc_hash64(store, object, strlen(object)), sink, object);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK)
                rc = take_link(stmt, arena, ret, err);
        sqlite3_reset(stmt);
        return rc;
}

static int
put_applied(struct mstc_store *store, const struct mstc_link *link, bool fresh, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };

        mstc_record_flat(link->applied, &flat);
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "keeping a link");
        if (fresh)
                return mstc_sql_run(store, err, "INSERT INTO applied VALUES(?,?)", "ib", link->id,
                                    (const void *)flat.bytes, flat.length);
        return mstc_sql_run(store, err, "UPDATE applied SET flat=? WHERE link=?", "bi",
                            (const void *)flat.bytes, flat.length, link->id);
}

int
mstc_link_put(struct mstc_store *store, struct mstc_link *link, struct mst_error *err)
{
        int64_t hash = link->object != NULL ? mstc_hash64(store, link->object, strlen(link->object)) : 0;
        bool fresh = link->id == 0;
        int64_t now = mstc_now_ms();

        if (fresh) {
                if (mstc_sql_run(store, err, "INSERT INTO link(sink, entry, target, object_hash, object, name, "
                                 "version, made, state, reason, since, touched) "
                                 "VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", "iiistttiiisi", link->sink, link->entry,
                                 link->target, hash, link->object, link->name, link->version, N(link->made),
                                 N(link->state), N(link->reason), link->since, now) != MST_OK)
                        return err->code;
                link->id = sqlite3_last_insert_rowid(store->db);
        } else if (mstc_sql_run(store, err, "UPDATE link SET target=?, object_hash=?, object=?, name=?, version=?, "
                                "made=?, state=?, reason=?, since=?, touched=? WHERE id=?",
                                "istttiiisii", link->target, hash, link->object, link->name, link->version,
                                N(link->made), N(link->state), N(link->reason), link->since, now, link->id) != MST_OK) {
                return err->code;
        }
        return link->applied != NULL ? put_applied(store, link, fresh, err) : MST_OK;
}

int
mstc_duplicates_none(struct mstc_store *store, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM duplicate LIMIT 1", "") != MST_OK)
                return err->code;
        *ret = one == 0;
        return MST_OK;
}

int
mstc_links_none(struct mstc_store *store, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM link LIMIT 1", "") != MST_OK)
                return err->code;
        *ret = one == 0;
        return MST_OK;
}

int
mstc_links_found(struct mstc_store *store, int64_t target, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM link WHERE target=? AND made=3 AND "
                               "state IN (1,2)", "i", target);
}

int
mstc_linked_objects(struct mstc_store *store, int64_t sink, bool (*each)(void *self, const char *object), void *self,
                    struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT object FROM link WHERE sink=?1 AND state IN (1,2) AND object IS NOT NULL "
                                      "UNION ALL SELECT object FROM glink WHERE sink=?1 AND state=1 AND object IS NOT NULL",
                                      err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", sink);
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK)
                if (!each(self, mstc_sql_text(stmt, 0))) {
                        rc = mst_fail_memory(err, "reading links");
                        break;
                }
        sqlite3_reset(stmt);
        return rc == MST_END ? MST_OK : rc;
}

int
mstc_link_name(struct mstc_store *store, int64_t entry, int64_t sink, struct mst_arena *arena,
               const char **object, const char **name, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT object, name FROM link WHERE entry=? AND sink=? AND state<=2 "
                                      "AND state>0", err);
        bool ok = true;
        int rc;

        *object = *name = NULL;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "ii", entry, sink);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK) {
                *object = mstc_sql_copy_text(stmt, 0, arena, &ok);
                *name = mstc_sql_copy_text(stmt, 1, arena, &ok);
        }
        sqlite3_reset(stmt);
        return rc < 0 ? rc : ok ? MST_OK : mst_fail_memory(err, "reading a link");
}

/* ---- duplicates ------------------------------------------------------------------- */

int
mstc_duplicate_put(struct mstc_store *store, int64_t sink, int64_t entry, const char *object,
                   const char *name, const char *attribute, const char *value, int64_t run,
                   struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO duplicate(sink, entry, object, name, attribute, "
                            "value, run) VALUES(?,?,?,?,?,?,?)", "iitttti", sink, entry, object, name, attribute,
                            value, run);
}

int
mstc_duplicate_clear(struct mstc_store *store, int64_t sink, int64_t entry, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM duplicate WHERE sink=? AND entry=?", "ii", sink, entry);
}

/* ---- sets in chunks --------------------------------------------------------------- */

static const char *const select_sql[] = {
        [MSTC_TSET] = "SELECT chunk, bits FROM tset WHERE target=?",
        [MSTC_GSET] = "SELECT chunk, bits FROM gset WHERE grp=?",
        [MSTC_PSET] = "SELECT chunk, bits FROM pset WHERE glink=?",
        [MSTC_MSET] = "SELECT chunk, bits FROM mset WHERE grp=?",
        [MSTC_NSET] = "SELECT chunk, bits FROM nset WHERE grp=?",
        [MSTC_MSTAGE] = "SELECT chunk, bits FROM mstage WHERE grp=?",
        [MSTC_NSTAGE] = "SELECT chunk, bits FROM nstage WHERE grp=?",
};
static const char *const replace_sql[] = {
        [MSTC_TSET] = "INSERT OR REPLACE INTO tset VALUES(?,?,?)",
        [MSTC_GSET] = "INSERT OR REPLACE INTO gset VALUES(?,?,?)",
        [MSTC_PSET] = "INSERT OR REPLACE INTO pset VALUES(?,?,?)",
        [MSTC_MSET] = "INSERT OR REPLACE INTO mset VALUES(?,?,?)",
        [MSTC_NSET] = "INSERT OR REPLACE INTO nset VALUES(?,?,?)",
        [MSTC_MSTAGE] = "INSERT OR REPLACE INTO mstage VALUES(?,?,?)",
        [MSTC_NSTAGE] = "INSERT OR REPLACE INTO nstage VALUES(?,?,?)",
};
static const char *const delete_sql[] = {
        [MSTC_TSET] = "DELETE FROM tset WHERE target=?",
        [MSTC_GSET] = "DELETE FROM gset WHERE grp=?",
        [MSTC_PSET] = "DELETE FROM pset WHERE glink=?",
        [MSTC_MSET] = "DELETE FROM mset WHERE grp=?",
        [MSTC_NSET] = "DELETE FROM nset WHERE grp=?",
        [MSTC_MSTAGE] = "DELETE FROM mstage WHERE grp=?",
        [MSTC_NSTAGE] = "DELETE FROM nstage WHERE grp=?",
};

int
mstc_set_load(struct mstc_store *store, enum mstc_set_table table, int64_t owner, struct mstc_set *into,
              struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, select_sql[table], err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", owner);
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK) {
                size_t size;
                const void *bytes = mstc_sql_blob(stmt, 1, &size);

                if (size != 0 && !mstc_set_chunk_unpack(into, (uint32_t)sqlite3_column_int64(stmt, 0), bytes,
                                                        size))
                        return mst_fail(err, MST_EINTERNAL, "store %s is damaged: a set of members cannot be "
                                        "read; put back a copy", store->path);
        }
        sqlite3_reset(stmt);
        mstc_set_clean(into);
        return rc < 0 ? rc : MST_OK;
}

int
mstc_set_save(struct mstc_store *store, enum mstc_set_table table, int64_t owner, struct mstc_set *set,
              struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer bits = { 0 };

        for (uint32_t chunk = 0; mstc_set_next_dirty(set, &chunk); chunk++) {
                mstc_buffer_clear(&bits);
                mstc_set_chunk_pack(set, chunk, &bits);
                if (!mstc_buffer_ok(&bits))
                        return mst_fail_memory(err, "keeping a set of members");
                /* An empty chunk is kept as an empty row: rare, and one statement less. */
                if (mstc_sql_run(store, err, replace_sql[table], "iib", owner, N(chunk),
                                 bits.length != 0 ? (const void *)bits.bytes : (const void *)"",
                                 bits.length) != MST_OK)
                        return err->code;
        }
        mstc_set_clean(set);
        return MST_OK;
}

int
mstc_set_forget(struct mstc_store *store, enum mstc_set_table table, int64_t owner, struct mst_error *err)
{
        return mstc_sql_run(store, err, delete_sql[table], "i", owner);
}
