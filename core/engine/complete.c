/* complete.c - the end of a full round, and of one that named everybody.
 *
 *   absent      who was not named is asked for at the source; who is confirmed, or cannot be asked
 *               for, is marked as gone
 *   shrank      a source that names nobody, or half of those known, is held
 *   stage       staged records take their place
 *   generation  it and the cursor become true in one transaction
 *   named       a round of changes that named everybody ends in the same way, without a stage
 *   members     then memberships that are staged take theirs (membership.h), also those that a
 *               round of changes told whole
 */
#include "build.h"

#include "engine/pull.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/absent.h"
#include "store/bad.h"
#include "store/membership.h"
#include "util/alloc.h"

#define STAGE_A_COMMIT 4096
#define CONFIRM_AT_ONCE 200
#define CONFIRM_MOST 5000

/* ---- the absent ------------------------------------------------------------------------------------ */

/* They were not named, and yet are there: what was read lacked them, and nothing follows from it. */
static void
contradicted(struct mstc_round *r, const struct mst_page *page)
{
        for (size_t i = 0; i < page->count; i++) {
                const struct mstc_item *item = &page->items[i];

                if (item->what != MSTC_WHOLE && item->what != MSTC_PATCH && item->what != MSTC_PRESENT)
                        continue;
                if (++r->contradicted <= 20)
                        mstc_log(r->run->engine, MSTC_EVENT_THERE_AFTER_ALL, "the source '%s' did not name %s when it was read as a whole, "
                                 "and says that it is there when asked for it: nothing is removed because of that read",
                                 r->run->source->setup->config->name, item->record->id);
                else if (r->contradicted == 21)
                        mstc_log(r->run->engine, MSTC_EVENT_THERE_AFTER_ALL, "there are more of these; look after the source: it leaves out "
                                 "what it has");
        }
}

/* The answers are folded like a page. */
static int
fold_answers(struct mstc_round *r, const int64_t *numbers, size_t count, struct mst_page *page, struct mst_error *err)
{
        int rc = MST_OK;

        for (size_t i = 0; rc == MST_OK && i < count; i++)
                rc = mstc_absent_note(r->run->store, numbers[i], r->run->id, err);
        r->fold.asked = true;
        if (rc == MST_OK)
                rc = mstc_fold_page(r->run->store, &r->fold, page, mstc_round_complain, r, err);
        r->fold.asked = false;
        return rc != MST_OK ? rc : mstc_fold_save(r->run->store, &r->fold, err);
}

/* Asks the source for those it did not name.  Who is not answered stays as he is. */
static int
confirm(struct mstc_round *r, const int64_t *numbers, size_t count, struct mst_error *err)
{
        struct mstc_run *run = r->run;
        enum mst_kind kinds[CONFIRM_AT_ONCE];
        const char *ids[CONFIRM_AT_ONCE];
        struct mst_ids asked = { count, kinds, ids };
        struct mst_page *page = mstc_page_new();
        int rc = page != NULL ? MST_OK : mst_fail_memory(err, "confirming who is gone");

        for (size_t i = 0; i < count && rc == MST_OK; i++) {
                struct mstc_entry entry;

                rc = mstc_entry_get(run->store, numbers[i], run->scratch, &entry, err);
                if (rc == MST_END)
                        rc = mst_fail(err, MST_EINTERNAL, "the store is damaged: entry %lld is missing",
                                      (long long)numbers[i]);
                if (rc != MST_OK)
                        break;
                kinds[i] = entry.kind;
                ids[i] = entry.id;
        }
        if (rc == MST_OK)
                rc = mstc_live_fetch(run->source, &asked, page, err);
        if (rc == MST_OK)
                rc = mstc_store_begin(run->store, err);
        if (rc == MST_OK) {
                contradicted(r, page);
                rc = fold_answers(r, numbers, count, page, err);
                if (rc == MST_OK)
                        rc = mstc_store_commit(run->store, err);
                if (rc != MST_OK)
                        mstc_store_rollback(run->store);
        }
        mstc_page_free(page);
        mst_arena_reset(run->scratch);
        return rc;
}

static int
mark_gone(struct mstc_round *r, const struct mstc_set *absent, struct mst_error *err)
{
        struct mstc_run *run = r->run;
        int rc = mstc_store_begin(run->store, err);

        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(absent, &n); n++)
                if (mstc_absent_note(run->store, n, run->id, err) != MST_OK
                    || mstc_entry_gone(run->store, &r->fold, n, MST_GONE_SOFT, err) != MST_OK)
                        rc = err->code;
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        return rc;
}

static int
confirm_all(struct mstc_round *r, const struct mstc_set *absent, struct mst_error *err)
{
        int64_t numbers[CONFIRM_AT_ONCE];
        size_t count = 0;

        for (uint32_t n = 0; mstc_set_next(absent, &n); n++) {
                numbers[count++] = n;
                if (count == CONFIRM_AT_ONCE) {
                        if (confirm(r, numbers, count, err) != MST_OK)
                                return err->code;
                        count = 0;
                }
        }
        return count == 0 ? MST_OK : confirm(r, numbers, count, err);
}

static int
sweep(struct mstc_round *r, struct mst_error *err)
{
        struct mstc_run *run = r->run;
        struct mstc_set *absent = mstc_set_new();
        uint64_t count;
        bool ask, nameless = false;
        int rc = absent != NULL ? mstc_fold_absent(run->store, &r->fold, r->run->sync->wants_groups, absent, err)
                                : mst_fail_memory(err, "completing the read");

        count = rc == MST_OK ? mstc_set_count(absent) : 0;
        ask = count <= CONFIRM_MOST && run->source->setup->plugin->source->fetch != NULL;
        if (rc == MST_OK && r->fold.bad != 0)
                rc = mstc_bad_nameless(run->store, run->row.id, &nameless, err);
        r->nameless = nameless;
        /* One that did not say whom it was about may have been about one of them. */
        if (rc == MST_OK && count != 0 && nameless) {
                mstc_log(run->engine, MSTC_EVENT_ABSENT_UNSURE, "%llu records were not named by the source, and %llu "
                         "could not be read: nobody is taken as gone because of this round",
                         (unsigned long long)count, (unsigned long long)r->fold.bad);
        } else if (rc == MST_OK && count != 0) {
                mstc_log(run->engine, MSTC_EVENT_ABSENT, "%llu records were not named by the source%s",
                         (unsigned long long)count, ask ? "; it is asked for each" : "");
                rc = ask ? confirm_all(r, absent, err) : MST_END;
                if (rc == MST_END) {         /* nobody can be asked for                */
                        *err = (struct mst_error){ 0 };
                        rc = mark_gone(r, absent, err);
                }
        }
        mstc_set_free(absent);
        return rc;
}

/* ---- completing a full round ------------------------------------------------------------------------ */

/* A source that suddenly knows nobody, or half of them, is not believed at once. */
static int
hold_shrunk(struct mstc_round *r, const char *guard, const char *noun, int64_t seen, int64_t known,
            struct mst_error *err)
{
        struct mstc_run *run = r->run;
        char reason[256];
        int64_t hold;

        snprintf(reason, sizeof reason, "the source names %lld %s where %lld are known; approve with "
                 "--expect %lld if that is right", (long long)seen, noun, (long long)known, (long long)seen);
        if (mstc_store_begin(run->store, err) != MST_OK)
                return err->code;
        if (mstc_hold_find(run->store, run->row.id, 0, guard, &hold, err) != MST_OK
            || (hold != 0 ? mstc_hold_reason(run->store, hold, reason, err)
                          : mstc_hold_add(run->store, run->id, run->row.id, 0, guard, reason, &hold, err)) != MST_OK
            || mstc_fold_drop(run->store, run->row.id, run->row.generation, err) != MST_OK
            || mstc_store_commit(run->store, err) != MST_OK) {
                mstc_store_rollback(run->store);
                return err->code;
        }
        snprintf(run->summary->text, sizeof run->summary->text, "held (%lld): %s", (long long)hold, reason);
        mstc_log(run->engine, MSTC_EVENT_SHRUNK, "%s", run->summary->text);
        return MST_OK;
}

static int
shrank(struct mstc_round *r, enum mst_kind kind, bool *ret, struct mst_error *err)
{
        const char *guard = kind == MST_USER ? "source-shrank" : "groups-shrank";
        int64_t known, seen, expect = -1;
        int rc = mstc_fold_seen(r->run->store, &r->fold, kind, &seen, &known, err);

        *ret = false;
        if (rc != MST_OK || known == 0 || seen * 2 >= known)
                return rc;
        rc = mstc_hold_approved(r->run->store, r->run->row.id, guard, mstc_now_ms(), &expect, err);
        if (rc < 0)
                return rc;
        if (rc == MST_OK && llabs(expect - seen) * 20 <= expect + 20)
                return MST_OK;
        *ret = true;
        return hold_shrunk(r, guard, kind == MST_USER ? "people" : "groups", seen, known, err);
}

static int
settle_stage(struct mstc_round *r, struct mst_error *err)
{
        bool more = true;

        while (more) {
                int rc = mstc_store_begin(r->run->store, err);

                if (rc == MST_OK)
                        rc = mstc_fold_settle_stage(r->run->store, &r->fold, STAGE_A_COMMIT, &more, err);
                if (rc == MST_OK)
                        rc = mstc_store_commit(r->run->store, err);
                if (rc != MST_OK) {
                        mstc_store_rollback(r->run->store);
                        return rc;
                }
        }
        return MST_OK;
}

/* The round is true: of a full one a new generation, else the one that is. */
static int
close_round(struct mstc_round *r, struct mst_error *err)
{
        struct mstc_run *run = r->run;
        int rc = mstc_store_begin(run->store, err);

        if (rc == MST_OK)
                rc = mstc_sync_complete(run->store, run->row.id, r->cursor, run->sync->reads, r->fold.generation, err);
        if (rc == MST_OK)
                rc = mstc_hold_over(run->store, run->row.id, "source-shrank", err);
        if (rc == MST_OK)
                rc = mstc_hold_over(run->store, run->row.id, "groups-shrank", err);
        if (rc == MST_OK)
                rc = mstc_round_members(r, err);
        if (rc == MST_OK && (r->fold.full || r->fold.all[0]) && !r->nameless)
                rc = mstc_absent_twice(run->store, run->row.id, run->id, run->mask, err);
        if (rc == MST_OK && (r->fold.full || r->fold.all[0]))
                rc = mstc_sync_read_all(run->store, run->row.id, err);
        if (rc == MST_OK)
                rc = mstc_sync_count_live(run->store, run->row.id, err);
        if (rc == MST_OK && r->fold.full)
                rc = mstc_fold_clean(run->store, run->row.id, err);
        if (rc == MST_OK && r->fold.full)
                rc = mstc_bad_past(run->store, run->row.id, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        else
                run->row.generation = r->fold.generation;
        return rc;
}

int
mstc_round_complete(struct mstc_round *r, struct mst_error *err)
{
        bool held;

        if (shrank(r, MST_USER, &held, err) != MST_OK
            || (!held && r->run->sync->wants_groups && shrank(r, MST_GROUP, &held, err) != MST_OK))
                return err->code;
        if (held)
                return MST_END;
        if (sweep(r, err) != MST_OK || settle_stage(r, err) != MST_OK)
                return err->code;
        return close_round(r, err);
}

/* ---- a round of changes that named everybody -------------------------------------------------------- */

int
mstc_round_named(struct mstc_round *r, struct mst_error *err)
{
        bool held = false;

        if ((r->fold.all[0] && shrank(r, MST_USER, &held, err) != MST_OK)
            || (!held && r->fold.all[1] && r->run->sync->wants_groups && shrank(r, MST_GROUP, &held, err) != MST_OK))
                return err->code;
        if (held)
                return MST_END;
        if (sweep(r, err) != MST_OK)
                return err->code;
        return close_round(r, err);
}

/* ---- memberships ------------------------------------------------------------------------------------- */

int
mstc_round_members(struct mstc_round *r, struct mst_error *err)
{
        bool nameless = false;

        if (!r->fold.members)
                return MST_OK;
        if (r->fold.bad != 0 && mstc_bad_nameless(r->run->store, r->run->row.id, &nameless, err) != MST_OK)
                return err->code;
        if (nameless)
                mstc_log(r->run->engine, MSTC_EVENT_MEMBERS_UNSURE, "something that was read could not be told: nobody is taken "
                         "out of a group that was told as a whole in this round");
        return mstc_membership_due(r->run->store, r->run->row.id, r->fold.full, !nameless, err);
}

int
mstc_settle_memberships(struct mstc_run *run, struct mst_error *err)
{
        struct mstc_fold fold = mstc_run_fold(run, false);
        bool more;
        int rc;

        if (mstc_membership_is_due(run->store, run->row.id, &more, err) != MST_OK || !more)
                return err->code;
        rc = mstc_fold_open(run->store, &fold, err);
        while (rc == MST_OK && more) {
                rc = mstc_store_begin(run->store, err);
                if (rc == MST_OK)
                        rc = mstc_membership_settle(run->store, &fold, &more, err);
                if (rc == MST_OK)
                        rc = mstc_store_commit(run->store, err);
                if (rc != MST_OK)
                        mstc_store_rollback(run->store);
                else
                        rc = mstc_store_checkpoint(run->store, false, err);
                mstc_engine_serve(run->engine);
        }
        mstc_fold_close(&fold);
        return rc;
}
