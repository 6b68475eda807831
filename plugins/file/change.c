/* SPDX-License-Identifier: Apache-2.0
 *
 * change.c - what an op does to the rows in memory.
 *
 *   prepare   every changed value as the cell it will be; what cannot be one refuses the op
 *             before anything has changed
 *   carry out the row is made, changed, or gone
 *   name      an object is known by its id; where that changes or goes, the members of groups
 *             are mended in one go when the batch is over
 *
 * Nothing is settled here: an op is done when the file is on the disk. */
#include <stdlib.h>
#include <string.h>

#include <muster/json.h>

#include "sink.h"

struct changes {
        struct fil_batch *batch;
        struct fil_book *book;
        struct mst_op *op;
        struct mst_error *why;
        uint32_t *columns;
        struct fil_cell *cells;
        size_t count;
        const char *id;                      /* new, or NULL                           */
};

static enum mst_outcome
refuse(const struct changes *c, const char *what, const char *name)
{
        mst_fail(c->why, MST_EREFUSED, "'%.100s' %s", name, what);
        return MST_REFUSED;
}

static enum mst_outcome
starve(const struct changes *c)
{
        mst_fail_memory(c->why, "changing a row");
        return MST_RETRY;
}

/* ---- values ---- */

/* A value in the form in which it is written; what is no text, as JSON writes it. */
static const char *
text_of(const struct changes *c, const struct mst_value *value, size_t *length)
{
        struct mst_arena *arena = c->book->table->arena;
        struct mst_json_out *json;
        const char *text;
        char *copy = NULL;

        switch (mst_value_type(value)) {
        case MST_TEXT:
        case MST_REF:
                text = mst_value_text(value, length);
                return mst_arena_strndup(arena, text, *length);
        default:
                break;
        }
        json = mst_json_out_new();
        if (json == NULL)
                return NULL;
        mst_json_out_value(json, value);
        text = mst_json_written(json, length);
        if (text != NULL && *length >= 2 && text[0] == '"') {
                text++;
                *length -= 2;
        }
        copy = text != NULL ? mst_arena_strndup(arena, text, *length) : NULL;
        mst_json_out_free(json);
        return copy;
}

static enum mst_outcome
add_value(struct changes *c, struct fil_cell *cell, const char *name, bool many, const struct mst_value *value)
{
        const struct fil_plan *plan = &c->book->plan;
        size_t length = 0, before = cell->count > 0 ? cell->length + 1 : 0;
        const char *text = text_of(c, value, &length);
        char *joined;

        if (text == NULL)
                return starve(c);
        if (length == 0)
                return MST_DONE;
        if (plan->layout.format == FIL_CSV && many && strstr(text, plan->separator) != NULL)
                return refuse(c, "has a value that holds the list-separator: choose another one that occurs nowhere", name);
        if (plan->layout.format == FIL_CSV && !many && cell->count > 0)
                return refuse(c, "has several values: say so with <types>NAME=list</types>", name);
        if (before + length > FIL_LINE_MOST)
                return refuse(c, "is too large: a row holds 4 MiB", name);
        joined = mst_arena_alloc(c->book->table->arena, before + length + 1);
        if (joined == NULL)
                return starve(c);
        if (before > 0)
                memcpy(joined, cell->text, before);
        memcpy(joined + before, text, length);
        *cell = (struct fil_cell){ joined, (uint32_t)(before + length), cell->count + 1 };
        return MST_DONE;
}

static bool
is_own(const struct fil_plan *plan, const char *name)
{
        return (plan->stamp != NULL && fil_name_equal(name, plan->stamp))
               || (plan->disabled != NULL && fil_name_equal(name, plan->disabled))
               || (plan->members != NULL && fil_name_equal(name, plan->members))
               || (plan->layout.format == FIL_LDIF && fil_name_equal(name, "dn"));
}

static enum mst_outcome
prepare_one(struct changes *c, const char *name, const struct mst_value *after)
{
        struct fil_table *table = c->book->table;
        struct fil_cell cell = { "", 0, 0 };
        enum mst_outcome outcome = MST_DONE;
        uint32_t column;

        if (is_own(&c->book->plan, name))
                return refuse(c, "is a column that the connector fills itself: map to another", name);
        column = fil_attribute(table, name);
        /* Something else is mapped to the id: that counts, and the name is not kept. */
        if (column == table->id && !fil_name_equal(name, table->names[table->id])
            && mst_value_count(mst_op_wanted(c->op, table->names[table->id])) > 0)
                return MST_DONE;
        if (column == FIL_NO_COLUMN && strlen(name) <= FIL_NAME_MOST)
                column = fil_column_add(table, name);
        if (column == FIL_NO_COLUMN)
                return refuse(c, "can be no column: the name is too long, or there are 1,000 already", name);
        for (size_t i = 0; outcome == MST_DONE && i < mst_value_count(after); i++)
                outcome = add_value(c, &cell, name, table->types[column].many, mst_value_at(after, i));
        if (outcome != MST_DONE)
                return outcome;
        if (column == table->id) {
                if (cell.count > 1)
                        return refuse(c, "is the id and has several values", name);
                if (cell.length > 1024)
                        return refuse(c, "is the id and longer than 1,024 bytes", name);
                if (cell.count == 0 && mst_op_verb(c->op) != MST_CREATE)
                        return refuse(c, "is the id: it cannot be emptied", name);
                c->id = cell.count > 0 ? cell.text : NULL;
                return MST_DONE;
        }
        c->columns[c->count] = column;
        c->cells[c->count++] = cell;
        return MST_DONE;
}

static enum mst_outcome
prepare(struct changes *c)
{
        size_t count = mst_op_change_count(c->op);
        enum mst_outcome outcome = MST_DONE;

        c->columns = mst_arena_alloc(c->batch->arena, (count + 1) * sizeof *c->columns);
        c->cells = mst_arena_alloc(c->batch->arena, (count + 1) * sizeof *c->cells);
        if (c->columns == NULL || c->cells == NULL)
                return starve(c);
        for (size_t i = 0; outcome == MST_DONE && i < count; i++)
                outcome = prepare_one(c, mst_op_change_name(c->op, i), mst_op_after(c->op, i));
        return outcome;
}

/* ---- the row ---- */

static enum mst_outcome
measure(const struct changes *c, const struct fil_line *line)
{
        size_t bytes = c->id != NULL ? strlen(c->id) : 0;

        for (uint32_t i = 0; line != NULL && i < line->cell_count; i++)
                bytes += line->cells[i].length;
        for (size_t i = 0; i < c->count; i++)
                bytes += c->cells[i].length;
        return bytes <= FIL_LINE_MOST ? MST_DONE : refuse(c, "is too large: a row holds 4 MiB", mst_op_id(c->op));
}

static bool
note_fix(struct fil_batch *batch, const char *old, const char *new)
{
        if (batch->fix_count == batch->fix_room) {
                size_t room = batch->fix_room > 0 ? batch->fix_room * 2 : 64;
                struct fil_fix *fixes = mst_arena_alloc(batch->arena, room * sizeof *fixes);

                if (fixes == NULL)
                        return false;
                if (batch->fix_count > 0)
                        memcpy(fixes, batch->fixes, batch->fix_count * sizeof *fixes);
                batch->fixes = fixes;
                batch->fix_room = room;
        }
        batch->fixes[batch->fix_count++] = (struct fil_fix){ old, new };
        return old != NULL;
}

/* Changes, id and stamp of a row that is there. */
static enum mst_outcome
put(struct changes *c, struct fil_line *line)
{
        struct fil_table *table = c->book->table;
        const char *old = fil_cell_text(line, table->id), *id = c->id != NULL ? c->id : old;
        bool renamed = strcmp(old, id) != 0 && old[0] != '\0', stamps = false;
        struct fil_line *other = fil_table_by_id(table, id);

        if (other != NULL && other != line) {
                refuse(c, "is the id of another row already", id);
                return MST_DUPLICATE;
        }
        if (measure(c, line) != MST_DONE)
                return MST_REFUSED;
        if (mst_op_verb(c->op) == MST_CREATE || mst_op_verb(c->op) == MST_ADOPT)
                stamps = table->stamp != FIL_NO_COLUMN;
        c->book->changed = true;
        for (size_t i = 0; i < c->count; i++)
                if (!fil_cell_put(table, line, c->columns[i], c->cells[i]))
                        return starve(c);
        if (!fil_cell_set(table, line, table->id, id)
            || (stamps && !fil_cell_set(table, line, table->stamp, mst_op_stamp(c->op)))
            || !fil_table_enter(table, line)
            || (renamed && !note_fix(c->batch, fil_line_name(table, old, c->batch->arena),
                                     fil_line_name(table, id, c->batch->arena))))
                return starve(c);
        id = fil_cell_text(line, table->id);
        mst_op_set_object(c->op, id, fil_line_name(table, id, c->batch->arena), NULL);
        return MST_DONE;
}

static enum mst_outcome
set_enabled(struct changes *c, struct fil_line *line, bool enabled)
{
        struct fil_table *table = c->book->table;

        if (table->disabled == FIL_NO_COLUMN)
                return enabled ? MST_DONE : refuse(c, "cannot be disabled: no <disabled-column> is configured",
                                                   mst_op_id(c->op));
        c->book->changed = true;
        return fil_cell_set(table, line, table->disabled, enabled ? "false" : "true") ? MST_DONE : starve(c);
}

static bool
put_classes(struct fil_table *table, struct fil_line *line)
{
        char *const *classes = table->plan->classes;
        bool kept = true;

        if (table->plan->layout.format != FIL_LDIF || fil_cell(line, fil_column(table, FIL_CLASSES))->count > 0)
                return true;
        for (size_t i = 0; kept && classes != NULL && classes[i] != NULL; i++)
                kept = fil_cell_append(table, line, fil_column(table, FIL_CLASSES), classes[i], strlen(classes[i]), 1);
        return kept;
}

static enum mst_outcome
create(struct changes *c)
{
        struct fil_table *table = c->book->table;
        struct fil_line *line;
        enum mst_outcome outcome;
        bool made;

        if (c->id == NULL)
                c->id = mst_op_id(c->op);
        line = fil_table_by_id(table, c->id);
        /* Our own, of a create whose answer was lost. */
        if (line != NULL && (table->stamp == FIL_NO_COLUMN || mst_op_stamp(c->op)[0] == '\0'
                             || strcmp(fil_cell_text(line, table->stamp), mst_op_stamp(c->op)) != 0)) {
                refuse(c, "is the id of another row already", c->id);
                return MST_DUPLICATE;
        }
        made = line == NULL;
        if (made && (line = fil_line_add(table)) == NULL)
                return starve(c);
        outcome = put(c, line);
        if (outcome == MST_DONE && !put_classes(table, line))
                outcome = starve(c);
        if (outcome == MST_DONE && c->book->plan.kind == MST_USER)
                outcome = set_enabled(c, line, mst_op_enabled(c->op));
        if (outcome == MST_DONE && mst_op_member_count(c->op) > 0)
                outcome = fil_change_members(c->batch, line, c->op, c->why);
        if (made && outcome == MST_DONE)
                table->alive++;
        else if (made)
                line->gone = true;
        return outcome;
}

static enum mst_outcome
remove_line(struct changes *c, struct fil_line *line)
{
        struct fil_table *table = c->book->table;

        if (!note_fix(c->batch, fil_line_name(table, fil_cell_text(line, table->id), c->batch->arena), NULL))
                return starve(c);
        line->gone = true;
        table->alive--;
        c->book->changed = true;
        return MST_DONE;
}

static enum mst_outcome
change_line(struct changes *c, struct fil_line *line)
{
        enum mst_verb verb = mst_op_verb(c->op);
        enum mst_outcome outcome;

        switch (verb) {
        case MST_DELETE:
                return remove_line(c, line);
        case MST_MEMBERS:
                return fil_change_members(c->batch, line, c->op, c->why);
        case MST_DISABLE:
        case MST_ENABLE:
                outcome = verb == MST_DISABLE && c->book->table->disabled == FIL_NO_COLUMN
                        ? set_enabled(c, line, false) : put(c, line);
                return outcome == MST_DONE ? set_enabled(c, line, verb == MST_ENABLE) : outcome;
        default:
                return put(c, line);
        }
}

enum mst_outcome
fil_change(struct fil_batch *batch, struct mst_op *op, struct mst_error *why)
{
        struct fil_sink *sink = batch->sink;
        struct changes c = { .batch = batch, .op = op, .why = why,
                             .book = mst_op_kind(op) == MST_GROUP ? &sink->groups : &sink->users };
        struct fil_line *line;
        enum mst_outcome outcome;

        if (mst_op_kind(op) == MST_GROUP && !sink->has_groups)
                return refuse(&c, "is a group, and there is no file of groups: add <groups-path>", mst_op_id(op));
        outcome = prepare(&c);
        if (outcome != MST_DONE)
                return outcome;
        if (mst_op_verb(op) == MST_CREATE)
                return create(&c);
        line = fil_table_by_id(c.book->table, mst_op_object(op));
        if (line == NULL) {
                mst_fail(why, MST_ENOTFOUND, "the file has no row '%.100s' any more", mst_op_object(op));
                return MST_GONE;
        }
        return change_line(&c, line);
}
