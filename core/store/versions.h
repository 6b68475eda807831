/* versions.h - what the rule of a group has said, since when.
 *
 * Each text that a rule had is kept for good, with the run that planned with it first; so a
 * membership that a run made can be traced to the words it came from.  A rule is known by its
 * group's name; a family and the groups of the source by their template ("dept-{value}"). */
#ifndef MSTC_VERSIONS_H
#define MSTC_VERSIONS_H

#include <muster/arena.h>

#include "store/store.h"

struct mstc_version {
        const char *name, *text;             /* text NULL: no rule of that name from then on */
        const char *fingerprint;             /* of the text; "" without                */
};

/* Nothing was ever noted of this sync. */
int mstc_versions_none(struct mstc_store *store, int64_t sync, bool *ret, struct mst_error *err);
/* The latest version of the first name after 'after' ("": from the start), in order of names;
 * MST_END: no more. */
int mstc_version_next(struct mstc_store *store, int64_t sync, const char *after, struct mst_arena *arena,
                      struct mstc_version *ret, struct mst_error *err);
int mstc_version_add(struct mstc_store *store, int64_t sync, int64_t run, const struct mstc_version *version,
                     struct mst_error *err);

#endif
