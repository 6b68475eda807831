/* SPDX-License-Identifier: Apache-2.0
 *
 * when.c - points in time as LDAP writes them.  Pure arithmetic on the proleptic
 * Gregorian calendar; no clock, no time zone of this machine. */
#include "when.h"

#include <stdio.h>

/* Days from 0001-01-01, by counting years from a March, as leap days end them. */
static int64_t
days_of(int year, int month, int day)
{
        int64_t y = month <= 2 ? year - 1 : year;
        int m = month <= 2 ? month + 9 : month - 3;

        return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 306;
}

static bool
digits(const char **at, const char *end, int count, int *ret)
{
        *ret = 0;
        for (int i = 0; i < count; i++) {
                if (*at == end || **at < '0' || **at > '9')
                        return false;
                *ret = *ret * 10 + (*(*at)++ - '0');
        }
        return true;
}

static bool
fraction(const char **at, const char *end, int64_t unit, int64_t *ret)
{
        bool any = false;

        for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
                unit /= 10;
                *ret += unit * (**at - '0');
                any = true;
        }
        return any;
}

static bool
zone(const char *at, const char *end, int64_t *ret)
{
        int hours, minutes = 0;
        char sign = *at++;

        if (sign == 'Z')
                return at == end;
        if ((sign != '+' && sign != '-') || !digits(&at, end, 2, &hours) || hours > 23)
                return false;
        if (at != end && (!digits(&at, end, 2, &minutes) || minutes > 59))
                return false;
        *ret -= (hours * 60 + minutes) * 60 * MST_DATE_SECOND * (sign == '+' ? 1 : -1);
        return at == end;
}

bool
ldp_when_parse(const char *text, size_t length, int64_t *ret)
{
        static const int lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        const char *at = text, *end = text + length;
        int year, month, day, hour, minute = 0, second = 0;
        int64_t unit = 3600 * MST_DATE_SECOND, date;

        if (!digits(&at, end, 4, &year) || !digits(&at, end, 2, &month) || !digits(&at, end, 2, &day) ||
            !digits(&at, end, 2, &hour))
                return false;
        if (at < end && *at >= '0' && *at <= '9') {
                unit = 60 * MST_DATE_SECOND;
                if (!digits(&at, end, 2, &minute))
                        return false;
                if (at < end && *at >= '0' && *at <= '9') {
                        unit = MST_DATE_SECOND;
                        if (!digits(&at, end, 2, &second))
                                return false;
                }
        }
        if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1] || hour > 23 ||
            minute > 59 || second > 60 ||
            (month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0))))
                return false;
        date = days_of(year, month, day) * 86400 * MST_DATE_SECOND +
               (hour * 3600 + minute * 60 + second) * MST_DATE_SECOND;
        if (at < end && (*at == '.' || *at == ',')) {
                at++;
                if (!fraction(&at, end, unit, &date))
                        return false;
        }
        if (at == end || !zone(at, end, &date) || date < 0)
                return false;
        *ret = date;
        return true;
}

void
ldp_when_write(int64_t date, char into[32])
{
        int64_t days = date / (86400 * MST_DATE_SECOND), rest = date % (86400 * MST_DATE_SECOND);
        int64_t seconds = rest / MST_DATE_SECOND, part = rest % MST_DATE_SECOND;
        int year = (int)(days * 400 / 146097) + 1, month = 12;
        int length;

        while (year > 1 && days_of(year, 1, 1) > days)
                year--;
        while (days_of(year + 1, 1, 1) <= days)
                year++;
        while (month > 1 && days_of(year, month, 1) > days)
                month--;
        length = snprintf(into, 32, "%04d%02d%02d%02d%02d%02d", year, month,
                          (int)(days - days_of(year, month, 1)) + 1, (int)(seconds / 3600),
                          (int)(seconds / 60 % 60), (int)(seconds % 60));
        if (part != 0)
                length += snprintf(into + length, (size_t)(32 - length), ".%07d", (int)part);
        snprintf(into + length, (size_t)(32 - length), "Z");
}
