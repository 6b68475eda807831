/* asof.h - `--as-of`: people and groups as the sinks had them at an instant of the past. */
#ifndef MSTC_CLI_ASOF_H
#define MSTC_CLI_ASOF_H

#include "cli/cli.h"
#include "cli/workplace.h"
#include "store/view.h"

/* What --as-of says, in Unix ms: a day means its end, a time without a zone is a local one.
 * MSTC_END_DONE, or it has been told that it is none, or that the history does not reach so far. */
int mstc_asof_instant(struct mstc_cli *cli, struct mstc_store *store, int64_t *ret);

/* The objects of those whom 'pattern' means, NULL: of all. */
int mstc_asof_users(struct mstc_cli *cli, struct mstc_workplace *place, const char *pattern);
/* The groups that match, with how many members each had. */
int mstc_asof_groups(struct mstc_cli *cli, struct mstc_workplace *place, const char *pattern);
/* Who was in one. */
int mstc_asof_group(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_group *group);

#endif
