/* reset.c - `muster reset`: forget where the source was read up to. */
#include "build.h"

#include "cli/cli.h"

#include "cli/launch.h"
#include "cli/table.h"

static int
run(struct mstc_cli *cli)
{
        const char *sync = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        struct mst_error err = { 0 };
        int code = mstc_launch(cli, &place, NULL);

        if (code == MSTC_END_DONE && mstc_setup_sync(place.setup, sync) == NULL)
                code = mstc_unknown_sync(cli, place.setup, sync);
        if (code == MSTC_END_DONE && mstc_engine_reset(place.engine, sync, &err) != MST_OK)
                code = mstc_cli_fail(cli, &err);
        if (code == MSTC_END_DONE && cli->json != NULL) {
                mstc_json_array(cli->json, "syncs");
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "name", sync);
                mstc_json_bool(cli->json, "reset", true);
                mstc_json_end(cli->json);
                mstc_json_end(cli->json);
        } else if (code == MSTC_END_DONE)
                printf("The next run of %s reads everything anew; unchanged records cost nothing more.\n",
                       mstc_fit(cli->arena, sync, 0));
        mstc_launch_end(&place);
        return code;
}

const struct mstc_command mstc_command_reset = {
        .name = "reset", .arguments = "SYNC", .least = 1, .most = 1,
        .summary = "make the next run of a sync read everything anew",
        .about =
        "Forgets the source's cursor of SYNC.  The next run starts a new generation: everything\n"
        "is read again, what has not changed costs nothing more, and what is not there any more\n"
        "is confirmed with the source and goes through the same guards as ever.",
        .run = run,
};
