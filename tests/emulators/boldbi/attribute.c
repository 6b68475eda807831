/* attribute.c - attributes of users and groups, 6.2 of the protocol sheet.
 *
 * POST and PUT /attribute/user take {Id (PUT), Name, Value, Description, CanEncrypt, UserId};
 * GET /attribute/user/{userId}; DELETE /attribute/user/{attributeId}: the id changes its
 * meaning. [D sw v4/v5] */
#include "emulator.h"

#include <stdlib.h>
#include <strings.h>

static struct attribute *
find(struct emulator *e, uint32_t id, bool of_group)
{
        struct attribute *a = id != 0 && id <= e->attribute_count ? &e->attributes[id - 1] : NULL;

        return a != NULL && a->id == id && a->of_group == of_group ? a : NULL;
}

static struct attribute *
named(struct emulator *e, uint32_t owner, bool of_group, const char *name)
{
        struct attribute *a;

        for (size_t at = 0; (a = attribute_each(e, owner, of_group, &at)) != NULL;)
                if (strcasecmp(a->name, name) == 0)
                        return a;
        return NULL;
}

static void
write_one(const struct attribute *a, struct text *t)
{
        text_fmt(t, "{\"Id\":%u,\"Name\":", a->id);
        text_json(t, a->name);
        text_lit(t, ",\"Value\":");
        text_json(t, a->value);
        text_lit(t, ",\"Description\":");
        text_json(t, a->description);
        text_fmt(t, ",\"CanEncrypt\":%s}", a->encrypted ? "true" : "false");
}

static void
note(struct emulator *e, const char *what, const struct attribute *a)
{
        struct text json = { 0 };

        text_fmt(&json, "{\"%s\":%u,\"attribute\":", a->of_group ? "group" : "user", a->owner);
        write_one(a, &json);
        text_char(&json, '}');
        effects_note(&e->rest.effects, e->rest.ledger.count, what, text_str(&json));
        text_free(&json);
}

static void
fill(struct attribute *a, struct json_object *ask)
{
        static const struct { const char *name; size_t at; } texts[] = {
                { "Name", offsetof(struct attribute, name) }, { "Value", offsetof(struct attribute, value) },
                { "Description", offsetof(struct attribute, description) },
        };

        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
                if (text_of(ask, texts[i].name) != NULL)
                        set_text((char **)(void *)((char *)a + texts[i].at), text_of(ask, texts[i].name));
        if (member_of(ask, "CanEncrypt") != NULL)
                a->encrypted = json_object_get_boolean(member_of(ask, "CanEncrypt"));
}

static void
add(struct emulator *e, struct exchange *x, bool of_group)
{
        struct json_object *ask = x->own->body;
        const char *name = text_of(ask, "Name"), *value = text_of(ask, "Value");
        uint32_t owner = (uint32_t)json_object_get_int64(member_of(ask, of_group ? "GroupId" : "UserId"));
        struct attribute *a;

        if (of_group ? group_numbered(e, owner) == NULL : person_numbered(e, owner) == NULL)
                reply_refuse(x, 400, "The id is invalid.");
        else if (name == NULL || *name == '\0' || value == NULL || strlen(value) > (size_t)e->set.longest)
                reply_refuse(x, 406, "The body content is invalid.");
        else if (named(e, owner, of_group, name) != NULL)
                reply_refuse(x, 409, "Attribute name already exists.");
        else {
                a = attribute_add(e, owner, of_group);
                fill(a, ask);
                note(e, "attribute created", a);
                reply_done(x, "Attribute has been added successfully.", (int64_t)a->id);
        }
}

static void
change(struct emulator *e, struct exchange *x, bool of_group)
{
        struct json_object *ask = x->own->body;
        struct attribute *a = find(e, (uint32_t)json_object_get_int64(member_of(ask, "Id")), of_group);
        const char *name = text_of(ask, "Name");
        struct attribute *other = a != NULL && name != NULL ? named(e, a->owner, of_group, name) : NULL;

        if (a == NULL)
                reply_refuse(x, 404, "Attribute not found.");
        else if (other != NULL && other != a)
                reply_refuse(x, 409, "Attribute name already exists.");
        else {
                fill(a, ask);
                note(e, "attribute updated", a);
                reply_done(x, "Attribute has been updated successfully.", -1);
        }
}

static void
list(struct emulator *e, struct exchange *x, uint32_t owner, bool of_group)
{
        const struct attribute *a;
        bool first = true;

        if (of_group ? group_numbered(e, owner) == NULL : person_numbered(e, owner) == NULL) {
                reply_refuse(x, 400, "The id is invalid.");
                return;
        }
        text_lit(&x->reply, "{\"ApiStatus\":true,\"Data\":[");
        for (size_t at = 0; (a = attribute_each(e, owner, of_group, &at)) != NULL;) {
                if (!first)
                        text_char(&x->reply, ',');
                first = false;
                write_one(a, &x->reply);
        }
        text_lit(&x->reply, "],\"Status\":true,\"StatusMessage\":\"\"}");
        x->status = 200;
        x->type = type_json;
        if (first)
                reply_empty(x, 204);
}

void
attribute_answer(struct emulator *e, struct exchange *x)
{
        bool of_group = strcasecmp(segment(x, 1), "group") == 0;
        uint32_t id = (uint32_t)strtoul(segment(x, 2), NULL, 10);

        if (strcasecmp(segment(x, 0), "attribute") != 0 || (!of_group && strcasecmp(segment(x, 1), "user") != 0))
                return;
        if (segments(x) == 2) {
                if (is_verb(x, "POST"))
                        add(e, x, of_group);
                if (is_verb(x, "PUT"))
                        change(e, x, of_group);
        } else if (segments(x) == 3) {
                struct attribute *a = find(e, id, of_group);

                if (is_verb(x, "GET"))
                        list(e, x, id, of_group);
                if (is_verb(x, "DELETE") && a == NULL) {
                        reply_refuse(x, 404, "Attribute not found.");
                } else if (is_verb(x, "DELETE")) {
                        note(e, "attribute deleted", a);
                        a->id = 0;
                        reply_empty(x, 204);
                }
        }
}
