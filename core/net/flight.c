/* flight.c - one request under way, with its tries.
 *
 *   ground   not begun, or waits until 'due' for another try
 *   air      given to libcurl
 *   landed   answered, or given up: 'code' and 'why' are set
 *
 * A try that is over is judged by mstc_flight_land(): an answer that no retry can
 * better lands; 429, 5xx and broken connections go back to the ground with a time,
 * as long as the request may be repeated, there are tries left and the wait can be
 * afforded.
 *
 * libcurl by itself sends a request a second time when a kept connection turns out
 * to be dead.  For what must not be repeated that is forbidden: it tells us each time
 * it is about to send, and the second time is broken off (about_to_send). */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "net/net.h"
#include "util/alloc.h"

enum { THROTTLES_MOST = 50, ERROR_BYTES = 512 };

struct mstc_flight *
mstc_flight_new(struct mst_http *http)
{
        struct mstc_flight *flight = http->spare;

        if (flight != NULL) {
                http->spare = flight->next;
        } else {
                flight = mstc_alloc(sizeof *flight);
                if (flight == NULL)
                        return NULL;
                flight->http = http;
                flight->easy = curl_easy_init();
                if (flight->easy == NULL) {
                        mstc_free(flight);
                        return NULL;
                }
        }
        flight->next = NULL;
        flight->user = NULL;
        flight->once = false;
        flight->steps = 0;
        return flight;
}

static void
drop_headers(struct mstc_flight *flight)
{
        for (struct curl_slist *h = flight->headers; h != NULL; h = h->next)
                mst_secret_wipe(h->data, strlen(h->data));
        curl_slist_free_all(flight->headers);
        flight->headers = NULL;
}

void
mstc_flight_abort(struct mstc_flight *flight)
{
        if (flight->state == MSTC_AIR)
                curl_multi_remove_handle(flight->http->multi, flight->easy);
        flight->state = MSTC_GROUND;
        drop_headers(flight);
}

void
mstc_flight_free(struct mstc_flight *flight)
{
        mstc_flight_abort(flight);
        /* Nothing of the request may stay behind in the handle. */
        curl_easy_reset(flight->easy);
        flight->request = NULL;
        flight->reply = NULL;
        flight->next = flight->http->spare;
        flight->http->spare = flight;
}

void
mstc_flight_drop_spare(struct mst_http *http)
{
        while (http->spare != NULL) {
                struct mstc_flight *flight = http->spare;
                http->spare = flight->next;
                curl_easy_cleanup(flight->easy);
                mstc_net_done(&flight->url);
                mst_http_request_free(flight->own_request);
                mst_http_reply_free(flight->own_reply);
                mstc_free(flight);
        }
}

int
mstc_flight_end(struct mstc_flight *flight, int code)
{
        flight->state = MSTC_LANDED;
        flight->code = code;
        return code;
}

static void
draw_id(struct mstc_flight *flight)
{
        unsigned char b[16];
        struct mst_error ignored = { 0 };
        struct mst_http_reply *reply = flight->reply;

        reply->id[0] = '\0';
        if (flight->http->id_header.length == 0
            || mst_host_random(flight->http->host, b, sizeof b, &ignored) != MST_OK)
                return;
        b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
        b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
        snprintf(reply->id, sizeof reply->id,
                 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
                 b[13], b[14], b[15]);
}

void
mstc_flight_begin(struct mstc_flight *flight, struct mst_http_request *request,
                  struct mst_http_reply *reply)
{
        flight->request = request;
        flight->reply = reply;
        mstc_net_clear(&flight->url);
        flight->state = MSTC_GROUND;
        flight->tries = flight->throttles = 0;
        flight->most = (unsigned)flight->http->tries;
        flight->again = flight->fresh = false;
        flight->due = 0;
        flight->code = MST_OK;
        flight->why = (struct mst_error){ 0 };
        mstc_reply_reset(reply, (size_t)flight->http->cap, request->secret_reply);
        draw_id(flight);
}

static int
about_to_send(void *self, char *from, char *to, int from_port, int to_port)
{
        struct mstc_flight *flight = self;

        (void)from, (void)to, (void)from_port, (void)to_port;
        flight->starts++;
        if (flight->starts > 1 && !flight->request->repeatable)
                return CURL_PREREQFUNC_ABORT;
        return CURL_PREREQFUNC_OK;
}

static bool
append(struct mstc_flight *flight, const char *line)
{
        struct curl_slist *more = curl_slist_append(flight->headers, line);

        if (more == NULL)
                return false;
        flight->headers = more;
        return true;
}

static bool
append_pair(struct mstc_flight *flight, const char *name, const char *middle, const char *value)
{
        struct mstc_net_bytes line = { .secret = true };
        bool good = mstc_net_add(&line, name, strlen(name))
                && mstc_net_add(&line, middle, strlen(middle))
                && mstc_net_add(&line, value, strlen(value)) && append(flight, line.bytes);

        mstc_net_done(&line);
        return good;
}

static int
set_headers(struct mstc_flight *flight)
{
        const struct mst_http_request *request = flight->request;
        const struct mst_secret *secret = NULL;
        bool good = append(flight, "Expect:");

        for (size_t at = 0; good && at < request->lines.length;
             at += strlen(request->lines.bytes + at) + 1)
                good = append(flight, request->lines.bytes + at);
        if (good && flight->reply->id[0] != '\0')
                good = append_pair(flight, flight->http->id_header.bytes, ": ", flight->reply->id);
        if (good && request->token != NULL) {
                if (mst_http_token_use(request->token, &secret, &flight->why) != MST_OK)
                        return flight->why.code;
                flight->token_serial = request->token->serial;
                if (strpbrk(mst_secret_reveal(secret), "\r\n") != NULL)
                        return mst_fail(&flight->why, MST_EINTERNAL, "a token holds a line break");
                good = append_pair(flight, request->token_name, request->token_prefix, mst_secret_reveal(secret));
        }
        if (!good)
                return mst_fail_memory(&flight->why, "preparing a request");
        curl_easy_setopt(flight->easy, CURLOPT_HTTPHEADER, flight->headers);
        return MST_OK;
}

static void
set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static void
set_trust(struct mstc_flight *flight, bool clear)
{
        const struct mst_http_config *config = &flight->http->config;
        CURL *easy = flight->easy;

        set_protocols(easy);
        curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
        if (config->ca_file != NULL) {
                curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_file);
                curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
        }
        /* "" and not NULL: NULL would let the environment decide.  What is not
         * encrypted stays on this machine and goes through no proxy. */
        curl_easy_setopt(easy, CURLOPT_PROXY,
                         config->proxy != NULL && !clear ? config->proxy : "");
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
        if (config->proxy != NULL && config->ca_file != NULL)
                curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, config->ca_file);
}

static void
set_limits(struct mstc_flight *flight)
{
        const struct mst_http *http = flight->http;
        CURL *easy = flight->easy;
        int64_t timeout = http->config.timeout;

        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout);
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                         (long)(http->connect < timeout ? http->connect : timeout));
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)((http->silence + 999) / 1000));
        curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, http->gzip ? "gzip" : NULL);
        curl_easy_setopt(easy, CURLOPT_USERAGENT, "muster/" PACKAGE_VERSION);
        curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, flight->fresh ? 1L : 0L);
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, flight->trouble);
        mstc_watchful_wants(flight->http, easy);
        curl_easy_setopt(easy, CURLOPT_PRIVATE, flight);
        curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, about_to_send);
        curl_easy_setopt(easy, CURLOPT_PREREQDATA, flight);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, mstc_reply_write);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, flight->reply);
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, mstc_reply_line);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, flight->reply);
}

static void
set_method(struct mstc_flight *flight)
{
        const struct mst_http_request *request = flight->request;
        CURL *easy = flight->easy;

        if (request->has_body) {
                curl_easy_setopt(easy, CURLOPT_POST, 1L);
                curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
                curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.bytes);
        } else if (strcmp(request->method, "GET") == 0) {
                curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
                return;
        } else if (strcmp(request->method, "HEAD") == 0) {
                curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
                return;
        } else if (strcmp(request->method, "POST") == 0) {
                curl_easy_setopt(easy, CURLOPT_POST, 1L);
                curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
                curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
        }
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

const char *
mstc_flight_say(const struct mstc_flight *flight, char *into, size_t room)
{
        if (flight->url.length == 0)
                return mst_http_say(flight->request, into, room);
        return mstc_request_say(flight->request->method, flight->url.bytes, into, room);
}

/* Fails with 'why' set. */
static int
prepare(struct mstc_flight *flight)
{
        const char *url;

        if (flight->request->bad != NULL)
                return mst_fail(&flight->why, MST_EINTERNAL, "a request was not sent: %s",
                                flight->request->bad);
        if (!mstc_request_url(flight->http, flight->request, &flight->url))
                return mst_fail_memory(&flight->why, "preparing a request");
        url = flight->url.bytes;
        if (!mstc_origin_allowed(flight->http, url, &flight->why))
                return flight->why.code;
        curl_easy_reset(flight->easy);
        curl_easy_setopt(flight->easy, CURLOPT_PATH_AS_IS, 1L);
        if (curl_easy_setopt(flight->easy, CURLOPT_URL, url) != CURLE_OK)
                return mst_fail_memory(&flight->why, "preparing a request");
        set_trust(flight, strncasecmp(url, "http:", 5) == 0);
        set_limits(flight);
        set_method(flight);
        return set_headers(flight);
}

void
mstc_flight_launch(struct mstc_flight *flight)
{
        mstc_reply_reset(flight->reply, (size_t)flight->http->cap, flight->request->secret_reply);
        flight->trouble[0] = '\0';
        flight->starts = 0;
        flight->done = false;
        drop_headers(flight);
        if (prepare(flight) != MST_OK) {
                mstc_flight_end(flight, flight->why.code);
                return;
        }
        flight->begun = mst_host_ticks_ms(flight->http->host);
        if (curl_multi_add_handle(flight->http->multi, flight->easy) != CURLM_OK) {
                mst_fail_memory(&flight->why, "sending a request");
                mstc_flight_end(flight, MST_EINTERNAL);
                return;
        }
        mst_host_count(flight->http->host, MST_COUNT_CALLS, 1);
        flight->state = MSTC_AIR;
}

/* "; request id X, the service's id Y" as far as there are such. */
static const char *
say_ids(const struct mstc_flight *flight, char *into, size_t room)
{
        static const char *const names[] = { "request-id", "x-ms-request-id", "x-request-id" };
        const char *theirs = NULL;
        size_t used = 0;

        into[0] = '\0';
        for (size_t i = 0; i < sizeof names / sizeof names[0] && theirs == NULL; i++)
                theirs = mst_http_reply_header(flight->reply, names[i]);
        if (flight->reply->id[0] != '\0')
                used = (size_t)snprintf(into, room, "; our id %s", flight->reply->id);
        if (theirs != NULL && strspn(theirs, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"
                                     "OPQRSTUVWXYZ-_.:/|") == strlen(theirs))
                snprintf(into + used, room - used, "; request id %.64s", theirs);
        return into;
}

/* What kept the answer away, as a sentence; the class says whether a retry may help. */
static int
say_trouble(struct mstc_flight *flight)
{
        char what[300];
        const char *text = flight->trouble[0] != '\0' ? flight->trouble
                : curl_easy_strerror(flight->result);

        mstc_flight_say(flight, what, sizeof what);
        if (flight->reply->too_large)
                return mst_fail(&flight->why, MST_ENET, "%s: the answer is larger than %zu bytes and "
                                "was not read", what, flight->reply->cap);
        switch (flight->result) {
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
                return mst_fail(&flight->why, MST_ECONFIG, "%s: the server's certificate is not "
                                "trusted (%s); if it is signed by a CA of your own, name its "
                                "certificate in ca-file", what, text);
        case CURLE_SSL_CACERT_BADFILE:
                return mst_fail(&flight->why, MST_ECONFIG, "%s: ca-file: %s", what, text);
        case CURLE_OUT_OF_MEMORY:
                return mst_fail_memory(&flight->why, "sending a request");
        case CURLE_ABORTED_BY_CALLBACK:
                return mst_fail(&flight->why, MST_ENET, "%s: the connection broke off after the "
                                "request was sent", what);
        case CURLE_OPERATION_TIMEDOUT:
                return mst_fail(&flight->why, MST_ENET, "%s: no complete answer in time (%s)", what, text);
        default:
                return mst_fail(&flight->why, MST_ENET, "%s: %s", what, text);
        }
}

/* 429 and 5xx as a sentence. */
static int
say_status(struct mstc_flight *flight)
{
        char what[300], ids[160];
        int status = flight->reply->status;

        mstc_flight_say(flight, what, sizeof what);
        say_ids(flight, ids, sizeof ids);
        if (status == 429)
                return mst_fail(&flight->why, MST_ETHROTTLED, "%s: the service asks to slow down "
                                "(429%s)", what, ids);
        return mst_fail(&flight->why, MST_ENET, "%s: the service failed (status %d%s)", what, status,
                        ids);
}

static void
again_at(struct mstc_flight *flight, int64_t now, int64_t wait)
{
        struct mst_http *http = flight->http;

        mst_host_log(http->host, MST_LOG_INFO, "http: %s; trying again in %lld.%01lld s", flight->why.text,
                     (long long)(wait / 1000), (long long)(wait % 1000 / 100));
        mstc_pace_spend(http, now, now + wait);
        flight->due = now + wait;
        flight->state = MSTC_GROUND;
}

/* A try failed and 'why' says how: another one, or the end. */
static void
retry(struct mstc_flight *flight, int64_t asked)
{
        struct mst_http *http = flight->http;
        int64_t now = mst_host_ticks_ms(http->host);
        uint32_t dice = mstc_pace_dice(http);
        bool throttled = flight->reply->status == 429;
        unsigned count = throttled ? ++flight->throttles : ++flight->tries;
        int64_t wait = asked >= 0 ? mstc_pace_jitter(asked, dice)
                : mstc_pace_backoff(http->backoff, count, dice);
        bool refused = throttled || flight->reply->status == 503;
        bool may = flight->request->repeatable || refused || !flight->reply->sent;

        flight->why.retry_after_ms = (uint32_t)wait;
        if (refused && (asked >= 0 || throttled) && now + wait > http->gate) {
                mst_host_count(http->host, MST_COUNT_THROTTLED_MS,
                               (uint64_t)(now + wait - (http->gate > now ? http->gate : now)));
                http->gate = now + wait;
        }
        flight->fresh = !throttled;
        if (flight->once || !may || count >= (throttled ? (unsigned)THROTTLES_MOST : flight->most)
            || !mstc_pace_afford(http, now, now + wait))
                mstc_flight_end(flight, flight->why.code);
        else
                again_at(flight, now, wait);
}

/* 401 with a cached token: once more with a new one. */
static bool
new_token(struct mstc_flight *flight)
{
        struct mst_http_token *token = flight->request->token;

        if (flight->reply->status != 401 || token == NULL || flight->again)
                return false;
        flight->again = true;
        if (token->serial == flight->token_serial)
                mstc_token_refused(token, flight->reply);
        flight->due = 0;
        flight->state = MSTC_GROUND;
        return true;
}

void
mstc_flight_land(struct mstc_flight *flight)
{
        struct mst_http_reply *reply = flight->reply;
        struct mst_http *http = flight->http;
        long status = 0;
        char what[300];

        curl_easy_getinfo(flight->easy, CURLINFO_RESPONSE_CODE, &status);
        curl_multi_remove_handle(http->multi, flight->easy);
        drop_headers(flight);
        flight->state = MSTC_GROUND;
        reply->sent = flight->starts > 0;
        reply->status = flight->result == CURLE_OK ? (int)status : 0;
        mst_host_log(http->host, MST_LOG_DEBUG, "http: %s: %d, %zu bytes, %lld ms",
                     mstc_flight_say(flight, what, sizeof what), reply->status,
                     reply->body.length,
                     (long long)(mst_host_ticks_ms(http->host) - flight->begun));
        if (flight->result == CURLE_OK)
                mstc_watchful_look(http, flight->easy, reply, flight->url.bytes);
        if (flight->result != CURLE_OK) {
                if (say_trouble(flight) != MST_ENET || reply->too_large)
                        mstc_flight_end(flight, flight->why.code);
                else
                        retry(flight, -1);
        } else if (status == 429 || (status >= 500 && status != 501)) {
                say_status(flight);
                retry(flight, mst_http_retry_after(mst_http_reply_header(reply, "Retry-After"),
                                                   mst_host_now(http->host)));
        } else if (!new_token(flight)) {
                mstc_flight_end(flight, MST_OK);
        }
}
