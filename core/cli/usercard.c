/* usercard.c - one person, with all there is: for people, and as an object of the document. */
#include "build.h"

#include "cli/usercard.h"

#include <string.h>

#include "cli/moment.h"
#include "cli/table.h"
#include "store/entries.h"
#include "util/utf8.h"

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

void
mstc_user_json(struct mstc_json *json, const struct mstc_view_person *person, bool verbose)
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
const char *
mstc_gone_word(const struct mstc_view_person *person)
{
        return person->gone == MSTC_GONE_OUTSIDE ? "outside" : "gone";
}

/* ---- for people ---- */

static void
show_line(struct mstc_cli *cli, const char *title, const char *text)
{
        unsigned at = (unsigned)strlen(title);

        fputs(title, stdout);
        mstc_wrap(cli->arena, stdout, text != NULL ? text : "?", at, at, cli->width);
}

/* Long values are cut, unless all is wanted. */
void
mstc_user_record(struct mstc_cli *cli, const struct mst_record *record, const char *indent)
{
        for (size_t i = 0; record != NULL && i < mst_record_count(record); i++) {
                struct mstc_buffer say = { 0 };
                unsigned room = cli->width >= 60 ? 28 : 12, at = (unsigned)strlen(indent) + room + 2;
                const char *name = mstc_fit(cli->arena, mst_record_name_at(record, i), room);

                mstc_value_say(mst_record_at(record, i), &say);
                printf("%s%s%*s", indent, name, (int)(room + 2 - mstc_utf8_columns(name, strlen(name))), "");
                mstc_wrap(cli->arena, stdout, mstc_fit(cli->arena, mstc_buffer_cstr(&say), cli->verbose ? 0 : LONGEST), at, at,
                          cli->width);
                mstc_buffer_done(&say);
        }
}

void
mstc_user_card(struct mstc_cli *cli, const struct mstc_view_person *person)
{
        mstc_head(cli->arena, cli->colour, cli->width, person->title, "");
        show_line(cli, "  id    ", person->id);
        show_line(cli, "  sync  ", person->sync);
        if (person->gone != 0)
                printf("  %s  since %s\n", mstc_gone_word(person), mstc_moment(cli->arena, person->since));
        if (person->bad != NULL)
                show_line(cli, "  bad   ", person->bad);
        puts("  as the source has it");
        mstc_user_record(cli, person->record, "    ");
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
                mstc_user_record(cli, link->applied, "      ");
        }
        if (person->link_count == 0)
                puts("  in no sink");
}
