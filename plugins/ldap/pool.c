/* SPDX-License-Identifier: Apache-2.0
 *
 * pool.c - many ops on few connections.
 *
 *   draw      as many ops from the feed as there is room for
 *   send      each to the connection that has least to do; a further connection is
 *             opened only when those that are open are all busy
 *   wait      for answers, ops, the wish to stop, or a deadline
 *   receive   what has come; a request that goes on is sent again at once
 *   flush     those in line ask together: new entries for their ids (ids.c), others for what is
 *             to be known before they are changed (ahead.c)
 *
 * A lost connection leaves its writes unknown and its reads to be sent again; what was
 * not sent waits for another connection.  Nobody waits for one while others work.
 * When none can be had the call returns why, and what it holds goes back unsent. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "plugin.h"
#include "queue.h"
#include "request.h"
#include "schema.h"
#include "sink.h"

#define LANES 16
#define WINDOW 32
#define STOP_MS 1500             /* for answers to what is in flight */
#define LINE 100                 /* that ask together, at most */
#define SPARES 4                 /* such requests at once */
#define LINE_MS 1000             /* longest wait in line, while others work */
#define DENIALS 16               /* refusals for want of rights, without one success between */

struct lane {
        struct ldp_conn *conn;
        struct ldp_request *flights[WINDOW];
        size_t flying;
};

struct pool {
        struct ldp_sink *sink;
        struct mst_feed *feed;
        struct mst_error *err;
        struct lane lanes[LANES];
        size_t lane_count, window;
        struct ldp_request *requests, *free;     /* all there are; those that are idle */
        struct ldp_request *spare;               /* idle ones kept for batches, or all could stand in line */
        struct ldp_queue queue;                  /* to be sent */
        struct ldp_waiting lines[LDP_LINES][2];  /* users, groups */
        size_t flying;
        int64_t now, retry_at, stop_at;
        size_t failures;                         /* connections in a row that failed */
        bool enough;                             /* the server gives no more of them */
        size_t denials;
        bool stopping;
        int fatal;
};

static void
put_back(struct pool *pool, struct ldp_request *req)
{
        struct ldp_request **list = req->batch != NULL ? &pool->spare : &pool->free;

        req->op = NULL;
        req->batch = NULL;
        req->next = *list;
        *list = req;
}

static size_t
in_line(const struct pool *pool)
{
        size_t count = 0;

        for (size_t i = 0; i < LDP_LINES * 2; i++)
                count += pool->lines[i / 2][i % 2].count;
        return count;
}

static void follow(struct pool *pool, struct ldp_request *req, enum ldp_next next);

/* The answer for a batch: each of its requests goes on. */
static void
end_batch(struct pool *pool, struct ldp_request *batch)
{
        struct ldp_request *req = batch->batch, *next;

        for (; req != NULL; req = next) {
                next = req->next;
                follow(pool, req, req->line == LDP_LINE_IDS ? ldp_create_go_on(req) : ldp_ahead_go_on(req, pool->err));
        }
        put_back(pool, batch);
}

/* What an answer or a beginning leads to. */
static void
follow(struct pool *pool, struct ldp_request *req, enum ldp_next next)
{
        switch (next) {
        case LDP_SEND:
                ldp_queue_add(&pool->queue, req);
                return;
        case LDP_AWAIT:
                ldp_waiting_add(&pool->lines[req->line][req->place->kind == MST_GROUP], req, pool->now);
                return;
        case LDP_BATCH:
                end_batch(pool, req);
                return;
        default:
                break;
        }
        if (next == LDP_FATAL)
                pool->fatal = pool->err->code;
        pool->denials = req->done ? 0 : pool->denials + req->denied;
        if (pool->denials == DENIALS)
                pool->fatal = mst_fail(pool->err, MST_EPERM, "the directory has refused the last %d changes for want "
                                       "of rights: grant bind-dn write access below the bases (a server that is "
                                       "read-only answers so too)", DENIALS);
        put_back(pool, req);
}

/* --- connections ------------------------------------------------------------------ */

static void
lose(struct pool *pool, struct lane *lane, const struct mst_error *why)
{
        ldp_conn_close(lane->conn);
        for (size_t i = 0; i < lane->flying; i++) {
                struct ldp_request *req = lane->flights[i];
                enum ldp_next next;

                pool->flying--;
                req->losses++;
                next = req->step->reads ? LDP_SEND : req->step->lost != NULL ? req->step->lost(req, true) : LDP_MORE;
                if (next == LDP_MORE)
                        next = ldp_request_settle(req, MST_UNKNOWN, MST_ENET, "sent, but not answered: %s", why->text);
                follow(pool, req, next);
        }
        lane->flying = 0;
}

static size_t
ready_count(const struct pool *pool, bool also_opening)
{
        size_t count = 0;

        for (size_t i = 0; i < pool->lane_count; i++)
                count += also_opening ? pool->lanes[i].conn->state != LDP_CLOSED
                                      : pool->lanes[i].conn->state == LDP_READY;
        return count;
}

/* A connection could not be had: later again, or never. */
static void
fail_connection(struct pool *pool, const struct mst_error *why)
{
        int64_t pause = 100;

        if (ready_count(pool, false) > 0) {
                mst_host_log(pool->sink->host, MST_LOG_INFO, "going on with fewer connections: %s", why->text);
                pool->enough = true;
                return;
        }
        for (size_t i = 0; i < pool->failures && pause < 5000; i++)
                pause *= 2;
        pool->retry_at = pool->now + pause;
        pool->failures++;
        if (why->code == MST_ENET && pool->failures <= (size_t)pool->sink->config->attempts) {
                mst_host_log(pool->sink->host, MST_LOG_WARNING, "%s; trying again in %lld ms", why->text, (long long)pause);
                return;
        }
        *pool->err = *why;
        pool->fatal = why->code;
}

static void
drop(struct pool *pool, struct lane *lane, const struct mst_error *why)
{
        bool idle = lane->flying == 0;

        lose(pool, lane, why);
        pool->enough = false;
        mst_host_log(pool->sink->host, idle ? MST_LOG_INFO : MST_LOG_WARNING, "%s", why->text);
}

/* Opens one more when there is work for it. */
static void
open_more(struct pool *pool)
{
        size_t opening = ready_count(pool, true) - ready_count(pool, false);
        struct mst_error why = { 0 };

        if (pool->stopping || pool->fatal != 0 || opening > 0 || pool->enough || pool->queue.count == 0 ||
            pool->now < pool->retry_at)
                return;
        for (size_t i = 0; i < pool->lane_count; i++) {
                struct lane *lane = &pool->lanes[i];

                if (lane->conn->state == LDP_CLOSED) {
                        if (ldp_conn_start(lane->conn, &why) != MST_OK)
                                fail_connection(pool, &why);
                        return;
                }
                if (lane->conn->state == LDP_READY && lane->flying == 0)
                        return;                  /* it can take the work */
        }
}

/* --- sending ---------------------------------------------------------------------- */

static struct lane *
least_busy(struct pool *pool)
{
        struct lane *best = NULL;

        for (size_t i = 0; i < pool->lane_count; i++) {
                struct lane *lane = &pool->lanes[i];

                if (lane->conn->state == LDP_READY && !lane->conn->leaving && lane->flying < pool->window &&
                    (best == NULL || lane->flying < best->flying))
                        best = lane;
        }
        return best;
}

/* False: this connection takes nothing now. */
static bool
send_one(struct pool *pool, struct lane *lane, struct ldp_request *req)
{
        struct mst_error why = { 0 };
        int rc;

        /* With a full pool behind it a new entry's id is cheaper to ask for later. */
        req->bulk = pool->sink->dir.server.dn_attribute != NULL &&
                    (!pool->sink->dir.server.post_read ||
                     pool->flying + pool->queue.count >= pool->lane_count * pool->window / 2);
        ldp_guard_renew(req, pool->now);
        rc = req->step->send(req, lane->conn->ld, &req->msgid);
        if (rc == LDAP_SUCCESS) {
                mst_host_count(pool->sink->host, MST_COUNT_CALLS, 1);
                req->deadline = pool->now + pool->sink->config->access.timeout;
                lane->flights[lane->flying++] = req;
                pool->flying++;
                return true;
        }
        if (rc == LDAP_SERVER_DOWN || rc == LDAP_CONNECT_ERROR || rc == LDAP_LOCAL_ERROR || rc == LDAP_TIMEOUT) {
                /* libldap gives up before the last byte: the server cannot have acted on it */
                enum ldp_next next = req->step->lost != NULL ? req->step->lost(req, false) : LDP_MORE;

                ldp_conn_lost(lane->conn, rc, &why);
                if (next == LDP_MORE && ++req->losses > LDP_LOSSES)
                        next = ldp_request_settle(req, MST_RETRY, MST_ENET, "the connection ends whenever this is sent: "
                                                  "%s: is the request too long (max-request-size)?", why.text);
                follow(pool, req, next == LDP_MORE ? LDP_SEND : next);
                drop(pool, lane, &why);
                return false;
        }
        if (req->batch != NULL)
                end_batch(pool, req);            /* each asks alone */
        else if (rc == LDAP_NO_MEMORY)
                follow(pool, req, ldp_request_no_memory(req));
        else
                follow(pool, req, ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "'%s' cannot be put into an LDAP "
                                                     "request: %s", req->dn, ldap_err2string(rc)));
        return true;
}

/* Do those in line ask now?  When they are many, have waited, or nothing else goes on; for what
 * is to be changed only when it is soon its turn, as what was seen grows old. */
static bool
is_time(const struct pool *pool, const struct ldp_waiting *line, enum ldp_line what)
{
        size_t busy = pool->flying + pool->queue.count;

        if (line->count == 0 || pool->spare == NULL)
                return false;
        if (what == LDP_LINE_LOOKS && (pool->stopping || pool->queue.count > LINE / 2))
                return false;
        return line->count >= LINE || busy == 0 || pool->stopping || pool->now - line->since >= LINE_MS;
}

static void
flush(struct pool *pool)
{
        for (size_t i = 0; i < LDP_LINES * 2; i++) {
                struct ldp_waiting *line = &pool->lines[i / 2][i % 2];
                struct ldp_request *batch = pool->spare, *first;

                if (!is_time(pool, line, (enum ldp_line)(i / 2)))
                        continue;
                pool->spare = batch->next;
                first = ldp_waiting_cut(line, LINE);
                if (i / 2 == LDP_LINE_IDS)
                        ldp_ids_batch(batch, first);
                else
                        ldp_ahead_batch(batch, first);
                ldp_queue_add(&pool->queue, batch);
        }
}

static void
send_queue(struct pool *pool)
{
        struct lane *lane;

        while (pool->queue.first != NULL && pool->fatal == 0 && !(pool->stopping && pool->now >= pool->stop_at) &&
               (lane = least_busy(pool)) != NULL)
                (void)send_one(pool, lane, ldp_queue_take(&pool->queue));
}

/* --- receiving --------------------------------------------------------------------- */

static struct ldp_request *
flight_of(struct lane *lane, int msgid, size_t *at)
{
        for (*at = 0; *at < lane->flying; (*at)++)
                if (lane->flights[*at]->msgid == msgid)
                        return lane->flights[*at];
        return NULL;
}

static void
take(struct pool *pool, struct lane *lane, LDAPMessage *message)
{
        size_t at;
        struct ldp_request *req = flight_of(lane, ldap_msgid(message), &at);
        enum ldp_next next;

        if (req == NULL)
                return;
        if (!req->step->reads && ldp_result_is_read_only(lane->conn->ld, message) && ldp_conn_set_aside(lane->conn))
                next = LDP_SEND;                 /* elsewhere: nothing has been done */
        else
                next = req->step->answer(req, lane->conn->ld, message, pool->err);
        if (next == LDP_MORE)
                return;
        lane->flights[at] = lane->flights[--lane->flying];
        pool->flying--;
        follow(pool, req, next);
        if (lane->conn->leaving && lane->flying == 0)
                ldp_conn_close(lane->conn);
}

static void
receive(struct pool *pool, struct lane *lane)
{
        LDAPMessage *message = NULL;
        struct mst_error why = { 0 };

        for (;;) {
                if (ldp_conn_take(lane->conn, &message, &why) != MST_OK) {
                        drop(pool, lane, &why);
                        return;
                }
                if (message == NULL)
                        return;
                take(pool, lane, message);
                ldap_msgfree(message);
                flush(pool);
                send_queue(pool);
                if (lane->conn->state != LDP_READY)
                        return;
        }
}

static void
step_lane(struct pool *pool, struct lane *lane)
{
        struct mst_error why = { 0 };

        if (ldp_conn_step(lane->conn, &why) != MST_OK)
                fail_connection(pool, &why);
        else if (lane->conn->state == LDP_READY)
                pool->failures = 0;
}

/* Connections that owe an answer for too long are dead. */
static void
expire(struct pool *pool)
{
        struct mst_error why = { 0 };

        for (size_t i = 0; i < pool->lane_count; i++) {
                struct lane *lane = &pool->lanes[i];

                for (size_t k = 0; k < lane->flying; k++)
                        if (lane->flights[k]->deadline <= pool->now) {
                                mst_fail(&why, MST_ENET, "%s: no answer within %lld ms", lane->conn->uri.host,
                                         (long long)pool->sink->config->access.timeout);
                                drop(pool, lane, &why);
                                break;
                        }
                if (lane->conn->state != LDP_CLOSED && lane->conn->state != LDP_READY &&
                    lane->conn->deadline <= pool->now)
                        step_lane(pool, lane);
        }
}

/* --- the loop ----------------------------------------------------------------------- */

static void
draw(struct pool *pool)
{
        struct mst_op *op;

        while (pool->free != NULL && pool->fatal == 0 && !pool->stopping &&
               (op = mst_feed_next(pool->feed)) != NULL) {
                struct ldp_request *req = pool->free;

                pool->free = req->next;
                follow(pool, req, ldp_request_begin(req, op, pool->err));
        }
}

static int64_t
next_deadline(const struct pool *pool)
{
        int64_t until = pool->now + 60000;

        for (size_t i = 0; i < pool->lane_count; i++) {
                const struct lane *lane = &pool->lanes[i];

                for (size_t k = 0; k < lane->flying; k++)
                        if (lane->flights[k]->deadline < until)
                                until = lane->flights[k]->deadline;
                if (lane->conn->state != LDP_CLOSED && lane->conn->state != LDP_READY && lane->conn->deadline < until)
                        until = lane->conn->deadline;
        }
        if (pool->queue.count > 0 && pool->retry_at > pool->now && pool->retry_at < until)
                until = pool->retry_at;
        if (in_line(pool) > 0 && pool->now + LINE_MS < until)
                until = pool->now + LINE_MS;
        if (pool->stopping && pool->stop_at < until)
                until = pool->stop_at;
        return until;
}

static int
wait_and_receive(struct pool *pool)
{
        struct pollfd fds[LANES + 2];
        struct lane *lanes[LANES];
        size_t count = 0, polled;
        int64_t wait;

        for (size_t i = 0; i < pool->lane_count; i++)
                if (pool->lanes[i].conn->state != LDP_CLOSED) {
                        lanes[count] = &pool->lanes[i];
                        fds[count++] = (struct pollfd){ .fd = pool->lanes[i].conn->fd,
                                                        .events = ldp_conn_events(pool->lanes[i].conn) };
                }
        polled = count;
        if (!pool->stopping)
                fds[polled++] = (struct pollfd){ .fd = mst_host_stop_fd(pool->sink->host), .events = POLLIN };
        if (!pool->stopping && pool->free != NULL && !mst_feed_ended(pool->feed))
                fds[polled++] = (struct pollfd){ .fd = mst_feed_fd(pool->feed), .events = POLLIN };
        wait = next_deadline(pool) - pool->now;
        if (poll(fds, (nfds_t)polled, wait > 0 ? (int)wait : 0) < 0 && errno != EINTR)
                return mst_fail(pool->err, MST_EINTERNAL, "poll: %s", strerror(errno));
        pool->now = mst_host_ticks_ms(pool->sink->host);
        for (size_t i = 0; i < count; i++) {
                if (fds[i].revents == 0 || lanes[i]->conn->fd != fds[i].fd)
                        continue;
                if (lanes[i]->conn->state == LDP_READY)
                        receive(pool, lanes[i]);
                else if (lanes[i]->conn->state != LDP_CLOSED)
                        step_lane(pool, lanes[i]);
        }
        return MST_OK;
}

static bool
is_over(const struct pool *pool)
{
        if (pool->fatal != 0 && pool->flying == 0)
                return true;
        if (pool->stopping)
                return pool->flying == 0 || pool->now >= pool->stop_at;
        return pool->flying == 0 && pool->queue.count == 0 && in_line(pool) == 0 &&
               mst_feed_ended(pool->feed);
}

static void
look_for_stop(struct pool *pool)
{
        if (!pool->stopping && mst_host_stopping(pool->sink->host)) {
                pool->stopping = true;
                pool->stop_at = pool->now + STOP_MS;
        }
}

/* What is left is given back: in flight as unknown, the rest as never sent. */
static void
give_back(struct pool *pool)
{
        struct mst_error why = { 0 };

        mst_fail(&why, MST_ENET, pool->stopping ? "stopped before the answer came" : "given up");
        for (size_t i = 0; i < pool->lane_count; i++)
                if (pool->lanes[i].flying > 0)
                        lose(pool, &pool->lanes[i], &why);
        for (size_t i = 0; i < LDP_LINES * 2; i++)
                for (struct ldp_request *req = pool->lines[i / 2][i % 2].last, *next; req != NULL; req = next) {
                        next = req->next;
                        ldp_queue_add(&pool->queue, req);
                }
        while (pool->queue.first != NULL) {
                struct ldp_request *req = ldp_queue_take(&pool->queue);

                if (req->batch != NULL) {
                        end_batch(pool, req);
                        continue;
                }
                if (req->wrote)
                        ldp_request_settle(req, MST_UNKNOWN, MST_ENET, "interrupted before all of it was done");
                else
                        ldp_request_done(req, MST_UNSENT);
                put_back(pool, req);
        }
}

static int
run(struct pool *pool)
{
        pool->now = mst_host_ticks_ms(pool->sink->host);
        for (;;) {
                look_for_stop(pool);
                draw(pool);
                flush(pool);
                send_queue(pool);
                open_more(pool);
                if (is_over(pool))
                        break;
                if (wait_and_receive(pool) != MST_OK) {
                        pool->fatal = pool->err->code;
                        break;
                }
                expire(pool);
        }
        give_back(pool);
        return pool->fatal;
}

static void
pool_done(struct pool *pool, size_t count)
{
        for (size_t i = 0; pool->requests != NULL && i < count; i++) {
                mst_arena_free(pool->requests[i].arena);
                mst_arena_free(pool->requests[i].members.scratch);
        }
        free(pool->requests);
}

int
ldp_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        struct ldp_sink *sink = self;
        struct pool pool = { .sink = sink, .feed = feed, .err = err, .window = (size_t)sink->config->window,
                             .lane_count = sink->conn_count };
        size_t count = pool.lane_count * pool.window * 2 + 2 * LINE + SPARES;
        struct ldp_conn *conn;
        int rc;

        sink->dir.aside = 0;                     /* one may have been promoted meanwhile */
        pool.requests = calloc(count, sizeof *pool.requests);
        for (size_t i = 0; pool.requests != NULL && i < count; i++) {
                pool.requests[i].sink = sink;
                pool.requests[i].arena = mst_arena_new(4096);
                if (pool.requests[i].arena == NULL) {
                        pool_done(&pool, count);
                        return mst_fail_memory(err, "making ready to write");
                }
                struct ldp_request **list = i < SPARES ? &pool.spare : &pool.free;

                pool.requests[i].next = *list;
                *list = &pool.requests[i];
        }
        if (pool.requests == NULL)
                return mst_fail_memory(err, "making ready to write");
        for (size_t i = 0; i < pool.lane_count; i++) {
                pool.lanes[i].conn = &sink->conns[i];
                (void)ldp_conn_alive(&sink->conns[i]);
        }
        /* The first login tells whether there is any use in others. */
        rc = ldp_sink_schema(sink, &conn, err);
        sink->requests = pool.requests;
        sink->request_count = count;
        if (rc == MST_OK)
                rc = run(&pool);
        sink->request_count = 0;
        pool_done(&pool, count);
        return rc;
}

