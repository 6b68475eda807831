/* duplicates.c - `muster duplicates`: objects that match somebody, or have the name of a group
 * of ours, but are not ours to take. */
#include "build.h"

#include "cli/cli.h"

#include "cli/listing.h"
#include "cli/workplace.h"
#include "store/view.h"

static const struct mstc_column columns[] = {
        { "WHO", MSTC_FLEXIBLE, 14 }, { "SINK", MSTC_FLEXIBLE, 8 }, { "MATCHES BY", MSTC_FLEXIBLE, 16 },
        { "OBJECT", MSTC_WRAPS, 24 },
};

static void
show_one(struct mstc_listing *list, const struct mstc_view_duplicate *duplicate)
{
        struct mstc_json *json = list->cli->json;

        if (json == NULL) {
                mstc_table_cell(list->table, duplicate->title);
                mstc_table_cell(list->table, duplicate->sink);
                mstc_table_printf(list->table, "%s=%s", duplicate->attribute != NULL ? duplicate->attribute : "?",
                                  duplicate->value != NULL ? duplicate->value : "?");
                mstc_table_cell(list->table, duplicate->name != NULL ? duplicate->name
                                : duplicate->object != NULL ? duplicate->object : duplicate->why);
                return;
        }
        mstc_json_object(json, NULL);
        mstc_json_text(json, "id", duplicate->id);
        mstc_json_text(json, "title", duplicate->title);
        mstc_json_text(json, "sync", duplicate->sync);
        mstc_json_text(json, "sink", duplicate->sink);
        mstc_json_text(json, "object", duplicate->object);
        mstc_json_text(json, "name", duplicate->name);
        mstc_json_text(json, "attribute", duplicate->attribute);
        mstc_json_text(json, "value", duplicate->value);
        mstc_json_text(json, "why", duplicate->why);
        mstc_json_number(json, "run", duplicate->run);
        mstc_json_end(json);
}

static int
run(struct mstc_cli *cli)
{
        struct mstc_workplace place = { 0 };
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = false;
        int code = mstc_workplace_store(cli, &place, "duplicates");

        if (place.store != NULL) {
                if (mstc_listing_open(&list, cli, "duplicates", columns, sizeof columns / sizeof columns[0]))
                        do {
                                struct mstc_view_duplicate *rows;
                                size_t count = 0;

                                if (mstc_view_duplicates(place.store, &after, MSTC_BATCH, list.arena, &rows, &count,
                                                         &more, &err) != MST_OK)
                                        break;
                                for (size_t i = 0; i < count; i++)
                                        if (mstc_listing_takes(&list))
                                                show_one(&list, &rows[i]);
                        } while (mstc_listing_goes_on(&list, more, &err));
                code = mstc_listing_close(&list, "There are no duplicates.", &err);
        }
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "all", .help = "everything, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_duplicates = {
        .name = "duplicates", .arguments = "", .flags = flags,
        .summary = "list objects that match somebody but are not ours",
        .about =
        "Lists what lies in a sink, matches a person by the target's <match> and has not been\n"
        "made or adopted by muster.  Nothing is written for that person there until the object\n"
        "is taken away, or on-existing=\"adopt\" lets muster take it over.  A group of ours whose\n"
        "name is taken stands here, too, with what the sink says of it.",
        .run = run,
};
