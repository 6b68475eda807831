/* view.h - what the store holds, for showing.
 *
 * For commands that only read: on a store opened with MSTC_READ, while a sync runs.
 * Everything comes in batches into an arena of the caller's: a batch is one short look
 * that holds nothing back, however slowly somebody reads what is printed.  Two batches may
 * lie before and after a commit of the running sync.
 *
 * A list call gives rows after '*after' (0: from the start), at most 'most', and moves
 * '*after' on; no rows and '*more' false is the end.  All text is as it was stored: hostile. */
#ifndef MSTC_VIEW_H
#define MSTC_VIEW_H

#include "record/record.h"
#include "store/memberof.h"
#include "store/store.h"

/* ---- how things stand ------------------------------------------------------------- */

struct mstc_view_run {
        int64_t id;
        const char *sync;
        int mode, state, outcome;            /* outcome -1: not ended                  */
        int64_t started, ended;              /* ms; 0: not ended                       */
        const char *text;                    /* why it ended as it did, or NULL        */
        int64_t pages;
        uint64_t counts[MSTC_N_COUNTS];
};

struct mstc_view_sync {
        const char *name, *source;
        int64_t generation, cursor_at, completed_at, people, dirty;
        bool reset;                          /* the next run reads everything anew     */
        int64_t succeeded;                   /* when all that was read was last carried over, ms; 0: never */
        struct mstc_view_run *last;          /* NULL: none                             */
};

struct mstc_view_target {
        const char *sync, *name, *sink;
        int64_t live, disabled, waiting, parked, held, retry, unknown;   /* links, ops  */
        int64_t succeeded;
};

struct mstc_view_instance {
        const char *name, *plugin, *identity, *reason;
        int role;                            /* enum mstc_role                         */
        int64_t facts_at, since;
        bool aside;                          /* it failed in its last run, for 'reason' since 'since' */
        bool quarantined;                    /* and is left alone until 'trial'        */
        int64_t trial;
};

struct mstc_view_status {
        struct mstc_view_sync *syncs; size_t sync_count;
        struct mstc_view_target *targets; size_t target_count;
        struct mstc_view_instance *instances; size_t instance_count;
        int64_t writer;                      /* the process that writes now; 0: none   */
        int64_t holds;                       /* open ones                              */
        int64_t duplicates;
        int64_t declined;                    /* objects with something decided against */
        int64_t vanished;                    /* groups in a sink that no rule makes any more */
};

/* How large the store is: of its file, what holds something; runs in its history, the oldest of
 * them begun at 'since' (0: none). */
struct mstc_view_size { int64_t bytes, used, runs, since; };
int mstc_view_size(struct mstc_store *store, struct mstc_view_size *ret, struct mst_error *err);

int mstc_view_status(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_status *ret,
                     struct mst_error *err);

/* ---- runs ------------------------------------------------------------------------- */

/* Newest first: here '*after' goes down.  'sync' NULL: of all. */
int mstc_view_runs(struct mstc_store *store, const char *sync, int64_t *after, size_t most,
                   struct mst_arena *arena, struct mstc_view_run **ret, size_t *count, bool *more,
                   struct mst_error *err);
/* MST_END when there is none of that number; 0 asks for the newest. */
int mstc_view_run(struct mstc_store *store, int64_t id, struct mst_arena *arena,
                  struct mstc_view_run *ret, struct mst_error *err);

/* When a sync has something to do though nothing is read: an op that comes back, a moment that
 * changes who is in a group, the end of somebody's wait.  INT64_MAX: nothing. */
int mstc_view_next(struct mstc_store *store, const char *sync, int64_t *ret, struct mst_error *err);
/* When its last run began that read the source or meant to; 0: none. */
int mstc_view_last_read(struct mstc_store *store, const char *sync, int64_t *ret, struct mst_error *err);

struct mstc_view_line { int64_t line, at; int level, event; const char *text; };    /* event 0: of an earlier muster */
int mstc_view_log(struct mstc_store *store, int64_t run, int64_t *after, size_t most,
                  struct mst_arena *arena, struct mstc_view_line **ret, size_t *count, bool *more,
                  struct mst_error *err);

/* ---- ops -------------------------------------------------------------------------- */

struct mstc_view_op {
        int64_t number, run, entry;
        const char *target, *sink;
        int kind, verb, state, reason, outcome;          /* outcome 0: none             */
        int64_t hold, approved, tries, due, sent, ended;
        int64_t members;                     /* member changes                         */
        const char *title;                   /* what a person would call it            */
        const char *id;                      /* the source's; a group's name           */
        const char *text;                    /* why                                    */
        const struct mst_record *before, *after;         /* NULL: nothing, or members  */
};

/* Which ops; what is 0 does not matter. */
struct mstc_view_which {
        int64_t run;                         /* of that run                            */
        int64_t hold;                        /* held by it                             */
        int64_t entry;                       /* of that person                         */
        int64_t since;                       /* ended or made since (ms)               */
        int64_t from_run;                    /* of that run or later ones              */
        const char *sync, *target;           /* of that sync, at that target           */
        bool open;                           /* not ended                              */
};

int mstc_view_ops(struct mstc_store *store, const struct mstc_view_which *which, int64_t *after, size_t most,
                  struct mst_arena *arena, struct mstc_view_op **ret, size_t *count, bool *more,
                  struct mst_error *err);

/* ---- people ----------------------------------------------------------------------- */

struct mstc_view_link {
        const char *target, *sink, *object, *name;
        int made, state, reason;
        int64_t since, touched;
        bool declined;                       /* something is: mstc_view_declined()     */
        const struct mst_record *applied;    /* mstc_view_person() only                */
};

struct mstc_view_person {
        int64_t number;
        const char *sync, *id;
        const char *title, *upn, *mail;      /* of the record; title never NULL        */
        int gone;                            /* enum mst_gone, 3: outside; 0: there    */
        bool is_group;                       /* by number, where a group stands among people */
        int64_t since;
        const char *bad;                     /* why the record was put aside, or NULL  */
        const struct mst_record *record;     /* NULL: none was ever good               */
        struct mstc_view_link *links; size_t link_count;
};

/* People whose title, UPN, mail or id matches 'pattern', without regard to case: with '*'
 * or '?' as a whole, else any part of them.  NULL: all.  Those who are gone only with 'gone'.
 * Looks through some thousand entries at most, so a batch may be empty with '*more' true. */
int mstc_view_people(struct mstc_store *store, const char *pattern, bool gone, int64_t *after, size_t most,
                     struct mst_arena *arena, struct mstc_view_person **ret, size_t *count, bool *more,
                     struct mst_error *err);
/* The same, narrowed further. */
struct mstc_view_filter {
        const char *pattern;                 /* as above                               */
        const char *sync;                    /* NULL: of all                           */
        bool gone;
        /* NULL: everybody.  'scratch' is reset behind each; who has no good record is not asked about. */
        bool (*wants)(void *self, const struct mstc_view_person *person, struct mst_arena *scratch);
        void *self;
        struct mstc_memberof *memberof;      /* not NULL: records come with their groups of the source */
};
int mstc_view_filtered(struct mstc_store *store, const struct mstc_view_filter *filter, int64_t *after, size_t most,
                       struct mst_arena *arena, struct mstc_view_person **ret, size_t *count, bool *more,
                       struct mst_error *err);
/* The one of that number with all there is of him; MST_END: none. */
int mstc_view_person(struct mstc_store *store, int64_t number, struct mst_arena *arena,
                     struct mstc_view_person *ret, struct mst_error *err);
/* Who is meant by an id, UPN, mail (as a whole, without regard to case) or SINK:OBJECT (the
 * object's lasting id or its name)?  At most 'most' are given. */
int mstc_view_meant(struct mstc_store *store, const char *text, size_t most, struct mst_arena *arena,
                    struct mstc_view_person **ret, size_t *count, struct mst_error *err);

/* Everybody who is there, in order of number, with his record; with the groups of the source that
 * he is in where 'memberof' is not NULL. */
struct mstc_view_record {
        int64_t number;
        const char *id, *title;
        const struct mst_record *record;
};
int mstc_view_records(struct mstc_store *store, const char *sync, struct mstc_memberof *memberof, int64_t *after,
                      size_t most, struct mst_arena *arena, struct mstc_view_record **ret, size_t *count, bool *more,
                      struct mst_error *err);

/* Adds the entries with a live object of ours in a sink to 'live', those with one that we disabled
 * to 'off'. */
struct mstc_set;
int mstc_view_accounts(struct mstc_store *store, const char *sink, struct mstc_set *live, struct mstc_set *off,
                       struct mst_error *err);

/* The same of the groups that the source has. */
int mstc_view_source_groups(struct mstc_store *store, const char *sync, int64_t *after, size_t most, struct mst_arena *arena,
                            struct mstc_view_record **ret, size_t *count, bool *more, struct mst_error *err);

/* ---- what the source has said ------------------------------------------------------- */

/* The entry became what it was until the next row, or is now.  'changed' holds what is not as
 * before, of the first row all there was. */
struct mstc_view_told {
        int64_t id, run, at, entry;          /* at 0: the run is not known any more    */
        int gone, was_gone;                  /* enum mst_gone, 3: outside; 0: there    */
        bool first;
        const char *title, *person;          /* mstc_view_told_since() only; the source's id */
        const char *sync;                    /* likewise                               */
        const struct mst_record *before, *after;         /* what is not the same; NULL: nothing */
};
/* All of one person, oldest first; at most the newest 'most'. */
int mstc_view_told(struct mstc_store *store, const struct mstc_view_person *person, size_t most, struct mst_arena *arena,
                   struct mstc_view_told **ret, size_t *count, struct mst_error *err);
/* Who became something else, or is new, since 'since' (ms) or since run 'run', oldest first, without
 * values: in order of entries and times together.  'sync' NULL: of all.  '*after' counts rows. */
int mstc_view_told_since(struct mstc_store *store, int64_t since, int64_t run, const char *sync, int64_t *after, size_t most,
                         struct mst_arena *arena, struct mstc_view_told **ret, size_t *count, bool *more,
                         struct mst_error *err);

/* Groups in sinks that somebody joined or left, oldest first. */
struct mstc_view_moved {
        int64_t op, run, ended;
        const char *group, *target, *sink;
        bool joined;
};
int mstc_view_moved(struct mstc_store *store, int64_t person, struct mst_arena *arena, struct mstc_view_moved **ret,
                    size_t *count, struct mst_error *err);

/* ---- groups ----------------------------------------------------------------------- */

struct mstc_view_glink {
        int64_t number;
        const char *target, *sink, *object, *name;
        int state;
        int64_t present, bad;                /* members it has from us; that it refused */
        int64_t waiting;                     /* members that cannot be there yet       */
        int reason, fate;                    /* why it may have to go, and what is done: enum mstc_fate_do */
        int64_t since, due;                  /* ms; 0: not so, nothing                 */
        int64_t run, came, went;             /* the last run that changed its members  */
        const char *parked;                  /* why it cannot be made or changed, or NULL */
};

struct mstc_view_group {
        int64_t number;
        const char *sync, *name, *title, *family;
        const char *source_id;               /* of a group of the source, else NULL    */
        int64_t members;                     /* who satisfies the rule, or is in it    */
        bool gone;
        int64_t since;                       /* gone since; 0: it is not, or not known */
        int64_t last_run;                    /* of its sync                            */
        struct mstc_view_glink *links; size_t link_count;
};

int mstc_view_groups(struct mstc_store *store, const char *pattern, int64_t *after, size_t most,
                     struct mst_arena *arena, struct mstc_view_group **ret, size_t *count, bool *more,
                     struct mst_error *err);

/* What the rule that makes a group has said; of a family, or of groups of the source, by the
 * template of their names; 'sync' NULL: of all.  Newest first: '*after' goes down. */
struct mstc_view_version {
        const char *sync;
        int64_t number;                      /* 1 is the first                         */
        int64_t run, at;                     /* the run that planned with it first     */
        const char *fingerprint;
        const char *text, *before;           /* NULL: there was no such rule           */
};
int mstc_view_versions(struct mstc_store *store, const char *sync, const char *name, int64_t *after, size_t most,
                       struct mst_arena *arena, struct mstc_view_version **ret, size_t *count, bool *more,
                       struct mst_error *err);
/* The one that was in force in a run, without 'before'; MST_END: none is known. */
int mstc_view_version(struct mstc_store *store, const char *sync, const char *name, int64_t run,
                      struct mst_arena *arena, struct mstc_view_version *ret, struct mst_error *err);

struct mstc_view_member {
        int64_t number;
        const char *title, *upn, *id;
        bool wanted;                         /* satisfies the rule, or is in it        */
        bool is_group;                       /* a group in the group                   */
        uint32_t present;                    /* bit i: there in the group's link i      */
        const struct mstc_view_link *links; size_t link_count;   /* his own             */
};

/* Everybody who satisfies the rule or is still there.  'group' is a row of the call above. */
int mstc_view_members(struct mstc_store *store, const struct mstc_view_group *group, int64_t *after,
                      size_t most, struct mst_arena *arena, struct mstc_view_member **ret, size_t *count,
                      bool *more, struct mst_error *err);

/* The last time that somebody joined or left the group at a target. */
struct mstc_view_joined {
        int64_t run, ended;
        bool joined;
};

/* 'person' and 'group' are numbers; MST_END: it has never happened. */
int mstc_view_joined(struct mstc_store *store, int64_t group, const char *target, int64_t person,
                     struct mstc_view_joined *ret, struct mst_error *err);
/* Is he in the group's object at that link from us, does he satisfy its rule? */
int mstc_view_membership(struct mstc_store *store, int64_t group, int64_t glink, int64_t person, bool *wanted,
                         bool *present, struct mst_error *err);

/* ---- holds, duplicates -------------------------------------------------------------- */

struct mstc_view_hold {
        int64_t number, run, created, decided, expect;
        const char *sync, *target, *guard, *reason, *decided_by, *note;
        bool open;
        int64_t ops, approved;               /* open ops in it; of them approved now   */
};

int mstc_view_holds(struct mstc_store *store, bool closed, int64_t *after, size_t most,
                    struct mst_arena *arena, struct mstc_view_hold **ret, size_t *count, bool *more,
                    struct mst_error *err);
int mstc_view_hold(struct mstc_store *store, int64_t number, struct mst_arena *arena,
                   struct mstc_view_hold *ret, struct mst_error *err);

/* What was decided against, as long as exactly that is wanted. */
struct mstc_view_declined {
        int64_t entry;                       /* users: the entry's number; groups: the group's */
        int kind, verb, reason;              /* verb 0: not known                      */
        const char *sync, *target, *sink, *id, *title, *who, *note;
        int64_t at;
        int decided;                         /* enum mstc_decided                      */
};

/* Of one person by number, else (0) all; '*after' counts rows. */
int mstc_view_declined(struct mstc_store *store, int64_t entry, int64_t *after, size_t most, struct mst_arena *arena,
                       struct mstc_view_declined **ret, size_t *count, bool *more, struct mst_error *err);

struct mstc_view_duplicate {
        const char *sink, *sync, *id, *title;            /* the person; a group has no id but its title */
        const char *object, *name;           /* what lies in the sink                  */
        const char *attribute, *value;       /* by which it matches                    */
        const char *why;                     /* of a group whose name is taken: what the sink said */
        int64_t run;
};

/* '*after' counts rows: a short list, looked at from its start each time. */
int mstc_view_duplicates(struct mstc_store *store, int64_t *after, size_t most, struct mst_arena *arena,
                         struct mstc_view_duplicate **ret, size_t *count, bool *more, struct mst_error *err);

#endif
