/* group.c - <group>: a rule, other groups that it is made of, and exceptions by name. */
#include "build.h"

#include <string.h>

#include "config/parts.h"
#include "util/date.h"

/* Words after an element would be read by nobody. */
static void
check_order(struct mstc_walk *walk, const xmlNode *node)
{
        bool element = false;

        for (const xmlNode *child = node->children; child != NULL; child = child->next) {
                element |= child->type == XML_ELEMENT_NODE;
                if (!element || (child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE))
                        continue;
                if (child->content[strspn((const char *)child->content, " \t\r\n")] == '\0')
                        continue;
                mstc_report_error(walk->report, mstc_walk_place(child->prev != NULL ? child->prev : node),
                                  "write the rule first, then <include> and <exclude>",
                                  "the rule of a group stands before its exceptions");
                return;
        }
}

static void
read_exception(struct mstc_walk *walk, xmlNode *node, struct mstc_config_group *group)
{
        static const struct mstc_shape shape = { "user! until reason by", "", MSTC_NO_TEXT,
                "write <include user=\"UPN, mail or id\" until=\"2026-12-31\" reason=\"...\" by=\"...\"/>" };
        struct mstc_config_exception *exception;
        int64_t at;

        (void)mstc_walk_into(walk, node, &shape);
        exception = mstc_walk_grow(walk, &group->exceptions, &group->exception_count, sizeof *exception);
        if (exception == NULL)
                return;
        exception->include = mstc_walk_is(node, "include");
        exception->user = mstc_walk_attribute(walk, node, "user");
        exception->until = mstc_walk_attribute(walk, node, "until");
        exception->reason = mstc_walk_attribute(walk, node, "reason");
        exception->by = mstc_walk_attribute(walk, node, "by");
        exception->place = mstc_walk_at(node, "user");
        if (exception->user != NULL && (exception->user[0] == '\0' || strpbrk(exception->user, "\"`\\ *?") != NULL))
                mstc_report_error(walk->report, exception->place, shape.example,
                                  "user=\"%s\" is no UPN, mail or id", exception->user);
        if (exception->until != NULL && !mstc_date_parse_iso(exception->until, strlen(exception->until), &at))
                mstc_report_error(walk->report, mstc_walk_at(node, "until"),
                                  "write a day (2026-12-31: until it begins, in UTC) or an instant (2026-12-31T18:00:00Z)",
                                  "until=\"%s\" is no date", exception->until);
}

/* A list of names; not empty when it is there. */
static const char *
read_names(struct mstc_walk *walk, const xmlNode *node, const char *attribute, struct mstc_place *place)
{
        const char *names = mstc_walk_attribute(walk, node, attribute);

        *place = mstc_walk_at(node, attribute);
        if (names == NULL || names[strspn(names, " ")] != '\0')
                return names;
        mstc_report_error(walk->report, *place, "name groups of this sync, divided by blanks, or leave it out",
                          "%s=\"\" names no group", attribute);
        return NULL;
}

void
mstc_part_group(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync)
{
        static const struct mstc_shape shape = { "name! title any-of all-of none-of", "include* exclude*", MSTC_MAY_TEXT,
                "write <group name=\"...\">a rule</group>" };
        const char *name = mstc_part_group_name(walk, node, "name");
        struct mstc_nodes children = mstc_walk_into(walk, node, &shape);
        struct mstc_config_group *group;

        for (size_t i = 0; name != NULL && i < sync->group_count; i++)
                if (sync->groups[i].name != NULL && strcmp(sync->groups[i].name, name) == 0)
                        mstc_walk_twice(walk, mstc_walk_at(node, "name"), "group", name, sync->groups[i].place);
        group = mstc_walk_grow(walk, &sync->groups, &sync->group_count, sizeof *group);
        if (group == NULL)
                return;
        group->name = name;
        group->title = mstc_walk_attribute(walk, node, "title");
        group->rule = mstc_walk_text(walk, node);
        group->any_of = read_names(walk, node, "any-of", &group->any_place);
        group->all_of = read_names(walk, node, "all-of", &group->all_place);
        group->none_of = read_names(walk, node, "none-of", &group->none_place);
        group->place = mstc_walk_at(node, "name");
        check_order(walk, node);
        for (size_t i = 0; i < children.count; i++)
                read_exception(walk, children.at[i], group);
        if (group->rule.text == NULL && group->any_of == NULL && group->all_of == NULL && children.count == 0)
                mstc_report_error(walk->report, mstc_walk_place(node), shape.example,
                                  "the group has no rule, and is made of nothing else");
}
