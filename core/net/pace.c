/* pace.c - how long to wait: what the service asks for, how long after trouble, and
 * how fast requests may follow each other.  Nothing here sleeps. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "net/net.h"
#include "util/alloc.h"
#include "util/date.h"

enum { MINUTE_MOST = 100000, MINUTE_MS = 61000, HOUR_MS = 3600000, BACKOFF_MOST_MS = 60000, BURST_US = 50000 };

uint32_t
mstc_pace_dice(struct mst_http *http)
{
        struct mst_error ignored = { 0 };
        uint32_t dice = 0;

        /* Without a random source waits are merely all the same. */
        if (mst_host_random(http->host, &dice, sizeof dice, &ignored) != MST_OK)
                return 0x80000000u;
        return dice;
}

/* Full jitter: anything up to the wait, so that many that failed together do not come
 * back together; but never at once. */
int64_t
mstc_pace_backoff(int64_t base, unsigned tries, uint32_t dice)
{
        int64_t wait = base;

        for (unsigned i = 1; i < tries && wait < BACKOFF_MOST_MS; i++)
                wait *= 2;
        if (wait > BACKOFF_MOST_MS)
                wait = BACKOFF_MOST_MS;
        return wait / 8 + (int64_t)((uint64_t)(wait - wait / 8) * dice >> 32);
}

/* At least as long as asked for, and up to a tenth longer. */
int64_t
mstc_pace_jitter(int64_t wait, uint32_t dice)
{
        return wait + (int64_t)((uint64_t)(wait / 10) * dice >> 32);
}

/* Without memory for the times, or with nonsense, as much as is safe: one a second. */
void
mstc_pace_minute(struct mst_http *http, int64_t most)
{
        mstc_free(http->minute);
        http->minute = NULL;
        http->minute_size = http->minute_at = 0;
        if (most <= 0)
                return;
        if (most <= MINUTE_MOST)
                http->minute = mstc_alloc((size_t)most * sizeof *http->minute);
        if (http->minute == NULL) {
                http->config.rate = 1;
                return;
        }
        http->minute_size = (size_t)most;
        for (size_t i = 0; i < http->minute_size; i++)
                http->minute[i] = INT64_MIN / 2;
}

/* As many before this one as a minute may have: the oldest of them must be a minute ago.  A
 * second more, as the service counts when they arrive. */
static int64_t
minute_rate(struct mst_http *http, int64_t now, bool take)
{
        int64_t wait = http->minute[http->minute_at] + MINUTE_MS - now;

        if (wait > 0)
                return wait;
        if (take) {
                http->minute[http->minute_at] = now;
                http->minute_at = (http->minute_at + 1) % http->minute_size;
        }
        return 0;
}

/* The rate is a clock that runs ahead by the requests' share of time; who would have to
 * wait more than the burst that is allowed waits. */
int64_t
mstc_pace_rate(struct mst_http *http, int64_t now, bool take)
{
        int64_t now_us = now * 1000, ahead, wait;

        if (http->minute != NULL && (wait = minute_rate(http, now, take)) > 0)
                return wait;
        if (http->config.rate <= 0)
                return 0;
        ahead = http->rate_us - now_us;
        if (ahead > BURST_US)
                return (ahead - BURST_US + 999) / 1000;
        if (take)
                http->rate_us = (ahead > 0 ? http->rate_us : now_us) + 1000000 / http->config.rate;
        return 0;
}

/* Waits that overlap count once. */
static int64_t
price(const struct mst_http *http, int64_t now, int64_t until)
{
        int64_t from = http->waited_to > now ? http->waited_to : now;

        return until > from ? until - from : 0;
}

bool
mstc_pace_afford(struct mst_http *http, int64_t now, int64_t until)
{
        return http->waited + price(http, now, until) <= http->patience;
}

void
mstc_pace_spend(struct mst_http *http, int64_t now, int64_t until)
{
        http->waited += price(http, now, until);
        if (until > http->waited_to)
                http->waited_to = until;
}

/* --- Retry-After ------------------------------------------------------------------ */

static bool
number(const char **at, size_t digits, int *ret)
{
        int sum = 0;

        for (size_t i = 0; i < digits; i++) {
                char c = (*at)[i];
                if (c == ' ' && i == 0 && digits == 2)       /* asctime: "Nov  6" */
                        continue;
                if (c < '0' || c > '9')
                        return false;
                sum = sum * 10 + (c - '0');
        }
        *at += digits;
        *ret = sum;
        return true;
}

static bool
literal(const char **at, const char *what)
{
        size_t length = strlen(what);

        if (strncmp(*at, what, length) != 0)
                return false;
        *at += length;
        return true;
}

static bool
month(const char **at, int *ret)
{
        static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

        for (int i = 0; i < 12; i++)
                if (strncmp(*at, names + 3 * i, 3) == 0) {
                        *at += 3;
                        *ret = i + 1;
                        return true;
                }
        return false;
}

static bool
clock_time(const char **at, struct mstc_civil *civil)
{
        return number(at, 2, &civil->hour) && literal(at, ":") && number(at, 2, &civil->minute)
                && literal(at, ":") && number(at, 2, &civil->second);
}

/* Passes over the day's name, which is not checked: it says nothing new. */
static size_t
weekday(const char **at)
{
        size_t length = strspn(*at, "abcdefghijklmnopqrstuvwxyzFMSTW");

        *at += length;
        return length;
}

/* The three forms of RFC 9110, section 5.6.7. */
bool
mst_http_date(const char *at, int64_t *ret)
{
        struct mstc_civil civil = { 0 };
        bool good;

        if (at == NULL || weekday(&at) < 3)
                return false;
        if (literal(&at, ", ")) {
                bool old;
                good = number(&at, 2, &civil.day);
                old = good && *at == '-';
                good = good && literal(&at, old ? "-" : " ") && month(&at, &civil.month)
                        && literal(&at, old ? "-" : " ") && number(&at, old ? 2 : 4, &civil.year)
                        && literal(&at, " ") && clock_time(&at, &civil) && literal(&at, " GMT");
                if (good && old)
                        civil.year += civil.year < 70 ? 2000 : 1900;
        } else {
                good = literal(&at, " ") && month(&at, &civil.month) && literal(&at, " ")
                        && number(&at, 2, &civil.day) && literal(&at, " ") && clock_time(&at, &civil)
                        && literal(&at, " ") && number(&at, 4, &civil.year);
        }
        return good && *at == '\0' && mstc_date_join(&civil, ret);
}

int64_t
mst_http_retry_after(const char *text, int64_t now)
{
        int64_t ms = 0, scale = 1000, date;
        const char *at;

        if (text == NULL)
                return -1;
        if (*text < '0' || *text > '9') {
                if (!mst_http_date(text, &date))
                        return -1;
                ms = date > now ? (date - now) / (MST_DATE_SECOND / 1000) : 0;
                return ms > HOUR_MS ? HOUR_MS : ms;
        }
        for (at = text; *at >= '0' && *at <= '9'; at++)
                if (ms <= HOUR_MS)
                        ms = ms * 10 + (*at - '0');
        ms = ms > HOUR_MS / 1000 ? HOUR_MS : ms * 1000;
        if (*at == '.') {
                if (at[1] < '0' || at[1] > '9')
                        return -1;
                for (at++; *at >= '0' && *at <= '9'; at++) {
                        scale /= 10;
                        ms += (*at - '0') * scale;
                }
        }
        if (*at != '\0')
                return -1;
        return ms > HOUR_MS ? HOUR_MS : ms;
}
