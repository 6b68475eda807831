/* groups.c - groups and groups below groups (sheet, 5.1 to 5.3). */
#include "emulator.h"

#include <stdio.h>
#include <strings.h>

enum { CREATE_MEMBERS = 100 };          /* numbers in a call that creates [D] */

static void
write_bool(struct text *t, const char *name, bool is)
{
        text_fmt(t, ",\"%s\":%s", name, is ? "true" : "false");
}

/* What every listing has, and what only one with details has (sheet, 5.2). */
static void
write_summary(struct emulator *e, const struct group *g, struct text *t)
{
        text_fmt(t, "{\"groupId\":\"%s\",\"groupName\":", g->id);
        text_json(t, g->name);
        text_lit(t, ",\"groupImageUrl\":");
        text_json(t, g->image);
        write_bool(t, "hasSubGroups", g->child_count > 0);
        write_bool(t, "hasParentGroups", group_parents(&e->org, g) > 0);
        write_bool(t, "isMappedToTenant", g->tenant);
        text_fmt(t, ",\"groupType\":\"%s\",\"userCount\":%zu,\"currentLevelUserCount\":%zu",
                 g->connect ? "ConnectGroup" : "Group", group_count(&e->org, g).all, g->member_count);
}

static void
write_group(struct emulator *e, const struct exchange *x, struct group *g, bool detail, struct text *t)
{
        struct member *self = group_find(g, org_person_make(&e->org, x->own->access->grant->phone));
        struct head_count count;
        size_t unregistered = 0;

        write_summary(e, g, t);
        if (detail) {
                count = group_count(&e->org, g);
                for (size_t i = 0; i < g->member_count; i++)
                        unregistered += !g->members[i].who->registered;
                text_fmt(t, ",\"callerRole\":\"%s\",\"uniqueUserCount\":%zu,\"currentLevelSubGroupCount\":%zu,"
                         "\"currentLevelParentGroupCount\":%zu,\"currentLevelUnProvisionedUserCount\":%zu,"
                         "\"unProvisionedUserCount\":%zu,\"isDuplicate\":false,\"isEditable\":true,\"isDetailsReadable\":true",
                         self != NULL ? role_names[self->role] : "None", count.unique, g->child_count,
                         group_parents(&e->org, g), unregistered, count.unregistered);
        }
        text_char(t, '}');
}

/* ---- creating ---- */

/* The members of a request that creates; false when it was refused. */
static bool
read_members(struct exchange *x, struct json_object **ret)
{
        bool bad;

        *ret = asked_list(x, "members", &bad);
        if (bad || (*ret != NULL && json_object_array_length(*ret) > CREATE_MEMBERS)) {
                refuse_parameters(x, bad ? "members must be an array of phone numbers."
                                  : "At most 100 members can be given.");
                return false;
        }
        return true;
}

/* True when all were added. */
static bool
add_all(struct emulator *e, struct group *g, struct json_object *numbers)
{
        bool all = true;

        for (size_t i = 0; numbers != NULL && i < json_object_array_length(numbers); i++) {
                const char *phone = json_object_get_string(json_object_array_get_idx(numbers, i));
                bool usable = phone_usable(e, phone) && g->member_count < (size_t)e->set.group_cap;

                if (usable && group_add(g, org_person_make(&e->org, phone), ROLE_MEMBER))
                        effect(e, "member added", "group", g->id, "name", g->name, "phone", phone, NULL);
                all = all && usable;
        }
        return all;
}

static struct group *
make(struct emulator *e, struct exchange *x, const char *name, bool connect, bool with_caller)
{
        struct group *g = org_group_make(&e->org, name, asked_text(x, "welcomeMessage"), connect);

        effect(e, "group created", "group", g->id, "name", name, "type", connect ? "ConnectGroup" : "Group", NULL);
        if (with_caller)
                group_add(g, org_person_make(&e->org, x->own->access->grant->phone), ROLE_ADMIN);
        return g;
}

void
groups_create(struct emulator *e, struct exchange *x)
{
        const char *name = asked_text(x, "name"), *type = asked_text(x, "groupType");
        const struct grant *grant = x->own->access->grant;
        bool connect = type != NULL && strcasecmp(type, "ConnectGroup") == 0, all;
        struct json_object *members;
        struct group *g, *parent = NULL;

        if (name == NULL || name[0] == '\0' || asked_text(x, "welcomeMessage") == NULL) {
                refuse_parameters(x, "name and welcomeMessage are required.");
                return;
        }
        if (type != NULL && !connect && strcasecmp(type, "Group") != 0) {
                refuse_parameters(x, "groupType must be Group or ConnectGroup.");
                return;
        }
        if (!read_members(x, &members) || (connect && !api_organisation(x)))
                return;
        if (grant->reach == REACH_GROUP && (parent = org_group(&e->org, grant->group)) == NULL) {
                refuse_missing(x, "The group of the token");
                return;
        }
        g = make(e, x, name, connect, true);
        g->tenant = grant->reach != REACH_USER || (parent != NULL && parent->tenant);
        if (parent != NULL)
                group_attach(parent, g);
        all = add_all(e, g, members);
        text_lit(&x->reply, "{\"groupName\":");
        text_json(&x->reply, g->name);
        text_fmt(&x->reply, ",\"groupId\":\"%s\",\"membersAdded\":%s}", g->id, all ? "true" : "false");
}

/* The page says groupName, the swagger name: both are taken. */
void
subgroups_create(struct emulator *e, struct exchange *x)
{
        const char *name = asked_text(x, "groupName") != NULL ? asked_text(x, "groupName") : asked_text(x, "name");
        struct json_object *with = json_object_object_get(x->own->body, "addUserToGroup"), *members;
        struct group *parent = api_group(e, x, 1), *g;

        if (parent == NULL)
                return;
        if (name == NULL || name[0] == '\0' || asked_text(x, "welcomeMessage") == NULL) {
                refuse_parameters(x, "groupName and welcomeMessage are required.");
                return;
        }
        if (!read_members(x, &members))
                return;
        g = make(e, x, name, false, with == NULL || json_object_get_boolean(with));
        g->tenant = parent->tenant;
        group_attach(parent, g);
        effect(e, "group attached", "group", g->id, "parent", parent->id, NULL);
        add_all(e, g, members);
        text_fmt(&x->reply, "{\"groupId\":\"%s\",\"groupName\":", g->id);
        text_json(&x->reply, g->name);
        text_char(&x->reply, '}');
}

/* ---- reading ---- */

static bool
visible(struct emulator *e, const struct exchange *x, struct group *g)
{
        const struct grant *grant = x->own->access->grant;

        if (grant->reach == REACH_GROUP)
                return api_reaches(org_group(&e->org, grant->group), g);
        return grant->reach == REACH_TENANT || group_find(g, org_person_make(&e->org, grant->phone)) != NULL;
}

/* No paging: one answer holds everything (item 15). */
void
groups_list(struct emulator *e, struct exchange *x)
{
        bool detail = asked_flag(x, "showDetail", "showDetails"), all = asked_flag(x, "fetchAllGroups", NULL);
        const char *before = "";

        text_lit(&x->reply, "{\"groups\":[");
        for (size_t i = 0; i < e->org.group_count; i++) {
                struct group *g = e->org.groups[i];

                bool top = group_parents(&e->org, g) == 0 || strcmp(g->id, x->own->access->grant->group) == 0;

                if (!visible(e, x, g) || (!all && !top))
                        continue;
                text_put(&x->reply, before);
                write_group(e, x, g, detail, &x->reply);
                before = ",";
                x->objects++;
        }
        text_lit(&x->reply, "]}");
}

void
groups_get(struct emulator *e, struct exchange *x)
{
        struct group *g = api_group(e, x, 1);

        if (g == NULL)
                return;
        text_lit(&x->reply, "{\"groups\":[");
        write_group(e, x, g, true, &x->reply);
        text_lit(&x->reply, "]}");
}

static void
write_tree(struct emulator *e, const struct group *g, bool deep, struct text *t)
{
        const char *before = "";

        text_fmt(t, "{\"groupId\":\"%s\",\"groupName\":", g->id);
        text_json(t, g->name);
        text_lit(t, ",\"groupImageUrl\":");
        text_json(t, g->image);
        text_lit(t, ",\"subGroups\":[");
        for (size_t i = 0; i < g->child_count; i++) {
                text_put(t, before);
                before = ",";
                if (deep) {
                        write_tree(e, g->children[i], deep, t);
                } else {
                        write_summary(e, g->children[i], t);
                        text_char(t, '}');
                }
        }
        text_lit(t, "]}");
}

void
subgroups_list(struct emulator *e, struct exchange *x)
{
        struct group *g = api_group(e, x, 1);

        if (g == NULL)
                return;
        text_lit(&x->reply, "{\"groups\":[");
        write_tree(e, g, asked_flag(x, "fetchAllGroups", NULL), &x->reply);
        text_lit(&x->reply, "]}");
}

/* ---- attaching and detaching ---- */

void
subgroups_attach(struct emulator *e, struct exchange *x)
{
        struct group *g = api_group(e, x, 1);
        struct json_object *ids;
        bool bad;

        if (g == NULL)
                return;
        ids = asked_list(x, "subGroups", &bad);
        if (bad || ids == NULL) {
                refuse_parameters(x, "subGroups must be an array of ids.");
                return;
        }
        for (size_t i = 0; i < json_object_array_length(ids); i++) {
                struct group *child = org_group(&e->org, json_object_get_string(json_object_array_get_idx(ids, i)));
                bool there = child != NULL && group_holds(g, child);

                if (child == NULL) {
                        refuse_missing(x, "The subgroup");
                        return;
                }
                if (!group_attach(g, child)) {
                        refuse_parameters(x, "A group cannot be below itself.");
                        return;
                }
                if (!there)
                        effect(e, "group attached", "group", child->id, "parent", g->id, NULL);
        }
        text_lit(&x->reply, "{}");
}

void
subgroups_detach(struct emulator *e, struct exchange *x)
{
        struct group *g = api_group(e, x, 1), *child;

        if (g == NULL)
                return;
        child = org_group(&e->org, asked_segment(x, 3));
        if (child == NULL || !group_detach(g, child)) {
                refuse_missing(x, "The subgroup");
                return;
        }
        effect(e, "group detached", "group", child->id, "parent", g->id, NULL);
        text_lit(&x->reply, "{}");
}
