/* flat.c - a record as bytes, and back.
 *
 * The form is in record.h.  Back means: nothing is believed.  Every length is held
 * against what is left, every count against the fewest bytes that so many could take,
 * names must be in order, numbers in their shortest form, texts UTF-8 and ended by a
 * NUL.  So whatever is accepted is exactly what flat would write again.  Texts are not
 * copied: the record points into the bytes. */
#include "build.h"

#include "record/record.h"

#include <math.h>
#include <string.h>

#include "util/date.h"
#include "util/names.h"
#include "util/utf8.h"

#define VERSION 1

/* --- writing ----------------------------------------------------------------------- */

static uint64_t
zigzag(int64_t number)
{
        return (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0);
}

/* The bytes are counted first, so that they are written without asking for room each time. */
static size_t
varint_size(uint64_t number)
{
        size_t size = 1;

        while ((number >>= 7) != 0)
                size++;
        return size;
}

static size_t
bytes_size(size_t size)
{
        return varint_size(size) + size + 1;
}

static size_t value_size(const struct mst_value *value);

static size_t
fields_size(const struct mstc_field *fields, uint32_t count)
{
        size_t size = varint_size(count);

        for (uint32_t i = 0; i < count; i++)
                size += bytes_size(strlen(fields[i].name)) + value_size(&fields[i].value);
        return size;
}

static size_t
value_size(const struct mst_value *value)
{
        size_t size = 1;

        switch ((enum mst_type)value->type) {
        case MST_NULL:
                return size;
        case MST_BOOL:
                return size + 1;
        case MST_INT:
        case MST_DATE:
                return size + varint_size(zigzag(value->as.number));
        case MST_REAL:
                return size + 8;
        case MST_TEXT:
        case MST_BYTES:
        case MST_REF:
                return size + bytes_size(value->length);
        case MST_LIST:
                size += varint_size(value->length);
                for (uint32_t i = 0; i < value->length; i++)
                        size += value_size(&value->as.items[i]);
                return size;
        case MST_OBJECT:
                return size + fields_size(value->as.members, value->length);
        }
        return size;
}

static char *
put_varint(char *at, uint64_t number)
{
        for (; number > 0x7f; number >>= 7)
                *at++ = (char)(0x80 | (number & 0x7f));
        *at++ = (char)number;
        return at;
}

static char *
put_bytes(char *at, const char *bytes, size_t size)
{
        at = put_varint(at, size);
        memcpy(at, bytes, size);
        at[size] = '\0';
        return at + size + 1;
}

static char *
put_real(char *at, double real)
{
        uint64_t bits;

        memcpy(&bits, &real, sizeof bits);
        for (unsigned i = 0; i < 8; i++)
                *at++ = (char)(bits >> 8 * i);
        return at;
}

static char *put_value(char *at, const struct mst_value *value);

static char *
put_fields(char *at, const struct mstc_field *fields, uint32_t count)
{
        at = put_varint(at, count);
        for (uint32_t i = 0; i < count; i++) {
                at = put_bytes(at, fields[i].name, strlen(fields[i].name));
                at = put_value(at, &fields[i].value);
        }
        return at;
}

static char *
put_value(char *at, const struct mst_value *value)
{
        *at++ = (char)value->type;
        switch ((enum mst_type)value->type) {
        case MST_NULL:
                return at;
        case MST_BOOL:
                *at++ = value->as.is ? 1 : 0;
                return at;
        case MST_INT:
        case MST_DATE:
                return put_varint(at, zigzag(value->as.number));
        case MST_REAL:
                return put_real(at, value->as.real);
        case MST_TEXT:
        case MST_BYTES:
        case MST_REF:
                return put_bytes(at, value->as.text != NULL ? value->as.text : "", value->length);
        case MST_LIST:
                at = put_varint(at, value->length);
                for (uint32_t i = 0; i < value->length; i++)
                        at = put_value(at, &value->as.items[i]);
                return at;
        case MST_OBJECT:
                return put_fields(at, value->as.members, value->length);
        }
        return at;
}

void
mstc_value_flat(const struct mst_value *value, struct mstc_buffer *into)
{
        static const struct mst_value null = { .type = MST_NULL };
        char *at;

        if (value == NULL)
                value = &null;
        at = mstc_buffer_reserve(into, value_size(value));
        if (at != NULL)
                put_value(at, value);
}

void
mstc_record_flat(const struct mst_record *record, struct mstc_buffer *into)
{
        char *at = mstc_buffer_reserve(into, 2 + fields_size(record->fields, record->count));

        if (at == NULL)
                return;
        *at++ = VERSION;
        *at++ = (char)record->kind;
        put_fields(at, record->fields, record->count);
}

/* --- reading ------------------------------------------------------------------------- */

struct reader {
        const unsigned char *at, *end;
        struct mst_arena *arena;
        bool no_memory;
};

static size_t
left(const struct reader *r)
{
        return (size_t)(r->end - r->at);
}

static bool
read_byte(struct reader *r, unsigned char *ret)
{
        if (r->at == r->end)
                return false;
        *ret = *r->at++;
        return true;
}

/* In the shortest form only. */
static bool
read_varint(struct reader *r, uint64_t *ret)
{
        uint64_t number = 0;
        unsigned char c;

        for (unsigned shift = 0; shift < 64; shift += 7) {
                if (!read_byte(r, &c))
                        return false;
                if (shift == 63 && c > 1)
                        return false;
                number |= (uint64_t)(c & 0x7f) << shift;
                if ((c & 0x80) == 0) {
                        *ret = number;
                        return c != 0 || shift == 0;
                }
        }
        return false;
}

/* A count of things that take 'least' bytes each. */
static bool
read_count(struct reader *r, size_t least, size_t most, uint32_t *ret)
{
        uint64_t count;

        if (!read_varint(r, &count) || count > most || count > left(r) / least)
                return false;
        *ret = (uint32_t)count;
        return true;
}

static bool
read_bytes(struct reader *r, size_t most, const char **bytes, uint32_t *size)
{
        uint64_t length;

        if (!read_varint(r, &length) || length > most || length >= left(r) || r->at[length] != '\0')
                return false;
        *bytes = (const char *)r->at;
        *size = (uint32_t)length;
        r->at += length + 1;
        return true;
}

/* UTF-8 without a NUL before the one that ends it. */
static bool
read_text(struct reader *r, size_t most, const char **text, uint32_t *length)
{
        return read_bytes(r, most, text, length) && memchr(*text, '\0', *length) == NULL &&
               mstc_utf8_valid(*text, *length) == *length;
}

static bool read_value(struct reader *r, unsigned depth, bool element, struct mst_value *ret);

static void *
take(struct reader *r, size_t count, size_t size)
{
        void *memory = mst_arena_alloc(r->arena, count * size);

        r->no_memory |= memory == NULL;
        return memory;
}

static bool
read_fields(struct reader *r, unsigned depth, struct mstc_field **ret, uint32_t *ret_count)
{
        struct mstc_field *fields;
        uint32_t count, length;
        bool names;

        if (!read_count(r, 4, MSTC_FIELDS_MOST, &count))
                return false;
        fields = take(r, count, sizeof *fields);
        if (fields == NULL)
                return false;
        names = depth == 0 && mstc_arena_has_names(r->arena);
        for (uint32_t i = 0; i < count; i++) {
                if (!read_text(r, MSTC_NAME_MOST, &fields[i].name, &length) || length == 0 ||
                    (i > 0 && strcmp(fields[i - 1].name, fields[i].name) >= 0) ||
                    !read_value(r, depth, false, &fields[i].value))
                        return false;
                if (names && (fields[i].name = mstc_arena_name(r->arena, fields[i].name, length)) == NULL) {
                        r->no_memory = true;
                        return false;
                }
        }
        *ret = fields;
        *ret_count = count;
        return true;
}

static bool
read_list(struct reader *r, unsigned depth, struct mst_value *ret)
{
        if (ret->element || !read_count(r, 1, MSTC_LIST_MOST, &ret->length))
                return false;
        ret->as.items = take(r, ret->length, sizeof *ret->as.items);
        if (ret->as.items == NULL)
                return false;
        for (uint32_t i = 0; i < ret->length; i++)
                if (!read_value(r, depth, true, &ret->as.items[i]))
                        return false;
        return true;
}

static bool
read_number(struct reader *r, struct mst_value *ret)
{
        uint64_t number;

        if (!read_varint(r, &number))
                return false;
        ret->as.number = (int64_t)(number >> 1 ^ ((number & 1) != 0 ? UINT64_MAX : 0));
        return ret->type == MST_INT || (ret->as.number >= 0 && ret->as.number <= MSTC_DATE_LAST);
}

static bool
read_real(struct reader *r, struct mst_value *ret)
{
        uint64_t bits = 0;

        if (left(r) < 8)
                return false;
        for (unsigned i = 0; i < 8; i++)
                bits |= (uint64_t)*r->at++ << 8 * i;
        memcpy(&ret->as.real, &bits, sizeof bits);
        return isfinite(ret->as.real) && !(ret->as.real == 0 && bits != 0);
}

static bool
read_value(struct reader *r, unsigned depth, bool element, struct mst_value *ret)
{
        unsigned char type, is;

        if (!read_byte(r, &type))
                return false;
        *ret = (struct mst_value){ .type = type, .depth = (uint8_t)depth, .element = element };
        switch (type) {
        case MST_NULL:
                return true;
        case MST_BOOL:
                if (!read_byte(r, &is) || is > 1)
                        return false;
                ret->as.is = is;
                return true;
        case MST_INT:
        case MST_DATE:
                return read_number(r, ret);
        case MST_REAL:
                return read_real(r, ret);
        case MST_TEXT:
                return read_text(r, MSTC_TEXT_MOST, &ret->as.text, &ret->length);
        case MST_REF:
                return read_text(r, MSTC_ID_MOST, &ret->as.text, &ret->length) && ret->length > 0;
        case MST_BYTES:
                return read_bytes(r, MSTC_RECORD_MOST, &ret->as.text, &ret->length);
        case MST_LIST:
                return read_list(r, depth, ret);
        case MST_OBJECT:
                return depth < MSTC_DEPTH_MOST &&
                       read_fields(r, depth + 1, &ret->as.members, &ret->length);
        default:
                return false;
        }
}

static int
refuse(const struct reader *r, const char *what, struct mst_error *err)
{
        if (r->no_memory)
                return mst_fail(err, MST_EINTERNAL, "out of memory while reading a stored %s", what);
        return mst_fail(err, MST_EINTERNAL, "damaged %s: its stored form is broken", what);
}

int
mstc_record_unflat(const void *bytes, size_t size, const char *id, struct mst_arena *arena,
                   struct mst_record **ret, struct mst_error *err)
{
        struct reader r = { .at = bytes, .end = (const unsigned char *)bytes + size, .arena = arena };
        struct mst_record *record;
        unsigned char version, kind;

        if (!read_byte(&r, &version) || version != VERSION || !read_byte(&r, &kind) ||
            (kind != MST_USER && kind != MST_GROUP))
                return refuse(&r, "record", err);
        record = id[0] == '\0' ? mstc_record_values(arena, (enum mst_kind)kind)
                              : mstc_record_new(arena, (enum mst_kind)kind, id, strlen(id));
        r.no_memory = record == NULL;
        if (record == NULL || record->bad != NULL ||
            !read_fields(&r, 0, &record->fields, &record->count) || left(&r) != 0)
                return refuse(&r, "record", err);
        record->room = record->count;
        record->size += size;
        *ret = record;
        return MST_OK;
}

int
mstc_value_unflat(const void *bytes, size_t size, struct mst_arena *arena, struct mst_value *ret,
                  struct mst_error *err)
{
        struct reader r = { .at = bytes, .end = (const unsigned char *)bytes + size, .arena = arena };
        struct mst_value value;

        if (!read_value(&r, 0, false, &value) || left(&r) != 0)
                return refuse(&r, "value", err);
        *ret = value;
        return MST_OK;
}
