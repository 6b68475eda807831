/* settle.c - from an outcome to link, journal, history and counts, in one transaction.
 *
 *   done, already   the link holds what was sent; the op is history
 *   duplicate       somebody else has the name: parked, and listed as a duplicate; tried
 *                   again as soon as one of our objects gives a name away
 *   gone            the object is not there: the link is lost, the entry is planned again
 *   retry           comes back later, each time a little later
 *   refused         parked with the reason; nobody else waits for it.  A new name that he has got
 *                   all the same is kept
 *   unknown         to be looked up before anything else happens to it
 *   unsent          back to planned */
#include "build.h"

#include "engine/drawing.h"
#include "engine/run.h"

#include <string.h>

#include "store/entries.h"
#include "store/groups.h"

#define WEEK_MS INT64_C(604800000)
#define RETRY_FIRST_MS INT64_C(60000)
#define RETRY_CAP_MS INT64_C(21600000)
#define MATCH_HOLDS_MS INT64_C(900000)       /* a create goes without being looked for again */

struct mstc_run_target *
mstc_run_target_of(struct mstc_run *run, int64_t target)
{
        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].row.id == target)
                        return &run->targets[i];
        return NULL;
}

int
mstc_targets_save(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->target_count; i++) {
                struct mstc_run_target *t = &run->targets[i];

                uint32_t chunk = 0;

                if (mstc_effects_save(run, t, err) != MST_OK)
                        return err->code;
                /* One who comes and one who goes are no change of the number, but of the set. */
                if (t->live_change == 0 && t->removal_change == 0 && !mstc_set_next_dirty(t->linked, &chunk))
                        continue;
                if (mstc_target_tally(run->store, t->row.id, t->live_change, t->removal_change, err) != MST_OK
                    || mstc_set_save(run->store, MSTC_TSET, t->row.id, t->linked, err) != MST_OK)
                        return err->code;
                t->row.live += t->live_change;
                t->live_change = t->removal_change = 0;
        }
        return MST_OK;
}

int
mstc_reconsider(struct mstc_run *run, struct mst_error *err)
{
        int rc;

        if (run->options->users != NULL || run->exactly != NULL)
                return MST_OK;               /* only they are looked at                */
        rc = mstc_store_begin(run->store, err);
        for (size_t i = 0; i < run->target_count && rc == MST_OK; i++)
                rc = mstc_journal_reconsider(run->store, run->row.id, run->targets[i].sink->id, run->mask, run->begun,
                                             run->begun - MATCH_HOLDS_MS, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        return rc;
}

/* A name has become free: who was refused because of his name may have wanted this one. */
static int
name_given_away(struct mstc_run *run, struct mstc_run_target *target, struct mst_error *err)
{
        int64_t again = 0;

        if (!target->names_taken)
                return MST_OK;
        target->names_taken = false;
        if (mstc_ops_unpark(run->store, target->sink->id, MST_DUPLICATE, run->begun, &again, err) != MST_OK)
                return err->code;
        target->counts[MSTC_N_DUPLICATE] -= (uint64_t)again < target->counts[MSTC_N_DUPLICATE]
                                          ? (uint64_t)again : target->counts[MSTC_N_DUPLICATE];
        if (again != 0)
                mstc_log(run->engine, MSTC_EVENT_NAME_FREE, "a name has become free in '%s': %lld ops that wanted one that is "
                         "taken are tried again", target->setup->name, (long long)again);
        return MST_OK;
}

/* ---- links ---------------------------------------------------------------------------------- */

int
mstc_link_begun(struct mstc_run *run, struct mstc_run_target *target, struct mstc_link *link, const char *id,
                bool pointed_at, struct mst_error *err)
{
        if (!mstc_set_has(target->linked, (uint32_t)link->entry)) {
                if (!mstc_set_add(target->linked, (uint32_t)link->entry))
                        return mst_fail_memory(err, "keeping a link");
                target->live_change++;
        }
        run->links_none = false;
        if (pointed_at && mstc_dirty_pointing(run->store, run->row.id, id, target->sink->id,
                                UINT32_C(1) << target->setup->bit, false, err) != MST_OK)
                return err->code;
        return mstc_members_link(run, target, link->entry, NULL, NULL, err);
}

int
mstc_link_ended(struct mstc_run *run, struct mstc_run_target *target, struct mstc_link *link, int state,
                struct mst_error *err)
{
        const char *id;

        link->state = state;
        mstc_names_forget(run);
        if (mstc_set_has(target->linked, (uint32_t)link->entry)) {
                mstc_set_remove(target->linked, (uint32_t)link->entry);
                target->live_change--;
        }
        if (mstc_link_put(run->store, link, err) != MST_OK
            || mstc_entry_id(run->store, link->entry, run->scratch, &id, err) != MST_OK
            || mstc_dirty_pointing(run->store, run->row.id, id, target->sink->id,
                                   UINT32_C(1) << target->setup->bit, true, err) != MST_OK
            || name_given_away(run, target, err) != MST_OK)
                return err->code;
        return mstc_members_link(run, target, link->entry, link->name, link->object, err);
}

static int
renamed(struct mstc_run *run, struct mstc_errand *errand, const char *old_name, const char *old_object,
        struct mst_error *err)
{
        mstc_names_forget(run);
        if (mstc_dirty_pointing(run->store, run->row.id, errand->source_id, errand->target->sink->id,
                                UINT32_C(1) << errand->target->setup->bit, true, err) != MST_OK
            || name_given_away(run, errand->target, err) != MST_OK)
                return err->code;
        if ((mstc_live_facts(errand->target->sink)->can & MST_CAN_MEMBER_IDS) != 0 && old_object != NULL
            && strcmp(old_object, errand->link.object) == 0)
                return MST_OK;
        return mstc_members_link(run, errand->target, errand->link.entry, old_name, old_object, err);
}

/* ---- what was done ------------------------------------------------------------------------------ */

static enum mstc_count
count_of(enum mst_verb verb)
{
        switch (verb) {
        case MST_CREATE: return MSTC_N_CREATED;
        case MST_RENAME: return MSTC_N_RENAMED;
        case MST_DISABLE: return MSTC_N_DISABLED;
        case MST_ENABLE: return MSTC_N_ENABLED;
        case MST_DELETE: return MSTC_N_DELETED;
        case MST_ADOPT: return MSTC_N_ADOPTED;
        default: return MSTC_N_UPDATED;
        }
}

static void
next_link(struct mst_op *op, struct mstc_errand *errand)
{
        struct mstc_link *link = &errand->link;

        if (op->new_object != NULL)
                link->object = op->new_object;
        if (op->new_name != NULL)
                link->name = op->new_name;
        if (op->new_version != NULL)
                link->version = op->new_version;
        link->target = errand->target->row.id;
        switch (op->verb) {
        case MST_CREATE:
                link->made = MSTC_MADE_CREATED;
                link->state = op->enabled ? MSTC_LINK_LIVE : MSTC_LINK_DISABLED;
                link->reason = errand->row.reason == MSTC_WHY_DISABLED ? MSTC_WHY_DISABLED
                             : op->enabled ? MSTC_WHY_NONE : MSTC_WHY_UNDONE;
                link->since = link->reason != 0 ? mstc_now_ms() : 0;
                break;
        case MST_ADOPT:
        case MST_ENABLE:
                link->state = MSTC_LINK_LIVE;
                link->reason = MSTC_WHY_NONE;
                link->since = 0;
                break;
        case MST_DISABLE:
                link->state = MSTC_LINK_DISABLED;
                if (link->reason != errand->row.reason || link->since == 0)
                        link->since = mstc_now_ms();
                link->reason = errand->row.reason;
                break;
        default:
                break;
        }
}

static int
done(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mstc_run_target *t = errand->target;
        const char *old_name = errand->link.name, *old_object = errand->link.object;
        bool removal = op->verb == MST_DELETE || op->verb == MST_DISABLE, counted = false;
        int rc;

        t->counts[count_of(op->verb)]++;
        if (op->verb == MST_DELETE && mstc_op_second(run->store, op->number, mstc_now_ms() - WEEK_MS, &counted, err) != MST_OK)
                return err->code;
        if (removal && errand->row.approved == 0 && !counted)
                t->removal_change++;
        if (mstc_op_end(run->store, op->number, MSTC_OP_DONE, (int)op->outcome, run->id, NULL, err) != MST_OK
            || mstc_effect_note(t, op, err) != MST_OK)
                return err->code;
        if (op->verb == MST_DELETE)
                return mstc_link_ended(run, t, &errand->link, MSTC_LINK_DELETED, err);
        next_link(op, errand);
        errand->link.applied = mstc_record_merge(op->arena, op->verb == MST_CREATE ? NULL : errand->link.applied,
                                                 errand->after);
        if (errand->link.applied == NULL)
                return mst_fail_memory(err, "keeping a link");
        mstc_record_tidy(errand->link.applied);
        if (mstc_link_put(run->store, &errand->link, err) != MST_OK)
                return err->code;
        /* Whom it points at may have come while it was under way: then nobody else says so. */
        if (errand->left_out
            && mstc_dirty_add(run->store, run->row.id, errand->link.entry, UINT32_C(1) << t->setup->bit, err) != MST_OK)
                return err->code;
        if (((op->verb == MST_CREATE && errand->row.tries > 0) || op->verb == MST_ADOPT)
            && mstc_duplicate_clear(run->store, t->sink->id, errand->link.entry, err) != MST_OK)
                return err->code;
        if ((op->verb == MST_CREATE || op->verb == MST_ADOPT) && mstc_drawing_over(run, t, errand->link.entry, err) != MST_OK)
                return err->code;
        if (op->verb == MST_CREATE || op->verb == MST_ADOPT)
                return mstc_link_begun(run, t, &errand->link, errand->source_id,
                                       op->verb != MST_CREATE || errand->row.rank < MSTC_RANK_USERS
                                       || errand->row.run != run->id, err);
        /* A leaver's wait begins now: the next plan puts its end in the diary. */
        if (op->verb == MST_DISABLE && errand->row.reason != MSTC_WHY_DISABLED
            && mstc_dirty_add(run->store, run->row.id, errand->link.entry, UINT32_C(1) << t->setup->bit, err) != MST_OK)
                return err->code;
        /* Whose account is disabled leaves the groups there, and comes back with it. */
        rc = op->verb == MST_DISABLE || op->verb == MST_ENABLE
           ? mstc_members_link(run, t, errand->link.entry, NULL, NULL, err) : MST_OK;
        if (rc == MST_OK && op->new_name != NULL && old_name != NULL && strcmp(op->new_name, old_name) != 0)
                rc = renamed(run, errand, old_name, old_object, err);
        return rc;
}

/* ---- what was not --------------------------------------------------------------------------------- */

static int
park(struct mstc_run *run, struct mst_op *op, enum mstc_count count, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;

        mstc_parked(run, errand->target, count, op->verb, errand->row.name != NULL ? errand->row.name : op->id, op->why.text);
        return mstc_op_park(run->store, op->number, (int)op->outcome, op->why.text, err);
}

int
mstc_settle_later(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        int64_t wait = RETRY_FIRST_MS;

        for (int64_t i = 0; i < errand->row.tries && wait < RETRY_CAP_MS; i++)
                wait *= 2;
        if (wait > RETRY_CAP_MS)
                wait = RETRY_CAP_MS;
        wait = wait / 2 + (int64_t)((uint64_t)op->number * UINT64_C(2654435761) % (uint64_t)(wait / 2 + 1));
        if (wait < (int64_t)op->why.retry_after_ms)
                wait = op->why.retry_after_ms;
        errand->target->counts[MSTC_N_RETRY]++;
        mstc_log(run->engine, MSTC_EVENT_RETRY, "%s of %s in '%s' is tried again later: %s", mst_verb_name(op->verb),
                 errand->row.name != NULL ? errand->row.name : op->id, errand->target->setup->name, op->why.text);
        return mstc_op_retry(run->store, op->number, mstc_now_ms() + wait, op->why.text, err);
}

static int
gone(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mstc_run_target *t = errand->target;

        if (op->verb == MST_DELETE)
                return done(run, op, err);
        t->counts[MSTC_N_FAILED]++;
        mstc_log(run->engine, MSTC_EVENT_OBJECT_GONE, "the object of %s is gone from '%s'; it is planned again",
                 errand->row.name != NULL ? errand->row.name : op->id, t->setup->name);
        if (mstc_op_end(run->store, op->number, MSTC_OP_SUPERSEDED, (int)op->outcome, run->id,
                        "the object is gone from the sink", err) != MST_OK
            || mstc_link_ended(run, t, &errand->link, MSTC_LINK_LOST, err) != MST_OK)
                return err->code;
        return mstc_dirty_add(run->store, run->row.id, errand->row.entry, UINT32_C(1) << t->setup->bit, err);
}

static int
duplicate(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;

        errand->target->names_taken = true;
        /* It may be his own, of a call that came late: he is looked for before he is sent again. */
        if (op->verb == MST_CREATE && mstc_op_matched(run->store, op->number, 0, err) != MST_OK)
                return err->code;
        if (op->verb == MST_CREATE
            && mstc_duplicate_put(run->store, errand->target->sink->id, errand->row.entry,
                                  op->new_object != NULL ? op->new_object : "?",
                                  op->new_name != NULL ? op->new_name : op->why.text, "name", NULL, run->id,
                                  err) != MST_OK)
                return err->code;
        return park(run, op, MSTC_N_DUPLICATE, err);
}

/* It has not been done, but he has another name since: half of it was. */
static int
half_done(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        const char *old_name = errand->link.name;

        if (op->verb == MST_CREATE || op->outcome == MST_DONE || op->outcome == MST_ALREADY || op->outcome == MST_GONE
            || op->outcome == MST_DUPLICATE || op->new_name == NULL || old_name == NULL
            || strcmp(op->new_name, old_name) == 0)
                return MST_OK;
        errand->link.name = op->new_name;
        if (mstc_link_put(run->store, &errand->link, err) != MST_OK)
                return err->code;
        return renamed(run, errand, old_name, errand->link.object, err);
}

static int
unknown(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;

        errand->target->counts[MSTC_N_RETRY]++;
        mstc_log(run->engine, MSTC_EVENT_DOUBT, "whether the %s of %s in '%s' was done is looked up: %s", mst_verb_name(op->verb),
                 errand->row.name != NULL ? errand->row.name : op->id, errand->target->setup->name, op->why.text);
        return mstc_op_unknown(run->store, op->number, op->why.text, err);
}

int
mstc_settle(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        if (op->kind == MST_GROUP)
                return mstc_settle_group(run, op, err);
        if (half_done(run, op, err) != MST_OK)
                return err->code;
        switch (op->outcome) {
        case MST_DONE:
        case MST_ALREADY:
                return done(run, op, err);
        case MST_GONE:                       /* what was never there cannot be gone     */
                return op->verb == MST_CREATE ? park(run, op, MSTC_N_FAILED, err) : gone(run, op, err);
        case MST_DUPLICATE:
                return duplicate(run, op, err);
        case MST_RETRY:
                return mstc_settle_later(run, op, err);
        case MST_UNSENT:
                return mstc_op_put_back(run->store, op->number, err);
        case MST_REFUSED:
                return park(run, op, MSTC_N_FAILED, err);
        default:
                return unknown(run, op, err);
        }
}
