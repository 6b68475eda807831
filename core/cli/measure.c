/* measure.c - how things stand, as metrics: which there are, and what each is made of.
 *
 * Times are told as moments, from which whoever reads them makes ages; ages themselves, too, but not
 * in a file, where they would stand still. */
#include "build.h"

#include "cli/measure.h"

#include <string.h>
#include <sys/stat.h>

#include "cli/fresh.h"
#include "cli/openmetrics.h"
#include "cli/savefile.h"
#include "util/alloc.h"

struct measure {
        struct mstc_om om;
        const struct mstc_config *config;
        struct mstc_view_meters view;
        struct mst_arena *arena;
        int64_t now;
};

#define EACH(list, count, row) for (size_t i = 0; i < m->view.count && ((row) = &m->view.list[i]) != NULL; i++)

/* The counters of one owner; all of them when 'owner' is 0. */
static const struct mstc_meter_value *
value_of(const struct measure *m, const char *name, int64_t owner, int64_t part)
{
        for (size_t i = 0; i < m->view.value_count; i++) {
                const struct mstc_meter_value *v = &m->view.values[i];

                if (v->owner == owner && v->part == part && strcmp(v->name, name) == 0)
                        return v;
        }
        return NULL;
}

static int64_t
number_of(const struct measure *m, const char *name, int64_t owner, int64_t part)
{
        const struct mstc_meter_value *v = value_of(m, name, owner, part);

        return v != NULL ? v->value : 0;
}

/* ---- syncs ---------------------------------------------------------------------------------- */

static void
measure_syncs(struct measure *m)
{
        const struct mstc_meter_sync *s;

        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sync_people", NULL, "People that the source has, as last read.");
        EACH(syncs, sync_count, s)
                mstc_om_number(&m->om, (const char *[]){ "sync", s->name, NULL }, s->people);
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sync_pending", NULL, "Records that have changed and are not planned yet.");
        EACH(syncs, sync_count, s)
                mstc_om_number(&m->om, (const char *[]){ "sync", s->name, NULL }, s->pending);
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sync_holds", NULL, "Holds that somebody has to decide on.");
        EACH(syncs, sync_count, s)
                mstc_om_number(&m->om, (const char *[]){ "sync", s->name, NULL }, s->holds);
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sync_last_success_timestamp_seconds", "seconds",
                       "When all that the source had was last carried to all targets, but for what is held or parked.");
        EACH(syncs, sync_count, s)
                if (s->succeeded != 0)
                        mstc_om_seconds(&m->om, (const char *[]){ "sync", s->name, NULL }, s->succeeded);
        if (!m->om.classic)
                mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sync_last_success_age_seconds", "seconds", "The same, as an age.");
        EACH(syncs, sync_count, s)
                if (s->succeeded != 0 && !m->om.classic)
                        mstc_om_seconds(&m->om, (const char *[]){ "sync", s->name, NULL }, m->now - s->succeeded);
}

static void
measure_runs(struct measure *m)
{
        const struct mstc_meter_sync *s;

        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sync_last_run_timestamp_seconds", "seconds", "When the last run ended.");
        EACH(syncs, sync_count, s)
                if (s->last != 0)
                        mstc_om_seconds(&m->om, (const char *[]){ "sync", s->name, NULL }, s->last_ended);
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sync_last_run_outcome", NULL,
                       "Its outcome: 0 done, 1 some failed, 2 configuration, 3 held, 4 failed, 5 stopped.");
        EACH(syncs, sync_count, s)
                if (s->last != 0)
                        mstc_om_number(&m->om, (const char *[]){ "sync", s->name, NULL }, s->outcome);
        mstc_om_family(&m->om, MSTC_OM_COUNTER, "muster_runs", NULL, "Runs that have ended, by outcome.");
        EACH(syncs, sync_count, s)
                for (int outcome = MSTC_END_DONE; outcome <= MSTC_END_STOPPED; outcome++)
                        mstc_om_number(&m->om, (const char *[]){ "sync", s->name, "outcome", mstc_run_outcome_name(outcome), NULL },
                                       number_of(m, "runs", s->id, outcome));
        mstc_om_family(&m->om, MSTC_OM_COUNTER, "muster_run_seconds", "seconds", "How long they have taken.");
        EACH(syncs, sync_count, s)
                mstc_om_seconds(&m->om, (const char *[]){ "sync", s->name, NULL }, number_of(m, "run-ms", s->id, 0));
        mstc_om_family(&m->om, MSTC_OM_COUNTER, "muster_records", NULL, "Records of the source, by what was found.");
        EACH(syncs, sync_count, s)
                for (int what = MSTC_N_READ; what <= MSTC_N_BAD; what++)
                        mstc_om_number(&m->om, (const char *[]){ "sync", s->name, "found", mstc_count_names[what], NULL },
                                       number_of(m, "records", s->id, what));
}

/* ---- targets -------------------------------------------------------------------------------- */

static void
measure_targets(struct measure *m)
{
        const struct mstc_meter_target *t;

        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_target_linked", NULL, "People with an object of ours in the sink.");
        EACH(targets, target_count, t)
                mstc_om_number(&m->om, (const char *[]){ "sync", t->sync, "target", t->name, "sink", t->sink, NULL }, t->linked);
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_target_last_success_timestamp_seconds", "seconds",
                       "When all that the source had was last carried there, but for what is held or parked.");
        EACH(targets, target_count, t)
                if (t->succeeded != 0)
                        mstc_om_seconds(&m->om, (const char *[]){ "sync", t->sync, "target", t->name, "sink", t->sink, NULL },
                                        t->succeeded);
        if (!m->om.classic)
                mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_target_last_success_age_seconds", "seconds", "The same, as an age.");
        EACH(targets, target_count, t)
                if (t->succeeded != 0 && !m->om.classic)
                        mstc_om_seconds(&m->om, (const char *[]){ "sync", t->sync, "target", t->name, "sink", t->sink, NULL },
                                        m->now - t->succeeded);
}

static const char *
in_arena(struct measure *m, const char *text)
{
        const char *copy = mst_arena_strdup(m->arena, text);

        m->om.out->failed |= copy == NULL;
        return copy != NULL ? copy : "";
}

static void
measure_ops(struct measure *m)
{
        const struct mstc_meter_target *t;
        int64_t counts[MSTC_LAG_LIMITS + 1];

        mstc_om_family(&m->om, MSTC_OM_COUNTER, "muster_ops", NULL, "What was asked of sinks, by what became of it.");
        EACH(targets, target_count, t)
                for (size_t k = 0; k < m->view.value_count; k++) {
                        const struct mstc_meter_value *v = &m->view.values[k];
                        enum mst_verb verb = (enum mst_verb)(v->part >> 8 & 0xff);

                        if (v->owner == t->id && strcmp(v->name, "ops") == 0)
                                mstc_om_number(&m->om, (const char *[]){ "sync", t->sync, "target", t->name, "sink", t->sink, "kind",
                                               v->part >> 16 == MST_GROUP ? "group" : "user", "verb",
                                               in_arena(m, mst_verb_name(verb)), "outcome",
                                               in_arena(m, mstc_outcome_name((int)(v->part & 0xff))), NULL }, v->value);
                }
        mstc_om_family(&m->om, MSTC_OM_HISTOGRAM, "muster_lag_seconds", "seconds",
                       "From the beginning of the read that saw a change to its being in the sink.");
        EACH(targets, target_count, t) {
                for (size_t k = 0; k <= MSTC_LAG_LIMITS; k++)
                        counts[k] = number_of(m, "lag", t->id, (int64_t)k);
                mstc_om_histogram(&m->om, (const char *[]){ "sync", t->sync, "target", t->name, "sink", t->sink, NULL },
                                  mstc_lag_limits, MSTC_LAG_LIMITS, counts, number_of(m, "lag-ms", t->id, 0));
        }
}

static void
measure_freshness(struct measure *m)
{
        size_t count;
        struct mstc_fresh *list = mstc_fresh_list(m->config, &m->view, m->now, m->arena, &count);

        m->om.out->failed |= list == NULL;
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_freshness_limit_seconds", "seconds",
                       "The age of the last success that the configuration allows; without a target of the whole sync.");
        for (size_t i = 0; list != NULL && i < count; i++)
                mstc_om_seconds(&m->om, (const char *[]){ "sync", list[i].sync, "target", list[i].target != NULL ? list[i].target
                                : "", NULL }, list[i].within_ms);
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_freshness_missed", NULL, "1: the last success is older than that.");
        for (size_t i = 0; list != NULL && i < count; i++)
                mstc_om_number(&m->om, (const char *[]){ "sync", list[i].sync, "target", list[i].target != NULL ? list[i].target
                               : "", NULL }, list[i].missed);
}

/* ---- sources and sinks ------------------------------------------------------------------------ */

static const struct {
        const char *name, *help;
        size_t at;
} of_sinks[] = {
        { "muster_sink_journal_ops", "Ops that have not ended.", offsetof(struct mstc_meter_instance, open) },
        { "muster_sink_parked_ops", "Ops that are put aside with their reason.", offsetof(struct mstc_meter_instance, parked) },
        { "muster_sink_held_ops", "Ops that a guard keeps back.", offsetof(struct mstc_meter_instance, held) },
        { "muster_sink_retry_ops", "Ops that are tried again later.", offsetof(struct mstc_meter_instance, retry) },
        { "muster_sink_unknown_ops", "Ops without an answer, to be looked up.", offsetof(struct mstc_meter_instance, unknown) },
        { "muster_sink_duplicates", "Objects that match a record and are not ours to take.",
          offsetof(struct mstc_meter_instance, duplicates) },
};

static void
measure_sinks(struct measure *m)
{
        const struct mstc_meter_instance *s;

        for (size_t k = 0; k < sizeof of_sinks / sizeof of_sinks[0]; k++) {
                mstc_om_family(&m->om, MSTC_OM_GAUGE, of_sinks[k].name, NULL, of_sinks[k].help);
                EACH(instances, instance_count, s)
                        if (s->role == MSTC_SINK)
                                mstc_om_number(&m->om, (const char *[]){ "sink", s->name, NULL },
                                               *(const int64_t *)(const void *)((const char *)s + of_sinks[k].at));
        }
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sink_aside", NULL, "1: it failed as a whole in its last run.");
        EACH(instances, instance_count, s)
                if (s->role == MSTC_SINK)
                        mstc_om_number(&m->om, (const char *[]){ "sink", s->name, NULL }, s->aside);
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sink_quarantined", NULL, "1: it is left alone until its next trial.");
        EACH(instances, instance_count, s)
                if (s->role == MSTC_SINK)
                        mstc_om_number(&m->om, (const char *[]){ "sink", s->name, NULL }, s->quarantined);
}

/* Changes that sinks have carried out, of all targets of one. */
static int64_t
changes_of(const struct measure *m, const char *sink)
{
        const struct mstc_meter_target *t;
        int64_t done = 0;

        EACH(targets, target_count, t)
                for (size_t k = 0; k < m->view.value_count; k++)
                        if (m->view.values[k].owner == t->id && strcmp(t->sink, sink) == 0
                            && strcmp(m->view.values[k].name, "ops") == 0 && (m->view.values[k].part & 0xff) == MST_DONE)
                                done += m->view.values[k].value;
        return done;
}

static void
measure_calls(struct measure *m)
{
        const struct mstc_meter_instance *s;

        mstc_om_family(&m->om, MSTC_OM_COUNTER, "muster_calls", NULL, "Requests that were sent to a source or sink.");
        EACH(instances, instance_count, s)
                mstc_om_number(&m->om, (const char *[]){ "role", s->role == MSTC_SINK ? "sink" : "source", "name", s->name, NULL },
                               number_of(m, "calls", s->id, 0));
        mstc_om_family(&m->om, MSTC_OM_COUNTER, "muster_throttled_seconds", "seconds",
                       "How long a source or sink has asked to be left alone.");
        EACH(instances, instance_count, s)
                mstc_om_seconds(&m->om, (const char *[]){ "role", s->role == MSTC_SINK ? "sink" : "source", "name", s->name, NULL },
                                number_of(m, "throttled-ms", s->id, 0));
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_sink_calls_per_change", NULL,
                       "Requests for each change that was carried out, over all time.");
        EACH(instances, instance_count, s) {
                int64_t done = s->role == MSTC_SINK ? changes_of(m, s->name) : 0;

                if (done > 0)
                        mstc_om_seconds(&m->om, (const char *[]){ "sink", s->name, NULL },
                                        number_of(m, "calls", s->id, 0) * 1000 / done);
        }
}

static void
measure_program(struct measure *m, bool stored)
{
        mstc_om_family(&m->om, MSTC_OM_INFO, "muster_build", NULL, "The muster that tells this.");
        mstc_om_number(&m->om, (const char *[]){ "version", PACKAGE_VERSION, NULL }, 1);
        if (!stored)
                return;
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_store_bytes", "bytes", "Size of the store's file.");
        mstc_om_number(&m->om, NULL, m->view.store_bytes);
        mstc_om_family(&m->om, MSTC_OM_GAUGE, "muster_store_log_bytes", "bytes", "Size of its write-ahead log.");
        mstc_om_number(&m->om, NULL, m->view.log_bytes);
}

/* ---- all --------------------------------------------------------------------------------------- */

static int
measure_store(struct measure *m, struct mst_error *err)
{
        struct mstc_store *store = NULL;
        int rc = mstc_store_open(m->config->store_path, MSTC_READ, &store, err);

        if (rc == MST_ENOTFOUND) {
                measure_program(m, false);
                err->code = MST_OK;
                return MST_OK;
        }
        if (rc == MST_OK)
                rc = mstc_view_meters(store, m->arena, &m->view, err);
        mstc_store_close(store);
        if (rc != MST_OK)
                return rc;
        measure_program(m, true);
        measure_syncs(m);
        measure_runs(m);
        measure_targets(m);
        measure_ops(m);
        measure_freshness(m);
        measure_sinks(m);
        measure_calls(m);
        return MST_OK;
}

int
mstc_measure(const struct mstc_config *config, enum mstc_form form, struct mstc_buffer *into, struct mst_error *err)
{
        struct measure m = { .om = { .out = into, .classic = form == MSTC_TEXTFILE }, .config = config, .now = mstc_now_ms(),
                             .arena = mst_arena_new(0) };
        int rc = m.arena != NULL ? measure_store(&m, err) : mst_fail_memory(err, "measuring");

        mstc_om_end(&m.om);
        mst_arena_free(m.arena);
        return rc == MST_OK && !mstc_buffer_ok(into) ? mst_fail_memory(err, "measuring") : rc;
}

int
mstc_measure_file(const struct mstc_config *config, const char *path, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        struct mstc_save *save;

        if (mstc_measure(config, MSTC_TEXTFILE, &text, err) != MST_OK || mstc_save_open(path, &save, err) != MST_OK)
                return mst_wrap(err, "metrics");
        (void)fchmod(fileno(mstc_save_file(save)), 0644);
        (void)fwrite(text.bytes, 1, text.length, mstc_save_file(save));      /* seen at the end */
        return mstc_save_close(save, true, err) == MST_OK ? MST_OK : mst_wrap(err, "metrics");
}
