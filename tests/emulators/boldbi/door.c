/* door.c - what the control door does here: users, groups and credentials that nobody made
 * through the API, what people do by hand in Bold BI, and the truth. */
#include "emulator.h"

#include <stdlib.h>
#include <strings.h>

static bool
no_such(struct text *why, const char *what, const char *name)
{
        text_fmt(why, "there is no %s '%s'", what, name);
        return false;
}

static enum directory
directory_of(struct json_object *ask)
{
        const char *name = control_word(ask, "directory", directory_names[LOCAL]);
        int i = 0;

        while (i + 1 < DIRECTORIES && strcasecmp(directory_names[i], name) != 0)
                i++;
        return (enum directory)i;
}

static void
change(struct emulator *e, struct person *p, struct json_object *set)
{
        static const struct { const char *name; size_t at; } fields[] = {
                { "FirstName", offsetof(struct person, first) }, { "Lastname", offsetof(struct person, last) },
                { "ContactNumber", offsetof(struct person, contact) }, { "Password", offsetof(struct person, password) },
        };

        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
                if (text_of(set, fields[i].name) != NULL)
                        set_text((char **)(void *)((char *)p + fields[i].at), text_of(set, fields[i].name));
        person_call(e, p, text_of(set, "Username"), text_of(set, "Email"));
}

/* {"set":{"Username":...},"directory":"AzureAD","admin":true,"outside":true} */
static bool
call_user(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *set = member_of(ask, "set");
        struct person *p;

        if (!json_object_is_type(set, json_type_object) || text_of(set, "Email") == NULL) {
                text_put(why, "\"set\" must be an object with an Email");
                return false;
        }
        p = person_add(e);
        person_call(e, p, text_of(set, "Email"), NULL);
        change(e, p, set);
        p->directory = directory_of(ask);
        if (!json_object_get_boolean(member_of(ask, "outside")))
                person_enter(e, p);
        if (json_object_get_boolean(member_of(ask, "admin")))
                group_join(&e->groups[0], p->id, false);
        text_fmt(answer, "{\"id\":%u,\"guid\":\"%s\"}", p->id, p->guid);
        return true;
}

/* {"id":"E-MAIL OR USER NAME","set":{...},"activate":true} */
static bool
call_change(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct person *p = person_known(e, control_word(ask, "id", ""));

        if (p == NULL)
                return no_such(why, "user", control_word(ask, "id", ""));
        change(e, p, member_of(ask, "set"));
        if (member_of(ask, "activate") != NULL)
                p->active = json_object_get_boolean(member_of(ask, "activate"));
        person_json(e, p, true, false, answer);
        return true;
}

static bool
call_remove(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct person *p = person_named(e, control_word(ask, "id", ""));

        if (p == NULL)
                return no_such(why, "user", control_word(ask, "id", ""));
        person_leave(e, p);
        text_lit(answer, "{}");
        return true;
}

/* {"set":{"Name":...,"Description":...},"directory":"AzureAD","members":["E-MAIL"],"provided":true} */
static bool
call_group(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *set = member_of(ask, "set"), *names = member_of(ask, "members");
        struct group *g;

        if (text_of(set, "Name") == NULL) {
                text_put(why, "\"set\" must be an object with a Name");
                return false;
        }
        g = group_named(e, text_of(set, "Name"));
        if (g == NULL)
                g = group_add(e, text_of(set, "Name"), text_of(set, "Description"), directory_of(ask));
        for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
                const char *one = json_object_get_string(json_object_array_get_idx(names, i));
                struct person *p = person_named(e, one);

                if (p == NULL)
                        return no_such(why, "user", one);
                group_join(g, p->id, json_object_get_boolean(member_of(ask, "provided")));
        }
        text_fmt(answer, "{\"id\":%u}", g->id);
        return true;
}

static bool
call_group_remove(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct group *g = group_named(e, control_word(ask, "id", ""));

        if (g == NULL)
                return no_such(why, "group", control_word(ask, "id", ""));
        g->id = 0;
        g->count = 0;
        text_lit(answer, "{}");
        return true;
}

/* {"of":"E-MAIL","sort":"key"}: an API key; "token": a personal access token; "life":"7d" */
static bool
call_credential(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct person *p = person_named(e, control_word(ask, "of", ""));
        const char *made;
        int64_t life = 0;

        if (p == NULL)
                return no_such(why, "user", control_word(ask, "of", ""));
        if (!clock_span(control_word(ask, "life", "0"), &life)) {
                text_put(why, "\"life\" is no span of time");
                return false;
        }
        made = credential_make(e, p, strcmp(control_word(ask, "sort", "key"), "key") == 0, life);
        if (made == NULL) {
                text_put(why, "a user has at most two API keys for a site");
                return false;
        }
        text_fmt(answer, "{\"credential\":\"%s\"}", made);
        return true;
}

/* All tokens and keys are dead; {"of":"E-MAIL"}: those of one. */
static bool
call_revoke(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *of = control_word(ask, "of", NULL);
        struct person *p = of != NULL ? person_named(e, of) : NULL;

        if (of != NULL && p == NULL)
                return no_such(why, "user", of);
        for (size_t i = 0; i < e->credential_count; i++)
                if (p == NULL || e->credentials[i].person == (uint32_t)(p - e->people))
                        e->credentials[i].ends = 0;
        text_lit(answer, "{}");
        return true;
}

/* {"secret":"S"}: of embedding; made anew, the old one is dead. */
static bool
call_embed(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        (void)why;
        set_text(&e->embed_secret, control_word(ask, "secret", "embed~secret"));
        text_lit(answer, "{}");
        return true;
}

/* {"name":"Finance","users":[{"Email","Username","FirstName","Lastname"}]}: of the Azure AD. */
static bool
call_aad(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *users = member_of(ask, "users");

        if (!json_object_is_type(users, json_type_array)) {
                text_put(why, "\"users\" must be an array");
                return false;
        }
        if (e->aad_count == e->aad_room) {
                e->aad_room = e->aad_room > 0 ? e->aad_room * 2 : 8;
                e->aad = room_grow(e->aad, e->aad_room * sizeof *e->aad);
        }
        e->aad[e->aad_count++] = (struct aad_group){ room_copy(control_word(ask, "name", "")), json_object_get(users) };
        text_lit(answer, "{}");
        return true;
}

const struct door boldbi_doors[] = {
        { "user", call_user, false }, { "change", call_change, false }, { "remove", call_remove, false },
        { "group", call_group, false }, { "group-remove", call_group_remove, false },
        { "credential", call_credential, false }, { "revoke", call_revoke, false }, { "embed", call_embed, false },
        { "aad-group", call_aad, false }, { .name = NULL }
};

/* ---- the truth ---- */

static void
tell_user(struct emulator *e, const struct person *p, struct text *t)
{
        struct attribute *a;
        bool first = true;

        person_json(e, p, true, false, t);
        t->len--;
        text_fmt(t, ",\"@guid\":\"%s\",\"@password\":%s,\"@groups\":[", p->guid, *p->password != '\0' ? "true" : "false");
        for (size_t i = 0; i < e->group_count; i++)
                if (e->groups[i].id != 0 && group_has(&e->groups[i], p->id)) {
                        text_put(t, first ? "" : ",");
                        text_json(t, e->groups[i].name);
                        first = false;
                }
        text_lit(t, "],\"@attributes\":{");
        first = true;
        for (size_t at = 0; (a = attribute_each(e, p->id, false, &at)) != NULL;) {
                text_put(t, first ? "" : ",");
                text_json(t, a->name);
                text_char(t, ':');
                text_json(t, a->value);
                first = false;
        }
        text_lit(t, "}}");
}

static void
tell_users(struct emulator *e, struct text *t)
{
        bool first = true;

        text_lit(t, "{\"value\":[");
        for (size_t i = 0; i < e->person_count; i++) {
                if (e->people[i].id == 0)
                        continue;
                text_put(t, first ? "" : ",\n");
                tell_user(e, &e->people[i], t);
                first = false;
        }
        text_lit(t, "]}");
}

static void
tell_groups(struct emulator *e, struct text *t)
{
        bool first = true;

        text_lit(t, "{\"value\":[");
        for (size_t i = 0; i < e->group_count; i++) {
                const struct group *g = &e->groups[i];

                if (g->id == 0)
                        continue;
                text_put(t, first ? "" : ",\n");
                group_json(g, false, false, t);
                t->len--;
                text_lit(t, ",\"@members\":[");
                for (size_t m = 0; m < g->count; m++) {
                        text_put(t, m > 0 ? "," : "");
                        text_json(t, person_numbered(e, g->members[m].id)->email);
                }
                text_lit(t, "]}");
                first = false;
        }
        text_lit(t, "]}");
}

bool
boldbi_tell(struct emulator *e, struct exchange *x, const char *name, const char *about)
{
        struct person *p;

        if (strcmp(name, "users") == 0) {
                tell_users(e, &x->reply);
        } else if (strcmp(name, "groups") == 0) {
                tell_groups(e, &x->reply);
        } else if (strcmp(name, "user") == 0) {
                p = person_named(e, about);
                if (p == NULL)
                        control_refuse(x, 404, "there is no such user");
                else
                        tell_user(e, p, &x->reply);
        } else {
                return false;
        }
        return true;
}
