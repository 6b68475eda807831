/* vanished.c - groups that no rule makes any more, or that nobody satisfies: what becomes of them.
 *
 *   know     when a run needs its groups, those of the store are held against the configuration:
 *            one whose rule, family or <groups from> is not there any more has vanished, with
 *            the day; one whose rule is back is well again
 *   fate     in each target <on-empty> and <on-vanished> say what is done: keep, empty, delete.
 *            A wait belongs to its reason and counts from the time kept with the object; it is
 *            noted when it ends, the group is planned then, and the guards judge it that day
 *
 * Vanished is also a group that a target does not carry any more: there only. */
#include "build.h"

#include "engine/members.h"

#include <string.h>

/* ---- known ------------------------------------------------------------------------------ */

static const struct mstc_family *
family_named(const struct mstc_sync *sync, const char *name, size_t *at)
{
        for (*at = 0; *at < sync->family_count; ++*at)
                if (strcmp(sync->families[*at].config->name, name) == 0)
                        return &sync->families[*at];
        return NULL;
}

int
mstc_members_any(struct mstc_run *run, bool *ret, struct mst_error *err)
{
        struct mstc_grp grp;
        int rc = mstc_grp_next(run->store, run->row.id, 0, run->scratch, &grp, err);

        *ret = rc == MST_OK;
        return rc < 0 ? rc : MST_OK;
}

/* Does the configuration make it?  Of a family's groups it is noted whose they are. */
static int
is_made(struct mstc_run *run, struct mstc_members *m, const struct mstc_grp *grp, bool *ret, struct mst_error *err)
{
        size_t at;

        *ret = mstc_numbers_get(&m->active, grp->id) != NULL;
        if (*ret || grp->family == NULL || family_named(run->sync, grp->family, &at) == NULL)
                return MST_OK;
        m->family_counts[at]++;
        *ret = true;
        return mstc_map_put(m->families, grp->name, (void *)(intptr_t)grp->id) && mstc_numbers_put(&m->active, grp->id, m)
            && mstc_numbers_put(&m->owners, grp->id, (void *)(intptr_t)(at + 1))
             ? MST_OK : mst_fail_memory(err, "reading groups");
}

static int
turn(struct mstc_run *run, struct mstc_grp *grp, bool made, struct mst_error *err)
{
        if (grp->gone == !made)
                return MST_OK;
        grp->gone = !made;
        grp->since = made ? 0 : mstc_now_ms();
        if (made)
                mstc_log(run->engine, MSTC_EVENT_GROUP_AGAIN, "a rule makes the group '%s' again", grp->name);
        else
                mstc_log(run->engine, MSTC_EVENT_GROUP_NO_RULE, "no rule makes the group '%s' any more; the targets say "
                         "what becomes of it", grp->name);
        if (mstc_grp_update(run->store, grp, err) != MST_OK)
                return err->code;
        return mstc_gdirty_add(run->store, run->row.id, grp->id, err);
}

int
mstc_members_known(struct mstc_run *run, struct mstc_members *m, struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(4096);
        struct mstc_grp grp;
        int64_t after = 0;
        int rc = arena != NULL ? MST_OK : mst_fail_memory(err, "reading groups");

        while (rc == MST_OK && (rc = mstc_grp_next(run->store, run->row.id, after, arena, &grp, err)) == MST_OK) {
                bool made = true;

                after = grp.id;
                if (grp.entry == 0)
                        rc = is_made(run, m, &grp, &made, err);
                else if (run->sync->carry_count == 0)    /* else carry.c tells              */
                        made = false;
                else
                        made = !grp.gone;
                if (rc == MST_OK)
                        rc = turn(run, &grp, made, err);
                mst_arena_reset(arena);
        }
        mst_arena_free(arena);
        for (size_t i = 0; rc >= 0 && i < run->target_count; i++) {
                struct mstc_run_target *t = &run->targets[i];
                int64_t live = 0;

                if (!t->carries_groups && mstc_glinks_live(run->store, t->row.id, &live, err) != MST_OK)
                        return err->code;
                t->carries_groups = t->carries_groups || live != 0;
        }
        return rc < 0 ? rc : MST_OK;
}

/* ---- fate ------------------------------------------------------------------------------- */

static const struct mstc_config_fate *
policy_of(const struct mstc_run_target *target, const struct mstc_group_use *use, int reason)
{
        const struct mstc_config_target *config = target->setup->config;

        if (reason == MSTC_WHY_EMPTY)
                return use != NULL && use->config->on_empty.given ? &use->config->on_empty : &config->on_empty;
        return use != NULL && use->config->on_vanished.given ? &use->config->on_vanished : &config->on_vanished;
}

enum mstc_fate_do
mstc_group_fate(const struct mstc_run_target *target, const struct mstc_group_use *use, int reason,
                struct mstc_glink *glink, bool *ret_time)
{
        const struct mstc_config_fate *policy = policy_of(target, use, reason);
        int64_t now = mstc_now_ms(), end;

        *ret_time = false;
        if (glink->reason != reason || (reason != MSTC_WHY_NONE && glink->since == 0)) {
                glink->reason = reason;
                glink->declined = MSTC_WHY_NONE;
                glink->since = reason != MSTC_WHY_NONE ? now : 0;
        }
        glink->due = 0;
        glink->fate = reason != MSTC_WHY_NONE && glink->declined != reason ? (int)policy->what : (int)MSTC_FATE_KEEP;
        if (reason == MSTC_WHY_NONE || policy->what == MSTC_FATE_KEEP)
                return MSTC_FATE_KEEP;
        end = glink->since + policy->after_ms;
        if (glink->declined == reason)
                return policy->what;
        *ret_time = end <= now;
        if (!*ret_time)
                glink->due = end;
        return policy->what;
}
