/* token.c - POST .../token, and what a request may do with what it brings. */
#include "emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

static struct credential *
add(struct emulator *e, const char *text, uint32_t person, int64_t ends, bool key)
{
        struct credential *c;

        if (e->credential_count == e->credential_room) {
                e->credential_room = e->credential_room > 0 ? e->credential_room * 2 : 64;
                e->credentials = room_grow(e->credentials, e->credential_room * sizeof *c);
        }
        c = &e->credentials[e->credential_count++];
        *c = (struct credential){ .text = room_copy(text), .person = person, .ends = ends, .key = key };
        return c;
}

/* At most two API keys a user and site. [D user-profile] */
const char *
credential_make(struct emulator *e, struct person *p, bool key, int64_t life)
{
        uint32_t index = p != NULL ? (uint32_t)(p - e->people) : UINT32_MAX;
        char guid[GUID_LEN + 1], text[64];
        int keys = 0;

        for (size_t i = 0; key && i < e->credential_count; i++)
                keys += e->credentials[i].key && e->credentials[i].person == index;
        if (keys >= KEYS_EACH)
                return NULL;
        guid_fresh(guid);
        snprintf(text, sizeof text, "%s.%s", key ? "key" : p != NULL ? "tok" : "ums", guid);
        return add(e, text, index, life > 0 ? e->rest.now + life : INT64_MAX, key)->text;
}

static const struct credential *
find(const struct emulator *e, const char *text, bool key)
{
        for (size_t i = 0; i < e->credential_count; i++) {
                const struct credential *c = &e->credentials[i];

                if (c->key == key && strcmp(c->text, text) == 0 && c->ends > e->rest.now)
                        return c;
        }
        return NULL;
}

/* Authorization: Bearer TOKEN, or basic KEY, the key as it is. [D/S user-profile] */
bool
site_authorize(struct emulator *e, struct exchange *x)
{
        const char *header = exchange_header(x, "Authorization");
        const struct credential *c = NULL;

        if (header != NULL && strncasecmp(header, "Bearer ", 7) == 0)
                c = find(e, header + 7, false);
        else if (header != NULL && strncasecmp(header, "basic ", 6) == 0)
                c = find(e, header + 6, true);
        if (c != NULL && c->person != UINT32_MAX && e->people[c->person].id != 0)
                x->own->who = &e->people[c->person];
        if (x->own->who == NULL)
                reply_refuse(x, 401, "Access token is missing, invalid or expired.");
        else if (!person_is_admin(e, x->own->who))
                reply_refuse(x, 401, "Access denied.");
        return x->own->who != NULL && person_is_admin(e, x->own->who);
}

bool
ums_token(const struct emulator *e, const char *header)
{
        const struct credential *c = header != NULL && strncasecmp(header, "Bearer ", 7) == 0
                                   ? find(e, header + 7, false) : NULL;

        return c != NULL && c->person == UINT32_MAX;
}

/* A field of the form or of the JSON; the caller frees it. */
static char *
field(struct exchange *x, const char *name)
{
        const char *json = text_of(x->own->body, name);
        struct query form = { 0 };
        struct text url = { 0 };
        char *value = json != NULL ? room_copy(json) : NULL;

        text_fmt(&url, "/?%s", text_str(&x->body));
        if (value == NULL && x->own->body == NULL && query_read(&form, text_str(&url)) && query_value(&form, name) != NULL)
                value = room_copy(query_value(&form, name));
        query_free(&form);
        text_free(&url);
        return value != NULL ? value : room_copy("");
}

static void
invalid_grant(struct exchange *x, int status, const char *why)
{
        x->status = status;
        x->type = type_json;
        x->code = "invalid_grant";
        text_lit(&x->reply, "{\"error\":\"invalid_grant\",\"error_description\":");
        text_json(&x->reply, why);
        text_char(&x->reply, '}');
}

/* expires_in is text by the Swagger, an ISO date in a screenshot, a number in a sample. */
static void
write_expires(const struct emulator *e, struct text *t)
{
        if (e->set.expires == EXPIRES_DATE) {
                text_char(t, '"');
                text_time(t, e->rest.now + e->set.token_life);
                t->len--;
                text_lit(t, "+00:00\"");
        } else {
                text_fmt(t, e->set.expires == EXPIRES_TEXT ? "\"%lld\"" : "%lld", (long long)e->set.token_life - 1);
        }
}

static void
give(struct emulator *e, struct exchange *x, struct person *p)
{
        const char *token = credential_make(e, p, false, e->set.token_life);

        x->status = 200;
        x->type = type_json;
        exchange_add(x, "Cache-Control", "no-cache");
        text_fmt(&x->reply, "{\"access_token\":\"%s\",\"token_type\":\"bearer\",\"expires_in\":", token);
        write_expires(e, &x->reply);
        text_fmt(&x->reply, ",\"%s\":", e->set.lower_email ? "email" : "Email");
        text_json(&x->reply, p->email);
        text_char(&x->reply, '}');
}

/* Only users whose password Bold BI stores: Local and ExternalDatabase. [D FAQ token] */
static bool
may_sign_in(struct emulator *e, const struct person *p, const char *grant, const char *password, const char *secret)
{
        if (strcmp(grant, "embed_secret") == 0)
                return e->set.embed && e->embed_secret != NULL && strcmp(secret, e->embed_secret) == 0;
        return strcmp(grant, "password") == 0 && (p->directory == LOCAL || p->directory == DATABASE) && p->active &&
               *p->password != '\0' && strcmp(p->password, password) == 0;
}

void
token_answer(struct emulator *e, struct exchange *x)
{
        char *grant, *name, *password, *secret;
        struct person *p;

        if (!is_verb(x, "POST"))
                return;
        grant = field(x, "grant_type");
        name = field(x, "username");
        password = field(x, "password");
        secret = field(x, "embed_secret");
        p = person_named(e, name);
        if (*name == '\0')
                reply_refuse(x, 400, "Email address is empty.");
        else if (strcmp(grant, "password") != 0 && strcmp(grant, "embed_secret") != 0)
                invalid_grant(x, 400, "The grant type is not supported.");
        else if (p == NULL)
                reply_refuse(x, 404, "User detail not found.");
        else if (!may_sign_in(e, p, grant, password, secret))
                invalid_grant(x, 400, "The user name or password is incorrect.");
        else
                give(e, x, p);
        free(grant);
        free(name);
        free(password);
        free(secret);
}
