/* quarantine.h - how a sink has been doing, and when it is left alone: see quarantine.c. */
#ifndef MSTC_QUARANTINE_H
#define MSTC_QUARANTINE_H

#include <muster/op.h>

#include "store/store.h"

struct mstc_live;
struct mstc_run;

/* Each op that was settled: did the sink as a whole fail it?  'batch' tells which ops' answers were
 * lost together: a line that breaks is one failure, however many were under way. */
void mstc_health_of_op(struct mstc_live *sink, enum mst_outcome outcome, const struct mst_error *why, uint64_t batch);
/* It could not be asked, or its apply() failed. */
void mstc_health_of_call(struct mstc_live *sink, const struct mst_error *why);
/* At the start of a run: may it be tried?  Else its reason is in 'aside'. */
void mstc_quarantine_begin(struct mstc_live *sink, int64_t now);
/* Only one op may be under way, until it is done. */
bool mstc_quarantine_on_trial(const struct mstc_live *sink);
/* At the end of a run, in its transaction. */
int mstc_quarantine_save(struct mstc_run *run, struct mstc_live *sink, struct mst_error *err);

#endif
