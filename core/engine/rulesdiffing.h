/* rulesdiffing.h - what the files of rulesdiff.h share. */
#ifndef MSTC_RULESDIFFING_H
#define MSTC_RULESDIFFING_H

#include "engine/rulesdiff.h"
#include "record/record.h"
#include "store/view.h"
#include "util/map.h"
#include "util/set.h"

#define MSTC_DIFF_BATCH MSTC_BLOCK_MOST

/* One configuration's part of a sync. */
struct mstc_diff_side {
        const struct mstc_sync *sync;        /* NULL: it is not there                  */
        struct mstc_index *index;            /* of groups that differ                  */
        struct mstc_matches matches;
        bool in[MSTC_DIFF_BATCH];            /* the people at hand who are in scope     */
        struct mstc_found found[MSTC_DIFF_BATCH];    /* and the groups of these, without gaps */
        size_t found_at;
        struct mstc_mover **groups; size_t group_count;      /* that he is in, sorted   */
        size_t group_room;
};

/* A target of either side; maps that differ. */
struct mstc_diff_pair {
        const struct mstc_target *targets[2];
        bool scopes_differ;
        bool in[2];                          /* the person at hand                     */
        struct mstc_set *live, *off;         /* who has an account in the sink         */
        struct mstc_diff_map { const struct mstc_map *maps[2]; struct mstc_mover *mover; } *maps;
        size_t map_count;
        struct mstc_mover *mover;
};

struct mstc_diffing {
        struct mstc_store *store;
        struct mstc_rulesdiff *diff;
        struct mstc_map *known;              /* movers by key                          */
        void (*each)(void *self, const struct mstc_move *move);
        void *self;
        const char *sync;
        struct mstc_diff_side sides[2];
        bool scopes_differ, targets_differ;  /* the sync's; the sync's or some target's */
        struct mstc_diff_pair *pairs; size_t pair_count;
        struct mstc_map *carried;            /* id of a group of the source -> struct mstc_diff_carried; or NULL */
        struct mstc_mover **by_rule; size_t rule_count;      /* rule number in the index */
        struct mst_arena *scratch;           /* of one batch                           */
        struct mst_arena *kept;              /* of one sync: what is known of groups of the source */
        int64_t now;
        bool failed;                         /* memory                                 */
        bool counted;                        /* the person at hand moves               */
};

/* rulesides.c: what differs goes into 'd'; false: out of memory. */
bool mstc_diff_enter(struct mstc_diffing *d);
void mstc_diff_leave(struct mstc_diffing *d);
/* The row of that name, made when it is new; NULL and d->failed: out of memory. */
struct mstc_mover *mstc_diff_mover(struct mstc_diffing *d, enum mstc_moved what, const char *target, const char *name);
bool mstc_diff_has_family(const struct mstc_sync *sync, const struct mstc_family *family);

/* rulesdiff.c: the person at hand is in that group on that side (NULL: out of memory before). */
void mstc_diff_add_group(struct mstc_diffing *d, struct mstc_diff_side *side, struct mstc_mover *group);

/* rulescarried.c: groups of the source, where they are carried otherwise; for the person at hand. */
struct mstc_diff_carried {
        bool by[2];                          /* which side carries it                  */
        struct mstc_mover *mover;
};
int mstc_diff_carried_load(struct mstc_diffing *d, struct mst_error *err);
void mstc_diff_carried_of(struct mstc_diffing *d, int side, const struct mst_record *record);

/* ruleaccounts.c */
int mstc_diff_accounts_load(struct mstc_diffing *d, struct mst_error *err);
void mstc_diff_accounts_free(struct mstc_diff_pair *pair);
/* When it is known which targets take the person at hand. */
void mstc_diff_accounts_count(struct mstc_diffing *d, const struct mstc_view_record *person);
const char *mstc_diff_sink(const struct mstc_diff_pair *pair);

#endif
