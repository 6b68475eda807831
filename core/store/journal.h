/* journal.h - ops from plan to outcome.  An op is written once, by the plan; later only
 * its small row changes.  From MSTC_OP_OPEN on it is history. */
#ifndef MSTC_JOURNAL_H
#define MSTC_JOURNAL_H

#include <muster/arena.h>

#include "store/store.h"

/* The order in which a sink gets ops: a rank begins when the one before has settled.
 * Leaders, whom others point at, are made before the others, so that these need not wait;
 * one who has leaders himself is that many ranks later than they (at most the places up to
 * MSTC_RANK_USERS; whoever comes too early waits). */
enum mstc_rank {
        MSTC_RANK_DISABLE = 0, MSTC_RANK_LEADERS = 100, MSTC_RANK_USERS = 200, MSTC_RANK_GROUPS = 300,
        MSTC_RANK_MEMBERS = 400, MSTC_RANK_GROUP_DELETES = 500, MSTC_RANK_USER_DELETES = 600,
        MSTC_RANK_END = 700
};

struct mstc_entry_op {
        int64_t number, run, target, sink;
        enum mst_kind kind;
        int64_t entry;                       /* users: the entry; groups: the grp      */
        enum mst_verb verb;
        int state, rank, reason;
        int64_t hold, approved;              /* hold's number; approved until          */
        int64_t tries, due, matched;         /* matched: when it was last looked for   */
        int64_t count;                       /* member changes                         */
        bool refs;                           /* after holds references to be resolved  */
        bool had_link;                       /* there was a row of a link when it was planned */
        const char *id;                      /* users: the source's id (not for adding) */
        const char *name;                    /* a name for people                      */
        const void *before, *after;          /* flat records; groups: packed members   */
        size_t before_size, after_size;
        const char *text;
};

int mstc_op_add(struct mstc_store *store, struct mstc_entry_op *op, struct mst_error *err);
/* The open op of an object in a sink; MST_END: none. */
int mstc_op_of(struct mstc_store *store, enum mst_kind kind, int64_t entry, int64_t sink,
               struct mst_arena *arena, struct mstc_entry_op *ret, struct mst_error *err);
int mstc_op_get(struct mstc_store *store, int64_t number, struct mst_arena *arena,
                struct mstc_entry_op *ret, struct mst_error *err);

/* Ops of a sink that may be claimed at 'now', of one rank: those that are tried again after
 * number 'after_retry', then the others after number 'after'. */
int mstc_op_claimable(struct mstc_store *store, int64_t sink, int rank, int64_t after_retry, int64_t after, int64_t now,
                      struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret,
                      struct mst_error *err);
/* How many of a target's ops may be claimed now, of whatever rank; and which users have one
 * of a verb among those of a sink. */
int mstc_op_ready(struct mstc_store *store, int64_t sink, int64_t target, int64_t now, int64_t *ret,
                  struct mst_error *err);
struct mstc_set;
int mstc_op_entries(struct mstc_store *store, int64_t sink, enum mst_verb verb, int64_t now, struct mstc_set *into,
                    struct mst_error *err);
/* Users who have an open create there, whatever keeps it. */
int mstc_op_open_creates(struct mstc_store *store, int64_t sink, struct mstc_set *into, struct mst_error *err);
int mstc_op_any_unknown(struct mstc_store *store, int64_t sink, int64_t target, bool *ret, struct mst_error *err);
/* Ops of a sink whose result is not known, and has not been since 'since' at the latest, after number
 * 'after', whatever their rank.  What seems to be so since after 'now' counts: the clock was put back. */
int mstc_op_unknowns(struct mstc_store *store, int64_t sink, int64_t after, int64_t since, int64_t now,
                     struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err);
/* Open ops of a run that are still planned, after number 'after'. */
int mstc_op_of_run(struct mstc_store *store, int64_t run, int64_t after, struct mst_arena *arena,
                   struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err);

/* Open ops of a target in order of claiming, whatever their state, after that rank (-1: from the
 * first) and number. */
int mstc_op_open_next(struct mstc_store *store, int64_t sink, int64_t target, int rank, int64_t number,
                      struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err);
/* What was done last to an object by this target, newest first. */
int mstc_op_done_last(struct mstc_store *store, enum mst_kind kind, int64_t entry, int64_t target, struct mst_arena *arena,
                      struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err);

/* The largest op number so far. */
int mstc_op_last(struct mstc_store *store, int64_t *ret, struct mst_error *err);

/* The first rank from 'rank' on in which a sink has open ops; MSTC_RANK_END: none. */
int mstc_op_next_rank(struct mstc_store *store, int64_t sink, int rank, int *ret, struct mst_error *err);
int mstc_op_set_rank(struct mstc_store *store, int64_t number, int rank, struct mst_error *err);
int mstc_op_sent(struct mstc_store *store, int64_t number, struct mst_error *err);
/* Back to planned (never sent), to retry with a due time, to unknown, parked with a reason; outcome 0:
 * it is not tried again by itself. */
int mstc_op_put_back(struct mstc_store *store, int64_t number, struct mst_error *err);
int mstc_op_retry(struct mstc_store *store, int64_t number, int64_t due, const char *text, struct mst_error *err);
int mstc_op_unknown(struct mstc_store *store, int64_t number, const char *text, struct mst_error *err);
int mstc_op_park(struct mstc_store *store, int64_t number, int outcome, const char *text, struct mst_error *err);
/* Parked ops of a sink that were refused with this outcome come back to planned: those that
 * have been parked since 'since' are counted ('*ret', may be NULL). */
int mstc_ops_unpark(struct mstc_store *store, int64_t sink, int outcome, int64_t since, int64_t *ret,
                    struct mst_error *err);
/* At the start of a run: what was refused is tried again, at once by the next runs, then less
 * and less often; and who is to be created and was looked for before 'matched_before' is dirty,
 * so that he is looked for again. */
int mstc_journal_reconsider(struct mstc_store *store, int64_t sync, int64_t sink, uint32_t mask, int64_t now,
                            int64_t matched_before, struct mst_error *err);
/* Into the history. */
int mstc_op_end(struct mstc_store *store, int64_t number, int state, int outcome, int64_t run,
                const char *text, struct mst_error *err);
/* What was really sent, where it differs from the plan. */
int mstc_op_set_after(struct mstc_store *store, int64_t number, const void *after, size_t size, int64_t count,
                      struct mst_error *err);
int mstc_op_matched(struct mstc_store *store, int64_t number, int64_t when, struct mst_error *err);

/* At start: what an earlier life left sent is unknown; what a plan had written and was
 * never judged is thrown away.  Before runs are recovered. */
int mstc_journal_recover(struct mstc_store *store, struct mst_error *err);
/* The same for one run that ends before its plan was judged; in the transaction that ends it. */
int mstc_journal_unjudged(struct mstc_store *store, int64_t run, struct mst_error *err);
/* The plan is whole and judged: its ops may be claimed. */
int mstc_journal_judged(struct mstc_store *store, int64_t run, struct mst_error *err);
/* The earliest due time of a sink's retries (0: none), and how many ops are open there. */
int mstc_journal_open(struct mstc_store *store, int64_t sink, int64_t *ret_due, int64_t *ret_count,
                      struct mst_error *err);

/* ---- holds ------------------------------------------------------------------------ */

int mstc_hold_add(struct mstc_store *store, int64_t run, int64_t sync, int64_t target, const char *guard,
                  const char *reason, int64_t *ret, struct mst_error *err);
/* The open hold of that guard and target; 0: none. */
int mstc_hold_find(struct mstc_store *store, int64_t sync, int64_t target, const char *guard, int64_t *ret,
                   struct mst_error *err);
int mstc_hold_reason(struct mstc_store *store, int64_t hold, const char *reason, struct mst_error *err);
int mstc_op_hold(struct mstc_store *store, int64_t number, int64_t hold, struct mst_error *err);
/* Ops of a target that wait for another try, or to be looked up. */
int mstc_ops_waiting(struct mstc_store *store, int64_t target, int64_t sink, int64_t *ret, struct mst_error *err);
/* Ops that may be claimed or wait for that in a target: of these verbs (bits, 1 << verb), of
 * this reason (-1: any), planned in this run (0: any).  Counted without those approved, and
 * held where they are not held yet, if their number is larger than 'after'. */
int mstc_ops_count(struct mstc_store *store, int64_t target, int64_t sink, uint32_t verbs, int reason,
                   int64_t run, int64_t *ret, struct mst_error *err);
/* Deletes of people whom another op has disabled since then (ms) and who counted as removed with
 * that: of those that may be claimed or wait for it; and of one. */
int mstc_ops_second(struct mstc_store *store, int64_t target, int64_t sink, int64_t since, int64_t *ret,
                    struct mst_error *err);
int mstc_op_second(struct mstc_store *store, int64_t number, int64_t since, bool *ret, struct mst_error *err);
/* Of those that an earlier run planned, the ones that are held and not approved. */
int mstc_ops_held(struct mstc_store *store, int64_t target, int64_t sink, uint32_t verbs, int64_t run,
                  int64_t *ret, struct mst_error *err);
int mstc_ops_hold(struct mstc_store *store, int64_t target, int64_t sink, uint32_t verbs, int reason,
                  int64_t run, int64_t after, int64_t hold, struct mst_error *err);
/* How many open ops it keeps back that are not approved. */
int mstc_hold_count(struct mstc_store *store, int64_t hold, int64_t *ret, struct mst_error *err);
/* Holds that have no open op any more are closed; those that never had one only
 * 'without_ops', and that of a source that shrank never: mstc_hold_over(). */
int mstc_holds_tidy(struct mstc_store *store, bool without_ops, struct mst_error *err);
/* An approved hold of that guard that still counts, and what it expects; MST_END: none. */
int mstc_hold_approved(struct mstc_store *store, int64_t sync, const char *guard, int64_t now, int64_t *ret_expect,
                       struct mst_error *err);
/* What a guard complained of is over. */
int mstc_hold_over(struct mstc_store *store, int64_t sync, const char *guard, struct mst_error *err);
int mstc_holds_open(struct mstc_store *store, int64_t sync, int64_t now, int64_t *ret_ops, struct mst_error *err);

#endif
