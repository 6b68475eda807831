/* sync.c - `muster sync`: pull, plan, judge, apply, once; and the table of what became of
 * it. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/counts.h"
#include "cli/launch.h"
#include "cli/moment.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/who.h"

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
        struct mstc_shown *shown;
        struct mstc_chosen *chosen; size_t chosen_count;
        const char **ids;                    /* room for all of the chosen             */
        size_t done;
};

static int
sync_one(struct job *job, struct mstc_sync *sync)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_sync_options options = { .full = mstc_args_has(cli->args, "full") };
        struct mstc_summary summary = { 0 };
        struct mst_error err = { 0 };
        int rc, code;

        if (mstc_args_has(cli->args, "user")) {
                options.users = job->ids;
                options.user_count = chosen_of(job->chosen, job->chosen_count, sync->name, job->ids);
                if (options.user_count == 0)
                        return MSTC_END_DONE;
        }
        rc = mstc_engine_sync(job->place.engine, sync, &options, &summary, &err);
        mstc_shown_clear(job->shown);
        code = mstc_outcome_code((int)summary.outcome);
        if (cli->json != NULL)
                mstc_summary_json(cli, cli->json, sync->name, &summary);
        else if (rc == MST_OK)
                mstc_summary_tell(cli, sync->name, &summary, job->done++ > 0);
        mstc_summary_done(&summary);
        return rc == MST_OK ? code : mstc_cli_fail(cli, &err);
}

static int
choose_users(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        struct mst_error err = { 0 };
        int code;

        if (!mstc_args_has(cli->args, "user"))
                return MSTC_END_DONE;
        if (mstc_store_open(job->place.setup->config->store_path, MSTC_READ, &job->place.store, &err) != MST_OK)
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

static int
sync_all(struct job *job)
{
        struct mstc_sync **syncs;
        size_t count;
        int code = mstc_chosen_syncs(job->cli, job->place.setup, &syncs, &count);

        if (code == MSTC_END_DONE)
                code = choose_users(job);
        if (code != MSTC_END_DONE)
                return code;
        if (job->cli->json != NULL)
                mstc_json_array(job->cli->json, "runs");
        for (size_t i = 0; i < count && !job->cli->told && !mstc_stop_is(job->place.stop); i++)
                code = mstc_graver(code, sync_one(job, syncs[i]));
        if (job->cli->json != NULL)
                mstc_json_end_all(job->cli->json);
        if (!mstc_stop_is(job->place.stop))
                return code;
        if (job->cli->json == NULL)
                fputs("muster: stopped; the next sync goes on from here\n", stderr);
        return MSTC_END_FAILED;
}

static int
run(struct mstc_cli *cli)
{
        struct job job = { .cli = cli, .shown = mstc_shown_new(cli->verbose) };
        struct mstc_watch watch = { 0 };
        int code;

        if (mstc_args_has(cli->args, "full") && mstc_args_has(cli->args, "user"))
                code = mstc_cli_misused(cli, "--full reads everybody and --user chosen people: give one of them");
        else {
                if (job.shown != NULL)
                        watch = mstc_shown_watch(job.shown);
                code = mstc_launch(cli, &job.place, &watch);
                if (code == MSTC_END_DONE)
                        code = sync_all(&job);
        }
        mstc_shown_free(job.shown);
        mstc_launch_end(&job.place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "user", .letter = 'u', .takes = "USER", .help = "only this person: id, UPN, mail or SINK:OBJECT",
          .repeats = true },
        { .name = "full", .help = "read the source from its beginning, not from where it was left" },
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
        "Exits with 1 when something failed or is parked, 3 when a guard holds something.",
        .run = run,
};
