/* runs.h - syncs, their targets, their runs, and what is remembered of instances. */
#ifndef MSTC_RUNS_H
#define MSTC_RUNS_H

#include <muster/arena.h>

#include "sdk/facts.h"
#include "store/store.h"

/* The row of a source or sink, made when it is new. */
int mstc_instance_id(struct mstc_store *store, enum mstc_role role, const char *name, const char *plugin,
                     int64_t *ret, struct mst_error *err);
/* Facts as last probed ('*ret' NULL: never), and when. */
int mstc_instance_facts(struct mstc_store *store, int64_t instance, struct mst_facts **ret, int64_t *ret_at,
                        struct mst_error *err);
int mstc_instance_set_facts(struct mstc_store *store, int64_t instance, const struct mst_facts *facts,
                            struct mst_error *err);
/* It failed as a whole in the last run, and why; NULL: it is well. */
int mstc_instance_aside(struct mstc_store *store, int64_t instance, const char *reason, struct mst_error *err);

/* How a sink has been doing: engine/quarantine.c. */
struct mstc_health {
        int64_t row;                         /* failures in a row                      */
        int64_t tried; uint32_t recent;      /* of the last at most 20, failures as bits */
        bool quarantined;
        int64_t trial, trials;               /* the next, ms; and how many there were  */
        char reason[640];
        /* of this run */
        bool on_trial, changed;
        uint64_t lost_in;
};
int mstc_instance_health(struct mstc_store *store, int64_t instance, struct mstc_health *ret, struct mst_error *err);
int mstc_instance_set_health(struct mstc_store *store, int64_t instance, const struct mstc_health *health,
                             struct mst_error *err);

int mstc_kept_put(struct mstc_store *store, int64_t instance, const char *name, const void *bytes, size_t size,
                  struct mst_error *err);
const void *mstc_kept_get(struct mstc_store *store, int64_t instance, const char *name, struct mst_arena *arena,
                          size_t *size);

struct mstc_sync_row {
        int64_t id, generation, live, cursor_at, completed_at, reset;
        int64_t full_at;                     /* when everybody was last read; 0: not known */
        const char *fingerprint, *groups_fingerprint, *reads, *cursor;       /* in the arena, or NULL */
};
int mstc_sync_row(struct mstc_store *store, const char *name, int64_t source, struct mst_arena *arena,
                  struct mstc_sync_row *ret, struct mst_error *err);
int mstc_sync_set_fingerprints(struct mstc_store *store, int64_t sync, const char *fingerprint,
                               const char *groups_fingerprint, struct mst_error *err);
/* The end of a round: the cursor that was complete, and for a full one its generation. */
int mstc_sync_complete(struct mstc_store *store, int64_t sync, const char *cursor, const char *reads,
                       int64_t generation, struct mst_error *err);
/* And everybody was read in it. */
int mstc_sync_read_all(struct mstc_store *store, int64_t sync, struct mst_error *err);
int mstc_sync_reset(struct mstc_store *store, int64_t sync, struct mst_error *err);
int mstc_sync_count_live(struct mstc_store *store, int64_t sync, struct mst_error *err);

struct mstc_target_row {
        int64_t id, sink, live;
        int64_t first;                       /* the run of its first plan; 0: not known */
        bool planned;                        /* it has had a plan before               */
        const char *identity;                /* of the endpoint its links were made with */
};
int mstc_target_row(struct mstc_store *store, int64_t sync, const char *name, int64_t sink, uint32_t bit,
                    struct mst_arena *arena, struct mstc_target_row *ret, struct mst_error *err);
int mstc_target_set_identity(struct mstc_store *store, int64_t target, const char *identity, struct mst_error *err);
int mstc_target_planned(struct mstc_store *store, int64_t target, int64_t run, struct mst_error *err);
/* Live links: more or fewer, and removals of this hour, for the guards. */
int mstc_target_tally(struct mstc_store *store, int64_t target, int64_t live, int64_t removals,
                      struct mst_error *err);
/* The larger of the live links now and a week ago; removals of the last 24 h and 7 d. */
int mstc_target_look_back(struct mstc_store *store, int64_t target, int64_t *ret_base, int64_t *ret_day,
                          int64_t *ret_week, struct mst_error *err);

struct mstc_run_row {
        int64_t id;
        int mode, state;
        int64_t generation, pages, bad, started;
        const char *next, *fingerprint;
};
int mstc_run_new(struct mstc_store *store, int64_t sync, int mode, int64_t generation, const char *fingerprint,
                 int64_t *ret, struct mst_error *err);
/* The run of this sync that was cut off while it read or folded; MST_END: none. */
int mstc_run_cut_off(struct mstc_store *store, int64_t sync, struct mst_arena *arena, struct mstc_run_row *ret,
                     struct mst_error *err);
/* It starts again, in another way. */
int mstc_run_mode(struct mstc_store *store, int64_t run, int mode, int64_t generation, struct mst_error *err);
int mstc_run_state(struct mstc_store *store, int64_t run, int state, struct mst_error *err);
int mstc_run_next(struct mstc_store *store, int64_t run, const char *next, int64_t pages, int64_t bad,
                  struct mst_error *err);
int mstc_run_end(struct mstc_store *store, int64_t run, int outcome, const char *text,
                 const uint64_t counts[MSTC_N_COUNTS], struct mst_error *err);
/* At start: runs that an earlier life left open are closed as stopped, but for those that
 * can go on reading. */
int mstc_runs_recover(struct mstc_store *store, struct mst_error *err);
/* The number of its last line; 0: none yet. */
int mstc_run_last_line(struct mstc_store *store, int64_t run, int64_t *ret, struct mst_error *err);
int mstc_run_log(struct mstc_store *store, int64_t run, int64_t line, int event, enum mst_level level, const char *text,
                 struct mst_error *err);

#endif
