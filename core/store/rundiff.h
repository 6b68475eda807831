/* rundiff.h - what one run did to the sinks that another did not.
 *
 *      mstc_rundiff_open(store, first, second, &diff, &err);
 *      while ((rc = mstc_rundiff_next(diff, arena, &one, &err)) == MST_OK)
 *              ...
 *      mstc_rundiff_free(diff);
 *
 * People come first, in order of their numbers, then groups.  What counts is what a sink has
 * confirmed; a value that the first run wrote there, too, is left out. */
#ifndef MSTC_RUNDIFF_H
#define MSTC_RUNDIFF_H

#include "store/view.h"

struct mstc_rundiff;

struct mstc_rundiff_op {
        const char *target, *sink;
        int verb;
        const struct mst_record *before, *after;     /* only what the first did not write; never NULL */
};

struct mstc_rundiff_member { const char *group, *target; bool joined; };

struct mstc_rundiff_one {
        int kind;                            /* enum mst_kind                          */
        int64_t number;
        const char *id, *title, *sync;       /* a group's id is its name               */
        struct mstc_rundiff_op *ops; size_t op_count;
        struct mstc_rundiff_member *members; size_t member_count;        /* of people  */
};

int mstc_rundiff_open(struct mstc_store *store, int64_t first, int64_t second, struct mstc_rundiff **ret,
                      struct mst_error *err);
/* MST_END: that was all.  '*ret' lives in 'arena'. */
int mstc_rundiff_next(struct mstc_rundiff *diff, struct mst_arena *arena, struct mstc_rundiff_one *ret,
                      struct mst_error *err);
void mstc_rundiff_free(struct mstc_rundiff *diff);

#endif
