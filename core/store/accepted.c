/* accepted.c - values that somebody gave an object in a sink and that an admin let stay. */
#include "build.h"

#include "store/accepted.h"

#include "store/sql.h"

int
mstc_accepted_put(struct mstc_store *store, const struct mstc_accepted *a, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO accepted(sink, kind, owner, attribute, wanted, actual, "
                            "who, at, note) VALUES(?,?,?,?,?,?,?,?,?)", "iiitbbtit", a->sink, (int64_t)a->kind, a->owner,
                            a->attribute, (const void *)a->wanted, sizeof a->wanted, (const void *)a->actual,
                            sizeof a->actual, a->who, mstc_now_ms(), a->note);
}

int
mstc_accepted_has(struct mstc_store *store, const struct mstc_accepted *a, bool *ret, struct mst_error *err)
{
        int64_t one;

        *ret = false;
        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM accepted WHERE sink=? AND kind=? AND owner=? AND "
                            "attribute=? AND wanted=? AND actual=?", "iiitbb", a->sink, (int64_t)a->kind, a->owner,
                            a->attribute, (const void *)a->wanted, sizeof a->wanted, (const void *)a->actual,
                            sizeof a->actual) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_accepted_drop(struct mstc_store *store, const struct mstc_accepted *a, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM accepted WHERE sink=? AND kind=? AND owner=? AND attribute=?", "iiit",
                            a->sink, (int64_t)a->kind, a->owner, a->attribute);
}
