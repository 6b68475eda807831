/* schedule.c - when a sync is due: times of day in a zone, days on which clocks are put
 * forward or back, what was missed, what failed. */
#include "engine/schedule.h"

#include <muster/error.h>

#include <string.h>

#include "unit.h"
#include "util/date.h"

#define UNIX INT64_C(62135596800000)         /* ms from year 1 to 1970                 */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)

/* "2026-07-14T08:00Z" to Unix ms. */
static int64_t
at(const char *text)
{
        int64_t date;

        ck_assert_msg(mstc_date_parse_iso(text, strlen(text), &date), "%s", text);
        return date / (MST_DATE_SECOND / 1000) - UNIX;
}

static const char *
shown(int64_t ms, char into[40])
{
        if (ms == MSTC_NEVER)
                return strcpy(into, "never");
        mstc_date_format_iso((ms + UNIX) * (MST_DATE_SECOND / 1000), into, 40);
        return into;
}

#define DAILY(m) { .minute = (m), .days = 0x7f, .catch_up = true }
#define PASSES(m) { .minute = (m), .days = 0x7f }

static const struct {
        struct mstc_config_schedule schedule;
        const char *zone, *last, *since, *now, *due;
        unsigned failures;
        bool ran;
} cases[] = {
        /* none; once */
        { { .minute = -1 }, "UTC", "", "2026-03-01T00:00Z", "2026-03-01T00:00Z", "never", 0, false },
        { { .minute = -1, .once = true }, "UTC", "2026-02-01T00:00Z", "2026-03-01T00:00Z", "2026-03-01T00:00:07Z", "2026-03-01T00:00:07Z", 0, false },
        { { .minute = -1, .once = true }, "UTC", "2026-03-01T00:00Z", "2026-03-01T00:00Z", "2026-03-01T00:00:07Z", "never", 0, true },
        { { .minute = -1, .once = true }, "UTC", "2026-03-01T00:00Z", "2026-03-01T00:00Z", "2026-03-01T00:00:07Z", "2026-03-01T00:01:00Z", 1, true },
        /* every so often */
        { { .minute = -1, .every_ms = 15 * MINUTE }, "UTC", "", "2026-03-01T00:00Z", "2026-03-01T00:00:01Z", "2026-03-01T00:00:01Z", 0, false },
        { { .minute = -1, .every_ms = 15 * MINUTE }, "UTC", "2026-03-01T00:00Z", "2026-02-01T00:00Z", "2026-03-01T00:01Z", "2026-03-01T00:15:00Z", 0, true },
        { { .minute = -1, .every_ms = 15 * MINUTE }, "UTC", "2026-02-01T00:00Z", "2026-03-01T00:00Z", "2026-03-01T00:01Z", "2026-02-01T00:15:00Z", 0, false },
        /* the clock was put back ten years: not in ten years */
        { { .minute = -1, .every_ms = 15 * MINUTE }, "UTC", "2036-03-01T00:00Z", "2026-03-01T00:00Z", "2026-03-01T00:01Z", "2026-03-01T00:16:00Z", 0, true },
        { DAILY(120), "UTC", "2036-03-01T02:00Z", "2026-03-01T00:00Z", "2026-03-01T00:01Z", "2026-03-01T02:00:00Z", 0, true },
        /* a time of day: never before, just before, just after, missed */
        { DAILY(120), "UTC", "", "2026-03-01T01:00Z", "2026-03-01T01:00Z", "2026-03-01T02:00:00Z", 0, false },
        { DAILY(120), "UTC", "", "2026-03-01T03:00Z", "2026-03-01T03:00Z", "2026-03-02T02:00:00Z", 0, false },
        { DAILY(120), "UTC", "2026-03-01T01:59:59Z", "2026-02-01T00:00Z", "2026-03-01T01:59:59Z", "2026-03-01T02:00:00Z", 0, true },
        { DAILY(120), "UTC", "2026-03-01T02:00Z", "2026-02-01T00:00Z", "2026-03-01T02:00:01Z", "2026-03-02T02:00:00Z", 0, true },
        { DAILY(120), "UTC", "2026-03-01T02:00Z", "2026-03-04T08:00Z", "2026-03-04T08:00Z", "2026-03-02T02:00:00Z", 0, false },
        { DAILY(120), "UTC", "2020-03-01T02:00Z", "2026-03-04T08:00Z", "2026-03-04T08:00Z", "2026-02-25T02:00:00Z", 0, false },
        { PASSES(120), "UTC", "2026-03-01T02:00Z", "2026-03-04T08:00Z", "2026-03-04T08:00Z", "2026-03-05T02:00:00Z", 0, false },
        { PASSES(120), "UTC", "2026-03-01T02:00Z", "2026-03-01T01:00Z", "2026-03-04T08:00Z", "2026-03-05T02:00:00Z", 0, true },
        { PASSES(120), "UTC", "2026-03-01T02:00Z", "2026-03-01T01:00Z", "2026-03-02T02:04Z", "2026-03-02T02:00:00Z", 0, true },
        /* days: 2026-03-06 is a Friday */
        { { .minute = 120, .days = 0x1f, .catch_up = true }, "UTC", "2026-03-06T02:00Z", "2026-03-01T00:00Z", "2026-03-06T02:01Z", "2026-03-09T02:00:00Z", 0, true },
        { { .minute = 120, .days = 0x40, .catch_up = true }, "UTC", "", "2026-03-06T02:01Z", "2026-03-06T02:01Z", "2026-03-08T02:00:00Z", 0, false },
        /* a zone: 02:00 in Berlin, in winter and in summer; the day there counts */
        { DAILY(120), "Europe/Berlin", "", "2026-03-01T00:30Z", "2026-03-01T00:30Z", "2026-03-01T01:00:00Z", 0, false },
        { DAILY(120), "Europe/Berlin", "", "2026-07-01T00:30Z", "2026-07-01T00:30Z", "2026-07-02T00:00:00Z", 0, false },
        { { .minute = 30, .days = 0x01, .catch_up = true }, "Asia/Tokyo", "", "2026-03-07T00:00Z", "2026-03-07T00:00Z", "2026-03-08T15:30:00Z", 0, false },
        /* clocks leap over 02:30 on 2026-03-29 and show it twice on 2026-10-25 */
        { DAILY(150), "Europe/Berlin", "2026-03-28T01:30Z", "2026-03-01T00:00Z", "2026-03-28T12:00Z", "2026-03-29T01:00:00Z", 0, true },
        { DAILY(150), "Europe/Berlin", "2026-03-29T01:00Z", "2026-03-01T00:00Z", "2026-03-29T01:00:01Z", "2026-03-30T00:30:00Z", 0, true },
        { DAILY(150), "Europe/Berlin", "2026-10-24T00:30Z", "2026-03-01T00:00Z", "2026-10-24T12:00Z", "2026-10-25T00:30:00Z", 0, true },
        { DAILY(150), "Europe/Berlin", "2026-10-25T00:30Z", "2026-03-01T00:00Z", "2026-10-25T00:31Z", "2026-10-26T01:30:00Z", 0, true },
        /* a day that was none: Samoa had no 2011-12-30 */
        { DAILY(720), "Pacific/Apia", "2011-12-29T22:00Z", "2011-12-01T00:00Z", "2011-12-29T22:01Z", "2011-12-30T10:00:00Z", 0, true },
        /* what could not be done is tried again, but not later than its time */
        { DAILY(120), "UTC", "2026-03-01T02:00Z", "2026-02-01T00:00Z", "2026-03-01T02:00:01Z", "2026-03-01T02:01:00Z", 1, true },
        { DAILY(120), "UTC", "2026-03-01T02:00Z", "2026-02-01T00:00Z", "2026-03-01T02:00:01Z", "2026-03-01T02:08:00Z", 4, true },
        { DAILY(120), "UTC", "2026-03-01T02:00Z", "2026-02-01T00:00Z", "2026-03-01T02:00:01Z", "2026-03-01T03:00:00Z", 4000000000U, true },
        { { .minute = -1, .every_ms = MINUTE / 2 }, "UTC", "2026-03-01T02:00Z", "2026-02-01T00:00Z", "2026-03-01T02:00:01Z", "2026-03-01T02:00:30Z", 4, true },
};

START_TEST(due)
{
        struct mst_error err = { 0 };
        struct mstc_turns turns = { .last = cases[_i].last[0] != '\0' ? at(cases[_i].last) : 0, .since = at(cases[_i].since),
                                    .ran = cases[_i].ran, .failures = cases[_i].failures };
        struct mstc_zone *zone = mstc_zone_load(cases[_i].zone, at(cases[_i].now), &err);
        char text[40];

        ck_assert_msg(zone != NULL, "%s", err.text);
        ck_assert_str_eq(shown(mstc_schedule_due(&cases[_i].schedule, zone, "staff", &turns, at(cases[_i].now)), text),
                         cases[_i].due);
        mstc_zone_free(zone);
}
END_TEST

/* It comes once a day, whenever one looks, for years, with jitter or without. */
START_TEST(once_a_day)
{
        static const char *const zones[] = { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe" };
        struct mstc_config_schedule schedule = { .minute = 130, .days = 0x7f, .catch_up = (_i & 1) != 0,
                                                 .jitter_ms = (_i & 2) != 0 ? 40 * MINUTE : 0 };
        struct mst_error err = { 0 };
        int64_t now = at("2026-01-01T00:00Z"), runs = 0, first = 0, last_run = 0;
        struct mstc_turns turns = { .since = now };

        for (size_t z = 0; z < 3; z++) {
                struct mstc_zone *zone = mstc_zone_load(zones[z], now, &err);

                ck_assert_ptr_nonnull(zone);
                for (int64_t t = now; t < now + 730 * 24 * HOUR; t += 4 * MINUTE)
                        if (mstc_schedule_due(&schedule, zone, "staff", &turns, t) <= t) {
                                if (last_run != 0)
                                        ck_assert_int_gt(t - last_run, 22 * HOUR);
                                first += runs == 0;
                                last_run = turns.last = t;
                                runs++;
                        }
                ck_assert_int_ge(runs, 729);
                ck_assert_int_le(runs, 731);
                mstc_zone_free(zone);
                runs = last_run = turns.last = 0;
        }
        ck_assert_int_eq(first, 3);
}
END_TEST

START_TEST(unknown_zones)
{
        static const char *const names[] = { "Europe/Nowhere", "", "/etc/passwd", "../../etc/passwd", "Europe/Berlin\n",
                                             "CET-1CEST,M3.5.0,M10.5.0/3" };
        struct mst_error err = { 0 };

        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
                ck_assert_ptr_null(mstc_zone_load(names[i], 0, &err));
                ck_assert_ptr_nonnull(strstr(err.text, "there is no time zone"));
        }
        ck_assert_str_eq(getenv("TZ"), "UTC");
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("schedule");
        TCase *t = tcase_create("schedule");

        tcase_add_loop_test(t, due, 0, UNIT_COUNT(cases));
        tcase_add_loop_test(t, once_a_day, 0, 4);
        tcase_add_test(t, unknown_zones);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
