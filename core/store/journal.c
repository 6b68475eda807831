/* journal.c - ops from plan to outcome.
 *
 *   planned -> sent -> done            the way of nearly all
 *              sent -> unknown         no answer: looked up before anything else
 *              sent -> retry -> sent   comes back when due
 *              sent -> parked          refused; left alone until something changes
 *   any open state but sent and unknown -> superseded
 *
 * The open ones are found through a partial index that a million done ones do not burden. */
#include "build.h"

#include "store/journal.h"

#include <string.h>

#include "store/doubts.h"
#include "store/sql.h"
#include "util/set.h"

#define N(x) ((int64_t)(x))
#define COLUMNS MSTC_OP_COLUMNS
#define FROM MSTC_OP_FROM

int
mstc_op_add(struct mstc_store *store, struct mstc_entry_op *op, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO op(run, target, sink, kind, entry, verb, state, rank, reason, "
                         "hold, matched, count, refs) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", "iiiiiiiiissii", op->run,
                         op->target, op->sink, N(op->kind), op->entry, N(op->verb), N(op->state), N(op->rank),
                         N(op->reason), op->hold, op->matched, op->count, N(op->refs | op->had_link << 1)) != MST_OK)
                return err->code;
        op->number = sqlite3_last_insert_rowid(store->db);
        return mstc_sql_run(store, err, "INSERT INTO opdata VALUES(?,?,?,?,?)", "itbbt", op->number, op->name,
                            op->before, op->before_size, op->after, op->after_size, op->text);
}

static const void *
copy_blob(sqlite3_stmt *stmt, int column, struct mst_arena *arena, size_t *size)
{
        const void *bytes = mstc_sql_blob(stmt, column, size);

        return bytes != NULL ? mst_arena_memdup(arena, bytes, *size) : NULL;
}

static int
take_op(sqlite3_stmt *stmt, struct mst_arena *arena, struct mstc_entry_op *op, struct mst_error *err)
{
        bool ok = true;

        memset(op, 0, sizeof *op);
        op->number = sqlite3_column_int64(stmt, 0);
        op->run = sqlite3_column_int64(stmt, 1);
        op->target = sqlite3_column_int64(stmt, 2);
        op->sink = sqlite3_column_int64(stmt, 3);
        op->kind = (enum mst_kind)sqlite3_column_int(stmt, 4);
        op->entry = sqlite3_column_int64(stmt, 5);
        op->verb = (enum mst_verb)sqlite3_column_int(stmt, 6);
        op->state = sqlite3_column_int(stmt, 7);
        op->rank = sqlite3_column_int(stmt, 8);
        op->reason = sqlite3_column_int(stmt, 9);
        op->hold = sqlite3_column_int64(stmt, 10);
        op->approved = sqlite3_column_int64(stmt, 11);
        op->tries = sqlite3_column_int64(stmt, 12);
        op->due = sqlite3_column_int64(stmt, 13);
        op->matched = sqlite3_column_int64(stmt, 14);
        op->count = sqlite3_column_int64(stmt, 15);
        op->refs = (sqlite3_column_int(stmt, 16) & 1) != 0;
        op->had_link = (sqlite3_column_int(stmt, 16) & 2) != 0;
        op->name = mstc_sql_copy_text(stmt, 17, arena, &ok);
        op->before = copy_blob(stmt, 18, arena, &op->before_size);
        op->after = copy_blob(stmt, 19, arena, &op->after_size);
        op->text = mstc_sql_copy_text(stmt, 20, arena, &ok);
        op->id = mstc_sql_copy_text(stmt, 21, arena, &ok);
        if (!ok || (op->before == NULL && op->before_size != 0) || (op->after == NULL && op->after_size != 0))
                return mst_fail_memory(err, "reading the journal");
        return MST_OK;
}

static int
take_one(struct mstc_store *store, sqlite3_stmt *stmt, struct mst_arena *arena, struct mstc_entry_op *ret,
         struct mst_error *err)
{
        int rc = mstc_sql_step(store, stmt, err);

        if (rc == MST_OK)
                rc = take_op(stmt, arena, ret, err);
        sqlite3_reset(stmt);
        return rc;
}

int
mstc_take_ops(struct mstc_store *store, sqlite3_stmt *stmt, struct mst_arena *arena, struct mstc_entry_op *into,
          size_t room, size_t *ret, struct mst_error *err)
{
        int rc = MST_OK;

        *ret = 0;
        while (*ret < room && (rc = mstc_sql_step(store, stmt, err)) == MST_OK) {
                if (take_op(stmt, arena, &into[*ret], err) != MST_OK) {
                        sqlite3_reset(stmt);
                        return err->code;
                }
                ++*ret;
        }
        sqlite3_reset(stmt);
        return rc < 0 ? rc : MST_OK;
}

/* The plus signs keep SQLite from walking all open ops of the sink. */
int
mstc_op_of(struct mstc_store *store, enum mst_kind kind, int64_t entry, int64_t sink, struct mst_arena *arena,
           struct mstc_entry_op *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " COLUMNS FROM "WHERE o.entry=? AND o.kind=? AND +o.sink=? AND "
                                      "+o.open=1 ORDER BY o.number DESC LIMIT 1", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iii", entry, N(kind), sink);
        return take_one(store, stmt, arena, ret, err);
}

int
mstc_op_get(struct mstc_store *store, int64_t number, struct mst_arena *arena, struct mstc_entry_op *ret,
            struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " COLUMNS FROM "WHERE o.number=?", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "i", number);
        return take_one(store, stmt, arena, ret, err);
}

int
mstc_op_claimable(struct mstc_store *store, int64_t sink, int rank, int64_t after_retry, int64_t after, int64_t now,
                  struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret,
                  struct mst_error *err)
{
        /* Retries first: they were planned before the others. */
        static const char *const sql[] = {
                "SELECT " COLUMNS FROM "WHERE o.sink=?1 AND o.rank=?2 AND o.number>?3 AND o.state=3 AND "
                "(o.hold IS NULL OR o.approved>?4) AND (o.due IS NULL OR o.due<=?4) ORDER BY o.number LIMIT ?5",
                "SELECT " COLUMNS FROM "WHERE o.sink=?1 AND o.rank=?2 AND o.number>?3 AND o.open=1 AND o.state=0 AND "
                "(o.hold IS NULL OR o.approved>?4) AND (o.due IS NULL OR o.due<=?4) ORDER BY o.number LIMIT ?5",
        };
        size_t got = 0;

        *ret = 0;
        for (size_t i = 0; i < 2 && *ret < room; i++) {
                sqlite3_stmt *stmt = mstc_sql(store, sql[i], err);

                if (stmt == NULL)
                        return err->code;
                mstc_sql_bind(stmt, "iiiii", sink, N(rank), i == 0 ? after_retry : after, now, N(room - *ret));
                if (mstc_take_ops(store, stmt, arena, into + *ret, room - *ret, &got, err) != MST_OK)
                        return err->code;
                *ret += got;
        }
        return MST_OK;
}

int
mstc_op_next_rank(struct mstc_store *store, int64_t sink, int rank, int *ret, struct mst_error *err)
{
        int64_t next;

        if (mstc_sql_number(store, err, &next, MSTC_RANK_END, "SELECT min(rank) FROM op WHERE sink=? AND rank>=? AND "
                            "open=1", "ii", sink, N(rank)) != MST_OK)
                return err->code;
        *ret = (int)next;
        return MST_OK;
}

int
mstc_op_set_rank(struct mstc_store *store, int64_t number, int rank, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET rank=? WHERE number=?", "ii", N(rank), number);
}

#define READY "sink=?1 AND state IN (0,3) AND open=1 AND (hold IS NULL OR approved>?2) AND (due IS NULL OR due<=?2)"

int
mstc_op_ready(struct mstc_store *store, int64_t sink, int64_t target, int64_t now, int64_t *ret,
              struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM op WHERE " READY " AND target=?3", "iii",
                               sink, now, target);
}

static int
gather_entries(struct mstc_store *store, sqlite3_stmt *stmt, struct mstc_set *into, struct mst_error *err)
{
        int rc;

        while ((rc = mstc_sql_step(store, stmt, err)) == MST_OK)
                if (!mstc_set_add(into, (uint32_t)sqlite3_column_int64(stmt, 0))) {
                        sqlite3_reset(stmt);
                        return mst_fail_memory(err, "reading the journal");
                }
        return rc < 0 ? rc : MST_OK;
}

int
mstc_op_entries(struct mstc_store *store, int64_t sink, enum mst_verb verb, int64_t now, struct mstc_set *into,
                struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT entry FROM op WHERE " READY " AND verb=?3 AND kind=1", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iii", sink, now, N(verb));
        return gather_entries(store, stmt, into, err);
}

int
mstc_op_open_creates(struct mstc_store *store, int64_t sink, struct mstc_set *into, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT entry FROM op WHERE open IS NOT NULL AND sink=? AND verb=? AND kind=1", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "ii", sink, N(MST_CREATE));
        return gather_entries(store, stmt, into, err);
}

int
mstc_op_any_unknown(struct mstc_store *store, int64_t sink, int64_t target, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM op WHERE sink=? AND state=2 AND "
                            "target=? LIMIT 1", "ii", sink, target) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_op_unknowns(struct mstc_store *store, int64_t sink, int64_t after, int64_t since, int64_t now,
                 struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err)
{
        /* Members are told again at once, while those who were in that op are still called what they
         * were in it; it is harmless. */
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " COLUMNS FROM "WHERE o.sink=?1 AND o.state=2 AND o.number>?2 AND "
                                      "(o.verb=?6 OR NOT EXISTS(SELECT 1 FROM doubt WHERE op=o.number AND doubt.since>?3 AND "
                                      "doubt.since<=?4)) ORDER BY o.number LIMIT ?5", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiiiii", sink, after, since, now, N(room), N(MST_MEMBERS));
        return mstc_take_ops(store, stmt, arena, into, room, ret, err);
}

int
mstc_op_of_run(struct mstc_store *store, int64_t run, int64_t after, struct mst_arena *arena,
               struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " COLUMNS FROM "WHERE o.run=? AND o.number>? AND o.open=1 "
                                      "ORDER BY o.number LIMIT ?", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iii", run, after, N(room));
        return mstc_take_ops(store, stmt, arena, into, room, ret, err);
}

int
mstc_op_open_next(struct mstc_store *store, int64_t sink, int64_t target, int rank, int64_t number,
                  struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " COLUMNS FROM "WHERE o.sink=? AND (o.rank, o.number)>(?,?) AND "
                                      "o.open IS NOT NULL AND +o.target=? ORDER BY o.rank, o.number LIMIT ?", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiiii", sink, N(rank), number, target, N(room));
        return mstc_take_ops(store, stmt, arena, into, room, ret, err);
}

int
mstc_op_done_last(struct mstc_store *store, enum mst_kind kind, int64_t entry, int64_t target, struct mst_arena *arena,
                  struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT " COLUMNS FROM "WHERE o.entry=? AND o.kind=? AND +o.target=? AND "
                                      "+o.state=16 ORDER BY o.number DESC LIMIT ?", err);

        if (stmt == NULL)
                return err->code;
        mstc_sql_bind(stmt, "iiii", entry, N(kind), target, N(room));
        return mstc_take_ops(store, stmt, arena, into, room, ret, err);
}

int
mstc_op_last(struct mstc_store *store, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT max(number) FROM op", "");
}

/* ---- from state to state ---------------------------------------------------------- */

int
mstc_op_sent(struct mstc_store *store, int64_t number, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET state=1, sent=?, tries=tries+1, due=NULL WHERE number=?",
                            "ii", mstc_now_ms(), number);
}

int
mstc_op_put_back(struct mstc_store *store, int64_t number, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET state=0, due=NULL WHERE number=?", "i", number);
}

static int
say(struct mstc_store *store, int64_t number, const char *text, struct mst_error *err)
{
        return text == NULL ? MST_OK
             : mstc_sql_run(store, err, "UPDATE opdata SET text=? WHERE number=?", "ti", text, number);
}

int
mstc_op_retry(struct mstc_store *store, int64_t number, int64_t due, const char *text, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "UPDATE op SET state=3, due=? WHERE number=?", "ii", due, number) != MST_OK)
                return err->code;
        return say(store, number, text, err);
}

int
mstc_op_unknown(struct mstc_store *store, int64_t number, const char *text, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "UPDATE op SET state=2 WHERE number=?", "i", number) != MST_OK
            || mstc_doubt_note(store, number, err) != MST_OK)
                return err->code;
        return say(store, number, text, err);
}

int
mstc_op_park(struct mstc_store *store, int64_t number, int outcome, const char *text, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "UPDATE op SET state=4, outcome=?, ended=? WHERE number=?", "sii", N(outcome),
                         mstc_now_ms(), number) != MST_OK)
                return err->code;
        return say(store, number, text, err);
}

int
mstc_ops_unpark(struct mstc_store *store, int64_t sink, int outcome, int64_t since, int64_t *ret,
                struct mst_error *err)
{
        if (mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM op WHERE sink=? AND state=4 AND open=1 AND "
                            "outcome=? AND ended>=?", "iii", sink, N(outcome), since) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "UPDATE op SET state=0, due=NULL WHERE sink=? AND state=4 AND open=1 AND "
                            "outcome=?", "ii", sink, N(outcome));
}

#define AT_ONCE "3"                          /* tries */
#define HOUR "3600000"

int
mstc_journal_reconsider(struct mstc_store *store, int64_t sync, int64_t sink, uint32_t mask, int64_t now,
                        int64_t matched_before, struct mst_error *err)
{
        /* What was never sent (no outcome) waits for its map or its person to change. */
        if (mstc_sql_run(store, err, "UPDATE op SET state=0, due=NULL WHERE sink=?1 AND state=4 AND open=1 AND "
                         "outcome IS NOT NULL AND NOT (kind=2 AND coalesce(matched,0)=0 AND verb=1) AND "
                         "target IN (SELECT id FROM target WHERE sync=?2) AND "
                         "(tries<=" AT_ONCE " OR ended+min(24, 1<<min(tries-" AT_ONCE ", 5))*" HOUR "<=?3)", "iii",
                         sink, sync, now) != MST_OK)
                return err->code;
        /* A group whose name was found taken is looked at again, not sent. */
        if (mstc_sql_run(store, err, "INSERT OR IGNORE INTO gdirty SELECT ?1, entry FROM op WHERE sink=?2 AND state=4 AND "
                         "open=1 AND verb=1 AND kind=2 AND coalesce(matched,0)=0 AND ended+" HOUR "<=?3 AND "
                         "target IN (SELECT id FROM target WHERE sync=?1)", "iii", sync, sink, now) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "INSERT INTO dirty SELECT ?1, entry, ?2 FROM op WHERE sink=?3 AND "
                            "state IN (0,3) AND open=1 AND verb=1 AND kind=1 AND matched<?5 AND "
                            "(hold IS NULL OR approved>?4) AND target IN (SELECT id FROM target WHERE sync=?1) "
                            "ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|excluded.mask", "iiiii", sync, N(mask),
                            sink, now, matched_before);
}

int
mstc_op_end(struct mstc_store *store, int64_t number, int state, int outcome, int64_t run, const char *text,
            struct mst_error *err)
{
        if (mstc_sql_run(store, err, "UPDATE op SET state=?, open=NULL, outcome=?, ended=?, run_ended=? WHERE number=?",
                         "iiiii", N(state), N(outcome), mstc_now_ms(), run, number) != MST_OK)
                return err->code;
        return say(store, number, text, err);
}

int
mstc_op_set_after(struct mstc_store *store, int64_t number, const void *after, size_t size, int64_t count,
                  struct mst_error *err)
{
        if (mstc_sql_run(store, err, "UPDATE op SET count=? WHERE number=?", "ii", count, number) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "UPDATE opdata SET after=? WHERE number=?", "bi", after, size, number);
}

int
mstc_op_matched(struct mstc_store *store, int64_t number, int64_t when, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE op SET matched=? WHERE number=?", "ii", when, number);
}

int
mstc_journal_recover(struct mstc_store *store, struct mst_error *err)
{
        if (mstc_doubts_recover(store, err) != MST_OK
            || mstc_sql_run(store, err, "UPDATE op INDEXED BY op_open SET state=2 WHERE open=1 AND state=1", "") != MST_OK)
                return err->code;
        if (mstc_sql_run(store, err, "DELETE FROM opdata WHERE number IN (SELECT o.number FROM run r JOIN op o ON "
                         "o.run=r.id AND o.number>r.judged WHERE r.state<5 AND o.state IN (0,4))", "") != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "DELETE FROM op WHERE number IN (SELECT o.number FROM run r JOIN op o ON "
                            "o.run=r.id AND o.number>r.judged WHERE r.state<5 AND o.state IN (0,4))", "");
}

int
mstc_journal_unjudged(struct mstc_store *store, int64_t run, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "DELETE FROM opdata WHERE number IN (SELECT o.number FROM run r JOIN op o ON "
                         "o.run=r.id AND o.number>r.judged WHERE r.id=? AND o.state IN (0,4))", "i", run) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "DELETE FROM op WHERE number IN (SELECT o.number FROM run r JOIN op o ON "
                            "o.run=r.id AND o.number>r.judged WHERE r.id=? AND o.state IN (0,4))", "i", run);
}

int
mstc_journal_judged(struct mstc_store *store, int64_t run, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE run SET judged=coalesce((SELECT max(number) FROM op WHERE op.run=run.id), "
                            "judged), state=4 WHERE id=?", "i", run);
}

int
mstc_journal_open(struct mstc_store *store, int64_t sink, int64_t *ret_due, int64_t *ret_count,
                  struct mst_error *err)
{
        if (mstc_sql_number(store, err, ret_due, 0, "SELECT min(due) FROM op WHERE sink=? AND state=3",
                            "i", sink) != MST_OK)
                return err->code;
        return mstc_sql_number(store, err, ret_count, 0, "SELECT count(*) FROM op WHERE sink=? AND open=1", "i",
                               sink);
}
