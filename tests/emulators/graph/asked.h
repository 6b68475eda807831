/* asked.h - what the Graph emulator notes of a request while it answers it. */
#ifndef GRAPH_ASKED_H
#define GRAPH_ASKED_H
#include "../rest/exchange.h"
#include "../rest/seal.h"

#include <stdbool.h>

struct emulator;

/* Where a request below /v1.0 belongs. */
struct route {
        const char *kind;
        unsigned units;
        void (*answer)(struct emulator *e, struct exchange *x);
        void (*answer_one)(struct emulator *e, struct exchange *x, const char *name);
        const char *name;
        const char *const *roles;
        bool post;                      /* a read that is a POST */
};

/* What is noted of a request while it is answered. */
struct asked {
        struct route route;
        bool graph, known;              /* below /v1.0, and there is something at its address */
        const char *signin;             /* which door before there is a token, or NULL */
        const char *client;             /* app id of the bearer token, or "" */
        bool reads_users, reads_hidden; /* what its token allows beside the route's own need */
        bool reads_leave;
        bool eventual;                  /* ConsistencyLevel: eventual */
        bool empty_page;                /* a fault wants the next page of a delta empty */
        char request_id[GUID_LEN + 1];
        char client_request_id[GUID_LEN + 1];
};
#endif
