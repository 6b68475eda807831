/* run.h - what the steps of a run share.
 *
 * An engine lives as long as the command; a run belongs to one sync.  Everything here is
 * the conductor's: it alone touches the store, and it talks to the instances' threads only
 * through their couriers, feeds and the page queue. */
#ifndef MSTC_RUN_H
#define MSTC_RUN_H

#include <pthread.h>

#include "engine/courier.h"
#include "engine/engine.h"
#include "engine/meter.h"
#include "sdk/op.h"
#include "sdk/page.h"
#include "store/entries.h"
#include "store/packset.h"
#include "store/journal.h"
#include "store/links.h"
#include "store/runs.h"
#include "util/set.h"

/* What the instances' threads ask of the conductor: log lines, and values to be kept. */
struct mstc_mail;

/* A source or sink at work. */
struct mstc_live {
        struct mstc_instance *setup;
        struct mstc_engine *engine;
        int64_t id;
        bool is_source;
        struct mst_host *host;
        void *self;                          /* of the plugin; NULL: not open          */
        struct mstc_courier *courier;
        struct mst_facts *facts;             /* probed or remembered; NULL: none       */
        bool probed;                         /* in this run                            */
        char aside[1016];                    /* why the sink is put aside, or ""       */
        struct mstc_health health;           /* of a sink                              */
};

#define MSTC_LOG_KINDS 16

struct mstc_engine {
        struct mstc_setup *setup;
        struct mstc_store *store;
        struct mstc_watch watch;
        struct mstc_stop *stop;
        pthread_t conductor;                 /* whose calls these are                  */
        struct mstc_live *lives;
        size_t live_count;
        struct mstc_mail *mail;
        bool verifying;                      /* sinks are asked for more than plans need */
        struct mstc_meters meters;
        bool unsure;                         /* a run broke off: the store is put in order first */
        /* the run under way, for its log */
        int64_t run;
        int64_t log_line;
        struct mst_arena *log_arena;
        struct mstc_pending_line { struct mstc_pending_line *next; struct mstc_line line; }
                *log_first, **log_last;
        struct { const char *format; uint64_t count; } kinds[MSTC_LOG_KINDS];
        uint64_t untold;                     /* warnings that nobody was shown         */
};

/* An entry that could not be planned for some targets stays dirty for them. */
struct mstc_keep {
        int64_t entry;
        uint32_t mask;
};

/* One target of the sync under way. */
struct mstc_run_target {
        struct mstc_target *setup;
        struct mstc_live *sink;
        struct mstc_target_row row;
        struct mstc_set *linked;             /* entries with a live link here          */
        struct mstc_set *creating;           /* entries with a create in this plan     */
        struct mstc_set *renaming;           /* with a rename, also of an older one    */
        bool names_taken;                    /* ops may be parked because of a name    */
        bool reserved;                       /* what its open creates have chosen is known */
        struct mstc_set *leaving;            /* whom some group here has and does not want; NULL: not known yet */
        bool no_plan;                        /* its sink cannot be asked or written    */
        bool carries_groups;
        struct mstc_fact_attribute *kinds;   /* of setup's maps, in their order; made with the plan */
        uint64_t counts[MSTC_N_COUNTS];
        int64_t live_before;                 /* links when the run began               */
        int64_t restored;                    /* the store is a copy of then, and not yet trusted here; 0: no */
        int64_t live_change, removal_change; /* to be tallied with the next commit     */
        struct mstc_effect *effects;         /* likewise, of other guards (effects.c)  */
        size_t effect_count, effect_room;
};

struct mstc_judgement;
struct mstc_members;
struct mstc_listing;

struct mstc_run {
        struct mstc_engine *engine;
        struct mstc_store *store;
        struct mstc_sync *sync;
        const struct mstc_sync_options *options;
        struct mstc_sync_row row;
        struct mstc_live *source;
        struct mstc_run_target *targets;
        size_t target_count;
        uint32_t mask;                       /* the bits of all targets                */
        struct mst_arena *arena;             /* of the run                             */
        struct mst_arena *scratch;           /* reset for each entry or batch          */
        int64_t id;                          /* the run's row                          */
        enum mstc_run_mode mode;
        int64_t now;                         /* MST_DATE: system.now of this run       */
        int64_t begun;                       /* Unix milliseconds                      */
        uint64_t counts[MSTC_N_COUNTS];
        uint64_t planned;                    /* ops of all rounds                      */
        bool links_none, ops_none;           /* nothing there yet: do not look         */
        enum { MSTC_NOT_LOOKED, MSTC_NONE_NOTED, MSTC_SOME_NOTED } duplicates;       /* that are noted */
        bool refused_none;                   /* no member was ever refused             */
        bool declined_none;                  /* nothing is declined: do not look       */
        struct mstc_names *names;            /* claim.c: names of people who are pointed at */
        struct mstc_leaders *leaders;        /* who is pointed at, while many are planned */
        bool any_timed;                      /* some rule, scope or map reads the clock */
        const struct mstc_expr **timed;      /* rules of groups and families that do   */
        size_t timed_count;
        bool all_dirty;                      /* the next plan is of everybody          */
        bool restored;                       /* some target is, and nothing is held for that yet */
        bool note_fingerprint;               /* and makes the configuration's effect known */
        bool config_effect;                  /* and shows what a changed configuration does */
        bool linking;                        /* objects with our stamp are tied first  */
        bool links_loaded;
        bool read_whole;                     /* the source has said all that is new: a round has ended */
        bool stopped;
        struct mstc_members *members;        /* groups; NULL: the sync has none        */
        struct mstc_listing **listings;      /* per instance, while matching in bulk   */
        struct mstc_map *reserved;           /* unique.c: values chosen in creates -> entry */
        struct mstc_unique *unique;          /* whose values are being chosen          */
        int64_t draws_for;                   /* the entry for whom maps draw; 0: for nobody */
        struct mstc_drawn *drawn;            /* drawing.c: for a plan that is only shown */
        size_t drawn_count, drawn_room;
        struct mstc_judgement *judgement;
        int64_t *only; size_t only_count;    /* chosen users: entry numbers            */
        struct mstc_exactly *exactly;        /* the ops of a saved plan; NULL: all     */
        struct mstc_keep *keeps;             /* what stays dirty after this plan       */
        size_t keep_count, keep_room;
        int64_t plan_from;                   /* ops with a larger number are of the plan being made */
        struct mstc_progress progress;
        int64_t progress_told;
        struct mstc_summary *summary;
};

#define MSTC_GROUP_BIT (UINT32_C(1) << 31)   /* in a dirty mask: memberships to evaluate */

/* ---- engine.c --------------------------------------------------------------------- */
int mstc_live_open(struct mstc_live *live, struct mst_error *err);
/* Runs a call in the instance's thread and waits for it, serving the mail meanwhile. */
int mstc_live_call(struct mstc_live *live, mstc_call *call, void *argument, struct mst_error *err);
/* find() of a sink and fetch() of a source, in the instance's thread. */
int mstc_live_find(struct mstc_live *live, struct mst_search *search, struct mst_error *err);
int mstc_live_fetch(struct mstc_live *live, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err);
/* Facts of this instance: probes it unless it was probed in this run; '*live->aside' and
 * an error when it cannot be reached. */
int mstc_live_probe(struct mstc_live *live, struct mst_error *err);
/* Facts remembered or promised, without asking anybody. */
const struct mst_facts *mstc_live_facts(struct mstc_live *live);
void mstc_live_put_aside(struct mstc_live *live, const struct mst_error *why);
/* Looks into the mail: log lines are taken, keeps are made durable. */
void mstc_engine_serve(struct mstc_engine *engine);
/* poll() on 'fds', serving the mail; returns early when stopping. */
void mstc_engine_wait(struct mstc_engine *engine, const int *fds, size_t count, int ms);
bool mstc_engine_stopping(const struct mstc_engine *engine);

/* A page that was not ended, or not whole, is not used at all. */
int mstc_page_check(const struct mst_page *page, const char *plugin, struct mst_error *err);
int mstc_engine_recover(struct mstc_engine *engine, struct mst_error *err);

/* retention.c: drops what is older than anybody wants to know; not within a transaction. */
int mstc_retention(struct mstc_engine *engine, struct mst_error *err);

/* ---- log.c ------------------------------------------------------------------------ */
void mstc_log(struct mstc_engine *engine, enum mstc_event event, const char *format, ...) MST_PRINTF(3, 4);
/* What a connector has to say. */
void mstc_log_connector(struct mstc_engine *engine, const char *instance, enum mst_level level, const char *text);
/* Somebody's op is put aside: counted, and told. */
void mstc_parked(struct mstc_run *run, struct mstc_run_target *target, enum mstc_count count, enum mst_verb verb,
                 const char *name, const char *why);
/* The run is over: what was not told one by one is counted. */
void mstc_log_over(struct mstc_engine *engine);
/* Lines that have gathered, into the store; in a transaction. */
int mstc_log_save(struct mstc_engine *engine, struct mst_error *err);
void mstc_progress(struct mstc_run *run, enum mstc_phase phase, uint64_t done, uint64_t total);

/* What a page is folded with: a full round makes the next generation. */
struct mstc_fold mstc_run_fold(const struct mstc_run *run, bool full);

/* ---- the steps, one file each ------------------------------------------------------- */
/* sync.c: a run from its making to its close, for all that is one.  init and done go together
 * whatever happens between; begin makes its row, and close ends it, with 'why' if that failed. */
int mstc_run_init(struct mstc_run *run, struct mstc_engine *engine, struct mstc_sync *sync,
                  const struct mstc_sync_options *options, struct mstc_summary *summary, struct mst_error *err);
void mstc_run_done(struct mstc_run *run);
int mstc_run_begin(struct mstc_run *run, enum mstc_run_mode mode, struct mst_error *err);
int mstc_run_close(struct mstc_run *run, const struct mst_error *why, struct mst_error *err);
int mstc_summary_make(struct mstc_sync *sync, struct mstc_summary *ret, struct mst_error *err);
/* show.c: hands the run's ops to options->op; or all that are open and would be sent or held, in
 * order of claiming. */
int mstc_run_show(struct mstc_run *run, struct mst_error *err);
int mstc_run_show_open(struct mstc_run *run, struct mst_error *err);
/* The groups, which settling needs, too. */
int mstc_run_groups(struct mstc_run *run, struct mst_error *err);
/* The targets' sets of linked entries, when something is to be done at all. */
int mstc_run_load_links(struct mstc_run *run, struct mst_error *err);
/* pull.c: MST_OK when the round is complete and folded; MST_END when it was held (text in
 * the summary). */
int mstc_pull(struct mstc_run *run, struct mst_error *err);
/* complete.c: memberships that are due take their place; before anything is planned. */
int mstc_settle_memberships(struct mstc_run *run, struct mst_error *err);
/* refetch.c: those whose record could not be read. */
int mstc_refetch(struct mstc_run *run, struct mst_error *err);
/* users.c: chosen users only. */
int mstc_pull_users(struct mstc_run *run, struct mst_error *err);
/* plan.c: ops for all dirty entries and groups; judge.c is asked for each. */
int mstc_plan(struct mstc_run *run, uint64_t *ret_ops, struct mst_error *err);
/* Its sink can be asked, and is the one that its links were made with; else 'no_plan'. */
int mstc_target_ready(struct mstc_run *run, struct mstc_run_target *target, struct mst_error *err);
/* rounds.c: resolves, plans and applies until nothing new follows. */
int mstc_carry_out(struct mstc_run *run, struct mst_error *err);
/* apply.c */
int mstc_apply(struct mstc_run *run, struct mst_error *err);
/* resolve.c: what became of ops whose result is not known. */
int mstc_resolve(struct mstc_run *run, struct mst_error *err);
/* Waits for the end of a quiet time that is short; '*ret': there is something to be resolved then. */
int mstc_resolve_wait(struct mstc_run *run, bool *ret, struct mst_error *err);
/* recheck.c: what was once in doubt and is due to be looked up again; all of it after a full read. */
int mstc_recheck(struct mstc_run *run, bool all, struct mst_error *err);

/* versions.c: what the rules say from this run on; in the transaction of its plan. */
int mstc_versions_note(struct mstc_run *run, struct mst_error *err);

/* ---- moments.c: what time alone changes ----------------------------------------------- */
/* Which rules of the sync read the clock, at the start. */
int mstc_moments_load(struct mstc_run *run, struct mst_error *err);
/* When the entry is to be planned again though nothing is read of it; in a transaction. */
int mstc_moments_note(struct mstc_run *run, const struct mstc_entry *entry, struct mst_error *err);
/* Whose moment has come becomes dirty. */
int mstc_moments_due(struct mstc_run *run, struct mst_error *err);

/* ---- values.c ------------------------------------------------------------------------ */
struct mstc_wanted {
        struct mst_record *record;           /* what the sink should hold              */
        struct mst_record *compared;         /* when="never": only to be matched by; or NULL */
        bool ignore_object;                  /* leave the whole object alone           */
        bool refs;                           /* holds references without a name yet    */
        struct mst_record *named;            /* what references were that are names now; NULL: none */
        bool lost_refs;                      /* some point at people who are not there */
        const char *why;                     /* a required value is missing: cannot be made */
        const char *complaint;               /* an attribute that did not flow, and why */
};
/* ---- unique.c ------------------------------------------------------------------- */
struct mstc_unique;
/* The values of a create once more, where some must be nobody else's in the sink.  'unsure':
 * it could not be asked. */
int mstc_unique_values(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry *entry,
                       struct mstc_wanted *wanted, bool *unsure, struct mst_error *err);
/* Around the evaluation of one map; 'unique' may be NULL. */
void mstc_unique_begin(struct mstc_unique *unique, const struct mstc_map *map, struct mstc_eval *eval);
void mstc_unique_end(struct mstc_unique *unique, const struct mstc_map *map, const struct mstc_eval *eval,
                     enum mstc_flow flow);

/* ---- values.c ------------------------------------------------------------------- */
/* Evaluates the maps of 'target' for an entry; values that do not flow keep what is
 * 'applied' (may be NULL). */
int mstc_wanted_values(struct mstc_run *run, struct mstc_run_target *target, const struct mst_record *record,
                       const struct mst_record *applied, bool creating, struct mst_arena *arena,
                       struct mstc_wanted *ret, struct mst_error *err);
/* The same with a group's maps: [name], with the number 'suffix' behind it if that is not 0,
 * [title], and what the source says of it.  MST_END: the target does not carry it. */
struct mstc_grp;
int mstc_wanted_group(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_grp *grp, int64_t suffix,
                      struct mst_arena *arena, struct mst_record **ret, struct mst_error *err);
/* How a target carries a group; NULL: not at all. */
const struct mstc_group_use *mstc_use_of(const struct mstc_target *target, const char *name);
bool mstc_carries(const struct mstc_run_target *target, const char *group);
/* Differences as two records with only what differs (null: none). */
bool mstc_difference(struct mst_arena *arena, const struct mst_record *applied, const struct mst_record *wanted,
                     struct mst_record **ret_before, struct mst_record **ret_after);
/* What the sink's attributes are, for each map of each target: looked up once a plan. */
int mstc_kinds_load(struct mstc_run *run, struct mst_error *err);
/* What a sink calls references are names there, as what was applied has them. */
void mstc_names_as_text(struct mst_record *record);
void mstc_eval_init(struct mstc_run *run, struct mstc_eval *eval, struct mst_arena *arena);
/* What could not be told for want of memory fails the run; it is no word on the record. */
bool mstc_eval_starved(const struct mstc_eval *eval);
/* The id of a group as the sink is told it, and our mark for it: of one of the source those of
 * its record, else its name's. */
int mstc_group_identity(struct mstc_run *run, int64_t grp, const char *name, struct mst_arena *arena,
                        const char **ret_id, const char **ret_stamp, struct mst_error *err);
/* Our mark for a record, and for a group. */
const char *mstc_stamp(const struct mstc_run *run, const char *id, struct mst_arena *arena);
const char *mstc_group_stamp(const struct mstc_run *run, const char *name, struct mst_arena *arena);

/* leaders.c: whom others point at; loaded once where many are asked for. */
int mstc_leaders_load(struct mstc_run *run, struct mst_error *err);
void mstc_leaders_free(struct mstc_leaders *leaders);
int mstc_is_leader(struct mstc_run *run, const char *id, bool *ret, struct mst_error *err);
/* His create is in the plan; and, at its end, leaders get the ranks of their depth. */
void mstc_leader_planned(struct mstc_run *run, const char *id, int64_t op, const struct mst_record *after);
int mstc_leaders_rank(struct mstc_run *run, struct mst_error *err);

/* ---- match.c ------------------------------------------------------------------------- */
enum mstc_answer { MSTC_NOT_ASKED = 0, MSTC_ABSENT, MSTC_OURS, MSTC_ADOPTABLE, MSTC_DUPLICATE, MSTC_NOT_KNOWN };
struct mstc_candidate;
enum { MSTC_CLASHES = 4 };
struct mstc_match {
        enum mstc_answer answer;
        const char *object, *name, *version;
        const struct mst_record *present;
        const char *attribute, *value;       /* what it was found by                   */
        const char *why;                     /* of a duplicate                         */
        bool by_stamp;
        struct mstc_clash {
                const char *object, *name, *attribute, *value;
        } clashes[MSTC_CLASHES];             /* of a duplicate: every match value that somebody has */
        unsigned clash_count;
};
struct mstc_question {
        struct mstc_run_target *target;
        int64_t entry;
        enum mst_kind kind;
        const char *id;                      /* the source's; stamps are made of it    */
        const char *stamp;
        const struct mst_record *wanted;     /* match values are taken from it,        */
        const struct mst_record *compared;   /* or from this (may be NULL)             */
        struct mstc_match match;             /* the answer                             */
};
/* Answers all questions of one sink in one go. */
int mstc_match(struct mstc_run *run, struct mstc_live *sink, struct mstc_question *questions, size_t count,
               struct mst_arena *arena, struct mst_error *err);
/* The same, never from a listing: for groups. */
int mstc_match_by_asking(struct mstc_run *run, struct mstc_live *sink, struct mstc_question *questions, size_t count,
                         struct mst_arena *arena, struct mst_error *err);
/* Reads all of a sink before a plan that will ask for many. */
int mstc_match_in_bulk(struct mstc_run *run, struct mstc_live *sink, struct mst_error *err);
/* Objects with that value; 'attribute' NULL: with that stamp. At most eight, in the arena. False: no memory. */
bool mstc_listing_look(const struct mstc_listing *listing, const char *attribute, const struct mst_value *value,
                       struct mst_arena *arena, struct mstc_candidate **items, size_t *count);
/* Notes a duplicate, with all that clashes, in place of what was noted of him before. */
int mstc_match_keep(struct mstc_run *run, int64_t sink, int64_t entry, const struct mstc_match *match,
                    struct mst_error *err);
/* Nobody's object stands in his way any more: he is no duplicate. */
int mstc_match_over(struct mstc_run *run, int64_t sink, int64_t entry, struct mst_error *err);
/* It was listed, and nothing was there. */
bool mstc_listing_empty(const struct mstc_listing *listing);
void mstc_listing_free(struct mstc_listing *listing);

/* ---- members.c, groupplan.c: dynamic groups ------------------------------------------ */
int mstc_members_new(struct mstc_run *run, struct mst_error *err);
void mstc_members_free(struct mstc_members *members);
/* memberrules.c: whose rules are satisfied by up to MSTC_BLOCK_MOST people; 'found' is true until it
 * is called again, or run->scratch is reset. */
int mstc_members_match(struct mstc_run *run, const struct mst_record *const *records, size_t count,
                       struct mstc_found *found, struct mst_error *err);
/* Which groups an entry is in now ('found' NULL: none); notes the difference. */
int mstc_members_of(struct mstc_run *run, int64_t entry, const struct mst_record *record,
                    const struct mstc_found *found, struct mst_error *err);
/* Sets that changed, into the store; in a transaction. */
int mstc_members_save(struct mstc_run *run, struct mst_error *err);
/* Groups that carry our stamp and that a lost store does not know. */
int mstc_groups_find(struct mstc_run *run, struct mst_error *err);
/* Ops for the groups that are dirty. */
int mstc_group_plan(struct mstc_run *run, struct mst_error *err);
/* A link has come, gone, or changed its name: the groups concerned note it.  'old_name'
 * NULL: it has come. */
int mstc_members_link(struct mstc_run *run, struct mstc_run_target *target, int64_t entry, const char *old_name,
                      const char *old_object, struct mst_error *err);
/* Nobody knows which members of this op are in the group now: all are told anew, in or out. */
int mstc_members_doubt(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *op,
                       struct mst_error *err);
struct mstc_set *mstc_members_set(struct mstc_run *run, int64_t grp, struct mst_error *err);

/* ---- judge.c -------------------------------------------------------------------------- */
int mstc_judge_new(struct mstc_run *run, struct mst_error *err);
void mstc_judge_free(struct mstc_judgement *judgement);
/* Each op as it is planned ('after' NULL: no changes; 'lost_refs': references that are cleared
 * pointed at people who have left, which is not what the guards look for). */
int mstc_judge_op(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *op,
                  const struct mst_record *before, const struct mst_record *after, bool lost_refs,
                  struct mst_error *err);
/* The whole plan: holds what trips, in the transaction that releases the rest. */
int mstc_judge_plan(struct mstc_run *run, struct mst_error *err);
/* Are objects told apart by it; does it point at somebody? */
bool mstc_is_identity(struct mstc_run_target *target, const char *name);
bool mstc_is_reference(struct mstc_run_target *target, const char *name);
/* bygone.c: '*ret_again': it makes somebody with what somebody else was told apart by lately. */
int mstc_bygone(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *op,
                const struct mst_record *before, const struct mst_record *after, bool *ret_again, struct mst_error *err);
/* effects.c: this op was done; what was counted so far, into the store. */
int mstc_effect_note(struct mstc_run_target *target, const struct mst_op *op, struct mst_error *err);
int mstc_effects_save(struct mstc_run *run, struct mstc_run_target *target, struct mst_error *err);
/* nevertouch.c: ops whose objects are protected are dropped, before the plan is judged. */
int mstc_never_touch(struct mstc_run *run, struct mst_error *err);
/* A group's own guard: the hold's reason when it trips. */
bool mstc_judge_group(struct mstc_run_target *target, uint64_t present, uint64_t leaves);

/* ---- settle.c -------------------------------------------------------------------------- */
/* What the conductor ties to an op in flight. */
struct mstc_errand {
        struct mstc_entry_op row;            /* texts and blobs in the op's arena      */
        struct mstc_run_target *target;
        struct mst_record *after;            /* as sent: references are names          */
        struct mstc_link link;               /* users; id 0: none yet                  */
        int64_t glink;                       /* groups                                 */
        bool left_out;                       /* a reference had no name yet            */
        int64_t came, went;                  /* members, really                        */
        size_t old_names_from, old_names_to; /* these members leave under an old name   */
        const char *source_id;
};
/* Outcome of one op into link, journal, history and counts; in a transaction. */
int mstc_settle(struct mstc_run *run, struct mst_op *op, struct mst_error *err);
/* The op comes back when it is due: each time a little later, or when the sink says. */
int mstc_settle_later(struct mstc_run *run, struct mst_op *op, struct mst_error *err);
/* A group's op: groupsettle.c. */
int mstc_settle_group(struct mstc_run *run, struct mst_op *op, struct mst_error *err);
int mstc_link_ended(struct mstc_run *run, struct mstc_run_target *target, struct mstc_link *link, int state,
                    struct mst_error *err);
/* 'pointed_at' false: nobody can point at it, so nobody is told. */
int mstc_link_begun(struct mstc_run *run, struct mstc_run_target *target, struct mstc_link *link, const char *id,
                    bool pointed_at, struct mst_error *err);
/* Before a run plans: what was refused before, and what was matched too long ago. */
int mstc_reconsider(struct mstc_run *run, struct mst_error *err);
/* Tallies and sets of targets, into the store; with every commit that follows settles. */
int mstc_targets_save(struct mstc_run *run, struct mst_error *err);

/* ---- claim.c ---------------------------------------------------------------------------- */
/* Makes the op to send from a journal row.  '*ret' NULL: nothing is left to be done (it
 * was ended), or it waits for '*ret_waits', an entry that is being created (0: nothing). */
int mstc_claim_user(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *row,
                    const struct mstc_set *creating, struct mst_op **ret, int64_t *ret_waits,
                    struct mst_error *err);
int mstc_claim_group(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *row,
                     struct mst_op **ret, struct mst_error *err);

/* Somebody's name has changed or ended: names are looked up again. */
void mstc_names_forget(struct mstc_run *run);

/* No target before this one has its sink: what is done once a sink is done there. */
bool mstc_first_of_sink(const struct mstc_run *run, size_t target);
struct mstc_run_target *mstc_run_target_of(struct mstc_run *run, int64_t target);

#endif
