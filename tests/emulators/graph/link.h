/* link.h - nextLinks and deltaLinks.
 *
 * A link carries all that its page needs, sealed: the emulator keeps nothing,
 * a link can be used twice, and one changed character is noticed. What it
 * carries is masked, so that every link looks new. */
#ifndef GRAPH_LINK_H
#define GRAPH_LINK_H
#include "property.h"
#include "../rest/text.h"

#include <stdbool.h>
#include <stdint.h>

enum link_kind { LINK_LIST = 1, LINK_DELTA_PAGE, LINK_DELTA, LINK_GROUPS, LINK_GROUPS_PAGE, LINK_GROUP_LIST,
                 LINK_MEMBERS };

enum { TOP_MAX = 999 };         /* of a list */

enum link_flags {
        LINK_INITIAL = 1,       /* a round over all, not over the log */
        LINK_SHUFFLE = 2,
        LINK_ADVANCED = 4,      /* $count=true with ConsistencyLevel */
        LINK_EXPAND = 8         /* a list with managers */
};

struct link {
        uint8_t kind, flags;
        uint16_t size;                  /* of a page */
        uint32_t serial;
        int64_t issued;
        uint32_t from, to;              /* numbers in the log; 'to' of an initial round: its end */
        uint32_t before;                /* where the round before began: for replay */
        uint32_t people;                /* an initial round's number of people */
        uint32_t at, page_at;           /* position, and that of the page before */
        uint32_t page;                  /* pages so far */
        uint32_t filter_len;            /* the filter's text follows */
        struct props select;
};

/* 'filter' has link->filter_len bytes; at least 'least' characters. */
void link_write(const struct link *link, const char *filter, uint64_t key, size_t least, struct text *t);
/* False when it is not ours. 'filter' gets the filter's text. */
bool link_read(struct link *link, struct text *filter, uint64_t key, const char *token);
#endif
