/* roster.h - inside a roster: rows by their keys. */
#ifndef MSTC_ROSTER_H
#define MSTC_ROSTER_H

#include <muster/roster.h>

#include "util/map.h"

enum mstc_roster_way { MSTC_ROSTER_QUIET = 0, MSTC_ROSTER_PUT, MSTC_ROSTER_DROP };

struct mstc_roster_row {
        struct mstc_roster_row *next;        /* in the order they were heard of        */
        const char *key;
        const char **have, **want;           /* by columns; NULL: not there, unknown for 'want' */
        bool leaves;                         /* the last file said so: 'want' is not there */
        enum mstc_roster_way pending;
        const char *why;                     /* the service refused it                 */
};

struct mst_roster {
        const struct mst_roster_layout *layout;
        struct mst_host *host;
        struct mst_arena *arena;
        struct mstc_map *map;
        struct mstc_roster_row *first, **last;
        uint64_t number;                     /* of the last file                       */
        size_t lost;
};

/* NULL: it is not there and shall not be made, or there is no memory. */
struct mstc_roster_row *mstc_roster_row(struct mst_roster *roster, const char *key, bool make);
bool mstc_roster_same(const struct mst_roster *roster, const char *const *a, const char *const *b);

#endif
