/* schedule.c - when a sync is due. */
#include "build.h"

#include "engine/schedule.h"

#include <string.h>

#include <xxhash.h>

#define MINUTE INT64_C(60000)
#define DAY INT64_C(86400000)
#define GRACE (5 * MINUTE)               /* late is not missed                      */
#define AGAIN_FIRST MINUTE
#define AGAIN_CAP (60 * MINUTE)

/* Days since 1970, for times before it, too. */
static int64_t
day_of(int64_t local)
{
        return local >= 0 ? local / DAY : -((DAY - 1 - local) / DAY);
}

/* 0: Monday.  1970 began on a Thursday. */
static unsigned
weekday_of(int64_t day)
{
        return (unsigned)(((day + 3) % 7 + 7) % 7);
}

static int64_t
jitter_of(const struct mstc_config_schedule *schedule, const char *sync, int64_t at)
{
        if (schedule->jitter_ms <= 0)
                return 0;
        return (int64_t)(XXH3_64bits_withSeed(sync, strlen(sync), (XXH64_hash_t)at) % (uint64_t)(schedule->jitter_ms + 1));
}

/* The first time of day of the schedule after 'after'. */
static int64_t
slot_after(const struct mstc_config_schedule *schedule, const struct mstc_zone *zone, int64_t after)
{
        int64_t day = day_of(after + mstc_zone_offset(zone, after)) - 1;

        for (int tries = 0; tries < 10; tries++, day++) {
                int64_t at;

                if ((schedule->days & 1U << weekday_of(day)) == 0)
                        continue;
                at = mstc_zone_moment(zone, day * DAY + schedule->minute * MINUTE);
                if (at > after)
                        return at;
        }
        return MSTC_NEVER;                   /* no weekday is named                    */
}

static int64_t
daily(const struct mstc_config_schedule *schedule, const struct mstc_zone *zone, const char *sync, int64_t last,
      int64_t since, int64_t now)
{
        int64_t from = last > 0 && (schedule->catch_up || last > since) ? last : since, at, due;

        /* A week has each of its slots: what was missed longer ago is the same. */
        if (from < now - 8 * DAY)
                from = now - 8 * DAY;
        do {
                at = slot_after(schedule, zone, from);
                due = at == MSTC_NEVER ? at : at + jitter_of(schedule, sync, at);
                from = at;
        } while (!schedule->catch_up && due < now - GRACE);
        return due;
}

static int64_t
again(const struct mstc_turns *turns, int64_t last)
{
        int64_t wait = AGAIN_FIRST;

        for (unsigned i = 1; i < turns->failures && wait < AGAIN_CAP; i++)
                wait *= 2;
        return last + (wait < AGAIN_CAP ? wait : AGAIN_CAP);
}

int64_t
mstc_schedule_due(const struct mstc_config_schedule *schedule, const struct mstc_zone *zone, const char *sync,
                  const struct mstc_turns *turns, int64_t now)
{
        /* A clock that was put back must not make it wait for the time that it showed before. */
        int64_t last = turns->last > now ? now : turns->last, due = MSTC_NEVER, retry;

        if (schedule->once)
                due = turns->ran ? MSTC_NEVER : now;
        else if (schedule->every_ms > 0)
                due = last == 0 ? now : last + schedule->every_ms + jitter_of(schedule, sync, last);
        else if (schedule->minute >= 0)
                due = daily(schedule, zone, sync, last, turns->since, now);
        else
                return MSTC_NEVER;
        retry = turns->failures > 0 ? again(turns, last) : MSTC_NEVER;
        return retry < due ? retry : due;
}
