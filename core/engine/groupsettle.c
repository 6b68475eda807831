/* groupsettle.c - what became of a group's op: each member by his own outcome. */
#include "build.h"

#include "engine/members.h"

#include <string.h>

#include "util/alloc.h"
#include "util/buffer.h"

static enum mst_outcome
outcome_of(const struct mst_op *op, size_t i)
{
        return op->members[i].outcome != 0 ? op->members[i].outcome : op->outcome;
}

static bool
is_old_name(const struct mstc_errand *errand, size_t i)
{
        return i >= errand->old_names_from && i < errand->old_names_to;
}

static int
settle_member(struct mstc_run *run, struct mst_op *op, size_t i, struct mstc_loaded *present,
              struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mstc_op_member *m = &op->members[i];
        enum mst_outcome outcome = outcome_of(op, i);
        uint64_t *counts = errand->target->counts;

        if (outcome == MST_REFUSED || outcome == MST_DUPLICATE || (outcome == MST_GONE && m->joins)) {
                counts[MSTC_N_MEMBERS_FAILED]++;
                run->refused_none = false;
                mstc_log(run->engine, MSTC_EVENT_MEMBER_REFUSED, "group '%s': %s cannot %s: %s", errand->row.name, m->name,
                         m->joins ? "join" : "leave", m->why != NULL ? m->why : op->why.text);
                if (is_old_name(errand, i))
                        return mstc_gchange_done(run->store, errand->glink, m->entry, m->name, err);
                return mstc_gbad_add(run->store, errand->glink, m->entry, m->joins,
                                     m->why != NULL ? m->why : op->why.text, run->id, err);
        }
        if (outcome != MST_DONE && outcome != MST_ALREADY && outcome != MST_GONE)
                return MST_OK;
        if (is_old_name(errand, i))
                return mstc_gchange_done(run->store, errand->glink, m->entry, m->name, err);
        if (m->joins) {
                counts[MSTC_N_MEMBERS_ADDED] += !mstc_set_has(present->set, m->entry);
                errand->came += !mstc_set_has(present->set, m->entry);
                if (!mstc_set_add(present->set, m->entry))
                        return mst_fail_memory(err, "keeping memberships");
        } else {
                counts[MSTC_N_MEMBERS_REMOVED]++;
                errand->went++;
                mstc_set_remove(present->set, m->entry);
        }
        present->changed = true;
        return MST_OK;
}

static int
settle_members(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mstc_loaded *present = mstc_members_present(run, errand->glink, err);

        if (present == NULL)
                return err->code;
        for (size_t i = 0; i < op->member_count; i++)
                if (settle_member(run, op, i, present, err) != MST_OK)
                        return err->code;
        return MST_OK;
}

static int
keep_glink(struct mstc_run *run, struct mst_op *op, int state, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };
        struct mstc_errand *errand = op->engine;
        struct mst_record *applied = NULL;
        const char *old_name, *old_object;
        struct mstc_glink glink;
        bool renamed;
        int rc = mstc_glink_get(run->store, errand->row.entry, errand->target->row.id, op->arena, &glink, err);

        if (rc < 0)
                return rc;
        glink.sink = errand->target->sink->id;
        glink.target = errand->target->row.id;
        glink.grp = errand->row.entry;
        glink.made = rc == MST_OK && op->verb != MST_CREATE ? glink.made : MSTC_MADE_CREATED;
        glink.state = state;
        old_name = glink.name;
        old_object = glink.object;
        renamed = rc == MST_OK && old_name != NULL && op->new_name != NULL && strcmp(old_name, op->new_name) != 0
               && op->verb != MST_CREATE;
        if (op->new_object != NULL)
                glink.object = op->new_object;
        if (op->new_name != NULL)
                glink.name = op->new_name;
        if (op->new_version != NULL)
                glink.version = op->new_version;
        if (glink.applied != NULL && op->verb != MST_CREATE
            && mstc_record_unflat(glink.applied, glink.applied_size, "", op->arena, &applied, err) != MST_OK)
                return err->code;
        applied = errand->after != NULL ? mstc_record_merge(op->arena, applied, errand->after) : applied;
        if (applied != NULL) {
                mstc_record_tidy(applied);
                mstc_record_flat(applied, &flat);
                glink.applied = flat.bytes;
                glink.applied_size = flat.length;
        }
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "keeping a group");
        if (state != MSTC_LINK_LIVE) {
                glink.reason = glink.declined = MSTC_WHY_NONE;
                glink.since = glink.due = glink.waiting = 0;
        }
        if (state == MSTC_LINK_LIVE && applied != NULL)
                glink.label = mstc_group_label(errand->target, applied, op->arena);
        if (op->verb == MST_ADOPT)
                glink.reason = glink.declined = MSTC_WHY_NONE;
        if (mstc_glink_put(run->store, &glink, err) != MST_OK)
                return err->code;
        errand->glink = glink.id;
        return mstc_carry_linked(run, errand->target, glink.grp, renamed ? old_name : NULL, old_object, err);
}

/* What the sink has of it in the end: for `muster groups`. */
static int
note_present(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mstc_loaded *present = mstc_members_present(run, errand->glink, err);
        struct mstc_glink glink;

        if (present == NULL
            || mstc_glink_get(run->store, errand->row.entry, errand->target->row.id, op->arena, &glink, err) != MST_OK)
                return err->code;
        glink.count = (int64_t)mstc_set_count(present->set);
        if (errand->came + errand->went != 0 && glink.run != run->id) {
                glink.run = run->id;
                glink.came = glink.went = 0;
        }
        glink.came += errand->came;
        glink.went += errand->went;
        return mstc_glink_put(run->store, &glink, err);
}

/* Names that did not fit into this op go with the next one. */
static int
old_names_left(struct mstc_run *run, const struct mstc_errand *errand, struct mst_error *err)
{
        bool any;

        if (mstc_gchange_any(run->store, errand->glink, &any, err) != MST_OK)
                return err->code;
        return any ? mstc_gdirty_add(run->store, run->row.id, errand->row.entry, err) : MST_OK;
}

static int
done(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        uint64_t *counts = errand->target->counts;

        if (op->verb == MST_CREATE)
                counts[MSTC_N_GROUPS_CREATED]++;
        else if (op->verb == MST_DELETE)
                counts[MSTC_N_GROUPS_DELETED]++;
        else if (op->verb == MST_ADOPT)
                counts[MSTC_N_ADOPTED]++;
        else if (op->verb != MST_MEMBERS)
                counts[MSTC_N_GROUPS_UPDATED]++;
        if (mstc_op_end(run->store, op->number, MSTC_OP_DONE, (int)op->outcome, run->id, NULL, err) != MST_OK)
                return err->code;
        if (op->verb != MST_MEMBERS
            && keep_glink(run, op, op->verb == MST_DELETE ? MSTC_LINK_DELETED : MSTC_LINK_LIVE, err) != MST_OK)
                return err->code;
        if (op->verb == MST_CREATE || op->verb == MST_DELETE) {
                struct mstc_loaded *present = mstc_members_present(run, errand->glink, err);

                if (present == NULL)
                        return err->code;
                for (uint32_t n = 0; mstc_set_next(present->set, &n); n++)
                        mstc_set_remove(present->set, n);    /* made anew, or gone: nobody is in it */
                present->changed = true;
        }
        if ((op->member_count != 0 && settle_members(run, op, err) != MST_OK) || note_present(run, op, err) != MST_OK)
                return err->code;
        /* Its other members may have given up waiting for it; those of an adopted one come now. */
        if (((op->verb == MST_CREATE && errand->row.tries > 0) || op->verb == MST_ADOPT)
            && mstc_gdirty_add(run->store, run->row.id, errand->row.entry, err) != MST_OK)
                return err->code;
        return old_names_left(run, errand, err);
}

static int
gone(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;

        mstc_log(run->engine, MSTC_EVENT_GROUP_GONE, "the group '%s' is gone from '%s'; it is made again", errand->row.name,
                 errand->target->setup->name);
        if (mstc_op_end(run->store, op->number, MSTC_OP_SUPERSEDED, (int)op->outcome, run->id,
                        "the group is gone from the sink", err) != MST_OK
            || keep_glink(run, op, MSTC_LINK_LOST, err) != MST_OK)
                return err->code;
        return mstc_members_dirty(run, errand->row.entry, err);
}

/* ---- a refused chunk ---------------------------------------------------------------------- */

/* Members from 'from' to 'to' as an op of their own, without those under old names. */
static int
add_part(struct mstc_run *run, const struct mst_op *op, size_t from, size_t to, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer out = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer in = { 0 };
        const struct mstc_errand *errand = op->engine;
        struct mstc_set *sets[2] = { mstc_set_new(), mstc_set_new() };
        struct mstc_entry_op part = errand->row;
        bool ok = sets[0] != NULL && sets[1] != NULL;

        for (size_t i = from; ok && i < to; i++)
                ok = is_old_name(errand, i) || mstc_set_add(sets[op->members[i].joins], op->members[i].entry);
        if (ok) {
                part.count = (int64_t)(mstc_set_count(sets[0]) + mstc_set_count(sets[1]));
                mstc_pack_set(sets[0], &out);
                mstc_pack_set(sets[1], &in);
        }
        mstc_set_free(sets[0]);
        mstc_set_free(sets[1]);
        if (!ok || !mstc_buffer_ok(&out) || !mstc_buffer_ok(&in))
                return mst_fail_memory(err, "keeping memberships");
        if (part.count == 0)
                return MST_OK;
        part.run = run->id;
        part.state = MSTC_OP_PLANNED;
        part.hold = 0;                       /* it was released with the whole         */
        part.before = out.bytes;
        part.before_size = out.length;
        part.after = in.bytes;
        part.after_size = in.length;
        return mstc_op_add(run->store, &part, err);
}

/* Somebody in it is to blame: halved until he stands alone.  Old names are dropped first, as
 * they only tidy up. */
static int
refused_members(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        size_t old = errand->old_names_to - errand->old_names_from, own = op->member_count - old, half = op->member_count;

        if (mstc_op_end(run->store, op->number, MSTC_OP_SUPERSEDED, (int)op->outcome, run->id, op->why.text, err) != MST_OK)
                return err->code;
        if (own == 1 && old == 0)
                return settle_members(run, op, err);
        for (size_t i = errand->old_names_from; own <= 1 && i < errand->old_names_to; i++)
                if (mstc_gchange_done(run->store, errand->glink, op->members[i].entry, op->members[i].name, err) != MST_OK)
                        return err->code;
        if (own <= 1 && old != 0)
                mstc_log(run->engine, MSTC_EVENT_OLD_NAMES, "group '%s': %zu old names cannot be taken out: %s", errand->row.name, old,
                         op->why.text);
        if (own > 1)
                half = errand->old_names_from >= own / 2 ? own / 2 : own / 2 + old;
        if (add_part(run, op, 0, half, err) != MST_OK || add_part(run, op, half, op->member_count, err) != MST_OK)
                return err->code;
        return mstc_journal_judged(run->store, run->id, err);
}

/* ---- a name that is taken ------------------------------------------------------------------- */

static int
park(struct mstc_run *run, struct mst_op *op, enum mstc_count count, const char *why, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;

        errand->target->counts[count]++;
        mstc_log(run->engine, MSTC_EVENT_GROUP_PARKED, "%s of group '%s' in '%s' is parked: %s",
                 mst_verb_name(op->verb), errand->row.name, errand->target->setup->name, why);
        return mstc_op_park(run->store, op->number, (int)op->outcome, why, err);
}

/* By another group of ours: that is told.  Else somebody took it after we had looked: with a
 * policy it is looked at again, once a run, or the next number is tried. */
static int
name_taken(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mstc_run_target *t = errand->target;
        const struct mstc_group_use *use = mstc_use_of(t->setup, errand->row.name);
        const char *label = mstc_group_label(t, errand->after, op->arena), *owner = NULL, *why = op->why.text;
        bool again;

        if (label != NULL && mstc_glink_owner(run->store, t->sink->id, errand->row.entry, NULL, label, op->arena, &owner,
                                              err) != MST_OK)
                return err->code;
        if (owner != NULL && (why = mst_arena_printf(op->arena, "the group '%s' has that name there: rename one of them",
                                                     owner)) == NULL)
                return mst_fail_memory(err, "keeping a group");
        if (owner == NULL && op->verb == MST_CREATE && (use == NULL || use->config->existing == MSTC_EXISTING_DUPLICATE)
            && (why = mst_arena_printf(op->arena, "%s; on-existing=\"adopt\" would take that group over, \"suffix\" take the "
                                       "next free number", op->why.text)) == NULL)
                return mst_fail_memory(err, "keeping a group");
        again = owner == NULL && op->verb == MST_CREATE && use != NULL && use->config->existing != MSTC_EXISTING_DUPLICATE
             && mstc_numbers_get(&run->members->clashed, errand->row.entry) == NULL;
        if (again && (!mstc_numbers_put(&run->members->clashed, errand->row.entry, run)
                      || mstc_gdirty_add(run->store, run->row.id, errand->row.entry, err) != MST_OK))
                return err->code != MST_OK ? err->code : mst_fail_memory(err, "keeping a group");
        return park(run, op, MSTC_N_DUPLICATE, why, err);
}

int
mstc_settle_group(struct mstc_run *run, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;

        switch (op->outcome) {
        case MST_DONE:
        case MST_ALREADY:
                return done(run, op, err);
        case MST_GONE:
                return op->verb == MST_DELETE ? done(run, op, err) : gone(run, op, err);
        case MST_UNSENT:
                return mstc_op_put_back(run->store, op->number, err);
        case MST_RETRY:
                return mstc_settle_later(run, op, err);
        case MST_UNKNOWN:
                errand->target->counts[MSTC_N_RETRY]++;
                return mstc_op_unknown(run->store, op->number, op->why.text, err);
        default:
                if (op->verb == MST_MEMBERS)
                        return refused_members(run, op, err);
                return op->outcome == MST_DUPLICATE ? name_taken(run, op, err)
                     : park(run, op, MSTC_N_FAILED, op->why.text, err);
        }
}
