/* environment.h - which environment a store belongs to: what <muster environment=> said when it
 * was first written with.  Nothing else ever changes it. */
#ifndef MSTC_ENVIRONMENT_H
#define MSTC_ENVIRONMENT_H

#include "store/store.h"

/* The store belongs to 'environment' (NULL: the configuration says none), or to none yet; else an
 * error that tells both. */
int mstc_environment_check(struct mstc_store *store, const char *environment, struct mst_error *err);
/* From now on it belongs there, unless it does already. */
int mstc_environment_take(struct mstc_store *store, const char *environment, struct mst_error *err);

#endif
