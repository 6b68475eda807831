/* retain.h - what of the past may go. */
#ifndef MSTC_RETAIN_H
#define MSTC_RETAIN_H

#include "store/store.h"

/* Drops a piece of the oldest run that ended before 'before' (Unix ms) and is not needed: at most
 * some thousand rows, in a transaction of its own.  '*ret_more' false: there is no such run any
 * more; '*ret_runs' grows by the runs that are gone as a whole.
 *
 * Needed is a run with open ops, an open hold or ops that ended later, the last one of its sync, the
 * last one that carried over all it read, and one that is not ended. */
int mstc_retain_piece(struct mstc_store *store, int64_t before, bool *ret_more, int64_t *ret_runs, struct mst_error *err);
/* What runs and nobody else need of decisions and rules. */
int mstc_retain_rest(struct mstc_store *store, int64_t before, struct mst_error *err);
/* Bytes of the store that hold something. */
int mstc_retain_used(struct mstc_store *store, int64_t *ret, struct mst_error *err);

#endif
