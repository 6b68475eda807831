/* queue.c - a bounded queue of pointers between two threads. */
#include "build.h"

#include "engine/queue.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "util/alloc.h"

struct mstc_queue {
        pthread_mutex_t lock;
        pthread_cond_t filled, emptied;
        void **items;
        size_t room, first, count;
        bool closed;
};

struct mstc_queue *
mstc_queue_new(size_t room)
{
        struct mstc_queue *queue = mstc_alloc(sizeof *queue);
        pthread_condattr_t monotonic;

        if (queue == NULL || (queue->items = mstc_alloc(room * sizeof *queue->items)) == NULL) {
                mstc_free(queue);
                return NULL;
        }
        queue->room = room;
        pthread_mutex_init(&queue->lock, NULL);
        pthread_condattr_init(&monotonic);
        pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        pthread_cond_init(&queue->filled, &monotonic);
        pthread_cond_init(&queue->emptied, &monotonic);
        pthread_condattr_destroy(&monotonic);
        return queue;
}

void
mstc_queue_free(struct mstc_queue *queue)
{
        if (queue == NULL)
                return;
        pthread_cond_destroy(&queue->emptied);
        pthread_cond_destroy(&queue->filled);
        pthread_mutex_destroy(&queue->lock);
        mstc_free(queue->items);
        mstc_free(queue);
}

bool
mstc_queue_put(struct mstc_queue *queue, void *item)
{
        bool taken = false;

        pthread_mutex_lock(&queue->lock);
        while (queue->count == queue->room && !queue->closed)
                pthread_cond_wait(&queue->emptied, &queue->lock);
        if (!queue->closed) {
                queue->items[(queue->first + queue->count++) % queue->room] = item;
                pthread_cond_signal(&queue->filled);
                taken = true;
        }
        pthread_mutex_unlock(&queue->lock);
        return taken;
}

static struct timespec
after_ms(int ms)
{
        struct timespec ts;

        clock_gettime(CLOCK_MONOTONIC, &ts);
        ts.tv_sec += ms / 1000;
        ts.tv_nsec += (long)(ms % 1000) * 1000000;
        if (ts.tv_nsec >= 1000000000) {
                ts.tv_sec++;
                ts.tv_nsec -= 1000000000;
        }
        return ts;
}

void *
mstc_queue_take(struct mstc_queue *queue, int ms)
{
        struct timespec until = after_ms(ms < 0 ? 0 : ms);
        void *item = NULL;
        int rc = 0;

        pthread_mutex_lock(&queue->lock);
        while (queue->count == 0 && !queue->closed && rc != ETIMEDOUT)
                rc = ms < 0 ? pthread_cond_wait(&queue->filled, &queue->lock)
                            : pthread_cond_timedwait(&queue->filled, &queue->lock, &until);
        if (queue->count != 0) {
                item = queue->items[queue->first];
                queue->first = (queue->first + 1) % queue->room;
                queue->count--;
                pthread_cond_signal(&queue->emptied);
        }
        pthread_mutex_unlock(&queue->lock);
        return item;
}

void
mstc_queue_close(struct mstc_queue *queue)
{
        pthread_mutex_lock(&queue->lock);
        queue->closed = true;
        pthread_cond_broadcast(&queue->filled);
        pthread_cond_broadcast(&queue->emptied);
        pthread_mutex_unlock(&queue->lock);
}

bool
mstc_queue_ended(struct mstc_queue *queue)
{
        bool ended;

        pthread_mutex_lock(&queue->lock);
        ended = queue->closed && queue->count == 0;
        pthread_mutex_unlock(&queue->lock);
        return ended;
}
