/* sync.c - `muster sync`: pull, plan, judge, apply, once; and the table of what became of
 * it. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "cli/counts.h"
#include "cli/caller.h"
#include "cli/launch.h"
#include "cli/outlook.h"
#include "cli/pause.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/who.h"
#include "util/date.h"

/* The chosen ones that concern one sync: those the store knows there, and those it does
 * not know at all. */
static size_t
chosen_of(const struct mstc_chosen *chosen, size_t count, const char *sync, const char **ids)
{
        size_t got = 0;

        for (size_t i = 0; i < count; i++)
                if (chosen[i].sync == NULL || strcmp(chosen[i].sync, sync) == 0)
                        ids[got++] = chosen[i].id;
        return got;
}

struct job {
        struct mstc_cli *cli;
        struct mstc_workplace place;
        struct mstc_watch watch;
        bool served;                         /* a service runs                         */
        struct mstc_pause *pauses; size_t pause_count;
        const char *at;                      /* the sync that the service runs for us  */
        struct mstc_shown *shown;
        struct mstc_chosen *chosen; size_t chosen_count;
        const char **ids;                    /* room for all of the chosen             */
        size_t done;
};

/* It is held back: 'why' says by whom. */
static void
tell_paused(struct job *job, const char *name, const char *why)
{
        struct mstc_cli *cli = job->cli;

        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "sync", name);
                mstc_json_text(cli->json, "outcome", "paused");
                mstc_json_text(cli->json, "text", why);
                mstc_json_end(cli->json);
        } else
                printf("%s%s is %s\n(muster resume ends that, --force runs it all the same)\n", job->done++ > 0 ? "\n" : "",
                       mstc_fit(cli->arena, name, 0), mstc_fit(cli->arena, why, 0));
}

static int
tell_run(struct job *job, const char *name, const struct mstc_summary *summary, int rc, const struct mst_error *err)
{
        struct mstc_cli *cli = job->cli;

        mstc_shown_clear(job->shown);
        if (cli->json != NULL)
                mstc_summary_json(cli, cli->json, name, summary);
        else if (rc == MST_OK)
                mstc_summary_tell(cli, name, summary, job->done++ > 0);
        return rc == MST_OK ? mstc_outcome_code((int)summary->outcome) : mstc_cli_fail(cli, err);
}

static int
run_here(struct job *job, const char *name, const struct mstc_sync_options *options)
{
        struct mstc_summary summary = { 0 };
        struct mst_error err = { 0 };
        int code, rc = mstc_engine_sync(job->place.engine, mstc_setup_sync(job->place.setup, name), options, &summary, &err);

        code = tell_run(job, name, &summary, rc, &err);
        mstc_summary_done(&summary);
        return code;
}

/* ---- by the service -------------------------------------------------------------------------- */

/* Its progress is shown as if it were ours. */
static void
on_news(void *self, const struct mst_value *news)
{
        struct job *job = self;
        int64_t phase = mst_value_find_int(news, "phase", -1), level = mst_value_find_int(news, "level", -1);
        struct mstc_progress progress = {
                .phase = (enum mstc_phase)phase, .done = (uint64_t)mst_value_find_int(news, "done", 0),
                .total = (uint64_t)mst_value_find_int(news, "total", 0),
                .started_ms = mstc_clock_ticks_ms() - mst_value_find_int(news, "ms", 0),
        };

        if (phase >= MSTC_PHASE_START && phase <= MSTC_PHASE_CLOSE && job->watch.progress != NULL)
                job->watch.progress(job->watch.self, job->at, &progress);
        else if (level >= MST_LOG_ERROR && level <= MST_LOG_DEBUG && job->watch.log != NULL)
                job->watch.log(job->watch.self, &(struct mstc_line){ .level = (enum mst_level)level,
                               .event = (enum mstc_event)mst_value_find_int(news, "event", 0),
                               .component = mst_value_find_text(news, "component"), .text = mst_value_find_text(news, "text") });
        else if (mst_value_find_bool(news, "waits") && isatty(STDERR_FILENO))
                fputs("muster: waits for the end of the service's run\n", stderr);
}

static int
tell_answer(struct job *job, const struct mst_value *answer, const char *name)
{
        const struct mst_value *runs = mst_value_member(answer, "runs"), *run;
        struct mstc_summary summary = { 0 };
        struct mst_error err = { 0 };
        int code, rc;

        if (mst_value_find_bool(answer, "queued")) {
                if (job->cli->json == NULL)
                        printf("%s: the service runs it when its turn comes.\n", mstc_fit(job->cli->arena, name, 0));
                return MSTC_END_DONE;
        }
        run = runs != NULL && mst_value_count(runs) > 0 ? mst_value_at(runs, 0) : NULL;
        if (run == NULL) {
                mst_fail(&err, MST_EREFUSED, "the service was stopped before it began");
                return mstc_cli_fail(job->cli, &err);
        }
        if (mstc_wire_text(run, "paused") != NULL) {
                tell_paused(job, name, mstc_wire_text(run, "paused"));
                return MSTC_END_DONE;
        }
        rc = mstc_wire_read_summary(run, &summary, &err);
        code = tell_run(job, name, &summary, rc, &err);
        mstc_summary_done(&summary);
        return code;
}

static int
ask_service(struct job *job, const char *name, const struct mstc_sync_options *options)
{
        struct mstc_call call = { .fd = -1, .news = on_news, .self = job };
        struct mst_error err = { 0 };
        int rc, code = mstc_call_join(&call, job->cli, &job->place, "sync");

        job->at = name;
        if (code == MSTC_END_DONE && !mstc_call_is_served(&call)) {
                mst_fail(&err, MST_ENET, "the service has ended: give the command again, for the rest");
                code = mstc_cli_fail(job->cli, &err);
        } else if (code == MSTC_END_DONE) {
                mst_json_out_texts(call.out, "syncs", &name, 1);
                mstc_wire_bool(call.out, "full", options->full);
                mstc_wire_bool(call.out, "force", mstc_args_has(job->cli->args, "force"));
                mstc_wire_bool(call.out, "no-wait", mstc_args_has(job->cli->args, "no-wait"));
                if (options->user_count > 0)
                        mst_json_out_texts(call.out, "users", options->users, options->user_count);
                rc = mstc_call_try(&call, &err);
                mstc_shown_clear(job->shown);
                code = rc == MST_OK ? tell_answer(job, call.answer, name) : mstc_cli_fail(job->cli, &err);
        }
        mstc_call_end(&call);
        return code;
}

static int
sync_one(struct job *job, const char *name)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_sync_options options = { .full = mstc_args_has(cli->args, "full") };
        const struct mstc_pause *pause = job->served || mstc_args_has(cli->args, "force")
                                       ? NULL : mstc_pause_of(job->pauses, job->pause_count, name);

        if (mstc_args_has(cli->args, "user")) {
                options.users = job->ids;
                options.user_count = chosen_of(job->chosen, job->chosen_count, name, job->ids);
                if (options.user_count == 0)
                        return MSTC_END_DONE;
        }
        if (pause != NULL) {
                tell_paused(job, name, mstc_pause_say(cli->arena, pause));
                return MSTC_END_DONE;
        }
        return job->served ? ask_service(job, name, &options) : run_here(job, name, &options);
}

/* ---- all that is asked for -------------------------------------------------------------------- */

static int
choose_users(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        struct mst_error err = { 0 };
        int code;

        if (!mstc_args_has(cli->args, "user"))
                return MSTC_END_DONE;
        if (mstc_store_open(job->place.config->store_path, MSTC_READ, &job->place.store, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        code = mstc_who_chosen(cli, job->place.store, false, &job->chosen, &job->chosen_count);
        if (code != MSTC_END_DONE)
                return code;
        job->ids = mst_arena_alloc(cli->arena, (job->chosen_count + 1) * sizeof *job->ids);
        if (job->ids == NULL) {
                mst_fail_memory(&err, "reading --user");
                return mstc_cli_fail(cli, &err);
        }
        /* A look that lasts would hold back what the sync wants to fold away. */
        mstc_store_close(job->place.store);
        job->place.store = NULL;
        return MSTC_END_DONE;
}

/* Is that sync of the configuration one of those named, or is none named? */
static bool
is_wanted(const struct mstc_cli *cli, const char *name)
{
        bool wanted = mstc_args_count(cli->args) == 0;

        for (size_t i = 0; i < mstc_args_count(cli->args); i++)
                wanted |= strcmp(mstc_args_at(cli->args, i), name) == 0;
        return wanted;
}

/* Whom the store did not know before, the source was asked for: somebody there, or a slip of the pen. */
static int
strangers(struct job *job)
{
        struct mst_error err = { 0 };
        int code = MSTC_END_DONE;

        for (size_t i = 0; i < job->chosen_count && code == MSTC_END_DONE; i++) {
                struct mstc_view_person *person;

                if (job->chosen[i].sync != NULL)
                        continue;
                if (job->place.store == NULL
                    && mstc_store_open(job->place.config->store_path, MSTC_READ, &job->place.store, &err) != MST_OK)
                        return mstc_cli_fail(job->cli, &err);
                code = mstc_who_meant(job->cli, job->place.store, job->chosen[i].id, &person);
        }
        return code;
}

static int
sync_all(struct job *job)
{
        const struct mstc_config *config = job->place.config;
        int code = choose_users(job);

        if (code != MSTC_END_DONE)
                return code;
        if (job->cli->json != NULL)
                mstc_json_array(job->cli->json, "runs");
        for (size_t i = 0; i < config->sync_count && !job->cli->told && !mstc_stop_is(job->place.stop); i++)
                if (is_wanted(job->cli, config->syncs[i].name))
                        code = mstc_graver(code, sync_one(job, config->syncs[i].name));
        if (job->cli->json != NULL)
                mstc_json_end_all(job->cli->json);
        if (!mstc_stop_is(job->place.stop))
                return code == MSTC_END_DONE ? strangers(job) : code;
        if (job->cli->json == NULL && !job->served)
                fputs("muster: stopped; the next sync goes on from here\n", stderr);
        return MSTC_END_FAILED;
}

/* The service does it where one runs, else we do. */
static int
begin(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_call call = { .fd = -1 };
        struct mst_error err = { 0 };
        int code = mstc_call_begin(&call, cli, &job->place, "sync");

        job->served = mstc_call_is_served(&call);
        mstc_call_end(&call);
        for (size_t i = 0; code == MSTC_END_DONE && i < mstc_args_count(cli->args); i++)
                if (!mstc_config_has_sync(job->place.config, mstc_args_at(cli->args, i)))
                        code = mstc_unknown_sync(cli, job->place.config, mstc_args_at(cli->args, i));
        if (code != MSTC_END_DONE)
                return code;
        if (job->served)
                return mstc_launch_signals(cli, &job->place);
        if (mstc_args_has(cli->args, "no-wait")) {
                mst_fail(&err, MST_ENOTFOUND, "--no-wait leaves it to the service, and none runs: systemctl start muster");
                return mstc_cli_fail(cli, &err);
        }
        code = mstc_launch(cli, &job->place, &job->watch);
        if (code == MSTC_END_DONE
            && mstc_pauses_now(job->place.config->store_path, cli->arena, &job->pauses, &job->pause_count, &err) != MST_OK)
                code = mstc_cli_fail(cli, &err);
        return code;
}

static void
on_outlook(void *self, enum mstc_event event, const char *text)
{
        struct mstc_cli *cli = self;

        if (mstc_event_about(event)->level <= MST_LOG_WARNING || cli->verbose)
                fprintf(stderr, "muster: %s\n", mstc_fit(cli->arena, text, 0));
}

/* Whoever is to know of it is told: by a timer's runs as by the service's. */
static void
tell_others(struct job *job)
{
        struct mstc_outlook *outlook;

        mstc_engine_free(job->place.engine);
        job->place.engine = NULL;
        outlook = mstc_outlook_new(job->place.setup->config, false, on_outlook, job->cli);
        mstc_outlook_after_run(outlook, true);
        mstc_outlook_finish(outlook, mstc_stop_fd(job->place.stop));
        mstc_outlook_free(outlook);
}

static int
run(struct mstc_cli *cli)
{
        struct job job = { .cli = cli, .shown = mstc_shown_new(cli->verbose) };
        int code;

        if (mstc_args_has(cli->args, "full") && mstc_args_has(cli->args, "user"))
                code = mstc_cli_misused(cli, "--full reads everybody and --user chosen people: give one of them");
        else {
                if (job.shown != NULL)
                        job.watch = mstc_shown_watch(job.shown);
                code = begin(&job);
                if (code == MSTC_END_DONE) {
                        code = sync_all(&job);
                        if (!job.served)
                                tell_others(&job);
                }
        }
        mstc_shown_free(job.shown);
        mstc_launch_end(&job.place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "user", .letter = 'u', .takes = "USER", .help = "only this person: id, UPN, mail or SINK:OBJECT",
          .repeats = true },
        { .name = "full", .help = "read the source from its beginning, not from where it was left" },
        { .name = "force", .help = "also where it is paused" },
        { .name = "no-wait", .help = "leave it to the service and do not wait for it" },
        { .name = NULL }
};

const struct mstc_command mstc_command_sync = {
        .name = "sync", .arguments = "[NAME]...", .flags = flags, .most = 1000,
        .summary = "read the source and carry the changes to the sinks, once",
        .about =
        "Runs the syncs of those NAMEs, all that are configured when none is given: reads what\n"
        "has changed at the source, plans what that means for each target, lets the guards judge\n"
        "the plan, carries it out, and ends with a table.  On a terminal it shows how far it is.\n"
        "An interrupt (Ctrl-C, SIGTERM) ends it in good order within two seconds; nothing is\n"
        "lost, and the next sync goes on from there.  A second one ends it at once.\n"
        "Where a service runs for the state, that does it, and this shows how far it is; an interrupt\n"
        "then ends the showing.\n"
        "Exits with 1 when something failed or is parked, 3 when a guard holds something.",
        .run = run,
};
