/* probe.h - asking every source and sink of a setup what it is and can do. */
#ifndef MSTC_CLI_PROBE_H
#define MSTC_CLI_PROBE_H

#include "cli/workplace.h"

/* Prints a table of facts, or "instances", after 'good' has said that there are no mistakes if none
 * shows.  4 when one could not be reached or refused us, 2 when there are mistakes. */
int mstc_probe_all(struct mstc_cli *cli, struct mstc_workplace *place,
                   void (*good)(struct mstc_cli *cli, const struct mstc_workplace *place));

#endif
