/* grouphistory.h - what the rule of a group has said, version by version. */
#ifndef MSTC_CLI_GROUPHISTORY_H
#define MSTC_CLI_GROUPHISTORY_H

#include "cli/cli.h"
#include "cli/workplace.h"

/* Of all groups of exactly that name (several syncs may have one), newest first. */
int mstc_group_history(struct mstc_cli *cli, struct mstc_workplace *place, const char *name);
/* What is other in 'after' than in 'before', as words; either may be NULL. */
const char *mstc_rule_change(struct mst_arena *arena, const char *before, const char *after);

#endif
