/* asof.c - `--as-of`: people and groups as the sinks had them at an instant of the past. */
#include "build.h"

#include "cli/asof.h"

#include <string.h>
#include <time.h>

#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/usercard.h"
#include "store/asof.h"
#include "util/alloc.h"
#include "util/date.h"
#include "util/set.h"

static const struct mstc_column user_columns[] = {
        { "NAME", MSTC_FLEXIBLE, 14 }, { "ID", MSTC_FLEXIBLE, 12 }, { "SYNC", MSTC_FLEXIBLE, 5 },
        { "HAD IN THE SINKS", MSTC_WRAPS, 18 },
};
static const struct mstc_column group_columns[] = {
        { "GROUP", MSTC_FLEXIBLE, 16 }, { "SYNC", MSTC_FLEXIBLE, 6 }, { "MEMBERS IN THE SINKS", MSTC_WRAPS, 24 },
};
static const struct mstc_column member_columns[] = {
        { "NAME", MSTC_FLEXIBLE, 16 }, { "UPN", MSTC_FLEXIBLE, 20 }, { "IN", MSTC_WRAPS, 12 },
};

static void set_drop(struct mstc_set **set) { mstc_set_free(*set); }

/* ---- when ---- */

static bool
parse(const char *text, int64_t *ret)
{
        bool day = strlen(text) == 10, local = strpbrk(text, "Zz+") == NULL && (day || strchr(text + 10, '-') == NULL);
        struct mstc_civil civil;
        struct tm tm = { 0 };
        int64_t date;
        time_t at;

        if (strlen(text) < 10 || !mstc_date_parse_iso(text, strlen(text), &date))
                return false;
        mstc_date_split(date, &civil);
        tm = (struct tm){ .tm_year = civil.year - 1900, .tm_mon = civil.month - 1, .tm_mday = civil.day + (day ? 1 : 0),
                          .tm_hour = civil.hour, .tm_min = civil.minute, .tm_sec = civil.second, .tm_isdst = -1 };
        at = local ? mktime(&tm) : timegm(&tm);
        *ret = (int64_t)at * 1000 + civil.fraction / 10000 - (day ? 1 : 0);
        return at != (time_t)-1;
}

int
mstc_asof_instant(struct mstc_cli *cli, struct mstc_store *store, int64_t *ret)
{
        const char *text = mstc_args_value(cli->args, "as-of");
        struct mst_error err = { 0 };
        struct timespec clock = { 0 };
        int64_t begin, now;

        clock_gettime(CLOCK_REALTIME, &clock);
        now = (int64_t)clock.tv_sec * 1000 + clock.tv_nsec / 1000000;
        if (!parse(text, ret))
                return mstc_cli_misused(cli, "--as-of takes a day or an instant, such as 2026-11-01 or 2026-11-01T09:30, not '%s'", text);
        if (strlen(text) == 10 && *ret > now && *ret - now < INT64_C(25) * 3600000)
                *ret = now;                  /* today                                  */
        if (*ret > now)
                return mstc_cli_misused(cli, "'%s' lies in the future: --as-of shows what was; muster plan shows what will be", text);
        if (mstc_asof_begin(store, &begin, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (begin != 0 && *ret >= begin)
                return MSTC_END_DONE;
        mst_fail(&err, MST_ENOTFOUND, "the history does not reach back to %s: it begins with the run of %s (muster history --all)", text,
                 begin != 0 ? mstc_moment_exact(cli->arena, begin) : "the day when there is one");
        return mstc_cli_fail(cli, &err);
}

static void
say_when(struct mstc_cli *cli, int64_t at)
{
        if (cli->json != NULL)
                mstc_json_time(cli->json, "as-of", at);
        else
                printf("%sAs of %s%s, from what was written to the sinks:\n", mstc_paint_on(cli->colour, MSTC_BOLD),
                       mstc_moment_exact(cli->arena, at), mstc_paint_off(cli->colour, MSTC_BOLD));
}

/* ---- people ---- */

static void
write_user(struct mstc_json *json, const struct mstc_view_person *person, const char *title,
           const struct mstc_asof_link *links, size_t count)
{
        mstc_json_object(json, NULL);
        mstc_json_text(json, "id", person->id);
        mstc_json_text(json, "sync", person->sync);
        mstc_json_text(json, "title", title);
        mstc_json_array(json, "links");
        for (size_t i = 0; i < count; i++) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "sink", links[i].sink);
                mstc_json_text(json, "state", mstc_link_state_name(links[i].state));
                mstc_json_time(json, "since", links[i].since);
                mstc_json_number(json, "run", links[i].run);
                if (links[i].values != NULL)
                        mstc_json_record(json, "values", links[i].values);
                mstc_json_end(json);
        }
        mstc_json_end(json);
        mstc_json_end(json);
}

static const char *
say_links(struct mst_arena *arena, const struct mstc_asof_link *links, size_t count)
{
        struct mstc_buffer say = { 0 };
        const char *text;

        for (size_t i = 0; i < count; i++)
                mstc_buffer_printf(&say, "%s%s %s", i > 0 ? ", " : "", links[i].sink != NULL ? links[i].sink : "?",
                                   mstc_link_state_name(links[i].state));
        text = mst_arena_strdup(arena, mstc_buffer_cstr(&say));
        mstc_buffer_done(&say);
        return text;
}

static void
show_card(struct mstc_cli *cli, const struct mstc_view_person *person, const char *title, const struct mstc_asof_link *links,
          size_t count)
{
        mstc_head(cli->arena, cli->colour, cli->width, title, "");
        printf("  id    %s\n  sync  %s\n", mstc_fit(cli->arena, person->id, 0), mstc_fit(cli->arena, person->sync, 0));
        for (size_t i = 0; i < count; i++) {
                printf("  in %s: %s", mstc_fit(cli->arena, links[i].sink != NULL ? links[i].sink : "?", 0),
                       mstc_link_state_name(links[i].state));
                if (links[i].run != 0)
                        printf(", last written by run %lld at %s", (long long)links[i].run, mstc_moment(cli->arena, links[i].since));
                putchar('\n');
                mstc_user_record(cli, links[i].values, "    ");
        }
}

/* One person of the walk; false: the walk is over. */
static int
show_user(struct mstc_listing *list, struct mstc_store *store, const struct mstc_view_person *person, int64_t at, bool card,
          struct mst_error *err)
{
        struct mstc_cli *cli = list->cli;
        struct mstc_asof_link *links;
        const char *title;
        size_t count;

        if (mstc_asof_links(store, person->number, at, card || cli->verbose, list->arena, &links, &count, &title, err) != MST_OK)
                return err->code;
        title = title != NULL ? title : person->title;
        if (count == 0 || !mstc_listing_takes(list))
                return MST_OK;
        if (cli->json != NULL)
                write_user(cli->json, person, title, links, count);
        else if (card)
                show_card(cli, person, title, links, count);
        else {
                mstc_table_cell(list->table, title);
                mstc_table_cell(list->table, person->id);
                mstc_table_cell(list->table, person->sync);
                mstc_table_cell(list->table, say_links(list->arena, links, count));
        }
        return MST_OK;
}

int
mstc_asof_users(struct mstc_cli *cli, struct mstc_workplace *place, const char *pattern)
{
        const struct mstc_view_filter filter = { .pattern = pattern, .sync = mstc_args_value(cli->args, "sync"), .gone = true };
        struct mstc_view_person *people = NULL;
        struct mst_error err = { 0 };
        struct mstc_listing list;
        int64_t at, after = 0;
        size_t count = 0;
        bool more = false, card;
        int code = mstc_asof_instant(cli, place->store, &at);

        if (code != MSTC_END_DONE)
                return code;
        if (pattern != NULL && mstc_view_meant(place->store, pattern, 2, cli->arena, &people, &count, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        card = count == 1;
        say_when(cli, at);
        if (!mstc_listing_open(&list, cli, "users", card ? NULL : user_columns, sizeof user_columns / sizeof user_columns[0]))
                return mstc_listing_close(&list, NULL, &err);
        if (card)
                show_user(&list, place->store, people, at, true, &err);
        else
                do {
                        if (mstc_view_filtered(place->store, &filter, &after, MSTC_BATCH, list.arena, &people, &count, &more,
                                               &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count && err.code == 0; i++)
                                show_user(&list, place->store, &people[i], at, false, &err);
                } while (mstc_listing_goes_on(&list, more, &err));
        return mstc_listing_close(&list, pattern != NULL ? "Nobody who matches had an object then." : "Nobody had an object then.", &err);
}

/* ---- groups ---- */

static int
show_group(struct mstc_listing *list, struct mstc_store *store, const struct mstc_view_group *group, int64_t at,
           struct mst_error *err)
{
        struct mstc_json *json = list->cli->json;
        MSTC_CLEANUP(set_drop) struct mstc_set *members = mstc_set_new();
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };
        const char **targets;
        size_t count, there = 0;

        if (members == NULL)
                return mst_fail_memory(err, "reading the history");
        if (mstc_asof_targets(store, group->number, list->arena, &targets, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++) {
                bool is;

                if (mstc_asof_members(store, group->number, targets[i], at, members, &is, err) != MST_OK)
                        return err->code;
                if (!is)
                        continue;
                if (there++ == 0 && json != NULL && mstc_listing_takes(list)) {
                        mstc_json_object(json, NULL);
                        mstc_json_text(json, "name", group->name);
                        mstc_json_text(json, "sync", group->sync);
                        mstc_json_array(json, "links");
                }
                if (json != NULL) {
                        mstc_json_object(json, NULL);
                        mstc_json_text(json, "target", targets[i]);
                        mstc_json_number(json, "present", (int64_t)mstc_set_count(members));
                        mstc_json_end(json);
                }
                mstc_buffer_printf(&say, "%s%s %s", say.length > 0 ? "; " : "", targets[i] != NULL ? targets[i] : "?",
                                   mstc_thousands(list->arena, mstc_set_count(members)));
        }
        if (json != NULL && there > 0) {
                mstc_json_end(json);
                mstc_json_end(json);
        } else if (json == NULL && there > 0 && mstc_listing_takes(list)) {
                mstc_table_cell(list->table, group->name);
                mstc_table_cell(list->table, group->sync);
                mstc_table_cell(list->table, mstc_buffer_cstr(&say));
        }
        return MST_OK;
}

int
mstc_asof_groups(struct mstc_cli *cli, struct mstc_workplace *place, const char *pattern)
{
        const char *sync = mstc_args_value(cli->args, "sync");
        struct mst_error err = { 0 };
        struct mstc_listing list;
        int64_t at, after = 0;
        bool more = false;
        int code = mstc_asof_instant(cli, place->store, &at);

        if (code != MSTC_END_DONE)
                return code;
        say_when(cli, at);
        if (mstc_listing_open(&list, cli, "groups", group_columns, sizeof group_columns / sizeof group_columns[0]))
                do {
                        struct mstc_view_group *groups;
                        size_t count = 0;

                        if (mstc_view_groups(place->store, pattern, &after, MSTC_BATCH, list.arena, &groups, &count, &more,
                                             &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count && err.code == 0; i++)
                                if (sync == NULL || strcmp(sync, groups[i].sync) == 0)
                                        show_group(&list, place->store, &groups[i], at, &err);
                } while (mstc_listing_goes_on(&list, more, &err));
        return mstc_listing_close(&list, "No such group was in a sink then.", &err);
}

/* ---- the members of one ---- */

#define MOST_TARGETS 32u                     /* as many as a sync has                  */

struct then {
        const char **targets; size_t count;
        struct mstc_set *sets[MOST_TARGETS], *all;
};

static int
read_then(struct mstc_cli *cli, struct mstc_store *store, int64_t group, int64_t at, struct then *then, struct mst_error *err)
{
        bool is;

        then->all = mstc_set_new();
        if (mstc_asof_targets(store, group, cli->arena, &then->targets, &then->count, err) != MST_OK)
                return err->code;
        if (then->count > MOST_TARGETS)
                then->count = MOST_TARGETS;
        for (size_t i = 0; i < then->count; i++) {
                then->sets[i] = mstc_set_new();
                if (then->all == NULL || then->sets[i] == NULL)
                        return mst_fail_memory(err, "reading the history");
                if (mstc_asof_members(store, group, then->targets[i], at, then->sets[i], &is, err) != MST_OK)
                        return err->code;
                if (!is)
                        mstc_set_clear(then->sets[i]);
                if (!mstc_set_union(then->all, then->sets[i]))
                        return mst_fail_memory(err, "reading the history");
        }
        return MST_OK;
}

static int
show_member(struct mstc_listing *list, struct mstc_store *store, const struct then *then, uint32_t number, struct mst_error *err)
{
        struct mstc_json *json = list->cli->json;
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };
        struct mstc_view_person person = { .title = "?" };

        if (mstc_view_person(store, number, list->arena, &person, err) < 0)
                return err->code;
        if (!mstc_listing_takes(list))
                return MST_OK;
        if (json != NULL) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "id", person.id);
                mstc_json_text(json, "title", person.title);
                mstc_json_text(json, "upn", person.upn);
                mstc_json_array(json, "present");
        }
        for (size_t i = 0; i < then->count; i++)
                if (mstc_set_has(then->sets[i], number)) {
                        mstc_buffer_printf(&say, "%s%s", say.length > 0 ? ", " : "", then->targets[i]);
                        if (json != NULL)
                                mstc_json_text(json, NULL, then->targets[i]);
                }
        if (json != NULL) {
                mstc_json_end(json);
                mstc_json_end(json);
                return MST_OK;
        }
        mstc_table_cell(list->table, person.title);
        mstc_table_cell(list->table, person.upn);
        mstc_table_cell(list->table, mstc_buffer_cstr(&say));
        return MST_OK;
}

int
mstc_asof_group(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_group *group)
{
        struct mst_error err = { 0 };
        struct mstc_listing list;
        struct then then = { 0 };
        int64_t at;
        uint32_t number = 0;
        int code = mstc_asof_instant(cli, place->store, &at);

        if (code != MSTC_END_DONE)
                return code;
        read_then(cli, place->store, group->number, at, &then, &err);
        if (err.code == 0)
                say_when(cli, at);
        if (mstc_listing_open(&list, cli, "members", member_columns, sizeof member_columns / sizeof member_columns[0]))
                while (err.code == 0 && mstc_set_next(then.all, &number)) {
                        show_member(&list, place->store, &then, number++, &err);
                        if (list.shown % MSTC_BATCH == 0 && !mstc_listing_goes_on(&list, true, &err))
                                break;
                }
        if (list.arena != NULL)
                mstc_listing_goes_on(&list, false, &err);
        for (size_t i = 0; i < then.count; i++)
                mstc_set_free(then.sets[i]);
        mstc_set_free(then.all);
        return mstc_listing_close(&list, "Nobody was in it then.", &err);
}
