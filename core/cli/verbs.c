/* verbs.c - what the service can be asked: a table of names, each with its function.
 *
 * A verb takes what it needs from asked->request, writes members of its answer into asked->out, and
 * fails with a sentence.  A new one is a function and a row. */
#include "build.h"

#include "cli/serving.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/measure.h"
#include "cli/notify.h"
#include "cli/pause.h"
#include "cli/wire.h"
#include "util/date.h"

#define LENT_LOOK_MS 1000

/* ---- how it is ------------------------------------------------------------------------------ */

static int
answer_status(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        struct mst_json_out *out = asked->out;

        (void)err;
        mst_json_out_member(out, "version", PACKAGE_VERSION);
        mstc_wire_number(out, "process", (int64_t)getpid());
        mstc_wire_number(out, "since", service->since);
        mst_json_out_name(out, "syncs");
        mst_json_out_array(out);
        for (size_t i = 0; i < service->count; i++) {
                mst_json_out_object(out);
                mst_json_out_member(out, "name", service->list[i].sync->name);
                if (service->list[i].due != MSTC_NEVER)
                        mstc_wire_number(out, "due", service->list[i].due);
                mst_json_out_end(out);
        }
        mst_json_out_end(out);
        if (service->running == NULL)
                return MST_OK;
        mst_json_out_name(out, "running");
        mst_json_out_object(out);
        mst_json_out_member(out, "sync", service->running);
        mstc_wire_number(out, "since", service->running_since);
        mstc_wire_number(out, "phase", (int64_t)service->progress.phase);
        mstc_wire_number(out, "done", (int64_t)service->progress.done);
        mstc_wire_number(out, "total", (int64_t)service->progress.total);
        mst_json_out_end(out);
        return MST_OK;
}

/* The text of `muster metrics`, for who may ask the service and not read its store. */
static int
answer_metrics(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        struct mstc_buffer text = { 0 };
        int rc = mstc_measure(service->place.setup->config, MSTC_OPENMETRICS, &text, err);

        if (rc == MST_OK)
                mst_json_out_member(asked->out, "text", mstc_buffer_cstr(&text));
        mstc_buffer_done(&text);
        return rc;
}

/* ---- syncs ---------------------------------------------------------------------------------- */

/* Somebody holds it back: that is all there is to tell. */
static int
told_paused(const struct mstc_service *service, const struct mstc_asked *asked, const char *sync, bool *ret, struct mst_error *err)
{
        const struct mstc_pause *pause;
        struct mstc_pause *pauses;
        size_t count;

        *ret = false;
        if (mst_value_find_bool(asked->request, "force"))
                return MST_OK;
        if (mstc_pauses_now(service->place.setup->config->store_path, asked->arena, &pauses, &count, err) != MST_OK)
                return err->code;
        pause = mstc_pause_of(pauses, count, sync);
        *ret = pause != NULL;
        if (pause == NULL)
                return MST_OK;
        mst_json_out_object(asked->out);
        mst_json_out_member(asked->out, "sync", sync);
        mst_json_out_member(asked->out, "paused", mstc_pause_say(asked->arena, pause));
        mst_json_out_end(asked->out);
        return MST_OK;
}

static int
one_sync(struct mstc_service *service, const struct mstc_asked *asked, struct mstc_sync *sync,
         const struct mstc_sync_options *options, struct mst_error *err)
{
        struct mstc_summary summary = { 0 };
        bool paused;
        int rc = told_paused(service, asked, sync->name, &paused, err);

        if (rc != MST_OK || paused)
                return rc;
        rc = mstc_service_turn(service, sync, options, &summary, err);

        if (rc != MST_END) {
                mstc_wire_summary(asked->out, sync->name, &summary);
                if (rc != MST_OK)
                        mst_wrap(err, "%s", sync->name);
        }
        mstc_summary_done(&summary);
        return rc;
}

/* {"syncs":[NAME...],"full":true,"force":true,"users":[ID...]} */
static int
answer_sync(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        const char **names, **users;
        size_t name_count, user_count;
        struct mstc_sync_options options = { .full = mst_value_find_bool(asked->request, "full") };
        int rc = MST_OK;

        if (mstc_wire_texts(asked->request, "syncs", asked->arena, &names, &name_count, err) != MST_OK
            || mstc_wire_texts(asked->request, "users", asked->arena, &users, &user_count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < name_count; i++)
                if (mstc_setup_sync(service->place.setup, names[i]) == NULL)
                        return mst_fail(err, MST_ECONFIG, "there is no sync '%.128s' in the configuration that the service has read "
                                        "(systemctl reload muster reads it anew)", names[i]);
        if (options.full && user_count > 0)
                return mst_fail(err, MST_EREFUSED, "a full read is of everybody");
        options.users = user_count > 0 ? users : NULL;
        options.user_count = user_count;
        mst_json_out_name(asked->out, "runs");
        mst_json_out_array(asked->out);
        for (size_t i = 0; i < name_count && rc == MST_OK && !mstc_stop_is(service->place.stop); i++) {
                rc = one_sync(service, asked, mstc_setup_sync(service->place.setup, names[i]), &options, err);
                if (rc == MST_END && i > 0)
                        rc = MST_EREFUSED;   /* the first is done already: not again */
        }
        mst_json_out_end(asked->out);
        mstc_wire_bool(asked->out, "stopped", mstc_stop_is(service->place.stop));
        if (rc != MST_OK)
                err->code = rc;
        return rc;
}

/* ---- decisions ------------------------------------------------------------------------------ */

static int
answer_reset(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        const char *sync = mstc_wire_text(asked->request, "sync"), *forget = mstc_wire_text(asked->request, "forget");

        if ((sync == NULL) == (forget == NULL))
                return mst_fail(err, MST_EREFUSED, "reset needs \"sync\" or \"forget\"");
        mstc_service_tell(service, MSTC_EVENT_ASKED, "%s of %s, asked for by %s", forget != NULL ? "forgetting" : "reset",
                          forget != NULL ? forget : sync, asked->who);
        return forget != NULL ? mstc_engine_forget(asked->engine, forget, err) : mstc_engine_reset(asked->engine, sync, err);
}

static int
decide(struct mstc_service *service, const struct mstc_asked *asked, const char *what,
       int (*how)(struct mstc_engine *, int64_t, const struct mstc_choice *, uint64_t *, struct mst_error *),
       struct mst_error *err)
{
        struct mstc_choice choice = {
                .group = mstc_wire_text(asked->request, "group"), .digest = mstc_wire_text(asked->request, "digest"),
                .note = mstc_wire_text(asked->request, "note"), .who = asked->who,
                .sample = mst_value_find_int(asked->request, "sample", 0),
                .expect = mst_value_find_int(asked->request, "expect", -1),
        };
        int64_t hold = mst_value_find_int(asked->request, "hold", -1);
        uint64_t count = 0;
        const char **users;

        if (hold < 0 || choice.sample < 0 || choice.expect < -1)
                return mst_fail(err, MST_EREFUSED, "\"hold\", \"sample\" and \"expect\" are numbers from 0");
        if (mstc_wire_texts(asked->request, "users", asked->arena, &users, &choice.user_count, err) != MST_OK)
                return err->code;
        choice.users = choice.user_count > 0 ? users : NULL;
        if (how(asked->engine, hold, &choice, &count, err) != MST_OK)
                return err->code;
        mstc_service_tell(service, MSTC_EVENT_ASKED, "hold %lld: %llu op%s %s by %s", (long long)hold, (unsigned long long)count,
                          count == 1 ? "" : "s", what, asked->who);
        mstc_wire_number(asked->out, "ops", (int64_t)count);
        return MST_OK;
}

static int
answer_approve(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        return decide(service, asked, "approved", mstc_engine_approve, err);
}

static int
answer_reject(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        return decide(service, asked, "rejected", mstc_engine_reject, err);
}

static int
answer_retry(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        const char **users, *sink = mstc_wire_text(asked->request, "sink");
        bool parked = mst_value_find_bool(asked->request, "parked");
        struct mstc_retried r = { 0 };
        size_t count;

        (void)service;
        if (mstc_wire_texts(asked->request, "users", asked->arena, &users, &count, err) != MST_OK)
                return err->code;
        if (count == 0 && sink == NULL && !parked)
                return mst_fail(err, MST_EREFUSED, "retry needs \"users\", \"sink\" or \"parked\"");
        if (mstc_engine_retry(asked->engine, users, count, sink, parked, asked->who, &r, err) != MST_OK)
                return err->code;
        mstc_wire_number(asked->out, "parked", r.parked);
        mstc_wire_number(asked->out, "waiting", r.waiting);
        mstc_wire_number(asked->out, "declined", r.declined);
        mstc_wire_number(asked->out, "members", r.members);
        mstc_wire_number(asked->out, "records", r.records);
        return MST_OK;
}

/* ---- pauses --------------------------------------------------------------------------------- */

static int
answer_pause(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        struct mstc_pause pause = { .sync = mstc_wire_text(asked->request, "sync"), .since = mstc_now_ms(),
                                    .until = mst_value_find_int(asked->request, "until", 0),
                                    .note = mstc_wire_text(asked->request, "note"), .who = asked->who };

        if (pause.until < 0)
                return mst_fail(err, MST_EREFUSED, "\"until\" is a time");
        if (mstc_engine_pause(asked->engine, &pause, err) != MST_OK)
                return err->code;
        mstc_service_tell(service, MSTC_EVENT_ASKED, "%s paused by %s%s%s", pause.sync != NULL ? pause.sync : "everything is", asked->who,
                          pause.note != NULL ? ": " : "", pause.note != NULL ? pause.note : "");
        if (service->running != NULL && (pause.sync == NULL || strcmp(pause.sync, service->running) == 0))
                mst_json_out_member(asked->out, "running", service->running);
        return MST_OK;
}

static int
answer_resume(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        const char *sync = mstc_wire_text(asked->request, "sync");
        int64_t count = 0;

        if (mstc_engine_resume(asked->engine, sync, &count, err) != MST_OK)
                return err->code;
        mstc_service_tell(service, MSTC_EVENT_ASKED, "%s resumed by %s", sync != NULL ? sync : "everything is", asked->who);
        mstc_wire_number(asked->out, "ended", count);
        return MST_OK;
}

/* ---- the store for a while -------------------------------------------------------------------- */

/* No sync begins until he goes, who works with the store himself.  Who hangs holds up the syncs as
 * he would without a service, by the lock of the store, and status tells of it. */
static int
answer_lend(struct mstc_service *service, const struct mstc_asked *asked, struct mst_error *err)
{
        struct pollfd fds[] = { { .fd = mstc_stop_fd(service->place.stop), .events = POLLIN },
                                { .fd = mstc_control_fd(service->control), .events = POLLIN } };

        (void)asked;
        (void)err;
        mstc_requests_yours(service);
        while (!mstc_stop_is(service->place.stop) && !mstc_requests_asker_left(service)) {
                poll(fds, 2, LENT_LOOK_MS);
                mstc_notify_alive();
                mstc_requests_hear(service, NULL);
        }
        return MST_OK;
}

static const struct mstc_verb verbs[] = {
        { "status", MSTC_VERB_AT_ONCE, false, answer_status },
        { "metrics", MSTC_VERB_AT_ONCE, false, answer_metrics },
        { "sync", MSTC_VERB_TURN, true, answer_sync },
        { "reset", MSTC_VERB_TURN, false, answer_reset },
        { "approve", MSTC_VERB_TURN, false, answer_approve },
        { "reject", MSTC_VERB_TURN, false, answer_reject },
        { "retry", MSTC_VERB_TURN, false, answer_retry },
        { "pause", MSTC_VERB_BETWEEN, false, answer_pause },
        { "resume", MSTC_VERB_BETWEEN, false, answer_resume },
        { "lend", MSTC_VERB_TURN, true, answer_lend },
};

const struct mstc_verb *
mstc_verb_find(const char *name)
{
        for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
                if (strcmp(verbs[i].name, name) == 0)
                        return &verbs[i];
        return NULL;
}
