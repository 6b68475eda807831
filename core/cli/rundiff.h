/* rundiff.h - `muster history diff`: what one run did that another did not. */
#ifndef MSTC_CLI_RUNDIFF_H
#define MSTC_CLI_RUNDIFF_H

#include "cli/cli.h"
#include "cli/workplace.h"

int mstc_history_diff(struct mstc_cli *cli, struct mstc_workplace *place, int64_t first, int64_t second);

#endif
