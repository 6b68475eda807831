/* serving.h - what the files of the service share: its state, its log, its turns. */
#ifndef MSTC_SERVING_H
#define MSTC_SERVING_H

#include <muster/json.h>

#include "cli/control.h"
#include "cli/logline.h"
#include "cli/workplace.h"
#include "engine/schedule.h"

/* One sync and its schedule. */
struct mstc_turn {
        struct mstc_sync *sync;
        struct mstc_zone *zone;
        struct mstc_turns turns;
        int64_t not_before;                  /* the store was locked                   */
        int64_t due;                         /* as it was last worked out; MSTC_NEVER: not */
};

/* What somebody has asked for and has not been answered yet. */
struct mstc_request;

struct mstc_service {
        struct mstc_logger *logger;
        struct mstc_outlook *outlook;        /* what others see; NULL: no memory         */
        struct mstc_cli cli;                 /* the command's, with an arena for this configuration */
        struct mstc_workplace place;
        struct mstc_turn *list; size_t count;
        int64_t since, zones_at;
        int reload, lock;
        struct mstc_control *control;        /* NULL: nobody can ask                   */
        struct mstc_request *requests;       /* in the order they came                 */
        struct mstc_request *at_work;        /* whose run this is; NULL: the schedule's */
        struct mstc_engine *engine;          /* of the run under way, or NULL          */
        const char *running;                 /* the sync whose turn it is, or NULL     */
        struct mstc_progress progress;       /* of that                                */
        int64_t running_since;
};

/* A line of the service's log. */
void mstc_service_tell(struct mstc_service *service, enum mstc_event event, const char *format, ...) MST_PRINTF(3, 4);

/* One run, as `muster sync` does it.  MST_END: another command works with the store ('err' says which).
 * The summary is to be done with whatever comes back. */
int mstc_service_turn(struct mstc_service *service, struct mstc_sync *sync, const struct mstc_sync_options *options,
                      struct mstc_summary *summary, struct mst_error *err);

/* ---- requests.c: what is asked of the service ------------------------------------------------- */

/* Hears who asks and answers what can be answered at once; 'engine' NULL: no moment to write. */
void mstc_requests_hear(struct mstc_service *service, struct mstc_engine *engine);
/* Between runs: does the first of what waits.  False: nothing does.  '*ret_wait': it waits for the
 * store, look again in so many ms. */
bool mstc_requests_work(struct mstc_service *service, int *ret_wait);
/* What the one hears whose run this is. */
void mstc_requests_progress(struct mstc_service *service);
void mstc_requests_line(struct mstc_service *service, const struct mstc_line *line);
/* That the store is his now; and whether he has gone. */
void mstc_requests_yours(struct mstc_service *service);
bool mstc_requests_asker_left(const struct mstc_service *service);
/* The service ends: who waits is told by the socket. */
void mstc_requests_drop(struct mstc_service *service);

/* ---- verbs.c: what can be asked ---------------------------------------------------------------- */

enum mstc_verb_when {
        MSTC_VERB_AT_ONCE,                   /* reads what the service knows           */
        MSTC_VERB_BETWEEN,                   /* writes, also during a run between two transactions */
        MSTC_VERB_TURN                       /* waits for the end of the run under way */
};

struct mstc_asked {
        const struct mst_value *request;
        struct mst_arena *arena;
        const char *who;
        struct mstc_engine *engine;          /* of the two that write; without, the verb makes its own */
        struct mst_json_out *out;            /* within the object "ok"                 */
};

struct mstc_verb {
        const char *name;
        enum mstc_verb_when when;
        bool own_engine;                     /* it makes engines itself: it runs syncs */
        /* MST_END: not now, another command works with the store. */
        int (*answer)(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err);
};

/* NULL: there is no such verb. */
const struct mstc_verb *mstc_verb_find(const char *name);

#endif
