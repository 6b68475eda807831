/* object.c - the JSON object of a user or a group to a record.
 *
 * Members come in about the same order from one user to the next, so the column
 * after the one before is tried first.  What has the wrong type makes that record
 * bad, with the reason, and no other.  Members with an @ in their name are
 * annotations, but for manager@delta. */
#include <string.h>
#include <strings.h>

#include "entra.h"

static void fill_any(struct entra *entra, struct mst_json *json, struct mst_record *record,
                     struct mst_value *value, const char *name);

static void
wrong(struct mst_record *record, const char *name, enum mst_json_taken taken, enum mst_json_kind kind,
      const char *promised)
{
        if (taken == MST_JSON_TYPE)
                mst_record_bad(record, "%s is %s where Graph promises %s", name, mst_json_kind_say(kind),
                               promised);
        else
                mst_record_bad(record, "%s %s", name, mst_json_taken_say(taken));
}

static void
fill_text(struct entra *entra, struct mst_json *json, struct mst_record *record,
          struct mst_value *value, const char *name)
{
        enum mst_json_kind kind = mst_json_peek(json);
        const char *text;
        size_t length;
        enum mst_json_taken taken = mst_json_text(json, entra->scratch, &text, &length);

        if (taken == MST_JSON_OK)
                mst_record_text(record, value, text, length);
        else
                wrong(record, name, taken, kind, "text");
}

static void
fill_bool(struct mst_json *json, struct mst_record *record, struct mst_value *value, const char *name)
{
        enum mst_json_kind kind = mst_json_peek(json);
        bool is = false;
        enum mst_json_taken taken = mst_json_bool(json, &is);

        if (taken == MST_JSON_OK)
                mst_record_bool(record, value, is);
        else
                wrong(record, name, taken, kind, "a boolean");
}

static void
fill_date(struct mst_json *json, struct mst_record *record, struct mst_value *value, const char *name)
{
        enum mst_json_kind kind = mst_json_peek(json);
        int64_t date = 0;
        enum mst_json_taken taken = mst_json_date(json, &date);

        if (taken == MST_JSON_OK)
                mst_record_date(record, value, date);
        else if (taken == MST_JSON_RANGE)
                mst_record_bad(record, "%s is not a date", name);
        else
                wrong(record, name, taken, kind, "a date");
}

static void
fill_number(struct mst_json *json, struct mst_record *record, struct mst_value *value,
            const char *name)
{
        int64_t number = 0;
        double real = 0;
        bool whole = false;
        enum mst_json_taken taken = mst_json_number(json, &whole, &number, &real);

        if (taken != MST_JSON_OK)
                wrong(record, name, taken, MST_JSON_NUMBER, "a number");
        else if (whole)
                mst_record_int(record, value, number);
        else
                mst_record_real(record, value, real);
}

/* Elements that are null are no values. */
static void
fill_list(struct entra *entra, struct mst_json *json, struct mst_record *record,
          struct mst_value *value, const char *name, enum mst_type type)
{
        mst_record_list(record, value);
        mst_json_enter_array(json);
        while (mst_json_element(json)) {
                enum mst_json_kind kind = mst_json_peek(json);
                struct mst_value *element;

                if (kind == MST_JSON_NULL)
                        continue;
                if (type == MST_OBJECT && kind != MST_JSON_OBJECT) {
                        wrong(record, name, MST_JSON_TYPE, kind, "a list of objects");
                        continue;
                }
                element = mst_record_append(record, value);
                if (type == MST_TEXT)
                        fill_text(entra, json, record, element, name);
                else
                        fill_any(entra, json, record, element, name);
        }
}

static void
fill_object(struct entra *entra, struct mst_json *json, struct mst_record *record,
            struct mst_value *value, const char *name)
{
        const char *member;
        size_t length;
        char copy[260];

        mst_record_object(record, value);
        mst_json_enter_object(json);
        while (mst_json_member(json, &member, &length)) {
                if (memchr(member, '@', length) != NULL)
                        continue;
                if (length >= sizeof copy || memchr(member, '\0', length) != NULL) {
                        mst_record_bad(record, "%s holds a member with a name of %zu bytes", name, length);
                        continue;
                }
                memcpy(copy, member, length);
                copy[length] = '\0';
                fill_any(entra, json, record, mst_record_member(record, value, copy), name);
        }
}

/* Whatever comes, as the type that it has. */
static void
fill_any(struct entra *entra, struct mst_json *json, struct mst_record *record,
         struct mst_value *value, const char *name)
{
        switch (mst_json_peek(json)) {
        case MST_JSON_NULL: mst_record_null(record, value); break;
        case MST_JSON_BOOL: fill_bool(json, record, value, name); break;
        case MST_JSON_NUMBER: fill_number(json, record, value, name); break;
        case MST_JSON_STRING: fill_text(entra, json, record, value, name); break;
        case MST_JSON_ARRAY: fill_list(entra, json, record, value, name, MST_NULL); break;
        case MST_JSON_OBJECT: fill_object(entra, json, record, value, name); break;
        case MST_JSON_BROKEN: break;
        }
}

static void
fill_typed(struct entra *entra, struct mst_json *json, struct mst_record *record,
           const struct entra_put *put)
{
        struct mst_value *value = mst_record_put(record, put->name);
        enum mst_json_kind kind = mst_json_peek(json);

        if (kind == MST_JSON_NULL) {
                mst_record_null(record, value);
        } else if (put->many && kind != MST_JSON_ARRAY) {
                wrong(record, put->name, MST_JSON_TYPE, kind, "a list");
        } else if (put->many) {
                fill_list(entra, json, record, value, put->name, put->type);
        } else if (put->type == MST_TEXT) {
                fill_text(entra, json, record, value, put->name);
        } else if (put->type == MST_BOOL) {
                fill_bool(json, record, value, put->name);
        } else if (put->type == MST_DATE) {
                fill_date(json, record, value, put->name);
        } else if (put->type == MST_OBJECT && kind != MST_JSON_OBJECT) {
                wrong(record, put->name, MST_JSON_TYPE, kind, "an object");
        } else {
                fill_any(entra, json, record, value, put->name);
        }
}

/* The first element of a list; none when there is none. */
static void
fill_first(struct entra *entra, struct mst_json *json, struct mst_record *record,
           const struct entra_put *put)
{
        struct mst_value *value = mst_record_put(record, put->name);
        enum mst_json_kind kind = mst_json_peek(json);

        mst_record_null(record, value);
        if (kind == MST_JSON_NULL)
                return;
        if (!mst_json_enter_array(json)) {
                wrong(record, put->name, MST_JSON_TYPE, kind, "a list");
                return;
        }
        if (!mst_json_element(json))
                return;
        if (mst_json_peek(json) != MST_JSON_NULL)
                fill_text(entra, json, record, value, put->name);
        mst_json_leave(json);
}

/* A member of an object: a null object, or one without it, clears the attribute. */
static void
fill_member(struct entra *entra, struct mst_json *json, struct mst_record *record,
            const struct entra_put *put)
{
        struct mst_value *value = mst_record_put(record, put->name);
        enum mst_json_kind kind = mst_json_peek(json);
        size_t length, wanted = strlen(put->member);
        const char *name;

        mst_record_null(record, value);
        if (kind == MST_JSON_NULL)
                return;
        if (!mst_json_enter_object(json)) {
                wrong(record, put->name, MST_JSON_TYPE, kind, "an object");
                return;
        }
        while (mst_json_member(json, &name, &length))
                if (length == wanted && memcmp(name, put->member, length) == 0
                    && mst_json_peek(json) != MST_JSON_NULL)
                        fill_text(entra, json, record, value, put->name);
}

static void
fill_put(struct entra *entra, struct mst_json *json, struct mst_record *record,
         const struct entra_put *put)
{
        switch (put->how) {
        case ENTRA_SAME: fill_typed(entra, json, record, put); break;
        case ENTRA_FIRST: fill_first(entra, json, record, put); break;
        case ENTRA_MEMBER: fill_member(entra, json, record, put); break;
        }
}

static void
fill_column(struct entra *entra, struct mst_json *json, struct mst_record *record,
            const struct entra_column *column)
{
        struct mst_json *again;
        const char *raw;
        size_t size;

        if (column->puts == NULL)
                return;
        if (column->puts->next == NULL) {
                fill_put(entra, json, record, column->puts);
                return;
        }
        /* Several attributes come out of one value: each reads it for itself. */
        again = mst_json_new();
        if (again == NULL) {
                mst_record_bad(record, "%s does not fit into memory", column->name);
                return;
        }
        if (mst_json_skip(json, &raw, &size))
                for (const struct entra_put *put = column->puts; put != NULL; put = put->next) {
                        mst_json_start(again, raw, size);
                        fill_put(entra, again, record, put);
                }
        mst_json_free(again);
}

static const struct entra_column *
find_column(struct entra_shape *plan, const char *name, size_t length)
{
        for (size_t i = 0, at = plan->expected; i < plan->count; i++, at++) {
                const struct entra_column *column;

                if (at >= plan->count)
                        at -= plan->count;
                column = &plan->columns[at];
                if (column->length == length && memcmp(column->name, name, length) == 0) {
                        plan->expected = at + 1;
                        return column;
                }
        }
        /* A directory extension that was selected in another case than its own. */
        for (size_t i = 0; i < plan->count; i++)
                if (plan->columns[i].length == length
                    && strncasecmp(plan->columns[i].name, name, length) == 0)
                        return &plan->columns[i];
        return NULL;
}

/* The id of one related object; false when it is the end of a relation. */
static bool
related(struct entra *entra, struct mst_json *json, struct mst_record *record, const char *what,
        const char **id, size_t *id_length)
{
        const char *name;
        size_t length;
        bool removed = false;
        enum mst_json_taken taken = MST_JSON_TYPE;

        *id = NULL;
        while (mst_json_member(json, &name, &length)) {
                if (length == 2 && memcmp(name, "id", 2) == 0)
                        taken = mst_json_text(json, entra->scratch, id, id_length);
                else if (length == 8 && memcmp(name, "@removed", 8) == 0)
                        removed = mst_json_peek(json) != MST_JSON_NULL;
        }
        if (!removed && (taken != MST_JSON_OK || *id_length == 0)) {
                mst_record_bad(record, "%s names an object without a usable id", what);
                return false;
        }
        return !removed;
}

/* manager@delta: who is there without @removed is the manager.  Only ends of the
 * relation, or nothing at all, mean that there is none. */
static void
fill_manager_delta(struct entra *entra, struct mst_json *json, struct mst_record *record)
{
        const char *what = entra->plan->manager_name, *id;
        struct mst_value *value = mst_record_put(record, what);
        enum mst_json_kind kind = mst_json_peek(json);
        size_t length = 0;

        mst_record_null(record, value);
        if (kind == MST_JSON_NULL)
                return;
        if (!mst_json_enter_array(json)) {
                wrong(record, "manager@delta", MST_JSON_TYPE, kind, "a list");
                return;
        }
        while (mst_json_element(json)) {
                kind = mst_json_peek(json);
                if (!mst_json_enter_object(json))
                        wrong(record, "manager@delta", MST_JSON_TYPE, kind, "a list of objects");
                else if (related(entra, json, record, what, &id, &length))
                        mst_record_ref(record, value, id, length);
        }
}

/* manager, of a single user: an object or null. */
static void
fill_manager(struct entra *entra, struct mst_json *json, struct mst_record *record)
{
        const char *what = entra->plan->manager_name, *id;
        struct mst_value *value = mst_record_put(record, what);
        enum mst_json_kind kind = mst_json_peek(json);
        size_t length = 0;

        mst_record_null(record, value);
        if (kind == MST_JSON_NULL)
                return;
        if (!mst_json_enter_object(json))
                wrong(record, what, MST_JSON_TYPE, kind, "an object");
        else if (related(entra, json, record, what, &id, &length))
                mst_record_ref(record, value, id, length);
}

void
entra_group_fill(struct entra *entra, struct mst_json *json, struct mst_record *record)
{
        const struct entra_column *column;
        const char *name;
        size_t length;

        entra->plan->group.expected = 0;
        if (!mst_json_enter_object(json))
                return;
        while (mst_json_member(json, &name, &length)) {
                column = find_column(&entra->plan->group, name, length);
                if (column != NULL)
                        fill_column(entra, json, record, column);
        }
}

void
entra_person_fill(struct entra *entra, struct mst_json *json, struct mst_record *record)
{
        struct entra_plan *plan = entra->plan;
        const struct entra_column *column;
        const char *name;
        size_t length;

        plan->user.expected = 0;
        if (!mst_json_enter_object(json))
                return;
        while (mst_json_member(json, &name, &length)) {
                column = find_column(&plan->user, name, length);
                if (column != NULL)
                        fill_column(entra, json, record, column);
                else if (plan->manager && length == 13 && memcmp(name, "manager@delta", 13) == 0)
                        fill_manager_delta(entra, json, record);
                else if (plan->manager && length == 7 && memcmp(name, "manager", 7) == 0)
                        fill_manager(entra, json, record);
        }
}
