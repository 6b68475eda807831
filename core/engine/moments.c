/* moments.c - what time alone changes.
 *
 * A rule, a scope or a map that reads the clock has, for each record, a next instant at which
 * its outcome can turn.  The earliest of them is kept with the entry when it is planned (wake, in
 * the store); a run that comes after it plans the entry again, whatever it reads.  Until then
 * nobody looks at it.  Only what can matter for the record as it is now counts: whoever is not in
 * the sync's scope waits for that, a target that does not take him for its scope, and a value
 * that is written once does not turn. */
#include "build.h"

#include "engine/run.h"

#include "store/groups.h"
#include "util/alloc.h"
#include "util/date.h"

static bool
uses_clock(const struct mstc_expr *expr)
{
        return expr != NULL && mstc_expr_uses_now(expr);
}

/* Of thousands of rules few read the clock: they are picked out once, not for each person. */
int
mstc_moments_load(struct mstc_run *run, struct mst_error *err)
{
        const struct mstc_sync *sync = run->sync;

        run->timed = mst_arena_alloc(run->arena, (sync->group_count + sync->family_count + 1) * sizeof *run->timed);
        if (run->timed == NULL)
                return mst_fail_memory(err, "starting a run");
        for (size_t i = 0; i < sync->group_count; i++)
                if (uses_clock(sync->groups[i].rule))
                        run->timed[run->timed_count++] = sync->groups[i].rule;
        for (size_t f = 0; f < sync->family_count; f++)
                if (uses_clock(sync->families[f].rule))
                        run->timed[run->timed_count++] = sync->families[f].rule;
        run->any_timed = run->timed_count != 0 || uses_clock(sync->scope);
        for (size_t c = 0; c < sync->carry_count; c++)
                run->any_timed = run->any_timed || uses_clock(sync->carries[c].rule);
        for (size_t t = 0; t < sync->target_count; t++) {
                run->any_timed = run->any_timed || uses_clock(sync->targets[t].scope);
                for (size_t m = 0; m < sync->targets[t].map_count; m++)
                        run->any_timed = run->any_timed || uses_clock(sync->targets[t].maps[m].expression);
        }
        return MST_OK;
}

/* ---- of one entry ------------------------------------------------------------------------ */

struct moment {
        const struct mst_record *record;
        struct mstc_eval eval;
        int64_t at;                          /* the earliest; 0: never                 */
};

static void
earlier(struct moment *moment, const struct mstc_expr *expr)
{
        int64_t when;

        if (uses_clock(expr) && mstc_expr_wake(expr, moment->record, &moment->eval, &when)
            && (moment->at == 0 || when < moment->at))
                moment->at = when;
}

/* Is it true?  What cannot be told is not false. */
static bool
may_hold(struct moment *moment, const struct mstc_expr *scope)
{
        bool holds;

        if (scope == NULL)
                return true;
        moment->eval.why = NULL;
        holds = mstc_expr_test(scope, moment->record, &moment->eval);
        return holds || moment->eval.why != NULL;
}

static void
of_person(struct moment *moment, const struct mstc_run *run)
{
        const struct mstc_sync *sync = run->sync;

        earlier(moment, sync->scope);
        if (!may_hold(moment, sync->scope))
                return;
        for (size_t i = 0; i < run->timed_count; i++)
                earlier(moment, run->timed[i]);
        for (size_t t = 0; t < sync->target_count; t++) {
                const struct mstc_target *target = &sync->targets[t];

                earlier(moment, target->scope);
                if (!may_hold(moment, target->scope))
                        continue;
                for (size_t m = 0; m < target->map_count; m++)
                        if (target->maps[m].when == MSTC_ALWAYS)
                                earlier(moment, target->maps[m].expression);
        }
}

/* A group of the source: the rules that choose which ones are carried. */
static void
of_group(struct moment *moment, const struct mstc_sync *sync)
{
        for (size_t c = 0; c < sync->carry_count; c++)
                earlier(moment, sync->carries[c].rule);
}

int
mstc_moments_note(struct mstc_run *run, const struct mstc_entry *entry, struct mst_error *err)
{
        struct moment moment = { .record = entry->record };

        if (!run->any_timed)
                return MST_OK;
        mstc_eval_init(run, &moment.eval, run->scratch);
        if (entry->gone == 0 && entry->kind == MST_GROUP)
                of_group(&moment, run->sync);
        else if (entry->gone == 0)
                of_person(&moment, run);
        if (moment.at == 0)
                return mstc_wake_clear(run->store, run->row.id, entry->number, "rule", err);
        return mstc_wake_set(run->store, run->row.id, entry->number, "rule",
                             (moment.at - MST_DATE_UNIX_EPOCH) / 10000 + 1, err);
}

/* ---- in a run -------------------------------------------------------------------------- */

/* By the clock that the run's rules see: who is woken finds that it has turned. */
int
mstc_moments_due(struct mstc_run *run, struct mst_error *err)
{
        int64_t now = (run->now - MST_DATE_UNIX_EPOCH) / 10000;
        bool due, groups;

        if (mstc_wake_any(run->store, run->row.id, now, &due, err) != MST_OK
            || mstc_glinks_any_due(run->store, mstc_now_ms(), &groups, err) != MST_OK || !(due || groups))
                return err->code;
        if (mstc_store_begin(run->store, err) == MST_OK
            && mstc_glinks_due(run->store, run->row.id, mstc_now_ms(), err) == MST_OK
            && mstc_wake_due(run->store, run->row.id, now, run->mask | MSTC_GROUP_BIT, err) == MST_OK
            && mstc_store_commit(run->store, err) == MST_OK)
                return MST_OK;
        mstc_store_rollback(run->store);
        return err->code;
}
