/* check.c - `muster check`: every mistake of the configuration at once. */
#include "build.h"

#include "cli/cli.h"

#include "cli/probe.h"
#include "cli/table.h"
#include "cli/workplace.h"
#include "engine/headcount.h"
#include "engine/strangers.h"
#include "util/report.h"

static void
tell_good(struct mstc_cli *cli, const struct mstc_workplace *place)
{
        const struct mstc_config *config = place->setup->config;
        size_t warnings = mstc_report_count(place->report), targets = 0, groups = 0;
        char tail[32] = "";

        for (size_t i = 0; i < config->sync_count; i++) {
                targets += config->syncs[i].target_count;
                groups += config->syncs[i].group_count + config->syncs[i].family_count;
        }
        if (warnings > 0)
                snprintf(tail, sizeof tail, ", %zu warning%s", warnings, warnings == 1 ? "" : "s");
        printf("%s: %zu sync%s, %zu target%s, %zu group rule%s: %sno mistakes%s%s\n",
               mstc_fit(cli->arena, config->file, 0), config->sync_count, config->sync_count == 1 ? "" : "s",
               targets, targets == 1 ? "" : "s", groups, groups == 1 ? "" : "s",
               mstc_paint_on(cli->colour, MSTC_GOOD), mstc_paint_off(cli->colour, MSTC_GOOD), tail);
}

/* Where there is a mirror that we may read; a configuration can be right without one. */
static int
count_heads(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mst_error err = { 0 }, none = { 0 };

        if (mstc_store_open(place->setup->config->store_path, MSTC_READ, &place->store, &none) != MST_OK) {
                place->store = NULL;
                return MSTC_END_DONE;
        }
        if (mstc_headcount(place->store, place->setup, place->report, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        for (size_t i = 0; i < place->setup->sync_count; i++)
                if (mstc_strangers_report(place->store, place->setup->syncs[i].config, place->report, &err) != MST_OK)
                        return mstc_cli_fail(cli, &err);
        return MSTC_END_DONE;
}

/* Guards that are as good as off. */
static void
tell_wide(const struct mstc_config *config, struct mstc_report *report)
{
        for (size_t i = 0; i < config->sync_count; i++)
                for (size_t k = 0; k < config->syncs[i].target_count; k++) {
                        const struct mstc_config_target *target = &config->syncs[i].targets[k];

                        for (size_t n = 0; n < target->limit_count; n++)
                                if (target->limits[n].wide && target->limits[n].until_ms > mstc_now_ms())
                                        mstc_report_warning(report, target->limits[n].place, "narrow it as soon as that is over",
                                                            "the guard of %s is as good as off until %s: %s", target->limits[n].of,
                                                            target->limits[n].until, target->limits[n].reason);
                }
}

int
mstc_check_file(struct mstc_cli *cli, const char *file, bool online)
{
        struct mstc_workplace place = { .file = file };
        int code = mstc_workplace_setup(cli, &place, true);

        if (code == MSTC_END_DONE && !mstc_setup_try(place.setup, place.report))
                code = mstc_workplace_mistakes(cli, &place);
        else if (code == MSTC_END_DONE && (code = count_heads(cli, &place)) == MSTC_END_DONE) {
                tell_wide(place.setup->config, place.report);
                mstc_report_print(cli, place.report, true);
                if (online)
                        code = mstc_probe_all(cli, &place, tell_good);
                else if (cli->json == NULL)
                        tell_good(cli, &place);
        }
        mstc_workplace_close(&place);
        return code;
}

static int
run(struct mstc_cli *cli)
{
        return mstc_check_file(cli, NULL, mstc_args_has(cli->args, "online"));
}

static const struct mstc_flag flags[] = {
        { .name = "online", .help = "also connect to every source and sink and ask it what it can do" },
        { .name = NULL }
};

const struct mstc_command mstc_command_check = {
        .name = "check", .arguments = "", .flags = flags,
        .summary = "look for mistakes in the configuration",
        .about =
        "Reads the configuration, loads the plugins it names, compiles its rules and maps,\n"
        "and tells every mistake with file, line, column and what to do about it.  Where people\n"
        "were read before, negative tests are counted that hold for many of them only because they\n"
        "have no such value, and names in <include> and <exclude> that nobody has are told.  Nothing\n"
        "is changed, and nobody is asked unless --online is given.  Exits with 2 when there\n"
        "are mistakes, also those that only a server can show (--online), with 4 when a connector\n"
        "could not be reached or refused us.",
        .run = run,
};
