/* run.c - `muster run`: the service's command line. */
#include "build.h"

#include "cli/service.h"

static int
run(struct mstc_cli *cli)
{
        if (cli->json != NULL)
                return mstc_cli_misused(cli, "the service writes no document: muster status --json tells how things stand");
        return mstc_service(cli);
}

static const struct mstc_flag flags[] = {
        { .name = "log-level", .takes = "LEVELS", .help = "error, warning, info or debug, or of components: "
          "info,engine=debug,http=warning" },
        { .name = "log-form", .takes = "FORM", .help = "auto, text, json or journald" },
        { .name = NULL }
};

const struct mstc_command mstc_command_run = {
        .name = "run", .arguments = "[NAME]...", .flags = flags, .most = 1000,
        .summary = "the service: run each sync when its schedule says so",
        .about =
        "Runs the syncs of those NAMEs that have a <schedule>, all when none is given, until it\n"
        "is stopped (SIGTERM, Ctrl-C), which ends it in good order within two seconds.  An op that\n"
        "comes back later and a moment that changes who is in a group are not missed between two\n"
        "reads.  Between runs other commands may work with the store; while one of them does, a\n"
        "sync that is due waits.  SIGHUP reads the configuration anew; where that has mistakes they\n"
        "are told and the old one stays.\n"
        "\n"
        "It stays in the foreground and writes to stderr, as service managers want it: see\n"
        "muster(8) for the units of systemd.",
        .example =
        "  muster run\n"
        "  systemctl enable --now muster\n",
        .run = run,
};
