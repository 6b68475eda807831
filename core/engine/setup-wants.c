/* setup-wants.c - which attributes a source must be asked for, and a sink.
 *
 * A source: what scopes, rules, families and maps read, and what the engine itself
 * looks at; only what the source has.  Of its groups, "group.name" for an attribute and
 * "group.members" for who is in them (<muster/host.h>).  A sink: what is written, matched and tested
 * before anything is touched.  Sorted and unique, since a cursor is bound to it. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/maker.h"

struct wish_list {
        struct mstc_maker *maker;
        struct mstc_instance *instance;
        const char **names;
        size_t count;
};

static void
want(struct wish_list *list, const char *name)
{
        const char **slot;

        if (name == NULL)
                return;
        slot = mstc_maker_grow(list->maker, &list->names, &list->count, sizeof *slot);
        if (slot != NULL)
                *slot = name;
}

static void
want_attribute(struct wish_list *list, const char *name)
{
        const struct mstc_fact_attribute *a =
                name == NULL ? NULL : mstc_facts_find(list->instance->promised, MST_USER, name);

        if (a != NULL)
                want(list, mstc_fact_is_pattern(a->name) ? name : a->name);
}

/* Made of the members of groups, where the source has any. */
static bool
is_of_members(const struct wish_list *list, const char *name)
{
        return (list->instance->promised->can & MST_CAN_GROUPS) != 0
            && (strcasecmp(name, "memberOf") == 0 || strcasecmp(name, "transitiveMemberOf") == 0);
}

/* As the source spells it; what it does not have is left out. */
static void
want_of_source(struct wish_list *list, const char *name)
{
        if (name != NULL && is_of_members(list, name)) {
                want(list, "group.members");
                return;
        }
        want_attribute(list, name);
}

static void
want_reads(struct wish_list *list, const struct mstc_expr *expr)
{
        size_t count = 0;
        const char *const *reads = expr == NULL ? NULL : mstc_expr_reads(expr, &count);

        for (size_t i = 0; i < count; i++)
                want_of_source(list, reads[i]);
}

/* Of a group: "group.name". */
static void
want_of_groups(struct wish_list *list, const char *name, size_t length)
{
        char text[300];
        const struct mstc_fact_attribute *a;

        (void)snprintf(text, sizeof text, "%.*s", (int)length, name);
        a = mstc_facts_find(list->instance->promised, MST_GROUP, text);
        if (a != NULL)
                want(list, mstc_maker_say(list->maker, "group.%s", mstc_fact_is_pattern(a->name) ? text : a->name));
}

static void
want_group_reads(struct wish_list *list, const struct mstc_expr *expr)
{
        size_t count = 0;
        const char *const *reads = expr == NULL ? NULL : mstc_expr_reads(expr, &count);

        for (size_t i = 0; i < count; i++)
                want_of_groups(list, reads[i], strlen(reads[i]));
}

/* In maps of groups [name] and [title] are what the group is called here. */
static void
want_map_reads(struct wish_list *list, const struct mstc_expr *expr)
{
        size_t count = 0;
        const char *const *reads = expr == NULL ? NULL : mstc_expr_reads(expr, &count);

        for (size_t i = 0; i < count; i++)
                if (strcasecmp(reads[i], "name") != 0 && strcasecmp(reads[i], "title") != 0)
                        want_of_groups(list, reads[i], strlen(reads[i]));
}

static void
want_template(struct wish_list *list, const char *template)
{
        for (const char *c = template; c != NULL && (c = strchr(c, '{')) != NULL; c++)
                want_of_groups(list, c + 1, strcspn(c + 1, "}"));
}

/* The groups that are carried as they are: what they are chosen and called by, and what the
 * maps of groups read. */
static void
want_carried(struct wish_list *list, const struct mstc_sync *sync)
{
        if (sync->carry_count == 0)
                return;
        want(list, "group.members");
        for (size_t i = 0; i < sync->carry_count; i++) {
                want_group_reads(list, sync->carries[i].rule);
                want_template(list, sync->carries[i].config->name);
                want_template(list, sync->carries[i].config->title);
        }
        for (size_t i = 0; i < sync->target_count; i++)
                for (size_t k = 0; k < sync->targets[i].use_count; k++)
                        for (size_t m = 0; m < sync->targets[i].uses[k].map_count; m++)
                                want_map_reads(list, sync->targets[i].uses[k].maps[m].expression);
}

static int
by_name(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
finish(struct wish_list *list)
{
        size_t kept = 0;

        if (list->count > 1)
                qsort(list->names, list->count, sizeof *list->names, by_name);
        for (size_t i = 0; i < list->count; i++)
                if (kept == 0 || strcmp(list->names[kept - 1], list->names[i]) != 0)
                        list->names[kept++] = list->names[i];
        list->instance->wants = list->names;
        list->instance->want_count = kept;
}

static void
wants_of_sync(struct wish_list *list, const struct mstc_sync *sync)
{
        want_reads(list, sync->scope);
        for (size_t i = 0; i < sync->group_count; i++)
                want_reads(list, sync->groups[i].rule);
        for (size_t i = 0; i < sync->family_count; i++) {
                want_reads(list, sync->families[i].rule);
                want_of_source(list, sync->families[i].config->each);
        }
        want_carried(list, sync);
        for (size_t i = 0; i < sync->target_count; i++) {
                want_reads(list, sync->targets[i].scope);
                for (size_t k = 0; k < sync->targets[i].map_count; k++)
                        want_reads(list, sync->targets[i].maps[k].expression);
        }
}

static void
wants_of_source(struct wish_list *list)
{
        const struct mstc_setup *setup = list->maker->setup;

        for (size_t i = 0; i < setup->sync_count; i++)
                if (setup->syncs[i].source == list->instance)
                        wants_of_sync(list, &setup->syncs[i]);
        /* on-disabled, and how people are called in lists and found by a command. */
        want_of_source(list, "accountEnabled");
        want_of_source(list, "displayName");
        want_of_source(list, "mail");
        want_of_source(list, "userPrincipalName");
        finish(list);
}

static void
wants_of_target(struct wish_list *list, const struct mstc_target *target)
{
        for (size_t i = 0; i < target->map_count; i++)
                if (target->maps[i].when != MSTC_NEVER && target->maps[i].to[0] != '@')
                        want(list, target->maps[i].to);
        for (size_t i = 0; i < target->config->match_count; i++) {
                const struct mstc_fact_attribute *a = mstc_facts_find(target->sink->promised, MST_USER,
                                                                      target->config->matches[i].attribute);

                if (a != NULL)
                        want(list, mstc_fact_is_pattern(a->name) ? target->config->matches[i].attribute : a->name);
        }
        for (size_t i = 0; i < target->use_count; i++)
                for (size_t k = 0; k < target->uses[i].map_count; k++)
                        want(list, target->uses[i].maps[k].to);
}

static void
wants_of_sink(struct wish_list *list)
{
        const struct mstc_setup *setup = list->maker->setup;
        size_t count = 0;
        const char *const *reads;

        for (size_t i = 0; i < setup->sync_count; i++)
                for (size_t k = 0; k < setup->syncs[i].target_count; k++)
                        if (setup->syncs[i].targets[k].sink == list->instance)
                                wants_of_target(list, &setup->syncs[i].targets[k]);
        reads = list->instance->never_touch == NULL ? NULL : mstc_expr_reads(list->instance->never_touch, &count);
        for (size_t i = 0; i < count; i++)
                want(list, reads[i]);
        finish(list);
}

static bool
reads_members(const struct mstc_expr *expr)
{
        size_t count = 0;
        const char *const *reads = expr == NULL ? NULL : mstc_expr_reads(expr, &count);
        bool does = false;

        for (size_t i = 0; i < count; i++)
                does = does || strcasecmp(reads[i], "memberOf") == 0 || strcasecmp(reads[i], "transitiveMemberOf") == 0;
        return does;
}

/* What this sync does with the groups of its source. */
static void
note_members(struct mstc_sync *sync)
{
        const struct mstc_instance *source = sync->source;
        bool groups = source != NULL && source->promised != NULL && (source->promised->can & MST_CAN_GROUPS) != 0;

        for (size_t i = 0; groups && i < source->want_count; i++) {
                sync->wants_groups = sync->wants_groups || strncmp(source->wants[i], "group.", 6) == 0;
                sync->wants_members = sync->wants_members || strcmp(source->wants[i], "group.members") == 0;
        }
        if (!sync->wants_members)
                return;
        sync->placed_by_members = reads_members(sync->scope);
        for (size_t i = 0; i < sync->target_count; i++) {
                sync->placed_by_members = sync->placed_by_members || reads_members(sync->targets[i].scope);
                for (size_t k = 0; k < sync->targets[i].map_count; k++)
                        sync->placed_by_members = sync->placed_by_members || reads_members(sync->targets[i].maps[k].expression);
        }
        sync->reads_members = sync->placed_by_members;
        for (size_t i = 0; i < sync->group_count; i++)
                sync->reads_members = sync->reads_members || reads_members(sync->groups[i].rule);
        for (size_t i = 0; i < sync->family_count; i++)
                sync->reads_members = sync->reads_members || reads_members(sync->families[i].rule);
}

void
mstc_maker_wants(struct mstc_maker *maker)
{
        for (size_t i = 0; i < maker->setup->instance_count; i++) {
                struct wish_list list = { .maker = maker, .instance = &maker->setup->instances[i] };

                if (list.instance->promised == NULL)
                        continue;
                if (list.instance->config->is_source)
                        wants_of_source(&list);
                else
                        wants_of_sink(&list);
        }
        for (size_t i = 0; i < maker->setup->sync_count; i++)
                note_members(&maker->setup->syncs[i]);
}
