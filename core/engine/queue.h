/* queue.h - a bounded queue of pointers between two threads.
 *
 * put() waits while it is full, take() while it is empty; close() ends both: put()
 * refuses, take() empties it and then says no. */
#ifndef MSTC_QUEUE_H
#define MSTC_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct mstc_queue;

struct mstc_queue *mstc_queue_new(size_t room);
void mstc_queue_free(struct mstc_queue *queue);
bool mstc_queue_put(struct mstc_queue *queue, void *item);
/* NULL: closed and empty, or nothing came within 'ms' (-1: as long as it takes). */
void *mstc_queue_take(struct mstc_queue *queue, int ms);
void mstc_queue_close(struct mstc_queue *queue);
bool mstc_queue_ended(struct mstc_queue *queue);         /* closed and empty */

#endif
