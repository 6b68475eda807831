/* pause.h - syncs that are held back, in words. */
#ifndef MSTC_CLI_PAUSE_H
#define MSTC_CLI_PAUSE_H

#include "cli/cli.h"
#include "store/pauses.h"

/* "paused since 10:00 by ada until 12:00: new mail domain", in 'arena'; "" when memory is out. */
const char *mstc_pause_say(struct mst_arena *arena, const struct mstc_pause *pause);

/* Those that hold now, by a look into a store that may not be there: none then. */
int mstc_pauses_now(const char *store_path, struct mst_arena *arena, struct mstc_pause **ret, size_t *ret_count,
                    struct mst_error *err);

#endif
