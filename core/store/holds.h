/* holds.h - what guards keep back, and what admins decide about it. */
#ifndef MSTC_HOLDS_H
#define MSTC_HOLDS_H

#include "store/journal.h"

struct mstc_hold_row {
        int64_t number, run, sync, target;
        int state;                           /* 0 open, 1 approved (no ops of its own), 2 closed, 3 rejected */
        const char *guard, *reason;
        const char *decided_by;              /* the last one; NULL: nobody             */
};

int mstc_hold_get(struct mstc_store *store, int64_t hold, struct mst_arena *arena, struct mstc_hold_row *ret,
                  struct mst_error *err);
/* Ops it keeps back that are not approved, after number 'after'. */
int mstc_hold_ops(struct mstc_store *store, int64_t hold, int64_t after, struct mst_arena *arena,
                  struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err);
/* Open ops that joined it, approved or not. */
int mstc_hold_open(struct mstc_store *store, int64_t hold, int64_t *ret, struct mst_error *err);
/* What it keeps back now, in twelve digits: it differs when an op joins it, leaves it or is
 * another one, and when some of them are approved. */
enum { MSTC_DIGEST = 13 };
int mstc_hold_digest(struct mstc_store *store, int64_t hold, char ret[MSTC_DIGEST], struct mst_error *err);
/* Users whose ops it keeps back. */
struct mstc_set;
int mstc_hold_entries(struct mstc_store *store, int64_t hold, struct mstc_set *into, struct mst_error *err);
/* Planned member changes of a target that no hold keeps back, after number 'after'. */
int mstc_op_member_changes(struct mstc_store *store, int64_t target, int64_t sink, int64_t after,
                           struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret,
                           struct mst_error *err);
int mstc_op_approve(struct mstc_store *store, int64_t number, int64_t until, struct mst_error *err);
int mstc_hold_decide(struct mstc_store *store, int64_t hold, int state, const char *who, const char *note,
                     int64_t expect, struct mst_error *err);

#endif
