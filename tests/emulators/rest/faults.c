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

static const struct { const char *name; enum json_type type; } members[] = {
        { "kind", json_type_string }, { "path", json_type_string }, { "nth", json_type_int }, { "from", json_type_int },
        { "count", json_type_int }, { "action", json_type_string }, { "status", json_type_int },
        { "code", json_type_string }, { "message", json_type_string }, { "retry-after", json_type_string },
        { "property", json_type_string }, { "record", json_type_int }, { "link", json_type_string },
        { "body", json_type_string }, { "type", json_type_string }, { "after", json_type_int },
        { "delay-ms", json_type_int }, { "size", json_type_int }, { "nested", json_type_boolean },
};

static bool
known_kind(const struct service *s, const char *kind)
{
        bool known = strcmp(kind, "*") == 0 || strcmp(kind, "other") == 0 ||
                     (s->whole != NULL && strcmp(kind, s->whole) == 0);

        for (const char *const *one = s->kinds; !known && *one != NULL; one++)
                known = strcmp(kind, *one) == 0;
        return known;
}

bool
faults_number(const char *name)
{
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
                if (strcmp(members[i].name, name) == 0)
                        return members[i].type == json_type_int;
        return false;
}

static bool
good_member(const char *name, struct json_object *value, struct text *why)
{
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
                if (strcmp(members[i].name, name) != 0)
                        continue;
                if (json_object_is_type(value, members[i].type) &&
                    (members[i].type != json_type_int || json_object_get_int64(value) >= 0))
                        return true;
                text_fmt(why, "'%s' must be %s", name, members[i].type == json_type_int ? "a number, 0 or more"
                         : members[i].type == json_type_boolean ? "true or false" : "a text");
                return false;
        }
        text_fmt(why, "a fault has no member '%s'", name);
        return false;
}

static bool
good_members(const struct service *s, struct json_object *o, struct text *why)
{
        const char *kind;

        json_object_object_foreach(o, name, value) {
                if (!good_member(name, value, why))
                        return false;
        }
        kind = json_object_get_string(json_object_object_get(o, "kind"));
        if (kind == NULL || known_kind(s, kind))
                return true;
        text_fmt(why, "there is no kind '%s' of request", kind);
        return false;
}

static bool
load_one(const struct service *s, struct fault *f, struct json_object *o, struct text *why)
{
        struct json_object *action = json_object_is_type(o, json_type_object)
                                     ? json_object_object_get(o, "action") : NULL;
        int64_t nth;

        *f = (struct fault){ 0 };
        if (action == NULL) {
                text_put(why, "a fault is an object with an \"action\"");
                return false;
        }
        if (!good_members(s, o, why))
                return false;
        f->action = spoil_find(s, json_object_get_string(action));
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
                if (!load_one(f->service, &f->list[f->count], list ? json_object_array_get_idx(rules, i) : rules, why))
                        break;
                f->count++;
        }
        if (why->len == 0)
                return true;
        faults_shrink(f, before);
        return false;
}

void
faults_shrink(struct faults *f, int count)
{
        while (f->count > count)
                drop(&f->list[--f->count]);
}

void
faults_clear(struct faults *f)
{
        faults_shrink(f, 0);
}

void
faults_json(const struct faults *f, struct text *t)
{
        text_char(t, '[');
        for (int i = 0; i < f->count; i++) {
                const struct fault *one = &f->list[i];

                text_fmt(t, "%s{\"action\":\"%s\",\"kind\":", i > 0 ? "," : "", fault_name(f, one));
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
fault_name(const struct faults *f, const struct fault *one)
{
        return spoil_action(f->service, one->action)->name;
}

static bool
matches(const struct service *s, const struct fault *f, const struct exchange *x)
{
        bool behind = s->whole != NULL && f->kind != NULL && strcmp(f->kind, s->whole) == 0 && s->behind(x);

        if (f->kind != NULL && strcmp(f->kind, "*") != 0 && strcmp(f->kind, x->kind) != 0 && !behind)
                return false;
        return f->path == NULL || strncmp(x->query.path, f->path, strlen(f->path)) == 0;
}

struct fault *
faults_match(struct faults *f, const struct exchange *x)
{
        struct fault *acts = NULL;

        for (int i = 0; i < f->count; i++) {
                struct fault *one = &f->list[i];

                if (!matches(f->service, one, x))
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
