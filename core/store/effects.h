/* effects.h - what guards look back on: effects by hour, and what people were told apart by until
 * lately. */
#ifndef MSTC_EFFECTS_H
#define MSTC_EFFECTS_H

#include "store/store.h"

/* So many effects of what a guard counts, in this hour; and how many there were in the last 24
 * hours and 7 days. */
int mstc_effect_add(struct mstc_store *store, int64_t target, const char *guard, int64_t number, struct mst_error *err);
int mstc_effect_window(struct mstc_store *store, int64_t target, const char *guard, int64_t *ret_day, int64_t *ret_week,
                       struct mst_error *err);

/* Entry 'entry' is told apart by that no more; has anybody else been, not more than 90 days ago? */
int mstc_bygone_put(struct mstc_store *store, int64_t sink, int64_t hash, int64_t entry, struct mst_error *err);
int mstc_bygone_other(struct mstc_store *store, int64_t sink, int64_t hash, int64_t entry, bool *ret, struct mst_error *err);

#endif
