/* show.c - the ops of a plan, one after the other, for who wants to see them. */
#include "build.h"

#include "engine/run.h"
#include "engine/seal.h"

#include "store/entries.h"

static void
count_members(const struct mstc_entry_op *op, struct mstc_planned *p)
{
        bool create = op->verb == MST_CREATE;
        struct mstc_set *set = mstc_set_new();

        if (set != NULL && mstc_unpack_set(create ? op->before : op->after, create ? op->before_size : op->after_size,
                                           set))
                p->joins = mstc_set_count(set);
        mstc_set_free(set);
        set = create ? NULL : mstc_set_new();
        if (set != NULL && mstc_unpack_set(op->before, op->before_size, set))
                p->leaves = mstc_set_count(set);
        mstc_set_free(set);
}

static int
show_op(struct mstc_run *run, const struct mstc_entry_op *op, struct mst_error *err)
{
        struct mstc_run_target *t = mstc_run_target_of(run, op->target);
        struct mstc_planned p = { .number = op->number, .verb = op->verb, .kind = op->kind, .reason = op->reason,
                                  .title = op->name, .hold = op->hold, .state = op->state, .text = op->text };
        struct mst_record *before = NULL, *after = NULL;
        struct mstc_seal seal = { .parts = NULL };
        const char *object;

        if (t == NULL)
                return MST_OK;
        p.target = t->setup->name;
        p.sink = t->sink->setup->config->name;
        p.id = op->name;
        if (op->kind == MST_USER && (mstc_entry_id(run->store, op->entry, run->scratch, &p.id, err) != MST_OK
                                     || mstc_link_name(run->store, op->entry, op->sink, run->scratch, &object,
                                                       &p.object_name, err) != MST_OK))
                return err->code;
        if (op->kind == MST_GROUP && (op->verb == MST_CREATE || op->verb == MST_MEMBERS))
                count_members(op, &p);
        else if (op->before_size != 0
                 && mstc_record_unflat(op->before, op->before_size, "", run->scratch, &before, err) != MST_OK)
                return err->code;
        if (!(op->kind == MST_GROUP && op->verb == MST_MEMBERS) && op->after_size != 0
            && mstc_record_unflat(op->after, op->after_size, "", run->scratch, &after, err) != MST_OK)
                return err->code;
        p.before = before;
        p.after = after;
        if (run->options->seal) {
                if (mstc_seal_op(run, t, op, run->scratch, seal.op, err) != MST_OK
                    || mstc_seal_seen(run, t, op->kind, op->entry, run->scratch, &seal, err) != MST_OK
                    || mstc_seal_members(run, op, run->scratch, &seal, err) != MST_OK)
                        return err->code;
                p.seal = &seal;
        }
        run->options->op(run->options->self, &p);
        return MST_OK;
}

int
mstc_run_show(struct mstc_run *run, struct mst_error *err)
{
        struct mstc_entry_op rows[64];
        int64_t after = 0;
        size_t count = 64;

        while (run->options->op != NULL && count == 64) {
                mst_arena_reset(run->scratch);
                if (mstc_op_of_run(run->store, run->id, after, run->scratch, rows, 64, &count, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        if (show_op(run, &rows[i], err) != MST_OK)
                                return err->code;
                        after = rows[i].number;
                }
        }
        return MST_OK;
}

/* What an earlier plan has left is still to be done: the next sync sends it, or it is held. */
static bool
still_open(const struct mstc_run *run, const struct mstc_entry_op *op)
{
        return op->run == run->id || op->state == MSTC_OP_PLANNED || op->state == MSTC_OP_RETRY;
}

static int
show_target(struct mstc_run *run, const struct mstc_run_target *t, struct mst_error *err)
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
                        if (still_open(run, &rows[i]) && show_op(run, &rows[i], err) != MST_OK)
                                return err->code;
                }
        }
        return MST_OK;
}

int
mstc_run_show_open(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->target_count && run->options->op != NULL; i++)
                if (show_target(run, &run->targets[i], err) != MST_OK)
                        return err->code;
        return MST_OK;
}
