/* http-minute.c - never more requests in a minute than allowed, by a clock that the test
 * moves. */
#include "build.h"

#include <stdlib.h>

#include "net/net.h"
#include "unit.h"

/* Sends as fast as it may for 'span' ms, looking every 'step' ms; the times are in 'at'. */
static size_t
send_all(struct mst_http *http, int64_t from, int64_t span, int64_t step, int64_t *at, size_t room)
{
        size_t count = 0;
        int64_t now = from;

        while (now < from + span) {
                int64_t wait = mstc_pace_rate(http, now, false);

                if (wait == 0) {
                        ck_assert_uint_lt(count, room);
                        mstc_pace_rate(http, now, true);
                        at[count++] = now;
                        now += step;
                } else {
                        ck_assert_int_le(wait, 61000);
                        now += wait;
                }
        }
        return count;
}

static const struct { int64_t most, from, step; } rows[] = {
        { 100, 0, 0 }, { 100, 0, 200 }, { 100, 123456789, 1 }, { 100, 0, 700 }, { 1, 0, 0 }, { 3, 5, 10000 }, { 300, 0, 7 },
};

/* In any window of 60 s as many as allowed, and in five minutes nearly as many as possible. */
START_TEST(any_minute)
{
        struct mst_http http = { .minute = NULL };
        static int64_t at[4000];
        int64_t most = rows[_i].most, possible;
        size_t count;

        mstc_pace_minute(&http, most);
        count = send_all(&http, rows[_i].from, 300000, rows[_i].step, at, 4000);
        for (size_t i = 0; i + (size_t)most < count; i++)
                ck_assert_int_gt(at[i + (size_t)most] - at[i], 60000);
        possible = rows[_i].step > 61000 / most ? 300000 / rows[_i].step : 4 * most;
        ck_assert_int_ge((int64_t)count, possible);
        mstc_pace_minute(&http, 0);
        ck_assert_int_eq(mstc_pace_rate(&http, 0, false), 0);
        ck_assert_ptr_null(http.minute);
}
END_TEST

/* Asking alone takes nothing. */
START_TEST(only_asking)
{
        struct mst_http http = { .minute = NULL };

        mstc_pace_minute(&http, 1);
        for (int i = 0; i < 5; i++)
                ck_assert_int_eq(mstc_pace_rate(&http, 1000, false), 0);
        mstc_pace_rate(&http, 1000, true);
        ck_assert_int_eq(mstc_pace_rate(&http, 1000, false), 61000);
        ck_assert_int_eq(mstc_pace_rate(&http, 61999, false), 1);
        ck_assert_int_eq(mstc_pace_rate(&http, 62000, false), 0);
        mstc_pace_minute(&http, 0);
        mstc_pace_minute(&http, INT64_MAX);              /* nonsense is no licence */
        ck_assert_int_eq(http.config.rate, 1);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("http-minute");
        TCase *t = tcase_create("http-minute");

        tcase_add_loop_test(t, any_minute, 0, UNIT_COUNT(rows));
        tcase_add_test(t, only_asking);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
