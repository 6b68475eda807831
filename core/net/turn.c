/* turn.c - the loop that moves all flights, and the two simple ways to use it.
 *
 * One turn starts what may start (due, the gate open, the rate allowing it), waits
 * until something happens or falls due, and lands what is over.  Fetching a token
 * turns the same loop from within a launch: what lands then is only marked as done,
 * and is judged by the loop that owns it. */
#include "build.h"

#include <string.h>

#include "net/net.h"

/* How long until this flight may start: 0 now, else ms.  Gives up when the service's
 * wish to wait costs more than there is patience for. */
static int64_t
must_wait(struct mst_http *http, struct mstc_flight *flight, int64_t now)
{
        char what[300];

        if (http->hold > now)
                return http->hold - now;
        if (http->gate > now && http->gate > flight->due) {
                if (!mstc_pace_afford(http, now, http->gate)) {
                        mst_fail(&flight->why, MST_ETHROTTLED, "%s: not sent, because the service asked "
                                 "to wait %lld s", mstc_flight_say(flight, what, sizeof what),
                                 (long long)((http->gate - now + 999) / 1000));
                        flight->why.retry_after_ms = (uint32_t)(http->gate - now);
                        mstc_flight_end(flight, MST_ETHROTTLED);
                        return 0;
                }
                mstc_pace_spend(http, now, http->gate);
                return http->gate - now;
        }
        if (flight->due > now)
                return flight->due - now;
        return mstc_pace_rate(http, now, false);
}

/* Starts what may; returns the ms after which to look again. */
static int64_t
start_due(struct mst_http *http, struct mstc_flight *mine, int64_t ms)
{
        for (struct mstc_flight *f = mine; f != NULL; f = f->next) {
                int64_t now = mst_host_ticks_ms(http->host), wait;

                if (f->state != MSTC_GROUND)
                        continue;
                wait = must_wait(http, f, now);
                if (f->state == MSTC_LANDED) {
                        ms = 0;
                } else if (wait > 0) {
                        ms = wait < ms ? wait : ms;
                } else {
                        mstc_pace_rate(http, now, true);
                        mstc_flight_launch(f);
                        if (f->state == MSTC_LANDED)
                                ms = 0;
                }
        }
        return ms;
}

static void
collect(struct mst_http *http)
{
        CURLMsg *message;
        int left;

        while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
                struct mstc_flight *flight = NULL;

                if (message->msg != CURLMSG_DONE)
                        continue;
                curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&flight);
                if (flight != NULL) {
                        flight->result = message->data.result;
                        flight->done = true;
                }
        }
}

static bool
land_done(struct mstc_flight *mine)
{
        bool any = false;

        for (struct mstc_flight *f = mine; f != NULL; f = f->next)
                if (f->state == MSTC_AIR && f->done) {
                        mstc_flight_land(f);
                        any = true;
                }
        return any;
}

void
mstc_turn(struct mst_http *http, struct mstc_flight *mine, int fd, int64_t ms)
{
        struct curl_waitfd extra[2];
        unsigned count = 0;
        int running, stop = mst_host_stop_fd(http->host);

        ms = start_due(http, mine, ms > 1000 ? 1000 : ms);
        curl_multi_perform(http->multi, &running);
        collect(http);
        if (land_done(mine) || ms == 0)
                return;
        if (stop >= 0 && !mst_host_stopping(http->host))
                extra[count++] = (struct curl_waitfd){ .fd = stop, .events = CURL_WAIT_POLLIN };
        if (fd >= 0)
                extra[count++] = (struct curl_waitfd){ .fd = fd, .events = CURL_WAIT_POLLIN };
        curl_multi_poll(http->multi, extra, count, (int)ms, NULL);
        curl_multi_perform(http->multi, &running);
        collect(http);
        land_done(mine);
}

void
mstc_turn_give_back(struct mstc_flight **mine)
{
        while (*mine != NULL) {
                struct mstc_flight *flight = *mine;
                *mine = flight->next;
                mstc_flight_free(flight);
        }
}

int
mstc_turn_stopped(const struct mst_http *http, struct mst_error *err)
{
        (void)http;
        return mst_fail(err, MST_ENET, "stopped before an answer came, because the program was asked "
                        "to stop");
}

int
mst_http_do(struct mst_http *http, struct mst_http_request *request, struct mst_http_reply *reply,
            struct mst_error *err)
{
        struct mstc_flight *flight;
        int code;

        if (request == NULL || reply == NULL || (flight = mstc_flight_new(http)) == NULL)
                return mst_fail_memory(err, "sending a request");
        mstc_flight_begin(flight, request, reply);
        while (flight->state != MSTC_LANDED && !mst_host_stopping(http->host))
                mstc_turn(http, flight, -1, 1000);
        if (flight->state == MSTC_LANDED) {
                code = flight->code;
                if (code != MST_OK)
                        *err = flight->why;
        } else {
                mstc_flight_abort(flight);
                mstc_reply_reset(reply, (size_t)http->cap, request->secret_reply);
                code = mstc_turn_stopped(http, err);
        }
        mstc_flight_free(flight);
        return code;
}

/* Asks for one more request; MST_END when there is none. */
static int
take_next(struct mst_http *http, const struct mst_http_many *calls, struct mstc_flight **mine,
          struct mst_error *err)
{
        struct mstc_flight *flight = mstc_flight_new(http);
        int code;

        if (flight == NULL)
                return mst_fail_memory(err, "sending requests");
        if (flight->own_request == NULL)
                flight->own_request = mst_http_request_new();
        if (flight->own_reply == NULL)
                flight->own_reply = mst_http_reply_new();
        if (flight->own_request == NULL || flight->own_reply == NULL)
                code = mst_fail_memory(err, "sending requests");
        else
                code = calls->next(calls->self, flight->own_request, &flight->user, err);
        if (code != MST_OK) {
                mstc_flight_free(flight);
                return code;
        }
        mstc_flight_begin(flight, flight->own_request, flight->own_reply);
        flight->next = *mine;
        *mine = flight;
        return MST_OK;
}

/* Tells of what has landed; returns how many are still under way, or an error. */
static int
tell_landed(const struct mst_http_many *calls, struct mstc_flight **mine, int64_t *count,
            struct mst_error *err)
{
        struct mstc_flight **at = mine;

        while (*at != NULL) {
                struct mstc_flight *flight = *at;
                int code;

                if (flight->state != MSTC_LANDED) {
                        at = &flight->next;
                        continue;
                }
                code = calls->done(calls->self, flight->user, flight->reply, flight->code,
                                   &flight->why, err);
                *at = flight->next;
                mstc_flight_free(flight);
                (*count)--;
                if (code != MST_OK)
                        return code;
        }
        return MST_OK;
}

int
mst_http_many(struct mst_http *http, const struct mst_http_many *calls, struct mst_error *err)
{
        struct mstc_flight *mine = NULL;
        int64_t count = 0;
        bool ended = false;
        int code = MST_OK;

        while (code == MST_OK && (!ended || count > 0)) {
                while (!ended && count < http->config.in_flight && code == MST_OK) {
                        code = take_next(http, calls, &mine, err);
                        if (code == MST_END) {
                                ended = true;
                                code = MST_OK;
                                break;
                        }
                        if (code == MST_OK)
                                count++;
                }
                if (code == MST_OK && mst_host_stopping(http->host))
                        code = mstc_turn_stopped(http, err);
                if (code == MST_OK && count > 0) {
                        mstc_turn(http, mine, -1, 1000);
                        code = tell_landed(calls, &mine, &count, err);
                }
        }
        mstc_turn_give_back(&mine);
        return code;
}
