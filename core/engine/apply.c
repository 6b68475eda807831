/* apply.c - claim, hand over, settle: each sink at its own pace, by ranks.
 *
 *   claim    what may go next is marked as sent; after the commit it is pushed to the feed
 *   collect  what has been answered is gathered for a moment, so that outcomes and the next
 *            claims share a commit
 *   wait     an op that points at somebody who is being created or renamed waits for him (waits.c)
 *   rank     the next one begins when the last op of this one has settled
 *   aside    apply() failed as a whole: the sink is put aside, the others go on */
#include "build.h"

#include "engine/exactly.h"
#include "engine/quarantine.h"
#include "engine/run.h"
#include "engine/waits.h"

#include <string.h>

#include "util/numbers.h"
#include "util/alloc.h"
#include "util/date.h"

#define ROOM 512                             /* ops with a sink, drawn or not          */
#define ROOM_MOST 65536                      /* for a connector that takes more at once */
#define GATHER 192                           /* outcomes that are worth a commit       */
#define GATHER_MS 20                         /* or that have waited so long            */
#define FIRST 128                            /* ops for a sink that has none yet       */
#define ROWS 128                             /* of the journal, read at once           */
#define GROUP_ROWS 4                         /* a group's row can be large             */
#define MEMBERS_IN_HAND 20000                /* more members wait until some are settled */
#define RUNNING_DRY 64                       /* or when the sink has hardly any op left */

struct applier {
        struct mstc_run *run;
        struct mstc_live *sink;
        struct mst_feed *feed;
        size_t room;                         /* ops with the sink at most              */
        struct mstc_waits waits;             /* ops that wait for another one          */
        struct mstc_numbers busy;            /* groups with an op in flight            */
        size_t members_in_hand;              /* of the group ops with the sink         */
        int rank;
        int64_t after, after_retry;          /* last numbers claimed in this rank      */
        bool drained;                        /* the journal has no more of this rank   */
        bool posted, over, failed;
        bool again;                          /* there is more to do without waiting    */
        uint64_t settled, turns;             /* ops; and which transaction this is     */
        uint64_t total;                      /* ops there were to begin with           */
        struct mst_op **claimed;             /* to be pushed after the commit          */
        size_t claimed_count;
        struct mst_op **answered;            /* collected, not settled yet             */
        size_t answered_count;
        int64_t answered_since;              /* monotonic ms                           */
};

static struct mstc_run_target *
target_of(struct mstc_run *run, const struct mstc_entry_op *row)
{
        return mstc_run_target_of(run, row->target);
}

/* Whoever points at him is to have the name that comes of it. */
static bool
names(enum mst_verb verb)
{
        return verb == MST_CREATE || verb == MST_RENAME;
}

/* ---- claiming -------------------------------------------------------------------------------- */

static int
claim_row(struct applier *a, const struct mstc_entry_op *row, struct mst_error *err)
{
        struct mstc_run_target *target = target_of(a->run, row);
        struct mst_op *op = NULL;
        int64_t waits = 0;
        int rc;

        if (target == NULL || !mstc_exactly_has(a->run->exactly, row->number))
                return MST_OK;               /* its target is not in the configuration, or it in the plan */
        if (row->kind == MST_GROUP && mstc_numbers_get(&a->busy, row->entry) != NULL)
                return mstc_waits_add(&a->waits, -row->entry, (struct mstc_wait){ row->number, 0 }, err);
        rc = row->kind == MST_USER ? mstc_claim_user(a->run, target, row, mstc_waits_for(&a->waits, row->number), &op,
                                                     &waits, err)
                                   : mstc_claim_group(a->run, target, row, &op, err);
        if (rc != MST_OK)
                return rc;
        if (waits != 0)
                return mstc_waits_add(&a->waits, waits, (struct mstc_wait){ row->number, row->entry }, err);
        if (op == NULL)
                return names(row->verb) && row->kind == MST_USER ? mstc_waits_over(&a->waits, row->entry, err) : MST_OK;
        if (row->kind == MST_GROUP && !mstc_numbers_put(&a->busy, row->entry, a)) {
                mstc_op_free(op);
                return mst_fail_memory(err, "sending ops");
        }
        a->members_in_hand += op->member_count;
        a->claimed[a->claimed_count++] = op;
        return MST_OK;
}

static bool
hands_full(const struct applier *a)
{
        return a->members_in_hand >= MEMBERS_IN_HAND;
}

static int
claim_runnable(struct applier *a, size_t room, struct mst_error *err)
{
        while (a->claimed_count < room && mstc_waits_ready(&a->waits) && !hands_full(a)) {
                struct mstc_entry_op row;
                int rc = mstc_op_get(a->run->store, mstc_waits_next(&a->waits), a->run->scratch, &row, err);

                if (rc < 0)
                        return rc;
                if (rc == MST_OK && (row.state == MSTC_OP_PLANNED || row.state == MSTC_OP_RETRY)
                    && claim_row(a, &row, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

static int
claim(struct applier *a, struct mst_error *err)
{
        size_t room = mstc_feed_room(a->feed), count;
        bool trial = mstc_quarantine_on_trial(a->sink);
        size_t most = trial ? 1 : a->rank == MSTC_RANK_GROUPS || a->rank == MSTC_RANK_MEMBERS ? GROUP_ROWS : ROWS;
        struct mstc_entry_op rows[ROWS];

        /* A sink with nothing to do gets its first ops at once, not all of them later. */
        if (mstc_feed_open_count(a->feed) == 0 && room > FIRST)
                room = FIRST;
        if (trial)
                room = 1;
        a->claimed_count = 0;
        if (claim_runnable(a, room, err) != MST_OK)
                return err->code;
        while (a->claimed_count + most <= room && !a->drained && !hands_full(a)) {
                if (mstc_op_claimable(a->run->store, a->sink->id, a->rank, a->after_retry, a->after, mstc_now_ms(),
                                      a->run->scratch, rows, most, &count, err) != MST_OK)
                        return err->code;
                a->drained = count < most;
                for (size_t i = 0; i < count; i++) {
                        int64_t *after = rows[i].state == MSTC_OP_PLANNED ? &a->after : &a->after_retry;

                        if (hands_full(a)) {
                                a->drained = false;  /* this one is seen again          */
                                break;
                        }
                        *after = rows[i].number > *after ? rows[i].number : *after;
                        if (claim_row(a, &rows[i], err) != MST_OK)
                                return err->code;
                }
                mst_arena_reset(a->run->scratch);
        }
        return MST_OK;
}

static void
push_claimed(struct applier *a)
{
        for (size_t i = 0; i < a->claimed_count; i++)
                mstc_feed_push(a->feed, a->claimed[i]);
        a->claimed_count = 0;
}

/* Nothing of this rank is left anywhere. */
static bool
rank_over(const struct applier *a)
{
        return a->drained && !mstc_waits_ready(&a->waits) && a->waits.count == 0 && a->claimed_count == 0
            && mstc_feed_open_count(a->feed) == 0;
}

/* ---- settling ---------------------------------------------------------------------------------- */

static int
settle_one(struct applier *a, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;

        a->settled++;
        if (mstc_settle(a->run, op, err) != MST_OK || mstc_meter_op(a->run, op, err) != MST_OK)
                return err->code;
        mstc_health_of_op(a->sink, op->outcome, &op->why, a->turns);
        a->members_in_hand -= op->member_count;
        if (op->kind == MST_GROUP) {
                /* What was refused as a whole comes again in parts. */
                if (op->verb == MST_MEMBERS && (op->outcome == MST_REFUSED || op->outcome == MST_DUPLICATE))
                        a->drained = false;
                mstc_numbers_put(&a->busy, errand->row.entry, NULL);
                return mstc_waits_over(&a->waits, -errand->row.entry, err);
        }
        return names(op->verb) ? mstc_waits_over(&a->waits, errand->row.entry, err) : MST_OK;
}

/* There is more of this rank, and room for it. */
static bool
can_claim(const struct applier *a)
{
        if (a->sink->aside[0] != '\0' || (mstc_quarantine_on_trial(a->sink) && mstc_feed_open_count(a->feed) != 0))
                return false;
        return a->rank < MSTC_RANK_END && mstc_feed_open_count(a->feed) <= a->room / 8 * 5 && !hands_full(a)
            && (!a->drained || mstc_waits_ready(&a->waits));
}

/* One transaction: what was answered, and what goes next, which may follow from it. */
static int
turn(struct applier *a, struct mst_op **ops, size_t count, bool may_claim, struct mst_error *err)
{
        struct mstc_run *run = a->run;
        int rc;

        if (count == 0 && !(may_claim && can_claim(a)))
                return MST_OK;
        if (mstc_store_begin(run->store, err) != MST_OK)
                return err->code;
        rc = MST_OK;
        a->turns++;
        for (size_t i = 0; i < count && rc == MST_OK; i++) {
                rc = settle_one(a, ops[i], err);
                if (i % 64 == 63)
                        mst_arena_reset(run->scratch);
        }
        if (rc == MST_OK && may_claim && can_claim(a))
                rc = claim(a, err);
        if (rc == MST_OK)
                rc = mstc_members_save(run, err);
        if (rc == MST_OK)
                rc = mstc_targets_save(run, err);
        if (rc == MST_OK)
                rc = mstc_meters_save(run->engine, err);
        if (rc == MST_OK)
                rc = mstc_log_save(run->engine, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK) {
                mstc_store_rollback(run->store);
                for (size_t i = 0; i < a->claimed_count; i++)
                        mstc_op_free(a->claimed[i]);
                a->claimed_count = 0;
                return rc;
        }
        push_claimed(a);
        mst_arena_reset(run->scratch);
        return mstc_store_checkpoint(run->store, false, err);
}

/* ---- the sink's thread --------------------------------------------------------------------------- */

static int
call_apply(void *argument, struct mst_error *err)
{
        struct applier *a = argument;
        int rc = a->sink->setup->plugin->sink->apply(a->sink->self, a->feed, err);

        if (rc == MST_OK && !mst_feed_ended(a->feed))
                rc = mst_fail(err, MST_EINTERNAL, "the connector '%s' came back before its work was done",
                              a->sink->setup->plugin->name);
        mstc_feed_close(a->feed, rc != MST_OK ? err : NULL);
        return rc;
}

static int
post(struct applier *a, struct mst_error *err)
{
        if (mstc_live_open(a->sink, err) != MST_OK
            || mstc_courier_post(a->sink->courier, call_apply, a, err) != MST_OK)
                return err->code;
        a->posted = true;
        return MST_OK;
}

static void
check_back(struct applier *a)
{
        struct mst_error why = { 0 };
        int rc;

        if (!a->posted || !mstc_courier_wait(a->sink->courier, 0, &rc, &why))
                return;
        a->posted = false;
        a->over = true;
        if (rc == MST_OK)
                return;
        a->failed = true;
        if (!mstc_engine_stopping(a->run->engine)) {
                mst_wrap(&why, "sink '%s'", a->sink->setup->config->name);
                mstc_live_put_aside(a->sink, &why);
        }
}

static int
next_rank(struct applier *a, struct mst_error *err)
{
        if (mstc_op_next_rank(a->run->store, a->sink->id, a->rank + 1, &a->rank, err) != MST_OK)
                return err->code;
        if (a->rank == MSTC_RANK_END)
                mstc_feed_end(a->feed);
        a->after = a->after_retry = 0;
        a->drained = false;
        return MST_OK;
}

/* While all that is left waits for somebody who is under way, each answer is dear. */
static int64_t
gather_ms(const struct applier *a)
{
        return a->drained && !mstc_waits_ready(&a->waits) && a->waits.count != 0 ? 2 : GATHER_MS;
}

/* Is it time for a transaction?  A sink that runs dry is not kept waiting for outcomes to
 * gather, but neither does each of them get a commit of its own. */
static bool
ripe(const struct applier *a, bool stopping)
{
        size_t open = mstc_feed_open_count(a->feed);

        if (stopping || a->over || open == 0 || a->answered_count >= GATHER)
                return true;
        if (a->answered_count == 0)
                return can_claim(a);
        return mstc_clock_ticks_ms() - a->answered_since >= gather_ms(a)
            || (open <= RUNNING_DRY && a->answered_count >= RUNNING_DRY / 2);
}

static int
step(struct applier *a, struct mst_error *err)
{
        bool stopping = mstc_engine_stopping(a->run->engine);
        size_t count = mstc_feed_collect(a->feed, a->answered + a->answered_count, a->room - a->answered_count, 0);
        int rc;

        a->again = false;
        if (a->answered_count == 0 && count != 0)
                a->answered_since = mstc_clock_ticks_ms();
        a->answered_count += count;
        if ((stopping || a->sink->aside[0] != '\0') && !a->over) {
                a->failed = a->failed || !stopping;
                mstc_feed_halt(a->feed);
        }
        if (!ripe(a, stopping))
                return MST_OK;
        rc = turn(a, a->answered, a->answered_count, !stopping && !a->failed && !a->over, err);
        for (size_t i = 0; i < a->answered_count; i++)
                mstc_op_free(a->answered[i]);
        a->answered_count = 0;
        if (rc != MST_OK)
                return rc;
        if (!stopping && !a->failed && a->rank < MSTC_RANK_END) {
                bool stuck = a->drained && !mstc_waits_ready(&a->waits) && a->waits.count != 0
                          && mstc_feed_open_count(a->feed) == 0;

                if (stuck && mstc_waits_break(&a->waits, err) != MST_OK)
                        return err->code;
                a->again = stuck || rank_over(a);
                if (!stuck && a->again && next_rank(a, err) != MST_OK)
                        return err->code;
        }
        check_back(a);
        return MST_OK;
}

/* ---- all sinks ------------------------------------------------------------------------------------ */

static void
applier_done(struct applier *a)
{
        mstc_waits_done(&a->waits);
        mstc_numbers_done(&a->busy);
        mstc_free(a->claimed);
        for (size_t i = 0; i < a->answered_count; i++)
                mstc_op_free(a->answered[i]);
        mstc_free(a->answered);
        mstc_feed_free(a->feed);
}

static int
applier_start(struct applier *a, struct mst_error *err)
{
        a->turns = a->sink->health.lost_in;
        a->room = a->sink->setup->plugin->sink_in_flight;
        a->room = a->room < ROOM ? ROOM : a->room > ROOM_MOST ? ROOM_MOST : a->room;
        a->feed = mstc_feed_new(a->room);
        a->claimed = mstc_alloc(a->room * sizeof(struct mst_op *));
        a->answered = mstc_alloc(a->room * sizeof(struct mst_op *));
        if (a->feed == NULL || a->claimed == NULL || a->answered == NULL)
                return mst_fail_memory(err, "sending ops");
        if (mstc_waits_begin(&a->waits, a->run->store, a->sink->id, err) != MST_OK)
                return err->code;
        return post(a, err);
}

/* How many ops of this run's targets may go to a sink. */
static int64_t
work_of(struct mstc_run *run, const struct mstc_live *sink, struct mst_error *err)
{
        int64_t total = 0, count;

        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].sink == sink
                    && mstc_op_ready(run->store, sink->id, run->targets[i].row.id, mstc_now_ms(), &count, err) == MST_OK)
                        total += count;
        return total;
}

static size_t
start_all(struct mstc_run *run, struct applier *appliers, struct mst_error *err)
{
        size_t n = 0;

        for (size_t i = 0; i < run->target_count; i++) {
                struct mstc_live *sink = run->targets[i].sink;
                struct mst_error why = { 0 };
                int64_t work;

                if (!mstc_first_of_sink(run, i) || run->targets[i].no_plan || sink->aside[0] != '\0'
                    || (work = work_of(run, sink, err)) == 0)
                        continue;
                appliers[n] = (struct applier){ .run = run, .sink = sink, .total = (uint64_t)work };
                if (applier_start(&appliers[n], &why) != MST_OK) {
                        mstc_live_put_aside(sink, &why);
                        applier_done(&appliers[n]);
                        continue;
                }
                n++;
        }
        return n;
}

static bool
any_left(struct applier *appliers, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (!appliers[i].over || appliers[i].answered_count != 0
                    || mstc_feed_open_count(appliers[i].feed) != 0)
                        return true;
        return false;
}

static bool
any_again(const struct applier *appliers, size_t count)
{
        bool again = false;

        for (size_t i = 0; i < count; i++)
                again = again || appliers[i].again;
        return again;
}

static void
wait_for_news(struct mstc_run *run, struct applier *appliers, size_t count)
{
        int fds[64], ms = 500;
        size_t n = 0;

        for (size_t i = 0; i < count && n + 2 <= sizeof fds / sizeof fds[0]; i++) {
                /* While outcomes gather there is no need to wake up for each. */
                if (appliers[i].answered_count != 0)
                        ms = (int)gather_ms(&appliers[i]) / 2;
                else
                        fds[n++] = mstc_feed_collect_fd(appliers[i].feed);
                if (appliers[i].posted)
                        fds[n++] = mstc_courier_fd(appliers[i].sink->courier);
        }
        mstc_engine_wait(run->engine, fds, n, ms);
}

#define MOST_PARTS 32u                       /* sinks whose progress is told one by one */

/* How far all are, and each of them. */
static void
tell_progress(struct mstc_run *run, const struct applier *appliers, size_t count, uint64_t total)
{
        struct mstc_progress_part parts[MOST_PARTS];
        uint64_t settled = 0;

        for (size_t i = 0; i < count; i++) {
                if (i < MOST_PARTS)
                        parts[i] = (struct mstc_progress_part){ .sink = appliers[i].sink->setup->config->name,
                                .done = appliers[i].settled, .total = appliers[i].total, .over = appliers[i].over };
                settled += appliers[i].settled;
        }
        run->progress.parts = parts;
        run->progress.part_count = count < MOST_PARTS ? count : MOST_PARTS;
        mstc_progress(run, MSTC_PHASE_APPLY, settled, total);
        run->progress.parts = NULL;
        run->progress.part_count = 0;
}

static int
serve_all(struct mstc_run *run, struct applier *appliers, size_t count, uint64_t total, struct mst_error *err)
{
        int rc = MST_OK;

        while (rc == MST_OK && any_left(appliers, count)) {
                for (size_t i = 0; i < count && rc == MST_OK; i++)
                        rc = step(&appliers[i], err);
                tell_progress(run, appliers, count, total);
                if (rc == MST_OK && any_left(appliers, count) && !any_again(appliers, count))
                        wait_for_news(run, appliers, count);
        }
        return rc;
}

/* The store failed: the sinks come to rest, and what was sent stays sent for the next start. */
static void
abandon(struct applier *a)
{
        struct mst_error ignored;
        int rc;

        if (!a->posted)
                return;
        mstc_feed_halt(a->feed);
        while (!mstc_courier_wait(a->sink->courier, 0, &rc, &ignored))
                mstc_engine_wait(a->run->engine, NULL, 0, 50);
        a->posted = false;
}

int
mstc_apply(struct mstc_run *run, struct mst_error *err)
{
        struct applier *appliers = mstc_alloc((run->target_count + 1) * sizeof *appliers);
        uint64_t total = 0;
        size_t count;
        int rc;

        if (appliers == NULL)
                return mst_fail_memory(err, "sending ops");
        for (size_t i = 0; i < run->target_count; i++)
                if (mstc_first_of_sink(run, i))
                        total += (uint64_t)work_of(run, run->targets[i].sink, err);
        count = start_all(run, appliers, err);
        rc = err->code;
        if (rc == MST_OK)
                rc = serve_all(run, appliers, count, total, err);
        for (size_t i = 0; i < count; i++) {
                if (rc != MST_OK)
                        abandon(&appliers[i]);
                applier_done(&appliers[i]);
        }
        mstc_free(appliers);
        return rc;
}
