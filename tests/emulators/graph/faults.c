/* faults.c - the fault script; see faults.h. What an action does is in
 * spoil.c; here the rules are read and matched. */
#include "faults.h"
#include "spoil.h"

#include <stdlib.h>

static char *
text_member(struct json_object *o, const char *name)
{
        struct json_object *v = json_object_object_get(o, name);

        return v != NULL ? room_copy(json_object_get_string(v)) : NULL;
}

static int64_t
number_member(struct json_object *o, const char *name, int64_t def)
{
        struct json_object *v = json_object_object_get(o, name);

        return v != NULL ? json_object_get_int64(v) : def;
}

static void
drop(struct fault *f)
{
        free(f->kind);
        free(f->path);
        free(f->code);
        free(f->message);
        free(f->retry_after);
        free(f->property);
        free(f->link);
        free(f->body);
        free(f->type);
        *f = (struct fault){ 0 };
}

static bool
known_members(struct json_object *o, struct text *why)
{
        static const char *const names[] = {
                "kind", "path", "nth", "from", "count", "action", "status", "code", "message", "retry-after",
                "property", "record", "link", "body", "type", "after", "delay-ms", "size", "nested",
        };

        json_object_object_foreach(o, name, value) {
                bool known = false;

                (void)value;
                for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
                        known = known || strcmp(name, names[i]) == 0;
                if (!known) {
                        text_fmt(why, "a fault has no member '%s'", name);
                        return false;
                }
        }
        return true;
}

static bool
load_one(struct fault *f, struct json_object *o, struct text *why)
{
        struct json_object *action = json_object_is_type(o, json_type_object)
                                     ? json_object_object_get(o, "action") : NULL;
        int64_t nth;

        *f = (struct fault){ 0 };
        if (action == NULL) {
                text_put(why, "a fault is an object with an \"action\"");
                return false;
        }
        if (!known_members(o, why))
                return false;
        f->action = spoil_find(json_object_get_string(action));
        if (f->action < 0) {
                text_fmt(why, "there is no action '%s'", json_object_get_string(action));
                return false;
        }
        f->kind = text_member(o, "kind");
        f->path = text_member(o, "path");
        nth = number_member(o, "nth", 0);
        f->from = (uint64_t)(nth > 0 ? nth : number_member(o, "from", 1));
        f->count = (uint64_t)(nth > 0 ? 1 : number_member(o, "count", 1));
        f->status = (int)number_member(o, "status", 0);
        f->code = text_member(o, "code");
        f->message = text_member(o, "message");
        f->retry_after = text_member(o, "retry-after");
        f->property = text_member(o, "property");
        f->link = text_member(o, "link");
        f->body = text_member(o, "body");
        f->type = text_member(o, "type");
        f->after = number_member(o, "after", -1);
        f->delay_ms = number_member(o, "delay-ms", 0);
        f->size = number_member(o, "size", 100000);
        f->record = (uint32_t)number_member(o, "record", 0);
        f->nested = json_object_get_boolean(json_object_object_get(o, "nested"));
        return true;
}

bool
faults_load(struct faults *f, struct json_object *rules, struct text *why)
{
        bool list = json_object_is_type(rules, json_type_array);
        size_t n = list ? json_object_array_length(rules) : 1;
        int before = f->count;

        for (size_t i = 0; i < n; i++) {
                if (f->count == FAULTS_MAX) {
                        text_fmt(why, "there is room for %d faults", FAULTS_MAX);
                        break;
                }
                if (!load_one(&f->list[f->count], list ? json_object_array_get_idx(rules, i) : rules, why))
                        break;
                f->count++;
        }
        if (why->len == 0)
                return true;
        while (f->count > before)
                drop(&f->list[--f->count]);
        return false;
}

void
faults_clear(struct faults *f)
{
        while (f->count > 0)
                drop(&f->list[--f->count]);
}

void
faults_json(const struct faults *f, struct text *t)
{
        text_char(t, '[');
        for (int i = 0; i < f->count; i++) {
                const struct fault *one = &f->list[i];

                text_fmt(t, "%s{\"action\":\"%s\",\"kind\":", i > 0 ? "," : "", fault_name(one));
                text_json(t, one->kind != NULL ? one->kind : "");
                text_lit(t, ",\"path\":");
                text_json(t, one->path != NULL ? one->path : "");
                text_fmt(t, ",\"from\":%llu,\"count\":%llu,\"seen\":%llu,\"acted\":%llu}",
                         (unsigned long long)one->from, (unsigned long long)one->count,
                         (unsigned long long)one->seen, (unsigned long long)one->acted);
        }
        text_char(t, ']');
}

const char *
fault_name(const struct fault *f)
{
        return f != NULL ? spoil_name(f->action) : "";
}

static bool
matches(const struct fault *f, const struct exchange *x)
{
        bool graph = strcmp(x->kind, "other") != 0 && x->query.segment_count > 0 &&
                     strcmp(x->query.segments[0], "v1.0") == 0;

        if (f->kind != NULL && strcmp(f->kind, "*") != 0 && strcmp(f->kind, x->kind) != 0 &&
            !(graph && strcmp(f->kind, "graph") == 0))
                return false;
        return f->path == NULL || strncmp(x->query.path, f->path, strlen(f->path)) == 0;
}

struct fault *
faults_match(struct faults *f, const struct exchange *x)
{
        struct fault *acts = NULL;

        for (int i = 0; i < f->count; i++) {
                struct fault *one = &f->list[i];

                if (!matches(one, x))
                        continue;
                one->seen++;
                if (acts == NULL && one->seen >= one->from && (one->count == 0 || one->acted < one->count)) {
                        one->acted++;
                        acts = one;
                }
        }
        return acts;
}

bool
fault_before(const struct fault *f, struct exchange *x)
{
        x->delay_ms = f->delay_ms;
        return spoil_before(f, x);
}

void
fault_after(const struct fault *f, struct exchange *x)
{
        spoil_after(f, x);
}
