/* groups.c - groups that sinks get, in the store. */
#include "build.h"

#include "store/groups.h"

#include <string.h>

#include "store/journal.h"
#include "store/sql.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/set.h"

#define N(x) ((int64_t)(x))

#define GRP_COLUMNS "id, name, title, fingerprint, family, count, gone, entry, since"

static int
take_grp(sqlite3_stmt *stmt, struct mst_arena *arena, struct mstc_grp *ret, struct mst_error *err)
{
        bool ok = true;

        ret->id = sqlite3_column_int64(stmt, 0);
        ret->name = mstc_sql_copy_text(stmt, 1, arena, &ok);
        ret->title = mstc_sql_copy_text(stmt, 2, arena, &ok);
        ret->fingerprint = mstc_sql_copy_text(stmt, 3, arena, &ok);
        ret->family = mstc_sql_copy_text(stmt, 4, arena, &ok);
        ret->count = sqlite3_column_int64(stmt, 5);
        ret->gone = sqlite3_column_int(stmt, 6) != 0;
        ret->entry = sqlite3_column_int64(stmt, 7);
        ret->since = sqlite3_column_int64(stmt, 8);
        sqlite3_reset(stmt);
        return ok ? MST_OK : mst_fail_memory(err, "reading a group");
}

/* A group of the source has a name that the configuration uses: it gives it up, and is looked
 * at again, as if it had just got it. */
static int
yield_name(struct mstc_store *store, int64_t sync, const struct mstc_grp *grp, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "UPDATE grp SET name=name || char(1) || entry WHERE id=?", "i", grp->id) != MST_OK)
                return err->code;
        if (mstc_sql_run(store, err, "INSERT INTO dirty VALUES(?1,?2,?3) ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|?3",
                         "iii", sync, grp->entry, INT64_C(1) << 31) != MST_OK)
                return err->code;
        return MST_END;
}

int
mstc_grp_get(struct mstc_store *store, int64_t sync, const char *name, const char *title,
             const char *fingerprint, const char *family, struct mst_arena *arena, struct mstc_grp *ret,
             bool *ret_new, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " GRP_COLUMNS " FROM grp "
                                      "WHERE sync=? AND name=?", err);
        int rc;

        *ret_new = false;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "it", sync, name);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK)
                rc = take_grp(stmt, arena, ret, err) == MST_OK && ret->entry != 0 ? yield_name(store, sync, ret, err)
                   : err->code;
        if (rc != MST_END)
                return rc;
        if (mstc_sql_run(store, err, "INSERT INTO grp(sync, name, title, fingerprint, family) VALUES(?,?,?,?,?)",
                         "itttt", sync, name, title, fingerprint, family) != MST_OK)
                return err->code;
        *ret_new = true;
        *ret = (struct mstc_grp){ .id = sqlite3_last_insert_rowid(store->db), .name = name, .title = title,
                                  .fingerprint = fingerprint, .family = family };
        return MST_OK;
}

int
mstc_grp_update(struct mstc_store *store, const struct mstc_grp *grp, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE grp SET name=?, title=?, fingerprint=?, family=?, count=?, gone=?, "
                            "since=? WHERE id=?", "ttttiisi", grp->name, grp->title, grp->fingerprint, grp->family,
                            grp->count, N(grp->gone), grp->since, grp->id);
}

int
mstc_grp_next(struct mstc_store *store, int64_t sync, int64_t after, struct mst_arena *arena,
              struct mstc_grp *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " GRP_COLUMNS " FROM grp "
                                      "WHERE sync=? AND id>? ORDER BY id LIMIT 1", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "ii", sync, after);
        rc = mstc_sql_step(store, stmt, err);
        return rc == MST_OK ? take_grp(stmt, arena, ret, err) : rc;
}

/* ---- groups of the source ---------------------------------------------------------- */

int
mstc_grp_of_entry(struct mstc_store *store, int64_t entry, struct mst_arena *arena, struct mstc_grp *ret,
                  struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " GRP_COLUMNS " FROM grp WHERE entry=?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", entry);
        rc = mstc_sql_step(store, stmt, err);
        return rc == MST_OK ? take_grp(stmt, arena, ret, err) : rc;
}

int
mstc_grp_carry(struct mstc_store *store, int64_t sync, struct mstc_grp *grp, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO grp(sync, name, title, fingerprint, family, entry) VALUES(?,?,?,?,?,?)",
                         "itttti", sync, grp->name, grp->title, grp->fingerprint, grp->family, grp->entry) != MST_OK)
                return err->code;
        grp->id = sqlite3_last_insert_rowid(store->db);
        return MST_OK;
}

int
mstc_grp_entry(struct mstc_store *store, int64_t grp, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT entry FROM grp WHERE id=?", "i", grp);
}

int
mstc_grp_named(struct mstc_store *store, int64_t sync, const char *name, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT id FROM grp WHERE sync=? AND name=?", "it", sync, name);
}

int
mstc_glink_of_entry(struct mstc_store *store, int64_t entry, int64_t target, bool live, struct mst_arena *arena,
                    const char **ret_object, const char **ret_name, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT g.object, g.name FROM grp r CROSS JOIN glink g ON g.grp=r.id WHERE "
                                      "r.entry=? AND g.target=? AND (g.state=1 OR ?=0)", err);
        bool ok = true;
        int rc;

        *ret_object = *ret_name = NULL;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iii", entry, target, N(live));
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK) {
                *ret_object = mstc_sql_copy_text(stmt, 0, arena, &ok);
                *ret_name = mstc_sql_copy_text(stmt, 1, arena, &ok);
                sqlite3_reset(stmt);
        }
        return rc < 0 ? rc : ok ? MST_OK : mst_fail_memory(err, "reading a group");
}

/* ---- the groups of an entry ------------------------------------------------------- */

int
mstc_gmem_get(struct mstc_store *store, int64_t entry, struct mst_arena *arena, uint32_t **ret,
              size_t *ret_count, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT ids FROM gmem WHERE entry=?", err);
        const void *bytes;
        size_t size;
        int rc;

        *ret = NULL;
        *ret_count = 0;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", entry);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        bytes = mstc_sql_blob(stmt, 0, &size);
        *ret = mst_arena_memdup(arena, bytes, size);
        *ret_count = size / sizeof(uint32_t);
        sqlite3_reset(stmt);
        return *ret != NULL || size == 0 ? MST_OK : mst_fail_memory(err, "reading memberships");
}

int
mstc_gmem_put(struct mstc_store *store, int64_t entry, const uint32_t *ids, size_t count,
              struct mst_error *err)
{
        if (count == 0)
                return mstc_sql_run(store, err, "DELETE FROM gmem WHERE entry=?", "i", entry);
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO gmem VALUES(?,?)", "ib", entry, (const void *)ids,
                            count * sizeof *ids);
}

/* ---- dirty groups ----------------------------------------------------------------- */

int
mstc_gdirty_add(struct mstc_store *store, int64_t sync, int64_t grp, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR IGNORE INTO gdirty VALUES(?,?)", "ii", sync, grp);
}

int
mstc_gdirty_all(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR IGNORE INTO gdirty SELECT sync, id FROM grp WHERE sync=?", "i", sync);
}

int
mstc_gdirty_next(struct mstc_store *store, int64_t sync, int64_t after, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT grp FROM gdirty WHERE sync=? AND grp>? ORDER BY grp LIMIT 1",
                               "ii", sync, after);
}

int
mstc_gdirty_done(struct mstc_store *store, int64_t sync, int64_t grp, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM gdirty WHERE sync=? AND grp=?", "ii", sync, grp);
}

int
mstc_grp_unsettled(struct mstc_store *store, int64_t sync, int64_t sink, struct mstc_set *into, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT grp FROM gdirty WHERE sync=?1 UNION ALL SELECT entry FROM op WHERE "
                                      "sink=?2 AND state IN (0,1,2,3,4) AND open=1 AND rank=?3", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iii", sync, sink, N(MSTC_RANK_MEMBERS));
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK)
                if (!mstc_set_add(into, (uint32_t)sqlite3_column_int64(stmt, 0))) {
                        sqlite3_reset(stmt);
                        return mst_fail_memory(err, "reading groups");
                }
        return rc < 0 ? rc : MST_OK;
}

/* ---- what a sink has -------------------------------------------------------------- */

int
mstc_glink_get(struct mstc_store *store, int64_t grp, int64_t target, struct mst_arena *arena,
               struct mstc_glink *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT id, sink, target, grp, object, name, version, made, state, "
                                      "count, applied, reason, declined, since, due, suffix, label, waiting, run, "
                                      "came, went, fate FROM glink WHERE grp=? AND target=?", err);
        const void *bytes;
        bool ok = true;
        int rc;

        memset(ret, 0, sizeof *ret);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "ii", grp, target);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc;
        ret->id = sqlite3_column_int64(stmt, 0);
        ret->sink = sqlite3_column_int64(stmt, 1);
        ret->target = sqlite3_column_int64(stmt, 2);
        ret->grp = sqlite3_column_int64(stmt, 3);
        ret->object = mstc_sql_copy_text(stmt, 4, arena, &ok);
        ret->name = mstc_sql_copy_text(stmt, 5, arena, &ok);
        ret->version = mstc_sql_copy_text(stmt, 6, arena, &ok);
        ret->made = sqlite3_column_int(stmt, 7);
        ret->state = sqlite3_column_int(stmt, 8);
        ret->count = sqlite3_column_int64(stmt, 9);
        bytes = mstc_sql_blob(stmt, 10, &ret->applied_size);
        ret->applied = bytes != NULL ? mst_arena_memdup(arena, bytes, ret->applied_size) : NULL;
        ret->reason = sqlite3_column_int(stmt, 11);
        ret->declined = sqlite3_column_int(stmt, 12);
        ret->since = sqlite3_column_int64(stmt, 13);
        ret->due = sqlite3_column_int64(stmt, 14);
        ret->suffix = sqlite3_column_int64(stmt, 15);
        ret->label = mstc_sql_copy_text(stmt, 16, arena, &ok);
        ret->waiting = sqlite3_column_int64(stmt, 17);
        ret->run = sqlite3_column_int64(stmt, 18);
        ret->came = sqlite3_column_int64(stmt, 19);
        ret->went = sqlite3_column_int64(stmt, 20);
        ret->fate = sqlite3_column_int(stmt, 21);
        sqlite3_reset(stmt);
        return ok && (bytes == NULL || ret->applied != NULL) ? MST_OK : mst_fail_memory(err, "reading a group");
}

int
mstc_glink_put(struct mstc_store *store, struct mstc_glink *glink, struct mst_error *err)
{
        if (glink->id == 0) {
                if (mstc_sql_run(store, err, "INSERT INTO glink(sink, target, grp, made, state, touched) VALUES(?,?,?,0,0,0)",
                                 "iii", glink->sink, glink->target, glink->grp) != MST_OK)
                        return err->code;
                glink->id = sqlite3_last_insert_rowid(store->db);
        }
        return mstc_sql_run(store, err, "UPDATE glink SET object=?, name=?, version=?, made=?, state=?, count=?, touched=?, "
                            "applied=?, reason=?, declined=?, since=?, due=?, suffix=?, label=?, waiting=?, run=?, came=?, "
                            "went=?, fate=? WHERE id=?", "tttiiiibiissitiiiiii", glink->object, glink->name, glink->version,
                            N(glink->made), N(glink->state), glink->count, mstc_now_ms(), glink->applied,
                            glink->applied_size, N(glink->reason), N(glink->declined), glink->since, glink->due,
                            glink->suffix, glink->label, glink->waiting, glink->run, glink->came, glink->went, N(glink->fate),
                            glink->id);
}

int
mstc_gchange_add(struct mstc_store *store, int64_t glink, int64_t entry, const char *name, const char *object,
                 struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO gchange VALUES(?,?,?,?)", "iitt", glink, entry, name,
                            object);
}

int
mstc_gchange_next(struct mstc_store *store, int64_t glink, int64_t after_entry, const char *after_name,
                  struct mst_arena *arena, int64_t *ret_entry, const char **ret_name, const char **ret_object, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT entry, name, object FROM gchange WHERE glink=? AND "
                                      "(entry, name)>(?, ?) ORDER BY entry, name LIMIT 1", err);
        bool ok = true;
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iit", glink, after_entry, after_name);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK) {
                *ret_entry = sqlite3_column_int64(stmt, 0);
                *ret_name = mstc_sql_copy_text(stmt, 1, arena, &ok);
                *ret_object = mstc_sql_copy_text(stmt, 2, arena, &ok);
                sqlite3_reset(stmt);
                if (!ok)
                        return mst_fail_memory(err, "reading memberships");
        }
        return rc;
}

int
mstc_gchange_done(struct mstc_store *store, int64_t glink, int64_t entry, const char *name,
                  struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM gchange WHERE glink=? AND entry=? AND name=?", "iit", glink,
                            entry, name);
}

int
mstc_gchange_count(struct mstc_store *store, int64_t glink, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM gchange WHERE glink=?", "i", glink);
}

int
mstc_gchange_any(struct mstc_store *store, int64_t glink, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM gchange WHERE glink=? LIMIT 1", "i",
                            glink) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_gbad_add(struct mstc_store *store, int64_t glink, int64_t entry, bool joins, const char *why, int64_t run,
              struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO gbad VALUES(?,?,?,?,?)", "iiiti", glink, entry,
                            N(joins), why, run);
}

int
mstc_gbad_none(struct mstc_store *store, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM gbad LIMIT 1", "") != MST_OK)
                return err->code;
        *ret = one == 0;
        return MST_OK;
}

int
mstc_gbad_forget(struct mstc_store *store, int64_t entry, int64_t grp, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM gbad WHERE entry=?1 AND ((coalesce(why,'') NOT LIKE '" MSTC_REJECTED_BY "%' "
                            "AND coalesce(why,'') NOT LIKE '" MSTC_UNDONE_BY "%') OR glink IN (SELECT id FROM glink WHERE "
                            "grp=?2))", "ii", entry, grp);
}

int
mstc_gbad_load(struct mstc_store *store, int64_t glink, struct mstc_set *into, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT entry FROM gbad WHERE glink=?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", glink);
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK)
                if (!mstc_set_add(into, (uint32_t)sqlite3_column_int64(stmt, 0))) {
                        sqlite3_reset(stmt);
                        return mst_fail_memory(err, "reading memberships");
                }
        return rc < 0 ? rc : MST_OK;
}
