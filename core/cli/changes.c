/* changes.c - `muster changes`: what has become different since some time: at the source, and
 * because of it in the sinks. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/when.h"
#include "cli/workplace.h"
#include "store/entries.h"
#include "store/view.h"

static const struct mstc_column columns[] = {
        { "WHEN", 0, 0 }, { "SOURCE SAYS", 0, 0 }, { "NAME", MSTC_FLEXIBLE, 10 }, { "SYNC", MSTC_FLEXIBLE, 6 },
        { "ID", MSTC_FLEXIBLE, 8 }, { "RUN", MSTC_RIGHT, 0 },
};

static const char *
word(const struct mstc_view_told *told)
{
        return told->first ? "new" : told->gone == MSTC_GONE_OUTSIDE ? "outside" : told->gone != 0 ? "gone"
             : told->was_gone != 0 ? "back" : "changed";
}

static void
show(struct mstc_listing *list, const struct mstc_view_told *told)
{
        struct mstc_json *json = list->cli->json;

        if (json != NULL) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "what", word(told));
                mstc_json_time(json, "at", told->at);
                mstc_json_number(json, "run", told->run);
                mstc_json_text(json, "id", told->person);
                mstc_json_text(json, "title", told->title);
                mstc_json_text(json, "sync", told->sync);
                mstc_json_end(json);
                return;
        }
        mstc_table_cell(list->table, mstc_moment(list->arena, told->at));
        mstc_table_cell(list->table, word(told));
        mstc_table_cell(list->table, told->title);
        mstc_table_cell(list->table, told->sync);
        mstc_table_cell(list->table, told->person);
        mstc_table_printf(list->table, "%lld", (long long)told->run);
}

static int
list_source(struct mstc_cli *cli, struct mstc_store *store, const struct mstc_since *when, const char *sync)
{
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = false;

        if (mstc_listing_open(&list, cli, "source", columns, sizeof columns / sizeof columns[0]))
                do {
                        struct mstc_view_told *told;
                        size_t count = 0;

                        if (mstc_view_told_since(store, when->since, when->run, sync, &after, MSTC_BATCH, list.arena, &told,
                                                 &count, &more, &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++)
                                if (mstc_listing_takes(&list))
                                        show(&list, &told[i]);
                } while (mstc_listing_goes_on(&list, more, &err));
        return mstc_listing_close(&list, "The source has said nothing new of people.", &err);
}

/* A name that nobody has would look as if nothing had happened. */
static int
check_names(struct mstc_cli *cli, struct mstc_store *store, const char *sync, const char *target)
{
        struct mstc_view_status status;
        struct mst_error err = { 0 };
        bool sync_there = sync == NULL, target_there = target == NULL;

        if (mstc_view_status(store, cli->arena, &status, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        for (size_t i = 0; i < status.sync_count; i++)
                sync_there = sync_there || strcmp(status.syncs[i].name, sync) == 0;
        for (size_t i = 0; i < status.target_count; i++)
                target_there = target_there || (strcmp(status.targets[i].name, target) == 0
                                                && (sync == NULL || strcmp(status.targets[i].sync, sync) == 0));
        if (!sync_there)
                return mstc_cli_misused(cli, "there is no sync '%s' (muster status lists them)", sync);
        return target_there ? MSTC_END_DONE
             : mstc_cli_misused(cli, "there is no target '%s' (muster status lists them)", target);
}

static int
list_all(struct mstc_cli *cli, struct mstc_store *store, const struct mstc_since *when)
{
        const char *sync = mstc_args_value(cli->args, "sync"), *target = mstc_args_value(cli->args, "target");
        const struct mstc_view_which which = { .since = when->since, .from_run = when->run, .sync = sync, .target = target };
        struct mstc_view_run one;
        struct mst_error err = { 0 };
        int code = check_names(cli, store, sync, target);
        int rc = when->run > 0 ? mstc_view_run(store, when->run, cli->arena, &one, &err) : MST_OK;

        if (code != MSTC_END_DONE)
                return code;
        if (rc == MST_END)
                return mstc_cli_misused(cli, "there is no run %lld (muster history lists them)", (long long)when->run);
        if (rc < 0)
                return mstc_cli_fail(cli, &err);
        if (target == NULL)
                code = list_source(cli, store, when, sync);
        if (target == NULL && cli->json == NULL)
                putchar('\n');
        return code != MSTC_END_DONE ? code : mstc_list_ops(cli, store, &which, "Nothing was done at any sink.");
}

static int
run(struct mstc_cli *cli)
{
        const char *since = mstc_args_value(cli->args, "since");
        struct mstc_workplace place = { 0 };
        struct mst_error err = { 0 };
        struct mstc_since when;
        int code;

        if (since == NULL)
                return mstc_cli_misused(cli, "since when? write --since 2h, --since yesterday or --since RUN");
        if (mstc_when_read(since, mstc_now_ms(), &when, &err) != MST_OK)
                return mstc_cli_misused(cli, "%s", err.text);
        code = mstc_workplace_store(cli, &place, "ops");
        if (place.store != NULL)
                code = list_all(cli, place.store, &when);
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "since", .takes = "WHEN", .help = "2h, 3d, today, yesterday, a date, or the number of a run" },
        { .name = "sync", .takes = "NAME", .help = "only of this sync" },
        { .name = "target", .takes = "NAME", .help = "only what was done at this target" },
        { .name = "all", .help = "everything, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_changes = {
        .name = "changes", .arguments = "", .flags = flags,
        .summary = "tell what has become different since some time",
        .about =
        "Whom the source told of since then, as new, changed, gone or back, and what was done at\n"
        "the sinks, grouped by target, with the values before and after.",
        .example =
        "  muster changes --since yesterday\n"
        "  muster changes --since 41 --target corporate\n",
        .run = run,
};
