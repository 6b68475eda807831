/* pull.c - reading the source and folding what it says into the mirror.
 *
 *   begin     from the cursor; or everything, as a new generation, when there is none, when
 *             something new is read, or when an admin asks for it.  A round that was cut off
 *             goes on from its last page.
 *   read      the source's thread reads ahead, at most READ_AHEAD pages
 *   fold      pages that are there share one transaction, with the place where reading goes on
 *   complete  a full round: complete.c
 *   expired   the cursor was too old: once a run, everything is read again, or the run stops
 *
 * Whatever else goes wrong, the cursor stays where it was. */
#include "build.h"

#include "engine/pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/queue.h"
#include "store/absent.h"
#include "store/bad.h"
#include "store/membership.h"
#include "util/alloc.h"
#include "util/date.h"

#define READ_AHEAD 4
#define PAGES_A_COMMIT 16
#define DAY_MS INT64_C(86400000)
#define WARN_FROM_DAY 3
#define SECOND_READ_MS INT64_C(3600000)     /* so long after the first               */

struct reading {                             /* the source thread's                    */
        struct mstc_live *source;
        const char *cursor;
        struct mstc_queue *pages;
        struct mstc_stop *stop;
};

/* ---- the source's thread ------------------------------------------------------------------ */

static int
read_one(struct reading *r, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        const struct mst_plugin *plugin = r->source->setup->plugin;
        int rc = plugin->source->read(r->source->self, cursor, page, err);

        if (rc != MST_OK)
                return rc;
        if (mstc_page_check(page, plugin->name, err) != MST_OK)
                return err->code;
        if (!page->complete && page->cursor == NULL)
                return mst_fail(err, MST_EINTERNAL, "the connector '%s' gave a page that goes on nowhere",
                                plugin->name);
        return MST_OK;
}

static int
call_read(void *argument, struct mst_error *err)
{
        struct reading *r = argument;
        char *cursor = r->cursor != NULL ? mstc_strdup(r->cursor) : NULL;
        bool more = true;
        int rc = r->cursor != NULL && cursor == NULL ? mst_fail_memory(err, "reading") : MST_OK;

        while (rc == MST_OK && more && !mstc_stop_is(r->stop)) {
                struct mst_page *page = mstc_page_new();

                rc = page != NULL ? read_one(r, cursor, page, err) : mst_fail_memory(err, "reading");
                if (rc != MST_OK) {
                        mstc_page_free(page);
                        break;
                }
                more = !page->complete;
                mstc_free(cursor);
                cursor = more ? mstc_strdup(page->cursor) : NULL;
                if (more && cursor == NULL)
                        rc = mst_fail_memory(err, "reading");
                if (!mstc_queue_put(r->pages, page)) {
                        mstc_page_free(page);
                        more = false;
                }
        }
        mstc_free(cursor);
        mstc_queue_close(r->pages);
        return rc;
}

/* ---- folding --------------------------------------------------------------------------------- */

void
mstc_round_complain(void *self, const char *id, const char *why)
{
        struct mstc_round *r = self;

        if (++r->told_bad <= 20)
                mstc_log(r->run->engine, MSTC_EVENT_RECORD_BAD, "a record of source '%s'%s%s is put aside: %s",
                         r->run->source->setup->config->name, id != NULL ? " with id " : "", id != NULL ? id : "",
                         why);
        else if (r->told_bad == 21)
                mstc_log(r->run->engine, MSTC_EVENT_RECORDS_BAD, "more records are put aside; the count is in the summary");
}

static int
fold_one(struct mstc_round *r, struct mst_page *page, struct mst_error *err)
{
        if (mstc_fold_page(r->run->store, &r->fold, page, mstc_round_complain, r, err) != MST_OK)
                return err->code;
        r->fold.all[0] |= page->all[0];
        r->fold.all[1] |= page->all[1];
        if (r->cut && !r->fold.full && (r->fold.all[0] || r->fold.all[1]))
                return mst_fail(err, MST_EINTERNAL, "the source says that it has named everybody, in a round that was cut "
                                "off: run `muster reset` for this sync, and report this");
        r->pages++;
        r->complete = page->complete;
        mstc_free(r->cursor);
        r->cursor = page->cursor != NULL ? mstc_strdup(page->cursor) : NULL;
        if (page->cursor != NULL && r->cursor == NULL)
                return mst_fail_memory(err, "reading the source");
        return MST_OK;
}

static int
complete_changes(struct mstc_round *r, struct mst_error *err)
{
        struct mstc_run *run = r->run;

        if (mstc_hold_over(run->store, run->row.id, "source-shrank", err) != MST_OK
            || mstc_hold_over(run->store, run->row.id, "groups-shrank", err) != MST_OK
            || mstc_round_members(r, err) != MST_OK)
                return err->code;
        return mstc_sync_complete(run->store, run->row.id, r->cursor, run->sync->reads, run->row.generation, err);
}

/* Pages that are there already share a transaction. */
static int
fold_some(struct mstc_round *r, struct mstc_queue *pages, struct mst_page *page, struct mst_error *err)
{
        struct mstc_run *run = r->run;
        int rc = mstc_store_begin(run->store, err), n = 0;

        while (rc == MST_OK && page != NULL) {
                rc = fold_one(r, page, err);
                mstc_page_free(page);
                page = rc == MST_OK && ++n < PAGES_A_COMMIT ? mstc_queue_take(pages) : NULL;
        }
        mstc_page_free(page);
        if (rc == MST_OK)
                rc = mstc_fold_save(run->store, &r->fold, err);
        if (rc == MST_OK)
                rc = mstc_run_next(run->store, run->id, r->complete ? NULL : r->cursor, r->pages,
                                   (int64_t)r->fold.bad, err);
        if (rc == MST_OK && r->complete && !r->fold.full && !r->fold.all[0] && !r->fold.all[1])
                rc = complete_changes(r, err);
        if (rc == MST_OK)
                rc = mstc_log_save(run->engine, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK) {
                mstc_store_rollback(run->store);
                return rc;
        }
        /* As many as there were the last time is a fair guess of how many there are. */
        mstc_progress(run, MSTC_PHASE_PULL, r->fold.read, r->fold.full && run->row.live > 0 ? (uint64_t)run->row.live : 0);
        return mstc_store_checkpoint(run->store, false, err);
}

static void
drop_pages(struct mstc_queue *pages)
{
        struct mst_page *page;

        mstc_queue_close(pages);
        while ((page = mstc_queue_take(pages)) != NULL)
                mstc_page_free(page);
}

/* Reads from 'cursor' to the end of the round or to an error. */
static int
read_round(struct mstc_round *r, const char *cursor, struct mst_error *err)
{
        struct mstc_live *source = r->run->source;
        struct reading reading = { .source = source, .cursor = cursor, .stop = r->run->engine->stop,
                                   .pages = mstc_queue_new(READ_AHEAD) };
        struct mst_error why = { 0 };
        int rc = MST_OK, read_rc, fd;

        if (reading.pages == NULL)
                return mst_fail_memory(err, "reading the source");
        if (mstc_live_open(source, err) != MST_OK
            || mstc_courier_post(source->courier, call_read, &reading, err) != MST_OK) {
                mstc_queue_free(reading.pages);
                return err->code;
        }
        while (rc == MST_OK && !mstc_queue_ended(reading.pages)) {
                struct mst_page *page = mstc_queue_take(reading.pages);

                if (page != NULL)
                        rc = fold_some(r, reading.pages, page, err);
                fd = mstc_queue_fd(reading.pages);
                mstc_engine_wait(r->run->engine, &fd, 1, page != NULL ? 0 : 100);
        }
        drop_pages(reading.pages);
        fd = mstc_courier_fd(source->courier);
        while (!mstc_courier_wait(source->courier, 0, &read_rc, &why))
                mstc_engine_wait(r->run->engine, &fd, 1, 100);
        mstc_engine_serve(r->run->engine);
        drop_pages(reading.pages);
        mstc_queue_free(reading.pages);
        if (rc != MST_OK)
                return rc;
        if (read_rc != MST_OK) {
                *err = why;
                return mst_wrap(err, "source '%s'", source->setup->config->name);
        }
        return r->complete ? MST_OK : mst_fail(err, MST_EINTERNAL, "stopped");
}

/* ---- rounds ------------------------------------------------------------------------------------------- */

struct mstc_fold
mstc_run_fold(const struct mstc_run *run, bool full)
{
        return (struct mstc_fold){
                .sync = run->row.id, .run = run->id, .full = full, .generation = run->row.generation + full,
                .mask = run->mask | MSTC_GROUP_BIT, .members = run->sync->wants_members,
                .member_mask = (run->sync->placed_by_members ? run->mask : 0) | MSTC_GROUP_BIT,
        };
}

/* 'before': the part of this round that was read before it was cut off, or NULL. */
static int
run_round(struct mstc_run *run, bool full, const char *cursor, const struct mstc_run_row *before, struct mst_error *err)
{
        struct mstc_round r = { .run = run, .fold = mstc_run_fold(run, full) };
        int rc = mstc_fold_open(run->store, &r.fold, err);

        /* What could not be read before the cut counts in what may be concluded at the end. */
        if (before != NULL) {
                r.cut = true;
                r.pages = before->pages;
                r.fold.bad = (uint64_t)before->bad;
        }

        run->mode = full ? MSTC_RUN_FULL : MSTC_RUN_DELTA;
        mstc_progress(run, MSTC_PHASE_PULL, 0, 0);
        if (rc == MST_OK)
                rc = read_round(&r, cursor, err);
        if (rc == MST_OK && full)
                rc = mstc_round_complete(&r, err);
        else if (rc == MST_OK && (r.fold.all[0] || r.fold.all[1]))
                rc = mstc_round_named(&r, err);
        if (rc == MST_OK)
                rc = mstc_settle_memberships(run, err);
        run->counts[MSTC_N_READ] += r.fold.read;
        run->counts[MSTC_N_CHANGED] += r.fold.changed;
        run->counts[MSTC_N_REMOVED] += r.fold.removed;
        run->counts[MSTC_N_BAD] += r.fold.bad;
        mstc_fold_close(&r.fold);
        mstc_free(r.cursor);
        return rc;
}

static int
start_run(struct mstc_run *run, bool full, struct mst_error *err)
{
        int rc = mstc_store_begin(run->store, err);

        if (rc == MST_OK && full)
                rc = mstc_fold_drop(run->store, run->row.id, run->row.generation, err);
        if (rc == MST_OK && full)
                rc = mstc_bad_old(run->store, run->row.id, err);
        if (rc == MST_OK)                    /* also what a round of changes had begun to tell */
                rc = mstc_membership_drop(run->store, run->row.id, err);
        if (rc == MST_OK && run->id != 0)
                rc = mstc_run_mode(run->store, run->id, full ? MSTC_RUN_FULL : MSTC_RUN_DELTA,
                                   run->row.generation + full, err);
        else if (rc == MST_OK)
                rc = mstc_run_new(run->store, run->row.id, full ? MSTC_RUN_FULL : MSTC_RUN_DELTA,
                                  run->row.generation + full, run->sync->reads, &run->id, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        run->engine->run = run->id;
        return rc;
}

/* A round that was cut off, if it may go on: the same things are read, and nobody asked to
 * start anew.  One that may not leaves nothing behind: who was born into a generation that
 * does not come would be known to the store and there for nobody. */
static int
cut_off(struct mstc_run *run, bool *full, struct mstc_run_row *row, struct mst_error *err)
{
        static const uint64_t none[MSTC_N_COUNTS];
        int rc = mstc_run_cut_off(run->store, run->row.id, run->arena, row, err);

        if (rc != MST_OK)
                return rc;
        if ((row->mode == MSTC_RUN_FULL || !*full) && !run->options->full && run->row.reset == 0
            && row->fingerprint != NULL && strcmp(row->fingerprint, run->sync->reads) == 0
            && row->generation == run->row.generation + (row->mode == MSTC_RUN_FULL)) {
                *full = row->mode == MSTC_RUN_FULL;
                return MST_OK;
        }
        rc = mstc_store_begin(run->store, err);
        if (rc == MST_OK)
                rc = mstc_run_end(run->store, row->id, MSTC_END_STOPPED, "it was cut off, and a new one was begun", none,
                                  err);
        if (rc == MST_OK && row->mode == MSTC_RUN_FULL)
                rc = mstc_fold_drop(run->store, run->row.id, run->row.generation, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc == MST_OK)
                return MST_END;
        mstc_store_rollback(run->store);
        return rc;
}

static int
expired(struct mstc_run *run, struct mst_error *err)
{
        mstc_log(run->engine, MSTC_EVENT_CURSOR_EXPIRED, "%s", err->text);
        if (run->sync->config->expired_stop)
                return mst_fail(err, MST_EEXPIRED, "the source's place marker is too old, and on-expired=\"stop\" is "
                                "set: run `muster reset %s`, and the next sync reads everything again", run->sync->name);
        mstc_log(run->engine, MSTC_EVENT_READ_AGAIN, "everything is read again; unchanged people cost nothing");
        memset(err, 0, sizeof *err);
        if (start_run(run, true, err) != MST_OK)
                return err->code;
        if (run_round(run, true, NULL, NULL, err) == MST_EEXPIRED)
                return mst_fail(err, MST_EINTERNAL, "the source refuses a fresh start as expired; nothing was changed");
        return err->code;
}

/* Something was said of nobody knows whom: everything is read again, but not in every run. */
static int
nameless_due(struct mstc_run *run, bool *ret, struct mst_error *err)
{
        enum mst_kind kind;
        const char *id;
        size_t count;

        *ret = false;
        if (mstc_bad_due(run->store, run->row.id, true, run->scratch, &kind, &id, 1, &count, err) != MST_OK)
                return err->code;
        if (count == 0)
                return MST_OK;
        *ret = true;
        mstc_log(run->engine, MSTC_EVENT_NAMELESS, "a record of an earlier run did not say whom it was about: everything is "
                 "read again");
        return mstc_bad_asked(run->store, run->row.id, kind, id, err);
}

static bool
deletes_the_gone(const struct mstc_run *run)
{
        for (size_t i = 0; i < run->target_count; i++) {
                const struct mstc_config_leaver *gone = &run->targets[i].setup->config->on_gone;

                if (gone->what == MSTC_DELETE || gone->delete_after_ms != 0)
                        return true;
        }
        return false;
}

/* A source may forget to tell of somebody: now and then it is read as a whole; and again where
 * somebody was missed who is deleted if he is missed twice. */
static int
read_all_due(struct mstc_run *run, bool *ret, struct mst_error *err)
{
        int64_t now = mstc_now_ms(), last = run->row.full_at;
        bool missed = false;

        if (run->row.cursor == NULL)
                return MST_OK;
        *ret = last <= now && now - last >= run->sync->config->read_all_ms;
        if (*ret)
                mstc_log(run->engine, MSTC_EVENT_READ_ALL, "everybody was read longer ago than read-all=\"...\" says: everything is "
                         "read again; unchanged people cost nothing");
        else if (deletes_the_gone(run)
                 && mstc_absent_since(run->store, run->row.id, now - SECOND_READ_MS, &missed, err) != MST_OK)
                return err->code;
        if (missed)
                mstc_log(run->engine, MSTC_EVENT_READ_ALL, "somebody was not named when everybody was read; everything is read a second "
                         "time before that counts as a reason to delete");
        *ret = *ret || missed;
        return MST_OK;
}

static int
pull(struct mstc_run *run, struct mst_error *err)
{
        bool full = run->options->full || run->row.reset != 0 || run->row.cursor == NULL || run->row.reads == NULL
                 || strcmp(run->row.reads, run->sync->reads) != 0;
        struct mstc_run_row row;
        int rc = full ? MST_OK : nameless_due(run, &full, err);

        if (rc == MST_OK && !full)
                rc = read_all_due(run, &full, err);
        if (rc == MST_OK)
                rc = cut_off(run, &full, &row, err);

        if (rc < 0)
                return rc;
        if (rc == MST_OK) {
                run->id = run->engine->run = row.id;
                mstc_log(run->engine, MSTC_EVENT_ROUND_GOES_ON, "run %lld was cut off after %lld pages; it goes on from there",
                         (long long)row.id, (long long)row.pages);
                rc = mstc_run_last_line(run->store, row.id, &run->engine->log_line, err);
                if (rc == MST_OK)
                        rc = run_round(run, full, row.next, &row, err);
                if (rc != MST_EEXPIRED)
                        return rc;
                /* The page marker is too old: from the start of the round, once. */
                mstc_log(run->engine, MSTC_EVENT_ROUND_ANEW, "the page it stopped at is not there any more; the round "
                         "starts again");
                memset(err, 0, sizeof *err);
        }
        if (start_run(run, full, err) != MST_OK)
                return err->code;
        rc = run_round(run, full, full ? NULL : run->row.cursor, NULL, err);
        return rc == MST_EEXPIRED && !full ? expired(run, err) : rc;
}

/* It cannot be read, and may soon not know any more what has changed since it could. */
static void
warn_of_age(struct mstc_run *run)
{
        int64_t days = run->row.cursor != NULL ? (mstc_now_ms() - run->row.cursor_at) / DAY_MS : 0;

        if (days >= WARN_FROM_DAY)
                mstc_log(run->engine, MSTC_EVENT_NOT_READ, "the source '%s' was last read to its end %lld days ago: mend what keeps "
                         "it from that; many sources forget after 7 days what has changed, and all is read anew then",
                         run->source->setup->config->name, (long long)days);
}

int
mstc_pull(struct mstc_run *run, struct mst_error *err)
{
        int rc = pull(run, err);

        if (rc < 0)
                warn_of_age(run);
        return rc != MST_OK ? rc : mstc_refetch(run, err);
}
