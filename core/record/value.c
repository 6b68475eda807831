/* value.c - reading one typed value.
 *
 * Whoever asks for the wrong type gets the neutral answer; a null value and NULL are
 * the same, and a single value is a list of one, so that callers need no special
 * cases. */
#include "build.h"

#include "record/record.h"

#include <string.h>

static const struct mst_value *
of_type(const struct mst_value *value, enum mst_type type)
{
        return value != NULL && value->type == type ? value : NULL;
}

const char *
mstc_type_name(enum mst_type type)
{
        static const char *const names[] = {
                [MST_NULL] = "null", [MST_BOOL] = "boolean", [MST_INT] = "integer", [MST_REAL] = "real",
                [MST_TEXT] = "text", [MST_BYTES] = "bytes", [MST_DATE] = "date", [MST_REF] = "reference",
                [MST_LIST] = "list", [MST_OBJECT] = "object",
        };

        return (size_t)type < sizeof names / sizeof *names ? names[type] : "?";
}

enum mst_type
mst_value_type(const struct mst_value *value)
{
        return value != NULL ? (enum mst_type)value->type : MST_NULL;
}

bool
mst_value_bool(const struct mst_value *value)
{
        return of_type(value, MST_BOOL) != NULL && value->as.is;
}

int64_t
mst_value_int(const struct mst_value *value)
{
        return of_type(value, MST_INT) != NULL ? value->as.number : 0;
}

double
mst_value_real(const struct mst_value *value)
{
        return of_type(value, MST_REAL) != NULL ? value->as.real : 0;
}

static bool
has_text(const struct mst_value *value)
{
        return value != NULL &&
               (value->type == MST_TEXT || value->type == MST_BYTES || value->type == MST_REF);
}

const char *
mst_value_text(const struct mst_value *value, size_t *length)
{
        bool is = has_text(value);

        if (length != NULL)
                *length = is ? value->length : 0;
        return is ? value->as.text : "";
}

int64_t
mst_value_date(const struct mst_value *value)
{
        return of_type(value, MST_DATE) != NULL ? value->as.number : 0;
}

size_t
mst_value_count(const struct mst_value *value)
{
        switch (mst_value_type(value)) {
        case MST_NULL:   return 0;
        case MST_LIST:
        case MST_OBJECT: return value->length;
        default:         return 1;
        }
}

const struct mst_value *
mst_value_at(const struct mst_value *value, size_t index)
{
        if (index >= mst_value_count(value))
                return NULL;
        if (value->type == MST_LIST)
                return &value->as.items[index];
        return value->type == MST_OBJECT ? &value->as.members[index].value : value;
}

const char *
mst_value_name_at(const struct mst_value *value, size_t index)
{
        if (of_type(value, MST_OBJECT) == NULL || index >= value->length)
                return NULL;
        return value->as.members[index].name;
}

size_t
mstc_fields_find(const struct mstc_field *fields, size_t count, const char *name, bool *there)
{
        size_t low = 0, high = count;
        int order;

        *there = false;
        /* Most names come in order. */
        if (count > 0 && strcmp(fields[count - 1].name, name) < 0)
                return count;
        while (low < high) {
                size_t middle = (low + high) / 2;

                order = strcmp(fields[middle].name, name);
                if (order == 0) {
                        *there = true;
                        return middle;
                }
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const struct mst_value *
mst_value_member(const struct mst_value *value, const char *name)
{
        bool there;
        size_t at;

        if (of_type(value, MST_OBJECT) == NULL || name == NULL)
                return NULL;
        at = mstc_fields_find(value->as.members, value->length, name, &there);
        return there ? &value->as.members[at].value : NULL;
}

static bool
members_equal(const struct mst_value *a, const struct mst_value *b)
{
        for (uint32_t i = 0; i < a->length; i++)
                if (strcmp(a->as.members[i].name, b->as.members[i].name) != 0 ||
                    !mst_value_equal(&a->as.members[i].value, &b->as.members[i].value))
                        return false;
        return true;
}

bool
mst_value_equal(const struct mst_value *a, const struct mst_value *b)
{
        enum mst_type type = mst_value_type(a);

        if (type != mst_value_type(b))
                return false;
        switch (type) {
        case MST_NULL: return true;
        case MST_BOOL: return a->as.is == b->as.is;
        case MST_INT:
        case MST_DATE: return a->as.number == b->as.number;
        /* Never NaN, and -0 is never kept: the bytes decide. */
        case MST_REAL: return memcmp(&a->as.real, &b->as.real, sizeof a->as.real) == 0;
        default:       break;
        }
        if (a->length != b->length)
                return false;
        if (type == MST_OBJECT)
                return members_equal(a, b);
        if (type != MST_LIST)
                return a->length == 0 || memcmp(a->as.text, b->as.text, a->length) == 0;
        for (uint32_t i = 0; i < a->length; i++)
                if (!mst_value_equal(&a->as.items[i], &b->as.items[i]))
                        return false;
        return true;
}

struct mst_value
mstc_value_null(void)
{
        return (struct mst_value){ .type = MST_NULL };
}

struct mst_value
mstc_value_bool(bool is)
{
        return (struct mst_value){ .type = MST_BOOL, .as.is = is };
}

struct mst_value
mstc_value_int(int64_t number)
{
        return (struct mst_value){ .type = MST_INT, .as.number = number };
}

struct mst_value
mstc_value_text(const char *text, size_t length)
{
        return (struct mst_value){ .type = MST_TEXT, .length = (uint32_t)length, .as.text = text };
}

struct mst_value
mstc_value_date(int64_t date)
{
        return (struct mst_value){ .type = MST_DATE, .as.number = date };
}

bool
mstc_value_empty(const struct mst_value *value)
{
        switch (mst_value_type(value)) {
        case MST_NULL:  return true;
        case MST_TEXT:
        case MST_REF:
        case MST_BYTES:
        case MST_LIST:  return value->length == 0;
        default:        return false;
        }
}
