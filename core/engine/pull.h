/* pull.h - between pull.c and complete.c: one round of reading. */
#ifndef MSTC_PULL_H
#define MSTC_PULL_H

#include "engine/run.h"
#include "store/entries.h"

struct mstc_round {
        struct mstc_run *run;
        struct mstc_fold fold;
        int64_t pages, told_bad;
        uint64_t contradicted;               /* not named, and yet there when asked for */
        bool nameless;                       /* something was said of nobody knows whom */
        bool complete, cut;                  /* cut: it was begun by an earlier run    */
        char *cursor;                        /* where reading goes on, or the next round */
};

/* A record was put aside: told in the log, the first of them. */
void mstc_round_complain(void *self, const char *id, const char *why);
/* A full round whose last page said complete; MST_END when it was held. */
int mstc_round_complete(struct mstc_round *r, struct mst_error *err);
/* A round of changes that named everybody of a kind: who was not named is gone; likewise. */
int mstc_round_named(struct mstc_round *r, struct mst_error *err);
/* In the transaction that makes a round of changes complete, and in that of a full one: what was
 * told of memberships becomes due. */
int mstc_round_members(struct mstc_round *r, struct mst_error *err);

#endif
