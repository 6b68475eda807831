/* token.c - the token endpoint: client credentials with a secret, in the body or
 * by HTTP Basic, or with an assertion (assertion.c). The order of the checks is that of the service: tenant, form,
 * application, scope, credential. */
#include "emulator.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct form {
        struct query fields;            /* the body, read like the part of a URL after '?' */
        char *basic_id, *basic_secret;
};

static void
aadsts(struct emulator *e, struct exchange *x, enum trouble what, const char *about)
{
        const struct trouble_row *row = &troubles[what];
        struct text *t = &x->reply, when = { 0 }, text = { 0 };
        char trace[GUID_LEN + 1];

        (void)e;
        guid_fresh(trace);
        text_time(&when, x->now);
        text_str(&when);
        when.at[10] = ' ';
        text_fmt(&text, "AADSTS%d: ", row->number);
        for (const char *at = row->text; *at != '\0'; at++)
                if (at[0] == '%' && at[1] == 's') {
                        text_put(&text, about);
                        at++;
                } else {
                        text_char(&text, *at);
                }
        text_fmt(&text, "\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", trace, x->own->client_request_id,
                 text_str(&when));
        x->status = row->status;
        x->type = type_json;
        x->code = row->code;
        text_fmt(t, "{\"error\":\"%s\",\"error_description\":", row->code);
        text_json(t, text_str(&text));
        text_fmt(t, ",\"error_codes\":[%d],\"timestamp\":\"%s\",\"trace_id\":\"%s\",\"correlation_id\":\"%s\","
                 "\"error_uri\":\"https://login.microsoftonline.com/error?code=%d\"}", row->number, text_str(&when),
                 trace, x->own->client_request_id, row->number);
        text_free(&when);
        text_free(&text);
}

static bool
is_domain(const char *name)
{
        return strchr(name, '.') != NULL &&
               strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == strlen(name);
}

/* HTTP Basic: base64 of "id:secret", each percent-encoded. */
static void
read_basic(struct exchange *x, struct form *f)
{
        const char *header = exchange_header(x, "Authorization");
        struct text plain = { 0 };
        struct query q;
        char *colon;

        if (header == NULL || strncasecmp(header, "Basic ", 6) != 0 ||
            !base64_read(&plain, header + 6, strlen(header + 6))) {
                text_free(&plain);
                return;
        }
        text_str(&plain);
        colon = strchr(plain.at, ':');
        if (colon != NULL) {
                struct text pair = { 0 };

                *colon = '\0';
                text_fmt(&pair, "?i=%s&s=%s", plain.at, colon + 1);
                if (query_read(&q, text_str(&pair)) && q.option_count == 2) {
                        f->basic_id = room_copy(q.options[0].value);
                        f->basic_secret = room_copy(q.options[1].value);
                }
                query_free(&q);
                text_free(&pair);
        }
        text_free(&plain);
}

static const char *
field(const struct form *f, const char *name)
{
        return query_value(&f->fields, name);
}

bool
resource_known(const struct emulator *e, const char *resource)
{
        static const char *const public_hosts[] = {
                "https://graph.microsoft.com", "https://graph.microsoft.us", "https://dod-graph.microsoft.us",
                "https://microsoftgraph.chinacloudapi.cn",
        };
        size_t len = strlen(resource), base = strlen(e->rest.base);

        if (len > 0 && resource[len - 1] == '/')
                len--;
        if ((len == base && strncmp(resource, e->rest.base, len) == 0) || strncmp(resource, "http://localhost:", 17) == 0)
                return true;
        for (size_t i = 0; i < sizeof public_hosts / sizeof public_hosts[0]; i++)
                if (len == strlen(public_hosts[i]) && strncmp(resource, public_hosts[i], len) == 0)
                        return true;
        return false;
}

/* The scope's resource must be Graph: ours by any of its names, or the public
 * one. Returns false after an error; 'ret' is the audience. */
static bool
check_scope(struct emulator *e, struct exchange *x, const char *scope, char ret[128])
{
        const char *slash = strstr(scope, "/.default");
        size_t len = slash != NULL ? (size_t)(slash - scope) : 0;

        if (strchr(scope, ' ') != NULL) {
                aadsts(e, x, T_TWO_RESOURCES, scope);
                return false;
        }
        if (slash == NULL || strcmp(slash, "/.default") != 0 || len == 0 || len >= 128) {
                aadsts(e, x, T_BAD_SCOPE, scope);
                return false;
        }
        memcpy(ret, scope, len);
        ret[len] = '\0';
        if (!resource_known(e, ret))
                aadsts(e, x, T_NO_RESOURCE, ret);
        return resource_known(e, ret);
}

/* Its "aud" is the endpoint, by the tenant's id or its domain. */
static bool
check_assertion(struct emulator *e, struct exchange *x, const struct form *f, const struct app *app)
{
        const char *type = field(f, "client_assertion_type");
        struct text by_id = { 0 }, by_name = { 0 }, about = { 0 };
        const char *urls[3] = { NULL };
        enum trouble what;

        if (type == NULL || strcmp(type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") != 0) {
                aadsts(e, x, T_MISSING, "client_assertion_type");
                return false;
        }
        text_fmt(&by_id, "%s/%s/oauth2/v2.0/token", e->rest.base, e->tenant);
        text_fmt(&by_name, "%s/%s/oauth2/v2.0/token", e->rest.base, e->domain);
        urls[0] = text_str(&by_id);
        urls[1] = text_str(&by_name);
        what = assertion_check(app, field(f, "client_assertion"), urls, x->now, &about);
        if (what != T_NONE)
                aadsts(e, x, what, text_str(&about));
        text_free(&by_id);
        text_free(&by_name);
        text_free(&about);
        return what == T_NONE;
}

static bool
check_credential(struct emulator *e, struct exchange *x, const struct form *f, const struct app *app)
{
        const char *secret = f->basic_secret != NULL ? f->basic_secret : field(f, "client_secret");

        if (field(f, "client_assertion") != NULL)
                return check_assertion(e, x, f, app);
        if (secret == NULL || *secret == '\0')
                aadsts(e, x, T_NO_CREDENTIAL, "");
        else if (strcmp(secret, app->secret) != 0)
                aadsts(e, x, T_WRONG_SECRET, app->id);
        else if (app->secret_ends != 0 && app->secret_ends <= x->now)
                aadsts(e, x, T_EXPIRED_SECRET, app->id);
        else
                return true;
        return false;
}

/* The form's "claims": what a challenge asked for, or that the client can answer one. */
static void
read_claims(const char *text, struct claims *c)
{
        struct json_object *o = text != NULL ? json_tokener_parse(text) : NULL;
        struct json_object *access = json_object_object_get(o, "access_token"), *nbf, *value, *capable;

        nbf = json_object_object_get(access, "nbf");
        value = json_object_object_get(nbf, "value");
        capable = json_object_object_get(json_object_object_get(access, "xms_cc"), "values");
        c->challenged = value != NULL && strcmp(json_object_get_string(value), "1604106651") == 0;
        for (size_t i = 0; json_object_is_type(capable, json_type_array) && i < json_object_array_length(capable); i++)
                c->capable = c->capable || strcmp(json_object_get_string(json_object_array_get_idx(capable, i)), "cp1") == 0;
        json_object_put(o);
}

static void
grant(struct emulator *e, struct exchange *x, const struct form *f, const struct app *app, const char *audience)
{
        struct claims c = { .issued = x->now, .ends = x->now + e->set.token_life };

        read_claims(field(f, "claims"), &c);

        snprintf(c.app, sizeof c.app, "%s", app->id);
        snprintf(c.audience, sizeof c.audience, "%s", audience);
        snprintf(c.roles, sizeof c.roles, "%s", app->roles);
        x->status = 200;
        x->type = type_json;
        text_fmt(&x->reply, "{\"token_type\":\"Bearer\",\"expires_in\":%lld,\"ext_expires_in\":%lld,\"access_token\":\"",
                 (long long)e->set.token_life, (long long)e->set.token_life);
        claims_write(&c, e->token_key, e->tenant, &x->reply);
        text_lit(&x->reply, "\"}");
}

static void
answer_form(struct emulator *e, struct exchange *x, const struct form *f)
{
        const char *type = field(f, "grant_type"), *scope = field(f, "scope");
        const char *id = f->basic_id != NULL ? f->basic_id : field(f, "client_id");
        struct app *app;
        char audience[128];

        if (type == NULL || id == NULL || scope == NULL) {
                aadsts(e, x, T_MISSING, type == NULL ? "grant_type" : id == NULL ? "client_id" : "scope");
                return;
        }
        if (strcmp(type, "client_credentials") != 0) {
                aadsts(e, x, T_GRANT, type);
                return;
        }
        app = apps_find(&e->apps, id);
        if (app == NULL)
                aadsts(e, x, T_NO_CLIENT, id);
        else if (app->disabled)
                aadsts(e, x, T_DISABLED_CLIENT, id);
        else if (check_scope(e, x, scope, audience) && check_credential(e, x, f, app))
                grant(e, x, f, app, audience);
}

void
token_answer(struct emulator *e, struct exchange *x, const char *tenant)
{
        struct form f = { 0 };
        struct text body = { 0 };

        exchange_add(x, "Cache-Control", "no-store, no-cache");
        exchange_add(x, "Pragma", "no-cache");
        if (strcmp(x->method, "POST") != 0) {
                aadsts(e, x, T_NOT_POST, x->method);
                return;
        }
        if (strcasecmp(tenant, e->tenant) != 0 && strcasecmp(tenant, e->domain) != 0) {
                aadsts(e, x, guid_is(tenant) || is_domain(tenant) ? T_NO_TENANT : T_BAD_TENANT, tenant);
                return;
        }
        text_char(&body, '?');
        text_raw(&body, x->body.at != NULL ? x->body.at : "", x->body.len);
        read_basic(x, &f);
        if (query_read(&f.fields, text_str(&body)))
                answer_form(e, x, &f);
        else
                aadsts(e, x, T_MISSING, "grant_type");
        query_free(&f.fields);
        text_free(&body);
        free(f.basic_id);
        free(f.basic_secret);
}
