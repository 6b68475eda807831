/* SPDX-License-Identifier: Apache-2.0
 *
 * index.c - which rows have a value in a column.
 *
 * Open addressing, at most half full.  A slot names a row, not a value: what the row holds
 * is looked at when it is met, so that rows may change and go without being taken out. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <xxhash.h>

#include "table.h"

struct fil_index {
        const struct fil_table *table;
        uint32_t column;
        bool fold;
        uint32_t *slots;                     /* the row's number and one; 0: free      */
        size_t room, count;
};

static size_t
hash(const struct fil_index *index, const char *text)
{
        char folded[256];
        size_t length = strlen(text);

        if (!index->fold)
                return (size_t)XXH3_64bits(text, length);
        /* What is longer is told apart by its start, and then compared. */
        if (length > sizeof folded)
                length = sizeof folded;
        for (size_t i = 0; i < length; i++)
                folded[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 32) : text[i];
        return (size_t)XXH3_64bits(folded, length);
}

static void
enter(struct fil_index *index, const char *text, uint32_t slot)
{
        size_t at = hash(index, text) & (index->room - 1);

        while (index->slots[at] != 0)
                at = (at + 1) & (index->room - 1);
        index->slots[at] = slot;
        index->count++;
}

/* Makes room for 'more' values and enters all rows anew. */
static bool
rebuild(struct fil_index *index, size_t more)
{
        const struct fil_table *table = index->table;
        size_t values = more, room = 64;
        uint32_t *slots;

        for (size_t i = 0; i < table->count; i++)
                if (!table->lines[i].gone)
                        values += fil_cell(&table->lines[i], index->column)->count;
        while (room < values * 2 + 2)
                room *= 2;
        slots = calloc(room, sizeof *slots);
        if (slots == NULL)
                return false;
        free(index->slots);
        index->slots = slots;
        index->room = room;
        index->count = 0;
        for (size_t i = 0; i < table->count; i++) {
                const struct fil_cell *cell = fil_cell(&table->lines[i], index->column);

                for (const char *at = NULL; !table->lines[i].gone && (at = fil_cell_next(cell, at)) != NULL;)
                        enter(index, at, (uint32_t)i + 1);
        }
        return true;
}

struct fil_index *
fil_index_new(const struct fil_table *table, uint32_t column, bool fold)
{
        struct fil_index *index = calloc(1, sizeof *index);

        if (index == NULL)
                return NULL;
        *index = (struct fil_index){ .table = table, .column = column, .fold = fold };
        if (rebuild(index, table->count / 4 + 64))
                return index;
        fil_index_free(index);
        return NULL;
}

void
fil_index_free(struct fil_index *index)
{
        if (index != NULL)
                free(index->slots);
        free(index);
}

static bool
holds(const struct fil_index *index, const struct fil_line *line, const char *text)
{
        const struct fil_cell *cell = fil_cell(line, index->column);

        if (line->gone)
                return false;
        for (const char *at = NULL; (at = fil_cell_next(cell, at)) != NULL;)
                if (index->fold ? strcasecmp(at, text) == 0 : strcmp(at, text) == 0)
                        return true;
        return false;
}

const struct fil_line *
fil_index_next(const struct fil_index *index, const char *text, size_t *at)
{
        *at = *at == SIZE_MAX ? hash(index, text) & (index->room - 1) : (*at + 1) & (index->room - 1);
        for (; index->slots[*at] != 0; *at = (*at + 1) & (index->room - 1)) {
                const struct fil_line *line = &index->table->lines[index->slots[*at] - 1];

                if (holds(index, line, text))
                        return line;
        }
        return NULL;
}

/* ---- by id, by stamp ---- */

static struct fil_line *
first(const struct fil_index *index, const char *text)
{
        size_t at = SIZE_MAX;
        const struct fil_line *line = index != NULL && text != NULL && text[0] != '\0'
                                    ? fil_index_next(index, text, &at) : NULL;

        return line != NULL ? &index->table->lines[line - index->table->lines] : NULL;
}

struct fil_line *
fil_table_by_id(const struct fil_table *table, const char *id)
{
        return first(table->by_id, id);
}

struct fil_line *
fil_table_by_stamp(const struct fil_table *table, const char *stamp)
{
        return first(table->by_stamp, stamp);
}

static bool
enter_line(struct fil_index *index, const struct fil_line *line)
{
        const char *text = fil_cell_text(line, index->column);

        if (text[0] == '\0' || first(index, text) == line)
                return true;
        if ((index->count + 1) * 2 > index->room)
                return rebuild(index, index->room);
        enter(index, text, (uint32_t)(line - index->table->lines) + 1);
        return true;
}

bool
fil_table_enter(struct fil_table *table, struct fil_line *line)
{
        if (table->by_id == NULL) {
                table->by_id = fil_index_new(table, table->id, false);
                table->by_stamp = table->stamp != FIL_NO_COLUMN ? fil_index_new(table, table->stamp, false) : NULL;
                return table->by_id != NULL && (table->stamp == FIL_NO_COLUMN || table->by_stamp != NULL);
        }
        return enter_line(table->by_id, line) && (table->by_stamp == NULL || enter_line(table->by_stamp, line));
}
