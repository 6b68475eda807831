/* exactly.c - a run that carries out a saved plan and nothing else.
 *
 *   begin    the source is read as ever, and the people of the saved plan alone are planned, and
 *            judged by the guards, as any sync would do it
 *   select   each op that comes of it and does what a saved one does, made from the same record
 *            and the same object, is that one; only these may be claimed
 *   tell     what became of each; one that was not found again is skipped, with the reason
 *
 * So a saved plan can make nothing happen that a sync would not do now: whoever alters the file
 * can leave something out, no more. */
#include "build.h"

#include "engine/exactly.h"

#include <stdio.h>
#include <string.h>

#include "store/entries.h"
#include "store/groups.h"
#include "util/alloc.h"
#include "util/map.h"
#include "util/numbers.h"

struct mstc_exactly {
        struct mstc_sealed *plan;
        struct mstc_set *entries;            /* whose ops it holds                     */
        struct mstc_map *ops;                /* hash of an op -> mstc_sealed_op        */
        struct mstc_numbers numbers;         /* of the journal's ops -> the same       */
};

void
mstc_exactly_free(struct mstc_exactly *x)
{
        if (x == NULL)
                return;
        mstc_set_free(x->entries);
        mstc_map_free(x->ops);
        mstc_numbers_done(&x->numbers);
        mstc_free(x);
}

static void
hex(const uint8_t hash[16], char ret[33])
{
        for (size_t i = 0; i < 16; i++)
                (void)snprintf(ret + 2 * i, 3, "%02x", hash[i]);
}

int
mstc_exactly_begin(struct mstc_run *run, struct mst_error *err)
{
        struct mstc_sealed *plan = run->options->exactly;
        struct mstc_exactly *x;

        if (plan == NULL)
                return MST_OK;
        x = run->exactly = mstc_alloc(sizeof *x);
        if (x == NULL)
                return mst_fail_memory(err, "reading a plan");
        x->plan = plan;
        x->entries = mstc_set_new();
        x->ops = mstc_map_new();
        for (size_t i = 0; x->ops != NULL && x->entries != NULL && i < plan->count; i++) {
                struct mstc_sealed_op *op = &plan->ops[i];
                int64_t entry = 0;
                char key[33];

                hex(op->seal.op, key);
                if (op->kind == MST_USER
                    && mstc_entry_find(run->store, run->row.id, MST_USER, op->id, &entry, err) != MST_OK)
                        return err->code;
                if ((entry != 0 && !mstc_set_add(x->entries, (uint32_t)entry)) || !mstc_map_put(x->ops, key, op))
                        return mst_fail_memory(err, "reading a plan");
        }
        return x->ops != NULL && x->entries != NULL ? MST_OK : mst_fail_memory(err, "reading a plan");
}

bool
mstc_exactly_chooses(const struct mstc_exactly *x, int64_t entry)
{
        return x == NULL || mstc_set_has(x->entries, (uint32_t)entry);
}

bool
mstc_exactly_has(const struct mstc_exactly *x, int64_t op)
{
        return x == NULL || mstc_numbers_get(&x->numbers, op) != NULL;
}

/* ---- select -------------------------------------------------------------------------------- */

static const char *
state_says(const struct mstc_entry_op *op, struct mst_arena *arena)
{
        switch (op->state) {
        case MSTC_OP_SENT:
        case MSTC_OP_UNKNOWN:
                return "what was sent last has no known outcome yet";
        case MSTC_OP_PARKED:
                return mst_arena_printf(arena, "parked: %s", op->text != NULL ? op->text : "see muster history");
        default:
                return NULL;
        }
}

static int
select_op(struct mstc_run *run, struct mstc_run_target *t, const struct mstc_entry_op *row, struct mst_error *err)
{
        struct mstc_exactly *x = run->exactly;
        struct mstc_seal is = { .parts = NULL };
        struct mstc_sealed_op *op;
        char key[33];

        if (mstc_seal_op(run, t, row, run->scratch, is.op, err) != MST_OK)
                return err->code;
        hex(is.op, key);
        op = mstc_map_get(x->ops, key);
        if (op == NULL || op->number != 0)
                return MST_OK;
        if (mstc_seal_seen(run, t, row->kind, row->entry, run->scratch, &is, err) != MST_OK)
                return err->code;
        op->why = mstc_seal_changed(&op->seal, &is, x->plan->arena);
        if (op->why == NULL)
                op->why = state_says(row, x->plan->arena);
        if (op->why != NULL)
                return MST_OK;
        op->number = row->number;
        op->fate = row->hold != 0 && row->approved <= mstc_now_ms() ? MSTC_SEALED_HELD : MSTC_SEALED_WOULD;
        return mstc_numbers_put(&x->numbers, row->number, op) ? MST_OK : mst_fail_memory(err, "reading a plan");
}

static int
select_target(struct mstc_run *run, struct mstc_run_target *t, struct mst_error *err)
{
        struct mstc_entry_op rows[64];
        int64_t after = 0;
        size_t count = 64;
        int rank = -1;

        while (count == 64) {
                mst_arena_reset(run->scratch);
                if (mstc_op_open_next(run->store, t->sink->id, t->row.id, rank, after, run->scratch, rows, 64, &count,
                                      err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        rank = rows[i].rank;
                        after = rows[i].number;
                        if (select_op(run, t, &rows[i], err) != MST_OK)
                                return err->code;
                }
        }
        return MST_OK;
}

/* It is in the history already. */
static int
done_before(struct mstc_run *run, struct mstc_run_target *t, struct mstc_sealed_op *op, int64_t entry, struct mst_error *err)
{
        struct mstc_entry_op rows[16];
        size_t count;

        if (mstc_op_done_last(run->store, op->kind, entry, t->row.id, run->scratch, rows, 16, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count && op->fate != MSTC_SEALED_BEFORE; i++) {
                uint8_t hash[16];

                if (mstc_seal_op(run, t, &rows[i], run->scratch, hash, err) != MST_OK)
                        return err->code;
                if (memcmp(hash, op->seal.op, 16) != 0)
                        continue;
                op->fate = MSTC_SEALED_BEFORE;
                op->why = mst_arena_printf(run->exactly->plan->arena, "done already, in run %lld", (long long)rows[i].run);
        }
        return MST_OK;
}

/* Nothing of the kind was planned now: why? */
static int
explain(struct mstc_run *run, struct mstc_run_target *t, struct mstc_sealed_op *op, struct mst_error *err)
{
        struct mst_arena *arena = run->exactly->plan->arena;
        struct mstc_seal is = { .parts = NULL };
        struct mstc_entry_op open;
        int64_t entry = 0;
        int rc = op->kind == MST_USER ? mstc_entry_find(run->store, run->row.id, MST_USER, op->id, &entry, err)
               : mstc_grp_named(run->store, run->row.id, op->id, &entry, err);

        if (rc != MST_OK)
                return rc;
        if (entry == 0) {
                op->why = "nothing of that id is known any more";
                return MST_OK;
        }
        if (done_before(run, t, op, entry, err) != MST_OK || op->fate == MSTC_SEALED_BEFORE)
                return err->code;
        if (t->no_plan || t->sink->aside[0] != '\0') {
                op->why = mst_arena_printf(arena, "its sink cannot be asked: %s", t->sink->aside);
                return MST_OK;
        }
        if (mstc_seal_seen(run, t, op->kind, entry, run->scratch, &is, err) != MST_OK)
                return err->code;
        op->why = mstc_seal_changed(&op->seal, &is, arena);
        if (op->why != NULL)
                return MST_OK;
        rc = mstc_op_of(run->store, op->kind, entry, t->sink->id, run->scratch, &open, err);
        if (rc < 0)
                return rc;
        op->why = rc == MST_END ? "it is not needed any more" : state_says(&open, arena);
        if (op->why == NULL)
                op->why = open.verb != op->verb ? mst_arena_printf(arena, "now it would be another op: %s",
                                                                   mst_verb_name(open.verb))
                        : "what would be written has changed";
        return MST_OK;
}

static struct mstc_run_target *
target_named(struct mstc_run *run, const char *name)
{
        for (size_t i = 0; i < run->target_count; i++)
                if (strcmp(run->targets[i].setup->name, name) == 0)
                        return &run->targets[i];
        return NULL;
}

int
mstc_exactly_select(struct mstc_run *run, struct mst_error *err)
{
        struct mstc_exactly *x = run->exactly;

        for (size_t i = 0; i < run->target_count; i++)
                if (select_target(run, &run->targets[i], err) != MST_OK)
                        return err->code;
        for (size_t i = 0; i < x->plan->count; i++) {
                struct mstc_sealed_op *op = &x->plan->ops[i];
                struct mstc_run_target *t = target_named(run, op->target);

                mst_arena_reset(run->scratch);
                if (op->number != 0 || op->why != NULL)
                        continue;
                if (t == NULL)
                        op->why = "its target is not in the configuration";
                else if (explain(run, t, op, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* ---- tell ---------------------------------------------------------------------------------- */

static void
tell_open(struct mstc_run *run, struct mstc_sealed_op *op, const struct mstc_entry_op *row)
{
        struct mst_arena *arena = run->exactly->plan->arena;
        struct mstc_run_target *t = target_named(run, op->target);

        op->fate = MSTC_SEALED_OPEN;
        if (row->hold != 0 && row->approved <= mstc_now_ms()) {
                op->fate = MSTC_SEALED_HELD;
                op->why = mst_arena_printf(arena, "held: see muster holds %lld", (long long)row->hold);
        } else if (row->state == MSTC_OP_PLANNED)
                op->why = t != NULL && t->sink->aside[0] != '\0' ? mst_arena_strdup(arena, t->sink->aside) : "not sent yet";
        else if (row->state == MSTC_OP_RETRY || row->state == MSTC_OP_PARKED)
                op->why = mst_arena_printf(arena, "%s: %s", mstc_op_state_name(row->state), row->text != NULL ? row->text : "?");
        else
                op->why = "sent, and no answer came: it will be looked up";
}

int
mstc_exactly_tell(struct mstc_run *run, struct mst_error *err)
{
        struct mstc_exactly *x = run->exactly;

        for (size_t i = 0; x != NULL && i < x->plan->count; i++) {
                struct mstc_sealed_op *op = &x->plan->ops[i];
                struct mstc_entry_op row;
                int rc;

                if (op->number == 0)
                        continue;
                mst_arena_reset(run->scratch);
                rc = mstc_op_get(run->store, op->number, run->scratch, &row, err);
                if (rc < 0)
                        return rc;
                if (rc == MST_OK && row.state < MSTC_OP_OPEN)
                        tell_open(run, op, &row);
                else if (rc == MST_OK && row.state == MSTC_OP_DONE)
                        op->fate = MSTC_SEALED_DONE;
                else {
                        op->fate = MSTC_SEALED_SKIPPED;
                        op->why = rc == MST_OK && row.text != NULL ? mst_arena_strdup(x->plan->arena, row.text)
                                : "it was replaced by a newer plan";
                }
        }
        return MST_OK;
}
