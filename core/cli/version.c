/* version.c - which muster this is. */
#include "build.h"

#include "cli/cli.h"

#include <muster/abi.h>

static int
run(struct mstc_cli *cli)
{
        if (cli->json == NULL) {
                puts("muster " PACKAGE_VERSION);
                if (cli->verbose)
                        printf("plugin ABI %d.%d\nplugins in %s\n", MST_ABI_MAJOR, MST_ABI_MINOR, MST_PLUGINDIR);
                return MSTC_END_DONE;
        }
        mstc_json_array(cli->json, "versions");
        mstc_json_object(cli->json, NULL);
        mstc_json_text(cli->json, "name", "muster");
        mstc_json_text(cli->json, "version", PACKAGE_VERSION);
        mstc_json_number(cli->json, "abi-major", MST_ABI_MAJOR);
        mstc_json_number(cli->json, "abi-minor", MST_ABI_MINOR);
        mstc_json_text(cli->json, "plugins", MST_PLUGINDIR);
        mstc_json_end(cli->json);
        mstc_json_end(cli->json);
        return MSTC_END_DONE;
}

const struct mstc_command mstc_command_version = {
        .name = "version", .arguments = "", .plain = true,
        .summary = "print the version",
        .about = "Prints the version.  With --verbose also the plugin ABI and the plugin folder.",
        .run = run,
};
