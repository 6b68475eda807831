/* strangers.h - whom <include> and <exclude> name, and nobody in the mirror is called so. */
#ifndef MSTC_STRANGERS_H
#define MSTC_STRANGERS_H

#include "config/config.h"
#include "store/store.h"

struct mstc_stranger {
        const struct mstc_config_group *group;
        const struct mstc_config_exception *exception;
        const char *near;                    /* a name that is nearly the same, or NULL */
};

/* Looks at everybody, once or, when somebody is not found, twice; at nobody when no group has
 * exceptions.  'group' NULL: of all groups.  A mirror in which nobody is knows no strangers.
 * Rows lie in the arena. */
int mstc_strangers(struct mstc_store *store, const struct mstc_config_sync *sync, const char *group,
                   struct mst_arena *arena, struct mstc_stranger **ret, size_t *count, struct mst_error *err);

/* The same as warnings with their place. */
int mstc_strangers_report(struct mstc_store *store, const struct mstc_config_sync *sync, struct mstc_report *report,
                          struct mst_error *err);

struct mstc_run;
/* The same as one line in the run's log. */
int mstc_strangers_warn(struct mstc_run *run, struct mst_error *err);

#endif
