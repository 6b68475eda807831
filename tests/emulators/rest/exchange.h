/* exchange.h - one request and the reply to it.
 *
 * The server fills in the request, a handler the reply; faults may spoil the
 * reply before it leaves. Nothing in here knows the web server. */
#ifndef REST_EXCHANGE_H
#define REST_EXCHANGE_H
#include "query.h"
#include "text.h"

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

struct asked;                   /* the emulator's own part: see service.h */
struct rest;

struct exchange {
        struct rest *rest;
        struct asked *own;              /* zeroed; freed as it is */

        /* the request */
        const char *method;
        const char *url;                /* as it came */
        struct query query;
        struct text body;
        const char *kind;               /* "token", "users", ...: for faults and counts */
        bool authorized;                /* there was an Authorization header */
        bool batched;                   /* came inside another request */
        size_t head_bytes;              /* of URL and headers */
        const char *(*header)(void *self, const char *name);    /* NULL: not there */
        void *self;

        /* the reply */
        int status;
        const char *type;
        struct text reply;
        struct header headers[EXCHANGE_HEADERS];
        int header_count;
        int64_t now;                    /* virtual, for error bodies */
        const char *code;               /* of the error, "" for none: for the ledger */
        enum ending ending;
        size_t cut;
        int64_t date_skew;              /* seconds that the Date header is wrong by */
        int64_t delay_ms;
        unsigned units;                 /* what it cost */
        uint32_t objects;               /* that the reply tells of, or the request changed */
};

extern const char type_json[], type_html[], type_text[];

/* Once, before anything else; what is open already stays as it is. */
void exchange_open(struct exchange *x, struct rest *r);
const char *exchange_header(const struct exchange *x, const char *name);
/* Both are copied; what does not fit into the array is a bug and ends the program. */
void exchange_add(struct exchange *x, const char *name, const char *value);
void exchange_free(struct exchange *x);
#endif
