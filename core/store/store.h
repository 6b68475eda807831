/* store.h - the durable truth: opening it, its one writer, its transactions, and the
 * words that its tables use.  What is done in it is in the headers beside this one,
 * each named for what the engine does.
 *
 * One process writes (a lock file beside the store names it), any number read.  A
 * reader takes no lock, migrates nothing and works while a sync runs.
 *
 * Every failure is a sentence that names the file.  A full disk or an I/O error ends
 * the transaction; nothing that was reported as done is lost.  One thread. */
#ifndef MSTC_STORE_H
#define MSTC_STORE_H

#include <muster/error.h>
#include <muster/facts.h>
#include <muster/op.h>

struct mstc_store;
struct sqlite3_stmt;

enum mstc_access { MSTC_READ, MSTC_WRITE };

/* Opens.  MSTC_WRITE makes the file (0600, folder 0700) when there is none and takes
 * the lock; refused at once, naming the other process, when somebody has it.  MSTC_READ
 * fails with MST_ENOTFOUND when there is none. */
int mstc_store_open(const char *path, enum mstc_access access, struct mstc_store **ret,
                    struct mst_error *err);
void mstc_store_close(struct mstc_store *store);

int mstc_store_begin(struct mstc_store *store, struct mst_error *err);
int mstc_store_commit(struct mstc_store *store, struct mst_error *err);
void mstc_store_rollback(struct mstc_store *store);
bool mstc_store_in_transaction(const struct mstc_store *store);
/* Folds the write-ahead log back when it has grown; called between transactions. */
int mstc_store_checkpoint(struct mstc_store *store, bool now, struct mst_error *err);

/* SQLite's version: of the headers it was built with, and of the library that is there. */
void mstc_store_library(const char **built, const char **running);
const char *mstc_store_path(const struct mstc_store *store);
/* Drawn when the store was made: no other one has it, but for its copies. */
int mstc_store_lineage(struct mstc_store *store, char ret[33], struct mst_error *err);
int64_t mstc_now_ms(void);

/* What the tables' numbers mean. */
enum mstc_role { MSTC_SOURCE = 1, MSTC_SINK = 2 };

enum mstc_op_state {
        MSTC_OP_PLANNED = 0,     /* may be claimed once its run is released, unless held */
        MSTC_OP_SENT = 1,        /* claimed: the call may have happened                  */
        MSTC_OP_UNKNOWN = 2,     /* sent, and no answer: to be looked up                 */
        MSTC_OP_RETRY = 3,       /* comes back when due                                  */
        MSTC_OP_PARKED = 4,      /* put aside with its reason                            */
        MSTC_OP_OPEN = 16,       /* below: the journal; from here: the history           */
        MSTC_OP_DONE = 16,
        MSTC_OP_SUPERSEDED = 17, /* no longer wanted, or replaced by a newer plan        */
        MSTC_OP_REJECTED = 18    /* an admin said no                                     */
};

enum mstc_link_state {
        MSTC_LINK_LIVE = 1,
        MSTC_LINK_DISABLED = 2,  /* by us                                                */
        MSTC_LINK_DELETED = 3,   /* tombstone                                            */
        MSTC_LINK_LOST = 4       /* the object was gone when we looked                   */
};

enum mstc_made { MSTC_MADE_CREATED = 1, MSTC_MADE_ADOPTED = 2, MSTC_MADE_FOUND = 3 };

enum mstc_reason {
        MSTC_WHY_NONE = 0,
        MSTC_WHY_GONE = 1,       /* the source says: deleted                             */
        MSTC_WHY_SCOPE = 2,      /* out of scope                                         */
        MSTC_WHY_DISABLED = 3,   /* blocked at the source                                */
        MSTC_WHY_LOST = 4,       /* its object was gone, made anew                       */
        MSTC_WHY_DOUBT = 5,      /* it is not known whether it can be used: told anew    */
        MSTC_WHY_EMPTY = 6,      /* a group: nobody satisfies its rule                   */
        MSTC_WHY_VANISHED = 7,   /* a group: no rule makes it, or it is not carried here */
        MSTC_WHY_EXISTS = 8,     /* something not ours has its name there                */
        MSTC_WHY_UNDONE = 9,     /* what a run did is taken back                         */
        MSTC_WHY_UNDONE_OFF = 10 /* the same: made again, but not usable, as he was      */
};

enum mstc_run_mode {
        MSTC_RUN_FULL = 1,       /* everything is read: a new generation                 */
        MSTC_RUN_DELTA = 2,      /* from the cursor                                      */
        MSTC_RUN_CONFIG = 3,     /* the effect of a changed configuration                */
        MSTC_RUN_USERS = 4,      /* chosen users only                                    */
        MSTC_RUN_UNDO = 5,       /* takes back what another run did                      */
        MSTC_RUN_VERIFY = 6      /* puts right what was found to differ in a sink        */
};

enum mstc_run_state {
        MSTC_RUN_READING = 1, MSTC_RUN_FOLDING = 2, MSTC_RUN_PLANNING = 3, MSTC_RUN_RELEASED = 4,
        MSTC_RUN_ENDED = 5
};

/* Exit codes of the command, and a run's outcome. */
enum mstc_run_outcome {
        MSTC_END_DONE = 0, MSTC_END_SOME_FAILED = 1, MSTC_END_CONFIG = 2, MSTC_END_HELD = 3,
        MSTC_END_FAILED = 4, MSTC_END_STOPPED = 5
};

/* The same words everywhere; stored with the run as varints in this order. */
enum mstc_count {
        MSTC_N_READ, MSTC_N_CHANGED, MSTC_N_REMOVED, MSTC_N_BAD,
        MSTC_N_CREATED, MSTC_N_UPDATED, MSTC_N_RENAMED, MSTC_N_DISABLED, MSTC_N_ENABLED, MSTC_N_DELETED,
        MSTC_N_ADOPTED, MSTC_N_LINKED, MSTC_N_DUPLICATE, MSTC_N_SKIPPED, MSTC_N_HELD, MSTC_N_PARKED,
        MSTC_N_RETRY, MSTC_N_FAILED,
        MSTC_N_GROUPS_CREATED, MSTC_N_GROUPS_UPDATED, MSTC_N_GROUPS_DELETED,
        MSTC_N_MEMBERS_ADDED, MSTC_N_MEMBERS_REMOVED, MSTC_N_MEMBERS_FAILED,
        MSTC_N_COUNTS
};
extern const char *const mstc_count_names[MSTC_N_COUNTS];

const char *mstc_op_state_name(int state);
const char *mstc_link_state_name(int state);
const char *mstc_reason_name(int reason);
const char *mstc_run_mode_name(int mode);
const char *mstc_run_outcome_name(int outcome);
const char *mstc_outcome_name(int outcome);

/* XXH3 with the store's own secret. */
void mstc_hash128(const struct mstc_store *store, const void *bytes, size_t size, uint8_t ret[16]);
int64_t mstc_hash64(const struct mstc_store *store, const void *bytes, size_t size);

/* For the files of this folder, and the views that list what is stored: a prepared
 * statement for an SQL literal, made once and reset when asked for again. */
struct sqlite3_stmt *mstc_sql(struct mstc_store *store, const char *sql, struct mst_error *err);

#endif
