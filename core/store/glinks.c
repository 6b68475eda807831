/* glinks.c - questions about the objects of groups: whose a name is, whose wait is over, how many
 * there are and how many are to be deleted. */
#include "build.h"

#include "store/groups.h"

#include "store/journal.h"
#include "store/sql.h"
#include "util/set.h"

#define N(x) ((int64_t)(x))

int
mstc_glinks_any_due(struct mstc_store *store, int64_t now, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM glink WHERE due<=? LIMIT 1", "i", now) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_glinks_due(struct mstc_store *store, int64_t sync, int64_t now, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR IGNORE INTO gdirty SELECT t.sync, g.grp FROM glink g JOIN target t "
                            "ON t.id=g.target WHERE g.due<=? AND t.sync=?", "ii", now, sync);
}

int
mstc_glinks_live(struct mstc_store *store, int64_t target, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM glink WHERE target=? AND state=?", "ii", target,
                               N(MSTC_LINK_LIVE));
}

int
mstc_glinks_deleted(struct mstc_store *store, int64_t target, int64_t since, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM glink WHERE target=? AND state=? AND touched>?",
                               "iii", target, N(MSTC_LINK_DELETED), since);
}

int
mstc_glink_owner(struct mstc_store *store, int64_t sink, int64_t grp, const char *object, const char *label,
                 struct mst_arena *arena, const char **ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = object != NULL
                ? mstc_sql(store, "SELECT r.name FROM glink g JOIN grp r ON r.id=g.grp WHERE g.sink=? AND g.object=? AND "
                           "g.grp<>? AND g.state=1 LIMIT 1", err)
                : mstc_sql(store, "SELECT r.name FROM glink g JOIN grp r ON r.id=g.grp WHERE g.sink=? AND g.label=? AND "
                           "g.grp<>? AND g.state=1 LIMIT 1", err);
        bool ok = true;
        int rc;

        *ret = NULL;
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iti", sink, object != NULL ? object : label, grp);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_OK) {
                *ret = mstc_sql_copy_text(stmt, 0, arena, &ok);
                sqlite3_reset(stmt);
        }
        return rc < 0 ? rc : ok ? MST_OK : mst_fail_memory(err, "reading a group");
}

#define DELETES "sink=?1 AND target=?2 AND rank=?3 AND open=1 AND state IN (0,3) "

int
mstc_group_deletes(struct mstc_store *store, int64_t target, int64_t sink, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM op WHERE " DELETES
                               "AND coalesce(approved, 0)<=?4", "iiii", sink, target, N(MSTC_RANK_GROUP_DELETES),
                               mstc_now_ms());
}

int
mstc_group_deletes_hold(struct mstc_store *store, int64_t target, int64_t sink, int64_t after, int64_t hold,
                        struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET hold=?5 WHERE " DELETES "AND hold IS NULL AND number>?4", "iiiii",
                            sink, target, N(MSTC_RANK_GROUP_DELETES), after, hold);
}

int
mstc_links_off(struct mstc_store *store, int64_t target, struct mstc_set *into, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT entry FROM link WHERE target=? AND state=2 AND reason<>?", err);
        int rc;

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "ii", target, N(MSTC_WHY_DOUBT));
        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK)
                if (!mstc_set_add(into, (uint32_t)sqlite3_column_int64(stmt, 0))) {
                        sqlite3_reset(stmt);
                        return mst_fail_memory(err, "reading links");
                }
        return rc < 0 ? rc : MST_OK;
}
