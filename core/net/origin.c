/* origin.c - addresses: where a request goes, and whether it may.
 *
 * An origin is scheme, host and port, written "https://graph.example:443".  What
 * is https may be any host; what is http only this machine: 127.0.0.0/8, ::1 and
 * localhost (which libcurl resolves itself, without asking anybody), and for who asks
 * for it this link, 169.254.0.0/16 by its numbers (no name is resolved).  Addresses are
 * taken apart by libcurl's own parser, so that what is checked is what is called. */
#include "build.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "net/net.h"
#include "util/alloc.h"

/* Visible ASCII only: what libcurl would have to alter cannot be sent as it is. */
static bool
plain(const char *url)
{
        for (const unsigned char *c = (const unsigned char *)url; *c != '\0'; c++)
                if (*c <= 0x20 || *c >= 0x7f || *c == '#' || *c == '\\')
                        return false;
        return true;
}

static char *
part(CURLU *url, CURLUPart what, unsigned flags)
{
        char *text = NULL;

        return curl_url_get(url, what, &text, flags) == CURLUE_OK ? text : NULL;
}

static char *
join(const char *scheme, const char *host, const char *port)
{
        size_t room = strlen(scheme) + strlen(host) + strlen(port) + 5;
        char *origin = mstc_alloc(room);

        if (origin == NULL)
                return NULL;
        snprintf(origin, room, "%s://%s:%s", scheme, host, port);
        for (char *c = origin; *c != '\0'; c++)
                if (*c >= 'A' && *c <= 'Z')
                        *c = (char)(*c + 32);
        return origin;
}

char *
mstc_origin_of(const char *url, const char **why)
{
        const char *ignored;
        char *origin = NULL, *scheme, *host, *port, *user;
        CURLU *parsed;

        if (why == NULL)
                why = &ignored;
        *why = "it is not an address";
        if (url == NULL)
                return NULL;
        if (!plain(url)) {
                *why = "it holds a character that no address may hold";
                return NULL;
        }
        if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0) {
                *why = "it begins neither with https:// nor with http://";
                return NULL;
        }
        parsed = curl_url();
        if (parsed == NULL)
                return NULL;
        if (curl_url_set(parsed, CURLUPART_URL, url, CURLU_PATH_AS_IS) == CURLUE_OK) {
                scheme = part(parsed, CURLUPART_SCHEME, 0);
                host = part(parsed, CURLUPART_HOST, 0);
                port = part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
                user = part(parsed, CURLUPART_USER, 0);
                if (user != NULL)
                        *why = "it holds a user name or password";
                else if (scheme != NULL && host != NULL && port != NULL)
                        origin = join(scheme, host, port);
                curl_free(scheme);
                curl_free(host);
                curl_free(port);
                curl_free(user);
        }
        curl_url_cleanup(parsed);
        return origin;
}

/* The host alone; false when it does not fit, and then it is no address in numbers. */
static bool
host_of(const char *origin, char *into, size_t room)
{
        const char *host = strstr(origin, "://");
        const char *port = strrchr(origin, ':');

        if (host == NULL || port < host + 3 || (size_t)(port - host - 3) >= room)
                return false;
        memcpy(into, host + 3, (size_t)(port - host - 3));
        into[port - host - 3] = '\0';
        return true;
}

static bool
numbers_of(const char *host, unsigned ret[4])
{
        int used = 0;

        return strspn(host, "0123456789.") == strlen(host)
                && sscanf(host, "%3u.%3u.%3u.%3u%n", &ret[0], &ret[1], &ret[2], &ret[3], &used) == 4
                && host[used] == '\0' && ret[0] < 256 && ret[1] < 256 && ret[2] < 256 && ret[3] < 256;
}

bool
mstc_origin_loopback(const char *origin)
{
        unsigned n[4];
        char host[64];

        if (!host_of(origin, host, sizeof host))
                return false;
        return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0
                || (numbers_of(host, n) && n[0] == 127);
}

static bool
on_this_link(const char *origin)
{
        unsigned n[4];
        char host[64];

        return host_of(origin, host, sizeof host) && numbers_of(host, n) && n[0] == 169 && n[1] == 254;
}

bool
mst_http_same_origin(const char *a, const char *b)
{
        char *one = mstc_origin_of(a, NULL), *two = mstc_origin_of(b, NULL);
        bool same = one != NULL && two != NULL && strcmp(one, two) == 0;

        mstc_free(one);
        mstc_free(two);
        return same;
}

static int
allow(struct mst_http *http, const char *url, bool link, struct mst_error *err)
{
        const char *why;
        char *origin = mstc_origin_of(url, &why);
        struct mstc_origin *entry;
        size_t size;

        if (origin == NULL)
                return mst_fail(err, MST_ECONFIG, "the address '%.200s' cannot be used: %s",
                                url != NULL && strchr(url, '@') == NULL ? url : "(hidden)", why);
        if (strncmp(origin, "http:", 5) == 0 && !mstc_origin_loopback(origin)
            && !(link && on_this_link(origin))) {
                mst_fail(err, MST_ECONFIG, "'%.200s' would send credentials unprotected: http is "
                         "accepted for this machine only; use https", origin);
                mstc_free(origin);
                return MST_ECONFIG;
        }
        size = strlen(origin) + 1;
        entry = mstc_alloc(sizeof *entry + size);
        if (entry == NULL) {
                mstc_free(origin);
                return mst_fail_memory(err, "noting an address");
        }
        memcpy(entry->text, origin, size);
        mstc_free(origin);
        entry->next = http->origins;
        http->origins = entry;
        return MST_OK;
}

int
mst_http_allow(struct mst_http *http, const char *url, struct mst_error *err)
{
        return allow(http, url, false, err);
}

int
mst_http_allow_link(struct mst_http *http, const char *url, struct mst_error *err)
{
        return allow(http, url, true, err);
}

bool
mstc_origin_allowed(const struct mst_http *http, const char *url, struct mst_error *err)
{
        const char *why;
        char *origin = mstc_origin_of(url, &why);
        bool found = false;

        if (origin == NULL) {
                mst_fail(err, MST_EINTERNAL, "a request was not sent because of its address: %s", why);
                return false;
        }
        for (const struct mstc_origin *o = http->origins; o != NULL && !found; o = o->next)
                found = strcmp(o->text, origin) == 0;
        if (!found)
                mst_fail(err, MST_EINTERNAL, "a request to %.200s was not sent: only configured "
                         "servers are called", origin);
        mstc_free(origin);
        return found;
}
