/* accepted.h - values that somebody gave an object in a sink and that an admin let stay.
 *
 * What is accepted is one value of one attribute, as long as we would have exactly the other
 * there: it is no difference for `muster verify`, and is as before one once either changes. */
#ifndef MSTC_ACCEPTED_H
#define MSTC_ACCEPTED_H

#include <muster/record.h>

#include "store/store.h"

struct mstc_accepted {
        int64_t sink;
        enum mst_kind kind;
        int64_t owner;                       /* users: the entry; groups: the grp      */
        const char *attribute;               /* "": whether it is disabled             */
        uint8_t wanted[16], actual[16];      /* hashes                                 */
        const char *who, *note;              /* or NULL                                */
};

int mstc_accepted_put(struct mstc_store *store, const struct mstc_accepted *accepted, struct mst_error *err);
/* Is exactly that accepted? */
int mstc_accepted_has(struct mstc_store *store, const struct mstc_accepted *accepted, bool *ret, struct mst_error *err);
/* No longer, whatever it was. */
int mstc_accepted_drop(struct mstc_store *store, const struct mstc_accepted *accepted, struct mst_error *err);

#endif
