/* complete.c - `muster complete WHAT [PREFIX]`: the names that begin so, for the shells' completion.
 *
 * Not in the help: nobody types it.  A line a name, 100 at most, within half a second; what goes
 * wrong is told on stderr, which the shells throw away. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>
#include <strings.h>

#include "cli/workplace.h"
#include "store/view.h"
#include "util/date.h"

#define MOST 100u
#define PATIENCE_MS 500

struct offer {
        const char *prefix;
        size_t length, count;
};

/* What no shell could take back is left out. */
static void
give(struct offer *offer, const char *name)
{
        if (name == NULL || *name == '\0' || offer->count >= MOST || strncasecmp(name, offer->prefix, offer->length) != 0)
                return;
        for (const char *c = name; *c != '\0'; c++)
                if ((unsigned char)*c < 0x20 || *c == 0x7f)
                        return;
        puts(name);
        offer->count++;
}

static void
give_configured(const struct mstc_config *config, const char *what, struct offer *offer)
{
        bool syncs = strcmp(what, "syncs") == 0, targets = strcmp(what, "targets") == 0;

        for (size_t i = 0; i < config->sync_count; i++) {
                if (syncs)
                        give(offer, config->syncs[i].name);
                for (size_t k = 0; targets && k < config->syncs[i].target_count; k++)
                        give(offer, config->syncs[i].targets[k].name);
        }
        for (size_t i = 0; !syncs && !targets && i < config->instance_count; i++)
                if (config->instances[i].is_source == (strcmp(what, "sources") == 0))
                        give(offer, config->instances[i].name);
}

static int
give_groups(struct mstc_cli *cli, struct mstc_store *store, struct offer *offer)
{
        int64_t after = 0, end = mstc_clock_ticks_ms() + PATIENCE_MS;
        struct mst_error err = { 0 };
        bool more = true;

        while (more && offer->count < MOST && mstc_clock_ticks_ms() < end) {
                struct mstc_view_group *groups;
                size_t count;

                if (mstc_view_groups(store, offer->length > 0 ? offer->prefix : NULL, &after, MOST, cli->arena, &groups, &count,
                                     &more, &err) != MST_OK)
                        return mstc_cli_fail(cli, &err);
                for (size_t i = 0; i < count; i++)
                        if (!groups[i].gone)
                                give(offer, groups[i].name);
        }
        return MSTC_END_DONE;
}

/* By what is typed for them: the UPN, else the id. */
static int
give_users(struct mstc_cli *cli, struct mstc_store *store, struct offer *offer)
{
        struct mstc_view_filter filter = { .pattern = mst_arena_printf(cli->arena, "%s*", offer->prefix) };
        int64_t after = 0, end = mstc_clock_ticks_ms() + PATIENCE_MS;
        struct mst_error err = { 0 };
        bool more = filter.pattern != NULL;

        while (more && offer->count < MOST && mstc_clock_ticks_ms() < end) {
                struct mstc_view_person *people;
                size_t count;

                if (mstc_view_filtered(store, &filter, &after, MOST, cli->arena, &people, &count, &more, &err) != MST_OK)
                        return mstc_cli_fail(cli, &err);
                for (size_t i = 0; i < count; i++)
                        give(offer, people[i].upn != NULL && strncasecmp(people[i].upn, offer->prefix, offer->length) == 0
                             ? people[i].upn : people[i].id);
        }
        return MSTC_END_DONE;
}

static int
run(struct mstc_cli *cli)
{
        static const char *const kinds[] = { "syncs", "sinks", "sources", "targets", "groups", "users", "commands" };
        const char *what = mstc_args_at(cli->args, 0), *prefix = mstc_args_at(cli->args, 1);
        struct offer offer = { .prefix = prefix != NULL ? prefix : "", .length = prefix != NULL ? strlen(prefix) : 0 };
        struct mstc_workplace place = { 0 };
        bool known = false, stored = strcmp(what, "groups") == 0 || strcmp(what, "users") == 0;
        int code;

        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
                known = known || strcmp(kinds[i], what) == 0;
        if (!known)
                return mstc_cli_misused(cli, "complete knows syncs, sinks, sources, targets, groups, users and commands, not '%s'", what);
        if (cli->json != NULL)
                return mstc_cli_misused(cli, "complete is for shells and knows no --json");
        if (strcmp(what, "commands") == 0) {
                for (size_t i = 0; i < mstc_command_count; i++)
                        if (!mstc_commands[i]->hidden)
                                give(&offer, mstc_commands[i]->name);
                return MSTC_END_DONE;
        }
        code = stored ? mstc_workplace_store(cli, &place, NULL) : mstc_workplace_config(cli, &place);
        if (code == MSTC_END_DONE && !stored)
                give_configured(place.config, what, &offer);
        else if (code == MSTC_END_DONE && place.store != NULL)
                code = strcmp(what, "groups") == 0 ? give_groups(cli, place.store, &offer) : give_users(cli, place.store, &offer);
        mstc_workplace_close(&place);
        return code;
}

const struct mstc_command mstc_command_complete = {
        .name = "complete", .arguments = "WHAT [PREFIX]", .least = 1, .most = 2, .hidden = true,
        .summary = "list names for the completion of a shell",
        .about = "Prints at most 100 names of syncs, sinks, sources, targets, groups, users or commands that\n"
        "begin with PREFIX.",
        .run = run,
};
