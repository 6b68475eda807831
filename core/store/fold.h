/* fold.h - among fold*.c and membership*.c: an entry as the fold knows it, and the ways to
 * write it. */
#ifndef MSTC_FOLD_H
#define MSTC_FOLD_H

#include "store/entries.h"

struct mstc_known {                          /* what the store has of it               */
        int64_t number;                      /* 0: nothing                             */
        int64_t born;
        int gone;
        enum mst_kind kind;
        uint8_t hash[16];
};

void mstc_fold_key(const struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id, uint8_t key[16]);
/* Number and hash of the entry with that key; number 0: there is none. */
int mstc_fold_find(struct mstc_store *store, const uint8_t key[16], struct mstc_known *ret, struct mst_error *err);
/* An entry without a record, for an id that was only spoken of. */
int mstc_fold_unknown(struct mstc_store *store, struct mstc_fold *fold, enum mst_kind kind, const char *id,
                      const uint8_t key[16], int64_t *ret, struct mst_error *err);
/* Fills in 'born', 'gone' and 'kind' of the entry of that number. */
int mstc_fold_look(struct mstc_store *store, struct mstc_known *known, struct mst_error *err);
/* A record in the place of what is there; 'flat' is its flat form, 'hash' that one's. */
int mstc_fold_over(struct mstc_store *store, struct mstc_fold *fold, const uint8_t key[16],
                   const struct mstc_known *known, const struct mst_record *record, const void *flat, size_t size,
                   const uint8_t hash[16], struct mst_error *err);
int mstc_fold_present(struct mstc_store *store, struct mstc_fold *fold, const struct mstc_item *item,
                      struct mstc_known *known, struct mst_error *err);
int mstc_fold_gone(struct mstc_store *store, struct mstc_fold *fold, const uint8_t key[16],
                   struct mstc_known *known, int how, struct mst_error *err);

/* foldrefs.c: the references of a record, added or taken away; from one record to another;
 * and those who point at an entry become dirty. */
int mstc_fold_refs(struct mstc_store *store, struct mstc_fold *fold, int64_t number, const struct mst_record *record,
                   bool add, struct mst_error *err);
int mstc_fold_replace_refs(struct mstc_store *store, struct mstc_fold *fold, int64_t number,
                           const struct mst_record *before, const struct mst_record *after, struct mst_error *err);
int mstc_fold_dirty_pointing(struct mstc_store *store, struct mstc_fold *fold, int64_t number, struct mst_error *err);

#endif
