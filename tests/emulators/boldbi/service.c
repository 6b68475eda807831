/* service.c - what the Bold BI emulator says about its service (../rest/service.h): options,
 * settings, which request is which, and how it starts and ends. */
#include "../rest/argument.h"
#include "emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const char admin_email[] = "admin@contoso.example", admin_password[] = "Example1!";

static const char *const expires[] = { "text", "number", "date", NULL };
static const char *const activations[] = { "automatic", "email", NULL };
static const char *const shapes[] = { "nested", "flat", NULL };
static const char *const names[] = { "snake", "pascal", NULL };
static const char *const data[] = { "number", "list", "objects", "null", NULL };
static const char *const bodies[] = { "envelope", "empty", NULL };

const struct setting boldbi_settings[] = {
#define AT(f) offsetof(struct settings, f)
        { "expires-in", "text", AT(expires), SORT_CHOICE, "text, number or date", expires },
        { "lower-email", "no", AT(lower_email), SORT_SWITCH, "'email' in place of 'Email' in the token's answer", NULL },
        { "token-life", "7d", AT(token_life), SORT_SPAN, "life of a token", NULL },
        { "embed", "yes", AT(embed), SORT_SWITCH, "embed authentication is enabled", NULL },
        { "activation", "automatic", AT(activation), SORT_CHOICE, "of new users: automatic or email", activations },
        { "email-required", "yes", AT(email_required), SORT_SWITCH, "a user must have an e-mail", NULL },
        { "default-group", "0", AT(default_group), SORT_NUMBER, "id of the group that new users join, 0: none", NULL },
        { "shape", "nested", AT(shape), SORT_CHOICE, "of v5's lists: nested as in the Swagger, or flat", shapes },
        { "group-data", "number", AT(group_data), SORT_CHOICE, "Data of v5's POST /groups", data },
        { "error-body", "envelope", AT(error_body), SORT_CHOICE, "body of errors", bodies },
        { "ums-names", "snake", AT(ums_names), SORT_CHOICE, "names in the answers of the UMS", names },
        { "page-size", "25", AT(page_size), SORT_COUNT, "items on a page without page_size", NULL },
        { "job-step", "25", AT(job_step), SORT_COUNT, "rows that a job imports between two looks", NULL },
        { "longest", "255", AT(longest), SORT_COUNT, "characters of a value", NULL },
        { "moving", "0", AT(moving), SORT_NUMBER, "readings of the users during which somebody is added", NULL },
        { "cloud", "no", AT(cloud), SORT_SWITCH, "Syncfusion's cloud: base /bi/api, no UMS", NULL },
        { .name = NULL }
};

/* N users from nowhere, for measuring. */
static const char *
take_users(struct emulator *e, const char *value)
{
        uint64_t n;

        if (!argument_number(value, 1000000, &n))
                return "must be a number up to 1,000,000";
        while (n-- > 0)
                person_local(e);
        return NULL;
}

static const struct order_option options[] = {
        { "users N", "local users of nobody's at the start [0]", take_users },
        { .name = NULL }
};

static void
begin(struct emulator *e)
{
        struct person *admin;

        rest_open(&e->rest, &boldbi_service, &e->set);
        e->log = json_object_new_array();
        set_text(&e->client_id, "ums-client");
        set_text(&e->client_secret, "ums~secret");
        group_add(e, "System Administrator", "Has administrative rights for the site", LOCAL);
        admin = person_add(e);
        person_call(e, admin, "admin", admin_email);
        set_text(&admin->first, "Admin");
        set_text(&admin->password, admin_password);
        person_enter(e, admin);
        group_join(&e->groups[0], admin->id, false);
}

static void
start(struct emulator *e)
{
        (void)e;
}

static void
announce(struct emulator *e, struct text *line)
{
        text_fmt(line, ",\"site\":\"%s/bi/api%s\",\"ums\":\"%s/api\",\"username\":\"%s\",\"password\":\"%s\",\"apiKey\":\"%s\"",
                 e->rest.base, e->set.cloud ? "" : "/site/site1", e->rest.base, admin_email, admin_password,
                 credential_make(e, &e->people[0], true, 0));
}

static void
finish(struct emulator *e)
{
        rest_close(&e->rest);
        model_close(e);
}

/* ---- requests ---- */

static bool
at(const struct exchange *x, int n, const char *word)
{
        return n < x->query.segment_count && strcasecmp(x->query.segments[n], word) == 0;
}

/* Which API, version and segment; the kind is what stands behind the version. */
static void
route(struct emulator *e, struct exchange *x)
{
        static const struct { const char *word, *kind; } words[] = {
                { "users", "users" }, { "groups", "groups" }, { "attribute", "attribute" }, { "csv-users", "csv" },
                { "user", "job" }, { "settings", "settings" }, { "activity-logs", "log" },
        };
        struct asked *own = x->own;
        bool cloud = e->set.cloud;
        int n = cloud ? 2 : 4;

        own->site = at(x, 0, "bi") && at(x, 1, "api") && (cloud || (at(x, 2, "site") && at(x, 3, "site1")));
        own->ums = !own->site && !cloud && at(x, 0, "api");
        if (own->ums)
                n = 1;
        own->token = (own->site || own->ums) && at(x, n, "token") && x->query.segment_count == n + 1;
        own->version = at(x, n, "v5.0") ? 5 : at(x, n, "v4.0") ? 4 : 0;
        own->at = n + 1;
        if (own->token)
                x->kind = "token";
        else if (own->ums)
                x->kind = "ums";
        for (size_t i = 0; own->site && own->version != 0 && i < sizeof words / sizeof words[0]; i++)
                if (at(x, n + 1, words[i].word))
                        x->kind = words[i].kind;
        if (strcmp(x->kind, "users") == 0 && segments(x) > 1)
                x->kind = segments(x) == 2 ? "user" : "user-groups";
        else if (strcmp(x->kind, "groups") == 0 && segments(x) > 1)
                x->kind = segments(x) == 2 ? "group" : "members";
        own->body = x->body.len > 0 ? json_tokener_parse(text_str(&x->body)) : NULL;
}

static void
answer_site(struct emulator *e, struct exchange *x)
{
        if (x->own->token) {
                token_answer(e, x);
                return;
        }
        if (x->own->version == 0 || !site_authorize(e, x))
                return;
        user_answer(e, x);
        group_answer(e, x);
        attribute_answer(e, x);
        csv_answer(e, x);
        azure_answer(e, x);
        log_answer(e, x);
}

static void
answer(struct emulator *e, struct exchange *x)
{
        if (x->own->site)
                answer_site(e, x);
        else if (x->own->ums && (x->own->token || at(x, 1, "v2.0")))
                ums_answer(e, x);
        if (x->status == 0 && x->own->found && !x->own->allowed)
                reply_refuse(x, 405, "The verb is not allowed here.");
        else if (x->status == 0)
                reply_refuse(x, 404, "There is nothing at this address.");
        json_object_put(x->own->body);
        x->own->body = NULL;
}

/* After a fault that answered instead. */
static void
tidy(struct emulator *e, struct exchange *x)
{
        (void)e;
        json_object_put(x->own->body);
        x->own->body = NULL;
}

static bool
behind(const struct exchange *x)
{
        return strcmp(x->kind, "token") != 0 && strcmp(x->kind, "other") != 0 && strcmp(x->kind, "ums") != 0;
}

static void
refuse(struct exchange *x, int status, const char *code, const char *message, bool nested)
{
        (void)code;
        (void)nested;
        reply_refuse(x, status, message != NULL ? message : "A fault, on purpose.");
}

/* 200, and yet it was not done: both flags must be looked at. [C] */
static void
status_false(const struct fault *f, struct exchange *x)
{
        reply_refuse(x, 200, f->message != NULL ? f->message : "Failed to carry out the operation.");
        x->code = "(fault)";
}

static const char *const kinds[] = {
        "token", "users", "user", "user-groups", "groups", "group", "members", "attribute", "csv", "job", "settings", "log",
        "ums", NULL
};
static const char *const lists[] = { "Data", "UserList", "GroupList", NULL };
static const char *const secrets[] = { NULL };
static const struct action actions[] = { { "status-false", status_false, INSTEAD, NULL }, { .name = NULL } };

const struct service boldbi_service = {
        .name = "boldbi-emulator", .folder = "tests/emulators/boldbi",
        .kinds = kinds, .whole = "site", .lists = lists, .secrets = secrets,
        .actions = actions, .settings = boldbi_settings, .options = options, .doors = boldbi_doors,
        .settings_size = sizeof(struct settings), .asked_size = sizeof(struct asked),
        .begin = begin, .open = start, .announce = announce, .close = finish,
        .route = route, .answer = answer, .finish = tidy, .behind = behind, .refuse = refuse, .tell = boldbi_tell,
};
