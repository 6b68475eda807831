/* quarantine.c - a sink that fails again and again is left alone for a while.
 *
 *   counts as failure   an op that comes back to be tried again, or whose answer was lost, because
 *                       the sink was not reached, failed itself, throttles or refuses our
 *                       credentials; a call that failed as a whole.  What it says about one record
 *                       (refused, duplicate, gone) shows that it works.
 *   in                  ten failures in a row, or ten of the last twenty; an op that our credentials
 *                       are not good for at once (a probe that they are not good for costs nothing,
 *                       and whoever has put them right wants to see it)
 *   meanwhile           nothing is asked of it and nothing sent; the source is still read, the
 *                       other sinks go on, what is for it stays dirty or planned
 *   trial               after 1, 5, 15 and 60 minutes, then once a day: it is probed, and one op is
 *                       sent; when that is done the rest follows in the same run
 *   out                 by such a trial, or by `muster retry --sink`
 *
 * How it has been doing is kept in the store, so that no restart makes it forgotten. */
#include "build.h"

#include "engine/quarantine.h"
#include "engine/run.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define IN_A_ROW 10
#define LOOK_BACK 20
#define OF_THEM 10
#define LONGEST_MS INT64_C(90000000)         /* what a clock put back cannot prolong   */

static const int64_t trials_ms[] = { 60000, 300000, 900000, 3600000, 86400000 };
#define TRIALS (sizeof trials_ms / sizeof trials_ms[0])

static int64_t
failures_in(uint32_t recent)
{
        int64_t count = 0;

        for (; recent != 0; recent &= recent - 1)
                count++;
        return count;
}

static void
enter(struct mstc_live *sink, const struct mst_error *why)
{
        struct mstc_health *h = &sink->health;
        size_t step = h->quarantined ? (size_t)(h->trials < (int64_t)TRIALS - 1 ? h->trials + 1 : (int64_t)TRIALS - 1) : 0;
        struct mst_error told = *why;

        h->trials = (int64_t)step;
        h->trial = mstc_now_ms() + trials_ms[step];
        h->quarantined = true;
        h->on_trial = false;
        mst_wrap(&told, "%s", h->row >= IN_A_ROW ? "quarantined after failures in a row"
                        : why->code == MST_EAUTH ? "quarantined" : "quarantined after many failures");
        snprintf(h->reason, sizeof h->reason, "%.639s", told.text);
        mstc_live_put_aside(sink, &told);
}

static void
failed(struct mstc_live *sink, const struct mst_error *why, bool at_once)
{
        struct mstc_health *h = &sink->health;

        h->row++;
        h->recent = (h->recent << 1 | 1) & ((UINT32_C(1) << LOOK_BACK) - 1);
        h->tried += h->tried < LOOK_BACK;
        h->changed = true;
        if (h->quarantined && !h->on_trial)
                return;                      /* of those that were still under way     */
        if (h->on_trial || h->row >= IN_A_ROW || at_once
            || (h->tried == LOOK_BACK && failures_in(h->recent) >= OF_THEM))
                enter(sink, why);
}

static void
worked(struct mstc_live *sink)
{
        struct mstc_health *h = &sink->health;

        h->changed = h->changed || h->row != 0 || h->recent != 0;
        h->row = 0;
        h->recent = h->recent << 1 & ((UINT32_C(1) << LOOK_BACK) - 1);
        h->tried += h->tried < LOOK_BACK;
        if (!h->on_trial)
                return;
        mstc_log(sink->engine, MSTC_EVENT_TRIAL_PASSED, "sink '%s' has done what it was asked on trial: its quarantine is over",
                 sink->setup->config->name);
        *h = (struct mstc_health){ .changed = true };
}

/* Says something about the sink, not about what it was asked. */
static bool
of_the_sink(const struct mst_error *why)
{
        return why->code == MST_ENET || why->code == MST_ETHROTTLED || why->code == MST_EAUTH;
}

void
mstc_health_of_op(struct mstc_live *sink, enum mst_outcome outcome, const struct mst_error *why, uint64_t batch)
{
        struct mstc_health *h = &sink->health;

        switch (outcome) {
        case MST_UNSENT:
                break;
        case MST_UNKNOWN:
                if (of_the_sink(why) && h->lost_in != batch) {
                        h->lost_in = batch;
                        failed(sink, why, why->code == MST_EAUTH);
                }
                break;
        case MST_RETRY:
                if (of_the_sink(why))
                        failed(sink, why, why->code == MST_EAUTH);
                break;
        default:
                worked(sink);
                break;
        }
}

void
mstc_health_of_call(struct mstc_live *sink, const struct mst_error *why)
{
        if (!sink->is_source && of_the_sink(why))
                failed(sink, why, false);
}

static void
moment(int64_t ms, char into[32])
{
        time_t seconds = (time_t)(ms / 1000);
        struct tm tm;

        gmtime_r(&seconds, &tm);
        strftime(into, 32, "%Y-%m-%d %H:%M:%SZ", &tm);
}

void
mstc_quarantine_begin(struct mstc_live *sink, int64_t now)
{
        struct mstc_health *h = &sink->health;
        char at[32];

        if (!h->quarantined)
                return;
        h->on_trial = now >= h->trial || h->trial - now > LONGEST_MS;
        if (h->on_trial)
                return;
        moment(h->trial, at);
        snprintf(sink->aside, sizeof sink->aside, "in quarantine until a trial at %s (`muster retry --sink %.200s` tries it "
                 "now): %.600s", at, sink->setup->config->name, h->reason);
}

bool
mstc_quarantine_on_trial(const struct mstc_live *sink)
{
        return sink->health.on_trial;
}

int
mstc_quarantine_save(struct mstc_run *run, struct mstc_live *sink, struct mst_error *err)
{
        struct mstc_health *h = &sink->health;

        /* It was asked, and had nothing to do: that is all a trial can show. */
        if (h->on_trial && sink->probed && sink->aside[0] == '\0' && !mstc_engine_stopping(run->engine))
                worked(sink);
        if (!h->changed)
                return MST_OK;
        h->changed = false;
        return mstc_instance_set_health(run->store, sink->id, h, err);
}
