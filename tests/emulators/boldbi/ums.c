/* ums.c - the User Management Server's API v2.0, section 7 of the protocol sheet: accounts
 * of the whole installation, and who may enter the site.
 *
 * The Swagger shows PascalCase; real answers are snake_case. [O KB 520] */
#include "emulator.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

enum { TOKEN_LIFE = 3600 };
static const char tenant_id[] = "3d0d7c1e-54a1-4f6b-9b43-2f4f0a6e5c11";

/* "user_id" or "UserId". */
static void
name(const struct emulator *e, const char *snake, struct text *t)
{
        bool up = true;

        text_char(t, '"');
        for (; *snake != '\0'; snake++) {
                if (e->set.ums_names == UMS_SNAKE) {
                        text_char(t, *snake);
                } else if (*snake == '_') {
                        up = true;
                } else {
                        text_char(t, up ? (char)toupper((unsigned char)*snake) : *snake);
                        up = false;
                }
        }
        text_lit(t, "\":");
}

static void
pair(const struct emulator *e, const char *snake, const char *value, struct text *t)
{
        name(e, snake, t);
        text_json(t, value);
        text_char(t, ',');
}

static void
write_user(const struct emulator *e, const struct person *p, struct text *t)
{
        struct text display = { 0 };

        text_fmt(&display, "%s %s", p->first, p->last);
        text_char(t, '{');
        pair(e, "user_id", p->guid, t);
        pair(e, "user_name", p->username, t);
        pair(e, "email", p->email, t);
        pair(e, "first_name", p->first, t);
        pair(e, "last_name", p->last, t);
        pair(e, "display_name", text_str(&display), t);
        pair(e, "contact", p->contact, t);
        pair(e, "user_status", p->active ? "Active" : "InActive", t);
        name(e, "directory_type", t);
        text_fmt(t, "{\"id\":%d,\"name\":\"%s\"}}", (int)p->directory + 1, directory_names[p->directory]);
        text_free(&display);
}

static void
begin(const struct emulator *e, struct exchange *x, bool good)
{
        x->status = 200;
        x->type = type_json;
        text_char(&x->reply, '{');
        name(e, "api_status", &x->reply);
        text_lit(&x->reply, "true,");
        name(e, "status", &x->reply);
        text_put(&x->reply, good ? "true," : "false,");
        name(e, "data", &x->reply);
}

static void
end(struct exchange *x)
{
        text_char(&x->reply, '}');
}

static void
tell(const struct emulator *e, struct exchange *x, const struct person *p, int lacking)
{
        if (p == NULL) {
                reply_refuse(x, lacking, "User not found.");
                return;
        }
        begin(e, x, true);
        write_user(e, p, &x->reply);
        end(x);
}

static void
token(struct emulator *e, struct exchange *x)
{
        struct query form = { 0 };
        struct text url = { 0 };
        const char *grant, *id, *secret;

        text_fmt(&url, "/?%s", text_str(&x->body));
        (void)query_read(&form, text_str(&url));
        grant = query_value(&form, "grant_type");
        id = query_value(&form, "client_id");
        secret = query_value(&form, "client_secret");
        if (grant == NULL || strcmp(grant, "client_credentials") != 0) {
                reply_refuse(x, 400, "The grant type is not supported.");
        } else if (id == NULL || secret == NULL || strcmp(id, e->client_id) != 0 || strcmp(secret, e->client_secret) != 0) {
                reply_refuse(x, 401, "The client id or secret is invalid.");
        } else {
                x->status = 200;
                x->type = type_json;
                text_fmt(&x->reply, "{\"access_token\":\"%s\",\"token_type\":\"bearer\",\"expires_in\":%d,\"clientId\":\"%s\","
                         "\"TenantStatus\":\"Active\"}", credential_make(e, NULL, false, TOKEN_LIFE), TOKEN_LIFE - 1, id);
        }
        query_free(&form);
        text_free(&url);
}

static void
list(const struct emulator *e, struct exchange *x)
{
        bool first = true;

        begin(e, x, true);
        text_char(&x->reply, '[');
        for (size_t i = 0; i < e->person_count; i++) {
                if (e->people[i].gone || !e->people[i].active)
                        continue;
                if (!first)
                        text_char(&x->reply, ',');
                first = false;
                write_user(e, &e->people[i], &x->reply);
        }
        text_char(&x->reply, ']');
        end(x);
}

static void
add(struct emulator *e, struct exchange *x)
{
        struct json_object *ask = x->own->body;
        const char *email = text_of(ask, "Email"), *password = text_of(ask, "Password"), *username = text_of(ask, "UserName");
        struct person *p;

        if (email == NULL || text_of(ask, "FirstName") == NULL || username == NULL) {
                reply_refuse(x, 400, "Request body is missing or incomplete.");
                return;
        }
        if (person_known(e, email) != NULL || person_known(e, username) != NULL ||
            (password != NULL && !password_good(password))) {
                reply_refuse(x, 406, "The account cannot be added.");
                return;
        }
        p = person_add(e);
        person_call(e, p, username, email);
        set_text(&p->first, text_of(ask, "FirstName"));
        set_text(&p->last, text_of(ask, "LastName"));
        set_text(&p->password, password);
        p->active = json_object_get_int(member_of(ask, "AccountActivationMode")) == 0;
        tell(e, x, p, 417);
}

/* By id, user name or e-mail, whichever the body has. */
static struct person *
meant(struct emulator *e, struct json_object *ask)
{
        static const char *const names[] = { "user_id", "UserName", "Email", "EmailId" };
        struct person *p = NULL;

        for (size_t i = 0; i < sizeof names / sizeof names[0] && p == NULL; i++) {
                const char *value = text_of(ask, names[i]);

                if (value != NULL)
                        p = i == 0 ? person_guid(e, value) : person_known(e, value);
        }
        return p;
}

static void
access(struct emulator *e, struct exchange *x, bool grant)
{
        struct person *p = meant(e, x->own->body);

        if (strcmp(segment(x, 1), tenant_id) != 0 || p == NULL) {
                reply_refuse(x, grant ? 406 : 404, "There is no such user or site.");
                return;
        }
        if (!grant) {
                if (p->id != 0)
                        person_leave(e, p);
                reply_empty(x, 204);
                return;
        }
        if (p->id == 0)
                person_enter(e, p);
        begin(e, x, true);
        text_fmt(&x->reply, "{\"tenant\":{\"id\":\"%s\",\"tenant_name\":\"site1\",\"tenant_status\":\"Active\","
                 "\"use_site_identifier\":true,\"client_secret\":\"%s\"},\"user\":", tenant_id, e->client_secret);
        write_user(e, p, &x->reply);
        text_char(&x->reply, '}');
        end(x);
}

static void
change(struct emulator *e, struct exchange *x, struct person *p)
{
        struct json_object *ask = x->own->body;

        if (p == NULL || text_of(ask, "Email") == NULL || text_of(ask, "UserName") == NULL || text_of(ask, "FirstName") == NULL) {
                reply_refuse(x, p == NULL ? 406 : 400, "Request body is missing or incomplete.");
                return;
        }
        person_call(e, p, text_of(ask, "UserName"), text_of(ask, "Email"));
        set_text(&p->first, text_of(ask, "FirstName"));
        set_text(&p->last, text_of(ask, "LastName"));
        set_text(&p->contact, text_of(ask, "contact"));
        tell(e, x, p, 406);
}

/* 'user' takes a GUID; 'users' e-mail or user name, with PUT also a GUID. */
static void
single(struct emulator *e, struct exchange *x)
{
        struct person *p = person_guid(e, segment(x, 1));

        if (is_verb(x, "GET"))
                tell(e, x, p, 417);
        if (is_verb(x, "PUT"))
                change(e, x, p);
        if (is_verb(x, "DELETE") && p == NULL) {
                reply_refuse(x, 404, "User not found.");
        } else if (is_verb(x, "DELETE")) {
                if (p->id != 0)
                        person_leave(e, p);
                p->gone = true;
                reply_empty(x, 204);
        }
}

static void
plural(struct emulator *e, struct exchange *x)
{
        const char *key = segment(x, 1), *password = text_of(x->own->body, "Password");
        struct person *p = person_guid(e, key);

        if (strcasecmp(key, "validate") == 0) {
                if (is_verb(x, "POST"))
                        tell(e, x, meant(e, x->own->body), 404);
                return;
        }
        if (is_verb(x, "GET"))
                tell(e, x, person_known(e, key), 404);
        if (!is_verb(x, "PUT"))
                return;
        if (p == NULL || password == NULL || !password_good(password)) {
                reply_refuse(x, 406, "The password cannot be set.");
        } else {
                set_text(&p->password, password);
                tell(e, x, p, 406);
        }
}

static void
activate(struct emulator *e, struct exchange *x)
{
        struct person *p = meant(e, x->own->body);

        if (p != NULL)
                p->active = true;
        tell(e, x, p, 412);
}

void
ums_answer(struct emulator *e, struct exchange *x)
{
        if (x->own->token) {
                if (is_verb(x, "POST"))
                        token(e, x);
                return;
        }
        if (!ums_token(e, exchange_header(x, "Authorization"))) {
                reply_refuse(x, 401, "Access token is missing, invalid or expired.");
                x->own->found = x->own->allowed = true;
                return;
        }
        if (strcasecmp(segment(x, 0), "users") == 0 && segments(x) == 1 && is_verb(x, "GET"))
                list(e, x);
        else if (strcasecmp(segment(x, 0), "users") == 0 && segments(x) == 2)
                plural(e, x);
        else if (strcasecmp(segment(x, 0), "user") == 0 && segments(x) == 2 && strcasecmp(segment(x, 1), "add") == 0) {
                if (is_verb(x, "POST"))
                        add(e, x);
        } else if (strcasecmp(segment(x, 0), "user") == 0 && segments(x) == 2)
                single(e, x);
        else if (strcasecmp(segment(x, 0), "administration") == 0 && strcasecmp(segment(x, 1), "user-activation") == 0) {
                if (is_verb(x, "PUT"))
                        activate(e, x);
        } else if (strcasecmp(segment(x, 0), "tenants") == 0 && is_verb(x, "GET")) {
                begin(e, x, true);
                text_fmt(&x->reply, "[{\"id\":\"%s\",\"tenant_name\":\"site1\"}]", tenant_id);
                end(x);
        } else if (strcasecmp(segment(x, 0), "tenant") == 0 && segments(x) == 3 &&
                   (strcasecmp(segment(x, 2), "grant-access") == 0 || strcasecmp(segment(x, 2), "remove-access") == 0) &&
                   is_verb(x, "POST"))
                access(e, x, strcasecmp(segment(x, 2), "grant-access") == 0);
}
