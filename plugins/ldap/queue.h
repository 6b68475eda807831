/* SPDX-License-Identifier: Apache-2.0
 *
 * queue.h - requests that wait to be sent, first in, first out.  Starts as { 0 }. */
#ifndef LDP_QUEUE_H
#define LDP_QUEUE_H

#include "request.h"

struct ldp_queue {
        struct ldp_request *first, *last;
        size_t count;
};

static inline void
ldp_queue_add(struct ldp_queue *queue, struct ldp_request *req)
{
        req->next = NULL;
        if (queue->last != NULL)
                queue->last->next = req;
        else
                queue->first = req;
        queue->last = req;
        queue->count++;
}

/* There must be one. */
static inline struct ldp_request *
ldp_queue_take(struct ldp_queue *queue)
{
        struct ldp_request *req = queue->first;

        queue->first = req->next;
        if (queue->first == NULL)
                queue->last = NULL;
        queue->count--;
        return req;
}

#endif
