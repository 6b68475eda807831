/* migrate.h - a store of an earlier version is brought up to this one. */
#ifndef MSTC_MIGRATE_H
#define MSTC_MIGRATE_H

#include "store/store.h"

/* A copy is put beside it first, as PATH.vN. */
int mstc_migrate(struct mstc_store *store, int64_t from, struct mst_error *err);
/* Only the steps, in a transaction of the caller; from 0: an empty file becomes a store. */
int mstc_migrate_steps(struct mstc_store *store, int64_t from, struct mst_error *err);

#endif
