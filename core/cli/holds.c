/* holds.c - `muster holds`: what the guards keep back, why, and which way on. */
#include "build.h"

#include "cli/cli.h"

#include "cli/declined.h"
#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/workplace.h"
#include "store/holds.h"
#include "store/view.h"

static const struct mstc_column columns[] = {
        { "HOLD", MSTC_RIGHT, 0 }, { "SYNC", MSTC_FLEXIBLE, 6 }, { "TARGET", MSTC_FLEXIBLE, 8 },
        { "GUARD", MSTC_FLEXIBLE, 8 }, { "OPS", MSTC_RIGHT, 0 }, { "STATE", 0, 0 }, { "REASON", MSTC_WRAPS, 20 },
};

static const char *
state_of(const struct mstc_view_hold *hold)
{
        if (!hold->open)
                return "over";
        return hold->ops > 0 && hold->approved >= hold->ops ? "approved" : hold->approved > 0 ? "partly" : "open";
}

static void
write_hold(struct mstc_json *json, const struct mstc_view_hold *hold, const char *digest)
{
        mstc_json_object(json, NULL);
        mstc_json_number(json, "hold", hold->number);
        mstc_json_number(json, "run", hold->run);
        mstc_json_text(json, "sync", hold->sync);
        mstc_json_text(json, "target", hold->target);
        mstc_json_text(json, "guard", hold->guard);
        mstc_json_text(json, "reason", hold->reason);
        mstc_json_text(json, "state", state_of(hold));
        mstc_json_time(json, "created", hold->created);
        mstc_json_number(json, "ops", hold->ops);
        mstc_json_number(json, "approved", hold->approved);
        if (hold->expect != 0)
                mstc_json_number(json, "expect", hold->expect);
        else
                mstc_json_null(json, "expect");
        mstc_json_time(json, "decided", hold->decided);
        mstc_json_text(json, "decided-by", hold->decided_by);
        mstc_json_text(json, "note", hold->note);
        if (digest != NULL)
                mstc_json_text(json, "digest", digest);
        mstc_json_end(json);
}

static void
show_row(struct mstc_listing *list, const struct mstc_view_hold *hold)
{
        if (list->cli->json != NULL) {
                write_hold(list->cli->json, hold, NULL);
                return;
        }
        mstc_table_printf(list->table, "%lld", (long long)hold->number);
        mstc_table_cell(list->table, hold->sync);
        mstc_table_cell(list->table, hold->target);
        mstc_table_cell(list->table, hold->guard);
        mstc_table_count(list->table, (uint64_t)hold->ops);
        mstc_table_paint(list->table, hold->open ? MSTC_CARE : MSTC_PLAIN, state_of(hold));
        mstc_table_cell(list->table, hold->reason);
}

static int
list_holds(struct mstc_cli *cli, struct mstc_workplace *place)
{
        bool over = mstc_args_has(cli->args, "over"), more = false;
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool any = false;
        int code;

        if (mstc_listing_open(&list, cli, "holds", columns, sizeof columns / sizeof columns[0]))
                do {
                        struct mstc_view_hold *holds;
                        size_t count = 0;

                        if (mstc_view_holds(place->store, over, &after, MSTC_BATCH, list.arena, &holds, &count, &more,
                                            &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++) {
                                any |= holds[i].open;
                                if (mstc_listing_takes(&list))
                                        show_row(&list, &holds[i]);
                        }
                } while (mstc_listing_goes_on(&list, more, &err));
        code = mstc_listing_close(&list, "Nothing is held.", &err);
        if (code == MSTC_END_DONE && any && cli->json == NULL)
                puts("\nmuster holds N shows the ops of one; muster approve N lets them through,\n"
                     "muster reject N drops them.");
        return code;
}

static void
tell_hold(struct mstc_cli *cli, const struct mstc_view_hold *hold)
{
        printf("Hold %lld of %s%s%s: %s\n  %s\n  since %s, run %lld\n", (long long)hold->number,
               mstc_fit(cli->arena, hold->sync != NULL ? hold->sync : "?", 0), hold->target != NULL ? ", target " : "",
               hold->target != NULL ? mstc_fit(cli->arena, hold->target, 0) : "",
               mstc_fit(cli->arena, hold->guard, 0), mstc_fit(cli->arena, hold->reason, 0),
               mstc_moment(cli->arena, hold->created), (long long)hold->run);
        if (hold->decided_by != NULL)
                printf("  decided by %s at %s%s%s\n", mstc_fit(cli->arena, hold->decided_by, 0),
                       mstc_moment(cli->arena, hold->decided), hold->note != NULL ? ": " : "",
                       hold->note != NULL ? mstc_fit(cli->arena, hold->note, 0) : "");
        if (hold->ops > 0)
                printf("  %s op%s, %s approved\n", mstc_thousands(cli->arena, (uint64_t)hold->ops),
                       hold->ops == 1 ? "" : "s", mstc_thousands(cli->arena, (uint64_t)hold->approved));
        putchar('\n');
}

static int
show_one(struct mstc_cli *cli, struct mstc_workplace *place, int64_t number)
{
        struct mstc_view_which which = { .hold = number, .open = true };
        struct mstc_view_hold hold;
        char digest[MSTC_DIGEST];
        struct mst_error err = { 0 };
        int rc = mstc_view_hold(place->store, number, cli->arena, &hold, &err);
        int code;

        if (rc == MST_END)
                return mstc_cli_misused(cli, "there is no hold %lld (muster holds lists them)", (long long)number);
        if (rc < 0 || mstc_hold_digest(place->store, number, digest, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL) {
                mstc_json_array(cli->json, "holds");
                write_hold(cli->json, &hold, digest);
                mstc_json_end(cli->json);
        } else
                tell_hold(cli, &hold);
        code = mstc_list_ops(cli, place->store, &which, "Nothing is held by it any more.");
        if (code == MSTC_END_DONE && cli->json == NULL && hold.open && hold.approved < hold.ops)
                printf("\nmuster approve %lld --expect %lld --digest %s\nlets exactly them through for 24 hours.\n",
                       (long long)number, (long long)(hold.ops - hold.approved), digest);
        else if (code == MSTC_END_DONE && cli->json == NULL && hold.open && hold.ops == 0)
                printf("\nmuster approve %lld --expect COUNT goes on with so many records.\n", (long long)number);
        return code;
}

static int
run(struct mstc_cli *cli)
{
        const char *number = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        int64_t hold = 0;
        int code = MSTC_END_CONFIG;

        if (number == NULL || mstc_cli_number(cli, "N", number, &hold))
                code = mstc_workplace_store(cli, &place, mstc_args_has(cli->args, "declined") ? "declined" : "holds");
        if (place.store != NULL && mstc_args_has(cli->args, "declined"))
                code = mstc_declined_list(cli, place.store);
        else if (place.store != NULL)
                code = number != NULL ? show_one(cli, &place, hold) : list_holds(cli, &place);
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "over", .help = "also those that are over" },
        { .name = "declined", .help = "instead: what was decided against, by whom and why" },
        { .name = "all", .help = "everything, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_holds = {
        .name = "holds", .arguments = "[N]", .flags = flags, .most = 1,
        .summary = "show what the guards keep back",
        .about =
        "Lists the holds: what a guard kept back, and why.  With N: that one, with all its ops,\n"
        "each with the values before and after.  See also: muster approve, muster reject.",
        .run = run,
};
