/* metrics.c - `muster metrics`: how things stand, for machines that watch. */
#include "build.h"

#include "cli/cli.h"
#include "cli/measure.h"
#include "cli/workplace.h"
#include "util/alloc.h"

static int
run(struct mstc_cli *cli)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        const char *file = mstc_args_value(cli->args, "textfile");
        struct mstc_workplace place = { 0 };
        struct mst_error err = { 0 };
        int code;

        if (cli->json != NULL)
                return mstc_cli_misused(cli, "metrics have a form of their own: muster status --json tells how things stand");
        code = mstc_workplace_config(cli, &place);
        if (code == MSTC_END_DONE
            && (file != NULL ? mstc_measure_file(place.config, file, &err)
                             : mstc_measure(place.config, MSTC_OPENMETRICS, &text, &err)) != MST_OK)
                code = mstc_cli_fail(cli, &err);
        if (code == MSTC_END_DONE && file == NULL)
                fwrite(text.bytes, 1, text.length, stdout);
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "textfile", .takes = "FILE", .help = "write it there for node_exporter, whole or not at all" },
        { .name = NULL }
};

const struct mstc_command mstc_command_metrics = {
        .name = "metrics", .arguments = "", .flags = flags,
        .summary = "print how things stand as OpenMetrics",
        .about =
        "Prints what monitoring wants to know: when each sync and target last succeeded, how long\n"
        "changes take from the source to the sink, what became of ops, how many wait, are parked or\n"
        "held, which sinks are in quarantine.  Counters live in the store and survive restarts.\n"
        "--textfile writes the older Prometheus form, which node_exporter reads; <metrics textfile=\"...\"/>\n"
        "in muster.xml does so after each run.  Only reads the store; works during a sync.",
        .example =
        "  muster metrics\n"
        "  muster metrics --textfile /var/lib/node_exporter/muster.prom\n",
        .run = run,
};
