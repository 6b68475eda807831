/* guise.h - who the process is, and what others may see of it. */
#ifndef MSTC_GUISE_H
#define MSTC_GUISE_H

#include <muster/arena.h>
#include <muster/error.h>

/* Files for us alone, no core dumps, no ptrace by others: secrets will be in memory.
 * Called before anything is opened. */
void mstc_guise_close(void);

/* Who asked for this, for the history: the login name, through sudo too.  Call before
 * mstc_guise_assume(). */
const char *mstc_guise_who(struct mst_arena *arena);

/* Started as root: takes on the owner of the folder that holds 'store', for good, when
 * that is somebody else.  '*ret_changed' tells whether it did. */
int mstc_guise_assume(const char *store, bool *ret_changed, struct mst_error *err);

#endif
