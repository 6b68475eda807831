/* meters.c - counters that outlive restarts, and when things last went well. */
#include "build.h"

#include "store/meters.h"

#include "store/sql.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

const int64_t mstc_lag_limits[MSTC_LAG_LIMITS] = {
        SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR, 168 * HOUR,
};

int
mstc_meter_put(struct mstc_store *store, const char *name, int64_t owner, int64_t part, int64_t more,
               struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT INTO meter VALUES(?1,?2,?3,?4) ON CONFLICT(name, owner, part) DO UPDATE SET "
                            "value=value+?4", "tiii", name, owner, part, more);
}

int
mstc_sync_succeeded(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE sync SET succeeded=? WHERE id=?", "ii", mstc_now_ms(), sync);
}

int
mstc_target_succeeded(struct mstc_store *store, int64_t target, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE target SET succeeded=? WHERE id=?", "ii", mstc_now_ms(), target);
}

int
mstc_run_began(struct mstc_store *store, int64_t run, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT started FROM run WHERE id=?", "i", run);
}
