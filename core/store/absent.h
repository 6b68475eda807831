/* absent.h - whom the source did not name in a read of everybody, and what that is worth.
 *
 * One such read lets nobody be deleted, even if the source confirms it: the read that comes
 * after must lack him, too.  Until then the entry keeps the number of the run that missed him.
 * What the source states by itself is no absence. */
#ifndef MSTC_ABSENT_H
#define MSTC_ABSENT_H

#include "store/store.h"

/* He was missed by this run; in its transaction. */
int mstc_absent_note(struct mstc_store *store, int64_t entry, int64_t run, struct mst_error *err);
/* The source has stated that he is gone: nothing is waited for any more. */
int mstc_absent_stated(struct mstc_store *store, int64_t entry, uint32_t mask, struct mst_error *err);
/* He is spoken of, if not told: this run does not count as one that lacks him. */
int mstc_absent_spoken_of(struct mstc_store *store, int64_t entry, int64_t run, struct mst_error *err);
/* Was he missed by one read only? */
int mstc_absent_once(struct mstc_store *store, int64_t entry, bool *ret, struct mst_error *err);
/* Has somebody been waiting since 'before' (ms) for the second read? */
int mstc_absent_since(struct mstc_store *store, int64_t sync, int64_t before, bool *ret, struct mst_error *err);
/* Everybody was read by this run: who was missed before and is still gone becomes dirty, and is
 * not waited for any more.  In the transaction that completes the round. */
int mstc_absent_twice(struct mstc_store *store, int64_t sync, int64_t run, uint32_t mask, struct mst_error *err);

#endif
