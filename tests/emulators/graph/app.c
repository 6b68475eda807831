/* app.c - applications and their access tokens; see app.h. */
#include "app.h"
#include "../rest/seal.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

const char claims_wanted[] = "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1604106651\"},"
                             "\"xms_cc\":{\"values\":[\"cp1\"]}}}";

struct app *
apps_find(struct apps *a, const char *id)
{
        for (int i = 0; i < a->count; i++)
                if (strcasecmp(a->list[i].id, id) == 0)
                        return &a->list[i];
        return NULL;
}

void
app_set(char **to, const char *value)
{
        free(*to);
        *to = room_copy(value);
}

struct app *
apps_make(struct apps *a, const char *id)
{
        struct app *app = apps_find(a, id);

        if (app != NULL || a->count == APPS_MAX)
                return app;
        app = &a->list[a->count++];
        app_set(&app->id, id);
        app_set(&app->secret, "");
        app_set(&app->roles, "User.Read.All GroupMember.Read.All Directory.Read.All "
                "User-LifeCycleInfo.Read.All");
        return app;
}

void
apps_close(struct apps *a)
{
        for (int i = 0; i < a->count; i++) {
                free(a->list[i].id);
                free(a->list[i].secret);
                free(a->list[i].roles);
                assertion_forget(&a->list[i]);
        }
        *a = (struct apps){ 0 };
}

bool
roles_have(const char *roles, const char *const *one_of)
{
        for (; *one_of != NULL; one_of++) {
                size_t len = strlen(*one_of);

                for (const char *at = strstr(roles, *one_of); at != NULL; at = strstr(at + 1, *one_of))
                        if ((at == roles || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
                                return true;
        }
        return false;
}

static void
write_roles(const char *roles, struct text *t)
{
        bool first = true;

        while (*roles != '\0') {
                size_t len = strcspn(roles, " ");

                if (len > 0) {
                        text_put(t, first ? ",\"roles\":[\"" : ",\"");
                        text_escaped(t, roles, len);
                        text_char(t, '"');
                        first = false;
                }
                roles += len + (roles[len] == ' ');
        }
        if (!first)
                text_char(t, ']');
}

void
claims_write(const struct claims *c, uint64_t key, const char *tenant, struct text *t)
{
        static const char head[] = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"emulator\"}";
        struct text body = { 0 };
        uint64_t signature[32];
        size_t from;

        text_lit(&body, "{\"aud\":");
        text_json(&body, c->audience);
        text_lit(&body, ",\"appid\":");
        text_json(&body, c->app);
        text_fmt(&body, ",\"idtyp\":\"app\",\"tid\":\"%s\",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld%s", tenant,
                 (long long)c->issued, (long long)c->issued, (long long)c->ends,
                 c->capable ? ",\"xms_cc\":[\"cp1\"]" : "");
        if (c->challenged)
                text_lit(&body, ",\"answers\":\"1604106651\"");
        write_roles(c->roles, &body);
        text_char(&body, '}');
        from = t->len;
        base64_write(t, head, sizeof head - 1, true);
        text_char(t, '.');
        base64_write(t, body.at, body.len, true);
        /* As long as a real signature is; the first eight bytes count. */
        signature[0] = seal(key, t->at + from, t->len - from);
        for (int i = 1; i < 32; i++)
                signature[i] = mix(signature[i - 1]);
        text_char(t, '.');
        base64_write(t, signature, sizeof signature, true);
        text_free(&body);
}

static void
take_text(struct json_object *o, const char *name, char *to, size_t room_for)
{
        struct json_object *v = json_object_object_get(o, name);
        const char *text = v != NULL ? json_object_get_string(v) : "";

        snprintf(to, room_for, "%s", text);
}

static bool
take_body(struct claims *c, struct text *body)
{
        struct json_object *o = json_tokener_parse(text_str(body)), *roles;

        if (o == NULL)
                return false;
        take_text(o, "aud", c->audience, sizeof c->audience);
        take_text(o, "appid", c->app, sizeof c->app);
        c->issued = json_object_get_int64(json_object_object_get(o, "iat"));
        c->ends = json_object_get_int64(json_object_object_get(o, "exp"));
        c->capable = json_object_object_get(o, "xms_cc") != NULL;
        c->challenged = json_object_object_get(o, "answers") != NULL;
        roles = json_object_object_get(o, "roles");
        for (size_t i = 0; roles != NULL && i < json_object_array_length(roles); i++) {
                const char *role = json_object_get_string(json_object_array_get_idx(roles, i));

                if (strlen(c->roles) + strlen(role) + 2 < sizeof c->roles) {
                        strcat(c->roles, " ");
                        strcat(c->roles, role);
                }
        }
        json_object_put(o);
        return true;
}

bool
claims_read(struct claims *c, uint64_t key, const char *token)
{
        const char *dot = strchr(token, '.'), *last = strrchr(token, '.');
        struct text body = { 0 }, signature = { 0 };
        uint64_t given = 0;
        bool good;

        *c = (struct claims){ 0 };
        if (dot == NULL || last == dot)
                return false;
        good = base64_read(&signature, last + 1, strlen(last + 1)) && signature.len == 256;
        if (good)
                memcpy(&given, signature.at, sizeof given);
        good = good && given == seal(key, token, (size_t)(last - token)) &&
               base64_read(&body, dot + 1, (size_t)(last - dot - 1)) && take_body(c, &body);
        text_free(&body);
        text_free(&signature);
        return good;
}
