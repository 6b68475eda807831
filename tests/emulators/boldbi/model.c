/* model.c - accounts, users of the site, groups and their members; see emulator.h. */
#include "emulator.h"

#include <ctype.h>
#include <stdio.h>
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

/* The same, so that there is an element 'at', with zeros in what is new. */
static void *
widen(void *array, size_t at, size_t *have, size_t size)
{
        size_t want = *have > 0 ? *have : 64;

        while (want <= at)
                want *= 2;
        array = room_grow(array, want * size);
        memset((char *)array + *have * size, 0, (want - *have) * size);
        *have = want;
        return array;
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
        index_add(&e->person_guids, p->guid, (uint32_t)(e->person_count - 1));
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
        person_call(e, p, text_str(&text), NULL);
        text_lit(&text, "@bold.example");
        person_call(e, p, NULL, text_str(&text));
        set_text(&p->first, "Local");
        text_free(&text);
        person_enter(e, p);
}

void
person_call(struct emulator *e, struct person *p, const char *username, const char *email)
{
        uint32_t place = (uint32_t)(p - e->people);

        if (username != NULL) {
                set_text(&p->username, username);
                index_add(&e->person_names, username, place);
        }
        if (email != NULL) {
                set_text(&p->email, email);
                index_add(&e->person_names, email, place);
        }
}

/* The oldest of them, should there be two. */
static struct person *
called(struct emulator *e, const char *name, bool of_site)
{
        struct person *found = NULL;
        uint32_t place;

        for (size_t at = 0; *name != '\0' && index_each(&e->person_names, name, &at, &place);) {
                struct person *p = &e->people[place];

                if ((of_site ? p->id != 0 : !p->gone) && (found == NULL || p < found)
                    && (strcasecmp(p->email, name) == 0 || strcasecmp(p->username, name) == 0))
                        found = p;
        }
        return found;
}

struct person *
person_known(struct emulator *e, const char *name)
{
        return called(e, name, false);
}

struct person *
person_named(struct emulator *e, const char *name)
{
        return called(e, name, true);
}

struct person *
person_numbered(struct emulator *e, uint32_t id)
{
        uint32_t place = id < e->person_ids_size ? e->person_ids[id] : 0;

        return place != 0 && e->people[place - 1].id == id ? &e->people[place - 1] : NULL;
}

struct person *
person_guid(struct emulator *e, const char *guid)
{
        uint32_t place;

        for (size_t at = 0; index_each(&e->person_guids, guid, &at, &place);)
                if (!e->people[place].gone && strcasecmp(e->people[place].guid, guid) == 0)
                        return &e->people[place];
        return NULL;
}

void
person_enter(struct emulator *e, struct person *p)
{
        struct group *usual = group_numbered(e, (uint32_t)e->set.default_group);

        p->id = ++e->last_user;
        if (p->id >= e->person_ids_size)
                e->person_ids = widen(e->person_ids, p->id, &e->person_ids_size, sizeof *e->person_ids);
        e->person_ids[p->id] = (uint32_t)(p - e->people) + 1;
        if (usual != NULL)
                group_join(usual, p->id, false);
}

void
person_leave(struct emulator *e, struct person *p)
{
        struct attribute *a;

        for (size_t i = 0; i < e->group_count; i++)
                group_leave(&e->groups[i], p->id);
        for (size_t at = 0; (a = attribute_each(e, p->id, false, &at)) != NULL;)
                a->id = 0;
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
        group_call(e, g, name);
        set_text(&g->description, description);
        return g;
}

void
group_call(struct emulator *e, struct group *g, const char *name)
{
        set_text(&g->name, name);
        index_add(&e->group_names, g->name, (uint32_t)(g - e->groups));
}

struct group *
group_numbered(struct emulator *e, uint32_t id)
{
        return id != 0 && id <= e->group_count && e->groups[id - 1].id == id ? &e->groups[id - 1] : NULL;
}

struct group *
group_named(struct emulator *e, const char *name)
{
        uint32_t place;

        for (size_t at = 0; index_each(&e->group_names, name, &at, &place);)
                if (e->groups[place].id != 0 && strcasecmp(e->groups[place].name, name) == 0)
                        return &e->groups[place];
        return NULL;
}

bool
group_has(const struct group *g, uint32_t id)
{
        return id / 64 < g->has_size && (g->has[id / 64] >> id % 64 & 1) != 0;
}

static void
mark(struct group *g, uint32_t id, bool in)
{
        if (id / 64 >= g->has_size)
                g->has = widen(g->has, id / 64, &g->has_size, sizeof *g->has);
        g->has[id / 64] = in ? g->has[id / 64] | UINT64_C(1) << id % 64 : g->has[id / 64] & ~(UINT64_C(1) << id % 64);
}

bool
group_join(struct group *g, uint32_t id, bool provided)
{
        if (group_has(g, id))
                return false;
        g->members = more(g->members, g->count, &g->room, sizeof *g->members);
        g->members[g->count++] = (struct member){ id, provided };
        mark(g, id, true);
        return true;
}

bool
group_leave(struct group *g, uint32_t id)
{
        if (!group_has(g, id))
                return false;
        for (size_t i = 0; i < g->count; i++)
                if (g->members[i].id == id) {
                        g->members[i] = g->members[--g->count];
                        break;
                }
        mark(g, id, false);
        return true;
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

/* ---- attributes ---- */

static const char *
owner_key(uint32_t owner, bool of_group, char key[16])
{
        snprintf(key, 16, "%c%u", of_group ? 'g' : 'u', owner);
        return key;
}

struct attribute *
attribute_add(struct emulator *e, uint32_t owner, bool of_group)
{
        struct attribute *a;
        char key[16];

        e->attributes = more(e->attributes, e->attribute_count, &e->attribute_room, sizeof *a);
        index_add(&e->attribute_owners, owner_key(owner, of_group, key), (uint32_t)e->attribute_count);
        a = &e->attributes[e->attribute_count++];
        *a = (struct attribute){ .id = (uint32_t)e->attribute_count, .owner = owner, .of_group = of_group };
        set_text(&a->description, NULL);
        return a;
}

struct attribute *
attribute_each(struct emulator *e, uint32_t owner, bool of_group, size_t *at)
{
        uint32_t place;
        char key[16];

        while (index_each(&e->attribute_owners, owner_key(owner, of_group, key), at, &place)) {
                struct attribute *a = &e->attributes[place];

                if (a->id != 0 && a->owner == owner && a->of_group == of_group)
                        return a;
        }
        return NULL;
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
        free(e->person_ids);
        index_close(&e->person_names);
        index_close(&e->person_guids);
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
                free(e->groups[i].has);
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
        index_close(&e->group_names);
        free(e->attributes);
        index_close(&e->attribute_owners);
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
