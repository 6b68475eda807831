/* memberof.h - which groups of the source somebody is in, asked for one or for many.
 *
 * A group that the source has no more stands for nothing: not itself, and not a way to others.
 * A circle of groups ends where it began. */
#ifndef MSTC_MEMBEROF_H
#define MSTC_MEMBEROF_H

#include "record/record.h"
#include "store/store.h"
#include "util/numbers.h"

/* A group of the source, and all groups that it is in, directly or not: entries; none when the
 * source has it no more. */
struct mstc_above {
        uint32_t *groups;
        size_t count;
};

/* What was found out and is true as long as nothing is folded; begins as { .arena = ... }. */
struct mstc_memberof {
        struct mst_arena *arena;             /* the caller's; lives as long            */
        struct mstc_numbers above;           /* entry of a group -> struct mstc_above  */
        struct mstc_numbers ids;             /* entry of a group -> its id             */
};

int mstc_memberof_above(struct mstc_store *store, struct mstc_memberof *known, int64_t group,
                        const struct mstc_above **ret, struct mst_error *err);
/* Gives the record of an entry, which lives in 'arena', its memberOf and transitiveMemberOf. */
int mstc_memberof_put(struct mstc_store *store, struct mstc_memberof *known, int64_t entry, struct mst_record *record,
                      struct mst_arena *arena, struct mst_error *err);
/* All but the arena. */
void mstc_memberof_done(struct mstc_memberof *known);

#endif
