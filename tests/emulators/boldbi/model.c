/* model.c - accounts, users of the site, groups and their members; see emulator.h. */
#include "emulator.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

const char *const directory_names[] = { "Local", "AzureAD", "ExternalDatabase", "OAuth2", "OpenIDConnect", NULL };

/* Room for one more in an array. */
static void *
more(void *array, size_t count, size_t *have, size_t size)
{
        if (count < *have)
                return array;
        *have = *have > 0 ? *have * 2 : 64;
        return room_grow(array, *have * size);
}

void
set_text(char **to, const char *value)
{
        char *copy = room_copy(value != NULL ? value : "");

        free(*to);
        *to = copy;
}

/* ---- people ---- */

struct person *
person_add(struct emulator *e)
{
        struct person *p;

        e->people = more(e->people, e->person_count, &e->person_room, sizeof *p);
        p = &e->people[e->person_count++];
        *p = (struct person){ .active = true };
        guid_fresh(p->guid);
        set_text(&p->username, NULL);
        set_text(&p->email, NULL);
        set_text(&p->first, NULL);
        set_text(&p->last, NULL);
        set_text(&p->contact, NULL);
        set_text(&p->password, NULL);
        set_text(&p->external, NULL);
        return p;
}

void
person_local(struct emulator *e)
{
        struct person *p = person_add(e);
        struct text text = { 0 };

        text_fmt(&text, "local%zu", e->person_count);
        set_text(&p->username, text_str(&text));
        text_lit(&text, "@bold.example");
        set_text(&p->email, text_str(&text));
        set_text(&p->first, "Local");
        text_free(&text);
        person_enter(e, p);
}

struct person *
person_known(struct emulator *e, const char *name)
{
        for (size_t i = 0; *name != '\0' && i < e->person_count; i++) {
                struct person *p = &e->people[i];

                if (!p->gone && (strcasecmp(p->email, name) == 0 || strcasecmp(p->username, name) == 0))
                        return p;
        }
        return NULL;
}

struct person *
person_named(struct emulator *e, const char *name)
{
        for (size_t i = 0; *name != '\0' && i < e->person_count; i++) {
                struct person *p = &e->people[i];

                if (p->id != 0 && (strcasecmp(p->email, name) == 0 || strcasecmp(p->username, name) == 0))
                        return p;
        }
        return NULL;
}

struct person *
person_numbered(struct emulator *e, uint32_t id)
{
        for (size_t i = 0; id != 0 && i < e->person_count; i++)
                if (e->people[i].id == id)
                        return &e->people[i];
        return NULL;
}

struct person *
person_guid(struct emulator *e, const char *guid)
{
        for (size_t i = 0; i < e->person_count; i++)
                if (!e->people[i].gone && strcasecmp(e->people[i].guid, guid) == 0)
                        return &e->people[i];
        return NULL;
}

void
person_enter(struct emulator *e, struct person *p)
{
        struct group *usual = group_numbered(e, (uint32_t)e->set.default_group);

        p->id = ++e->last_user;
        if (usual != NULL)
                group_join(usual, p->id, false);
}

void
person_leave(struct emulator *e, struct person *p)
{
        for (size_t i = 0; i < e->group_count; i++)
                group_leave(&e->groups[i], p->id);
        for (size_t i = 0; i < e->attribute_count; i++)
                if (!e->attributes[i].of_group && e->attributes[i].owner == p->id)
                        e->attributes[i].id = 0;
        p->id = 0;
}

bool
person_is_admin(const struct emulator *e, const struct person *p)
{
        return p->id != 0 && e->group_count > 0 && group_has(&e->groups[0], p->id);
}

static void
pair(struct text *t, const char *name, const char *value)
{
        text_fmt(t, "\"%s\":", name);
        text_json(t, value);
        text_char(t, ',');
}

/* ExternalProviderId stands in v4's list and in details, Avatar in details. [D] */
void
person_json(const struct emulator *e, const struct person *p, bool external, bool avatar, struct text *t)
{
        struct text name = { 0 };

        (void)e;
        text_fmt(&name, "%s%s%s", p->first, *p->first != '\0' && *p->last != '\0' ? " " : "", p->last);
        text_fmt(t, "{\"UserId\":%u,", p->id);
        pair(t, "Username", p->username);
        pair(t, "Email", p->email);
        pair(t, "FirstName", p->first);
        pair(t, "Lastname", p->last);
        pair(t, "DisplayName", text_str(&name));
        pair(t, "ContactNumber", p->contact);
        if (external)
                pair(t, "ExternalProviderId", p->external);
        if (avatar)
                text_lit(t, "\"Avatar\":null,");
        text_fmt(t, "\"IsActive\":%s,\"UserStatus\":\"%s\",\"DirectoryType\":\"%s\"}", p->active ? "true" : "false",
                 p->active ? "Active" : "InActive", directory_names[p->directory]);
        text_free(&name);
}

/* ---- groups ---- */

struct group *
group_add(struct emulator *e, const char *name, const char *description, enum directory directory)
{
        struct group *g;

        e->groups = more(e->groups, e->group_count, &e->group_room, sizeof *g);
        g = &e->groups[e->group_count++];
        *g = (struct group){ .id = ++e->last_group, .directory = directory };
        set_text(&g->name, name);
        set_text(&g->description, description);
        return g;
}

struct group *
group_numbered(struct emulator *e, uint32_t id)
{
        for (size_t i = 0; id != 0 && i < e->group_count; i++)
                if (e->groups[i].id == id)
                        return &e->groups[i];
        return NULL;
}

struct group *
group_named(struct emulator *e, const char *name)
{
        for (size_t i = 0; i < e->group_count; i++)
                if (e->groups[i].id != 0 && strcasecmp(e->groups[i].name, name) == 0)
                        return &e->groups[i];
        return NULL;
}

bool
group_has(const struct group *g, uint32_t id)
{
        for (size_t i = 0; i < g->count; i++)
                if (g->members[i].id == id)
                        return true;
        return false;
}

bool
group_join(struct group *g, uint32_t id, bool provided)
{
        if (group_has(g, id))
                return false;
        g->members = more(g->members, g->count, &g->room, sizeof *g->members);
        g->members[g->count++] = (struct member){ id, provided };
        return true;
}

bool
group_leave(struct group *g, uint32_t id)
{
        for (size_t i = 0; i < g->count; i++)
                if (g->members[i].id == id) {
                        g->members[i] = g->members[--g->count];
                        return true;
                }
        return false;
}

void
group_json(const struct group *g, bool detail, bool logo, struct text *t)
{
        text_fmt(t, "{\"Id\":%u,", g->id);
        pair(t, "Name", g->name);
        pair(t, "Description", g->description);
        if (logo)
                text_put(t, "\"GroupLogo\":null,");
        if (detail)
                text_fmt(t, "\"IsAzureADGroup\":%s}", g->directory == AZURE_AD ? "true" : "false");
        else
                text_fmt(t, "\"DirectoryType\":\"%s\",\"UserCount\":%zu}", directory_names[g->directory], g->count);
}

/* ---- the rest ---- */

bool
password_good(const char *text)
{
        bool upper = false, lower = false, digit = false, special = false;

        for (const char *c = text; *c != '\0'; c++) {
                upper |= isupper((unsigned char)*c) != 0;
                lower |= islower((unsigned char)*c) != 0;
                digit |= isdigit((unsigned char)*c) != 0;
                special |= isalnum((unsigned char)*c) == 0;
        }
        return strlen(text) >= 6 && upper && lower && digit && special;
}

static void
note(struct emulator *e, const char *module, const char *what, const char *name, struct text *json)
{
        struct json_object *row = json_object_new_object();

        effects_note(&e->rest.effects, e->rest.ledger.count, what, text_str(json));
        json_object_object_add(row, "ActivityModule", json_object_new_string(module));
        json_object_object_add(row, "Activity", json_object_new_string(what));
        json_object_object_add(row, "Name", json_object_new_string(name));
        json_object_object_add(row, "SourceType", json_object_new_string("API"));
        json_object_object_add(row, "ActivityStatus", json_object_new_string("Success"));
        json_object_array_add(e->log, row);
        text_free(json);
}

void
note_person(struct emulator *e, const char *what, const struct person *p)
{
        struct text json = { 0 };

        person_json(e, p, false, false, &json);
        note(e, "user", what, p->email, &json);
}

void
note_group(struct emulator *e, const char *what, const struct group *g)
{
        struct text json = { 0 };

        group_json(g, false, false, &json);
        note(e, "group", what, g->name, &json);
}

static void
people_close(struct emulator *e)
{
        for (size_t i = 0; i < e->person_count; i++) {
                struct person *p = &e->people[i];

                free(p->username);
                free(p->email);
                free(p->first);
                free(p->last);
                free(p->contact);
                free(p->password);
                free(p->external);
        }
        free(e->people);
}

void
model_close(struct emulator *e)
{
        people_close(e);
        for (size_t i = 0; i < e->group_count; i++) {
                free(e->groups[i].name);
                free(e->groups[i].description);
                free(e->groups[i].logo);
                free(e->groups[i].members);
        }
        for (size_t i = 0; i < e->attribute_count; i++) {
                free(e->attributes[i].name);
                free(e->attributes[i].value);
                free(e->attributes[i].description);
        }
        for (size_t i = 0; i < e->credential_count; i++)
                free(e->credentials[i].text);
        for (size_t i = 0; i < e->job_count; i++) {
                free(e->jobs[i].source);
                json_object_put(e->jobs[i].rows);
                json_object_put(e->jobs[i].failed);
        }
        for (size_t i = 0; i < e->aad_count; i++) {
                free(e->aad[i].name);
                json_object_put(e->aad[i].users);
        }
        free(e->groups);
        free(e->attributes);
        free(e->credentials);
        free(e->jobs);
        free(e->aad);
        free(e->embed_secret);
        free(e->client_id);
        free(e->client_secret);
        free(e->azure.tenant);
        free(e->azure.client);
        free(e->azure.secret);
        json_object_put(e->schedule);
        json_object_put(e->log);
}
