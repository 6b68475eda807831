/* servicestate.c - what the service says of itself, and what is paused, for `muster status`. */
#include "build.h"

#include "cli/servicestate.h"

#include <stdio.h>

#include "cli/caller.h"
#include "cli/moment.h"
#include "cli/pause.h"
#include "cli/table.h"

#define PATIENCE_MS 5000                     /* the store is shown all the same        */

/* "staff reads: 30 of 500" */
static void
tell_running(struct mstc_cli *cli, const struct mst_value *running)
{
        static const char *const phases[] = { "begins", "reads", "matches", "plans", "judges the plan", "writes", "closes" };
        int64_t phase = mst_value_find_int(running, "phase", 0), total = mst_value_find_int(running, "total", 0),
                done = mst_value_find_int(running, "done", 0);
        const char *what = phase >= 0 && (size_t)phase < sizeof phases / sizeof phases[0] ? phases[phase] : "runs";

        printf("; %s %s", mstc_fit(cli->arena, mst_value_find_text(running, "sync"), 0), what);
        if (done > 0)
                printf(": %s", mstc_thousands(cli->arena, (uint64_t)done));
        if (done > 0 && total > 0)
                printf(" of %s", mstc_thousands(cli->arena, (uint64_t)total));
        printf(".\n");
}

static void
tell_service(struct mstc_cli *cli, const struct mst_value *service)
{
        const struct mst_value *running = mst_value_member(service, "running"), *syncs = mst_value_member(service, "syncs"),
                               *next = NULL;

        printf("\nThe service runs since %s, process %lld", mstc_moment(cli->arena, mst_value_find_int(service, "since", 0)),
               (long long)mst_value_find_int(service, "process", 0));
        if (running != NULL) {
                tell_running(cli, running);
                return;
        }
        for (size_t i = 0; syncs != NULL && i < mst_value_count(syncs); i++) {
                const struct mst_value *sync = mst_value_at(syncs, i);

                if (mst_value_find_int(sync, "due", INT64_MAX) < mst_value_find_int(next, "due", INT64_MAX))
                        next = sync;
        }
        if (next != NULL)
                printf("; %s is due at %s.\n", mstc_fit(cli->arena, mst_value_find_text(next, "name"), 0),
                       mstc_moment_exact(cli->arena, mst_value_find_int(next, "due", 0)));
        else
                puts("; nothing is due.");
}

static void
write_service(struct mstc_json *json, const struct mst_value *service)
{
        const struct mst_value *running = mst_value_member(service, "running"), *syncs = mst_value_member(service, "syncs");

        mstc_json_object(json, "service");
        mstc_json_text(json, "version", mstc_wire_text(service, "version"));
        mstc_json_number(json, "process", mst_value_find_int(service, "process", 0));
        mstc_json_time(json, "since", mst_value_find_int(service, "since", 0));
        mstc_json_text(json, "running", running != NULL ? mstc_wire_text(running, "sync") : NULL);
        mstc_json_array(json, "syncs");
        for (size_t i = 0; syncs != NULL && i < mst_value_count(syncs); i++) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "name", mstc_wire_text(mst_value_at(syncs, i), "name"));
                mstc_json_time(json, "due", mst_value_find_int(mst_value_at(syncs, i), "due", 0));
                mstc_json_end(json);
        }
        mstc_json_end(json);
        mstc_json_end(json);
}

static void
tell_pauses(struct mstc_cli *cli, const struct mstc_pause *pauses, size_t count)
{
        if (cli->json != NULL)
                mstc_json_array(cli->json, "pauses");
        for (size_t i = 0; i < count; i++)
                if (cli->json != NULL) {
                        mstc_json_object(cli->json, NULL);
                        mstc_json_text(cli->json, "sync", pauses[i].sync);
                        mstc_json_time(cli->json, "since", pauses[i].since);
                        mstc_json_time(cli->json, "until", pauses[i].until);
                        mstc_json_text(cli->json, "who", pauses[i].who);
                        mstc_json_text(cli->json, "reason", pauses[i].note);
                        mstc_json_end(cli->json);
                } else
                        printf("%s%s%s %s%s\n", i == 0 ? "\n" : "", mstc_paint_on(cli->colour, MSTC_CARE),
                               pauses[i].sync != NULL ? mst_arena_printf(cli->arena, "%s is", mstc_fit(cli->arena, pauses[i].sync, 0))
                                                      : "All syncs are",
                               mstc_fit(cli->arena, mstc_pause_say(cli->arena, &pauses[i]), 0), mstc_paint_off(cli->colour, MSTC_CARE));
        if (cli->json != NULL)
                mstc_json_end(cli->json);
}

int
mstc_service_state_tell(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mstc_call call = { .fd = -1, .silence_ms = PATIENCE_MS };
        struct mstc_pause *pauses = NULL;
        struct mst_error err = { 0 };
        size_t count = 0;
        int code = mstc_call_join(&call, cli, place, "status");

        if (code != MSTC_END_DONE) {
                mstc_call_end(&call);
                return code;
        }
        if (place->store != NULL && mstc_pauses(place->store, mstc_now_ms(), cli->arena, &pauses, &count, &err) != MST_OK)
                code = mstc_cli_fail(cli, &err);
        else
                tell_pauses(cli, pauses, count);
        if (mstc_call_is_served(&call) && mstc_call_try(&call, &err) == MST_OK && call.answer != NULL) {
                if (cli->json != NULL)
                        write_service(cli->json, call.answer);
                else
                        tell_service(cli, call.answer);
        } else if (mstc_call_is_served(&call))
                fprintf(stderr, "muster: %s\n", mstc_fit(cli->arena, err.text, 0));
        else if (cli->json != NULL)
                mstc_json_null(cli->json, "service");
        mstc_call_end(&call);
        return code;
}
