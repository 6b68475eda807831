/* users.c - `muster users`: who the source has, and what became of them in the sinks. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include <muster/page.h>

#include "cli/declined.h"
#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/workplace.h"
#include "store/entries.h"
#include "store/view.h"
#include "util/utf8.h"

static const struct mstc_column columns[] = {
        { "NAME", MSTC_FLEXIBLE, 14 }, { "UPN", MSTC_FLEXIBLE, 16 }, { "SYNC", MSTC_FLEXIBLE, 5 },
        { "LINKS", MSTC_WRAPS, 18 },
};

#define LONGEST 320                          /* columns of a value, without --verbose  */

static void
write_links(struct mstc_json *json, const struct mstc_view_person *person, bool applied)
{
        static const char *const made[] = { "?", "created", "adopted", "found" };

        mstc_json_array(json, "links");
        for (size_t i = 0; i < person->link_count; i++) {
                const struct mstc_view_link *link = &person->links[i];

                mstc_json_object(json, NULL);
                mstc_json_text(json, "sink", link->sink);
                mstc_json_text(json, "target", link->target);
                mstc_json_text(json, "object", link->object);
                mstc_json_text(json, "name", link->name);
                mstc_json_text(json, "made", made[link->made >= 1 && link->made <= 3 ? link->made : 0]);
                mstc_json_text(json, "state", mstc_link_state_name(link->state));
                mstc_json_text(json, "reason", link->reason != 0 ? mstc_reason_name(link->reason) : NULL);
                mstc_json_time(json, "since", link->since);
                mstc_json_time(json, "touched", link->touched);
                mstc_json_bool(json, "declined", link->declined);
                if (applied)
                        mstc_json_record(json, "applied", link->applied);
                mstc_json_end(json);
        }
        mstc_json_end(json);
}

static void
write_person(struct mstc_json *json, const struct mstc_view_person *person, bool verbose)
{
        mstc_json_object(json, NULL);
        mstc_json_text(json, "id", person->id);
        mstc_json_text(json, "sync", person->sync);
        mstc_json_text(json, "title", person->title);
        mstc_json_text(json, "upn", person->upn);
        mstc_json_text(json, "mail", person->mail);
        mstc_json_bool(json, "gone", person->gone != 0);
        mstc_json_bool(json, "outside", person->gone == MSTC_GONE_OUTSIDE);
        mstc_json_time(json, "since", person->since);
        mstc_json_text(json, "bad", person->bad);
        if (verbose)
                mstc_json_record(json, "record", person->record);
        write_links(json, person, verbose);
        mstc_json_end(json);
}

/* Removed at the source, or not within what it reads any more. */
static const char *
gone_word(const struct mstc_view_person *person)
{
        return person->gone == MSTC_GONE_OUTSIDE ? "outside" : "gone";
}

static void
show_row(struct mstc_listing *list, const struct mstc_view_person *person)
{
        struct mstc_buffer links = { 0 };

        for (size_t i = 0; i < person->link_count; i++)
                mstc_buffer_printf(&links, "%s%s %s", i > 0 ? ", " : "", person->links[i].sink,
                                   mstc_link_state_name(person->links[i].state));
        mstc_table_paint(list->table, person->gone != 0 ? MSTC_FAINT : MSTC_PLAIN, person->title);
        mstc_table_cell(list->table, person->upn);
        mstc_table_cell(list->table, person->sync);
        if (person->bad != NULL)
                mstc_table_paint(list->table, MSTC_BAD, mst_arena_printf(list->arena, "bad: %s", person->bad));
        else if (person->gone != 0)
                mstc_table_printf(list->table, "%s since %s%s%s", gone_word(person), mstc_moment(list->arena, person->since),
                                  links.length > 0 ? ": " : "", mstc_buffer_cstr(&links));
        else
                mstc_table_cell(list->table, links.length > 0 ? mstc_buffer_cstr(&links) : NULL);
        mstc_buffer_done(&links);
}

/* ---- one person, with all there is ---------------------------------------------------- */

static void
show_line(struct mstc_cli *cli, const char *title, const char *text)
{
        unsigned at = (unsigned)strlen(title);

        fputs(title, stdout);
        mstc_wrap(cli->arena, stdout, text != NULL ? text : "?", at, at, cli->width);
}

/* Long values are cut, unless all is wanted. */
static void
show_record(struct mstc_cli *cli, const struct mst_record *record, const char *indent)
{
        for (size_t i = 0; record != NULL && i < mst_record_count(record); i++) {
                struct mstc_buffer say = { 0 };
                const char *name = mstc_fit(cli->arena, mst_record_name_at(record, i), 28);
                unsigned at = (unsigned)strlen(indent) + 30;

                mstc_value_say(mst_record_at(record, i), &say);
                printf("%s%s%*s", indent, name, (int)(30 - mstc_utf8_columns(name, strlen(name))), "");
                mstc_wrap(cli->arena, stdout, mstc_fit(cli->arena, mstc_buffer_cstr(&say), cli->verbose ? 0 : LONGEST), at, at,
                          cli->width);
                mstc_buffer_done(&say);
        }
}

static void
show_card(struct mstc_cli *cli, const struct mstc_view_person *person)
{
        mstc_head(cli->arena, cli->colour, cli->width, person->title, "");
        show_line(cli, "  id    ", person->id);
        show_line(cli, "  sync  ", person->sync);
        if (person->gone != 0)
                printf("  %s  since %s\n", gone_word(person), mstc_moment(cli->arena, person->since));
        if (person->bad != NULL)
                show_line(cli, "  bad   ", person->bad);
        puts("  as the source has it");
        show_record(cli, person->record, "    ");
        for (size_t i = 0; i < person->link_count; i++) {
                const struct mstc_view_link *link = &person->links[i];

                printf("  in %s: %s", mstc_fit(cli->arena, link->sink != NULL ? link->sink : "?", 0),
                       mstc_link_state_name(link->state));
                if (link->reason != 0)
                        printf(", %s since %s", mstc_reason_name(link->reason), mstc_moment(cli->arena, link->since));
                printf("%s\n    object  %s\n    name    %s\n    last written %s\n", link->declined ? ", something is declined" : "",
                       link->object != NULL ? mstc_fit(cli->arena, link->object, 0) : "-",
                       link->name != NULL ? mstc_fit(cli->arena, link->name, 0) : "-",
                       mstc_moment(cli->arena, link->touched));
                show_record(cli, link->applied, "      ");
        }
        if (person->link_count == 0)
                puts("  in no sink");
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
                write_person(cli->json, &person, true);
        else if (rc == MST_OK)
                show_card(cli, &person);
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        return rc == MST_OK ? mstc_declined_tell(cli, store, number, NULL, "  declined: ") : MSTC_END_DONE;
}

static int
list_people(struct mstc_cli *cli, struct mstc_workplace *place, const char *pattern)
{
        bool gone = mstc_args_has(cli->args, "gone"), more = false;
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;

        if (mstc_listing_open(&list, cli, "users", columns, sizeof columns / sizeof columns[0]))
                do {
                        struct mstc_view_person *people;
                        size_t count = 0;

                        if (mstc_view_people(place->store, pattern, gone, &after, MSTC_BATCH, list.arena, &people,
                                             &count, &more, &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++) {
                                if (!mstc_listing_takes(&list))
                                        continue;
                                if (cli->json != NULL)
                                        write_person(cli->json, &people[i], cli->verbose);
                                else
                                        show_row(&list, &people[i]);
                        }
                } while (mstc_listing_goes_on(&list, more, &err));
        return mstc_listing_close(&list, pattern != NULL ? "Nobody matches." : "There is nobody yet.", &err);
}

static int
run(struct mstc_cli *cli)
{
        const char *pattern = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        struct mst_error err = { 0 };
        int64_t number = 0;
        int code = mstc_workplace_store(cli, &place, "users");

        if (place.store != NULL) {
                if (pattern != NULL && find_the_one(cli, place.store, pattern, &number, &err) != MST_OK)
                        code = mstc_cli_fail(cli, &err);
                else
                        code = number != 0 ? show_the_one(cli, place.store, number) : list_people(cli, &place, pattern);
        }
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "gone", .help = "also those who have left the source" },
        { .name = "all", .help = "everybody, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_users = {
        .name = "users", .arguments = "[PATTERN]", .flags = flags, .most = 1,
        .summary = "list people and their objects in the sinks",
        .about =
        "Lists the people of the mirror: as the source last gave them.  PATTERN is a part of a\n"
        "name, UPN, mail or id, or with * and ? the whole of one; or SINK:OBJECT.  When it means\n"
        "just one person, everything that is known is shown: the record, and for each sink the\n"
        "object and what was last written there.",
        .run = run,
};
