/* verify.c - `muster verify`: what the sinks really hold against what they should; and what
 * becomes of it. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/counts.h"
#include "cli/launch.h"
#include "cli/listing.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/who.h"
#include "engine/verify.h"

static const struct mstc_column columns[] = {
        { "TARGET", MSTC_FLEXIBLE, 8 }, { "FOUND", 0, 0 }, { "WHO", MSTC_FLEXIBLE, 12 }, { "ATTRIBUTE", MSTC_FLEXIBLE, 8 },
        { "OURS", MSTC_FLEXIBLE, 8 }, { "THEIRS", MSTC_WRAPS, 16 },
};

struct job {
        struct mstc_cli *cli;
        struct mstc_workplace place;
        struct mstc_shown *shown;
        struct mstc_listing list;
        const char *sync;
        struct mstc_chosen *chosen; size_t chosen_count;
        const char **ids;
        struct mstc_verified *results;
        struct mstc_summary *summaries;
        size_t count;
        size_t rows;                         /* of the batch at hand                   */
};

/* ---- one finding ------------------------------------------------------------------------ */

static const char *
say(struct mst_arena *arena, const struct mst_value *value)
{
        struct mstc_buffer text = { 0 };
        const char *ret;

        if (value == NULL)
                return NULL;
        mstc_value_say(value, &text);
        ret = mst_arena_strdup(arena, mstc_buffer_cstr(&text));
        mstc_buffer_done(&text);
        return ret;
}

static void
write_row(struct job *job, const struct mstc_mismatch *m)
{
        struct mstc_json *json = job->cli->json;

        mstc_json_object(json, NULL);
        mstc_json_text(json, "sync", job->sync);
        mstc_json_text(json, "target", m->target);
        mstc_json_text(json, "sink", m->sink);
        mstc_json_text(json, "found", mstc_mismatch_name(m->what));
        mstc_json_text(json, "kind", m->kind == MST_USER ? "user" : "group");
        mstc_json_text(json, "id", m->id);
        mstc_json_text(json, "title", m->title);
        mstc_json_text(json, "object", m->object);
        mstc_json_text(json, "name", m->name);
        mstc_json_text(json, "attribute", m->attribute);
        mstc_json_value(json, "ours", m->ours);
        mstc_json_value(json, "theirs", m->theirs);
        mstc_json_text(json, "text", m->text);
        mstc_json_bool(json, "accepted", m->accepted);
        mstc_json_bool(json, "mends", m->mends);
        mstc_json_end(json);
}

static void
show_row(struct job *job, const struct mstc_mismatch *m)
{
        struct mstc_listing *list = &job->list;
        bool state = m->what == MSTC_FINDS_DISABLED || m->what == MSTC_FINDS_ENABLED;
        const char *theirs = m->text != NULL ? m->text : m->what == MSTC_FINDS_MISSING ? m->name : say(list->arena, m->theirs);

        mstc_table_cell(list->table, m->target);
        mstc_table_paint(list->table, m->accepted ? MSTC_FAINT : m->mends ? MSTC_CARE : MSTC_PLAIN,
                         mstc_mismatch_name(m->what));
        mstc_table_cell(list->table, m->title != NULL && *m->title != '\0' ? m->title : m->id);
        mstc_table_cell(list->table, state ? NULL : m->attribute);
        mstc_table_cell(list->table, state ? NULL : say(list->arena, m->ours));
        mstc_table_printf(list->table, "%s%s", state || theirs == NULL ? "-" : theirs, m->accepted ? " (accepted)" : "");
}

static void
take(void *self, const struct mstc_mismatch *m)
{
        struct job *job = self;
        struct mst_error none = { 0 };

        if (m->accepted && !mstc_args_has(job->cli->args, "again") && !job->cli->verbose && job->cli->json == NULL)
                return;
        if (m->what == MSTC_FINDS_MEMBER_FOREIGN && !job->cli->verbose && job->cli->json == NULL)
                return;
        if (!mstc_listing_takes(&job->list))
                return;
        if (job->cli->json != NULL)
                write_row(job, m);
        else
                show_row(job, m);
        if (++job->rows < MSTC_BATCH)
                return;
        job->rows = 0;
        mstc_shown_clear(job->shown);
        mstc_listing_goes_on(&job->list, true, &none);
}

/* ---- the result ------------------------------------------------------------------------------ */

static void
write_result(struct job *job, const char *sync, const struct mstc_verified *v, const struct mstc_summary *summary)
{
        struct mstc_json *json = job->cli->json;

        mstc_json_object(json, NULL);
        mstc_json_text(json, "sync", sync);
        mstc_json_bool(json, "whole", v->whole);
        mstc_json_number(json, "different", (int64_t)v->different);
        mstc_json_number(json, "mended", (int64_t)v->mended);
        mstc_json_array(json, "targets");
        for (size_t i = 0; i < v->target_count; i++) {
                const struct mstc_verified_target *t = &v->targets[i];

                mstc_json_object(json, NULL);
                mstc_json_text(json, "name", t->name);
                mstc_json_text(json, "sink", t->sink);
                mstc_json_number(json, "objects", (int64_t)t->objects);
                mstc_json_number(json, "groups", (int64_t)t->groups);
                mstc_json_object(json, "counts");
                for (int n = 0; n < MSTC_FINDS; n++)
                        mstc_json_number(json, mstc_mismatch_name((enum mstc_mismatch_what)n), (int64_t)t->counts[n]);
                mstc_json_end(json);
                mstc_json_number(json, "accepted", (int64_t)t->accepted);
                mstc_json_number(json, "under-way", (int64_t)t->left);
                mstc_json_text(json, "reason", t->reason[0] != '\0' ? t->reason : NULL);
                mstc_json_text(json, "not-shown", t->untold[0] != '\0' ? t->untold : NULL);
                mstc_json_end(json);
        }
        mstc_json_end(json);
        if (summary->run != 0) {
                mstc_json_array(json, "runs");
                mstc_summary_json(job->cli, json, sync, summary);
                mstc_json_end(json);
        }
        mstc_json_end(json);
}

static void
tell_target(struct mstc_cli *cli, const struct mstc_verified_target *t)
{
        struct mstc_buffer line = { 0 };
        bool any = false;

        if (t->reason[0] != '\0')
                mstc_buffer_printf(&line, "could not be looked at: %s", t->reason);
        else
                mstc_buffer_printf(&line, "%s user%s and %s group%s compared", mstc_thousands(cli->arena, t->objects),
                                   t->objects == 1 ? "" : "s", mstc_thousands(cli->arena, t->groups),
                                   t->groups == 1 ? "" : "s");
        for (int n = 0; n < MSTC_FINDS; n++)
                if (t->counts[n] != 0) {
                        mstc_buffer_printf(&line, "%s%s %s", any ? ", " : "; ", mstc_thousands(cli->arena, t->counts[n]),
                                           mstc_mismatch_name((enum mstc_mismatch_what)n));
                        any = true;
                }
        if (t->accepted != 0)
                mstc_buffer_printf(&line, "%s%s accepted", any ? ", " : "; ", mstc_thousands(cli->arena, t->accepted));
        if (t->left != 0)
                mstc_buffer_printf(&line, "; %s left out, as an op is under way there", mstc_thousands(cli->arena, t->left));
        if (t->untold[0] != '\0')
                mstc_buffer_printf(&line, "; not shown by the sink, so not compared: %s", t->untold);
        mstc_head(cli->arena, cli->colour, cli->width, mst_arena_printf(cli->arena, "  %s: ", t->name), mstc_buffer_cstr(&line));
        mstc_buffer_done(&line);
}

static void
tell_result(struct job *job, const char *sync, const struct mstc_verified *v, const struct mstc_summary *summary)
{
        struct mstc_cli *cli = job->cli;
        bool repair = mstc_args_has(cli->args, "repair");

        printf("%s%s: %s\n", job->list.shown > 0 ? "\n" : "", mstc_fit(cli->arena, sync, 0),
               v->different == 0 ? v->whole ? "nothing differs" : "not everything could be looked at"
               : mst_arena_printf(cli->arena, "%s difference%s", mstc_thousands(cli->arena, v->different),
                                  v->different == 1 ? "" : "s"));
        for (size_t i = 0; i < v->target_count; i++)
                tell_target(cli, &v->targets[i]);
        if (mstc_args_has(cli->args, "accept") && v->mended > 0)
                printf("%s accepted: it stays as it is there while we want the same.\n", mstc_thousands(cli->arena, v->mended));
        if (repair && summary->run == 0 && v->different > 0)
                puts("Nothing of it can be put right by a plan.");
        if (summary->run != 0)
                mstc_summary_tell(cli, sync, summary, true);
}

static int
code_of(const struct mstc_verified *v, const struct mstc_summary *summary)
{
        int code = v->different > v->mended ? MSTC_END_SOME_FAILED : MSTC_END_DONE;

        if (!v->whole)
                code = MSTC_END_FAILED;
        return summary->run != 0 ? mstc_graver(code, mstc_outcome_code((int)summary->outcome)) : code;
}

static int
verify_one(struct job *job, struct mstc_sync *sync)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_verified *v = &job->results[job->count];
        struct mstc_summary *summary = &job->summaries[job->count];
        struct mstc_verify_options options = {
                .sink = mstc_args_value(cli->args, "sink"), .target = mstc_args_value(cli->args, "target"),
                .repair = mstc_args_has(cli->args, "repair"), .accept = mstc_args_has(cli->args, "accept"),
                .again = mstc_args_has(cli->args, "again"), .who = job->place.who,
                .note = mstc_args_value(cli->args, "reason"), .found = take, .self = job,
        };
        struct mst_error err = { 0 }, none = { 0 };
        int rc;

        for (size_t i = 0; i < job->chosen_count; i++)
                if (job->chosen[i].sync == NULL || strcmp(job->chosen[i].sync, sync->name) == 0)
                        job->ids[options.user_count++] = job->chosen[i].id;
        options.users = options.user_count != 0 ? job->ids : NULL;
        job->sync = sync->name;
        job->count++;
        if (mstc_args_has(cli->args, "user") && options.user_count == 0)
                return MSTC_END_DONE;
        rc = mstc_engine_verify(job->place.engine, sync, &options, v, summary, &err);
        mstc_shown_clear(job->shown);
        job->rows = 0;
        mstc_listing_goes_on(&job->list, true, &none);
        if (rc != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (cli->json == NULL)
                tell_result(job, sync->name, v, summary);
        return code_of(v, summary);
}

/* ---- the command ------------------------------------------------------------------------------ */

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
        code = mstc_who_chosen(cli, job->place.store, true, &job->chosen, &job->chosen_count);
        mstc_store_close(job->place.store);
        job->place.store = NULL;
        job->ids = mst_arena_alloc(cli->arena, (job->chosen_count + 1) * sizeof *job->ids);
        if (job->ids == NULL && code == MSTC_END_DONE) {
                mst_fail_memory(&err, "reading --user");
                return mstc_cli_fail(cli, &err);
        }
        return code;
}

/* Is there a target, or a sink with one, of that name among the syncs? */
static bool
is_there(struct mstc_sync *const *syncs, size_t count, bool sink, const char *name)
{
        for (size_t s = 0; s < count; s++)
                for (size_t t = 0; t < syncs[s]->target_count; t++)
                        if (strcmp(sink ? syncs[s]->targets[t].sink->config->name : syncs[s]->targets[t].name, name) == 0)
                                return true;
        return false;
}

static int
verify_all(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        const char *sink = mstc_args_value(cli->args, "sink"), *target = mstc_args_value(cli->args, "target");
        struct mstc_sync **syncs;
        struct mst_error none = { 0 };
        size_t count;
        int code = mstc_chosen_syncs(cli, job->place.setup, &syncs, &count), listed;

        if (code == MSTC_END_DONE && sink != NULL && !is_there(syncs, count, true, sink))
                code = mstc_cli_misused(cli, "no target here has the sink '%s'", sink);
        if (code == MSTC_END_DONE && target != NULL && !is_there(syncs, count, false, target))
                code = mstc_cli_misused(cli, "there is no target '%s' here", target);
        if (code == MSTC_END_DONE)
                code = choose_users(job);
        if (code != MSTC_END_DONE)
                return code;
        job->results = mst_arena_alloc(cli->arena, (count + 1) * sizeof *job->results);
        job->summaries = mst_arena_alloc(cli->arena, (count + 1) * sizeof *job->summaries);
        if (!mstc_listing_open(&job->list, cli, "differences", columns, sizeof columns / sizeof columns[0])
            || job->results == NULL || job->summaries == NULL) {
                mst_fail_memory(&none, "verifying");
                return mstc_listing_close(&job->list, NULL, &none);
        }
        for (size_t i = 0; i < count && !cli->told && !mstc_stop_is(job->place.stop); i++)
                code = mstc_graver(code, verify_one(job, syncs[i]));
        listed = mstc_listing_close(&job->list, NULL, &none);
        if (cli->json != NULL) {
                mstc_json_end_all(cli->json);
                mstc_json_array(cli->json, "verified");
                for (size_t i = 0; i < job->count; i++)
                        write_result(job, syncs[i]->name, &job->results[i], &job->summaries[i]);
                mstc_json_end(cli->json);
        }
        for (size_t i = 0; i < job->count; i++) {
                mstc_verified_done(&job->results[i]);
                mstc_summary_done(&job->summaries[i]);
        }
        return mstc_stop_is(job->place.stop) ? MSTC_END_FAILED : mstc_graver(code, listed);
}

static int
run(struct mstc_cli *cli)
{
        struct job job = { .cli = cli, .shown = mstc_shown_new(cli->verbose) };
        struct mstc_watch watch = { 0 };
        int code;

        if (mstc_args_has(cli->args, "repair") && mstc_args_has(cli->args, "accept"))
                code = mstc_cli_misused(cli, "--repair puts right what --accept would let stay: give one of them");
        else if (mstc_args_has(cli->args, "reason") && !mstc_args_has(cli->args, "accept"))
                code = mstc_cli_misused(cli, "--reason says why something is accepted: it goes with --accept");
        else {
                if (job.shown != NULL)
                        watch = mstc_shown_watch(job.shown);
                code = mstc_launch(cli, &job.place, &watch);
                if (code == MSTC_END_DONE)
                        code = verify_all(&job);
        }
        mstc_shown_free(job.shown);
        mstc_launch_end(&job.place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "sink", .takes = "SINK", .help = "only this sink" },
        { .name = "target", .takes = "TARGET", .help = "only this target" },
        { .name = "user", .letter = 'u', .takes = "USER", .help = "only this person: id, UPN, mail or SINK:OBJECT",
          .repeats = true },
        { .name = "repair", .help = "plan what puts it right, let the guards judge it, and carry it out" },
        { .name = "accept", .help = "let values that others gave stay, as long as we want the same" },
        { .name = "reason", .takes = "TEXT", .help = "why it is accepted" },
        { .name = "again", .help = "look also at what was accepted before" },
        { .name = "all", .help = "everything, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_verify = {
        .name = "verify", .arguments = "[NAME]...", .flags = flags, .most = 1000,
        .summary = "compare what the sinks really hold with what they should",
        .about =
        "Reads the sinks of the syncs of those NAMEs (all when none is given) and compares each\n"
        "object of ours with what was last written there: who is missing, which values somebody\n"
        "else changed, who was renamed or disabled by hand, which members a group has lost, and\n"
        "which objects carry our stamp and are tied to nobody (orphans).  The source is not\n"
        "asked, and without --repair nothing is written to any sink.\n\n"
        "--repair makes a plan of it that guards judge like every plan; orphans are tied again\n"
        "where their record has no object, and never deleted.  --accept lets changed values and\n"
        "states stay until another value is wanted or found there.  Foreign members of a group\n"
        "are shown with --verbose and are no difference.\n"
        "Exits with 0 when nothing differs (or all of it was put right or accepted), 1 when\n"
        "something does, 3 when a guard holds something, 4 when a sink could not be looked at.",
        .example = "muster verify staff --sink corporate --repair\nmuster verify --user ada@contoso.example --accept --reason \"her wish\"",
        .run = run,
};
