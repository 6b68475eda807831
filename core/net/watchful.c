/* watchful.c - what an answer shows beside its contents: the service's clock, and how long its
 * certificate is still good.
 *
 * Looked at once in a client's life, in an answer whose way was verified.  Tokens and delta links
 * go wrong when clocks differ, and a certificate that ends tomorrow is better known today. */
#include "build.h"

#include "net/net.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <muster/value.h>

#define APART 60                             /* seconds that clocks may differ         */
#define SOON 21                              /* days                                   */

static int64_t
unix_now(const struct mst_http *http)
{
        return (mst_host_now(http->host) - MST_DATE_UNIX_EPOCH) / MST_DATE_SECOND;
}

static void
look_at_clock(const struct mst_http *http, const struct mst_http_reply *reply, const char *where)
{
        const char *date = mst_http_reply_header(reply, "Date");
        time_t theirs = date != NULL ? curl_getdate(date, NULL) : -1;
        int64_t ahead;

        if (theirs < 0)
                return;
        ahead = unix_now(http) - (int64_t)theirs;
        if (ahead > -APART && ahead < APART)
                mst_host_log(http->host, MST_LOG_DEBUG, "clock: within a minute of that of %s", where);
        else
                mst_host_log(http->host, MST_LOG_WARNING, "clock: ours is %lld seconds %s that of %s: let NTP set it (timedatectl)",
                             (long long)(ahead < 0 ? -ahead : ahead), ahead < 0 ? "behind" : "ahead of", where);
}

/* The first certificate is the service's own. */
static time_t
end_of_certificate(CURL *easy)
{
        struct curl_certinfo *info = NULL;

        if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL || info->num_of_certs < 1)
                return -1;
        for (struct curl_slist *line = info->certinfo[0]; line != NULL; line = line->next)
                if (strncasecmp(line->data, "Expire date:", 12) == 0)
                        return curl_getdate(line->data + 12, NULL);
        return -1;
}

static void
look_at_certificate(const struct mst_http *http, CURL *easy, const char *where)
{
        time_t end = end_of_certificate(easy);
        int64_t days;

        if (end < 0)
                return;
        days = ((int64_t)end - unix_now(http)) / 86400;
        if (days < SOON)
                mst_host_log(http->host, MST_LOG_WARNING, "certificate: that of %s is good for %lld more day%s: it must be renewed there",
                             where, (long long)days, days == 1 ? "" : "s");
        else
                mst_host_log(http->host, MST_LOG_DEBUG, "certificate: that of %s is good for %lld more days", where, (long long)days);
}

void
mstc_watchful_wants(struct mst_http *http, CURL *easy)
{
        curl_easy_setopt(easy, CURLOPT_CERTINFO, http->watched ? 0L : 1L);
}

void
mstc_watchful_look(struct mst_http *http, CURL *easy, const struct mst_http_reply *reply, const char *url)
{
        const char *why = NULL;
        char *where;

        if (http->watched)
                return;
        where = mstc_origin_of(url, &why);
        if (where == NULL)
                return;
        http->watched = true;
        look_at_clock(http, reply, where);
        look_at_certificate(http, easy, where);
        free(where);
}
