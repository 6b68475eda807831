/* round.h - what the rounds of users/delta and groups/delta share: which link a
 * round goes on from, whether that link may still be used, whom the filter wants,
 * and the link at the end of a page. */
#ifndef GRAPH_ROUND_H
#define GRAPH_ROUND_H
#include "emulator.h"
#include "link.h"
#include "object.h"

/* What is followed. */
struct track {
        const char *name;               /* "users", "groups" */
        enum link_kind page, delta;
        const struct deltalog *log;
        uint32_t count;                 /* of the objects there are */
        uint64_t realm;                 /* of their ids */
};

struct round {
        struct emulator *e;
        struct exchange *x;
        struct track track;
        struct link link;
        struct text filter;             /* ids, 36 characters each */
        uint32_t end;                   /* positions */
        bool first;                     /* object of the page */
        struct selection selection;     /* of users */
        struct style style;
        uint32_t members;               /* of groups, on this page */
};

/* Goes on from the request's link, or calls begin() when there is none; answers if
 * that cannot be. What the page size is now does not matter to a round that has begun. */
bool round_open(struct round *r, bool (*begin)(struct round *r));
/* "id eq '...' or id eq '...'", 50 at most, into r->filter; answers if not. */
bool round_read_ids(struct round *r, const char *filter);
bool round_wants(const struct round *r, uint32_t index);
/* Before each object of the page. */
void round_comma(struct round *r);
void round_link(struct round *r, bool more);
#endif
