/* when.c - see when.h.  Knows no clock: the caller brings 'now'. */
#include "build.h"

#include "cli/when.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/date.h"


/* Midnight of today here, 'days' ago: mktime() knows about summer time. */
static bool
midnight(int64_t now, int days, int64_t *ret)
{
        time_t seconds = (time_t)(now / 1000);
        struct tm tm;

        if (localtime_r(&seconds, &tm) == NULL)
                return false;
        tm.tm_mday -= days;
        tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
        tm.tm_isdst = -1;
        seconds = mktime(&tm);
        *ret = (int64_t)seconds * 1000;
        return seconds != (time_t)-1;
}

static bool
has_zone(const char *text)
{
        size_t length = strlen(text);
        const char *time = length > 10 ? text + 11 : "";

        return length > 0 && (text[length - 1] == 'Z' || strpbrk(time, "+-") != NULL);
}

/* A date as it stands on the clock here, or with a zone of its own. */
static bool
read_date(const char *text, int64_t *ret)
{
        struct mstc_civil civil;
        struct tm tm = { .tm_isdst = -1 };
        int64_t date;
        time_t seconds;

        if (strlen(text) < 10 || !mstc_date_parse_iso(text, strlen(text), &date))
                return false;
        mstc_date_split(date, &civil);
        if (has_zone(text)) {
                struct mstc_civil epoch = { .year = 1970, .month = 1, .day = 1 };
                int64_t zero;

                if (!mstc_date_join(&epoch, &zero))
                        return false;
                *ret = (date - zero) / 10000;
                return true;
        }
        tm.tm_year = civil.year - 1900;
        tm.tm_mon = civil.month - 1;
        tm.tm_mday = civil.day;
        tm.tm_hour = civil.hour;
        tm.tm_min = civil.minute;
        tm.tm_sec = civil.second;
        seconds = mktime(&tm);
        *ret = (int64_t)seconds * 1000;
        return seconds != (time_t)-1;
}

int
mstc_when_read(const char *text, int64_t now, struct mstc_since *ret, struct mst_error *err)
{
        struct mst_error none = { 0 };
        size_t digits = strspn(text, "0123456789");
        int64_t ms = 0;

        *ret = (struct mstc_since){ 0 };
        if (digits > 0 && text[digits] == '\0') {
                char *end;

                errno = 0;
                ret->run = strtoll(text, &end, 10);
                if (errno == 0 && ret->run > 0)
                        return MST_OK;
        } else if (strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0) {
                if (midnight(now, text[0] == 'y', &ret->since))
                        return MST_OK;
        } else if (read_date(text, &ret->since)) {
                if (ret->since > 0)
                        return MST_OK;
        } else if (digits > 0 && mstc_duration_parse(text, &ms, &none) == MST_OK && ms < now) {
                ret->since = now - ms;
                return MST_OK;
        }
        *ret = (struct mstc_since){ 0 };
        return mst_fail(err, MST_ECONFIG, "'%.80s' is no time: write 2h or 3d (so long ago), today, yesterday, 2026-11-24, "
                        "\"2026-11-24 18:00\", or the number of a run", text);
}
