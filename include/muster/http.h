/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/http.h> - HTTP for connectors of REST services (libmuster-net, which
 * `pkg-config --libs muster-net` links).
 *
 * A client belongs to one instance of a connector and is used by one thread at a
 * time, like the instance.  It keeps connections alive, sends several requests at
 * once, keeps to a rate, waits when the service asks for it, repeats what may be
 * repeated, caches tokens, logs each retry without secrets, and comes back within
 * two seconds when the host says stop.  A connector contains no loop that sleeps.
 *
 *      struct acme_config { struct mst_http_config http; struct mst_secret *key; };
 *
 *      static const struct mst_option acme_options[] = {
 *              MST_HTTP_OPTIONS(struct acme_config, http),
 *              { .name = "key", MST_SECRET_OPTION(struct acme_config, key),
 *                .flags = MST_OPT_REQUIRED, .help = "API key" },
 *              { .name = NULL }
 *      };
 *
 *      self->http = mst_http_new(&config->http, sizeof config->http, host, err);
 *
 *      static int
 *      ask(void *self, struct mst_op *op, struct mst_http_request *request, struct mst_error *err)
 *      {
 *              mst_http_start(request, "DELETE", "/users/%s", mst_op_object(op));
 *              mst_http_secret_header(request, "Authorization", "Bearer ", self->key);
 *              return MST_OK;
 *      }
 *      ...
 *      return mst_http_each(self->http, feed, ask, tell, self, err);
 *
 * Where a request may go.  Only to an origin (scheme, host and port) that was
 * allowed: that of the option 'url', and those named with mst_http_allow().  https
 * is always verified, at least TLS 1.2; http is allowed to this machine only (see
 * mst_http_allow_link() for the one exception) and never goes through a proxy.  No
 * redirect is followed: a 3xx is an answer like any other.  The proxy comes from
 * the configuration alone, never from the environment.
 *
 * What a log line or error may hold: method, scheme, host and path, status, request
 * ids.  Never what follows the '?', a header, a body or a token.
 */
#ifndef MUSTER_HTTP_H
#define MUSTER_HTTP_H

#include <muster/error.h>
#include <muster/host.h>
#include <muster/op.h>
#include <muster/option.h>
#include <muster/secret.h>

MST_BEGIN

struct mst_http;
struct mst_http_request;
struct mst_http_reply;
struct mst_http_token;

/* What an admin can set.  Put it into the connector's own struct, where the option
 * table fills it; grows at its end. */
struct mst_http_config {
        char *url;               /* where the service is; requests may be relative to it */
        char *ca_file;           /* PEM; NULL: those of the system                     */
        char *proxy;             /* http://, https:// or socks5h://; NULL: none        */
        int64_t timeout;         /* ms for one answer, from begin to end; 0: 60 s      */
        int64_t in_flight;       /* requests at once; 0: 8                             */
        int64_t rate;            /* requests a second; 0: as fast as it goes           */
};

/* Rows for an option table: MST_HTTP_OPTIONS has all, MST_HTTP_COMMON_OPTIONS all but
 * url, for connectors with addresses of their own. */
#define MST_HTTP_COMMON_OPTIONS(s, m)                                                   \
        { .name = "ca-file", MST_PATH_OPTION(s, m.ca_file),                              \
          .help = "PEM file with the certificates to trust instead of the system's" },   \
        { .name = "proxy", MST_URL_OPTION(s, m.proxy), .choices = "http|https|socks5h",  \
          .help = "proxy to go through",                                                 \
          .more = "Proxies named in the environment are ignored." },                     \
        { .name = "timeout", MST_DURATION_OPTION(s, m.timeout),                          \
          .def = "60s", .min = 1000, .max = 3600000,                                     \
          .help = "longest wait for one answer" },                                       \
        { .name = "in-flight", MST_INTEGER_OPTION(s, m.in_flight),                       \
          .flags = MST_OPT_ADVANCED, .def = "8", .min = 1, .max = 256,                   \
          .help = "requests under way at once" },                                        \
        { .name = "rate", MST_INTEGER_OPTION(s, m.rate),                                 \
          .flags = MST_OPT_ADVANCED, .def = "0", .min = 0, .max = 100000,                \
          .help = "most requests a second, 0 for no limit" }

#define MST_HTTP_OPTIONS(s, m)                                                          \
        { .name = "url", MST_URL_OPTION(s, m.url),                                       \
          .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY, .choices = "https|http",         \
          .help = "address of the service",                                              \
          .more = "http is accepted for this machine (loopback) only." },                \
        MST_HTTP_COMMON_OPTIONS(s, m)

/* Makes a client; opens no connection.  'size' is sizeof *config in the caller's
 * build; config is borrowed until mst_http_free(), 'host' likewise.  NULL with 'err'
 * set: the url is unusable (http to another machine, a user or password in it), the
 * CA file cannot be read, or memory is out. */
MST_API struct mst_http *mst_http_new(const struct mst_http_config *config, size_t size,
                                      struct mst_host *host, struct mst_error *err);

/* Breaks off what is under way; takes NULL.  Requests and replies of the client must
 * not be used any more, but must be freed. */
MST_API void mst_http_free(struct mst_http *http);

/* Allows requests to the origin of 'url' as well. */
MST_API int mst_http_allow(struct mst_http *http, const char *url, struct mst_error *err);

/* The same, and over plain http also when the host is an address of this very link
 * (169.254.0.0/16, written as numbers), which no router passes on: where clouds put the
 * services that give a machine its identity.  Use a client of its own for such a service,
 * so that nothing else can be sent there. */
MST_API int mst_http_allow_link(struct mst_http *http, const char *url, struct mst_error *err);

/* True when both are http or https addresses of the same scheme, host and port. */
MST_API bool mst_http_same_origin(const char *a, const char *b);

enum mst_http_knob {
        MST_HTTP_TRIES = 1,      /* times one request is sent at most; 6                */
        MST_HTTP_PATIENCE = 2,   /* ms spent waiting between tries, see mst_http_renew(); 600,000 */
        MST_HTTP_BACKOFF = 3,    /* ms before the second try, doubled then up to 60 s; 1,000 */
        MST_HTTP_CAP = 4,        /* bytes of a body, unpacked; 64 MiB                   */
        MST_HTTP_CONNECT = 5,    /* ms to connect; 10,000                               */
        MST_HTTP_SILENCE = 6,    /* ms with nothing coming; 30,000                      */
        MST_HTTP_GZIP = 7,       /* 1: accept packed bodies; 1                          */
        MST_HTTP_MINUTE = 8      /* requests, repeated ones too, in any minute; at once as
                                  * many as are left of it, and then a wait that costs no
                                  * patience; 0: any number; up to 100,000; 0           */
};
MST_API void mst_http_set(struct mst_http *http, enum mst_http_knob knob, int64_t value);

/* The header that carries the request's id, a new GUID for each request and the same
 * over its retries; default "X-Request-Id", NULL for none. */
MST_API void mst_http_id_header(struct mst_http *http, const char *name);

/* Waiting is bounded: what was waited is added up from the last mst_http_renew() on,
 * and a wait that would pass MST_HTTP_PATIENCE is not begun; the request then fails with
 * MST_ETHROTTLED or MST_ENET and the time to come back in 'retry_after_ms'.  Call it at
 * the start of a piece of work that may take that long. */
MST_API void mst_http_renew(struct mst_http *http);

/* Nothing is sent for so many ms from now.  'asked': the service asked for it (in the answer
 * to a part of a batch, say), which costs patience like a Retry-After; otherwise the caller
 * paces itself, which does not. */
MST_API void mst_http_hold(struct mst_http *http, int64_t ms, bool asked);

/* Before many requests: where they are more than MST_HTTP_MINUTE allows in one minute, the log says how
 * long 'what' takes at least ("WHAT takes some 250 calls: at 100 calls a minute at least 2 minutes"). */
MST_API void mst_http_foretell(struct mst_http *http, int64_t requests, const char *what);

/* Milliseconds waited since the last mst_http_renew(). */
MST_API int64_t mst_http_waited(const struct mst_http *http);

/* --- requests ----------------------------------------------------------------- */

/* A request can be used again and again: mst_http_start() empties it.  Everything is
 * copied.  Nothing needs to be checked on the way: what went wrong (memory, a line
 * break in a header) comes out when it is sent.  NULL: out of memory, taken by all. */
MST_API struct mst_http_request *mst_http_request_new(void);
MST_API void mst_http_request_free(struct mst_http_request *request);

/* Begins with a method in capitals and an address: absolute, or a path that is put
 * behind the option 'url'.  The format's arguments must be escaped for their place
 * already (mst_escape_url). */
MST_API void mst_http_start(struct mst_http_request *request, const char *method,
                            const char *format, ...) MST_PRINTF(3, 4);

/* The same with an absolute address that is used byte for byte. */
MST_API void mst_http_start_exact(struct mst_http_request *request, const char *method,
                                  const char *url, size_t length);

MST_API void mst_http_header(struct mst_http_request *request, const char *name, const char *value);

/* A header whose value is a secret behind a plain prefix such as "Bearer ". */
MST_API void mst_http_secret_header(struct mst_http_request *request, const char *name,
                                    const char *prefix, const struct mst_secret *secret);

/* The body and its type.  The bytes are wiped from memory when the request ends. */
MST_API void mst_http_body(struct mst_http_request *request, const char *type,
                           const void *bytes, size_t size);

/* Appends one "name=value" to a form body, escaped for it; the type is set. */
MST_API void mst_http_form(struct mst_http_request *request, const char *name,
                           const char *value, size_t length);

/* Sends "Authorization: Bearer ..." with the token of that cache, which is fetched when
 * needed.  A 401 drops the token, and the request is repeated once with a new one. */
MST_API void mst_http_bearer(struct mst_http_request *request, struct mst_http_token *token);

/* The same in a header of another name, behind a plain prefix that may be "". */
MST_API void mst_http_token_header(struct mst_http_request *request, struct mst_http_token *token,
                                   const char *name, const char *prefix);

/* Says that sending it twice does no harm.  GET, HEAD, PUT and DELETE are taken so
 * without being told; anything else is sent again only when the service said 429 or
 * 503, or nothing of it had left. */
MST_API void mst_http_repeatable(struct mst_http_request *request, bool is);

/* The reply holds secrets: it is wiped from memory when it ends. */
MST_API void mst_http_secret_reply(struct mst_http_request *request);

/* --- replies ------------------------------------------------------------------ */

/* A reply can be used again and again and keeps its room. */
MST_API struct mst_http_reply *mst_http_reply_new(void);
MST_API void mst_http_reply_free(struct mst_http_reply *reply);

/* The status, or 0 when there was no answer. */
MST_API int mst_http_status(const struct mst_http_reply *reply);

/* The body, followed by a NUL that 'size' (may be NULL) does not count; never NULL. */
MST_API const char *mst_http_content(const struct mst_http_reply *reply, size_t *size);

/* The first header of that name, without regard to case, or NULL. */
MST_API const char *mst_http_reply_header(const struct mst_http_reply *reply, const char *name);

/* The header of that name number 'index', from 0, for those that may come several
 * times; NULL past the last. */
MST_API const char *mst_http_reply_header_at(const struct mst_http_reply *reply, const char *name,
                                             size_t index);

/* The id that was sent with the request (see mst_http_id_header), or "". */
MST_API const char *mst_http_reply_id(const struct mst_http_reply *reply);

/* Something of the request had left when it failed: without an answer, nobody knows
 * what became of it. */
MST_API bool mst_http_was_sent(const struct mst_http_reply *reply);

/* --- sending ------------------------------------------------------------------ */

/* Sends the request and waits for its answer, repeating it as said above.
 *
 * MST_OK: there is an answer that is not worth a retry, whatever its status (2xx, 3xx,
 * 4xx, 501); what it means is for the caller to say.  MST_ETHROTTLED: the last answer
 * was 429 and patience ended, MST_ENET: 5xx, or none: not reached, broken off, too
 * slow, too large, or the host says stop.  'reply' then holds the last answer, if there
 * was one.  MST_EAUTH and others come from a token's provider. */
MST_API int mst_http_do(struct mst_http *http, struct mst_http_request *request,
                        struct mst_http_reply *reply, struct mst_error *err);

/* Sends many requests, in-flight of them at once.
 *
 * 'next' is asked for work whenever there is room: it starts the request and returns
 * MST_OK, MST_END when there is no more, or an error, which ends everything.  '*user'
 * goes along with the request.  'done' hears of each in the order of the answers, with
 * the same codes as mst_http_do() ('why' is filled unless code is MST_OK); it returns
 * MST_OK, or an error, which breaks off the rest.  Returns that error, or MST_ENET when
 * stopped. */
struct mst_http_many {
        size_t size;             /* sizeof (struct mst_http_many) in the caller's build */
        int (*next)(void *self, struct mst_http_request *request, void **user,
                    struct mst_error *err);
        int (*done)(void *self, void *user, struct mst_http_reply *reply, int code,
                    const struct mst_error *why, struct mst_error *err);
        void *self;
};
MST_API int mst_http_many(struct mst_http *http, const struct mst_http_many *calls,
                          struct mst_error *err);

/* Carries out the ops of a sink's feed (<muster/op.h>), in-flight of them at once: the
 * body of a REST sink's apply().
 *
 * 'ask' fills the request of an op and returns MST_OK.  When it has settled the op
 * without one it returns MST_END; an error refuses the op, with the class telling how
 * (MST_ENET, MST_ETHROTTLED: retry later; anything else: refused).
 *
 * 'tell' looks at the answer, settles the op with mst_op_settle() and returns true; what
 * it leaves open, returning false, is settled by the status: 2xx done (with the op's own
 * object and name when none was set), 404 and 410 gone (an update or delete; else
 * refused), 409 and 412 duplicate (a create; else refused), 429 and 5xx retry with the
 * time the service asked for, other 4xx refused with the status and the first bytes of
 * the body.  'tell' is not called where there is no answer: sent is unknown, not sent
 * is retry.  NULL leaves everything to the status.
 *
 * An op that takes several requests calls mst_http_more() in 'tell' instead of settling:
 * 'ask' is then asked again for the same op, before any new one, and finds what it has done
 * so far where it put it, mst_op_user().  A create of which a request was answered may have
 * happened: what it does not settle as done itself counts as unknown, whatever a later
 * answer says, so that the engine looks.
 *
 * 429 holds back all further requests as long as the service asks.  Trouble of the
 * service as a whole ends the call with that error, and the ops that were not sent are
 * given back: credentials refused (401 twice in a row), nobody there (three times in a
 * row), failing (5xx twenty times in a row), a wait that patience does not cover.  When
 * stopping, what is in flight has a moment left to be answered. */
typedef int mst_http_ask(void *self, struct mst_op *op, struct mst_http_request *request,
                         struct mst_error *err);
typedef bool mst_http_tell(void *self, struct mst_op *op, struct mst_http_reply *reply,
                           struct mst_error *err);
MST_API void mst_http_more(struct mst_http_reply *reply);
MST_API int mst_http_each(struct mst_http *http, struct mst_feed *feed, mst_http_ask *ask,
                          mst_http_tell *tell, void *self, struct mst_error *err);

/* --- tokens ------------------------------------------------------------------- */

/* A token with a life, fetched by the connector when needed, kept in memory only, and
 * shared by all requests that name it.  It is fetched anew five minutes, or a tenth of
 * its life, before it ends, by one request while the others wait; when that fails and
 * the old one still lives, the old one is used.
 *
 * 'get' fetches one (with mst_http_do() on the same client if it likes) and gives it
 * away in '*ret' with its life from now on. */
typedef int mst_http_token_get(void *self, struct mst_secret **ret, int64_t *life_ms,
                               struct mst_error *err);

MST_API struct mst_http_token *mst_http_token_new(struct mst_http *http, mst_http_token_get *get,
                                                  void *self);
MST_API void mst_http_token_free(struct mst_http_token *token);

/* Forgets the token: the next request fetches one. */
MST_API void mst_http_token_drop(struct mst_http_token *token);

/* The token as it would be sent now; the secret stays the cache's and is good until the
 * next call that sends something.  Fetches one when needed. */
MST_API int mst_http_token_use(struct mst_http_token *token, const struct mst_secret **ret,
                               struct mst_error *err);

/* Within 'get', after a token was refused: what that 401 said, WWW-Authenticate header
 * number 'index' from 0 (RFC 9110, section 11.6.1), or NULL.  A service may ask there for
 * something that the next token must have.  It is forgotten when a token was given. */
MST_API const char *mst_http_token_challenge(const struct mst_http_token *token, size_t index);

/* How many times 'get' was called. */
MST_API uint64_t mst_http_token_count(const struct mst_http_token *token);

/* --- small things ------------------------------------------------------------- */

/* What a Retry-After header asks for, in ms: seconds ("7", "2.128") or an HTTP date in
 * any of its three forms, counted from 'now' (an MST_DATE); a date that has passed is 0,
 * more than an hour is an hour.  -1: NULL or something else. */
MST_API int64_t mst_http_retry_after(const char *text, int64_t now);

/* An HTTP date in any of its three forms (the Date header) as an MST_DATE; false: NULL or
 * something else. */
MST_API bool mst_http_date(const char *text, int64_t *ret);

/* "GET https://host/path", without what follows '?' or '#', for a sentence.  Writes at
 * most 'room' bytes with the NUL and returns 'into'. */
MST_API const char *mst_http_say(const struct mst_http_request *request, char *into, size_t room);

MST_END_C
#endif
