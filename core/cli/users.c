/* users.c - `muster users`: who the source has, and what became of them in the sinks. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/asof.h"
#include "cli/declined.h"
#include "cli/traits.h"
#include "cli/moment.h"
#include "cli/typed.h"
#include "cli/usercard.h"
#include "cli/workplace.h"
#include "store/memberof.h"

static const struct mstc_column columns[] = {
        { "NAME", MSTC_FLEXIBLE, 14 }, { "UPN", MSTC_FLEXIBLE, 16 }, { "SYNC", MSTC_FLEXIBLE, 5 },
        { "LINKS", MSTC_WRAPS, 18 },
};

/* ---- what may be chosen ---- */

static const char *say_name(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_person *)row)->title; }
static const char *say_upn(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_person *)row)->upn; }
static const char *say_mail(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_person *)row)->mail; }
static const char *say_id(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_person *)row)->id; }
static const char *say_sync(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_person *)row)->sync; }

static const char *
say_state(const void *row, struct mst_arena *arena)
{
        const struct mstc_view_person *person = row;

        (void)arena;
        return person->bad != NULL ? "bad" : person->gone != 0 ? mstc_gone_word(person) : "there";
}

static const char *
say_since(const void *row, struct mst_arena *arena)
{
        const struct mstc_view_person *person = row;

        return person->gone != 0 ? mstc_moment(arena, person->since) : NULL;
}

static const char *
say_links(const void *row, struct mst_arena *arena)
{
        const struct mstc_view_person *person = row;
        struct mstc_buffer links = { 0 };
        const char *text;

        for (size_t i = 0; i < person->link_count; i++)
                mstc_buffer_printf(&links, "%s%s %s", i > 0 ? ", " : "", person->links[i].sink != NULL ? person->links[i].sink : "?",
                                   mstc_link_state_name(person->links[i].state));
        text = links.length > 0 ? mst_arena_strdup(arena, mstc_buffer_cstr(&links)) : NULL;
        mstc_buffer_done(&links);
        return text;
}

static const struct mstc_trait traits[] = {
        { "id", MSTC_FLEXIBLE, 12, say_id, true }, { "name", MSTC_FLEXIBLE, 14, say_name, true },
        { "upn", MSTC_FLEXIBLE, 16, say_upn, true }, { "mail", MSTC_FLEXIBLE, 16, say_mail, true },
        { "sync", MSTC_FLEXIBLE, 5, say_sync, true }, { "state", 0, 0, say_state, true },
        { "since", 0, 0, say_since, false }, { "links", MSTC_WRAPS, 18, say_links, true },
        { .name = NULL }
};

static void
show_row(struct mstc_listing *list, const struct mstc_view_person *person)
{
        const char *links = say_links(person, list->arena);

        mstc_table_paint(list->table, person->gone != 0 ? MSTC_FAINT : MSTC_PLAIN, person->title);
        mstc_table_cell(list->table, person->upn);
        mstc_table_cell(list->table, person->sync);
        if (person->bad != NULL)
                mstc_table_paint(list->table, MSTC_BAD, mst_arena_printf(list->arena, "bad: %s", person->bad));
        else if (person->gone != 0)
                mstc_table_printf(list->table, "%s since %s%s%s", mstc_gone_word(person), mstc_moment(list->arena, person->since),
                                  links != NULL ? ": " : "", links != NULL ? links : "");
        else
                mstc_table_cell(list->table, links);
}

/* The number of the one whom the pattern means; 0: nobody, or several. */
static int
find_the_one(struct mstc_cli *cli, struct mstc_store *store, const char *pattern, int64_t *ret,
             struct mst_error *err)
{
        bool gone = mstc_args_has(cli->args, "gone"), more = true;
        struct mstc_view_person *people;
        size_t count = 0, found;
        int64_t after = 0;

        *ret = 0;
        if (mstc_view_meant(store, pattern, 2, cli->arena, &people, &found, err) != MST_OK)
                return err->code;
        if (found > 0) {
                *ret = found == 1 ? people[0].number : 0;
                return MST_OK;
        }
        while (more && found < 2) {
                if (mstc_view_people(store, pattern, gone, &after, 2, cli->arena, &people, &count, &more,
                                     err) != MST_OK)
                        return err->code;
                if (count > 0)
                        *ret = people[0].number;
                found += count;
        }
        if (found != 1)
                *ret = 0;
        return MST_OK;
}

static int
show_the_one(struct mstc_cli *cli, struct mstc_store *store, int64_t number)
{
        struct mstc_view_person person;
        struct mst_error err = { 0 };
        int rc = mstc_view_person(store, number, cli->arena, &person, &err);

        if (rc < 0)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL)
                mstc_json_array(cli->json, "users");
        if (cli->json != NULL && rc == MST_OK)
                mstc_user_json(cli->json, &person, true);
        else if (rc == MST_OK)
                mstc_user_card(cli, &person);
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        return rc == MST_OK ? mstc_declined_tell(cli, store, number, NULL, "  declined: ") : MSTC_END_DONE;
}

static int
list_people(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_filter *filter,
            struct mstc_traits *chosen)
{
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = false, open;

        open = chosen->count > 0 ? mstc_traits_open(chosen, &list, cli, "users")
             : mstc_listing_open(&list, cli, "users", columns, sizeof columns / sizeof columns[0]);
        if (open)
                do {
                        struct mstc_view_person *people;
                        size_t count = 0;

                        if (mstc_view_filtered(place->store, filter, &after, MSTC_BATCH, list.arena, &people, &count,
                                               &more, &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++) {
                                if (!mstc_listing_takes(&list))
                                        continue;
                                if (chosen->count > 0)
                                        mstc_traits_show(chosen, &list, &people[i], people[i].record);
                                else if (cli->json != NULL)
                                        mstc_user_json(cli->json, &people[i], cli->verbose);
                                else
                                        show_row(&list, &people[i]);
                        }
                } while (mstc_listing_goes_on(&list, more, &err));
        mstc_traits_tell(chosen, &list);
        return mstc_listing_close(&list, filter->wants != NULL ? "The rule holds for nobody."
                                  : filter->pattern != NULL ? "Nobody matches." : "There is nobody yet.", &err);
}

/* By a pattern, by a rule, or all. */
static int
list(struct mstc_cli *cli, struct mstc_workplace *place, const char *text, struct mstc_traits *chosen)
{
        struct mstc_view_filter filter = { .sync = mstc_args_value(cli->args, "sync"), .gone = mstc_args_has(cli->args, "gone") };
        struct mstc_memberof memberof = { .arena = cli->arena };
        struct mstc_typed typed = { 0 };
        bool rule = text != NULL && mstc_typed_is_rule(text);
        int code = MSTC_END_DONE;

        if (rule) {
                code = mstc_typed_compile(cli, place->setup, filter.sync, text, &typed);
                filter.wants = mstc_typed_wants;
                filter.self = &typed;
        } else
                filter.pattern = text;
        if (mstc_typed_reads(&typed, "memberOf") || mstc_typed_reads(&typed, "transitiveMemberOf")
            || mstc_traits_have(chosen, "memberOf") || mstc_traits_have(chosen, "transitiveMemberOf"))
                filter.memberof = &memberof;
        if (code == MSTC_END_DONE)
                code = list_people(cli, place, &filter, chosen);
        mstc_memberof_done(&memberof);
        mstc_typed_done(&typed);
        return code;
}

static int
run(struct mstc_cli *cli)
{
        const char *text = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        struct mst_error err = { 0 };
        struct mstc_traits chosen;
        int64_t number = 0;
        bool rule = text != NULL && mstc_typed_is_rule(text), past = mstc_args_value(cli->args, "as-of") != NULL;
        int code = mstc_traits_read(cli, traits, true, &chosen);

        if (code != MSTC_END_DONE || !mstc_limit_good(cli))
                return MSTC_END_CONFIG;
        if (past && (rule || chosen.count > 0))
                return mstc_cli_misused(cli, "--as-of goes with a PATTERN, not with a rule, --columns or --csv: it tells "
                                        "what the sinks were given, not what the source said then");
        code = rule ? mstc_workplace_rules(cli, &place, "users") : mstc_workplace_store(cli, &place, "users");
        if (place.store != NULL && past)
                code = mstc_asof_users(cli, &place, text);
        else if (place.store != NULL) {
                if (text != NULL && !rule && chosen.count == 0 && !mstc_args_has(cli->args, "sync")
                    && find_the_one(cli, place.store, text, &number, &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
                else
                        code = number != 0 ? show_the_one(cli, place.store, number) : list(cli, &place, text, &chosen);
        }
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "sync", .takes = "NAME", .help = "only the people of this sync" },
        { .name = "gone", .help = "also those who have left the source" },
        { .name = "as-of", .takes = "DATE", .help = "who had which objects on that day (2026-11-01, or with a time)" },
        { .name = "columns", .takes = "LIST", .help = "what is shown of each, with commas: id, name, upn, mail, sync, state, since, "
          "links, or attributes of the source" },
        { .name = "csv", .help = "comma-separated values, with a line of names" },
        { .name = "limit", .takes = "N", .help = "so many at most" },
        { .name = "all", .help = "everybody, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_users = {
        .name = "users", .arguments = "[PATTERN|RULE]", .flags = flags, .most = 1,
        .summary = "list people and their objects in the sinks",
        .about =
        "Lists the people of the mirror: as the source last gave them.  PATTERN is a part of a\n"
        "name, UPN, mail or id, or with * and ? the whole of one; or SINK:OBJECT.  When it means\n"
        "just one person, everything that is known is shown: the record, and for each sink the\n"
        "object and what was last written there.  A RULE (an operator is in it: user.department\n"
        "-eq \"Finance\") lists those for whom it holds; rules are described in muster-rules(7).",
        .example =
        "  muster users anna@contoso.example\n"
        "  muster users 'user.department -eq \"Finance\"' --columns name,jobTitle,mail\n"
        "  muster users 'user.mail -eq null' --sync staff --csv >without-mail.csv\n"
        "  muster users anna --as-of 2026-11-01\n",
        .run = run,
};
