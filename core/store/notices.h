/* notices.h - states that somebody was told of, or is to be: cli/alarms.h. */
#ifndef MSTC_NOTICES_H
#define MSTC_NOTICES_H

#include <muster/arena.h>

#include "store/store.h"

struct mstc_notice {
        const char *event, *what;            /* "failed", "staff"                      */
        int64_t since, over;                 /* ms; over 0: it is still so             */
        uint64_t told;                       /* ways, as bits                          */
        const char *text;
};

int mstc_notices(struct mstc_store *store, struct mst_arena *arena, struct mstc_notice **ret, size_t *count, struct mst_error *err);
/* In a transaction. */
int mstc_notice_put(struct mstc_store *store, const struct mstc_notice *notice, struct mst_error *err);
int mstc_notice_drop(struct mstc_store *store, const char *event, const char *what, struct mst_error *err);

#endif
