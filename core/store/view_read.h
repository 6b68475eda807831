/* view_read.h - what the views share: reading columns into an arena. */
#ifndef MSTC_VIEW_READ_H
#define MSTC_VIEW_READ_H

#include "store/sql.h"
#include "store/view.h"

/* Reads as many rows as there are; what it was given is remembered only when memory ran out. */
struct mstc_rows {
        struct mstc_store *store;
        sqlite3_stmt *stmt;
        struct mst_arena *arena;
        struct mst_error *err;
        bool failed;                         /* memory                                 */
};

/* A statement for 'sql', bound as mstc_sql_bind(); false: 'err' says why. */
#define MSTC_ROWS(rows, sql, ...)                                                       \
        (((rows)->stmt = mstc_sql((rows)->store, sql, (rows)->err)) != NULL             \
         && mstc_rows_bound(rows, mstc_sql_bind((rows)->stmt, __VA_ARGS__)))
bool mstc_rows_bound(struct mstc_rows *rows, int rc);

/* True with a row; false at the end (err->code 0) or on failure. */
bool mstc_rows_next(struct mstc_rows *rows);

const char *mstc_rows_text(struct mstc_rows *rows, int column);        /* NULL: null   */
int64_t mstc_rows_number(const struct mstc_rows *rows, int column);    /* 0: null      */
/* NULL: null, or not a record (then the sentence is in rows->err when 'strict'). */
const struct mst_record *mstc_rows_record(struct mstc_rows *rows, int column, const char *id, bool strict);

/* The end of a batch: resets, and tells how it went. */
int mstc_rows_end(struct mstc_rows *rows, const char *doing);

/* What a person would call a record; NULL when it has no such attribute. */
const char *mstc_record_title(const struct mst_record *record);
const char *mstc_record_upn(const struct mst_record *record);
const char *mstc_record_mail(const struct mst_record *record);

/* Does 'text' match, without regard to case?  The pattern is folded already. */
bool mstc_pattern_matches(const char *folded, const char *text, struct mst_arena *scratch);

/* An array that grows in an arena; false: no memory.  '*array' is reallocated to hold
 * '*room' elements when 'count' has reached it. */
bool mstc_rows_grow(struct mst_arena *arena, void **array, size_t count, size_t *room, size_t size);

#endif
