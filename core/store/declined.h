/* declined.h - what somebody has decided, and against what.
 *
 * A decision is a row of its own: who, when, why.  Ops that were approved or rejected point at
 * it, and so does what was declined: a hash of what an op would have done to an object, kept
 * for as long as exactly that is wanted.  It needs no link: a create can be declined, too. */
#ifndef MSTC_DECLINED_H
#define MSTC_DECLINED_H

#include <muster/arena.h>

#include "store/store.h"

enum mstc_decided { MSTC_APPROVED = 1, MSTC_REJECTED = 2, MSTC_RETRIED = 3, MSTC_UNDONE = 4, MSTC_ACCEPTED = 5 };

/* 'hold' 0: it is about none; 'who' and 'note' may be NULL.  The number is for the calls below
 * and for mstc_op_decided(). */
int mstc_decision_add(struct mstc_store *store, enum mstc_decided what, int64_t hold, const char *who, const char *note,
                      int64_t *ret, struct mst_error *err);

struct mstc_declined {
        enum mst_kind kind;
        int64_t entry, sink, target;         /* users: one a sink; groups: one a target */
        enum mst_verb verb;
        int reason;
        uint8_t hash[16];                    /* of verb, reason and what was wanted    */
        int64_t decision;
};

/* In place of what was declined of it before. */
int mstc_declined_put(struct mstc_store *store, const struct mstc_declined *declined, struct mst_error *err);
/* MST_END: nothing is.  'target' counts for groups only. */
int mstc_declined_get(struct mstc_store *store, enum mst_kind kind, int64_t entry, int64_t sink, int64_t target,
                      struct mstc_declined *ret, struct mst_error *err);
/* Something else is wanted, or was done. */
int mstc_declined_end(struct mstc_store *store, enum mst_kind kind, int64_t entry, int64_t sink, int64_t target,
                      struct mst_error *err);
/* True when nothing is declined anywhere: a plan does not look. */
int mstc_declined_none(struct mstc_store *store, bool *ret, struct mst_error *err);

/* The op was approved until a time, or rejected, by this decision. */
int mstc_op_decided(struct mstc_store *store, int64_t number, int64_t decision, struct mst_error *err);

#endif
