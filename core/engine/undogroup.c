/* undogroup.c - what a run did to a group in its sinks, the other way round.
 *
 *   members   who joined is taken out if he is still in from us, who left is put back if he has
 *             an object there; none of them is asked for again as long as nothing changes that
 *   values    as of people: where the sink still holds what was written
 *   created   as the target treats groups that have vanished: deleted, or its members taken out
 *   deleted   made again from what it held, with the members that it had from us */
#include "build.h"

#include "engine/groupcase.h"
#include "engine/undo.h"

#include <stdio.h>
#include <string.h>

#include "engine/decline.h"
#include "util/alloc.h"

struct change {
        struct mstc_group_case c;
        struct mstc_undo_place place;
        struct mstc_undone_values values;
        struct mstc_set *joined, *left;      /* in the end                             */
        struct mstc_entry_op created, deleted;       /* number 0: it was not           */
        int64_t last;
};

/* ---- what was done -------------------------------------------------------------------------- */

static bool
add(struct mstc_set *to, struct mstc_set *from, const void *packed, size_t size)
{
        struct mstc_set *set = mstc_set_new();
        bool ok = set != NULL && mstc_unpack_set(packed, size, set) && mstc_set_union(to, set) && mstc_set_subtract(from, set);

        mstc_set_free(set);
        return ok;
}

static int
fold(struct mstc_undo *u, struct change *g, const struct mstc_entry_op *op, struct mst_error *err)
{
        bool ok = true;

        g->last = op->number;
        switch (op->verb) {
        case MST_CREATE:
                ok = add(g->joined, g->left, op->before, op->before_size);
                if (g->deleted.number == 0)
                        g->created = *op;
                g->deleted.number = 0;
                break;
        case MST_DELETE:
                if (g->created.number == 0)
                        g->deleted = *op;
                g->created.number = 0;
                break;
        case MST_MEMBERS:
                ok = add(g->left, g->joined, op->before, op->before_size) && add(g->joined, g->left, op->after, op->after_size);
                break;
        default:
                return mstc_undo_fold(u, &g->values, op, err);
        }
        return ok ? MST_OK : mst_fail_memory(err, "undoing");
}

static int
read_ops(struct mstc_undo *u, struct change *g, const struct mstc_past_object *object, struct mst_error *err)
{
        struct mstc_entry_op ops[16];
        int64_t after = 0;
        size_t count = 16;

        while (count == 16) {
                if (mstc_past_ops(u->run->store, object, u->options->run, after, u->run->scratch, ops, 16, &count, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        after = ops[i].number;
                        if (ops[i].target == g->c.target->row.id && fold(u, g, &ops[i], err) != MST_OK)
                                return err->code;
                }
        }
        return MST_OK;
}

/* ---- members ----------------------------------------------------------------------------------- */

/* Only of whom it is asked for. */
static bool
choose(const struct mstc_undo *u, struct change *g)
{
        return u->only == NULL || (mstc_set_intersect(g->joined, u->only) && mstc_set_intersect(g->left, u->only));
}

static int
decline(struct mstc_undo *u, int64_t glink, const struct mstc_set *set, bool joins, struct mst_error *err)
{
        const char *who = u->options->who != NULL ? u->options->who : "an admin";
        char why[200];

        (void)snprintf(why, sizeof why, MSTC_UNDONE_BY "%s", who);
        for (uint32_t n = 0; mstc_set_next(set, &n); n++) {
                u->run->refused_none = false;
                if (mstc_gbad_add(u->run->store, glink, n, joins, why, u->run->id, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* Of those, who has an object there. */
static int
keep_linked(struct mstc_undo *u, struct change *g, struct mstc_set *set, struct mst_error *err)
{
        uint64_t all = mstc_set_count(set);

        for (uint32_t n = 0; mstc_set_next(set, &n); n++) {
                const char *object, *name;
                bool is_group;

                if (mstc_member_name(u->run, g->c.target, n, true, u->run->scratch, &object, &name, &is_group, err) != MST_OK)
                        return err->code;
                if (name == NULL || (!is_group && !mstc_set_has(g->c.target->linked, n)))
                        mstc_set_remove(set, n);
        }
        if (mstc_set_count(set) != all)
                mstc_undo_skip(u, &g->place, "members", "%llu who were in it have no object there any more",
                               (unsigned long long)(all - mstc_set_count(set)));
        return MST_OK;
}

static int
turn_members(struct mstc_undo *u, struct change *g, struct mst_error *err)
{
        struct mstc_loaded *present = mstc_members_present(u->run, g->c.glink.id, err);

        if (present == NULL)
                return err->code;
        g->c.present = mstc_set_count(present->set);
        g->c.leaves = mstc_set_copy(g->joined);
        g->c.joins = mstc_set_copy(g->left);
        if (g->c.leaves == NULL || g->c.joins == NULL || !mstc_set_intersect(g->c.leaves, present->set)
            || !mstc_set_subtract(g->c.joins, present->set))
                return mst_fail_memory(err, "undoing");
        if (keep_linked(u, g, g->c.joins, err) != MST_OK || decline(u, g->c.glink.id, g->c.leaves, true, err) != MST_OK
            || decline(u, g->c.glink.id, g->c.joins, false, err) != MST_OK)
                return err->code;
        return mstc_group_members(u->run, &g->c, mstc_live_facts(g->c.target->sink)->members, err);
}

/* ---- values --------------------------------------------------------------------------------------- */

static int
decline_next(struct mstc_undo *u, struct change *g, const struct mst_record *after, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };
        struct mstc_run *run = u->run;
        struct mstc_entry_op op = { .kind = MST_GROUP, .entry = g->c.grp.id, .sink = g->c.target->sink->id,
                                    .target = g->c.target->row.id, .verb = MST_UPDATE };
        struct mst_record *then = mstc_record_merge(run->scratch, g->place.applied, after), *wanted, *old, *new;
        int rc = g->c.use == NULL ? MST_END
               : mstc_wanted_group(run, g->c.target, &g->c.grp, g->c.glink.suffix, run->scratch, &wanted, err);

        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        if (then == NULL)
                return mst_fail_memory(err, "undoing");
        mstc_record_tidy(then);
        if (!mstc_difference(run->scratch, then, wanted, &old, &new))
                return mst_fail_memory(err, "undoing");
        for (uint32_t i = 0; i < new->count; i++) {
                const struct mstc_fact_attribute *a = mstc_facts_find(mstc_live_facts(g->c.target->sink), MST_GROUP,
                                                                      new->fields[i].name);

                if (a != NULL && (a->flags & MST_ATTR_NAMING) != 0)
                        op.verb = MST_RENAME;
        }
        mstc_record_flat(new, &flat);
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "undoing");
        op.after = flat.bytes;
        op.after_size = flat.length;
        return new->count == 0 ? MST_OK : mstc_decline(run->store, &op, u->decision, err);
}

static int
turn_values(struct mstc_undo *u, struct change *g, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer old = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer new = { 0 };
        struct mst_record *before, *after;
        bool naming;

        if (g->values.former == NULL)
                return MST_OK;
        if (mstc_undo_values(u, &g->place, &g->values, &before, &after, &naming, err) != MST_OK || after->count == 0)
                return err->code;
        mstc_record_flat(before, &old);
        mstc_record_flat(after, &new);
        if (!mstc_buffer_ok(&old) || !mstc_buffer_ok(&new))
                return mst_fail_memory(err, "undoing");
        if (mstc_group_op(u->run, &g->c, naming ? MST_RENAME : MST_UPDATE, MSTC_RANK_GROUPS, 0, &old, &new, err) != MST_OK)
                return err->code;
        return decline_next(u, g, after, err);
}

/* ---- created, deleted --------------------------------------------------------------------------------- */

static int
remove_created(struct mstc_undo *u, struct change *g, struct mst_error *err)
{
        struct mstc_glink glink = g->c.glink;
        bool time;
        enum mstc_fate_do fate = mstc_group_fate(g->c.target, g->c.use, MSTC_WHY_VANISHED, &glink, &time);

        if (fate == MSTC_FATE_DELETE && (mstc_live_facts(g->c.target->sink)->can & MST_CAN_DELETE) != 0) {
                if (g->c.glink.made == MSTC_MADE_CREATED && mstc_undo_untouched(&g->place))
                        return mstc_group_delete(u->run, &g->c, err) != MST_OK ? err->code
                             : mstc_decline(u->run->store, &g->created, u->decision, err);
                mstc_undo_skip(u, &g->place, NULL, "it is not deleted, as somebody has changed it since; its members are "
                               "taken out");
        } else
                mstc_undo_skip(u, &g->place, NULL, "the target keeps groups that are not made any more (<on-vanished>); its members "
                               "are taken out");
        return turn_members(u, g, err);
}

static int
is_free(struct mstc_undo *u, struct change *g, bool *ret, struct mst_error *err)
{
        struct mstc_question q = { .target = g->c.target, .kind = MST_GROUP, .wanted = g->c.wanted };
        struct mst_error why = { 0 };

        *ret = false;
        if (mstc_group_identity(u->run, g->c.grp.id, g->c.grp.name, u->run->scratch, &q.id, &q.stamp, err) != MST_OK)
                return err->code;
        if (mstc_match_by_asking(u->run, g->c.target->sink, &q, 1, u->run->scratch, &why) != MST_OK)
                mstc_undo_skip(u, &g->place, NULL, "it could not be looked up: %s", why.text);
        else if (q.match.answer != MSTC_ABSENT)
                mstc_undo_skip(u, &g->place, NULL, "it may be there already");
        else
                *ret = true;
        return MST_OK;
}

static int
make_again(struct mstc_undo *u, struct change *g, struct mst_error *err)
{
        struct mstc_run *run = u->run;
        const void *packed;
        size_t size;
        bool free, wait;
        int rc;

        if (g->deleted.before_size == 0
            || mstc_record_unflat(g->deleted.before, g->deleted.before_size, "", run->scratch, &g->c.wanted, err) != MST_OK)
                return err->code;
        if (is_free(u, g, &free, err) != MST_OK || !free)
                return err->code;
        rc = mstc_past_members(run->store, g->deleted.number, run->scratch, &packed, &size, err);
        if (rc < 0)
                return rc;
        g->c.joins = mstc_set_new();
        g->c.leaves = mstc_set_new();
        if (g->c.joins == NULL || g->c.leaves == NULL || (packed != NULL && !mstc_unpack_set(packed, size, g->c.joins)))
                return mst_fail_memory(err, "undoing");
        mstc_undo_skip(u, &g->place, NULL, "it is made again; its id%s not come back", packed != NULL
                       ? ", and members that others had added, do" : " and its members, who are not known, do");
        if (keep_linked(u, g, g->c.joins, err) != MST_OK || decline(u, g->c.glink.id, g->c.joins, true, err) != MST_OK)
                return err->code;
        g->c.linked = false;
        g->c.glink.reason = g->c.glink.declined = g->deleted.reason;
        g->c.glink.since = mstc_now_ms();
        if (mstc_glink_put(run->store, &g->c.glink, err) != MST_OK
            || mstc_decline(run->store, &g->deleted, u->decision, err) != MST_OK)
                return err->code;
        return mstc_group_absent(run, &g->c, mstc_live_facts(g->c.target->sink)->members, &wait, err);
}

/* ---- one group in one target ------------------------------------------------------------------------------ */

static int
look_up(struct change *g, struct mst_search *search, struct mst_error *err)
{
        struct mst_query *query = mstc_search_add(search, MST_GROUP);
        struct mst_error why = { 0 };

        if (query == NULL || !mstc_query_by_object(query, g->c.glink.object))
                return mst_fail_memory(err, "undoing");
        if (mstc_live_find(g->c.target->sink, search, &why) != MST_OK)
                mstc_live_put_aside(g->c.target->sink, &why);
        query = &search->queries[0];
        if (query->done && !query->failed && query->found_count == 1)
                g->place.found = &query->found[0];
        return MST_OK;
}

static int
reverse(struct mstc_undo *u, struct change *g, const struct mstc_past_object *object, struct mst_search *search,
        struct mst_error *err)
{
        struct mst_record *applied = NULL;
        enum mst_verb later;
        int64_t by;

        if (g->c.glink.applied != NULL
            && mstc_record_unflat(g->c.glink.applied, g->c.glink.applied_size, "", u->run->scratch, &applied, err) != MST_OK)
                return err->code;
        g->place.applied = applied;
        g->place.name = g->c.glink.name;
        if (g->deleted.number != 0 && u->only == NULL) {
                if (!g->c.linked)
                        return make_again(u, g, err);
                mstc_undo_skip(u, &g->place, NULL, "it is there again");
                return MST_OK;
        }
        if (!g->c.linked) {
                mstc_undo_skip(u, &g->place, NULL, "there is no object of ours any more");
                return MST_OK;
        }
        if (u->only != NULL)
                return turn_members(u, g, err);
        if ((g->created.number != 0 || g->values.former != NULL)
            && (mstc_live_facts(g->c.target->sink)->can & MST_CAN_FIND) != 0 && look_up(g, search, err) != MST_OK)
                return err->code;
        if (g->created.number != 0)
                return remove_created(u, g, err);
        if (mstc_undo_later(u, &g->place, &g->values, object, g->last, &later, &by, err) != MST_OK
            || turn_values(u, g, err) != MST_OK)
                return err->code;
        return turn_members(u, g, err);
}

static int
undo_in(struct mstc_undo *u, struct change *g, const struct mstc_past_object *object, struct mst_error *err)
{
        struct mst_search *search;
        struct mstc_entry_op open;
        int rc = read_ops(u, g, object, err);

        if (rc != MST_OK || g->last == 0)
                return rc;
        if (!choose(u, g))
                return mst_fail_memory(err, "undoing");
        if ((u->only != NULL && mstc_set_count(g->joined) + mstc_set_count(g->left) == 0) || !mstc_undo_usable(u, &g->place))
                return MST_OK;
        rc = mstc_op_of(u->run->store, MST_GROUP, object->entry, object->sink, u->run->scratch, &open, err);
        if (rc == MST_OK && open.target == g->c.target->row.id && open.number <= u->run->plan_from) {
                mstc_undo_skip(u, &g->place, NULL, "another op of run %lld waits there (%s); let it be done, or reject it",
                               (long long)open.run, mst_verb_name(open.verb));
                return MST_OK;
        }
        if (rc >= 0)
                rc = mstc_glink_get(u->run->store, object->entry, g->c.target->row.id, u->run->scratch, &g->c.glink, err);
        if (rc < 0)
                return rc;
        g->c.linked = rc == MST_OK && g->c.glink.state == MSTC_LINK_LIVE;
        g->c.use = mstc_use_of(g->c.target->setup, g->c.grp.name);
        g->c.reason = MSTC_WHY_UNDONE;
        search = mstc_search_new();
        rc = search != NULL ? reverse(u, g, object, search, err) : mst_fail_memory(err, "undoing");
        mstc_search_free(search);
        return rc;
}

int
mstc_undo_group(struct mstc_undo *u, const struct mstc_past_object *object, struct mst_error *err)
{
        struct mstc_grp grp;
        int rc = mstc_grp_next(u->run->store, u->run->row.id, object->entry - 1, u->run->scratch, &grp, err);

        if (rc != MST_OK || grp.id != object->entry)
                return rc < 0 ? rc : MST_OK;
        for (size_t i = 0; rc >= 0 && i < u->run->target_count; i++) {
                struct mstc_run_target *t = &u->run->targets[i];
                struct change g = { .c = { .grp = grp, .target = t }, .joined = mstc_set_new(), .left = mstc_set_new(),
                                    .place = { .target = t, .kind = MST_GROUP, .id = grp.name, .title = grp.name } };

                if (t->sink->id == object->sink)
                        rc = g.joined != NULL && g.left != NULL ? undo_in(u, &g, object, err) : mst_fail_memory(err, "undoing");
                mstc_set_free(g.joined);
                mstc_set_free(g.left);
                mstc_set_free(g.c.joins);
                mstc_set_free(g.c.leaves);
        }
        return rc < 0 ? rc : MST_OK;
}
