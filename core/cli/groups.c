/* groups.c - `muster groups`: the groups that sinks get, and who is in one. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/asof.h"
#include "cli/grouphistory.h"
#include "cli/groupmembers.h"
#include "cli/moment.h"
#include "cli/traits.h"
#include "cli/typed.h"
#include "record/record.h"

static const struct mstc_column columns[] = {
        { "GROUP", MSTC_FLEXIBLE, 16 }, { "SYNC", MSTC_FLEXIBLE, 6 }, { "MEMBERS", MSTC_RIGHT, 0 },
        { "IN THE SINKS", MSTC_WRAPS, 24 },
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

const char *
mstc_group_links(struct mst_arena *arena, const struct mstc_view_group *group)
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

void
mstc_group_json(struct mstc_json *json, const struct mstc_view_group *group)
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

/* ---- what may be chosen, and rules about groups ---- */

static const char *say_name(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_group *)row)->name; }
static const char *say_title(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_group *)row)->title; }
static const char *say_sync(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_group *)row)->sync; }
static const char *say_family(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_group *)row)->family; }
static const char *say_id(const void *row, struct mst_arena *arena) { (void)arena; return ((const struct mstc_view_group *)row)->source_id; }

static const char *
say_members(const void *row, struct mst_arena *arena)
{
        return mst_arena_printf(arena, "%lld", (long long)((const struct mstc_view_group *)row)->members);
}

static const char *
say_state(const void *row, struct mst_arena *arena)
{
        const struct mstc_view_group *group = row;

        if (!group->gone || stands(group))
                return mstc_group_links(arena, group);
        return group->source_id != NULL ? "not carried any more" : "no rule makes it any more";
}

static const struct mstc_trait traits[] = {
        { "name", MSTC_FLEXIBLE, 16, say_name, true }, { "title", MSTC_FLEXIBLE, 10, say_title, true },
        { "sync", MSTC_FLEXIBLE, 6, say_sync, true }, { "family", MSTC_FLEXIBLE, 8, say_family, true },
        { "source-id", MSTC_FLEXIBLE, 10, say_id, false }, { "members", MSTC_RIGHT, 0, say_members, true },
        { "links", MSTC_WRAPS, 24, say_state, true },
        { .name = NULL }
};

/* What a rule about groups may ask for. */
static const struct mstc_schema_attribute attributes[] = {
        { "name", MST_TEXT, 0 }, { "title", MST_TEXT, 0 }, { "sync", MST_TEXT, 0 }, { "family", MST_TEXT, 0 },
        { "members", MST_INT, 0 }, { "gone", MST_BOOL, 0 }, { "source", MST_BOOL, 0 },
};
static const struct mstc_schema schema = {
        .attributes = attributes, .count = sizeof attributes / sizeof attributes[0], .closed = true, .of_groups = true,
};

static struct mst_value
text_of(const char *text)
{
        return text != NULL ? mstc_value_text(text, strlen(text)) : mstc_value_null();
}

/* False also when memory is out: mstc_listing_close() does not know, but the next thing will. */
static bool
holds_for(const struct mstc_expr *rule, const struct mstc_view_group *group, struct mst_arena *arena)
{
        const struct mst_value values[] = { text_of(group->name), text_of(group->title), text_of(group->sync),
                text_of(group->family), mstc_value_int(group->members), mstc_value_bool(group->gone),
                mstc_value_bool(group->source_id != NULL) };
        struct mst_record *record = mstc_record_values(arena, MST_GROUP);
        struct mstc_eval eval = { .arena = arena };

        for (size_t i = 0; record != NULL && i < schema.count; i++)
                if (!mstc_record_share(record, attributes[i].name, &values[i]))
                        return false;
        return record != NULL && mstc_expr_test(rule, record, &eval);
}

/* ---- the list ---- */

static void
show_group(struct mstc_listing *list, struct mstc_traits *chosen, const struct mstc_view_group *group)
{
        if (chosen->count > 0)
                mstc_traits_show(chosen, list, group, NULL);
        else if (list->cli->json != NULL)
                mstc_group_json(list->cli->json, group);
        else {
                mstc_table_paint(list->table, group->gone ? MSTC_FAINT : MSTC_PLAIN, group->name);
                mstc_table_cell(list->table, group->sync);
                mstc_table_count(list->table, (uint64_t)group->members);
                mstc_table_cell(list->table, say_state(group, list->arena));
        }
}

static bool
is_wanted(struct mstc_cli *cli, const struct mstc_view_group *group, const struct mstc_expr *rule, struct mst_arena *arena)
{
        const char *sync = mstc_args_value(cli->args, "sync");

        return (!group->gone || stands(group) || mstc_args_has(cli->args, "gone"))
            && (sync == NULL || strcmp(sync, group->sync) == 0) && (rule == NULL || holds_for(rule, group, arena));
}

static int
list_groups(struct mstc_cli *cli, struct mstc_workplace *place, const char *pattern, const struct mstc_expr *rule,
            struct mstc_traits *chosen)
{
        bool members = mstc_args_has(cli->args, "members"), more = false, open;
        struct mstc_listing list;
        struct mst_error err = { 0 };
        int64_t after = 0;

        open = members ? mstc_members_open(cli, chosen, &list) : chosen->count > 0 ? mstc_traits_open(chosen, &list, cli, "groups")
             : mstc_listing_open(&list, cli, "groups", columns, sizeof columns / sizeof columns[0]);
        if (open)
                do {
                        struct mstc_view_group *groups;
                        size_t count = 0;

                        if (mstc_view_groups(place->store, pattern, &after, MSTC_BATCH, members ? cli->arena : list.arena,
                                             &groups, &count, &more, &err) != MST_OK)
                                break;
                        for (size_t i = 0; i < count && err.code == 0; i++)
                                if (!is_wanted(cli, &groups[i], rule, list.arena))
                                        continue;
                                else if (members)
                                        mstc_members_rows(&list, place, &groups[i], chosen, &err);
                                else if (mstc_listing_takes(&list))
                                        show_group(&list, chosen, &groups[i]);
                } while (mstc_listing_goes_on(&list, more, &err));
        return mstc_listing_close(&list, members ? "Nobody is in such a group." : rule != NULL ? "The rule holds for no group."
                                  : "There are no such groups.", &err);
}

static int
list_by_rule(struct mstc_cli *cli, struct mstc_workplace *place, const char *text, struct mstc_traits *chosen)
{
        struct mstc_finding *findings = NULL;
        struct mstc_expr *rule = mstc_expr_compile(MSTC_RULE, text, strlen(text), &schema, cli->arena, &findings);
        struct mst_error err = { 0 };
        int code;

        mstc_typed_tell(cli, text, findings);
        if (rule == NULL) {
                mst_fail(&err, MST_ECONFIG, "the text is no rule about groups; it may ask for group.name, title, sync, family, "
                         "members, gone and source");
                return mstc_cli_fail(cli, &err);
        }
        code = list_groups(cli, place, NULL, rule, chosen);
        mstc_expr_free(rule);
        return code;
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

/* A group by its name, several by a pattern or a rule. */
static int
show(struct mstc_cli *cli, struct mstc_workplace *place, const char *text, struct mstc_traits *chosen)
{
        bool past = mstc_args_value(cli->args, "as-of") != NULL, rule = text != NULL && mstc_typed_is_rule(text);
        struct mstc_view_group group;
        size_t found = 0;
        int code = MSTC_END_DONE;

        if (text != NULL && !rule)
                code = find_group(cli, place, text, &group, &found);
        if (code != MSTC_END_DONE)
                return code;
        if (past)
                return found == 1 ? mstc_asof_group(cli, place, &group) : mstc_asof_groups(cli, place, text);
        if (rule)
                return list_by_rule(cli, place, text, chosen);
        if (found == 1 && chosen->count == 0 && !mstc_args_has(cli->args, "members"))
                return mstc_members_card(cli, place, &group);
        return list_groups(cli, place, text, NULL, chosen);
}

static int
run(struct mstc_cli *cli)
{
        const char *text = mstc_args_at(cli->args, 0);
        struct mstc_workplace place = { 0 };
        bool history = mstc_args_has(cli->args, "history"), members = mstc_args_has(cli->args, "members");
        struct mstc_traits chosen;
        int code = mstc_traits_read(cli, members ? mstc_member_traits : traits, false, &chosen);

        if (code != MSTC_END_DONE || !mstc_limit_good(cli))
                return MSTC_END_CONFIG;
        if (history && text == NULL)
                return mstc_cli_misused(cli, "--history is of one group: write its name");
        if (mstc_args_value(cli->args, "as-of") != NULL
            && (history || members || chosen.count > 0 || (text != NULL && mstc_typed_is_rule(text))))
                return mstc_cli_misused(cli, "--as-of goes with a NAME or a pattern, and with no other option but --sync and --limit");
        code = mstc_workplace_store(cli, &place, history ? "history" : members ? "members" : "groups");
        if (place.store != NULL && history)
                code = mstc_group_history(cli, &place, text);
        else if (place.store != NULL)
                code = show(cli, &place, text, &chosen);
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "members", .help = "who is in each of them, instead of the groups" },
        { .name = "history", .help = "what the rule of the group has said, since when, and what changed" },
        { .name = "sync", .takes = "NAME", .help = "only the groups of this sync" },
        { .name = "gone", .help = "also groups that no rule makes or carries any more" },
        { .name = "as-of", .takes = "DATE", .help = "who was in them on that day (2026-11-01, or with a time)" },
        { .name = "columns", .takes = "LIST", .help = "what is shown of each, with commas: name, title, sync, family, source-id, "
          "members, links; with --members: group, sync, name, upn, id, kind, since, run, state" },
        { .name = "csv", .help = "comma-separated values, with a line of names" },
        { .name = "limit", .takes = "N", .help = "so many at most" },
        { .name = "all", .help = "everything, not only what a terminal has room for" },
        { .name = NULL }
};

const struct mstc_command mstc_command_groups = {
        .name = "groups", .arguments = "[NAME|PATTERN|RULE]", .flags = flags, .most = 1,
        .summary = "list the groups, or the members of one",
        .about =
        "Lists the groups that the rules make and those of the source that are carried, with how\n"
        "many people are in each and how many of them each sink has.  With the NAME of a group: its\n"
        "members, since when each is in it, and why.  With a PATTERN (a part of the name or title,\n"
        "or * and ?): the groups that match.  With a RULE about group.name, title, sync, family,\n"
        "members (a number), gone and source (true or false): those for which it holds.\n"
        "A member is waiting while he has no object in that sink, and is not in it while his\n"
        "object there is disabled; (+3 -1) is who joined and left\n"
        "in the last run.  A group that nobody is in, or that no rule makes any more, is shown with\n"
        "the time since when, and what the target's <on-empty> and <on-vanished> make of it.\n"
        "With --history: each version of the rule that makes the group, with the run that planned\n"
        "with it first.",
        .example =
        "  muster groups finance\n"
        "  muster groups 'dept-*' --members --csv >members.csv\n"
        "  muster groups 'group.members -eq 0'\n"
        "  muster groups finance --as-of 2026-11-01\n",
        .run = run,
};
