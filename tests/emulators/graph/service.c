/* service.c - what the Graph emulator says about its service (../rest/service.h), and how
 * it starts and ends. */
#include "../rest/argument.h"
#include "../rest/seal.h"
#include "emulator.h"
#include "names.h"
#include "spoil.h"

#include <stdio.h>
#include <stdlib.h>

#define default_tenant "9c1f0a3e-5b7d-4c2e-8f60-3a9d1e7bc0de"
#define default_client "5e0d7a42-91c3-4b8f-a6d2-0f4c8e1b7a93"
#define default_secret "emulator~secret.+&=/"
#define default_domain "contoso.example"
static const char own_domain[] = "contoso.onmicrosoft.example";

static const char *
take_people(struct emulator *e, const char *value)
{
        return argument_number(value, 50000000, &e->start.people) ? NULL : "must be a number up to 50,000,000";
}

static const char *
take_groups(struct emulator *e, const char *value)
{
        return argument_number(value, 1000000, &e->start.groups) ? NULL : "must be a number up to 1,000,000";
}

static const char *
take_seed(struct emulator *e, const char *value)
{
        return argument_number(value, UINT64_MAX, &e->start.seed) ? NULL : "must be a number";
}

static const char *
take_tenant(struct emulator *e, const char *value)
{
        e->tenant = value;
        return NULL;
}

static const char *
take_client(struct emulator *e, const char *value)
{
        e->start.client = value;
        return NULL;
}

static const char *
take_secret(struct emulator *e, const char *value)
{
        free(e->start.secret);
        e->start.secret = argument_line(value);
        return e->start.secret != NULL ? NULL : "cannot be read";
}

static const char *
take_domain(struct emulator *e, const char *value)
{
        e->domain = value;
        return NULL;
}

static void
begin(struct emulator *e)
{
        const char *clash = names_check();

        if (clash != NULL) {
                fprintf(stderr, "graph-emulator: names.c: %s\n", clash);
                abort();
        }
        rest_open(&e->rest, &graph_service, &e->set);
        e->start = (struct start){ .people = 1000, .seed = 1, .client = default_client };
        e->tenant = default_tenant;
        e->domain = default_domain;
}

static void
start(struct emulator *e)
{
        struct start *s = &e->start;
        struct app *app;

        e->link_key = mix(s->seed ^ 0x6c696e6b);
        e->token_key = mix(s->seed ^ 0x746f6b656e);
        directory_open(&e->people, s->seed, (uint32_t)s->people, e->domain, own_domain);
        groups_open(&e->groups, s->seed);
        groups_generate(&e->groups, &e->people, (uint32_t)s->groups);
        app = apps_make(&e->apps, s->client);
        app_set(&app->secret, s->secret != NULL ? s->secret : default_secret);
}

static void
announce(struct emulator *e, struct text *line)
{
        const char *base = e->rest.base;

        text_fmt(line, ",\"login\":\"%s\",\"graph\":\"%s/v1.0\",\"token\":\"%s/%s/oauth2/v2.0/token\",\"tenant\":\"%s\","
                 "\"clientId\":\"%s\",\"domain\":\"%s\",\"people\":%u,\"groups\":%u,\"seed\":%llu", base, base, base,
                 e->tenant, e->tenant, e->start.client, e->domain, e->people.count, e->groups.count,
                 (unsigned long long)e->start.seed);
}

static void
finish(struct emulator *e)
{
        rest_close(&e->rest);
        free(e->start.secret);
        identity_close(e);
        apps_close(&e->apps);
        groups_close(&e->groups);
        photos_close(&e->photos);
        directory_close(&e->people);
}

static int64_t
delay(struct emulator *e)
{
        return e->set.delay;
}

static void
tick(struct emulator *e)
{
        e->people.now = e->rest.now;
        directory_tick(&e->people);
}

/* What a token is needed for. */
static bool
behind(const struct exchange *x)
{
        return strcmp(x->kind, "other") != 0 && strcmp(x->query.segments[0], "v1.0") == 0;
}

static const char *const kinds[] = {
        "token", "imds", "app-service", "openid-configuration", "instance-discovery", "delta", "users", "user", "manager",
        "deleted", "groups", "groups-delta", "group", "members", "memberOf", "batch", "getByIds", "photo", NULL
};
static const char *const lists[] = { "value", NULL };
static const char *const secrets[] = {
        "$skiptoken=", "$deltatoken=", "%24skiptoken=", "%24deltatoken=", "access_token=", "client_secret=", NULL
};

static const struct order_option options[] = {
        { "people N", "people at the start [1000]", take_people },
        { "groups N", "groups at the start [0]", take_groups },
        { "seed S", "another S, other people [1]", take_seed },
        { "tenant ID", "directory id [" default_tenant "]", take_tenant },
        { "client-id ID", "application id [" default_client "]", take_client },
        { "secret-file FILE", "its secret; without it: " default_secret, take_secret },
        { "domain NAME", "of addresses [" default_domain "]", take_domain },
        { .name = NULL }
};

const struct service graph_service = {
        .name = "graph-emulator", .folder = "tests/emulators/graph",
        .kinds = kinds, .whole = "graph", .lists = lists, .secrets = secrets,
        .noted = { { "clientRequestId", "client-request-id" }, { "priority", "x-ms-throttle-priority" } },
        .actions = graph_actions, .settings = graph_settings, .options = options, .doors = graph_doors,
        .settings_size = sizeof(struct settings), .asked_size = sizeof(struct asked),
        .begin = begin, .open = start, .announce = announce, .close = finish,
        .route = emulator_route, .answer = emulator_answer, .finish = emulator_finish, .behind = behind,
        .refuse = exchange_refuse, .tell = emulator_tell, .delay = delay, .tick = tick,
};
