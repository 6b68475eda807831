/* date.c - instants, durations, sizes and their text. */
#include "util/date.h"

#include <inttypes.h>
#include <string.h>

#include "unit.h"

#define DAY (INT64_C(86400) * MST_DATE_SECOND)

/* Text, the instant in seconds from year 1 and the rest; 'back' NULL: as 'text'. */
static const struct {
        const char *text;
        int64_t seconds, rest;
        const char *back;
} good[] = {
        { "0001-01-01T00:00:00Z", 0, 0, NULL },
        { "1970-01-01T00:00:00Z", INT64_C(62135596800), 0, NULL },
        { "1970-01-01", INT64_C(62135596800), 0, "1970-01-01T00:00:00Z" },
        { "9999-12-31T23:59:59.9999999Z", INT64_C(315537897599), 9999999, NULL },
        { "2000-02-29T12:30:45Z", INT64_C(62135596800) + 951827445, 0, NULL },
        { "2024-02-29T00:00:00Z", INT64_C(62135596800) + 1709164800, 0, NULL },
        { "1900-03-01T00:00:00Z", INT64_C(62135596800) - 2203891200, 0, NULL },
        { "2026-07-14T08:00:00.5Z", INT64_C(62135596800) + 1784016000, 5000000, NULL },
        { "2026-07-14T08:00:00.0000001Z", INT64_C(62135596800) + 1784016000, 1, NULL },
        { "2026-07-14T08:00:00.1200000Z", INT64_C(62135596800) + 1784016000, 1200000,
          "2026-07-14T08:00:00.12Z" },
        { "2026-07-14 08:00", INT64_C(62135596800) + 1784016000, 0, "2026-07-14T08:00:00Z" },
        { "2026-07-14T10:00+02:00", INT64_C(62135596800) + 1784016000, 0, "2026-07-14T08:00:00Z" },
        { "2026-07-14T10:00:00+0200", INT64_C(62135596800) + 1784016000, 0, "2026-07-14T08:00:00Z" },
        { "2026-07-14T02:30:00.25-05:30", INT64_C(62135596800) + 1784016000, 2500000,
          "2026-07-14T08:00:00.25Z" },
        { "2026-01-01-03:00", INT64_C(62135596800) + 1767236400, 0, "2026-01-01T03:00:00Z" },
        { "0001-01-01T01:00+01:00", 0, 0, "0001-01-01T00:00:00Z" },
};

START_TEST(iso_good)
{
        char text[40];
        int64_t date = -1;

        ck_assert_msg(mstc_date_parse_iso(good[_i].text, strlen(good[_i].text), &date), "%s", good[_i].text);
        ck_assert_int_eq(date / MST_DATE_SECOND, good[_i].seconds);
        ck_assert_int_eq(date % MST_DATE_SECOND, good[_i].rest);
        mstc_date_format_iso(date, text, 29);
        ck_assert_str_eq(text, good[_i].back != NULL ? good[_i].back : good[_i].text);
}
END_TEST

static const char *const bad[] = {
        "", "2026", "2026-07", "2026-7-14", "26-07-14", "2026-07-1", "2026-07-14T", "2026-07-14 ",
        "2026-07-14T08", "2026-07-14T8:00", "2026-07-14T08:0", "2026-07-14T08:00:0",
        "2026-07-14T08:00:00.", "2026-07-14T08:00:00.Z", "2026-07-14T08:00:00.12345678",
        "2026-07-14T24:00:00Z", "2026-07-14T23:60:00Z", "2026-07-14T23:59:60Z", "2026-00-14",
        "2026-13-14", "2026-07-00", "2026-07-32", "2026-06-31", "2026-02-29", "2023-02-29", "1900-02-29",
        "2100-02-29", "0000-01-01", "10000-01-01", "-001-01-01", "2026-07-14t08:00", "2026-07-14T08:00z",
        "2026-07-14T08:00+2", "2026-07-14T08:00+02", "2026-07-14T08:00+02:0", "2026-07-14T08:00+24:00",
        "2026-07-14T08:00+02:60", "2026-07-14T08:00ZZ", "2026-07-14T08:00Z ", " 2026-07-14",
        "2026-07-14  08:00", "2026/07/14", "20260714", "2026-07-14T0800", "2026-07-14T08:00:00,5Z",
        "0001-01-01T00:00+00:01", "9999-12-31T23:59-00:01", "2026-07-14T08:00+", "2026-07-14T08:00:00.5.5",
        "+026-07-14", "2026-+7-14", "today", "P1D",
};

START_TEST(iso_bad)
{
        int64_t date = 77;

        ck_assert_msg(!mstc_date_parse_iso(bad[_i], strlen(bad[_i]), &date), "%s", bad[_i]);
        ck_assert_int_eq(date, 77);
}
END_TEST

START_TEST(iso_respects_the_length)
{
        int64_t date = 0;

        ck_assert(mstc_date_parse_iso("2026-07-14T08:00", 10, &date));
        ck_assert_int_eq(date % DAY, 0);
        ck_assert(!mstc_date_parse_iso("2026-07-14", 9, &date));
        ck_assert(!mstc_date_parse_iso("2026-07-14\0", 11, &date));
}
END_TEST

static bool
follows(const struct mstc_civil *now, const struct mstc_civil *last)
{
        if (now->day != 1)
                return now->year == last->year && now->month == last->month && now->day == last->day + 1;
        if (now->month != 1)
                return now->year == last->year && now->month == last->month + 1 && last->day >= 28;
        return now->year == last->year + 1 && last->month == 12 && last->day == 31;
}

/* Every day of the calendar follows the one before it, and comes back. */
START_TEST(every_day)
{
        struct mstc_civil last = { .year = 0, .month = 12, .day = 31 }, now, again;
        int64_t date, wrong = -1;

        for (int64_t day = 0; day * DAY <= MSTC_DATE_LAST && wrong < 0; day++) {
                mstc_date_split(day * DAY + DAY - 1, &now);
                if (!follows(&now, &last) || !mstc_date_join(&now, &date) || date != day * DAY + DAY - 1)
                        wrong = day;
                last = now;
        }
        ck_assert_int_eq(wrong, -1);
        ck_assert_int_eq(last.year, 9999);
        mstc_date_split(-5, &again);
        ck_assert(again.year == 1 && again.day == 1 && again.hour == 0);
        mstc_date_split(INT64_MAX, &again);
        ck_assert(again.year == 9999 && again.fraction == 9999999);
}
END_TEST

static const struct mstc_civil no_dates[] = {
        { .year = 0, .month = 1, .day = 1 },     { .year = 10000, .month = 1, .day = 1 },
        { .year = 2026, .month = 0, .day = 1 },  { .year = 2026, .month = 13, .day = 1 },
        { .year = 2026, .month = 2, .day = 29 }, { .year = 2026, .month = 4, .day = 31 },
        { .year = 2026, .month = 1, .day = 0 },  { .year = 2026, .month = 1, .day = -1 },
        { .year = 2026, .month = 1, .day = 1, .hour = 24 },
        { .year = 2026, .month = 1, .day = 1, .minute = 60 },
        { .year = 2026, .month = 1, .day = 1, .second = 60 },
        { .year = 2026, .month = 1, .day = 1, .hour = -1 },
        { .year = 2026, .month = 1, .day = 1, .fraction = 10000000 },
        { .year = 2026, .month = 1, .day = 1, .fraction = -1 },
};

START_TEST(join_bad)
{
        int64_t date;

        ck_assert(!mstc_date_join(&no_dates[_i], &date));
}
END_TEST

START_TEST(clocks)
{
        int64_t ticks = mstc_clock_ticks_ms();

        ck_assert_int_gt(mstc_clock_now(), MST_DATE_UNIX_EPOCH + INT64_C(1700000000) * MST_DATE_SECOND);
        ck_assert_int_ge(mstc_clock_ticks_ms(), ticks);
}
END_TEST

/* --- durations and sizes -------------------------------------------------------------- */

static const struct {
        const char *text;
        int64_t ms;
        const char *says;                    /* NULL: good */
} durations[] = {
        { "90", 90000, NULL },      { "0", 0, NULL },           { "250ms", 250, NULL },
        { "10s", 10000, NULL },     { "5m", 300000, NULL },     { "2h", 7200000, NULL },
        { "30d", 2592000000, NULL }, { "1w", 604800000, NULL },
        { "", 0, "empty" },         { "5y", 0, "unit 'y'" },    { "m", 0, "not a duration" },
        { "-5m", 0, "not a duration" }, { "5 m", 0, "unit ' m'" }, { "1.5h", 0, "unit '.5h'" },
        { "5M", 0, "unit 'M'" },    { "5mm", 0, "unit 'mm'" },  { " 5m", 0, "not a duration" },
        { "99999999999999999999", 0, "too large" }, { "9223372036854775807w", 0, "too large" },
        { "9223372036854776", 0, "too large" },     { "+5m", 0, "such as 15m" },
};

START_TEST(duration_parse)
{
        struct mst_error err = { 0 };
        int64_t ms = 0;
        int rc = mstc_duration_parse(durations[_i].text, &ms, &err);

        ck_assert_int_eq(rc, durations[_i].says == NULL ? MST_OK : MST_ECONFIG);
        ck_assert_int_eq(ms, durations[_i].ms);
        if (durations[_i].says != NULL)
                ck_assert_msg(strstr(err.text, durations[_i].says) != NULL, "%s", err.text);
}
END_TEST

static const struct {
        int64_t ms;
        const char *exact, *said;
} forms[] = {
        { 0, "0s", "0 ms" },                  { 1, "1ms", "1 ms" },
        { 999, "999ms", "999 ms" },           { 1000, "1s", "1 s" },
        { 3240, "3240ms", "3.2 s" },          { 59999, "59999ms", "59.9 s" },
        { 60000, "1m", "1 min" },             { 90000, "90s", "1 min 30 s" },
        { 900000, "15m", "15 min" },          { 7500000, "125m", "2 h 5 min" },
        { 86400000, "1d", "1 d" },            { 2592000000, "30d", "30 d" },
        { 604800000, "1w", "7 d" },           { 100800000, "28h", "1 d 4 h" },
        { -90000, "-90s", "-1 min 30 s" },
};

START_TEST(duration_format)
{
        char text[32];

        mstc_duration_format(forms[_i].ms, text, sizeof text);
        ck_assert_str_eq(text, forms[_i].exact);
        mstc_duration_say(forms[_i].ms, text, sizeof text);
        ck_assert_str_eq(text, forms[_i].said);
}
END_TEST

static const struct {
        const char *text;
        int64_t size;
        const char *says;
} sizes[] = {
        { "0", 0, NULL },          { "4096", 4096, NULL },      { "16k", 16384, NULL },
        { "16K", 16384, NULL },    { "4M", 4194304, NULL },     { "1G", 1073741824, NULL },
        { "2T", INT64_C(2199023255552), NULL },
        { "", 0, "empty" },        { "4m", 0, "unit 'm'" },     { "k", 0, "not a size" },
        { "-1", 0, "not a size" }, { "4MB", 0, "unit 'MB'" },   { "9000000T", 0, "too large" },
        { "0x10", 0, "unit 'x10'" },
};

START_TEST(size_parse)
{
        struct mst_error err = { 0 };
        int64_t size = 0;

        ck_assert_int_eq(mstc_size_parse(sizes[_i].text, &size, &err),
                         sizes[_i].says == NULL ? MST_OK : MST_ECONFIG);
        ck_assert_int_eq(size, sizes[_i].size);
        if (sizes[_i].says != NULL)
                ck_assert_msg(strstr(err.text, sizes[_i].says) != NULL, "%s", err.text);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("date");
        TCase *t = tcase_create("date");

        tcase_add_loop_test(t, iso_good, 0, UNIT_COUNT(good));
        tcase_add_loop_test(t, iso_bad, 0, UNIT_COUNT(bad));
        tcase_add_test(t, iso_respects_the_length);
        tcase_add_test(t, every_day);
        tcase_add_loop_test(t, join_bad, 0, UNIT_COUNT(no_dates));
        tcase_add_test(t, clocks);
        tcase_add_loop_test(t, duration_parse, 0, UNIT_COUNT(durations));
        tcase_add_loop_test(t, duration_format, 0, UNIT_COUNT(forms));
        tcase_add_loop_test(t, size_parse, 0, UNIT_COUNT(sizes));
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
