/* summary.h - what became of a run, in a table and in the document. */
#ifndef MSTC_CLI_SUMMARY_H
#define MSTC_CLI_SUMMARY_H

#include "cli/cli.h"
#include "engine/engine.h"

/* The head line, what was read, a row for each target, and where to look next; 'again'
 * leaves a blank line in front. */
void mstc_summary_tell(struct mstc_cli *cli, const char *sync, const struct mstc_summary *summary, bool again);
/* One row of an array of 'json', cli's or another. */
void mstc_summary_json(struct mstc_cli *cli, struct mstc_json *json, const char *sync, const struct mstc_summary *summary);

#endif
