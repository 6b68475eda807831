/* members.h - the groups of a sync in memory while a run needs them. */
#ifndef MSTC_MEMBERS_H
#define MSTC_MEMBERS_H

#include "util/numbers.h"
#include "engine/run.h"
#include "store/groups.h"
#include "store/memberof.h"
#include "util/map.h"

struct mstc_loaded {                         /* a set that was looked at               */
        int64_t id;
        struct mstc_set *set;
        bool changed;
};

struct mstc_members {
        struct mstc_index *index;            /* over the rules; ids are their places   */
        int64_t *rule_groups;                /* place -> grp                           */
        struct mstc_map *families;           /* name -> grp (as a pointer's value)     */
        struct mstc_numbers owners;          /* grp of a family -> its family's place, from 1 */
        size_t *family_counts;
        bool *family_full_told;
        struct mstc_numbers active;          /* grp ids that the configuration has     */
        struct mstc_numbers carried;         /* entry of a group of the source -> grp (as a pointer's value) */
        struct mstc_memberof memberof;
        struct mstc_numbers wanted;          /* grp -> struct mstc_loaded              */
        struct mstc_numbers present;         /* glink -> struct mstc_loaded            */
        struct mstc_numbers dirty;           /* grp ids that are in gdirty already     */
        bool asked_everybody, everybody;     /* all people are dirty already: carry.c  */
        struct mstc_set *off[32];            /* of each target: whose account there is disabled, while a
                                              * plan is made; NULL: not known yet      */
        struct mstc_numbers places;          /* group and target -> struct mstc_group_place, of this plan */
        struct mstc_map *labels;             /* sink and name there -> grp (as a pointer's value): to be made */
        struct mstc_numbers clashed;         /* groups whose name was taken in this run */
        struct mstc_matches matches;
        struct mst_arena *arena;             /* names; lives with the run              */
};

/* What lies in a sink where a group is to be made. */
struct mstc_group_place {
        enum mstc_answer answer;             /* absent: the name is free               */
        int64_t suffix;                      /* with this number; 0: none              */
        const char *object, *name, *version; /* of what lies there                     */
        struct mst_record *holds;            /* of what we would write                 */
        const char *why;                     /* of a duplicate                         */
};

/* groupname.c: looks for what is there already, before a plan; NULL: it was not asked for. */
int mstc_groups_name(struct mstc_run *run, struct mst_error *err);
const struct mstc_group_place *mstc_group_place(const struct mstc_run *run, const struct mstc_run_target *target,
                                                int64_t grp);
/* A group's name there, as the sink compares names; NULL: it has none. */
const char *mstc_group_label(struct mstc_run_target *target, const struct mst_record *record, struct mst_arena *arena);

/* carry.c: groups of the source that are carried as they are */
/* A template with the group's values in its holes; NULL, and '*why', when one has none. */
const char *mstc_carry_fill(struct mst_arena *arena, const char *template, const struct mst_record *record,
                            const char **why);
int mstc_carry_load(struct mstc_run *run, struct mstc_members *m, struct mst_error *err);
/* Before people are planned: groups that are dirty are chosen, named, or left. */
int mstc_carry_plan(struct mstc_run *run, struct mst_error *err);
/* A group of the source that is carried no more: the configuration still says how it was (else
 * that has vanished); and that it is to be deleted where we made it. */
bool mstc_carry_known(const struct mstc_run *run, const struct mstc_grp *grp);
bool mstc_carry_deletes(const struct mstc_run *run, const struct mstc_grp *grp);
/* Hands each carried group that an entry is in to 'add'. */
int mstc_carry_of(struct mstc_run *run, int64_t entry, bool (*add)(void *self, int64_t grp), void *self,
                  struct mst_error *err);
/* What a target should have of a carried group, from all who count: with groups in groups
 * where the sink takes that.  NULL: as 'all'. */
int mstc_carry_wanted(struct mstc_run *run, struct mstc_run_target *target, int64_t entry, const struct mstc_set *all,
                      struct mstc_set **ret, struct mstc_set **ret_nested, struct mst_error *err);
/* A carried group has got an object, or another name: the groups that it is in are planned. */
int mstc_carry_linked(struct mstc_run *run, struct mstc_run_target *target, int64_t grp, const char *old_name,
                      const char *old_object, struct mst_error *err);
/* What a member is called in a target: a person, or a group.  'live': only if he is there. */
int mstc_member_name(struct mstc_run *run, struct mstc_run_target *target, uint32_t member, bool live,
                     struct mst_arena *arena, const char **ret_object, const char **ret_name, bool *ret_group,
                     struct mst_error *err);

/* vanished.c: the groups that a family has, and those of all that no rule makes any more, or
 * that one makes again. */
int mstc_members_known(struct mstc_run *run, struct mstc_members *m, struct mst_error *err);
/* Is there any group of this sync in the store? */
int mstc_members_any(struct mstc_run *run, bool *ret, struct mst_error *err);
/* What is to be done with a group that is so for 'reason' (0: it is well), and whether it is
 * time; since when that is, and when it will be time, is noted in 'glink', for the caller to put. */
enum mstc_fate_do mstc_group_fate(const struct mstc_run_target *target, const struct mstc_group_use *use, int reason,
                                  struct mstc_glink *glink, bool *ret_time);

/* members.c: somebody leaves a group under the name that he had. */
int mstc_members_old_name(struct mstc_run *run, struct mstc_run_target *target, int64_t grp, int64_t entry,
                          const char *old_name, const char *old_object, struct mst_error *err);

/* The group is to be planned; noted once. */
int mstc_members_dirty(struct mstc_run *run, int64_t grp, struct mst_error *err);
/* Whose account in a target is disabled: they are in no group there that does not say
 * disabled="stay".  A plan that makes one so, or enables it, says so (turn); it is forgotten
 * when the plan is made. */
struct mstc_set *mstc_members_off(struct mstc_run *run, const struct mstc_run_target *target, struct mst_error *err);
int mstc_members_turn(struct mstc_run *run, const struct mstc_run_target *target, int64_t entry, bool on, struct mst_error *err);
void mstc_members_off_forget(struct mstc_members *m);
/* What a sink has of a group from us, to be changed by the caller, who sets 'changed'. */
struct mstc_loaded *mstc_members_present(struct mstc_run *run, int64_t glink, struct mst_error *err);

#endif
