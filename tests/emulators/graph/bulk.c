/* bulk.c - many changes at once, to people picked by a seed: the same request on
 * the same directory always picks the same ones.
 *
 * Values come from other generated people, so that they stay believable; where
 * that one has none or the same, a plain one is made up. */
#include "change.h"

#include <stdlib.h>

struct bulk {
        struct emulator *e;
        uint64_t dice;
        unsigned property;
        struct json_object *value;      /* or NULL: make one up */
};

static bool
has(const struct directory *d, uint32_t index, unsigned p, const char *json)
{
        struct person room_for_one;
        struct text t = { 0 };
        bool same = directory_value(d, index, directory_person(d, index, &room_for_one), p, &t) &&
                    t.len == strlen(json) && memcmp(t.at, json, t.len) == 0;

        text_free(&t);
        return same;
}

/* Some value of 'p' that is not his present one. */
static void
another_value(struct bulk *b, uint32_t index, unsigned p, struct text *ret)
{
        struct directory *d = &b->e->people;
        struct person other;

        for (int tries = 0; tries < 8; tries++) {
                b->dice = mix(b->dice);
                person_make(&other, &d->world, (uint32_t)(b->dice % (d->world.founders + 1000)));
                ret->len = 0;
                if (properties[p].write != NULL && properties[p].write(ret, &other) &&
                    !has(d, index, p, text_str(ret)))
                        return;
        }
        ret->len = 0;
        switch (properties[p].kind) {
        case KIND_BOOLEAN:
                text_put(ret, has(d, index, p, "true") ? "false" : "true");
                break;
        case KIND_INTEGER:
                text_uint(ret, b->dice % 1000000);
                break;
        case KIND_LIST:
                text_fmt(ret, "[\"changed-%llu\"]", (unsigned long long)(b->dice % 1000000));
                break;
        default:
                text_fmt(ret, "\"Changed %llu\"", (unsigned long long)(b->dice % 1000000));
                break;
        }
}

static void
set_one(struct bulk *b, uint32_t index, unsigned p, const char *json)
{
        struct props touched = { { 0 } };

        directory_set(&b->e->people, index, p, json, strlen(json));
        props_add_kin(&touched, p);
        directory_changed(&b->e->people, index, &touched, NOBODY);
}

static bool
is_live(struct bulk *b, uint32_t index)
{
        return b->e->people.members[index].life == LIFE_LIVE;
}

static bool
is_deleted(struct bulk *b, uint32_t index)
{
        return b->e->people.members[index].life == LIFE_DELETED;
}

static bool
is_enabled(struct bulk *b, uint32_t index)
{
        return is_live(b, index) && has(&b->e->people, index, PROP_ENABLED, "true");
}

static bool
is_disabled(struct bulk *b, uint32_t index)
{
        return is_live(b, index) && has(&b->e->people, index, PROP_ENABLED, "false");
}

static void
do_change(struct bulk *b, uint32_t index)
{
        struct text t = { 0 };

        if (b->value != NULL)
                text_put(&t, json_object_to_json_string_ext(b->value, JSON_C_TO_STRING_PLAIN |
                                                            JSON_C_TO_STRING_NOSLASHESCAPE));
        else
                another_value(b, index, b->property, &t);
        set_one(b, index, b->property, text_str(&t));
        text_free(&t);
}

static uint32_t
somebody(struct bulk *b, uint32_t not_him)
{
        struct directory *d = &b->e->people;

        for (int tries = 0; tries < 32; tries++) {
                uint32_t index;

                b->dice = mix(b->dice);
                index = (uint32_t)(b->dice % d->count);
                if (index != not_him && d->members[index].life == LIFE_LIVE)
                        return index;
        }
        return NOBODY;
}

/* To another department, office and manager, in one change. */
static void
do_move(struct bulk *b, uint32_t index)
{
        static const unsigned moved[] = { PROP_DEPARTMENT, PROP_CITY, PROP_OFFICE };
        struct directory *d = &b->e->people;
        uint32_t old = directory_boss(d, index);
        struct props touched = { { 0 } };
        struct text t = { 0 };

        for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++) {
                t.len = 0;
                another_value(b, index, moved[i], &t);
                directory_set(d, index, moved[i], t.at, t.len);
                props_add(&touched, moved[i]);
        }
        directory_set_boss(d, index, somebody(b, index));
        props_add(&touched, PROP_MANAGER);
        directory_changed(d, index, &touched, old);
        text_free(&t);
}

/* Another family name, with all that is made from it. */
static void
do_rename(struct bulk *b, uint32_t index)
{
        static const unsigned renamed[] = { PROP_SURNAME, PROP_DISPLAY_NAME, PROP_MAIL_NICKNAME, PROP_UPN, PROP_MAIL };
        struct directory *d = &b->e->people;
        struct person he, other;
        struct text values[5] = { { 0 } }, alias = { 0 };
        struct props touched = { { 0 } };

        person_make(&he, &d->world, index);
        do {
                b->dice = mix(b->dice);
                person_make(&other, &d->world, (uint32_t)(b->dice % (d->world.founders + 1000)));
        } while (other.family == he.family);
        text_fmt(&alias, "%s.%s.%u", he.given->plain, other.family->plain, d->log.count);
        text_fmt(&values[0], "\"%s\"", other.family->text);
        text_fmt(&values[1], "\"%s %s\"", he.given->text, other.family->text);
        text_fmt(&values[2], "\"%s\"", text_str(&alias));
        text_fmt(&values[3], "\"%s@%s\"", alias.at, d->world.domain);
        text_fmt(&values[4], "\"%s@%s\"", alias.at, d->world.domain);
        for (size_t i = 0; i < 5; i++) {
                directory_set(d, index, renamed[i], values[i].at, values[i].len);
                props_add(&touched, renamed[i]);
                text_free(&values[i]);
        }
        directory_changed(d, index, &touched, NOBODY);
        text_free(&alias);
}

static void
do_enable(struct bulk *b, uint32_t index)
{
        set_one(b, index, PROP_ENABLED, "true");
}

static void
do_disable(struct bulk *b, uint32_t index)
{
        set_one(b, index, PROP_ENABLED, "false");
}

static void
do_remove(struct bulk *b, uint32_t index)
{
        directory_remove(&b->e->people, index);
}

static void
do_purge(struct bulk *b, uint32_t index)
{
        directory_purge(&b->e->people, index);
}

static void
do_restore(struct bulk *b, uint32_t index)
{
        directory_restore(&b->e->people, index);
}

static const struct bulk_op {
        const char *name;
        bool (*picks)(struct bulk *b, uint32_t index);
        void (*act)(struct bulk *b, uint32_t index);
} ops[] = {
        { "change", is_live, do_change }, { "move", is_live, do_move }, { "rename", is_live, do_rename },
        { "enable", is_disabled, do_enable }, { "disable", is_enabled, do_disable },
        { "remove", is_live, do_remove }, { "purge", is_deleted, do_purge }, { "restore", is_deleted, do_restore },
};

static uint32_t
common_divisor(uint32_t a, uint32_t b)
{
        return b == 0 ? a : common_divisor(b, a % b);
}

/* Visits everybody once, from a random start in random strides. */
static int64_t
act(struct bulk *b, const struct bulk_op *op, int64_t count, struct text *answer)
{
        struct directory *d = &b->e->people;
        uint32_t n = d->count, start, stride;
        int64_t done = 0;

        if (n == 0)
                return 0;
        start = (uint32_t)(mix(b->dice) % n);
        stride = (uint32_t)(mix(b->dice + 1) % n) | 1;
        while (common_divisor(stride, n) != 1)
                stride += 2;
        for (uint32_t k = 0; k < n && done < count; k++) {
                uint32_t index = (uint32_t)((start + (uint64_t)k * stride) % n);

                if (!op->picks(b, index))
                        continue;
                op->act(b, index);
                if (done++ < 10000) {
                        text_put(answer, done > 1 ? ",\"" : "\"");
                        guid_text(answer, d->world.realm, index);
                        text_char(answer, '"');
                }
        }
        return done;
}

static const struct bulk_op *
find_op(const char *name)
{
        for (size_t i = 0; name != NULL && i < sizeof ops / sizeof ops[0]; i++)
                if (strcmp(ops[i].name, name) == 0)
                        return &ops[i];
        return NULL;
}

bool
change_bulk(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *name = json_object_object_get(ask, "op"), *seed = json_object_object_get(ask, "seed");
        const struct bulk_op *op = find_op(name != NULL ? json_object_get_string(name) : NULL);
        struct json_object *property = json_object_object_get(ask, "property");
        const char *which = property != NULL ? json_object_get_string(property) : "jobTitle";
        struct bulk b = { .e = e, .value = json_object_object_get(ask, "value") };
        int64_t count = json_object_get_int64(json_object_object_get(ask, "count"));
        int p = property_find(which, strlen(which));

        if (name != NULL && strcmp(json_object_get_string(name), "hire") == 0)
                return change_hire(e, ask, answer, why);
        if (op == NULL || p < 0 || p == PROP_ID || p == PROP_MANAGER) {
                text_fmt(why, op == NULL ? "there is no bulk operation '%s'" : "property '%s' cannot be changed in bulk",
                         op == NULL ? (name != NULL ? json_object_get_string(name) : "") : which);
                return false;
        }
        b.property = (unsigned)p;
        b.dice = mix(e->people.world.seed ^ (seed != NULL ? (uint64_t)json_object_get_int64(seed) : e->people.log.count));
        text_lit(answer, "{\"ids\":[");
        count = act(&b, op, count, answer);
        text_fmt(answer, "],\"done\":%lld}", (long long)count);
        return true;
}
