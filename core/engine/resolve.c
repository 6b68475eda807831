/* resolve.c - what became of ops whose result is not known.
 *
 * An op that was sent and never answered, in this life or an earlier one, is first left alone
 * for its quiet time (the server may still be at it), then its object is looked up, and only then
 * is anything decided:
 *
 *   create    there: it is ours, tied as found; absent: planned again; several there, or no way to
 *             tell: parked, never guessed
 *   change    there: what the object holds now is taken as applied, and the entry planned anew
 *   delete    absent: done; there: planned again
 *   members   adding who is there and removing who is not are harmless: planned anew
 *
 * What cannot be looked up stays unknown; what was decided is looked at again later (recheck.c).
 *
 * Where names are unique in the sink, a call that lands after the quiet time is refused or finds
 * itself done, so that time is short; elsewhere it is what a server and all that lies between may
 * take at most.  A run waits for the end of a short one, after all else that it has to do. */
#include "build.h"

#include "engine/members.h"
#include "engine/resolving.h"

#include <string.h>

#include "store/doubts.h"
#include "store/entries.h"
#include "store/groups.h"
#include "util/date.h"

#define QUIET_MS INT64_C(2000)               /* where a name can be there only once    */
#define QUIET_WEAK_MS INT64_C(60000)         /* where it cannot be told                */
#define WAIT_MOST_MS INT64_C(10000)          /* a run waits no longer than that        */

/* ---- asking ----------------------------------------------------------------------------- */

static int
prepare(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        int rc;

        d->target = mstc_run_target_of(run, d->row.target);
        if (d->row.after != NULL && !(d->row.kind == MST_GROUP && d->row.verb == MST_MEMBERS)
            && mstc_record_unflat(d->row.after, d->row.after_size, "", run->arena, &d->after, err) != MST_OK)
                return err->code;
        if (d->row.kind != MST_USER) {
                d->id = d->row.name;
                return MST_OK;
        }
        if (mstc_entry_id(run->store, d->row.entry, run->arena, &d->id, err) != MST_OK)
                return err->code;
        rc = mstc_link_get(run->store, d->row.entry, d->row.sink, run->arena, &d->link, err);
        d->link.sink = d->row.sink;
        d->link.entry = d->row.entry;
        return rc < 0 ? rc : MST_OK;
}

/* A value by which the object of a create can be found when it has no stamp. */
static const struct mst_value *
telling_value(const struct mstc_doubtful *d, const char **attribute)
{
        const struct mstc_config_target *config = d->target->setup->config;
        const char *naming = mstc_facts_naming(mstc_live_facts(d->target->sink), d->row.kind);

        for (size_t i = 0; i <= config->match_count; i++) {
                const char *name = i < config->match_count && d->row.kind == MST_USER
                                 ? config->matches[i].attribute : naming;

                for (uint32_t k = 0; name != NULL && d->after != NULL && k < d->after->count; k++)
                        if (strcasecmp(d->after->fields[k].name, name) == 0) {
                                const struct mst_value *v = mst_value_at(&d->after->fields[k].value, 0);

                                *attribute = d->after->fields[k].name;
                                if (v != NULL && v->type == MST_TEXT && v->length != 0)
                                        return v;
                        }
        }
        return NULL;
}

/* Something would find the object if it were there. */
static bool
can_be_told(const struct mstc_doubtful *d, const struct mst_facts *facts)
{
        const char *attribute;

        return (facts->can & MST_CAN_STAMP) != 0 || d->link.object != NULL || telling_value(d, &attribute) != NULL;
}

/* The object that the link names is the one to look at. */
static bool
by_object(const struct mstc_doubtful *d)
{
        bool linked = d->link.state == MSTC_LINK_LIVE || d->link.state == MSTC_LINK_DISABLED;

        return d->link.object != NULL && (d->again ? linked : d->row.verb != MST_CREATE);
}

static int
ask(struct mstc_run *run, struct mst_search *search, struct mstc_doubtful *d, struct mst_error *err)
{
        const struct mst_facts *facts = mstc_live_facts(d->target->sink);
        const char *attribute = NULL, *stamp;
        const struct mst_value *value;
        struct mst_query *query;
        bool ok = true;

        if (d->row.kind == MST_GROUP && d->row.verb != MST_CREATE)
                return MST_OK;
        if (d->row.kind == MST_USER && !can_be_told(d, facts))
                return MST_OK;
        query = mstc_search_add(search, d->row.kind);
        if (query == NULL)
                return mst_fail_memory(err, "looking up ops");
        if (d->row.kind != MST_GROUP)
                stamp = mstc_stamp(run, d->id, run->arena);
        else if (mstc_group_identity(run, d->row.entry, d->row.name, run->arena, &d->id, &stamp, err) != MST_OK)
                return err->code;
        value = telling_value(d, &attribute);
        if (by_object(d))
                ok = mstc_query_by_object(query, d->link.object);
        else if ((facts->can & MST_CAN_STAMP) != 0 && stamp != NULL && d->row.kind == MST_USER)
                ok = mstc_query_by_stamp(query, stamp);
        else if (value != NULL)
                ok = mstc_query_by_value(query, attribute, value);
        else
                ok = mstc_query_by_stamp(query, stamp != NULL ? stamp : "");
        query->engine = d;
        d->asked = true;
        if (ok && d->again && by_object(d) && (facts->can & MST_CAN_STAMP) != 0 && stamp != NULL) {
                query = mstc_search_add(search, d->row.kind);
                ok = query != NULL && mstc_query_by_stamp(query, stamp);
                if (ok)
                        query->engine = d;
        }
        return ok ? MST_OK : mst_fail_memory(err, "looking up ops");
}

/* ---- deciding ------------------------------------------------------------------------------ */

struct mst_record *
mstc_doubt_holds(struct mstc_run *run, const struct mstc_doubtful *d, const struct mst_record *present)
{
        struct mst_record *ret = mstc_record_values(run->arena, MST_USER);

        for (size_t m = 0; ret != NULL && m < d->target->setup->map_count; m++) {
                const char *to = d->target->setup->maps[m].to;

                for (uint32_t i = 0; present != NULL && i < present->count; i++)
                        if (strcasecmp(present->fields[i].name, to) == 0
                            && !mstc_record_set(ret, to, &present->fields[i].value))
                                return NULL;
        }
        mstc_names_as_text(ret);
        return ret;
}

static int
plan_anew(struct mstc_run *run, struct mstc_doubtful *d, const char *why, struct mst_error *err)
{
        if (mstc_op_end(run->store, d->row.number, MSTC_OP_SUPERSEDED, MST_UNKNOWN, run->id, why, err) != MST_OK)
                return err->code;
        if (d->row.kind == MST_GROUP && mstc_members_doubt(run, d->target, &d->row, err) != MST_OK)
                return err->code;
        return d->row.kind == MST_GROUP
             ? mstc_gdirty_add(run->store, run->row.id, d->row.entry, err)
             : mstc_dirty_add(run->store, run->row.id, d->row.entry, UINT32_C(1) << d->target->setup->bit, err);
}

static int
park(struct mstc_run *run, struct mstc_doubtful *d, enum mst_outcome outcome, const char *why, struct mst_error *err)
{
        if (d->row.kind == MST_USER && outcome == MST_DUPLICATE && mstc_op_matched(run->store, d->row.number, 0, err) != MST_OK)
                return err->code;            /* looked for before it is sent           */
        mstc_parked(run, d->target, MSTC_N_PARKED, d->row.verb, d->row.name != NULL ? d->row.name : d->id, why);
        return mstc_op_park(run->store, d->row.number, (int)outcome, why, err);
}

/* The op may still be sent as it stands; whether it is still wanted, the plan knows. */
static int
put_back(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        if (mstc_op_put_back(run->store, d->row.number, err) != MST_OK)
                return err->code;
        return mstc_dirty_add(run->store, run->row.id, d->row.entry, UINT32_C(1) << d->target->setup->bit, err);
}

bool
mstc_doubt_ours(struct mstc_run *run, const struct mstc_doubtful *d, const struct mstc_candidate *c)
{
        const char *stamp = c->stamp != NULL ? mstc_stamp(run, d->id, run->arena) : NULL;

        return stamp != NULL && strcmp(c->stamp, stamp) == 0;
}

int
mstc_doubt_taken(struct mstc_run *run, const struct mstc_doubtful *d, const char *object, bool *ret,
                 struct mst_error *err)
{
        struct mstc_link other;
        int rc = mstc_link_of_object(run->store, d->row.sink, object, run->arena, &other, err);

        *ret = rc == MST_OK && other.entry != d->row.entry && other.state <= MSTC_LINK_DISABLED;
        return rc < 0 ? rc : MST_OK;
}

int
mstc_doubt_take_over(struct mstc_run *run, struct mstc_doubtful *d, const struct mstc_candidate *c, struct mst_error *err)
{
        const char *old_name = d->link.name, *old_object = d->link.object;

        d->link.object = mst_arena_strdup(run->arena, c->object);
        d->link.name = mst_arena_strdup(run->arena, c->name);
        d->link.version = c->version != NULL ? mst_arena_strdup(run->arena, c->version) : NULL;
        d->link.target = d->target->row.id;
        d->link.applied = mstc_doubt_holds(run, d, c->record);
        if (d->link.applied == NULL || d->link.object == NULL || d->link.name == NULL)
                return mst_fail_memory(err, "looking up ops");
        if (mstc_link_put(run->store, &d->link, err) != MST_OK
            || mstc_link_begun(run, d->target, &d->link, d->id, true, err) != MST_OK)
                return err->code;
        /* It was renamed, and only the answer was lost: groups still have the old name. */
        if (d->row.verb == MST_CREATE || old_name == NULL || strcmp(old_name, d->link.name) == 0
            || ((mstc_live_facts(d->target->sink)->can & MST_CAN_MEMBER_IDS) != 0 && old_object != NULL
                && strcmp(old_object, d->link.object) == 0))
                return MST_OK;
        mstc_names_forget(run);
        if (mstc_dirty_pointing(run->store, run->row.id, d->id, d->row.sink, UINT32_C(1) << d->target->setup->bit, true,
                                err) != MST_OK)
                return err->code;
        return mstc_members_link(run, d->target, d->row.entry, old_name, old_object, err);
}

static int
found_user(struct mstc_run *run, struct mstc_doubtful *d, const struct mstc_candidate *c, struct mst_error *err)
{
        bool creates = d->row.verb == MST_CREATE, adopts = d->row.verb == MST_ADOPT;
        bool ours = mstc_doubt_ours(run, d, c), taken = false;

        if (creates && d->query->found_count > 1)
                return park(run, d, MST_DUPLICATE, "its answer was lost, and there are several now that could be it; "
                            "remove the wrong one from the sink", err);
        if (creates && !ours && mstc_doubt_taken(run, d, c->object, &taken, err) != MST_OK)
                return err->code;
        if (d->row.verb == MST_DELETE || (adopts && !ours) || taken
            || (creates && !ours && c->stamp != NULL && c->stamp[0] != '\0'))
                return put_back(run, d, err);        /* not done, or somebody else's     */
        if (d->row.verb == MST_DISABLE || d->row.verb == MST_ENABLE) {
                d->link.state = MSTC_LINK_DISABLED;
                d->link.reason = MSTC_WHY_DOUBT;
                return mstc_doubt_take_over(run, d, c, err) != MST_OK ? err->code : put_back(run, d, err);
        }
        if (creates)
                d->link.made = MSTC_MADE_CREATED;
        if (creates || adopts)
                d->link.state = d->row.reason == MSTC_WHY_DISABLED || d->row.reason == MSTC_WHY_UNDONE_OFF ? MSTC_LINK_DISABLED
                                                                                               : MSTC_LINK_LIVE;
        if (mstc_doubt_take_over(run, d, c, err) != MST_OK)
                return err->code;
        if (d->row.reason == MSTC_WHY_UNDONE && !creates)
                return put_back(run, d, err);        /* no plan wants it: it is done again */
        d->target->counts[MSTC_N_CREATED] += creates;
        if (mstc_op_end(run->store, d->row.number, creates ? MSTC_OP_DONE : MSTC_OP_SUPERSEDED, MST_DONE, run->id,
                        "its answer was lost; it was looked up", err) != MST_OK)
                return err->code;
        return mstc_dirty_add(run->store, run->row.id, d->row.entry, UINT32_C(1) << d->target->setup->bit, err);
}

static int
absent_user(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        if (d->row.verb == MST_CREATE) {
                if (mstc_op_matched(run->store, d->row.number, mstc_now_ms(), err) != MST_OK)
                        return err->code;
                return put_back(run, d, err);
        }
        if (d->row.verb != MST_DELETE) {
                if (d->link.id != 0 && mstc_link_ended(run, d->target, &d->link, MSTC_LINK_LOST, err) != MST_OK)
                        return err->code;
                return plan_anew(run, d, "the object is gone from the sink", err);
        }
        d->target->counts[MSTC_N_DELETED]++;
        if (mstc_op_end(run->store, d->row.number, MSTC_OP_DONE, MST_DONE, run->id,
                        "its answer was lost; it was looked up", err) != MST_OK)
                return err->code;
        return mstc_link_ended(run, d->target, &d->link, MSTC_LINK_DELETED, err);
}

int
mstc_doubt_take_group(struct mstc_run *run, struct mstc_doubtful *d, const struct mstc_candidate *c,
                      struct mst_error *err)
{
        struct mstc_glink glink;
        int rc = mstc_glink_get(run->store, d->row.entry, d->target->row.id, run->arena, &glink, err);

        if (rc < 0)
                return rc;
        glink.sink = d->row.sink;
        glink.target = d->target->row.id;
        glink.grp = d->row.entry;
        glink.object = c->object;
        glink.name = c->name;
        glink.made = MSTC_MADE_CREATED;
        glink.state = MSTC_LINK_LIVE;
        glink.applied = d->row.after;
        glink.applied_size = d->row.after_size;
        if (mstc_glink_put(run->store, &glink, err) != MST_OK
            || mstc_carry_linked(run, d->target, glink.grp, NULL, NULL, err) != MST_OK)
                return err->code;
        d->target->counts[MSTC_N_GROUPS_CREATED]++;
        return MST_OK;
}

static int
found_group(struct mstc_run *run, struct mstc_doubtful *d, const struct mstc_candidate *c, struct mst_error *err)
{
        const char *id, *stamp;

        /* Somebody else's has its name: it is told when it is sent again. */
        if (mstc_group_identity(run, d->row.entry, d->row.name, run->arena, &id, &stamp, err) != MST_OK)
                return err->code;
        if (c->stamp != NULL && c->stamp[0] != '\0' && strcmp(c->stamp, stamp) != 0)
                return mstc_op_put_back(run->store, d->row.number, err);
        if (mstc_doubt_take_group(run, d, c, err) != MST_OK)
                return err->code;
        return plan_anew(run, d, "its answer was lost; it was looked up", err);
}

static int
decide(struct mstc_run *run, struct mstc_doubtful *d, struct mst_error *err)
{
        if (d->target == NULL)
                return MST_OK;               /* of another sync, or of a target that is not configured */
        if (!d->asked && d->row.kind == MST_USER && d->row.verb == MST_CREATE)
                return park(run, d, 0, "its answer was lost, and nothing in the sink would tell whether it was made; look "
                            "there yourself", err);
        if (!d->asked)
                return plan_anew(run, d, "its answer was lost; it is planned anew", err);
        if (!d->answered)
                return MST_OK;
        if (d->row.kind == MST_USER)
                return d->query->found_count != 0 ? found_user(run, d, &d->query->found[0], err)
                                                  : absent_user(run, d, err);
        if (d->query->found_count != 0)
                return found_group(run, d, &d->query->found[0], err);
        return mstc_op_put_back(run->store, d->row.number, err);
}

static int
decide_all(struct mstc_run *run, struct mstc_doubtful *doubts, size_t count, mstc_doubt_decide *how,
           struct mst_error *err)
{
        int rc = mstc_store_begin(run->store, err);

        for (size_t i = 0; i < count && rc == MST_OK; i++)
                rc = how(run, &doubts[i], err);
        if (rc == MST_OK)
                rc = mstc_members_save(run, err);
        if (rc == MST_OK)
                rc = mstc_targets_save(run, err);
        if (rc == MST_OK)
                rc = mstc_log_save(run->engine, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        return rc;
}

int
mstc_doubts_look_up(struct mstc_run *run, struct mstc_live *sink, struct mstc_doubtful *doubts, size_t count,
                    mstc_doubt_decide *how, struct mst_error *err)
{
        struct mst_search *search = mstc_search_new();
        struct mst_error why = { 0 };
        int rc = search != NULL ? MST_OK : mst_fail_memory(err, "looking up ops");

        for (size_t i = 0; i < count && rc == MST_OK; i++) {
                rc = prepare(run, &doubts[i], err);
                if (rc == MST_OK && doubts[i].target != NULL)
                        rc = ask(run, search, &doubts[i], err);
        }
        if (rc == MST_OK && search->count != 0 && mstc_live_find(sink, search, &why) != MST_OK
            && !mstc_engine_stopping(run->engine))
                mstc_live_put_aside(sink, &why);
        for (size_t i = 0; rc == MST_OK && i < search->count; i++) {
                struct mstc_doubtful *d = search->queries[i].engine;
                bool answered = search->queries[i].done && !search->queries[i].failed;

                if (d->query == NULL) {
                        d->query = &search->queries[i];
                        d->answered = answered;
                } else {
                        d->stamped = &search->queries[i];
                        d->answered = d->answered && answered;
                }
        }
        if (rc == MST_OK)
                rc = decide_all(run, doubts, count, how, err);
        mstc_search_free(search);
        return rc;
}

/* ---- when ------------------------------------------------------------------------------------ */

static int64_t
quiet_ms(struct mstc_live *sink)
{
        return mstc_facts_naming(mstc_live_facts(sink), MST_USER) != NULL ? QUIET_MS : QUIET_WEAK_MS;
}

static int
resolve_sink(struct mstc_run *run, struct mstc_live *sink, struct mst_error *err)
{
        struct mstc_entry_op rows[MSTC_DOUBTS_AT_ONCE];
        struct mstc_doubtful *doubts;
        int64_t after = 0, now = mstc_now_ms();
        size_t count, told = 0, most = mstc_live_facts(sink)->find;

        if (most == 0 || most > MSTC_DOUBTS_AT_ONCE)
                most = MSTC_DOUBTS_AT_ONCE;
        for (;;) {
                if (mstc_op_unknowns(run->store, sink->id, after, now - quiet_ms(sink), now, run->arena, rows, most, &count,
                                     err) != MST_OK)
                        return err->code;
                if (count == 0)
                        return MST_OK;
                if (told++ == 0)
                        mstc_log(run->engine, MSTC_EVENT_LOOKED_UP, "sink '%s': ops without an answer are looked up",
                                 sink->setup->config->name);
                doubts = mst_arena_alloc(run->arena, count * sizeof *doubts);
                if (doubts == NULL)
                        return mst_fail_memory(err, "looking up ops");
                for (size_t i = 0; i < count; i++)
                        doubts[i].row = rows[i];
                if (mstc_doubts_look_up(run, sink, doubts, count, decide, err) != MST_OK)
                        return err->code;
                after = rows[count - 1].number;
                if (sink->aside[0] != '\0' || mstc_engine_stopping(run->engine))
                        return MST_OK;
        }
}

/* Does this run's part of the sink have any, and may the sink be asked? */
static int
must_look(struct mstc_run *run, const struct mstc_live *sink, bool *ret, struct mst_error *err)
{
        *ret = false;
        for (size_t i = 0; i < run->target_count; i++) {
                struct mstc_run_target *t = &run->targets[i];
                bool some;

                if (t->sink != sink)
                        continue;
                if (mstc_op_any_unknown(run->store, sink->id, t->row.id, &some, err) != MST_OK)
                        return err->code;
                *ret = *ret || some;
                if (some && mstc_target_ready(run, t, err) != MST_OK)
                        return err->code;
        }
        *ret = *ret && sink->aside[0] == '\0';
        return MST_OK;
}

int
mstc_resolve(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->target_count; i++) {
                struct mstc_live *sink = run->targets[i].sink;
                bool look = mstc_first_of_sink(run, i);

                if (look && must_look(run, sink, &look, err) != MST_OK)
                        return err->code;
                if (look && resolve_sink(run, sink, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* How long until the last quiet time is over that this run waits for; -1: there is none. */
static int
quiet_left(struct mstc_run *run, int64_t *ret, struct mst_error *err)
{
        *ret = -1;
        for (size_t i = 0; i < run->target_count; i++) {
                struct mstc_run_target *t = &run->targets[i];
                int64_t since, left;

                if (t->sink->aside[0] != '\0' || t->no_plan)
                        continue;
                if (mstc_doubt_newest(run->store, t->sink->id, t->row.id, run->begun, &since, err) != MST_OK)
                        return err->code;
                left = since + quiet_ms(t->sink) - mstc_now_ms();
                if (since != 0 && left > *ret && left <= WAIT_MOST_MS)
                        *ret = left > 0 ? left : 0;
        }
        return MST_OK;
}

int
mstc_resolve_wait(struct mstc_run *run, bool *ret, struct mst_error *err)
{
        int64_t left, until;

        *ret = false;
        if (quiet_left(run, &left, err) != MST_OK || left < 0)
                return err->code;
        for (until = mstc_clock_ticks_ms() + left; left > 0 && !mstc_engine_stopping(run->engine);
             left = until - mstc_clock_ticks_ms())
                mstc_engine_wait(run->engine, NULL, 0, (int)left);
        *ret = !mstc_engine_stopping(run->engine);
        return MST_OK;
}
