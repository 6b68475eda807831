/* leaders.c - whom do others point at?  They are made first, so that nobody waits.
 *
 * A small plan asks the store for each; a large one reads all who are pointed at once, as
 * hashes in a table of their own. */
#include "build.h"

#include "engine/run.h"

#include "engine/numbers.h"
#include "store/entries.h"
#include "util/alloc.h"

struct mstc_leaders {
        struct mstc_numbers table;           /* hash -> anything                       */
};

static bool
add(void *self, int64_t toward)
{
        struct mstc_leaders *leaders = self;

        return mstc_numbers_put(&leaders->table, toward != 0 ? toward : 1, leaders);
}

int
mstc_leaders_load(struct mstc_run *run, struct mst_error *err)
{
        if (run->leaders != NULL)
                return MST_OK;
        run->leaders = mstc_alloc(sizeof *run->leaders);
        if (run->leaders == NULL)
                return mst_fail_memory(err, "planning");
        return mstc_pointed_at_all(run->store, add, run->leaders, err);
}

void
mstc_leaders_free(struct mstc_leaders *leaders)
{
        if (leaders == NULL)
                return;
        mstc_numbers_done(&leaders->table);
        mstc_free(leaders);
}

int
mstc_is_leader(struct mstc_run *run, const char *id, bool *ret, struct mst_error *err)
{
        int64_t toward;

        if (run->leaders == NULL)
                return mstc_pointed_at(run->store, run->row.id, id, ret, err);
        toward = mstc_toward(run->store, run->row.id, id);
        *ret = mstc_numbers_get(&run->leaders->table, toward != 0 ? toward : 1) != NULL;
        return MST_OK;
}
