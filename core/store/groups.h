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
        int64_t since;                       /* when that came to be so; 0: it is not  */
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
/* All groups of a sync. */
int mstc_gdirty_all(struct mstc_store *store, int64_t sync, struct mst_error *err);
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
        int reason, declined;                /* enum mstc_reason: why it may have to go; for which an
                                              * admin said no                          */
        int64_t since, due;                  /* so since, and when something follows; 0: never */
        int fate;                            /* what: enum mstc_fate_do                */
        int64_t suffix;                      /* behind its name there; 0: none         */
        const char *label;                   /* its name there, folded, or NULL        */
        int64_t waiting;                     /* who is wanted and cannot be there yet  */
        int64_t run, came, went;             /* members of the last run that changed any */
};
int mstc_glink_get(struct mstc_store *store, int64_t grp, int64_t target, struct mst_arena *arena,
                   struct mstc_glink *ret, struct mst_error *err);
int mstc_glink_put(struct mstc_store *store, struct mstc_glink *glink, struct mst_error *err);
/* The object of a group of the source in a target, by the group's entry: NULL, NULL when it has
 * none there, or ('live') not any more. */
int mstc_glink_of_entry(struct mstc_store *store, int64_t entry, int64_t target, bool live, struct mst_arena *arena,
                        const char **ret_object, const char **ret_name, struct mst_error *err);

/* ---- glinks.c: questions about objects of groups in a target or a sink ------------ */

/* Is a group's wait over?  All whose is become dirty. */
int mstc_glinks_any_due(struct mstc_store *store, int64_t now, bool *ret, struct mst_error *err);
int mstc_glinks_due(struct mstc_store *store, int64_t sync, int64_t now, struct mst_error *err);
/* How many a target has, and how many were deleted there since 'since'. */
int mstc_glinks_live(struct mstc_store *store, int64_t target, int64_t *ret, struct mst_error *err);
int mstc_glinks_deleted(struct mstc_store *store, int64_t target, int64_t since, int64_t *ret, struct mst_error *err);
/* Whose object is that, or whose name (folded) there?  A group other than 'grp' that stands
 * there; NULL: nobody's. */
int mstc_glink_owner(struct mstc_store *store, int64_t sink, int64_t grp, const char *object, const char *label,
                     struct mst_arena *arena, const char **ret, struct mst_error *err);
/* Deletions of groups in a target that may be sent and are not approved; those after number
 * 'after' that nothing holds yet are held. */
int mstc_group_deletes(struct mstc_store *store, int64_t target, int64_t sink, int64_t *ret, struct mst_error *err);
int mstc_group_deletes_hold(struct mstc_store *store, int64_t target, int64_t sink, int64_t after, int64_t hold,
                            struct mst_error *err);
/* Adds the people whose account there is disabled. */
int mstc_links_off(struct mstc_store *store, int64_t target, struct mstc_set *into, struct mst_error *err);

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
/* What an admin has decided of him stays, but for the group 'grp', of which something else is
 * wanted now (0: of none). */
#define MSTC_REJECTED_BY "rejected by "      /* what is told of a member then          */
#define MSTC_UNDONE_BY "undone by "
int mstc_gbad_forget(struct mstc_store *store, int64_t entry, int64_t grp, struct mst_error *err);
struct mstc_set;
int mstc_gbad_load(struct mstc_store *store, int64_t glink, struct mstc_set *into, struct mst_error *err);

#endif
