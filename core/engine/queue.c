/* queue.c - a bounded queue of pointers between two threads. */
#include "build.h"

#include "engine/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/alloc.h"

struct mstc_queue {
        pthread_mutex_t lock;
        pthread_cond_t emptied;
        int fd;                              /* counts what was put, until all is taken */
        void **items;
        size_t room, first, count;
        bool closed;
};

struct mstc_queue *
mstc_queue_new(size_t room)
{
        struct mstc_queue *queue = mstc_alloc(sizeof *queue);

        if (queue == NULL)
                return NULL;
        queue->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        queue->items = queue->fd >= 0 ? mstc_alloc(room * sizeof *queue->items) : NULL;
        if (queue->items == NULL) {
                if (queue->fd >= 0)
                        close(queue->fd);
                mstc_free(queue);
                return NULL;
        }
        queue->room = room;
        pthread_mutex_init(&queue->lock, NULL);
        pthread_cond_init(&queue->emptied, NULL);
        return queue;
}

void
mstc_queue_free(struct mstc_queue *queue)
{
        if (queue == NULL)
                return;
        pthread_cond_destroy(&queue->emptied);
        pthread_mutex_destroy(&queue->lock);
        close(queue->fd);
        mstc_free(queue->items);
        mstc_free(queue);
}

/* Full is readable, too. */
static void
signal_taker(struct mstc_queue *queue)
{
        const uint64_t one = 1;

        if (write(queue->fd, &one, sizeof one) < 0)
                errno = 0;
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
                signal_taker(queue);
                taken = true;
        }
        pthread_mutex_unlock(&queue->lock);
        return taken;
}

void *
mstc_queue_take(struct mstc_queue *queue)
{
        uint64_t signals;
        void *item = NULL;

        pthread_mutex_lock(&queue->lock);
        if (queue->count != 0) {
                item = queue->items[queue->first];
                queue->first = (queue->first + 1) % queue->room;
                queue->count--;
                pthread_cond_signal(&queue->emptied);
        }
        if (queue->count == 0 && !queue->closed && read(queue->fd, &signals, sizeof signals) < 0)
                errno = 0;                   /* nothing had been put since             */
        pthread_mutex_unlock(&queue->lock);
        return item;
}

int
mstc_queue_fd(const struct mstc_queue *queue)
{
        return queue->fd;
}

void
mstc_queue_close(struct mstc_queue *queue)
{
        pthread_mutex_lock(&queue->lock);
        queue->closed = true;
        signal_taker(queue);
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
