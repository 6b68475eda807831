/* alarms.c - states that somebody is told of: once when they come about, and once when they are over.
 *
 *   look     which states there are now, from the store: runs that failed, open holds, sinks in
 *            quarantine, successes that are too old
 *   compare  with what the store says that somebody was told: what is new begins, what is not there
 *            any more is over
 *   note     where it is known by now, as programs have ended; all of that in one transaction, and
 *            without it nothing follows
 *   tell     by each way (a hook, a mail) that does not know it yet; one mail for all that is new.
 *            What could not be mailed is mailed with the next look
 *
 * All that is remembered is in the store, so a timer's runs tell as the service does, and nobody is
 * told twice.  Of a run that is done hooks are told each time; its number is what is remembered. */
#include "build.h"

#include "cli/alarms.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cli/fresh.h"
#include "cli/letter.h"
#include "cli/teller.h"
#include "store/notices.h"
#include "store/view.h"
#include "util/alloc.h"

#define MOST_STATES 256                      /* at once; half of them may be holds     */
#define STOP_MS 2000                         /* for what is being told when we stop    */
#define MAIL_MS INT64_C(60000)

struct mstc_alarms {
        void (*log)(void *self, enum mstc_event event, const char *text);
        void *self;
        struct mstc_teller *teller;          /* made when there is something to tell   */
};

/* One look. */
struct look {
        struct mstc_alarms *alarms;
        const struct mstc_config *config;
        struct mst_arena *arena;
        struct mstc_view_meters meters;
        struct mstc_notice *notices; size_t notice_count;        /* with room for MOST_STATES more */
        struct mstc_tiding states[MOST_STATES]; size_t state_count;
        bool changed[MOST_STATES * 2];       /* of the notices: to be written          */
        bool dropped[MOST_STATES * 2];
        bool news[MOST_STATES * 2];          /* and to be logged                       */
        const struct mstc_meter_sync **done; size_t done_count;      /* whose run is to be told of */
        size_t job_count;                    /* that have ended                        */
        int64_t now;
};

static void say(struct mstc_alarms *alarms, enum mstc_event event, const char *format, ...) MST_PRINTF(3, 4);

static void
say(struct mstc_alarms *alarms, enum mstc_event event, const char *format, ...)
{
        char text[2048];
        va_list args;

        va_start(args, format);
        (void)vsnprintf(text, sizeof text, format, args);
        va_end(args);
        alarms->log(alarms->self, event, text);
}

/* ---- what there is now ------------------------------------------------------------------------- */

static void
state(struct look *l, enum mstc_alarm alarm, const char *what, const char *text, int64_t run)
{
        if (l->state_count < MOST_STATES && what != NULL)
                l->states[l->state_count++] = (struct mstc_tiding){ .alarm = alarm, .what = what, .text = text, .run = run,
                                                                    .since = l->now };
}

static const struct mstc_notice *
noticed(const struct look *l, enum mstc_alarm alarm, const char *what)
{
        for (size_t i = 0; i < l->notice_count; i++)
                if (strcmp(l->notices[i].event, mstc_alarm_names[alarm]) == 0 && strcmp(l->notices[i].what, what) == 0)
                        return &l->notices[i];
        return NULL;
}

/* What is not in the configuration any more troubles nobody. */
static bool
has_sync(const struct look *l, const char *name)
{
        for (size_t i = 0; i < l->config->sync_count; i++)
                if (strcmp(l->config->syncs[i].name, name) == 0)
                        return true;
        return false;
}

static bool
has_sink(const struct look *l, const char *name)
{
        for (size_t i = 0; i < l->config->instance_count; i++)
                if (!l->config->instances[i].is_source && strcmp(l->config->instances[i].name, name) == 0)
                        return true;
        return false;
}

static void
failures(struct look *l)
{
        for (size_t i = 0; i < l->meters.sync_count; i++) {
                const struct mstc_meter_sync *s = &l->meters.syncs[i];
                const struct mstc_notice *n = noticed(l, MSTC_ALARM_FAILED, s->name);

                if (s->last == 0 || !has_sync(l, s->name))
                        continue;
                if (s->outcome == MSTC_END_FAILED || s->outcome == MSTC_END_CONFIG)
                        state(l, MSTC_ALARM_FAILED, s->name, s->text, s->last);
                else if (s->outcome == MSTC_END_STOPPED && n != NULL && n->over == 0)
                        state(l, MSTC_ALARM_FAILED, s->name, n->text, 0);        /* nothing is known yet */
        }
}

static int
open_holds(struct look *l, struct mstc_store *store, struct mst_error *err)
{
        struct mstc_view_hold *holds;
        int64_t after = 0;
        size_t count;
        bool more;

        if (mstc_view_holds(store, false, &after, MOST_STATES / 2, l->arena, &holds, &count, &more, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++)
                if (holds[i].open)
                        state(l, MSTC_ALARM_HELD, mst_arena_printf(l->arena, "%lld", (long long)holds[i].number),
                              mst_arena_printf(l->arena, "sync %s%s%s: %s", holds[i].sync, holds[i].target != NULL ? ", target " : "",
                                               holds[i].target != NULL ? holds[i].target : "", holds[i].reason), holds[i].run);
        return MST_OK;
}

static void
quarantines_and_ages(struct look *l)
{
        size_t count;
        struct mstc_fresh *fresh = mstc_fresh_list(l->config, &l->meters, l->now, l->arena, &count);

        for (size_t i = 0; i < l->meters.instance_count; i++)
                if (l->meters.instances[i].quarantined && l->meters.instances[i].role == MSTC_SINK
                    && has_sink(l, l->meters.instances[i].name))
                        state(l, MSTC_ALARM_QUARANTINED, l->meters.instances[i].name, l->meters.instances[i].reason, 0);
        for (size_t i = 0; fresh != NULL && i < count; i++)
                if (fresh[i].missed)
                        state(l, MSTC_ALARM_STALE, fresh[i].target == NULL ? fresh[i].sync
                              : mst_arena_printf(l->arena, "%s/%s", fresh[i].sync, fresh[i].target),
                              mst_arena_printf(l->arena, "the last success was %lld minutes ago, and %lld minutes are asked for",
                                               (long long)((l->now - fresh[i].since) / 60000),
                                               (long long)(fresh[i].within_ms / 60000)), 0);
}

static int
look_at_store(struct look *l, struct mst_error *err)
{
        struct mstc_store *store = NULL;
        struct mstc_notice *notices;
        int rc = mstc_store_open(l->config->store_path, MSTC_READ, &store, err);

        if (rc == MST_OK)
                rc = mstc_view_meters(store, l->arena, &l->meters, err);
        if (rc == MST_OK)
                rc = mstc_notices(store, l->arena, &notices, &l->notice_count, err);
        if (rc == MST_OK && l->notice_count > MOST_STATES)
                l->notice_count = MOST_STATES;
        if (rc == MST_OK) {
                l->notices = mst_arena_alloc(l->arena, MOST_STATES * 2 * sizeof *l->notices);
                if (l->notices == NULL)
                        rc = mst_fail_memory(err, "telling others");
                else if (l->notice_count > 0)
                        memcpy(l->notices, notices, l->notice_count * sizeof *notices);
        }
        if (rc == MST_OK) {
                failures(l);
                quarantines_and_ages(l);
                rc = open_holds(l, store, err);
        }
        mstc_store_close(store);
        return rc;
}

/* ---- compared with what was told ----------------------------------------------------------------- */

static enum mstc_alarm
alarm_of(const struct mstc_notice *n)
{
        size_t i = 0;

        while (i < MSTC_ALARMS && strcmp(mstc_alarm_names[i], n->event) != 0)
                i++;
        return (enum mstc_alarm)i;
}

static size_t
way_count(const struct mstc_config *config)
{
        size_t count = config->hook_count + config->mail_count;

        return count < 63 ? count : 63;
}

/* Which ways want to know of it. */
static uint64_t
wanted(const struct mstc_config *config, enum mstc_alarm alarm)
{
        uint64_t ways = 0;

        for (size_t i = 0; i < way_count(config); i++)
                if (i < config->hook_count ? config->hooks[i].event == alarm
                                           : (config->mails[i - config->hook_count].events >> alarm & 1) != 0)
                        ways |= UINT64_C(1) << i;
        return ways;
}

static void
begin(struct look *l, const struct mstc_tiding *t)
{
        size_t i = 0;

        while (i < l->notice_count && (strcmp(l->notices[i].event, mstc_alarm_names[t->alarm]) != 0
                                       || strcmp(l->notices[i].what, t->what) != 0))
                i++;
        if (i == l->notice_count) {
                l->notices[l->notice_count++] = (struct mstc_notice){ .event = mstc_alarm_names[t->alarm], .what = t->what,
                                                                      .since = l->now };
        } else if (l->notices[i].over == 0) {
                return;
        }
        l->notices[i].over = 0;
        l->notices[i].text = t->text;
        l->changed[i] = l->news[i] = true;
}

static bool
is_now(const struct look *l, const struct mstc_notice *n)
{
        for (size_t i = 0; i < l->state_count; i++)
                if (strcmp(n->event, mstc_alarm_names[l->states[i].alarm]) == 0 && strcmp(n->what, l->states[i].what) == 0)
                        return true;
        return false;
}

/* Who is not to know when it is over has nothing more to know. */
static void
ends(struct look *l, size_t i)
{
        l->notices[i].over = l->now;
        l->changed[i] = l->news[i] = true;
        for (size_t way = 0; way < l->config->hook_count && way < way_count(l->config); way++)
                if (!l->config->hooks[way].over)
                        l->notices[i].told &= ~(UINT64_C(1) << way);
}

static void
compare(struct look *l)
{
        for (size_t i = 0; i < l->state_count; i++)
                begin(l, &l->states[i]);
        for (size_t i = 0; i < l->notice_count; i++)
                if (alarm_of(&l->notices[i]) < MSTC_ALARM_DONE && l->notices[i].over == 0 && !is_now(l, &l->notices[i]))
                        ends(l, i);
}

/* ---- telling ---------------------------------------------------------------------------------------- */

static struct mstc_tiding
tiding_of(const struct look *l, const struct mstc_notice *n)
{
        struct mstc_tiding t = { .alarm = alarm_of(n), .over = n->over != 0, .what = n->what, .text = n->text, .since = n->since };

        for (size_t i = 0; i < l->state_count; i++)
                if (l->states[i].alarm == t.alarm && strcmp(l->states[i].what, n->what) == 0) {
                        t.run = l->states[i].run;
                        t.text = l->states[i].text;
                }
        return t;
}

static void
post(struct look *l, unsigned way, const struct mstc_told *told, size_t count, struct mstc_buffer *input)
{
        const struct mstc_config *config = l->config;
        bool hook = way < config->hook_count;
        const char *sendmail[] = { hook ? NULL : config->mails[way - config->hook_count].sendmail, "-t", "-i", NULL };
        struct mstc_teller_job job = { .way = way, .command = hook ? config->hooks[way].command : sendmail, .told = told,
                                       .told_count = count, .input = mstc_buffer_cstr(input), .size = input->length,
                                       .timeout_ms = hook ? config->hooks[way].timeout_ms : MAIL_MS };

        if (l->alarms->teller == NULL)
                l->alarms->teller = mstc_teller_new();
        if (!mstc_buffer_ok(input) || l->alarms->teller == NULL || !mstc_teller_add(l->alarms->teller, &job))
                say(l->alarms, MSTC_EVENT_ALARM_UNTOLD, "%s could not be told: memory is out, or too many wait to be told",
                    job.command[0]);
}

/* Does that way have to be told of it?  What is over is told to who was told before. */
static bool
pending(const struct look *l, unsigned way, const struct mstc_notice *n)
{
        uint64_t bit = UINT64_C(1) << way;
        enum mstc_alarm alarm = alarm_of(n);

        if (alarm >= MSTC_ALARM_DONE || (n->over == 0 ? (wanted(l->config, alarm) & ~n->told & bit) == 0 : (n->told & bit) == 0))
                return false;
        return l->alarms->teller == NULL || !mstc_teller_has(l->alarms->teller, way, n->event, n->what);
}

static void
tell_way(struct look *l, unsigned way)
{
        struct mstc_tiding tidings[MOST_STATES];
        struct mstc_told told[MOST_STATES];
        size_t count = 0;
        bool hook = way < l->config->hook_count;

        for (size_t i = 0; i < l->notice_count && count < MOST_STATES; i++) {
                MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
                struct mstc_notice *n = &l->notices[i];

                if (!pending(l, way, n))
                        continue;
                tidings[count] = tiding_of(l, n);
                told[count] = (struct mstc_told){ .event = n->event, .what = n->what, .over = n->over != 0 };
                if (hook) {
                        mstc_tiding_json(l->arena, &tidings[count], l->config->file, l->now, &text);
                        post(l, way, &told[count], 1, &text);
                }
                count++;
        }
        if (!hook && count > 0) {
                MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

                mstc_tidings_mail(l->arena, tidings, count, &l->config->mails[way - l->config->hook_count], l->config->file, &text);
                post(l, way, told, count, &text);
        }
}

static void
tell_done(struct look *l, const struct mstc_meter_sync *s)
{
        struct mstc_tiding t = { .alarm = MSTC_ALARM_DONE, .what = s->name, .text = s->text, .run = s->last, .since = s->last_ended };

        for (unsigned way = 0; way < l->config->hook_count; way++) {
                MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

                if (l->config->hooks[way].event != MSTC_ALARM_DONE)
                        continue;
                mstc_tiding_json(l->arena, &t, l->config->file, l->now, &text);
                post(l, way, NULL, 0, &text);
        }
}

static void
tell(struct look *l)
{
        for (size_t i = 0; i < l->notice_count; i++) {
                const struct mstc_notice *n = &l->notices[i];
                struct mstc_tiding t;

                if (!l->news[i])
                        continue;
                t = tiding_of(l, n);
                say(l->alarms, t.over ? MSTC_EVENT_ALARM_OVER : MSTC_EVENT_ALARM_BEGUN, "%s%s%s", mstc_tiding_say(l->arena, &t),
                    t.over || t.text == NULL ? "" : ": ", t.over || t.text == NULL ? "" : t.text);
        }
        for (unsigned way = 0; way < way_count(l->config); way++)
                tell_way(l, way);
        for (size_t i = 0; i < l->done_count; i++)
                tell_done(l, l->done[i]);
}

/* ---- noting ------------------------------------------------------------------------------------------ */

static void
note_job(struct look *l, const struct mstc_teller_job *job)
{
        bool hook = job->way < l->config->hook_count;
        bool known = job->end == MSTC_PROGRAM_DONE || (hook && job->end != MSTC_PROGRAM_STOPPED);

        for (size_t k = 0; known && k < job->told_count; k++)
                for (size_t i = 0; i < l->notice_count; i++)
                        if (strcmp(l->notices[i].event, job->told[k].event) == 0
                            && strcmp(l->notices[i].what, job->told[k].what) == 0) {
                                uint64_t bit = UINT64_C(1) << job->way;

                                l->notices[i].told = job->told[k].over ? l->notices[i].told & ~bit : l->notices[i].told | bit;
                                l->changed[i] = true;
                        }
}

/* Runs that are done since one was told of: 'since' is the number of that. */
static void
note_done(struct look *l)
{
        l->done = mst_arena_alloc(l->arena, (l->meters.sync_count + 1) * sizeof (*l->done));
        for (size_t i = 0; l->done != NULL && i < l->meters.sync_count && wanted(l->config, MSTC_ALARM_DONE) != 0; i++) {
                const struct mstc_meter_sync *s = &l->meters.syncs[i];
                const struct mstc_notice *known = noticed(l, MSTC_ALARM_DONE, s->name);
                size_t at = known != NULL ? (size_t)(known - l->notices) : l->notice_count;

                if (s->last == 0 || s->outcome != MSTC_END_DONE || (known != NULL && known->since >= s->last)
                    || at == (size_t)MOST_STATES * 2)
                        continue;
                l->notice_count += known == NULL;
                l->notices[at] = (struct mstc_notice){ .event = mstc_alarm_names[MSTC_ALARM_DONE], .what = s->name,
                                                       .since = s->last };
                l->changed[at] = true;
                l->done[l->done_count++] = s;
        }
}

/* Over, and nobody is left who does not know. */
static void
tidy(struct look *l)
{
        uint64_t ways = (UINT64_C(1) << way_count(l->config)) - 1;

        for (size_t i = 0; i < l->notice_count; i++)
                if (l->notices[i].over != 0 && (l->notices[i].told & ways) == 0)
                        l->dropped[i] = true;
}

static int
write_notices(struct look *l, bool patient, struct mst_error *err)
{
        struct mstc_store *store = NULL;
        bool any = false;
        int rc = MST_OK;

        for (size_t i = 0; i < l->notice_count; i++)
                any = any || l->changed[i] || l->dropped[i];
        if (!any)
                return MST_OK;
        for (int tries = 0; tries < (patient ? 50 : 1); tries++) {
                *err = (struct mst_error){ 0 };
                rc = mstc_store_open(l->config->store_path, MSTC_WRITE, &store, err);
                if (rc != MST_EREFUSED)
                        break;
                if (patient)
                        poll(NULL, 0, 100);
        }
        if (rc == MST_OK)
                rc = mstc_store_begin(store, err);
        for (size_t i = 0; i < l->notice_count && rc == MST_OK; i++)
                if (l->dropped[i])
                        rc = mstc_notice_drop(store, l->notices[i].event, l->notices[i].what, err);
                else if (l->changed[i])
                        rc = mstc_notice_put(store, &l->notices[i], err);
        if (rc == MST_OK)
                rc = mstc_store_commit(store, err);
        mstc_store_close(store);
        return rc;
}

static int
note(struct look *l, bool patient, struct mst_error *err)
{
        const struct mstc_teller_job *job;

        compare(l);
        while (l->alarms->teller != NULL && (job = mstc_teller_ended(l->alarms->teller, l->job_count)) != NULL) {
                note_job(l, job);
                l->job_count++;
        }
        note_done(l);
        tidy(l);
        return write_notices(l, patient, err);
}

/* What went wrong with those that have ended; they are forgotten then. */
static void
complain(struct look *l)
{
        for (size_t i = 0; i < l->job_count; i++) {
                const struct mstc_teller_job *job = mstc_teller_ended(l->alarms->teller, i);

                if (job->end != MSTC_PROGRAM_DONE)
                        say(l->alarms, MSTC_EVENT_ALARM_UNTOLD, "%s was to be told of something: %s", job->command[0],
                            job->said != NULL ? job->said : "?");
        }
        if (l->job_count > 0)
                mstc_teller_forget(l->alarms->teller, l->job_count);
}

static void
look(struct mstc_alarms *alarms, const struct mstc_config *config, bool patient, bool telling)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct look *l = arena != NULL ? mst_arena_alloc(arena, sizeof *l) : NULL;
        struct mst_error err = { 0 };
        int rc = l != NULL ? MST_OK : mst_fail_memory(&err, "telling others");

        if (rc == MST_OK) {
                *l = (struct look){ .alarms = alarms, .config = config, .arena = arena, .now = mstc_now_ms() };
                rc = look_at_store(l, &err);
        }
        if (rc == MST_OK)
                rc = note(l, patient, &err);
        if (rc == MST_OK) {
                complain(l);
                if (telling)
                        tell(l);
        } else if (rc != MST_ENOTFOUND && (patient || rc != MST_EREFUSED)) {
                say(alarms, MSTC_EVENT_ALARM_STORE, "whether somebody is to be told of something is not known: %s", err.text);
        }
        mst_arena_free(arena);
}

/* ---- life ----------------------------------------------------------------------------------------------- */

struct mstc_alarms *
mstc_alarms_new(void (*log)(void *self, enum mstc_event event, const char *text), void *self)
{
        struct mstc_alarms *alarms = mstc_alloc(sizeof *alarms);

        if (alarms != NULL)
                *alarms = (struct mstc_alarms){ .log = log, .self = self };
        return alarms;
}

void
mstc_alarms_look(struct mstc_alarms *alarms, const struct mstc_config *config, bool patient)
{
        look(alarms, config, patient, true);
}

void
mstc_alarms_finish(struct mstc_alarms *alarms, const struct mstc_config *config, int stop_fd)
{
        if (alarms->teller == NULL)
                return;
        mstc_teller_wait(alarms->teller, stop_fd);
        look(alarms, config, true, false);
}

void
mstc_alarms_free(struct mstc_alarms *alarms)
{
        if (alarms == NULL)
                return;
        mstc_teller_free(alarms->teller, STOP_MS);
        mstc_free(alarms);
}
