/* entries.h - the mirror: folding what the source says into it, and looking at it.
 *
 * mstc_fold_page() takes one page (several make one transaction when they are there
 * already).  In a round that continues from a cursor, records go straight into the mirror
 * and what changed becomes dirty.  In a full round a record that the mirror does not know
 * is born into the coming generation, which makes it invisible until the round is complete;
 * one that differs goes to the stage.  mstc_fold_complete() then makes the new generation
 * true in chunks with a durable position; mstc_fold_drop() forgets it. */
#ifndef MSTC_ENTRIES_H
#define MSTC_ENTRIES_H

#include "sdk/page.h"
#include "store/store.h"
#include "util/set.h"

/* Beside enum mst_gone, as stored in an entry. */
enum mstc_gone {
        MSTC_GONE_OUTSIDE = 3,               /* exists, but not within what the source reads */
        MSTC_GONE_UNKNOWN = 4                /* only spoken of, as a member or a group: no record */
};

struct mstc_fold {
        int64_t sync, run;
        int64_t generation;                  /* full: the coming one; else the present */
        bool full;
        uint32_t mask;                       /* the sync's targets: what dirty means   */
        struct mstc_set *seen;               /* entries met in this round; durable when full */
        struct mst_arena *arena;             /* scratch, reset for each record         */
        uint64_t read, changed, removed, bad;
        bool some_bad;                       /* some are remembered from before        */
        int64_t live;                        /* who came minus who went, not yet saved  */
        bool staged;                         /* there is something in the stage        */
        bool all[2];                         /* a round of changes names all users, all groups */
        bool asked;                          /* what is folded answers questions about the absent */
        bool members;                        /* what is told of members is wanted      */
        uint32_t member_mask;                /* and what it makes dirty of a member    */
};

/* Makes a fold ready; loads what an earlier life has seen in this round. */
int mstc_fold_open(struct mstc_store *store, struct mstc_fold *fold, struct mst_error *err);
void mstc_fold_close(struct mstc_fold *fold);

/* Folds a page that was ended; within a transaction of the caller, who also stores
 * the page's cursor there.  Complaints about bad records go to 'complain' (may be NULL). */
int mstc_fold_page(struct mstc_store *store, struct mstc_fold *fold, struct mst_page *page,
                   void (*complain)(void *self, const char *id, const char *why), void *self,
                   struct mst_error *err);
/* The last thing in that transaction: what was seen becomes durable. */
int mstc_fold_save(struct mstc_store *store, struct mstc_fold *fold, struct mst_error *err);

/* Full rounds, when the page said complete: moves up to 'most' staged records into the
 * mirror; '*ret_more' tells that there are more.  In a transaction of the caller. */
int mstc_fold_settle_stage(struct mstc_store *store, struct mstc_fold *fold, size_t most,
                           bool *ret_more, struct mst_error *err);
/* Who was not seen, of those who are there: in order of number, into 'set'; with or without
 * groups. */
int mstc_fold_absent(struct mstc_store *store, struct mstc_fold *fold, bool groups, struct mstc_set *set,
                     struct mst_error *err);
/* How many of a kind were seen, and how many of them were known before. */
int mstc_fold_seen(struct mstc_store *store, struct mstc_fold *fold, enum mst_kind kind, int64_t *ret_seen,
                   int64_t *ret_known, struct mst_error *err);
/* The round is over: the stage and what was seen are not needed any more. */
int mstc_fold_clean(struct mstc_store *store, int64_t sync, struct mst_error *err);
/* A full round that is given up: all that it had brought goes, what was there stays. */
int mstc_fold_drop(struct mstc_store *store, int64_t sync, int64_t generation, struct mst_error *err);

/* ---- looking ---------------------------------------------------------------------- */

struct mstc_entry {
        int64_t number;
        enum mst_kind kind;
        const char *id;
        int gone;                            /* 0, enum mst_gone, enum mstc_gone       */
        int64_t since;                       /* ms: gone since                         */
        uint32_t mask;                       /* dirty bits, where they were asked for  */
        struct mst_record *record;
};

/* The entry 'number' with its record, in 'arena'; MST_END when there is none. */
int mstc_entry_get(struct mstc_store *store, int64_t number, struct mst_arena *arena,
                   struct mstc_entry *ret, struct mst_error *err);
/* The number of the entry of that id; 0: none. */
int mstc_entry_find(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id,
                    int64_t *ret, struct mst_error *err);
/* The id of an entry, in 'arena'. */
int mstc_entry_id(struct mstc_store *store, int64_t number, struct mst_arena *arena, const char **ret,
                  struct mst_error *err);
/* Entries whose id, userPrincipalName or mail is 'text' (without regard to ASCII case);
 * reads the whole mirror unless it is an id. */
int mstc_entry_named(struct mstc_store *store, int64_t sync, const char *text, struct mst_arena *scratch,
                     int64_t *into, size_t room, size_t *ret, struct mst_error *err);
/* Marks an entry gone (a confirmed absence). */
int mstc_entry_gone(struct mstc_store *store, struct mstc_fold *fold, int64_t number, int how,
                    struct mst_error *err);

/* The next up to 'room' dirty entries of a sync after number 'after'. */
int mstc_dirty_next(struct mstc_store *store, int64_t sync, int64_t after, struct mst_arena *arena,
                    struct mstc_entry *into, size_t room, size_t *ret, struct mst_error *err);
/* The next dirty group of the source; MST_END: no more. */
int mstc_dirty_group(struct mstc_store *store, int64_t sync, int64_t after, struct mst_arena *arena,
                     struct mstc_entry *ret, struct mst_error *err);
/* Are all people dirty that the source has? */
int mstc_dirty_everybody(struct mstc_store *store, int64_t sync, bool *ret, struct mst_error *err);
int mstc_dirty_add(struct mstc_store *store, int64_t sync, int64_t entry, uint32_t mask, struct mst_error *err);
/* The same, unless nothing is known of it yet. */
int mstc_dirty_known(struct mstc_store *store, int64_t entry, uint32_t mask, struct mst_error *err);
int mstc_dirty_all(struct mstc_store *store, int64_t sync, uint32_t mask, struct mst_error *err);
int mstc_dirty_count(struct mstc_store *store, int64_t sync, int64_t *ret, struct mst_error *err);
int mstc_dirty_has(struct mstc_store *store, int64_t sync, int64_t entry, bool *ret, struct mst_error *err);
/* Planned: removes the bits 'mask' of all up to and including number 'last'. */
int mstc_dirty_done(struct mstc_store *store, int64_t sync, uint32_t mask, int64_t last, struct mst_error *err);
/* Those who point at the record of that id become dirty if they have a live link in 'sink';
 * after it was renamed or has ended also those who are on their way there, with the old name. */
int mstc_dirty_pointing(struct mstc_store *store, int64_t sync, const char *id, int64_t sink,
                        uint32_t mask, bool renamed, struct mst_error *err);
/* The entry of that id if the source still has it; 0: it does not. */
int mstc_entry_live(struct mstc_store *store, int64_t sync, enum mst_kind kind, const char *id,
                    int64_t *ret, struct mst_error *err);

/* Does anybody point at the record of that id? */
int64_t mstc_toward(const struct mstc_store *store, int64_t sync, const char *id);
/* All that are pointed at in the store, by mstc_toward(); 'add' returns false without memory. */
int mstc_pointed_at_all(struct mstc_store *store, bool (*add)(void *self, int64_t toward), void *self,
                        struct mst_error *err);
int mstc_pointed_at(struct mstc_store *store, int64_t sync, const char *id, bool *ret, struct mst_error *err);

/* What is due by time alone becomes dirty; and asks for such a moment. */
int mstc_wake_due(struct mstc_store *store, int64_t sync, int64_t now, uint32_t mask, struct mst_error *err);
int mstc_wake_any(struct mstc_store *store, int64_t sync, int64_t now, bool *ret, struct mst_error *err);
int mstc_wake_set(struct mstc_store *store, int64_t sync, int64_t entry, const char *why, int64_t at,
                  struct mst_error *err);
int mstc_wake_clear(struct mstc_store *store, int64_t sync, int64_t entry, const char *why, struct mst_error *err);

#endif
