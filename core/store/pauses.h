/* pauses.h - syncs that somebody holds back for a while.
 *
 * A pause is of one sync, by its name, or of all; it ends at its time or when it is ended. */
#ifndef MSTC_PAUSES_H
#define MSTC_PAUSES_H

#include <muster/arena.h>

#include "store/store.h"

struct mstc_pause {
        const char *sync;                    /* NULL: all of them                      */
        int64_t since, until;                /* Unix ms; until 0: somebody ends it     */
        const char *who, *note;              /* who asked for it, and why; may be NULL */
};

/* In place of one that this sync, or all, had before. */
int mstc_pause_put(struct mstc_store *store, const struct mstc_pause *pause, struct mst_error *err);
/* Of that sync; NULL: every pause there is.  '*ret': how many still held at 'now'. */
int mstc_pause_end(struct mstc_store *store, const char *sync, int64_t now, int64_t *ret, struct mst_error *err);
/* Those that hold at 'now', the one of all first; in 'arena'. */
int mstc_pauses(struct mstc_store *store, int64_t now, struct mst_arena *arena, struct mstc_pause **ret, size_t *ret_count,
                struct mst_error *err);

/* The one of them that holds back this sync, or NULL. */
const struct mstc_pause *mstc_pause_of(const struct mstc_pause *pauses, size_t count, const char *sync);

#endif
