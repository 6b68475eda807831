/* rules.c - `muster rules diff`: what another configuration would change. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/listing.h"
#include "cli/workplace.h"
#include "engine/rulesdiff.h"
#include "record/record.h"
#include "util/alloc.h"

static const struct mstc_column columns[] = {
        { "SYNC", MSTC_FLEXIBLE, 5 }, { "WHAT", MSTC_WRAPS, 16 }, { "ENTER", MSTC_RIGHT, 0 }, { "LEAVE", MSTC_RIGHT, 0 },
        { "CHANGE", MSTC_RIGHT, 0 }, { "FOR EXAMPLE", MSTC_WRAPS, 16 },
};

static const char *const kinds[] = { "group", "target", "value" };

static const char *
name_of(struct mst_arena *arena, const struct mstc_mover *mover)
{
        if (mover->what == MSTC_MOVED_VALUE)
                return mst_arena_printf(arena, "%s: %s", mover->target, mover->name);
        return mst_arena_printf(arena, "%s %s", kinds[mover->what],
                                mover->what == MSTC_MOVED_GROUP ? mover->name : mover->target);
}

/* ---- person by person ---- */

struct people {
        struct mstc_cli *cli;
        struct mst_arena *scratch;
};

static const char *
say(struct mst_arena *arena, const struct mst_value *value, bool hidden)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

        if (hidden)
                return "(not shown)";
        if (mst_value_type(value) == MST_NULL)
                return "nothing";
        mstc_value_json(value, &text);
        return mst_arena_strdup(arena, mstc_buffer_cstr(&text));
}

static void
write_move(struct mstc_json *json, const struct mstc_move *move)
{
        const struct mstc_mover *mover = move->mover;

        mstc_json_object(json, NULL);
        mstc_json_text(json, "id", move->id);
        mstc_json_text(json, "title", move->title);
        mstc_json_text(json, "sync", mover->sync);
        mstc_json_text(json, "what", kinds[mover->what]);
        mstc_json_text(json, "target", mover->target);
        mstc_json_text(json, "name", mover->name);
        if (mover->what != MSTC_MOVED_VALUE)
                mstc_json_text(json, "move", move->enters ? "enters" : "leaves");
        else if (!move->hidden) {
                mstc_json_value(json, "before", move->before);
                mstc_json_value(json, "after", move->after);
        }
        mstc_json_end(json);
}

static void
tell(void *self, const struct mstc_move *move)
{
        struct people *people = self;
        struct mst_arena *arena = people->scratch;

        if (people->cli->json != NULL) {
                write_move(people->cli->json, move);
                return;
        }
        mst_arena_reset(arena);
        printf("%s: ", mstc_fit(arena, move->title, 0));
        if (move->mover->what == MSTC_MOVED_VALUE)
                printf("%s %s → %s\n", mstc_fit(arena, name_of(arena, move->mover), 0),
                       mstc_fit(arena, say(arena, move->before, move->hidden), 0),
                       mstc_fit(arena, say(arena, move->after, move->hidden), 0));
        else
                printf("%s %s\n", move->enters ? "enters" : "leaves", mstc_fit(arena, name_of(arena, move->mover), 0));
}

/* ---- the movers ---- */

static const char *
samples(struct mst_arena *arena, const struct mstc_mover *mover)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        uint64_t all = mover->enters + mover->leaves + mover->changes;

        for (size_t i = 0; i < MSTC_MOVE_SAMPLES && mover->samples[i] != NULL; i++)
                mstc_buffer_printf(&text, "%s%s", i > 0 ? ", " : "", mover->samples[i]);
        if (all > MSTC_MOVE_SAMPLES)
                mstc_buffer_text(&text, ", ...");
        return mst_arena_strdup(arena, mstc_buffer_cstr(&text));
}

static void
write_accounts(struct mstc_json *json, const struct mstc_accounts *accounts)
{
        mstc_json_object(json, "accounts");
        mstc_json_number(json, "created", (int64_t)accounts->created);
        mstc_json_number(json, "enabled", (int64_t)accounts->enabled);
        mstc_json_number(json, "disabled", (int64_t)accounts->disabled);
        mstc_json_number(json, "deleted", (int64_t)accounts->deleted);
        mstc_json_number(json, "kept", (int64_t)accounts->kept);
        mstc_json_end(json);
}

/* "phone: 12 accounts would be created, 3 disabled; 4 would stay as they are." */
static void
say_accounts(struct mstc_cli *cli, const struct mstc_mover *mover)
{
        const struct mstc_accounts *a = &mover->accounts;
        const struct { uint64_t count; const char *word; } rows[] = {
                { a->created, "created" }, { a->enabled, "enabled" }, { a->disabled, "disabled" }, { a->deleted, "deleted" },
        };
        bool first = true;

        if (a->created + a->enabled + a->disabled + a->deleted + a->kept == 0)
                return;
        printf("%s: ", mstc_fit(cli->arena, mover->target, 0));
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
                if (rows[i].count > 0) {
                        printf("%s%s%s%s", first ? "" : ", ", mstc_thousands(cli->arena, rows[i].count),
                               first ? rows[i].count == 1 ? " account would be " : " accounts would be " : " ", rows[i].word);
                        first = false;
                }
        if (a->kept > 0)
                printf("%s%s%s would stay as %s", first ? "" : "; ", mstc_thousands(cli->arena, a->kept),
                       first ? a->kept == 1 ? " account" : " accounts" : "", a->kept == 1 ? "it is" : "they are");
        puts(".");
}

static void
show(struct mstc_listing *list, const struct mstc_mover *mover)
{
        struct mstc_json *json = list->cli->json;

        if (json != NULL) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "sync", mover->sync);
                mstc_json_text(json, "what", kinds[mover->what]);
                mstc_json_text(json, "target", mover->target);
                mstc_json_text(json, "name", mover->name);
                mstc_json_number(json, "enters", (int64_t)mover->enters);
                mstc_json_number(json, "leaves", (int64_t)mover->leaves);
                mstc_json_number(json, "changes", (int64_t)mover->changes);
                if (mover->what == MSTC_MOVED_TARGET)
                        write_accounts(json, &mover->accounts);
                mstc_json_end(json);
                return;
        }
        mstc_table_cell(list->table, mover->sync);
        mstc_table_cell(list->table, name_of(list->arena, mover));
        mstc_table_count(list->table, mover->enters);
        mstc_table_count(list->table, mover->leaves);
        mstc_table_count(list->table, mover->changes);
        mstc_table_cell(list->table, samples(list->arena, mover));
}

static int
show_all(struct mstc_cli *cli, const struct mstc_rulesdiff *diff)
{
        struct mstc_listing list;
        struct mst_error err = { 0 };

        if (cli->json != NULL) {
                mstc_json_number(cli->json, "people", (int64_t)diff->people);
                mstc_json_number(cli->json, "moved", (int64_t)diff->moved);
        } else
                printf("%s people looked at; for %s%s%s of them something would be different.\n",
                       mstc_thousands(cli->arena, diff->people), mstc_paint_on(cli->colour, MSTC_BOLD),
                       mstc_thousands(cli->arena, diff->moved), mstc_paint_off(cli->colour, MSTC_BOLD));
        for (size_t i = 0; i < diff->count && cli->json == NULL; i++)
                if (diff->movers[i]->what == MSTC_MOVED_TARGET)
                        say_accounts(cli, diff->movers[i]);
        if (mstc_listing_open(&list, cli, "movers", columns, sizeof columns / sizeof columns[0])) {
                for (size_t i = 0; i < diff->count; i++)
                        if (mstc_listing_takes(&list))
                                show(&list, diff->movers[i]);
                mstc_listing_goes_on(&list, false, &err);
        }
        return mstc_listing_close(&list, NULL, &err);
}

static int
compare(struct mstc_cli *cli, const struct mstc_workplace *old, const struct mstc_workplace *new)
{
        bool each = mstc_args_has(cli->args, "people");
        struct people people = { .cli = cli, .scratch = mst_arena_new(0) };
        struct mstc_rulesdiff diff = { 0 };
        struct mst_error err = { 0 };
        int code;

        if (each && cli->json != NULL)
                mstc_json_array(cli->json, "moves");
        if (people.scratch == NULL)
                mst_fail_memory(&err, "comparing rules");
        else
                mstc_rulesdiff_run(old->store, old->setup, new->setup, each ? tell : NULL, &people, &diff, &err);
        if (each && cli->json != NULL)
                mstc_json_end(cli->json);
        if (each && cli->json == NULL && diff.moved > 0)
                putchar('\n');
        code = err.code == MST_OK ? show_all(cli, &diff) : mstc_cli_fail(cli, &err);
        mstc_rulesdiff_done(&diff);
        mst_arena_free(people.scratch);
        return code;
}

static int
run(struct mstc_cli *cli)
{
        const char *word = mstc_args_at(cli->args, 0);
        struct mstc_workplace old = { .file = mstc_args_at(cli->args, 1) }, new = { .file = mstc_args_at(cli->args, 2) };
        int code;

        if (strcmp(word, "diff") != 0)
                return mstc_cli_misused(cli, "rules knows 'diff', not '%s'", word);
        code = mstc_workplace_rules(cli, &old, "movers");
        if (code == MSTC_END_DONE && old.store != NULL)
                code = mstc_workplace_setup(cli, &new, true);
        if (code == MSTC_END_DONE && old.store != NULL)
                code = compare(cli, &old, &new);
        mstc_workplace_close(&new);
        mstc_workplace_close(&old);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "people", .help = "also every single move, person by person" },
        { .name = "all", .help = "everything, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_rules = {
        .name = "rules", .arguments = "diff OLD.xml NEW.xml", .flags = flags, .least = 3, .most = 3,
        .summary = "tell what a changed configuration would do",
        .about =
        "Holds two configurations against the people of the mirror (of the store that OLD.xml\n"
        "names): who would enter and leave each group and target, and which values would\n"
        "change, the biggest movers first; and how many accounts would be created, enabled,\n"
        "disabled or deleted.  Nobody is asked and nothing is changed.  It is what\n"
        "the rules say; `muster plan` with the new file tells what would be done at the sinks.",
        .example =
        "  muster rules diff /etc/muster/muster.xml new.xml\n",
        .run = run,
};
