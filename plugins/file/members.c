/* SPDX-License-Identifier: Apache-2.0
 *
 * members.c - who is in a group: the values of one cell, in the order in which they came. */
#include <stdlib.h>
#include <string.h>

#include "sink.h"

struct wish {
        const char *name;
        size_t index;                        /* of the op's member                     */
        bool joins, met;
};

static int
by_name(const void *a, const void *b)
{
        return strcmp(((const struct wish *)a)->name, ((const struct wish *)b)->name);
}

static struct wish *
wish_for(struct wish *wishes, size_t count, const char *name)
{
        struct wish key = { .name = name };

        return count > 0 ? bsearch(&key, wishes, count, sizeof *wishes, by_name) : NULL;
}

/* What members are called in the file: as the object is called that they are now. */
static const char *
member_name(struct fil_batch *batch, struct mst_op *op, size_t index)
{
        struct fil_sink *sink = batch->sink;
        const char *object = mst_op_member_object(op, index);

        if (object == NULL)
                return NULL;
        if (fil_table_by_id(sink->users.table, object) != NULL)
                return fil_line_name(sink->users.table, object, batch->arena);
        if (fil_table_by_id(sink->groups.table, object) != NULL)
                return fil_line_name(sink->groups.table, object, batch->arena);
        /* Somebody who is gone can still be taken out. */
        return mst_op_member_joins(op, index) ? NULL : fil_line_name(sink->users.table, object, batch->arena);
}

/* The op's members in order of their names; those that cannot be are settled. */
static struct wish *
collect(struct fil_batch *batch, struct mst_op *op, size_t *ret)
{
        const char *separator = batch->sink->config->list_separator;
        bool csv = batch->sink->groups.plan.layout.format == FIL_CSV;
        size_t count = mst_op_member_count(op), kept = 0;
        struct wish *wishes = mst_arena_alloc(batch->arena, (count + 1) * sizeof *wishes);

        for (size_t i = 0; wishes != NULL && i < count; i++) {
                const char *name = member_name(batch, op, i);

                if (name == NULL)
                        mst_op_member_settle(op, i, MST_REFUSED, "the file has no such row");
                else if (csv && strstr(name, separator) != NULL)
                        mst_op_member_settle(op, i, MST_REFUSED, "the id holds the list-separator");
                else
                        wishes[kept++] = (struct wish){ .name = name, .index = i, .joins = mst_op_member_joins(op, i) };
        }
        if (wishes != NULL && kept > 1)
                qsort(wishes, kept, sizeof *wishes, by_name);
        *ret = kept;
        return wishes;
}

/* The cell as it will be, in the table's arena. */
static bool
rewrite(struct fil_batch *batch, const struct fil_cell *old, struct wish *wishes, size_t count, struct fil_cell *ret)
{
        size_t room = old->length + 1;
        char *text, *to;

        for (size_t i = 0; i < count; i++)
                room += wishes[i].joins ? strlen(wishes[i].name) + 1 : 0;
        text = to = room < UINT32_MAX ? mst_arena_alloc(batch->sink->groups.table->arena, room + 1) : NULL;
        if (text == NULL)
                return false;
        *ret = (struct fil_cell){ text, 0, 0 };
        for (const char *at = NULL; (at = fil_cell_next(old, at)) != NULL;) {
                struct wish *wish = wish_for(wishes, count, at);

                if (wish != NULL)
                        wish->met = true;
                if (wish != NULL && !wish->joins)
                        continue;
                to = stpcpy(to, at) + 1;
                ret->count++;
        }
        for (size_t i = 0; i < count; i++)
                if (wishes[i].joins && !wishes[i].met && (i == 0 || strcmp(wishes[i - 1].name, wishes[i].name) != 0)) {
                        to = stpcpy(to, wishes[i].name) + 1;
                        ret->count++;
                }
        ret->length = to > text ? (uint32_t)(to - text - 1) : 0;
        return true;
}

enum mst_outcome
fil_change_members(struct fil_batch *batch, struct fil_line *group, struct mst_op *op, struct mst_error *why)
{
        struct fil_table *table = batch->sink->groups.table;
        size_t count = 0;
        struct wish *wishes = collect(batch, op, &count);
        struct fil_cell cell;

        if (table->members == FIL_NO_COLUMN) {
                mst_fail(why, MST_EREFUSED, "the groups have no column of members");
                return MST_REFUSED;
        }
        if (wishes == NULL || !rewrite(batch, fil_cell(group, table->members), wishes, count, &cell)) {
                mst_fail_memory(why, "changing members");
                return MST_RETRY;
        }
        if (cell.length > FIL_LINE_MOST) {
                mst_fail(why, MST_EREFUSED, "the group '%.100s' would be larger than 4 MiB with these members",
                         mst_op_id(op));
                return MST_REFUSED;
        }
        batch->sink->groups.changed = true;
        if (fil_cell_put(table, group, table->members, cell))
                return MST_DONE;
        mst_fail_memory(why, "changing members");
        return MST_RETRY;
}

/* ---- names that have changed ---- */

static int
by_old(const void *a, const void *b)
{
        return strcmp(((const struct fil_fix *)a)->old, ((const struct fil_fix *)b)->old);
}

static const struct fil_fix *
fix_for(const struct fil_batch *batch, const char *name)
{
        struct fil_fix key = { name, NULL };

        return bsearch(&key, batch->fixes, batch->fix_count, sizeof key, by_old);
}

static bool
fix_cell(struct fil_batch *batch, struct fil_line *line)
{
        struct fil_table *table = batch->sink->groups.table;
        const struct fil_cell *cell = fil_cell(line, table->members);
        struct fil_cell fixed = { "", 0, 0 };
        size_t room = 1;
        bool touched = false;
        char *text, *to;

        for (const char *at = NULL; (at = fil_cell_next(cell, at)) != NULL;) {
                const struct fil_fix *fix = fix_for(batch, at);

                touched = touched || fix != NULL;
                room += strlen(fix != NULL && fix->new != NULL ? fix->new : at) + 1;
        }
        if (!touched)
                return true;
        text = to = room < UINT32_MAX ? mst_arena_alloc(table->arena, room) : NULL;
        if (text == NULL)
                return false;
        for (const char *at = NULL; (at = fil_cell_next(cell, at)) != NULL;) {
                const struct fil_fix *fix = fix_for(batch, at);

                if (fix != NULL && fix->new == NULL)
                        continue;
                to = stpcpy(to, fix != NULL ? fix->new : at) + 1;
                fixed.count++;
        }
        fixed.text = text;
        fixed.length = to > text ? (uint32_t)(to - text - 1) : 0;
        batch->sink->groups.changed = true;
        return fil_cell_put(table, line, table->members, fixed);
}

bool
fil_fix_members(struct fil_batch *batch)
{
        struct fil_table *table = batch->sink->groups.table;
        bool fine = true;

        if (batch->fix_count == 0 || table == NULL || table->members == FIL_NO_COLUMN)
                return true;
        qsort(batch->fixes, batch->fix_count, sizeof *batch->fixes, by_old);
        for (size_t i = 0; fine && i < table->count; i++)
                if (!table->lines[i].gone)
                        fine = fix_cell(batch, &table->lines[i]);
        return fine;
}
