/* json-out.c - writing a JSON document piece by piece.
 *
 * The writer knows one thing about each level: object or array, and whether
 * something was already put there; 'named' says that a member's name waits for
 * its value.  A call out of turn marks the document as failed. */
#include "build.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/buffer.h"
#include "util/date.h"
#include "util/json.h"
#include "util/utf8.h"

struct mst_json_out {
        struct mstc_buffer text;
        uint64_t objects, filled;
        unsigned depth;
        bool named, done, failed;
};

struct mst_json_out *
mst_json_out_new(void)
{
        return mstc_alloc(sizeof(struct mst_json_out));
}

void
mst_json_out_free(struct mst_json_out *out)
{
        if (out == NULL)
                return;
        mstc_buffer_done(&out->text);
        mstc_free(out);
}

void
mst_json_out_reset(struct mst_json_out *out)
{
        mstc_buffer_clear(&out->text);
        out->objects = out->filled = 0;
        out->depth = 0;
        out->named = out->done = out->failed = false;
}

static void
comma(struct mst_json_out *out)
{
        uint64_t bit = UINT64_C(1) << (out->depth - 1);

        if ((out->filled & bit) != 0)
                mstc_buffer_char(&out->text, ',');
        out->filled |= bit;
}

/* Makes room for a value; false when none may stand here. */
static bool
value_here(struct mst_json_out *out)
{
        if (out->failed || out->done) {
                out->failed = true;
                return false;
        }
        if (out->depth == 0) {
                out->done = true;
                return true;
        }
        if ((out->objects >> (out->depth - 1) & 1) != 0) {
                if (!out->named)
                        out->failed = true;
                out->named = false;
                return !out->failed;
        }
        comma(out);
        return true;
}

static void
open_container(struct mst_json_out *out, bool object)
{
        if (!value_here(out))
                return;
        if (out->depth == MSTC_JSON_DEPTH) {
                out->failed = true;
                return;
        }
        uint64_t bit = UINT64_C(1) << out->depth;
        out->objects = object ? out->objects | bit : out->objects & ~bit;
        out->filled &= ~bit;
        out->depth++;
        out->done = false;
        mstc_buffer_char(&out->text, object ? '{' : '[');
}

void
mst_json_out_object(struct mst_json_out *out)
{
        open_container(out, true);
}

void
mst_json_out_array(struct mst_json_out *out)
{
        open_container(out, false);
}

void
mst_json_out_end(struct mst_json_out *out)
{
        if (out->failed || out->depth == 0 || out->named) {
                out->failed = true;
                return;
        }
        out->depth--;
        mstc_buffer_char(&out->text, (out->objects >> out->depth & 1) != 0 ? '}' : ']');
        out->done = out->depth == 0;
}

static void
quoted(struct mst_json_out *out, const char *text, size_t length)
{
        size_t from = 0;

        if (mstc_utf8_valid(text, length) != length) {
                out->failed = true;
                return;
        }
        mstc_buffer_char(&out->text, '"');
        for (size_t i = 0; i < length; i++) {
                unsigned char c = (unsigned char)text[i];
                if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
                        continue;
                mstc_buffer_add(&out->text, text + from, i - from);
                from = i + 1;
                if (c == '"' || c == '\\')
                        mstc_buffer_printf(&out->text, "\\%c", c);
                else
                        mstc_buffer_printf(&out->text, "\\u%04x", c);
        }
        mstc_buffer_add(&out->text, text + from, length - from);
        mstc_buffer_char(&out->text, '"');
}

void
mst_json_out_name(struct mst_json_out *out, const char *name)
{
        if (out->failed || out->named || out->depth == 0
            || (out->objects >> (out->depth - 1) & 1) == 0) {
                out->failed = true;
                return;
        }
        comma(out);
        quoted(out, name, strlen(name));
        mstc_buffer_char(&out->text, ':');
        out->named = true;
}

void
mst_json_out_null(struct mst_json_out *out)
{
        if (value_here(out))
                mstc_buffer_text(&out->text, "null");
}

void
mst_json_out_bool(struct mst_json_out *out, bool is)
{
        if (value_here(out))
                mstc_buffer_text(&out->text, is ? "true" : "false");
}

void
mst_json_out_int(struct mst_json_out *out, int64_t number)
{
        if (value_here(out))
                mstc_buffer_printf(&out->text, "%" PRId64, number);
}

void
mst_json_out_text(struct mst_json_out *out, const char *text, size_t length)
{
        if (value_here(out))
                quoted(out, text, length);
}

/* With enough digits to read back the same, and a point whatever the locale says. */
static void
out_real(struct mst_json_out *out, double number)
{
        char text[40];

        if (!isfinite(number)) {
                out->failed = true;
                return;
        }
        if (!value_here(out))
                return;
        snprintf(text, sizeof text, "%.17g", number);
        for (char *at = text; *at != '\0'; at++)
                if (*at == ',')
                        *at = '.';
        mstc_buffer_text(&out->text, text);
}

static void
out_bytes(struct mst_json_out *out, const unsigned char *bytes, size_t size)
{
        static const char sign[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

        if (!value_here(out))
                return;
        mstc_buffer_char(&out->text, '"');
        for (size_t i = 0; i < size; i += 3) {
                uint32_t three = (uint32_t)bytes[i] << 16;
                if (i + 1 < size)
                        three |= (uint32_t)bytes[i + 1] << 8;
                if (i + 2 < size)
                        three |= bytes[i + 2];
                mstc_buffer_char(&out->text, sign[three >> 18 & 63]);
                mstc_buffer_char(&out->text, sign[three >> 12 & 63]);
                mstc_buffer_char(&out->text, i + 1 < size ? sign[three >> 6 & 63] : '=');
                mstc_buffer_char(&out->text, i + 2 < size ? sign[three & 63] : '=');
        }
        mstc_buffer_char(&out->text, '"');
}

static void
out_many(struct mst_json_out *out, const struct mst_value *value, bool object)
{
        open_container(out, object);
        for (size_t i = 0; i < mst_value_count(value) && !out->failed; i++) {
                const char *name = object ? mst_value_name_at(value, i) : NULL;
                if (object)
                        mst_json_out_name(out, name);
                mst_json_out_value(out, object ? mst_value_member(value, name)
                                               : mst_value_at(value, i));
        }
        mst_json_out_end(out);
}

void
mst_json_out_value(struct mst_json_out *out, const struct mst_value *value)
{
        size_t length = 0;
        const char *text = mst_value_text(value, &length);
        char date[40];

        switch (mst_value_type(value)) {
        case MST_NULL: mst_json_out_null(out); break;
        case MST_BOOL: mst_json_out_bool(out, mst_value_bool(value)); break;
        case MST_INT: mst_json_out_int(out, mst_value_int(value)); break;
        case MST_REAL: out_real(out, mst_value_real(value)); break;
        case MST_TEXT:
        case MST_REF: mst_json_out_text(out, text, length); break;
        case MST_BYTES: out_bytes(out, (const unsigned char *)text, length); break;
        case MST_DATE:
                mstc_date_format_iso(mst_value_date(value), date, sizeof date);
                mst_json_out_text(out, date, strlen(date));
                break;
        case MST_LIST: out_many(out, value, false); break;
        case MST_OBJECT: out_many(out, value, true); break;
        }
}

void
mst_json_out_member(struct mst_json_out *out, const char *name, const char *text)
{
        mst_json_out_name(out, name);
        mst_json_out_text(out, text, strlen(text));
}

void
mst_json_out_texts(struct mst_json_out *out, const char *name, const char *const *texts, size_t count)
{
        mst_json_out_name(out, name);
        mst_json_out_array(out);
        for (size_t i = 0; i < count; i++)
                mst_json_out_text(out, texts[i], strlen(texts[i]));
        mst_json_out_end(out);
}

const char *
mst_json_written(struct mst_json_out *out, size_t *size)
{
        if (out->failed || !out->done || out->depth != 0 || !mstc_buffer_ok(&out->text))
                return NULL;
        if (size != NULL)
                *size = out->text.length;
        return mstc_buffer_cstr(&out->text);
}
