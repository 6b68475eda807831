/* engine.h - what the command asks of the engine.
 *
 * An engine is a setup and a store.  mstc_engine_sync() is one run: pull, fold, match,
 * plan, judge, claim, apply, settle, close.  It is called by the conductor's thread,
 * the only one that touches the store; watch calls come from that thread too. */
#ifndef MSTC_ENGINE_H
#define MSTC_ENGINE_H

#include "engine/event.h"
#include "engine/setup.h"
#include "sdk/host.h"
#include "store/store.h"

enum mstc_phase {
        MSTC_PHASE_START, MSTC_PHASE_PULL, MSTC_PHASE_MATCH, MSTC_PHASE_PLAN, MSTC_PHASE_JUDGE,
        MSTC_PHASE_APPLY, MSTC_PHASE_CLOSE
};

struct mstc_progress_part {
        const char *sink;
        uint64_t done, total;
        bool over;
};

struct mstc_progress {
        enum mstc_phase phase;
        uint64_t done, total;                /* total 0: not known                     */
        int64_t started_ms;                  /* monotonic, of this phase               */
        const struct mstc_progress_part *parts;          /* of MSTC_PHASE_APPLY: each sink that is written to */
        size_t part_count;
};

struct mstc_watch {
        void *self;
        /* At most ten times a second, and at each change of phase; may be NULL. */
        void (*progress)(void *self, const char *sync, const struct mstc_progress *progress);
        /* A line of the run's log; may be NULL (it is kept in the store anyway). */
        void (*log)(void *self, const struct mstc_line *line);
        /* At least once a second while it waits for a connector, and at once when 'fd' can be
         * read; may be NULL. */
        void (*alive)(void *self);
        int fd;                              /* 0: none                                */
};

struct mstc_planned;
struct mstc_mends;
struct mstc_seal;
struct mstc_sealed;

struct mstc_sync_options {
        bool plan_only;                      /* leave journal and dirty rows alone     */
        bool offline;                        /* plan from the mirror; nobody is asked  */
        bool full;                           /* start a new generation                 */
        const char *const *users;            /* chosen users only: id, UPN, mail; or NULL */
        size_t user_count;
        const struct mstc_mends *mends;      /* verify.c: put right what was found; the source is not asked */
        int64_t now;                         /* system.now, as MST_DATE; 0: of the clock */
        /* plan_only: called for each op that the plan holds, in order of claiming, before
         * it is forgotten; valid during the call.  May be NULL. */
        void (*op)(void *self, const struct mstc_planned *op);
        void *self;
        bool seal;                           /* with what tells each op apart: <engine/seal.h> */
        struct mstc_sealed *exactly;         /* only the ops of this saved plan; NULL: all.  What
                                              * becomes of each is noted there         */
};

/* One op of a plan, for showing. */
struct mstc_planned {
        int64_t number;
        const char *target, *sink;
        enum mst_verb verb;
        enum mst_kind kind;
        int reason;                          /* enum mstc_reason                       */
        const char *id;                      /* the source's id; a group's name        */
        const char *title;                   /* what a person would call it            */
        const char *object_name;             /* in the sink, or NULL                   */
        const struct mst_record *before, *after;
        int64_t hold;                        /* 0: none                                */
        int state;                           /* planned or parked                      */
        const char *text;                    /* why parked                             */
        uint64_t joins, leaves;              /* member changes                         */
        const struct mstc_seal *seal;        /* where it was asked for; else NULL      */
};

struct mstc_target_summary {
        const char *name;
        const char *words;                   /* the service's, see <muster/plugin.h>; or NULL */
        uint64_t counts[MSTC_N_COUNTS];
        const char *reason;                  /* why the sink was put aside, or NULL    */
};

struct mstc_summary {
        int64_t run;
        enum mstc_run_mode mode;
        enum mstc_run_outcome outcome;
        char text[1024];                     /* why it ended as it did                 */
        int64_t ms;
        uint64_t counts[MSTC_N_COUNTS];      /* of the source, and all targets together */
        struct mstc_target_summary *targets; /* freed by mstc_summary_done()           */
        size_t target_count;
        uint64_t planned;                    /* ops in the plan                        */
};

struct mstc_engine;

/* Opens the store for writing (MSTC_WRITE) and makes the instances of the setup.  'stop'
 * ends a run cleanly within two seconds. */
int mstc_engine_new(struct mstc_setup *setup, const struct mstc_watch *watch, struct mstc_stop *stop,
                    struct mstc_engine **ret, struct mst_error *err);
void mstc_engine_free(struct mstc_engine *engine);

/* One run of one sync (and the run of its own that a changed configuration needs
 * before it).  Returns MST_OK when the run ended in an orderly way, whatever its
 * outcome; an error when not even that could be recorded.  'ret' is filled in any case. */
int mstc_engine_sync(struct mstc_engine *engine, struct mstc_sync *sync,
                     const struct mstc_sync_options *options, struct mstc_summary *ret,
                     struct mst_error *err);
void mstc_summary_done(struct mstc_summary *summary);

/* What undo leaves as it is, and why. */
struct mstc_undo_skip {
        const char *target, *sink;           /* NULL: not in the configuration any more */
        enum mst_kind kind;
        const char *id, *title;              /* of the person; a group's name          */
        const char *attribute;               /* NULL: the object as a whole            */
        const char *why;
};

struct mstc_undo_options {
        int64_t run;                         /* whose effects are taken back           */
        const char *const *users;            /* ids of chosen people; NULL: all        */
        size_t user_count;
        const char *sink;                    /* only there; NULL: everywhere           */
        bool plan_only;
        const char *who, *note;              /* kept with what is declined             */
        /* What is left, then each op.  Valid during the call; may be NULL. */
        void (*op)(void *self, const struct mstc_planned *op);
        void (*skipped)(void *self, const struct mstc_undo_skip *skip);
        /* All has been told and nothing is sent yet; false: nothing will be.  May be NULL. */
        bool (*ready)(void *self);
        void *self;
};

/* A run of its own that takes back what another run of this sync did.  As mstc_engine_sync();
 * '*ret_skipped' tells how much was left. */
int mstc_engine_undo(struct mstc_engine *engine, struct mstc_sync *sync, const struct mstc_undo_options *options,
                     struct mstc_summary *ret, uint64_t *ret_skipped, struct mst_error *err);

/* Probes an instance in this thread, stores the facts when 'engine' is not NULL. */
int mstc_probe(struct mstc_engine *engine, struct mstc_instance *instance, struct mstc_stop *stop,
               struct mst_facts **ret, struct mst_error *err);
/* The same, and what the connector logs meanwhile; 'log' may be NULL. */
typedef void mstc_probe_log(void *self, const char *instance, enum mst_level level, const char *text);
int mstc_probe_heard(struct mstc_instance *instance, struct mstc_stop *stop, mstc_probe_log *log, void *self,
                     struct mst_facts **ret, struct mst_error *err);

/* Decisions of an admin; each is one transaction. 'who' is kept in the history. */
int mstc_engine_reset(struct mstc_engine *engine, const char *sync, struct mst_error *err);
/* Drops what the store knows of a target, or of a sync with all its targets, whether it is in
 * the configuration or not.  Nothing is done at a sink. */
int mstc_engine_forget(struct mstc_engine *engine, const char *name, struct mst_error *err);
/* Holds back a sync, or all of them, and ends that (sync NULL: of all); '*ret' tells how many were held
 * back.  Also during a run, from the watch's alive(), where mstc_engine_between() says yes. */
struct mstc_pause;
int mstc_engine_pause(struct mstc_engine *engine, const struct mstc_pause *pause, struct mst_error *err);
int mstc_engine_resume(struct mstc_engine *engine, const char *sync, int64_t *ret, struct mst_error *err);
/* The store is between two transactions. */
bool mstc_engine_between(const struct mstc_engine *engine);
/* Which store this is, drawn once; and the digest of bytes with its secret, begun with zeros and
 * gone on with for as long as there are more of them. */
int mstc_engine_lineage(struct mstc_engine *engine, char ret[33], struct mst_error *err);
bool mstc_engine_digest(struct mstc_engine *engine, const void *bytes, size_t size, uint8_t digest[16]);

/* Which ops of a hold are meant; what is 0 or NULL does not narrow it down.  'expect' -1: any
 * number.  Refused when the hold keeps back other ops than those of 'digest', as
 * mstc_hold_digest() tells it. */
struct mstc_choice {
        const char *const *users; size_t user_count;     /* ids                         */
        const char *group;                   /* of who satisfies this group, and its own */
        int64_t sample;                      /* so many people                         */
        int64_t expect;
        const char *digest;
        const char *who, *note;              /* who decides, and why                   */
};
int mstc_engine_approve(struct mstc_engine *engine, int64_t hold, const struct mstc_choice *choice, uint64_t *ret_count,
                        struct mst_error *err);
int mstc_engine_reject(struct mstc_engine *engine, int64_t hold, const struct mstc_choice *choice, uint64_t *ret_count,
                       struct mst_error *err);

/* What waits for its time or for a change is planned again with the next run: ops that were put
 * aside or come back later, what was declined, members that were refused, records that could not
 * be read, a sink that was put aside.  Of chosen people (ids), of a sink by name, or of all. */
struct mstc_retried { int64_t parked, waiting, declined, members, records; };
int mstc_engine_retry(struct mstc_engine *engine, const char *const *users, size_t user_count, const char *sink,
                      bool parked_only, const char *who, struct mstc_retried *ret, struct mst_error *err);

#endif
