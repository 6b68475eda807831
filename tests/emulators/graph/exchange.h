/* exchange.h - one request and the reply to it.
 *
 * The server fills in the request, a handler the reply; faults may spoil the
 * reply before it leaves. Nothing in here knows the web server. */
#ifndef GRAPH_EXCHANGE_H
#define GRAPH_EXCHANGE_H
#include "query.h"
#include "seal.h"
#include "text.h"
#include "trouble.h"

#include <stdbool.h>
#include <stdint.h>

enum ending {
        ENDING_WELL,
        ENDING_NO_REPLY,        /* the connection is closed, nothing sent */
        ENDING_RESET,           /* after 'cut' bytes of the body, with a reset */
        ENDING_SHORT,           /* after 'cut' bytes, fewer than Content-Length said */
        ENDING_SILENT           /* after 'cut' bytes nothing more, until the client gives up */
};

enum { EXCHANGE_HEADERS = 16 };

struct header {
        char *name, *value;
};

struct exchange {
        /* the request */
        const char *method;
        const char *url;                /* as it came */
        struct query query;
        struct text body;
        const char *kind;               /* "token", "delta", "users", ...: for faults and counts */
        const char *client;             /* app id of the bearer token, or "" */
        bool authorized;                /* there was an Authorization header */
        bool reads_users, reads_hidden; /* what its token allows beside the route's own need */
        bool reads_leave;
        bool batched;                   /* came inside a $batch */
        bool eventual;                  /* ConsistencyLevel: eventual */
        size_t head_bytes;              /* of URL and headers */
        const char *(*header)(void *self, const char *name);    /* NULL: not there */
        void *self;

        /* the reply */
        int status;
        const char *type;
        struct text reply;
        struct header headers[EXCHANGE_HEADERS];
        int header_count;
        char request_id[GUID_LEN + 1];
        char client_request_id[GUID_LEN + 1];
        int64_t now;                    /* virtual, for error bodies */
        const char *code;               /* of the error, "" for none: for the ledger */
        enum ending ending;
        size_t cut;
        int64_t delay_ms;
        unsigned units;                 /* what it cost */
        uint32_t objects;               /* users, groups, members and pictures in the reply */
        bool empty_page;                /* a fault wants the next page of a delta empty */
};

extern const char type_json[], type_plain_json[], type_html[], type_text[];

const char *exchange_header(const struct exchange *x, const char *name);
/* Both are copied; what does not fit into the array is a bug and ends the program. */
void exchange_add(struct exchange *x, const char *name, const char *value);
void exchange_free(struct exchange *x);

/* The error replies of Graph; 'about' fills the %s of the table's text. */
void exchange_trouble(struct exchange *x, enum trouble what, const char *about);
void exchange_error(struct exchange *x, int status, const char *code, const char *message);
/* The same with the code only in a nested innerError. */
void exchange_nested(struct exchange *x, int status, const char *outer, const char *inner, const char *message);
#endif
