/* doubts.h - ops whose answer was lost, from that moment until they have been looked up for
 * the last time.  A call that nobody waits for any more can still land: late, after what was
 * decided when it was looked up first. */
#ifndef MSTC_DOUBTS_H
#define MSTC_DOUBTS_H

#include "store/journal.h"

/* An op's answer is lost as of now; in the transaction that makes it unknown. */
int mstc_doubt_note(struct mstc_store *store, int64_t op, struct mst_error *err);
/* The same of all that an earlier life left sent, before they become unknown. */
int mstc_doubts_recover(struct mstc_store *store, struct mst_error *err);
/* Since when the newest op of a sink's target is unknown that was so at 'before' already; 0: none. */
int mstc_doubt_newest(struct mstc_store *store, int64_t sink, int64_t target, int64_t before, int64_t *ret,
                      struct mst_error *err);
/* Ops that were settled meanwhile and are to be looked up again at 'now' (all there are: INT64_MAX),
 * after number 'after', in order of number. */
int mstc_doubts_due(struct mstc_store *store, int64_t sink, int64_t now, int64_t after, struct mst_arena *arena,
                    struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err);
/* It was looked up again at 'now': the next time it is later, or never. */
int mstc_doubt_looked(struct mstc_store *store, int64_t op, int64_t now, struct mst_error *err);
/* No wait is longer than it can be: a clock that was put back must not make it so. */
int mstc_waits_clamp(struct mstc_store *store, int64_t now, int64_t *ret, struct mst_error *err);

#endif
