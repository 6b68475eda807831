/* told.h - what the source has said before: the history of the mirror.
 *
 * Nothing is written for who is new: his first record is what all later changes, taken back, come
 * to.  Among fold*.c. */
#ifndef MSTC_TOLD_H
#define MSTC_TOLD_H

#include "record/record.h"
#include "store/fold.h"

/* The entry is about to be what 'after' says (NULL: gone, as 'gone' tells); 'before' is its record
 * until now, NULL when there was none. */
int mstc_told_note(struct mstc_store *store, const struct mstc_fold *fold, const struct mstc_known *known,
                   const struct mst_record *before, const struct mst_record *after, int gone, struct mst_error *err);

#endif
