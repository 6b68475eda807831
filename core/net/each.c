/* each.c - a sink's feed, carried out by requests.
 *
 * Ops are drawn as long as there is room and nobody asked to wait, each becomes one
 * flight of one try: trying again is the engine's, which looks the object up before.
 *
 *   answered            'tell', then the status, settles the op
 *   sent, no answer     unknown
 *   nothing had left    retry
 *   answered, and more  the same op is asked again; a create is never less than unknown then
 *
 * Trouble that is the service's as a whole (not reached, or failing, many times in a
 * row; credentials refused) ends the call with that error; what was drawn and not
 * sent is given back.  When stopping nothing more is drawn, and what is in flight has
 * a moment left to be answered. */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include "net/net.h"

enum { ROW_UNREACHED = 3, ROW_FAILING = 20, ROW_DENIED = 2, GRACE_MS = 1500, BODY_SHOWN = 300 };

struct each {
        struct mst_http *http;
        struct mst_feed *feed;
        mst_http_ask *ask;
        mst_http_tell *tell;
        void *self;
        struct mstc_flight *mine;
        int64_t count;
        int unreached, failing, denied;      /* how many in a row */
};

/* The first bytes of a body as one line that is safe to print. */
static const char *
excerpt(const struct mst_http_reply *reply, char *into, size_t room)
{
        const char *body = mst_http_content(reply, NULL);
        size_t n = 0;

        for (; *body != '\0' && n + 1 < room; body++)
                into[n++] = (unsigned char)*body >= 0x20 && (unsigned char)*body < 0x7f ? *body : ' ';
        into[n] = '\0';
        return into;
}

static enum mst_outcome
by_status(const struct mst_op *op, int status)
{
        bool create = mst_op_verb(op) == MST_CREATE;

        if (status >= 200 && status < 300)
                return MST_DONE;
        if (status == 404 || status == 410)
                return create ? MST_REFUSED : MST_GONE;
        if (status == 409 || status == 412)
                return create ? MST_DUPLICATE : MST_REFUSED;
        if (status == 401 || status == 429 || (status >= 500 && status != 501))
                return MST_RETRY;
        return MST_REFUSED;
}

/* What is said of an op of which earlier requests were answered: a create may be there. */
static enum mst_outcome
after_steps(const struct mst_op *op, const struct mstc_flight *flight, enum mst_outcome outcome)
{
        bool doubt = flight->steps > 0 && mst_op_verb(op) == MST_CREATE && outcome != MST_DONE;

        return doubt ? MST_UNKNOWN : outcome;
}

/* The answer was settled, and *op is not to be touched any more, or more is wanted. */
static void
settle_answered(struct each *each, struct mst_op *op, struct mstc_flight *flight)
{
        struct mst_error why = { 0 };
        char what[300], body[BODY_SHOWN];
        int status = flight->reply->status;
        enum mst_outcome outcome;

        if (each->tell != NULL && each->tell(each->self, op, flight->reply, &why))
                return;
        outcome = by_status(op, status);
        flight->reply->more = false;
        if (flight->why.code != MST_OK && outcome == MST_RETRY) {
                why = flight->why;
        } else if (outcome != MST_DONE && why.code == MST_OK) {
                mst_fail(&why, outcome == MST_GONE ? MST_ENOTFOUND : MST_EREFUSED,
                         "%s: status %d: %s", mstc_flight_say(flight, what, sizeof what), status,
                         excerpt(flight->reply, body, sizeof body));
        }
        mst_op_settle(op, after_steps(op, flight, outcome), outcome == MST_DONE ? NULL : &why);
}

static void
settle(struct each *each, struct mstc_flight *flight)
{
        struct mst_op *op = flight->user;
        int status = flight->reply->status;

        each->unreached = status == 0 && !flight->reply->sent ? each->unreached + 1 : 0;
        each->failing = status >= 500 && status != 501 ? each->failing + 1 : 0;
        each->denied = status == 401 ? each->denied + 1 : 0;
        if (status != 0)
                settle_answered(each, op, flight);
        else if (flight->reply->sent)
                mst_op_settle(op, MST_UNKNOWN, &flight->why);
        else if (flight->steps > 0 || flight->why.code == MST_ENET || flight->why.code == MST_ETHROTTLED)
                mst_op_settle(op, after_steps(op, flight, MST_RETRY), &flight->why);
        else
                mst_op_settle(op, MST_UNSENT, NULL);
}

/* An op whose request could not be asked for. */
static void
refuse(struct mst_op *op, const struct mstc_flight *flight, const struct mst_error *why)
{
        bool later = why->code == MST_ENET || why->code == MST_ETHROTTLED;

        mst_op_settle(op, after_steps(op, flight, later ? MST_RETRY : MST_REFUSED), why);
}

/* Asks for the op's next request; false when there is none and the op is settled. */
static bool
ask_for(struct each *each, struct mst_op *op, struct mstc_flight *flight)
{
        struct mst_error why = { 0 };
        int code = each->ask(each->self, op, flight->own_request, &why);

        if (code != MST_OK) {
                if (code != MST_END)
                        refuse(op, flight, &why);
                return false;
        }
        flight->user = op;
        mstc_flight_begin(flight, flight->own_request, flight->own_reply);
        flight->once = true;
        return true;
}

void
mst_http_more(struct mst_http_reply *reply)
{
        reply->more = true;
}

static int
draw_one(struct each *each, struct mst_op *op, struct mst_error *err)
{
        struct mstc_flight *flight = mstc_flight_new(each->http);

        if (flight != NULL && flight->own_request == NULL)
                flight->own_request = mst_http_request_new();
        if (flight != NULL && flight->own_reply == NULL)
                flight->own_reply = mst_http_reply_new();
        if (flight == NULL || flight->own_request == NULL || flight->own_reply == NULL) {
                if (flight != NULL)
                        mstc_flight_free(flight);
                mst_op_settle(op, MST_UNSENT, NULL);
                return mst_fail_memory(err, "sending requests");
        }
        if (!ask_for(each, op, flight)) {
                mstc_flight_free(flight);
                return MST_OK;
        }
        flight->next = each->mine;
        each->mine = flight;
        each->count++;
        return MST_OK;
}

static int
draw(struct each *each, struct mst_error *err)
{
        struct mst_op *op;
        int code = MST_OK;

        while (code == MST_OK && each->count < each->http->config.in_flight
               && each->http->gate <= mst_host_ticks_ms(each->http->host)
               && (op = mst_feed_next(each->feed)) != NULL)
                code = draw_one(each, op, err);
        return code;
}

/* Settles what has landed; the trouble that ends the call, or MST_OK. */
static int
reap(struct each *each, struct mst_error *err)
{
        struct mstc_flight **at = &each->mine;
        int code = MST_OK;

        while (*at != NULL) {
                struct mstc_flight *flight = *at;

                if (flight->state != MSTC_LANDED) {
                        at = &flight->next;
                        continue;
                }
                settle(each, flight);
                /* Credentials or configuration: no op of this sink can be sent. */
                if (code == MST_OK
                    && ((flight->reply->status == 0 && !flight->reply->sent
                         && flight->why.code != MST_ENET && flight->why.code != MST_ETHROTTLED)
                        || each->unreached >= ROW_UNREACHED || each->failing >= ROW_FAILING)) {
                        *err = flight->why;
                        code = err->code;
                } else if (code == MST_OK && each->denied >= ROW_DENIED) {
                        code = mst_fail(err, MST_EAUTH, "the service refuses the credentials (status "
                                        "401, twice in a row)");
                }
                flight->steps++;
                if (flight->reply->more && ask_for(each, flight->user, flight)) {
                        at = &flight->next;
                        continue;
                }
                *at = flight->next;
                mstc_flight_free(flight);
                each->count--;
        }
        return code;
}

/* Ends what is still under way: sent is unknown, the rest is given back. */
static void
abandon(struct each *each)
{
        for (struct mstc_flight *f = each->mine; f != NULL; f = f->next) {
                struct mst_error why = { 0 };
                bool sent = f->steps > 0 || (f->state == MSTC_AIR && f->starts > 0);

                mst_fail(&why, MST_ENET, "broken off before the answer came");
                mst_op_settle(f->user, sent ? MST_UNKNOWN : MST_UNSENT, sent ? &why : NULL);
        }
        mstc_turn_give_back(&each->mine);
        each->count = 0;
}

/* How long a turn may wait: not past the gate when ops wait behind it. */
static int64_t
patience(const struct each *each)
{
        int64_t wait = each->http->gate - mst_host_ticks_ms(each->http->host);

        return wait > 0 && wait < 1000 ? wait : 1000;
}

/* An hour's wait is the sink's trouble, not the op's: the engine comes back. */
static int
gate_too_long(struct each *each, struct mst_error *err)
{
        int64_t now = mst_host_ticks_ms(each->http->host), gate = each->http->gate;

        if (gate <= now || mstc_pace_afford(each->http, now, gate))
                return MST_OK;
        mst_fail(err, MST_ETHROTTLED, "the service asked to wait %lld s", (long long)((gate - now) / 1000));
        err->retry_after_ms = (uint32_t)(gate - now);
        return MST_ETHROTTLED;
}

int
mst_http_each(struct mst_http *http, struct mst_feed *feed, mst_http_ask *ask, mst_http_tell *tell,
              void *self, struct mst_error *err)
{
        struct each each = { .http = http, .feed = feed, .ask = ask, .tell = tell, .self = self };
        int64_t last = 0;
        int code = MST_OK;

        while (code == MST_OK) {
                bool stopping = mst_host_stopping(http->host);
                int64_t now = mst_host_ticks_ms(http->host);
                bool open = http->gate <= now;

                if (stopping && last == 0)
                        last = now + GRACE_MS;
                if (!stopping)
                        code = draw(&each, err);
                if (each.count == 0 && (stopping || mst_feed_ended(feed)))
                        break;
                if (last != 0 && now >= last)
                        break;
                if (code == MST_OK) {
                        bool room = each.count < http->config.in_flight;
                        mstc_turn(http, each.mine, !stopping && open && room ? mst_feed_fd(feed) : -1,
                                  stopping ? 50 : patience(&each));
                        code = reap(&each, err);
                }
                if (code == MST_OK)
                        code = gate_too_long(&each, err);
        }
        abandon(&each);
        return code;
}
