/* runs.c - syncs, their targets and their runs. */
#include "build.h"

#include "store/runs.h"

#include <string.h>

#include "store/sql.h"
#include "util/alloc.h"
#include "util/buffer.h"

#define N(x) ((int64_t)(x))
#define HOUR_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)

/* ---- syncs ------------------------------------------------------------------------ */

int
mstc_sync_row(struct mstc_store *store, const char *name, int64_t source, struct mst_arena *arena,
              struct mstc_sync_row *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT id, generation, live, cursor_at, completed_at, reset, "
                                      "fingerprint, groups_fingerprint, reads, cursor, source, full_at FROM sync WHERE name=?", err);
        int64_t of;
        bool ok = true;
        int rc;

        memset(ret, 0, sizeof *ret);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "t", name);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_END) {
                if (mstc_sql_run(store, err, "INSERT INTO sync(name, source) VALUES(?,?)", "ti", name,
                                 source) != MST_OK)
                        return err->code;
                ret->id = sqlite3_last_insert_rowid(store->db);
                return MST_OK;
        }
        if (rc != MST_OK)
                return rc;
        ret->id = sqlite3_column_int64(stmt, 0);
        ret->generation = sqlite3_column_int64(stmt, 1);
        ret->live = sqlite3_column_int64(stmt, 2);
        ret->cursor_at = sqlite3_column_int64(stmt, 3);
        ret->completed_at = sqlite3_column_int64(stmt, 4);
        ret->reset = sqlite3_column_int64(stmt, 5);
        ret->fingerprint = mstc_sql_copy_text(stmt, 6, arena, &ok);
        ret->groups_fingerprint = mstc_sql_copy_text(stmt, 7, arena, &ok);
        ret->reads = mstc_sql_copy_text(stmt, 8, arena, &ok);
        ret->cursor = mstc_sql_copy_text(stmt, 9, arena, &ok);
        of = sqlite3_column_int64(stmt, 10);
        ret->full_at = sqlite3_column_int64(stmt, 11);
        sqlite3_reset(stmt);
        if (!ok)
                return mst_fail_memory(err, "reading a sync");
        /* 0: whoever asks does not know its source. */
        return source == 0 || source == of ? MST_OK
             : mstc_sql_run(store, err, "UPDATE sync SET source=? WHERE id=?", "ii", source, ret->id);
}

int
mstc_sync_set_fingerprints(struct mstc_store *store, int64_t sync, const char *fingerprint,
                           const char *groups_fingerprint, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE sync SET fingerprint=?, groups_fingerprint=? WHERE id=?", "tti",
                            fingerprint, groups_fingerprint, sync);
}

int
mstc_sync_complete(struct mstc_store *store, int64_t sync, const char *cursor, const char *reads,
                   int64_t generation, struct mst_error *err)
{
        int64_t now = mstc_now_ms();

        return mstc_sql_run(store, err, "UPDATE sync SET cursor=?, cursor_at=?, completed_at=?, reads=?, "
                            "generation=?, reset=0 WHERE id=?", "tiitii", cursor, now, now, reads, generation, sync);
}

int
mstc_sync_read_all(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE sync SET full_at=? WHERE id=?", "ii", mstc_now_ms(), sync);
}

int
mstc_sync_reset(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE sync SET reset=1 WHERE id=?", "i", sync);
}

int
mstc_sync_count_live(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE sync SET live=(SELECT count(*) FROM entry WHERE entry.sync=sync.id "
                            "AND gone=0 AND kind=1 AND born<=sync.generation) WHERE id=?", "i", sync);
}

/* ---- targets ---------------------------------------------------------------------- */

int
mstc_target_row(struct mstc_store *store, int64_t sync, const char *name, int64_t sink, uint32_t bit,
                struct mst_arena *arena, struct mstc_target_row *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT id, sink, live, planned, identity, bit, first FROM target WHERE sync=? "
                                      "AND name=?", err);
        bool ok = true;
        int rc;

        memset(ret, 0, sizeof *ret);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "it", sync, name);
        rc = mstc_sql_step(store, stmt, err);
        if (rc == MST_END) {
                if (mstc_sql_run(store, err, "INSERT INTO target(sync, name, sink, bit) VALUES(?,?,?,?)", "itii",
                                 sync, name, sink, N(bit)) != MST_OK)
                        return err->code;
                ret->id = sqlite3_last_insert_rowid(store->db);
                ret->sink = sink;
                return MST_OK;
        }
        if (rc != MST_OK)
                return rc;
        ret->id = sqlite3_column_int64(stmt, 0);
        ret->sink = sqlite3_column_int64(stmt, 1);
        ret->live = sqlite3_column_int64(stmt, 2);
        ret->planned = sqlite3_column_int(stmt, 3) != 0;
        ret->identity = mstc_sql_copy_text(stmt, 4, arena, &ok);
        ret->first = sqlite3_column_int64(stmt, 6);
        rc = sqlite3_column_int64(stmt, 5) == N(bit) ? MST_OK
           : mstc_sql_run(store, err, "UPDATE target SET bit=? WHERE id=?", "ii", N(bit), ret->id);
        sqlite3_reset(stmt);
        return ok ? rc : mst_fail_memory(err, "reading a target");
}

int
mstc_target_set_identity(struct mstc_store *store, int64_t target, const char *identity, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE target SET identity=? WHERE id=?", "ti", identity, target);
}

int
mstc_target_planned(struct mstc_store *store, int64_t target, int64_t run, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE target SET planned=1, first=? WHERE id=? AND planned=0", "ii", run, target);
}

int
mstc_target_tally(struct mstc_store *store, int64_t target, int64_t live, int64_t removals,
                  struct mst_error *err)
{
        int64_t now = mstc_now_ms();

        if (live != 0
            && (mstc_sql_run(store, err, "UPDATE target SET live=max(0, live+?) WHERE id=?", "ii", live,
                             target) != MST_OK
                || mstc_sql_run(store, err, "INSERT OR REPLACE INTO census SELECT id, ?, live FROM target WHERE id=?",
                                "ii", now / DAY_MS, target) != MST_OK))
                return err->code;
        if (removals == 0)
                return MST_OK;
        return mstc_sql_run(store, err, "INSERT INTO tally VALUES(?1,?2,?3) ON CONFLICT(target, hour) DO UPDATE "
                            "SET removals=removals+?3", "iii", target, now / HOUR_MS, removals);
}

int
mstc_target_look_back(struct mstc_store *store, int64_t target, int64_t *ret_base, int64_t *ret_day,
                      int64_t *ret_week, struct mst_error *err)
{
        int64_t now = mstc_now_ms();
        int64_t hour = now / HOUR_MS, live, then;

        /* A week ago: the last census at or before that day, else the oldest there is. */
        if (mstc_sql_number(store, err, &live, 0, "SELECT live FROM target WHERE id=?", "i", target) != MST_OK
            || mstc_sql_number(store, err, &then, 0, "SELECT coalesce((SELECT live FROM census WHERE target=?1 AND "
                               "day<=?2 ORDER BY day DESC LIMIT 1), (SELECT max(live) FROM census WHERE target=?1))",
                               "ii", target, now / DAY_MS - 7) != MST_OK
            || mstc_sql_number(store, err, ret_day, 0, "SELECT sum(removals) FROM tally WHERE target=? AND hour>?",
                               "ii", target, hour - 24) != MST_OK
            || mstc_sql_number(store, err, ret_week, 0, "SELECT sum(removals) FROM tally WHERE target=? AND hour>?",
                               "ii", target, hour - 168) != MST_OK)
                return err->code;
        *ret_base = live > then ? live : then;
        return MST_OK;
}

/* ---- runs ------------------------------------------------------------------------- */

int
mstc_run_new(struct mstc_store *store, int64_t sync, int mode, int64_t generation, const char *fingerprint,
             int64_t *ret, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO run(sync, mode, state, generation, fingerprint, started) "
                         "VALUES(?,?,1,?,?,?)", "iiiti", sync, N(mode), generation, fingerprint,
                         mstc_now_ms()) != MST_OK)
                return err->code;
        *ret = sqlite3_last_insert_rowid(store->db);
        return MST_OK;
}

int
mstc_run_cut_off(struct mstc_store *store, int64_t sync, struct mst_arena *arena, struct mstc_run_row *ret,
                 struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT id, mode, state, generation, pages, bad, started, next, "
                                      "fingerprint FROM run WHERE sync=? AND state<=2 AND mode<=2 AND next IS NOT "
                                      "NULL ORDER BY id DESC LIMIT 1", err);
        bool ok = true;
        int rc;

        memset(ret, 0, sizeof *ret);
        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", sync);
        rc = mstc_sql_step(store, stmt, err);
        if (rc != MST_OK)
                return rc;
        ret->id = sqlite3_column_int64(stmt, 0);
        ret->mode = sqlite3_column_int(stmt, 1);
        ret->state = sqlite3_column_int(stmt, 2);
        ret->generation = sqlite3_column_int64(stmt, 3);
        ret->pages = sqlite3_column_int64(stmt, 4);
        ret->bad = sqlite3_column_int64(stmt, 5);
        ret->started = sqlite3_column_int64(stmt, 6);
        ret->next = mstc_sql_copy_text(stmt, 7, arena, &ok);
        ret->fingerprint = mstc_sql_copy_text(stmt, 8, arena, &ok);
        sqlite3_reset(stmt);
        return ok ? MST_OK : mst_fail_memory(err, "reading a run");
}

int
mstc_run_mode(struct mstc_store *store, int64_t run, int mode, int64_t generation, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE run SET mode=?, generation=?, next=NULL, pages=0, bad=0 WHERE id=?",
                            "iii", N(mode), generation, run);
}

int
mstc_run_state(struct mstc_store *store, int64_t run, int state, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE run SET state=? WHERE id=?", "ii", N(state), run);
}

int
mstc_run_next(struct mstc_store *store, int64_t run, const char *next, int64_t pages, int64_t bad,
              struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE run SET next=?, pages=?, bad=? WHERE id=?", "tiii", next, pages, bad,
                            run);
}

int
mstc_run_end(struct mstc_store *store, int64_t run, int outcome, const char *text,
             const uint64_t counts[MSTC_N_COUNTS], struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer packed = { 0 };

        for (size_t i = 0; i < MSTC_N_COUNTS; i++)
                mstc_buffer_varint(&packed, counts[i]);
        if (!mstc_buffer_ok(&packed))
                return mst_fail_memory(err, "closing the run");
        return mstc_sql_run(store, err, "UPDATE run SET state=5, ended=?, outcome=?, text=?, counts=?, next=NULL "
                            "WHERE id=?", "iitbi", mstc_now_ms(), N(outcome), text, (const void *)packed.bytes,
                            packed.length, run);
}

int
mstc_runs_recover(struct mstc_store *store, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE run SET state=5, ended=?, outcome=5, text='it was cut off; the next "
                            "run went on from there' WHERE state<5 AND NOT (state<=2 AND mode<=2 AND next IS NOT NULL)",
                            "i", mstc_now_ms());
}

int
mstc_run_last_line(struct mstc_store *store, int64_t run, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT max(line) FROM log WHERE run=?", "i", run);
}

int
mstc_run_log(struct mstc_store *store, int64_t run, int64_t line, int event, enum mst_level level, const char *text,
             struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO log(run, line, at, level, text, event) VALUES(?,?,?,?,?,?)",
                            "iiiiti", run, line, mstc_now_ms(), N(level), text, N(event));
}
