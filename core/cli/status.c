/* status.c - `muster status`: how things stand, at one look. */
#include "build.h"

#include "cli/cli.h"

#include "cli/counts.h"
#include "cli/moment.h"
#include "cli/servicestate.h"
#include "cli/table.h"
#include "cli/workplace.h"
#include "store/view.h"

static const struct mstc_column sync_columns[] = {
        { "SYNC", MSTC_FLEXIBLE, 8 }, { "SOURCE", MSTC_FLEXIBLE, 8 }, { "PEOPLE", MSTC_RIGHT, 0 },
        { "RUN", MSTC_RIGHT, 0 }, { "STARTED", 0, 0 }, { "OUTCOME", MSTC_WRAPS, 16 },
};
static const struct mstc_column target_columns[] = {
        { "TARGET", MSTC_FLEXIBLE, 8 }, { "SYNC", MSTC_FLEXIBLE, 6 }, { "LINKED", MSTC_RIGHT, 0 },
        { "DISABLED", MSTC_RIGHT, 0 }, { "PLANNED", MSTC_RIGHT, 0 }, { "HELD", MSTC_RIGHT, 0 },
        { "PARKED", MSTC_RIGHT, 0 }, { "RETRY", MSTC_RIGHT, 0 }, { "UNKNOWN", MSTC_RIGHT, 0 },
};

static void
print_table(struct mstc_cli *cli, struct mstc_table *table)
{
        struct mstc_buffer out = { 0 };

        if (mstc_table_rows(table) > 0 && mstc_table_render(table, cli->width, cli->colour, &out))
                fputs(mstc_buffer_cstr(&out), stdout);
        mstc_buffer_done(&out);
}

static void
tell_syncs(struct mstc_cli *cli, const struct mstc_view_status *status)
{
        struct mstc_table *table = mstc_table_new(cli->arena, sync_columns, 6);

        for (size_t i = 0; i < status->sync_count; i++) {
                const struct mstc_view_sync *sync = &status->syncs[i];
                const struct mstc_view_run *run = sync->last;

                mstc_table_cell(table, sync->name);
                mstc_table_cell(table, sync->source);
                mstc_table_count(table, (uint64_t)sync->people);
                if (run == NULL) {
                        mstc_table_cell(table, NULL);
                        mstc_table_cell(table, NULL);
                        mstc_table_cell(table, "has not run");
                        continue;
                }
                mstc_table_printf(table, "%lld", (long long)run->id);
                mstc_table_cell(table, mstc_moment(cli->arena, run->started));
                if (run->outcome < 0 && status->writer != 0)
                        mstc_table_printf(table, "running, process %lld", (long long)status->writer);
                else if (run->outcome < 0)
                        mstc_table_paint(table, MSTC_CARE, "cut off; the next sync goes on from there");
                else if (run->text != NULL && *run->text != '\0' && run->outcome == MSTC_END_STOPPED)
                        mstc_table_paint(table, MSTC_CARE, run->text);
                else if (run->text != NULL && *run->text != '\0')
                        mstc_table_paint(table, mstc_outcome_paint(run->outcome), mst_arena_printf(cli->arena,
                                         "%s: %s", mstc_run_outcome_name(run->outcome), run->text));
                else
                        mstc_table_paint(table, mstc_outcome_paint(run->outcome),
                                         mstc_run_outcome_name(run->outcome));
        }
        print_table(cli, table);
}

static void
tell_targets(struct mstc_cli *cli, const struct mstc_view_status *status)
{
        struct mstc_table *table = mstc_table_new(cli->arena, target_columns, 9);

        for (size_t i = 0; i < status->target_count; i++) {
                const struct mstc_view_target *target = &status->targets[i];
                const int64_t numbers[] = { target->live, target->disabled, target->waiting, target->held,
                                            target->parked, target->retry, target->unknown };

                mstc_table_cell(table, target->name);
                mstc_table_cell(table, target->sync);
                for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
                        mstc_table_count(table, (uint64_t)numbers[n]);
        }
        if (mstc_table_rows(table) > 0)
                putchar('\n');
        print_table(cli, table);
}

static void
tell_troubles(struct mstc_cli *cli, const struct mstc_view_status *status)
{
        const char *gap = "\n";

        for (size_t i = 0; i < status->sync_count; i++)
                if (status->syncs[i].reset) {
                        printf("%sThe next run of %s reads everything anew.\n", gap,
                               mstc_fit(cli->arena, status->syncs[i].name, 0));
                        gap = "";
                }
        for (size_t i = 0; i < status->instance_count; i++) {
                const struct mstc_view_instance *instance = &status->instances[i];

                if (!instance->aside)
                        continue;
                printf("%s%s%s %s is %s since %s%s%s: %s%s\n", gap, mstc_paint_on(cli->colour, MSTC_BAD),
                       instance->role == MSTC_SINK ? "Sink" : "Source", mstc_fit(cli->arena, instance->name, 0),
                       instance->quarantined ? "in quarantine" : "put aside", mstc_moment(cli->arena, instance->since),
                       instance->quarantined ? ", tried again from " : "",
                       instance->quarantined ? mstc_moment(cli->arena, instance->trial) : "",
                       mstc_fit(cli->arena, instance->reason != NULL ? instance->reason : "?", 0),
                       mstc_paint_off(cli->colour, MSTC_BAD));
                gap = "";
        }
        if (status->holds > 0) {
                printf("%s%s hold%s open: see muster holds\n", gap,
                       mstc_thousands(cli->arena, (uint64_t)status->holds), status->holds == 1 ? " is" : "s are");
                gap = "";
        }
        if (status->declined > 0) {
                printf("%sFor %s object%s something is declined: see muster holds --declined\n", gap,
                       mstc_thousands(cli->arena, (uint64_t)status->declined), status->declined == 1 ? "" : "s");
                gap = "";
        }
        if (status->vanished > 0) {
                printf("%s%s group%s that no rule makes any more %s still there: see muster groups\n", gap,
                       mstc_thousands(cli->arena, (uint64_t)status->vanished), status->vanished == 1 ? "" : "s",
                       status->vanished == 1 ? "is" : "are");
                gap = "";
        }
        if (status->duplicates > 0)
                printf("%s%s duplicate%s: see muster duplicates\n", gap,
                       mstc_thousands(cli->arena, (uint64_t)status->duplicates), status->duplicates == 1 ? "" : "s");
}

static void
write_syncs(struct mstc_json *json, const struct mstc_view_status *status)
{
        mstc_json_array(json, "syncs");
        for (size_t i = 0; i < status->sync_count; i++) {
                const struct mstc_view_sync *sync = &status->syncs[i];

                mstc_json_object(json, NULL);
                mstc_json_text(json, "name", sync->name);
                mstc_json_text(json, "source", sync->source);
                mstc_json_number(json, "people", sync->people);
                mstc_json_number(json, "generation", sync->generation);
                mstc_json_time(json, "cursor-at", sync->cursor_at);
                mstc_json_time(json, "completed", sync->completed_at);
                mstc_json_number(json, "dirty", sync->dirty);
                mstc_json_bool(json, "reset", sync->reset);
                if (sync->last == NULL)
                        mstc_json_null(json, "last");
                else
                        mstc_run_json(json, "last", sync->last);
                mstc_json_end(json);
        }
        mstc_json_end(json);
}

static void
write_rest(struct mstc_json *json, const struct mstc_view_status *status)
{
        mstc_json_array(json, "targets");
        for (size_t i = 0; i < status->target_count; i++) {
                const struct mstc_view_target *target = &status->targets[i];

                mstc_json_object(json, NULL);
                mstc_json_text(json, "name", target->name);
                mstc_json_text(json, "sync", target->sync);
                mstc_json_text(json, "sink", target->sink);
                mstc_json_number(json, "linked", target->live);
                mstc_json_number(json, "disabled", target->disabled);
                mstc_json_number(json, "planned", target->waiting);
                mstc_json_number(json, "held", target->held);
                mstc_json_number(json, "parked", target->parked);
                mstc_json_number(json, "retry", target->retry);
                mstc_json_number(json, "unknown", target->unknown);
                mstc_json_end(json);
        }
        mstc_json_end(json);
        mstc_json_array(json, "instances");
        for (size_t i = 0; i < status->instance_count; i++) {
                const struct mstc_view_instance *instance = &status->instances[i];

                mstc_json_object(json, NULL);
                mstc_json_text(json, "name", instance->name);
                mstc_json_text(json, "role", instance->role == MSTC_SINK ? "sink" : "source");
                mstc_json_text(json, "plugin", instance->plugin);
                mstc_json_text(json, "identity", instance->identity);
                mstc_json_time(json, "probed", instance->facts_at);
                mstc_json_bool(json, "aside", instance->aside);
                mstc_json_time(json, "since", instance->aside ? instance->since : 0);
                mstc_json_text(json, "reason", instance->aside ? instance->reason : NULL);
                mstc_json_bool(json, "quarantined", instance->quarantined);
                mstc_json_time(json, "trial", instance->quarantined ? instance->trial : 0);
                mstc_json_end(json);
        }
        mstc_json_end(json);
        if (status->writer != 0)
                mstc_json_number(json, "writer", status->writer);
        else
                mstc_json_null(json, "writer");
        mstc_json_number(json, "holds", status->holds);
        mstc_json_number(json, "duplicates", status->duplicates);
        mstc_json_number(json, "declined", status->declined);
        mstc_json_number(json, "vanished", status->vanished);
}

static const char *
size_text(struct mst_arena *arena, int64_t bytes)
{
        static const char *const units[] = { "kB", "MB", "GB", "TB" };
        double size = (double)bytes / 1000.0;
        size_t unit = 0;
        const char *text;

        for (; size >= 1000.0 && unit + 1 < sizeof units / sizeof units[0]; unit++)
                size /= 1000.0;
        text = mst_arena_printf(arena, size < 10.0 ? "%.1f %s" : "%.0f %s", size, units[unit]);
        return text != NULL ? text : "?";
}

/* How large the store is, and how far back it knows something. */
static void
tell_store(struct mstc_cli *cli, const struct mstc_workplace *place)
{
        struct mstc_view_size size;
        struct mst_error ignored = { 0 };
        int64_t most = place->config->keep_bytes;

        if (mstc_view_size(place->store, &size, &ignored) != MST_OK)
                return;
        if (cli->json != NULL) {
                mstc_json_object(cli->json, "store");
                mstc_json_text(cli->json, "path", place->config->store_path);
                mstc_json_number(cli->json, "bytes", size.bytes);
                mstc_json_number(cli->json, "used", size.used);
                if (most > 0)
                        mstc_json_number(cli->json, "limit", most);
                else
                        mstc_json_null(cli->json, "limit");
                mstc_json_number(cli->json, "runs", size.runs);
                mstc_json_time(cli->json, "since", size.since);
                mstc_json_end(cli->json);
                return;
        }
        printf("\nThe store holds %s", size_text(cli->arena, size.used));
        if (most > 0)
                printf(" (%s %s of <retention>)", size.used > most ? "more than the" : "of the", size_text(cli->arena, most));
        printf(": %s run%s", mstc_thousands(cli->arena, (uint64_t)size.runs), size.runs == 1 ? "" : "s");
        if (size.since != 0)
                printf(" since %s", mstc_moment(cli->arena, size.since));
        puts(".");
}

static int
run(struct mstc_cli *cli)
{
        struct mstc_workplace place = { 0 };
        struct mstc_view_status status;
        struct mst_error err = { 0 };
        int code = mstc_workplace_store(cli, &place, "syncs");

        if (place.store != NULL) {
                if (mstc_view_status(place.store, cli->arena, &status, &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
                else if (cli->json != NULL) {
                        write_syncs(cli->json, &status);
                        write_rest(cli->json, &status);
                        tell_store(cli, &place);
                } else {
                        tell_syncs(cli, &status);
                        tell_targets(cli, &status);
                        tell_troubles(cli, &status);
                        tell_store(cli, &place);
                }
        }
        if (code == MSTC_END_DONE)
                code = mstc_service_state_tell(cli, &place);
        mstc_workplace_close(&place);
        return code;
}

const struct mstc_command mstc_command_status = {
        .name = "status", .arguments = "",
        .summary = "show how things stand",
        .about =
        "Shows each sync with its last run, each target with how many objects are linked and\n"
        "how many ops are open, and what needs somebody: holds, duplicates, sinks put aside, pauses.\n"
        "Reads the store, also during a sync, and asks the service, when one runs, what it is doing.",
        .run = run,
};
