/* users.c - chosen users only: each is asked for at the source, folded like a change, and
 * planned; everybody else stays as he is, and no cursor moves. */
#include "build.h"

#include "engine/run.h"

#include <string.h>

#include "store/entries.h"
#include "util/alloc.h"

/* The id to ask the source for: of the one entry of that name, else the text as it is. */
static int
id_of(struct mstc_run *run, const char *user, const char **ret, struct mst_error *err)
{
        struct mstc_entry entry;
        int64_t numbers[2];
        size_t count;

        if (mstc_entry_named(run->store, run->row.id, user, run->scratch, numbers, 2, &count, err) != MST_OK)
                return err->code;
        if (count > 1)
                return mst_fail(err, MST_ECONFIG, "several people are called '%s'; give the id of one (`muster users "
                                "%s`)", user, user);
        *ret = user;
        if (count == 0)
                return MST_OK;
        if (mstc_entry_get(run->store, numbers[0], run->scratch, &entry, err) != MST_OK)
                return err->code;
        *ret = mst_arena_strdup(run->arena, entry.id);
        return *ret != NULL ? MST_OK : mst_fail_memory(err, "reading chosen users");
}

static int
fold_answer(struct mstc_run *run, struct mst_page *page, struct mst_error *err)
{
        struct mstc_fold fold = mstc_run_fold(run, false);
        int rc = mstc_fold_open(run->store, &fold, err);

        if (rc == MST_OK)
                rc = mstc_store_begin(run->store, err);
        if (rc == MST_OK) {
                rc = mstc_fold_page(run->store, &fold, page, NULL, NULL, err);
                if (rc == MST_OK)
                        rc = mstc_fold_save(run->store, &fold, err);
                if (rc == MST_OK)
                        rc = mstc_store_commit(run->store, err);
                if (rc != MST_OK)
                        mstc_store_rollback(run->store);
        }
        run->counts[MSTC_N_READ] += fold.read;
        run->counts[MSTC_N_CHANGED] += fold.changed;
        run->counts[MSTC_N_REMOVED] += fold.removed;
        run->counts[MSTC_N_BAD] += fold.bad;
        mstc_fold_close(&fold);
        return rc;
}

/* They are planned even when nothing about them has changed. */
static int
choose(struct mstc_run *run, const struct mst_page *page, struct mst_error *err)
{
        int rc = mstc_store_begin(run->store, err);

        for (size_t i = 0; rc == MST_OK && i < page->count; i++) {
                int64_t entry = 0;

                rc = mstc_entry_find(run->store, run->row.id, page->items[i].record->kind, page->items[i].record->id,
                                     &entry, err);
                if (rc == MST_OK && entry != 0) {
                        run->only[run->only_count++] = entry;
                        rc = mstc_dirty_add(run->store, run->row.id, entry, run->mask | MSTC_GROUP_BIT, err);
                }
        }
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        return rc;
}

static int
fetch(struct mstc_run *run, const enum mst_kind *kinds, const char *const *ids, struct mst_error *err)
{
        struct mst_ids asked = { run->options->user_count, kinds, ids };
        struct mst_page *page = mstc_page_new();
        int rc = page != NULL ? mstc_live_fetch(run->source, &asked, page, err)
                                   : mst_fail_memory(err, "reading chosen users");

        if (rc == MST_END)
                rc = err->code = MST_ECONFIG;
        if (rc == MST_OK && page->count < run->options->user_count)
                mstc_log(run->engine, MSTC_EVENT_CHOSEN_MISSING, "the source answered for %zu of %zu chosen users",
                         page->count, run->options->user_count);
        if (rc == MST_OK)
                rc = fold_answer(run, page, err);
        if (rc == MST_OK && (run->only = mstc_alloc((page->count + 1) * sizeof *run->only)) == NULL)
                rc = mst_fail_memory(err, "reading chosen users");
        if (rc == MST_OK)
                rc = choose(run, page, err);
        mstc_page_free(page);
        return rc;
}

int
mstc_pull_users(struct mstc_run *run, struct mst_error *err)
{
        size_t count = run->options->user_count;
        enum mst_kind *kinds = mst_arena_alloc(run->arena, (count + 1) * sizeof *kinds);
        const char **ids = mst_arena_alloc(run->arena, (count + 1) * sizeof *ids);

        run->mode = MSTC_RUN_USERS;
        if (kinds == NULL || ids == NULL)
                return mst_fail_memory(err, "reading chosen users");
        if (run->row.generation == 0)
                return mst_fail(err, MST_ECONFIG, "sync '%s' has not read its source as a whole yet: run it without "
                                "--user first", run->sync->name);
        if (run->source->setup->plugin->source->fetch == NULL)
                return mst_fail(err, MST_ECONFIG, "the connector '%s' cannot read single people",
                                run->source->setup->plugin->name);
        if (mstc_run_new(run->store, run->row.id, MSTC_RUN_USERS, run->row.generation, run->sync->reads, &run->id,
                         err) != MST_OK)
                return err->code;
        run->engine->run = run->id;
        for (size_t i = 0; i < count; i++) {
                kinds[i] = MST_USER;
                if (id_of(run, run->options->users[i], &ids[i], err) != MST_OK)
                        return err->code;
        }
        return fetch(run, kinds, ids, err);
}
