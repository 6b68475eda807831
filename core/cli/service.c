/* service.c - the service.
 *
 *   load     the configuration, compiled; at SIGHUP anew, and where that has mistakes the old
 *            one stays
 *   due      of each sync: by its schedule, or earlier by the store, where an op comes back or a
 *            moment changes who is in a group; not while it is paused
 *   turn     one run, as `muster sync` does it, with an engine of its own: between runs the store
 *            is nobody's, and other commands may work with it
 *   asked    what comes by the control socket (requests.c) goes before what is due
 *   wait     for the next turn, a stop, a reload or a request; never long, as the clock may be put
 *
 * Each turn is a whole life of an engine, so that nothing of one run is left in the next; what
 * the service knows between them is when each sync ran last. */
#include "build.h"

#include "cli/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "cli/caller.h"
#include "cli/counts.h"
#include "cli/halt.h"
#include "cli/launch.h"
#include "cli/logline.h"
#include "cli/moment.h"
#include "cli/notify.h"
#include "cli/outlook.h"
#include "cli/serving.h"
#include "store/pauses.h"
#include "store/view.h"
#include "util/date.h"

#define LONGEST_WAIT_MS INT64_C(30000)
#define BUSY_MS INT64_C(2000)                /* another command works with the store   */
#define LEAST_MS INT64_C(60000)              /* between turns for what the store says  */
#define ZONES_LAST_MS (INT64_C(366) * 86400000)

/* ---- telling -------------------------------------------------------------------------------- */

/* A line of the log: every event has its number, engine/event.h. */
void
mstc_service_tell(struct mstc_service *service, enum mstc_event event, const char *format, ...)
{
        const struct mstc_event_about *about = mstc_event_about(event);
        char text[4096];
        va_list args;

        va_start(args, format);
        (void)vsnprintf(text, sizeof text, format, args);
        va_end(args);
        mstc_logger_put(service->logger, service->running, &(struct mstc_line){ .event = event, .level = about->level,
                        .component = about->component, .text = text });
}

static void
on_log(void *self, const struct mstc_line *line)
{
        struct mstc_service *service = self;

        mstc_requests_line(service, line);
        mstc_logger_put(service->logger, service->running, line);
}

static void
on_outlook(void *self, enum mstc_event event, const char *text)
{
        mstc_service_tell(self, event, "%s", text);
}

static void
on_progress(void *self, const char *sync, const struct mstc_progress *progress)
{
        static const char *const phases[] = { "begins", "reads", "matches", "plans", "judges the plan", "writes", "closes" };
        struct mstc_service *service = self;

        service->progress = *progress;
        mstc_notify_alive();
        mstc_requests_progress(service);
        mstc_requests_hear(service, NULL);   /* a transaction may be open             */
        if (progress->total > 0)
                mstc_notify("STATUS=%s %s: %llu of %llu", sync, phases[progress->phase], (unsigned long long)progress->done,
                            (unsigned long long)progress->total);
        else
                mstc_notify("STATUS=%s %s: %llu", sync, phases[progress->phase], (unsigned long long)progress->done);
}

static void
on_alive(void *self)
{
        struct mstc_service *service = self;

        mstc_notify_alive();
        mstc_requests_hear(service, service->engine != NULL && mstc_engine_between(service->engine) ? service->engine : NULL);
}

/* ---- loading -------------------------------------------------------------------------------- */

static void
forget(struct mstc_service *service)
{
        for (size_t i = 0; i < service->count; i++)
                mstc_zone_free(service->list[i].zone);
        mstc_workplace_close(&service->place);
        mst_arena_free(service->cli.arena);
        service->list = NULL;
        service->count = 0;
        service->cli.arena = NULL;
}

static bool
has_schedule(const struct mstc_sync *sync)
{
        const struct mstc_config_schedule *s = &sync->config->schedule;

        return s->once || s->every_ms > 0 || s->minute >= 0;
}

static int
load_zones(struct mstc_service *service, struct mst_error *err)
{
        service->zones_at = mstc_now_ms();
        for (size_t i = 0; i < service->count; i++) {
                mstc_zone_free(service->list[i].zone);
                service->list[i].zone = mstc_zone_load(service->list[i].sync->config->schedule.zone, service->zones_at, err);
                if (service->list[i].zone == NULL)
                        return err->code;
        }
        return MST_OK;
}

/* Its syncs that have a schedule; when each ran last comes from the store. */
static int
list_turns(struct mstc_service *service)
{
        struct mst_error err = { 0 };
        struct mstc_sync **syncs;
        struct mstc_store *store = NULL;
        size_t count;
        int code = mstc_chosen_syncs(&service->cli, service->place.setup, &syncs, &count);

        if (code != MSTC_END_DONE)
                return code;
        service->list = mst_arena_alloc(service->cli.arena, (count + 1) * sizeof *service->list);
        if (service->list == NULL) {
                mst_fail_memory(&err, "reading schedules");
                return mstc_cli_fail(&service->cli, &err);
        }
        for (size_t i = 0; i < count; i++)
                if (has_schedule(syncs[i]))
                        service->list[service->count++] = (struct mstc_turn){ .sync = syncs[i], .turns.since = service->since };
        if (service->count == 0) {
                mst_fail(&err, MST_ECONFIG, "no sync has a <schedule>, so the service would never do anything: write "
                         "<schedule every=\"15m\"/> into <sync>");
                return mstc_cli_fail(&service->cli, &err);
        }
        if (load_zones(service, &err) != MST_OK)
                return mstc_cli_fail(&service->cli, &err);
        if (mstc_store_open(service->place.setup->config->store_path, MSTC_READ, &store, &err) != MST_OK) {
                if (err.code == MST_ENOTFOUND)
                        return MSTC_END_DONE;        /* nothing has run yet            */
                return mstc_cli_fail(&service->cli, &err);
        }
        for (size_t i = 0; i < service->count && code == MSTC_END_DONE; i++)
                if (mstc_view_last_read(store, service->list[i].sync->name, &service->list[i].turns.last, &err) != MST_OK)
                        code = mstc_cli_fail(&service->cli, &err);
        mstc_store_close(store);
        return code;
}

static int
load(struct mstc_service *service, const struct mstc_cli *cli)
{
        int code;

        service->cli = *cli;
        service->cli.told = false;
        service->cli.arena = mst_arena_new(0);
        if (service->cli.arena == NULL)
                return MSTC_END_FAILED;
        code = mstc_workplace_setup(&service->cli, &service->place, false);
        return code == MSTC_END_DONE ? list_turns(service) : code;
}

/* Who was there before knows when he ran and how often he failed. */
static void
take_over(struct mstc_service *next, const struct mstc_service *old)
{
        for (size_t i = 0; i < next->count; i++)
                for (size_t k = 0; k < old->count; k++)
                        if (strcmp(next->list[i].sync->name, old->list[k].sync->name) == 0) {
                                next->list[i].turns = old->list[k].turns;
                                next->list[i].not_before = old->list[k].not_before;
                        }
}

static void
reload(struct mstc_service *service, const struct mstc_cli *cli)
{
        struct mstc_service next = { .since = service->since, .reload = service->reload, .lock = service->lock,
                                     .control = service->control, .requests = service->requests, .logger = service->logger,
                                     .outlook = service->outlook };

        mstc_notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)mstc_clock_ticks_ms() * 1000);
        if (load(&next, cli) == MSTC_END_DONE
            && strcmp(next.place.setup->config->store_path, service->place.setup->config->store_path) != 0)
                mstc_service_tell(service, MSTC_EVENT_RELOAD_STORE, "the store is another one (%s): restart the service for that; the "
                     "configuration stays as it was", next.place.setup->config->store_path);
        else if (next.count == 0 || next.list[next.count - 1].zone == NULL)
                mstc_service_tell(service, MSTC_EVENT_RELOAD_MISTAKES, "the configuration has mistakes and stays as it was: mend them (muster check "
                     "tells them again) and reload");
        else {
                take_over(&next, service);
                mstc_outlook_renew(service->outlook, next.place.setup->config);
                forget(service);
                *service = next;
                (void)mstc_logger_set(service->logger, &service->cli, service->place.setup->config);
                mstc_service_tell(service, MSTC_EVENT_RELOADED, "the configuration has been read anew");
                mstc_notify("READY=1");
                return;
        }
        forget(&next);
        mstc_notify("READY=1");
}

/* ---- one service to a store -------------------------------------------------------------------- */

static int
take_lock(struct mstc_service *service)
{
        struct mst_error err = { 0 };
        char path[4096], who[32];
        const char *store = service->place.setup->config->store_path;
        int length = snprintf(path, sizeof path, "%s.service", store);

        service->lock = length > 0 && (size_t)length < sizeof path
                      ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
        if (service->lock < 0)
                mst_fail(&err, MST_ECONFIG, "%s cannot be opened: %s; the service needs the folder of its store for itself",
                         path, strerror(errno));
        else if (flock(service->lock, LOCK_EX | LOCK_NB) != 0) {
                ssize_t got = pread(service->lock, who, sizeof who - 1, 0);

                who[got > 0 ? got : 0] = '\0';
                who[strcspn(who, "\n")] = '\0';
                mst_fail(&err, MST_EREFUSED, "a service runs already for the store %s (process %s): stop that one first",
                         store, who[0] != '\0' ? who : "unknown");
        } else {
                length = snprintf(who, sizeof who, "%ld\n", (long)getpid());
                /* Who has it is a courtesy; that it is held is what counts. */
                if (ftruncate(service->lock, 0) != 0 || pwrite(service->lock, who, (size_t)length, 0) != length)
                        errno = 0;
                return MSTC_END_DONE;
        }
        return mstc_cli_fail(&service->cli, &err);
}

/* ---- turns ------------------------------------------------------------------------------------- */

static void
tell_summary(struct mstc_service *service, const struct mstc_summary *summary)
{
        enum mstc_event event = summary->outcome == MSTC_END_DONE || summary->outcome == MSTC_END_STOPPED ? MSTC_EVENT_RUN_DONE
                              : summary->outcome == MSTC_END_FAILED ? MSTC_EVENT_TURN_FAILED : MSTC_EVENT_RUN_TROUBLE;
        struct mst_arena *arena = mst_arena_new(0);
        const char *counts;

        if (arena == NULL)
                return;
        counts = mstc_counts_say(arena, summary->counts, 0, MSTC_N_COUNTS - 1);
        mstc_service_tell(service, event, "run %lld, %s in %s: %s%s%s", (long long)summary->run,
             mstc_run_outcome_name((int)summary->outcome), mstc_lasting(arena, summary->ms),
             counts[0] != '\0' ? counts : "nothing new", summary->text[0] != '\0' ? "; " : "", summary->text);
        if (summary->outcome == MSTC_END_HELD || summary->counts[MSTC_N_HELD] > 0)
                mstc_service_tell(service, MSTC_EVENT_HELD_WAITS, "guards keep changes back: see muster holds");
        mst_arena_free(arena);
}

static struct mstc_turn *
turn_of(struct mstc_service *service, const struct mstc_sync *sync)
{
        for (size_t i = 0; i < service->count; i++)
                if (service->list[i].sync == sync)
                        return &service->list[i];
        return NULL;
}

int
mstc_service_turn(struct mstc_service *service, struct mstc_sync *sync, const struct mstc_sync_options *options,
                  struct mstc_summary *summary, struct mst_error *err)
{
        const int fd = mstc_control_fd(service->control);
        const struct mstc_watch watch = { .self = service, .progress = on_progress, .log = on_log, .alive = on_alive,
                                          .fd = fd > 0 ? fd : 0 };
        struct mstc_turn *turn = turn_of(service, sync);
        int64_t begun = mstc_now_ms();
        int rc;

        service->running = sync->name;
        service->running_since = begun;
        service->progress = (struct mstc_progress){ .phase = MSTC_PHASE_START };
        rc = mstc_engine_new(service->place.setup, &watch, service->place.stop, &service->engine, err);
        if (rc == MST_EREFUSED)
                rc = MST_END;
        else {
                if (rc == MST_OK)
                        rc = mstc_engine_sync(service->engine, sync, options, summary, err);
                if (turn != NULL && options->users == NULL) {
                        turn->turns.last = begun;
                        turn->turns.ran = true;
                        turn->turns.failures = rc != MST_OK || summary->outcome == MSTC_END_FAILED ? turn->turns.failures + 1 : 0;
                }
                if (rc != MST_OK)
                        mstc_service_tell(service, MSTC_EVENT_TURN_BROKE, "%s", err->text);
                else
                        tell_summary(service, summary);
        }
        mstc_engine_free(service->engine);
        service->engine = NULL;
        if (rc != MST_END)
                mstc_outlook_after_run(service->outlook, false);
        service->running = NULL;
        return rc;
}

static void
take_turn(struct mstc_service *service, struct mstc_turn *turn)
{
        const struct mstc_sync_options options = { .full = false };
        struct mstc_summary summary = { 0 };
        struct mst_error err = { 0 };

        if (mstc_service_turn(service, turn->sync, &options, &summary, &err) == MST_END) {
                turn->not_before = mstc_now_ms() + BUSY_MS;
                mstc_service_tell(service, MSTC_EVENT_STORE_BUSY, "%s: waits: %s", turn->sync->name, err.text);
        }
        mstc_summary_done(&summary);
}

/* What the store wants done, at the earliest. */
static int64_t
due_by_store(struct mstc_store *store, const struct mstc_turn *turn, int64_t now)
{
        struct mst_error ignored = { 0 };
        int64_t next = MSTC_NEVER, last = turn->turns.last < now ? turn->turns.last : now;

        if (store == NULL || mstc_view_next(store, turn->sync->name, &next, &ignored) != MST_OK || next == MSTC_NEVER)
                return MSTC_NEVER;
        return next > last + LEAST_MS ? next : last + LEAST_MS;
}

/* When that is, as far as nobody holds it back. */
static int64_t
due_of(struct mstc_store *store, struct mstc_turn *turn, const struct mstc_pause *pauses, size_t pause_count, int64_t now)
{
        const struct mstc_config_schedule *schedule = &turn->sync->config->schedule;
        const struct mstc_pause *pause = mstc_pause_of(pauses, pause_count, turn->sync->name);
        int64_t due, by_store;

        /* A clock that was put back: it counts from now on, or each look would begin anew. */
        turn->turns.last = turn->turns.last > now ? now : turn->turns.last;
        turn->turns.since = turn->turns.since > now ? now : turn->turns.since;
        turn->not_before = turn->not_before > now + BUSY_MS ? now + BUSY_MS : turn->not_before;
        due = mstc_schedule_due(schedule, turn->zone, turn->sync->name, &turn->turns, now);
        by_store = due_by_store(store, turn, now);
        due = by_store < due ? by_store : due;
        due = due != MSTC_NEVER && due < turn->not_before ? turn->not_before : due;
        if (pause != NULL && due != MSTC_NEVER)
                due = pause->until == 0 ? MSTC_NEVER : due < pause->until ? pause->until : due;
        return due;
}

static struct mstc_turn *
next_turn(struct mstc_service *service, int64_t *ret_due)
{
        int64_t now = mstc_now_ms();
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_store *store = NULL;
        struct mstc_pause *pauses = NULL;
        struct mst_error err = { 0 };
        struct mstc_turn *next = NULL;
        size_t pause_count = 0;

        *ret_due = MSTC_NEVER;
        if (mstc_store_open(service->place.setup->config->store_path, MSTC_READ, &store, &err) != MST_OK)
                store = NULL;
        /* Who cannot know whether somebody said stop does not go on. */
        if (arena == NULL || (store != NULL && mstc_pauses(store, now, arena, &pauses, &pause_count, &err) != MST_OK)) {
                mstc_service_tell(service, MSTC_EVENT_PAUSES_UNKNOWN, "it is not known what is paused: %s", err.text);
                mstc_store_close(store);
                mst_arena_free(arena);
                return NULL;
        }
        for (size_t i = 0; i < service->count; i++) {
                struct mstc_turn *turn = &service->list[i];

                turn->due = due_of(store, turn, pauses, pause_count, now);
                if (turn->due < *ret_due) {
                        *ret_due = turn->due;
                        next = turn;
                }
        }
        mstc_store_close(store);
        mst_arena_free(arena);
        return next;
}

static void
wait_until(struct mstc_service *service, const struct mstc_turn *next, int64_t due, int at_most)
{
        struct pollfd fds[] = { { .fd = mstc_stop_fd(service->place.stop), .events = POLLIN },
                                { .fd = service->reload, .events = POLLIN },
                                { .fd = mstc_control_fd(service->control), .events = POLLIN } };
        int patience = mstc_control_wait_ms(service->control);
        int64_t wait = due == MSTC_NEVER ? LONGEST_WAIT_MS : due - mstc_now_ms(), every = mstc_notify_every_ms();
        char text[32] = "";
        struct tm tm;
        time_t at = (time_t)(due / 1000);

        if (next != NULL && localtime_r(&at, &tm) != NULL)
                strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
        mstc_notify("STATUS=%s%s%s", next != NULL ? next->sync->name : "Nothing is due any more", next != NULL ? " is due at " : "",
                    text);
        mstc_notify_alive();
        wait = wait < LONGEST_WAIT_MS ? wait : LONGEST_WAIT_MS;
        wait = every > 0 && every < wait ? every : wait;
        wait = at_most >= 0 && at_most < wait ? at_most : wait;
        wait = patience >= 0 && patience < wait ? patience : wait;
        if (wait > 0)
                poll(fds, 3, (int)wait);
}

/* Without its socket the service does its work all the same. */
static void
open_control(struct mstc_service *service)
{
        const struct mstc_config *config = service->place.setup->config;
        const char *path = mstc_call_path(service->cli.arena, config);
        struct mst_error err = { 0 };

        if (path == NULL)
                mst_fail_memory(&err, "making the control socket");
        else if (mstc_control_new(path, config->control.group, &service->control, &err) == MST_OK)
                return;
        service->control = NULL;
        mstc_service_tell(service, MSTC_EVENT_NO_SOCKET, "%s; the service cannot be asked", err.text);
}

static void
serve(struct mstc_service *service, const struct mstc_cli *cli)
{
        struct mst_error err = { 0 };

        while (!mstc_stop_is(service->place.stop)) {
                struct mstc_turn *next;
                int64_t due;
                int wait;

                if (mstc_halt_reload_asked(service->reload)) {
                        struct mstc_stop *stop = service->place.stop;

                        reload(service, cli);
                        service->place.stop = stop;
                }
                if (mstc_now_ms() - service->zones_at > ZONES_LAST_MS && load_zones(service, &err) != MST_OK)
                        mstc_service_tell(service, MSTC_EVENT_ZONES, "%s", err.text);
                mstc_requests_hear(service, NULL);
                if (mstc_requests_work(service, &wait) && wait < 0)
                        continue;
                mstc_outlook_between(service->outlook);
                next = next_turn(service, &due);
                if (next != NULL && due <= mstc_now_ms())
                        take_turn(service, next);
                else
                        wait_until(service, next, due, wait);
        }
}

int
mstc_service(struct mstc_cli *cli)
{
        struct mstc_logger logger = { .dated = true };
        struct mstc_service service = { .since = mstc_now_ms(), .reload = -1, .lock = -1, .logger = &logger };
        int code;

        code = mstc_logger_set(&logger, cli, NULL);
        if (code == MSTC_END_DONE)
                code = load(&service, cli);
        if (code == MSTC_END_DONE)
                code = mstc_logger_set(&logger, cli, service.place.setup->config);
        if (code == MSTC_END_DONE)
                code = take_lock(&service);
        if (code == MSTC_END_DONE) {
                code = mstc_launch_signals(&service.cli, &service.place);
                service.reload = code == MSTC_END_DONE ? mstc_halt_reload_fd() : -1;
        }
        if (code == MSTC_END_DONE) {
                mstc_service_tell(&service, MSTC_EVENT_SERVES, "muster %s serves %zu sync%s of %s", PACKAGE_VERSION, service.count,
                     service.count == 1 ? "" : "s", service.place.setup->config->file);
                open_control(&service);
                service.outlook = mstc_outlook_new(service.place.setup->config, true, on_outlook, &service);
                mstc_notify("READY=1");
                serve(&service, cli);
                mstc_notify("STOPPING=1");
                mstc_outlook_free(service.outlook);
                mstc_service_tell(&service, MSTC_EVENT_STOPPED, "stopped; the next run goes on from here");
        }
        mstc_control_free(service.control);
        mstc_requests_drop(&service);
        mstc_halt_end();
        forget(&service);
        if (service.reload >= 0)
                close(service.reload);
        if (service.lock >= 0)
                close(service.lock);
        mstc_logger_close(&logger);
        return code;
}
