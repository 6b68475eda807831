/* rest-place.c - where a service's calls go.
 *
 * A service may lead its clients to another host, and credentials that ride in a header of its
 * own are taken off by nobody on the way.  So hosts are followed only within the service's
 * domains and where the admin says so. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "net/net.h"
#include "net/rest.h"

struct host {
        const char *name;
        size_t length;
};

static bool
below(const void *self, const char *domain)
{
        const struct host *host = self;
        size_t n = strlen(domain);

        return n > 0 && host->length >= n && strncasecmp(host->name + host->length - n, domain, n) == 0
               && (host->length == n || host->name[host->length - n - 1] == '.');
}

static bool
trusts(const struct mst_rest *rest, const char *url)
{
        struct host host = { strstr(url, "://"), 0 };

        if (host.name == NULL)
                return false;
        host.name += 3;
        host.length = strcspn(host.name, ":/?#@\\");
        if ((rest->url != NULL && mst_http_same_origin(url, rest->url)) || mstc_rest_words(rest->service->domains, below, &host))
                return true;
        for (char *const *one = rest->hosts; one != NULL && *one != NULL; one++)
                if (below(&host, *one))
                        return true;
        return false;
}

void
mst_rest_trust(struct mst_rest *rest, char *const *hosts)
{
        rest->hosts = hosts;
}

int
mst_rest_allow(struct mst_rest *rest, const char *url, struct mst_error *err)
{
        if (!trusts(rest, url))
                return mst_fail(err, MST_EPERM, "'%.200s' is no host of %s%s%s, and is not called, as the credentials would go there; "
                                "if it is right, add its host to trusted-hosts", url, rest->service->name,
                                rest->service->domains != NULL ? ", which are below " : "",
                                rest->service->domains != NULL ? rest->service->domains : "");
        return rest->base[0] != '\0' && mst_http_same_origin(url, rest->base) ? MST_OK : mst_http_allow(rest->http, url, err);
}

static size_t
without_slash(const char *url)
{
        size_t n = strlen(url);

        while (n > 0 && url[n - 1] == '/')
                n--;
        return n;
}

int
mst_rest_base(struct mst_rest *rest, const char *url, struct mst_error *err)
{
        size_t n = without_slash(url);

        if (n >= sizeof rest->base)
                return mst_fail(err, MST_ECONFIG, "the address '%.100s...' is too long", url);
        if (mst_rest_allow(rest, url, err) != MST_OK)
                return err->code;
        memmove(rest->base, url, n);
        rest->base[n] = '\0';
        return MST_OK;
}

/* What of the address stands behind a base, or NULL. */
static const char *
behind(const char *url, const char *base)
{
        size_t n = base != NULL ? without_slash(base) : 0;

        return n > 0 && strncmp(url, base, n) == 0 && url[n] == '/' ? url + n : NULL;
}

/* Location is a bare base, to which the path is joined, or the whole new address. */
int
mstc_rest_moved(struct mst_rest *rest, struct mst_http_request *request, const struct mst_http_reply *reply,
                struct mst_error *err)
{
        const char *to = mst_http_reply_header(reply, "Location"), *old = request->url.bytes, *path, *slash;
        const char *based = behind(old, rest->base);
        char base[MSTC_REST_BASE], url[4096];
        size_t n, tail;

        path = old[0] == '/' ? old : based != NULL ? based : behind(old, rest->url) != NULL ? behind(old, rest->url) : "";
        tail = strlen(path);
        if (to == NULL || strstr(to, "://") == NULL)
                return mst_fail(err, MST_ENET, "%s has moved (status 308) and does not say where to", rest->service->name);
        if (mst_rest_allow(rest, to, err) != MST_OK)
                return mst_wrap(err, "%s says that it has moved (status 308)", rest->service->name);
        n = strlen(to);
        slash = strchr(strstr(to, "://") + 3, '/');
        if (n + tail >= sizeof url)
                return mst_fail(err, MST_ENET, "%s has moved (status 308) to an address that is too long", rest->service->name);
        if (slash == NULL || slash[1] == '\0') {
                n = slash != NULL ? (size_t)(slash - to) : n;
                snprintf(url, sizeof url, "%.*s%s", (int)n, to, path);
        } else {
                snprintf(url, sizeof url, "%s", to);
                n = tail > 0 && n > tail && strcmp(to + n - tail, path) == 0 ? n - tail : (size_t)(slash - to);
        }
        if (based != NULL && n < sizeof base) {
                snprintf(base, sizeof base, "%.*s", (int)n, to);
                if (mst_rest_base(rest, base, err) != MST_OK)
                        return err->code;
                mst_host_log(rest->host, MST_LOG_INFO, "the service has moved to %s", base);
        }
        mstc_net_clear(&request->url);
        return mstc_net_add(&request->url, url, strlen(url)) ? MST_OK : mst_fail_memory(err, "following the service");
}

void
mst_rest_identity(const struct mst_rest *rest, struct mst_facts *facts)
{
        char identity[1024] = "";
        size_t n = rest->url != NULL ? without_slash(rest->url) : 0;

        for (size_t i = 0; i < n && i + 1 < sizeof identity; i++)
                identity[i] = (char)(rest->url[i] >= 'A' && rest->url[i] <= 'Z' ? rest->url[i] | 0x20 : rest->url[i]);
        mst_facts_identity(facts, identity);
}
