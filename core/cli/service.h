/* service.h - the service: syncs run when they are due, until somebody stops it. */
#ifndef MSTC_SERVICE_H
#define MSTC_SERVICE_H

#include "cli/cli.h"

/* Of the syncs named on the command line, or all.  Ends with the exit code. */
int mstc_service(struct mstc_cli *cli);

#endif
