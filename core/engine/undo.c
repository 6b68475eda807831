/* undo.c - takes back what a run did: a plan in reverse, made of the history.
 *
 *   objects   all that the run changed, some at a time
 *   look      each is looked up in its sink: what somebody has changed since stays, and is told
 *   reverse   (undouser.c, undogroup.c) an op that puts the former state back, and the decision
 *             against what the next sync would do of it
 *   judge     like any plan: what is too much is held
 *   apply     like any plan: claimed, sent, settled; what is cut off goes on with the next sync
 *
 * All of it is a run of its own in the history, and can be undone in turn. */
#include "build.h"

#include "engine/undo.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/declined.h"
#include "store/runs.h"
#include "util/alloc.h"
#include "util/date.h"

#define BATCH 64

/* ---- what is left --------------------------------------------------------------------------- */

void
mstc_undo_skip(struct mstc_undo *u, const struct mstc_undo_place *place, const char *attribute, const char *format, ...)
{
        struct mstc_undo_skip skip = { .kind = place->kind, .id = place->id, .title = place->title, .attribute = attribute };
        char why[600];
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(why, sizeof why, format, ap);
        va_end(ap);
        skip.why = why;
        if (place->target != NULL) {
                skip.target = place->target->setup->name;
                skip.sink = place->target->sink->setup->config->name;
                place->target->counts[MSTC_N_SKIPPED]++;
        } else
                u->run->counts[MSTC_N_SKIPPED]++;
        u->skipped++;
        mstc_log(u->run->engine, MSTC_EVENT_NOT_UNDONE, "not undone: %s%s%s%s%s: %s", place->title, attribute != NULL ? ", " : "",
                 attribute != NULL ? attribute : "", skip.target != NULL ? " in " : "", skip.target != NULL ? skip.target : "",
                 why);
        if (u->options->skipped != NULL)
                u->options->skipped(u->options->self, &skip);
}

bool
mstc_undo_usable(struct mstc_undo *u, const struct mstc_undo_place *place)
{
        if (place->target == NULL)
                mstc_undo_skip(u, place, NULL, "its target is not in the configuration any more");
        else if (place->target->no_plan || place->target->sink->aside[0] != '\0')
                mstc_undo_skip(u, place, NULL, "the sink cannot be asked: %s", place->target->sink->aside);
        else
                return true;
        return false;
}

/* ---- objects --------------------------------------------------------------------------------- */

static bool
add_object(void *self, const struct mstc_past_object *object)
{
        struct mstc_undo *u = self;

        if (u->count == u->room) {
                size_t room = u->room != 0 ? u->room * 2 : 256;
                struct mstc_past_object *more = mstc_realloc_array(u->objects, room, sizeof *more);

                if (more == NULL)
                        return false;
                u->objects = more;
                u->room = room;
        }
        if (u->only != NULL && object->kind == MST_USER && !mstc_set_has(u->only, (uint32_t)object->entry))
                return true;
        u->objects[u->count++] = *object;
        return true;
}

static const struct mstc_live *
sink_of(const struct mstc_run *run, int64_t sink)
{
        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].sink->id == sink)
                        return run->targets[i].sink;
        return NULL;
}

static bool
chosen_sink(const struct mstc_undo *u, int64_t sink)
{
        const struct mstc_live *live = sink_of(u->run, sink);

        return u->options->sink == NULL || (live != NULL && strcmp(live->setup->config->name, u->options->sink) == 0);
}

static int
choose_people(struct mstc_undo *u, struct mst_error *err)
{
        if (u->options->users == NULL)
                return MST_OK;
        u->only = mstc_set_new();
        if (u->only == NULL)
                return mst_fail_memory(err, "undoing");
        for (size_t i = 0; i < u->options->user_count; i++) {
                int64_t entry;

                if (mstc_entry_find(u->run->store, u->run->row.id, MST_USER, u->options->users[i], &entry, err) != MST_OK)
                        return err->code;
                if (entry != 0 && !mstc_set_add(u->only, (uint32_t)entry))
                        return mst_fail_memory(err, "undoing");
        }
        return MST_OK;
}

static int
reverse_all(struct mstc_undo *u, struct mst_error *err)
{
        for (size_t i = 0; i < u->count; ) {
                size_t n = 1;

                mst_arena_reset(u->run->scratch);
                mstc_progress(u->run, MSTC_PHASE_PLAN, i, u->count);
                if (mstc_engine_stopping(u->run->engine))
                        return mst_fail(err, MST_EINTERNAL, "stopped");
                while (u->objects[i].kind == MST_USER && n < BATCH && i + n < u->count && u->objects[i + n].kind == MST_USER
                       && u->objects[i + n].sink == u->objects[i].sink)
                        n++;
                if (chosen_sink(u, u->objects[i].sink)
                    && (u->objects[i].kind == MST_USER ? mstc_undo_users(u, &u->objects[i], n, err)
                                                       : mstc_undo_group(u, &u->objects[i], err)) != MST_OK)
                        return err->code;
                i += n;
        }
        return MST_OK;
}

/* ---- the plan ---------------------------------------------------------------------------------- */

static int
check(struct mstc_undo *u, struct mst_error *err)
{
        const char *sink = u->options->sink;
        int64_t sync;
        bool known = sink == NULL;

        for (size_t i = 0; i < u->run->target_count; i++)
                known = known || strcmp(u->run->targets[i].sink->setup->config->name, sink) == 0;
        if (!known)
                return mst_fail(err, MST_ECONFIG, "sync '%s' has no target with a sink '%s'", u->run->sync->name, sink);
        if (mstc_past_sync(u->run->store, u->options->run, &sync, err) != MST_OK)
                return err->code;
        if (sync == 0)
                return mst_fail(err, MST_ECONFIG, "there is no run %lld", (long long)u->options->run);
        if (sync != u->run->row.id)
                return mst_fail(err, MST_ECONFIG, "run %lld is none of sync '%s'", (long long)u->options->run,
                                u->run->sync->name);
        return MST_OK;
}

static int
decide(struct mstc_undo *u, struct mst_error *err)
{
        char note[100];

        (void)snprintf(note, sizeof note, "run %lld undone", (long long)u->options->run);
        return mstc_decision_add(u->run->store, MSTC_UNDONE, 0, u->options->who,
                                 u->options->note != NULL ? u->options->note : note, &u->decision, err);
}

static int
ask(struct mstc_undo *u, struct mst_error *err)
{
        if (u->options->ready == NULL || u->options->ready(u->options->self))
                return MST_OK;
        return mst_fail(err, MST_EREFUSED, "nothing was undone: it was not wanted after all");
}

static int
plan(struct mstc_undo *u, struct mst_error *err)
{
        struct mstc_run *run = u->run;

        if (mstc_store_begin(run->store, err) != MST_OK
            || mstc_run_state(run->store, run->id, MSTC_RUN_PLANNING, err) != MST_OK
            || mstc_kinds_load(run, err) != MST_OK || mstc_op_last(run->store, &run->plan_from, err) != MST_OK
            || mstc_members_new(run, err) != MST_OK || mstc_judge_new(run, err) != MST_OK || decide(u, err) != MST_OK
            || choose_people(u, err) != MST_OK
            || mstc_past_objects(run->store, u->options->run, add_object, u, err) != MST_OK || reverse_all(u, err) != MST_OK
            || mstc_members_save(run, err) != MST_OK || mstc_judge_plan(run, err) != MST_OK
            || mstc_targets_save(run, err) != MST_OK || mstc_run_show(run, err) != MST_OK || ask(u, err) != MST_OK
            || (!u->options->plan_only && (mstc_log_save(run->engine, err) != MST_OK
                                           || mstc_store_commit(run->store, err) != MST_OK))) {
                mstc_store_rollback(run->store);
                return err->code;
        }
        return MST_OK;
}

static int
undo(struct mstc_undo *u, struct mst_error *err)
{
        struct mstc_run *run = u->run;
        int rc = check(u, err);

        mstc_progress(run, MSTC_PHASE_MATCH, 0, 0);
        for (size_t i = 0; rc == MST_OK && i < run->target_count; i++)
                if (u->options->sink == NULL || chosen_sink(u, run->targets[i].sink->id))
                        rc = mstc_target_ready(run, &run->targets[i], err);
        if (rc == MST_OK)
                rc = mstc_run_load_links(run, err);
        if (rc == MST_OK)
                rc = plan(u, err);
        mstc_judge_free(run->judgement);
        run->judgement = NULL;
        if (rc == MST_OK && !u->options->plan_only && run->planned != 0 && !mstc_engine_stopping(run->engine)) {
                mstc_progress(run, MSTC_PHASE_APPLY, 0, run->planned);
                rc = mstc_apply(run, err);
        }
        return rc;
}

int
mstc_engine_undo(struct mstc_engine *engine, struct mstc_sync *sync, const struct mstc_undo_options *options,
                 struct mstc_summary *ret, uint64_t *ret_skipped, struct mst_error *err)
{
        struct mstc_sync_options as = { .plan_only = options->plan_only, .op = options->op, .self = options->self };
        struct mstc_run run = { 0 };
        struct mstc_undo u = { .run = &run, .options = options };
        struct mst_error why = { 0 };
        int64_t from = mstc_clock_ticks_ms();
        int rc;

        *ret_skipped = 0;
        engine->conductor = pthread_self();
        if (mstc_summary_make(sync, ret, err) != MST_OK)
                return err->code;
        rc = engine->unsure ? mstc_engine_recover(engine, err) : MST_OK;
        if (rc == MST_OK)
                rc = mstc_run_init(&run, engine, sync, &as, ret, err);
        if (rc == MST_OK) {
                mstc_progress(&run, MSTC_PHASE_START, 0, 0);
                if (mstc_run_begin(&run, MSTC_RUN_UNDO, &why) == MST_OK)
                        undo(&u, &why);
                rc = mstc_run_close(&run, &why, err);
        }
        engine->unsure = engine->unsure || rc != MST_OK || ret->outcome == MSTC_END_FAILED;
        if (rc != MST_OK) {
                ret->outcome = MSTC_END_FAILED;
                (void)snprintf(ret->text, sizeof ret->text, "%s", err->text);
        }
        *ret_skipped = u.skipped;
        ret->ms = mstc_clock_ticks_ms() - from;
        mstc_set_free(u.only);
        mstc_free(u.objects);
        mstc_run_done(&run);
        return rc;
}
