/* groupabsent.c - a group that a sink does not have yet.
 *
 * It is created with its first members; the others follow in ops of their own.  Where something
 * has its name there already (groupname.c), it is adopted, which is held until somebody says
 * yes, or is in the way, which is told.  Two groups of ours never share an object. */
#include "build.h"

#include "engine/groupcase.h"

#include <string.h>

#include "util/alloc.h"

struct mstc_set *
mstc_set_take(struct mstc_set *from, uint64_t most)
{
        struct mstc_set *ret = mstc_set_new();
        uint64_t taken = 0;

        for (uint32_t n = 0; ret != NULL && (most == 0 || taken < most) && mstc_set_next(from, &n); n++, taken++) {
                if (!mstc_set_add(ret, n)) {
                        mstc_set_free(ret);
                        return NULL;
                }
                mstc_set_remove(from, n);
        }
        return ret;
}

static int
plan_create(struct mstc_run *run, struct mstc_group_case *c, uint32_t most, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer members = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer after = { 0 };
        struct mstc_set *first;
        uint64_t count;

        if (mstc_set_count(c->joins) == 0 && (mstc_live_facts(c->target->sink)->can & MST_CAN_EMPTY_GROUP) == 0)
                return MST_OK;               /* it waits for its first member          */
        first = mstc_set_take(c->joins, most);
        if (first == NULL)
                return mst_fail_memory(err, "planning groups");
        count = mstc_set_count(first);
        mstc_pack_set(first, &members);
        mstc_record_flat(c->wanted, &after);
        mstc_set_free(first);
        if (!mstc_buffer_ok(&members) || !mstc_buffer_ok(&after))
                return mst_fail_memory(err, "planning groups");
        if (c->glink.state == MSTC_LINK_LOST && c->reason == MSTC_WHY_NONE)
                c->reason = MSTC_WHY_LOST;   /* counts with the people who are gone     */
        return mstc_group_op(run, c, MST_CREATE, MSTC_RANK_GROUPS, (int64_t)count, &members, &after, err);
}

/* It cannot be made as it is, and waits with the reason. */
static int
plan_duplicate(struct mstc_run *run, struct mstc_group_case *c, const char *why, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer after = { 0 };
        struct mstc_entry_op op = {
                .run = run->id, .target = c->target->row.id, .sink = c->target->sink->id, .kind = MST_GROUP,
                .entry = c->grp.id, .verb = MST_CREATE, .rank = MSTC_RANK_GROUPS, .state = MSTC_OP_PARKED, .name = c->grp.name,
        };

        mstc_record_flat(c->wanted, &after);
        if (!mstc_buffer_ok(&after))
                return mst_fail_memory(err, "planning groups");
        op.after = after.bytes;
        op.after_size = after.length;
        run->planned++;
        c->target->counts[MSTC_N_DUPLICATE]++;
        mstc_log(run->engine, MSTC_EVENT_GROUP_PARKED, "create of group '%s' in '%s' is parked: %s", c->grp.name,
                 c->target->setup->name, why);
        return mstc_op_add(run->store, &op, err) != MST_OK ? err->code
             : mstc_op_park(run->store, op.number, MST_DUPLICATE, why, err);
}

/* What has its name there becomes the group, as an op of its own; its members come later. */
static int
plan_adopt(struct mstc_run *run, struct mstc_group_case *c, const struct mstc_group_place *place, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer holds = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer old = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer new = { 0 };
        const char *naming = mstc_facts_naming(mstc_live_facts(c->target->sink), MST_GROUP);
        struct mst_record *before, *after;

        if (c->glink.declined == MSTC_WHY_EXISTS)
                return MST_OK;
        if (!mstc_difference(run->scratch, place->holds, c->wanted, &before, &after))
                return mst_fail_memory(err, "planning groups");
        for (uint32_t i = 0; i < after->count; i++)      /* it is named so already, perhaps in other letters */
                if (strcasecmp(after->fields[i].name, naming) == 0) {
                        const char *name = after->fields[i].name;

                        if (!mstc_record_share(place->holds, name, &after->fields[i].value))
                                return mst_fail_memory(err, "planning groups");
                        mstc_record_remove(before, name);
                        mstc_record_remove(after, name);
                        break;
                }
        mstc_record_flat(place->holds, &holds);
        mstc_record_flat(before, &old);
        mstc_record_flat(after, &new);
        if (!mstc_buffer_ok(&holds) || !mstc_buffer_ok(&old) || !mstc_buffer_ok(&new))
                return mst_fail_memory(err, "planning groups");
        /* The tie is noted, but it is none before the op is done. */
        c->glink.sink = c->target->sink->id;
        c->glink.target = c->target->row.id;
        c->glink.grp = c->grp.id;
        c->glink.object = place->object;
        c->glink.name = place->name;
        c->glink.version = place->version;
        c->glink.made = MSTC_MADE_ADOPTED;
        c->glink.state = 0;
        c->glink.applied = holds.bytes;
        c->glink.applied_size = holds.length;
        if (mstc_glink_put(run->store, &c->glink, err) != MST_OK)
                return err->code;
        c->glink.applied = NULL;             /* ends with this function                */
        c->reason = MSTC_WHY_EXISTS;
        return mstc_group_op(run, c, MST_ADOPT, MSTC_RANK_GROUPS, 0, &old, &new, err);
}

/* Another group of ours that has the name there, or gets it in this plan. */
static int
own_clash(struct mstc_run *run, struct mstc_group_case *c, const char **ret, struct mst_error *err)
{
        const char *label = mstc_group_label(c->target, c->wanted, run->scratch), *owner = NULL, *key;
        struct mstc_grp other;
        int64_t holder;
        int rc = MST_OK;

        *ret = NULL;
        if (label == NULL)
                return MST_OK;
        if (mstc_glink_owner(run->store, c->target->sink->id, c->grp.id, NULL, label, run->scratch, &owner, err) != MST_OK)
                return err->code;
        key = mst_arena_printf(run->scratch, "%lld:%s", (long long)c->target->sink->id, label);
        holder = key != NULL ? (intptr_t)mstc_map_get(run->members->labels, key) : 0;
        if (owner == NULL && holder != 0 && holder != c->grp.id) {
                rc = mstc_grp_next(run->store, run->row.id, holder - 1, run->scratch, &other, err);
                owner = rc == MST_OK && other.id == holder ? other.name : NULL;
        }
        if (rc < 0)
                return rc;
        if (owner == NULL)
                return key != NULL && mstc_map_put(run->members->labels, key, (void *)(intptr_t)c->grp.id)
                     ? MST_OK : mst_fail_memory(err, "planning groups");
        *ret = mst_arena_printf(run->scratch, "the group '%s' has that name there: rename one of them", owner);
        return *ret != NULL ? MST_OK : mst_fail_memory(err, "planning groups");
}

int
mstc_group_absent(struct mstc_run *run, struct mstc_group_case *c, uint32_t most, bool *ret_wait, struct mst_error *err)
{
        const struct mstc_group_place *place = mstc_group_place(run, c->target, c->grp.id);
        bool held_back = mstc_set_count(c->joins) == 0 && (mstc_live_facts(c->target->sink)->can & MST_CAN_EMPTY_GROUP) == 0;
        const char *clash = NULL;

        if (!held_back && own_clash(run, c, &clash, err) != MST_OK)
                return err->code;
        if (clash != NULL)
                return plan_duplicate(run, c, clash, err);
        if (place != NULL && !held_back) {
                *ret_wait = place->answer == MSTC_NOT_KNOWN;
                if (*ret_wait)
                        return MST_OK;
                if (place->answer == MSTC_DUPLICATE)
                        return plan_duplicate(run, c, place->why, err);
                if (place->answer == MSTC_ADOPTABLE)
                        return plan_adopt(run, c, place, err);
        }
        return plan_create(run, c, most, err) != MST_OK ? err->code : mstc_group_members(run, c, most, err);
}
