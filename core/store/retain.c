/* retain.c - the past ends somewhere: old runs go, with all that only they need.
 *
 * A run goes in pieces, from its many rows to its one: effects, log, what the source said in it, and
 * at last the run itself.  A stop between two pieces leaves a run that has less to tell, and the
 * next piece goes on there. */
#include "build.h"

#include "store/retain.h"

#include "store/sql.h"

#define PIECE INT64_C(1000)

/* Outcome 0 is done; modes 1 and 2 read the source. */
#define NEEDED "(EXISTS (SELECT 1 FROM op WHERE op.run=r.id AND (op.open=1 OR op.ended>=?1)) " \
        "OR EXISTS (SELECT 1 FROM hold WHERE hold.run=r.id AND hold.state=0) " \
        "OR r.id=(SELECT max(id) FROM run WHERE sync=r.sync) " \
        "OR r.id=(SELECT max(id) FROM run WHERE sync=r.sync AND outcome=0 AND mode IN (1,2)))"

static int
oldest(struct mstc_store *store, int64_t before, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT r.id FROM run r WHERE r.state=5 AND r.ended<?1 AND NOT " NEEDED
                               " ORDER BY r.id LIMIT 1", "i", before);
}

/* Deletes up to PIECE rows; '*left' is reduced by as many. */
static int
some(struct mstc_store *store, const char *sql, int64_t run, int64_t *left, struct mst_error *err)
{
        if (*left <= 0)
                return MST_OK;
        if (mstc_sql_run(store, err, sql, "ii", run, *left) != MST_OK)
                return err->code;
        *left -= sqlite3_changes64(store->db);
        return MST_OK;
}

static int
drop(struct mstc_store *store, int64_t run, struct mst_error *err)
{
        static const char *const sql[] = {
                "DELETE FROM opdata WHERE number IN (SELECT d.number FROM op o JOIN opdata d ON d.number=o.number WHERE o.run=?1 LIMIT ?2)",
                ("DELETE FROM opmembers WHERE number IN (SELECT m.number FROM op o JOIN opmembers m ON m.number=o.number "
                 "WHERE o.run=?1 LIMIT ?2)"),
                "DELETE FROM op WHERE number IN (SELECT number FROM op WHERE run=?1 LIMIT ?2)",
                "DELETE FROM log WHERE run=?1 AND line IN (SELECT line FROM log WHERE run=?1 LIMIT ?2)",
                "DELETE FROM told WHERE id IN (SELECT id FROM told WHERE run=?1 LIMIT ?2)",
                "DELETE FROM run WHERE id=?1 AND ?2>0",
        };
        int64_t left = PIECE;

        for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++)
                if (some(store, sql[i], run, &left, err) != MST_OK)
                        return err->code;
        return MST_OK;
}

int
mstc_retain_piece(struct mstc_store *store, int64_t before, bool *ret_more, int64_t *ret_runs, struct mst_error *err)
{
        int64_t run = 0, there = 0;

        *ret_more = false;
        if (oldest(store, before, &run, err) != MST_OK || run == 0)
                return err->code;
        if (mstc_store_begin(store, err) != MST_OK)
                return err->code;
        if (drop(store, run, err) != MST_OK || mstc_store_commit(store, err) != MST_OK) {
                mstc_store_rollback(store);
                return err->code;
        }
        *ret_more = true;
        if (mstc_sql_number(store, err, &there, 0, "SELECT 1 FROM run WHERE id=?", "i", run) != MST_OK)
                return err->code;
        *ret_runs += there == 0;
        return MST_OK;
}

/* A rule's words are needed from the newest that the oldest run knew on; a decision as long as
 * something is declined by it or an effect tells of it. */
int
mstc_retain_rest(struct mstc_store *store, int64_t before, struct mst_error *err)
{
        static const char *const sql[] = {
                "DELETE FROM rule WHERE at<?1 AND EXISTS (SELECT 1 FROM rule n WHERE n.sync=rule.sync AND n.name=rule.name "
                "AND n.id>rule.id AND n.run<=(SELECT min(id) FROM run))",
                "DELETE FROM decision WHERE at<?1 AND id NOT IN (SELECT decision FROM declined) AND id NOT IN "
                "(SELECT decision FROM op WHERE decision IS NOT NULL)",
                "DELETE FROM hold WHERE state<>0 AND created<?1 AND NOT EXISTS (SELECT 1 FROM op WHERE op.hold=hold.number) "
                "AND NOT EXISTS (SELECT 1 FROM run WHERE run.id=hold.run)",
        };
        int rc = mstc_store_begin(store, err);

        for (size_t i = 0; rc == MST_OK && i < sizeof sql / sizeof sql[0]; i++)
                rc = mstc_sql_run(store, err, sql[i], "i", before);
        if (rc == MST_OK)
                rc = mstc_store_commit(store, err);
        if (rc != MST_OK)
                mstc_store_rollback(store);
        return rc;
}

int
mstc_retain_used(struct mstc_store *store, int64_t *ret, struct mst_error *err)
{
        int64_t pages, spare, page;

        if (mstc_sql_number(store, err, &pages, 0, "PRAGMA page_count", "") != MST_OK
            || mstc_sql_number(store, err, &spare, 0, "PRAGMA freelist_count", "") != MST_OK
            || mstc_sql_number(store, err, &page, 0, "PRAGMA page_size", "") != MST_OK)
                return err->code;
        *ret = (pages - spare) * page;
        return MST_OK;
}
