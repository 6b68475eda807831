/* SPDX-License-Identifier: Apache-2.0
 *
 * load.c - from the file to the table.
 *
 * What is loaded will be written again, so nothing may be lost on the way: a row that cannot
 * be read, an id that is there twice, a value that a cell cannot hold are errors about the
 * whole file, and it is left alone until somebody has looked at it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <muster/json.h>

#include "convert.h"
#include "table.h"

struct loading {
        struct fil_table *table;
        struct fil_convert convert;
        struct fil_line *line;
        uint32_t column;
        struct mst_error *err;
        char *values;                        /* of one column, gathered                */
        size_t length, room;
        uint32_t count;
};

static int
lose(const struct loading *l, const struct fil_row *row, const char *why)
{
        return mst_fail(l->err, MST_ECONFIG, "the file '%s', line %" PRIu64 ": %s; it would be lost if the file was written "
                        "anew: repair or remove it", l->table->plan->layout.path, row->line, why);
}

/* A value of the column; they go into the cell together, for there may be many. */
static bool
append(void *self, const char *text, size_t length)
{
        struct loading *l = self;

        if (l->length + length + 2 > l->room) {
                size_t room = (l->length + length + 2) * 2;
                char *values = realloc(l->values, room);

                if (values == NULL)
                        return false;
                l->values = values;
                l->room = room;
        }
        if (l->count > 0)
                l->values[l->length++] = '\0';
        memcpy(l->values + l->length, text, length);
        l->length += length;
        l->count++;
        return true;
}

static int
flush(struct loading *l)
{
        bool kept = l->count == 0
                 || fil_cell_append(l->table, l->line, l->column, l->values, l->length, l->count);

        l->length = l->count = 0;
        return kept ? MST_OK : mst_fail_memory(l->err, "reading a file");
}

static int
take_scalar(struct loading *l, const struct fil_row *row, struct mst_json *json)
{
        enum mst_json_kind kind = mst_json_peek(json);
        const char *text;
        size_t length;
        bool is = false;

        switch (kind) {
        case MST_JSON_NULL:
                return mst_json_skip(json, NULL, NULL) ? MST_OK : lose(l, row, "a value cannot be read");
        case MST_JSON_BOOL:
                (void)mst_json_bool(json, &is);
                text = is ? "true" : "false";
                length = strlen(text);
                break;
        case MST_JSON_NUMBER:
                if (!mst_json_skip(json, &text, &length))
                        return lose(l, row, "a number cannot be read");
                break;
        case MST_JSON_STRING:
                if (mst_json_text(json, l->convert.scratch, &text, &length) != MST_JSON_OK)
                        return lose(l, row, "a text cannot be read");
                break;
        default:
                return lose(l, row, "a member holds an object");
        }
        if (length == 0)
                return MST_OK;
        return append(l, text, length) ? MST_OK : mst_fail_memory(l->err, "reading a file");
}

static int
take_json(struct loading *l, const struct fil_row *row, const struct fil_field *field)
{
        struct mst_json *json = l->convert.json;
        int rc = MST_OK;

        mst_json_start(json, field->text, field->length);
        if (!mst_json_enter_array(json))
                return take_scalar(l, row, json);
        while (rc == MST_OK && mst_json_element(json))
                rc = mst_json_peek(json) != MST_JSON_ARRAY ? take_scalar(l, row, json)
                                                           : lose(l, row, "a list holds a list");
        return rc;
}

static int
take_field(struct loading *l, const struct fil_row *row, const struct fil_field *field)
{
        bool kept;
        uint32_t column = fil_column_add(l->table, field->name);

        if (column != l->column && flush(l) != MST_OK)
                return l->err->code;
        l->column = column;
        if (column == FIL_NO_COLUMN)
                return mst_fail(l->err, MST_ECONFIG, "the file '%s' has more than %u columns",
                                l->table->plan->layout.path, FIL_COLUMNS_MOST);
        if (field->form == FIL_JSON)
                return take_json(l, row, field);
        if (field->length == 0)
                return MST_OK;
        if (field->form == FIL_BYTES && !fil_is_text(field->text, field->length))
                return lose(l, row, "a value is not text");
        if (l->convert.separator != NULL && l->table->types[l->column].many)
                kept = fil_convert_split(&l->convert, field, append, l);
        else
                kept = append(l, field->text, field->length);
        return kept ? MST_OK : mst_fail_memory(l->err, "reading a file");
}

/* An entry is written under the DN that follows from its id; one that lies elsewhere would
 * be moved. */
static int
check_dn(const struct loading *l, const struct fil_row *row, const char *id)
{
        const char *name = id[0] != '\0' ? fil_line_name(l->table, id, l->convert.scratch) : "";

        if (name == NULL)
                return mst_fail_memory(l->err, "reading a file");
        if (id[0] != '\0' && fil_name_equal(name, row->fields[0].text))
                return MST_OK;
        return lose(l, row, id[0] == '\0' ? "the entry has no id, or not in an attribute that is"
                                            : "the entry's DN is not made of its id, <rdn> and <base>");
}

static int
take_row(struct loading *l, const struct fil_row *row)
{
        struct fil_table *table = l->table;
        const char *id;

        if (row->bad != NULL)
                return mst_fail(l->err, MST_ECONFIG, "the file '%s', %s; it would be lost if the file was written anew: "
                                "repair or remove it", table->plan->layout.path, row->bad);
        l->line = fil_line_add(table);
        if (l->line == NULL)
                return mst_fail_memory(l->err, "reading a file");
        for (size_t i = 0; i < row->count; i++) {
                /* The DN follows from the id. */
                if (table->plan->layout.format == FIL_LDIF && fil_name_equal(row->fields[i].name, "dn"))
                        continue;
                if (take_field(l, row, &row->fields[i]) != MST_OK)
                        return l->err->code;
        }
        if (flush(l) != MST_OK)
                return l->err->code;
        l->column = FIL_NO_COLUMN;
        id = fil_cell_text(l->line, table->id);
        if (fil_cell(l->line, table->id)->count > 1)
                return lose(l, row, "the row has several ids");
        if (table->by_id != NULL && fil_table_by_id(table, id) != NULL)
                return lose(l, row, "its id is there twice");
        if (table->plan->layout.format == FIL_LDIF && check_dn(l, row, id) != MST_OK)
                return l->err->code;
        table->alive++;
        return fil_table_enter(table, l->line) ? MST_OK : mst_fail_memory(l->err, "reading a file");
}

static int
take_columns(struct fil_table *table, const struct fil_reader *reader, struct mst_error *err)
{
        for (size_t i = 0; i < fil_reader_columns(reader); i++)
                if (fil_column_add(table, fil_reader_column(reader, i)) == FIL_NO_COLUMN)
                        return mst_fail(err, MST_ECONFIG, "the file '%s' has more than %u columns",
                                        table->plan->layout.path, FIL_COLUMNS_MOST);
        return MST_OK;
}

int
fil_table_load(struct fil_table *table, struct mst_error *err)
{
        struct loading l = { .table = table, .err = err, .column = FIL_NO_COLUMN };
        struct mst_arena *scratch = mst_arena_new(0);
        struct mst_json *json = mst_json_new();
        struct fil_reader *reader = NULL;
        struct fil_row *row;
        int rc = scratch != NULL && json != NULL ? fil_reader_open(&reader, &table->plan->layout, err)
                                                 : mst_fail_memory(err, "reading a file");

        l.convert = (struct fil_convert){ json, scratch,
                                          table->plan->layout.format == FIL_CSV ? table->plan->separator : NULL };
        if (rc == MST_OK)
                rc = take_columns(table, reader, err);
        while (rc == MST_OK && (rc = fil_reader_next(reader, &row, err)) == MST_OK) {
                mst_arena_reset(scratch);
                rc = take_row(&l, row);
        }
        fil_reader_close(reader);
        mst_arena_free(scratch);
        mst_json_free(json);
        free(l.values);
        return rc == MST_END ? MST_OK : rc;
}
