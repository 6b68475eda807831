/* sql.h - inside the store: the handle, prepared statements, binding, errors.  Only
 * this folder includes it, and only this folder knows sqlite3.h. */
#ifndef MSTC_SQL_H
#define MSTC_SQL_H

#include <sqlite3.h>

#include "store/store.h"

struct mstc_prepared {
        const char *sql;                     /* the literal, by address                */
        sqlite3_stmt *stmt;
};

#define MSTC_PREPARED_MAX 512                /* a power of two, more than literals here */

struct mstc_store {
        sqlite3 *db;
        char *path;
        int lock_fd;
        bool writes;
        uint8_t secret[192];                 /* for the hashes; drawn once a store     */
        struct mstc_prepared prepared[MSTC_PREPARED_MAX];
        bool failed;                         /* it could not be opened: nothing is noted of it */
        int wal_pages;
        bool object_index;                   /* link_object is there (links.c)         */
};

/* The lock of the store at 'path', to be closed; refused, naming him, when somebody has it. */
int mstc_store_lock(const char *path, int *ret, struct mst_error *err);

/* What an admin should do about it. */
#define MSTC_DAMAGE_REMEDY "put back a copy (muster state import FILE), or move it away and let the next sync find " \
                           "its objects again by their stamps (that first plan is held)"

/* Binds by letters: i int64_t, t const char * (NULL: null), b const void * and size_t,
 * n nothing (null), s as 'i' but 0 is null. */
int mstc_sql_bind(sqlite3_stmt *stmt, const char *letters, ...);

/* Runs a statement that yields no rows. */
int mstc_sql_run(struct mstc_store *store, struct mst_error *err, const char *sql,
                 const char *letters, ...);

/* The first row's first column, or 'otherwise' when there is no row. */
int mstc_sql_number(struct mstc_store *store, struct mst_error *err, int64_t *ret, int64_t otherwise,
                    const char *sql, const char *letters, ...);

/* Steps: MST_OK with a row, MST_END without, or the error. */
int mstc_sql_step(struct mstc_store *store, sqlite3_stmt *stmt, struct mst_error *err);

/* The sentence for what SQLite last said. */
int mstc_sql_fail(struct mstc_store *store, struct mst_error *err);

/* Columns as what they are. */
const char *mstc_sql_text(sqlite3_stmt *stmt, int column);             /* NULL for null */
const void *mstc_sql_blob(sqlite3_stmt *stmt, int column, size_t *size);
/* The same, copied: NULL for null, and then or without memory; '*ok' (may be NULL) turns
 * false in the latter case only. */
struct mst_arena;
const char *mstc_sql_copy_text(sqlite3_stmt *stmt, int column, struct mst_arena *arena, bool *ok);

/* Rows of the journal: journal.c takes them, holds.c asks for some, too. */
#define MSTC_OP_COLUMNS "o.number, o.run, o.target, o.sink, o.kind, o.entry, o.verb, o.state, o.rank, o.reason, " \
        "o.hold, o.approved, o.tries, o.due, o.matched, o.count, o.refs, d.name, d.before, d.after, d.text, e.id"
#define MSTC_OP_FROM " FROM op o JOIN opdata d ON d.number=o.number LEFT JOIN entry e ON e.number=o.entry AND o.kind=1 "
struct mstc_entry_op;
int mstc_take_ops(struct mstc_store *store, sqlite3_stmt *stmt, struct mst_arena *arena, struct mstc_entry_op *into,
                  size_t room, size_t *ret, struct mst_error *err);

#endif
