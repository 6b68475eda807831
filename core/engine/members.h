/* members.h - the groups of a sync in memory while a run needs them. */
#ifndef MSTC_MEMBERS_H
#define MSTC_MEMBERS_H

#include "engine/numbers.h"
#include "engine/run.h"
#include "store/groups.h"
#include "util/map.h"

struct mstc_loaded {                         /* a set that was looked at               */
        int64_t id;
        struct mstc_set *set;
        bool changed;
};

struct mstc_members {
        struct mstc_index *index;            /* over the rules; ids are their places   */
        int64_t *rule_groups;                /* place -> grp                           */
        struct mstc_map *families;           /* name -> grp (as a pointer's value)     */
        size_t *family_counts;
        bool *family_full_told;
        struct mstc_numbers active;          /* grp ids that the configuration has     */
        struct mstc_numbers wanted;          /* grp -> struct mstc_loaded              */
        struct mstc_numbers present;         /* glink -> struct mstc_loaded            */
        struct mstc_numbers dirty;           /* grp ids that are in gdirty already     */
        struct mstc_matches matches;
        struct mst_arena *arena;             /* names; lives with the run              */
};

/* The group is to be planned; noted once. */
int mstc_members_dirty(struct mstc_run *run, int64_t grp, struct mst_error *err);
/* What a sink has of a group from us, to be changed by the caller, who sets 'changed'. */
struct mstc_loaded *mstc_members_present(struct mstc_run *run, int64_t glink, struct mst_error *err);

#endif
