/* decline.h - what somebody has decided against is not planned while exactly that is wanted. */
#ifndef MSTC_DECLINE_H
#define MSTC_DECLINE_H

#include "engine/run.h"
#include "store/declined.h"
#include "util/buffer.h"

/* What identifies a result: the op's verb, its reason, and its flat values. */
bool mstc_decline_hash(struct mstc_store *store, enum mst_verb verb, int reason, const void *after, size_t size,
                       uint8_t ret[16]);

/* What this op would do (it need not be in the journal) is declined by the decision, and is not
 * planned again while exactly that is wanted; in a transaction.  Of groups the second. */
int mstc_decline(struct mstc_store *store, const struct mstc_entry_op *op, int64_t decision, struct mst_error *err);
int mstc_decline_group(struct mstc_store *store, const struct mstc_entry_op *op, int64_t decision, const char *who,
                       struct mst_arena *arena, struct mst_error *err);

/* Is what would be planned declined?  Of 'wanted' all but the hash and the decision counts.  When
 * something else was, that is over. */
int mstc_declines(struct mstc_run *run, const struct mstc_declined *wanted, const void *after, size_t size, bool *ret,
                  struct mst_error *err);
/* The same of a user, where anything is declined at all. */
int mstc_declines_user(struct mstc_run *run, int64_t entry, const struct mstc_run_target *target, enum mst_verb verb,
                       int reason, const struct mstc_buffer *after, bool *ret, struct mst_error *err);
/* What was declined of a user is not wanted any more: should it be again, it is planned. */
int mstc_declined_over(struct mstc_run *run, int64_t entry, int64_t sink, struct mst_error *err);

#endif
