/* state.c - `muster state`: a copy of the store, one put in its place, and whether it is sound. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/moment.h"
#include "cli/table.h"
#include "cli/workplace.h"
#include "store/copy.h"

static int
export(struct mstc_cli *cli, struct mstc_workplace *place, const char *file)
{
        struct mst_error err = { 0 };
        int code = mstc_workplace_store(cli, place, NULL);

        if (code != MSTC_END_DONE)
                return code;
        if (mstc_store_export(place->store, file, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL)
                mstc_json_text(cli->json, "exported", file);
        else
                printf("The store was copied to %s, and the copy is sound.\n", mstc_fit(cli->arena, file, 0));
        return MSTC_END_DONE;
}

static int
import(struct mstc_cli *cli, struct mstc_workplace *place, const char *file)
{
        struct mst_error err = { 0 };
        const char *kept = NULL, *path;
        int code = mstc_workplace_config(cli, place);

        if (code != MSTC_END_DONE)
                return code;
        path = place->config->store_path;
        if (mstc_store_import(path, file, cli->arena, &kept, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL) {
                mstc_json_text(cli->json, "imported", file);
                mstc_json_text(cli->json, "kept", kept);
                return MSTC_END_DONE;
        }
        printf("%s is now the store %s.\n", mstc_fit(cli->arena, file, 0), mstc_fit(cli->arena, path, 0));
        if (kept != NULL)
                printf("What was there before is kept as %s.\n", mstc_fit(cli->arena, kept, 0));
        puts("The next sync plans everything anew and holds all of it: look at it with muster\n"
             "holds, compare with muster verify, and approve or reject it.");
        return MSTC_END_DONE;
}

static const char *
bytes_of(struct mst_arena *arena, int64_t bytes)
{
        return bytes < 10000000 ? mst_arena_printf(arena, "%lld KiB", (long long)bytes / 1024)
                                : mst_arena_printf(arena, "%lld MiB", (long long)bytes / 1048576);
}

static void
tell_facts(struct mstc_cli *cli, const char *file, const struct mstc_store_facts *f)
{
        printf("%s is sound.\n", mstc_fit(cli->arena, file, 0));
        printf("  store version %lld, lineage %s\n", (long long)f->version, f->lineage != NULL ? f->lineage : "?");
        if (f->exported != 0)
                printf("  a copy, made at %s\n", mstc_moment(cli->arena, f->exported));
        printf("  %s syncs, %s people and groups, %s links\n", mstc_thousands(cli->arena, (uint64_t)f->syncs),
               mstc_thousands(cli->arena, (uint64_t)f->entries), mstc_thousands(cli->arena, (uint64_t)f->links));
        printf("  %s ops open, %s in the history, %s holds\n", mstc_thousands(cli->arena, (uint64_t)f->open_ops),
               mstc_thousands(cli->arena, (uint64_t)f->history), mstc_thousands(cli->arena, (uint64_t)f->holds));
        printf("  %s runs, the last one began at %s\n", mstc_thousands(cli->arena, (uint64_t)f->runs),
               mstc_moment(cli->arena, f->last_run));
        printf("  %s, of which %s are free", bytes_of(cli->arena, f->size), bytes_of(cli->arena, f->free));
        if (f->log > 0)
                printf(", and %s of log", bytes_of(cli->arena, f->log));
        putchar('\n');
        if (f->restored != 0)
                printf("  restored from a copy: %lld targets hold what follows until it is approved\n",
                       (long long)f->restored);
}

static int
check(struct mstc_cli *cli, struct mstc_workplace *place, const char *file)
{
        struct mstc_store_facts facts;
        struct mst_error err = { 0 };
        int code = file == NULL ? mstc_workplace_config(cli, place) : MSTC_END_DONE;

        if (code != MSTC_END_DONE)
                return code;
        if (file == NULL)
                file = place->config->store_path;
        if (mstc_store_inspect(file, mstc_args_has(cli->args, "quick"), cli->arena, &facts, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (cli->json == NULL) {
                tell_facts(cli, file, &facts);
                return MSTC_END_DONE;
        }
        mstc_json_object(cli->json, "state");
        mstc_json_text(cli->json, "file", file);
        mstc_json_bool(cli->json, "sound", true);
        mstc_json_number(cli->json, "version", facts.version);
        mstc_json_text(cli->json, "lineage", facts.lineage);
        mstc_json_time(cli->json, "exported", facts.exported);
        mstc_json_time(cli->json, "last-run", facts.last_run);
        mstc_json_number(cli->json, "runs", facts.runs);
        mstc_json_number(cli->json, "syncs", facts.syncs);
        mstc_json_number(cli->json, "entries", facts.entries);
        mstc_json_number(cli->json, "links", facts.links);
        mstc_json_number(cli->json, "open-ops", facts.open_ops);
        mstc_json_number(cli->json, "history", facts.history);
        mstc_json_number(cli->json, "holds", facts.holds);
        mstc_json_number(cli->json, "restored", facts.restored);
        mstc_json_number(cli->json, "bytes", facts.size);
        mstc_json_number(cli->json, "free", facts.free);
        mstc_json_number(cli->json, "log", facts.log);
        mstc_json_end(cli->json);
        return MSTC_END_DONE;
}

static int
run(struct mstc_cli *cli)
{
        const char *what = mstc_args_at(cli->args, 0), *file = mstc_args_at(cli->args, 1);
        struct mstc_workplace place = { 0 };
        int code;

        if (strcmp(what, "check") == 0)
                code = check(cli, &place, file);
        else if (strcmp(what, "export") != 0 && strcmp(what, "import") != 0)
                code = mstc_cli_misused(cli, "state knows export, import and check, not '%s'", what);
        else if (mstc_args_has(cli->args, "quick"))
                code = mstc_cli_misused(cli, "--quick goes with state check");
        else if (file == NULL)
                code = mstc_cli_misused(cli, "name the FILE to %s", strcmp(what, "export") == 0 ? "copy to" : "put in place");
        else
                code = strcmp(what, "export") == 0 ? export(cli, &place, file) : import(cli, &place, file);
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "quick", .help = "check: do not compare tables with their indexes" },
        { .name = NULL }
};

const struct mstc_command mstc_command_state = {
        .name = "state", .arguments = "export FILE | import FILE | check [FILE]", .flags = flags, .least = 1, .most = 2,
        .summary = "copy the store, put a copy in its place, check it",
        .about =
        "export copies the store to FILE, all at one moment, also while a sync runs.  FILE must\n"
        "not exist; it is readable for its owner only, and holds what the store holds: people's\n"
        "data, and kept tokens, sealed where a plugin seals them.\n\n"
        "import puts FILE in the place of the store, after reading all of it; what was there is\n"
        "kept beside it.  A restored store does not know what was done since the copy was made:\n"
        "the next sync drops what was under way, plans everything anew and holds all of it until\n"
        "it is approved.  A copy that was put there by other means is found out as well.\n\n"
        "check reads all of the store, or of a copy, and tells what is in it.\n"
        "Exits with 4 when it is damaged.",
        .example = "muster state export /var/backups/muster/$(date +%F).db\nmuster state check /var/backups/muster/2026-11-24.db",
        .run = run,
};
