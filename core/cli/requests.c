/* requests.c - what is asked of the service, from its line to its answer.
 *
 *   hear     a line is read; what can be answered at once is
 *   queue    what needs the store waits for its moment: a pause for the end of a transaction, a
 *            sync or a decision for the end of the run under way, all in the order they came
 *   work     the verb does it, and the answer goes out; who has left meanwhile is passed over,
 *            unless he said that he would not wait */
#include "build.h"

#include "cli/serving.h"

#include <stdio.h>
#include <string.h>

#include "cli/wire.h"
#include "util/alloc.h"
#include "util/date.h"

#define MOST_REQUESTS 64
#define AGAIN_MS 500                         /* another command works with the store   */
#define PATIENCE_MS 60000                    /* and so long one waits for it           */
#define NEWS_EVERY_MS 200

struct mstc_request {
        struct mstc_request *next;
        struct mstc_asker *asker;            /* NULL: he did not want to wait          */
        const struct mstc_verb *verb;
        struct mst_arena *arena;
        const struct mst_value *object;
        const char *who;
        int64_t since;                       /* monotonic: when it could first have been done; 0: not yet */
        int64_t told;                        /* the last news                          */
};

static void
forget(struct mstc_request *request)
{
        mst_arena_free(request->arena);
        mstc_free(request);
}

static void
take_out(struct mstc_service *service, struct mstc_request *request)
{
        struct mstc_request **at = &service->requests;

        while (*at != request)
                at = &(*at)->next;
        *at = request->next;
}

static void
refuse(struct mstc_service *service, struct mstc_request *request, const struct mst_error *err)
{
        if (request->asker != NULL)
                mstc_asker_refuse(request->asker, err);
        else
                mstc_service_tell(service, MSTC_EVENT_ASKED_FAILED, "%s, asked for by %s: %s", request->verb->name, request->who, err->text);
}

/* ---- doing it ------------------------------------------------------------------------------- */

/* The answer, or why there is none. */
static int
answer(struct mstc_service *service, struct mstc_request *request, struct mstc_engine *engine, struct mst_error *err)
{
        struct mst_json_out *out = mst_json_out_new();
        struct mstc_asked asked = { .request = request->object, .arena = request->arena, .who = request->who,
                                    .engine = engine, .out = out };
        const char *line = NULL;
        int rc;

        if (out == NULL)
                return mst_fail_memory(err, "answering");
        mst_json_out_object(out);
        mst_json_out_name(out, "ok");
        mst_json_out_object(out);
        rc = request->verb->answer(service, &asked, err);
        mst_json_out_end(out);
        mst_json_out_end(out);
        if (rc == MST_OK && (line = mst_json_written(out, NULL)) == NULL)
                rc = mst_fail(err, MST_EINTERNAL, "it is done, but the answer could not be written");
        if (rc == MST_OK && request->asker != NULL)
                mstc_asker_answer(request->asker, line);
        mst_json_out_free(out);
        return rc;
}

/* False: it waits for its moment. */
static bool
do_now(struct mstc_service *service, struct mstc_request *request, struct mstc_engine *engine)
{
        static const struct mstc_watch nobody;
        struct mstc_request *before = service->at_work;
        struct mstc_engine *own = NULL;
        struct mst_error err = { 0 };
        int64_t now = mstc_clock_ticks_ms();
        int rc = MST_OK;

        if (request->since == 0)
                request->since = now;
        if (engine == NULL && request->verb->when != MSTC_VERB_AT_ONCE && !request->verb->own_engine) {
                rc = mstc_engine_new(service->place.setup, &nobody, service->place.stop, &own, &err);
                rc = rc == MST_EREFUSED ? MST_END : rc;
        }
        service->at_work = request;
        if (rc == MST_OK)
                rc = answer(service, request, engine != NULL ? engine : own, &err);
        service->at_work = before;
        mstc_engine_free(own);
        if (rc == MST_END && now - request->since < PATIENCE_MS)
                return false;                /* another command works with the store */
        if (rc != MST_OK)
                refuse(service, request, &err);
        return true;
}

/* ---- hearing --------------------------------------------------------------------------------- */

static const char *
who_asks(const struct mstc_asker *asker, const struct mst_value *object, struct mst_arena *arena)
{
        const char *claim = mstc_wire_text(object, "who"), *who;

        /* Whoever is the service's user could write into its store himself. */
        if (mstc_asker_is_trusted(asker) && claim != NULL && *claim != '\0')
                who = mst_arena_printf(arena, "%.100s", claim);
        else
                who = mst_arena_printf(arena, "user %u", mstc_asker_uid(asker));
        return who != NULL ? who : "unknown";
}

static int
read_request(struct mstc_request *request, const char *line, size_t length, struct mst_error *err)
{
        const char *verb;
        int64_t version;

        request->arena = mst_arena_new(0);
        if (request->arena == NULL)
                return mst_fail_memory(err, "reading a request");
        request->object = mstc_wire_read(line, length, request->arena, err);
        if (request->object == NULL)
                return err->code;
        version = mst_value_find_int(request->object, "muster", 0);
        if (version != MSTC_CONTROL_VERSION)
                return mst_fail(err, MST_EREFUSED, "this service (muster %s) speaks version %d of the protocol, not %lld: the "
                                "command and the service are of different versions; restart the service", PACKAGE_VERSION,
                                MSTC_CONTROL_VERSION, (long long)version);
        verb = mst_value_find_text(request->object, "verb");
        request->verb = mstc_verb_find(verb);
        return request->verb != NULL ? MST_OK : mst_fail(err, MST_EREFUSED, "the service does not know '%.64s'", verb);
}

static void
line_up(struct mstc_service *service, struct mstc_request *request)
{
        struct mstc_request **at = &service->requests;

        while (*at != NULL)
                at = &(*at)->next;
        *at = request;
        if (mst_value_find_bool(request->object, "no-wait")) {
                mstc_asker_answer(request->asker, "{\"ok\":{\"queued\":true}}");
                request->asker = NULL;
        } else if (service->running != NULL)
                mstc_asker_news(request->asker, "{\"news\":{\"waits\":true}}");
}

struct hearing { struct mstc_service *service; struct mstc_engine *engine; };

static void
on_request(void *self, struct mstc_asker *asker, const char *line, size_t length)
{
        struct hearing *hearing = self;
        struct mstc_service *service = hearing->service;
        struct mstc_request *request = mstc_alloc(sizeof *request);
        struct mst_error err = { 0 };
        size_t waiting = 0;

        if (request == NULL) {
                mst_fail_memory(&err, "reading a request");
                mstc_asker_refuse(asker, &err);
                return;
        }
        request->asker = asker;
        for (const struct mstc_request *other = service->requests; other != NULL; other = other->next)
                waiting++;
        if (read_request(request, line, length, &err) == MST_OK && request->verb->when != MSTC_VERB_AT_ONCE && waiting >= MOST_REQUESTS)
                mst_fail(&err, MST_EREFUSED, "%d requests wait already; come back later", MOST_REQUESTS);
        if (err.code != MST_OK) {
                mstc_asker_refuse(asker, &err);
                forget(request);
                return;
        }
        request->who = who_asks(asker, request->object, request->arena);
        if (request->verb->when == MSTC_VERB_AT_ONCE
            || (request->verb->when == MSTC_VERB_BETWEEN && hearing->engine != NULL)) {
                do_now(service, request, hearing->engine);
                forget(request);
        } else
                line_up(service, request);
}

void
mstc_requests_hear(struct mstc_service *service, struct mstc_engine *engine)
{
        struct hearing hearing = { .service = service, .engine = engine };

        mstc_control_serve(service->control, on_request, &hearing);
        /* What came while a transaction was open. */
        for (struct mstc_request *request = engine != NULL ? service->requests : NULL, *next; request != NULL; request = next) {
                next = request->next;
                if (request->verb->when != MSTC_VERB_BETWEEN || !do_now(service, request, engine))
                        continue;
                take_out(service, request);
                forget(request);
        }
}

bool
mstc_requests_work(struct mstc_service *service, int *ret_wait)
{
        struct mstc_request *request = service->requests;

        *ret_wait = -1;
        if (request == NULL)
                return false;
        if (request->asker != NULL && mstc_asker_has_left(request->asker)) {
                struct mst_error gone = { .code = MST_EREFUSED, .text = "nobody waits for it any more" };

                mstc_asker_refuse(request->asker, &gone);
        } else if (!do_now(service, request, NULL)) {
                *ret_wait = AGAIN_MS;
                return true;
        }
        take_out(service, request);
        forget(request);
        return true;
}

bool
mstc_requests_asker_left(const struct mstc_service *service)
{
        const struct mstc_request *request = service->at_work;

        return request == NULL || request->asker == NULL || mstc_asker_has_left(request->asker);
}

void
mstc_requests_drop(struct mstc_service *service)
{
        while (service->requests != NULL) {
                struct mstc_request *request = service->requests;

                if (request->asker == NULL)
                        mstc_service_tell(service, MSTC_EVENT_ASKED_DROPPED, "%s, asked for by %s, was not done before the service ended",
                                          request->verb->name, request->who);
                service->requests = request->next;
                forget(request);
        }
}

/* ---- what is heard of a run -------------------------------------------------------------------- */

static struct mst_json_out *
begin_news(const struct mstc_request *request)
{
        struct mst_json_out *out = request != NULL && request->asker != NULL ? mst_json_out_new() : NULL;

        if (out == NULL)
                return NULL;
        mst_json_out_object(out);
        mst_json_out_name(out, "news");
        mst_json_out_object(out);
        return out;
}

static void
end_news(struct mstc_request *request, struct mst_json_out *out)
{
        const char *line;

        mst_json_out_end(out);
        mst_json_out_end(out);
        line = mst_json_written(out, NULL);
        if (line != NULL)
                mstc_asker_news(request->asker, line);
        mst_json_out_free(out);
}

void
mstc_requests_progress(struct mstc_service *service)
{
        struct mstc_request *request = service->at_work;
        int64_t now = mstc_clock_ticks_ms();
        struct mst_json_out *out;

        if (request == NULL || now - request->told < NEWS_EVERY_MS || (out = begin_news(request)) == NULL)
                return;
        request->told = now;
        mst_json_out_member(out, "sync", service->running);
        mstc_wire_number(out, "phase", (int64_t)service->progress.phase);
        mstc_wire_number(out, "done", (int64_t)service->progress.done);
        mstc_wire_number(out, "total", (int64_t)service->progress.total);
        mstc_wire_number(out, "ms", now - service->progress.started_ms);
        end_news(request, out);
}

void
mstc_requests_yours(struct mstc_service *service)
{
        struct mst_json_out *out = begin_news(service->at_work);

        if (out == NULL)
                return;
        mstc_wire_bool(out, "yours", true);
        end_news(service->at_work, out);
}

void
mstc_requests_line(struct mstc_service *service, const struct mstc_line *line)
{
        struct mst_json_out *out = line->level < MST_LOG_DEBUG ? begin_news(service->at_work) : NULL;

        if (out == NULL)
                return;
        mstc_wire_number(out, "level", (int64_t)line->level);
        mstc_wire_number(out, "event", (int64_t)line->event);
        mst_json_out_member(out, "component", line->component);
        mst_json_out_member(out, "text", line->text);
        end_news(service->at_work, out);
}
