/* batch.c - the reads that are POSTs: $batch, and directoryObjects/getByIds. */
#include "emulator.h"
#include "object.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <strings.h>

enum { BATCH_MAX = 20, IDS_MAX = 1000 };

/* A request of a batch asks with the headers of the batch and its own. */
struct inner {
        struct exchange *outer;
        struct json_object *headers;
};

static const char *
header(void *self, const char *name)
{
        struct inner *i = self;

        if (i->headers != NULL && json_object_is_type(i->headers, json_type_object)) {
                json_object_object_foreach(i->headers, key, value) {
                        if (strcasecmp(key, name) == 0 && value != NULL)
                                return json_object_get_string(value);
                }
        }
        return strcasecmp(name, "Authorization") == 0 ? exchange_header(i->outer, name) : NULL;
}

static const char *
text_of(struct json_object *o, const char *name)
{
        struct json_object *v = json_object_object_get(o, name);

        return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
}

/* NULL, or what is wrong with the batch as a whole. */
static const char *
malformed(struct json_object *list)
{
        size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

        if (n == 0)
                return "there are no requests in it.";
        if (n > BATCH_MAX)
                return "the number of requests exceeds the limit of 20.";
        for (size_t i = 0; i < n; i++) {
                struct json_object *one = json_object_array_get_idx(list, i);
                const char *id = text_of(one, "id");

                if (id == NULL || text_of(one, "url") == NULL || text_of(one, "method") == NULL)
                        return "a request lacks id, url or method.";
                for (size_t k = 0; k < i; k++)
                        if (strcasecmp(text_of(json_object_array_get_idx(list, k), "id"), id) == 0)
                                return "an id occurs twice.";
        }
        return NULL;
}

static int
index_of(struct json_object *list, const char *id)
{
        for (size_t i = 0; i < json_object_array_length(list); i++)
                if (strcasecmp(text_of(json_object_array_get_idx(list, i), "id"), id) == 0)
                        return (int)i;
        return -1;
}

/* A failed predecessor is enough. */
static bool
held_back(struct json_object *list, struct json_object *one, const int *statuses)
{
        struct json_object *names = json_object_object_get(one, "dependsOn");

        for (size_t i = 0; json_object_is_type(names, json_type_array) && i < json_object_array_length(names); i++) {
                const char *id = json_object_get_string(json_object_array_get_idx(names, i));
                int at = id != NULL ? index_of(list, id) : -1;

                if (at < 0 || statuses[at] >= 400)
                        return true;
        }
        return false;
}

static void
write_body(const struct exchange *in, struct text *t)
{
        bool json = in->type != NULL && strncmp(in->type, "application/json", 16) == 0;

        if (json && in->reply.len > 0) {
                text_raw(t, in->reply.at, in->reply.len);
        } else {
                text_char(t, '"');
                base64_write(t, in->reply.at, in->reply.len, false);
                text_char(t, '"');
        }
}

static void
write_answer(const char *id, const struct exchange *in, struct text *t)
{
        text_lit(t, "{\"id\":");
        text_json(t, id);
        text_fmt(t, ",\"status\":%d,\"headers\":{\"Content-Type\":", in->status);
        text_json(t, in->type != NULL ? in->type : "");
        for (int i = 0; i < in->header_count; i++)
                if (strcasecmp(in->headers[i].name, "Retry-After") == 0
                    || strcasecmp(in->headers[i].name, "ETag") == 0
                    || strncasecmp(in->headers[i].name, "x-ms-", 5) == 0) {
                        text_char(t, ',');
                        text_json(t, in->headers[i].name);
                        text_char(t, ':');
                        text_json(t, in->headers[i].value);
                }
        text_lit(t, "},\"body\":");
        write_body(in, t);
        text_char(t, '}');
}

static int
run(struct emulator *e, struct exchange *x, struct json_object *one, bool held, struct text *t)
{
        struct inner self = { .outer = x, .headers = json_object_object_get(one, "headers") };
        struct exchange in = { .method = text_of(one, "method"), .header = header, .self = &self, .batched = true };
        struct text url = { 0 };
        int status = 424;

        text_fmt(&url, "/v1.0%s%s", text_of(one, "url")[0] == '/' ? "" : "/", text_of(one, "url"));
        in.url = text_str(&url);
        exchange_open(&in, x->rest);
        if (held || strncasecmp(in.url, "/v1.0/$batch", 12) == 0) {
                in.now = x->now;
                in.kind = "other";
                exchange_error(&in, 424, "FailedDependency", "A request that this one depends on has failed.");
        } else {
                rest_answer(&e->rest, &in);
                status = in.status;
        }
        write_answer(text_of(one, "id"), &in, t);
        exchange_free(&in);
        text_free(&url);
        return status;
}

void
batch_answer(struct emulator *e, struct exchange *x)
{
        struct json_object *ask = json_tokener_parse(text_str(&x->body)), *list = json_object_object_get(ask, "requests");
        const char *wrong = malformed(list);
        struct text answers[BATCH_MAX] = { { 0 } };
        int statuses[BATCH_MAX] = { 0 };
        size_t n = wrong == NULL ? json_object_array_length(list) : 0;

        if (wrong != NULL)
                exchange_trouble(x, T_BAD_BATCH, wrong);
        for (size_t i = 0; i < n; i++) {
                struct json_object *one = json_object_array_get_idx(list, i);

                statuses[i] = run(e, x, one, held_back(list, one, statuses), &answers[i]);
        }
        if (wrong == NULL) {
                x->status = 200;
                x->type = type_odata;
                text_lit(&x->reply, "{\"responses\":[");
                /* In another order than asked. */
                for (size_t i = 0; i < n; i++) {
                        struct text *a = &answers[(i * 13 + n / 2) % n];

                        if (n % 13 == 0)
                                a = &answers[n - 1 - i];
                        if (i > 0)
                                text_char(&x->reply, ',');
                        text_raw(&x->reply, a->at, a->len);
                }
                text_lit(&x->reply, "]}");
        }
        for (size_t i = 0; i < n; i++)
                text_free(&answers[i]);
        json_object_put(ask);
}

/* Whether "types" names the kind; without it all are wanted. */
static bool
type_wanted(struct json_object *types, const char *kind)
{
        bool wanted = !json_object_is_type(types, json_type_array) || json_object_array_length(types) == 0;

        for (size_t i = 0; !wanted && i < json_object_array_length(types); i++) {
                const char *one = json_object_get_string(json_object_array_get_idx(types, i));

                wanted = one != NULL && strcasecmp(one, kind) == 0;
        }
        return wanted;
}

static bool
write_by_id(struct emulator *e, const char *id, struct json_object *types, const struct selection *people,
            const struct props *groups, bool first, struct text *t)
{
        uint32_t person = guid_index(id, strlen(id), e->people.world.realm);
        uint32_t group = guid_index(id, strlen(id), e->groups.realm);
        const struct style style = { .delta = false };
        size_t start;

        if (person >= e->people.count || e->people.members[person].life != LIFE_LIVE ||
            !type_wanted(types, "user"))
                person = NOBODY;
        if (group >= e->groups.count || e->groups.list[group].life != LIFE_LIVE || !type_wanted(types, "group"))
                group = NOBODY;
        if (person == NOBODY && group == NOBODY)
                return false;
        if (!first)
                text_lit(t, ",\n");
        if (person != NOBODY) {
                object_write_typed(&e->people, person, people, &style, t);
                return true;
        }
        text_lit(t, "{\"@odata.type\":\"#microsoft.graph.group\",");
        start = t->len;
        group_write(&e->groups, group, groups, false, t);
        text_char(t, '}');
        memmove(t->at + start, t->at + start + 1, t->len - start - 1);
        t->len--;
        return true;
}

void
objects_by_id(struct emulator *e, struct exchange *x)
{
        struct json_object *ask = json_tokener_parse(text_str(&x->body)), *ids = json_object_object_get(ask, "ids");
        struct selection people;
        struct props groups;
        bool first = true;

        if (!json_object_is_type(ids, json_type_array) || json_object_array_length(ids) > IDS_MAX) {
                exchange_trouble(x, T_BAD_BODY, "\"ids\" must be an array of at most 1,000 ids.");
        } else if (selection_read(&people, query_value(&x->query, "$select"), READING_COLLECTION, x) &&
                   group_select(&groups, NULL, false, x)) {
                x->status = 200;
                x->type = type_odata;
                text_fmt(&x->reply, "{\"@odata.context\":\"%s/v1.0/$metadata#directoryObjects\",\"value\":[", e->rest.base);
                for (size_t i = 0; i < json_object_array_length(ids); i++) {
                        const char *id = json_object_get_string(json_object_array_get_idx(ids, i));

                        if (id != NULL && write_by_id(e, id, json_object_object_get(ask, "types"), &people, &groups, first, &x->reply)) {
                                first = false;
                                x->objects++;
                        }
                }
                text_lit(&x->reply, "]}");
        }
        json_object_put(ask);
}
