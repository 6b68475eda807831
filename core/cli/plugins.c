/* plugins.c - `muster plugins`: which connectors there are, and what one can be told. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "cli/table.h"
#include "cli/workplace.h"
#include "host/manual.h"
#include "util/report.h"

static const struct mstc_column columns[] = {
        { "NAME", MSTC_FLEXIBLE, 8 }, { "VERSION", MSTC_FLEXIBLE, 7 }, { "IS A", 0, 0 },
        { "WHAT IT DOES", MSTC_WRAPS, 24 },
};

/* The folders that the configuration adds.  One that cannot be read, or has mistakes,
 * is no reason to hide what there is otherwise. */
static int
open_plugins(struct mstc_cli *cli, struct mstc_workplace *place, struct mstc_plugins **ret,
             struct mst_error *err)
{
        const char *file = mstc_workplace_file(cli);

        if (access(file, R_OK) == 0 || mstc_args_has(cli->args, "config")) {
                place->report = mstc_report_new();
                if (place->report != NULL)
                        place->config = mstc_config_read(file, place->report);
                if (place->config == NULL && cli->json == NULL)
                        fprintf(stderr, "muster: %s has mistakes (muster check tells which); plugin folders "
                                "that it names are not looked into\n", mstc_fit(cli->arena, file, 0));
        }
        return mstc_plugins_new(place->config != NULL ? place->config->plugin_folders : NULL,
                                place->config != NULL ? place->config->plugin_folder_count : 0, ret, err);
}

static const char *
role_of(const struct mst_plugin *plugin)
{
        if (plugin->source != NULL && plugin->sink != NULL)
                return "source, sink";
        return plugin->source != NULL ? "source" : "sink";
}

static void
list_one(struct mstc_cli *cli, struct mstc_table *table, const char *name, const char *file,
         const struct mst_plugin *plugin, const struct mst_error *err)
{
        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "name", name);
                mstc_json_text(cli->json, "file", file);
                mstc_json_bool(cli->json, "good", plugin != NULL);
                if (plugin != NULL) {
                        mstc_json_text(cli->json, "version", plugin->version);
                        mstc_json_bool(cli->json, "source", plugin->source != NULL);
                        mstc_json_bool(cli->json, "sink", plugin->sink != NULL);
                        mstc_json_text(cli->json, "summary", plugin->summary);
                } else
                        mstc_json_text(cli->json, "text", err->text);
                mstc_json_end(cli->json);
                return;
        }
        mstc_table_cell(table, name);
        mstc_table_cell(table, plugin != NULL ? plugin->version : NULL);
        mstc_table_cell(table, plugin != NULL ? role_of(plugin) : NULL);
        if (plugin == NULL)
                mstc_table_paint(table, MSTC_BAD, err->text);
        else if (cli->verbose)
                mstc_table_printf(table, "%s; %s", plugin->summary, file);
        else
                mstc_table_cell(table, plugin->summary);
}

static int
list_all(struct mstc_cli *cli, struct mstc_plugins *plugins)
{
        struct mstc_table *table = mstc_table_new(cli->arena, columns, sizeof columns / sizeof columns[0]);
        struct mstc_buffer out = { 0 };
        size_t count, bad = 0;
        const char *const *names = mstc_plugins_names(plugins, &count);

        if (cli->json != NULL)
                mstc_json_array(cli->json, "plugins");
        for (size_t i = 0; i < count; i++) {
                struct mst_error err = { 0 };
                const struct mst_plugin *plugin = mstc_plugins_get(plugins, names[i], &err);

                bad += plugin == NULL;
                list_one(cli, table, names[i], mstc_plugins_file(plugins, names[i]), plugin, &err);
        }
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        else if (count == 0)
                printf("There are no plugins in %s.\n", MST_PLUGINDIR);
        else if (mstc_table_render(table, cli->width, cli->colour, &out))
                fputs(mstc_buffer_cstr(&out), stdout);
        mstc_buffer_done(&out);
        return bad > 0 ? MSTC_END_SOME_FAILED : MSTC_END_DONE;
}

static int
show_one(struct mstc_cli *cli, struct mstc_plugins *plugins, const char *name)
{
        struct mstc_buffer out = { 0 };
        struct mst_error err = { 0 };
        const struct mst_plugin *plugin = mstc_plugins_get(plugins, name, &err);

        if (plugin == NULL)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL) {
                mstc_plugin_json(plugin, &out);
                mstc_json_array(cli->json, "plugins");
                mstc_json_raw(cli->json, NULL, &out);
                mstc_json_end(cli->json);
                return MSTC_END_DONE;
        }
        mstc_plugin_manual(plugin, &out);
        if (!mstc_buffer_ok(&out))
                mst_fail_memory(&err, "writing the manual of a plugin");
        else
                fputs(mstc_buffer_cstr(&out), stdout);
        mstc_buffer_done(&out);
        return err.code == 0 ? MSTC_END_DONE : mstc_cli_fail(cli, &err);
}

static int
show_grammar(struct mstc_cli *cli, struct mstc_plugins *plugins)
{
        struct mstc_buffer out = { 0 };
        struct mst_error err = { 0 };

        mstc_plugins_rng(plugins, &out);
        if (!mstc_buffer_ok(&out))
                mst_fail_memory(&err, "writing the schema");
        else
                fputs(mstc_buffer_cstr(&out), stdout);
        mstc_buffer_done(&out);
        return err.code == 0 ? MSTC_END_DONE : mstc_cli_fail(cli, &err);
}

static int
run(struct mstc_cli *cli)
{
        const char *name = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        struct mstc_plugins *plugins = NULL;
        struct mst_error err = { 0 };
        bool grammar = mstc_args_has(cli->args, "rng");
        int code;

        if (grammar && (name != NULL || cli->json != NULL))
                return mstc_cli_misused(cli, "--rng goes with neither a plugin's name nor --json");
        if (open_plugins(cli, &place, &plugins, &err) != MST_OK)
                code = mstc_cli_fail(cli, &err);
        else if (grammar)
                code = show_grammar(cli, plugins);
        else
                code = name != NULL ? show_one(cli, plugins, name) : list_all(cli, plugins);
        mstc_plugins_free(plugins);
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "rng", .help = "print the RELAX NG schema of muster.xml with the options of all plugins, for editors" },
        { .name = NULL }
};

const struct mstc_command mstc_command_plugins = {
        .name = "plugins", .arguments = "[NAME]", .flags = flags, .most = 1,
        .summary = "list the connectors, or tell all about one",
        .about =
        "Lists the plugins in the plugin folder, those linked into the program, and those in\n"
        "the folders that the configuration names.  With NAME: that connector's options and\n"
        "attributes, as a manual.  Exits with 1 when a plugin that is there cannot be loaded.",
        .run = run,
};
