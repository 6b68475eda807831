/* SPDX-License-Identifier: Apache-2.0
 *
 * look.c - which rows are there: one by one, and all of them.
 *
 * The file is read without the lock: whoever replaces it does so in one moment.  A row
 * without an id is nobody that could be named, and is not told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "sink.h"

struct looking {
        struct fil_sink *sink;
        struct fil_book *book;
        struct mst_arena *scratch;
        struct mst_json *json;
};

static int
start(struct looking *l, struct fil_sink *sink, enum mst_kind kind, struct mst_error *err)
{
        *l = (struct looking){ .sink = sink, .book = kind == MST_GROUP ? &sink->groups : &sink->users };
        l->scratch = mst_arena_new(0);
        l->json = mst_json_new();
        if (l->scratch == NULL || l->json == NULL)
                return mst_fail_memory(err, "looking at a file");
        return fil_book_fresh(l->book, err);
}

static void
stop(struct looking *l)
{
        mst_arena_free(l->scratch);
        mst_json_free(l->json);
}

/* The values of a column, typed as the admin said. */
static bool
fill_column(const struct looking *l, const struct fil_line *line, uint32_t column, const char *as,
            struct mst_record *record)
{
        const struct fil_convert convert = { l->json, l->scratch, NULL };
        const struct fil_cell *cell = fil_cell(line, column);
        struct fil_field *fields = mst_arena_alloc(l->scratch, (cell->count + 1) * sizeof *fields);
        const struct fil_field **each = mst_arena_alloc(l->scratch, (cell->count + 1) * sizeof(const struct fil_field *));
        struct fil_type type = l->book->table->types[column];
        const struct fil_row row = { 0 };
        size_t count = 0;

        if (fields == NULL || each == NULL)
                return false;
        for (const char *at = NULL; (at = fil_cell_next(cell, at)) != NULL; count++) {
                fields[count] = (struct fil_field){ as, at, strlen(at), FIL_TEXT };
                each[count] = &fields[count];
        }
        /* The engine takes a list of one for the one. */
        type.many = type.many && count > 1;
        fil_convert_put(&convert, record, as, type, &row, each, count);
        return true;
}

static bool
fill(const struct looking *l, const struct fil_line *line, struct mst_record *record)
{
        const struct fil_table *table = l->book->table;
        size_t count = mst_host_want_count(l->sink->host);
        bool kept = true;

        if (record == NULL)
                return true;                 /* the page says so at its end            */
        for (uint32_t i = 0; kept && count == 0 && i < table->column_count; i++)
                if (i != table->members && i != table->stamp && i != table->disabled)
                        kept = fill_column(l, line, i, table->names[i], record);
        for (size_t i = 0; kept && i < count; i++) {
                uint32_t column = fil_attribute(table, mst_host_want(l->sink->host, i));

                if (column != FIL_NO_COLUMN)
                        kept = fill_column(l, line, column, mst_host_want(l->sink->host, i), record);
        }
        return kept;
}

static const char *
stamp_of(const struct looking *l, const struct fil_line *line)
{
        const char *stamp = fil_cell_text(line, l->book->table->stamp);

        return l->book->table->stamp != FIL_NO_COLUMN && stamp[0] != '\0' ? stamp : NULL;
}

/* ---- find ---- */

static void
found(const struct looking *l, struct mst_query *query, const struct fil_line *line, bool *whole)
{
        const char *id = fil_cell_text(line, l->book->table->id);
        const char *name;

        mst_arena_reset(l->scratch);
        name = fil_line_name(l->book->table, id, l->scratch);
        if (id[0] == '\0')
                return;
        *whole = *whole && name != NULL
              && fill(l, line, mst_query_found(query, id, name, stamp_of(l, line), NULL));
}

/* The index of a column is kept for the next query, which mostly asks for the same. */
struct by_attribute {
        struct fil_index *index;
        const struct fil_table *table;
        uint32_t column;
};

static bool
answer_attribute(const struct looking *l, struct mst_query *query, struct by_attribute *by, bool *whole)
{
        const struct fil_table *table = l->book->table;
        uint32_t column = fil_attribute(table, mst_query_attribute(query));
        const struct mst_value *value = mst_query_value(query);
        const char *text = mst_value_text(value, NULL);
        const struct fil_line *line;
        char number[32];
        size_t at = SIZE_MAX;

        if (column == FIL_NO_COLUMN)
                return true;                 /* nobody has it                          */
        if (mst_value_type(value) == MST_INT) {
                snprintf(number, sizeof number, "%lld", (long long)mst_value_int(value));
                text = number;
        } else if (mst_value_type(value) == MST_BOOL) {
                text = mst_value_bool(value) ? "true" : "false";
        } else if (mst_value_type(value) != MST_TEXT && mst_value_type(value) != MST_REF) {
                return false;                /* nobody can say how it would be written */
        }
        if (by->index == NULL || by->column != column || by->table != table) {
                fil_index_free(by->index);
                *by = (struct by_attribute){ fil_index_new(table, column, true), table, column };
        }
        while (by->index != NULL && text[0] != '\0' && (line = fil_index_next(by->index, text, &at)) != NULL)
                found(l, query, line, whole);
        return by->index != NULL;
}

static bool
answer(const struct looking *l, struct mst_query *query, struct by_attribute *by)
{
        const struct fil_table *table = l->book->table;
        const struct fil_line *line = NULL;
        bool whole = true;

        if (mst_query_stamp(query) != NULL && table->stamp == FIL_NO_COLUMN)
                return false;                /* not kept, so not known to be absent    */
        if (mst_query_stamp(query) != NULL) {
                size_t at = SIZE_MAX;

                while (table->by_stamp != NULL && (line = fil_index_next(table->by_stamp, mst_query_stamp(query), &at)) != NULL)
                        found(l, query, line, &whole);
                return whole;
        }
        if (mst_query_object(query) == NULL)
                return answer_attribute(l, query, by, &whole) && whole;
        line = fil_table_by_id(table, mst_query_object(query));
        if (line != NULL)
                found(l, query, line, &whole);
        return whole;
}

int
fil_sink_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct fil_sink *sink = self;
        struct looking l[2] = { { 0 } };
        struct by_attribute by = { 0 };
        int rc = start(&l[0], sink, MST_USER, err);

        if (rc == MST_OK && sink->has_groups)
                rc = start(&l[1], sink, MST_GROUP, err);
        for (size_t i = 0; rc == MST_OK && i < mst_search_count(search); i++) {
                struct mst_query *query = mst_search_at(search, i);
                bool group = mst_query_kind(query) == MST_GROUP;

                if ((!group || sink->has_groups) && answer(&l[group], query, &by))
                        mst_query_done(query);
        }
        fil_index_free(by.index);
        stop(&l[0]);
        stop(&l[1]);
        return rc;
}

/* ---- list ---- */

#define PAGE 1000u

/* Cursor: the number of the next row, and the file that it was counted in. */
int
fil_sink_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct fil_sink *sink = self;
        struct looking l;
        unsigned long long at = 0, inode = 0;
        size_t told = 0;
        char next[64];
        bool kept = true;
        int rc;

        if (kind == MST_GROUP && !sink->has_groups)
                return mst_page_complete(page, NULL, err);
        rc = start(&l, sink, kind, err);
        if (rc == MST_OK && cursor != NULL
            && (sscanf(cursor, "%llu %llu", &at, &inode) != 2 || inode != l.book->identity.inode))
                rc = mst_fail(err, MST_ENET, "the file '%s' was replaced while it was listed", l.book->plan.layout.path);
        for (; rc == MST_OK && kept && at < l.book->table->count && told < PAGE; at++) {
                const struct fil_line *line = &l.book->table->lines[at];
                const char *id = fil_cell_text(line, l.book->table->id), *name;

                if (line->gone || id[0] == '\0')
                        continue;
                mst_arena_reset(l.scratch);
                name = fil_line_name(l.book->table, id, l.scratch);
                kept = name != NULL && fill(&l, line, mst_page_object(page, kind, id, name, stamp_of(&l, line), NULL));
                told++;
        }
        snprintf(next, sizeof next, "%llu %llu", at, rc == MST_OK ? (unsigned long long)l.book->identity.inode : 0);
        if (rc == MST_OK && !kept)
                rc = mst_fail_memory(err, "listing a file");
        if (rc == MST_OK)
                rc = at < l.book->table->count ? mst_page_more(page, next, err) : mst_page_complete(page, NULL, err);
        stop(&l);
        return rc;
}
