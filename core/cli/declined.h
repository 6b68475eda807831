/* declined.h - what somebody has decided against, for people and for the document. */
#ifndef MSTC_CLI_DECLINED_H
#define MSTC_CLI_DECLINED_H

#include "cli/cli.h"

/* A table, or the array "declined": of all. */
int mstc_declined_list(struct mstc_cli *cli, struct mstc_store *store);
/* Of one person, a line each that begins with 'indent', or the array "declined"; 'target' NULL: in
 * all targets.  The exit code. */
int mstc_declined_tell(struct mstc_cli *cli, struct mstc_store *store, int64_t entry, const char *target,
                       const char *indent);

#endif
