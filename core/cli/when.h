/* when.h - since when, as an admin says it. */
#ifndef MSTC_WHEN_H
#define MSTC_WHEN_H

#include <muster/error.h>

struct mstc_since {
        int64_t since;                       /* Unix milliseconds; 0: it is a run      */
        int64_t run;                         /* 0: it is a time                        */
};

/* "42" is a run; "2h", "3d" is so long ago; "yesterday", "today" begin at midnight here; a date or
 * a date and time, "2026-11-24" or "2026-11-24 18:00", is of the time zone here unless it ends
 * in Z or an offset.  'now' in Unix milliseconds. */
int mstc_when_read(const char *text, int64_t now, struct mstc_since *ret, struct mst_error *err);

#endif
