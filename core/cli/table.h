/* table.h - rows for people, within the width of their terminal.
 *
 * Cells are text from anywhere: each is made harmless for the terminal first and
 * measured by display columns then.  When a table is too wide its flexible columns
 * give way, the widest first, each down to its least; a cell that was cut has an
 * ellipsis in its middle (of names, beginning and end tell them apart), one in a column that wraps goes on in the next line.  The last column is
 * not padded.  Where not even the least widths fit (a terminal of 40 columns), each row is shown as
 * lines of its own, title and text.  Lives in the arena given. */
#ifndef MSTC_TABLE_H
#define MSTC_TABLE_H

#include <stdio.h>

#include <muster/arena.h>

#include "util/buffer.h"

enum mstc_column_flags {
        MSTC_RIGHT = 1 << 0,                 /* numbers                                */
        MSTC_FLEXIBLE = 1 << 1,              /* may be cut down to 'least'             */
        MSTC_WRAPS = 1 << 2                  /* flexible, and nothing of it is lost    */
};

struct mstc_column {
        const char *title;
        unsigned flags;
        unsigned least;                      /* columns; 0: the title's                */
};

enum mstc_paint { MSTC_PLAIN = 0, MSTC_BOLD, MSTC_GOOD, MSTC_CARE, MSTC_BAD, MSTC_FAINT };

struct mstc_table;

/* 'columns' is borrowed.  NULL: out of memory; all calls below take that. */
struct mstc_table *mstc_table_new(struct mst_arena *arena, const struct mstc_column *columns, size_t count);
/* The next cell, left to right, row by row.  NULL and "" show as "-". */
void mstc_table_cell(struct mstc_table *table, const char *text);
void mstc_table_paint(struct mstc_table *table, enum mstc_paint paint, const char *text);
/* A number with commas; a count of 0 is shown faint. */
void mstc_table_count(struct mstc_table *table, uint64_t number);
void mstc_table_printf(struct mstc_table *table, const char *format, ...) MST_PRINTF(2, 3);
size_t mstc_table_rows(const struct mstc_table *table);
struct mst_arena *mstc_table_arena(const struct mstc_table *table);

/* The whole in lines that end in '\n'; the last row must be full.  False: memory ran out somewhere. */
bool mstc_table_render(struct mstc_table *table, unsigned width, bool colour, struct mstc_buffer *into);

/* For a list that is printed in pieces, a table each: the first leaves its widths here, the
 * others keep to them and print no titles. */
struct mstc_widths { bool set, stacked; unsigned widths[16]; };
void mstc_table_follow(struct mstc_table *table, struct mstc_widths *widths);

/* What else prints needs: 'text' made harmless and, when 'width' is not 0, cut to it. */
const char *mstc_fit(struct mst_arena *arena, const char *text, unsigned width);
/* The same, cut at its end where the other is cut in its middle: for sentences. */
const char *mstc_fit_end(struct mst_arena *arena, const char *text, unsigned width);
/* A text in a line that has 'at' columns already: made harmless, in as many lines as it needs,
 * the others indented.  Ends with '\n'. */
void mstc_wrap(struct mst_arena *arena, FILE *to, const char *text, unsigned at, unsigned indent, unsigned width);
/* The same behind a name in bold, the others by two. */
void mstc_head(struct mst_arena *arena, bool colour, unsigned width, const char *name, const char *text);
/* "12,345", in the arena ("?" when memory is out). */
const char *mstc_thousands(struct mst_arena *arena, uint64_t number);
/* The sequences around painted text; "" without colour. */
const char *mstc_paint_on(bool colour, enum mstc_paint paint);
const char *mstc_paint_off(bool colour, enum mstc_paint paint);

#endif
