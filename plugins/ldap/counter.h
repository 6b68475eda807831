/* counter.h - where numbers come from: an entry that counts, or those that are in use. */
#ifndef LDP_COUNTER_H
#define LDP_COUNTER_H

#include <muster/error.h>

struct ldp_number;
struct ldp_sink;

/* Adds up to LDP_NUMBERS numbers that nobody has to 'number's spares; perhaps none this
 * time.  MST_EREFUSED: the range is at its end.  Blocks, on a connection of its own. */
int ldp_counter_reserve(struct ldp_sink *sink, struct ldp_number *number, struct mst_error *err);

#endif
