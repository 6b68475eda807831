/* found.c - what is found in an object by its name, and a single value as text. */
#include "build.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "record/record.h"
#include "util/date.h"

const struct mst_value *
mst_value_find(const struct mst_value *object, const char *name)
{
        if (mst_value_type(object) != MST_OBJECT)
                return NULL;
        for (uint32_t i = 0; i < object->length; i++)
                if (strcasecmp(object->as.members[i].name, name) == 0)
                        return &object->as.members[i].value;
        return NULL;
}

const char *
mst_value_find_text(const struct mst_value *object, const char *name)
{
        const struct mst_value *value = mst_value_find(object, name);

        return mst_value_type(value) == MST_TEXT ? mst_value_text(value, NULL) : "";
}

int64_t
mst_value_find_int(const struct mst_value *object, const char *name, int64_t otherwise)
{
        const struct mst_value *value = mst_value_find(object, name);
        const char *text = mst_value_find_text(object, name);
        char *end;
        long long number;

        if (mst_value_type(value) == MST_INT)
                return mst_value_int(value);
        errno = 0;
        number = strtoll(text, &end, 10);
        return text[0] == '\0' || *end != '\0' || errno != 0 ? otherwise : (int64_t)number;
}

bool
mst_value_find_bool(const struct mst_value *object, const char *name)
{
        return mst_value_bool(mst_value_find(object, name)) || strcasecmp(mst_value_find_text(object, name), "true") == 0;
}

bool
mst_value_has(const struct mst_value *list, const struct mst_value *value)
{
        for (size_t i = 0; i < mst_value_count(list); i++)
                if (mst_value_equal(mst_value_at(list, i), value))
                        return true;
        return false;
}

bool
mst_text_among(const char *words, const char *text)
{
        size_t n = strlen(text);

        while (words != NULL && *words != '\0') {
                size_t length = strcspn(words, " ");

                if (length > 0 && length == n && strncasecmp(words, text, n) == 0)
                        return true;
                words += length + strspn(words + length, " ");
        }
        return false;
}

const char *
mst_value_print(struct mst_arena *arena, const struct mst_value *value)
{
        const struct mst_value *one = mst_value_type(value) == MST_LIST ? mst_value_at(value, 0) : value;
        char date[40];

        switch (mst_value_type(one)) {
        case MST_TEXT:
        case MST_REF:
                return mst_arena_strdup(arena, mst_value_text(one, NULL));
        case MST_BOOL:
                return mst_value_bool(one) ? "true" : "false";
        case MST_INT:
                return mst_arena_printf(arena, "%" PRId64, mst_value_int(one));
        case MST_REAL:
                return mst_arena_printf(arena, "%.15g", mst_value_real(one));
        case MST_DATE:
                /* Whole seconds, which is what services take. */
                mstc_date_format_iso(mst_value_date(one) / MST_DATE_SECOND * MST_DATE_SECOND, date, sizeof date);
                return mst_arena_strdup(arena, date);
        default:
                return "";
        }
}

static void
put_single(struct mst_record *record, struct mst_value *slot, const struct mst_value *value)
{
        size_t length;
        const char *text = mst_value_text(value, &length);

        switch (mst_value_type(value)) {
        case MST_NULL: mst_record_null(record, slot); break;
        case MST_BOOL: mst_record_bool(record, slot, mst_value_bool(value)); break;
        case MST_INT: mst_record_int(record, slot, mst_value_int(value)); break;
        case MST_REAL: mst_record_real(record, slot, mst_value_real(value)); break;
        case MST_DATE: mst_record_date(record, slot, mst_value_date(value)); break;
        case MST_TEXT: mst_record_text(record, slot, text, length); break;
        case MST_REF: mst_record_ref(record, slot, text, length); break;
        case MST_BYTES: mst_record_bytes(record, slot, text, length); break;
        default: mst_record_bad(record, "a value holds lists or objects"); break;
        }
}

void
mst_record_copy(struct mst_record *record, const char *name, const struct mst_value *value)
{
        struct mst_value *slot = mst_record_put(record, name);

        if (mst_value_type(value) != MST_LIST) {
                put_single(record, slot, value);
                return;
        }
        mst_record_list(record, slot);
        for (size_t i = 0; i < mst_value_count(value); i++)
                put_single(record, mst_record_append(record, slot), mst_value_at(value, i));
}
