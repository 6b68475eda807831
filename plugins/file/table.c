/* SPDX-License-Identifier: Apache-2.0
 *
 * table.c - columns, rows and cells. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include <muster/escape.h>

static bool
add_names(struct fil_table *table, const char *const *names)
{
        for (size_t i = 0; names != NULL && names[i] != NULL; i++)
                if (fil_column_add(table, names[i]) == FIL_NO_COLUMN)
                        return false;
        return true;
}

static uint32_t
add_if(struct fil_table *table, const char *name)
{
        return name != NULL ? fil_column_add(table, name) : FIL_NO_COLUMN;
}

struct fil_table *
fil_table_new(const struct fil_plan *plan)
{
        struct fil_table *table = calloc(1, sizeof *table);

        if (table == NULL)
                return NULL;
        table->plan = plan;
        table->arena = mst_arena_new(0);
        table->names = calloc(FIL_COLUMNS_MOST, sizeof *table->names);
        table->types = calloc(FIL_COLUMNS_MOST, sizeof *table->types);
        if (table->arena != NULL && table->names != NULL && table->types != NULL
            && (plan->layout.format != FIL_LDIF || add_if(table, FIL_CLASSES) != FIL_NO_COLUMN)
            && add_names(table, (const char *const *)plan->columns)) {
                table->id = fil_column_add(table, plan->id);
                table->stamp = add_if(table, plan->stamp);
                table->disabled = add_if(table, plan->disabled);
                if (table->id != FIL_NO_COLUMN && add_names(table, plan->wants)) {
                        table->members = add_if(table, plan->members);
                        return table;
                }
        }
        fil_table_free(table);
        return NULL;
}

void
fil_table_free(struct fil_table *table)
{
        if (table == NULL)
                return;
        fil_index_free(table->by_id);
        fil_index_free(table->by_stamp);
        mst_arena_free(table->arena);
        free(table->names);
        free(table->types);
        free(table->lines);
        free(table);
}

uint32_t
fil_column(const struct fil_table *table, const char *name)
{
        for (uint32_t i = 0; i < table->column_count; i++)
                if (fil_name_equal(table->names[i], name))
                        return i;
        return FIL_NO_COLUMN;
}

uint32_t
fil_attribute(const struct fil_table *table, const char *name)
{
        uint32_t column = fil_column(table, name);

        return column == FIL_NO_COLUMN && table->plan->kind == MST_GROUP && fil_name_equal(name, "name") ? table->id
                                                                                                       : column;
}

uint32_t
fil_column_add(struct fil_table *table, const char *name)
{
        uint32_t column = fil_column(table, name);

        if (column != FIL_NO_COLUMN)
                return column;
        name = table->column_count < FIL_COLUMNS_MOST ? mst_arena_strdup(table->arena, name) : NULL;
        if (name == NULL)
                return FIL_NO_COLUMN;
        column = table->column_count++;
        table->names[column] = name;
        table->types[column] = fil_types_find(table->plan->types, name);
        if (table->plan->disabled != NULL && !table->types[column].given && fil_name_equal(name, table->plan->disabled))
                table->types[column].type = MST_BOOL;
        if (table->plan->members != NULL && fil_name_equal(name, table->plan->members))
                table->types[column].many = true;
        return column;
}

struct fil_line *
fil_line_add(struct fil_table *table)
{
        if (table->count == table->room) {
                size_t room = table->room > 0 ? table->room * 2 : 256;
                struct fil_line *lines = room < UINT32_MAX ? realloc(table->lines, room * sizeof *lines) : NULL;

                if (lines == NULL)
                        return NULL;
                table->lines = lines;
                table->room = room;
        }
        table->lines[table->count] = (struct fil_line){ 0 };
        return &table->lines[table->count++];
}

const struct fil_cell *
fil_cell(const struct fil_line *line, uint32_t column)
{
        static const struct fil_cell empty = { "", 0, 0 };

        return column < line->cell_count && line->cells[column].text != NULL ? &line->cells[column] : &empty;
}

const char *
fil_cell_text(const struct fil_line *line, uint32_t column)
{
        return fil_cell(line, column)->text;
}

bool
fil_cell_put(struct fil_table *table, struct fil_line *line, uint32_t column, struct fil_cell cell)
{
        if (column >= line->cell_count) {
                uint32_t count = table->column_count > column ? table->column_count : column + 1;
                struct fil_cell *cells = mst_arena_alloc(table->arena, count * sizeof *cells);

                if (cells == NULL)
                        return false;
                if (line->cell_count > 0)
                        memcpy(cells, line->cells, line->cell_count * sizeof *cells);
                line->cells = cells;
                line->cell_count = count;
        }
        line->cells[column] = cell;
        return true;
}

bool
fil_cell_set(struct fil_table *table, struct fil_line *line, uint32_t column, const char *text)
{
        struct fil_cell cell = { "", 0, 0 };

        if (text != NULL && text[0] != '\0') {
                cell.length = (uint32_t)strlen(text);
                cell.count = 1;
                cell.text = mst_arena_strndup(table->arena, text, cell.length);
        }
        return cell.text != NULL && fil_cell_put(table, line, column, cell);
}

bool
fil_cell_append(struct fil_table *table, struct fil_line *line, uint32_t column, const char *text, size_t length,
                uint32_t count)
{
        const struct fil_cell *old = fil_cell(line, column);
        size_t before = old->count > 0 ? old->length + 1 : 0;
        char *joined = before + length < UINT32_MAX ? mst_arena_alloc(table->arena, before + length + 1) : NULL;

        if (joined == NULL)
                return false;
        if (before > 0)
                memcpy(joined, old->text, before);
        memcpy(joined + before, text, length);
        return fil_cell_put(table, line, column, (struct fil_cell){ joined, (uint32_t)(before + length),
                                                                 old->count + count });
}

const char *
fil_cell_next(const struct fil_cell *cell, const char *at)
{
        if (at == NULL)
                return cell->count > 0 ? cell->text : NULL;
        at += strlen(at) + 1;
        return at < cell->text + cell->length ? at : NULL;
}

const char *
fil_line_name(const struct fil_table *table, const char *id, struct mst_arena *arena)
{
        const struct fil_plan *plan = table->plan;
        const char *escaped;

        if (plan->layout.format != FIL_LDIF)
                return id;
        escaped = mst_escape_dn(arena, id, strlen(id));
        return escaped != NULL ? mst_arena_printf(arena, "%s=%s,%s", plan->rdn, escaped, plan->base) : NULL;
}
