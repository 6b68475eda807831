/* engine.c - the engine and its instances: opened when they are first needed, probed at
 * most once a run, put aside when they fail as a whole. */
#include "build.h"

#include "engine/run.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "engine/mail.h"
#include "engine/quarantine.h"
#include "store/environment.h"
#include "store/forget.h"
#include "util/alloc.h"

/* ---- what a plugin asks of its host ------------------------------------------------- */

static void
host_log(void *self, const char *instance, enum mst_level level, const char *text)
{
        struct mstc_live *live = self;

        mstc_mail_line(live->engine->mail, instance, level, text);
}

static struct mstc_live *
live_of(struct mstc_engine *engine, const struct mstc_letter *letter)
{
        for (size_t i = 0; i < engine->live_count; i++)
                if (engine->lives[i].is_source == letter->is_source
                    && strcmp(engine->lives[i].setup->config->name, letter->instance) == 0)
                        return &engine->lives[i];
        return NULL;
}

static int
keep_now(struct mstc_engine *engine, struct mstc_letter *letter)
{
        struct mstc_live *live = live_of(engine, letter);
        bool within = mstc_store_in_transaction(engine->store);
        int rc;

        if (live == NULL)
                return mst_fail(letter->err, MST_EINTERNAL, "no instance '%s'", letter->instance);
        if (within)                          /* durable when it returns: its own commit */
                return mst_fail(letter->err, MST_EINTERNAL, "a value cannot be kept in mid-transaction");
        rc = mstc_kept_put(engine->store, live->id, letter->text, letter->bytes, letter->size, letter->err);
        return rc;
}

static void
answer(struct mstc_engine *engine, struct mstc_letter *letter)
{
        struct mstc_live *live;

        if (letter->what == MSTC_LETTER_KEEP) {
                letter->result = keep_now(engine, letter);
                return;
        }
        live = live_of(engine, letter);
        letter->ret = live == NULL ? NULL : mstc_kept_get(engine->store, live->id, letter->text, letter->arena,
                                                          &letter->ret_size);
}

void
mstc_engine_serve(struct mstc_engine *engine)
{
        struct mstc_letter *letter;

        while ((letter = mstc_mail_next(engine->mail)) != NULL)
                if (letter->what == MSTC_LETTER_LINE) {
                        mstc_log_connector(engine, letter->instance, letter->level, letter->text);
                        mstc_letter_free(letter);
                } else {
                        answer(engine, letter);
                        mstc_mail_answer(engine->mail, letter);
                }
}

/* open() and close() run in the conductor's own thread, who cannot wait for himself. */
static void
ask(struct mstc_live *live, const char *instance, struct mstc_letter *letter)
{
        snprintf(letter->instance, sizeof letter->instance, "%s", instance);
        if (pthread_equal(pthread_self(), live->engine->conductor))
                answer(live->engine, letter);
        else
                mstc_mail_ask(live->engine->mail, letter);
        mstc_free(letter->text);
}

static int
host_keep(void *self, const char *instance, const char *name, const void *bytes, size_t size,
          struct mst_error *err)
{
        struct mstc_live *live = self;
        struct mstc_letter letter = { .what = MSTC_LETTER_KEEP, .is_source = live->is_source, .bytes = bytes,
                                      .size = size, .err = err };

        if ((letter.text = mstc_strdup(name)) == NULL)
                return mst_fail_memory(err, "keeping a value");
        ask(live, instance, &letter);
        return letter.result;
}

static const void *
host_kept(void *self, const char *instance, const char *name, struct mst_arena *arena, size_t *size)
{
        struct mstc_live *live = self;
        struct mst_error err = { 0 };
        struct mstc_letter letter = { .what = MSTC_LETTER_KEPT, .is_source = live->is_source, .arena = arena,
                                      .err = &err };

        *size = 0;
        if ((letter.text = mstc_strdup(name)) == NULL)
                return NULL;
        ask(live, instance, &letter);
        *size = letter.ret_size;
        return letter.ret;
}

void
mstc_engine_wait(struct mstc_engine *engine, const int *fds, size_t count, int ms)
{
        struct pollfd pfds[35];
        nfds_t n = 0;

        pfds[n++] = (struct pollfd){ .fd = mstc_mail_fd(engine->mail), .events = POLLIN };
        if (!mstc_engine_stopping(engine))
                pfds[n++] = (struct pollfd){ .fd = mstc_stop_fd(engine->stop), .events = POLLIN };
        if (engine->watch.fd > 0)
                pfds[n++] = (struct pollfd){ .fd = engine->watch.fd, .events = POLLIN };
        for (size_t i = 0; i < count && n < sizeof pfds / sizeof pfds[0]; i++)
                pfds[n++] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
        poll(pfds, n, ms);
        if (engine->watch.alive != NULL)
                engine->watch.alive(engine->watch.self);
        mstc_engine_serve(engine);
}

bool
mstc_engine_stopping(const struct mstc_engine *engine)
{
        return mstc_stop_is(engine->stop);
}

/* ---- instances ----------------------------------------------------------------------- */

/* What it is to be asked for: when a sink is verified also who is disabled, and members. */
static bool
set_wants(struct mstc_live *live)
{
        const struct mstc_instance *setup = live->setup;
        const char **names;
        bool ok;

        if (!live->engine->verifying || live->is_source)
                return mstc_host_set_wants(live->host, setup->wants, setup->want_count);
        names = mstc_alloc((setup->want_count + 2) * sizeof *names);
        if (names == NULL)
                return false;
        for (size_t i = 0; i < setup->want_count; i++)
                names[i] = setup->wants[i];
        names[setup->want_count] = MST_OBJECT_ENABLED;
        names[setup->want_count + 1] = MST_OBJECT_MEMBERS;
        ok = mstc_host_set_wants(live->host, names, setup->want_count + 2);
        mstc_free(names);
        return ok;
}

int
mstc_live_open(struct mstc_live *live, struct mst_error *err)
{
        static const struct mstc_host_calls calls = { .log = host_log, .keep = host_keep, .kept = host_kept };
        const struct mst_plugin *plugin = live->setup->plugin;
        const void *config = mstc_filled_config(live->setup->filled);
        const char *name = live->setup->config->name;
        int rc;

        if (live->self != NULL)
                return MST_OK;
        if (live->host == NULL) {
                live->host = mstc_host_new(name, &calls, live, live->engine->stop);
                if (live->host == NULL || !set_wants(live))
                        return mst_fail_memory(err, "opening a connector");
        }
        if (live->courier == NULL && (live->courier = mstc_courier_new(name)) == NULL)
                return mst_fail_memory(err, "opening a connector");
        rc = live->is_source ? plugin->source->open(config, live->host, &live->self, err)
                             : plugin->sink->open(config, live->host, &live->self, err);
        if (rc != MST_OK) {
                live->self = NULL;
                return mst_wrap(err, "%s '%s'", live->is_source ? "source" : "sink", name);
        }
        return MST_OK;
}

int
mstc_live_call(struct mstc_live *live, mstc_call *call, void *argument, struct mst_error *err)
{
        int fd, rc;

        if (mstc_live_open(live, err) != MST_OK
            || mstc_courier_post(live->courier, call, argument, err) != MST_OK)
                return err->code;
        fd = mstc_courier_fd(live->courier);
        while (!mstc_courier_wait(live->courier, 0, &rc, err))
                mstc_engine_wait(live->engine, &fd, 1, 1000);
        mstc_engine_serve(live->engine);
        return rc;
}

int
mstc_page_check(const struct mst_page *page, const char *plugin, struct mst_error *err)
{
        if (page->failed)
                return mst_fail_memory(err, "reading a page");
        return page->ended ? MST_OK : mst_fail(err, MST_EINTERNAL, "the connector '%s' did not end a page", plugin);
}

struct ask_call {
        struct mstc_live *live;
        struct mst_search *search;
        const struct mst_ids *ids;
        struct mst_page *page;
};

static int
call_find(void *argument, struct mst_error *err)
{
        struct ask_call *call = argument;

        return call->live->setup->plugin->sink->find(call->live->self, call->search, err);
}

int
mstc_live_find(struct mstc_live *live, struct mst_search *search, struct mst_error *err)
{
        struct ask_call call = { .live = live, .search = search };

        return mstc_live_call(live, call_find, &call, err);
}

static int
call_fetch(void *argument, struct mst_error *err)
{
        struct ask_call *call = argument;

        return call->live->setup->plugin->source->fetch(call->live->self, call->ids, call->page, err);
}

int
mstc_live_fetch(struct mstc_live *live, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err)
{
        struct ask_call call = { .live = live, .ids = ids, .page = page };

        if (mstc_live_call(live, call_fetch, &call, err) != MST_OK)
                return err->code;
        return mstc_page_check(page, live->setup->plugin->name, err);
}

struct probe_call {
        struct mstc_live *live;
        struct mst_facts *facts;
};

static int
call_probe(void *argument, struct mst_error *err)
{
        struct probe_call *call = argument;
        const struct mst_plugin *plugin = call->live->setup->plugin;

        return call->live->is_source ? plugin->source->probe(call->live->self, call->facts, err)
                                     : plugin->sink->probe(call->live->self, call->facts, err);
}

static int
probe(struct mstc_live *live, struct mst_facts **ret, struct mst_error *err)
{
        const struct mst_plugin *plugin = live->setup->plugin;
        struct probe_call call = { .live = live };
        int rc;

        call.facts = live->is_source ? mstc_facts_of_source(plugin) : mstc_facts_of_sink(plugin);
        if (call.facts == NULL)
                return mst_fail_memory(err, "asking a connector what it can do");
        rc = mstc_live_call(live, call_probe, &call, err);
        if (rc == MST_OK && call.facts->failed)
                rc = mst_fail_memory(err, "asking a connector what it can do");
        if (rc == MST_OK && call.facts->identity == NULL)
                rc = mst_fail(err, MST_EINTERNAL, "the connector '%s' does not say what it is connected to",
                              plugin->name);
        if (rc != MST_OK) {
                mstc_facts_free(call.facts);
                return mst_wrap(err, "%s '%s'", live->is_source ? "source" : "sink", live->setup->config->name);
        }
        *ret = call.facts;
        return MST_OK;
}

int
mstc_live_probe(struct mstc_live *live, struct mst_error *err)
{
        struct mst_facts *facts = NULL;

        if (live->aside[0] != '\0')
                return mst_fail(err, MST_ENET, "%s '%s': %s", live->is_source ? "source" : "sink",
                                live->setup->config->name, live->aside);
        if (live->probed)
                return MST_OK;
        if (probe(live, &facts, err) != MST_OK) {
                mstc_live_put_aside(live, err);
                return err->code;
        }
        mstc_facts_free(live->facts);
        live->facts = facts;
        live->probed = true;
        return mstc_instance_set_facts(live->engine->store, live->id, facts, err);
}

const struct mst_facts *
mstc_live_facts(struct mstc_live *live)
{
        struct mst_error ignored = { 0 };
        int64_t at;

        if (live->facts == NULL)
                mstc_instance_facts(live->engine->store, live->id, &live->facts, &at, &ignored);
        return live->facts != NULL ? live->facts : live->setup->promised;
}

void
mstc_live_put_aside(struct mstc_live *live, const struct mst_error *why)
{
        const char *role = live->is_source ? "source" : "sink", *name = live->setup->config->name, *text = why->text;
        char own[256];
        int length = snprintf(own, sizeof own, "%s '%s': ", role, name);

        if (live->aside[0] != '\0')
                return;
        /* wherever the reason is shown, whose it is stands before it */
        if (length > 0 && (size_t)length < sizeof own && strncmp(text, own, (size_t)length) == 0)
                text += length;
        snprintf(live->aside, sizeof live->aside, "%s", text);
        mstc_log(live->engine, MSTC_EVENT_PUT_ASIDE, "%s '%s' is put aside for this run: %s", role, name, text);
        if (!live->health.quarantined || live->health.on_trial)
                mstc_health_of_call(live, why);
}

/* ---- the engine ----------------------------------------------------------------------- */

static int
make_lives(struct mstc_engine *engine, struct mst_error *err)
{
        struct mstc_setup *setup = engine->setup;

        engine->lives = mstc_alloc((setup->instance_count + 1) * sizeof *engine->lives);
        if (engine->lives == NULL)
                return mst_fail_memory(err, "starting");
        for (size_t i = 0; i < setup->instance_count; i++) {
                struct mstc_live *live = &engine->lives[i];

                live->setup = &setup->instances[i];
                live->engine = engine;
                live->is_source = live->setup->config->is_source;
                engine->live_count++;
                if (mstc_rename_instance(engine->store, live->is_source ? MSTC_SOURCE : MSTC_SINK,
                                         live->setup->config->was, live->setup->config->name, err) != MST_OK
                    || mstc_instance_id(engine->store, live->is_source ? MSTC_SOURCE : MSTC_SINK,
                                     live->setup->config->name, live->setup->config->plugin, &live->id,
                                     err) != MST_OK
                    || mstc_instance_health(engine->store, live->id, &live->health, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* What an earlier life, or a run of this one that broke off, left is put in order before
 * anything else. */
int
mstc_engine_recover(struct mstc_engine *engine, struct mst_error *err)
{
        if (mstc_store_begin(engine->store, err) != MST_OK)
                return err->code;
        if (mstc_journal_recover(engine->store, err) != MST_OK || mstc_runs_recover(engine->store, err) != MST_OK
            || (engine->lives == NULL && make_lives(engine, err) != MST_OK)
            || mstc_store_commit(engine->store, err) != MST_OK) {
                mstc_store_rollback(engine->store);
                return err->code;
        }
        engine->unsure = false;
        return MST_OK;
}

int
mstc_engine_new(struct mstc_setup *setup, const struct mstc_watch *watch, struct mstc_stop *stop,
                struct mstc_engine **ret, struct mst_error *err)
{
        struct mstc_engine *engine = mstc_alloc(sizeof *engine);

        if (engine == NULL)
                return mst_fail_memory(err, "starting");
        engine->setup = setup;
        engine->watch = *watch;
        engine->stop = stop;
        engine->conductor = pthread_self();
        engine->log_last = &engine->log_first;
        engine->log_arena = mst_arena_new(4096);
        engine->mail = mstc_mail_new();
        if (engine->log_arena == NULL || engine->mail == NULL)
                mst_fail_memory(err, "starting");
        else if (mstc_store_open(setup->config->store_path, MSTC_WRITE, &engine->store, err) == MST_OK
                 && mstc_environment_check(engine->store, setup->config->environment, err) == MST_OK
                 && mstc_engine_recover(engine, err) == MST_OK) {
                *ret = engine;
                return MST_OK;
        }
        mstc_engine_free(engine);
        return err->code;
}

static void
close_live(struct mstc_live *live)
{
        const struct mst_plugin *plugin = live->setup->plugin;

        mstc_courier_free(live->courier);
        if (live->self != NULL && live->is_source)
                plugin->source->close(live->self);
        else if (live->self != NULL)
                plugin->sink->close(live->self);
        mstc_host_free(live->host);
        mstc_facts_free(live->facts);
}

void
mstc_engine_free(struct mstc_engine *engine)
{
        if (engine == NULL)
                return;
        for (size_t i = 0; i < engine->live_count; i++)
                close_live(&engine->lives[i]);
        mstc_free(engine->lives);
        mstc_store_close(engine->store);
        mstc_mail_free(engine->mail);
        mstc_meters_done(engine);
        mst_arena_free(engine->log_arena);
        mstc_free(engine);
}

int
mstc_probe_heard(struct mstc_instance *instance, struct mstc_stop *stop, mstc_probe_log *log, void *self_of_log,
                 struct mst_facts **ret, struct mst_error *err)
{
        const struct mstc_host_calls calls = { .log = log };
        const struct mst_plugin *plugin = instance->plugin;
        bool source = instance->config->is_source;
        struct mst_host *host = mstc_host_new(instance->config->name, &calls, self_of_log, stop);
        struct mst_facts *facts = source ? mstc_facts_of_source(plugin) : mstc_facts_of_sink(plugin);
        const void *config = mstc_filled_config(instance->filled);
        void *self = NULL;
        int rc;

        if (host == NULL || facts == NULL || !mstc_host_set_wants(host, instance->wants, instance->want_count))
                rc = mst_fail_memory(err, "asking a connector what it can do");
        else
                rc = source ? plugin->source->open(config, host, &self, err)
                            : plugin->sink->open(config, host, &self, err);
        if (rc == MST_OK) {
                rc = source ? plugin->source->probe(self, facts, err) : plugin->sink->probe(self, facts, err);
                if (source)
                        plugin->source->close(self);
                else
                        plugin->sink->close(self);
        }
        mstc_host_free(host);
        if (rc != MST_OK) {
                mstc_facts_free(facts);
                return err->code;                /* who it is stands before it */
        }
        *ret = facts;
        return MST_OK;
}

int
mstc_probe(struct mstc_engine *engine, struct mstc_instance *instance, struct mstc_stop *stop,
           struct mst_facts **ret, struct mst_error *err)
{
        (void)engine;
        return mstc_probe_heard(instance, stop, NULL, NULL, ret, err);
}
