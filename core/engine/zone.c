/* zone.c - a time zone: its changes of offset, found by looking at each day and halving those
 * in which something changed. */
#include "build.h"

#include "engine/zone.h"

#include <muster/error.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/alloc.h"

#define DAY INT64_C(86400)
#define CHANGES_MOST 64

struct change {
        int64_t at, offset;                  /* from then on; ms                       */
};

struct mstc_zone {
        struct change changes[CHANGES_MOST];
        size_t count;                        /* the first is from the beginning        */
};

static int64_t
offset_of(int64_t seconds)
{
        time_t at = (time_t)seconds;
        struct tm tm;

        return localtime_r(&at, &tm) != NULL ? (int64_t)tm.tm_gmtoff : 0;
}

static void
read_out(struct mstc_zone *zone, int64_t around)
{
        int64_t from = around / 1000 - 2 * DAY, to = from + (MSTC_ZONE_YEARS * 366 + 2) * DAY;
        int64_t now = offset_of(from);

        zone->changes[zone->count++] = (struct change){ INT64_MIN, now * 1000 };
        for (int64_t day = from; day < to && zone->count < CHANGES_MOST; day += DAY) {
                int64_t low = day, high = day + DAY, then = offset_of(high);

                if (then == now)
                        continue;
                while (high - low > 1) {
                        int64_t middle = low + (high - low) / 2;

                        if (offset_of(middle) == now)
                                low = middle;
                        else
                                high = middle;
                }
                now = then;
                zone->changes[zone->count++] = (struct change){ high * 1000, now * 1000 };
        }
}

/* The C library takes a name that it does not know for UTC, and a path for a file. */
bool
mstc_zone_known(const char *name)
{
        const char *folder = getenv("TZDIR");
        char path[512];
        int length;

        if (strcmp(name, "UTC") == 0)
                return true;
        if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL
            || name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")] != '\0')
                return false;
        length = snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "/usr/share/zoneinfo", name);
        return length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0;
}

static bool
set_zone(const char *name)
{
        bool ok = name != NULL ? setenv("TZ", name, 1) == 0 : unsetenv("TZ") == 0;

        tzset();
        return ok;
}

struct mstc_zone *
mstc_zone_load(const char *name, int64_t around, struct mst_error *err)
{
        struct mstc_zone *zone;
        const char *was = getenv("TZ");
        char *kept = was != NULL ? strdup(was) : NULL;
        bool ok = was == NULL || kept != NULL;

        if (name != NULL && !mstc_zone_known(name)) {
                free(kept);
                mst_fail(err, MST_ECONFIG, "there is no time zone '%s' on this machine", name);
                return NULL;
        }
        zone = mstc_alloc(sizeof *zone);
        if (zone != NULL && ok) {
                ok = name == NULL || set_zone(name);
                tzset();
                if (ok)
                        read_out(zone, around);
                if (name != NULL)
                        ok = set_zone(kept) && ok;
        }
        free(kept);
        if (zone != NULL && ok)
                return zone;
        mstc_free(zone);
        mst_fail_memory(err, "reading a time zone");
        return NULL;
}

void
mstc_zone_free(struct mstc_zone *zone)
{
        mstc_free(zone);
}

static size_t
change_at(const struct mstc_zone *zone, int64_t at)
{
        size_t i = zone->count - 1;

        while (i > 0 && zone->changes[i].at > at)
                i--;
        return i;
}

int64_t
mstc_zone_offset(const struct mstc_zone *zone, int64_t at)
{
        return zone->changes[change_at(zone, at)].offset;
}

int64_t
mstc_zone_moment(const struct mstc_zone *zone, int64_t local)
{
        for (size_t i = 0; i < zone->count; i++) {
                int64_t at = local - zone->changes[i].offset;

                if (i + 1 < zone->count && at >= zone->changes[i + 1].at)
                        continue;
                return at < zone->changes[i].at ? zone->changes[i].at : at;
        }
        return local;
}
