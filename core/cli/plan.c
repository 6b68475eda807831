/* plan.c - `muster plan`: what the next sync would do, op by op, and why.
 *
 * The engine hands over one op after the other and forgets it; here each goes into the
 * groups for people, into the document, and into the file of -o, none of which keeps it in
 * memory. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/counts.h"
#include "cli/launch.h"
#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/opshow.h"
#include "cli/planfile.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/table.h"

struct job {
        struct mstc_cli *cli;
        struct mstc_workplace place;
        struct mstc_shown *shown;
        struct mstc_planfile *file;          /* -o, or NULL                            */
        const char *sync;                    /* the one at hand                        */
        struct mstc_opshow *show;            /* for people, of this sync               */
        struct mstc_summary *summaries;
        size_t count;
};

static void
take_op(void *self, const struct mstc_planned *planned)
{
        struct job *job = self;
        struct mstc_secrets secrets = { job->place.setup };
        struct mstc_shown_op op = {
                .number = planned->number, .hold = planned->hold, .sync = job->sync, .target = planned->target,
                .sink = planned->sink, .verb = (int)planned->verb, .kind = (int)planned->kind, .reason = planned->reason,
                .state = planned->state, .id = planned->id, .title = planned->title,
                .object_name = planned->object_name, .before = planned->before, .after = planned->after,
                .joins = planned->joins, .leaves = planned->leaves, .text = planned->text,
        };

        if (job->file != NULL)
                mstc_planfile_op(job->file, secrets, &op, planned->seal);
        if (job->cli->json != NULL)
                mstc_op_json(job->cli->json, secrets, &op);
        else
                mstc_opshow_add(job->show, &op);
}

static void
tell_plan(struct job *job, const struct mstc_summary *summary)
{
        struct mstc_cli *cli = job->cli;
        enum mstc_paint paint = mstc_outcome_paint((int)summary->outcome);
        uint64_t ops = mstc_opshow_count(job->show);

        printf("%sPlan of %s%s", job->count > 0 ? "\n" : "", mstc_fit(cli->arena, job->sync, 0),
               mstc_args_has(cli->args, "offline") ? " (offline)" : "");
        if (summary->outcome != MSTC_END_DONE)
                printf(": %s%s%s%s%s", mstc_paint_on(cli->colour, paint), mstc_run_outcome_name((int)summary->outcome),
                       mstc_paint_off(cli->colour, paint), summary->text[0] != '\0' ? ": " : "",
                       mstc_fit(cli->arena, summary->text, 0));
        printf("\n%s op%s", ops > 0 ? mstc_thousands(cli->arena, ops) : "no", ops == 1 ? "" : "s");
        if (summary->counts[MSTC_N_READ] > 0)
                printf("; %s", mstc_counts_say(cli->arena, summary->counts, MSTC_N_READ, MSTC_N_BAD));
        putchar('\n');
        for (size_t i = 0; i < summary->target_count; i++)
                if (summary->targets[i].reason != NULL)
                        printf("%s could not be asked: %s\n", mstc_fit(cli->arena, summary->targets[i].name, 0),
                               mstc_fit(cli->arena, summary->targets[i].reason, 0));
}

static int
plan_one(struct job *job, struct mstc_sync *sync)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_summary *summary = &job->summaries[job->count];
        struct mstc_sync_options options = { .plan_only = true, .offline = mstc_args_has(cli->args, "offline"),
                                             .op = take_op, .self = job, .seal = job->file != NULL };
        struct mst_error err = { 0 };

        job->sync = sync->name;
        if (cli->json == NULL) {
                job->show = mstc_opshow_new(cli, (struct mstc_secrets){ job->place.setup }, mstc_patience(cli, 20));
                if (job->show == NULL) {
                        mst_fail_memory(&err, "showing the plan");
                        return mstc_cli_fail(cli, &err);
                }
        }
        if (mstc_engine_sync(job->place.engine, sync, &options, summary, &err) == MST_OK && cli->json == NULL) {
                mstc_shown_clear(job->shown);
                tell_plan(job, summary);
                if (!mstc_opshow_print(job->show))
                        mst_fail(&err, MST_EINTERNAL, "the plan could not be kept in a temporary file; is "
                                 "$TMPDIR or /tmp full?");
        }
        mstc_shown_clear(job->shown);
        mstc_opshow_free(job->show);
        job->show = NULL;
        job->count++;
        return err.code == 0 ? mstc_outcome_code((int)summary->outcome) : mstc_cli_fail(cli, &err);
}

static void
write_summaries(struct mstc_cli *cli, struct mstc_json *json, const struct job *job, struct mstc_sync *const *syncs)
{
        mstc_json_end_all(json);
        mstc_json_array(json, "plans");
        for (size_t i = 0; i < job->count; i++)
                mstc_summary_json(cli, json, syncs[i]->name, &job->summaries[i]);
        mstc_json_end(json);
}

static int
open_save(struct job *job)
{
        const char *file = mstc_args_value(job->cli->args, "output");
        struct mst_error err = { 0 };

        if (file == NULL)
                return MSTC_END_DONE;
        if (mstc_planfile_open(job->place.engine, file, job->place.who, &job->file, &err) == MST_OK)
                return MSTC_END_DONE;
        if (job->file != NULL)
                mstc_planfile_close(job->file, false, &(struct mst_error){ 0 });
        return mstc_cli_fail(job->cli, &err);
}

/* A plan that is not whole is not kept. */
static int
close_save(struct job *job, bool whole)
{
        struct mst_error err = { 0 };
        const char *name = mstc_args_value(job->cli->args, "output");

        if (job->file == NULL)
                return MSTC_END_DONE;
        if (mstc_planfile_close(job->file, whole, &err) != MST_OK)
                return mstc_cli_fail(job->cli, &err);
        if (whole && job->cli->json == NULL)
                printf("\nSaved in %s; muster apply %s carries out exactly that, within 24 hours.\n",
                       mstc_fit(job->cli->arena, name, 0), mstc_fit(job->cli->arena, name, 0));
        return MSTC_END_DONE;
}

static int
plan_all(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_sync **syncs;
        size_t count;
        int code = mstc_chosen_syncs(cli, job->place.setup, &syncs, &count), saved;
        bool whole;

        if (code == MSTC_END_DONE)
                code = open_save(job);
        if (code != MSTC_END_DONE)
                return code;
        job->summaries = mst_arena_alloc(cli->arena, (count + 1) * sizeof *job->summaries);
        if (cli->json != NULL)
                mstc_json_array(cli->json, "ops");
        for (size_t i = 0; job->summaries != NULL && i < count && !cli->told && !mstc_stop_is(job->place.stop);
             i++)
                code = mstc_graver(code, plan_one(job, syncs[i]));
        whole = job->count == count && code != MSTC_END_FAILED && code != MSTC_END_CONFIG;
        if (cli->json != NULL)
                write_summaries(cli, cli->json, job, syncs);
        if (job->file != NULL) {
                write_summaries(cli, mstc_planfile_json(job->file), job, syncs);
                mstc_planfile_configurations(job->file, syncs, count);
        }
        for (size_t i = 0; i < job->count; i++)
                mstc_summary_done(&job->summaries[i]);
        saved = close_save(job, whole);
        if (mstc_stop_is(job->place.stop) && cli->json == NULL)
                fputs("muster: stopped; nothing was changed\n", stderr);
        return mstc_stop_is(job->place.stop) ? MSTC_END_FAILED : mstc_graver(code, saved);
}

static int
run(struct mstc_cli *cli)
{
        struct job job = { .cli = cli, .shown = mstc_shown_new(cli->verbose) };
        struct mstc_watch watch = { 0 };
        int code;

        if (job.shown != NULL)
                watch = mstc_shown_watch(job.shown);
        code = mstc_launch(cli, &job.place, &watch);
        if (code == MSTC_END_DONE)
                code = plan_all(&job);
        mstc_shown_free(job.shown);
        mstc_launch_end(&job.place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "output", .letter = 'o', .takes = "FILE", .help = "save the plan as JSON, all of it, sealed, for muster apply" },
        { .name = "offline", .help = "plan from what was read before; neither source nor sinks are asked" },
        { .name = "all", .help = "every op, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_plan = {
        .name = "plan", .arguments = "[NAME]...", .flags = flags, .most = 1000,
        .summary = "show what the next sync would do",
        .about =
        "Reads the source and looks into the sinks as a sync does, and shows each op that would\n"
        "follow, by target, with the values before and after, what a guard would hold, and why.\n"
        "Nothing is written to any sink, and the next sync plans the same.  Values of attributes\n"
        "that a connector calls secret are never shown.  With --verbose creates show their\n"
        "values one by one.  Exits with 3 when a guard would hold something.",
        .run = run,
};
