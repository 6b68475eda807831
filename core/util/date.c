/* date.c - instants and their text: exact integer arithmetic, no time zones, no libc
 * calendar.  Days are counted in years that start on the first of March, so that the
 * leap day is the last of its year. */
#include "build.h"

#include "util/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define STEPS_DAY (MST_DATE_SECOND * 86400)

int64_t
mstc_clock_now(void)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        return MST_DATE_UNIX_EPOCH + (int64_t)now.tv_sec * MST_DATE_SECOND + now.tv_nsec / 100;
}

int64_t
mstc_clock_ticks_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
days_in_month(int year, int month)
{
        static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        return month == 2 && leap ? 29 : days[month - 1];
}

/* Days from 0001-01-01. */
static int64_t
days_from_civil(int year, int month, int day)
{
        int64_t y = month <= 2 ? year - 1 : year;
        int64_t m = month <= 2 ? month + 9 : month - 3;

        return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 306;
}

static void
civil_from_days(int64_t days, struct mstc_civil *ret)
{
        int64_t z = days + 306;              /* from 0000-03-01 */
        int64_t era = z / 146097, doe = z % 146097;
        int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
        int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        int64_t m = (5 * doy + 2) / 153;

        ret->day = (int)(doy - (153 * m + 2) / 5 + 1);
        ret->month = (int)(m < 10 ? m + 3 : m - 9);
        ret->year = (int)(era * 400 + yoe + (ret->month <= 2));
}

void
mstc_date_split(int64_t date, struct mstc_civil *ret)
{
        int64_t seconds;

        date = date < 0 ? 0 : date > MSTC_DATE_LAST ? MSTC_DATE_LAST : date;
        civil_from_days(date / STEPS_DAY, ret);
        seconds = date % STEPS_DAY / MST_DATE_SECOND;
        ret->hour = (int)(seconds / 3600);
        ret->minute = (int)(seconds / 60 % 60);
        ret->second = (int)(seconds % 60);
        ret->fraction = (int)(date % MST_DATE_SECOND);
}

bool
mstc_date_join(const struct mstc_civil *c, int64_t *ret)
{
        if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
            c->day > days_in_month(c->year, c->month) || c->hour < 0 || c->hour > 23 ||
            c->minute < 0 || c->minute > 59 || c->second < 0 || c->second > 59 ||
            c->fraction < 0 || c->fraction >= MST_DATE_SECOND)
                return false;
        *ret = days_from_civil(c->year, c->month, c->day) * STEPS_DAY +
               (c->hour * INT64_C(3600) + c->minute * 60 + c->second) * MST_DATE_SECOND + c->fraction;
        return true;
}

/* --- ISO 8601 ------------------------------------------------------------------- */

struct cursor {
        const char *at, *end;
};

/* Exactly 'count' digits. */
static bool
digits(struct cursor *c, int count, int *ret)
{
        int number = 0;

        for (int i = 0; i < count; i++, c->at++) {
                if (c->at == c->end || *c->at < '0' || *c->at > '9')
                        return false;
                number = number * 10 + (*c->at - '0');
        }
        *ret = number;
        return true;
}

static bool
accept(struct cursor *c, char wanted)
{
        if (c->at == c->end || *c->at != wanted)
                return false;
        c->at++;
        return true;
}

static bool
parse_time(struct cursor *c, struct mstc_civil *ret)
{
        int scale = 1000000;
        const char *first;

        if (!digits(c, 2, &ret->hour) || !accept(c, ':') || !digits(c, 2, &ret->minute))
                return false;
        if (!accept(c, ':'))
                return true;
        if (!digits(c, 2, &ret->second))
                return false;
        if (!accept(c, '.'))
                return true;
        for (first = c->at; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
                if (scale == 0)
                        return false;
                ret->fraction += (*c->at - '0') * scale;
                scale /= 10;
        }
        return c->at > first;
}

/* Z, +hh:mm, +hhmm or nothing, up to the end; minutes east of Greenwich. */
static bool
parse_offset(struct cursor *c, int *ret)
{
        int hours, minutes, sign = 1;

        *ret = 0;
        if (c->at == c->end)
                return true;
        if (accept(c, 'Z'))
                return c->at == c->end;
        if (accept(c, '-'))
                sign = -1;
        else if (!accept(c, '+'))
                return false;
        if (!digits(c, 2, &hours))
                return false;
        accept(c, ':');
        if (!digits(c, 2, &minutes) || hours > 23 || minutes > 59)
                return false;
        *ret = sign * (hours * 60 + minutes);
        return c->at == c->end;
}

bool
mstc_date_parse_iso(const char *text, size_t length, int64_t *ret)
{
        struct cursor c = { text, text + length };
        struct mstc_civil civil = { 0 };
        int64_t date;
        int east;

        if (!digits(&c, 4, &civil.year) || !accept(&c, '-') || !digits(&c, 2, &civil.month) ||
            !accept(&c, '-') || !digits(&c, 2, &civil.day))
                return false;
        if ((accept(&c, 'T') || accept(&c, ' ')) && !parse_time(&c, &civil))
                return false;
        if (!parse_offset(&c, &east) || !mstc_date_join(&civil, &date))
                return false;
        date -= east * INT64_C(60) * MST_DATE_SECOND;
        if (date < 0 || date > MSTC_DATE_LAST)
                return false;
        *ret = date;
        return true;
}

void
mstc_date_format_iso(int64_t date, char *into, size_t room)
{
        struct mstc_civil c;
        char fraction[9] = "";

        mstc_date_split(date, &c);
        if (c.fraction > 0) {
                snprintf(fraction, sizeof fraction, ".%07u", (unsigned)c.fraction % 10000000u);
                for (size_t i = 7; fraction[i] == '0'; i--)
                        fraction[i] = '\0';
        }
        snprintf(into, room, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", c.year, c.month, c.day, c.hour,
                 c.minute, c.second, fraction);
}
