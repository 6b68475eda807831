/* group.c - groups of the site and their members: G1 to G8 of the protocol sheet. */
#include "emulator.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

static void
write_group(struct emulator *e, uint32_t item, int version, struct text *t)
{
        group_json(&e->groups[item], false, version == 5, t);
}

static void
list(struct emulator *e, struct exchange *x)
{
        const char *search = x->own->version == 5 ? query_value(&x->query, "q") : NULL;
        uint32_t *items = room((e->group_count + 1) * sizeof *items);
        struct list all = { .name = "GroupList", .items = items, .write = write_group };

        for (size_t i = 0; i < e->group_count; i++)
                if (e->groups[i].id != 0 && fits(search, e->groups[i].name, ""))
                        items[all.count++] = (uint32_t)i;
        reply_list(e, x, &all);
        free(items);
}

/* The shape of Data in v5's answer is not published: a switch. [C] */
static void
created(struct emulator *e, struct exchange *x, const struct group *g)
{
        int64_t shape = x->own->version == 4 ? GROUP_DATA_NUMBER : e->set.group_data;

        x->status = 200;
        x->type = type_json;
        x->objects = 1;
        text_lit(&x->reply, "{\"ApiStatus\":true,\"Data\":");
        if (shape == GROUP_DATA_NULL)
                text_lit(&x->reply, "null");
        else if (shape == GROUP_DATA_NUMBER)
                text_fmt(&x->reply, "%u", g->id);
        else
                text_fmt(&x->reply, shape == GROUP_DATA_LIST ? "[%u]" : "[{\"Id\":%u}]", g->id);
        text_lit(&x->reply, ",\"Status\":true,\"StatusMessage\":\"Group has been added successfully.\"}");
}

/* v5 takes an array, v4 one object. [D sw v5, sw v4] */
static void
create(struct emulator *e, struct exchange *x)
{
        struct json_object *ask = x->own->body;
        bool array = json_object_is_type(ask, json_type_array);
        struct group *g = NULL;

        if (array != (x->own->version == 5) || (array && json_object_array_length(ask) == 0)) {
                reply_refuse(x, 400, "Request body is missing or incomplete.");
                return;
        }
        for (size_t i = 0; i < (array ? json_object_array_length(ask) : 1); i++) {
                struct json_object *one = array ? json_object_array_get_idx(ask, i) : ask;
                const char *name = text_of(one, "Name");

                if (name == NULL || *name == '\0') {
                        reply_refuse(x, 400, "Request body is missing or incomplete.");
                        return;
                }
                if (strlen(name) > (size_t)e->set.longest) {
                        reply_refuse(x, 406, "A value is too long.");
                        return;
                }
                if (group_named(e, name) != NULL) {
                        reply_refuse(x, 409, "Group name already exists.");
                        return;
                }
                g = group_add(e, name, text_of(one, "Description"), LOCAL);
                note_group(e, "group created", g);
        }
        created(e, x, g);
}

static void
update(struct emulator *e, struct exchange *x, struct group *g)
{
        const char *name = text_of(x->own->body, "Name"), *description = text_of(x->own->body, "Description");
        struct json_object *logo = member_of(x->own->body, "GroupLogo");
        const char *extension = text_of(logo, "Extension");
        struct group *other = name != NULL ? group_named(e, name) : NULL;

        if (json_object_object_length(x->own->body) == 0 || (name != NULL && *name == '\0')) {
                reply_refuse(x, 400, "Request body is missing or incomplete.");
        } else if (other != NULL && other != g) {
                reply_refuse(x, 409, "Group name already exists.");
        } else if (extension != NULL && strcasecmp(extension, ".png") != 0 && strcasecmp(extension, ".jpg") != 0 &&
                   strcasecmp(extension, ".jpeg") != 0) {
                reply_refuse(x, 406, "The body content is invalid.");
        } else {
                if (name != NULL)
                        group_call(e, g, name);
                if (description != NULL)
                        set_text(&g->description, description);
                if (logo != NULL)
                        set_text(&g->logo, text_of(logo, "FileContent"));
                note_group(e, "group updated", g);
                reply_done(x, "Group has been updated successfully.", -1);
        }
}

static void
delete(struct emulator *e, struct exchange *x, struct group *g)
{
        if (g->id == ADMINS) {
                reply_refuse(x, 417, "System Administrator group cannot be deleted.");
                return;
        }
        note_group(e, "group deleted", g);
        g->id = 0;
        g->count = 0;
        reply_empty(x, 204);
        x->objects = 1;
}

/* {"Id":[41,42]} as user ids; false: answered. */
static bool
read_ids(struct emulator *e, struct exchange *x, struct json_object **ret)
{
        struct json_object *ids = member_of(x->own->body, "Id");

        *ret = ids;
        if (!json_object_is_type(ids, json_type_array) || json_object_array_length(ids) == 0) {
                reply_refuse(x, 400, "Request body is missing or incomplete.");
                return false;
        }
        for (size_t i = 0; i < json_object_array_length(ids); i++)
                if (person_numbered(e, (uint32_t)json_object_get_int64(json_object_array_get_idx(ids, i))) == NULL) {
                        reply_refuse(x, 417, "Failed to change the members: there is no such user.");
                        return false;
                }
        return true;
}

/* A user of provider P cannot be put into a group imported from the same P, nor can members
 * that came from it be removed. [D manage-groups/index; 417 is C] */
static bool
provider_rules(struct emulator *e, struct exchange *x, const struct group *g, struct json_object *ids, bool join)
{
        for (size_t i = 0; i < json_object_array_length(ids); i++) {
                uint32_t id = (uint32_t)json_object_get_int64(json_object_array_get_idx(ids, i));
                bool against = join && person_numbered(e, id)->directory == g->directory && !group_has(g, id);

                for (size_t m = 0; !join && g->directory != LOCAL && m < g->count; m++)
                        against = against || (g->members[m].id == id && g->members[m].provided);
                if (g->directory != LOCAL && against) {
                        reply_refuse(x, 417, "The membership is managed by the provider.");
                        return false;
                }
        }
        return true;
}

static void
members(struct emulator *e, struct exchange *x, struct group *g, bool join)
{
        struct json_object *ids;
        struct text json = { 0 };

        if (!read_ids(e, x, &ids) || !provider_rules(e, x, g, ids, join))
                return;
        for (size_t i = 0; i < json_object_array_length(ids); i++) {
                uint32_t id = (uint32_t)json_object_get_int64(json_object_array_get_idx(ids, i));

                if (join ? !group_join(g, id, false) : !group_leave(g, id))
                        continue;               /* a no-op is a success [C] */
                text_fmt(&json, "{\"group\":%u,\"user\":%u}", g->id, id);
                effects_note(&e->rest.effects, e->rest.ledger.count, join ? "member added" : "member removed", text_str(&json));
                text_free(&json);
        }
        if (join)
                reply_done(x, "Users have been added to the group.", -1);
        else
                reply_empty(x, 204);
        x->objects = (uint32_t)json_object_array_length(ids);
}

static void
write_member(struct emulator *e, uint32_t item, int version, struct text *t)
{
        (void)version;
        person_json(e, person_numbered(e, item), false, false, t);
}

static void
list_members(struct emulator *e, struct exchange *x, const struct group *g)
{
        const char *search = x->own->version == 5 ? query_value(&x->query, "q") : NULL;
        uint32_t *items = room((g->count + 1) * sizeof *items);
        struct list all = { .name = "UserList", .items = items, .write = write_member };

        for (size_t i = 0; i < g->count; i++)
                if (fits(search, person_numbered(e, g->members[i].id)->email, person_numbered(e, g->members[i].id)->first))
                        items[all.count++] = g->members[i].id;
        reply_list(e, x, &all);
        free(items);
}

static void
one(struct emulator *e, struct exchange *x, struct group *g)
{
        bool get = is_verb(x, "GET"), put = is_verb(x, "PUT"), drop = is_verb(x, "DELETE");

        if (!x->own->allowed)
                return;
        if (g == NULL) {
                reply_refuse(x, drop ? 406 : 404, drop ? "The group id is invalid." : "Group not found.");
        } else if (get) {
                x->status = 200;
                x->type = type_json;
                group_json(g, true, x->own->version == 5, &x->reply);
        } else if (put) {
                update(e, x, g);
        } else {
                delete(e, x, g);
        }
}

static void
users(struct emulator *e, struct exchange *x, struct group *g)
{
        bool get = is_verb(x, "GET"), join = is_verb(x, "POST");

        (void)is_verb(x, "DELETE");
        if (!x->own->allowed)
                return;
        if (g == NULL)
                reply_refuse(x, 404, "Group not found.");
        else if (get)
                list_members(e, x, g);
        else
                members(e, x, g, join);
}

void
group_answer(struct emulator *e, struct exchange *x)
{
        const char *id = segment(x, 1);
        char *end;
        unsigned long number = strtoul(id, &end, 10);
        struct group *g = isdigit((unsigned char)*id) && *end == '\0' ? group_numbered(e, (uint32_t)number) : NULL;

        if (strcasecmp(segment(x, 0), "groups") != 0 || strcasecmp(id, "azure-active-directory") == 0)
                return;
        if (segments(x) == 1) {
                if (is_verb(x, "GET"))
                        list(e, x);
                if (is_verb(x, "POST"))
                        create(e, x);
        } else if (segments(x) == 2) {
                one(e, x, g);
        } else if (segments(x) == 3 && strcasecmp(segment(x, 2), "users") == 0) {
                users(e, x, g);
        }
}
