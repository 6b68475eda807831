/* judge.c - the whole plan against the guards, before any of it may be claimed.
 *
 * While a plan is made, each of its ops is counted here.  At its end each guard looks at its
 * number: what trips becomes a hold with a reason, and the ops of that kind are held; the
 * rest is released in the same transaction.  Ops that an earlier plan left held count again:
 * many small plans cannot pass what one large one may not.  What one guard holds does not
 * hold the rest. */
#include "build.h"

#include "engine/limits.h"
#include "engine/run.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "store/effects.h"
#include "store/groups.h"
#include "store/holds.h"
#include "store/restored.h"
#include "util/alloc.h"

#define BIT(verb) (UINT32_C(1) << (verb))
#define REMOVALS (BIT(MST_DISABLE) | BIT(MST_DELETE))
#define CHANGES (BIT(MST_UPDATE) | BIT(MST_RENAME) | BIT(MST_ENABLE))
#define ALL_BUT_CREATES (REMOVALS | CHANGES | BIT(MST_ADOPT) | BIT(MST_MEMBERS))
#define MOST_ATTRIBUTES 512
#define DAY_MS INT64_C(86400000)

struct touched {                             /* an op changes an attribute             */
        int64_t op, hold;                    /* that keeps it back already; 0: none    */
        uint16_t attribute;
        bool clears;
};

struct counted {                             /* an attribute of a target in this plan  */
        char name[128];
        int64_t changes, clears;
        bool identity;
};

struct by_target {
        struct counted attributes[MOST_ATTRIBUTES];
        size_t attribute_count;
        struct touched *touched;
        size_t touched_count, touched_room;
        int64_t *again;                      /* creates with what somebody else had    */
        size_t again_count, again_room;
};

struct mstc_judgement {
        struct by_target *targets;
        size_t count;
};

int
mstc_judge_new(struct mstc_run *run, struct mst_error *err)
{
        struct mstc_judgement *j = mstc_alloc(sizeof *j);

        run->judgement = j;
        if (j == NULL)
                return mst_fail_memory(err, "judging the plan");
        j->targets = mstc_alloc((run->target_count + 1) * sizeof *j->targets);
        if (j->targets == NULL)
                return mst_fail_memory(err, "judging the plan");
        j->count = run->target_count;
        return MST_OK;
}

void
mstc_judge_free(struct mstc_judgement *j)
{
        if (j == NULL)
                return;
        for (size_t i = 0; i < j->count; i++) {
                mstc_free(j->targets[i].touched);
                mstc_free(j->targets[i].again);
        }
        mstc_free(j->targets);
        mstc_free(j);
}

/* ---- while planning ------------------------------------------------------------------------ */

bool
mstc_is_identity(struct mstc_run_target *target, const char *name)
{
        const struct mstc_fact_attribute *a = mstc_facts_find(mstc_live_facts(target->sink), MST_USER, name);
        const struct mstc_config_target *config = target->setup->config;

        if ((a != NULL && (a->flags & MST_ATTR_NAMING) != 0) || strcasecmp(name, "mail") == 0
            || strcmp(name, "@parent") == 0)
                return true;
        for (size_t i = 0; i < config->match_count; i++)
                if (strcasecmp(config->matches[i].attribute, name) == 0)
                        return true;
        return false;
}

bool
mstc_is_reference(struct mstc_run_target *target, const char *name)
{
        const struct mstc_fact_attribute *a = mstc_facts_find(mstc_live_facts(target->sink), MST_USER, name);

        return a != NULL && a->type == MST_REF;
}

static int
attribute_of(struct mstc_run_target *target, struct by_target *b, const char *name)
{
        struct counted *c;

        for (size_t i = 0; i < b->attribute_count; i++)
                if (strcmp(b->attributes[i].name, name) == 0)
                        return (int)i;
        if (b->attribute_count == MOST_ATTRIBUTES)
                return MOST_ATTRIBUTES - 1;  /* the last one counts for the rest       */
        c = &b->attributes[b->attribute_count];
        snprintf(c->name, sizeof c->name, "%s", name);
        c->identity = mstc_is_identity(target, name);
        return (int)b->attribute_count++;
}

static int
note(struct by_target *b, const struct mstc_entry_op *op, int attribute, bool clears, struct mst_error *err)
{
        if (b->touched_count == b->touched_room) {
                size_t room = b->touched_room != 0 ? b->touched_room * 2 : 256;
                struct touched *more = mstc_realloc_array(b->touched, room, sizeof *more);

                if (more == NULL)
                        return mst_fail_memory(err, "judging the plan");
                b->touched = more;
                b->touched_room = room;
        }
        b->touched[b->touched_count++] = (struct touched){ op->number, op->hold, (uint16_t)attribute, clears };
        b->attributes[attribute].changes++;
        b->attributes[attribute].clears += clears;
        return MST_OK;
}

static int
note_again(struct by_target *b, int64_t op, struct mst_error *err)
{
        if (b->again_count == b->again_room) {
                size_t room = b->again_room != 0 ? b->again_room * 2 : 16;
                int64_t *more = mstc_realloc_array(b->again, room, sizeof *more);

                if (more == NULL)
                        return mst_fail_memory(err, "judging the plan");
                b->again = more;
                b->again_room = room;
        }
        b->again[b->again_count++] = op;
        return MST_OK;
}

int
mstc_judge_op(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *op,
              const struct mst_record *before, const struct mst_record *after, bool lost_refs,
              struct mst_error *err)
{
        struct by_target *b = &run->judgement->targets[target - run->targets];
        bool again;

        if (op->kind != MST_USER || op->approved > mstc_now_ms())
                return MST_OK;
        if (mstc_bygone(run, target, op, before, after, &again, err) != MST_OK
            || (again && note_again(b, op->number, err) != MST_OK))
                return err->code;
        if (after == NULL || (BIT(op->verb) & (CHANGES | BIT(MST_DISABLE))) == 0)
                return MST_OK;
        for (uint32_t i = 0; i < after->count; i++) {
                bool clears = after->fields[i].value.type == MST_NULL;
                /* A value that was not there before is news, not a change of what people have. */
                const struct mst_value *was = before != NULL ? mst_record_get(before, after->fields[i].name) : NULL;

                if (((was == NULL || was->type == MST_NULL) && !clears)
                    || (clears && lost_refs && mstc_is_reference(target, after->fields[i].name)))
                        continue;
                if (note(b, op, attribute_of(target, b, after->fields[i].name), clears, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* ---- at its end ------------------------------------------------------------------------------- */

static int
hold_for(struct mstc_run *run, struct mstc_run_target *target, const char *guard, const char *reason,
         int64_t *ret, struct mst_error *err)
{
        if (mstc_hold_find(run->store, run->row.id, target->row.id, guard, ret, err) != MST_OK)
                return err->code;
        if (*ret != 0)
                return mstc_hold_reason(run->store, *ret, reason, err);
        if (mstc_hold_add(run->store, run->id, run->row.id, target->row.id, guard, reason, ret, err) != MST_OK)
                return err->code;
        mstc_log(run->engine, MSTC_EVENT_HELD, "held (%lld): target '%s': %s; see `muster holds %lld`",
                 (long long)*ret, target->setup->name, reason, (long long)*ret);
        return MST_OK;
}

static int
hold_class(struct mstc_run *run, struct mstc_run_target *target, const char *guard, const char *reason,
           uint32_t verbs, int why, int64_t of_run, struct mst_error *err)
{
        int64_t hold;

        if (hold_for(run, target, guard, reason, &hold, err) != MST_OK)
                return err->code;
        /* What an earlier plan released stays so. */
        return mstc_ops_hold(run->store, target->row.id, target->sink->id, verbs, why, of_run, run->plan_from, hold,
                             err);
}

/* Whose removal is held stays in his groups: a change of members that would take him out is
 * held with it. */
static int
hold_leaves(struct mstc_run *run, struct mstc_run_target *t, const char *guard, struct mst_error *err)
{
        struct mstc_set *held = mstc_set_new(), *leaves = NULL;
        struct mstc_entry_op ops[8];
        int64_t hold = 0, after = run->plan_from;
        size_t count = 8;
        int rc = held != NULL ? mstc_hold_find(run->store, run->row.id, t->row.id, guard, &hold, err)
                              : mst_fail_memory(err, "judging the plan");

        if (rc == MST_OK)
                rc = mstc_hold_entries(run->store, hold, held, err);
        while (rc == MST_OK && count == 8) {
                mst_arena_reset(run->scratch);
                rc = mstc_op_member_changes(run->store, t->row.id, t->sink->id, after, run->scratch, ops, 8, &count, err);
                for (size_t i = 0; rc == MST_OK && i < count; i++) {
                        after = ops[i].number;
                        leaves = mstc_set_new();
                        if (leaves == NULL || !mstc_unpack_set(ops[i].before, ops[i].before_size, leaves)
                            || !mstc_set_intersect(leaves, held))
                                rc = mst_fail_memory(err, "judging the plan");
                        else if (mstc_set_count(leaves) != 0)
                                rc = mstc_op_hold(run->store, after, hold, err);
                        mstc_set_free(leaves);
                }
        }
        mstc_set_free(held);
        return rc;
}

static double
percent(int64_t number, int64_t base)
{
        return base > 0 ? 100.0 * (double)number / (double)base : 100.0;
}

/* Whoever was disabled and is now to be deleted is one removal, not two: what was done about him
 * before does not count again. */
static int
without_second_steps(struct mstc_run *run, struct mstc_run_target *t, int64_t age, int64_t *done, struct mst_error *err)
{
        int64_t again;

        if (*done == 0)
                return MST_OK;
        if (mstc_ops_second(run->store, t->row.id, t->sink->id, mstc_now_ms() - age, &again, err) != MST_OK)
                return err->code;
        *done = *done > again ? *done - again : 0;
        return MST_OK;
}

static int
judge_removals(struct mstc_run *run, struct mstc_run_target *t, int64_t base, int64_t day, int64_t week,
               struct mst_error *err)
{
        struct mstc_limit limit = mstc_limit_of(t, "removals");
        char reason[256];
        int64_t number;

        if (mstc_ops_count(run->store, t->row.id, t->sink->id, REMOVALS, -1, 0, &number, err) != MST_OK)
                return err->code;
        if (number == 0)
                return MST_OK;
        if (without_second_steps(run, t, DAY_MS, &day, err) != MST_OK
            || without_second_steps(run, t, 7 * DAY_MS, &week, err) != MST_OK)
                return err->code;
        if (!t->row.planned) {
                snprintf(reason, sizeof reason, "the first plan against this target would remove %lld objects",
                         (long long)number);
                return hold_class(run, t, "first-plan", reason, REMOVALS, -1, 0, err) != MST_OK ? err->code
                     : hold_leaves(run, t, "first-plan", err);
        }
        if (mstc_trips(&limit, number + day, base, 1.0))
                snprintf(reason, sizeof reason, "%lld removals and %lld in the last 24 hours, of %lld live links "
                         "(%.1f %%); the limit is %lld and %g %%, or %lld", (long long)number, (long long)day,
                         (long long)base, percent(number + day, base), (long long)limit.above, limit.percent,
                         (long long)limit.never_above);
        else if (mstc_trips(&limit, number + week, base, 2.5))
                snprintf(reason, sizeof reason, "%lld removals and %lld in the last 7 days, of %lld live links "
                         "(%.1f %%); the limit for a week is %.0f and %g %%", (long long)number, (long long)week,
                         (long long)base, percent(number + week, base), 2.5 * (double)limit.above,
                         2.5 * limit.percent);
        else
                return MST_OK;
        if (hold_class(run, t, "removals", reason, REMOVALS, -1, 0, err) != MST_OK)
                return err->code;
        return hold_leaves(run, t, "removals", err);
}

static int
judge_creates(struct mstc_run *run, struct mstc_run_target *t, int64_t base, struct mst_error *err)
{
        struct mstc_limit creates = mstc_limit_of(t, "creates"), gone = mstc_limit_of(t, "gone");
        char reason[360], text[100];
        struct mstc_window made, gone_so;
        int64_t number, lost, held, before;

        /* What an earlier run was free to create and did not get to (it was cut off) has been
         * judged, and must not be held against the few links that there are so far. */
        if (mstc_ops_count(run->store, t->row.id, t->sink->id, BIT(MST_CREATE), MSTC_WHY_LOST, 0, &lost, err) != MST_OK
            || mstc_ops_count(run->store, t->row.id, t->sink->id, BIT(MST_CREATE), -1, run->id, &number, err) != MST_OK
            || mstc_ops_held(run->store, t->row.id, t->sink->id, BIT(MST_CREATE), run->id, &held, err) != MST_OK)
                return err->code;
        number += held;
        if (mstc_effect_window(run->store, t->row.id, "creates", &made.day, &made.week, err) != MST_OK
            || mstc_effect_window(run->store, t->row.id, "gone", &gone_so.day, &gone_so.week, err) != MST_OK)
                return err->code;
        if (lost != 0 && mstc_trips_lately(&gone, lost, &gone_so, base, 1.0)) {
                snprintf(reason, sizeof reason, "%lld objects that were linked are gone from the sink (%.1f %% of "
                         "%lld)%s; was it restored or emptied?", (long long)lost, percent(lost, base), (long long)base,
                         mstc_lately(&gone_so, text));
                if (hold_class(run, t, "gone", reason, BIT(MST_CREATE), MSTC_WHY_LOST, 0, err) != MST_OK)
                        return err->code;
        }
        before = base > made.week ? base - made.week : 0;    /* what there was before they came */
        if (!t->row.planned || t->row.live == 0 || number == 0
            || !(mstc_trips(&creates, number, base, 1.0) || mstc_trips_lately(&creates, number, &made, before, 1.0)))
                return MST_OK;
        snprintf(reason, sizeof reason, "%lld new objects, with %lld live links (%.1f %%)%s", (long long)number,
                 (long long)base, percent(number, base), mstc_lately(&made, text));
        return hold_class(run, t, "creates", reason, BIT(MST_CREATE), -1, run->id, err);
}

static int
judge_adoptions(struct mstc_run *run, struct mstc_run_target *t, struct mst_error *err)
{
        char reason[256];
        int64_t number, found;

        if (mstc_ops_count(run->store, t->row.id, t->sink->id, BIT(MST_ADOPT), -1, run->id, &number, err) != MST_OK)
                return err->code;
        if (number != 0) {
                snprintf(reason, sizeof reason, "%lld existing objects would be adopted", (long long)number);
                if (hold_class(run, t, "adoptions", reason, BIT(MST_ADOPT), -1, run->id, err) != MST_OK)
                        return err->code;
        }
        /* Links before the first plan are of objects found again, in a run that was cut off. */
        if (t->row.planned || (t->counts[MSTC_N_LINKED] == 0 && t->live_before == 0))
                return MST_OK;
        if (mstc_ops_count(run->store, t->row.id, t->sink->id, CHANGES | REMOVALS, -1, run->id, &number, err) != MST_OK)
                return err->code;
        /* Those that this run has made itself are no find. */
        if (number == 0 || mstc_links_found(run->store, t->row.id, &found, err) != MST_OK || found == 0)
                return err->code;
        snprintf(reason, sizeof reason, "%lld objects with our stamp were found in a sink that this store does not "
                 "know, and %lld of them would change", (long long)found, (long long)number);
        return hold_class(run, t, "found-again", reason, CHANGES | REMOVALS, -1, run->id, err);
}

/* An attribute that changes en masse holds the ops that change it, or only those that clear
 * it, or, when these are held already, only the others. */
enum which { ALL, CLEARS, OTHERS };

static int
hold_attribute(struct mstc_run *run, struct mstc_run_target *t, struct by_target *b, size_t at, const char *guard,
               const char *reason, enum which which, struct mst_error *err)
{
        int64_t hold;

        if (hold_for(run, t, guard, reason, &hold, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < b->touched_count; i++)
                if (b->touched[i].attribute == at && (which == ALL || b->touched[i].clears == (which == CLEARS))
                    && mstc_op_hold(run->store, b->touched[i].op, hold, err) != MST_OK)
                        return err->code;
        return MST_OK;
}

/* What this guard keeps back from earlier plans counts, too; what of it is in this plan was
 * counted with it. */
static int
held_before(struct mstc_run *run, struct mstc_run_target *t, const struct by_target *b, size_t at, const char *guard,
            int64_t *ret, struct mst_error *err)
{
        int64_t hold;

        *ret = 0;
        if (mstc_hold_find(run->store, run->row.id, t->row.id, guard, &hold, err) != MST_OK)
                return err->code;
        if (hold == 0)
                return MST_OK;
        if (mstc_hold_count(run->store, hold, ret, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < b->touched_count; i++)
                *ret -= b->touched[i].attribute == at && b->touched[i].hold == hold;
        return MST_OK;
}

static int
judge_clears(struct mstc_run *run, struct mstc_run_target *t, struct by_target *b, size_t at, int64_t base,
             bool *ret_held, struct mst_error *err)
{
        const struct counted *c = &b->attributes[at];
        struct mstc_limit clears = mstc_limit_of(t, "clears");
        char reason[420], guard[160], text[100];
        struct mstc_window w;
        int64_t before;

        *ret_held = false;
        snprintf(guard, sizeof guard, "clears:%s", c->name);
        if (c->clears == 0 || held_before(run, t, b, at, guard, &before, err) != MST_OK
            || mstc_effect_window(run->store, t->row.id, guard, &w.day, &w.week, err) != MST_OK)
                return err->code;
        if (!mstc_trips_lately(&clears, c->clears + before, &w, base, MSTC_OF_VALUES))
                return MST_OK;
        *ret_held = true;
        snprintf(reason, sizeof reason, "'%s' would be cleared on %lld objects (%.1f %% of %lld)%s", c->name,
                 (long long)(c->clears + before), percent(c->clears + before, base), (long long)base, mstc_lately(&w, text));
        return hold_attribute(run, t, b, at, guard, reason, CLEARS, err);
}

static int
judge_changes(struct mstc_run *run, struct mstc_run_target *t, struct by_target *b, size_t at, int64_t base,
              bool cleared, struct mst_error *err)
{
        const struct counted *c = &b->attributes[at];
        struct mstc_limit changes = mstc_limit_of(t, "changes"), identity = mstc_limit_of(t, "identity");
        char reason[420], guard[160], text[100];
        struct mstc_window w;
        int64_t number;

        snprintf(guard, sizeof guard, "changes:%s", c->name);
        if (mstc_effect_window(run->store, t->row.id, guard, &w.day, &w.week, err) != MST_OK)
                return err->code;
        snprintf(guard, sizeof guard, "%s:%s", c->identity ? "identity" : "changes", c->name);
        if (held_before(run, t, b, at, guard, &number, err) != MST_OK)
                return err->code;
        number += c->changes;
        if (number == 0 || (!mstc_trips_lately(&changes, number, &w, base, MSTC_OF_VALUES)
                            && !(c->identity && mstc_trips_lately(&identity, number, &w, base, MSTC_OF_VALUES))))
                return MST_OK;
        snprintf(reason, sizeof reason, "'%s'%s would change on %lld objects (%.1f %% of %lld)%s", c->name,
                 c->identity ? ", by which objects are told apart," : "", (long long)number, percent(number, base),
                 (long long)base, mstc_lately(&w, text));
        return hold_attribute(run, t, b, at, guard, reason, cleared ? OTHERS : ALL, err);
}

static int
judge_attributes(struct mstc_run *run, struct mstc_run_target *t, struct by_target *b, int64_t base,
                 struct mst_error *err)
{
        for (size_t i = 0; i < b->attribute_count; i++) {
                bool cleared;

                if (judge_clears(run, t, b, i, base, &cleared, err) != MST_OK
                    || (!(cleared && b->attributes[i].clears == b->attributes[i].changes)
                        && judge_changes(run, t, b, i, base, cleared, err) != MST_OK))
                        return err->code;
        }
        return MST_OK;
}

static int
judge_configuration(struct mstc_run *run, struct mstc_run_target *t, struct mst_error *err)
{
        char reason[256];
        int64_t number;

        if (!run->config_effect)
                return MST_OK;
        if (mstc_ops_count(run->store, t->row.id, t->sink->id, ALL_BUT_CREATES, -1, run->id, &number, err) != MST_OK)
                return err->code;
        if (number == 0)
                return MST_OK;
        snprintf(reason, sizeof reason, "the changed configuration would change or remove %lld objects",
                 (long long)number);
        return hold_class(run, t, "configuration", reason, ALL_BUT_CREATES, -1, run->id, err);
}

/* Somebody new with the name or address of somebody who left or got another lately. */
static int
judge_again(struct mstc_run *run, struct mstc_run_target *t, const struct by_target *b, int64_t base, struct mst_error *err)
{
        struct mstc_limit limit = mstc_limit_of(t, "reuse");
        int64_t number = (int64_t)b->again_count, hold;
        char reason[256];

        if (number == 0 || !mstc_trips(&limit, number, base, 1.0))
                return MST_OK;
        snprintf(reason, sizeof reason, "%lld new people come with a name or an address that somebody else had there in the "
                 "last 90 days; what that one was given may reach them", (long long)number);
        if (hold_for(run, t, "reuse", reason, &hold, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < b->again_count; i++)
                if (mstc_op_hold(run->store, b->again[i], hold, err) != MST_OK)
                        return err->code;
        return MST_OK;
}

/* Of the groups that a target has, and had a day ago; each that is large is judged alone, too. */
static int
judge_group_deletes(struct mstc_run *run, struct mstc_run_target *t, struct mst_error *err)
{
        struct mstc_limit limit = mstc_limit_of(t, "group-deletes");
        int64_t number, live, gone, hold;
        char reason[256];

        if (mstc_group_deletes(run->store, t->row.id, t->sink->id, &number, err) != MST_OK || number == 0)
                return err->code;
        if (mstc_glinks_live(run->store, t->row.id, &live, err) != MST_OK
            || mstc_glinks_deleted(run->store, t->row.id, mstc_now_ms() - DAY_MS, &gone, err) != MST_OK)
                return err->code;
        if (!mstc_trips(&limit, number + gone, live + gone, 1.0))
                return MST_OK;
        snprintf(reason, sizeof reason, "%lld groups would be deleted and %lld were in the last 24 hours, of %lld (%.1f %%); "
                 "the limit is %lld and %g %%", (long long)number, (long long)gone, (long long)(live + gone),
                 percent(number + gone, live + gone), (long long)limit.above, limit.percent);
        if (hold_for(run, t, "group-deletes", reason, &hold, err) != MST_OK)
                return err->code;
        return mstc_group_deletes_hold(run->store, t->row.id, t->sink->id, run->plan_from, hold, err);
}

/* What follows from a copy of the store is held, all of it, until nothing is left that nobody
 * has approved: then the store is as good as the sink. */
static int
judge_restored(struct mstc_run *run, struct mstc_run_target *t, struct mst_error *err)
{
        char reason[256], when[32];
        time_t taken = (time_t)(t->restored / 1000);
        int64_t number;
        struct tm tm;

        if (t->restored == 0)
                return MST_OK;
        if (mstc_ops_count(run->store, t->row.id, t->sink->id, UINT32_MAX >> 1, -1, 0, &number, err) != MST_OK)
                return err->code;
        if (number == 0)
                return run->options->users != NULL || run->options->mends != NULL ? MST_OK
                     : mstc_restored_done(run->store, t->row.id, err);
        gmtime_r(&taken, &tm);
        strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", &tm);
        snprintf(reason, sizeof reason, "the store was restored from a copy%s%s: %lld ops follow from it that may have been "
                 "done since, or undone", t->restored > 1 ? " of " : "", t->restored > 1 ? when : "", (long long)number);
        return hold_class(run, t, "restored", reason, UINT32_MAX >> 1, -1, 0, err);
}

static int
judge_target(struct mstc_run *run, struct mstc_run_target *t, struct by_target *b, struct mst_error *err)
{
        int64_t base, day, week;

        if (mstc_target_look_back(run->store, t->row.id, &base, &day, &week, err) != MST_OK)
                return err->code;
        if (t->row.live > base)
                base = t->row.live;
        if (t->live_before > base)           /* some may be known to be gone since     */
                base = t->live_before;
        if (judge_configuration(run, t, err) != MST_OK || judge_adoptions(run, t, err) != MST_OK
            || judge_removals(run, t, base, day, week, err) != MST_OK || judge_creates(run, t, base, err) != MST_OK
            || judge_group_deletes(run, t, err) != MST_OK || judge_again(run, t, b, base, err) != MST_OK)
                return err->code;
        return judge_attributes(run, t, b, base, err) != MST_OK ? err->code : judge_restored(run, t, err);
}

int
mstc_judge_plan(struct mstc_run *run, struct mst_error *err)
{
        if (mstc_never_touch(run, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < run->target_count; i++)
                if (!run->targets[i].no_plan
                    && judge_target(run, &run->targets[i], &run->judgement->targets[i], err) != MST_OK)
                        return err->code;
        if (mstc_holds_tidy(run->store, true, err) != MST_OK)
                return err->code;
        return mstc_journal_judged(run->store, run->id, err);
}

bool
mstc_judge_group(struct mstc_run_target *target, uint64_t present, uint64_t leaves)
{
        struct mstc_limit limit = mstc_limit_of(target, "group-members");

        return mstc_trips(&limit, (int64_t)leaves, (int64_t)present, 1.0);
}
