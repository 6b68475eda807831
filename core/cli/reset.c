/* reset.c - `muster reset`: forget where the source was read up to; with --forget, drop all
 * that the store knows of a sync or target. */
#include "build.h"

#include "cli/cli.h"

#include "cli/caller.h"
#include "cli/launch.h"
#include "cli/table.h"

static void
tell(struct mstc_cli *cli, const char *name, bool forgotten)
{
        if (cli->json != NULL) {
                mstc_json_array(cli->json, "syncs");
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "name", name);
                mstc_json_bool(cli->json, "reset", !forgotten);
                mstc_json_bool(cli->json, "forgotten", forgotten);
                mstc_json_end(cli->json);
                mstc_json_end(cli->json);
        } else if (forgotten) {
                printf("%s is forgotten.  Nothing was done at a sink: if it is in the configuration, the\n"
                       "next run looks for its objects there and finds ours by their stamps.\n",
                       mstc_fit(cli->arena, name, 0));
        } else {
                printf("The next run of %s reads everything anew; unchanged records cost nothing more.\n",
                       mstc_fit(cli->arena, name, 0));
        }
}

static int
run(struct mstc_cli *cli)
{
        const char *sync = mstc_args_at(cli->args, 0), *forget = mstc_args_value(cli->args, "forget");
        struct mstc_workplace place = { 0 };
        struct mstc_call call = { .fd = -1 };
        struct mst_error err = { 0 };
        int code;

        if ((sync == NULL) == (forget == NULL)) {
                mst_fail(&err, MST_ECONFIG, "reset takes the name of a sync, or --forget and the name of what is "
                         "to be forgotten");
                return mstc_cli_fail(cli, &err);
        }
        code = mstc_call_begin(&call, cli, &place, "reset");
        if (code == MSTC_END_DONE && sync != NULL && !mstc_config_has_sync(place.config, sync))
                code = mstc_unknown_sync(cli, place.config, sync);
        if (code == MSTC_END_DONE && mstc_call_is_served(&call)) {
                mst_json_out_member(call.out, sync != NULL ? "sync" : "forget", sync != NULL ? sync : forget);
                code = mstc_call_ask(&call);
        } else if (code == MSTC_END_DONE)
                code = mstc_launch(cli, &place, NULL);
        if (code == MSTC_END_DONE && !mstc_call_is_served(&call)
            && (forget != NULL ? mstc_engine_forget(place.engine, forget, &err)
                               : mstc_engine_reset(place.engine, sync, &err)) != MST_OK)
                code = mstc_cli_fail(cli, &err);
        if (code == MSTC_END_DONE)
                tell(cli, forget != NULL ? forget : sync, forget != NULL);
        mstc_call_end(&call);
        mstc_launch_end(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { "forget", 0, "NAME", "drop what the store knows of a target or a sync instead", false },
        { NULL, 0, NULL, NULL, false },
};

const struct mstc_command mstc_command_reset = {
        .name = "reset", .arguments = "[SYNC]", .least = 0, .most = 1,
        .summary = "make the next run of a sync read everything anew",
        .about =
        "Forgets the source's cursor of SYNC.  The next run starts a new generation: everything\n"
        "is read again, what has not changed costs nothing more, and what is not there any more\n"
        "is confirmed with the source and goes through the same guards as ever.\n"
        "\n"
        "With --forget all that the store knows of a target, or of a sync with its targets, is\n"
        "dropped: links, open ops, holds.  Nothing is done at a sink.  That is for a target that\n"
        "was taken out of the configuration, or one that shall start anew at another system.",
        .flags = flags,
        .run = run,
};
