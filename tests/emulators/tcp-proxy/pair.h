/* pair.h - one client and its own connection to the server. */
#ifndef TCP_PROXY_PAIR_H
#define TCP_PROXY_PAIR_H

#include <netinet/in.h>
#include <poll.h>

#include "rule.h"

struct proxy {                  /* what all pairs share */
        struct sockaddr_in server;      /* port 0: none yet */
        struct rule rule;
        struct counts counts;
        size_t piece;           /* at most so many bytes at once; 0: no limit */
};

struct pair;

/* Owns 'client', also when it fails (NULL). */
struct pair *pair_new(struct proxy *, int client);
void pair_free(struct pair *);

/* What to wait for, on the client and on the server; returns how long at most, -1: for ever. */
int pair_wish(const struct pair *, struct pollfd wish[2], int64_t now_ms);
/* False: it is over. */
bool pair_serve(struct pair *, const struct pollfd got[2], int64_t now_ms);

#endif
