/* membership.h - who is in which group of the source, as the source told it.
 *
 * Members and groups are entries; one of whom nothing is known but his id has an entry
 * without a record (MSTC_GONE_UNKNOWN), and counts as soon as his record appears.  A group has
 * two sets, of users and of groups (MSTC_MSET, MSTC_NSET; links.h), and each member the list of
 * his groups, so that neither a person nor a change costs more for there being many groups.
 *
 * In a round of changes the sets change with the page; what is told of a group whole, and all
 * of a full round, is staged until the round is complete, and then takes its place some groups
 * at a time, after the new generation has become true: sync.members remembers that it is due. */
#ifndef MSTC_MEMBERSHIP_H
#define MSTC_MEMBERSHIP_H

#include <muster/arena.h>

#include "store/entries.h"

/* What a page told of members; after its records, in its transaction. */
int mstc_membership_fold(struct mstc_store *store, struct mstc_fold *fold, const struct mst_page *page,
                         struct mst_error *err);

/* The round is complete, in the transaction that says so: what is staged is due.  'leaves'
 * false: some of what was told could not be read, so nobody is taken out. */
int mstc_membership_due(struct mstc_store *store, int64_t sync, bool full, bool leaves, struct mst_error *err);
/* Is anything due, from this life or an earlier one? */
int mstc_membership_is_due(struct mstc_store *store, int64_t sync, bool *ret, struct mst_error *err);
/* Settles some groups of what is due, in a transaction of the caller; '*ret_more' until it is done. */
int mstc_membership_settle(struct mstc_store *store, struct mstc_fold *fold, bool *ret_more, struct mst_error *err);
/* Drops what is staged and not due. */
int mstc_membership_drop(struct mstc_store *store, int64_t sync, struct mst_error *err);

/* A group that is gone for good has no members any more. */
int mstc_membership_forget(struct mstc_store *store, struct mstc_fold *fold, int64_t group, struct mst_error *err);
/* A group has gone or is back: whoever is in it, or in a group in it, becomes dirty. */
int mstc_membership_dirty(struct mstc_store *store, struct mstc_fold *fold, int64_t group, struct mst_error *err);

/* The groups that an entry is in directly: sorted numbers of entries, in 'arena'. */
int mstc_membership_of(struct mstc_store *store, int64_t entry, struct mst_arena *arena, uint32_t **ret,
                       size_t *ret_count, struct mst_error *err);
/* Adds who is in a group, directly or through groups that are in it and that the source has:
 * users to 'users', those groups to 'groups' (without itself). */
int mstc_membership_below(struct mstc_store *store, int64_t group, struct mstc_set *users, struct mstc_set *groups,
                          struct mst_error *err);
/* Adds a group of the source, and those that it is in, directly or through others, as far as the
 * source has them: nothing when it has not even the first. */
int mstc_membership_above(struct mstc_store *store, int64_t group, struct mstc_set *into, struct mst_error *err);
/* The source has that group: it is there and was not removed. */
int mstc_membership_is_live(struct mstc_store *store, int64_t group, bool *ret, struct mst_error *err);

/* ---- between membership.c and membershipstage.c ------------------------------------- */

struct mstc_joining {                        /* one membership that changed            */
        int64_t member, group;
        uint32_t order;
        enum mst_kind kind;                  /* of the member                          */
        bool joins;
};
struct mstc_joinings {
        struct mstc_joining *items;
        size_t count, room;
};
bool mstc_joinings_add(struct mstc_joinings *all, int64_t member, enum mst_kind kind, int64_t group, bool joins);
/* Writes them into the members' lists, and makes dirty whom they concern. */
int mstc_joinings_write(struct mstc_store *store, struct mstc_fold *fold, struct mstc_joinings *all,
                        struct mst_error *err);

#endif
