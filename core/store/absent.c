/* absent.c - see absent.h. */
#include "build.h"

#include "store/absent.h"

#include "store/sql.h"

int
mstc_absent_note(struct mstc_store *store, int64_t entry, int64_t run, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE entry SET absent=? WHERE number=?", "ii", run, entry);
}

int
mstc_absent_stated(struct mstc_store *store, int64_t entry, uint32_t mask, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO dirty SELECT sync, number, ?2 FROM entry WHERE number=?1 AND absent IS NOT NULL "
                         "ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|?2", "ii", entry, (int64_t)mask) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "UPDATE entry SET absent=NULL WHERE number=? AND absent IS NOT NULL", "i", entry);
}

int
mstc_absent_spoken_of(struct mstc_store *store, int64_t entry, int64_t run, struct mst_error *err)
{
        return mstc_sql_run(store, err, "UPDATE entry SET absent=? WHERE number=? AND absent IS NOT NULL", "ii", run, entry);
}

int
mstc_absent_once(struct mstc_store *store, int64_t entry, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM entry WHERE number=? AND absent IS NOT NULL", "i",
                            entry) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_absent_since(struct mstc_store *store, int64_t sync, int64_t before, bool *ret, struct mst_error *err)
{
        int64_t one;

        if (mstc_sql_number(store, err, &one, 0, "SELECT 1 FROM entry WHERE sync=?1 AND absent IS NOT NULL AND gone<>0 AND "
                            "kind=1 AND since<?2 AND coalesce((SELECT started FROM run WHERE id=absent), 0)<?2 LIMIT 1", "ii",
                            sync, before) != MST_OK)
                return err->code;
        *ret = one != 0;
        return MST_OK;
}

int
mstc_absent_twice(struct mstc_store *store, int64_t sync, int64_t run, uint32_t mask, struct mst_error *err)
{
        if (mstc_sql_run(store, err, "INSERT INTO dirty SELECT sync, number, ?3 FROM entry WHERE sync=?1 AND absent<?2 "
                         "AND gone<>0 AND kind=1 ON CONFLICT(sync, entry) DO UPDATE SET mask=mask|?3", "iii", sync, run,
                         (int64_t)mask) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "UPDATE entry SET absent=NULL WHERE sync=?1 AND absent IS NOT NULL AND (absent<?2 OR "
                            "gone=0)", "ii", sync, run);
}
