/* resolving.h - ops whose answer was lost, between resolve.c, which decides what became of them,
 * and recheck.c, which looks again whether that is still so. */
#ifndef MSTC_RESOLVING_H
#define MSTC_RESOLVING_H

#include "engine/run.h"
#include "sdk/search.h"

enum { MSTC_DOUBTS_AT_ONCE = 128 };

struct mstc_doubtful {
        struct mstc_entry_op row;
        struct mstc_run_target *target;      /* NULL: of another sync, or not configured any more */
        struct mstc_link link;               /* users; id 0: none                      */
        struct mst_record *after;
        const char *id;
        bool again;                          /* it was settled once: recheck.c         */
        bool asked, answered;
        const struct mst_query *query;       /* by the object's id, its stamp or a value */
        const struct mst_query *stamped;     /* by the stamp as well; NULL: it was not asked so */
};

/* Looks up 'count' of them in one go and has each decided in one transaction. */
typedef int mstc_doubt_decide(struct mstc_run *run, struct mstc_doubtful *doubt, struct mst_error *err);
int mstc_doubts_look_up(struct mstc_run *run, struct mstc_live *sink, struct mstc_doubtful *doubts, size_t count,
                        mstc_doubt_decide *decide, struct mst_error *err);
/* What the object is and holds becomes what the link says. */
int mstc_doubt_take_over(struct mstc_run *run, struct mstc_doubtful *doubt, const struct mstc_candidate *found,
                         struct mst_error *err);
int mstc_doubt_take_group(struct mstc_run *run, struct mstc_doubtful *doubt, const struct mstc_candidate *found,
                          struct mst_error *err);
/* What the object holds of the attributes that we write. */
struct mst_record *mstc_doubt_holds(struct mstc_run *run, const struct mstc_doubtful *doubt,
                                    const struct mst_record *present);
/* The object has our stamp of this record. */
bool mstc_doubt_ours(struct mstc_run *run, const struct mstc_doubtful *doubt, const struct mstc_candidate *found);
/* Another record of ours is tied to the object. */
int mstc_doubt_taken(struct mstc_run *run, const struct mstc_doubtful *doubt, const char *object, bool *ret,
                     struct mst_error *err);

#endif
