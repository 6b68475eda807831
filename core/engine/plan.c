/* plan.c - from dirty entries to ops.
 *
 *   ready     each sink that is concerned is asked what it is; one that cannot be asked, or is
 *             not the one its links were made with, keeps its entries dirty
 *   batch     some hundred dirty entries: memberships, scope, links, values, and the questions
 *             whether somebody is there already, asked together
 *   decide    (decide.c) what op, if any, each needs
 *   judge     the whole plan, in the transaction that releases it and takes the dirty marks off
 *
 * A plan that was cut off is thrown away at the next start, and its entries are still dirty. */
#include "build.h"

#include "engine/decide.h"
#include "engine/exactly.h"
#include "engine/members.h"

#include <string.h>

#include "store/declined.h"
#include "store/entries.h"
#include "store/groups.h"
#include "util/alloc.h"

#define BATCH MSTC_BLOCK_MOST
#define BATCHES_A_COMMIT 8
#define LEADERS_FROM 2000                    /* dirty entries that make reading all leaders worth it */
#define BULK_FROM 200                        /* questions that make a listing worth it */

/* ---- sinks ready? ----------------------------------------------------------------------- */

static int
check_identity(struct mstc_run *run, struct mstc_run_target *target, struct mst_error *err)
{
        const char *is = target->sink->facts != NULL ? target->sink->facts->identity : NULL;
        struct mst_error why = { 0 };

        if (is == NULL || (target->row.identity != NULL && strcmp(is, target->row.identity) == 0))
                return MST_OK;
        if (target->row.identity != NULL) {
                target->no_plan = true;
                mst_fail(&why, MST_ECONFIG, "target '%s': sink '%s' is not the system its links were made with "
                         "(now '%s', then '%s'); point it back, or `muster reset --forget %s` to start anew",
                         target->setup->name, target->sink->setup->config->name, is, target->row.identity,
                         target->setup->name);
                mstc_live_put_aside(target->sink, &why);
                return MST_OK;
        }
        if (run->options->plan_only)
                return MST_OK;               /* who only looks makes no links          */
        target->row.identity = mst_arena_strdup(run->arena, is);
        return mstc_target_set_identity(run->store, target->row.id, is, err);
}

int
mstc_target_ready(struct mstc_run *run, struct mstc_run_target *target, struct mst_error *err)
{
        struct mst_error why = { 0 };

        target->no_plan = false;
        if (run->options->offline)
                return MST_OK;
        if (mstc_live_probe(target->sink, &why) == MST_OK)
                return check_identity(run, target, err);
        target->no_plan = true;
        return MST_OK;
}

static int
ready_targets(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->target_count; i++)
                if (mstc_target_ready(run, &run->targets[i], err) != MST_OK)
                        return err->code;
        return MST_OK;
}

static bool
sink_usable(const struct mstc_run *run, const struct mstc_live *sink)
{
        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].sink == sink && run->targets[i].no_plan)
                        return false;
        return true;
}

static uint32_t
sink_mask(const struct mstc_run *run, const struct mstc_live *sink)
{
        uint32_t mask = 0;

        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].sink == sink)
                        mask |= UINT32_C(1) << run->targets[i].setup->bit;
        return mask;
}

/* A sink that has few of ours and is asked for many is read once as a whole. */
static int
list_if_many(struct mstc_run *run, struct mstc_live *sink, int64_t dirty, struct mst_error *err)
{
        struct mst_error why = { 0 };
        int64_t live = 0;
        bool first = false;

        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].sink == sink) {
                        live += run->targets[i].row.live;
                        first = first || !run->targets[i].row.planned;
                }
        if (run->options->offline || (dirty < BULK_FROM && !first) || live > dirty / 2
            || (mstc_live_facts(sink)->can & MST_CAN_LIST) == 0
            || run->listings[sink - run->engine->lives] != NULL)
                return MST_OK;
        if (mstc_match_in_bulk(run, sink, &why) == MST_OK)
                return MST_OK;
        if (mstc_engine_stopping(run->engine))
                return MST_OK;
        mstc_live_put_aside(sink, &why);
        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].sink == sink)
                        run->targets[i].no_plan = true;
        (void)err;
        return MST_OK;
}

/* ---- what stays dirty --------------------------------------------------------------------- */

int
mstc_plan_keep(struct mstc_run *run, int64_t entry, uint32_t mask, struct mst_error *err)
{
        if (run->keep_count == run->keep_room) {
                size_t room = run->keep_room != 0 ? run->keep_room * 2 : 64;
                struct mstc_keep *more = mstc_realloc_array(run->keeps, room, sizeof *more);

                if (more == NULL)
                        return mst_fail_memory(err, "planning");
                run->keeps = more;
                run->keep_room = room;
        }
        run->keeps[run->keep_count++] = (struct mstc_keep){ entry, mask };
        return MST_OK;
}

/* ---- a batch -------------------------------------------------------------------------------- */

/* Where some rule or map reads memberOf. */
static int
put_memberof(struct mstc_run *run, const struct mstc_entry *entry, struct mst_error *err)
{
        if (!run->sync->reads_members || run->members == NULL || entry->kind != MST_USER)
                return MST_OK;
        return mstc_memberof_put(run->store, &run->members->memberof, entry->number, entry->record, run->scratch, err);
}

/* A rule that could not be evaluated (a pattern past its limit) is not false: '*unsure'. */
static bool
in_scope(struct mstc_run *run, const struct mstc_expr *scope, const struct mst_record *record, bool *unsure)
{
        struct mstc_eval eval;
        bool in;

        if (scope == NULL)
                return true;
        mstc_eval_init(run, &eval, run->scratch);
        in = mstc_expr_test(scope, record, &eval);
        if (eval.why != NULL) {
                mstc_log(run->engine, MSTC_EVENT_SCOPE_UNSURE, "a scope cannot be told for %s, who stays as he is: %s",
                         record->id, eval.why);
                *unsure = true;
        }
        return in;
}

/* The first target of this sink whose scope takes the entry. */
static struct mstc_run_target *
taker(struct mstc_run *run, const struct mstc_live *sink, const struct mst_record *record, bool *unsure)
{
        for (size_t i = 0; i < run->target_count && !*unsure; i++)
                if (run->targets[i].sink == sink && in_scope(run, run->targets[i].setup->scope, record, unsure))
                        return &run->targets[i];
        return NULL;
}

struct mstc_run_target *
mstc_plan_taker(struct mstc_run *run, const struct mstc_live *sink, const struct mstc_entry *entry, bool *unsure)
{
        struct mst_error err = { 0 };

        return entry->gone == 0 && entry->kind == MST_USER && put_memberof(run, entry, &err) == MST_OK
            && in_scope(run, run->sync->scope, entry->record, unsure) ? taker(run, sink, entry->record, unsure) : NULL;
}

bool
mstc_plan_wants(struct mstc_run *run, const struct mstc_live *sink, const struct mstc_entry *entry)
{
        bool unsure = false;

        return mstc_plan_taker(run, sink, entry, &unsure) != NULL && !unsure;
}

static int
prepare_case(struct mstc_run *run, struct mstc_live *sink, struct mstc_case *c, bool in_sync,
             struct mst_error *err)
{
        int rc;

        c->link.sink = sink->id;
        c->link.entry = c->entry->number;
        if (!run->links_none) {
                rc = mstc_link_get(run->store, c->entry->number, sink->id, run->scratch, &c->link, err);
                if (rc < 0)
                        return rc;
                c->linked = rc == MST_OK && c->link.object != NULL
                          && (c->link.state == MSTC_LINK_LIVE || c->link.state == MSTC_LINK_DISABLED);
                c->link.sink = sink->id;
                c->link.entry = c->entry->number;
        }
        if (!run->ops_none) {
                rc = mstc_op_of(run->store, MST_USER, c->entry->number, sink->id, run->scratch, &c->open, err);
                if (rc < 0)
                        return rc;
                c->has_open = rc == MST_OK;
        }
        c->target = in_sync ? taker(run, sink, c->entry->record, &c->unsure) : NULL;
        if (c->target == NULL || c->unsure)
                return MST_OK;
        run->draws_for = c->entry->number;
        rc = mstc_wanted_values(run, c->target, c->entry->record, c->linked ? c->link.applied : NULL, !c->linked,
                                run->scratch, &c->wanted, err);
        run->draws_for = 0;
        if (rc != MST_OK)
                return rc;
        if (c->wanted.complaint != NULL)
                mstc_log(run->engine, MSTC_EVENT_VALUE, "%s: %s", mstc_plan_title(c->entry),
                         c->wanted.complaint);
        return MST_OK;
}

static void
question_of(struct mstc_run *run, struct mstc_case *c, struct mstc_question *q)
{
        memset(q, 0, sizeof *q);
        q->target = c->target;
        q->entry = c->entry->number;
        q->kind = MST_USER;
        q->id = c->entry->id;
        q->stamp = mstc_stamp(run, c->entry->id, run->scratch);
        q->wanted = c->wanted.record;
        q->compared = c->wanted.compared;
        c->question = q;
}

static bool
must_ask(const struct mstc_case *c)
{
        return c->target != NULL && !c->unsure && !c->linked && !c->wanted.ignore_object
            && !(c->has_open && (c->open.state == MSTC_OP_SENT || c->open.state == MSTC_OP_UNKNOWN));
}

static int
ask_all(struct mstc_run *run, struct mstc_live *sink, struct mstc_case *cases, size_t count,
        struct mst_error *err)
{
        struct mstc_question *questions = mst_arena_alloc(run->scratch, (count + 1) * sizeof *questions);
        struct mst_error why = { 0 };
        size_t asked = 0;

        if (questions == NULL)
                return mst_fail_memory(err, "planning");
        for (size_t i = 0; i < count; i++)
                if (must_ask(&cases[i])) {
                        question_of(run, &cases[i], &questions[asked]);
                        if (questions[asked++].stamp == NULL)
                                return mst_fail_memory(err, "planning");
                }
        if (asked == 0)
                return MST_OK;
        if (run->options->offline) {
                for (size_t i = 0; i < asked; i++)
                        questions[i].match.answer = MSTC_ABSENT;
                return MST_OK;
        }
        /* A sink that failed to answer is not asked again for each batch. */
        if (sink->aside[0] == '\0' && mstc_match(run, sink, questions, asked, run->scratch, &why) == MST_OK)
                return MST_OK;
        if (!mstc_engine_stopping(run->engine))
                mstc_live_put_aside(sink, &why);
        for (size_t i = 0; i < asked; i++)
                questions[i].match.answer = MSTC_NOT_KNOWN;
        return MST_OK;
}

static int
plan_sink(struct mstc_run *run, struct mstc_live *sink, struct mstc_entry *entries, size_t count,
          const bool *in_sync, struct mst_error *err)
{
        struct mstc_case *cases = mst_arena_alloc(run->scratch, (count + 1) * sizeof *cases);
        uint32_t mask = sink_mask(run, sink);
        size_t n = 0;

        if (cases == NULL)
                return mst_fail_memory(err, "planning");
        for (size_t i = 0; i < count; i++) {
                if ((entries[i].mask & mask) == 0 || entries[i].kind != MST_USER)
                        continue;
                if (!sink_usable(run, sink) || !mstc_plan_chosen(run, entries[i].number)) {
                        if (!run->linking && mstc_plan_keep(run, entries[i].number, entries[i].mask & mask, err) != MST_OK)
                                return err->code;
                        continue;
                }
                cases[n].entry = &entries[i];
                cases[n].mask = mask;
                if (prepare_case(run, sink, &cases[n], in_sync[i], err) != MST_OK)
                        return err->code;
                n++;
        }
        if (ask_all(run, sink, cases, n, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < n; i++) {
                bool found = cases[i].question != NULL && cases[i].question->match.answer == MSTC_OURS;

                if (run->linking ? found && mstc_link_found(run, &cases[i], err) != MST_OK
                                 : mstc_decide(run, &cases[i], err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

bool
mstc_plan_chosen(const struct mstc_run *run, int64_t entry)
{
        for (size_t i = 0; i < run->only_count; i++)
                if (run->only[i] == entry)
                        return true;
        return run->options->users == NULL && mstc_exactly_chooses(run->exactly, entry);
}

/* Who is in the sync's scope; 'mask' 0: it cannot be told, and he stays as he is. */
static int
look_at_scope(struct mstc_run *run, struct mstc_entry *e, bool *in_sync, struct mst_error *err)
{
        bool unsure = false;

        if (e->gone == 0 && put_memberof(run, e, err) != MST_OK)
                return err->code;
        *in_sync = e->gone == 0 && e->kind == MST_USER && in_scope(run, run->sync->scope, e->record, &unsure);
        if (unsure && !run->linking && mstc_plan_keep(run, e->number, e->mask, err) != MST_OK)
                return err->code;
        if (unsure) {
                *in_sync = false;
                e->mask = 0;
        }
        return MST_OK;
}

static int
plan_members(struct mstc_run *run, const struct mstc_entry *entries, size_t count, const bool *in_sync,
             struct mst_error *err)
{
        const struct mst_record *records[BATCH];
        struct mstc_found found[BATCH];
        size_t in = 0, at = 0;

        for (size_t i = 0; i < count; i++)
                if (in_sync[i])
                        records[in++] = entries[i].record;
        if (mstc_members_match(run, records, in, found, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++) {
                const struct mstc_found *his = in_sync[i] ? &found[at++] : NULL;

                if (entries[i].mask != 0
                    && mstc_members_of(run, entries[i].number, entries[i].record, his, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

static int
plan_batch(struct mstc_run *run, struct mstc_entry *entries, size_t count, struct mst_error *err)
{
        bool in_sync[BATCH];

        for (size_t i = 0; i < count; i++)
                if (look_at_scope(run, &entries[i], &in_sync[i], err) != MST_OK)
                        return err->code;
        if (!run->linking && run->members != NULL && plan_members(run, entries, count, in_sync, err) != MST_OK)
                return err->code;
        for (size_t i = 0; !run->linking && i < count; i++)
                if (entries[i].mask != 0 && mstc_moments_note(run, &entries[i], err) != MST_OK)
                        return err->code;
        for (size_t t = 0; t < run->target_count; t++)
                if (mstc_first_of_sink(run, t)
                    && plan_sink(run, run->targets[t].sink, entries, count, in_sync, err) != MST_OK)
                        return err->code;
        return MST_OK;
}

/* ---- the whole plan ---------------------------------------------------------------------------- */

/* A plan that is only shown stays in one transaction, which is rolled back. */
static int
commit_and_begin(struct mstc_run *run, struct mst_error *err)
{
        if (run->options->plan_only)
                return MST_OK;
        /* The sets belong to the memberships and links that this commit holds. */
        if ((run->members != NULL && mstc_members_save(run, err) != MST_OK) || mstc_targets_save(run, err) != MST_OK
            || mstc_store_commit(run->store, err) != MST_OK || mstc_store_checkpoint(run->store, false, err) != MST_OK)
                return err->code;
        mstc_engine_serve(run->engine);
        return mstc_store_begin(run->store, err);
}

static int
plan_entries(struct mstc_run *run, int64_t dirty, int64_t *ret_last, struct mst_error *err)
{
        struct mstc_entry entries[BATCH];
        uint64_t done = 0, batches = 0;
        size_t count;

        *ret_last = 0;
        do {
                mst_arena_reset(run->scratch);
                if (mstc_dirty_next(run->store, run->row.id, *ret_last, run->scratch, entries, BATCH, &count,
                                    err) != MST_OK || plan_batch(run, entries, count, err) != MST_OK)
                        return err->code;
                if (count != 0)
                        *ret_last = entries[count - 1].number;
                done += count;
                mstc_progress(run, MSTC_PHASE_PLAN, done, (uint64_t)dirty);
                if (mstc_engine_stopping(run->engine))
                        return mst_fail(err, MST_EINTERNAL, "stopped");
                if (++batches % BATCHES_A_COMMIT == 0 && commit_and_begin(run, err) != MST_OK)
                        return err->code;
        } while (count == BATCH);
        return MST_OK;
}

/* Everybody was planned, in every target: the configuration has had all its effect.  What was
 * left for later must be judged as its effect then. */
static bool
planned_whole(const struct mstc_run *run)
{
        bool whole = run->options->users == NULL && run->exactly == NULL;

        for (size_t i = 0; i < run->target_count; i++)
                whole = whole && !run->targets[i].no_plan && run->targets[i].sink->aside[0] == '\0';
        return whole;
}

static int
close_plan(struct mstc_run *run, int64_t last, struct mst_error *err)
{
        if (mstc_dirty_done(run->store, run->row.id, run->mask | MSTC_GROUP_BIT, last, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < run->keep_count; i++)
                if (mstc_dirty_add(run->store, run->row.id, run->keeps[i].entry, run->keeps[i].mask, err) != MST_OK)
                        return err->code;
        run->keep_count = 0;
        if (run->note_fingerprint && planned_whole(run)
            && mstc_sync_set_fingerprints(run->store, run->row.id, run->sync->fingerprint,
                                          run->sync->groups_fingerprint, err) != MST_OK)
                return err->code;
        if (run->members != NULL && mstc_members_save(run, err) != MST_OK)
                return err->code;
        mstc_progress(run, MSTC_PHASE_JUDGE, 0, run->planned);
        if (mstc_judge_plan(run, err) != MST_OK || mstc_targets_save(run, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < run->target_count; i++)
                if (!run->targets[i].no_plan && mstc_target_planned(run->store, run->targets[i].row.id, run->id, err) != MST_OK)
                        return err->code;
        /* The lines of a plan that is forgotten are kept with the end of its run. */
        return run->options->plan_only ? MST_OK : mstc_log_save(run->engine, err);
}

static int
nothing_open(struct mstc_run *run, struct mst_error *err)
{
        int64_t due, count;

        run->ops_none = true;
        for (size_t i = 0; i < run->target_count; i++) {
                mstc_set_clear(run->targets[i].creating);
                mstc_set_clear(run->targets[i].renaming);
                if (mstc_op_entries(run->store, run->targets[i].sink->id, MST_RENAME, mstc_now_ms(),
                                    run->targets[i].renaming, err) != MST_OK)
                        return err->code;
        }
        if (mstc_links_none(run->store, &run->links_none, err) != MST_OK
            || mstc_declined_none(run->store, &run->declined_none, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < run->target_count; i++) {
                if (mstc_journal_open(run->store, run->targets[i].sink->id, &due, &count, err) != MST_OK)
                        return err->code;
                run->ops_none = run->ops_none && count == 0;
        }
        return MST_OK;
}

/* A store that is new may have been lost: what carries our stamp in a listing is tied first, so
 * that references between those found have their names when they are compared. */
static bool
may_find_again(const struct mstc_run *run)
{
        for (size_t i = 0; i < run->target_count && !run->options->offline; i++) {
                const struct mstc_run_target *t = &run->targets[i];
                const struct mstc_listing *listing = run->listings[t->sink - run->engine->lives];

                if (!t->row.planned && !t->no_plan && (mstc_live_facts(t->sink)->can & MST_CAN_STAMP) != 0
                    && listing != NULL && !mstc_listing_empty(listing))
                        return true;
        }
        return false;
}

static int
plan_all(struct mstc_run *run, int64_t dirty, uint64_t *ret_ops, struct mst_error *err)
{
        uint64_t before = run->planned;
        int64_t last;

        if (mstc_carry_plan(run, err) != MST_OK)
                return err->code;
        run->linking = may_find_again(run);
        if (run->linking && plan_entries(run, dirty, &last, err) != MST_OK)
                return err->code;
        run->linking = false;
        if (mstc_judge_new(run, err) != MST_OK || plan_entries(run, dirty, &last, err) != MST_OK
            || mstc_leaders_rank(run, err) != MST_OK)
                return err->code;
        if (run->members != NULL && (mstc_groups_find(run, err) != MST_OK || mstc_groups_name(run, err) != MST_OK
                                     || mstc_group_plan(run, err) != MST_OK))
                return err->code;
        if (close_plan(run, last, err) != MST_OK)
                return err->code;
        *ret_ops = run->planned - before;
        return MST_OK;
}

static int
count_work(struct mstc_run *run, int64_t *ret_dirty, int64_t *ret_groups, struct mst_error *err)
{
        if (mstc_moments_due(run, err) != MST_OK || mstc_dirty_count(run->store, run->row.id, ret_dirty, err) != MST_OK)
                return err->code;
        if (run->all_dirty)
                *ret_dirty = *ret_dirty > run->row.live ? *ret_dirty : run->row.live;
        return mstc_gdirty_next(run->store, run->row.id, 0, ret_groups, err);
}

static int
plan_in_transaction(struct mstc_run *run, int64_t dirty, uint64_t *ret_ops, struct mst_error *err)
{
        if (mstc_store_begin(run->store, err) != MST_OK
            || mstc_run_state(run->store, run->id, MSTC_RUN_PLANNING, err) != MST_OK
            || mstc_kinds_load(run, err) != MST_OK || (dirty > LEADERS_FROM && mstc_leaders_load(run, err) != MST_OK)
            || (run->all_dirty && (mstc_dirty_all(run->store, run->row.id, run->mask | MSTC_GROUP_BIT, err) != MST_OK
                                   || mstc_gdirty_all(run->store, run->row.id, err) != MST_OK))
            || mstc_op_last(run->store, &run->plan_from, err) != MST_OK || mstc_versions_note(run, err) != MST_OK
            || mstc_members_new(run, err) != MST_OK
            || plan_all(run, dirty, ret_ops, err) != MST_OK
            || (!run->options->plan_only && mstc_store_commit(run->store, err) != MST_OK)) {
                mstc_store_rollback(run->store);
                return err->code;
        }
        run->all_dirty = run->note_fingerprint = false;
        return MST_OK;
}

int
mstc_plan(struct mstc_run *run, uint64_t *ret_ops, struct mst_error *err)
{
        int64_t dirty, groups = 0;
        int rc;

        *ret_ops = 0;
        if (count_work(run, &dirty, &groups, err) != MST_OK)
                return err->code;
        if (dirty == 0 && groups == 0 && !run->all_dirty && !run->note_fingerprint)
                return MST_OK;
        mstc_progress(run, MSTC_PHASE_MATCH, 0, 0);
        if (nothing_open(run, err) != MST_OK || mstc_run_load_links(run, err) != MST_OK
            || ready_targets(run, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < run->target_count; i++)
                if (mstc_first_of_sink(run, i) && !run->targets[i].no_plan
                    && list_if_many(run, run->targets[i].sink, dirty, err) != MST_OK)
                        return err->code;
        mstc_progress(run, MSTC_PHASE_PLAN, 0, (uint64_t)dirty);
        rc = plan_in_transaction(run, dirty, ret_ops, err);
        mstc_leaders_free(run->leaders);
        run->leaders = NULL;
        mstc_judge_free(run->judgement);
        run->judgement = NULL;
        for (size_t i = 0; i < run->engine->live_count; i++) {
                mstc_listing_free(run->listings[i]);
                run->listings[i] = NULL;
        }
        return rc;
}
