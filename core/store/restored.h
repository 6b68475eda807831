/* restored.h - a store that is older than what its sinks have seen.
 *
 * A copy that was put in a store's place does not know what was done since it was taken.  It is
 * known by the mark that `muster state export` leaves in each copy, or, where somebody copied
 * the file himself, by a file beside the store (PATH.mark) that says how far a store of this
 * place had come.  Such a store gives up what was under way, plans everything anew, and holds
 * all of it, target by target, until an admin has let it through. */
#ifndef MSTC_RESTORED_H
#define MSTC_RESTORED_H

#include "store/store.h"

/* For the writer, when a store has been opened: notes whether it was restored. */
int mstc_restored_look(struct mstc_store *store, struct mst_error *err);
/* And after each run, and before it is closed: how far it has come.  Best effort. */
void mstc_restored_mark(struct mstc_store *store);

/* When the copy was made (ms; 1: not known) that a target still lives by; 0: it is as it should be. */
int mstc_restored_target(struct mstc_store *store, int64_t target, int64_t *ret, struct mst_error *err);
/* All that follows from the copy was let through, or nothing did. */
int mstc_restored_done(struct mstc_store *store, int64_t target, struct mst_error *err);

#endif
