/* schedule.h - when a sync is due by its <schedule>.  Pure: the clock is the caller's. */
#ifndef MSTC_ENGINE_SCHEDULE_H
#define MSTC_ENGINE_SCHEDULE_H

#include "config/config.h"
#include "engine/zone.h"

#define MSTC_NEVER INT64_MAX

/* What is known of a sync that stands in a service; Unix ms. */
struct mstc_turns {
        int64_t last;                        /* when its last run began; 0: it never ran */
        int64_t since;                       /* when the service came up               */
        bool ran;                            /* since then                             */
        unsigned failures;                   /* runs in a row that could not be done   */
};

/* When it is due: in the past or now, it is due at once.  MSTC_NEVER: without a schedule, or a
 * one-time sync that ran.
 *
 *   every    so long after the last run began; at once when there was none
 *   at       the first such moment after the last run began (there was none: after the service came
 *            up).  One that was missed (the machine was off, or slept) is made up for, unless the
 *            schedule says no, and only once however many
 *   jitter   is added, as much for the same moment each time
 *   failed   a run that could not be done is tried again after 1 minute, 2, 4 ... up to an hour,
 *            where that comes before its time */
int64_t mstc_schedule_due(const struct mstc_config_schedule *schedule, const struct mstc_zone *zone, const char *sync,
                          const struct mstc_turns *turns, int64_t now);

#endif
