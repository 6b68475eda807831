/* verifying.h - between the files that verify: what is gathered while a sink is read, and
 * put into the store afterwards. */
#ifndef MSTC_VERIFYING_H
#define MSTC_VERIFYING_H

#include "engine/run.h"
#include "engine/verify.h"
#include "store/accepted.h"
#include "store/groups.h"
#include "util/map.h"

/* What the links are to say, or what is accepted; in the order found. */
struct mstc_mend {
        struct mstc_mend *next;
        enum mstc_mismatch_what what;
        enum mst_kind kind;
        size_t place;                        /* of the target in its sync, and                   */
        int64_t sink;                        /* its sink: mstc_verify_tell() fills them in */
        int64_t owner;                       /* the entry, or the grp                  */
        int64_t member;                      /* of a lost member                       */
        const char *attribute, *name;        /* changed; renamed                       */
        const struct mst_value *ours, *theirs;   /* NULL: none                         */
};

struct mstc_mends {
        struct mst_arena *arena;
        struct mstc_mend *first, **last;
        uint64_t count;
};

/* An object as the sink shows it. */
struct mstc_shown_object {
        enum mst_kind kind;
        const char *object, *name, *stamp;
        const struct mst_record *record;
};

/* An attribute of a target's objects: a sink that shows it at no object does not tell it. */
struct mstc_told_attribute {
        const char *name;
        bool told;
        uint64_t absent;                     /* at objects that have it from us        */
};

struct mstc_lacking;
struct mstc_straying;
struct mstc_verified_group;

struct mstc_verifying {
        struct mstc_run *run;
        const struct mstc_verify_options *options;
        struct mstc_verified *ret;
        struct mstc_mends *mends;
        struct mst_arena *arena;             /* of one sink                            */
        struct mst_arena *scratch;           /* of one object                          */
        struct mstc_live *sink;              /* at hand                                */
        struct mstc_set *seen;               /* entries whose object was there         */
        struct mstc_set *chosen;             /* entries; NULL: all                     */
        struct mstc_map *glinks;             /* object -> struct mstc_verified_group   */
        struct mstc_verified_group *groups; size_t group_count;
        struct mstc_told_attribute *attributes; size_t attribute_count, attribute_room;
        struct mstc_lacking *lacking;        /* values that were not shown             */
        struct mstc_straying *straying;      /* our stamp, and no link of this sync    */
};

/* A group's object of ours in the sink at hand. */
struct mstc_verified_group {
        struct mstc_run_target *target;
        struct mstc_grp grp;
        struct mstc_glink glink;
        bool seen;
};

/* verifytell.c: tells a finding, counts it, and notes what is to be mended.  'mend' NULL: nothing can be. */
int mstc_verify_tell(struct mstc_verifying *v, struct mstc_run_target *target, struct mstc_mismatch *finding,
                     const struct mstc_mend *mend, struct mst_error *err);
struct mstc_verified_target *mstc_verified_of(struct mstc_verifying *v, const struct mstc_run_target *target);

/* verifyobject.c: a person's object, and a group's, against what was applied. */
int mstc_verify_person(struct mstc_verifying *v, struct mstc_run_target *target, const struct mstc_link *link,
                       const struct mstc_shown_object *shown, struct mst_error *err);
int mstc_verify_group(struct mstc_verifying *v, struct mstc_verified_group *group, const struct mstc_shown_object *shown,
                      struct mst_error *err);
/* What the sink at hand did not show: told where it shows that attribute at all. */
int mstc_verify_lacking(struct mstc_verifying *v, struct mst_error *err);

/* verifystray.c: an object with the stamp of 'id', whose record (0: there is none) is not tied to
 * it; one with a group's; and all of them, told for a target. */
int mstc_verify_stray(struct mstc_verifying *v, const struct mstc_shown_object *shown, int64_t entry, const char *id,
                      const struct mstc_link *link, struct mst_error *err);
int mstc_verify_stray_group(struct mstc_verifying *v, const struct mstc_shown_object *shown, const char *name,
                            struct mst_error *err);
int mstc_verify_strays(struct mstc_verifying *v, struct mstc_run_target *target, struct mst_error *err);

/* verifymembers.c */
int mstc_verify_members(struct mstc_verifying *v, struct mstc_verified_group *group, const struct mst_value *members,
                        struct mst_error *err);

/* verifymend.c: in a run of its own, before it plans. */
int mstc_verify_mend(struct mstc_run *run, const struct mstc_mends *mends, struct mst_error *err);
/* And what is accepted, in a transaction. */
int mstc_verify_accept(struct mstc_engine *engine, const struct mstc_mends *mends, const struct mstc_verify_options *options,
                       struct mst_error *err);
/* What a finding is accepted by. */
int mstc_verify_accepted(struct mstc_store *store, const struct mstc_mend *mend, struct mstc_accepted *ret,
                         struct mst_error *err);

#endif
