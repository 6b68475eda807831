/* mangle.c - spoils a reply that is already written; see mangle.h. */
#include "mangle.h"

struct member {
        size_t from, value, to;         /* the quote of its name, its value, behind it */
};

static size_t
skip_string(const struct text *t, size_t at)
{
        for (at++; at < t->len && t->at[at] != '"'; at++)
                if (t->at[at] == '\\')
                        at++;
        return at < t->len ? at + 1 : t->len;
}

/* Behind the value that begins at 'at'. */
static size_t
skip_value(const struct text *t, size_t at)
{
        int depth = 0;

        while (at < t->len) {
                char c = t->at[at];

                if (c == '"') {
                        at = skip_string(t, at);
                        if (depth == 0)
                                return at;
                        continue;
                }
                if (c == '{' || c == '[')
                        depth++;
                if (depth == 0 && (c == ',' || c == '}' || c == ']'))
                        return at;
                at++;
                if ((c == '}' || c == ']') && --depth == 0)
                        return at;
        }
        return at;
}

static bool
find_member(const struct text *t, size_t object, const char *name, struct member *ret)
{
        size_t at = object + 1;

        while (at < t->len && t->at[at] == '"') {
                struct member m = { .from = at };
                size_t end = skip_string(t, at);
                bool same = name != NULL && end - at - 2 == strlen(name) &&
                            memcmp(t->at + at + 1, name, strlen(name)) == 0;

                m.value = end + 1;
                m.to = skip_value(t, m.value);
                if (name == NULL)
                        same = m.value < t->len && t->at[m.value] == '"' && end - at - 2 != 2;
                if (same) {
                        *ret = m;
                        return true;
                }
                at = m.to;
                while (at < t->len && (t->at[at] == ',' || t->at[at] == '\n' || t->at[at] == ' '))
                        at++;
        }
        return false;
}

/* The first of the lists that the object has. */
static bool
find_list(const struct text *t, size_t object, const char *const *lists, struct member *ret)
{
        for (; *lists != NULL; lists++)
                if (find_member(t, object, *lists, ret) && t->at[ret->value] == '[')
                        return true;
        return false;
}

bool
mangle_record(const struct text *reply, const char *const *lists, uint32_t record, size_t *from, size_t *to)
{
        struct member value, inside;
        size_t at;

        if (reply->len == 0 || reply->at[0] != '{')
                return false;
        if (!find_list(reply, 0, lists, &value)) {
                *from = 0;                      /* a single object */
                *to = reply->len;
                return record == 0 && !find_member(reply, 0, "error", &value);
        }
        while (reply->at[value.value + 1] == '{' && find_list(reply, value.value + 1, lists, &inside))
                value = inside;
        at = value.value + 1;
        while (at < value.to && reply->at[at] == '{') {
                size_t end = skip_value(reply, at);

                if (record-- == 0) {
                        *from = at;
                        *to = end;
                        return true;
                }
                at = end;
                while (at < value.to && (reply->at[at] == ',' || reply->at[at] == '\n'))
                        at++;
        }
        return false;
}

static void
splice(struct text *t, size_t from, size_t to, const char *with, size_t len)
{
        text_need(t, len);
        memmove(t->at + from + len, t->at + to, t->len - to);
        memcpy(t->at + from, with, len);
        t->len = t->len - (to - from) + len;
}

bool
mangle_value(struct text *reply, const char *const *lists, uint32_t record, const char *property, const char *json, size_t len)
{
        size_t from, to;
        struct member m;

        if (!mangle_record(reply, lists, record, &from, &to) || !find_member(reply, from, property, &m))
                return false;
        splice(reply, m.value, m.to, json, len);
        return true;
}

static void
drop_member(struct text *t, const struct member *m)
{
        size_t from = m->from, to = m->to;

        if (to < t->len && t->at[to] == ',')
                to++;
        else if (from > 0 && t->at[from - 1] == ',')
                from--;
        splice(t, from, to, "", 0);
}

bool
mangle_drop(struct text *reply, const char *const *lists, uint32_t record, const char *property)
{
        size_t from, to;
        struct member m;

        if (!mangle_record(reply, lists, record, &from, &to) || !find_member(reply, from, property, &m))
                return false;
        drop_member(reply, &m);
        return true;
}

bool
mangle_add(struct text *reply, const char *const *lists, uint32_t record, const char *member, size_t len)
{
        size_t from, to;

        if (!mangle_record(reply, lists, record, &from, &to))
                return false;
        splice(reply, to - 1, to - 1, member, len);
        return true;
}

bool
mangle_member(struct text *reply, const char *const *names, const char *value)
{
        struct member m;
        struct text json = { 0 };
        bool found = false;

        for (; reply->len > 0 && reply->at[0] == '{' && !found && *names != NULL; names++)
                found = find_member(reply, 0, *names, &m);
        if (!found)
                return false;
        if (value == NULL) {
                drop_member(reply, &m);
                return true;
        }
        text_json(&json, value);
        splice(reply, m.value, m.to, json.at, json.len);
        text_free(&json);
        return true;
}
