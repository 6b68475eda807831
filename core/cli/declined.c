/* declined.c - what somebody has decided against, for people and for the document. */
#include "build.h"

#include "cli/declined.h"

#include <string.h>

#include "cli/listing.h"
#include "cli/moment.h"
#include "store/declined.h"
#include "store/view.h"

static const struct mstc_column columns[] = {
        { "NAME", MSTC_FLEXIBLE, 10 }, { "TARGET", MSTC_FLEXIBLE, 8 }, { "WHAT", 0, 0 }, { "DECLINED BY", MSTC_FLEXIBLE, 8 },
        { "AT", 0, 0 }, { "WHY", MSTC_WRAPS, 16 },
};

static const char *
verb_of(const struct mstc_view_declined *d)
{
        return d->verb != 0 ? mst_verb_name((enum mst_verb)d->verb) : "?";
}

static const char *
how(const struct mstc_view_declined *d)
{
        return d->decided == MSTC_UNDONE ? "undone" : d->decided == MSTC_ACCEPTED ? "accepted" : "rejected";
}

static void
write_row(struct mstc_json *json, const struct mstc_view_declined *d)
{
        mstc_json_object(json, NULL);
        mstc_json_text(json, "kind", d->kind == MST_GROUP ? "group" : "user");
        mstc_json_text(json, "id", d->id);
        mstc_json_text(json, "title", d->title);
        mstc_json_text(json, "sync", d->sync);
        mstc_json_text(json, "target", d->target);
        mstc_json_text(json, "sink", d->sink);
        mstc_json_text(json, "verb", d->verb != 0 ? verb_of(d) : NULL);
        mstc_json_text(json, "reason", d->reason != 0 ? mstc_reason_name(d->reason) : NULL);
        mstc_json_text(json, "decision", how(d));
        mstc_json_time(json, "decided", d->at);
        mstc_json_text(json, "decided-by", d->who);
        mstc_json_text(json, "note", d->note);
        mstc_json_end(json);
}

static void
show_row(struct mstc_listing *list, const struct mstc_view_declined *d)
{
        if (list->cli->json != NULL) {
                write_row(list->cli->json, d);
                return;
        }
        mstc_table_cell(list->table, d->title);
        mstc_table_cell(list->table, d->target);
        mstc_table_cell(list->table, verb_of(d));
        mstc_table_cell(list->table, d->who);
        mstc_table_cell(list->table, mstc_moment(list->arena, d->at));
        mstc_table_cell(list->table, d->note);
}

int
mstc_declined_list(struct mstc_cli *cli, struct mstc_store *store)
{
        struct mst_error err = { 0 };
        struct mstc_listing list;
        bool more = false, any = false;
        int64_t after = 0;
        int code;

        if (mstc_listing_open(&list, cli, "declined", columns, sizeof columns / sizeof columns[0]))
                do {
                        struct mstc_view_declined *rows;
                        size_t count = 0;

                        if (mstc_view_declined(store, 0, &after, MSTC_BATCH, list.arena, &rows, &count, &more, &err) != MST_OK)
                                break;
                        any |= count > 0;
                        for (size_t i = 0; i < count; i++)
                                if (mstc_listing_takes(&list))
                                        show_row(&list, &rows[i]);
                } while (mstc_listing_goes_on(&list, more, &err));
        code = mstc_listing_close(&list, "Nothing is declined.", &err);
        if (code == MSTC_END_DONE && any && cli->json == NULL)
                puts("\nmuster retry USER lets it be planned again.");
        return code;
}

int
mstc_declined_tell(struct mstc_cli *cli, struct mstc_store *store, int64_t entry, const char *target, const char *indent)
{
        struct mstc_view_declined *rows;
        struct mst_error err = { 0 };
        int64_t after = 0;
        size_t count = 0;
        bool more;

        if (mstc_view_declined(store, entry, &after, MSTC_BATCH, cli->arena, &rows, &count, &more, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL)
                mstc_json_array(cli->json, "declined");
        for (size_t i = 0; i < count; i++) {
                const struct mstc_view_declined *d = &rows[i];

                if (target != NULL && (d->target == NULL || strcmp(d->target, target) != 0))
                        continue;
                if (cli->json != NULL)
                        write_row(cli->json, d);
                else
                        printf("%s%s in %s %s by %s, %s%s%s\n", indent, verb_of(d),
                               mstc_fit(cli->arena, d->target != NULL ? d->target : "?", 0), how(d),
                               mstc_fit(cli->arena, d->who != NULL ? d->who : "an admin", 0), mstc_moment(cli->arena, d->at),
                               d->note != NULL ? ": " : "", d->note != NULL ? mstc_fit(cli->arena, d->note, 0) : "");
        }
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        return MSTC_END_DONE;
}
