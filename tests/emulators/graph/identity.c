/* identity.c - managed identity: the services that Azure puts beside a program.
 *
 *   IMDS         GET /metadata/identity/oauth2/token   with  Metadata: true
 *   App Service  GET /msi/token                        with  X-IDENTITY-HEADER
 *
 * What is registered at the control door is there: the machine's own identity, and any
 * number of user-assigned ones. Both services answer numbers as strings; App Service
 * tells the end of a token's life and not how long it is. */
#include "change.h"
#include "emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* The three names of a user-assigned identity, for each service. */
static const struct selector {
        const char *imds, *app_service, *alias;
        size_t offset;
} selectors[] = {
        { "client_id", "client_id", NULL, offsetof(struct identity, client) },
        { "object_id", "principal_id", "object_id", offsetof(struct identity, object) },
        { "msi_res_id", "mi_res_id", NULL, offsetof(struct identity, resource) },
};
enum { SELECTORS = sizeof selectors / sizeof selectors[0] };

static void
refuse(struct exchange *x, enum trouble what)
{
        const struct trouble_row *row = &troubles[what];

        x->status = row->status;
        x->code = row->code;
        x->type = type_json;
        text_lit(&x->reply, "{\"error\":");
        text_json(&x->reply, row->code);
        text_lit(&x->reply, ",\"error_description\":");
        text_json(&x->reply, row->text);
        text_char(&x->reply, '}');
}

static const char *
name_of(const struct identity *i, const struct selector *s)
{
        const char *name;

        memcpy(&name, (const char *)i + s->offset, sizeof name);
        return name;
}

/* What the request selects by; '*value' is NULL when it selects nothing. False: two. */
static bool
read_selector(const struct exchange *x, bool app_service, const struct selector **ret, const char **value)
{
        *value = NULL;
        for (int i = 0; i < SELECTORS; i++) {
                const struct selector *s = &selectors[i];
                const char *v = query_value(&x->query, app_service ? s->app_service : s->imds);

                if (v == NULL && app_service && s->alias != NULL)
                        v = query_value(&x->query, s->alias);
                if (v == NULL)
                        continue;
                if (*value != NULL)
                        return false;
                *ret = s;
                *value = v;
        }
        return true;
}

/* Without a selector the machine's own, or the only one there is. */
static enum trouble
find(struct emulator *e, const struct exchange *x, bool app_service, const struct identity **ret)
{
        const struct selector *s;
        const char *value;
        int users = 0;

        *ret = NULL;
        if (!read_selector(x, app_service, &s, &value))
                return T_TWO_SELECTORS;
        for (int i = 0; i < e->identity_count; i++) {
                const struct identity *one = &e->identities[i];

                if (value == NULL && !one->assigned) {
                        *ret = one;
                        return T_NONE;
                }
                if (value == NULL ? true : one->assigned && strcasecmp(name_of(one, s), value) == 0)
                        *ret = one;
                users += one->assigned;
        }
        if (*ret == NULL)
                return T_NO_IDENTITY;
        return value == NULL && users > 1 ? T_SEVERAL_IDENTITIES : T_NONE;
}

static void
answer(struct emulator *e, struct exchange *x, const struct identity *identity, const char *resource, bool app_service)
{
        struct app *app = apps_find(&e->apps, identity->client);
        struct claims c = { .issued = x->now, .ends = x->now + e->set.token_life };
        struct text *t = &x->reply;

        snprintf(c.app, sizeof c.app, "%s", identity->client);
        snprintf(c.audience, sizeof c.audience, "%s", resource);
        c.audience[strcspn(c.audience + 8, "/") + 8] = '\0';
        snprintf(c.roles, sizeof c.roles, "%s", app != NULL ? app->roles : "");
        x->status = 200;
        x->type = type_json;
        text_lit(t, "{\"access_token\":\"");
        claims_write(&c, e->token_key, e->tenant, t);
        if (app_service)
                text_lit(t, "\",\"client_id\":");
        else
                text_fmt(t, "\",\"refresh_token\":\"\",\"expires_in\":\"%lld\",\"not_before\":\"%lld\",\"client_id\":",
                         (long long)e->set.token_life, (long long)x->now);
        text_json(t, identity->client);
        text_fmt(t, ",\"expires_on\":\"%lld\",\"resource\":", (long long)c.ends);
        text_json(t, resource);
        text_lit(t, ",\"token_type\":\"Bearer\"}");
}

static enum trouble
look_at(struct emulator *e, struct exchange *x, bool app_service, const struct identity **identity)
{
        const char *header = exchange_header(x, app_service ? "X-IDENTITY-HEADER" : "Metadata");
        const char *version = query_value(&x->query, "api-version"), *resource = query_value(&x->query, "resource");

        if (strcmp(x->method, "GET") != 0)
                return T_IMDS_METHOD;
        if (app_service ? header == NULL || strcmp(header, identity_header) != 0
                        : header == NULL || strcmp(header, "true") != 0)
                return app_service ? T_IDENTITY_HEADER : T_IMDS_HEADER;
        if (version == NULL || strcmp(version, app_service ? "2019-08-01" : "2018-02-01") != 0)
                return T_IMDS_VERSION;
        if (resource == NULL || query_value(&x->query, "scope") != NULL)
                return T_IMDS_RESOURCE;
        if (!resource_known(e, resource))
                return T_IMDS_UNKNOWN;
        return find(e, x, app_service, identity);
}

void
identity_answer(struct emulator *e, struct exchange *x, bool app_service)
{
        const struct identity *identity = NULL;
        enum trouble what = look_at(e, x, app_service, &identity);

        if (what == T_NONE)
                answer(e, x, identity, query_value(&x->query, "resource"), app_service);
        else
                refuse(x, what);
}

static const char *
word_of(struct json_object *ask, const char *name, const char *def)
{
        struct json_object *v = json_object_object_get(ask, name);

        return v != NULL ? json_object_get_string(v) : def;
}

static void
forget(struct emulator *e)
{
        for (int i = 0; i < e->identity_count; i++) {
                free(e->identities[i].client);
                free(e->identities[i].object);
                free(e->identities[i].resource);
        }
        e->identity_count = 0;
}

void
identity_close(struct emulator *e)
{
        forget(e);
}

/* {"clientId":...,"objectId":...,"resourceId":...,"assigned":true,"forget":true,"roles":...} */
bool
identity_register(struct emulator *e, struct json_object *ask, struct text *answer_text, struct text *why)
{
        const char *client = word_of(ask, "clientId", NULL), *roles = word_of(ask, "roles", NULL);
        struct identity *i = &e->identities[e->identity_count];
        struct app *app;

        if (json_object_get_boolean(json_object_object_get(ask, "forget")))
                forget(e);
        if (client != NULL) {
                i = &e->identities[e->identity_count];
                app = apps_make(&e->apps, client);
                if (app == NULL || e->identity_count == IDENTITIES_MAX) {
                        text_put(why, "there are too many identities");
                        return false;
                }
                if (roles != NULL)
                        app_set(&app->roles, roles);
                *i = (struct identity){ .client = room_copy(client), .object = room_copy(word_of(ask, "objectId", "")),
                                        .resource = room_copy(word_of(ask, "resourceId", "")),
                                        .assigned = json_object_get_boolean(json_object_object_get(ask, "assigned")) };
                e->identity_count++;
        }
        text_fmt(answer_text, "{\"identities\":%d}", e->identity_count);
        return true;
}
