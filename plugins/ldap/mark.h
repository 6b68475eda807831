/* mark.h - where a round of changes begins: the source's cursor between two rounds. */
#ifndef LDP_MARK_H
#define LDP_MARK_H

#include <ldap.h>

#include <muster/arena.h>
#include <muster/error.h>

#include "reading.h"
#include "uuid.h"

struct ldp_mark {
        enum ldp_changes mode;
        int64_t since;                   /* modify-timestamp: the server's time, an MST_DATE */
        int64_t all_at;                  /* when everybody was read last, by our clock */
        bool as_we_may;                  /* dirsync: without replication rights        */
        unsigned long long usn;
        char server[LDP_UUID_ROOM];      /* usn: whose numbers these are               */
        struct berval cookies[2];        /* syncrepl: of users and groups; dirsync: the first */
};

/* The text of it; NULL: out of memory. */
const char *ldp_mark_write(struct mst_arena *arena, const struct ldp_mark *mark);

/* False: not one of ours, or of an earlier version; also when memory is out. */
bool ldp_mark_parse(struct mst_arena *arena, const char *text, struct ldp_mark *ret);

#endif
