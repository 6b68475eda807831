/* refetch.c - those whose record could not be read are asked for by id.
 *
 * What the source sent about them is lost, and it does not send it again.  They are asked for
 * as soon as the round is complete, in the next run, and then at longer and longer intervals;
 * a good answer is folded like any record. */
#include "build.h"

#include "engine/run.h"

#include <string.h>

#include "store/bad.h"
#include "store/entries.h"
#include "util/alloc.h"

#define AT_ONCE 200
#define MOST 2000                            /* of one run */

static int
fold_answer(struct mstc_run *run, struct mst_page *page, struct mst_error *err)
{
        struct mstc_fold fold = mstc_run_fold(run, false);
        int rc = mstc_fold_open(run->store, &fold, err);

        if (rc != MST_OK)
                return rc;
        fold.asked = true;
        rc = mstc_fold_page(run->store, &fold, page, NULL, NULL, err);
        if (rc == MST_OK)
                rc = mstc_fold_save(run->store, &fold, err);
        run->counts[MSTC_N_CHANGED] += fold.changed;
        run->counts[MSTC_N_REMOVED] += fold.removed;
        mstc_fold_close(&fold);
        return rc;
}

static int
ask(struct mstc_run *run, const struct mst_ids *ids, struct mst_error *err)
{
        struct mst_page *page = mstc_page_new();
        struct mst_error why = { 0 };
        int rc;

        if (page == NULL)
                return mst_fail_memory(err, "asking for bad records again");
        if (mstc_live_fetch(run->source, ids, page, &why) != MST_OK)
                mstc_log(run->engine, MSTC_EVENT_BAD_NOT_ASKED, "records that could not be read could not be asked for again: %s",
                         why.text);
        rc = mstc_store_begin(run->store, err);
        for (size_t i = 0; i < ids->count && rc == MST_OK; i++)
                rc = mstc_bad_asked(run->store, run->row.id, ids->kinds[i], ids->ids[i], err);
        if (rc == MST_OK && why.code == MST_OK)
                rc = fold_answer(run, page, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        mstc_page_free(page);
        return rc;
}

int
mstc_refetch(struct mstc_run *run, struct mst_error *err)
{
        enum mst_kind kinds[AT_ONCE];
        const char *ids[AT_ONCE];
        int64_t before, after;
        size_t count = AT_ONCE, asked = 0;

        if (mstc_bad_count(run->store, run->row.id, &before, err) != MST_OK)
                return err->code;
        if (before == 0 || run->source->setup->plugin->source->fetch == NULL)
                return MST_OK;
        while (count == AT_ONCE && asked < MOST && !mstc_engine_stopping(run->engine)) {
                struct mst_ids some = { 0, kinds, ids };

                mst_arena_reset(run->scratch);
                if (mstc_bad_due(run->store, run->row.id, false, run->scratch, kinds, ids, AT_ONCE, &count, err) != MST_OK)
                        return err->code;
                some.count = count;
                asked += count;
                if (count != 0 && ask(run, &some, err) != MST_OK)
                        return err->code;
        }
        if (mstc_bad_count(run->store, run->row.id, &after, err) != MST_OK)
                return err->code;
        if (after < before)
                mstc_log(run->engine, MSTC_EVENT_BAD_MENDED, "%lld records that could not be read are there now",
                         (long long)(before - after));
        return MST_OK;
}
