/* json.c - values as JSON and as a line for people. */
#include "build.h"

#include "record/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/date.h"

static void
put_quoted(struct mstc_buffer *b, const char *text, size_t length)
{
        mstc_buffer_char(b, '"');
        mstc_escape_json_into(b, text, length);
        mstc_buffer_char(b, '"');
}

static void
put_base64(struct mstc_buffer *b, const char *text, size_t size)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const unsigned char *bytes = (const unsigned char *)text;

        mstc_buffer_char(b, '"');
        for (size_t i = 0; i < size; i += 3) {
                size_t n = size - i < 3 ? size - i : 3;
                uint32_t group = (uint32_t)bytes[i] << 16 | (n > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                                 (n > 2 ? bytes[i + 2] : 0u);
                char four[4] = { digits[group >> 18], digits[group >> 12 & 63],
                                 n > 1 ? digits[group >> 6 & 63] : '=', n > 2 ? digits[group & 63] : '=' };

                mstc_buffer_add(b, four, sizeof four);
        }
        mstc_buffer_char(b, '"');
}

/* The fewest digits that read back as the same number, whatever the locale says of
 * decimal points. */
static void
put_real(struct mstc_buffer *b, double real)
{
        char text[40];

        for (int digits = 15; digits <= 17; digits++) {
                snprintf(text, sizeof text, "%.*g", digits, real);
                if (strtod(text, NULL) == real)
                        break;
        }
        for (char *c = text; *c != '\0'; c++)
                if (strchr("+-0123456789e", *c) == NULL)
                        *c = '.';
        mstc_buffer_text(b, text);
}

static void
put_date(struct mstc_buffer *b, int64_t date)
{
        char text[40];

        mstc_date_format_iso(date, text, sizeof text);
        mstc_buffer_text(b, text);
}

static void
put_fields(struct mstc_buffer *b, const struct mstc_field *fields, uint32_t count)
{
        mstc_buffer_char(b, '{');
        for (uint32_t i = 0; i < count; i++) {
                if (i > 0)
                        mstc_buffer_char(b, ',');
                put_quoted(b, fields[i].name, strlen(fields[i].name));
                mstc_buffer_char(b, ':');
                mstc_value_json(&fields[i].value, b);
        }
        mstc_buffer_char(b, '}');
}

void
mstc_value_json(const struct mst_value *value, struct mstc_buffer *into)
{
        switch (mst_value_type(value)) {
        case MST_NULL:
                mstc_buffer_text(into, "null");
                break;
        case MST_BOOL:
                mstc_buffer_text(into, value->as.is ? "true" : "false");
                break;
        case MST_INT:
                mstc_buffer_printf(into, "%" PRId64, value->as.number);
                break;
        case MST_REAL:
                put_real(into, value->as.real);
                break;
        case MST_TEXT:
        case MST_REF:
                put_quoted(into, value->as.text, value->length);
                break;
        case MST_BYTES:
                put_base64(into, value->as.text, value->length);
                break;
        case MST_DATE:
                mstc_buffer_char(into, '"');
                put_date(into, value->as.number);
                mstc_buffer_char(into, '"');
                break;
        case MST_LIST:
                mstc_buffer_char(into, '[');
                for (uint32_t i = 0; i < value->length; i++) {
                        if (i > 0)
                                mstc_buffer_char(into, ',');
                        mstc_value_json(&value->as.items[i], into);
                }
                mstc_buffer_char(into, ']');
                break;
        case MST_OBJECT:
                put_fields(into, value->as.members, value->length);
                break;
        }
}

void
mstc_record_json(const struct mst_record *record, struct mstc_buffer *into)
{
        put_fields(into, record->fields, record->count);
}

static void
say_object(const struct mst_value *value, struct mstc_buffer *into)
{
        mstc_buffer_char(into, '{');
        for (uint32_t i = 0; i < value->length; i++) {
                if (i > 0)
                        mstc_buffer_text(into, ", ");
                mstc_buffer_text(into, value->as.members[i].name);
                mstc_buffer_text(into, ": ");
                mstc_value_say(&value->as.members[i].value, into);
        }
        mstc_buffer_char(into, '}');
}

void
mstc_value_say(const struct mst_value *value, struct mstc_buffer *into)
{
        switch (mst_value_type(value)) {
        case MST_NULL:
                break;
        case MST_TEXT:
        case MST_REF:
                mstc_buffer_add(into, value->as.text, value->length);
                break;
        case MST_BYTES:
                mstc_buffer_printf(into, "<%" PRIu32 " byte%s>", value->length,
                                   value->length == 1 ? "" : "s");
                break;
        case MST_DATE:
                put_date(into, value->as.number);
                break;
        case MST_LIST:
                for (uint32_t i = 0; i < value->length; i++) {
                        if (i > 0)
                                mstc_buffer_text(into, "; ");
                        mstc_value_say(&value->as.items[i], into);
                }
                break;
        case MST_OBJECT:
                say_object(value, into);
                break;
        default:
                mstc_value_json(value, into);
                break;
        }
}
