/* change.c - what the control door can do to single people; see change.h. */
#include "change.h"

static bool
find(struct emulator *e, struct json_object *name, uint32_t *ret, struct text *why)
{
        const char *text = name != NULL ? json_object_get_string(name) : NULL;

        *ret = text != NULL ? directory_find(&e->people, text) : NOBODY;
        if (*ret == NOBODY)
                text_fmt(why, "there is nobody called '%s'", text != NULL ? text : "");
        return *ret != NOBODY;
}

static bool
apply_boss(struct emulator *e, uint32_t index, struct json_object *value, struct text *why)
{
        uint32_t boss = NOBODY;

        if (value != NULL && !find(e, value, &boss, why))
                return false;
        if (boss == index) {
                text_put(why, "nobody is his own manager");
                return false;
        }
        directory_set_boss(&e->people, index, boss);
        return true;
}

static bool
apply_value(struct emulator *e, uint32_t index, unsigned p, struct json_object *value, struct text *why)
{
        const char *json = value != NULL
                ? json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) : "null";
        uint32_t other;

        if (p == PROP_UPN && json_object_is_type(value, json_type_string)) {
                other = directory_find_upn(&e->people, json_object_get_string(value));
                if (other != NOBODY && other != index) {
                        text_fmt(why, "the name '%s' is taken", json_object_get_string(value));
                        return false;
                }
        }
        directory_set(&e->people, index, p, json, strlen(json));
        return true;
}

static bool
apply_member(struct emulator *e, uint32_t index, const char *name, struct json_object *value,
             struct props *touched, struct text *why)
{
        int p = property_find(name, strlen(name));

        if (p < 0 || p == PROP_ID || p == PROP_DELETED_AT) {
                text_fmt(why, "there is no property '%s' that can be set", name);
                return false;
        }
        props_add_kin(touched, (unsigned)p);
        return p == PROP_MANAGER ? apply_boss(e, index, value, why) : apply_value(e, index, (unsigned)p, value, why);
}

bool
change_apply(struct emulator *e, uint32_t index, struct json_object *set, bool hired, struct text *why)
{
        struct props touched = { { 0 } };
        uint32_t old_boss = directory_boss(&e->people, index);

        if (set != NULL && !json_object_is_type(set, json_type_object)) {
                text_put(why, "\"set\" must be an object of properties");
                return false;
        }
        if (e->people.members[index].life == LIFE_PURGED) {
                text_put(why, "a purged person cannot be changed");
                return false;
        }
        if (set != NULL) {
                json_object_object_foreach(set, name, value) {
                        if (!apply_member(e, index, name, value, &touched, why))
                                return false;
                }
        }
        if (!hired)
                directory_changed(&e->people, index, &touched, old_boss);
        return true;
}

static void
begin_ids(struct text *t)
{
        text_lit(t, "{\"ids\":[");
}

static void
add_id(struct emulator *e, struct text *t, uint32_t index)
{
        text_put(t, t->at[t->len - 1] == '[' ? "\"" : ",\"");
        guid_text(t, e->people.world.realm, index);
        text_char(t, '"');
}

static bool
hire_generated(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *count = json_object_object_get(ask, "count");
        int64_t n = count != NULL ? json_object_get_int64(count) : 1;

        if (n < 0 || n > 10000000) {
                text_put(why, "\"count\" must be between 0 and 10,000,000");
                return false;
        }
        for (int64_t i = 0; i < n; i++) {
                uint32_t index = directory_hire(&e->people, true);

                if (!change_apply(e, index, json_object_object_get(ask, "set"), true, why))
                        return false;
                directory_arrive(&e->people, index);
                if (i < 10000)
                        add_id(e, answer, index);
        }
        return true;
}

/* A person with nothing generated must at least have a name to sign in with. */
static bool
hire_given(struct emulator *e, struct json_object *person, struct text *answer, struct text *why)
{
        struct json_object *upn = json_object_is_type(person, json_type_object)
                                  ? json_object_object_get(person, "userPrincipalName") : NULL;
        struct text when = { 0 };
        uint32_t index;

        if (upn == NULL) {
                text_put(why, "a person needs a userPrincipalName");
                return false;
        }
        if (directory_find_upn(&e->people, json_object_get_string(upn)) != NOBODY) {
                text_fmt(why, "the name '%s' is taken", json_object_get_string(upn));
                return false;
        }
        index = directory_hire(&e->people, false);
        directory_set(&e->people, index, PROP_ENABLED, "true", 4);
        directory_set(&e->people, index, PROP_USER_TYPE, "\"Member\"", 8);
        text_char(&when, '"');
        text_time(&when, e->people.now);
        text_char(&when, '"');
        directory_set(&e->people, index, PROP_CREATED_AT, when.at, when.len);
        text_free(&when);
        if (!change_apply(e, index, person, true, why)) {
                directory_purge(&e->people, index);
                return false;
        }
        directory_arrive(&e->people, index);
        add_id(e, answer, index);
        return true;
}

bool
change_hire(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *people = json_object_object_get(ask, "people");
        bool good = true;

        begin_ids(answer);
        if (people == NULL) {
                good = hire_generated(e, ask, answer, why);
        } else if (!json_object_is_type(people, json_type_array)) {
                text_put(why, "\"people\" must be an array");
                good = false;
        } else {
                for (size_t i = 0; good && i < json_object_array_length(people); i++)
                        good = hire_given(e, json_object_array_get_idx(people, i), answer, why);
        }
        text_lit(answer, "]}");
        return good;
}

bool
change_set(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *set = json_object_object_get(ask, "set");
        uint32_t index;

        if (set == NULL) {
                text_put(why, "\"set\" is missing");
                return false;
        }
        if (!find(e, json_object_object_get(ask, "id"), &index, why) || !change_apply(e, index, set, false, why))
                return false;
        begin_ids(answer);
        add_id(e, answer, index);
        text_lit(answer, "]}");
        return true;
}

static bool
each(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why,
     bool (*one)(struct directory *d, uint32_t index), const char *reason)
{
        struct json_object *ids = json_object_object_get(ask, "ids");
        size_t n = ids != NULL && json_object_is_type(ids, json_type_array) ? json_object_array_length(ids) : 0;

        begin_ids(answer);
        for (size_t i = 0; i < (ids != NULL ? n : 1); i++) {
                struct json_object *name = ids != NULL ? json_object_array_get_idx(ids, i)
                                                       : json_object_object_get(ask, "id");
                uint32_t index;

                if (!find(e, name, &index, why))
                        return false;
                if (!one(&e->people, index)) {
                        text_fmt(why, "'%s' %s", json_object_get_string(name), reason);
                        return false;
                }
                add_id(e, answer, index);
        }
        text_lit(answer, "]}");
        return true;
}

bool
change_remove(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return each(e, ask, answer, why, directory_remove, "is not there any more");
}

bool
change_purge(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return each(e, ask, answer, why, directory_purge, "was purged before");
}

bool
change_restore(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return each(e, ask, answer, why, directory_restore, "is not among the deleted, or has a name that is taken");
}

static bool
set_enabled(struct directory *d, uint32_t index, bool enabled)
{
        struct props touched = { { 0 } };

        if (d->members[index].life == LIFE_PURGED)
                return false;
        props_add(&touched, PROP_ENABLED);
        directory_set(d, index, PROP_ENABLED, enabled ? "true" : "false", enabled ? 4 : 5);
        directory_changed(d, index, &touched, NOBODY);
        return true;
}

static bool
enable(struct directory *d, uint32_t index)
{
        return set_enabled(d, index, true);
}

static bool
disable(struct directory *d, uint32_t index)
{
        return set_enabled(d, index, false);
}

bool
change_enable(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return each(e, ask, answer, why, enable, "was purged");
}

bool
change_disable(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return each(e, ask, answer, why, disable, "was purged");
}
