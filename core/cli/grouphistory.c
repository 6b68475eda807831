/* grouphistory.c - `muster groups NAME --history`: what the rule has said, since when, and what
 * each version changed. */
#include "build.h"

#include "cli/grouphistory.h"

#include <string.h>

#include "cli/listing.h"
#include "cli/moment.h"
#include "store/view.h"

static const struct mstc_column columns[] = {
        { "SYNC", MSTC_FLEXIBLE, 6 }, { "VERSION", MSTC_RIGHT, 0 }, { "SINCE", 0, 0 }, { "RUN", MSTC_RIGHT, 0 },
        { "RULE", MSTC_WRAPS, 24 }, { "WHAT CHANGED", MSTC_WRAPS, 20 },
};

/* How much of both is the same from the start, up to a blank that both have there. */
static size_t
same_start(const char *a, const char *b)
{
        size_t blank = 0, i = 0;

        for (; a[i] != '\0' && a[i] == b[i]; i++)
                if (a[i] == ' ')
                        blank = i + 1;
        return a[i] == b[i] ? i : blank;
}

static size_t
same_end(const char *a, size_t a_length, const char *b, size_t b_length)
{
        size_t blank = 0;

        for (size_t i = 0; i < a_length && i < b_length && a[a_length - 1 - i] == b[b_length - 1 - i]; i++)
                if (a[a_length - 1 - i] == ' ')
                        blank = i + 1;
        return blank;
}

const char *
mstc_rule_change(struct mst_arena *arena, const char *before, const char *after)
{
        size_t start, end, gone, come;

        if (before == NULL || after == NULL)
                return before == NULL ? "the first" : "it is there no more";
        start = same_start(before, after);
        gone = strlen(before) - start;
        come = strlen(after) - start;
        end = same_end(before + start, gone, after + start, come);
        gone -= end;
        come -= end;
        if (gone == 0 || come == 0)
                return mst_arena_printf(arena, "%s %.*s", gone == 0 ? "new:" : "gone:", (int)(gone == 0 ? come : gone),
                                        gone == 0 ? after + start : before + start);
        return mst_arena_printf(arena, "%.*s instead of %.*s", (int)come, after + start, (int)gone, before + start);
}

static void
show(struct mstc_listing *list, const struct mstc_view_version *version)
{
        struct mstc_json *json = list->cli->json;

        if (json != NULL) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "sync", version->sync);
                mstc_json_number(json, "version", version->number);
                mstc_json_number(json, "run", version->run);
                mstc_json_time(json, "at", version->at);
                mstc_json_text(json, "fingerprint", version->fingerprint[0] != '\0' ? version->fingerprint : NULL);
                mstc_json_text(json, "rule", version->text);
                mstc_json_text(json, "before", version->before);
                mstc_json_end(json);
                return;
        }
        mstc_table_cell(list->table, version->sync);
        mstc_table_printf(list->table, "%lld", (long long)version->number);
        mstc_table_cell(list->table, mstc_moment(list->arena, version->at));
        mstc_table_printf(list->table, "%lld", (long long)version->run);
        mstc_table_cell(list->table, version->text != NULL ? version->text : "(none)");
        mstc_table_cell(list->table, mstc_rule_change(list->arena, version->before, version->text));
}

/* 'sync' NULL: of all. */
static void
list_versions(struct mstc_listing *list, struct mstc_store *store, const char *sync, const char *name,
              struct mst_error *err)
{
        int64_t after = 0;
        bool more = true;

        while (more && err->code == MST_OK) {
                struct mstc_view_version *rows;
                size_t count;

                if (mstc_view_versions(store, sync, name, &after, MSTC_BATCH, list->cli->arena, &rows, &count, &more,
                                       err) == MST_OK)
                        for (size_t i = 0; i < count; i++)
                                if (mstc_listing_takes(list))
                                        show(list, &rows[i]);
        }
}

/* A family's rule stands under the family's name; a rule may have no group any more. */
static void
list_all(struct mstc_listing *list, struct mstc_store *store, const char *name, struct mst_error *err)
{
        bool found = false, more = true;
        int64_t after = 0;

        while (more && err->code == MST_OK) {
                struct mstc_view_group *groups;
                size_t count;

                if (mstc_view_groups(store, name, &after, MSTC_BATCH, list->cli->arena, &groups, &count, &more, err) != MST_OK)
                        return;
                for (size_t i = 0; i < count; i++)
                        if (strcmp(groups[i].name, name) == 0) {
                                found = true;
                                list_versions(list, store, groups[i].sync,
                                              groups[i].family != NULL ? groups[i].family : name, err);
                        }
        }
        if (!found)
                list_versions(list, store, NULL, name, err);
}

int
mstc_group_history(struct mstc_cli *cli, struct mstc_workplace *place, const char *name)
{
        struct mstc_listing list;
        struct mst_error err = { 0 };

        if (mstc_listing_open(&list, cli, "history", columns, sizeof columns / sizeof columns[0])) {
                list_all(&list, place->store, name, &err);
                mstc_listing_goes_on(&list, false, &err);
        }
        return mstc_listing_close(&list, "No rule of such a group is known: its name stands in `muster groups`, and its first "
                                  "version is kept with the first plan.", &err);
}
