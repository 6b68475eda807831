/* counts.h - a run's counts in words and in the document: the same words everywhere. */
#ifndef MSTC_COUNTS_H
#define MSTC_COUNTS_H

#include "cli/cli.h"
#include "cli/table.h"

/* "1,000 read, 3 created", of those from 'first' to 'last' that are not 0; "" for none. */
const char *mstc_counts_say(struct mst_arena *arena, const uint64_t *counts, enum mstc_count first,
                            enum mstc_count last);
/* All of them, an object under 'key'. */
void mstc_counts_json(struct mstc_json *json, const char *key, const uint64_t *counts);

/* The colour of a run's outcome; -1: it has not ended. */
enum mstc_paint mstc_outcome_paint(int outcome);
/* The exit code that an outcome has. */
int mstc_outcome_code(int outcome);
/* The graver of two exit codes: 4, 2, 3, 1, 0. */
int mstc_graver(int one, int other);

#endif
