/* emulator.c - takes a request to its handler: which kind it is, whether its bearer may,
 * and what it costs. */
#include "emulator.h"

#include <stdio.h>
#include <strings.h>

static const char *const read_users[] = { "User.Read.All", "User.ReadWrite.All", "Directory.Read.All",
                                          "Directory.ReadWrite.All", NULL };

static const char *const read_groups[] = { "GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All",
                                           "Directory.Read.All", "Directory.ReadWrite.All", NULL };
/* A batch is let in; what is in it is looked at one by one. */
static const char *const anything[] = { NULL };
static const char *const read_hidden[] = { "Member.Read.Hidden", NULL };
static const char *const read_leave[] = { "User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All", NULL };

static bool
segment_is(const struct exchange *x, int n, const char *word)
{
        return n < x->query.segment_count && strcasecmp(x->query.segments[n], word) == 0;
}

static bool
is_delta(const char *word)
{
        return strcasecmp(word, "delta") == 0 || strcasecmp(word, "delta()") == 0 ||
               strcasecmp(word, "microsoft.graph.delta") == 0 || strcasecmp(word, "microsoft.graph.delta()") == 0;
}

static bool
route_user(const struct exchange *x, int at, const char *name, struct route *r)
{
        r->name = name;
        if (x->query.segment_count == at)
                *r = (struct route){ .kind = "user", .units = 1, .answer_one = user_get, .name = name };
        else if (x->query.segment_count == at + 1 && segment_is(x, at, "manager"))
                *r = (struct route){ .kind = "manager", .units = 1, .answer_one = user_manager, .name = name };
        else if ((x->query.segment_count == at + 2 && segment_is(x, at, "photo") && segment_is(x, at + 1, "$value")) ||
                 (x->query.segment_count == at + 3 && segment_is(x, at, "photos") && segment_is(x, at + 2, "$value")))
                *r = (struct route){ .kind = "photo", .units = 1, .answer_one = user_photo, .name = name };
        else if ((x->query.segment_count == at + 1 || x->query.segment_count == at + 2) && at == 3 &&
                 (segment_is(x, at, "memberOf") || segment_is(x, at, "transitiveMemberOf")))
                *r = (struct route){ .kind = "memberOf", .units = 2, .answer_one = user_groups, .name = name,
                                     .roles = read_groups };
        else
                return false;
        return true;
}

static bool
route_groups(const struct exchange *x, struct route *r)
{
        int n = x->query.segment_count;
        const char *id = n > 2 ? x->query.segments[2] : NULL;

        if (n == 2)
                *r = (struct route){ .kind = "groups", .units = 1, .answer = groups_list, .roles = read_groups };
        else if (n == 3 && is_delta(id))
                *r = (struct route){ .kind = "groups-delta", .units = 1, .answer = groups_delta, .roles = read_groups };
        else if (n == 3)
                *r = (struct route){ .kind = "group", .units = 1, .answer_one = group_get, .name = id,
                                     .roles = read_groups };
        else if ((n == 4 || n == 5) && (segment_is(x, 3, "members") || segment_is(x, 3, "transitiveMembers")))
                *r = (struct route){ .kind = "members", .units = segment_is(x, 3, "members") ? 3 : 5,
                                     .answer_one = group_members, .name = id, .roles = read_groups };
        else
                return false;
        return true;
}

static bool
route_users(const struct exchange *x, struct route *r)
{
        int n = x->query.segment_count;

        if (n == 2)
                *r = (struct route){ .kind = "users", .units = 2, .answer = users_list };
        else if (n == 3 && segment_is(x, 2, "$count"))
                *r = (struct route){ .kind = "users", .units = 2, .answer = users_count };
        else if (n == 3 && is_delta(x->query.segments[2]))
                *r = (struct route){ .kind = "delta", .units = 1, .answer = users_delta };
        else
                return route_user(x, 3, x->query.segments[2], r);
        return true;
}

static bool
route_deleted(const struct exchange *x, struct route *r)
{
        int n = x->query.segment_count;

        if (n == 3 || (n == 4 && segment_is(x, 3, "microsoft.graph.user")))
                *r = (struct route){ .kind = "deleted", .units = 1, .answer = deleted_list };
        else if (n == 4 && segment_is(x, 3, "microsoft.graph.group"))
                *r = (struct route){ .kind = "deleted", .units = 1, .answer = deleted_groups, .roles = read_groups };
        else if (n == 4)
                *r = (struct route){ .kind = "deleted", .units = 1, .answer_one = deleted_get,
                                     .name = x->query.segments[3] };
        else
                return false;
        return true;
}

static bool
route_graph(const struct exchange *x, struct route *r)
{
        char *second = x->query.segment_count > 1 ? x->query.segments[1] : NULL;
        size_t len;

        *r = (struct route){ .kind = "other" };
        if (second == NULL)
                return false;
        if (strcasecmp(second, "users") == 0)
                return route_users(x, r);
        if (strcasecmp(second, "directory") == 0 && segment_is(x, 2, "deletedItems"))
                return route_deleted(x, r);
        if (strcasecmp(second, "groups") == 0)
                return route_groups(x, r);
        if (strcasecmp(second, "$batch") == 0 && x->query.segment_count == 2)
                *r = (struct route){ .kind = "batch", .units = 1, .answer = batch_answer, .post = true,
                                     .roles = anything };
        else if (strcasecmp(second, "directoryObjects") == 0 && segment_is(x, 2, "getByIds"))
                *r = (struct route){ .kind = "getByIds", .units = 3, .answer = objects_by_id, .post = true };
        if (r->post)
                return true;
        len = strlen(second);
        if (strncasecmp(second, "users('", 7) == 0 && len > 9 && strcmp(second + len - 2, "')") == 0) {
                second[len - 2] = '\0';         /* users('ada@contoso.example') */
                return route_user(x, 2, second + 7, r);
        }
        return false;
}

/* The client's wish for its request id is granted if it is a GUID. */
static void
name_request(struct exchange *x)
{
        const char *theirs = exchange_header(x, "client-request-id");

        guid_fresh(x->own->request_id);
        strcpy(x->own->client_request_id, x->own->request_id);
        if (theirs != NULL && guid_is(theirs))
                strcpy(x->own->client_request_id, theirs);
        exchange_add(x, "request-id", x->own->request_id);
        exchange_add(x, "client-request-id", x->own->client_request_id);
}

static void
challenge(struct exchange *x)
{
        struct text header = { 0 };

        exchange_trouble(x, T_CHALLENGE, "");
        text_lit(&header, "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/"
                 "authorize\", error=\"insufficient_claims\", claims=\"");
        base64_write(&header, claims_wanted, strlen(claims_wanted), false);
        text_char(&header, '"');
        exchange_add(x, "WWW-Authenticate", text_str(&header));
        text_free(&header);
}

static bool
audience_known(const struct emulator *e, const char *audience)
{
        return strcmp(audience, e->rest.base) == 0 || strncmp(audience, "http://localhost:", 17) == 0 ||
               strcmp(audience, "https://graph.microsoft.com") == 0;
}

static bool
authorize(struct emulator *e, struct exchange *x, const struct route *r)
{
        const char *header = exchange_header(x, "Authorization");
        struct claims c = { .issued = 0 };
        struct app *app;

        if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0 || header[7] == '\0') {
                exchange_trouble(x, T_NO_TOKEN, "");
                return false;
        }
        if (!claims_read(&c, e->token_key, header + 7)) {
                exchange_trouble(x, T_BAD_TOKEN, "");
                return false;
        }
        app = apps_find(&e->apps, c.app);
        x->own->client = app != NULL ? app->id : "";
        x->own->reads_users = roles_have(c.roles, read_users);
        x->own->reads_hidden = roles_have(c.roles, read_hidden);
        x->own->reads_leave = roles_have(c.roles, read_leave);
        if (c.ends <= x->now)
                exchange_trouble(x, T_OLD_TOKEN, "");
        else if (!audience_known(e, c.audience))
                exchange_trouble(x, T_AUDIENCE, "");
        else if (e->set.revoked || (e->set.capabilities && !c.challenged) ||
                 (c.capable && !c.challenged && c.issued <= e->revoked_at))
                challenge(x);
        else if (r->roles != anything && !roles_have(c.roles, r->roles != NULL ? r->roles : read_users))
                exchange_trouble(x, T_DENIED, "");
        else
                return true;
        return false;
}

static bool
too_long(const struct emulator *e, struct exchange *x)
{
        if (e->set.max_request == 0 || x->head_bytes <= (size_t)e->set.max_request)
                return false;
        exchange_trouble(x, T_TOO_LONG, "");
        if (e->set.max_request_html) {
                x->reply.len = 0;
                text_put(&x->reply, troubles[T_TOO_LONG].text);
                x->type = type_html;
        }
        return true;
}

static void
answer_graph(struct emulator *e, struct exchange *x, const struct route *r, bool known)
{
        bool reads = strcmp(x->method, "GET") == 0 || strcmp(x->method, "HEAD") == 0;

        if (too_long(e, x) || !authorize(e, x, r))
                return;
        if (r->post ? strcmp(x->method, "POST") != 0 : !reads)
                exchange_trouble(x, T_NO_METHOD, "");
        else if (!known)
                exchange_trouble(x, T_NO_SEGMENT, x->query.segment_count > 1
                                 ? x->query.segments[x->query.segment_count - 1] : "");
        else if (!throttle_pass(&e->throttle, &e->set, e->people.live, e->tenant, x, throttle_cost(x, r->units)))
                return;
        else if (r->answer != NULL)
                r->answer(e, x);
        else
                r->answer_one(e, x, r->name);
}

static bool
is_token(const struct exchange *x)
{
        return x->query.segment_count == 4 && segment_is(x, 1, "oauth2") && segment_is(x, 2, "v2.0") &&
               segment_is(x, 3, "token");
}

static bool
is_identity(const struct exchange *x)
{
        return x->query.segment_count == 4 && segment_is(x, 0, "metadata") && segment_is(x, 1, "identity") &&
               segment_is(x, 2, "oauth2") && segment_is(x, 3, "token");
}

/* What is asked for before there is a token; NULL: something else. */
static const char *
signin_kind(const struct exchange *x)
{
        if (is_token(x))
                return "token";
        if (is_identity(x))
                return "imds";
        if (x->query.segment_count == 2 && segment_is(x, 0, "msi") && segment_is(x, 1, "token"))
                return "app-service";
        if (x->query.segment_count == 4 && segment_is(x, 2, ".well-known") && segment_is(x, 3, "openid-configuration") &&
            segment_is(x, 1, "v2.0"))
                return "openid-configuration";
        if (x->query.segment_count == 3 && segment_is(x, 0, "common") && segment_is(x, 1, "discovery") &&
            segment_is(x, 2, "instance"))
                return "instance-discovery";
        return NULL;
}

static void
answer_signin(struct emulator *e, struct exchange *x, const char *kind)
{
        if (strcmp(kind, "token") == 0)
                token_answer(e, x, x->query.segments[0]);
        else if (strcmp(kind, "imds") == 0 || strcmp(kind, "app-service") == 0)
                identity_answer(e, x, strcmp(kind, "imds") != 0);
        else if (strcmp(kind, "openid-configuration") == 0)
                discovery_tenant(e, x);
        else
                discovery_instance(e, x);
}

/* The address can be read: what lies at it? */
void
emulator_route(struct emulator *e, struct exchange *x)
{
        struct asked *own = x->own;
        bool graph = segment_is(x, 0, "v1.0");
        const char *level = exchange_header(x, "ConsistencyLevel");

        (void)e;
        own->client = "";
        own->eventual = level != NULL && strcasecmp(level, "eventual") == 0;
        own->route.kind = "other";
        own->known = graph && route_graph(x, &own->route);
        own->signin = signin_kind(x);
        own->graph = graph;
        x->kind = own->signin != NULL ? own->signin : own->route.kind;
        name_request(x);
}

void
emulator_answer(struct emulator *e, struct exchange *x)
{
        struct asked *own = x->own;

        if (own->signin != NULL)
                answer_signin(e, x, own->signin);
        else if (own->graph)
                answer_graph(e, x, &own->route, own->known);
        else
                exchange_error(x, 404, "ResourceNotFound", "There is nothing at this address.");
}

void
emulator_finish(struct emulator *e, struct exchange *x)
{
        x->date_skew = e->set.date_skew;
        if (!x->own->graph)
                return;
        exchange_add(x, "OData-Version", "4.0");
        exchange_add(x, "Cache-Control", "no-cache");
}
