/* test.c - `muster test`: cases that admins keep beside their configuration. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/excerpt.h"
#include "cli/table.h"
#include "cli/workplace.h"
#include "engine/cases.h"
#include "rules/expr.h"
#include "util/alloc.h"
#include "util/report.h"

static const struct mstc_column columns[] = {
        { "CASE", MSTC_FLEXIBLE, 6 }, { "TEXT", MSTC_WRAPS, 16 }, { "EXPECTED", MSTC_WRAPS, 10 }, { "GOT", MSTC_WRAPS, 10 },
};

#define LONGEST 320                           /* columns of a text in the table         */

struct tally { size_t passed, failed; };

static void
show(struct mstc_cli *cli, struct mstc_table *table, const struct mstc_case *one)
{
        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "kind", mstc_case_kind_name(one->kind));
                mstc_json_text(cli->json, "id", one->id);
                mstc_json_bool(cli->json, "passed", one->passed);
                mstc_json_text(cli->json, "text", one->text);
                if (one->note != NULL)
                        mstc_json_text(cli->json, "note", one->note);
                if (!one->passed) {
                        mstc_json_text(cli->json, "expected", one->expected);
                        mstc_json_text(cli->json, "got", one->got);
                }
                mstc_json_end(cli->json);
                return;
        }
        if (one->passed && !cli->verbose)
                return;
        mstc_table_paint(table, one->passed ? MSTC_GOOD : MSTC_BAD, one->id);
        mstc_table_cell(table, mstc_fit(cli->arena, one->text, LONGEST));
        mstc_table_cell(table, one->passed ? "as expected" : mstc_fit(cli->arena, one->expected, LONGEST));
        mstc_table_cell(table, one->got != NULL ? mstc_fit(cli->arena, one->got, LONGEST) : NULL);
}

/* Below the table: where in its text a case was refused that should not have been. */
static void
show_refused(struct mstc_cli *cli, const struct mstc_case *one)
{
        size_t from = one->refused->offset, to = from, length = strlen(one->text);

        while (from > 0 && one->text[from - 1] != '\n')
                from--;
        while (to < length && one->text[to] != '\n')
                to++;
        mstc_head(cli->arena, cli->colour, cli->width, one->id,
                  mst_arena_printf(cli->arena, ": %s", one->refused->text));
        mstc_excerpt(cli->arena, stdout, cli->colour, cli->width, mst_arena_strndup(cli->arena, one->text + from, to - from),
                     one->refused->offset - from, one->refused->length < to - one->refused->offset ? one->refused->length
                                                                                                : to - one->refused->offset);
        if (one->refused->remedy != NULL)
                printf("        %s\n", mstc_fit(cli->arena, one->refused->remedy, 0));
}

static int
run_all(struct mstc_cli *cli, struct mstc_cases *cases, struct tally *tally)
{
        struct mstc_table *table = mstc_table_new(cli->arena, columns, sizeof columns / sizeof columns[0]);
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer out = { 0 };
        struct mst_error err = { 0 };
        struct mstc_case refused[10];        /* the first of them are told at length   */
        size_t refused_count = 0;
        bool memory = table == NULL;

        if (cli->json != NULL)
                mstc_json_array(cli->json, "cases");
        for (size_t i = 0; i < mstc_cases_count(cases) && !memory; i++) {
                struct mstc_case one;

                memory = !mstc_cases_run(cases, i, &one);
                if (memory)
                        break;
                tally->passed += one.passed;
                tally->failed += !one.passed;
                if (!one.passed && one.refused != NULL && refused_count < sizeof refused / sizeof refused[0])
                        refused[refused_count++] = one;
                show(cli, table, &one);
        }
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        else if (!memory && mstc_table_rows(table) > 0) {
                memory = !mstc_table_render(table, cli->width, cli->colour, &out);
                fputs(mstc_buffer_cstr(&out), stdout);
                for (size_t i = 0; i < refused_count; i++)
                        show_refused(cli, &refused[i]);
        }
        if (!memory)
                return MSTC_END_DONE;
        mst_fail_memory(&err, "running the cases");
        return mstc_cli_fail(cli, &err);
}

static int
test_file(struct mstc_cli *cli, const char *path, const struct mstc_sync *sync, struct tally *tally)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_cases *cases = report != NULL ? mstc_cases_read(path, sync, report) : NULL;
        struct mst_error err = { 0 };
        size_t mistakes;
        int code;

        if (cases != NULL) {
                code = run_all(cli, cases, tally);
        } else {
                mistakes = report != NULL ? mstc_report_errors(report) : 0;
                if (report != NULL)
                        mstc_report_print(cli, report, true);
                if (mistakes > 0)
                        mst_fail(&err, MST_ECONFIG, "%s has %zu mistake%s: no case was run", path, mistakes,
                                 mistakes == 1 ? "" : "s");
                else
                        mst_fail_memory(&err, "reading the cases");
                code = mstc_cli_fail(cli, &err);
        }
        mstc_cases_free(cases);
        mstc_report_free(report);
        return code;
}

static int
run(struct mstc_cli *cli)
{
        const char *name = mstc_args_value(cli->args, "sync"), *path = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        const struct mstc_sync *sync = NULL;
        struct tally tally = { 0 };
        int code = MSTC_END_DONE;

        if (name != NULL)
                code = mstc_workplace_setup(cli, &place, true);
        if (code == MSTC_END_DONE && name != NULL && (sync = mstc_setup_sync(place.setup, name)) == NULL)
                code = mstc_cli_misused(cli, "there is no sync '%s' in %s", name, mstc_workplace_file(cli));
        if (code == MSTC_END_DONE)
                code = test_file(cli, path, sync, &tally);
        if (code == MSTC_END_DONE && cli->json != NULL) {
                mstc_json_number(cli->json, "passed", (int64_t)tally.passed);
                mstc_json_number(cli->json, "failed", (int64_t)tally.failed);
        } else if (code == MSTC_END_DONE)
                printf("%s: %zu as expected, %s%zu different%s\n", mstc_fit(cli->arena, path, 0), tally.passed,
                       mstc_paint_on(cli->colour, tally.failed > 0 ? MSTC_BAD : MSTC_PLAIN), tally.failed,
                       mstc_paint_off(cli->colour, tally.failed > 0 ? MSTC_BAD : MSTC_PLAIN));
        mstc_workplace_close(&place);
        return code == MSTC_END_DONE && tally.failed > 0 ? MSTC_END_SOME_FAILED : code;
}

static const struct mstc_flag flags[] = {
        { .name = "sync", .takes = "NAME", .help = "with that sync's groups and its source's attributes" },
        { .name = NULL }
};

const struct mstc_command mstc_command_test = {
        .name = "test", .arguments = "FILE", .flags = flags, .least = 1, .most = 1,
        .summary = "run a file of rule cases",
        .about =
        "Runs each case of FILE (JSON: people, and what rules, maps and scoping filters must\n"
        "give for them) and lists those that differ; with --verbose all.  muster-rules(7)\n"
        "tells the format.  With --sync a case may name a group of the configuration instead\n"
        "of a rule.  Nobody is asked and nothing is changed.  Exits with 1 when a case differs\n"
        "and with 2 when the file is not right.",
        .example =
        "  muster test --sync staff rules.json\n",
        .run = run,
};
