/* ledger.h - which requests came, and what became of them. Tokens in addresses
 * are written as a hash, so that a test can see that two are the same link and
 * the ledger can be printed. Bounded: the oldest lines go. */
#ifndef REST_LEDGER_H
#define REST_LEDGER_H
#include "exchange.h"
#include "service.h"

#include <stdint.h>

enum { LEDGER_LINES = 20000, LEDGER_KINDS = 24 };

struct ledger_line {
        uint64_t number;
        int64_t at;
        char *text;             /* method, path and query, redacted: "GET /v1.0/users" */
        char *noted[NOTED_MAX]; /* headers of the request that the service wants kept */
        const char *kind, *code, *fault;
        int status;
        uint64_t bytes;
        bool authorized;
};

struct ledger_count {
        const char *kind;
        uint64_t requests, errors, bytes;
        uint64_t units, objects, batched;       /* 'batched' of the requests came inside another */
};

struct ledger {
        const struct service *service;
        struct ledger_line *lines;      /* a ring */
        uint64_t count;                 /* ever written; the next one's number less 1 */
        uint64_t from;                  /* lines up to this number were cleared */
        struct ledger_count kinds[LEDGER_KINDS];
        int kind_count;
};

void ledger_note(struct ledger *l, const struct exchange *x, const char *fault);
void ledger_clear(struct ledger *l);
void ledger_close(struct ledger *l);
/* The lines after number 'after', at most 'limit', and the counters. */
void ledger_json(const struct ledger *l, uint64_t after, uint64_t limit, struct text *t);
/* What it cost since the last clear: HTTP calls, requests, resource units, objects and calls per
 * object (null without objects), by kind and together.  What came inside another one is a
 * request and no call. */
void ledger_cost(const struct ledger *l, struct text *t);
/* 'url' with the values of secret options hashed. */
void ledger_redact(const struct service *s, const char *url, struct text *t);
#endif
