/* api.c - everything below /v1: which handler, who asks, and the form of a refusal.
 *
 * Paths are matched without regard to case; what no public source names is answered 404,
 * and never with success (sheet, section 5). */
#include "emulator.h"

#include <strings.h>

static const struct route routes[] = {
        { "pin", "POST", 1, { "generatePin" }, generate_pin, true },
        { "login", "POST", 1, { "loginWithPinAndApplicationId" }, login_with_pin, true },
        { "token", "GET", 1, { "accessToken" }, access_token, true },
        { "groups", "POST", 1, { "groups" }, groups_create, false },
        { "groups", "GET", 1, { "groups" }, groups_list, false },
        { "group", "GET", 2, { "groups", NULL }, groups_get, false },
        { "subgroups", "GET", 3, { "groups", NULL, "subGroups" }, subgroups_list, false },
        { "subgroups", "POST", 3, { "groups", NULL, "subGroups" }, subgroups_create, false },
        { "subgroups", "PUT", 3, { "groups", NULL, "subGroups" }, subgroups_attach, false },
        { "subgroups", "DELETE", 4, { "groups", NULL, "subGroups", NULL }, subgroups_detach, false },
        { "members", "GET", 3, { "groups", NULL, "members" }, members_list, false },
        { "members", "PUT", 3, { "groups", NULL, "members" }, members_add, false },
        { "member", "DELETE", 4, { "groups", NULL, "members", NULL }, members_remove, false },
        { "member", "PUT", 4, { "groups", NULL, "members", NULL }, members_role, false },
        { "subscribers", "PUT", 4, { "groups", NULL, "subscribers", "add" }, subscribers_add, false },
        { "subscribers", "POST", 3, { "groups", NULL, "subscribers" }, subscribers_list, false },
        { "subscribers", "PUT", 4, { "groups", NULL, "subscribers", "remove" }, subscribers_remove, false },
        { "user", "GET", 2, { "users", "me" }, user_me, false },
        { "webhook", "POST", 1, { "webhook" }, hooks_register, false },
        { "webhook", "GET", 1, { "webhook" }, hooks_list, false },
        { "webhook", "DELETE", 2, { "webhook", NULL }, hooks_remove, false },
};

const char *
asked_segment(const struct exchange *x, int n)
{
        n += x->own->at;
        return n < x->query.segment_count ? x->query.segments[n] : "";
}

static bool
segment_is(const struct exchange *x, int n, const char *word)
{
        return n < x->query.segment_count && strcasecmp(x->query.segments[n], word) == 0;
}

static bool
fits(const struct exchange *x, const struct route *r)
{
        if (x->query.segment_count - x->own->at != r->segments)
                return false;
        for (int i = 0; i < r->segments; i++)
                if (r->words[i] != NULL && !segment_is(x, x->own->at + i, r->words[i]))
                        return false;
        return true;
}

/* One page prints the details of a group without /v1 (sheet, G3). */
void
api_route(struct emulator *e, struct exchange *x)
{
        bool versioned = segment_is(x, 0, "v1");

        (void)e;
        if (segment_is(x, 0, "_portal")) {
                x->kind = "portal";
                return;
        }
        if (!versioned && !(segment_is(x, 0, "groups") && x->query.segment_count == 2))
                return;
        x->own->at = versioned;
        for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
                if (fits(x, &routes[i])) {
                        x->kind = routes[i].kind;
                        if (strcmp(x->method, routes[i].method) == 0)
                                x->own->route = &routes[i];
                }
}

/* ---- refusals (sheet, section 7) ---- */

void
kaizala_refuse(struct exchange *x, int status, const char *code, const char *message, bool nested)
{
        struct text *t = &x->reply;

        (void)nested;
        x->status = status;
        x->type = type_json;
        x->code = code != NULL ? code : status == 429 ? "TooManyRequests" : "ServerError";
        t->len = 0;
        text_lit(t, "{\"message\":");
        text_json(t, message != NULL ? message : "The request was not carried out.");
        text_lit(t, ",\"errorCode\":");
        text_json(t, x->code);
        text_fmt(t, ",\"errorCategoryKey\":\"%s\"}", status == 401 ? "AuthException" : "");
}

void
refuse_parameters(struct exchange *x, const char *message)
{
        kaizala_refuse(x, 400, "InvalidParameters", message, false);
}

void
refuse_missing(struct exchange *x, const char *what)
{
        struct text t = { 0 };

        text_fmt(&t, "%s was not found.", what);
        kaizala_refuse(x, 404, "NotFound", text_str(&t), false);
        text_free(&t);
}

void
answer_result(struct exchange *x, bool result)
{
        text_fmt(&x->reply, "{\"result\":\"%s\"}", result ? "true" : "false");
}

/* ---- who asks ---- */

/* The call is one more in this minute; false after a 429, which costs nothing (item 10). */
static bool
count_call(struct exchange *x, int64_t *window, int64_t *made, int64_t most)
{
        struct text left = { 0 };

        if (x->now - *window >= 60) {
                *window = x->now;
                *made = 0;
        }
        if (most == 0 || ++*made <= most)
                return true;
        text_int(&left, *window + 60 - x->now);
        kaizala_refuse(x, 429, "TooManyRequests", "Too many calls were made in this minute.", false);
        exchange_add(x, "Retry-After", text_str(&left));
        text_free(&left);
        return false;
}

static bool
throttle(struct emulator *e, struct exchange *x, struct connector *c)
{
        return count_call(x, &c->window, &c->made, e->set.calls)
               && count_call(x, &e->tenant_window, &e->tenant_made, e->set.tenant_calls);
}

bool
api_admit(struct emulator *e, struct exchange *x)
{
        const char *token = exchange_header(x, "accessToken");

        if (token == NULL) {
                kaizala_refuse(x, 401, "InvalidToken", "Request header should contain access token as ACCESSTOKEN.", false);
                return false;
        }
        x->own->access = access_find(&e->grants, token, x->now);
        if (x->own->access == NULL) {
                kaizala_refuse(x, 401, "InvalidToken", "Invalid token: validation failed for unknown reason.", false);
                return false;
        }
        return throttle(e, x, x->own->access->grant->connector);
}

/* The door is no part of the API: its calls are not counted. */
bool
portal_admit(struct emulator *e, struct exchange *x)
{
        const char *token = exchange_header(x, "accessToken");

        x->own->access = token != NULL ? access_find(&e->grants, token, x->now) : NULL;
        if (x->own->access != NULL)
                return api_organisation(x);
        kaizala_refuse(x, 401, "InvalidToken", "The access token is missing, or not valid.", false);
        return false;
}

bool
api_organisation(struct exchange *x)
{
        if (x->own->access->grant->reach == REACH_TENANT)
                return true;
        kaizala_refuse(x, 403, "Forbidden", "The token has not the rights of an organisation admin.", false);
        return false;
}

/* A group token reaches its group and what is below it. */
bool
api_reaches(struct group *from, const struct group *g)
{
        bool found = from == g;

        for (size_t i = 0; from != NULL && !found && i < from->child_count; i++)
                found = api_reaches(from->children[i], g);
        return found;
}

struct group *
api_group(struct emulator *e, struct exchange *x, int segment)
{
        const struct grant *grant = x->own->access->grant;
        struct group *g = org_group(&e->org, asked_segment(x, segment));
        struct person *self = org_person_make(&e->org, grant->phone);
        bool may = g != NULL;

        if (g != NULL && grant->reach == REACH_GROUP)
                may = api_reaches(org_group(&e->org, grant->group), g);
        else if (g != NULL && grant->reach == REACH_USER)
                may = group_find(g, self) != NULL;
        if (!may)
                refuse_missing(x, "The group");
        return may ? g : NULL;
}

/* ---- the way of a request ---- */

/* After move-endpoint: 308 from the old host, with the new one in Location (item 9). */
static bool
moved(struct emulator *e, struct exchange *x)
{
        const char *host = exchange_header(x, "Host");
        bool root = x->own->route != NULL && x->own->route->open, whole = e->moved_whole;
        struct text location = { 0 };

        if (e->moved_from == NULL || (root ? !e->moved_root : host == NULL || strcasecmp(host, e->moved_from) != 0))
                return false;
        if (root && host != NULL && strstr(region_of(e), host) != NULL)
                return false;
        text_put(&location, region_of(e));
        text_put(&location, whole ? x->url : "/");
        x->status = 308;
        exchange_add(x, "Location", text_str(&location));
        text_free(&location);
        return true;
}

/* Microsoft's samples have names without quotes and texts in single ones (item 25). */
static void
lenient(struct text *t, const char *from, size_t n)
{
        bool in = false;

        for (size_t i = 0; i < n; i++) {
                bool word = !in && ((from[i] | 0x20) >= 'a' && (from[i] | 0x20) <= 'z');
                size_t end = i;

                while (word && end < n && ((from[end] | 0x20) >= 'a' && (from[end] | 0x20) <= 'z'))
                        end++;
                if (word && end < n && from[end + strspn(from + end, " ")] == ':') {
                        text_fmt(t, "\"%.*s\"", (int)(end - i), from + i);
                        i = end - 1;
                        continue;
                }
                if (from[i] == '\'' || from[i] == '"')
                        in = !in;
                text_char(t, from[i] == '\'' ? '"' : from[i]);
        }
}

static void
read_body(struct emulator *e, struct exchange *x)
{
        struct json_tokener *tok = json_tokener_new();
        struct text plain = { 0 };
        const char *body = text_str(&x->body);

        if (tok == NULL || x->body.len == 0) {
                json_tokener_free(tok);
                return;
        }
        json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        x->own->body = json_tokener_parse_ex(tok, body, (int)x->body.len + 1);
        if (x->own->body == NULL && e->set.lenient) {
                lenient(&plain, body, x->body.len);
                json_tokener_reset(tok);
                x->own->body = json_tokener_parse_ex(tok, text_str(&plain), (int)plain.len + 1);
        }
        if (!json_object_is_type(x->own->body, json_type_object)) {
                x->own->bad_body = true;
                json_object_put(x->own->body);
                x->own->body = NULL;
        }
        text_free(&plain);
        json_tokener_free(tok);
}

void
api_answer(struct emulator *e, struct exchange *x)
{
        const struct route *r = x->own->route;

        x->status = 200;
        x->type = type_json;
        x->delay_ms += e->set.latency;
        if (moved(e, x))
                return;
        if (strcmp(x->kind, "portal") == 0) {
                portal_answer(e, x);
        } else if (strcmp(x->kind, "other") == 0) {
                refuse_missing(x, "The address");
        } else if ((r == NULL || !r->open) && !api_admit(e, x)) {
                return;
        } else if (r == NULL) {
                kaizala_refuse(x, 405, "MethodNotAllowed", "There is no such call.", false);
        } else {
                read_body(e, x);
                if (x->own->bad_body)
                        refuse_parameters(x, "The body is not JSON.");
                else
                        r->answer(e, x);
                json_object_put(x->own->body);
                x->own->body = NULL;
        }
}

/* ---- what is asked for ---- */

const char *
asked_text(const struct exchange *x, const char *name)
{
        struct json_object *v = json_object_object_get(x->own->body, name);

        return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
}

struct json_object *
asked_list(const struct exchange *x, const char *name, bool *bad)
{
        struct json_object *v = json_object_object_get(x->own->body, name);
        bool array = json_object_is_type(v, json_type_array);

        *bad = v != NULL && !array;
        for (size_t i = 0; array && i < json_object_array_length(v); i++)
                *bad = *bad || !json_object_is_type(json_object_array_get_idx(v, i), json_type_string);
        return array ? v : NULL;
}

bool
asked_flag(const struct exchange *x, const char *name, const char *other)
{
        const char *a = query_value(&x->query, name), *b = other != NULL ? query_value(&x->query, other) : NULL;

        return (a != NULL && strcasecmp(a, "true") == 0) || (b != NULL && strcasecmp(b, "true") == 0);
}

bool
phone_usable(const struct emulator *e, const char *phone)
{
        for (int i = 0; i < e->fail_count; i++)
                if (strcmp(e->fail_numbers[i], phone) == 0)
                        return false;
        return phone_good(phone);
}
