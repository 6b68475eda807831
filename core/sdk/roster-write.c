/* roster-write.c - ops upon a roster, and then all of them at once into files. */
#include "build.h"

#include "sdk/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

struct errand {
        struct mst_op *op;
        struct mstc_roster_row *row, *old;   /* what it writes; the key that is left   */
        enum mst_outcome outcome;
        struct mst_error why;
};

/* --- ops upon rows ------------------------------------------------------------------------- */

static const char **
values_of(struct mst_roster *roster, const struct mst_op *op)
{
        const struct mst_roster_layout *l = roster->layout;
        const char **values = mst_arena_alloc(roster->arena, l->column_count * sizeof *values);

        for (size_t c = 0; values != NULL && c < l->column_count; c++) {
                const struct mst_value *value = mst_value_at(mst_op_wanted(op, l->columns[c]), 0);

                values[c] = mst_value_type(value) == MST_BOOL ? (mst_value_bool(value) ? l->yes : l->no)
                            : mst_value_print(roster->arena, value);
                if (values[c] == NULL)
                        return NULL;
        }
        return values;
}

static enum mst_outcome
no_memory(struct errand *e)
{
        mst_fail_memory(&e->why, "changing who is there");
        return MST_RETRY;
}

static enum mst_outcome
put(struct mst_roster *roster, const struct mst_roster_ways *ways, struct errand *e)
{
        bool creates = mst_op_verb(e->op) == MST_CREATE, moves;
        const char *object = mst_op_object(e->op), **values;
        char key[MST_ROSTER_KEY];

        if (ways->key(ways->self, e->op, key, &e->why) != MST_OK)
                return MST_REFUSED;
        e->row = mstc_roster_row(roster, key, true);
        values = values_of(roster, e->op);
        if (e->row == NULL || values == NULL)
                return no_memory(e);
        moves = !creates && strcmp(object, key) != 0;
        if (!creates && !moves && e->row->have == NULL) {
                mst_fail(&e->why, MST_ENOTFOUND, "%s is not there any more", key);
                return MST_GONE;
        }
        mst_op_set_object(e->op, key, key, NULL);
        if ((creates || moves) && e->row->have != NULL) {
                mst_fail(&e->why, MST_EREFUSED, "%s %s is somebody else's already, and people are known by it alone: correct one of the "
                         "two at the source", roster->layout->known_by, key);
                return MST_DUPLICATE;
        }
        if (mstc_roster_same(roster, e->row->have, values))
                return MST_ALREADY;
        e->row->have = e->row->want = values;
        e->row->pending = MSTC_ROSTER_PUT;
        if (moves && (e->old = mstc_roster_row(roster, object, true)) != NULL && e->old->pending != MSTC_ROSTER_PUT) {
                e->old->have = e->old->want = NULL;
                e->old->pending = MSTC_ROSTER_DROP;
        }
        return MST_DONE;
}

/* The removal of a key that somebody else has got in the same batch is none. */
static enum mst_outcome
drop(struct mst_roster *roster, struct errand *e)
{
        e->row = mstc_roster_row(roster, mst_op_object(e->op), true);
        if (e->row == NULL)
                return no_memory(e);
        if (e->row->have == NULL || e->row->pending == MSTC_ROSTER_PUT)
                return MST_ALREADY;
        e->row->have = e->row->want = NULL;
        e->row->pending = MSTC_ROSTER_DROP;
        return MST_DONE;
}

static void
settle(struct errand *e, const struct mst_error *trouble, bool doubt)
{
        bool written = e->outcome == MST_DONE;
        const char *why = e->row != NULL && e->row->why != NULL ? e->row->why
                          : e->old != NULL && e->old->why != NULL ? e->old->why : NULL;

        if (written && trouble->code != MST_OK) {
                e->why = *trouble;
                e->outcome = doubt ? MST_UNKNOWN : MST_RETRY;
        } else if (written && why != NULL) {
                mst_fail(&e->why, MST_EREFUSED, "%s", why);
                e->outcome = MST_REFUSED;
        }
        mst_op_settle(e->op, e->outcome, e->outcome == MST_DONE || e->outcome == MST_ALREADY ? NULL : &e->why);
}

/* --- files ------------------------------------------------------------------------------------- */

struct writing {
        struct mst_roster *roster;
        const struct mst_roster_ways *ways;
        struct mstc_roster_row **rows;       /* that are pending in this way           */
        size_t count;
        bool drops, doubt;
};

/* A cell that there is no memory for fails the file. */
static bool
write_row(struct mst_roster *roster, FILE *to, const char *const *values, const char *key, bool drops)
{
        const struct mst_roster_layout *l = roster->layout;
        bool good = true;

        for (size_t c = 0; good && c < (drops ? 1 : l->column_count); c++) {
                const char *cell = mst_csv_cell(roster->arena, c == 0 ? key : values[c], c > 0 && l->safe);

                good = cell != NULL && fprintf(to, "%s%s", c == 0 ? "" : ",", cell) >= 0;
        }
        return good && fputs("\r\n", to) >= 0;
}

/* The file is on disk before anybody is asked to take it. */
static int
deliver(struct writing *w, const char *bytes, size_t size, struct mst_error *err)
{
        const struct mst_roster_layout *l = w->roster->layout;
        const char *name = w->drops ? l->drops : l->puts;
        uint64_t number = ++w->roster->number;

        w->doubt = false;
        if (mst_outbox_write(l->folder, name, number, bytes, size, err) != MST_OK || w->ways->carry == NULL)
                return err->code;
        return w->ways->carry(w->ways->self, name, number, bytes, size, &w->doubt, err);
}

/* Rows from 'from' on until the file is full; where it ended. */
static size_t
write_file(struct writing *w, size_t from, struct mst_error *err)
{
        const struct mst_roster_layout *l = w->roster->layout;
        char *bytes = NULL;
        size_t size = 0, at = from;
        FILE *to = open_memstream(&bytes, &size);
        bool good;

        if (to == NULL) {
                mst_fail_memory(err, "writing files");
                return from;
        }
        fputs("\xef\xbb\xbf", to);
        good = write_row(w->roster, to, l->columns, l->columns[0], w->drops);
        for (; good && at < w->count; at++) {
                long before = ftell(to);

                good = write_row(w->roster, to, w->rows[at]->want, w->rows[at]->key, w->drops);
                if (at > from && ftell(to) > (long)l->most) {
                        fseek(to, before, SEEK_SET);
                        break;
                }
        }
        if (fclose(to) != 0 || !good)
                mst_fail_memory(err, "writing files");
        else
                deliver(w, bytes, size, err);
        free(bytes);
        return at;
}

static int
write_way(struct writing *w, bool drops, struct mst_error *err)
{
        enum mstc_roster_way way = drops ? MSTC_ROSTER_DROP : MSTC_ROSTER_PUT;
        size_t count = 0;

        for (struct mstc_roster_row *row = w->roster->first; row != NULL; row = row->next)
                count += row->pending == way;
        w->rows = mst_arena_alloc(w->roster->arena, (count + 1) * sizeof *w->rows);
        if (w->rows == NULL)
                return mst_fail_memory(err, "writing files");
        w->drops = drops;
        w->count = 0;
        for (struct mstc_roster_row *row = w->roster->first; row != NULL; row = row->next)
                if (row->pending == way)
                        w->rows[w->count++] = row;
        for (size_t at = 0; err->code == MST_OK && at < w->count; )
                at = write_file(w, at, err);
        for (size_t i = 0; err->code == MST_OK && i < w->count; i++)
                w->rows[i]->pending = MSTC_ROSTER_QUIET;
        return err->code;
}

/* --- all of it ------------------------------------------------------------------------------------ */

static int
by_id(const void *a, const void *b)
{
        return strcmp(mst_op_id(*(struct mst_op *const *)a), mst_op_id(*(struct mst_op *const *)b));
}

/* Who comes is written before who goes: a key that changed hands is then in no file of drops. */
int
mst_roster_apply(struct mst_roster *roster, struct mst_op **ops, size_t count, const struct mst_roster_ways *ways,
                 struct mst_error *err)
{
        struct errand *errands = mstc_alloc((count + 1) * sizeof *errands);
        struct writing w = { .roster = roster, .ways = ways };

        *err = (struct mst_error){ 0 };
        if (errands == NULL) {
                for (size_t i = 0; i < count; i++)
                        mst_op_settle(ops[i], MST_UNSENT, NULL);
                return mst_fail_memory(err, "changing who is there");
        }
        qsort(ops, count, sizeof *ops, by_id);
        for (int leaving = 1; leaving >= 0; leaving--)
                for (size_t i = 0; i < count; i++) {
                        errands[i].op = ops[i];
                        if ((mst_op_verb(ops[i]) == MST_DELETE) == (leaving == 1))
                                errands[i].outcome = leaving ? drop(roster, &errands[i]) : put(roster, ways, &errands[i]);
                }
        if (roster->lost > 0)
                mst_host_log(roster->host, MST_LOG_WARNING, "%zu people are not in the export as older files should have brought them "
                             "in: they are written once more", roster->lost);
        roster->lost = 0;
        if (write_way(&w, false, err) == MST_OK)
                (void)write_way(&w, true, err);
        for (size_t i = 0; i < count; i++)
                settle(&errands[i], err, w.doubt);
        mstc_free(errands);
        return err->code;
}
