/* past.h - what a run has done to an object, and what came after: for who wants it undone. */
#ifndef MSTC_PAST_H
#define MSTC_PAST_H

#include "store/journal.h"

struct mstc_past_object {
        enum mst_kind kind;
        int64_t sink, entry;                 /* users: the entry; groups: the grp      */
};

/* Each object that ops of this run have changed, once, in order; 'add' returns false without
 * memory.  Ops count under the run that planned them, as in `muster history`. */
int mstc_past_objects(struct mstc_store *store, int64_t run, bool (*add)(void *self, const struct mstc_past_object *object),
                      void *self, struct mst_error *err);
/* What the run has done to one, in that order; what others have done to it since ('run' 0: all
 * after number 'after'). */
int mstc_past_ops(struct mstc_store *store, const struct mstc_past_object *object, int64_t run, int64_t after,
                  struct mst_arena *arena, struct mstc_entry_op *into, size_t room, size_t *ret, struct mst_error *err);
/* The sync of a run; 0: there is no such run. */
int mstc_past_sync(struct mstc_store *store, int64_t run, int64_t *ret, struct mst_error *err);

/* The members that a group had when it was deleted, packed; MST_END: they are not known. */
int mstc_past_keep_members(struct mstc_store *store, int64_t op, const void *packed, size_t size, struct mst_error *err);
int mstc_past_members(struct mstc_store *store, int64_t op, struct mst_arena *arena, const void **ret, size_t *size,
                      struct mst_error *err);

#endif
