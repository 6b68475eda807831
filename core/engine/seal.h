/* seal.h - what tells whether an op is still the one that was shown: hashes of what it does, and
 * of the record and the object that it was made from.
 *
 * All are made with the store's own secret: they say nothing to somebody who has not got the
 * store, and agree with no other store's. */
#ifndef MSTC_SEAL_H
#define MSTC_SEAL_H

#include "engine/engine.h"

struct mstc_seen { const char *name; uint32_t hash; };       /* an attribute, or a part  */

struct mstc_seal {
        uint8_t op[16], entry[16], link[16];
        struct mstc_seen *parts; size_t part_count;          /* of the record, or of the group's rule */
        struct mstc_seen *held; size_t held_count;           /* of the link                */
        const char **joins, **leaves;        /* ids of members; groups only            */
        size_t join_count, leave_count;
};

/* An op of a plan that was saved, and what became of it when it was applied. */
enum mstc_sealed_fate {
        MSTC_SEALED_SKIPPED, MSTC_SEALED_WOULD, MSTC_SEALED_DONE, MSTC_SEALED_BEFORE, MSTC_SEALED_HELD, MSTC_SEALED_OPEN
};
struct mstc_sealed_op {
        const char *target, *id, *title;
        enum mst_kind kind;
        enum mst_verb verb;
        struct mstc_seal seal;
        int64_t number;                      /* its row in the journal; 0: none        */
        enum mstc_sealed_fate fate;
        const char *why;                     /* not done: skipped, held, parked ...    */
};

struct mstc_sealed {
        const char *sync, *configuration;
        struct mst_arena *arena;             /* of all texts                           */
        struct mstc_sealed_op *ops; size_t count;
};

struct mstc_run;
struct mstc_run_target;
struct mstc_entry_op;

/* What the op does, and, of its object, what is known now; in 'arena'. */
int mstc_seal_op(struct mstc_run *run, const struct mstc_run_target *target, const struct mstc_entry_op *op,
                 struct mst_arena *arena, uint8_t ret[16], struct mst_error *err);
int mstc_seal_seen(struct mstc_run *run, const struct mstc_run_target *target, enum mst_kind kind, int64_t entry,
                   struct mst_arena *arena, struct mstc_seal *ret, struct mst_error *err);
/* The ids of those who join and leave. */
int mstc_seal_members(struct mstc_run *run, const struct mstc_entry_op *op, struct mst_arena *arena,
                      struct mstc_seal *ret, struct mst_error *err);
/* "changed since: department, mail"; NULL: nothing has.  "" without memory. */
const char *mstc_seal_changed(const struct mstc_seal *was, const struct mstc_seal *is, struct mst_arena *arena);

#endif
