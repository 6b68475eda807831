/* record.c - a record as a whole: made, read, given and relieved of attributes.
 *
 * How a connector fills one with values, and where the limits are kept, is in fill.c. */
#include "build.h"

#include "record/record.h"

#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

bool
mstc_text_bad(const char *text, size_t length, size_t most, char why[80])
{
        size_t good;

        if (text == NULL || length == 0) {
                snprintf(why, 80, "is empty");
                return true;
        }
        if (length > most) {
                snprintf(why, 80, "is longer than %zu bytes (it has %zu)", most, length);
                return true;
        }
        if (memchr(text, '\0', length) != NULL) {
                snprintf(why, 80, "contains a NUL byte");
                return true;
        }
        good = mstc_utf8_valid(text, length);
        if (good == length)
                return false;
        snprintf(why, 80, "is not UTF-8 (from byte %zu on)", good + 1);
        return true;
}

struct mst_record *
mstc_record_new(struct mst_arena *arena, enum mst_kind kind, const char *id, size_t length)
{
        struct mst_record *record = mst_arena_alloc(arena, sizeof *record);
        char why[80];
        bool bad;

        if (record == NULL)
                return NULL;
        bad = mstc_text_bad(id, length, MSTC_ID_MOST, why);
        record->arena = arena;
        record->kind = kind;
        record->id = bad ? "" : mst_arena_strndup(arena, id, length);
        if (record->id == NULL)
                return NULL;
        record->size = length;
        if (bad)
                mst_record_bad(record, "the id %s", why);
        return record;
}

struct mst_record *
mstc_record_values(struct mst_arena *arena, enum mst_kind kind)
{
        struct mst_record *record = mst_arena_alloc(arena, sizeof *record);

        if (record == NULL)
                return NULL;
        record->arena = arena;
        record->kind = kind;
        record->id = "";
        return record;
}

enum mst_kind
mst_record_kind(const struct mst_record *record)
{
        return record != NULL ? record->kind : MST_USER;
}

const char *
mst_record_id(const struct mst_record *record)
{
        return record != NULL ? record->id : "";
}

size_t
mst_record_count(const struct mst_record *record)
{
        return record != NULL ? record->count : 0;
}

const char *
mst_record_name_at(const struct mst_record *record, size_t index)
{
        return index < mst_record_count(record) ? record->fields[index].name : NULL;
}

const struct mst_value *
mst_record_at(const struct mst_record *record, size_t index)
{
        return index < mst_record_count(record) ? &record->fields[index].value : NULL;
}

const struct mst_value *
mst_record_get(const struct mst_record *record, const char *name)
{
        bool there;
        size_t at;

        if (record == NULL || name == NULL)
                return NULL;
        at = mstc_fields_find(record->fields, record->count, name, &there);
        return there ? &record->fields[at].value : NULL;
}

void
mst_record_bad(struct mst_record *record, const char *format, ...)
{
        char text[1016];
        va_list args;

        if (record == NULL || record->bad != NULL)
                return;
        va_start(args, format);
        mstc_text_format(text, sizeof text, format, args);
        va_end(args);
        record->bad = mst_arena_strdup(record->arena, text);
        if (record->bad == NULL)
                record->bad = "out of memory";
}

const char *
mst_record_why_bad(const struct mst_record *record)
{
        return record != NULL ? record->bad : NULL;
}

/* --- what the core does with whole attributes --------------------------------------- */

static bool
copy_members(struct mst_arena *arena, struct mst_value *into, const struct mst_value *from)
{
        struct mstc_field *members = mst_arena_alloc(arena, from->length * sizeof *members);

        if (members == NULL)
                return false;
        for (uint32_t i = 0; i < from->length; i++) {
                members[i].name = mst_arena_strdup(arena, from->as.members[i].name);
                if (members[i].name == NULL ||
                    !mstc_value_copy(arena, &members[i].value, &from->as.members[i].value))
                        return false;
        }
        into->as.members = members;
        return true;
}

static bool
copy_items(struct mst_arena *arena, struct mst_value *into, const struct mst_value *from)
{
        struct mst_value *items = mst_arena_alloc(arena, from->length * sizeof *items);

        if (items == NULL)
                return false;
        for (uint32_t i = 0; i < from->length; i++)
                if (!mstc_value_copy(arena, &items[i], &from->as.items[i]))
                        return false;
        into->as.items = items;
        return true;
}

bool
mstc_value_copy(struct mst_arena *arena, struct mst_value *into, const struct mst_value *from)
{
        struct mst_value copy = from != NULL ? *from : mstc_value_null();
        bool done = true;

        copy.room = 0;
        switch (copy.type) {
        case MST_TEXT:
        case MST_BYTES:
        case MST_REF:
                copy.as.text = mst_arena_strndup(arena, from->as.text, from->length);
                done = copy.as.text != NULL;
                break;
        case MST_LIST:
                done = copy_items(arena, &copy, from);
                break;
        case MST_OBJECT:
                done = copy_members(arena, &copy, from);
                break;
        default:
                break;
        }
        if (done)
                *into = copy;
        return done;
}

/* As an attribute's value, wherever it was before; NULL is null. */
static void
place(struct mst_value *slot, const struct mst_value *value)
{
        *slot = value != NULL ? *value : mstc_value_null();
        slot->room = 0;
        slot->depth = 0;
        slot->element = false;
}

bool
mstc_record_set(struct mst_record *record, const char *name, const struct mst_value *value)
{
        struct mst_value copy;
        struct mst_value *slot;

        if (record->bad != NULL)
                return false;
        if (!mstc_value_copy(record->arena, &copy, value)) {
                mst_record_bad(record, "out of memory");
                return false;
        }
        slot = mst_record_put(record, name);
        if (slot != NULL)
                place(slot, &copy);
        return slot != NULL;
}

bool
mstc_record_share(struct mst_record *record, const char *name, const struct mst_value *value)
{
        struct mst_value *slot = mst_record_put(record, name);

        if (slot == NULL)
                return false;
        place(slot, value);
        return true;
}

void
mstc_record_remove(struct mst_record *record, const char *name)
{
        bool there;
        size_t at = mstc_fields_find(record->fields, record->count, name, &there);

        if (!there)
                return;
        memmove(&record->fields[at], &record->fields[at + 1],
                (record->count - at - 1) * sizeof *record->fields);
        record->count--;
}
