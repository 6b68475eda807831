/* groupplan.c - from dirty groups to ops.
 *
 * For each target that carries the group, what its rule wants is compared with what the sink
 * has from us, as sets; only people with an object there, or one that this plan makes, can
 * join.  A group that is not there yet is groupabsent.c's.  Muster removes only what it added.
 * What becomes of a group that nobody is in, or that no rule makes any more, is asked of
 * vanished.c. */
#include "build.h"

#include "engine/decline.h"
#include "engine/groupcase.h"

#include <stdio.h>
#include <string.h>

#include "store/entries.h"
#include "store/past.h"
#include "util/alloc.h"
#include "util/buffer.h"

static void
case_done(struct mstc_group_case *c)
{
        mstc_set_free(c->joins);
        mstc_set_free(c->leaves);
        mstc_set_free(c->own);
        mstc_set_free(c->nested);
}

/* Whose account there is disabled is in no group there. */
static struct mstc_set *
without_disabled(struct mstc_run *run, struct mstc_group_case *c, struct mstc_set *wanted, struct mst_error *err)
{
        struct mstc_set *off = mstc_members_off(run, c->target, err);

        if (off == NULL || mstc_set_count(off) == 0)
                return off == NULL ? NULL : wanted;
        if (c->own == NULL)
                c->own = mstc_set_copy(wanted);
        if (c->own != NULL && mstc_set_subtract(c->own, off))
                return c->own;
        mst_fail_memory(err, "planning groups");
        return NULL;
}

/* joins = (wanted and linkable) - present - refused; leaves = present - wanted. */
static int
differences(struct mstc_run *run, struct mstc_group_case *c, struct mst_error *err)
{
        struct mstc_set *wanted = mstc_members_set(run, c->grp.id, err), *linkable, *refused;
        struct mstc_loaded *present = NULL;
        bool ok;

        if (wanted == NULL)
                return err->code;
        if (c->grp.entry != 0 && (mstc_live_facts(c->target->sink)->can & MST_CAN_NEST) != 0) {
                if (mstc_carry_wanted(run, c->target, c->grp.entry, wanted, &c->own, &c->nested, err) != MST_OK)
                        return err->code;
                wanted = c->own;
        }
        c->empty = mstc_set_count(wanted) == 0;
        if (!c->use->config->disabled_stay && (wanted = without_disabled(run, c, wanted, err)) == NULL)
                return err->code;
        if (c->glink.id != 0 && (present = mstc_members_present(run, c->glink.id, err)) == NULL)
                return err->code;
        linkable = mstc_set_copy(c->target->linked);
        refused = mstc_set_new();
        c->joins = mstc_set_copy(wanted);
        c->leaves = present != NULL && c->linked ? mstc_set_copy(present->set) : mstc_set_new();
        ok = linkable != NULL && refused != NULL && c->joins != NULL && c->leaves != NULL
          && mstc_set_union(linkable, c->target->creating)
          && (c->nested == NULL || mstc_set_union(linkable, c->nested)) && mstc_set_intersect(c->joins, linkable)
          && mstc_set_subtract(c->leaves, wanted);
        c->glink.waiting = ok ? (int64_t)(mstc_set_count(wanted) - mstc_set_count(c->joins)) : 0;
        if (ok && c->linked) {
                c->present = mstc_set_count(present->set);
                ok = mstc_set_subtract(c->joins, present->set);
        }
        if (ok && c->glink.id != 0)
                ok = mstc_gbad_load(run->store, c->glink.id, refused, err) == MST_OK
                  && mstc_set_subtract(c->joins, refused) && mstc_set_subtract(c->leaves, refused);
        mstc_set_free(linkable);
        mstc_set_free(refused);
        if (ok)
                return MST_OK;
        return err->code != MST_OK ? err->code : mst_fail_memory(err, "planning groups");
}

/* Somebody said no to exactly this; of members it is kept one by one. */
static int
declined(struct mstc_run *run, const struct mstc_group_case *c, const struct mstc_entry_op *op, bool *ret,
         struct mst_error *err)
{
        struct mstc_declined wanted = { .kind = MST_GROUP, .entry = op->entry, .sink = op->sink, .target = op->target,
                                        .verb = op->verb, .reason = op->reason };

        *ret = false;
        return run->declined_none || op->verb == MST_MEMBERS || c->reason == MSTC_WHY_UNDONE ? MST_OK
             : mstc_declines(run, &wanted, op->after, op->after_size, ret, err);
}

int
mstc_group_op(struct mstc_run *run, struct mstc_group_case *c, enum mst_verb verb, int rank, int64_t count,
              const struct mstc_buffer *before, const struct mstc_buffer *after, struct mst_error *err)
{
        struct mstc_entry_op op = {
                .run = run->id, .target = c->target->row.id, .sink = c->target->sink->id, .kind = MST_GROUP,
                .entry = c->grp.id, .verb = verb, .rank = rank, .state = MSTC_OP_PLANNED, .count = count, .reason = c->reason,
                .hold = verb == MST_MEMBERS ? c->hold : verb == MST_DELETE ? c->delete_hold : 0, .name = c->grp.name, .matched = mstc_now_ms(),
                .before = before->bytes, .before_size = before->length,
                .after = after->bytes, .after_size = after->length,
        };
        bool no;

        c->op = 0;
        if (declined(run, c, &op, &no, err) != MST_OK || no)
                return err->code;
        run->planned++;
        if (mstc_op_add(run->store, &op, err) != MST_OK)
                return err->code;
        c->op = op.number;
        return MST_OK;
}

static int
plan_update(struct mstc_run *run, struct mstc_group_case *c, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer old = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer new = { 0 };
        const struct mst_facts *facts = mstc_live_facts(c->target->sink);
        struct mst_record *applied = NULL, *before, *after;
        bool naming = false;

        if (c->glink.applied != NULL
            && mstc_record_unflat(c->glink.applied, c->glink.applied_size, "", run->scratch, &applied, err) != MST_OK)
                return err->code;
        if (!mstc_difference(run->scratch, applied, c->wanted, &before, &after))
                return mst_fail_memory(err, "planning groups");
        for (uint32_t i = 0; i < after->count; i++) {
                const struct mstc_fact_attribute *a = mstc_facts_find(facts, MST_GROUP, after->fields[i].name);

                naming = naming || (a != NULL && (a->flags & MST_ATTR_NAMING) != 0);
        }
        if (after->count == 0)
                return MST_OK;
        mstc_record_flat(before, &old);
        mstc_record_flat(after, &new);
        if (!mstc_buffer_ok(&old) || !mstc_buffer_ok(&new))
                return mst_fail_memory(err, "planning groups");
        return mstc_group_op(run, c, naming ? MST_RENAME : MST_UPDATE, MSTC_RANK_GROUPS, 0, &old, &new, err);
}

/* Too many leave at once: this group's changes are held, nobody else's. */
static int
judge_leaves(struct mstc_run *run, struct mstc_group_case *c, uint64_t leaves, int64_t *hold, struct mst_error *err)
{
        char guard[300], reason[400];

        if (*hold != 0 || (!mstc_judge_group(c->target, c->present, leaves)
                             && !(run->config_effect && leaves != 0)))
                return MST_OK;
        if (c->grp.entry == 0)
                snprintf(guard, sizeof guard, "group-members:%s", c->grp.name);
        else                                 /* its name may change meanwhile          */
                snprintf(guard, sizeof guard, "group-members:%lld", (long long)c->grp.id);
        snprintf(reason, sizeof reason, "the group '%s' would lose %llu of its %llu members%s", c->grp.name,
                 (unsigned long long)leaves, (unsigned long long)c->present,
                 run->config_effect ? " because the configuration changed" : "");
        if (mstc_hold_find(run->store, run->row.id, c->target->row.id, guard, hold, err) != MST_OK)
                return err->code;
        if (*hold != 0)
                return mstc_hold_reason(run->store, *hold, reason, err);
        if (mstc_hold_add(run->store, run->id, run->row.id, c->target->row.id, guard, reason, hold, err) != MST_OK)
                return err->code;
        mstc_log(run->engine, MSTC_EVENT_HELD, "held (%lld): target '%s': %s; see `muster holds %lld`",
                 (long long)*hold, c->target->setup->name, reason, (long long)*hold);
        return MST_OK;
}

/* One op with the next of those who leave and join; '*ret_count' tells how many they are. */
static int
add_chunk(struct mstc_run *run, struct mstc_group_case *c, uint32_t most, uint64_t *ret_count, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer out = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer in = { 0 };
        struct mstc_set *leave = mstc_set_take(c->leaves, most);
        uint64_t left = leave != NULL ? mstc_set_count(leave) : 0;
        bool room = most == 0 || left < most;
        struct mstc_set *join = room ? mstc_set_take(c->joins, most != 0 ? most - left : 0) : mstc_set_new();
        bool ok = leave != NULL && join != NULL;

        *ret_count = left + (join != NULL ? mstc_set_count(join) : 0);
        if (ok) {
                mstc_pack_set(leave, &out);
                mstc_pack_set(join, &in);
        }
        mstc_set_free(leave);
        mstc_set_free(join);
        if (!ok || !mstc_buffer_ok(&out) || !mstc_buffer_ok(&in))
                return mst_fail_memory(err, "planning groups");
        return mstc_group_op(run, c, MST_MEMBERS, MSTC_RANK_MEMBERS, (int64_t)*ret_count, &out, &in, err);
}

/* Those who leave under old names go in the room that the others leave (claim.c). */
int
mstc_group_members(struct mstc_run *run, struct mstc_group_case *c, uint32_t most, struct mst_error *err)
{
        uint64_t leaves = mstc_set_count(c->leaves);
        int64_t old = 0;

        if (c->linked && mstc_gchange_count(run->store, c->glink.id, &old, err) != MST_OK)
                return err->code;
        if (leaves != 0 && judge_leaves(run, c, leaves, &c->hold, err) != MST_OK)
                return err->code;
        while (mstc_set_count(c->leaves) != 0 || mstc_set_count(c->joins) != 0 || old > 0) {
                uint64_t count;

                if (add_chunk(run, c, old > 0 && most > 1 ? (most + 1) / 2 : most, &count, err) != MST_OK)
                        return err->code;
                old = most == 0 ? 0 : old - (int64_t)(most - count);
        }
        return MST_OK;
}

/* Open ops of this group here are planned anew; one that is under way is waited for. */
static int
replace_open(struct mstc_run *run, struct mstc_group_case *c, bool *ret_wait, struct mst_error *err)
{
        *ret_wait = false;
        for (;;) {
                struct mstc_entry_op open;
                int rc = run->ops_none ? MST_END : mstc_op_of(run->store, MST_GROUP, c->grp.id, c->target->sink->id,
                                                              run->scratch, &open, err);

                if (rc != MST_OK || open.number > run->plan_from || open.target != c->target->row.id)
                        return rc < 0 ? rc : MST_OK;
                if (open.state == MSTC_OP_SENT || open.state == MSTC_OP_UNKNOWN) {
                        *ret_wait = true;
                        return MST_OK;
                }
                if (open.hold != 0)
                        *(open.verb == MST_DELETE ? &c->delete_hold : &c->hold) = open.hold;
                if ((open.tries > 0 && mstc_members_doubt(run, c->target, &open, err) != MST_OK)
                    || mstc_op_end(run->store, open.number, MSTC_OP_SUPERSEDED, 0, run->id, "a newer plan replaced it",
                                err) != MST_OK)
                        return err->code;
        }
}

/* ---- groups that may have to go ------------------------------------------------------------ */

static int
count_present(struct mstc_run *run, struct mstc_group_case *c, const struct mstc_set **ret, struct mst_error *err)
{
        const struct mstc_loaded *present = mstc_members_present(run, c->glink.id, err);

        if (present == NULL)
                return err->code;
        *ret = present->set;
        c->present = mstc_set_count(present->set);
        return MST_OK;
}

/* Who is in it is kept for whoever wants it back. */
int
mstc_group_delete(struct mstc_run *run, struct mstc_group_case *c, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer none = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer before = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer members = { 0 };
        const struct mstc_set *present = NULL;

        if (!c->linked || c->glink.made == 0 || (mstc_live_facts(c->target->sink)->can & MST_CAN_DELETE) == 0)
                return MST_OK;
        if (count_present(run, c, &present, err) != MST_OK)
                return err->code;
        mstc_buffer_add(&before, c->glink.applied, c->glink.applied_size);
        if (!mstc_buffer_ok(&before))
                return mst_fail_memory(err, "planning groups");
        if (judge_leaves(run, c, c->present, &c->delete_hold, err) != MST_OK)
                return err->code;
        if (mstc_group_op(run, c, MST_DELETE, MSTC_RANK_GROUP_DELETES, (int64_t)c->present, &before, &none, err) != MST_OK
            || c->op == 0)
                return err->code;
        mstc_pack_set(present, &members);
        return !mstc_buffer_ok(&members) ? mst_fail_memory(err, "planning groups")
             : members.length == 0 ? MST_OK : mstc_past_keep_members(run->store, c->op, members.bytes, members.length, err);
}

/* No rule makes it any more, or this target does not carry it: nothing is done before its time. */
static int
plan_vanished(struct mstc_run *run, struct mstc_group_case *c, uint32_t most, struct mst_error *err)
{
        const struct mstc_set *present = NULL;
        struct mstc_set *refused;
        enum mstc_fate_do what;
        bool time, ok;

        if (!c->linked)
                return MST_OK;
        what = mstc_group_fate(c->target, c->use, MSTC_WHY_VANISHED, &c->glink, &time);
        c->reason = MSTC_WHY_VANISHED;
        c->glink.waiting = 0;
        if (!time)
                return MST_OK;
        if (what == MSTC_FATE_DELETE)
                return mstc_group_delete(run, c, err);
        if (count_present(run, c, &present, err) != MST_OK)
                return err->code;
        refused = mstc_set_new();
        c->joins = mstc_set_new();
        c->leaves = mstc_set_copy(present);
        ok = refused != NULL && c->joins != NULL && c->leaves != NULL
          && mstc_gbad_load(run->store, c->glink.id, refused, err) == MST_OK && mstc_set_subtract(c->leaves, refused);
        mstc_set_free(refused);
        if (!ok)
                return err->code != MST_OK ? err->code : mst_fail_memory(err, "planning groups");
        return mstc_group_members(run, c, most, err);
}

/* A group that a rule makes, or that the source has. */
static int
plan_made(struct mstc_run *run, struct mstc_group_case *c, uint32_t most, bool *ret_wait, struct mst_error *err)
{
        enum mstc_fate_do what;
        bool time;

        if (differences(run, c, err) != MST_OK)
                return err->code;
        what = mstc_group_fate(c->target, c->use, c->empty ? MSTC_WHY_EMPTY : MSTC_WHY_NONE, &c->glink, &time);
        if (c->empty && what == MSTC_FATE_DELETE && (time || !c->linked)) {
                c->reason = MSTC_WHY_EMPTY;  /* nor is it made as long as nobody is in it */
                return mstc_group_delete(run, c, err);
        }
        if (c->empty && what == MSTC_FATE_KEEP)
                mstc_set_clear(c->leaves);
        if (!c->linked)
                return mstc_group_absent(run, c, most, ret_wait, err);
        if (plan_update(run, c, err) != MST_OK)
                return err->code;
        return mstc_group_members(run, c, most, err);
}

/* What was noted of its object, where it differs from what was. */
static int
put_glink(struct mstc_run *run, struct mstc_group_case *c, const struct mstc_glink *was, struct mst_error *err)
{
        bool suffix = c->glink.suffix != was->suffix;

        /* Another reason to go, or none: a no to the old one has ended. */
        if (c->glink.reason != was->reason && !run->declined_none
            && mstc_declined_end(run->store, MST_GROUP, c->grp.id, c->target->sink->id, c->target->row.id, err) != MST_OK)
                return err->code;
        c->glink.sink = c->target->sink->id;
        c->glink.target = c->target->row.id;
        c->glink.grp = c->grp.id;
        if (!suffix && (c->glink.id == 0 || c->glink.state == 0
            || (c->glink.reason == was->reason && c->glink.since == was->since && c->glink.due == was->due && c->glink.fate == was->fate
                                 && c->glink.declined == was->declined && c->glink.waiting == was->waiting)))
                return MST_OK;
        return mstc_glink_put(run->store, &c->glink, err);
}

static int
plan_group_in(struct mstc_run *run, struct mstc_group_case *c, bool *ret_wait, struct mst_error *err)
{
        uint32_t most = mstc_live_facts(c->target->sink)->members;
        bool gone = c->grp.gone && c->grp.entry != 0 && mstc_carry_known(run, &c->grp), vanished;
        struct mstc_glink was;
        int rc = mstc_glink_get(run->store, c->grp.id, c->target->row.id, run->scratch, &c->glink, err);

        if (rc < 0)
                return rc;
        was = c->glink;
        c->linked = rc == MST_OK && c->glink.state == MSTC_LINK_LIVE;
        c->use = mstc_use_of(c->target->setup, c->grp.name);
        vanished = !gone && (c->grp.gone || c->use == NULL);
        if (!c->linked && mstc_group_place(run, c->target, c->grp.id) != NULL)
                c->glink.suffix = mstc_group_place(run, c->target, c->grp.id)->suffix;
        rc = gone || vanished ? MST_OK : mstc_wanted_group(run, c->target, &c->grp, c->glink.suffix, run->scratch, &c->wanted, err);
        if (rc == MST_EREFUSED) {
                mstc_log(run->engine, MSTC_EVENT_GROUP_VALUE, "%s", err->text);
                memset(err, 0, sizeof *err);
                return MST_OK;
        }
        if (rc != MST_OK || replace_open(run, c, ret_wait, err) != MST_OK || *ret_wait)
                return rc == MST_END ? MST_OK : rc != MST_OK ? rc : err->code;
        if (gone)
                return mstc_carry_deletes(run, &c->grp) ? mstc_group_delete(run, c, err) : MST_OK;
        rc = vanished ? plan_vanished(run, c, most, err) : plan_made(run, c, most, ret_wait, err);
        return rc != MST_OK ? rc : put_glink(run, c, &was, err);
}

static int
plan_group(struct mstc_run *run, const struct mstc_grp *grp, struct mst_error *err)
{
        bool keep = false;

        for (size_t t = 0; t < run->target_count; t++) {
                struct mstc_group_case c = { .grp = *grp, .target = &run->targets[t] };
                bool wait = false;
                int rc;

                if (!c.target->carries_groups)
                        continue;
                if (c.target->no_plan) {
                        keep = true;
                        continue;
                }
                rc = plan_group_in(run, &c, &wait, err);
                case_done(&c);
                if (rc != MST_OK)
                        return rc;
                keep = keep || wait;
        }
        if (keep)
                return MST_OK;
        mstc_numbers_put(&run->members->dirty, grp->id, NULL);
        return mstc_gdirty_done(run->store, run->row.id, grp->id, err);
}

/* The count that `muster groups` shows. */
static int
note_count(struct mstc_run *run, struct mstc_grp *grp, struct mst_error *err)
{
        const struct mstc_set *set = mstc_members_set(run, grp->id, err);

        if (set == NULL)
                return err->code;
        if ((int64_t)mstc_set_count(set) == grp->count)
                return MST_OK;
        grp->count = (int64_t)mstc_set_count(set);
        return mstc_grp_update(run->store, grp, err);
}

int
mstc_group_plan(struct mstc_run *run, struct mst_error *err)
{
        int64_t at = 0;

        for (;;) {
                struct mstc_grp grp;
                int rc;

                mst_arena_reset(run->scratch);
                if (mstc_gdirty_next(run->store, run->row.id, at, &at, err) != MST_OK)
                        return err->code;
                if (at == 0) {
                        mstc_members_off_forget(run->members);
                        return MST_OK;
                }
                rc = mstc_grp_next(run->store, run->row.id, at - 1, run->scratch, &grp, err);
                if (rc < 0)
                        return rc;
                if (rc == MST_END || grp.id != at)
                        continue;
                if (note_count(run, &grp, err) != MST_OK || plan_group(run, &grp, err) != MST_OK)
                        return err->code;
        }
}
