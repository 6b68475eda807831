/* retry.c - `muster retry`: what waits for its time or for a change is taken up by the next sync. */
#include "build.h"

#include "cli/cli.h"

#include "cli/caller.h"
#include "cli/launch.h"
#include "cli/table.h"
#include "cli/who.h"

static void
tell_one(struct mstc_cli *cli, int64_t count, const char *one, const char *many)
{
        if (count > 0)
                printf("  %s %s\n", mstc_thousands(cli->arena, (uint64_t)count), count == 1 ? one : many);
}

static void
tell(struct mstc_cli *cli, const struct mstc_retried *r)
{
        if (cli->json != NULL) {
                mstc_json_object(cli->json, "retried");
                mstc_json_number(cli->json, "parked", r->parked);
                mstc_json_number(cli->json, "waiting", r->waiting);
                mstc_json_number(cli->json, "declined", r->declined);
                mstc_json_number(cli->json, "members", r->members);
                mstc_json_number(cli->json, "records", r->records);
                mstc_json_end(cli->json);
                return;
        }
        if (r->parked + r->waiting + r->declined + r->members + r->records == 0) {
                puts("Nothing was parked, waiting or declined; the next sync looks again all the same.");
                return;
        }
        puts("The next sync takes up again:");
        tell_one(cli, r->parked, "op that was parked", "ops that were parked");
        tell_one(cli, r->waiting, "op that waited for its time", "ops that waited for their time");
        tell_one(cli, r->declined, "object with something declined", "objects with something declined");
        tell_one(cli, r->members, "member that was refused", "members that were refused");
        tell_one(cli, r->records, "record that could not be read", "records that could not be read");
}

/* The ids of those who are meant; the view of the store is closed again. */
static int
choose(struct mstc_cli *cli, struct mstc_workplace *place, const char ***ret, size_t *ret_count)
{
        size_t count = mstc_args_count(cli->args);
        struct mst_error err = { 0 };
        int code = MSTC_END_DONE;

        *ret = mst_arena_alloc(cli->arena, (count + 1) * sizeof **ret);
        *ret_count = count;
        if (*ret == NULL)
                mst_fail_memory(&err, "reading the people");
        else if (count != 0)
                mstc_store_open(place->config->store_path, MSTC_READ, &place->store, &err);
        if (err.code != MST_OK)
                return mstc_cli_fail(cli, &err);
        for (size_t i = 0; i < count && code == MSTC_END_DONE; i++) {
                struct mstc_view_person *person = NULL;

                code = mstc_who_meant(cli, place->store, mstc_args_at(cli->args, (unsigned)i), &person);
                if (code == MSTC_END_DONE)
                        (*ret)[i] = person->id;
        }
        mstc_store_close(place->store);
        place->store = NULL;
        return code;
}

/* The service does it. */
static int
ask(struct mstc_call *call, const char *const *users, size_t count, const char *sink, bool parked, struct mstc_retried *r)
{
        int code;

        mst_json_out_texts(call->out, "users", users, count);
        if (sink != NULL)
                mst_json_out_member(call->out, "sink", sink);
        mstc_wire_bool(call->out, "parked", parked);
        code = mstc_call_ask(call);
        if (code != MSTC_END_DONE)
                return code;
        r->parked = mst_value_find_int(call->answer, "parked", 0);
        r->waiting = mst_value_find_int(call->answer, "waiting", 0);
        r->declined = mst_value_find_int(call->answer, "declined", 0);
        r->members = mst_value_find_int(call->answer, "members", 0);
        r->records = mst_value_find_int(call->answer, "records", 0);
        return code;
}

static int
run(struct mstc_cli *cli)
{
        const char *sink = mstc_args_value(cli->args, "sink"), **users = NULL;
        bool parked = mstc_args_has(cli->args, "parked");
        struct mstc_workplace place = { 0 };
        struct mstc_retried retried = { 0 };
        struct mstc_call call = { .fd = -1 };
        struct mst_error err = { 0 };
        size_t count = 0;
        int code;

        if (mstc_args_count(cli->args) == 0 && sink == NULL && !parked)
                return mstc_cli_misused(cli, "say what is to be tried again: a USER, --sink or --parked");
        code = mstc_call_begin(&call, cli, &place, "retry");
        if (code == MSTC_END_DONE)
                code = choose(cli, &place, &users, &count);
        if (code == MSTC_END_DONE && mstc_call_is_served(&call))
                code = ask(&call, users, count, sink, parked, &retried);
        else if (code == MSTC_END_DONE && (code = mstc_launch(cli, &place, NULL)) == MSTC_END_DONE) {
                if (mstc_engine_retry(place.engine, users, count, sink, parked, place.who, &retried, &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
        }
        if (code == MSTC_END_DONE)
                tell(cli, &retried);
        mstc_call_end(&call);
        mstc_launch_end(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "sink", .takes = "NAME", .help = "only what waits in this sink; and the sink itself is tried again" },
        { .name = "parked", .help = "only what was parked" },
        { .name = NULL }
};

const struct mstc_command mstc_command_retry = {
        .name = "retry", .arguments = "[USER]...", .flags = flags, .most = 1000,
        .summary = "take up again what waits, is parked or was declined",
        .about =
        "Lets the next sync take up again what would otherwise wait for its time or for a change:\n"
        "ops that were parked or come back later, what was declined, members that a sink refused,\n"
        "records that could not be read.  Of those people, of one sink, or with --parked of all.\n"
        "Guards judge it as ever.  USER is an id, a UPN, a mail or SINK:OBJECT.",
        .run = run,
};
