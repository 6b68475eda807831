/* retry.c - `muster retry`: what waits for its time or for a change is taken up by the next run. */
#include "build.h"

#include "engine/run.h"

#include <string.h>

#include "store/again.h"
#include "store/declined.h"
#include "store/entries.h"

static int
sink_id(struct mstc_engine *engine, const char *name, int64_t *ret, struct mst_error *err)
{
        for (size_t i = 0; i < engine->live_count; i++)
                if (!engine->lives[i].is_source && strcmp(engine->lives[i].setup->config->name, name) == 0) {
                        *ret = engine->lives[i].id;
                        return MST_OK;
                }
        return mst_fail(err, MST_ECONFIG, "there is no sink '%s' in the configuration", name);
}

/* In each sync that knows somebody of that id. */
static int
retry_user(struct mstc_engine *engine, const char *id, struct mstc_again *again, struct mst_error *err)
{
        bool known = false;

        for (size_t i = 0; i < engine->setup->sync_count; i++) {
                struct mst_arena *arena = mst_arena_new(0);
                struct mstc_sync_row row;
                int rc = arena == NULL ? mst_fail_memory(err, "retrying")
                       : mstc_sync_row(engine->store, engine->setup->syncs[i].name, 0, arena, &row, err);

                mst_arena_free(arena);
                if (rc != MST_OK || mstc_entry_find(engine->store, row.id, MST_USER, id, &again->entry, err) != MST_OK)
                        return err->code;
                if (again->entry == 0)
                        continue;
                known = true;
                if (mstc_come_again(engine->store, again, err) != MST_OK)
                        return err->code;
        }
        return known ? MST_OK : mst_fail(err, MST_ENOTFOUND, "nobody here has the id '%s'", id);
}

static int
retry(struct mstc_engine *engine, const char *const *users, size_t user_count, const char *sink,
      struct mstc_again *again, const char *who, struct mst_error *err)
{
        int64_t ignored;

        if (sink != NULL && sink_id(engine, sink, &again->sink, err) != MST_OK)
                return err->code;
        if (mstc_decision_add(engine->store, MSTC_RETRIED, 0, who, NULL, &ignored, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < user_count; i++)
                if (retry_user(engine, users[i], again, err) != MST_OK)
                        return err->code;
        return user_count != 0 ? MST_OK : mstc_come_again(engine->store, again, err);
}

int
mstc_engine_retry(struct mstc_engine *engine, const char *const *users, size_t user_count, const char *sink,
                  bool parked_only, const char *who, struct mstc_retried *ret, struct mst_error *err)
{
        struct mstc_again again = { .parked_only = parked_only };
        int rc = mstc_store_begin(engine->store, err);

        if (rc == MST_OK)
                rc = retry(engine, users, user_count, sink, &again, who, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(engine->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(engine->store);
        *ret = (struct mstc_retried){ .parked = again.parked, .waiting = again.waiting, .declined = again.declined,
                                      .members = again.members, .records = again.records };
        return rc;
}
