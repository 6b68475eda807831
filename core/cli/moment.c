/* moment.c - times and how long something took, as people read them. */
#include "build.h"

#include "cli/moment.h"

#include <time.h>

#include "util/date.h"

static const char *
format(struct mst_arena *arena, int64_t ms, bool exact)
{
        time_t seconds = (time_t)(ms / 1000);
        const char *text = NULL;
        char say[64];
        struct tm tm;

        if (ms == 0)
                return "-";
        if (localtime_r(&seconds, &tm) != NULL
            && (exact ? strftime(say, sizeof say, "%Y-%m-%d %H:%M:%S", &tm)
                      : strftime(say, sizeof say, "%Y-%m-%d %H:%M", &tm)) > 0)
                text = mst_arena_strdup(arena, say);
        return text != NULL ? text : "?";
}

const char *
mstc_moment(struct mst_arena *arena, int64_t ms)
{
        return format(arena, ms, false);
}

const char *
mstc_moment_exact(struct mst_arena *arena, int64_t ms)
{
        return format(arena, ms, true);
}

const char *
mstc_lasting(struct mst_arena *arena, int64_t ms)
{
        char say[64];
        const char *text;

        mstc_duration_say(ms > 0 ? ms : 0, say, sizeof say);
        text = mst_arena_strdup(arena, say);
        return text != NULL ? text : "?";
}
