/* kaizala.c - what the emulator says about its service, its state from start to end, and
 * what its files share. */
#include "emulator.h"

#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

const char *
region_of(struct emulator *e)
{
        const char *port = strrchr(e->rest.base, ':');
        struct text t = { 0 };

        if (e->region == NULL) {
                text_fmt(&t, "%.*s://localhost%s", (int)strcspn(e->rest.base, ":"), e->rest.base, port);
                e->region = text_take(&t);
        }
        return e->region;
}

void
effect(struct emulator *e, const char *what, ...)
{
        struct text t = { 0 };
        const char *name;
        va_list ap;

        va_start(ap, what);
        while ((name = va_arg(ap, const char *)) != NULL) {
                text_put(&t, t.len > 0 ? "," : "{");
                text_json(&t, name);
                text_char(&t, ':');
                text_json(&t, va_arg(ap, const char *));
        }
        va_end(ap);
        text_put(&t, t.len > 0 ? "}" : "{}");
        effects_note(&e->rest.effects, e->rest.ledger.count, what, text_str(&t));
        text_free(&t);
}

static const char *const kinds[] = { "token", "pin", "login", "groups", "group", "subgroups", "members", "member",
                                     "subscribers", "user", "webhook", "portal", "other", NULL };
static const char *const lists[] = { "groups", "members", "subscribers", NULL };
static const char *const secrets[] = { NULL };

static bool
behind(const struct exchange *x)
{
        return strcmp(x->kind, "portal") != 0 && strcmp(x->kind, "other") != 0
               && (x->own->route == NULL || !x->own->route->open);
}

static const struct setting settings[] = {
        { "calls", "100", offsetof(struct settings, calls), SORT_NUMBER, "of one connector; 0: any number", NULL },
        { "tenant-calls", "300", offsetof(struct settings, tenant_calls), SORT_NUMBER, "of all; 0: any number",
          NULL },
        { "import-delay", "0", offsetof(struct settings, import_delay), SORT_SPAN, "an import is Processing so long", NULL },
        { "value-length", "256", offsetof(struct settings, value_length), SORT_NUMBER, "characters of a value", NULL },
        { "group-cap", "300000", offsetof(struct settings, group_cap), SORT_NUMBER, "people in a group", NULL },
        { "latency", "0", offsetof(struct settings, latency), SORT_NUMBER, "milliseconds before each reply", NULL },
        { "lenient", "no", offsetof(struct settings, lenient), SORT_SWITCH, "accept JSON as in Microsoft's samples", NULL },
        { .name = NULL }
};

static void
open_emulator(struct emulator *e)
{
        struct connector *c;

        org_open(&e->org);
        c = connector_make(&e->grants, "6b1d0f5e-1f3c-4a52-9b51-0a6c2f1d7e10", "EXAMPLE0KEY");
        grant_make(&e->grants, c, REACH_TENANT, "+14255550100", NULL, clock_now(&e->rest.clock));
        org_person_make(&e->org, "+14255550100")->registered = true;
}

static void
announce(struct emulator *e, struct text *line)
{
        text_lit(line, ",\"applicationId\":");
        text_json(line, e->grants.connectors[0]->id);
        text_lit(line, ",\"refreshToken\":");
        text_json(line, e->grants.list[0]->token);
}

static void
close_emulator(struct emulator *e)
{
        org_close(&e->org);
        grants_close(&e->grants);
        imports_close(&e->imports);
        for (int i = 0; i < e->fail_count; i++)
                free(e->fail_numbers[i]);
        for (int i = 0; i < e->hook_count; i++) {
                free(e->hooks[i].id);
                free(e->hooks[i].object);
                free(e->hooks[i].url);
        }
        free(e->region);
        free(e->moved_from);
}

/* Imports that have waited long enough are loaded. */
static void
tick(struct emulator *e)
{
        portal_tick(e);
}

static const struct order_option options[] = { { .name = NULL } };
static const struct action actions[] = { { .name = NULL } };

static void
begin(struct emulator *e)
{
        rest_open(&e->rest, &kaizala_service, &e->set);
}

static void
end(struct emulator *e)
{
        close_emulator(e);
        rest_close(&e->rest);
}

const struct service kaizala_service = {
        .name = "kaizala-emulator",
        .folder = "tests/emulators/kaizala",
        .kinds = kinds,
        .whole = "api",
        .lists = lists,
        .secrets = secrets,
        .noted = { { "application", "applicationId" } },
        .actions = actions,
        .settings = settings,
        .options = options,
        .doors = kaizala_doors,
        .settings_size = sizeof(struct settings),
        .asked_size = sizeof(struct asked),
        .begin = begin,
        .open = open_emulator,
        .announce = announce,
        .close = end,
        .route = api_route,
        .answer = api_answer,
        .behind = behind,
        .refuse = kaizala_refuse,
        .tell = door_tell,
        .tick = tick,
};
