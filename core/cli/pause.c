/* pause.c - `muster pause` and `muster resume`: nothing of a sync begins for a while. */
#include "build.h"

#include "cli/pause.h"

#include "cli/caller.h"
#include "cli/launch.h"
#include "cli/moment.h"
#include "cli/table.h"
#include "util/date.h"

const char *
mstc_pause_say(struct mst_arena *arena, const struct mstc_pause *pause)
{
        const char *text = mst_arena_printf(arena, "paused since %s%s%s%s%s%s%s", mstc_moment(arena, pause->since),
                                            pause->who != NULL ? " by " : "", pause->who != NULL ? pause->who : "",
                                            pause->until != 0 ? " until " : "",
                                            pause->until != 0 ? mstc_moment(arena, pause->until) : "",
                                            pause->note != NULL ? ": " : "", pause->note != NULL ? pause->note : "");

        return text != NULL ? text : "";
}

int
mstc_pauses_now(const char *store_path, struct mst_arena *arena, struct mstc_pause **ret, size_t *ret_count,
                struct mst_error *err)
{
        struct mstc_store *store = NULL;
        struct mst_error none = { 0 };
        int rc;

        *ret = NULL;
        *ret_count = 0;
        rc = mstc_store_open(store_path, MSTC_READ, &store, &none);
        if (rc != MST_OK)                    /* whoever opens it for writing says what is wrong */
                return MST_OK;
        rc = mstc_pauses(store, mstc_now_ms(), arena, ret, ret_count, err);
        mstc_store_close(store);
        return rc;
}

/* The name among the arguments is one of the configuration, or there is none. */
static int
begin(struct mstc_call *call, struct mstc_cli *cli, struct mstc_workplace *place, const char *verb)
{
        const char *sync = mstc_args_at(cli->args, 0);
        int code = mstc_call_begin(call, cli, place, verb);

        if (code == MSTC_END_DONE && sync != NULL && !mstc_config_has_sync(place->config, sync))
                return mstc_unknown_sync(cli, place->config, sync);
        if (code == MSTC_END_DONE && sync != NULL)
                mst_json_out_member(call->out, "sync", sync);
        return code;
}

/* ---- pause ---------------------------------------------------------------------------------- */

static void
tell_paused(struct mstc_cli *cli, const struct mstc_pause *pause, const char *running)
{
        const char *name = pause->sync != NULL ? mstc_fit(cli->arena, pause->sync, 0) : NULL;

        if (cli->json != NULL) {
                mstc_json_object(cli->json, "paused");
                mstc_json_text(cli->json, "sync", pause->sync);
                mstc_json_time(cli->json, "until", pause->until);
                mstc_json_text(cli->json, "running", running);
                mstc_json_end(cli->json);
                return;
        }
        printf("%s until %s.\n", name != NULL ? mst_arena_printf(cli->arena, "%s is paused", name) : "All syncs are paused",
               pause->until != 0 ? mstc_moment(cli->arena, pause->until) : "muster resume");
        if (running != NULL)
                printf("A run of %s is under way and goes on to its end.\n", mstc_fit(cli->arena, running, 0));
}

static int
pause_now(struct mstc_cli *cli, struct mstc_workplace *place, struct mstc_call *call, struct mstc_pause *pause)
{
        struct mst_error err = { 0 };
        int code;

        if (mstc_call_is_served(call)) {
                mstc_wire_number(call->out, "until", pause->until);
                if (pause->note != NULL)
                        mst_json_out_member(call->out, "note", pause->note);
                code = mstc_call_ask(call);
        } else {
                code = mstc_launch(cli, place, NULL);
                pause->who = place->who;
                if (code == MSTC_END_DONE && mstc_engine_pause(place->engine, pause, &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
        }
        return code;
}

static int
run_pause(struct mstc_cli *cli)
{
        const char *lasts = mstc_args_value(cli->args, "for");
        struct mstc_pause pause = { .sync = mstc_args_at(cli->args, 0), .since = mstc_now_ms(),
                                    .note = mstc_args_value(cli->args, "reason") };
        struct mstc_workplace place = { 0 };
        struct mstc_call call = { .fd = -1 };
        struct mst_error err = { 0 };
        int64_t ms = 0;
        int code;

        if (lasts != NULL && mstc_duration_parse(lasts, &ms, &err) != MST_OK)
                return mstc_cli_misused(cli, "--for: %s", err.text);
        if (lasts != NULL && (ms <= 0 || ms > INT64_C(3660) * 86400000))
                return mstc_cli_misused(cli, "--for %s: a pause lasts a moment at least and ten years at most", lasts);
        pause.until = lasts != NULL ? pause.since + ms : 0;
        code = begin(&call, cli, &place, "pause");
        if (code == MSTC_END_DONE)
                code = pause_now(cli, &place, &call, &pause);
        if (code == MSTC_END_DONE)
                tell_paused(cli, &pause, mstc_wire_text(call.answer, "running"));
        mstc_call_end(&call);
        mstc_launch_end(&place);
        return code;
}

static const struct mstc_flag pause_flags[] = {
        { .name = "for", .takes = "TIME", .help = "how long: 30m, 2h, 1d; without, until muster resume" },
        { .name = "reason", .takes = "TEXT", .help = "why, for whoever looks at muster status" },
        { .name = NULL }
};

const struct mstc_command mstc_command_pause = {
        .name = "pause", .arguments = "[SYNC]", .flags = pause_flags, .most = 1,
        .summary = "let no run of a sync begin for a while",
        .about =
        "Holds back SYNC, or all of them: neither the service nor `muster sync` begins a run of it,\n"
        "unless that is given --force.  A run that is under way goes on to its end (stop the service,\n"
        "or interrupt the command, to end that, too).  Nothing is lost meanwhile: the next run reads\n"
        "what has changed.  The pause is kept with the state, so it outlives a restart, and muster\n"
        "status shows who asked for it and why.",
        .example =
        "  muster pause\n"
        "  muster pause staff --for 2h --reason 'mail domain is moved'\n",
        .run = run_pause,
};

/* ---- resume --------------------------------------------------------------------------------- */

/* Of all is paused and this one is to go on: that would not be so. */
static int
check_resume(struct mstc_cli *cli, const struct mstc_workplace *place, const char *sync)
{
        struct mst_error err = { 0 };
        struct mstc_pause *pauses;
        size_t count;

        if (sync == NULL)
                return MSTC_END_DONE;
        if (mstc_pauses_now(place->config->store_path, cli->arena, &pauses, &count, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (count == 0 || pauses[0].sync != NULL)
                return MSTC_END_DONE;
        mst_fail(&err, MST_EREFUSED, "all syncs are %s; muster resume, without a name, ends that",
                 mstc_pause_say(cli->arena, &pauses[0]));
        return mstc_cli_fail(cli, &err);
}

static int
run_resume(struct mstc_cli *cli)
{
        const char *sync = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        struct mstc_call call = { .fd = -1 };
        struct mst_error err = { 0 };
        int64_t ended = 0;
        int code = begin(&call, cli, &place, "resume");

        if (code == MSTC_END_DONE)
                code = check_resume(cli, &place, sync);
        if (code == MSTC_END_DONE && mstc_call_is_served(&call)) {
                code = mstc_call_ask(&call);
                ended = mst_value_find_int(call.answer, "ended", 0);
        } else if (code == MSTC_END_DONE && (code = mstc_launch(cli, &place, NULL)) == MSTC_END_DONE
                   && mstc_engine_resume(place.engine, sync, &ended, &err) != MST_OK)
                code = mstc_cli_fail(cli, &err);
        if (code == MSTC_END_DONE && cli->json != NULL)
                mstc_json_number(cli->json, "ended", ended);
        else if (code == MSTC_END_DONE && ended == 0)
                printf("%s not paused.\n", sync != NULL ? mst_arena_printf(cli->arena, "%s was", mstc_fit(cli->arena, sync, 0))
                                                        : "Syncs were");
        else if (code == MSTC_END_DONE)
                printf("%s again when due.\n", sync != NULL ? mst_arena_printf(cli->arena, "%s runs", mstc_fit(cli->arena, sync, 0))
                                                            : "All syncs run");
        mstc_call_end(&call);
        mstc_launch_end(&place);
        return code;
}

const struct mstc_command mstc_command_resume = {
        .name = "resume", .arguments = "[SYNC]", .most = 1,
        .summary = "end a pause",
        .about =
        "Ends the pause of SYNC; without a name all pauses.  What became due meanwhile is run at\n"
        "once, and once only.",
        .run = run_resume,
};
