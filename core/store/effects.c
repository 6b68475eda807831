/* effects.c - what guards look back on.  What is too old to count goes when something is added. */
#include "build.h"

#include "store/effects.h"

#include "store/sql.h"

#define HOUR_MS INT64_C(3600000)
#define BYGONE_MS (90 * 24 * HOUR_MS)

int
mstc_effect_add(struct mstc_store *store, int64_t target, const char *guard, int64_t number, struct mst_error *err)
{
        int64_t hour = mstc_now_ms() / HOUR_MS;

        if (mstc_sql_run(store, err, "DELETE FROM effect WHERE target=? AND guard=? AND hour<?", "iti", target, guard,
                         hour - 200) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "INSERT INTO effect VALUES(?1,?2,?3,?4) ON CONFLICT(target, guard, hour) DO UPDATE "
                            "SET number=number+?4", "itii", target, guard, hour, number);
}

int
mstc_effect_window(struct mstc_store *store, int64_t target, const char *guard, int64_t *ret_day, int64_t *ret_week,
                   struct mst_error *err)
{
        int64_t hour = mstc_now_ms() / HOUR_MS;

        if (mstc_sql_number(store, err, ret_day, 0, "SELECT sum(number) FROM effect WHERE target=? AND guard=? AND hour>?",
                            "iti", target, guard, hour - 24) != MST_OK)
                return err->code;
        return mstc_sql_number(store, err, ret_week, 0, "SELECT sum(number) FROM effect WHERE target=? AND guard=? AND hour>?",
                               "iti", target, guard, hour - 168);
}

int
mstc_bygone_put(struct mstc_store *store, int64_t sink, int64_t hash, int64_t entry, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO bygone VALUES(?,?,?,?)", "iiii", sink, hash, entry,
                            mstc_now_ms());
}

int
mstc_bygone_other(struct mstc_store *store, int64_t sink, int64_t hash, int64_t entry, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM bygone WHERE sink=? AND hash=? AND entry<>? AND at>? LIMIT 1",
                            "iiii", sink, hash, entry, mstc_now_ms() - BYGONE_MS) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}
