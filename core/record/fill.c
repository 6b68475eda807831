/* fill.c - how a connector fills a record, and where the limits are kept.
 *
 * The first thing that goes wrong makes the record bad, with a reason that names the
 * attribute; everything after that does nothing, so that a connector need not check.
 * Size is counted as the flat form would have it. */
#include "build.h"

#include "record/record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/date.h"
#include "util/names.h"
#include "util/utf8.h"

/* Counts 'bytes' more; false (and bad) when that is too much. */
static bool
spend(struct mst_record *record, size_t bytes)
{
        if (bytes <= MSTC_RECORD_MOST && record->size + bytes <= MSTC_RECORD_MOST) {
                record->size += bytes;
                return true;
        }
        mst_record_bad(record, "the record is larger than 8 MiB (at attribute '%s')",
                       record->latest != NULL ? record->latest : "");
        return false;
}

/* The attribute that a value belongs to, for the reason. */
static const char *
name_of(const struct mst_record *record, const struct mst_value *value)
{
        for (uint32_t i = 0; i < record->count; i++)
                if (&record->fields[i].value == value)
                        return record->fields[i].name;
        return record->latest != NULL ? record->latest : "";
}

static void
out_of_memory(struct mst_record *record)
{
        mst_record_bad(record, "out of memory");
}

/* --- names ------------------------------------------------------------------------- */

/* Room for one more in an array that is full at powers of two (as lists) or at 'room'. */
static void *
grow(struct mst_record *record, const void *old, size_t count, size_t room, size_t size)
{
        void *memory = mst_arena_alloc(record->arena, room * size);

        if (memory == NULL)
                out_of_memory(record);
        else if (count > 0)
                memcpy(memory, old, count * size);
        return memory;
}

static bool
name_ok(struct mst_record *record, const char *name, const char *what)
{
        char why[80];

        if (!mstc_text_bad(name, name != NULL ? strlen(name) : 0, MSTC_NAME_MOST, why))
                return true;
        mst_record_bad(record, "the name of %s %s", what, why);
        return false;
}

/* Makes room at 'at' and puts a copy of 'name' there with a null value. */
static struct mst_value *
insert(struct mst_record *record, struct mstc_field *fields, size_t count, size_t at, const char *name)
{
        size_t length = strlen(name);
        const char *copy;

        if (!spend(record, length + 4))
                return NULL;
        copy = mstc_arena_name(record->arena, name, length);
        if (copy == NULL) {
                out_of_memory(record);
                return NULL;
        }
        if (at < count)
                memmove(&fields[at + 1], &fields[at], (count - at) * sizeof *fields);
        fields[at] = (struct mstc_field){ .name = copy };
        return &fields[at].value;
}

struct mst_value *
mst_record_put(struct mst_record *record, const char *name)
{
        struct mst_value *value;
        bool there;
        size_t at;

        if (record == NULL || record->bad != NULL || !name_ok(record, name, "an attribute"))
                return NULL;
        at = mstc_fields_find(record->fields, record->count, name, &there);
        if (there) {
                record->latest = record->fields[at].name;
                record->fields[at].value = mstc_value_null();
                return &record->fields[at].value;
        }
        if (record->count == MSTC_FIELDS_MOST) {
                mst_record_bad(record, "the record has more than 1,000 attributes");
                return NULL;
        }
        if (record->count == record->room) {
                uint32_t room = record->room > 0 ? record->room * 2 : 8;
                struct mstc_field *fields = grow(record, record->fields, record->count, room, sizeof *fields);

                if (fields == NULL)
                        return NULL;
                record->fields = fields;
                record->room = room;
        }
        value = insert(record, record->fields, record->count, at, name);
        if (value != NULL) {
                record->count++;
                record->latest = record->fields[at].name;
        }
        return value;
}

/* --- values -------------------------------------------------------------------------- */

static bool
ready(const struct mst_record *record, const struct mst_value *value)
{
        return record != NULL && value != NULL && record->bad == NULL;
}

/* Forgets the content, keeps the place. */
static void
retype(struct mst_value *value, enum mst_type type)
{
        *value = (struct mst_value){ .type = (uint8_t)type, .depth = value->depth,
                                     .element = value->element };
}

void
mst_record_null(struct mst_record *record, struct mst_value *value)
{
        if (ready(record, value))
                retype(value, MST_NULL);
}

void
mst_record_bool(struct mst_record *record, struct mst_value *value, bool is)
{
        if (!ready(record, value) || !spend(record, 1))
                return;
        retype(value, MST_BOOL);
        value->as.is = is;
}

void
mst_record_int(struct mst_record *record, struct mst_value *value, int64_t number)
{
        if (!ready(record, value) || !spend(record, 8))
                return;
        retype(value, MST_INT);
        value->as.number = number;
}

void
mst_record_real(struct mst_record *record, struct mst_value *value, double number)
{
        if (!ready(record, value) || !spend(record, 8))
                return;
        if (!isfinite(number)) {
                mst_record_bad(record, "attribute '%s' is not a finite number", name_of(record, value));
                return;
        }
        retype(value, MST_REAL);
        value->as.real = number == 0 ? 0 : number;         /* -0 is 0 */
}

void
mst_record_date(struct mst_record *record, struct mst_value *value, int64_t date)
{
        if (!ready(record, value) || !spend(record, 8))
                return;
        if (date < 0 || date > MSTC_DATE_LAST) {
                mst_record_bad(record, "attribute '%s' is a date outside the years 1 to 9999",
                               name_of(record, value));
                return;
        }
        retype(value, MST_DATE);
        value->as.number = date;
}

static void
put_bytes(struct mst_record *record, struct mst_value *value, enum mst_type type, const void *bytes,
          size_t size)
{
        const char *copy;

        if (!spend(record, size) || !spend(record, 2))
                return;
        copy = mst_arena_strndup(record->arena, bytes, size);
        if (copy == NULL) {
                out_of_memory(record);
                return;
        }
        retype(value, type);
        value->length = (uint32_t)size;
        value->as.text = copy;
}

void
mst_record_text(struct mst_record *record, struct mst_value *value, const char *text, size_t length)
{
        char why[80];

        if (!ready(record, value))
                return;
        if (text != NULL && length > 0 && mstc_text_bad(text, length, MSTC_TEXT_MOST, why))
                mst_record_bad(record, "attribute '%s' %s", name_of(record, value), why);
        else
                put_bytes(record, value, MST_TEXT, text, text != NULL ? length : 0);
}

void
mst_record_ref(struct mst_record *record, struct mst_value *value, const char *id, size_t length)
{
        char why[80];

        if (!ready(record, value))
                return;
        if (mstc_text_bad(id, length, MSTC_ID_MOST, why))
                mst_record_bad(record, "attribute '%s': the id that it refers to %s",
                               name_of(record, value), why);
        else
                put_bytes(record, value, MST_REF, id, length);
}

void
mst_record_bytes(struct mst_record *record, struct mst_value *value, const void *bytes, size_t size)
{
        if (ready(record, value))
                put_bytes(record, value, MST_BYTES, bytes, bytes != NULL ? size : 0);
}

/* --- lists and objects ------------------------------------------------------------------ */

void
mst_record_list(struct mst_record *record, struct mst_value *value)
{
        if (!ready(record, value) || !spend(record, 3))
                return;
        if (value->element)
                mst_record_bad(record, "attribute '%s' has a list within a list", name_of(record, value));
        else
                retype(value, MST_LIST);
}

struct mst_value *
mst_record_append(struct mst_record *record, struct mst_value *list)
{
        struct mst_value *item;

        if (!ready(record, list))
                return NULL;
        if (list->type != MST_LIST) {
                mst_record_bad(record, "attribute '%s' is not a list", name_of(record, list));
                return NULL;
        }
        if (list->length == MSTC_LIST_MOST) {
                mst_record_bad(record, "attribute '%s' has more than 200,000 values",
                               name_of(record, list));
                return NULL;
        }
        if (!spend(record, 1))
                return NULL;
        if (list->room == 0 || list->length == UINT32_C(1) << list->room) {
                uint8_t room = 2;

                while (UINT32_C(1) << room <= list->length)
                        room++;
                item = grow(record, list->as.items, list->length, (size_t)1 << room, sizeof *item);
                if (item == NULL)
                        return NULL;
                list->as.items = item;
                list->room = room;
        }
        item = &list->as.items[list->length++];
        *item = (struct mst_value){ .depth = list->depth, .element = true };
        return item;
}

void
mst_record_object(struct mst_record *record, struct mst_value *value)
{
        if (!ready(record, value) || !spend(record, 3))
                return;
        if (value->depth >= MSTC_DEPTH_MOST)
                mst_record_bad(record, "attribute '%s' has objects more than 8 deep",
                               name_of(record, value));
        else
                retype(value, MST_OBJECT);
}

struct mst_value *
mst_record_member(struct mst_record *record, struct mst_value *object, const char *name)
{
        struct mst_value *value;
        bool there;
        size_t at;

        if (!ready(record, object) || !name_ok(record, name, "a member"))
                return NULL;
        if (object->type != MST_OBJECT) {
                mst_record_bad(record, "attribute '%s' is not an object", name_of(record, object));
                return NULL;
        }
        at = mstc_fields_find(object->as.members, object->length, name, &there);
        if (!there && object->length == MSTC_FIELDS_MOST) {
                mst_record_bad(record, "attribute '%s' has an object with more than 1,000 members",
                               name_of(record, object));
                return NULL;
        }
        if (!there && (object->room == 0 || object->length == UINT32_C(1) << object->room)) {
                uint8_t room = 2;
                struct mstc_field *members;

                while (UINT32_C(1) << room <= object->length)
                        room++;
                members = grow(record, object->as.members, object->length, (size_t)1 << room,
                               sizeof *members);
                if (members == NULL)
                        return NULL;
                object->as.members = members;
                object->room = room;
        }
        value = there ? &object->as.members[at].value
                      : insert(record, object->as.members, object->length, at, name);
        if (value == NULL)
                return NULL;
        object->length += !there;
        *value = (struct mst_value){ .depth = (uint8_t)(object->depth + 1) };
        return value;
}
