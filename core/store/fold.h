/* fold.h - between fold.c and foldstage.c: an entry as the fold knows it, and the two ways
 * to write it. */
#ifndef MSTC_FOLD_H
#define MSTC_FOLD_H

#include "store/entries.h"

struct mstc_known {                          /* what the store has of it               */
        int64_t number;                      /* 0: nothing                             */
        int64_t born;
        int gone;
        uint8_t hash[16];
};

void mstc_fold_key(const struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, uint8_t key[16]);
/* Fills in 'born' and 'gone' of the entry of that number. */
int mstc_fold_look(struct mstc_store *store, struct mstc_known *known, struct mst_error *err);
/* A record in the place of what is there; 'flat' is its flat form, 'hash' that one's. */
int mstc_fold_over(struct mstc_store *store, struct mstc_fold *fold, const uint8_t key[16],
                   const struct mstc_known *known, const struct mst_record *record, const void *flat, size_t size,
                   const uint8_t hash[16], struct mst_error *err);
int mstc_fold_present(struct mstc_store *store, struct mstc_fold *fold, const struct mstc_item *item,
                      struct mstc_known *known, struct mst_error *err);
int mstc_fold_gone(struct mstc_store *store, struct mstc_fold *fold, const uint8_t key[16],
                   struct mstc_known *known, int how, struct mst_error *err);

#endif
