/* bad.h - whom a record was about that could not be read; id "" stands for nobody knows. */
#ifndef MSTC_BAD_H
#define MSTC_BAD_H

#include <muster/arena.h>

#include "store/store.h"

int mstc_bad_note(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, const char *why,
                  struct mst_error *err);
/* A good record, or a removal, has come. */
int mstc_bad_over(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, struct mst_error *err);
/* How many are known by id. */
int mstc_bad_count(struct mstc_store *store, int64_t sync, int64_t *ret, struct mst_error *err);
/* A full round begins: what was said of nobody is old; and it is complete: what is still old
 * is over, for everybody has been read since. */
int mstc_bad_old(struct mstc_store *store, int64_t sync, struct mst_error *err);
int mstc_bad_past(struct mstc_store *store, int64_t sync, struct mst_error *err);
/* Is there one of nobody knows whom, and not old? */
int mstc_bad_nameless(struct mstc_store *store, int64_t sync, bool *ret, struct mst_error *err);
/* Those to be asked for now, or the row of the nameless, if it is due. */
int mstc_bad_due(struct mstc_store *store, int64_t sync, bool nameless, struct mst_arena *arena, enum mst_kind *kinds,
                 const char **ids, size_t room, size_t *ret, struct mst_error *err);
/* It has been asked for: the next time is later. */
int mstc_bad_asked(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, struct mst_error *err);

#endif
