/* forget.h - names that change, and what is dropped at an admin's wish. */
#ifndef MSTC_FORGET_H
#define MSTC_FORGET_H

#include "store/store.h"

/* What was called 'was' is called 'name' from now on, unless 'name' is there already.
 * 'sync' is the owner of a target, otherwise 0. */
int mstc_rename_instance(struct mstc_store *store, enum mstc_role role, const char *was, const char *name,
                         struct mst_error *err);
int mstc_rename_sync(struct mstc_store *store, const char *was, const char *name, struct mst_error *err);
int mstc_rename_target(struct mstc_store *store, int64_t sync, const char *was, const char *name,
                       struct mst_error *err);

/* Drops a target: its links, groups' objects, open ops and holds.  Nothing happens at the
 * sink, the history stays; a later plan finds the objects again by their stamps. */
int mstc_forget_target(struct mstc_store *store, int64_t target, struct mst_error *err);
/* Drops a sync with all its targets, its mirror and its groups. */
int mstc_forget_sync(struct mstc_store *store, int64_t sync, struct mst_error *err);

/* The sync of that name, and the target (of any sync) of that name; 0: none. */
int mstc_forget_find(struct mstc_store *store, const char *name, int64_t *ret_sync, int64_t *ret_target,
                     struct mst_error *err);

#endif
