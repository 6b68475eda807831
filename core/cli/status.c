/* status.c - `muster status`: how things stand, at one look. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/counts.h"
#include "cli/fresh.h"
#include "cli/moment.h"
#include "cli/servicestate.h"
#include "cli/table.h"
#include "cli/workplace.h"
#include "store/view.h"
#include "util/utf8.h"

static const struct mstc_column sync_columns[] = {
        { "SYNC", MSTC_FLEXIBLE, 8 }, { "PEOPLE", MSTC_RIGHT, 0 }, { "LAST SUCCESS", 0, 0 }, { "RUN", MSTC_RIGHT, 0 },
        { "STARTED", 0, 0 }, { "OUTCOME", MSTC_WRAPS, 10 },
};
static const struct mstc_column target_columns[] = {
        { "TARGET", MSTC_FLEXIBLE, 8 }, { "SYNC", MSTC_FLEXIBLE, 6 }, { "LAST SUCCESS", 0, 0 }, { "LINKED", MSTC_RIGHT, 0 },
        { "DISABLED", MSTC_RIGHT, 0 }, { "OPEN", MSTC_RIGHT, 0 }, { "HELD", MSTC_RIGHT, 0 }, { "PARKED", MSTC_RIGHT, 0 },
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
                mstc_table_count(table, (uint64_t)sync->people);
                mstc_table_cell(table, sync->succeeded != 0 ? mstc_moment(cli->arena, sync->succeeded) : "never");
                if (run == NULL) {
                        mstc_table_cell(table, NULL);
                        mstc_table_cell(table, NULL);
                        mstc_table_cell(table, "has not run");
                        continue;
                }
                mstc_table_printf(table, "%lld", (long long)run->id);
                mstc_table_cell(table, mstc_moment(cli->arena, run->started));
                if (run->outcome < 0 && status->writer != 0)
                        mstc_table_paint(table, MSTC_GOOD, mst_arena_printf(cli->arena, "running, process %lld",
                                         (long long)status->writer));
                else if (run->outcome < 0)
                        mstc_table_paint(table, MSTC_CARE, "cut off");
                else
                        mstc_table_paint(table, mstc_outcome_paint(run->outcome), mstc_run_outcome_name(run->outcome));
        }
        print_table(cli, table);
}

/* A state that somebody should look at, when there is any. */
static void
count_paint(struct mstc_table *table, enum mstc_paint paint, int64_t number)
{
        if (number == 0)
                mstc_table_count(table, 0);
        else
                mstc_table_paint(table, paint, mstc_thousands(mstc_table_arena(table), (uint64_t)number));
}

static void
tell_targets(struct mstc_cli *cli, const struct mstc_view_status *status)
{
        struct mstc_table *table = mstc_table_new(cli->arena, target_columns, 8);

        for (size_t i = 0; i < status->target_count; i++) {
                const struct mstc_view_target *target = &status->targets[i];

                mstc_table_cell(table, target->name);
                mstc_table_cell(table, target->sync);
                mstc_table_cell(table, target->succeeded != 0 ? mstc_moment(cli->arena, target->succeeded) : "never");
                mstc_table_count(table, (uint64_t)target->live);
                mstc_table_count(table, (uint64_t)target->disabled);
                mstc_table_count(table, (uint64_t)(target->waiting + target->retry + target->unknown));
                count_paint(table, MSTC_CARE, target->held);
                count_paint(table, MSTC_BAD, target->parked);
        }
        if (mstc_table_rows(table) > 0)
                putchar('\n');
        print_table(cli, table);
}

/* A line of what needs somebody, within the width of the terminal; the first stands apart. */
static void
tell_line(struct mstc_cli *cli, bool *told, enum mstc_paint paint, const char *what, const char *state, const char *more)
{
        const char *text = mst_arena_printf(cli->arena, "%s %s", state, more);

        if (!*told)
                putchar('\n');
        *told = true;
        if (*what != '\0')
                printf("%s ", what);
        /* The state is what is coloured, and it is the first of the rest. */
        if (cli->colour && *state != '\0') {
                size_t at = mstc_utf8_columns(what, strlen(what)) + (*what != '\0') + strlen(state) + 1;

                printf("%s%s%s ", mstc_paint_on(true, paint), state, mstc_paint_off(true, paint));
                mstc_wrap(cli->arena, stdout, more, (unsigned)at, 2, cli->width);
        } else
                mstc_wrap(cli->arena, stdout, text != NULL ? text : "?", (unsigned)(mstc_utf8_columns(what, strlen(what))
                          + (*what != '\0')), 2, cli->width);
}

static void
tell_count(struct mstc_cli *cli, bool *told, enum mstc_paint paint, int64_t number, const char *one, const char *many,
           const char *command)
{
        if (number > 0)
                tell_line(cli, told, paint, mstc_thousands(cli->arena, (uint64_t)number), number == 1 ? one : many,
                          command);
}

/* Why a sync ended badly; a reason that has pages is in its log. */
static void
tell_run(struct mstc_cli *cli, bool *told, const struct mstc_view_sync *sync, bool writing)
{
        const struct mstc_view_run *run = sync->last;
        const char *name = mstc_fit(cli->arena, sync->name, 30);

        if (sync->reset)
                tell_line(cli, told, MSTC_PLAIN, mst_arena_printf(cli->arena, "The next run of %s", name), "",
                          "reads everything anew.");
        if (run == NULL)
                return;
        if (run->outcome < 0 && !writing)
                tell_line(cli, told, MSTC_CARE, name, "was cut off;", mst_arena_printf(cli->arena,
                          "the next run goes on from there: muster sync %s", name));
        else if (run->outcome > 0 && run->text != NULL && *run->text != '\0')
                tell_line(cli, told, mstc_outcome_paint(run->outcome), name, mst_arena_printf(cli->arena, "%s:",
                          mstc_run_outcome_name(run->outcome)), mst_arena_printf(cli->arena, "%s (muster log %lld)",
                          mstc_fit_end(cli->arena, run->text, 200), (long long)run->id));
}

static void
tell_aside(struct mstc_cli *cli, bool *told, const struct mstc_view_instance *instance)
{
        const char *name = mstc_fit(cli->arena, instance->name, 30);
        const char *what = mst_arena_printf(cli->arena, "%s %s is", instance->role == MSTC_SINK ? "Sink" : "Source", name);
        const char *reason = mstc_fit_end(cli->arena, instance->reason != NULL ? instance->reason : "?", 200);

        if (instance->quarantined)
                tell_line(cli, told, MSTC_BAD, what, "in quarantine", mst_arena_printf(cli->arena, "since %s, tried again from %s: %s"
                          " (muster retry --sink %s tries now)", mstc_moment(cli->arena, instance->since),
                          mstc_moment(cli->arena, instance->trial), reason, name));
        else
                tell_line(cli, told, MSTC_BAD, what, "put aside", mst_arena_printf(cli->arena, "since %s: %s (muster check --online)",
                          mstc_moment(cli->arena, instance->since), reason));
}

/* Guards that are as good as off, and those that count again. */
static void
tell_limits(struct mstc_cli *cli, bool *told, const struct mstc_config_sync *sync)
{
        for (size_t i = 0; i < sync->target_count; i++)
                for (size_t k = 0; k < sync->targets[i].limit_count; k++) {
                        const struct mstc_config_limit *l = &sync->targets[i].limits[k];
                        bool over = l->until_ms != 0 && l->until_ms <= mstc_now_ms();
                        const char *until = mstc_fit(cli->arena, l->until != NULL ? l->until : "", 0);

                        if (l->wide || over)
                                tell_line(cli, told, MSTC_BAD, mst_arena_printf(cli->arena, "The guard of %s in %s", l->of,
                                          mstc_fit(cli->arena, sync->targets[i].name, 0)),
                                          over ? "has its default again" : "is as good as off",
                                          mst_arena_printf(cli->arena, "%s %s: %s", over ? "since" : "until", until,
                                          l->reason != NULL ? l->reason : "remove that limit"));
                }
}

static void
tell_troubles(struct mstc_cli *cli, const struct mstc_config *config, const struct mstc_view_status *status)
{
        int64_t parked = 0;
        bool told = false;

        for (size_t i = 0; i < config->sync_count; i++)
                tell_limits(cli, &told, &config->syncs[i]);

        for (size_t i = 0; i < status->sync_count; i++)
                tell_run(cli, &told, &status->syncs[i], status->writer != 0);
        for (size_t i = 0; i < status->instance_count; i++)
                if (status->instances[i].aside)
                        tell_aside(cli, &told, &status->instances[i]);
        for (size_t i = 0; i < status->target_count; i++)
                parked += status->targets[i].parked;
        tell_count(cli, &told, MSTC_CARE, status->holds, "hold is open:", "holds are open:", "muster holds");
        tell_count(cli, &told, MSTC_BAD, parked, "op is parked:", "ops are parked:",
                   "muster log tells why, muster retry --parked tries again");
        tell_count(cli, &told, MSTC_CARE, status->duplicates, "duplicate:", "duplicates:", "muster duplicates");
        tell_count(cli, &told, MSTC_PLAIN, status->declined, "object has something declined:", "objects have something declined:",
                   "muster holds --declined");
        tell_count(cli, &told, MSTC_PLAIN, status->vanished, "group that no rule makes any more is still there:",
                   "groups that no rule makes any more are still there:", "muster groups");
}

/* What is older than it may be is told; true: something is. */
static bool
tell_fresh(struct mstc_cli *cli, const struct mstc_fresh *fresh, size_t count, int64_t now)
{
        bool missed = false;

        for (size_t i = 0; i < count; i++) {
                const struct mstc_fresh *f = &fresh[i];
                const char *name = mstc_fit(cli->arena, f->target != NULL ? f->target : f->sync, 0);

                if (cli->json == NULL)
                        printf("%s%s%s %s %s within %s: %s%s%s\n", i == 0 ? "\n" : "",
                               mstc_paint_on(cli->colour, f->missed ? MSTC_BAD : MSTC_GOOD),
                               f->target != NULL ? "Target" : "Sync", name, f->missed ? "is not up to date" : "is to be up to date",
                               mstc_lasting(cli->arena, f->within_ms), f->succeeded != 0 ? "the last success was "
                               : f->since != 0 ? "it has never succeeded" : "it has not run",
                               f->succeeded != 0 ? mst_arena_printf(cli->arena, "%s ago", mstc_lasting(cli->arena,
                                                   now > f->succeeded ? now - f->succeeded : 0)) : "",
                               mstc_paint_off(cli->colour, MSTC_BAD));
                missed |= f->missed;
        }
        return missed;
}

static void
write_fresh(struct mstc_json *json, const struct mstc_fresh *fresh, size_t count)
{
        mstc_json_array(json, "freshness");
        for (size_t i = 0; i < count; i++) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "sync", fresh[i].sync);
                mstc_json_text(json, "target", fresh[i].target);
                mstc_json_number(json, "within", fresh[i].within_ms / 1000);
                mstc_json_time(json, "succeeded", fresh[i].succeeded);
                mstc_json_bool(json, "missed", fresh[i].missed);
                mstc_json_end(json);
        }
        mstc_json_end(json);
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
                mstc_json_time(json, "succeeded", sync->succeeded);
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
                mstc_json_time(json, "succeeded", target->succeeded);
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
        putchar('\n');
        mstc_wrap(cli->arena, stdout, mst_arena_printf(cli->arena, "The store holds %s%s: %s run%s%s%s.",
                  size_text(cli->arena, size.used), most > 0 ? mst_arena_printf(cli->arena, " (%s %s of <retention>)",
                  size.used > most ? "more than the" : "of the", size_text(cli->arena, most)) : "",
                  mstc_thousands(cli->arena, (uint64_t)size.runs), size.runs == 1 ? "" : "s", size.since != 0 ? " since " : "",
                  size.since != 0 ? mstc_moment(cli->arena, size.since) : ""), 0, 2, cli->width);
}

static int
freshness(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mstc_view_meters meters;
        struct mst_error err = { 0 };
        struct mstc_fresh *fresh;
        int64_t now = mstc_now_ms();
        size_t count;

        if (mstc_view_meters(place->store, cli->arena, &meters, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        fresh = mstc_fresh_list(place->config, &meters, now, cli->arena, &count);
        if (fresh == NULL) {
                mst_fail_memory(&err, "judging freshness");
                return mstc_cli_fail(cli, &err);
        }
        if (cli->json != NULL)
                write_fresh(cli->json, fresh, count);
        return tell_fresh(cli, fresh, count, now) ? MSTC_END_SOME_FAILED : MSTC_END_DONE;
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
                        code = freshness(cli, &place);
                } else {
                        tell_syncs(cli, &status);
                        tell_targets(cli, &status);
                        tell_troubles(cli, place.config, &status);
                        tell_store(cli, &place);
                        code = freshness(cli, &place);
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
        "Shows each sync with its last success and its last run, each target with how many objects\n"
        "are linked and how many ops are open (planned, tried again, in doubt), held and parked, and what needs somebody, with the command to type next: holds, duplicates, sinks put aside, pauses.\n"
        "Where muster.xml asks for <freshness>, it tells whether that is met and exits with 1 when not.\n"
        "Reads the store, also during a sync, and asks the service, when one runs, what it is doing.",
        .run = run,
};
