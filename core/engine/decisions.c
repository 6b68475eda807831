/* decisions.c - what an admin lets be forgotten.  Each is one transaction. */
#include "build.h"

#include "engine/run.h"

#include <string.h>

#include "store/entries.h"
#include "store/forget.h"
#include "store/groups.h"
#include "store/holds.h"
#include "store/pauses.h"
#include "util/alloc.h"
#include "util/buffer.h"

static int
end(struct mstc_engine *engine, int rc, struct mst_error *err)
{
        if (rc == MST_OK)
                rc = mstc_store_commit(engine->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(engine->store);
        return rc;
}

int
mstc_engine_reset(struct mstc_engine *engine, const char *sync, struct mst_error *err)
{
        struct mstc_sync *s = mstc_setup_sync(engine->setup, sync);
        struct mst_arena *arena;
        struct mstc_sync_row row;
        int rc;

        if (s == NULL)
                return mst_fail(err, MST_ECONFIG, "there is no sync '%s' in the configuration", sync);
        arena = mst_arena_new(0);
        if (arena == NULL)
                return mst_fail_memory(err, "resetting");
        rc = mstc_sync_row(engine->store, sync, 0, arena, &row, err);
        if (rc == MST_OK)
                rc = mstc_sync_reset(engine->store, row.id, err);
        mst_arena_free(arena);
        return rc;
}

int
mstc_engine_forget(struct mstc_engine *engine, const char *name, struct mst_error *err)
{
        int64_t sync, target;
        int rc = mstc_store_begin(engine->store, err);

        if (rc == MST_OK)
                rc = mstc_forget_find(engine->store, name, &sync, &target, err);
        if (rc == MST_OK && sync == 0 && target == 0)
                rc = mst_fail(err, MST_ENOTFOUND, "the store knows no sync and no target '%s'", name);
        if (rc == MST_OK && sync != 0 && target != 0)
                rc = mst_fail(err, MST_ECONFIG, "'%s' is a sync and a target; rename one of them (was=\"%s\") and "
                              "forget it by its new name", name, name);
        if (rc == MST_OK)
                rc = sync != 0 ? mstc_forget_sync(engine->store, sync, err)
                               : mstc_forget_target(engine->store, target, err);
        return end(engine, rc, err);
}

/* ---- pauses ----------------------------------------------------------------------------------- */

int
mstc_engine_pause(struct mstc_engine *engine, const struct mstc_pause *pause, struct mst_error *err)
{
        if (pause->sync != NULL && mstc_setup_sync(engine->setup, pause->sync) == NULL)
                return mst_fail(err, MST_ECONFIG, "there is no sync '%s' in the configuration", pause->sync);
        return mstc_pause_put(engine->store, pause, err);
}

int
mstc_engine_resume(struct mstc_engine *engine, const char *sync, int64_t *ret, struct mst_error *err)
{
        int rc = mstc_store_begin(engine->store, err);

        if (rc == MST_OK)
                rc = mstc_pause_end(engine->store, sync, mstc_now_ms(), ret, err);
        return end(engine, rc, err);
}

bool
mstc_engine_between(const struct mstc_engine *engine)
{
        return !mstc_store_in_transaction(engine->store);
}

/* ---- which store ------------------------------------------------------------------------------ */

int
mstc_engine_lineage(struct mstc_engine *engine, char ret[33], struct mst_error *err)
{
        return mstc_store_lineage(engine->store, ret, err);
}

bool
mstc_engine_digest(struct mstc_engine *engine, const void *bytes, size_t size, uint8_t digest[16])
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

        mstc_buffer_add(&text, digest, 16);
        mstc_buffer_add(&text, bytes, size);
        if (mstc_buffer_ok(&text))
                mstc_hash128(engine->store, text.bytes, text.length, digest);
        return mstc_buffer_ok(&text);
}
