/* user.c - users of the site: U1 to U6 of the protocol sheet. */
#include "emulator.h"

#include <stdlib.h>
#include <strings.h>

static const struct { const char *name; size_t at; } fields[] = {
        { "Username", offsetof(struct person, username) }, { "Email", offsetof(struct person, email) },
        { "FirstName", offsetof(struct person, first) }, { "Lastname", offsetof(struct person, last) },
        { "ContactNumber", offsetof(struct person, contact) },
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

/* Characters, not bytes. */
static int64_t
length(const char *text)
{
        int64_t n = 0;

        for (; *text != '\0'; text++)
                n += ((unsigned char)*text & 0xc0) != 0x80;
        return n;
}

static const char *
too_long(const struct emulator *e, struct json_object *ask)
{
        for (int i = 0; i < FIELDS; i++) {
                const char *value = text_of(ask, fields[i].name);

                if (value != NULL && length(value) > e->set.longest)
                        return fields[i].name;
        }
        return NULL;
}

/* What is wrong with the body of U2, as status and sentence; 0: nothing. */
static int
judge(struct emulator *e, struct json_object *ask, const char **why)
{
        const char *email = text_of(ask, "Email"), *username = text_of(ask, "Username");
        const char *first = text_of(ask, "FirstName"), *password = text_of(ask, "Password");
        bool automatic = e->set.activation == ACTIVATION_AUTOMATIC;

        *why = "Request body is missing or incomplete.";
        if (first == NULL || *first == '\0' || (!e->set.cloud && (username == NULL || *username == '\0')))
                return 400;
        *why = "Email address is empty.";
        if (e->set.email_required && (email == NULL || *email == '\0'))
                return 400;
        *why = "The e-mail address is invalid.";
        if (email != NULL && *email != '\0' && strchr(email, '@') == NULL)
                return 406;
        *why = "A value is too long.";
        if (too_long(e, ask) != NULL)
                return 406;
        *why = "Password is accepted in automatic activation mode only.";
        if (!automatic && password != NULL)
                return 406;
        *why = "The password does not meet the password policy.";
        if (automatic && (password == NULL || !password_good(password)))
                return 406;
        *why = "Email address already exists.";
        if (email != NULL && person_named(e, email) != NULL)
                return 409;
        *why = "Username already exists.";              /* [C] */
        return username != NULL && person_named(e, username) != NULL ? 409 : 0;
}

/* An e-mail that the UMS knows: access to that account, names ignored. [C] */
int
user_make(struct emulator *e, struct json_object *ask, struct person **ret, const char **why)
{
        const char *email = text_of(ask, "Email");
        int status = judge(e, ask, why);
        struct person *p = status == 0 && email != NULL ? person_known(e, email) : NULL;

        if (status != 0)
                return status;
        if (p == NULL) {
                p = person_add(e);
                person_call(e, p, e->set.cloud ? email : text_of(ask, "Username"), email);
                set_text(&p->first, text_of(ask, "FirstName"));
                set_text(&p->last, text_of(ask, "Lastname"));
                set_text(&p->password, text_of(ask, "Password"));
                p->active = e->set.activation == ACTIVATION_AUTOMATIC;
        }
        person_enter(e, p);
        note_person(e, "user created", p);
        *ret = p;
        return 200;
}

static void
create(struct emulator *e, struct exchange *x)
{
        struct person *p = NULL;
        const char *why = "";
        int status = user_make(e, x->own->body, &p, &why);

        if (status == 200)
                reply_done(x, "User has been added successfully.", (int64_t)p->id);
        else
                reply_refuse(x, status, why);
}

static void
write_user(struct emulator *e, uint32_t item, int version, struct text *t)
{
        person_json(e, &e->people[item], version == 4, false, t);
}

static void
list(struct emulator *e, struct exchange *x)
{
        const char *search = x->own->version == 5 ? query_value(&x->query, "q") : NULL;
        uint32_t *items = room((e->person_count + 1) * sizeof *items);
        struct list all = { .name = "UserList", .items = items, .write = write_user };

        for (size_t i = 0; i < e->person_count; i++) {
                const struct person *p = &e->people[i];
                struct text name = { 0 };

                if (search != NULL)
                        text_fmt(&name, "%s %s", p->first, p->last);
                if (p->id != 0 && fits(search, text_str(&name), p->email))
                        items[all.count++] = (uint32_t)i;
                text_free(&name);
        }
        reply_list(e, x, &all);
        free(items);
        /* Somebody else is at work: the pages behind this one have moved. */
        if (e->set.moving > 0 && x->status == 200 && strstr(text_str(&x->reply), "\"Next\"") != NULL) {
                e->set.moving--;
                person_local(e);
        }
}

static bool
clashes(struct emulator *e, const struct person *p, const char *value)
{
        const struct person *other = value != NULL && *value != '\0' ? person_named(e, value) : NULL;

        return other != NULL && other != p;
}

static void
update(struct emulator *e, struct exchange *x, struct person *p)
{
        struct json_object *ask = x->own->body;
        const char *email = text_of(ask, "Email"), *username = text_of(ask, "Username"), *first = text_of(ask, "FirstName");
        bool any = false;

        if (json_object_object_length(ask) == 0)
                reply_refuse(x, 400, "Request body is missing or incomplete.");
        else if (e->set.cloud && email != NULL && strcasecmp(email, p->email) != 0)
                reply_refuse(x, 406, "The e-mail address cannot be changed.");
        else if (clashes(e, p, email))
                reply_refuse(x, 406, "Email address already exists.");
        else if (clashes(e, p, username))
                reply_refuse(x, 406, "Username already exists.");
        else if (too_long(e, ask) != NULL)
                reply_refuse(x, 406, "A value is too long.");
        else if ((first != NULL && *first == '\0') || (email != NULL && strchr(email, '@') == NULL))
                reply_refuse(x, 406, "The body content is invalid.");
        else {
                for (int i = 0; i < FIELDS; i++) {
                        char **to = (char **)(void *)((char *)p + fields[i].at);
                        const char *value = text_of(ask, fields[i].name);

                        if (value == NULL || strcmp(value, *to) == 0)
                                continue;
                        set_text(to, value);
                        any = true;
                }
                person_call(e, p, username, email);
                if (any)
                        note_person(e, "user updated", p);
                reply_done(x, "User has been updated successfully.", -1);
        }
}

static void
delete(struct emulator *e, struct exchange *x, struct person *p)
{
        note_person(e, "user deleted", p);
        person_leave(e, p);             /* the account of the UMS stays */
        reply_empty(x, 204);
        x->objects = 1;
}

static void
one(struct emulator *e, struct exchange *x)
{
        struct person *p = person_named(e, segment(x, 1));
        bool get = is_verb(x, "GET"), put = is_verb(x, "PUT"), drop = is_verb(x, "DELETE");

        if (!x->own->allowed)
                return;
        if (p == NULL) {
                reply_refuse(x, 404, "User not found.");
        } else if (get) {
                x->status = 200;
                x->type = type_json;
                x->objects = 1;
                person_json(e, p, true, true, &x->reply);       /* bare, without the envelope */
        } else if (put) {
                update(e, x, p);
        } else if (drop) {
                delete(e, x, p);
        }
}

static void
write_group(struct emulator *e, uint32_t item, int version, struct text *t)
{
        group_json(&e->groups[item], true, version == 5, t);
}

/* By user id or e-mail; not by user name. [D] */
static void
groups(struct emulator *e, struct exchange *x)
{
        const char *name = segment(x, 1);
        struct person *p = person_numbered(e, (uint32_t)strtoul(name, NULL, 10));
        uint32_t *items = room((e->group_count + 1) * sizeof *items);
        struct list all = { .name = "GroupList", .items = items, .write = write_group };

        if (p == NULL && (p = person_named(e, name)) != NULL && strcasecmp(p->email, name) != 0)
                p = NULL;
        for (size_t i = 0; p != NULL && i < e->group_count; i++)
                if (e->groups[i].id != 0 && group_has(&e->groups[i], p->id))
                        items[all.count++] = (uint32_t)i;
        if (p == NULL)
                reply_refuse(x, 404, "User not found.");
        else
                reply_list(e, x, &all);
        free(items);
}

void
user_answer(struct emulator *e, struct exchange *x)
{
        if (strcasecmp(segment(x, 0), "users") != 0)
                return;
        if (segments(x) == 1) {
                if (is_verb(x, "GET"))
                        list(e, x);
                if (is_verb(x, "POST"))
                        create(e, x);
        } else if (segments(x) == 2) {
                one(e, x);
        } else if (segments(x) == 3 && strcasecmp(segment(x, 2), "groups") == 0 && is_verb(x, "GET")) {
                groups(e, x);
        }
}
