/* undo.c - `muster undo RUN`: what would be taken back, what is left and why, then the deed. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/counts.h"
#include "cli/launch.h"
#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/opshow.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/who.h"

struct job {
        struct mstc_cli *cli;
        struct mstc_workplace place;
        struct mstc_shown *shown;
        struct mstc_opshow *show;            /* for people                             */
        FILE *left;                          /* and what is left, to be printed after  */
        struct mst_arena *arena;             /* of one row                             */
        uint64_t left_count;
        bool ops;                            /* the document's array of ops has begun  */
        const struct mstc_undo_options *options;
        const char *sync;
};

/* In the document what is left comes first, as it comes. */
static void
begin_ops(struct job *job)
{
        if (job->ops)
                return;
        mstc_json_end_all(job->cli->json);
        mstc_json_array(job->cli->json, "ops");
        job->ops = true;
}

static void
take_op(void *self, const struct mstc_planned *planned)
{
        struct job *job = self;
        struct mstc_secrets secrets = { job->place.setup };
        struct mstc_shown_op op = mstc_shown_of_planned(planned, job->sync);

        if (job->cli->json == NULL) {
                mstc_opshow_add(job->show, &op);
                return;
        }
        begin_ops(job);
        mstc_op_json(job->cli->json, secrets, &op);
}

static void
take_left(void *self, const struct mstc_undo_skip *skip)
{
        struct job *job = self;

        job->left_count++;
        if (job->cli->json != NULL) {
                mstc_json_object(job->cli->json, NULL);
                mstc_json_text(job->cli->json, "target", skip->target);
                mstc_json_text(job->cli->json, "sink", skip->sink);
                mstc_json_text(job->cli->json, "kind", skip->kind == MST_USER ? "user" : "group");
                mstc_json_text(job->cli->json, "id", skip->id);
                mstc_json_text(job->cli->json, "title", skip->title);
                mstc_json_text(job->cli->json, "attribute", skip->attribute);
                mstc_json_text(job->cli->json, "why", skip->why);
                mstc_json_end(job->cli->json);
                return;
        }
        mst_arena_reset(job->arena);
        fprintf(job->left, "  %s%s%s%s%s: %s\n", mstc_fit(job->arena, skip->title, 0), skip->attribute != NULL ? ", " : "",
                skip->attribute != NULL ? mstc_fit(job->arena, skip->attribute, 0) : "", skip->target != NULL ? " in " : "",
                skip->target != NULL ? mstc_fit(job->arena, skip->target, 0) : "", mstc_fit(job->arena, skip->why, 0));
}

/* The rows of what is left, behind those of the ops. */
static bool
print_left(struct job *job)
{
        char part[4096];
        size_t got;
        bool good = fflush(job->left) == 0 && fseek(job->left, 0, SEEK_SET) == 0;

        while (good && (got = fread(part, 1, sizeof part, job->left)) > 0)
                good = fwrite(part, 1, got, stdout) == got;
        return good && ferror(job->left) == 0;
}

/* Before anything is sent. */
static bool
show(void *self)
{
        struct job *job = self;
        struct mstc_cli *cli = job->cli;
        uint64_t ops;

        if (cli->json != NULL)
                return true;
        mstc_shown_clear(job->shown);
        ops = mstc_opshow_count(job->show);
        printf("Undoing run %lld of %s%s: %s op%s\n", (long long)job->options->run, mstc_fit(cli->arena, job->sync, 0),
               job->options->plan_only ? " (only shown)" : "", ops > 0 ? mstc_thousands(cli->arena, ops) : "no",
               ops == 1 ? "" : "s");
        if (!mstc_opshow_print(job->show))
                return false;
        if (job->left_count != 0) {
                printf("\n%sLeft as it is:%s\n", mstc_paint_on(cli->colour, MSTC_CARE), mstc_paint_off(cli->colour, MSTC_CARE));
                if (!print_left(job))
                        return false;
        }
        fflush(stdout);
        return true;
}

static void
tell(struct job *job, const struct mstc_summary *summary)
{
        struct mstc_cli *cli = job->cli;

        if (cli->json != NULL) {
                begin_ops(job);
                mstc_json_end_all(cli->json);
                mstc_json_array(cli->json, "runs");
                mstc_summary_json(cli, cli->json, job->sync, summary);
                mstc_json_end(cli->json);
        } else if (!job->options->plan_only) {
                mstc_summary_tell(cli, job->sync, summary, true);
        } else if (summary->outcome != MSTC_END_DONE) {
                printf("\nIt would end so: %s%s%s\n", mstc_run_outcome_name((int)summary->outcome),
                       summary->text[0] != '\0' ? ": " : "", mstc_fit(cli->arena, summary->text, 0));
        }
}

static int
undo(struct job *job, struct mstc_sync *sync, struct mstc_undo_options *options)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_summary summary = { 0 };
        struct mst_error err = { 0 };
        uint64_t left = 0;
        int rc, code;

        job->sync = sync->name;
        options->op = take_op;
        options->skipped = take_left;
        options->ready = show;
        options->self = job;
        job->options = options;
        rc = mstc_engine_undo(job->place.engine, sync, options, &summary, &left, &err);
        mstc_shown_clear(job->shown);
        code = mstc_outcome_code((int)summary.outcome);
        if (rc == MST_OK)
                tell(job, &summary);
        mstc_summary_done(&summary);
        if (rc != MST_OK)
                return mstc_cli_fail(cli, &err);
        return left != 0 ? mstc_graver(code, MSTC_END_SOME_FAILED) : code;
}

static int
open_lists(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        struct mst_error err = { 0 };

        job->arena = mst_arena_new(0);
        if (cli->json == NULL)
                job->show = mstc_opshow_new(cli, (struct mstc_secrets){ job->place.setup }, mstc_patience(cli, 20));
        job->left = cli->json == NULL ? tmpfile() : NULL;
        if (job->arena != NULL && (cli->json != NULL || (job->show != NULL && job->left != NULL)))
                return MSTC_END_DONE;
        mst_fail(&err, MST_EINTERNAL, "no memory, or no temporary file, for the plan; is $TMPDIR or /tmp full?");
        return mstc_cli_fail(cli, &err);
}

/* Which sync the run was of, and who is chosen. */
static int
find_out(struct job *job, struct mstc_undo_options *options, struct mstc_sync **ret)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_chosen *chosen = NULL;
        struct mst_error err = { 0 };
        struct mstc_view_run run;
        const char **users;
        size_t count = 0;
        int code, rc;

        if (mstc_store_open(job->place.setup->config->store_path, MSTC_READ, &job->place.store, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        rc = options->run > 0 ? mstc_view_run(job->place.store, options->run, cli->arena, &run, &err) : MST_END;
        if (rc < 0)
                return mstc_cli_fail(cli, &err);
        if (rc == MST_END)
                return mstc_cli_misused(cli, "there is no run %lld (muster history lists them)", (long long)options->run);
        *ret = run.sync != NULL ? mstc_setup_sync(job->place.setup, run.sync) : NULL;
        if (*ret == NULL)
                return mstc_cli_misused(cli, "run %lld was of sync '%s', which is not in the configuration",
                                        (long long)options->run, run.sync != NULL ? run.sync : "?");
        if (!mstc_args_has(cli->args, "user"))
                return MSTC_END_DONE;
        code = mstc_who_chosen(cli, job->place.store, true, &chosen, &count);
        users = mst_arena_alloc(cli->arena, (count + 1) * sizeof *users);
        if (code == MSTC_END_DONE && users == NULL) {
                mst_fail_memory(&err, "reading --user");
                return mstc_cli_fail(cli, &err);
        }
        for (size_t i = 0; code == MSTC_END_DONE && i < count; i++)
                users[i] = chosen[i].id;
        options->users = users;
        options->user_count = count;
        return code;
}

static int
run(struct mstc_cli *cli)
{
        struct job job = { .cli = cli, .shown = mstc_shown_new(cli->verbose) };
        struct mstc_undo_options options = { .sink = mstc_args_value(cli->args, "sink"),
                                             .plan_only = mstc_args_has(cli->args, "plan"),
                                             .note = mstc_args_value(cli->args, "reason") };
        struct mstc_watch watch = { 0 };
        struct mstc_sync *sync = NULL;
        int code = MSTC_END_CONFIG;

        if (job.shown != NULL)
                watch = mstc_shown_watch(job.shown);
        if (mstc_cli_number(cli, "RUN", mstc_args_at(cli->args, 0), &options.run))
                code = mstc_launch(cli, &job.place, &watch);
        if (code == MSTC_END_DONE)
                code = find_out(&job, &options, &sync);
        if (code == MSTC_END_DONE)
                code = open_lists(&job);
        if (code == MSTC_END_DONE) {
                options.who = job.place.who;
                if (cli->json != NULL)
                        mstc_json_array(cli->json, "left");
                code = undo(&job, sync, &options);
        }
        mstc_opshow_free(job.show);
        mst_arena_free(job.arena);
        if (job.left != NULL)
                fclose(job.left);
        mstc_shown_free(job.shown);
        mstc_launch_end(&job.place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "user", .letter = 'u', .takes = "USER", .help = "only of this person: id, UPN, mail or SINK:OBJECT",
          .repeats = true },
        { .name = "sink", .takes = "NAME", .help = "only in this sink" },
        { .name = "plan", .help = "only show it: nothing is sent, nothing is declined" },
        { .name = "reason", .takes = "TEXT", .help = "why, for the history" },
        { .name = NULL }
};

const struct mstc_command mstc_command_undo = {
        .name = "undo", .arguments = "RUN", .flags = flags, .least = 1, .most = 1,
        .summary = "take back what a run did",
        .about =
        "Makes a plan in reverse of what the history says of that run: former values, names and\n"
        "memberships come back, who was disabled is enabled, who was created is treated as the\n"
        "target treats leavers, who was deleted is made again.  Only what the sink still holds as\n"
        "it was written is put back; the rest is listed with its reason.  The guards judge the\n"
        "plan as any other.  What was undone is declined: no sync does it again as long as\n"
        "exactly that is wanted (`muster retry` ends that).  The undo is a run of its own, and\n"
        "can be undone.  Exits with 1 when something was left, 3 when a guard holds something.",
        .example = "muster undo 42 --plan\nmuster undo 42 --user ada@contoso.example",
        .run = run,
};
