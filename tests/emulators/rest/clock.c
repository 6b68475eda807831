/* clock.c - the emulator's own time; see clock.h. */
#include "clock.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t
clock_now(const struct clock *c)
{
        return (int64_t)time(NULL) + c->moved;
}

void
clock_set(struct clock *c, int64_t now)
{
        c->moved = now - (int64_t)time(NULL);
}

int64_t
clock_monotonic_us(void)
{
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_monotonic_ms(void)
{
        return clock_monotonic_us() / 1000;
}

bool
clock_span(const char *text, int64_t *ret)
{
        static const struct { const char *unit; int64_t seconds; } units[] = {
                { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { "w", 604800 },
        };
        char *end;
        long long n;

        errno = 0;
        n = strtoll(text, &end, 10);
        if (end == text || errno != 0 || n < 0 || n > INT64_C(1000000000))
                return false;
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
                if (strcmp(end, units[i].unit) == 0) {
                        *ret = n * units[i].seconds;
                        return true;
                }
        return false;
}

bool
clock_moment(const char *text, int64_t *ret)
{
        struct tm tm = { 0 };
        const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

        if (end == NULL)
                return clock_span(text, ret);
        if (strcmp(end, "Z") != 0)
                return false;
        *ret = (int64_t)timegm(&tm);
        return true;
}

void
clock_http(int64_t seconds, char to[32])
{
        static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
        static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
        time_t at = (time_t)seconds;
        struct tm tm;
        char rest[32];

        gmtime_r(&at, &tm);
        strftime(rest, sizeof rest, "%H:%M:%S GMT", &tm);
        strcpy(to, days[tm.tm_wday]);
        strftime(to + 3, 29, ", %d ", &tm);
        strcat(to, months[tm.tm_mon]);
        strftime(to + strlen(to), 32 - strlen(to), " %Y ", &tm);
        strcat(to, rest);
}
