/* view_run.c - runs, their logs and their ops, for showing. */
#include "build.h"

#include "store/view_read.h"

#include <string.h>

#define RUN_COLUMNS "r.id, s.name, r.mode, r.state, r.outcome, r.started, r.ended, r.text, r.pages, r.counts, " \
                    "r.outcome IS NULL FROM run r JOIN sync s ON s.id=r.sync "

/* Counts are varints in the order of enum mstc_count; a run of an older muster has
 * fewer of them. */
static void
read_counts(const uint8_t *bytes, size_t size, uint64_t *counts)
{
        size_t at = 0;

        for (size_t i = 0; i < MSTC_N_COUNTS && at < size; i++) {
                unsigned shift = 0;

                while (at < size && shift < 64) {
                        uint8_t byte = bytes[at++];

                        counts[i] |= (uint64_t)(byte & 0x7f) << shift;
                        shift += 7;
                        if ((byte & 0x80) == 0)
                                break;
                }
        }
}

static void
read_run(struct mstc_rows *rows, struct mstc_view_run *run)
{
        const void *counts;
        size_t size;

        *run = (struct mstc_view_run){
                .id = mstc_rows_number(rows, 0), .sync = mstc_rows_text(rows, 1),
                .mode = (int)mstc_rows_number(rows, 2), .state = (int)mstc_rows_number(rows, 3),
                .outcome = mstc_rows_number(rows, 10) != 0 ? -1 : (int)mstc_rows_number(rows, 4),
                .started = mstc_rows_number(rows, 5), .ended = mstc_rows_number(rows, 6),
                .text = mstc_rows_text(rows, 7), .pages = mstc_rows_number(rows, 8),
        };
        counts = mstc_sql_blob(rows->stmt, 9, &size);
        if (counts != NULL)
                read_counts(counts, size, run->counts);
}

int
mstc_view_runs(struct mstc_store *store, const char *sync, int64_t *after, size_t most,
               struct mst_arena *arena, struct mstc_view_run **ret, size_t *count, bool *more,
               struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_run *into = mst_arena_alloc(arena, most * sizeof *into);
        size_t got = 0;

        if (into == NULL)
                return mst_fail_memory(err, "listing runs");
        if (MSTC_ROWS(&rows, "SELECT " RUN_COLUMNS "WHERE r.id<? AND (?2 IS NULL OR s.name=?2) ORDER BY r.id DESC "
                      "LIMIT ?3", "iti", *after > 0 ? *after : INT64_MAX, sync, (int64_t)most))
                while (got < most && mstc_rows_next(&rows))
                        read_run(&rows, &into[got++]);
        if (got > 0)
                *after = into[got - 1].id;
        *ret = into;
        *count = got;
        *more = got == most;
        return mstc_rows_end(&rows, "listing runs");
}

int
mstc_view_run(struct mstc_store *store, int64_t id, struct mst_arena *arena, struct mstc_view_run *ret,
              struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        bool found = false;

        if (MSTC_ROWS(&rows, "SELECT " RUN_COLUMNS "WHERE r.id=? OR ?1=0 ORDER BY r.id DESC LIMIT 1", "i", id)
            && mstc_rows_next(&rows)) {
                read_run(&rows, ret);
                found = true;
        }
        if (mstc_rows_end(&rows, "looking for a run") != MST_OK)
                return err->code;
        return found ? MST_OK : MST_END;
}

int
mstc_view_log(struct mstc_store *store, int64_t run, int64_t *after, size_t most, struct mst_arena *arena,
              struct mstc_view_line **ret, size_t *count, bool *more, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_line *into = mst_arena_alloc(arena, most * sizeof *into);
        size_t got = 0;

        if (into == NULL)
                return mst_fail_memory(err, "reading a log");
        /* Lines may be numbered from 0. */
        if (MSTC_ROWS(&rows, "SELECT line, at, level, text, event FROM log WHERE run=? AND line>=? ORDER BY line LIMIT ?",
                      "iii", run, *after, (int64_t)most))
                for (; got < most && mstc_rows_next(&rows); got++)
                        into[got] = (struct mstc_view_line){
                                .line = mstc_rows_number(&rows, 0), .at = mstc_rows_number(&rows, 1),
                                .level = (int)mstc_rows_number(&rows, 2), .text = mstc_rows_text(&rows, 3),
                                .event = (int)mstc_rows_number(&rows, 4),
                        };
        if (got > 0)
                *after = into[got - 1].line + 1;
        *ret = into;
        *count = got;
        *more = got == most;
        return mstc_rows_end(&rows, "reading a log");
}

/* ---- ops -------------------------------------------------------------------------- */

#define OP_COLUMNS "o.number, o.run, o.entry, t.name, i.name, o.kind, o.verb, o.state, o.reason, o.outcome, "       \
                   "o.hold, o.approved, o.tries, o.due, o.sent, o.ended, o.count, d.name, "                        \
                   "CASE o.kind WHEN 1 THEN (SELECT id FROM entry WHERE number=o.entry) "                          \
                   "ELSE (SELECT name FROM grp WHERE id=o.entry) END, d.text, d.before, d.after "                  \
                   "FROM op o LEFT JOIN opdata d ON d.number=o.number LEFT JOIN target t ON t.id=o.target "         \
                   "LEFT JOIN instance i ON i.id=o.sink "

static void
read_op(struct mstc_rows *rows, struct mstc_view_op *op)
{
        *op = (struct mstc_view_op){
                .number = mstc_rows_number(rows, 0), .run = mstc_rows_number(rows, 1),
                .entry = mstc_rows_number(rows, 2), .target = mstc_rows_text(rows, 3),
                .sink = mstc_rows_text(rows, 4), .kind = (int)mstc_rows_number(rows, 5),
                .verb = (int)mstc_rows_number(rows, 6), .state = (int)mstc_rows_number(rows, 7),
                .reason = (int)mstc_rows_number(rows, 8), .outcome = (int)mstc_rows_number(rows, 9),
                .hold = mstc_rows_number(rows, 10), .approved = mstc_rows_number(rows, 11),
                .tries = mstc_rows_number(rows, 12), .due = mstc_rows_number(rows, 13),
                .sent = mstc_rows_number(rows, 14), .ended = mstc_rows_number(rows, 15),
                .members = mstc_rows_number(rows, 16), .title = mstc_rows_text(rows, 17),
                .id = mstc_rows_text(rows, 18), .text = mstc_rows_text(rows, 19),
        };
        if (op->verb == MST_MEMBERS)
                return;                      /* those are packed members, no records   */
        op->before = mstc_rows_record(rows, 20, op->id, false);
        op->after = mstc_rows_record(rows, 21, op->id, false);
}

/* Each way to ask has its index. */
static bool
ask_ops(struct mstc_rows *rows, const struct mstc_view_which *which, int64_t after, size_t most)
{
        int64_t room = (int64_t)most, below = which->open ? MSTC_OP_OPEN : INT64_MAX;

        if (which->hold != 0)
                return MSTC_ROWS(rows, "SELECT " OP_COLUMNS "WHERE o.hold=? AND o.number>? AND o.state<? "
                                 "ORDER BY o.number LIMIT ?", "iiii", which->hold, after, below, room);
        if (which->entry != 0)
                return MSTC_ROWS(rows, "SELECT " OP_COLUMNS "WHERE o.entry=? AND o.kind=1 AND o.number>? AND o.state<? "
                                 "ORDER BY o.number LIMIT ?", "iiii", which->entry, after, below, room);
        if (which->run != 0)
                return MSTC_ROWS(rows, "SELECT " OP_COLUMNS "WHERE o.run=? AND o.number>? AND o.state<? "
                                 "ORDER BY o.number LIMIT ?", "iiii", which->run, after, below, room);
        return MSTC_ROWS(rows, "SELECT " OP_COLUMNS "WHERE o.number>?1 AND o.state<?2 AND (?4=0 OR o.ended>=?4) "
                         "AND o.run>=?5 AND (?6 IS NULL OR t.name=?6) AND (?7 IS NULL OR t.sync=(SELECT id FROM sync WHERE "
                         "name=?7)) ORDER BY o.number LIMIT ?3",
                         "iiiiitt", after, below, room, which->since, which->from_run, which->target, which->sync);
}

int
mstc_view_ops(struct mstc_store *store, const struct mstc_view_which *which, int64_t *after, size_t most,
              struct mst_arena *arena, struct mstc_view_op **ret, size_t *count, bool *more,
              struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_op *into = mst_arena_alloc(arena, most * sizeof *into);
        size_t got = 0;

        if (into == NULL)
                return mst_fail_memory(err, "listing ops");
        if (ask_ops(&rows, which, *after, most))
                while (got < most && mstc_rows_next(&rows))
                        read_op(&rows, &into[got++]);
        if (got > 0)
                *after = into[got - 1].number;
        *ret = into;
        *count = got;
        *more = got == most;
        return mstc_rows_end(&rows, "listing ops");
}

int
mstc_view_next(struct mstc_store *store, const char *sync, int64_t *ret, struct mst_error *err)
{
        int64_t wake = INT64_MAX, op = INT64_MAX;

        if (mstc_sql_number(store, err, &wake, INT64_MAX, "SELECT coalesce(min(w.at), 9223372036854775807) FROM wake w JOIN "
                            "sync s ON s.id=w.sync WHERE s.name=?", "t", sync) != MST_OK
            || mstc_sql_number(store, err, &op, INT64_MAX, "SELECT coalesce(min(o.due), 9223372036854775807) FROM op o JOIN "
                               "target t ON t.id=o.target JOIN sync s ON s.id=t.sync WHERE o.state=3 AND o.open=1 AND "
                               "s.name=?", "t", sync) != MST_OK)
                return err->code;
        *ret = wake < op ? wake : op;
        return MST_OK;
}

int
mstc_view_last_read(struct mstc_store *store, const char *sync, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT coalesce(max(r.started), 0) FROM run r JOIN sync s ON s.id=r.sync "
                               "WHERE s.name=? AND r.mode IN (1, 2)", "t", sync);
}
