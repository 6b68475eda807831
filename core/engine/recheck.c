/* recheck.c - what was once in doubt is looked up again.
 *
 * A call whose answer was lost may land after everything was decided: a server works through what
 * it had queued, a proxy delivers what it had held.  So whatever was once in doubt is looked up
 * a quarter of an hour later, a day later, and whenever the source was read as a whole in between:
 *
 *   no link, and our object is there    a create has come late: tied, and the plan decides what
 *                                       becomes of it; who has left meanwhile leaves again,
 *                                       through the guards
 *   a link, and nothing is there        a delete has come late: lost, planned anew
 *   a link, and other values            a change has come late: they are what is applied now
 *   an answer to disable or enable      was lost and the other is wanted now: it is told anew
 *   several objects with our stamp      said, and left to an admin; never removed by us
 *   a group's members                   told anew, once */
#include "build.h"

#include "engine/members.h"
#include "engine/resolving.h"

#include <string.h>

#include "store/doubts.h"
#include "store/entries.h"
#include "store/groups.h"

static int
dirty(struct mstc_run *run, const struct mstc_doubtful *d, struct mst_error *err)
{
        return mstc_dirty_add(run->store, run->row.id, d->row.entry, UINT32_C(1) << d->target->setup->bit, err);
}

static const char *
name_of(const struct mstc_doubtful *d)
{
        return d->row.name != NULL ? d->row.name : d->id;
}

/* ---- nobody is tied ---------------------------------------------------------------------------- */

static int
came_late(struct mstc_run *run, struct mstc_doubtful *d, const struct mstc_candidate *c, struct mst_error *err)
{
        bool taken;

        /* Found by its values only: it is ours if it was us who were about to make it. */
        if (!mstc_doubt_ours(run, d, c) && (d->row.verb != MST_CREATE || (c->stamp != NULL && c->stamp[0] != '\0')))
                return MST_OK;
        if (mstc_doubt_taken(run, d, c->object, &taken, err) != MST_OK || taken)
                return err->code;
        mstc_log(run->engine, MSTC_EVENT_CAME_LATE, "the object of %s is in '%s' after all: a call came late whose answer was "
                 "lost; it is planned anew", name_of(d), d->target->setup->name);
        d->link.made = MSTC_MADE_CREATED;
        d->link.state = MSTC_LINK_LIVE;
        d->link.reason = MSTC_WHY_NONE;
        d->link.since = 0;
        if (mstc_doubt_take_over(run, d, c, err) != MST_OK)
                return err->code;
        return dirty(run, d, err);
}

static int
several(struct mstc_run *run, const struct mstc_doubtful *d, const struct mst_query *query, struct mst_error *err)
{
        mstc_log(run->engine, MSTC_EVENT_TWICE, "%s is in '%s' %zu times with our stamp: a call came late; remove the wrong ones "
                 "there by hand", name_of(d), d->target->setup->name, query->found_count);
        for (size_t i = 0; i < query->found_count; i++)
                if ((d->link.object == NULL || strcmp(query->found[i].object, d->link.object) != 0)
                    && mstc_duplicate_put(run->store, d->row.sink, d->row.entry, query->found[i].object, query->found[i].name,
                                          "stamp", NULL, run->id, err) != MST_OK)
                        return err->code;
        d->target->counts[MSTC_N_DUPLICATE]++;
        return MST_OK;
}

/* ---- somebody is tied ---------------------------------------------------------------------------- */

/* What it holds otherwise than we left it, as if we had written that. */
static int
take_changes(struct mstc_run *run, struct mstc_doubtful *d, const struct mstc_candidate *c, struct mst_error *err)
{
        struct mst_record *now = mstc_doubt_holds(run, d, c->record), *before, *after;

        if (now == NULL || !mstc_difference(run->arena, d->link.applied, now, &before, &after))
                return mst_fail_memory(err, "looking up ops");
        for (uint32_t i = 0; i < after->count; ) {
                if (mst_record_get(now, after->fields[i].name) != NULL)
                        i++;
                else                         /* the sink does not show it              */
                        mstc_record_remove(after, after->fields[i].name);
        }
        if (after->count == 0 && strcmp(c->name, d->link.name != NULL ? d->link.name : "") == 0)
                return MST_OK;
        mstc_log(run->engine, MSTC_EVENT_NOT_AS_LEFT, "the object of %s in '%s' is not as it was left: a call may have come late; it "
                 "is planned anew", name_of(d), d->target->setup->name);
        now = mstc_record_merge(run->arena, d->link.applied, after);
        if (now == NULL || mstc_doubt_take_over(run, d, c, err) != MST_OK)
                return err->code != MST_OK ? err->code : mst_fail_memory(err, "looking up ops");
        d->link.applied = now;
        return mstc_link_put(run->store, &d->link, err) != MST_OK ? err->code : dirty(run, d, err);
}

/* Whether somebody may sign in cannot be looked up. */
static int
turn_again(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        int late = d->row.verb == MST_DISABLE ? MSTC_LINK_LIVE : d->row.verb == MST_ENABLE ? MSTC_LINK_DISABLED : 0;

        if (d->link.state != late)
                return MST_OK;
        d->link.state = MSTC_LINK_DISABLED;
        d->link.reason = MSTC_WHY_DOUBT;
        return mstc_link_put(run->store, &d->link, err) != MST_OK ? err->code : dirty(run, d, err);
}

static int
still_there(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        if (d->query->found_count != 0)
                return take_changes(run, d, &d->query->found[0], err) != MST_OK ? err->code : turn_again(run, d, err);
        mstc_log(run->engine, MSTC_EVENT_GONE_LATE, "the object of %s is gone from '%s': a call may have come late; it is planned "
                 "anew", name_of(d), d->target->setup->name);
        return mstc_link_ended(run, d->target, &d->link, MSTC_LINK_LOST, err) != MST_OK ? err->code : dirty(run, d, err);
}

static int
user(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        const struct mst_query *all = d->stamped != NULL ? d->stamped : d->query;
        bool linked = d->link.object != NULL
                   && (d->link.state == MSTC_LINK_LIVE || d->link.state == MSTC_LINK_DISABLED);

        if (all->stamp != NULL && all->found_count > 1)
                return several(run, d, all, err);
        if (linked)
                return still_there(run, d, err);
        return all->found_count == 1 ? came_late(run, d, &all->found[0], err) : MST_OK;
}

/* ---- groups ------------------------------------------------------------------------------------- */

static int
group(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        struct mstc_glink glink;
        const char *id, *stamp;
        int rc = mstc_glink_get(run->store, d->row.entry, d->target->row.id, run->arena, &glink, err);

        if (rc < 0)
                return rc;
        if (d->row.verb == MST_MEMBERS && rc == MST_OK && glink.state == MSTC_LINK_LIVE)
                return mstc_members_doubt(run, d->target, &d->row, err) != MST_OK ? err->code
                     : mstc_gdirty_add(run->store, run->row.id, d->row.entry, err);
        if (d->row.verb != MST_CREATE || !d->asked || d->query->found_count != 1
            || (rc == MST_OK && glink.state == MSTC_LINK_LIVE))
                return MST_OK;
        if (mstc_group_identity(run, d->row.entry, d->row.name, run->arena, &id, &stamp, err) != MST_OK)
                return err->code;
        if (d->query->found[0].stamp == NULL || strcmp(d->query->found[0].stamp, stamp) != 0)
                return MST_OK;
        mstc_log(run->engine, MSTC_EVENT_GROUP_LATE, "the group '%s' is in '%s' after all: a call came late whose answer was lost; it "
                 "is planned anew", name_of(d), d->target->setup->name);
        if (mstc_doubt_take_group(run, d, &d->query->found[0], err) != MST_OK
            || mstc_members_doubt(run, d->target, &d->row, err) != MST_OK)
                return err->code;
        return mstc_gdirty_add(run->store, run->row.id, d->row.entry, err);
}

static int
decide(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        if (d->target == NULL || (d->asked && !d->answered))
                return MST_OK;               /* another run sees it                    */
        if (d->row.kind == MST_GROUP ? group(run, d, err) != MST_OK : d->asked && user(run, d, err) != MST_OK)
                return err->code;
        return mstc_doubt_looked(run->store, d->row.number, mstc_now_ms(), err);
}

/* ---- all of a sink ------------------------------------------------------------------------------ */

static int
recheck_sink(struct mstc_run *run, struct mstc_live *sink, int64_t now, struct mst_error *err)
{
        struct mstc_entry_op rows[MSTC_DOUBTS_AT_ONCE];
        size_t count, most = mstc_live_facts(sink)->find / 2;   /* two questions each    */
        int64_t after = 0;

        if (most == 0 || most > MSTC_DOUBTS_AT_ONCE)
                most = mstc_live_facts(sink)->find != 0 && most == 0 ? 1 : MSTC_DOUBTS_AT_ONCE;
        do {
                struct mstc_doubtful *doubts;

                if (mstc_doubts_due(run->store, sink->id, now, after, run->arena, rows, most, &count, err) != MST_OK)
                        return err->code;
                doubts = mst_arena_alloc(run->arena, (count + 1) * sizeof *doubts);
                if (doubts == NULL)
                        return mst_fail_memory(err, "looking up ops");
                for (size_t i = 0; i < count; i++) {
                        doubts[i].row = rows[i];
                        doubts[i].again = true;
                        after = rows[i].number;
                }
                if (count != 0 && mstc_doubts_look_up(run, sink, doubts, count, decide, err) != MST_OK)
                        return err->code;
        } while (count == most && sink->aside[0] == '\0' && !mstc_engine_stopping(run->engine));
        return MST_OK;
}

int
mstc_recheck(struct mstc_run *run, bool all, struct mst_error *err)
{
        int64_t now = all ? INT64_MAX : mstc_now_ms();

        for (size_t i = 0; i < run->target_count; i++) {
                struct mstc_run_target *t = &run->targets[i];
                struct mstc_entry_op row;
                size_t count;

                if (mstc_doubts_due(run->store, t->sink->id, now, 0, run->arena, &row, 1, &count, err) != MST_OK
                    || (count != 0 && mstc_target_ready(run, t, err) != MST_OK))
                        return err->code;
                if (count != 0 && mstc_first_of_sink(run, i) && !t->no_plan && t->sink->aside[0] == '\0'
                    && recheck_sink(run, t->sink, now, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}
