/* fresh.h - is what <freshness> asks for the case? */
#ifndef MSTC_FRESH_H
#define MSTC_FRESH_H

#include "config/config.h"
#include "store/view_meter.h"

struct mstc_fresh {
        const char *sync, *target;           /* target NULL: of the whole sync         */
        int64_t within_ms;
        int64_t succeeded;                   /* the last success, ms; 0: never         */
        int64_t since;                       /* it counts from here: the success, or the first run; 0: none yet */
        bool missed;
};

/* All that is asked for, in the order of the configuration; NULL without memory.  What has not run
 * yet is not late. */
struct mstc_fresh *mstc_fresh_list(const struct mstc_config *config, const struct mstc_view_meters *meters, int64_t now,
                                   struct mst_arena *arena, size_t *count);

#endif
