/* table.h - the rows of one file that is written, in memory.
 *
 * A cell holds any number of values, one behind the other with a NUL between; values are
 * text, in the form in which they are written.  Columns keep the order that the admin gave,
 * or else that of the file, and what others have written there stays.
 *
 * A row takes some 50 bytes, a cell 16 and its text; nothing is given back before the file
 * is read anew. */
#ifndef FIL_TABLE_H
#define FIL_TABLE_H

#include <stdio.h>

#include <muster/arena.h>
#include <muster/error.h>
#include <muster/record.h>

#include "reader.h"
#include "types.h"

struct fil_cell {
        const char *text;
        uint32_t length, count;              /* bytes with the NULs between; values    */
};

struct fil_line {
        struct fil_cell *cells;
        uint32_t cell_count;
        bool gone;
};

#define FIL_CLASSES "objectClass"
#define FIL_NO_COLUMN UINT32_MAX
#define FIL_LINE_MOST (4u * 1024u * 1024u)   /* bytes; written, half of a row's most   */

struct fil_index;

/* What a table is made of, as configured; lives as long as the sink. */
struct fil_plan {
        enum mst_kind kind;
        struct fil_layout layout;
        const char *id, *stamp, *disabled, *members;       /* columns; NULL: none, but id */
        char *const *columns;                /* in this order; may be NULL             */
        const char *const *wants;            /* further ones, NULL ends                */
        const struct fil_types *types;
        const char *separator;
        bool defuse;
        const char *base, *rdn;              /* LDIF                                   */
        char *const *classes;                /* LDIF: of rows that are made            */
};

struct fil_table {
        const struct fil_plan *plan;
        struct mst_arena *arena;
        const char **names;                  /* of the columns                         */
        struct fil_type *types;
        uint32_t column_count;
        uint32_t id, stamp, disabled, members;
        struct fil_line *lines;
        size_t count, room, alive;
        struct fil_index *by_id, *by_stamp;  /* by_stamp NULL: no such column          */
};

/* An empty table with the columns that are known without the file.  NULL: out of memory. */
struct fil_table *fil_table_new(const struct fil_plan *plan);
void fil_table_free(struct fil_table *table);                /* takes NULL */

/* The column of that name, FIL_NO_COLUMN when there is none; _add makes it (FIL_NO_COLUMN:
 * out of memory, or there are too many). */
uint32_t fil_column(const struct fil_table *table, const char *name);
/* The same for an attribute: a group's "name" lies in the column of its id, unless there is a
 * column of that name. */
uint32_t fil_attribute(const struct fil_table *table, const char *name);
uint32_t fil_column_add(struct fil_table *table, const char *name);

/* A new empty row; NULL: out of memory. */
struct fil_line *fil_line_add(struct fil_table *table);
const struct fil_cell *fil_cell(const struct fil_line *line, uint32_t column);
/* The first value, or "". */
const char *fil_cell_text(const struct fil_line *line, uint32_t column);
/* Puts a cell; the text must be the arena's.  False: out of memory. */
bool fil_cell_put(struct fil_table *table, struct fil_line *line, uint32_t column, struct fil_cell cell);
/* One text, copied; NULL or "" empties. */
bool fil_cell_set(struct fil_table *table, struct fil_line *line, uint32_t column, const char *text);
/* Adds 'count' values, copied: 'length' bytes with the NULs between.  Each call copies what
 * is there already, so many values are to be added at once. */
bool fil_cell_append(struct fil_table *table, struct fil_line *line, uint32_t column, const char *text, size_t length,
                     uint32_t count);
/* Walks over the values: start with *at = NULL; NULL at the end. */
const char *fil_cell_next(const struct fil_cell *cell, const char *at);

/* --- finding ---------------------------------------------------------------------------- */

/* The row with that id or stamp, or NULL. */
struct fil_line *fil_table_by_id(const struct fil_table *table, const char *id);
struct fil_line *fil_table_by_stamp(const struct fil_table *table, const char *stamp);
/* After its id or stamp was put.  False: out of memory. */
bool fil_table_enter(struct fil_table *table, struct fil_line *line);

/* Any column, without regard to the case of ASCII letters; for as long as the table is not
 * changed.  fil_index_next: start with *at = SIZE_MAX. */
struct fil_index *fil_index_new(const struct fil_table *table, uint32_t column, bool fold);
void fil_index_free(struct fil_index *index);                /* takes NULL */
const struct fil_line *fil_index_next(const struct fil_index *index, const char *text, size_t *at);

/* What others call the row: its id, or for LDIF its DN, in 'arena'. */
const char *fil_line_name(const struct fil_table *table, const char *id, struct mst_arena *arena);

/* --- files ------------------------------------------------------------------------------ */

/* load.c: adds what the file holds; a row that cannot be kept as it is is an error. */
int fil_table_load(struct fil_table *table, struct mst_error *err);
/* write.c: the whole table. */
int fil_table_write(const struct fil_table *table, FILE *out, struct mst_error *err);

#endif
