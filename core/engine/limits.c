/* limits.c - what a guard lets pass.
 *
 * A limit is a number and a share, of which both must be passed, and a number that must never be.
 * Windows of a day and of a week keep many small runs from what one large run may not do. */
#include "build.h"

#include "engine/limits.h"

#include <stdio.h>
#include <string.h>

static const struct mstc_limit defaults[] = {
        { "removals", 5, 2.0, 100 },
        { "creates", 500, 25.0, -1 },
        { "gone", 3, 0.5, -1 },
        { "changes", 19, 10.0, -1 },
        { "clears", 4, 2.0, -1 },
        { "identity", 2, 1.0, -1 },
        { "group-members", 10, 50.0, -1 },
        { "group-deletes", 3, 10.0, -1 },
        { "reuse", 0, 0.0, -1 },
};

struct mstc_limit
mstc_limit_of(const struct mstc_run_target *target, const char *of)
{
        const struct mstc_config_target *config = target->setup->config;
        struct mstc_limit limit = { .of = of };

        for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
                if (strcmp(defaults[i].of, of) == 0)
                        limit = defaults[i];
        for (size_t i = 0; i < config->limit_count; i++) {
                const struct mstc_config_limit *l = &config->limits[i];

                if (strcmp(l->of, of) != 0 || (l->until_ms != 0 && l->until_ms <= mstc_now_ms()))
                        continue;
                if (l->above >= 0)
                        limit.above = l->above;
                if (l->percent >= 0)
                        limit.percent = l->percent;
                if (l->never_above >= 0)
                        limit.never_above = l->never_above;
        }
        return limit;
}

bool
mstc_trips(const struct mstc_limit *limit, int64_t number, int64_t base, double scale)
{
        double share = limit->percent * scale / 100.0 * (double)base;

        if ((double)number > (double)limit->above * scale && (double)number > share)
                return true;
        return limit->never_above >= 0
            && (double)number > (double)limit->never_above * scale + 0.001 * scale * (double)base;
}

bool
mstc_trips_lately(const struct mstc_limit *limit, int64_t number, const struct mstc_window *w, int64_t base,
                  double wider)
{
        return mstc_trips(limit, number, base, 1.0) || (w->day != 0 && mstc_trips(limit, number + w->day, base, wider))
            || (w->week != 0 && mstc_trips(limit, number + w->week, base, 2.5 * wider));
}

const char *
mstc_lately(const struct mstc_window *w, char text[100])
{
        text[0] = '\0';
        if (w->week != 0)
                (void)snprintf(text, 100, ", and %lld in the last 24 hours, %lld in 7 days", (long long)w->day,
                               (long long)w->week);
        return text;
}
