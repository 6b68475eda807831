/* queue.h - a bounded queue of pointers between two threads.
 *
 * put() waits while it is full; take() never waits, its thread waits for the descriptor
 * together with whatever else it waits for.  close() ends both: put() refuses, take()
 * empties it and then says no. */
#ifndef MSTC_QUEUE_H
#define MSTC_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct mstc_queue;

struct mstc_queue *mstc_queue_new(size_t room);
void mstc_queue_free(struct mstc_queue *queue);
bool mstc_queue_put(struct mstc_queue *queue, void *item);
/* NULL: there is none just now. */
void *mstc_queue_take(struct mstc_queue *queue);
/* Readable while there is something to take, and once it is closed. */
int mstc_queue_fd(const struct mstc_queue *queue);
void mstc_queue_close(struct mstc_queue *queue);
bool mstc_queue_ended(struct mstc_queue *queue);         /* closed and empty */

#endif
