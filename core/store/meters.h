/* meters.h - counters that outlive restarts, and when things last went well.
 *
 * A row is a name, whose it is and which part; it is added to in the transaction that does what
 * it counts, so that neither is there without the other.
 *
 *   name           owner      part
 *   "runs"         sync       outcome
 *   "run-ms"       sync       0
 *   "records"      sync       enum mstc_count: read, changed, removed, bad
 *   "ops"          target     kind << 16 | verb << 8 | outcome
 *   "lag"          target     bucket, an index of mstc_lag_limits; one more for what is longer
 *   "lag-ms"       target     0
 *   "calls"        instance   0
 *   "throttled-ms" instance   0 */
#ifndef MSTC_METERS_H
#define MSTC_METERS_H

#include "store/store.h"

#define MSTC_LAG_LIMITS 11
extern const int64_t mstc_lag_limits[MSTC_LAG_LIMITS];       /* ms, ascending          */

#define MSTC_METER_OP(kind, verb, outcome) ((int64_t)(kind) << 16 | (int64_t)(verb) << 8 | (int64_t)(outcome))

int mstc_meter_put(struct mstc_store *store, const char *name, int64_t owner, int64_t part, int64_t more,
                   struct mst_error *err);

/* All that was read for it has been carried over, now. */
int mstc_sync_succeeded(struct mstc_store *store, int64_t sync, struct mst_error *err);
int mstc_target_succeeded(struct mstc_store *store, int64_t target, struct mst_error *err);

/* When a run began, ms; 0: there is none. */
int mstc_run_began(struct mstc_store *store, int64_t run, int64_t *ret, struct mst_error *err);

#endif
