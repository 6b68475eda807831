/* approve.c - `muster approve` and `muster reject`: an admin decides about a hold. */
#include "build.h"

#include "cli/cli.h"

#include "cli/caller.h"
#include "cli/launch.h"
#include "cli/table.h"
#include "cli/who.h"

/* The result, in words and as the one row of "holds". */
static int
tell(struct mstc_cli *cli, int64_t hold, const char *decision, uint64_t count)
{
        if (cli->json != NULL) {
                mstc_json_array(cli->json, "holds");
                mstc_json_object(cli->json, NULL);
                mstc_json_number(cli->json, "hold", hold);
                mstc_json_text(cli->json, "decision", decision);
                mstc_json_number(cli->json, "ops", (int64_t)count);
                mstc_json_end(cli->json);
                mstc_json_end(cli->json);
        } else
                printf("Hold %lld: %s %s %s.\n", (long long)hold, mstc_thousands(cli->arena, count),
                       count == 1 ? "op" : "ops", decision);
        return MSTC_END_DONE;
}

/* The ids of --user. */
static int
read_users(struct mstc_cli *cli, struct mstc_workplace *place, struct mstc_choice *choice)
{
        struct mst_error err = { 0 };
        struct mstc_chosen *chosen = NULL;
        const char **users;
        size_t count = 0;
        int code;

        if (!mstc_args_has(cli->args, "user"))
                return MSTC_END_DONE;
        if (mstc_store_open(place->config->store_path, MSTC_READ, &place->store, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        code = mstc_who_chosen(cli, place->store, true, &chosen, &count);
        if (code != MSTC_END_DONE)
                return code;
        users = mst_arena_alloc(cli->arena, (count + 1) * sizeof *users);
        if (users == NULL) {
                mst_fail_memory(&err, "reading --user");
                return mstc_cli_fail(cli, &err);
        }
        for (size_t i = 0; i < count; i++)
                users[i] = chosen[i].id;
        choice->users = users;
        choice->user_count = count;
        mstc_store_close(place->store);
        place->store = NULL;
        return MSTC_END_DONE;
}

/* The service decides. */
static int
ask(struct mstc_call *call, int64_t hold, const struct mstc_choice *choice, uint64_t *ret_count)
{
        int code;

        mstc_wire_number(call->out, "hold", hold);
        if (choice->user_count > 0)
                mst_json_out_texts(call->out, "users", choice->users, choice->user_count);
        if (choice->group != NULL)
                mst_json_out_member(call->out, "group", choice->group);
        if (choice->digest != NULL)
                mst_json_out_member(call->out, "digest", choice->digest);
        if (choice->note != NULL)
                mst_json_out_member(call->out, "note", choice->note);
        mstc_wire_number(call->out, "sample", choice->sample);
        mstc_wire_number(call->out, "expect", choice->expect);
        code = mstc_call_ask(call);
        if (code == MSTC_END_DONE)
                *ret_count = (uint64_t)mst_value_find_int(call->answer, "ops", 0);
        return code;
}

static int
decide(struct mstc_cli *cli, const char *verb, int (*how)(struct mstc_engine *, int64_t, const struct mstc_choice *, uint64_t *,
                                        struct mst_error *), const char *decision)
{
        const char *expect = mstc_args_value(cli->args, "expect"), *sample = mstc_args_value(cli->args, "sample");
        struct mstc_choice choice = { .group = mstc_args_value(cli->args, "only-group"), .expect = -1,
                                      .digest = mstc_args_value(cli->args, "digest"),
                                      .note = mstc_args_value(cli->args, "reason") };
        struct mstc_workplace place = { 0 };
        struct mstc_call call = { .fd = -1 };
        struct mst_error err = { 0 };
        int64_t hold = 0;
        uint64_t count = 0;
        int code;

        if ((expect != NULL && !mstc_cli_number(cli, "--expect", expect, &choice.expect))
            || (sample != NULL && !mstc_cli_number(cli, "--sample", sample, &choice.sample)))
                return MSTC_END_CONFIG;
        if (sample != NULL && choice.sample == 0)
                return mstc_cli_misused(cli, "--sample 0 would decide about nobody");
        if (!mstc_cli_number(cli, "N", mstc_args_at(cli->args, 0), &hold))
                return MSTC_END_CONFIG;
        code = mstc_call_begin(&call, cli, &place, verb);
        if (code == MSTC_END_DONE)
                code = read_users(cli, &place, &choice);
        if (code == MSTC_END_DONE && mstc_call_is_served(&call))
                code = ask(&call, hold, &choice, &count);
        else if (code == MSTC_END_DONE && (code = mstc_launch(cli, &place, NULL)) == MSTC_END_DONE) {
                choice.who = place.who;
                if (how(place.engine, hold, &choice, &count, &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
        }
        if (code == MSTC_END_DONE)
                code = tell(cli, hold, decision, count);
        mstc_call_end(&call);
        mstc_launch_end(&place);
        return code;
}

static int
run_approve(struct mstc_cli *cli)
{
        int code = decide(cli, "approve", mstc_engine_approve, "approved");

        if (code == MSTC_END_DONE && cli->json == NULL)
                puts("The next sync carries that out, if it begins within 24 hours.");
        return code;
}

static int
run_reject(struct mstc_cli *cli)
{
        return decide(cli, "reject", mstc_engine_reject, "rejected");
}

static const struct mstc_flag approve_flags[] = {
        { .name = "user", .takes = "USER", .help = "only the ops of this person", .repeats = true },
        { .name = "only-group", .takes = "GROUP", .help = "only the ops of people who satisfy this group, and its own" },
        { .name = "sample", .takes = "COUNT", .help = "only the ops of so many people" },
        { .name = "expect", .takes = "COUNT", .help = "how many ops you have seen; refused when it is another number "
          "(for a source that shrank: how many records it may have)" },
        { .name = "digest", .takes = "HEX", .help = "the hold's digest when you looked; refused when it keeps back "
          "other ops now" },
        { .name = "reason", .takes = "TEXT", .help = "why, for the history" },
        { .name = NULL }
};

const struct mstc_command mstc_command_approve = {
        .name = "approve", .arguments = "N", .flags = approve_flags, .least = 1, .most = 1,
        .summary = "let through what a guard holds",
        .about =
        "Approves the ops of hold N as `muster holds N` shows them, for 24 hours.  An op that\n"
        "joins the hold later, or changes, is not covered.  The next sync carries them out.\n"
        "With --only-group or --sample a pilot ring goes first.  USER is an id, a UPN, a mail or\n"
        "SINK:OBJECT.",
        .run = run_approve,
};

static const struct mstc_flag reject_flags[] = {
        { .name = "user", .takes = "USER", .help = "only the ops of this person", .repeats = true },
        { .name = "only-group", .takes = "GROUP", .help = "only the ops of people who satisfy this group, and its own" },
        { .name = "expect", .takes = "COUNT", .help = "how many ops you have seen; refused when it is another number" },
        { .name = "digest", .takes = "HEX", .help = "the hold's digest when you looked; refused when it keeps back "
          "other ops now" },
        { .name = "reason", .takes = "TEXT", .help = "why, for the history" },
        { .name = NULL }
};

const struct mstc_command mstc_command_reject = {
        .name = "reject", .arguments = "N", .flags = reject_flags, .least = 1, .most = 1,
        .summary = "drop what a guard holds",
        .about =
        "Decides against the ops of hold N.  They are not planned again as long as exactly the\n"
        "same is wanted; another wanted value, a new reason to leave or `muster retry` ends that.\n"
        "`muster holds --declined` lists what was decided against, by whom and why.",
        .run = run_reject,
};
