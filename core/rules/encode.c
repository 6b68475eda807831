/* encode.c - functions between text and the bytes that stand for it. */
#include "build.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/fold.h"
#include "rules/function.h"
#include "util/utf8.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* UTF-8 to UTF-16, little-endian; 'into' has room for 2 * length bytes. */
static size_t
to_utf16(const char *text, size_t length, unsigned char *into)
{
        size_t n = 0, bytes;

        for (size_t i = 0; i < length; i += bytes) {
                uint32_t code = (uint32_t)mstc_code_at(text + i, length - i, &bytes);
                uint32_t units[2] = { code, 0 };
                int count = 1;

                if (code >= 0x10000) {
                        units[0] = 0xD800 + ((code - 0x10000) >> 10);
                        units[1] = 0xDC00 + ((code - 0x10000) & 0x3FF);
                        count = 2;
                }
                for (int k = 0; k < count; k++) {
                        into[n++] = (unsigned char)(units[k] & 0xFF);
                        into[n++] = (unsigned char)(units[k] >> 8);
                }
        }
        return n;
}

static size_t
to_base64(const unsigned char *bytes, size_t size, char *into)
{
        size_t n = 0;

        for (size_t i = 0; i < size; i += 3) {
                uint32_t three = (uint32_t)bytes[i] << 16 | (i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0) |
                                 (i + 2 < size ? bytes[i + 2] : 0);

                into[n++] = digits[three >> 18];
                into[n++] = digits[three >> 12 & 63];
                into[n++] = i + 1 < size ? digits[three >> 6 & 63] : '=';
                into[n++] = i + 2 < size ? digits[three & 63] : '=';
        }
        return n;
}

enum mstc_flow
mstc_fn_to_base64(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow = mstc_arg_text(call, 0, &text);
        unsigned char *units;
        char *into;

        if (flow != MSTC_VALUE)
                return flow;
        units = mstc_call_alloc(call, 2 * (size_t)text.length + 4);
        into = mstc_call_alloc(call, 3 * (size_t)text.length + 8);
        if (units == NULL || into == NULL)
                return mstc_call_memory(call);
        *ret = mstc_value_text(into, to_base64(units, to_utf16(text.as.text, text.length, units), into));
        return MSTC_VALUE;
}

/* Base64 to bytes; SIZE_MAX: it is none. */
static size_t
from_base64(const char *text, size_t length, unsigned char *into)
{
        uint32_t bits = 0;
        size_t n = 0, i;

        if (length % 4 != 0)
                return SIZE_MAX;
        for (i = 0; i < length && text[i] != '='; i++) {
                const char *digit = memchr(digits, text[i], 64);

                if (digit == NULL)
                        return SIZE_MAX;
                bits = bits << 6 | (uint32_t)(digit - digits);
                if (i % 4 > 0)
                        into[n++] = (unsigned char)(bits >> (i % 4 == 1 ? 4 : i % 4 == 2 ? 2 : 0));
        }
        if (length - i > 2 || (length - i == 2 && text[i + 1] != '=') || (i < length && i % 4 < 2))
                return SIZE_MAX;
        return n;
}

/* UTF-16 to UTF-8; false: odd size, a lone surrogate, or a NUL. */
static bool
from_utf16(const unsigned char *bytes, size_t size, char *into, size_t *length)
{
        size_t n = 0;

        if (size % 2 != 0)
                return false;
        for (size_t i = 0; i < size; i += 2) {
                uint32_t code = (uint32_t)bytes[i] | (uint32_t)bytes[i + 1] << 8;

                if (code >= 0xD800 && code < 0xDC00 && i + 3 < size && (bytes[i + 3] & 0xFC) == 0xDC) {
                        code = 0x10000 + ((code - 0xD800) << 10) +
                               (((uint32_t)bytes[i + 2] | (uint32_t)bytes[i + 3] << 8) - 0xDC00);
                        i += 2;
                }
                if (code == 0 || (code >= 0xD800 && code < 0xE000))
                        return false;
                n += mstc_code_put((int32_t)code, into + n);
        }
        into[n] = '\0';
        *length = n;
        return true;
}

enum mstc_flow
mstc_fn_from_base64(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow = mstc_arg_text(call, 0, &text);
        unsigned char *bytes;
        size_t size, length;
        char *into;

        if (flow != MSTC_VALUE)
                return flow;
        bytes = mstc_call_alloc(call, (size_t)text.length + 4);
        into = mstc_call_alloc(call, 2 * (size_t)text.length + 8);
        if (bytes == NULL || into == NULL)
                return mstc_call_memory(call);
        size = from_base64(text.as.text, text.length, bytes);
        if (size == SIZE_MAX || !from_utf16(bytes, size, into, &length))
                return mstc_call_fail(call, "the text is not the base64 of a UTF-16 text");
        *ret = mstc_value_text(into, length);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_utf8_hex(struct mstc_call *call, struct mst_value *ret)
{
        static const char hex[] = "0123456789ABCDEF";
        struct mst_value text;
        enum mstc_flow flow = mstc_arg_text(call, 0, &text);
        char *into;

        if (flow != MSTC_VALUE)
                return flow;
        into = mstc_call_alloc(call, 2 * (size_t)text.length + 1);
        if (into == NULL)
                return mstc_call_memory(call);
        for (uint32_t i = 0; i < text.length; i++) {
                into[2 * i] = hex[(unsigned char)text.as.text[i] >> 4];
                into[2 * i + 1] = hex[(unsigned char)text.as.text[i] & 15];
        }
        *ret = mstc_value_text(into, 2 * (size_t)text.length);
        return MSTC_VALUE;
}

/* A binary security identifier, or its base64, in the form S-1-5-21-... */
enum mstc_flow
mstc_fn_sid(struct mstc_call *call, struct mst_value *ret)
{
        unsigned char room[68 + 4];
        const unsigned char *sid = room;
        struct mst_value value;
        char into[200];
        uint64_t authority = 0;
        size_t size = SIZE_MAX;
        int n;
        enum mstc_flow flow = mstc_arg_value(call, 0, &value);

        if (flow != MSTC_VALUE)
                return flow;
        if (value.type == MST_BYTES) {
                sid = (const unsigned char *)value.as.text;
                size = value.length;
        } else if (value.type == MST_TEXT && value.length <= 92) {
                size = from_base64(value.as.text, value.length, room);
        }
        if (size == SIZE_MAX || size < 8 || sid[0] != 1 || sid[1] > 15 || size != 8 + 4 * (size_t)sid[1])
                return mstc_call_fail(call, "the value is no security identifier");
        for (int i = 2; i < 8; i++)
                authority = authority << 8 | sid[i];
        n = snprintf(into, sizeof into, "S-1-%" PRIu64, authority);
        for (size_t i = 8; i < size; i += 4)
                n += snprintf(into + n, sizeof into - (size_t)n, "-%" PRIu32,
                              (uint32_t)sid[i] | (uint32_t)sid[i + 1] << 8 | (uint32_t)sid[i + 2] << 16 |
                              (uint32_t)sid[i + 3] << 24);
        return mstc_call_text(call, into, (size_t)n, ret);
}
