/* rundiff.c - `muster history diff`: what one run did that another did not, person by person, and
 * how many of them by attribute. */
#include "build.h"

#include "cli/rundiff.h"

#include <string.h>

#include "cli/listing.h"
#include "cli/moment.h"
#include "store/rundiff.h"

#define ARROW " \xe2\x86\x92 "
#define MOST_COUNTED 512u                    /* attributes of targets                  */

/* How many people an attribute, or a verb, was other for. */
struct counted { const char *target, *what; uint64_t count; };

struct job {
        struct mstc_cli *cli;
        struct mstc_listing list;
        struct counted counted[MOST_COUNTED]; size_t counted_count;
        uint64_t others;                     /* that there was no room to count        */
        const char *target;                  /* of the op at hand                      */
        bool groups;
};

static void
count(struct job *job, const char *target, const char *what)
{
        target = target != NULL ? target : "?";
        for (size_t i = 0; i < job->counted_count; i++)
                if (strcmp(job->counted[i].target, target) == 0 && strcmp(job->counted[i].what, what) == 0) {
                        job->counted[i].count++;
                        return;
                }
        if (job->counted_count == MOST_COUNTED) {
                job->others++;
                return;
        }
        target = mst_arena_strdup(job->cli->arena, target);
        what = mst_arena_strdup(job->cli->arena, what);
        if (target == NULL || what == NULL)
                job->list.failed = true;
        else
                job->counted[job->counted_count++] = (struct counted){ target, what, 1 };
}

/* ---- one of them ---- */

static const char *
say(struct mst_arena *arena, const struct mst_value *value)
{
        struct mstc_buffer text = { 0 };
        const char *ret;

        if (value == NULL || mst_value_type(value) == MST_NULL)
                return "nothing";
        mstc_value_say(value, &text);
        ret = mstc_fit_end(arena, mstc_buffer_cstr(&text), 160);
        mstc_buffer_done(&text);
        return ret;
}

static bool
show_change(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct job *job = self;
        struct mst_arena *arena = job->list.arena;
        const char *fit = mstc_fit(arena, name, 40), *text;

        if (!job->groups)
                count(job, job->target, name);
        if (job->cli->json != NULL) {
                mstc_json_object(job->cli->json, NULL);
                mstc_json_text(job->cli->json, "attribute", name);
                mstc_json_value(job->cli->json, "before", before);
                mstc_json_value(job->cli->json, "after", after);
                mstc_json_end(job->cli->json);
                return true;
        }
        if (job->list.shown == job->list.most && job->list.rest > 0)
                return true;                 /* counted, but not shown any more        */
        text = before != NULL ? mst_arena_printf(arena, "%s  %s" ARROW "%s", fit, say(arena, before), say(arena, after))
             : mst_arena_printf(arena, "%s  %s", fit, say(arena, after));
        fputs("    ", stdout);
        mstc_wrap(arena, stdout, text != NULL ? text : "?", 4, 6, job->cli->width);
        return true;
}

static void
show_op(struct job *job, const struct mstc_rundiff_op *op, bool shown)
{
        struct mstc_json *json = job->cli->json;
        const char *target = op->target != NULL ? op->target : op->sink != NULL ? op->sink : "?";

        job->target = target;
        if (!job->groups && op->verb != MST_UPDATE)
                count(job, target, mst_arena_printf(job->list.arena, "(%s)", mst_verb_name((enum mst_verb)op->verb)));
        if (json != NULL) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "target", op->target);
                mstc_json_text(json, "sink", op->sink);
                mstc_json_text(json, "verb", mst_verb_name((enum mst_verb)op->verb));
                mstc_json_array(json, "changes");
        } else if (shown)
                printf("  %s: %s\n", mstc_fit(job->list.arena, target, 0), mst_verb_name((enum mst_verb)op->verb));
        if (op->verb != MST_DELETE)
                mstc_record_compare(op->before, op->after, show_change, job);
        if (json != NULL) {
                mstc_json_end(json);
                mstc_json_end(json);
        }
}

static void
show_members(struct job *job, const struct mstc_rundiff_one *one, bool shown)
{
        struct mstc_json *json = job->cli->json;

        if (json != NULL)
                mstc_json_array(json, "memberships");
        for (size_t i = 0; i < one->member_count; i++) {
                const struct mstc_rundiff_member *m = &one->members[i];
                const char *target = m->target != NULL ? m->target : "?";

                count(job, target, m->joined ? "(joins a group)" : "(leaves a group)");
                if (json != NULL) {
                        mstc_json_object(json, NULL);
                        mstc_json_text(json, "group", m->group);
                        mstc_json_text(json, "target", m->target);
                        mstc_json_bool(json, "joined", m->joined);
                        mstc_json_end(json);
                } else if (shown)
                        printf("  %s: %s %s\n", mstc_fit(job->list.arena, target, 0), m->joined ? "joins" : "leaves",
                               mstc_fit(job->list.arena, m->group, 0));
        }
        if (json != NULL)
                mstc_json_end(json);
}

static void
show_one(struct job *job, const struct mstc_rundiff_one *one)
{
        struct mstc_json *json = job->cli->json;
        bool shown = mstc_listing_takes(&job->list);

        job->groups = one->kind == MST_GROUP;
        if (json != NULL) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "kind", job->groups ? "group" : "user");
                mstc_json_text(json, "id", one->id);
                mstc_json_text(json, "title", one->title);
                mstc_json_text(json, "sync", one->sync);
                mstc_json_array(json, "ops");
        } else if (shown)
                mstc_head(job->list.arena, job->cli->colour, job->cli->width, one->title, mst_arena_printf(job->list.arena,
                          " (%s%s)", job->groups ? "group " : "", one->id != NULL ? one->id : "?"));
        for (size_t i = 0; i < one->op_count; i++)
                show_op(job, &one->ops[i], shown);
        if (json != NULL)
                mstc_json_end(json);
        show_members(job, one, shown);
        if (json != NULL)
                mstc_json_end(json);
}

/* ---- the whole ---- */

static void
show_counts(struct job *job)
{
        static const struct mstc_column columns[] = {
                { "TARGET", MSTC_FLEXIBLE, 8 }, { "ATTRIBUTE", MSTC_FLEXIBLE, 12 }, { "PEOPLE", MSTC_RIGHT, 0 },
        };
        struct mstc_json *json = job->cli->json;
        struct mstc_table *table = json == NULL ? mstc_table_new(job->cli->arena, columns, 3) : NULL;
        struct mstc_buffer out = { 0 };

        if (json != NULL)
                mstc_json_array(json, "attributes");
        for (size_t i = 0; i < job->counted_count; i++) {
                const struct counted *one = &job->counted[i];

                if (json != NULL) {
                        mstc_json_object(json, NULL);
                        mstc_json_text(json, "target", one->target);
                        mstc_json_text(json, "attribute", one->what);
                        mstc_json_number(json, "people", (int64_t)one->count);
                        mstc_json_end(json);
                        continue;
                }
                mstc_table_cell(table, one->target);
                mstc_table_cell(table, one->what);
                mstc_table_count(table, one->count);
        }
        if (json != NULL)
                mstc_json_end(json);
        else if (job->counted_count > 0 && mstc_table_render(table, job->cli->width, job->cli->colour, &out))
                printf("\n%s", mstc_buffer_cstr(&out));
        if (json == NULL && job->others > 0)
                printf("and %s changes of other attributes\n", mstc_thousands(job->cli->arena, job->others));
        mstc_buffer_done(&out);
}

static int
head(struct mstc_cli *cli, struct mstc_store *store, int64_t number, const char *key)
{
        struct mstc_view_run run;
        struct mst_error err = { 0 };
        int rc = number > 0 ? mstc_view_run(store, number, cli->arena, &run, &err) : MST_END;

        if (rc == MST_END)
                return mstc_cli_misused(cli, "there is no run %lld (muster history lists them)", (long long)number);
        if (rc < 0)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL)
                mstc_run_json(cli->json, key, &run);
        else
                mstc_wrap(cli->arena, stdout, mst_arena_printf(cli->arena, "%-6s  run %lld of %s, %s, started %s", key,
                          (long long)run.id, run.sync, mstc_run_mode_name(run.mode), mstc_moment_exact(cli->arena, run.started)),
                          0, 8, cli->width);
        return MSTC_END_DONE;
}

int
mstc_history_diff(struct mstc_cli *cli, struct mstc_workplace *place, int64_t first, int64_t second)
{
        struct mstc_rundiff *diff = NULL;
        struct mstc_rundiff_one one;
        struct mst_error err = { 0 };
        struct job *job = mst_arena_alloc(cli->arena, sizeof *job);
        int code = head(cli, place->store, first, "first");

        if (code == MSTC_END_DONE)
                code = head(cli, place->store, second, "second");
        if (code != MSTC_END_DONE)
                return code;
        if (job == NULL)
                mst_fail_memory(&err, "comparing two runs");
        if (job == NULL || mstc_rundiff_open(place->store, first, second, &diff, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        memset(job, 0, sizeof *job);
        job->cli = cli;
        if (mstc_listing_open(&job->list, cli, "changes", NULL, 0))
                while (mstc_rundiff_next(diff, job->list.arena, &one, &err) == MST_OK) {
                        show_one(job, &one);
                        mst_arena_reset(job->list.arena);
                        if (job->list.failed || ferror(stdout))
                                break;
                }
        mstc_rundiff_free(diff);
        code = mstc_listing_close(&job->list, "The second run did nothing that the first did not.", &err);
        if (code == MSTC_END_DONE)
                show_counts(job);
        return code;
}
