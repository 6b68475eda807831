/* apply.c - `muster apply`: a saved plan is carried out, exactly that and nothing else.
 *
 * The plan is shown in numbers, and somebody says yes (or --yes); then each sync of it is run as
 * a sync is, for the ops of the file alone.  What is no longer as it was is skipped and listed. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "cli/counts.h"
#include "cli/launch.h"
#include "cli/planfile.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/table.h"

struct job {
        struct mstc_cli *cli;
        struct mstc_workplace place;
        struct mstc_shown *shown;
        struct mstc_planread plan;
        bool dry;
        size_t done;
        struct mstc_table *table;            /* of what was not done                   */
        size_t rows;
        uint64_t fates[MSTC_SEALED_OPEN + 1];
};

static const struct mstc_column columns[] = {
        { "NAME", MSTC_FLEXIBLE, 10 }, { "TARGET", MSTC_FLEXIBLE, 8 }, { "WHAT", 0, 0 }, { "WHY NOT", MSTC_WRAPS, 20 },
};

static const char *
fate_name(enum mstc_sealed_fate fate)
{
        static const char *const names[] = { "skipped", "would be done", "done", "done before", "held", "open" };

        return names[fate];
}

static void
write_op(struct mstc_json *json, const char *sync, const struct mstc_sealed_op *op)
{
        mstc_json_object(json, NULL);
        mstc_json_text(json, "sync", sync);
        mstc_json_text(json, "target", op->target);
        mstc_json_text(json, "kind", op->kind == MST_GROUP ? "group" : "user");
        mstc_json_text(json, "id", op->id);
        mstc_json_text(json, "title", op->title);
        mstc_json_text(json, "verb", mst_verb_name(op->verb));
        mstc_json_text(json, "fate", fate_name(op->fate));
        mstc_json_text(json, "why", op->why);
        mstc_json_end(json);
}

static void
tell_op(struct job *job, const char *sync, struct mstc_sealed_op *op, const char *otherwise)
{
        bool fine = op->fate == MSTC_SEALED_DONE || op->fate == MSTC_SEALED_WOULD;

        if (!fine && op->why == NULL)
                op->why = op->fate == MSTC_SEALED_HELD ? "a guard would hold it" : otherwise;
        job->fates[op->fate]++;
        if (job->cli->json != NULL) {
                write_op(job->cli->json, sync, op);
        } else if (!fine) {
                job->rows++;
                mstc_table_cell(job->table, op->title);
                mstc_table_cell(job->table, op->target);
                mstc_table_cell(job->table, mst_verb_name(op->verb));
                mstc_table_cell(job->table, op->why);
        }
}

/* Other holds of the sync, and what else waits in it, are not this plan's. */
static int
code_of(const struct job *job, const struct mstc_sealed *sealed, const struct mstc_summary *summary)
{
        uint64_t held = 0, open = 0;

        if (summary->outcome != MSTC_END_DONE && summary->outcome != MSTC_END_SOME_FAILED
            && !(summary->outcome == MSTC_END_HELD && summary->text[0] == '\0'))
                return mstc_outcome_code((int)summary->outcome);
        for (size_t i = 0; i < sealed->count; i++) {
                held += sealed->ops[i].fate == MSTC_SEALED_HELD;
                open += sealed->ops[i].fate == MSTC_SEALED_SKIPPED || sealed->ops[i].fate == MSTC_SEALED_OPEN;
        }
        (void)job;
        return held != 0 ? MSTC_END_HELD : open != 0 ? MSTC_END_SOME_FAILED : MSTC_END_DONE;
}

static int
apply_one(struct job *job, struct mstc_sealed *sealed)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_sync_options options = { .plan_only = job->dry, .exactly = sealed };
        struct mstc_summary summary = { 0 };
        struct mst_error err = { 0 };
        int rc, code;

        if (sealed->count == 0)
                return MSTC_END_DONE;
        rc = mstc_engine_sync(job->place.engine, mstc_setup_sync(job->place.setup, sealed->sync), &options, &summary, &err);
        mstc_shown_clear(job->shown);
        if (cli->json == NULL && rc == MST_OK && !job->dry)
                mstc_summary_tell(cli, sealed->sync, &summary, job->done > 0);
        job->done++;
        for (size_t i = 0; i < sealed->count; i++)
                tell_op(job, sealed->sync, &sealed->ops[i], summary.text[0] != '\0' ? mst_arena_strdup(cli->arena, summary.text)
                        : "it was not come to");
        code = code_of(job, sealed, &summary);
        mstc_summary_done(&summary);
        return rc == MST_OK ? code : mstc_cli_fail(cli, &err);
}

/* "3 ops of the plan made at ... by ...": what somebody says yes to. */
static bool
agreed(struct job *job, uint64_t ops)
{
        struct mstc_cli *cli = job->cli;
        char answer[16];

        if (job->dry || mstc_args_has(cli->args, "yes"))
                return true;
        if (cli->json != NULL || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
                mstc_cli_misused(cli, "say --yes where nobody can be asked, or --dry to see what would be done");
                return false;
        }
        printf("%s op%s, planned at %s by %s.  Carry out? [y/N] ", mstc_thousands(cli->arena, ops), ops == 1 ? "" : "s",
               job->plan.made != NULL ? mstc_fit(cli->arena, job->plan.made, 0) : "?",
               job->plan.by != NULL ? mstc_fit(cli->arena, job->plan.by, 0) : "?");
        fflush(stdout);
        if (fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
                return true;
        mstc_cli_misused(cli, "nothing was done");
        return false;
}

static void
tell_all(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_buffer out = { 0 };
        const char *gap = "";

        if (job->rows != 0 && mstc_table_render(job->table, cli->width, cli->colour, &out))
                printf("\n%s", mstc_buffer_cstr(&out));
        mstc_buffer_done(&out);
        printf("\nOf the plan: ");
        for (int i = 0; i <= MSTC_SEALED_OPEN; i++)
                if (job->fates[i] != 0) {
                        printf("%s%s %s", gap, mstc_thousands(cli->arena, job->fates[i]), fate_name((enum mstc_sealed_fate)i));
                        gap = ", ";
                }
        puts(gap[0] != '\0' ? "." : "nothing.");
}

static int
apply_all(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        struct mst_error err = { 0 };
        uint64_t ops = 0;
        int code = MSTC_END_DONE;

        if (mstc_planfile_read(job->place.engine, job->place.setup, mstc_args_at(cli->args, 0), cli->arena, &job->plan,
                               &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        for (size_t i = 0; i < job->plan.sync_count; i++)
                ops += job->plan.syncs[i].count;
        if (!agreed(job, ops))
                return MSTC_END_CONFIG;
        job->table = mstc_table_new(cli->arena, columns, sizeof columns / sizeof columns[0]);
        if (cli->json != NULL)
                mstc_json_array(cli->json, "ops");
        for (size_t i = 0; i < job->plan.sync_count && !cli->told && !mstc_stop_is(job->place.stop); i++)
                code = mstc_graver(code, apply_one(job, &job->plan.syncs[i]));
        if (cli->json != NULL)
                mstc_json_end_all(cli->json);
        else if (!cli->told)
                tell_all(job);
        if (!mstc_stop_is(job->place.stop))
                return code;
        if (cli->json == NULL)
                fputs("muster: stopped; what was not sent stays planned\n", stderr);
        return MSTC_END_FAILED;
}

static int
run(struct mstc_cli *cli)
{
        struct job job = { .cli = cli, .dry = mstc_args_has(cli->args, "dry") };
        struct mstc_watch watch = { 0 };
        int code;

        if (job.dry && mstc_args_has(cli->args, "yes"))
                return mstc_cli_misused(cli, "--dry does nothing and --yes does it: give one of them");
        job.shown = mstc_shown_new(cli->verbose);
        if (job.shown != NULL)
                watch = mstc_shown_watch(job.shown);
        code = mstc_launch(cli, &job.place, &watch);
        if (code == MSTC_END_DONE)
                code = apply_all(&job);
        mstc_shown_free(job.shown);
        mstc_launch_end(&job.place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "yes", .letter = 'y', .help = "do not ask" },
        { .name = "dry", .help = "only tell what would be done, and what not and why" },
        { .name = NULL }
};

const struct mstc_command mstc_command_apply = {
        .name = "apply", .arguments = "FILE", .flags = flags, .least = 1, .most = 1,
        .summary = "carry out a saved plan, exactly that",
        .about =
        "Carries out the plan that `muster plan -o FILE` saved, and nothing else.  The source is\n"
        "read and the sinks are looked at as in a sync; an op is skipped, and listed with the\n"
        "reason, when the record, the object or the result is not what it was when the plan was\n"
        "made.  The guards judge it as ever: what they hold is approved with muster approve and\n"
        "the file applied again.  What follows from the ops (members that can join now) comes\n"
        "with the next sync.  A file that was altered, is older than 24 hours, or is of another\n"
        "store or configuration is refused.\n"
        "Exits with 1 when something was skipped or failed, 3 when a guard holds some of it.",
        .run = run,
};
