/* groups.h - groups that sinks get, in the store: those that rules make and those of the source
 * that are carried; who is in them, and what sinks have of it. */
#ifndef MSTC_GROUPS_H
#define MSTC_GROUPS_H

#include <muster/arena.h>

#include "store/store.h"

struct mstc_grp {
        int64_t id;
        const char *name, *title, *fingerprint, *family;     /* family NULL: a group of its own */
        int64_t count;
        bool gone;                           /* its rule is not in the configuration any more;
                                              * of the source: not carried any more    */
        int64_t entry;                       /* of the source: the group's; else 0     */
};

/* The row of that name, made when it is new ('*ret_new'). */
int mstc_grp_get(struct mstc_store *store, int64_t sync, const char *name, const char *title,
                 const char *fingerprint, const char *family, struct mst_arena *arena, struct mstc_grp *ret,
                 bool *ret_new, struct mst_error *err);
int mstc_grp_update(struct mstc_store *store, const struct mstc_grp *grp, struct mst_error *err);
/* Groups of the source: the row of that entry (MST_END: none), a new one ('grp->id' is filled
 * in), the entry of a row (0: it is no group of the source), and whose a name is (0: free). */
int mstc_grp_of_entry(struct mstc_store *store, int64_t entry, struct mst_arena *arena, struct mstc_grp *ret,
                      struct mst_error *err);
int mstc_grp_carry(struct mstc_store *store, int64_t sync, struct mstc_grp *grp, struct mst_error *err);
int mstc_grp_entry(struct mstc_store *store, int64_t grp, int64_t *ret, struct mst_error *err);
int mstc_grp_named(struct mstc_store *store, int64_t sync, const char *name, int64_t *ret, struct mst_error *err);
/* All groups of a sync in order of id, after 'after'. */
int mstc_grp_next(struct mstc_store *store, int64_t sync, int64_t after, struct mst_arena *arena,
                  struct mstc_grp *ret, struct mst_error *err);

/* The groups of an entry: sorted ids, in 'arena'. */
int mstc_gmem_get(struct mstc_store *store, int64_t entry, struct mst_arena *arena, uint32_t **ret,
                  size_t *ret_count, struct mst_error *err);
int mstc_gmem_put(struct mstc_store *store, int64_t entry, const uint32_t *ids, size_t count,
                  struct mst_error *err);

/* Groups whose membership, or whose members' links, have changed since they were planned. */
int mstc_gdirty_add(struct mstc_store *store, int64_t sync, int64_t grp, struct mst_error *err);
int mstc_gdirty_next(struct mstc_store *store, int64_t sync, int64_t after, int64_t *ret, struct mst_error *err);
int mstc_gdirty_done(struct mstc_store *store, int64_t sync, int64_t grp, struct mst_error *err);
/* Adds the groups whose members in a sink may not be what is wanted: those that are dirty, and
 * those with an open op for members. */
struct mstc_set;
int mstc_grp_unsettled(struct mstc_store *store, int64_t sync, int64_t sink, struct mstc_set *into,
                       struct mst_error *err);

struct mstc_glink {
        int64_t id, sink, target, grp;
        const char *object, *name, *version;
        int made, state;
        int64_t count;
        const void *applied;                 /* flat record of the group's own values  */
        size_t applied_size;
};
int mstc_glink_get(struct mstc_store *store, int64_t grp, int64_t target, struct mst_arena *arena,
                   struct mstc_glink *ret, struct mst_error *err);
int mstc_glink_put(struct mstc_store *store, struct mstc_glink *glink, struct mst_error *err);
/* The object of a group of the source in a target, by the group's entry: NULL, NULL when it has
 * none there, or ('live') not any more. */
int mstc_glink_of_entry(struct mstc_store *store, int64_t entry, int64_t target, bool live, struct mst_arena *arena,
                        const char **ret_object, const char **ret_name, struct mst_error *err);

/* A name that must leave: a member's who no longer has it, or that of one of whom it is not
 * known whether he is in.  They come in order of entry and name. */
int mstc_gchange_add(struct mstc_store *store, int64_t glink, int64_t entry, const char *name,
                     const char *object, struct mst_error *err);
int mstc_gchange_next(struct mstc_store *store, int64_t glink, int64_t after_entry, const char *after_name,
                      struct mst_arena *arena, int64_t *ret_entry, const char **ret_name, const char **ret_object, struct mst_error *err);
int mstc_gchange_done(struct mstc_store *store, int64_t glink, int64_t entry, const char *name,
                      struct mst_error *err);
int mstc_gchange_count(struct mstc_store *store, int64_t glink, int64_t *ret, struct mst_error *err);
int mstc_gchange_any(struct mstc_store *store, int64_t glink, bool *ret, struct mst_error *err);

/* Members that the sink refused: not asked for again until they change. */
int mstc_gbad_add(struct mstc_store *store, int64_t glink, int64_t entry, bool joins, const char *why,
                  int64_t run, struct mst_error *err);
int mstc_gbad_none(struct mstc_store *store, bool *ret, struct mst_error *err);
int mstc_gbad_forget(struct mstc_store *store, int64_t entry, struct mst_error *err);
struct mstc_set;
int mstc_gbad_load(struct mstc_store *store, int64_t glink, struct mstc_set *into, struct mst_error *err);

#endif
