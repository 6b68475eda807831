/* drawn.h - what chance has given to somebody who is not made yet.
 *
 * Each map that draws (RandomString, Guid, SelectUniqueValue) has the bytes that it drew kept
 * for that target, entry and attribute until the object is made, or nobody wants it any more:
 * planned again, it draws the same, so that an approval stays true.  They come from the system's
 * generator and are forgotten once used; nothing can be computed back from anything that is kept. */
#ifndef MSTC_DRAWN_H
#define MSTC_DRAWN_H

#include <muster/arena.h>

#include "store/store.h"

/* MST_END: nothing was drawn. */
int mstc_drawn_get(struct mstc_store *store, int64_t target, int64_t entry, const char *attribute, struct mst_arena *arena,
                   const void **ret, size_t *size, struct mst_error *err);
int mstc_drawn_put(struct mstc_store *store, int64_t target, int64_t entry, const char *attribute, const void *bytes,
                   size_t size, struct mst_error *err);
int mstc_drawn_end(struct mstc_store *store, int64_t target, int64_t entry, struct mst_error *err);
/* What was drawn before 'before' for somebody of whom no create is open there any more. */
int mstc_drawn_tidy(struct mstc_store *store, int64_t target, int64_t before, struct mst_error *err);

#endif
