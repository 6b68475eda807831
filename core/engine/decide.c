/* decide.c - what op, if any, does this entry need in this sink?
 *
 *   wanted, no object        create; or, when something is there: link, adopt, duplicate
 *   wanted, object           rename, update, disable, enable: what differs from what was applied
 *   not wanted, object       as the target says for leavers: keep, disable, wait, delete
 *   not wanted, no object    nothing; an op that is still open is no longer wanted
 * An op that is planned again as it stands keeps its number, its hold and its approval; one
 * that differs replaces it and inherits the hold. */
#include "build.h"

#include "engine/decide.h"
#include "engine/decline.h"
#include "engine/members.h"

#include <string.h>

#include "store/absent.h"
#include "util/alloc.h"
#include "util/buffer.h"

#define DAY_MS INT64_C(86400000)

struct proposal {
        enum mst_verb verb;
        int reason;
        struct mst_record *before, *after;
        const char *parked;                  /* why it cannot be sent                  */
        bool refs;
        int64_t matched;
};

static const struct mstc_config_target *
config_of(const struct mstc_run_target *target)
{
        return target->setup->config;
}

static bool
can(const struct mstc_run_target *target, uint32_t what)
{
        return (mstc_live_facts(target->sink)->can & what) != 0;
}

static bool
blocked(const struct mstc_entry *entry)
{
        const struct mst_value *v = mst_record_get(entry->record, "accountEnabled");

        return v != NULL && v->type == MST_BOOL && !v->as.is;
}

/* ---- writing the op ------------------------------------------------------------------------ */

static int
drop_open(struct mstc_run *run, struct mstc_case *c, const char *why, struct mst_error *err)
{
        if (!c->has_open)
                return MST_OK;
        c->has_open = false;
        return mstc_op_end(run->store, c->open.number, MSTC_OP_SUPERSEDED, 0, run->id, why, err);
}

static int
rank_of(struct mstc_run *run, const struct mstc_case *c, const struct proposal *p, int *ret, struct mst_error *err)
{
        bool leader = false;

        if (p->verb == MST_CREATE
            && mstc_is_leader(run, c->entry->id, &leader, err) != MST_OK)
                return err->code;
        *ret = p->verb == MST_DISABLE ? MSTC_RANK_DISABLE : p->verb == MST_DELETE ? MSTC_RANK_USER_DELETES
             : leader ? MSTC_RANK_LEADERS : MSTC_RANK_USERS;
        return MST_OK;
}

static bool
same_op(const struct mstc_case *c, const struct mstc_run_target *target, const struct proposal *p,
        const struct mstc_buffer *after)
{
        return c->has_open && c->open.target == target->row.id && c->open.verb == p->verb
            && c->open.reason == p->reason && c->open.after_size == after->length
            && (c->open.state == MSTC_OP_PARKED || p->parked == NULL)
            && (after->length == 0 || memcmp(c->open.after, after->bytes, after->length) == 0);
}

static bool
removes(enum mst_verb verb)
{
        return verb == MST_DISABLE || verb == MST_DELETE;
}

static int
write_op(struct mstc_run *run, struct mstc_case *c, struct mstc_run_target *target, struct proposal *p,
         const struct mstc_buffer *before, const struct mstc_buffer *after, struct mst_error *err)
{
        struct mstc_entry_op op = {
                .run = run->id, .target = target->row.id, .sink = target->sink->id, .kind = MST_USER,
                .entry = c->entry->number, .verb = p->verb, .reason = p->reason,
                .state = p->parked != NULL ? MSTC_OP_PARKED : MSTC_OP_PLANNED, .matched = p->matched,
                .refs = p->refs, .had_link = c->link.id != 0, .name = mstc_plan_title(c->entry), .text = p->parked,
                .before = before->bytes, .before_size = before->length,
                .after = after->bytes, .after_size = after->length,
        };

        if (rank_of(run, c, p, &op.rank, err) != MST_OK)
                return err->code;
        if (c->has_open) {
                op.hold = removes(c->open.verb) == removes(p->verb) ? c->open.hold : 0;
                if (drop_open(run, c, "a newer plan replaced it", err) != MST_OK)
                        return err->code;
        }
        if (mstc_op_add(run->store, &op, err) != MST_OK)
                return err->code;
        if (op.rank == MSTC_RANK_LEADERS)
                mstc_leader_planned(run, c->entry->id, op.number, p->after);
        run->planned++;
        if (p->verb == MST_RENAME && p->parked == NULL
            && !mstc_set_add(target->renaming, (uint32_t)c->entry->number))
                return mst_fail_memory(err, "planning");
        if (p->verb == MST_CREATE && p->parked == NULL
            && !mstc_set_add(target->creating, (uint32_t)c->entry->number))
                return mst_fail_memory(err, "planning");
        if (p->parked != NULL) {
                mstc_parked(run, target, MSTC_N_PARKED, p->verb, op.name, p->parked);
                return MST_OK;
        }
        return mstc_judge_op(run, target, &op, p->before, p->after, c->wanted.lost_refs, err);
}

static int
foresee(struct mstc_foreseen *next, const struct proposal *p, const struct mstc_buffer *after, struct mst_error *err)
{
        next->any = true;
        next->verb = p->verb;
        next->reason = p->reason;
        mstc_buffer_add(next->after, after->bytes, after->length);
        return mstc_buffer_ok(next->after) ? MST_OK : mst_fail_memory(err, "planning");
}

static int
propose(struct mstc_run *run, struct mstc_case *c, struct mstc_run_target *target, struct proposal *p,
        struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer before = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer after = { 0 };
        bool no;

        if (p->before != NULL)
                mstc_record_flat(p->before, &before);
        if (p->after != NULL)
                mstc_record_flat(p->after, &after);
        if (!mstc_buffer_ok(&before) || !mstc_buffer_ok(&after))
                return mst_fail_memory(err, "planning");
        if (c->foreseen != NULL)
                return foresee(c->foreseen, p, &after, err);
        if (mstc_declines_user(run, c->entry->number, target, p->verb, p->reason, &after, &no, err) != MST_OK)
                return err->code;
        if (no)
                return drop_open(run, c, "declined", err);
        if (same_op(c, target, p, &after)) {
                if (p->matched != 0 && mstc_op_matched(run->store, c->open.number, p->matched, err) != MST_OK)
                        return err->code;
                if (p->verb == MST_CREATE && !mstc_set_add(target->creating, (uint32_t)c->entry->number))
                        return mst_fail_memory(err, "planning");
                return c->open.state == MSTC_OP_PARKED ? MST_OK
                     : mstc_judge_op(run, target, &c->open, p->before, p->after, c->wanted.lost_refs, err);
        }
        return write_op(run, c, target, p, &before, &after, err);
}

/* ---- wanted, object there ---------------------------------------------------------------------- */

static bool
is_creating(const struct mstc_run *run, const struct mstc_live *sink, int64_t entry)
{
        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].sink == sink && mstc_set_has(run->targets[i].creating, (uint32_t)entry))
                        return true;
        return false;
}

/* Somebody who is planned later in this plan, and will be made then. */
static int
comes_later(struct mstc_run *run, struct mstc_case *c, int64_t entry, bool *ret, struct mst_error *err)
{
        struct mstc_entry other;
        bool dirty;
        int rc;

        *ret = false;
        if (entry <= c->entry->number)
                return MST_OK;
        if (mstc_dirty_has(run->store, run->row.id, entry, &dirty, err) != MST_OK)
                return err->code;
        if (!dirty)
                return MST_OK;
        rc = mstc_entry_get(run->store, entry, run->scratch, &other, err);
        *ret = rc == MST_OK && mstc_plan_wants(run, c->target->sink, &other);
        return rc < 0 ? rc : MST_OK;
}

/* References to people who have no object there: theirs is being made in this plan, or they
 * count as no value. */
static int
settle_refs(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        struct mst_record *wanted = c->wanted.record;
        bool left = false;

        for (uint32_t i = 0; i < wanted->count; ) {
                const struct mst_value *v = &wanted->fields[i].value;
                int64_t entry;
                bool later;

                if (v->type != MST_REF) {
                        i++;
                        continue;
                }
                if (mstc_entry_find(run->store, run->row.id, MST_USER, v->as.text, &entry, err) != MST_OK
                    || comes_later(run, c, entry, &later, err) != MST_OK)
                        return err->code;
                if (later || is_creating(run, c->target->sink, entry)) {
                        left = true;
                        i++;
                } else {
                        mstc_record_remove(wanted, wanted->fields[i].name);
                }
        }
        c->wanted.refs = left;
        return MST_OK;
}

/* He may have another name by the time that this is sent: he is, or may yet be, renamed in this plan. */
static int
may_be_renamed(struct mstc_run *run, const struct mstc_case *c, const struct mst_value *ref, bool *ret,
               struct mst_error *err)
{
        int64_t entry;

        if (mstc_entry_find(run->store, run->row.id, MST_USER, ref->as.text, &entry, err) != MST_OK
            || mstc_dirty_has(run->store, run->row.id, entry, ret, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < run->target_count && !*ret; i++)
                *ret = run->targets[i].sink == c->target->sink
                    && mstc_set_has(run->targets[i].renaming, (uint32_t)entry);
        return MST_OK;
}

/* Whom a changed reference points at is looked up again when the op is claimed, where he may have
 * another name by then. */
static int
keep_refs(struct mstc_run *run, struct mstc_case *c, struct mst_record *after, bool *refs, struct mst_error *err)
{
        const struct mst_record *named = c->wanted.named;

        for (uint32_t n = 0; named != NULL && n < named->count; n++)
                for (uint32_t i = 0; i < after->count; i++) {
                        struct mst_value *value = &after->fields[i].value;
                        bool renamed = false;

                        if (value->type != MST_TEXT || strcasecmp(after->fields[i].name, named->fields[n].name) != 0)
                                continue;
                        if (may_be_renamed(run, c, &named->fields[n].value, &renamed, err) != MST_OK)
                                return err->code;
                        if (renamed) {
                                *value = named->fields[n].value;
                                *refs = true;
                        }
                }
        return MST_OK;
}

/* What must not change after creation does not count as different; a naming attribute makes
 * it a rename. */
static bool
prune(const struct mst_facts *facts, struct mst_record *before, struct mst_record *after)
{
        bool naming = false;

        for (uint32_t i = 0; i < after->count; ) {
                const struct mstc_fact_attribute *a = mstc_facts_find(facts, MST_USER, after->fields[i].name);
                uint32_t flags = a != NULL ? a->flags : 0;
                const char *name = after->fields[i].name;

                if ((flags & (MST_ATTR_FIXED | MST_ATTR_READ_ONLY)) != 0) {
                        mstc_record_remove(before, name);
                        mstc_record_remove(after, name);
                        continue;
                }
                naming = naming || (flags & MST_ATTR_NAMING) != 0 || strcmp(name, "@parent") == 0;
                i++;
        }
        return naming;
}

static int
hand_over(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        struct mstc_run_target *old = mstc_run_target_of(run, c->link.target);

        if (c->link.target == c->target->row.id)
                return MST_OK;
        if (old != NULL) {
                mstc_set_remove(old->linked, (uint32_t)c->entry->number);
                old->live_change--;
        }
        if (!mstc_set_add(c->target->linked, (uint32_t)c->entry->number))
                return mst_fail_memory(err, "planning");
        c->target->live_change++;
        c->link.target = c->target->row.id;
        if (mstc_link_put(run->store, &c->link, err) != MST_OK)
                return err->code;
        /* The groups of the one lose him, those of the other get him. */
        if (old != NULL && mstc_members_link(run, old, c->entry->number, c->link.name, c->link.object, err) != MST_OK)
                return err->code;
        return mstc_members_link(run, c->target, c->entry->number, NULL, NULL, err);
}

/* Who is wanted has no reason to leave any more: should he leave again, his wait starts anew. */
static int
came_back(struct mstc_run *run, struct mstc_case *c, bool off, struct mst_error *err)
{
        bool live = c->link.state == MSTC_LINK_LIVE;

        if ((c->link.reason != MSTC_WHY_GONE && c->link.reason != MSTC_WHY_SCOPE) || c->link.since == 0)
                return MST_OK;
        c->link.since = !live && off ? mstc_now_ms() : 0;
        if (live || off)
                c->link.reason = live ? MSTC_WHY_NONE : MSTC_WHY_DISABLED;
        return mstc_link_put(run->store, &c->link, err);
}

/* Live, or nobody knows: the answer to the op that changed it was lost. */
static bool
may_be_usable(const struct mstc_case *c)
{
        return c->link.state == MSTC_LINK_LIVE || c->link.reason == MSTC_WHY_DOUBT;
}

static int
decide_present(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        struct mstc_run_target *t = c->target;
        struct proposal p = { .matched = 0 };
        bool off = blocked(c->entry) && config_of(t)->on_disabled.what == MSTC_DISABLE && can(t, MST_CAN_DISABLE);
        bool naming;

        if (hand_over(run, c, err) != MST_OK || came_back(run, c, off, err) != MST_OK
            || (c->wanted.refs && settle_refs(run, c, err) != MST_OK))
                return err->code;
        if (!mstc_difference(run->scratch, c->link.applied, c->wanted.record, &p.before, &p.after))
                return mst_fail_memory(err, "planning");
        p.refs = c->wanted.refs;
        if (keep_refs(run, c, p.after, &p.refs, err) != MST_OK)
                return err->code;
        naming = prune(mstc_live_facts(t->sink), p.before, p.after);
        /* Who was found again is not known to be in a group. */
        if (off && !t->row.planned && mstc_members_turn(run, t, c->entry->number, false, err) != MST_OK)
                return err->code;
        if (off && may_be_usable(c)) {
                p.verb = MST_DISABLE;
                p.reason = MSTC_WHY_DISABLED;
        } else if (!off && c->link.state == MSTC_LINK_DISABLED) {
                p.verb = MST_ENABLE;
                if (mstc_members_turn(run, t, c->entry->number, true, err) != MST_OK)
                        return err->code;
        } else if (p.after->count == 0) {
                return mstc_declined_over(run, c->entry->number, c->link.sink, err) != MST_OK ? err->code
                     : drop_open(run, c, "nothing differs any more", err);
        } else {
                p.verb = naming ? MST_RENAME : MST_UPDATE;
        }
        return propose(run, c, t, &p, err);
}

/* ---- wanted, no object ---------------------------------------------------------------------------- */

static int
note_duplicate(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        const struct mstc_match *m = &c->question->match;

        c->target->counts[MSTC_N_DUPLICATE]++;
        mstc_log(run->engine, MSTC_EVENT_DUPLICATE, "%s is a duplicate in '%s': %s (%s)", mstc_plan_title(c->entry),
                 c->target->setup->name, m->why, m->name);
        if (mstc_match_keep(run, c->link.sink, c->entry->number, m, err) != MST_OK)
                return err->code;
        return drop_open(run, c, "a duplicate", err);
}

/* Two people of one plan may match the same object: the first has it. */
static int
taken_meanwhile(struct mstc_run *run, const struct mstc_case *c, const char *object, bool *ret, struct mst_error *err)
{
        struct mstc_link link;
        int rc = run->links_none ? MST_END
               : mstc_link_of_object(run->store, c->link.sink, object, run->scratch, &link, err);

        *ret = rc == MST_OK && link.entry != c->entry->number && link.state <= MSTC_LINK_DISABLED;
        return rc < 0 ? rc : MST_OK;
}

static int
adopt(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        const struct mstc_match *m = &c->question->match;
        struct proposal p = { .verb = MST_ADOPT, .matched = mstc_now_ms(), .refs = c->wanted.refs };
        struct mst_record *present = mstc_present_values(run, c);
        bool taken;

        if (present == NULL || !mstc_difference(run->scratch, present, c->wanted.record, &p.before, &p.after))
                return mst_fail_memory(err, "planning");
        if (keep_refs(run, c, p.after, &p.refs, err) != MST_OK)
                return err->code;
        prune(mstc_live_facts(c->target->sink), p.before, p.after);
        if (taken_meanwhile(run, c, m->object, &taken, err) != MST_OK)
                return err->code;
        if (taken) {
                c->question->match.why = "the object is tied to another person";
                return note_duplicate(run, c, err);
        }
        /* The tie is noted, but it is none before the op is done. */
        run->links_none = false;
        c->link.object = m->object;
        c->link.name = m->name;
        c->link.version = m->version;
        c->link.target = c->target->row.id;
        c->link.made = MSTC_MADE_ADOPTED;
        c->link.state = 0;
        c->link.applied = present;
        if (mstc_link_put(run->store, &c->link, err) != MST_OK)
                return err->code;
        return propose(run, c, c->target, &p, err);
}

static int
create(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        struct proposal p = { .verb = MST_CREATE, .matched = mstc_now_ms() };
        bool unsure;

        if (mstc_unique_values(run, c->target, c->entry, &c->wanted, &unsure, err) != MST_OK)
                return err->code;
        if (unsure)
                return mstc_plan_keep(run, c->entry->number, c->mask, err);
        p.after = c->wanted.record;
        p.parked = c->wanted.why;
        p.refs = c->wanted.refs;
        if (keep_refs(run, c, p.after, &p.refs, err) != MST_OK)
                return err->code;
        if (c->link.id != 0 && c->link.state == MSTC_LINK_LOST)
                p.reason = MSTC_WHY_LOST;
        if (blocked(c->entry) && config_of(c->target)->on_disabled.what == MSTC_DISABLE
            && can(c->target, MST_CAN_DISABLE))
                p.reason = MSTC_WHY_DISABLED;        /* made, but not usable             */
        if (p.reason == MSTC_WHY_DISABLED && mstc_members_turn(run, c->target, c->entry->number, false, err) != MST_OK)
                return err->code;
        return propose(run, c, c->target, &p, err);
}

static int
decide_absent(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        enum mstc_answer answer = c->question->match.answer;

        if ((answer == MSTC_ABSENT || answer == MSTC_OURS) && mstc_match_over(run, c->link.sink, c->entry->number, err) != MST_OK)
                return err->code;
        switch (answer) {
        case MSTC_ABSENT:
                return create(run, c, err);
        case MSTC_OURS:
                return mstc_link_found(run, c, err) != MST_OK ? err->code : decide_present(run, c, err);
        case MSTC_ADOPTABLE:
                return adopt(run, c, err);
        case MSTC_DUPLICATE:
                return note_duplicate(run, c, err);
        default:
                return mstc_plan_keep(run, c->entry->number, c->mask, err);
        }
}

/* ---- not wanted ----------------------------------------------------------------------------------- */

/* The moment from which a wait counts: it belongs to its reason. */
static int
note_reason(struct mstc_run *run, struct mstc_case *c, int reason, struct mst_error *err)
{
        if ((c->link.reason == reason && c->link.since != 0) || c->foreseen != NULL)
                return MST_OK;
        c->link.reason = reason;
        c->link.since = mstc_now_ms();
        return mstc_link_put(run->store, &c->link, err);
}

static int
delete_when_due(struct mstc_run *run, struct mstc_case *c, struct mstc_run_target *t, int reason,
                int64_t after_ms, struct mst_error *err)
{
        struct proposal p = { .verb = MST_DELETE, .reason = reason, .before = c->link.applied };
        bool once = false;                   /* missed by one read                     */
        int64_t due;

        if (note_reason(run, c, reason, err) != MST_OK)
                return err->code;
        if (reason == MSTC_WHY_GONE && mstc_absent_once(run->store, c->entry->number, &once, err) != MST_OK)
                return err->code;
        if (once)
                return drop_open(run, c, "it waits for a second read of everybody", err);
        due = c->link.since + after_ms;
        if (due > mstc_now_ms()) {
                if (drop_open(run, c, "it waits", err) != MST_OK)
                        return err->code;
                return mstc_wake_set(run->store, run->row.id, c->entry->number, t->setup->name, due, err);
        }
        if (!can(t, MST_CAN_DELETE) || c->link.made == 0)
                return drop_open(run, c, c->link.made == 0 ? "we neither made nor adopted it" : "the sink cannot delete", err);
        return propose(run, c, t, &p, err);
}

/* Whom one read has missed is disabled until the next; so is whoever was to be, as that may be
 * approved, and is then planned again. */
static int
disable_first(struct mstc_run *run, struct mstc_case *c, const struct mstc_run_target *t, bool *ret, struct mst_error *err)
{
        if (mstc_absent_once(run->store, c->entry->number, ret, err) != MST_OK)
                return err->code;
        if (*ret || !c->has_open || c->open.verb != MST_DISABLE)
                return MST_OK;
        *ret = true;
        return c->foreseen != NULL ? MST_OK
             : mstc_wake_set(run->store, run->row.id, c->entry->number, t->setup->name, mstc_now_ms(), err);
}

static int
decide_leaver(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        struct mstc_run_target *t = mstc_run_target_of(run, c->link.target);
        int reason = c->entry->gone != 0 && c->entry->gone != MSTC_GONE_OUTSIDE ? MSTC_WHY_GONE : MSTC_WHY_SCOPE;
        const struct mstc_config_leaver *policy;
        struct proposal p = { .verb = MST_DISABLE, .reason = reason };
        bool first = false;                  /* disabled, deleted later                */

        if (t == NULL)
                return drop_open(run, c, "its target is not in the configuration", err);
        policy = reason == MSTC_WHY_GONE ? &config_of(t)->on_gone : &config_of(t)->on_out_of_scope;
        if (policy->what == MSTC_KEEP)
                return drop_open(run, c, "it is kept", err);
        if (reason == MSTC_WHY_GONE && policy->what == MSTC_DELETE && may_be_usable(c) && can(t, MST_CAN_DISABLE)
            && disable_first(run, c, t, &first, err) != MST_OK)
                return err->code;
        if (policy->what == MSTC_DELETE && !first)
                return delete_when_due(run, c, t, reason, policy->delete_after_ms, err);
        if (may_be_usable(c) && can(t, MST_CAN_DISABLE)) {
                p.before = p.after = mstc_record_values(run->scratch, MST_USER);
                if (p.after == NULL)
                        return mst_fail_memory(err, "planning");
                return propose(run, c, t, &p, err);
        }
        if (policy->delete_after_ms == 0)
                return drop_open(run, c, "it stays as it is", err);
        return delete_when_due(run, c, t, reason, policy->delete_after_ms, err);
}

/* What an admin takes back is done before anything else is planned, unless he leaves meanwhile. */
static bool
undo_waits(const struct mstc_case *c)
{
        const struct mstc_entry_op *op = &c->open;
        bool makes = op->verb == MST_CREATE;

        return (op->reason == MSTC_WHY_UNDONE || op->reason == MSTC_WHY_UNDONE_OFF) && op->state != MSTC_OP_PARKED
            && (c->target != NULL || makes || op->verb == MST_ENABLE) && !(makes && mstc_now_ms() - op->matched > DAY_MS);
}

int
mstc_decide(struct mstc_run *run, struct mstc_case *c, struct mst_error *err)
{
        if (c->unsure)
                return mstc_plan_keep(run, c->entry->number, c->mask, err);
        if (c->has_open && (c->open.state == MSTC_OP_SENT || c->open.state == MSTC_OP_UNKNOWN || undo_waits(c)))
                return mstc_plan_keep(run, c->entry->number, c->mask, err);
        if (c->target == NULL && c->linked)
                return decide_leaver(run, c, err);
        if (c->target == NULL)
                return mstc_match_over(run, c->link.sink, c->entry->number, err) != MST_OK
                    || mstc_declined_over(run, c->entry->number, c->link.sink, err) != MST_OK
                     ? err->code : drop_open(run, c, "no longer wanted", err);
        if (c->wanted.ignore_object)
                return drop_open(run, c, "the map leaves it alone", err);
        return c->linked ? decide_present(run, c, err) : decide_absent(run, c, err);
}
