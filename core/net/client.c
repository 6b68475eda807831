/* client.c - the client: made from what an admin configured, ended with its
 * connections. */
#include "build.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"
#include "util/alloc.h"

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void
start_curl(void)
{
        curl_global_init(CURL_GLOBAL_DEFAULT);
}

static int
set_up(struct mst_http *http, struct mst_error *err)
{
        struct mst_http_config *config = &http->config;

        if (config->timeout <= 0)
                config->timeout = 60000;
        if (config->in_flight <= 0)
                config->in_flight = 8;
        if (config->ca_file != NULL && access(config->ca_file, R_OK) != 0)
                return mst_fail(err, MST_ECONFIG, "ca-file '%s' cannot be read: %s",
                                config->ca_file, strerror(errno));
        if (config->url != NULL && mst_http_allow(http, config->url, err) != MST_OK)
                return err->code;
        http->multi = curl_multi_init();
        if (http->multi == NULL)
                return mst_fail_memory(err, "starting the HTTP client");
        curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)config->in_flight);
        curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)config->in_flight + 4);
        return MST_OK;
}

struct mst_http *
mst_http_new(const struct mst_http_config *config, size_t size, struct mst_host *host,
             struct mst_error *err)
{
        struct mst_http *http = mstc_alloc(sizeof *http);

        pthread_once(&curl_once, start_curl);
        if (http == NULL) {
                mst_fail_memory(err, "starting the HTTP client");
                return NULL;
        }
        memcpy(&http->config, config, size < sizeof http->config ? size : sizeof http->config);
        http->host = host;
        http->tries = 6;
        http->patience = 600000;
        http->backoff = 1000;
        http->cap = INT64_C(64) << 20;
        http->connect = 10000;
        http->silence = 30000;
        http->gzip = true;
        mst_http_id_header(http, "X-Request-Id");
        if (set_up(http, err) != MST_OK) {
                mst_http_free(http);
                return NULL;
        }
        return http;
}

void
mst_http_free(struct mst_http *http)
{
        if (http == NULL)
                return;
        mstc_flight_drop_spare(http);
        curl_multi_cleanup(http->multi);
        while (http->origins != NULL) {
                struct mstc_origin *next = http->origins->next;
                mstc_free(http->origins);
                http->origins = next;
        }
        mstc_net_done(&http->id_header);
        mstc_free(http->minute);
        mstc_free(http);
}

void
mst_http_set(struct mst_http *http, enum mst_http_knob knob, int64_t value)
{
        switch (knob) {
        case MST_HTTP_TRIES: http->tries = value < 1 ? 1 : value; break;
        case MST_HTTP_PATIENCE: http->patience = value; break;
        case MST_HTTP_BACKOFF: http->backoff = value < 1 ? 1 : value; break;
        case MST_HTTP_CAP: http->cap = value; break;
        case MST_HTTP_CONNECT: http->connect = value; break;
        case MST_HTTP_SILENCE: http->silence = value; break;
        case MST_HTTP_GZIP: http->gzip = value != 0; break;
        case MST_HTTP_MINUTE: mstc_pace_minute(http, value); break;
        }
}

void
mst_http_id_header(struct mst_http *http, const char *name)
{
        mstc_net_clear(&http->id_header);
        if (name != NULL)
                mstc_net_add(&http->id_header, name, strlen(name));
}

void
mst_http_renew(struct mst_http *http)
{
        http->waited = http->waited_to = 0;
}

void
mst_http_hold(struct mst_http *http, int64_t ms, bool asked)
{
        int64_t *until = asked ? &http->gate : &http->hold, then = mst_host_ticks_ms(http->host) + ms;

        if (ms > 0 && then > *until)
                *until = then;
}

void
mst_http_foretell(struct mst_http *http, int64_t requests, const char *what)
{
        int64_t most = (int64_t)http->minute_size;

        if (most > 0 && requests > most)
                mst_host_log(http->host, MST_LOG_INFO, "%s takes some %lld calls: at %lld calls a minute at least %lld minutes", what,
                             (long long)requests, (long long)most, (long long)(requests / most));
}

int64_t
mst_http_waited(const struct mst_http *http)
{
        return http->waited;
}

/* --- bytes ---------------------------------------------------------------------- */

bool
mstc_net_add(struct mstc_net_bytes *to, const void *bytes, size_t size)
{
        if (to->failed)
                return false;
        if (size >= to->room - to->length || to->room == 0) {
                size_t room = to->room == 0 ? 256 : to->room;
                char *more;

                while (room <= to->length + size)
                        room *= 2;
                more = mstc_alloc(room);
                if (more == NULL) {
                        to->failed = true;
                        return false;
                }
                if (to->length > 0)
                        memcpy(more, to->bytes, to->length);
                if (to->secret && to->bytes != NULL)
                        mst_secret_wipe(to->bytes, to->room);
                mstc_free(to->bytes);
                to->bytes = more;
                to->room = room;
        }
        if (size > 0)
                memcpy(to->bytes + to->length, bytes, size);
        to->length += size;
        to->bytes[to->length] = '\0';
        return true;
}

void
mstc_net_clear(struct mstc_net_bytes *of)
{
        if (of->secret && of->bytes != NULL)
                mst_secret_wipe(of->bytes, of->room);
        of->length = 0;
        of->secret = of->failed = false;
        if (of->bytes != NULL)
                of->bytes[0] = '\0';
}

void
mstc_net_done(struct mstc_net_bytes *of)
{
        mstc_net_clear(of);
        mstc_free(of->bytes);
        *of = (struct mstc_net_bytes){ 0 };
}
