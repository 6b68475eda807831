/* pair.h - one client and its own connection to the server. */
#ifndef LDAP_PROXY_PAIR_H
#define LDAP_PROXY_PAIR_H

#include "ledger.h"
#include "slices.h"

#include <netinet/in.h>
#include <poll.h>

struct proxy {                  /* what all pairs share */
        struct sockaddr_in server;
        struct faults faults;
        struct ledger ledger;
        struct slices slices;
        bool down;              /* nobody is let in */
        unsigned held;          /* pairs that wait for "resume" */
};

struct pair;

/* For a client that was accepted; NULL, with 'client' closed, when the server is not there. */
struct pair *pair_new(struct proxy *, int client, unsigned number);
void pair_free(struct pair *);

/* What to wait for: two entries; and how long at most, in milliseconds (-1: for ever). */
int pair_wish(const struct pair *, struct pollfd wish[2], int64_t now);
/* What came of it.  False: this pair is over. */
bool pair_serve(struct pair *, const struct pollfd got[2], int64_t now);

bool pair_held(const struct pair *);
void pair_resume(struct pair *);

#endif
