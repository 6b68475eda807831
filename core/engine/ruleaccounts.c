/* ruleaccounts.c - what moves in and out of targets do to accounts.
 *
 * Whoever enters a sink gets an account, or back the one that we had disabled; whoever leaves it
 * meets the new configuration's policy.  Who only goes from one target of a sink to another keeps
 * his account, and a target that is not in the configuration any more touches none.  It is told
 * from the links: whether the sink has him already without us, only it can say. */
#include "build.h"

#include "engine/rulesdiffing.h"

#include <string.h>

#include "util/alloc.h"

int
mstc_diff_accounts_load(struct mstc_diffing *d, struct mst_error *err)
{
        for (size_t i = 0; i < d->pair_count; i++) {
                struct mstc_diff_pair *pair = &d->pairs[i];

                if (!pair->scopes_differ)
                        continue;
                pair->live = mstc_set_new();
                pair->off = mstc_set_new();
                if (pair->live == NULL || pair->off == NULL)
                        return mst_fail_memory(err, "comparing rules");
                if (mstc_view_accounts(d->store, mstc_diff_sink(pair), pair->live, pair->off, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

void
mstc_diff_accounts_free(struct mstc_diff_pair *pair)
{
        mstc_set_free(pair->live);
        mstc_set_free(pair->off);
}

const char *
mstc_diff_sink(const struct mstc_diff_pair *pair)
{
        return (pair->targets[0] != NULL ? pair->targets[0] : pair->targets[1])->sink->config->name;
}

/* Does some target of that sink take him, on that side? */
static bool
is_taken(const struct mstc_diffing *d, const char *sink, int side)
{
        for (size_t i = 0; i < d->pair_count; i++)
                if (d->pairs[i].in[side] && strcmp(d->pairs[i].targets[side]->sink->config->name, sink) == 0)
                        return true;
        return false;
}

/* One of several targets of a sink is told for all. */
static bool
is_told(const struct mstc_diffing *d, size_t before, const char *sink, int side)
{
        for (size_t i = 0; i < before; i++)
                if (d->pairs[i].in[side] && strcmp(mstc_diff_sink(&d->pairs[i]), sink) == 0)
                        return true;
        return false;
}

static bool
is_blocked(const struct mst_record *record)
{
        const struct mst_value *enabled = mst_record_get(record, "accountEnabled");

        return enabled != NULL && mst_value_type(enabled) == MST_BOOL && !mst_value_bool(enabled);
}

static void
enter(struct mstc_diff_pair *pair, const struct mstc_view_record *person)
{
        struct mstc_accounts *accounts = &pair->mover->accounts;
        bool off = mstc_set_has(pair->off, (uint32_t)person->number);

        if (off && !is_blocked(person->record))
                accounts->enabled++;
        else if (!off && !mstc_set_has(pair->live, (uint32_t)person->number))
                accounts->created++;
}

static void
leave(struct mstc_diff_pair *pair, const struct mstc_view_record *person)
{
        const struct mstc_target *target = pair->targets[1];
        struct mstc_accounts *accounts = &pair->mover->accounts;
        bool live = mstc_set_has(pair->live, (uint32_t)person->number), off = mstc_set_has(pair->off, (uint32_t)person->number);
        uint32_t can = target != NULL ? target->sink->promised->can : 0;
        const struct mstc_config_leaver *policy = target != NULL ? &target->config->on_out_of_scope : NULL;

        if (!live && !off)
                return;
        if (policy != NULL && policy->what == MSTC_DELETE && (can & MST_CAN_DELETE) != 0)
                accounts->deleted++;
        else if (policy != NULL && policy->what == MSTC_DISABLE && live && (can & MST_CAN_DISABLE) != 0)
                accounts->disabled++;
        else
                accounts->kept++;
}

void
mstc_diff_accounts_count(struct mstc_diffing *d, const struct mstc_view_record *person)
{
        for (size_t i = 0; i < d->pair_count; i++) {
                struct mstc_diff_pair *pair = &d->pairs[i];
                const char *sink = mstc_diff_sink(pair);

                if (pair->mover == NULL || pair->in[0] == pair->in[1])
                        continue;
                if (pair->in[1] && !is_taken(d, sink, 0) && !is_told(d, i, sink, 1))
                        enter(pair, person);
                else if (pair->in[0] && !is_taken(d, sink, 1) && !is_told(d, i, sink, 0))
                        leave(pair, person);
        }
}
