/* launch.h - the engine, for commands that do something.  Everything goes on in the
 * process's first thread; signals end it in an orderly way. */
#ifndef MSTC_LAUNCH_H
#define MSTC_LAUNCH_H

#include "cli/workplace.h"

/* The setup, the signals, the store for writing: when a service runs, it is asked to wait for as long.  As the calls of workplace.h; end it with
 * mstc_launch_end(), whatever came back. */
int mstc_launch(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_watch *watch);
/* The signals alone, for who makes engines himself; mstc_halt_end() ends it. */
int mstc_launch_signals(struct mstc_cli *cli, struct mstc_workplace *place);
void mstc_launch_end(struct mstc_workplace *place);

/* Tells that no sync has that name, and the near one. */
int mstc_unknown_sync(struct mstc_cli *cli, const struct mstc_config *config, const char *name);

bool mstc_config_has_sync(const struct mstc_config *config, const char *name);

/* The syncs named as arguments, in the order of the configuration, each once; all when none
 * is named.  The array lies in cli->arena. */
int mstc_chosen_syncs(struct mstc_cli *cli, const struct mstc_setup *setup, struct mstc_sync ***ret,
                      size_t *ret_count);

#endif
