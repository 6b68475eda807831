/* moment.h - times and how long something took, as people read them. */
#ifndef MSTC_MOMENT_H
#define MSTC_MOMENT_H

#include <muster/arena.h>

/* Unix milliseconds in the local time zone, to the minute, or to the second; "-" for 0. */
const char *mstc_moment(struct mst_arena *arena, int64_t ms);
const char *mstc_moment_exact(struct mst_arena *arena, int64_t ms);
/* "3.2 s", "2 h 5 min". */
const char *mstc_lasting(struct mst_arena *arena, int64_t ms);

#endif
