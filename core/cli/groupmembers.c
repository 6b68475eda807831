/* groupmembers.c - who is in a group, since when, and why.
 *
 *   since   the last op that made him a member there, from the history: of all members at once
 *   why     the rule, or the line of the configuration that names him, or the source says so */
#include "build.h"

#include "cli/groupmembers.h"

#include <string.h>
#include <strings.h>

#include "cli/moment.h"
#include "engine/strangers.h"
#include "store/asof.h"
#include "util/alloc.h"
#include "util/set.h"

#define MOST_TARGETS 32u                     /* as many as a sync has                  */

static const struct mstc_column columns[] = {
        { "NAME", MSTC_FLEXIBLE, 14 }, { "UPN", MSTC_FLEXIBLE, 16 }, { "SINCE", 0, 0 }, { "WHY, STATE", MSTC_WRAPS, 30 },
};

/* A row, with what belongs to its group. */
struct row {
        const struct mstc_view_group *group;
        const struct mstc_config_sync *sync; /* NULL: not configured any more          */
        const struct mstc_numbers *joined;   /* by target                              */
        const struct mstc_view_member *member;
};

/* His object in the sink, when it is disabled: then he is in no group there, unless the target
 * says disabled="stay". */
static const struct mstc_view_link *
disabled_link(const struct mstc_view_member *member, const char *sink)
{
        for (size_t i = 0; i < member->link_count; i++)
                if (sink != NULL && member->links[i].sink != NULL && strcmp(member->links[i].sink, sink) == 0
                    && member->links[i].state == MSTC_LINK_DISABLED)
                        return &member->links[i];
        return NULL;
}

/* Why he is not where he should be, or still is where he should not. */
static void
say_absence(const struct mstc_view_member *member, const struct mstc_view_glink *glink, struct mstc_buffer *say)
{
        const struct mstc_view_link *off = disabled_link(member, glink->sink);
        const char *target = glink->target != NULL ? glink->target : "?";

        mstc_buffer_text(say, say->length > 0 ? ", " : "");
        if (!member->wanted)
                mstc_buffer_printf(say, "still in %s", target);
        else if (off != NULL)
                mstc_buffer_printf(say, "not in %s: disabled there%s%s", target, off->reason != 0 ? ", " : "",
                                   off->reason != 0 ? mstc_reason_name(off->reason) : "");
        else
                mstc_buffer_printf(say, "waiting for %s", target);
}

/* The exception that names him, or NULL. */
static const struct mstc_config_exception *
exception_of(const struct row *row, bool include)
{
        const struct mstc_view_member *m = row->member;

        for (size_t i = 0; row->sync != NULL && i < row->sync->group_count; i++) {
                const struct mstc_config_group *group = &row->sync->groups[i];

                for (size_t k = 0; strcmp(group->name, row->group->name) == 0 && k < group->exception_count; k++) {
                        const struct mstc_config_exception *one = &group->exceptions[k];

                        if (one->include == include && ((m->id != NULL && strcasecmp(one->user, m->id) == 0)
                            || (m->upn != NULL && strcasecmp(one->user, m->upn) == 0)))
                                return one;
                }
        }
        return NULL;
}

static void
say_why(const struct row *row, struct mstc_buffer *say)
{
        const struct mstc_config_exception *named = exception_of(row, row->member->wanted);

        if (named != NULL)
                mstc_buffer_printf(say, "%s in line %u%s%s", named->include ? "named" : "excluded", named->place.line,
                                   named->reason != NULL ? ": " : "", named->reason != NULL ? named->reason : "");
        else if (!row->member->wanted)
                mstc_buffer_text(say, "no member any more");
        else if (row->group->source_id != NULL)
                mstc_buffer_text(say, "member at the source");
        else
                mstc_buffer_text(say, row->member->is_group ? "a group in it" : "by the rule");
}

static const char *
say_state(const void *data, struct mst_arena *arena)
{
        const struct row *row = data;
        struct mstc_buffer say = { 0 };
        const char *text;

        for (size_t i = 0; i < row->group->link_count && i < MOST_TARGETS; i++)
                if (((row->member->present & (UINT32_C(1) << i)) != 0) != row->member->wanted)
                        say_absence(row->member, &row->group->links[i], &say);
        if (say.length == 0 || exception_of(row, row->member->wanted) != NULL) {
                mstc_buffer_text(&say, say.length > 0 ? "; " : "");
                say_why(row, &say);
        }
        text = mst_arena_strdup(arena, mstc_buffer_cstr(&say));
        mstc_buffer_done(&say);
        return text;
}

/* When he joined where he is in it longest, as far as the history tells. */
static const struct mstc_view_joined *
joined_of(const struct row *row)
{
        const struct mstc_view_joined *first = NULL;

        for (size_t i = 0; i < row->group->link_count && i < MOST_TARGETS; i++) {
                const struct mstc_view_joined *one = mstc_numbers_get(&row->joined[i], row->member->number);

                if (one != NULL && (row->member->present & (UINT32_C(1) << i)) != 0 && (first == NULL || one->ended < first->ended))
                        first = one;
        }
        return first;
}

static const char *
say_since(const void *row, struct mst_arena *arena)
{
        const struct mstc_view_joined *joined = joined_of(row);

        return joined != NULL ? mstc_moment(arena, joined->ended) : NULL;
}

static const char *
say_run(const void *row, struct mst_arena *arena)
{
        const struct mstc_view_joined *joined = joined_of(row);

        return joined != NULL ? mst_arena_printf(arena, "%lld", (long long)joined->run) : NULL;
}

static const char *say_group(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct row *)row)->group->name; }
static const char *say_sync(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct row *)row)->group->sync; }
static const char *say_name(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct row *)row)->member->title; }
static const char *say_upn(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct row *)row)->member->upn; }
static const char *say_id(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct row *)row)->member->id; }

static const char *
say_kind(const void *row, struct mst_arena *arena)
{
        (void)arena;
        return ((const struct row *)row)->member->is_group ? "group" : "user";
}

const struct mstc_trait mstc_member_traits[] = {
        { "group", MSTC_FLEXIBLE, 12, say_group, true }, { "sync", MSTC_FLEXIBLE, 6, say_sync, true },
        { "name", MSTC_FLEXIBLE, 14, say_name, true }, { "upn", MSTC_FLEXIBLE, 16, say_upn, true },
        { "id", MSTC_FLEXIBLE, 10, say_id, true }, { "kind", 0, 0, say_kind, true }, { "since", 0, 0, say_since, true },
        { "run", MSTC_RIGHT, 0, say_run, false }, { "state", MSTC_WRAPS, 16, say_state, true },
        { .name = NULL }
};

static void
write_row(struct mstc_json *json, const struct row *row, struct mst_arena *arena, bool with_group)
{
        const struct mstc_view_member *member = row->member;
        const struct mstc_view_joined *joined = joined_of(row);
        struct mstc_buffer why = { 0 };

        mstc_json_object(json, NULL);
        if (with_group) {
                mstc_json_text(json, "group", row->group->name);
                mstc_json_text(json, "sync", row->group->sync);
        }
        mstc_json_text(json, "id", member->id);
        mstc_json_text(json, "title", member->title);
        mstc_json_text(json, "upn", member->upn);
        mstc_json_text(json, "kind", member->is_group ? "group" : "user");
        mstc_json_bool(json, "member", member->wanted);
        say_why(row, &why);
        mstc_json_text(json, "why", mst_arena_strdup(arena, mstc_buffer_cstr(&why)));
        mstc_buffer_done(&why);
        mstc_json_time(json, "since", joined != NULL ? joined->ended : 0);
        if (joined != NULL)
                mstc_json_number(json, "run", joined->run);
        mstc_json_array(json, "present");
        for (size_t i = 0; i < row->group->link_count && i < MOST_TARGETS; i++)
                if ((member->present & (UINT32_C(1) << i)) != 0)
                        mstc_json_text(json, NULL, row->group->links[i].target != NULL ? row->group->links[i].target : "?");
        mstc_json_end(json);
        mstc_json_array(json, "disabled");
        for (size_t i = 0; i < row->group->link_count && i < MOST_TARGETS; i++)
                if (disabled_link(member, row->group->links[i].sink) != NULL)
                        mstc_json_text(json, NULL, row->group->links[i].target);
        mstc_json_end(json);
        mstc_json_end(json);
}

static void
show_row(struct mstc_listing *list, const struct row *row, struct mstc_traits *chosen)
{
        if (chosen != NULL && chosen->count > 0)
                mstc_traits_show(chosen, list, row, NULL);
        else if (list->cli->json != NULL)
                write_row(list->cli->json, row, list->arena, chosen != NULL);
        else {
                mstc_table_printf(list->table, "%s%s", row->member->is_group ? "group " : "", row->member->title);
                mstc_table_cell(list->table, row->member->upn);
                mstc_table_cell(list->table, say_since(row, list->arena) != NULL
                                ? mst_arena_strndup(list->arena, say_since(row, list->arena), 10) : NULL);
                mstc_table_cell(list->table, say_state(row, list->arena));
        }
}

/* ---- all of a group ---- */

static int
read_joined(struct mstc_store *store, const struct mstc_view_group *group, struct mst_arena *arena, struct mstc_numbers *joined,
            struct mst_error *err)
{
        int64_t now = INT64_MAX;
        struct mstc_set *members = mstc_set_new();
        bool is;

        if (members == NULL)
                mst_fail_memory(err, "reading the history");
        for (size_t i = 0; i < group->link_count && i < MOST_TARGETS && err->code == 0; i++) {
                const char *target = group->links[i].target;

                if (target != NULL && mstc_asof_members(store, group->number, target, now, members, &is, err) == MST_OK)
                        mstc_asof_joined(store, group->number, target, members, arena, &joined[i], err);
        }
        mstc_set_free(members);
        return err->code;
}

static const struct mstc_config_sync *
sync_of(const struct mstc_config *config, const char *name)
{
        for (size_t i = 0; i < config->sync_count; i++)
                if (strcmp(config->syncs[i].name, name) == 0)
                        return &config->syncs[i];
        return NULL;
}

int
mstc_members_rows(struct mstc_listing *list, struct mstc_workplace *place, const struct mstc_view_group *group,
                  struct mstc_traits *chosen, struct mst_error *err)
{
        struct mstc_numbers joined[MOST_TARGETS] = { 0 };
        struct mst_arena *arena = mst_arena_new(0);
        struct row row = { .group = group, .sync = sync_of(place->config, group->sync), .joined = joined };
        int64_t after = 0;
        bool more = false;

        if (arena == NULL)
                return mst_fail_memory(err, "listing members");
        if (read_joined(place->store, group, arena, joined, err) == MST_OK)
                do {
                        struct mstc_view_member *members;
                        size_t count = 0;

                        if (mstc_view_members(place->store, group, &after, MSTC_BATCH, list->arena, &members, &count, &more,
                                              err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++)
                                if (mstc_listing_takes(list)) {
                                        row.member = &members[i];
                                        show_row(list, &row, chosen);
                                }
                } while (mstc_listing_goes_on(list, more, err));
        for (size_t i = 0; i < MOST_TARGETS; i++)
                mstc_numbers_done(&joined[i]);
        mst_arena_free(arena);
        return err->code;
}

/* Names of the group's exceptions that nobody has, in the configuration as it is now. */
static int
tell_strangers(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_group *group)
{
        struct mstc_stranger *rows = NULL;
        struct mst_error err = { 0 };
        size_t count = 0;

        for (size_t i = 0; i < place->config->sync_count; i++)
                if (strcmp(place->config->syncs[i].name, group->sync) == 0
                    && mstc_strangers(place->store, &place->config->syncs[i], group->name, cli->arena, &rows, &count, &err) != MST_OK)
                        return mstc_cli_fail(cli, &err);
        if (cli->json != NULL)
                mstc_json_array(cli->json, "strangers");
        for (size_t i = 0; i < count; i++)
                if (cli->json != NULL) {
                        mstc_json_object(cli->json, NULL);
                        mstc_json_text(cli->json, "user", rows[i].exception->user);
                        mstc_json_bool(cli->json, "include", rows[i].exception->include);
                        mstc_json_number(cli->json, "line", rows[i].exception->place.line);
                        mstc_json_text(cli->json, "near", rows[i].near);
                        mstc_json_end(cli->json);
                } else
                        mstc_wrap(cli->arena, stdout, mst_arena_printf(cli->arena, "nobody is '%s', whom the <%s> in line %u names%s%s%s",
                                  rows[i].exception->user, rows[i].exception->include ? "include" : "exclude",
                                  rows[i].exception->place.line, rows[i].near != NULL ? "; did you mean " : "",
                                  rows[i].near != NULL ? rows[i].near : "", rows[i].near != NULL ? "?" : ""), 0, 2, cli->width);
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        return MSTC_END_DONE;
}

bool
mstc_members_open(struct mstc_cli *cli, struct mstc_traits *chosen, struct mstc_listing *list)
{
        if (chosen->count == 0 && cli->json == NULL)
                mstc_traits_usual(cli, mstc_member_traits, chosen);
        return chosen->count > 0 ? mstc_traits_open(chosen, list, cli, "members") : mstc_listing_open(list, cli, "members", NULL, 0);
}

int
mstc_members_card(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_group *group)
{
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int code;

        if (cli->json != NULL) {
                mstc_json_array(cli->json, "groups");
                mstc_group_json(cli->json, group);
                mstc_json_end(cli->json);
        } else {
                const char *title = group->title != NULL ? mst_arena_printf(cli->arena, " (%s)", group->title) : "";
                const char *links = group->link_count > 0 ? mstc_group_links(cli->arena, group) : "in no sink";
                const char *counts = mst_arena_printf(cli->arena, "%s member%s; %s", mstc_thousands(cli->arena,
                                     (uint64_t)group->members), group->members == 1 ? "" : "s", links != NULL ? links : "?");

                mstc_head(cli->arena, cli->colour, cli->width, group->name, title != NULL ? title : "");
                mstc_wrap(cli->arena, stdout, counts != NULL ? counts : "?", 0, 2, cli->width);
        }
        for (size_t i = 0; cli->json == NULL && i < group->link_count; i++)
                if (group->links[i].run != 0)
                        printf("%s: %lld joined and %lld left in run %lld\n",
                               group->links[i].target != NULL ? mstc_fit(cli->arena, group->links[i].target, 0) : "?",
                               (long long)group->links[i].came, (long long)group->links[i].went, (long long)group->links[i].run);
        code = tell_strangers(cli, place, group);
        if (code != MSTC_END_DONE)
                return code;
        if (cli->json == NULL)
                putchar('\n');
        if (mstc_listing_open(&list, cli, "members", columns, sizeof columns / sizeof columns[0]))
                mstc_members_rows(&list, place, group, NULL, &err);
        return mstc_listing_close(&list, "Nobody is in it.", &err);
}
