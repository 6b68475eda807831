/* limits.h - what a guard lets pass: of a run, and of what was done in the last 24 hours and 7 days. */
#ifndef MSTC_LIMITS_H
#define MSTC_LIMITS_H

#include "engine/run.h"

struct mstc_limit {
        const char *of;
        int64_t above;
        double percent;
        int64_t never_above;                 /* -1: none; else plus 0.1 % of the links */
};

struct mstc_window {
        int64_t day, week;                   /* what was done and not approved         */
};

/* Of values the windows are wider: who is married or moved is no damage. */
#define MSTC_OF_VALUES 2.5

/* The target's, else what is usual. */
struct mstc_limit mstc_limit_of(const struct mstc_run_target *target, const char *of);
/* More than so many and more than that share of 'base', or more than ever may be; 'scale' widens
 * all that. */
bool mstc_trips(const struct mstc_limit *limit, int64_t number, int64_t base, double scale);
/* The same with what the windows hold. */
bool mstc_trips_lately(const struct mstc_limit *limit, int64_t number, const struct mstc_window *w, int64_t base,
                       double wider);
/* "", or what was done lately, for the end of a reason. */
const char *mstc_lately(const struct mstc_window *w, char text[100]);

#endif
