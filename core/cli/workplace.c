/* workplace.c - what a command works on: the configuration, its mistakes, the setup, the
 * store for reading.
 *
 * Started as root, the configuration is read twice: once to learn where the state is
 * and whose, and again as that user, so that what he may read is what counts. */
#include "build.h"

#include "cli/workplace.h"

#include <stdlib.h>
#include <string.h>

#include "cli/excerpt.h"
#include "cli/guise.h"
#include "cli/table.h"
#include "util/report.h"

const char *
mstc_workplace_file(const struct mstc_cli *cli)
{
        const char *file = mstc_args_value(cli->args, "config");

        if (file == NULL)
                file = getenv("MUSTER_CONFIG");
        return file != NULL && *file != '\0' ? file : MST_SYSCONFDIR "/muster/muster.xml";
}

const char *
mstc_place_text(struct mst_arena *arena, const struct mstc_place *place)
{
        const char *file, *text;

        if (place->file == NULL)
                return "";
        file = mstc_fit(arena, place->file, 0);
        if (place->line == 0)
                text = mst_arena_printf(arena, "%s: ", file);
        else if (place->column == 0)
                text = mst_arena_printf(arena, "%s:%u: ", file, place->line);
        else
                text = mst_arena_printf(arena, "%s:%u:%u: ", file, place->line, place->column);
        return text != NULL ? text : "";
}

static void
print_complaint(struct mstc_cli *cli, const struct mstc_complaint *complaint)
{
        bool colour = cli->error_colour;
        enum mstc_paint paint = complaint->warning ? MSTC_CARE : MSTC_BAD;

        fprintf(stderr, "%s%s%s:%s %s\n", mstc_place_text(cli->arena, &complaint->place),
                mstc_paint_on(colour, paint), complaint->warning ? "warning" : "error",
                mstc_paint_off(colour, paint), mstc_fit(cli->arena, complaint->text, 0));
        if (complaint->line != NULL)
                mstc_excerpt(cli->arena, stderr, colour, cli->width, complaint->line, complaint->mark_at, complaint->mark_length);
        if (complaint->remedy != NULL)
                fprintf(stderr, "        %s\n", mstc_fit(cli->arena, complaint->remedy, 0));
}

static void
write_complaint(struct mstc_json *json, const struct mstc_complaint *complaint)
{
        mstc_json_object(json, NULL);
        mstc_json_text(json, "file", complaint->place.file);
        mstc_json_number(json, "line", complaint->place.line);
        mstc_json_number(json, "column", complaint->place.column);
        mstc_json_text(json, "severity", complaint->warning ? "warning" : "error");
        mstc_json_text(json, "text", complaint->text);
        mstc_json_text(json, "remedy", complaint->remedy);
        mstc_json_end(json);
}

void
mstc_report_print(struct mstc_cli *cli, struct mstc_report *report, bool warnings)
{
        fflush(stdout);
        if (cli->json != NULL)
                mstc_json_array(cli->json, "complaints");
        for (size_t i = 0; i < mstc_report_count(report); i++) {
                const struct mstc_complaint *complaint = mstc_report_at(report, i);

                if (complaint->warning && !warnings)
                        continue;
                if (cli->json != NULL)
                        write_complaint(cli->json, complaint);
                else
                        print_complaint(cli, complaint);
        }
        if (cli->json != NULL)
                mstc_json_end(cli->json);
}

int
mstc_workplace_mistakes(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mst_error err = { 0 };
        size_t errors = mstc_report_errors(place->report);

        mstc_report_print(cli, place->report, true);
        if (errors == 0)
                mst_fail_memory(&err, "reading the configuration");
        else
                mst_fail(&err, MST_ECONFIG, "the configuration has %zu mistake%s", errors, errors == 1 ? "" : "s");
        return mstc_cli_fail(cli, &err);
}

static int
read_config(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mst_error err = { 0 };

        mstc_config_free(place->config);
        mstc_report_free(place->report);
        place->config = NULL;
        place->report = mstc_report_new();
        if (place->report == NULL) {
                mst_fail_memory(&err, "reading the configuration");
                return mstc_cli_fail(cli, &err);
        }
        place->config = mstc_config_read(place->file != NULL ? place->file : mstc_workplace_file(cli), place->report);
        return place->config != NULL ? MSTC_END_DONE : mstc_workplace_mistakes(cli, place);
}

int
mstc_workplace_config(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mst_error err = { 0 };
        bool changed;
        int code;

        place->who = mstc_guise_who(cli->arena);
        code = read_config(cli, place);
        if (code != MSTC_END_DONE)
                return code;
        if (mstc_guise_assume(place->config->store_path, &changed, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        return changed ? read_config(cli, place) : MSTC_END_DONE;
}

int
mstc_workplace_setup(struct mstc_cli *cli, struct mstc_workplace *place, bool quiet)
{
        int code = mstc_workplace_config(cli, place);

        if (code != MSTC_END_DONE)
                return code;
        place->setup = mstc_setup_new(place->config, place->report);
        if (place->setup == NULL) {
                place->config = NULL;        /* freed with what was made of it         */
                return mstc_workplace_mistakes(cli, place);
        }
        if (!quiet && mstc_report_count(place->report) > 0)
                mstc_report_print(cli, place->report, true);
        return MSTC_END_DONE;
}

static int
open_store(struct mstc_cli *cli, struct mstc_workplace *place, const char *key)
{
        struct mst_error err = { 0 };

        if (mstc_store_open(place->config->store_path, MSTC_READ, &place->store, &err) == MST_OK)
                return MSTC_END_DONE;
        place->store = NULL;
        if (err.code != MST_ENOTFOUND || key == NULL) {
                mstc_cli_fail(cli, &err);
                return MSTC_END_FAILED;
        }
        if (cli->json != NULL) {
                mstc_json_array(cli->json, key);
                mstc_json_end(cli->json);
        } else
                printf("Nothing has run yet: there is no store %s.\n",
                       mstc_fit(cli->arena, place->config->store_path, 0));
        return MSTC_END_DONE;
}

int
mstc_workplace_store(struct mstc_cli *cli, struct mstc_workplace *place, const char *key)
{
        int code = mstc_workplace_config(cli, place);

        return code == MSTC_END_DONE ? open_store(cli, place, key) : code;
}

int
mstc_workplace_rules(struct mstc_cli *cli, struct mstc_workplace *place, const char *key)
{
        int code = mstc_workplace_setup(cli, place, true);

        return code == MSTC_END_DONE ? open_store(cli, place, key) : code;
}

void
mstc_workplace_close(struct mstc_workplace *place)
{
        mstc_store_close(place->store);
        if (place->setup != NULL)
                mstc_setup_free(place->setup);
        else
                mstc_config_free(place->config);
        mstc_report_free(place->report);
        *place = (struct mstc_workplace){ 0 };
}
