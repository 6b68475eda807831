/* throttle.h - resource units in a bucket, as the identity service counts them
 * (sheet, section 7). Off unless asked for. Time is real, in milliseconds, so
 * that a client that waits is served again. */
#ifndef GRAPH_THROTTLE_H
#define GRAPH_THROTTLE_H
#include "trouble.h"
#include "settings.h"

#include <stdint.h>

struct throttle {
        double level;                   /* units in use */
        int64_t at_ms;
        int64_t until_ms;               /* the Retry-After that was given ends here */
};

/* What the request costs: the kind's base, then $select, $expand and $top. */
unsigned throttle_cost(const struct exchange *x, unsigned base);
/* False after a 429. Adds the headers in either case. */
bool throttle_pass(struct throttle *t, const struct settings *set, uint32_t people, const char *tenant,
                   struct exchange *x, unsigned units);
#endif
