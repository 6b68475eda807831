/* duration.c - "15m", "30d", "16k": numbers with a unit, as an admin writes them. */
#include "build.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/date.h"

struct unit {
        const char *name;
        int64_t worth;
};

/* Largest first, as mstc_duration_format() needs them. */
static const struct unit durations[] = {
        { "w", 604800000 }, { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 },
        { "ms", 1 }, { NULL, 0 }
};

static const struct unit sizes[] = {
        { "k", INT64_C(1) << 10 }, { "K", INT64_C(1) << 10 }, { "M", INT64_C(1) << 20 },
        { "G", INT64_C(1) << 30 }, { "T", INT64_C(1) << 40 }, { NULL, 0 }
};

static int
parse(const char *text, const struct unit *units, int64_t bare, const char *what, const char *accepted,
      int64_t *ret, struct mst_error *err)
{
        const char *at = text;
        int64_t number = 0, worth = 0;

        if (*text == '\0')
                return mst_fail(err, MST_ECONFIG, "empty where %s is expected: write %s", what, accepted);
        for (; *at >= '0' && *at <= '9'; at++)
                if (__builtin_mul_overflow(number, 10, &number) ||
                    __builtin_add_overflow(number, *at - '0', &number))
                        return mst_fail(err, MST_ECONFIG, "'%s' is too large for %s", text, what);
        if (at == text)
                return mst_fail(err, MST_ECONFIG, "'%s' is not %s: write %s", text, what, accepted);
        if (*at == '\0')
                worth = bare;
        for (const struct unit *u = units; u->name != NULL && worth == 0; u++)
                if (strcmp(at, u->name) == 0)
                        worth = u->worth;
        if (worth == 0)
                return mst_fail(err, MST_ECONFIG, "'%s' is not %s, its unit '%s' is unknown: write %s",
                                text, what, at, accepted);
        if (__builtin_mul_overflow(number, worth, &number))
                return mst_fail(err, MST_ECONFIG, "'%s' is too large for %s", text, what);
        *ret = number;
        return MST_OK;
}

int
mstc_duration_parse(const char *text, int64_t *ret_ms, struct mst_error *err)
{
        return parse(text, durations, 1000, "a duration",
                     "a whole number with ms, s, m, h, d or w, such as 15m", ret_ms, err);
}

int
mstc_size_parse(const char *text, int64_t *ret, struct mst_error *err)
{
        return parse(text, sizes, 1, "a size", "a whole number of bytes, or with k, M, G or T, such as 16k",
                     ret, err);
}

void
mstc_duration_format(int64_t ms, char *into, size_t room)
{
        const struct unit *u = durations;

        if (ms == 0) {
                snprintf(into, room, "0s");
                return;
        }
        while (ms % u->worth != 0)
                u++;
        snprintf(into, room, "%" PRId64 "%s", ms / u->worth, u->name);
}

void
mstc_duration_say(int64_t ms, char *into, size_t room)
{
        static const struct { int64_t from, large, small; const char *name, *rest; } steps[] = {
                { 86400000, 86400000, 3600000, "d", "h" },
                { 3600000, 3600000, 60000, "h", "min" },
                { 60000, 60000, 1000, "min", "s" },
        };
        const char *sign = ms < 0 ? "-" : "";

        if (ms < 0)
                ms = ms == INT64_MIN ? INT64_MAX : -ms;
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
                int64_t rest = ms % steps[i].large / steps[i].small;

                if (ms < steps[i].from)
                        continue;
                if (rest > 0)
                        snprintf(into, room, "%s%" PRId64 " %s %" PRId64 " %s", sign,
                                 ms / steps[i].large, steps[i].name, rest, steps[i].rest);
                else
                        snprintf(into, room, "%s%" PRId64 " %s", sign, ms / steps[i].large, steps[i].name);
                return;
        }
        if (ms >= 1000 && ms % 1000 / 100 > 0)
                snprintf(into, room, "%s%" PRId64 ".%" PRId64 " s", sign, ms / 1000, ms % 1000 / 100);
        else if (ms >= 1000)
                snprintf(into, room, "%s%" PRId64 " s", sign, ms / 1000);
        else
                snprintf(into, room, "%s%" PRId64 " ms", sign, ms);
}
