/* net.h - inside the HTTP client: what its files share.
 *
 *   origin.c    addresses: may a request go there?
 *   client.c    the client itself
 *   request.c   what is sent
 *   reply.c     what came back
 *   flight.c    one request under way: a curl handle and its tries
 *   turn.c      the loop that moves all flights, and the two simple ways to use it
 *   each.c      the way from a sink's feed to flights and back
 *   token.c     tokens and their life
 *   pace.c      how long to wait: Retry-After, backoff, rate
 *   rest*.c     services in JSON (<muster/rest.h>), see rest.h
 *   seal.c      secrets kept in the store (<muster/seal.h>); knows nothing of the rest
 */
#ifndef MSTC_NET_H
#define MSTC_NET_H

#include <curl/curl.h>

#include <muster/http.h>

/* Bytes that grow, and leave nothing behind when they are secret. */
struct mstc_net_bytes {
        char *bytes;
        size_t length, room;
        bool secret, failed;
};
bool mstc_net_add(struct mstc_net_bytes *to, const void *bytes, size_t size);
void mstc_net_clear(struct mstc_net_bytes *of);
void mstc_net_done(struct mstc_net_bytes *of);

struct mst_http_request {
        char method[16];
        struct mstc_net_bytes url;           /* as started: absolute, or a path        */
        struct mstc_net_bytes lines;         /* "Name: value" NUL ...                  */
        struct mstc_net_bytes body;
        bool has_body, is_form;
        bool repeatable, secret_reply;
        struct mst_http_token *token;
        char token_name[64], token_prefix[32];       /* of the header that carries it  */
        const char *bad;                     /* why it cannot be sent, or NULL         */
};

struct mst_http_reply {
        int status;
        bool sent;
        bool too_large;
        bool more;                           /* see mst_http_more()                    */
        size_t cap;
        struct mstc_net_bytes body;
        struct mstc_net_bytes lines;         /* "Name: value" NUL ...                  */
        char id[40];
};

enum mstc_flight_state {
        MSTC_GROUND = 0,                     /* not begun, or waits for another try    */
        MSTC_AIR,
        MSTC_LANDED                          /* has its answer, or has given up        */
};

/* One request, from the first try to the last. */
struct mstc_flight {
        struct mstc_flight *next;
        struct mst_http *http;
        CURL *easy;
        struct curl_slist *headers;
        struct mstc_net_bytes url;           /* where it goes, behind the option 'url' */
        struct mst_http_request *request;    /* the caller's, or 'own_request'         */
        struct mst_http_reply *reply;
        struct mst_http_request *own_request;
        struct mst_http_reply *own_reply;
        void *user;
        enum mstc_flight_state state;
        bool done;                           /* curl says that the try is over         */
        CURLcode result;
        char trouble[CURL_ERROR_SIZE];
        unsigned starts;                     /* times this try was about to be sent    */
        unsigned tries, most;                /* trouble so far, and what is borne      */
        unsigned throttles;
        bool again, fresh;                   /* 401 was answered once; new connection  */
        bool once;                           /* never repeated: each() does it         */
        unsigned steps;                      /* requests of the op that were answered  */
        uint64_t token_serial;
        int64_t due, begun;
        int code;                            /* when landed                            */
        struct mst_error why;
};

struct mstc_origin {
        struct mstc_origin *next;
        char text[];                         /* scheme://host:port                     */
};

struct mst_http {
        struct mst_http_config config;
        struct mst_host *host;
        CURLM *multi;
        struct mstc_origin *origins;
        struct mstc_flight *spare;
        struct mstc_net_bytes id_header;
        int64_t tries, patience, backoff, cap, connect, silence;
        bool gzip;
        int64_t gate;                        /* nobody starts before                   */
        int64_t hold;                        /* the same, at the caller's own wish     */
        int64_t rate_us;                     /* when the rate allows the next          */
        int64_t *minute;                     /* when the last requests were sent, in a ring */
        size_t minute_size, minute_at;       /* as many as a minute may have; the oldest */
        int64_t waited, waited_to;
        bool watched;                        /* clock and certificate were looked at   */
};

struct mst_http_token {
        struct mst_http *http;
        mst_http_token_get *get;
        void *self;
        struct mst_secret *secret;
        int64_t renew_at, ends_at;           /* ticks                                  */
        int64_t failed_at;
        struct mst_error failure;            /* of the last try, kept for a moment     */
        struct mstc_net_bytes challenge;     /* of the last 401: header NUL ...        */
        bool fetching;
        uint64_t serial, count;
};

/* origin.c: "scheme://host:port" of an address, lower case, or NULL with the reason. */
char *mstc_origin_of(const char *url, const char **why);
bool mstc_origin_loopback(const char *origin);
bool mstc_origin_allowed(const struct mst_http *http, const char *url, struct mst_error *err);

/* watchful.c: once for a client, what a verified answer shows of clock and certificate, as log lines
 * that begin with "clock:" and "certificate:". */
void mstc_watchful_wants(struct mst_http *http, CURL *easy);
void mstc_watchful_look(struct mst_http *http, CURL *easy, const struct mst_http_reply *reply, const char *url);

/* request.c: the address it goes to, behind the option 'url' when it is a path; and an
 * address without what may be secret. */
const char *mstc_request_say(const char *method, const char *url, char *into, size_t room);
bool mstc_request_url(const struct mst_http *http, const struct mst_http_request *request,
                      struct mstc_net_bytes *into);

/* reply.c */
void mstc_reply_reset(struct mst_http_reply *reply, size_t cap, bool secret);
size_t mstc_reply_write(char *bytes, size_t size, size_t count, void *reply);
size_t mstc_reply_line(char *bytes, size_t size, size_t count, void *reply);

/* token.c: a 401 has refused it. */
void mstc_token_refused(struct mst_http_token *token, const struct mst_http_reply *reply);

/* pace.c */
uint32_t mstc_pace_dice(struct mst_http *http);
int64_t mstc_pace_backoff(int64_t base, unsigned tries, uint32_t dice);
int64_t mstc_pace_jitter(int64_t wait, uint32_t dice);
int64_t mstc_pace_rate(struct mst_http *http, int64_t now, bool take);   /* ms to wait */
void mstc_pace_minute(struct mst_http *http, int64_t most);
bool mstc_pace_afford(struct mst_http *http, int64_t now, int64_t until);
void mstc_pace_spend(struct mst_http *http, int64_t now, int64_t until);

/* flight.c */
struct mstc_flight *mstc_flight_new(struct mst_http *http);
void mstc_flight_free(struct mstc_flight *flight);                 /* back to the spare ones */
void mstc_flight_drop_spare(struct mst_http *http);
void mstc_flight_begin(struct mstc_flight *flight, struct mst_http_request *request,
                       struct mst_http_reply *reply);
void mstc_flight_launch(struct mstc_flight *flight);
/* "GET https://host/path" for a sentence. */
const char *mstc_flight_say(const struct mstc_flight *flight, char *into, size_t room);
void mstc_flight_land(struct mstc_flight *flight);                 /* a try is over */
void mstc_flight_abort(struct mstc_flight *flight);
int mstc_flight_end(struct mstc_flight *flight, int code);

/* turn.c: starts what may start, waits up to 'ms' for something to happen (also on 'fd'
 * unless it is -1), and lands what is over. */
void mstc_turn(struct mst_http *http, struct mstc_flight *mine, int fd, int64_t ms);
void mstc_turn_give_back(struct mstc_flight **mine);
int mstc_turn_stopped(const struct mst_http *http, struct mst_error *err);

#endif
