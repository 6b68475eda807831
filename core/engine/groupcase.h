/* groupcase.h - one group in one target, while it is planned: between groupplan.c, which knows
 * what differs, and groupabsent.c, which makes what is not there. */
#ifndef MSTC_GROUPCASE_H
#define MSTC_GROUPCASE_H

#include "engine/members.h"
#include "util/buffer.h"

struct mstc_group_case {
        struct mstc_grp grp;
        struct mstc_run_target *target;
        struct mstc_glink glink;
        const struct mstc_group_use *use;    /* NULL: the target does not carry it     */
        bool linked;                         /* the group's object is there            */
        bool empty;                          /* nobody satisfies its rule              */
        int reason;                          /* of ops that are not only for its rule's sake */
        struct mst_record *wanted;           /* its own values                         */
        struct mstc_set *joins, *leaves;
        struct mstc_set *own, *nested;       /* where groups stand in groups: what is wanted here, and the groups in it */
        uint64_t present;
        int64_t hold, delete_hold;           /* of ops that are replaced: of members, of a deletion */
        int64_t op;                          /* the last one made; 0: none, it is declined */
};

int mstc_group_op(struct mstc_run *run, struct mstc_group_case *c, enum mst_verb verb, int rank, int64_t count,
                  const struct mstc_buffer *before, const struct mstc_buffer *after, struct mst_error *err);
/* Ops for those who join and leave, at most 'most' in each (0: any number). */
int mstc_group_members(struct mstc_run *run, struct mstc_group_case *c, uint32_t most, struct mst_error *err);
/* Deletes it, with all who are in it. */
int mstc_group_delete(struct mstc_run *run, struct mstc_group_case *c, struct mst_error *err);
/* Takes the first 'most' members off a set (0: all); NULL: out of memory. */
struct mstc_set *mstc_set_take(struct mstc_set *from, uint64_t most);
/* A group that is not there: made, with its first members; adopted; or in the way of another.
 * '*ret_wait': what lies there could not be looked up. */
int mstc_group_absent(struct mstc_run *run, struct mstc_group_case *c, uint32_t most, bool *ret_wait, struct mst_error *err);

#endif
