/* sync.c - one run of one sync, from first read to last write.
 *
 *   configuration   a changed scope, map or rule is planned first, as a run of its own, from
 *                   the mirror as it stands; where something new is read, after that read
 *   pull            the source, into the mirror
 *   resolve         ops of an earlier life whose result is not known
 *   plan, apply     until nothing new follows from what was done: a manager who now has a
 *                   name, members who can now join
 *   close           outcome, counts and log, in one transaction
 *
 * A run that fails has changed nothing that the next one does not know of. */
#include "build.h"

#include "engine/drawing.h"
#include "engine/exactly.h"
#include "engine/quarantine.h"
#include "engine/strangers.h"
#include "engine/verifying.h"

#include <stdio.h>
#include <string.h>

#include "store/doubts.h"
#include "store/entries.h"
#include "store/environment.h"
#include "store/forget.h"
#include "store/groups.h"
#include "store/holds.h"
#include "store/restored.h"
#include "util/alloc.h"
#include "util/date.h"
#include "util/map.h"

/* ---- making a run --------------------------------------------------------------------------- */

static struct mstc_live *
live_of(struct mstc_engine *engine, const struct mstc_instance *instance)
{
        for (size_t i = 0; i < engine->live_count; i++)
                if (engine->lives[i].setup == instance)
                        return &engine->lives[i];
        return NULL;
}

static int
make_targets(struct mstc_run *run, struct mst_error *err)
{
        const struct mstc_sync *sync = run->sync;

        run->targets = mstc_alloc((sync->target_count + 1) * sizeof *run->targets);
        if (run->targets == NULL)
                return mst_fail_memory(err, "starting a run");
        for (size_t i = 0; i < sync->target_count; i++) {
                struct mstc_run_target *t = &run->targets[i];
                int64_t held;

                t->setup = &sync->targets[i];
                t->sink = live_of(run->engine, t->setup->sink);
                t->linked = mstc_set_new();
                t->creating = mstc_set_new();
                t->renaming = mstc_set_new();
                t->carries_groups = t->setup->use_count != 0;
                run->mask |= UINT32_C(1) << t->setup->bit;
                run->target_count++;
                if (t->linked == NULL || t->creating == NULL || t->renaming == NULL || t->sink == NULL)
                        return mst_fail_memory(err, "starting a run");
                if (mstc_rename_target(run->store, run->row.id, t->setup->config->was, t->setup->name, err) != MST_OK
                    || mstc_target_row(run->store, run->row.id, t->setup->name, t->sink->id, t->setup->bit, run->arena,
                                    &t->row, err) != MST_OK)
                        return err->code;
                t->live_before = t->row.live;
                if (mstc_restored_target(run->store, t->row.id, &t->restored, err) != MST_OK
                    || mstc_hold_find(run->store, run->row.id, t->row.id, "restored", &held, err) != MST_OK)
                        return err->code;
                /* What is held already is not planned anew, as it may have been approved. */
                run->restored = run->restored || (t->restored != 0 && held == 0);
        }
        return MST_OK;
}

/* No wait in the store can be so long, unless the clock was ahead when it began. */
static int
clamp_waits(struct mstc_run *run, struct mst_error *err)
{
        int64_t count = 0;

        if (run->options->plan_only || mstc_waits_clamp(run->store, run->begun, &count, err) != MST_OK)
                return err->code;
        if (count != 0)
                mstc_log(run->engine, MSTC_EVENT_CLOCK_BACK, "the clock was put back: %lld waits that would have taken days too long "
                         "are over now", (long long)count);
        return MST_OK;
}

int
mstc_run_init(struct mstc_run *run, struct mstc_engine *engine, struct mstc_sync *sync,
         const struct mstc_sync_options *options, struct mstc_summary *summary, struct mst_error *err)
{
        run->engine = engine;
        run->store = engine->store;
        run->sync = sync;
        run->options = options;
        run->summary = summary;
        run->now = options->now != 0 ? options->now : mstc_clock_now();
        run->begun = mstc_now_ms();
        run->arena = mst_arena_new(4096);
        run->scratch = mst_arena_new(16384);
        run->listings = mstc_alloc((engine->live_count + 1) * sizeof(struct mstc_listing *));
        run->source = live_of(engine, sync->source);
        if (run->arena == NULL || run->scratch == NULL || run->listings == NULL)
                return mst_fail_memory(err, "starting a run");
        if (mstc_moments_load(run, err) != MST_OK || clamp_waits(run, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < engine->live_count; i++) {
                engine->lives[i].probed = false;
                engine->lives[i].aside[0] = '\0';
                mstc_quarantine_begin(&engine->lives[i], run->begun);
        }
        if (mstc_rename_sync(run->store, sync->config->was, sync->name, err) != MST_OK
            || mstc_sync_row(run->store, sync->name, run->source->id, run->arena, &run->row, err) != MST_OK)
                return err->code;
        if (make_targets(run, err) != MST_OK)
                return err->code;
        return mstc_settle_memberships(run, err);        /* of a run that was cut off there */
}

void
mstc_run_done(struct mstc_run *run)
{
        for (size_t i = 0; i < run->target_count; i++) {
                mstc_set_free(run->targets[i].linked);
                mstc_set_free(run->targets[i].creating);
                mstc_set_free(run->targets[i].renaming);
                mstc_set_free(run->targets[i].leaving);
                mstc_free(run->targets[i].effects);
        }
        mstc_free(run->targets);
        mstc_members_free(run->members);
        mstc_map_free(run->reserved);
        mstc_leaders_free(run->leaders);
        mstc_names_forget(run);
        mstc_free(run->listings);
        mstc_free(run->keeps);
        mstc_free(run->drawn);
        mstc_exactly_free(run->exactly);
        mstc_free(run->only);
        mst_arena_free(run->scratch);
        mst_arena_free(run->arena);
}

int
mstc_run_load_links(struct mstc_run *run, struct mst_error *err)
{
        if (run->links_loaded)
                return MST_OK;
        for (size_t i = 0; i < run->target_count; i++)
                if (mstc_set_load(run->store, MSTC_TSET, run->targets[i].row.id, run->targets[i].linked, err) != MST_OK)
                        return err->code;
        run->links_loaded = true;
        return mstc_gbad_none(run->store, &run->refused_none, err);
}

bool
mstc_first_of_sink(const struct mstc_run *run, size_t target)
{
        for (size_t i = 0; i < target; i++)
                if (run->targets[i].sink == run->targets[target].sink)
                        return false;
        return true;
}

/* ---- the end -------------------------------------------------------------------------------------- */

static bool
some_failed(const uint64_t *counts)
{
        return counts[MSTC_N_BAD] + counts[MSTC_N_DUPLICATE] + counts[MSTC_N_PARKED] + counts[MSTC_N_RETRY]
             + counts[MSTC_N_FAILED] + counts[MSTC_N_MEMBERS_FAILED] != 0;
}

static int
sum_up(struct mstc_run *run, int64_t held, const struct mst_error *why)
{
        struct mstc_summary *s = run->summary;
        bool aside = false, all_aside = run->target_count != 0;

        for (size_t n = 0; n < MSTC_N_COUNTS; n++)
                s->counts[n] += run->counts[n];
        for (size_t i = 0; i < run->target_count; i++) {
                struct mstc_run_target *t = &run->targets[i];

                for (size_t n = 0; n < MSTC_N_COUNTS; n++) {
                        s->counts[n] += t->counts[n];
                        if (i < s->target_count)
                                s->targets[i].counts[n] += t->counts[n];
                }
                if (t->sink->aside[0] != '\0' && i < s->target_count && s->targets[i].reason == NULL)
                        s->targets[i].reason = mstc_strdup(t->sink->aside);
                aside = aside || t->sink->aside[0] != '\0';
                all_aside = all_aside && t->sink->aside[0] != '\0';
        }
        s->planned += run->planned;
        s->counts[MSTC_N_HELD] = (uint64_t)held;
        if (mstc_engine_stopping(run->engine))
                return MSTC_END_STOPPED;
        if (why->code != MST_OK)
                return why->code == MST_ECONFIG ? MSTC_END_CONFIG : MSTC_END_FAILED;
        if (all_aside)
                return MSTC_END_FAILED;
        if (held != 0 || s->text[0] != '\0')
                return MSTC_END_HELD;
        return aside || some_failed(s->counts) ? MSTC_END_SOME_FAILED : MSTC_END_DONE;
}

static void
say_why(struct mstc_run *run, int outcome, const struct mst_error *why)
{
        struct mstc_summary *s = run->summary;
        struct mst_error aside = { 0 };

        if (s->text[0] != '\0')
                return;
        if (outcome == MSTC_END_STOPPED)
                snprintf(s->text, sizeof s->text, "stopped; the next run goes on from here");
        else if (why->code != MST_OK)
                snprintf(s->text, sizeof s->text, "%s", why->text);
        else
                for (size_t i = 0; i < run->target_count; i++)
                        if (run->targets[i].sink->aside[0] != '\0') {
                                mst_fail(&aside, MST_ENET, "sink '%s': %s", run->targets[i].sink->setup->config->name,
                                         run->targets[i].sink->aside);
                                snprintf(s->text, sizeof s->text, "%s", aside.text);
                        }
}

/* A read that was cut off stays open, so that the next run goes on from its last page. */
static bool
goes_on(struct mstc_run *run, int outcome)
{
        struct mstc_run_row row;
        struct mst_error ignored = { 0 };

        return (outcome == MSTC_END_STOPPED || outcome == MSTC_END_FAILED)
            && mstc_run_cut_off(run->store, run->row.id, run->arena, &row, &ignored) == MST_OK && row.id == run->id;
}

/* Sinks that failed as a whole are told so by `status` until they are well again. */
static int
note_aside(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->target_count; i++) {
                struct mstc_live *sink = run->targets[i].sink;
                bool waits = sink->health.quarantined && !sink->health.on_trial && !sink->health.changed;

                if (mstc_first_of_sink(run, i) && mstc_quarantine_save(run, sink, err) != MST_OK)
                        return err->code;
                /* One that was not tried keeps its reason. */
                if (!waits && (sink->aside[0] != '\0' || sink->probed)
                    && mstc_instance_aside(run->store, sink->id, sink->aside[0] != '\0' ? sink->aside : NULL,
                                           err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* What waits for another try is not done, though it was not tried in this run. */
static int
count_waiting(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->target_count && !run->options->plan_only; i++) {
                uint64_t *counted = &run->targets[i].counts[MSTC_N_RETRY];
                int64_t n;

                if (mstc_ops_waiting(run->store, run->targets[i].row.id, run->targets[i].sink->id, &n, err) != MST_OK)
                        return err->code;
                *counted = (uint64_t)n > *counted ? (uint64_t)n : *counted;
        }
        return MST_OK;
}

int
mstc_run_close(struct mstc_run *run, const struct mst_error *why, struct mst_error *err)
{
        struct mstc_summary *s = run->summary;
        int64_t held = 0;
        int rc = MST_OK;

        /* What a plan that is only shown would hold is forgotten with it, but counts. */
        if (!run->options->plan_only)
                mstc_store_rollback(run->store);
        rc = mstc_holds_open(run->store, run->row.id, mstc_now_ms(), &held, err);
        if (rc == MST_OK)
                rc = count_waiting(run, err);
        mstc_store_rollback(run->store);
        mstc_engine_serve(run->engine);
        mstc_progress(run, MSTC_PHASE_CLOSE, 0, 0);
        if (rc != MST_OK)
                return rc;
        s->outcome = (enum mstc_run_outcome)sum_up(run, held, why);
        s->run = run->id;
        s->mode = run->mode;
        say_why(run, (int)s->outcome, why);
        if (run->id == 0)
                return MST_OK;
        if (s->outcome == MSTC_END_FAILED || s->outcome == MSTC_END_CONFIG)
                mstc_log(run->engine, MSTC_EVENT_RUN_FAILED, "%s", s->text);
        rc = mstc_store_begin(run->store, err);
        if (rc == MST_OK)
                rc = mstc_journal_unjudged(run->store, run->id, err);
        if (rc == MST_OK)
                rc = mstc_holds_tidy(run->store, false, err);
        if (rc == MST_OK)
                rc = note_aside(run, err);
        if (rc == MST_OK)
                rc = mstc_meter_run(run, why->code == MST_OK && s->outcome != MSTC_END_STOPPED, err);
        if (rc == MST_OK)
                rc = mstc_drawing_keep(run, err);
        if (rc == MST_OK)
                rc = mstc_drawing_tidy(run, err);
        if (rc == MST_OK)
                rc = mstc_log_save(run->engine, err);
        if (rc == MST_OK && !goes_on(run, (int)s->outcome))
                rc = mstc_run_end(run->store, run->id, (int)s->outcome, run->options->plan_only && s->text[0] == '\0'
                                  ? "only planned: nothing was sent" : s->text, s->counts, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        else
                mstc_restored_mark(run->store);      /* a service closes its store seldom */
        mstc_log_over(run->engine);
        return rc;
}

/* ---- one sync ---------------------------------------------------------------------------------------- */

static bool
differs(const char *is, const char *was)
{
        return was == NULL || strcmp(is, was) != 0;
}

int
mstc_run_begin(struct mstc_run *run, enum mstc_run_mode mode, struct mst_error *err)
{
        run->mode = mode;
        if (mstc_run_new(run->store, run->row.id, (int)mode, run->row.generation, run->sync->reads, &run->id,
                         err) != MST_OK)
                return err->code;
        run->engine->run = run->id;
        return MST_OK;
}

static int
carry_out(struct mstc_run *run, struct mst_error *err)
{
        uint64_t ops;

        /* A look at everybody, which costs little beside what these runs do. */
        if ((run->options->plan_only || run->note_fingerprint || run->mode == MSTC_RUN_FULL) && run->options->users == NULL
            && mstc_strangers_warn(run, err) != MST_OK)
                return err->code;
        if (!run->options->plan_only)
                return mstc_carry_out(run, err);
        if (mstc_plan(run, &ops, err) != MST_OK)
                return err->code;
        return run->exactly != NULL ? mstc_exactly_select(run, err) : mstc_run_show_open(run, err);
}

/* What a changed configuration does to the mirror as it stands, before anything is read. */
static int
configuration_run(struct mstc_engine *engine, struct mstc_sync *sync, const struct mstc_sync_options *options,
                  struct mstc_summary *summary, struct mst_error *err)
{
        struct mstc_run run = { 0 };
        struct mst_error why = { 0 };
        int rc = mstc_run_init(&run, engine, sync, options, summary, err);

        if (rc == MST_OK && run.row.generation > 0 && differs(sync->fingerprint, run.row.fingerprint)
            && run.row.fingerprint != NULL && !differs(sync->reads, run.row.reads) && options->users == NULL
            && options->exactly == NULL && !options->plan_only) {
                run.all_dirty = run.config_effect = run.note_fingerprint = true;
                if (mstc_run_begin(&run, MSTC_RUN_CONFIG, &why) == MST_OK) {
                        mstc_log(engine, MSTC_EVENT_CONFIG_EFFECT, "the configuration of sync '%s' has changed; its effect is "
                                 "planned first", sync->name);
                        carry_out(&run, &why);
                }
                rc = mstc_run_close(&run, &why, err);
                if (rc == MST_OK && why.code != MST_OK)
                        rc = mst_fail(err, (enum mst_code)why.code, "%s", why.text);
        }
        mstc_run_done(&run);
        return rc;
}

static int
read_source(struct mstc_run *run, struct mst_error *err)
{
        if (run->options->users != NULL)
                return mstc_pull_users(run, err);
        if (run->options->mends != NULL)
                return mstc_run_begin(run, MSTC_RUN_VERIFY, err) != MST_OK ? err->code
                     : mstc_verify_mend(run, run->options->mends, err);
        if (run->options->offline)
                return mstc_run_begin(run, MSTC_RUN_CONFIG, err);
        return mstc_pull(run, err);
}

static int
main_run(struct mstc_engine *engine, struct mstc_sync *sync, const struct mstc_sync_options *options,
         struct mstc_summary *summary, struct mst_error *err)
{
        struct mstc_run run = { 0 };
        struct mst_error why = { 0 };
        int rc = mstc_run_init(&run, engine, sync, options, summary, err), pulled;

        if (rc == MST_OK) {
                bool changed = run.row.generation > 0 && run.row.fingerprint != NULL
                            && differs(sync->fingerprint, run.row.fingerprint);

                summary->text[0] = '\0';     /* why the other run ended is in the history */
                mstc_progress(&run, MSTC_PHASE_START, 0, 0);
                pulled = read_source(&run, &why);
                run.config_effect = changed;
                run.all_dirty = (changed || run.restored) && options->users == NULL && options->mends == NULL;
                run.note_fingerprint = options->mends == NULL && (changed || run.row.fingerprint == NULL);
                run.read_whole = pulled == MST_OK && (run.mode == MSTC_RUN_FULL || run.mode == MSTC_RUN_DELTA);
                if (pulled == MST_OK && mstc_exactly_begin(&run, &why) == MST_OK)
                        carry_out(&run, &why);
                else if (pulled == MST_END)
                        why.code = MST_OK;   /* held: the summary says why             */
                rc = mstc_run_close(&run, &why, err);
        }
        mstc_run_done(&run);
        return rc;
}

int
mstc_summary_make(struct mstc_sync *sync, struct mstc_summary *ret, struct mst_error *err)
{
        memset(ret, 0, sizeof *ret);
        ret->targets = mstc_alloc((sync->target_count + 1) * sizeof *ret->targets);
        if (ret->targets == NULL)
                return mst_fail_memory(err, "starting a run");
        ret->target_count = sync->target_count;
        for (size_t i = 0; i < sync->target_count; i++) {
                const struct mstc_instance *sink = sync->targets[i].sink;

                ret->targets[i].name = sync->targets[i].name;
                ret->targets[i].words = sink != NULL && sink->plugin != NULL ? sink->plugin->sink_words : NULL;
        }
        return MST_OK;
}

int
mstc_engine_sync(struct mstc_engine *engine, struct mstc_sync *sync, const struct mstc_sync_options *options,
                 struct mstc_summary *ret, struct mst_error *err)
{
        struct mstc_sync_options safe = *options;
        int64_t from = mstc_clock_ticks_ms();
        int rc;

        /* Where nobody was asked, nothing is sent. */
        safe.plan_only = safe.plan_only || safe.offline;
        options = &safe;
        engine->conductor = pthread_self();
        if (mstc_summary_make(sync, ret, err) != MST_OK)
                return err->code;
        rc = engine->unsure ? mstc_engine_recover(engine, err) : MST_OK;
        if (rc == MST_OK && !options->plan_only)
                rc = mstc_environment_take(engine->store, engine->setup->config->environment, err);
        if (rc == MST_OK && options->mends == NULL)
                rc = configuration_run(engine, sync, options, ret, err);
        if (rc == MST_OK && !mstc_engine_stopping(engine))
                rc = main_run(engine, sync, options, ret, err);
        if (rc == MST_OK && !options->plan_only && mstc_retention(engine, err) != MST_OK) {
                mstc_log(engine, MSTC_EVENT_PAST_STAYS, "old runs could not be dropped: %s", err->text);
                memset(err, 0, sizeof *err);
        }
        engine->unsure = engine->unsure || rc != MST_OK || ret->outcome == MSTC_END_FAILED;
        if (rc != MST_OK) {
                ret->outcome = MSTC_END_FAILED;
                snprintf(ret->text, sizeof ret->text, "%s", err->text);
        }
        ret->ms = mstc_clock_ticks_ms() - from;
        return rc;
}

void
mstc_summary_done(struct mstc_summary *summary)
{
        for (size_t i = 0; i < summary->target_count; i++)
                mstc_free((char *)(uintptr_t)summary->targets[i].reason);
        mstc_free(summary->targets);
        memset(summary, 0, sizeof *summary);
}
