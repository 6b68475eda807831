/* again.h - what waits for its time or for a change comes again at an admin's word. */
#ifndef MSTC_AGAIN_H
#define MSTC_AGAIN_H

#include "store/store.h"

struct mstc_again {
        int64_t entry, sink;                 /* of one person, of one sink; 0: of all  */
        bool parked_only;
        int64_t parked, waiting, declined, members, records;     /* what there was, added up */
};

/* Ops that were put aside or wait come back to be sent; what was declined is that no more; members
 * that a group refused, and records that could not be read, are tried again; whom it concerns is
 * dirty.  What a plan put aside itself is only planned again: it was never fit to be sent. */
int mstc_come_again(struct mstc_store *store, struct mstc_again *again, struct mst_error *err);

#endif
