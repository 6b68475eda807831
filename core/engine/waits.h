/* waits.h - ops of one sink that wait for another op of it to settle: for somebody's name, or for
 * the op before at the same group. */
#ifndef MSTC_ENGINE_WAITS_H
#define MSTC_ENGINE_WAITS_H

#include "util/numbers.h"
#include "util/set.h"

struct mst_error;
struct mstc_store;

struct mstc_wait {
        int64_t number, entry;               /* of the journal; whose op it is, 0: a group's */
};

struct mstc_wait_list {
        struct mstc_wait *ops;
        size_t count, room;
};

struct mstc_waits {                          /* all zero: not begun                    */
        struct mstc_numbers lists;           /* entry waited for -> struct mstc_wait_list */
        size_t count;                        /* ops that wait                          */
        struct mstc_wait_list ready;         /* whose wait is over                     */
        size_t ready_at;
        struct mstc_set *creating;           /* entries that will have a name          */
        struct mstc_set *renaming;           /* have one, and will have another        */
        struct mstc_set *naming;             /* both                                   */
        struct mstc_set *waiting;            /* whose own op waits                     */
        int64_t alone;                       /* an op that waits for no other name     */
};

int mstc_waits_begin(struct mstc_waits *, struct mstc_store *, int64_t sink, struct mst_error *);
void mstc_waits_done(struct mstc_waits *);

/* 'op' goes when mstc_waits_over() says that 'entry' (negative: a group) is over. */
int mstc_waits_add(struct mstc_waits *, int64_t entry, struct mstc_wait op, struct mst_error *);
int mstc_waits_over(struct mstc_waits *, int64_t entry, struct mst_error *);
/* Nothing is under way, and nothing can go but ops that wait: some of them may. */
int mstc_waits_break(struct mstc_waits *, struct mst_error *);

/* Entries that this op has to wait for. */
const struct mstc_set *mstc_waits_for(const struct mstc_waits *, int64_t number);

/* The next op whose wait is over; 0: none. */
int64_t mstc_waits_next(struct mstc_waits *);
bool mstc_waits_ready(const struct mstc_waits *);

#endif
