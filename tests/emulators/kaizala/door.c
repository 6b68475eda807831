/* door.c - the control door's own calls: what an admin does by hand, what happens to a
 * service, and the truth.  No part of Kaizala. */
#include "emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const char *
word(struct json_object *ask, const char *name)
{
        return control_word(ask, name, "");
}

static bool
no(struct text *why, const char *sentence)
{
        text_put(why, sentence);
        return false;
}

/* By id or by name. */
static struct group *
find_group(struct emulator *e, const char *name)
{
        struct group *g = org_group(&e->org, name);

        for (size_t i = 0; g == NULL && i < e->org.group_count; i++)
                if (strcmp(e->org.groups[i]->name, name) == 0)
                        g = e->org.groups[i];
        return g;
}

/* {"number":...} or {"numbers":[...]} of a call: each in turn. */
static bool
each_number(struct emulator *e, struct json_object *ask, struct text *why,
            bool (*one)(struct emulator *e, struct json_object *ask, const char *phone, struct text *why))
{
        struct json_object *list = json_object_object_get(ask, "numbers");
        bool good = true;

        if (list == NULL)
                return one(e, ask, word(ask, "number"), why);
        for (size_t i = 0; good && i < json_object_array_length(list); i++)
                good = one(e, ask, json_object_get_string(json_object_array_get_idx(list, i)), why);
        return good;
}

/* ---- connectors and tokens ---- */

static bool
call_connector(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        if (word(ask, "id")[0] == '\0' || word(ask, "secret")[0] == '\0')
                return no(why, "id and secret are needed");
        connector_make(&e->grants, word(ask, "id"), word(ask, "secret"));
        text_lit(answer, "{}");
        return true;
}

static bool
call_grant(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *reach = control_word(ask, "reach", "tenant"), *id = control_word(ask, "connector", e->grants.connectors[0]->id);
        struct connector *c = connector_find(&e->grants, id);
        struct group *g = find_group(e, word(ask, "group"));
        enum reach as = strcmp(reach, "tenant") == 0 ? REACH_TENANT : strcmp(reach, "group") == 0 ? REACH_GROUP : REACH_USER;

        if (c == NULL || (as == REACH_GROUP && g == NULL))
                return no(why, "there is no such connector or group");
        text_fmt(answer, "{\"refreshToken\":\"%s\"}", grant_make(&e->grants, c, as, control_word(ask, "phone", "+14255550100"),
                                                                  g != NULL ? g->id : NULL, e->rest.now)->token);
        return true;
}

static bool
call_expire(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        (void)ask;
        (void)why;
        access_expire(&e->grants);
        text_lit(answer, "{}");
        return true;
}

/* ---- the service ---- */

/* {"to":"https://host:port","mode":"base|url","root":true}; the old E answers 308 from now on. */
static bool
call_move(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *to = word(ask, "to"), *old = strstr(region_of(e), "://");

        if (strstr(to, "://") == NULL)
                return no(why, "'to' must be an address like https://localhost:8443");
        free(e->moved_from);
        e->moved_from = room_copy(old != NULL ? old + 3 : "");
        e->moved_whole = strcmp(word(ask, "mode"), "url") == 0;
        e->moved_root = json_object_get_boolean(json_object_object_get(ask, "root"));
        free(e->region);
        e->region = room_copy(to);
        text_lit(answer, "{}");
        return true;
}

/* {"left":0}: of this minute's calls, for every connector. */
static bool
call_throttle(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        int64_t left = json_object_get_int64(json_object_object_get(ask, "left"));

        (void)why;
        for (size_t i = 0; i < e->grants.connector_count; i++) {
                e->grants.connectors[i]->window = e->rest.now;
                e->grants.connectors[i]->made = e->set.calls - left;
        }
        text_lit(answer, "{}");
        return true;
}

static bool
one_fail(struct emulator *e, struct json_object *ask, const char *phone, struct text *why)
{
        (void)ask;
        if (e->fail_count == FAIL_NUMBERS)
                return no(why, "there are too many");
        e->fail_numbers[e->fail_count++] = room_copy(phone);
        return true;
}

static bool
call_fail(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        while (json_object_get_boolean(json_object_object_get(ask, "clear")) && e->fail_count > 0)
                free(e->fail_numbers[--e->fail_count]);
        text_lit(answer, "{}");
        return json_object_object_get(ask, "clear") != NULL || each_number(e, ask, why, one_fail);
}

/* ---- by hand ---- */

static bool
one_register(struct emulator *e, struct json_object *ask, const char *phone, struct text *why)
{
        (void)ask;
        (void)why;
        org_person_make(&e->org, phone)->registered = true;
        return true;
}

static bool
call_register(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        text_lit(answer, "{}");
        return each_number(e, ask, why, one_register);
}

/* Somebody is put into the Directory in the portal: {"number":"+...","network":"Others","values":{...}} */
static bool
call_person(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *values = json_object_object_get(ask, "values");
        struct person *p;

        if (!phone_good(word(ask, "number")))
                return no(why, "'number' is no phone number");
        p = org_person_make(&e->org, word(ask, "number"));
        org_list(p, strcmp(control_word(ask, "network", "Employee"), "Employee") == 0);
        for (int a = 1; values != NULL && a < e->org.attribute_count; a++)
                if (json_object_object_get(values, e->org.attributes[a].name) != NULL)
                        person_set(p, a, word(values, e->org.attributes[a].name));
        text_fmt(answer, "{\"id\":\"%s\"}", p->id);
        return true;
}

static bool
one_unlist(struct emulator *e, struct json_object *ask, const char *phone, struct text *why)
{
        struct person *p = org_person(&e->org, phone);

        (void)ask;
        if (p == NULL)
                return no(why, "there is no such person");
        org_unlist(&e->org, p);
        return true;
}

static bool
call_person_remove(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        text_lit(answer, "{}");
        return each_number(e, ask, why, one_unlist);
}

static bool
call_group(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct group *g;

        if (word(ask, "name")[0] == '\0')
                return no(why, "a name is needed");
        g = org_group_make(&e->org, word(ask, "name"), "", strcmp(word(ask, "type"), "ConnectGroup") == 0);
        group_add(g, org_person_make(&e->org, control_word(ask, "admin", "+14255550100")), ROLE_ADMIN);
        text_fmt(answer, "{\"groupId\":\"%s\"}", g->id);
        return true;
}

static bool
call_group_remove(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct group *g = find_group(e, word(ask, "group"));

        if (g == NULL)
                return no(why, "there is no such group");
        org_group_end(&e->org, g);
        text_lit(answer, "{}");
        return true;
}

static bool
call_group_rename(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct group *g = find_group(e, word(ask, "group"));

        if (g == NULL || word(ask, "name")[0] == '\0')
                return no(why, "there is no such group, or no name");
        free(g->name);
        g->name = room_copy(word(ask, "name"));
        text_lit(answer, "{}");
        return true;
}

static bool
one_join(struct emulator *e, struct json_object *ask, const char *phone, struct text *why)
{
        struct group *g = find_group(e, word(ask, "group"));
        const char *role = control_word(ask, "role", "Member");
        struct person *p = org_person_make(&e->org, phone);
        struct member *m;

        if (g == NULL)
                return no(why, "there is no such group");
        group_add(g, p, ROLE_MEMBER);
        m = group_find(g, p);
        m->role = role[0] == 'A' ? ROLE_ADMIN : role[0] == 'S' ? ROLE_SUBSCRIBER : ROLE_MEMBER;
        return true;
}

static bool
call_join(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        text_lit(answer, "{}");
        return each_number(e, ask, why, one_join);
}

static bool
one_leave(struct emulator *e, struct json_object *ask, const char *phone, struct text *why)
{
        struct group *g = find_group(e, word(ask, "group"));
        struct person *p = org_person(&e->org, phone);

        if (g == NULL || p == NULL || !group_drop(g, p))
                return no(why, "there is no such group, or he is not in it");
        return true;
}

static bool
call_leave(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        text_lit(answer, "{}");
        return each_number(e, ask, why, one_leave);
}

const struct door kaizala_doors[] = {
        { .name = "connector", .call = call_connector }, { .name = "grant", .call = call_grant },
        { .name = "expire-token", .call = call_expire }, { .name = "move-endpoint", .call = call_move },
        { .name = "throttle", .call = call_throttle }, { .name = "fail-numbers", .call = call_fail },
        { .name = "register", .call = call_register }, { .name = "person", .call = call_person },
        { .name = "person-remove", .call = call_person_remove }, { .name = "group", .call = call_group },
        { .name = "group-remove", .call = call_group_remove }, { .name = "group-rename", .call = call_group_rename },
        { .name = "join", .call = call_join }, { .name = "leave", .call = call_leave },
        { .name = NULL }
};

/* ---- the truth ---- */

static void
tell_person(const struct emulator *e, const struct person *p, struct text *t)
{
        text_fmt(t, "{\"id\":\"%s\",\"PhoneNumber\":\"%s\",\"@listed\":%s,\"@network\":\"%s\",\"@linked\":%s,\"@registered\":%s",
                 p->id, p->phone, p->listed ? "true" : "false", p->employee ? "Employee" : "Others",
                 p->linked ? "true" : "false", p->registered ? "true" : "false");
        for (int a = 1; a < e->org.attribute_count; a++)
                if (p->values[a] != NULL) {
                        text_char(t, ',');
                        text_json(t, e->org.attributes[a].name);
                        text_char(t, ':');
                        text_json(t, p->values[a]);
                }
        text_char(t, '}');
}

static void
tell_group(struct emulator *e, const struct group *g, bool members, struct text *t)
{
        text_fmt(t, "{\"groupId\":\"%s\",\"groupName\":", g->id);
        text_json(t, g->name);
        text_fmt(t, ",\"groupType\":\"%s\",\"tenant\":%s,\"parents\":%zu,\"count\":%zu", g->connect ? "ConnectGroup" : "Group",
                 g->tenant ? "true" : "false", group_parents(&e->org, g), g->member_count);
        if (members) {
                text_lit(t, ",\"welcomeMessage\":");
                text_json(t, g->welcome);
                text_lit(t, ",\"subGroups\":[");
                for (size_t i = 0; i < g->child_count; i++)
                        text_fmt(t, "%s\"%s\"", i > 0 ? "," : "", g->children[i]->id);
                text_lit(t, "],\"members\":[");
                for (size_t i = 0; i < g->member_count; i++)
                        text_fmt(t, "%s{\"phone\":\"%s\",\"role\":\"%s\"}", i > 0 ? "," : "", g->members[i].who->phone,
                                 role_names[g->members[i].role]);
                text_char(t, ']');
        }
        text_char(t, '}');
}

static void
tell_people(const struct emulator *e, const char *phone, struct text *t)
{
        const char *before = "";

        text_lit(t, "{\"people\":[");
        for (size_t i = 0; i < e->org.person_count; i++) {
                const struct person *p = e->org.people[i];

                if (phone[0] != '\0' ? strcmp(p->phone, phone) != 0 : !p->listed)
                        continue;
                text_put(t, before);
                before = ",\n";
                tell_person(e, p, t);
        }
        text_lit(t, "]}");
}

bool
door_tell(struct emulator *e, struct exchange *x, const char *name, const char *about)
{
        struct text *t = &x->reply;

        if (strcmp(name, "people") == 0) {
                tell_people(e, about, t);
        } else if (strcmp(name, "group") == 0 && find_group(e, about) != NULL) {
                tell_group(e, find_group(e, about), true, t);
        } else if (strcmp(name, "groups") == 0) {
                text_lit(t, "{\"groups\":[");
                for (size_t i = 0; i < e->org.group_count; i++) {
                        text_put(t, i > 0 ? ",\n" : "");
                        tell_group(e, e->org.groups[i], false, t);
                }
                text_lit(t, "]}");
        } else if (strcmp(name, "pin") == 0) {
                text_fmt(t, "{\"pin\":%d}", pin_find(&e->grants, about));
        } else if (strcmp(name, "imports") == 0) {
                text_fmt(t, "{\"count\":%zu,\"last\":", e->imports.count);
                text_json(t, e->imports.count > 0 ? e->imports.list[e->imports.count - 1]->name : "");
                text_char(t, '}');
        } else {
                return false;
        }
        return true;
}
