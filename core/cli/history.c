/* history.c - `muster history`: the runs, or every effect of a run or on somebody, with
 * before and after. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/counts.h"
#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/opshow.h"
#include "cli/rundiff.h"
#include "cli/who.h"
#include "cli/workplace.h"
#include "store/view.h"

static const struct mstc_column columns[] = {
        { "RUN", MSTC_RIGHT, 0 }, { "SYNC", MSTC_FLEXIBLE, 8 }, { "MODE", 0, 0 }, { "STARTED", 0, 0 },
        { "TOOK", MSTC_RIGHT, 0 }, { "OUTCOME", 0, 0 }, { "WHAT", MSTC_WRAPS, 16 },
};

void
mstc_run_json(struct mstc_json *json, const char *key, const struct mstc_view_run *run)
{
        mstc_json_object(json, key);
        mstc_json_number(json, "run", run->id);
        mstc_json_text(json, "sync", run->sync);
        mstc_json_text(json, "mode", mstc_run_mode_name(run->mode));
        mstc_json_time(json, "started", run->started);
        mstc_json_time(json, "ended", run->ended);
        mstc_json_text(json, "outcome", run->outcome >= 0 ? mstc_run_outcome_name(run->outcome) : NULL);
        mstc_json_text(json, "text", run->text != NULL && *run->text != '\0' ? run->text : NULL);
        mstc_json_number(json, "pages", run->pages);
        mstc_counts_json(json, "counts", run->counts);
        mstc_json_end(json);
}

static void
show_run(struct mstc_listing *list, const struct mstc_view_run *run)
{
        const char *what;

        if (list->cli->json != NULL) {
                mstc_run_json(list->cli->json, NULL, run);
                return;
        }
        what = mstc_counts_say(list->arena, run->counts, MSTC_N_CREATED, MSTC_N_MEMBERS_FAILED);
        mstc_table_printf(list->table, "%lld", (long long)run->id);
        mstc_table_cell(list->table, run->sync);
        mstc_table_cell(list->table, mstc_run_mode_name(run->mode));
        mstc_table_cell(list->table, mstc_moment(list->arena, run->started));
        mstc_table_cell(list->table, run->ended != 0 ? mstc_lasting(list->arena, run->ended - run->started) : NULL);
        mstc_table_paint(list->table, mstc_outcome_paint(run->outcome),
                         run->outcome >= 0 ? mstc_run_outcome_name(run->outcome) : "not ended");
        if (*what == '\0' && run->text != NULL)
                what = run->text;
        mstc_table_cell(list->table, *what != '\0' ? what : run->outcome == MSTC_END_DONE ? "nothing to do" : NULL);
}

static int
list_runs(struct mstc_cli *cli, struct mstc_workplace *place)
{
        const char *sync = mstc_args_value(cli->args, "sync");
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = false;

        if (mstc_listing_open(&list, cli, "runs", columns, sizeof columns / sizeof columns[0]))
                do {
                        struct mstc_view_run *runs;
                        size_t count = 0;

                        if (mstc_view_runs(place->store, sync, &after, MSTC_BATCH, list.arena, &runs, &count, &more,
                                           &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++)
                                if (mstc_listing_takes(&list))
                                        show_run(&list, &runs[i]);
                } while (mstc_listing_goes_on(&list, more, &err));
        return mstc_listing_close(&list, "There are no such runs.", &err);
}

int
mstc_list_ops(struct mstc_cli *cli, struct mstc_store *store, const struct mstc_view_which *which,
              const char *when_empty)
{
        struct mstc_opshow *show = mstc_opshow_new(cli, (struct mstc_secrets){ 0 }, mstc_patience(cli, 20));
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = false;

        if (show != NULL && mstc_listing_open(&list, cli, "ops", NULL, 0))
                do {
                        struct mstc_view_op *ops;
                        size_t count = 0;

                        if (mstc_view_ops(store, which, &after, MSTC_BATCH, list.arena, &ops, &count, &more,
                                          &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++) {
                                struct mstc_shown_op op = mstc_shown_of_view(&ops[i]);

                                if (cli->json != NULL)
                                        mstc_op_json(cli->json, (struct mstc_secrets){ 0 }, &op);
                                else
                                        mstc_opshow_add(show, &op);
                        }
                } while (mstc_listing_goes_on(&list, more, &err));
        else
                list = (struct mstc_listing){ .cli = cli, .failed = true };
        if (show != NULL && err.code == 0 && cli->json == NULL && !mstc_opshow_print(show))
                mst_fail(&err, MST_EINTERNAL, "the list could not be kept in a temporary file; is $TMPDIR or /tmp "
                         "full?");
        if (show != NULL && mstc_opshow_count(show) > 0)
                when_empty = NULL;
        mstc_opshow_free(show);
        return mstc_listing_close(&list, when_empty, &err);
}

static int
list_effects(struct mstc_cli *cli, struct mstc_workplace *place)
{
        const char *number = mstc_args_at(cli->args, 0), *user = mstc_args_value(cli->args, "user");
        struct mstc_view_which which = { 0 };
        struct mst_error err = { 0 };
        struct mstc_view_run one;
        int rc, code;

        if (user != NULL) {
                struct mstc_view_person *person;

                code = mstc_who_meant(cli, place->store, user, &person);
                if (code != MSTC_END_DONE)
                        return code;
                which.entry = person->number;
        }
        if (number == NULL)
                return mstc_list_ops(cli, place->store, &which, "Nothing has been done there yet.");
        if (!mstc_cli_number(cli, "RUN", number, &which.run))
                return MSTC_END_CONFIG;
        rc = which.run > 0 ? mstc_view_run(place->store, which.run, cli->arena, &one, &err) : MST_END;
        if (rc == MST_END)
                return mstc_cli_misused(cli, "there is no run %lld (muster history lists them)", (long long)which.run);
        if (rc < 0)
                return mstc_cli_fail(cli, &err);
        if (cli->json == NULL)
                mstc_wrap(cli->arena, stdout, mst_arena_printf(cli->arena, "Run %lld of %s, %s, started %s: %s", (long long)one.id,
                          one.sync, mstc_run_mode_name(one.mode), mstc_moment_exact(cli->arena, one.started),
                          one.outcome >= 0 ? mstc_run_outcome_name(one.outcome) : "not ended"), 0, 2, cli->width);
        return mstc_list_ops(cli, place->store, &which, "It did nothing to any sink.");
}

static int
compare(struct mstc_cli *cli)
{
        const char *first = mstc_args_at(cli->args, 1), *second = mstc_args_at(cli->args, 2);
        struct mstc_workplace place = { 0 };
        int64_t one, two;
        int code;

        if (second == NULL || strcmp(mstc_args_at(cli->args, 0), "diff") != 0)
                return mstc_cli_misused(cli, "two runs are compared by: muster history diff RUN1 RUN2");
        if (mstc_args_has(cli->args, "user") || mstc_args_has(cli->args, "sync"))
                return mstc_cli_misused(cli, "history diff takes neither --user nor --sync");
        if (!mstc_cli_number(cli, "RUN1", first, &one) || !mstc_cli_number(cli, "RUN2", second, &two))
                return MSTC_END_CONFIG;
        code = mstc_workplace_store(cli, &place, "changes");
        if (place.store != NULL)
                code = mstc_history_diff(cli, &place, one, two);
        mstc_workplace_close(&place);
        return code;
}

static int
run(struct mstc_cli *cli)
{
        bool effects = mstc_args_count(cli->args) > 0 || mstc_args_has(cli->args, "user");
        struct mstc_workplace place = { 0 };
        int code;

        if (mstc_args_count(cli->args) > 1 || (effects && mstc_args_at(cli->args, 0) != NULL && strcmp(mstc_args_at(cli->args, 0), "diff") == 0))
                return compare(cli);
        code = mstc_workplace_store(cli, &place, effects ? "ops" : "runs");
        if (place.store != NULL)
                code = effects ? list_effects(cli, &place) : list_runs(cli, &place);
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "user", .takes = "USER", .help = "what was done to this person, instead of the runs" },
        { .name = "sync", .takes = "NAME", .help = "only the runs of this sync" },
        { .name = "all", .help = "everything, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_history = {
        .name = "history", .arguments = "[RUN | diff RUN1 RUN2]", .flags = flags, .most = 3,
        .summary = "list the runs, or what one of them did",
        .about =
        "Without RUN: the runs, newest first.  With a run's number: what it did to the sinks,\n"
        "grouped by target, with the values before and after.  With --user: what was done to\n"
        "one person, by id, UPN, mail or SINK:OBJECT.  With diff: what the second run did that the\n"
        "first did not, person by person, and how many people by attribute.",
        .example =
        "  muster history --sync staff\n"
        "  muster history --user anna@contoso.example\n"
        "  muster history diff 41 42\n",
        .run = run,
};
