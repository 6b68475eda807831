/* groups.c - `muster groups`: the groups that sinks get, and who is in one. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/grouphistory.h"
#include "cli/listing.h"
#include "cli/moment.h"
#include "cli/workplace.h"
#include "engine/strangers.h"
#include "store/view.h"

static const struct mstc_column columns[] = {
        { "GROUP", MSTC_FLEXIBLE, 16 }, { "SYNC", MSTC_FLEXIBLE, 6 }, { "MEMBERS", MSTC_RIGHT, 0 },
        { "IN THE SINKS", MSTC_WRAPS, 24 },
};
static const struct mstc_column member_columns[] = {
        { "NAME", MSTC_FLEXIBLE, 16 }, { "UPN", MSTC_FLEXIBLE, 20 }, { "STATE", MSTC_WRAPS, 20 },
};

static const char *const fates[] = { "keep", "empty", "delete" };

/* "nobody satisfies its rule since 2026-11-01 10:00; deleted on 2026-12-01 10:00" */
static const char *
say_fate(struct mst_arena *arena, const struct mstc_view_glink *link)
{
        static const char *const done[] = { "kept as it is", "emptied", "deleted" };
        const char *what = link->fate >= 0 && link->fate < 3 ? done[link->fate] : "?";
        const char *text = link->due != 0
                ? mst_arena_printf(arena, "%s since %s; %s on %s", mstc_reason_name(link->reason),
                                   mstc_moment(arena, link->since), what, mstc_moment(arena, link->due))
                : mst_arena_printf(arena, "%s since %s; %s", mstc_reason_name(link->reason),
                                   mstc_moment(arena, link->since), what);

        return text != NULL ? text : "?";
}

static const char *
say_links(struct mst_arena *arena, const struct mstc_view_group *group)
{
        struct mstc_buffer say = { 0 };
        const char *text;

        for (size_t i = 0; i < group->link_count; i++) {
                const struct mstc_view_glink *link = &group->links[i];

                mstc_buffer_printf(&say, "%s%s %s", i > 0 ? "; " : "", link->target != NULL ? link->target : "?",
                                   mstc_thousands(arena, (uint64_t)link->present));
                if (link->state != MSTC_LINK_LIVE)
                        mstc_buffer_printf(&say, " (%s)", mstc_link_state_name(link->state));
                else if (link->waiting > 0)
                        mstc_buffer_printf(&say, " (%s waiting)", mstc_thousands(arena, (uint64_t)link->waiting));
                if (link->bad > 0)
                        mstc_buffer_printf(&say, " (%s refused)", mstc_thousands(arena, (uint64_t)link->bad));
                if (link->run == group->last_run && link->came + link->went > 0)
                        mstc_buffer_printf(&say, " (+%lld -%lld)", (long long)link->came, (long long)link->went);
                if (link->state == MSTC_LINK_LIVE && link->reason != MSTC_WHY_NONE)
                        mstc_buffer_printf(&say, ", %s", say_fate(arena, link));
                if (link->parked != NULL)
                        mstc_buffer_printf(&say, ", parked: %s", link->parked);
        }
        text = mst_arena_strdup(arena, mstc_buffer_cstr(&say));
        mstc_buffer_done(&say);
        return text;
}

static void
write_group(struct mstc_json *json, const struct mstc_view_group *group)
{
        mstc_json_object(json, NULL);
        mstc_json_text(json, "name", group->name);
        mstc_json_text(json, "title", group->title);
        mstc_json_text(json, "sync", group->sync);
        mstc_json_text(json, "family", group->family);
        mstc_json_text(json, "source_id", group->source_id);
        mstc_json_number(json, "members", group->members);
        mstc_json_bool(json, "gone", group->gone);
        mstc_json_time(json, "gone_since", group->since);
        mstc_json_array(json, "links");
        for (size_t i = 0; i < group->link_count; i++) {
                const struct mstc_view_glink *link = &group->links[i];

                mstc_json_object(json, NULL);
                mstc_json_text(json, "target", link->target);
                mstc_json_text(json, "sink", link->sink);
                mstc_json_text(json, "object", link->object);
                mstc_json_text(json, "name", link->name);
                mstc_json_text(json, "state", mstc_link_state_name(link->state));
                mstc_json_number(json, "present", link->present);
                mstc_json_number(json, "waiting", link->state == MSTC_LINK_LIVE ? link->waiting : 0);
                mstc_json_number(json, "refused", link->bad);
                mstc_json_object(json, "last_change");
                mstc_json_number(json, "run", link->run);
                mstc_json_number(json, "joined", link->came);
                mstc_json_number(json, "left", link->went);
                mstc_json_end(json);
                mstc_json_text(json, "reason", link->reason != MSTC_WHY_NONE ? mstc_reason_name(link->reason) : NULL);
                mstc_json_time(json, "since", link->since);
                mstc_json_text(json, "policy", link->reason != MSTC_WHY_NONE && link->fate >= 0 && link->fate < 3
                               ? fates[link->fate] : NULL);
                mstc_json_time(json, "due", link->due);
                mstc_json_text(json, "parked", link->parked);
                mstc_json_end(json);
        }
        mstc_json_end(json);
        mstc_json_end(json);
}

/* No rule makes it any more, and yet it is in a sink. */
static bool
stands(const struct mstc_view_group *group)
{
        for (size_t i = 0; i < group->link_count; i++)
                if (group->links[i].state == MSTC_LINK_LIVE && group->links[i].reason == MSTC_WHY_VANISHED)
                        return true;
        return false;
}

static int
list_groups(struct mstc_cli *cli, struct mstc_workplace *place)
{
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = false;

        if (mstc_listing_open(&list, cli, "groups", columns, sizeof columns / sizeof columns[0]))
                do {
                        struct mstc_view_group *groups;
                        size_t count = 0;

                        if (mstc_view_groups(place->store, mstc_args_at(cli->args, 0), &after, MSTC_BATCH, list.arena,
                                             &groups, &count, &more, &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++) {
                                if ((groups[i].gone && !stands(&groups[i]) && !mstc_args_has(cli->args, "gone"))
                                    || !mstc_listing_takes(&list))
                                        continue;
                                if (cli->json != NULL) {
                                        write_group(cli->json, &groups[i]);
                                        continue;
                                }
                                mstc_table_paint(list.table, groups[i].gone ? MSTC_FAINT : MSTC_PLAIN, groups[i].name);
                                mstc_table_cell(list.table, groups[i].sync);
                                mstc_table_count(list.table, (uint64_t)groups[i].members);
                                mstc_table_cell(list.table, !groups[i].gone || stands(&groups[i]) ? say_links(list.arena, &groups[i])
                                                : groups[i].source_id != NULL ? "not carried any more"
                                                : "no rule makes it any more");
                        }
                } while (mstc_listing_goes_on(&list, more, &err));
        return mstc_listing_close(&list, "There are no such groups.", &err);
}

/* ---- one group ------------------------------------------------------------------------ */

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

static void
show_member(struct mstc_listing *list, const struct mstc_view_group *group, const struct mstc_view_member *member)
{
        struct mstc_json *json = list->cli->json;
        struct mstc_buffer say = { 0 };

        if (json != NULL) {
                mstc_json_object(json, NULL);
                mstc_json_text(json, "id", member->id);
                mstc_json_text(json, "title", member->title);
                mstc_json_text(json, "upn", member->upn);
                mstc_json_text(json, "kind", member->is_group ? "group" : "user");
                mstc_json_bool(json, "member", member->wanted);
                mstc_json_array(json, "present");
        }
        for (size_t i = 0; i < group->link_count && i < 32; i++) {
                bool there = (member->present & (UINT32_C(1) << i)) != 0;
                const char *target = group->links[i].target != NULL ? group->links[i].target : "?";

                if (json != NULL && there)
                        mstc_json_text(json, NULL, target);
                else if (json == NULL && there != member->wanted)
                        say_absence(member, &group->links[i], &say);
        }
        if (json != NULL) {
                mstc_json_end(json);
                mstc_json_array(json, "disabled");
                for (size_t i = 0; i < group->link_count && i < 32; i++)
                        if (disabled_link(member, group->links[i].sink) != NULL)
                                mstc_json_text(json, NULL, group->links[i].target);
                mstc_json_end(json);
                mstc_json_end(json);
        } else {
                mstc_table_printf(list->table, "%s%s", member->is_group ? "group " : "", member->title);
                mstc_table_cell(list->table, member->upn);
                mstc_table_cell(list->table, say.length > 0 ? mstc_buffer_cstr(&say) : "member");
        }
        mstc_buffer_done(&say);
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

static int
list_members(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_group *group)
{
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = false;
        int code;

        if (cli->json != NULL) {
                mstc_json_array(cli->json, "groups");
                write_group(cli->json, group);
                mstc_json_end(cli->json);
        } else {
                const char *title = group->title != NULL ? mst_arena_printf(cli->arena, " (%s)", group->title) : "";
                const char *links = group->link_count > 0 ? say_links(cli->arena, group) : "in no sink";
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
        if (mstc_listing_open(&list, cli, "members", member_columns, 3))
                do {
                        struct mstc_view_member *members;
                        size_t count = 0;

                        if (mstc_view_members(place->store, group, &after, MSTC_BATCH, list.arena, &members, &count,
                                              &more, &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count; i++)
                                if (mstc_listing_takes(&list))
                                        show_member(&list, group, &members[i]);
                } while (mstc_listing_goes_on(&list, more, &err));
        return mstc_listing_close(&list, "Nobody is in it.", &err);
}

/* The group of exactly that name; several syncs may have one. */
static int
find_group(struct mstc_cli *cli, struct mstc_workplace *place, const char *name, struct mstc_view_group *ret,
           size_t *found)
{
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = true;

        *found = 0;
        while (more) {
                struct mstc_view_group *groups;
                size_t count;

                if (mstc_view_groups(place->store, name, &after, MSTC_BATCH, cli->arena, &groups, &count, &more,
                                     &err) != MST_OK)
                        return mstc_cli_fail(cli, &err);
                for (size_t i = 0; i < count; i++)
                        if (strcmp(groups[i].name, name) == 0 && (*found)++ == 0)
                                *ret = groups[i];
        }
        return MSTC_END_DONE;
}

static int
run(struct mstc_cli *cli)
{
        const char *name = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        struct mstc_view_group group;
        bool history = mstc_args_has(cli->args, "history");
        size_t found = 0;
        int code;

        if (history && name == NULL)
                return mstc_cli_misused(cli, "--history is of one group: write its name");
        code = mstc_workplace_store(cli, &place, history ? "history" : "groups");
        if (place.store != NULL && history)
                code = mstc_group_history(cli, &place, name);
        else if (place.store != NULL) {
                if (name != NULL)
                        code = find_group(cli, &place, name, &group, &found);
                if (code == MSTC_END_DONE)
                        code = found == 1 ? list_members(cli, &place, &group) : list_groups(cli, &place);
        }
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "history", .help = "what the rule of the group has said, since when, and what changed" },
        { .name = "gone", .help = "also groups that no rule makes or carries any more" },
        { .name = "all", .help = "everything, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_groups = {
        .name = "groups", .arguments = "[NAME]", .flags = flags, .most = 1,
        .summary = "list the groups, or the members of one",
        .about =
        "Lists the groups that the rules make and those of the source that are carried, with how\n"
        "many people are in each and how many of them each sink has.  With the NAME of a group: its members.  With a pattern (a\n"
        "part of the name or title, or * and ?): the groups that match.\n"
        "A member is waiting while he has no object in that sink, and is not in it while his\n"
        "object there is disabled; (+3 -1) is who joined and left\n"
        "in the last run.  A group that nobody is in, or that no rule makes any more, is shown with\n"
        "the time since when, and what the target's <on-empty> and <on-vanished> make of it.\n"
        "With --history: each version of the rule that makes the group, with the run that planned\n"
        "with it first.",
        .run = run,
};
