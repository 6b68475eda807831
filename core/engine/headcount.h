/* headcount.h - negative tests, and how many people they take in unasked. */
#ifndef MSTC_HEADCOUNT_H
#define MSTC_HEADCOUNT_H

#include "engine/setup.h"
#include "store/store.h"

/* Warns of each -ne, -notIn and their like in scopes and rules of groups which is true for half of
 * the people in the mirror, or more, only because they have no such value.  An attribute that
 * nobody has was perhaps never read, and is passed over.  Reads the mirror once a sync that has
 * such tests. */
int mstc_headcount(struct mstc_store *store, const struct mstc_setup *setup, struct mstc_report *report,
                   struct mst_error *err);

#endif
