/* view_meter.h - what metrics and freshness are made of.
 *
 * Costs no look at all people or all history: numbers that are kept, indexes of what is open, and
 * the counters of meters.h.  All text is as it was stored: hostile. */
#ifndef MSTC_VIEW_METER_H
#define MSTC_VIEW_METER_H

#include <muster/arena.h>

#include "store/meters.h"

struct mstc_meter_sync {
        int64_t id, people, pending;         /* pending: not planned yet               */
        const char *name;
        int64_t succeeded, first;            /* ms; when its first run began; 0: never */
        int64_t last, last_ended;            /* the newest run that has ended; 0: none */
        int outcome;                         /* its                                    */
        const char *text;                    /* why it ended so, or NULL               */
        int64_t holds;                       /* open ones                              */
};

struct mstc_meter_target {
        int64_t id, linked, succeeded;
        const char *sync, *name, *sink;
};

struct mstc_meter_instance {
        int64_t id;
        int role;                            /* enum mstc_role                         */
        const char *name, *reason;
        bool aside, quarantined;
        int64_t since;
        int64_t open, parked, retry, unknown, held, duplicates;      /* of a sink      */
};

struct mstc_meter_value { const char *name; int64_t owner, part, value; };

struct mstc_view_meters {
        struct mstc_meter_sync *syncs; size_t sync_count;
        struct mstc_meter_target *targets; size_t target_count;
        struct mstc_meter_instance *instances; size_t instance_count;
        struct mstc_meter_value *values; size_t value_count;         /* by name, owner, part */
        int64_t store_bytes, log_bytes;      /* of the files                           */
};

int mstc_view_meters(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_meters *ret, struct mst_error *err);

#endif
