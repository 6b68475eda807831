/* feed.c - hands ops to a sink's thread and takes them back settled.
 *
 *   conductor                     sink's thread
 *   push  ──▶ waiting ──▶ next / wait ──▶ drawn
 *                                          │ settle
 *   collect ◀── settled ◀──────────────────┘
 *
 * One mutex guards the three queues; all calls hold it for a few instructions.  The
 * two descriptors follow the queues "waiting" and "settled", but only a change from
 * empty to not empty (and back) costs a system call, and only once somebody asked for
 * the descriptor at all.
 *
 *   end    nothing more will be pushed; the sink draws what is there
 *   halt   nothing more is drawn; what waits comes back as unsent
 *   close  apply() has returned; what is drawn comes back as unknown
 *   reopen all three are forgotten */
#include "build.h"

#include "sdk/op.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "util/alloc.h"

enum { GATHER_MANY = 64, GATHER_MS = 20, GATHER_MANY_MS = 500 };

struct queue {
        struct mst_op *first, *last;
};

/* A descriptor that is readable or not. */
struct signal {
        int fd;
        bool watched, raised;
};

struct mst_feed {
        pthread_mutex_t lock;
        pthread_cond_t can_draw, can_collect;
        struct queue waiting, drawn, settled;
        size_t room, open;
        bool ended, halted;
        struct signal draw, collect;
};

/* --- queues: doubly linked, so that any drawn op can leave ------------------------------ */

static void
queue_add(struct queue *q, struct mst_op *op)
{
        op->next = NULL;
        op->previous = q->last;
        if (q->last != NULL)
                q->last->next = op;
        else
                q->first = op;
        q->last = op;
}

static void
queue_remove(struct queue *q, struct mst_op *op)
{
        if (op->previous != NULL)
                op->previous->next = op->next;
        else
                q->first = op->next;
        if (op->next != NULL)
                op->next->previous = op->previous;
        else
                q->last = op->previous;
        op->next = op->previous = NULL;
}

static void
signal_set(struct signal *s, bool raise)
{
        uint64_t one = 1;

        if (!s->watched || s->raised == raise)
                return;
        s->raised = raise;
        /* Neither can fail: the counter is 0 or 1, and nobody else reads it. */
        if (raise)
                (void)!write(s->fd, &one, sizeof one);
        else
                (void)!read(s->fd, &one, sizeof one);
}

static bool
nothing_comes(const struct mst_feed *feed)
{
        return feed->halted || (feed->ended && feed->waiting.first == NULL);
}

static void
update_signals(struct mst_feed *feed)
{
        signal_set(&feed->draw, feed->waiting.first != NULL || nothing_comes(feed));
        signal_set(&feed->collect, feed->settled.first != NULL);
}

/* --- life --------------------------------------------------------------------------------- */

static bool
init_locks(struct mst_feed *feed)
{
        pthread_condattr_t monotonic;
        bool done;

        if (pthread_condattr_init(&monotonic) != 0)
                return false;
        done = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
               pthread_mutex_init(&feed->lock, NULL) == 0;
        if (done && pthread_cond_init(&feed->can_draw, &monotonic) != 0) {
                pthread_mutex_destroy(&feed->lock);
                done = false;
        }
        if (done && pthread_cond_init(&feed->can_collect, &monotonic) != 0) {
                pthread_cond_destroy(&feed->can_draw);
                pthread_mutex_destroy(&feed->lock);
                done = false;
        }
        pthread_condattr_destroy(&monotonic);
        return done;
}

struct mst_feed *
mstc_feed_new(size_t room)
{
        struct mst_feed *feed = mstc_alloc(sizeof *feed);

        if (feed == NULL)
                return NULL;
        feed->room = room;
        feed->draw.fd = mstc_alloc_granted() ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
        feed->collect.fd = feed->draw.fd >= 0 ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
        if (feed->collect.fd >= 0 && init_locks(feed))
                return feed;
        if (feed->draw.fd >= 0)
                close(feed->draw.fd);
        if (feed->collect.fd >= 0)
                close(feed->collect.fd);
        mstc_free(feed);
        return NULL;
}

static void
free_queue(struct queue *q)
{
        struct mst_op *next;

        for (struct mst_op *op = q->first; op != NULL; op = next) {
                next = op->next;
                mstc_op_free(op);
        }
}

void
mstc_feed_free(struct mst_feed *feed)
{
        if (feed == NULL)
                return;
        free_queue(&feed->waiting);
        free_queue(&feed->drawn);
        free_queue(&feed->settled);
        pthread_cond_destroy(&feed->can_draw);
        pthread_cond_destroy(&feed->can_collect);
        pthread_mutex_destroy(&feed->lock);
        close(feed->draw.fd);
        close(feed->collect.fd);
        mstc_free(feed);
}

/* --- the conductor's end -------------------------------------------------------------------- */

size_t
mstc_feed_room(struct mst_feed *feed)
{
        size_t room;

        pthread_mutex_lock(&feed->lock);
        room = feed->open < feed->room ? feed->room - feed->open : 0;
        pthread_mutex_unlock(&feed->lock);
        return room;
}

size_t
mstc_feed_open_count(struct mst_feed *feed)
{
        size_t open;

        pthread_mutex_lock(&feed->lock);
        open = feed->open;
        pthread_mutex_unlock(&feed->lock);
        return open;
}

/* Puts an op that is in no queue where collect() finds it. */
static void
settle_locked(struct mst_feed *feed, struct mst_op *op, enum mst_outcome outcome)
{
        op->outcome = outcome;
        op->drawn = false;
        queue_add(&feed->settled, op);
        if (feed->settled.first == op)
                pthread_cond_signal(&feed->can_collect);
}

void
mstc_feed_push(struct mst_feed *feed, struct mst_op *op)
{
        pthread_mutex_lock(&feed->lock);
        op->feed = feed;
        op->drawn = false;
        op->outcome = (enum mst_outcome)0;
        op->why.code = MST_OK;
        op->why.text[0] = '\0';
        op->new_object = op->new_name = op->new_version = NULL;
        op->user = NULL;
        feed->open++;
        if (feed->halted || feed->ended)
                settle_locked(feed, op, MST_UNSENT);
        else {
                queue_add(&feed->waiting, op);
                if (feed->waiting.first == op)
                        pthread_cond_signal(&feed->can_draw);
        }
        update_signals(feed);
        pthread_mutex_unlock(&feed->lock);
}

void
mstc_feed_end(struct mst_feed *feed)
{
        pthread_mutex_lock(&feed->lock);
        feed->ended = true;
        pthread_cond_broadcast(&feed->can_draw);
        update_signals(feed);
        pthread_mutex_unlock(&feed->lock);
}

static void
halt_locked(struct mst_feed *feed)
{
        struct mst_op *op;

        feed->halted = true;
        while ((op = feed->waiting.first) != NULL) {
                queue_remove(&feed->waiting, op);
                settle_locked(feed, op, MST_UNSENT);
        }
        pthread_cond_broadcast(&feed->can_draw);
}

void
mstc_feed_halt(struct mst_feed *feed)
{
        pthread_mutex_lock(&feed->lock);
        halt_locked(feed);
        update_signals(feed);
        pthread_mutex_unlock(&feed->lock);
}

void
mstc_feed_close(struct mst_feed *feed, const struct mst_error *err)
{
        struct mst_op *op;

        pthread_mutex_lock(&feed->lock);
        while ((op = feed->drawn.first) != NULL) {
                queue_remove(&feed->drawn, op);
                if (err != NULL && err->code != MST_OK && err->text[0] != '\0')
                        op->why = *err;
                else
                        mst_fail(&op->why, MST_EINTERNAL,
                                 "the connector came back without telling what became of it");
                settle_locked(feed, op, MST_UNKNOWN);
        }
        halt_locked(feed);
        update_signals(feed);
        pthread_mutex_unlock(&feed->lock);
}

void
mstc_feed_reopen(struct mst_feed *feed)
{
        pthread_mutex_lock(&feed->lock);
        feed->ended = feed->halted = false;
        update_signals(feed);
        pthread_mutex_unlock(&feed->lock);
}

static struct timespec
after(int ms)
{
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += ms / 1000;
        until.tv_nsec += ms % 1000 * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
                until.tv_sec++;
                until.tv_nsec -= 1000000000L;
        }
        return until;
}

size_t
mstc_feed_collect(struct mst_feed *feed, struct mst_op **ops, size_t most, int ms)
{
        struct timespec until = after(ms > 0 ? ms : 0);
        struct mst_op *op;
        size_t count = 0;

        pthread_mutex_lock(&feed->lock);
        while (feed->settled.first == NULL && ms > 0)
                if (pthread_cond_timedwait(&feed->can_collect, &feed->lock, &until) == ETIMEDOUT)
                        break;
        while (count < most && (op = feed->settled.first) != NULL) {
                queue_remove(&feed->settled, op);
                ops[count++] = op;
        }
        feed->open -= count;
        update_signals(feed);
        pthread_mutex_unlock(&feed->lock);
        return count;
}

static int
watch(struct mst_feed *feed, struct signal *s)
{
        pthread_mutex_lock(&feed->lock);
        s->watched = true;
        update_signals(feed);
        pthread_mutex_unlock(&feed->lock);
        return s->fd;
}

int
mstc_feed_collect_fd(struct mst_feed *feed)
{
        return watch(feed, &feed->collect);
}

/* --- the sink's end ---------------------------------------------------------------------------- */

static struct mst_op *
draw_locked(struct mst_feed *feed)
{
        struct mst_op *op = feed->waiting.first;

        if (op != NULL) {
                queue_remove(&feed->waiting, op);
                queue_add(&feed->drawn, op);
                op->drawn = true;
                update_signals(feed);
        }
        return op;
}

struct mst_op *
mst_feed_next(struct mst_feed *feed)
{
        struct mst_op *op;

        pthread_mutex_lock(&feed->lock);
        op = draw_locked(feed);
        pthread_mutex_unlock(&feed->lock);
        return op;
}

struct mst_op *
mst_feed_wait(struct mst_feed *feed)
{
        struct mst_op *op;

        pthread_mutex_lock(&feed->lock);
        while (feed->waiting.first == NULL && !nothing_comes(feed))
                pthread_cond_wait(&feed->can_draw, &feed->lock);
        op = draw_locked(feed);
        pthread_mutex_unlock(&feed->lock);
        return op;
}

/* The feeds here are never const objects; the connector's view of them is. */
static struct mst_feed *
own(const struct mst_feed *feed)
{
        union { const struct mst_feed *theirs; struct mst_feed *ours; } view = { .theirs = feed };

        return view.ours;
}

size_t
mst_feed_gather(struct mst_feed *feed, struct mst_op **ops, size_t most)
{
        struct mst_op *op = mst_feed_wait(feed);
        size_t count = 0;

        while (op != NULL) {
                struct pollfd fd = { .fd = -1, .events = POLLIN };

                ops[count++] = op;
                op = count < most ? mst_feed_next(feed) : NULL;
                if (op != NULL || count == most || mst_feed_ended(feed))
                        continue;
                fd.fd = mst_feed_fd(feed);
                if (poll(&fd, 1, count < GATHER_MANY ? GATHER_MS : GATHER_MANY_MS) > 0)
                        op = mst_feed_next(feed);
        }
        return count;
}

int
mst_feed_fd(const struct mst_feed *feed)
{
        return watch(own(feed), &own(feed)->draw);
}

bool
mst_feed_ended(const struct mst_feed *feed)
{
        bool ended;

        pthread_mutex_lock(&own(feed)->lock);
        ended = nothing_comes(feed);
        pthread_mutex_unlock(&own(feed)->lock);
        return ended;
}

/* What a connector may not claim becomes "unknown", which makes the engine look. */
static enum mst_outcome
check_outcome(struct mst_op *op, enum mst_outcome outcome, const struct mst_error *why)
{
        if (why != NULL && why->text[0] != '\0')
                op->why = *why;
        if (outcome < MST_DONE || outcome > MST_UNSENT) {
                mst_fail(&op->why, MST_EINTERNAL, "the connector told an outcome that does not exist (%d)",
                         (int)outcome);
                return MST_UNKNOWN;
        }
        if (outcome == MST_DONE || outcome == MST_ALREADY) {
                if (op->verb != MST_CREATE || op->new_object != NULL)
                        return outcome;
                mst_fail(&op->why, MST_EINTERNAL,
                         "the connector said that it was done without naming the new object");
                return MST_UNKNOWN;
        }
        if (outcome != MST_UNSENT && op->why.text[0] == '\0')
                mst_fail(&op->why, MST_EINTERNAL, "the connector gave no reason");
        return outcome;
}

void
mst_op_settle(struct mst_op *op, enum mst_outcome outcome, const struct mst_error *why)
{
        struct mst_feed *feed = op->feed;

        pthread_mutex_lock(&feed->lock);
        /* Settled twice: the first word stands. */
        if (op->drawn) {
                queue_remove(&feed->drawn, op);
                settle_locked(feed, op, check_outcome(op, outcome, why));
                update_signals(feed);
        }
        pthread_mutex_unlock(&feed->lock);
}
