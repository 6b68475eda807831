/* asof.h - what the sinks had from us at an instant of the past, from the history.
 *
 * What the source said then is not kept; what was written to the sinks is, op by op, with what
 * was there before.  So the present is taken back, the newest op first, until the instant is
 * reached.  What was done before the history begins cannot be told. */
#ifndef MSTC_ASOF_H
#define MSTC_ASOF_H

#include "store/view.h"
#include "util/numbers.h"

/* When the first run began whose ops are all still there, ms; 0: there is no run. */
int mstc_asof_begin(struct mstc_store *store, int64_t *ret, struct mst_error *err);

struct mstc_asof_link {
        const char *sink, *name;
        int state;                           /* MSTC_LINK_LIVE or MSTC_LINK_DISABLED   */
        int64_t since, run;                  /* of the last op until then; 0: not known */
        const struct mst_record *values;     /* NULL: not asked for                    */
};
/* The objects that an entry had at 'at' (ms); '*title' is what he was called then, NULL: not known. */
int mstc_asof_links(struct mstc_store *store, int64_t entry, int64_t at, bool with_values, struct mst_arena *arena,
                    struct mstc_asof_link **ret, size_t *count, const char **title, struct mst_error *err);

/* The members that a group's object had from us at a target; '*is': there was such an object. */
struct mstc_set;
int mstc_asof_members(struct mstc_store *store, int64_t group, const char *target, int64_t at, struct mstc_set *members,
                      bool *is, struct mst_error *err);
/* The targets in which a group is or once was. */
int mstc_asof_targets(struct mstc_store *store, int64_t group, struct mst_arena *arena, const char ***ret, size_t *count,
                      struct mst_error *err);

/* By which op each of these members joined a group at a target last: entry -> struct mstc_view_joined
 * in 'arena', of whom the history knows. */
int mstc_asof_joined(struct mstc_store *store, int64_t group, const char *target, const struct mstc_set *members,
                     struct mst_arena *arena, struct mstc_numbers *into, struct mst_error *err);

#endif
