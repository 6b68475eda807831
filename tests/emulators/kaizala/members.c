/* members.c - who is in a group (sheet, 5.4 and 5.6). */
#include "emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { CALL_MEMBERS = 100, PAGE = 50 };

void
members_list(struct emulator *e, struct exchange *x)
{
        struct group *g = api_group(e, x, 1);
        const char *before = "";

        if (g == NULL)
                return;
        text_lit(&x->reply, "{\"members\":[");
        for (size_t i = 0; i < g->member_count; i++) {
                const struct member *m = &g->members[i];

                if (m->role == ROLE_SUBSCRIBER)
                        continue;
                text_fmt(&x->reply, "%s{\"id\":\"%s\",\"role\":\"%s\",\"mobileNumber\":\"%s\",\"isProvisioned\":%s}", before,
                         m->who->id, role_names[m->role], m->who->phone, m->who->registered ? "true" : "false");
                before = ",";
                x->objects++;
        }
        text_lit(&x->reply, "]}");
}

/* The numbers of that name, or NULL after a refusal. */
static struct json_object *
numbers(struct exchange *x, const char *name)
{
        bool bad;
        struct json_object *list = asked_list(x, name, &bad);

        if (bad || list == NULL || json_object_array_length(list) > CALL_MEMBERS) {
                refuse_parameters(x, bad || list == NULL ? "An array of phone numbers is required."
                                  : "At most 100 phone numbers can be given.");
                return NULL;
        }
        return list;
}

void
members_add(struct emulator *e, struct exchange *x)
{
        struct group *g = api_group(e, x, 1);
        struct json_object *list = g != NULL ? numbers(x, "members") : NULL;
        bool all = true;

        if (list == NULL)
                return;
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                const char *phone = json_object_get_string(json_object_array_get_idx(list, i));
                bool usable = phone_usable(e, phone) && g->member_count < (size_t)e->set.group_cap;

                if (usable && group_add(g, org_person_make(&e->org, phone), ROLE_MEMBER))
                        effect(e, "member added", "group", g->id, "name", g->name, "phone", phone, NULL);
                all = all && usable;
        }
        answer_result(x, all);
}

/* The member of the request, or NULL after a 404. */
static struct member *
asked_member(struct emulator *e, struct exchange *x, struct group *g)
{
        struct person *p = org_person_id(&e->org, asked_segment(x, 3));
        struct member *m = p != NULL ? group_find(g, p) : NULL;

        if (m == NULL)
                refuse_missing(x, "The member");
        return m;
}

static bool
last_admin(struct exchange *x, const struct group *g, const struct member *m)
{
        if (m->role != ROLE_ADMIN || group_with(g, ROLE_ADMIN) > 1)
                return false;
        refuse_parameters(x, "The last admin cannot leave the group.");
        return true;
}

void
members_remove(struct emulator *e, struct exchange *x)
{
        struct group *g = api_group(e, x, 1);
        struct member *m = g != NULL ? asked_member(e, x, g) : NULL;

        if (m == NULL || last_admin(x, g, m))
                return;
        effect(e, "member removed", "group", g->id, "name", g->name, "phone", m->who->phone, NULL);
        group_drop(g, m->who);
        answer_result(x, true);
}

void
members_role(struct emulator *e, struct exchange *x)
{
        const char *role = asked_text(x, "role");
        struct group *g = api_group(e, x, 1);
        struct member *m = g != NULL ? asked_member(e, x, g) : NULL;
        bool admin = role != NULL && strcasecmp(role, "Admin") == 0;

        if (m == NULL)
                return;
        if (role == NULL || (!admin && strcasecmp(role, "Member") != 0)) {
                refuse_parameters(x, "role must be Admin or Member.");
                return;
        }
        if (!admin && last_admin(x, g, m))
                return;
        m->role = admin ? ROLE_ADMIN : ROLE_MEMBER;
        effect(e, "role set", "group", g->id, "name", g->name, "phone", m->who->phone, "role", role_names[m->role], NULL);
        answer_result(x, true);
}

/* ---- subscribers of a broadcast group ---- */

static struct group *
broadcast(struct emulator *e, struct exchange *x)
{
        struct group *g = api_group(e, x, 1);

        if (g != NULL && !g->connect) {
                refuse_parameters(x, "The group is no broadcast group.");
                return NULL;
        }
        return g;
}

static const char *
subscribe(struct emulator *e, struct group *g, const char *phone, bool joins)
{
        struct person *p;

        if (!phone_usable(e, phone))
                return "The phone number is not valid.";
        p = org_person_make(&e->org, phone);
        if (joins && group_add(g, p, ROLE_SUBSCRIBER)) {
                effect(e, "subscriber added", "group", g->id, "name", g->name, "phone", phone, NULL);
        } else if (!joins) {
                struct member *m = group_find(g, p);

                if (m == NULL || m->role != ROLE_SUBSCRIBER)
                        return "There is no such subscriber.";
                group_drop(g, p);
                effect(e, "subscriber removed", "group", g->id, "name", g->name, "phone", phone, NULL);
        }
        return NULL;
}

static void
change_subscribers(struct emulator *e, struct exchange *x, bool joins)
{
        struct group *g = broadcast(e, x);
        struct json_object *list = g != NULL ? numbers(x, "subscribers") : NULL;

        if (list == NULL)
                return;
        text_lit(&x->reply, "{\"result\":{");
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                const char *phone = json_object_get_string(json_object_array_get_idx(list, i));
                const char *why = subscribe(e, g, phone, joins);

                text_put(&x->reply, i > 0 ? "," : "");
                text_json(&x->reply, phone);
                text_fmt(&x->reply, ":{\"%s\":%s", joins ? "isAdded" : "isRemoved", why == NULL ? "true" : "false");
                if (why != NULL) {
                        text_lit(&x->reply, ",\"reason\":");
                        text_json(&x->reply, why);
                }
                text_char(&x->reply, '}');
        }
        text_lit(&x->reply, "}}");
}

void
subscribers_add(struct emulator *e, struct exchange *x)
{
        change_subscribers(e, x, true);
}

void
subscribers_remove(struct emulator *e, struct exchange *x)
{
        change_subscribers(e, x, false);
}

/* A POST that lists.  The cursor is the number of the last person told, so that a list that
 * changes meanwhile tells nobody twice [C]. */
void
subscribers_list(struct emulator *e, struct exchange *x)
{
        struct group *g = broadcast(e, x);
        struct json_object *want = json_object_object_get(x->own->body, "count");
        const char *cursor = asked_text(x, "cursor"), *before = "";
        int64_t count = want != NULL ? json_object_get_int64(want) : PAGE, told = 0;
        size_t at = cursor != NULL ? strtoull(cursor, NULL, 10) : 0;

        if (g == NULL)
                return;
        if (count < 1 || count > PAGE)
                count = PAGE;
        text_lit(&x->reply, "{\"subscribers\":[");
        for (; at < e->org.person_count; at++) {
                const struct person *p = e->org.people[at];
                const struct member *m = group_find(g, p);

                if (m == NULL || m->role != ROLE_SUBSCRIBER)
                        continue;
                if (told++ == count)
                        break;
                text_fmt(&x->reply, "%s{\"id\":\"%s\",\"mobileNumber\":\"%s\",\"name\":", before, p->id, p->phone);
                text_json(&x->reply, p->values[1] != NULL ? p->values[1] : "");
                text_fmt(&x->reply, ",\"profilePic\":\"\",\"isProvisioned\":%s}", p->registered ? "true" : "false");
                before = ",";
                x->objects++;
        }
        text_char(&x->reply, ']');
        if (at < e->org.person_count)
                text_fmt(&x->reply, ",\"cursor\":\"%zu\"", at);
        text_char(&x->reply, '}');
}
