/* gchange.c - what the control door can do to groups; see gchange.h. */
#include "gchange.h"

static bool
find(struct emulator *e, struct json_object *ask, uint32_t *ret, struct text *why)
{
        struct json_object *name = json_object_object_get(ask, "group");
        const char *text = name != NULL ? json_object_get_string(name) : "";

        *ret = groups_find(&e->groups, text);
        if (*ret == NOBODY)
                text_fmt(why, "there is no group '%s'", text);
        return *ret != NOBODY;
}

static bool
apply(struct emulator *e, uint32_t index, struct json_object *set, struct props *touched, struct text *why)
{
        if (set != NULL && !json_object_is_type(set, json_type_object)) {
                text_put(why, "\"set\" must be an object of properties");
                return false;
        }
        if (set == NULL)
                return true;
        json_object_object_foreach(set, name, value) {
                int p = group_property(name, strlen(name));

                if (p < 0 || p == GROUP_ID || group_is_relation((unsigned)p)) {
                        text_fmt(why, "a group has no property '%s' that can be set", name);
                        return false;
                }
                groups_set(&e->groups, index, (unsigned)p, value != NULL ? json_object_to_json_string_ext(value,
                           JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) : "null");
                props_add(touched, (unsigned)p);
        }
        return true;
}

static void
answer_id(struct emulator *e, uint32_t index, struct text *answer)
{
        text_lit(answer, "{\"id\":\"");
        guid_text(answer, e->groups.realm, index);
        text_lit(answer, "\"}");
}

/* A person, or else a group. */
static uint32_t
member_of(struct emulator *e, const char *name)
{
        uint32_t index = guid_index(name, strlen(name), e->groups.realm);

        if (index != NOBODY && index < e->groups.count)
                return index | IS_GROUP;
        return directory_find(&e->people, name);
}

static bool
join_named(struct emulator *e, uint32_t group, struct json_object *ids, bool join, bool logged, struct text *why)
{
        for (size_t i = 0; i < json_object_array_length(ids); i++) {
                const char *name = json_object_get_string(json_object_array_get_idx(ids, i));
                uint32_t member = name != NULL ? member_of(e, name) : NOBODY;

                if (member == NOBODY) {
                        text_fmt(why, "there is nobody called '%s'", name != NULL ? name : "");
                        return false;
                }
                if (join)
                        groups_join(&e->groups, group, member, logged);
                else
                        groups_leave(&e->groups, group, member);
        }
        return true;
}

/* The next so many people who are, or are not, in it, from a start that the
 * state of the log decides. */
static int64_t
join_some(struct emulator *e, uint32_t group, int64_t count, bool join)
{
        uint32_t n = e->people.count, start = n > 0 ? (uint32_t)(mix(e->groups.log.count) % n) : 0;
        int64_t done = 0;

        for (uint32_t k = 0; k < n && done < count; k++) {
                uint32_t who = (start + k) % n;

                if (e->people.members[who].life == LIFE_LIVE &&
                    (join ? groups_join(&e->groups, group, who, true) : groups_leave(&e->groups, group, who)))
                        done++;
        }
        return done;
}

static bool
change_members(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why, bool join)
{
        struct json_object *ids = json_object_object_get(ask, "ids");
        uint32_t group, others = (uint32_t)json_object_get_int(json_object_object_get(ask, "others"));
        int64_t done = 0;

        if (!find(e, ask, &group, why))
                return false;
        if (ids != NULL && !json_object_is_type(ids, json_type_array)) {
                text_put(why, "\"ids\" must be an array");
                return false;
        }
        if (ids != NULL && !join_named(e, group, ids, join, true, why))
                return false;
        if (others > 0)
                for (uint32_t i = 0; i < others; i++)
                        done += join ? groups_join(&e->groups, group, i | IS_OTHER, true)
                                     : groups_leave(&e->groups, group, i | IS_OTHER);
        else if (ids == NULL)
                done = join_some(e, group, json_object_get_int64(json_object_object_get(ask, "count")), join);
        text_fmt(answer, "{\"members\":%u,\"done\":%lld}", e->groups.list[group].live, (long long)done);
        return true;
}

bool
gchange_join(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return change_members(e, ask, answer, why, true);
}

bool
gchange_leave(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return change_members(e, ask, answer, why, false);
}

bool
gchange_make(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *set = json_object_object_get(ask, "set"), *ids = json_object_object_get(ask, "ids");
        uint32_t index = groups_make(&e->groups);
        struct props touched = { { 0 } };
        struct text when = { 0 };

        text_char(&when, '"');
        text_time(&when, e->people.now);
        text_char(&when, '"');
        groups_set(&e->groups, index, GROUP_CREATED, text_str(&when));
        groups_set(&e->groups, index, GROUP_SECURITY_ENABLED, "true");
        groups_set(&e->groups, index, GROUP_MAIL_ENABLED, "false");
        groups_set(&e->groups, index, GROUP_TYPES, "[]");
        text_free(&when);
        if (!apply(e, index, set, &touched, why) ||
            (json_object_is_type(ids, json_type_array) && !join_named(e, index, ids, true, false, why))) {
                groups_end(&e->groups, index, LIFE_PURGED, e->people.now);
                return false;
        }
        groups_arrive(&e->groups, index);
        /* Members come after the arrival, as entries, so that a later round tells them. */
        for (uint32_t i = 0; i < e->groups.list[index].count; i++) {
                uint32_t member = e->groups.list[index].members[i];

                if (member != NOBODY)
                        groups_told(&e->groups, index, member);
        }
        answer_id(e, index, answer);
        return true;
}

bool
gchange_set(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct props touched = { { 0 } };
        uint32_t index;

        if (!find(e, ask, &index, why) || !apply(e, index, json_object_object_get(ask, "set"), &touched, why))
                return false;
        groups_changed(&e->groups, index, &touched);
        answer_id(e, index, answer);
        return true;
}

static bool
end(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why, enum life life)
{
        uint32_t index;

        if (!find(e, ask, &index, why))
                return false;
        if (life == LIFE_LIVE ? !groups_restore(&e->groups, index)
                              : !groups_end(&e->groups, index, life, e->people.now)) {
                text_put(why, "the group's state does not allow that");
                return false;
        }
        answer_id(e, index, answer);
        return true;
}

bool
gchange_remove(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return end(e, ask, answer, why, LIFE_DELETED);
}

bool
gchange_purge(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return end(e, ask, answer, why, LIFE_PURGED);
}

bool
gchange_restore(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        return end(e, ask, answer, why, LIFE_LIVE);
}

void
gchange_tell(struct emulator *e, uint32_t index, bool members, struct text *t)
{
        static const char *const states[] = { "live", "deleted", "purged" };
        const struct group *one = &e->groups.list[index];
        struct props all = { { UINT64_MAX, 0 } };
        bool first = true;

        group_write(&e->groups, index, &all, true, t);
        text_fmt(t, ",\"@state\":\"%s\",\"@members\":%u", states[one->life], one->live);
        if (members) {
                text_lit(t, ",\"members\":[");
                for (uint32_t i = 0; i < one->count; i++) {
                        uint32_t m = one->members[i];

                        if (!groups_seen(&e->groups, &e->people, m) || ((m & IS_GROUP) == 0 && (m & IS_OTHER) != 0))
                                continue;
                        text_put(t, first ? "\"" : ",\"");
                        guid_text(t, (m & IS_GROUP) != 0 ? e->groups.realm : e->people.world.realm, m & ~IS_GROUP);
                        text_char(t, '"');
                        first = false;
                }
                text_char(t, ']');
        }
        text_char(t, '}');
}

void
gchange_tell_all(struct emulator *e, struct text *t)
{
        text_fmt(t, "{\"count\":%u,\"value\":[", e->groups.count);
        for (uint32_t i = 0; i < e->groups.count; i++) {
                if (i > 0)
                        text_lit(t, ",\n");
                gchange_tell(e, i, false, t);
        }
        text_lit(t, "]}");
}
