/* exactly.h - a run that carries out a saved plan and nothing else. */
#ifndef MSTC_EXACTLY_H
#define MSTC_EXACTLY_H

#include "engine/run.h"
#include "engine/seal.h"

struct mstc_exactly;

/* After the source was read: whose ops the plan holds.  NULL for any other run: then everybody
 * is chosen, and every op. */
int mstc_exactly_begin(struct mstc_run *run, struct mst_error *err);
void mstc_exactly_free(struct mstc_exactly *exactly);
bool mstc_exactly_chooses(const struct mstc_exactly *exactly, int64_t entry);
bool mstc_exactly_has(const struct mstc_exactly *exactly, int64_t op);

/* After the plan was made anew and judged: which ops of the journal are those that were saved, and
 * why the others are not. */
int mstc_exactly_select(struct mstc_run *run, struct mst_error *err);
/* At the end: what became of them. */
int mstc_exactly_tell(struct mstc_run *run, struct mst_error *err);

#endif
