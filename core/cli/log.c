/* log.c - `muster log`: what a run had to say. */
#include "build.h"

#include "cli/cli.h"

#include <muster/host.h>

#include "cli/bundle.h"
#include "cli/counts.h"
#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/workplace.h"
#include "engine/event.h"
#include "store/view.h"

static const struct { const char *name; enum mstc_paint paint; } levels[] = {
        { "?", MSTC_PLAIN }, { "error", MSTC_BAD }, { "warning", MSTC_CARE }, { "info", MSTC_PLAIN },
        { "debug", MSTC_FAINT },
};

static void
show_line(struct mstc_listing *list, const struct mstc_view_line *line)
{
        struct mstc_cli *cli = list->cli;
        char code[24] = "";
        size_t level = line->level > 0 && line->level <= MST_LOG_DEBUG ? (size_t)line->level : 0;

        if (line->event != 0)
                snprintf(code, sizeof code, MSTC_CODE_FORMAT, line->event);
        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_number(cli->json, "line", line->line);
                mstc_json_time(cli->json, "at", line->at);
                mstc_json_text(cli->json, "level", levels[level].name);
                if (line->event != 0)
                        mstc_json_text(cli->json, "code", code);
                else
                        mstc_json_null(cli->json, "code");
                mstc_json_text(cli->json, "text", line->text);
                mstc_json_end(cli->json);
                return;
        }
        printf("%s  %s%-7s  %s%s%s%s%s\n", mstc_moment_exact(list->arena, line->at),
               mstc_paint_on(cli->colour, levels[level].paint), levels[level].name,
               mstc_fit(list->arena, line->text, 0), code[0] != '\0' ? " [" : "", code, code[0] != '\0' ? "]" : "",
               mstc_paint_off(cli->colour, levels[level].paint));
}

static int
show_log(struct mstc_cli *cli, struct mstc_store *store, const struct mstc_view_run *run)
{
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = false;

        if (cli->json == NULL)
                printf("Run %lld of %s, %s: %s%s%s\n", (long long)run->id, mstc_fit(cli->arena, run->sync, 0),
                       mstc_run_mode_name(run->mode), run->outcome >= 0 ? mstc_run_outcome_name(run->outcome)
                       : "not ended", run->text != NULL && *run->text != '\0' ? ": " : "",
                       run->text != NULL ? mstc_fit(cli->arena, run->text, 0) : "");
        if (mstc_listing_open(&list, cli, "lines", NULL, 0)) {
                list.most = SIZE_MAX;        /* a log that is cut would hide its end   */
                do {
                        struct mstc_view_line *lines;
                        size_t count = 0;

                        if (mstc_view_log(store, run->id, &after, MSTC_BATCH, list.arena, &lines, &count, &more,
                                          &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++) {
                                if (lines[i].level == MST_LOG_DEBUG && !cli->verbose && cli->json == NULL)
                                        continue;
                                list.shown++;
                                show_line(&list, &lines[i]);
                        }
                } while (mstc_listing_goes_on(&list, more, &err));
        }
        return mstc_listing_close(&list, "It has left no lines.", &err);
}

static int
run(struct mstc_cli *cli)
{
        const char *number = mstc_args_at(cli->args, 0), *file = mstc_args_value(cli->args, "download");
        struct mstc_workplace place = { 0 };
        struct mstc_view_run one;
        struct mst_error err = { 0 };
        int64_t id = 0;
        int code = MSTC_END_CONFIG, rc;

        if (file == NULL && mstc_args_has(cli->args, "force"))
                return mstc_cli_misused(cli, "--force belongs to --download");
        if (number == NULL || mstc_cli_number(cli, "RUN", number, &id))
                code = file != NULL ? mstc_workplace_rules(cli, &place, "lines") : mstc_workplace_store(cli, &place, "lines");
        if (place.store != NULL) {
                rc = mstc_view_run(place.store, id, cli->arena, &one, &err);
                if (rc == MST_OK && (number == NULL || id > 0))
                        code = file != NULL ? mstc_bundle(cli, &place, &one, file, mstc_args_has(cli->args, "force"))
                             : show_log(cli, place.store, &one);
                else if (rc < 0)
                        code = mstc_cli_fail(cli, &err);
                else if (number != NULL)
                        code = mstc_cli_misused(cli, "there is no run %lld (muster history lists them)",
                                                (long long)id);
                else if (cli->json == NULL)
                        puts("Nothing has run yet.");
        }
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "download", .letter = 'd', .takes = "FILE",
          .help = "write all that is known of the run into one file, without secrets (a tar archive)" },
        { .name = "force", .help = "also over a file that is there" },
        { .name = NULL }
};

const struct mstc_command mstc_command_log = {
        .name = "log", .arguments = "[RUN]", .flags = flags, .most = 1,
        .summary = "print the log of a run",
        .about =
        "Prints what the run of that number had to say, the newest when none is given.  With\n"
        "--verbose also what is only of use for finding a mistake in muster or a connector.\n"
        "--download writes one file for whoever is asked for help: the run, its log, every op with\n"
        "its outcome, errors with the services' request ids, and the configuration, all without\n"
        "secrets; it does hold names and other values of people.",
        .example =
        "  muster log 41 --download run-41.tar\n",
        .run = run,
};
