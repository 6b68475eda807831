/* undo.h - between undo.c, which takes back what a run did, and the files that know how for
 * people (undouser.c) and for groups (undogroup.c). */
#ifndef MSTC_UNDO_H
#define MSTC_UNDO_H

#include "engine/decide.h"
#include "sdk/search.h"
#include "store/past.h"

struct mstc_undo {
        struct mstc_run *run;
        const struct mstc_undo_options *options;
        int64_t decision;                    /* what is taken back is declined by it   */
        struct mstc_set *only;               /* entries of chosen people; NULL: all    */
        struct mstc_past_object *objects;
        size_t count, room;
        uint64_t skipped;
};

/* What ops in their order have made of an object's values. */
struct mstc_undone_values {
        struct mst_record *former, *written; /* before the first, after the last of them */
};
int mstc_undo_fold(struct mstc_undo *u, struct mstc_undone_values *v, const struct mstc_entry_op *op, struct mst_error *err);
/* The object is as it was found, and holds what was written: what to put back ('after'), in place
 * of what ('before').  What somebody has changed since is told and left.  'applied' is what we
 * wrote last; 'name' what the object is called by us. */
struct mstc_undo_place {
        struct mstc_run_target *target;
        enum mst_kind kind;
        const char *id, *title, *name;
        const struct mst_record *applied;
        const struct mstc_candidate *found;  /* NULL: it was not looked up             */
};
int mstc_undo_values(struct mstc_undo *u, const struct mstc_undo_place *place, const struct mstc_undone_values *v,
                     struct mst_record **before, struct mst_record **after, bool *ret_naming, struct mst_error *err);
/* What another run has changed since is not undone: it is taken out of 'v', and told. */
int mstc_undo_later(struct mstc_undo *u, const struct mstc_undo_place *place, struct mstc_undone_values *v,
                    const struct mstc_past_object *object, int64_t last, enum mst_verb *ret_turned, int64_t *ret_by,
                    struct mst_error *err);
/* Does it hold what we wrote last, as far as the sink tells? */
bool mstc_undo_untouched(const struct mstc_undo_place *place);

/* This is not taken back; 'attribute' NULL: the object as a whole. */
void mstc_undo_skip(struct mstc_undo *u, const struct mstc_undo_place *place, const char *attribute, const char *format, ...)
        MST_PRINTF(4, 5);
/* Neither configured, nor to be asked: told, and nothing is done there. */
bool mstc_undo_usable(struct mstc_undo *u, const struct mstc_undo_place *place);

int mstc_undo_users(struct mstc_undo *u, const struct mstc_past_object *objects, size_t count, struct mst_error *err);
int mstc_undo_group(struct mstc_undo *u, const struct mstc_past_object *object, struct mst_error *err);

#endif
