/* SPDX-License-Identifier: Apache-2.0
 *
 * convert.c - text and JSON become typed values.
 *
 *   text    as its type reads it; a CSV cell of a list is divided at the separator
 *   JSON    as it is, when no type was given; otherwise a string is read like a cell
 *   bytes   text when they are text and nothing else was said
 *
 * An empty cell is no value. */
#include "convert.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct putting {
        const struct fil_convert *convert;
        struct mst_record *record;
        struct fil_type type;
        const struct fil_row *row;
        const char *name;
        struct mst_value *list;              /* of a cell that holds several           */
};

static void MST_PRINTF(4, 5)
refuse(const struct putting *p, const char *text, size_t length, const char *format, ...)
{
        char what[200];
        va_list args;

        va_start(args, format);
        vsnprintf(what, sizeof what, format, args);
        va_end(args);
        if (length == 0)
                mst_record_bad(p->record, "line %" PRIu64 ": %s %s", p->row->line, p->name, what);
        else
                mst_record_bad(p->record, "line %" PRIu64 ": %s '%.*s' %s", p->row->line, p->name,
                               (int)(length > 60 ? 60 : length), text, what);
}

/* ---- text ---- */

static bool
parse_bool(const char *text, size_t length, bool *ret)
{
        static const char *const words[] = { "false", "no", "0", "true", "yes", "1" };

        for (size_t i = 0; i < 6; i++)
                if (strlen(words[i]) == length && strncasecmp(text, words[i], length) == 0) {
                        *ret = i >= 3;
                        return true;
                }
        return false;
}

static bool
parse_int(const char *text, size_t length, int64_t *ret)
{
        char room[24], *end;

        if (length == 0 || length >= sizeof room || strspn(text + (*text == '-'), "0123456789") < length - (*text == '-'))
                return false;
        memcpy(room, text, length);
        room[length] = '\0';
        errno = 0;
        *ret = strtoll(room, &end, 10);
        return errno == 0 && *end == '\0' && end != room;
}

/* The reader of JSON reads numbers and dates already, whatever the locale. */
static bool
as_json(const struct putting *p, const char *format, const char *text, size_t length)
{
        char room[64];
        int n;

        if (length > 40 || memchr(text, '"', length) != NULL || memchr(text, '\\', length) != NULL)
                return false;
        n = snprintf(room, sizeof room, format[0] == '"' ? "\"%.*s\"" : "%.*s", (int)length, text);
        text = mst_arena_strndup(p->convert->scratch, room, (size_t)n);
        if (text == NULL)
                return false;
        mst_json_start(p->convert->json, text, (size_t)n);
        return true;
}

static bool
parse_real(const struct putting *p, const char *text, size_t length, double *ret)
{
        return as_json(p, "", text, length) && mst_json_real(p->convert->json, ret) == MST_JSON_OK
               && mst_json_finish(p->convert->json);
}

/* ISO 8601, or LDAP's 20260131120000Z. */
static bool
parse_date(const struct putting *p, const char *text, size_t length, int64_t *ret)
{
        char room[24];

        if (length == 15 && strspn(text, "0123456789") == 14 && text[14] == 'Z') {
                snprintf(room, sizeof room, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text, text + 4, text + 6, text + 8,
                         text + 10, text + 12);
                text = room;
                length = strlen(room);
        }
        return as_json(p, "\"", text, length) && mst_json_date(p->convert->json, ret) == MST_JSON_OK
               && mst_json_finish(p->convert->json);
}

static void
put_text(const struct putting *p, struct mst_value *value, const char *text, size_t length)
{
        int64_t number = 0;
        double real = 0;
        bool is = false;

        switch (p->type.type) {
        case MST_BOOL:
                if (!parse_bool(text, length, &is))
                        refuse(p, text, length, "is neither true nor false (nor yes, no, 1 or 0)");
                else
                        mst_record_bool(p->record, value, is);
                return;
        case MST_INT:
                if (!parse_int(text, length, &number))
                        refuse(p, text, length, "is not a whole number of at most 64 bits");
                else
                        mst_record_int(p->record, value, number);
                return;
        case MST_REAL:
                if (!parse_real(p, text, length, &real))
                        refuse(p, text, length, "is not a number like -12.5");
                else
                        mst_record_real(p->record, value, real);
                return;
        case MST_DATE:
                if (!parse_date(p, text, length, &number))
                        refuse(p, text, length, "is not a date like 2026-01-31 or 2026-01-31T12:00:00Z");
                else
                        mst_record_date(p->record, value, number);
                return;
        case MST_REF:
                mst_record_ref(p->record, value, text, length);
                return;
        case MST_BYTES:
                mst_record_bytes(p->record, value, text, length);
                return;
        default:
                mst_record_text(p->record, value, text, length);
        }
}

static bool
append_text(void *self, const char *text, size_t length)
{
        const struct putting *p = self;

        put_text(p, mst_record_append(p->record, p->list), text, length);
        return mst_record_why_bad(p->record) == NULL;
}

bool
fil_convert_split(const struct fil_convert *convert, const struct fil_field *field,
                  bool (*each)(void *self, const char *text, size_t length), void *self)
{
        const char *text = field->text, *end = text + field->length;
        size_t width = convert->separator != NULL ? strlen(convert->separator) : 0;

        while (text < end) {
                const char *next = width > 0 ? strstr(text, convert->separator) : NULL;
                size_t length = next != NULL ? (size_t)(next - text) : (size_t)(end - text);

                if (length > 0 && !each(self, text, length))
                        return false;
                text += length + (next != NULL ? width : 0);
        }
        return true;
}

/* ---- JSON ---- */

static void put_json(const struct putting *p, struct mst_value *value, struct mst_json *json);

static void
put_object(const struct putting *p, struct mst_value *value, struct mst_json *json)
{
        const char *name;
        size_t length;

        mst_record_object(p->record, value);
        while (mst_json_member(json, &name, &length)) {
                char *copy = mst_arena_strndup(p->convert->scratch, name, length);

                if (mst_record_why_bad(p->record) != NULL)
                        return;
                if (copy == NULL)
                        mst_record_bad(p->record, "out of memory");
                else
                        put_json(p, mst_record_member(p->record, value, copy), json);
        }
}

static void
put_array(const struct putting *p, struct mst_value *value, struct mst_json *json)
{
        mst_record_list(p->record, value);
        while (mst_json_element(json)) {
                if (mst_record_why_bad(p->record) != NULL)
                        return;
                put_json(p, mst_record_append(p->record, value), json);
        }
}

static void
put_number(const struct putting *p, struct mst_value *value, struct mst_json *json)
{
        enum mst_json_taken taken;
        int64_t number = 0;
        double real = 0;
        bool whole = false;

        taken = mst_json_number(json, &whole, &number, &real);
        if (taken != MST_JSON_OK)
                refuse(p, "", 0, "%s", mst_json_taken_say(taken));
        else if (whole && p->type.type != MST_REAL)
                mst_record_int(p->record, value, number);
        else
                mst_record_real(p->record, value, whole ? (double)number : real);
}

static void
put_string(const struct putting *p, struct mst_value *value, struct mst_json *json)
{
        const char *text;
        size_t length;
        enum mst_json_taken taken = mst_json_text(json, p->convert->scratch, &text, &length);
        char *copy = taken == MST_JSON_OK ? mst_arena_strndup(p->convert->scratch, text, length) : NULL;

        if (taken != MST_JSON_OK)
                refuse(p, "", 0, "%s", mst_json_taken_say(taken));
        else if (copy == NULL)
                mst_record_bad(p->record, "out of memory");
        else if (p->type.type == MST_REAL || p->type.type == MST_DATE) {
                /* They need the reader, which is in use. */
                struct fil_convert own = *p->convert;
                struct putting inner = *p;

                own.json = mst_json_new();
                inner.convert = &own;
                if (own.json == NULL)
                        mst_record_bad(p->record, "out of memory");
                else
                        put_text(&inner, value, copy, length);
                mst_json_free(own.json);
        } else
                put_text(p, value, copy, length);
}

static void
put_json(const struct putting *p, struct mst_value *value, struct mst_json *json)
{
        enum mst_json_kind kind = mst_json_peek(json);
        enum mst_type type = p->type.type;
        bool is = false, fits = !p->type.given;

        fits = fits || kind == MST_JSON_NULL || kind == MST_JSON_STRING || kind == MST_JSON_ARRAY
               || (kind == MST_JSON_BOOL && type == MST_BOOL)
               || (kind == MST_JSON_NUMBER && (type == MST_INT || type == MST_REAL));
        if (!fits) {
                refuse(p, "", 0, "is %s, which is not of the type that 'types' says", mst_json_kind_say(kind));
                return;
        }
        switch (kind) {
        case MST_JSON_BOOL:
                (void)mst_json_bool(json, &is);
                mst_record_bool(p->record, value, is);
                return;
        case MST_JSON_NUMBER:
                put_number(p, value, json);
                return;
        case MST_JSON_STRING:
                put_string(p, value, json);
                return;
        case MST_JSON_ARRAY:
                mst_json_enter_array(json);
                put_array(p, value, json);
                return;
        case MST_JSON_OBJECT:
                mst_json_enter_object(json);
                put_object(p, value, json);
                return;
        default:
                mst_record_null(p->record, value);
        }
}

/* ---- fields ---- */

static void
put_field(const struct putting *p, struct mst_value *value, const struct fil_field *field)
{
        struct putting as = *p;

        if (field->form == FIL_JSON) {
                mst_json_start(p->convert->json, field->text, field->length);
                put_json(p, value, p->convert->json);
                return;
        }
        if (field->form == FIL_BYTES && !fil_is_text(field->text, field->length)) {
                if (p->type.given && p->type.type != MST_BYTES) {
                        refuse(p, "", 0, "is not UTF-8 text");
                        return;
                }
                as.type.type = MST_BYTES;
        }
        put_text(&as, value, field->text, field->length);
}

void
fil_convert_put(const struct fil_convert *convert, struct mst_record *record, const char *name,
                struct fil_type type, const struct fil_row *row, const struct fil_field *const *fields, size_t count)
{
        struct putting p = { convert, record, type, row, name, NULL };
        struct mst_value *value;

        if (count == 0 || (count == 1 && fields[0]->length == 0))
                return;
        value = mst_record_put(record, name);
        if (count == 1 && (!type.many || fields[0]->form == FIL_JSON)) {
                put_field(&p, value, fields[0]);
                return;
        }
        mst_record_list(record, value);
        p.list = value;
        if (count == 1 && fields[0]->form == FIL_TEXT) {
                (void)fil_convert_split(convert, fields[0], append_text, &p);
                return;
        }
        for (size_t i = 0; i < count && mst_record_why_bad(record) == NULL; i++)
                put_field(&p, mst_record_append(record, value), fields[i]);
}

bool
fil_convert_id(const struct fil_convert *convert, const struct fil_field *field, const char **text, size_t *length)
{
        enum mst_json_kind kind;

        *text = field->text;
        *length = field->length;
        if (field->form == FIL_BYTES && !fil_is_text(field->text, field->length))
                return false;
        if (field->form == FIL_JSON) {
                mst_json_start(convert->json, field->text, field->length);
                kind = mst_json_peek(convert->json);
                /* A number as an id: as it is written. */
                if (kind != MST_JSON_NUMBER
                    && mst_json_text(convert->json, convert->scratch, text, length) != MST_JSON_OK)
                        return false;
                *text = mst_arena_strndup(convert->scratch, *text, *length);
        }
        return *text != NULL && *length > 0;
}
