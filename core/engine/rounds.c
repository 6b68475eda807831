/* rounds.c - what a run does in its sinks once the source is read.
 *
 *   resolve    ops of an earlier life whose result is not known, where their quiet time is over
 *   recheck    what was once in doubt and is due to be looked up again
 *   rounds     plan and apply, until nothing new follows from what was done
 *   wait       for the end of a short quiet time; then resolve, and rounds once more */
#include "build.h"

#include "engine/exactly.h"
#include "engine/run.h"

#include "store/doubts.h"

#define ROUNDS 8

/* Ops that may be sent now, in sinks that are well. */
static int
ready(struct mstc_run *run, int64_t *ret, struct mst_error *err)
{
        *ret = 0;
        for (size_t i = 0; i < run->target_count; i++) {
                int64_t count = 0;

                if (run->targets[i].sink->aside[0] == '\0'
                    && mstc_op_ready(run->store, run->targets[i].sink->id, run->targets[i].row.id, mstc_now_ms(), &count,
                                     err) != MST_OK)
                        return err->code;
                *ret += count;
        }
        return MST_OK;
}

/* The groups are needed for settling, too, when ops of an earlier plan are sent. */
int
mstc_run_groups(struct mstc_run *run, struct mst_error *err)
{
        int rc;

        if (run->members != NULL)
                return MST_OK;
        rc = mstc_store_begin(run->store, err);
        if (rc == MST_OK)
                rc = mstc_members_new(run, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        return rc;
}

/* The plan has decided anew whom groups are to leave. */
static void
forget_leaving(struct mstc_run *run)
{
        for (size_t i = 0; i < run->target_count; i++) {
                mstc_set_free(run->targets[i].leaving);
                run->targets[i].leaving = NULL;
        }
}

static int
plan_and_apply(struct mstc_run *run, struct mst_error *err)
{
        for (int round = 0; round < ROUNDS && !mstc_engine_stopping(run->engine); round++) {
                uint64_t ops;
                int64_t open;

                if (mstc_plan(run, &ops, err) != MST_OK || ready(run, &open, err) != MST_OK
                    || (run->exactly != NULL && mstc_exactly_select(run, err) != MST_OK))
                        return err->code;
                forget_leaving(run);
                if (open == 0)
                        return MST_OK;
                mstc_progress(run, MSTC_PHASE_APPLY, 0, (uint64_t)open);
                if (mstc_run_load_links(run, err) != MST_OK || mstc_run_groups(run, err) != MST_OK
                    || mstc_apply(run, err) != MST_OK)
                        return err->code;
                if (run->exactly != NULL)
                        return MST_OK;       /* what follows from it is not in the plan */
        }
        return MST_OK;
}

static int
resolve_unknown(struct mstc_run *run, struct mst_error *err)
{
        bool any = false;

        for (size_t i = 0; i < run->target_count; i++) {
                bool some;

                if (mstc_op_any_unknown(run->store, run->targets[i].sink->id, run->targets[i].row.id, &some,
                                        err) != MST_OK)
                        return err->code;
                any = any || some;
        }
        if (!any)
                return MST_OK;
        if (mstc_run_load_links(run, err) != MST_OK || mstc_run_groups(run, err) != MST_OK)
                return err->code;
        return mstc_resolve(run, err);
}

static int
recheck(struct mstc_run *run, struct mst_error *err)
{
        bool all = run->mode == MSTC_RUN_FULL, any = false;
        struct mstc_entry_op first;

        /* What a changed configuration does is shown alone; the next run looks. */
        if (run->config_effect)
                return MST_OK;
        for (size_t i = 0; i < run->target_count && !any; i++) {
                size_t count;

                if (mstc_doubts_due(run->store, run->targets[i].sink->id, all ? INT64_MAX : mstc_now_ms(), 0, run->arena,
                                    &first, 1, &count, err) != MST_OK)
                        return err->code;
                any = count != 0;
        }
        if (!any)
                return MST_OK;
        if (mstc_run_load_links(run, err) != MST_OK || mstc_run_groups(run, err) != MST_OK)
                return err->code;
        return mstc_recheck(run, all, err);
}

/* What is in doubt and still in its quiet time is waited for when all else has been done. */
int
mstc_carry_out(struct mstc_run *run, struct mst_error *err)
{
        bool more;

        if (resolve_unknown(run, err) != MST_OK || recheck(run, err) != MST_OK || mstc_reconsider(run, err) != MST_OK
            || plan_and_apply(run, err) != MST_OK || (run->exactly != NULL && mstc_exactly_tell(run, err) != MST_OK)
            || mstc_resolve_wait(run, &more, err) != MST_OK)
                return err->code;
        if (!more || run->exactly != NULL)
                return MST_OK;
        return resolve_unknown(run, err) != MST_OK ? err->code : plan_and_apply(run, err);
}
