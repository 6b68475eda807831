/* retention.c - after a run, what is older than anybody wants to know goes: by age, and by the size
 * of the store.  In pieces, and for a moment only: what is left goes after the next run. */
#include "build.h"

#include "engine/run.h"

#include "store/retain.h"
#include "util/date.h"

#define LONGEST_MS 2000
#define LEAST_MS (INT64_C(86400000) * MSTC_KEEP_DAYS_LEAST)

static int
drop_before(struct mstc_engine *engine, int64_t before, int64_t most_bytes, int64_t until, int64_t *runs, struct mst_error *err)
{
        bool more = true;
        int64_t used = 0;

        while (more && mstc_clock_ticks_ms() < until && !mstc_engine_stopping(engine)) {
                if (most_bytes > 0 && (mstc_retain_used(engine->store, &used, err) != MST_OK || used <= most_bytes))
                        return err->code;
                if (mstc_retain_piece(engine->store, before, &more, runs, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

int
mstc_retention(struct mstc_engine *engine, struct mst_error *err)
{
        const struct mstc_config *config = engine->setup->config;
        int64_t now = mstc_now_ms(), until = mstc_clock_ticks_ms() + LONGEST_MS, runs = 0;
        int64_t before = now - (config->keep_ms > LEAST_MS ? config->keep_ms : LEAST_MS);

        if (drop_before(engine, before, 0, until, &runs, err) != MST_OK
            || (config->keep_bytes > 0
                && drop_before(engine, now - LEAST_MS, config->keep_bytes, until, &runs, err) != MST_OK)
            || (runs > 0 && mstc_retain_rest(engine->store, before, err) != MST_OK))
                return err->code;
        if (runs > 0)
                mstc_log(engine, MSTC_EVENT_PAST_DROPPED, "%lld old runs were dropped with all that they had to tell",
                         (long long)runs);
        return MST_OK;
}
