/* meter.c - what is counted for metrics while a run goes on: it gathers in memory and goes into the
 * store with the transaction that settles what was counted.
 *
 * The lag of an op is the time from when the run that planned it began to read to its outcome:
 * no earlier moment at which the source can have been asked, so it is never told too small. */
#include "build.h"

#include "engine/meter.h"
#include "engine/run.h"

#include <string.h>

#include "store/meters.h"
#include "util/alloc.h"

struct mstc_meter {
        const char *name;                    /* a literal                              */
        int64_t owner, part, more;
};

int
mstc_meter_add(struct mstc_engine *engine, const char *name, int64_t owner, int64_t part, int64_t more, struct mst_error *err)
{
        struct mstc_meters *m = &engine->meters;

        for (size_t i = 0; i < m->count; i++)
                if (m->rows[i].owner == owner && m->rows[i].part == part && strcmp(m->rows[i].name, name) == 0) {
                        m->rows[i].more += more;
                        return MST_OK;
                }
        if (m->count == m->room) {
                size_t room = m->room != 0 ? m->room * 2 : 32;
                struct mstc_meter *rows = mstc_realloc_array(m->rows, room, sizeof *rows);

                if (rows == NULL)
                        return mst_fail_memory(err, "counting what was done");
                m->rows = rows;
                m->room = room;
        }
        m->rows[m->count++] = (struct mstc_meter){ .name = name, .owner = owner, .part = part, .more = more };
        return MST_OK;
}

int
mstc_meters_save(struct mstc_engine *engine, struct mst_error *err)
{
        struct mstc_meters *m = &engine->meters;

        for (size_t i = 0; i < m->count; i++) {
                struct mstc_meter *row = &m->rows[i];

                if (row->more != 0 && mstc_meter_put(engine->store, row->name, row->owner, row->part, row->more, err) != MST_OK)
                        return err->code;
                row->more = 0;
        }
        return MST_OK;
}

void
mstc_meters_done(struct mstc_engine *engine)
{
        mstc_free(engine->meters.rows);
        engine->meters = (struct mstc_meters){ 0 };
}

/* When the run began that planned it: mostly this one, else often the same again. */
static int
planned_at(struct mstc_run *run, int64_t planned, int64_t *ret, struct mst_error *err)
{
        struct mstc_meters *m = &run->engine->meters;

        *ret = run->begun;
        if (planned == run->id)
                return MST_OK;
        if (planned != m->run && mstc_run_began(run->store, planned, &m->run_began, err) != MST_OK)
                return err->code;
        m->run = planned;
        *ret = m->run_began;
        return MST_OK;
}

int
mstc_meter_op(struct mstc_run *run, const struct mst_op *op, struct mst_error *err)
{
        const struct mstc_errand *errand = op->engine;
        int64_t target = errand->target->row.id, since, lag;
        size_t bucket = 0;

        if (op->outcome == MST_UNSENT)
                return MST_OK;
        if (mstc_meter_add(run->engine, "ops", target, MSTC_METER_OP(op->kind, op->verb, op->outcome), 1, err) != MST_OK)
                return err->code;
        if (op->outcome != MST_DONE && op->outcome != MST_ALREADY)
                return MST_OK;
        if (planned_at(run, errand->row.run, &since, err) != MST_OK)
                return err->code;
        lag = since != 0 && mstc_now_ms() > since ? mstc_now_ms() - since : 0;
        while (bucket < MSTC_LAG_LIMITS && lag > mstc_lag_limits[bucket])
                bucket++;
        if (mstc_meter_add(run->engine, "lag", target, (int64_t)bucket, 1, err) != MST_OK)
                return err->code;
        return mstc_meter_add(run->engine, "lag-ms", target, 0, lag, err);
}

/* ---- the end of a run --------------------------------------------------------------------- */

/* What is parked, held or a duplicate waits for somebody and is counted elsewhere: everything else
 * that was read is in the sink. */
static bool
carried_over(const struct mstc_run_target *t)
{
        return t->sink->aside[0] == '\0' && !t->no_plan && t->counts[MSTC_N_RETRY] == 0;
}

static int
successes(struct mstc_run *run, struct mst_error *err)
{
        bool all = true;

        for (size_t i = 0; i < run->target_count; i++) {
                if (!carried_over(&run->targets[i]))
                        all = false;
                else if (mstc_target_succeeded(run->store, run->targets[i].row.id, err) != MST_OK)
                        return err->code;
        }
        return all ? mstc_sync_succeeded(run->store, run->row.id, err) : MST_OK;
}

static int
connectors(struct mstc_engine *engine, struct mst_error *err)
{
        static const struct { enum mst_counted what; const char *name; } counted[] = {
                { MST_COUNT_CALLS, "calls" }, { MST_COUNT_THROTTLED_MS, "throttled-ms" },
        };

        for (size_t i = 0; i < engine->live_count; i++)
                for (size_t k = 0; k < sizeof counted / sizeof counted[0] && engine->lives[i].host != NULL; k++) {
                        uint64_t more = mstc_host_take_count(engine->lives[i].host, counted[k].what);

                        if (more != 0 && mstc_meter_add(engine, counted[k].name, engine->lives[i].id, 0, (int64_t)more,
                                                        err) != MST_OK)
                                return err->code;
                }
        return MST_OK;
}

int
mstc_meter_run(struct mstc_run *run, bool good, struct mst_error *err)
{
        static const enum mstc_count records[] = { MSTC_N_READ, MSTC_N_CHANGED, MSTC_N_REMOVED, MSTC_N_BAD };
        struct mstc_engine *engine = run->engine;
        const struct mstc_summary *s = run->summary;
        int64_t lasted = mstc_now_ms() - run->begun;

        if (run->options->plan_only)
                return connectors(engine, err) != MST_OK ? err->code : mstc_meters_save(engine, err);
        for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
                if (run->counts[records[i]] != 0
                    && mstc_meter_add(engine, "records", run->row.id, (int64_t)records[i], (int64_t)run->counts[records[i]],
                                      err) != MST_OK)
                        return err->code;
        if (mstc_meter_add(engine, "runs", run->row.id, (int64_t)s->outcome, 1, err) != MST_OK
            || mstc_meter_add(engine, "run-ms", run->row.id, 0, lasted > 0 ? lasted : 0, err) != MST_OK
            || connectors(engine, err) != MST_OK || mstc_meters_save(engine, err) != MST_OK)
                return err->code;
        return good && run->read_whole ? successes(run, err) : MST_OK;
}
