/* SPDX-License-Identifier: Apache-2.0
 *
 * queue.h - requests that wait: to be sent, first in, first out; or to ask something
 * together, in any order.  Both start as { 0 }. */
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

struct ldp_waiting {
        struct ldp_request *last;
        size_t count;
        int64_t since;                   /* ticks, of the one that came first */
};

static inline void
ldp_waiting_add(struct ldp_waiting *waiting, struct ldp_request *req, int64_t now)
{
        if (waiting->count++ == 0)
                waiting->since = now;
        req->next = waiting->last;
        waiting->last = req;
}

/* Takes 'most' of them out, as a list; there must be one. */
static inline struct ldp_request *
ldp_waiting_cut(struct ldp_waiting *waiting, size_t most)
{
        struct ldp_request *first = waiting->last, *end = first;
        size_t taken = 1;

        for (; taken < most && end->next != NULL; taken++)
                end = end->next;
        waiting->last = end->next;
        end->next = NULL;
        waiting->count -= taken;
        return first;
}

#endif
