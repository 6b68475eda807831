/* undouser.c - what a run did to a person's object, the other way round.
 *
 *   created   as the target treats leavers: disabled, or deleted where nobody but us has touched it
 *   deleted   made again from what it held; its password and its id do not come back
 *   changed   the former values, enabled or disabled as before
 *
 * What the next sync would do of it is declined with it. */
#include "build.h"

#include "engine/undo.h"

#include <string.h>

#include "engine/decline.h"
#include "util/alloc.h"

#define OPS 64                               /* of one run on one object               */

struct one {
        const struct mstc_past_object *object;
        struct mstc_undo_place place;
        struct mstc_entry entry;
        struct mstc_link link;
        struct mstc_entry_op *ops;
        size_t count;
        struct mstc_undone_values values;
        bool created, deleted, out;          /* out: nothing is to be done             */
        enum mst_verb turned, later;         /* first turned off or on; what came since */
        int64_t later_by;
        struct mst_record *image;            /* what a deleted one held                */
        struct mstc_question question;       /* is somebody there already?             */
        const struct mst_query *query;
};

/* ---- what was done ------------------------------------------------------------------------------ */

static int
read_ops(struct mstc_undo *u, struct one *o, struct mst_error *err)
{
        struct mst_arena *arena = u->run->scratch;

        o->ops = mst_arena_alloc(arena, OPS * sizeof *o->ops);
        if (o->ops == NULL)
                return mst_fail_memory(err, "undoing");
        if (mstc_past_ops(u->run->store, o->object, u->options->run, 0, arena, o->ops, OPS, &o->count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < o->count; i++) {
                const struct mstc_entry_op *op = &o->ops[i];

                if (op->verb == MST_CREATE) {
                        o->created = !o->deleted;
                        o->deleted = false;
                } else if (op->verb == MST_DELETE) {
                        o->deleted = !o->created;
                        o->created = false;
                        if (op->before_size != 0
                            && mstc_record_unflat(op->before, op->before_size, "", arena, &o->image, err) != MST_OK)
                                return err->code;
                } else {
                        if (o->turned == 0 && (op->verb == MST_DISABLE || op->verb == MST_ENABLE))
                                o->turned = op->verb;
                        if (mstc_undo_fold(u, &o->values, op, err) != MST_OK)
                                return err->code;
                }
        }
        return MST_OK;
}

static int
load(struct mstc_undo *u, struct one *o, struct mst_error *err)
{
        struct mstc_run *run = u->run;
        int rc = read_ops(u, o, err);

        if (rc == MST_OK)
                rc = mstc_entry_get(run->store, o->object->entry, run->scratch, &o->entry, err);
        if (rc == MST_END || (rc == MST_OK && o->count == 0)) {
                o->out = true;
                return MST_OK;
        }
        if (rc == MST_OK)
                rc = mstc_link_get(run->store, o->object->entry, o->object->sink, run->scratch, &o->link, err);
        if (rc < 0)
                return rc;
        o->link.sink = o->object->sink;
        o->link.entry = o->object->entry;
        o->place = (struct mstc_undo_place){
                .target = mstc_run_target_of(run, rc == MST_OK ? o->link.target : o->ops[0].target), .kind = MST_USER,
                .id = o->entry.id, .title = o->entry.record != NULL ? mstc_plan_title(&o->entry) : o->entry.id,
                .name = o->link.name, .applied = o->link.applied,
        };
        if (!mstc_undo_usable(u, &o->place)) {
                o->out = true;
                return MST_OK;
        }
        return mstc_undo_later(u, &o->place, &o->values, o->object, o->ops[o->count - 1].number, &o->later, &o->later_by,
                               err);
}

/* ---- what is there ------------------------------------------------------------------------------- */

static bool
has_object(const struct one *o)
{
        return o->link.object != NULL && (o->link.state == MSTC_LINK_LIVE || o->link.state == MSTC_LINK_DISABLED);
}

static int
may_be_done(struct mstc_undo *u, struct one *o, struct mst_error *err)
{
        struct mstc_entry_op open;
        int rc = mstc_op_of(u->run->store, MST_USER, o->object->entry, o->object->sink, u->run->scratch, &open, err);

        if (rc < 0)
                return rc;
        o->out = true;
        if (rc == MST_OK)
                mstc_undo_skip(u, &o->place, NULL, "another op of run %lld waits there (%s); let it be done, or reject it",
                               (long long)open.run, mst_verb_name(open.verb));
        else if (o->deleted && has_object(o))
                mstc_undo_skip(u, &o->place, NULL, "it is there again");
        else if (!o->deleted && !has_object(o))
                mstc_undo_skip(u, &o->place, NULL, "there is no object of ours any more");
        else if (!o->deleted && !o->created && o->values.former == NULL && o->turned == 0)
                return MST_OK;               /* made and deleted in the same run       */
        else
                o->out = false;
        return MST_OK;
}

static int
ask_about(struct mstc_undo *u, struct one *o, struct mst_search *search, struct mst_error *err)
{
        struct mst_query *query;

        if (o->deleted) {
                o->question = (struct mstc_question){ .target = o->place.target, .entry = o->object->entry, .kind = MST_USER,
                                                      .id = o->entry.id, .wanted = o->image,
                                                      .stamp = mstc_stamp(u->run, o->entry.id, u->run->scratch) };
                if (o->question.stamp == NULL)
                        return mst_fail_memory(err, "undoing");
                return mstc_match_by_asking(u->run, o->place.target->sink, &o->question, 1, u->run->scratch, err);
        }
        query = mstc_search_add(search, MST_USER);
        if (query == NULL || !mstc_query_by_object(query, o->link.object))
                return mst_fail_memory(err, "undoing");
        query->engine = o;
        return MST_OK;
}

static void
take_query(struct mstc_undo *u, struct one *o, const struct mst_query *query)
{
        const char *stamp;

        if (!query->done || query->failed) {
                mstc_undo_skip(u, &o->place, NULL, "it could not be looked up");
        } else if (query->found_count != 1) {
                mstc_undo_skip(u, &o->place, NULL, query->found_count == 0 ? "it is not in the sink any more"
                                                                           : "several objects have its id there");
        } else {
                o->place.found = &query->found[0];
                stamp = mstc_stamp(u->run, o->entry.id, u->run->scratch);
                if (o->place.found->stamp == NULL || *o->place.found->stamp == '\0'
                    || (stamp != NULL && strcmp(o->place.found->stamp, stamp) == 0))
                        return;
                mstc_undo_skip(u, &o->place, NULL, "the object carries another stamp");
        }
        o->out = true;
}

/* One search for all of a sink; a sink that fails is put aside. */
static int
look_up(struct mstc_undo *u, struct one *ones, size_t count, struct mst_search *search, struct mst_error *err)
{
        struct mst_error why = { 0 };
        struct mstc_live *sink = NULL;

        for (size_t i = 0; i < count; i++) {
                if (ones[i].out || (mstc_live_facts(ones[i].place.target->sink)->can & MST_CAN_FIND) == 0)
                        continue;
                sink = ones[i].place.target->sink;
                if (sink->aside[0] == '\0' && ask_about(u, &ones[i], search, &why) != MST_OK)
                        mstc_live_put_aside(sink, &why);
        }
        if (sink != NULL && sink->aside[0] == '\0' && search->count != 0 && mstc_live_find(sink, search, &why) != MST_OK
            && !mstc_engine_stopping(u->run->engine))
                mstc_live_put_aside(sink, &why);
        for (size_t i = 0; i < search->count; i++)
                take_query(u, search->queries[i].engine, &search->queries[i]);
        (void)err;
        return MST_OK;
}

/* ---- the op ------------------------------------------------------------------------------------------ */

static int
write_op(struct mstc_undo *u, struct one *o, enum mst_verb verb, int reason, const struct mst_record *before,
         const struct mst_record *after, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer old = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer new = { 0 };
        struct mstc_run_target *t = o->place.target;
        struct mstc_entry_op op = {
                .run = u->run->id, .target = t->row.id, .sink = t->sink->id, .kind = MST_USER, .entry = o->object->entry,
                .verb = verb, .reason = reason, .state = MSTC_OP_PLANNED, .matched = verb == MST_CREATE ? mstc_now_ms() : 0,
                .rank = verb == MST_DISABLE ? MSTC_RANK_DISABLE : verb == MST_DELETE ? MSTC_RANK_USER_DELETES : MSTC_RANK_USERS,
                .had_link = o->link.id != 0, .name = o->place.title,
        };

        if (before != NULL)
                mstc_record_flat(before, &old);
        if (after != NULL)
                mstc_record_flat(after, &new);
        if (!mstc_buffer_ok(&old) || !mstc_buffer_ok(&new))
                return mst_fail_memory(err, "undoing");
        op.before = old.bytes;
        op.before_size = old.length;
        op.after = new.bytes;
        op.after_size = new.length;
        if (mstc_op_add(u->run->store, &op, err) != MST_OK)
                return err->code;
        u->run->planned++;
        return mstc_judge_op(u->run, t, &op, before, after, false, err);
}

/* What is not to be done again: the last op that the run did of that kind. */
static int
decline_done(struct mstc_undo *u, const struct one *o, enum mst_verb verb, struct mst_error *err)
{
        for (size_t i = o->count; i > 0; i--)
                if (o->ops[i - 1].verb == verb)
                        return mstc_decline(u->run->store, &o->ops[i - 1], u->decision, err);
        return MST_OK;
}

/* And what the next plan would do of what is there then. */
static int
decline_next(struct mstc_undo *u, struct one *o, int state, const struct mst_record *after, enum mst_verb done,
             struct mst_error *err)
{
        struct mstc_run *run = u->run;
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer values = { 0 };
        struct mstc_foreseen next = { .after = &values };
        struct mstc_case c = { .entry = &o->entry, .linked = true, .link = o->link, .foreseen = &next };
        struct mstc_entry_op op = { .kind = MST_USER, .entry = o->object->entry, .sink = o->object->sink };
        bool unsure = false;

        c.link.state = state;
        c.link.reason = state == MSTC_LINK_DISABLED ? MSTC_WHY_UNDONE : MSTC_WHY_NONE;
        c.link.since = 0;
        c.link.applied = after != NULL ? mstc_record_merge(run->scratch, o->link.applied, after) : o->link.applied;
        if (c.link.applied == NULL)
                return mst_fail_memory(err, "undoing");
        mstc_record_tidy(c.link.applied);
        c.target = mstc_plan_taker(run, o->place.target->sink, &o->entry, &unsure);
        if (c.target != NULL) {
                c.link.target = c.target->row.id;
                if (mstc_wanted_values(run, c.target, o->entry.record, c.link.applied, false, run->scratch, &c.wanted,
                                       err) != MST_OK)
                        return err->code;
        }
        if (!unsure && mstc_decide(run, &c, err) != MST_OK)
                return err->code;
        if (!next.any)
                return decline_done(u, o, done, err);
        op.target = c.link.target;
        op.verb = next.verb;
        op.reason = next.reason;
        op.after = values.bytes;
        op.after_size = values.length;
        return mstc_decline(run->store, &op, u->decision, err);
}

/* ---- created: removed as leavers are ------------------------------------------------------------------- */

static int
delete(struct mstc_undo *u, struct one *o, struct mst_error *err)
{
        if (write_op(u, o, MST_DELETE, MSTC_WHY_UNDONE, o->link.applied, NULL, err) != MST_OK)
                return err->code;
        return decline_done(u, o, MST_CREATE, err);
}

static int
remove_created(struct mstc_undo *u, struct one *o, struct mst_error *err)
{
        const struct mstc_run_target *t = o->place.target;
        const struct mstc_config_leaver *policy = &t->setup->config->on_gone;
        uint32_t can = mstc_live_facts(t->sink)->can;
        struct mst_record *none = mstc_record_values(u->run->scratch, MST_USER);

        if (none == NULL)
                return mst_fail_memory(err, "undoing");
        if (policy->what == MSTC_KEEP) {
                mstc_undo_skip(u, &o->place, NULL, "the target keeps who leaves (<on-gone do=\"keep\"/>)");
                return MST_OK;
        }
        if (policy->what == MSTC_DELETE && (can & MST_CAN_DELETE) != 0) {
                if (o->link.made == MSTC_MADE_CREATED && mstc_undo_untouched(&o->place))
                        return delete(u, o, err);
                mstc_undo_skip(u, &o->place, NULL, "it is not deleted, as somebody has changed it since, or as the sink does "
                               "not tell%s", (can & MST_CAN_DISABLE) != 0 ? "; it is disabled" : "");
                if ((can & MST_CAN_DISABLE) == 0)
                        return MST_OK;
        }
        if ((can & MST_CAN_DISABLE) == 0 || o->link.state == MSTC_LINK_DISABLED) {
                mstc_undo_skip(u, &o->place, NULL, o->link.state == MSTC_LINK_DISABLED ? "it is disabled already"
                                                                                       : "the sink cannot disable it");
                return MST_OK;
        }
        if (write_op(u, o, MST_DISABLE, MSTC_WHY_UNDONE, none, none, err) != MST_OK)
                return err->code;
        return decline_next(u, o, MSTC_LINK_DISABLED, none, MST_CREATE, err);
}

/* ---- deleted: made again --------------------------------------------------------------------------------- */

/* Could he use it before?  What was done to the object last, before it was deleted. */
static int
was_off(struct mstc_undo *u, const struct one *o, bool *ret, struct mst_error *err)
{
        int64_t after = 0;
        size_t count = 16;

        *ret = false;
        while (count == 16) {
                struct mstc_entry_op ops[16];

                if (mstc_past_ops(u->run->store, o->object, 0, after, u->run->scratch, ops, 16, &count, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        after = ops[i].number;
                        if (after >= o->ops[0].number)
                                return MST_OK;
                        if (ops[i].verb == MST_DISABLE || ops[i].verb == MST_ENABLE)
                                *ret = ops[i].verb == MST_DISABLE;
                        else if (ops[i].verb == MST_CREATE)
                                *ret = ops[i].reason == MSTC_WHY_DISABLED || ops[i].reason == MSTC_WHY_UNDONE_OFF;
                }
        }
        return MST_OK;
}

static int
make_again(struct mstc_undo *u, struct one *o, struct mst_error *err)
{
        const struct mst_facts *facts = mstc_live_facts(o->place.target->sink);
        struct mst_record *values = NULL;
        bool off;

        if (o->image != NULL)
                values = mstc_record_merge(u->run->scratch, o->image, o->values.former != NULL ? o->values.former : o->image);
        if (o->question.stamp == NULL || o->question.match.answer == MSTC_NOT_KNOWN || o->question.match.answer == MSTC_NOT_ASKED) {
                mstc_undo_skip(u, &o->place, NULL, "it could not be looked up whether something is there already");
                return MST_OK;
        }
        if (o->question.match.answer != MSTC_ABSENT) {
                mstc_undo_skip(u, &o->place, NULL, "something is there already: %s", o->question.match.name);
                return MST_OK;
        }
        if (o->image == NULL) {
                mstc_undo_skip(u, &o->place, NULL, "it is not known what it held");
                return MST_OK;
        }
        if (values == NULL || was_off(u, o, &off, err) != MST_OK)
                return err->code != MST_OK ? err->code : mst_fail_memory(err, "undoing");
        for (uint32_t i = 0; i < values->count; ) {
                const struct mstc_fact_attribute *a = mstc_facts_find(facts, MST_USER, values->fields[i].name);

                if (a != NULL && (a->flags & (MST_ATTR_READ_ONLY | MST_ATTR_SECRET)) != 0)
                        mstc_record_remove(values, values->fields[i].name);
                else
                        i++;
        }
        mstc_undo_skip(u, &o->place, NULL, "it is made again; its password, its id and what others gave it do not come back");
        if (write_op(u, o, MST_CREATE, off ? MSTC_WHY_UNDONE_OFF : MSTC_WHY_UNDONE, NULL, values, err) != MST_OK)
                return err->code;
        return decline_next(u, o, off ? MSTC_LINK_DISABLED : MSTC_LINK_LIVE, values, MST_DELETE, err);
}

/* ---- changed: as before -------------------------------------------------------------------------------------- */

static int
put_back(struct mstc_undo *u, struct one *o, struct mst_error *err)
{
        bool is_off = o->link.state == MSTC_LINK_DISABLED, turns = o->turned != 0, naming;
        int state = o->link.state;
        struct mst_record *before, *after;
        enum mst_verb verb;

        if (mstc_undo_values(u, &o->place, &o->values, &before, &after, &naming, err) != MST_OK)
                return err->code;
        if (turns && (o->later == MST_DISABLE || o->later == MST_ENABLE)) {
                mstc_undo_skip(u, &o->place, NULL, "run %lld has %s it since", (long long)o->later_by,
                               o->later == MST_DISABLE ? "disabled" : "enabled");
                turns = false;
        }
        turns = turns && is_off == (o->turned == MST_DISABLE);
        if (turns && (mstc_live_facts(o->place.target->sink)->can & MST_CAN_DISABLE) == 0) {
                mstc_undo_skip(u, &o->place, NULL, "the sink cannot enable or disable it");
                turns = false;
        }
        if (!turns && after->count == 0)
                return MST_OK;
        verb = turns ? (is_off ? MST_ENABLE : MST_DISABLE) : naming ? MST_RENAME : MST_UPDATE;
        if (turns)
                state = is_off ? MSTC_LINK_LIVE : MSTC_LINK_DISABLED;
        if (write_op(u, o, verb, MSTC_WHY_UNDONE, before, after, err) != MST_OK)
                return err->code;
        return decline_next(u, o, state, after, o->ops[o->count - 1].verb, err);
}

/* ---- some of a sink --------------------------------------------------------------------------------------------- */

static int
undo_all(struct mstc_undo *u, struct one *ones, size_t count, struct mst_search *search, struct mst_error *err)
{
        for (size_t i = 0; i < count; i++)
                if (load(u, &ones[i], err) != MST_OK || (!ones[i].out && may_be_done(u, &ones[i], err) != MST_OK))
                        return err->code;
        if (look_up(u, ones, count, search, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++) {
                struct one *o = &ones[i];

                if (o->out || !mstc_undo_usable(u, &o->place))
                        continue;
                if ((o->deleted ? make_again(u, o, err) : o->created ? remove_created(u, o, err)
                                                                    : put_back(u, o, err)) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

int
mstc_undo_users(struct mstc_undo *u, const struct mstc_past_object *objects, size_t count, struct mst_error *err)
{
        struct one *ones = mst_arena_alloc(u->run->scratch, (count + 1) * sizeof *ones);
        struct mst_search *search = mstc_search_new();
        int rc = ones != NULL && search != NULL ? MST_OK : mst_fail_memory(err, "undoing");

        for (size_t i = 0; rc == MST_OK && i < count; i++)
                ones[i].object = &objects[i];
        if (rc == MST_OK)
                rc = undo_all(u, ones, count, search, err);
        mstc_search_free(search);
        return rc;
}
