/* approve.c - `muster approve` and `muster reject`: an admin decides about a hold. */
#include "build.h"

#include "cli/cli.h"

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

static int
begin(struct mstc_cli *cli, struct mstc_workplace *place, int64_t *hold)
{
        if (!mstc_cli_number(cli, "N", mstc_args_at(cli->args, 0), hold))
                return MSTC_END_CONFIG;
        return mstc_launch(cli, place, NULL);
}

static int
run_approve(struct mstc_cli *cli)
{
        const char *expect_text = mstc_args_value(cli->args, "expect");
        const char *note = mstc_args_value(cli->args, "reason");
        struct mstc_workplace place = { 0 };
        struct mst_error err = { 0 };
        struct mstc_chosen *chosen = NULL;
        const char **users = NULL;
        size_t user_count = 0;
        int64_t hold = 0, expect = -1;
        uint64_t count = 0;
        int code;

        if (expect_text != NULL && !mstc_cli_number(cli, "--expect", expect_text, &expect))
                return MSTC_END_CONFIG;
        code = begin(cli, &place, &hold);
        if (code == MSTC_END_DONE && mstc_args_has(cli->args, "user")) {
                if (mstc_store_open(place.setup->config->store_path, MSTC_READ, &place.store, &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
                else
                        code = mstc_who_chosen(cli, place.store, true, &chosen, &user_count);
                users = mst_arena_alloc(cli->arena, (user_count + 1) * sizeof *users);
                if (users == NULL && code == MSTC_END_DONE) {
                        mst_fail_memory(&err, "reading --user");
                        code = mstc_cli_fail(cli, &err);
                }
                for (size_t i = 0; code == MSTC_END_DONE && i < user_count; i++)
                        users[i] = chosen[i].id;
        }
        if (code == MSTC_END_DONE) {
                if (mstc_engine_approve(place.engine, hold, users, user_count, expect, place.who, note, &count,
                                        &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
                else
                        code = tell(cli, hold, "approved", count);
        }
        if (code == MSTC_END_DONE && cli->json == NULL)
                puts("The next sync carries that out, if it begins within 24 hours.");
        mstc_launch_end(&place);
        return code;
}

static int
run_reject(struct mstc_cli *cli)
{
        struct mstc_workplace place = { 0 };
        struct mst_error err = { 0 };
        int64_t hold = 0;
        uint64_t count = 0;
        int code = begin(cli, &place, &hold);

        if (code == MSTC_END_DONE) {
                if (mstc_engine_reject(place.engine, hold, place.who, mstc_args_value(cli->args, "reason"), &count,
                                       &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
                else
                        code = tell(cli, hold, "rejected", count);
        }
        mstc_launch_end(&place);
        return code;
}

static const struct mstc_flag approve_flags[] = {
        { .name = "user", .takes = "USER", .help = "only the ops of this person", .repeats = true },
        { .name = "expect", .takes = "COUNT", .help = "how many ops you have seen; refused when it is another number "
          "(for a source that shrank: how many records it may have)" },
        { .name = "reason", .takes = "TEXT", .help = "why, for the history" },
        { .name = NULL }
};

const struct mstc_command mstc_command_approve = {
        .name = "approve", .arguments = "N", .flags = approve_flags, .least = 1, .most = 1,
        .summary = "let through what a guard holds",
        .about =
        "Approves the ops of hold N as `muster holds N` shows them, for 24 hours.  An op that\n"
        "joins the hold later, or changes, is not covered.  The next sync carries them out.\n"
        "USER is an id, a UPN, a mail or SINK:OBJECT.",
        .run = run_approve,
};

static const struct mstc_flag reject_flags[] = {
        { .name = "reason", .takes = "TEXT", .help = "why, for the history" },
        { .name = NULL }
};

const struct mstc_command mstc_command_reject = {
        .name = "reject", .arguments = "N", .flags = reject_flags, .least = 1, .most = 1,
        .summary = "drop what a guard holds",
        .about =
        "Decides against the ops of hold N.  They are not planned again as long as exactly the\n"
        "same is wanted; another wanted value or a new reason to leave ends that.",
        .run = run_reject,
};
