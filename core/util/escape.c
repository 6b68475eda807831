/* escape.c - one escaping function for each place a value can go.
 *
 * All work alike: the result is put together in a buffer by one function per place
 * that writes one character (or broken byte) at a time, and copied into the arena. */
#include "build.h"

#include <muster/escape.h>

#include <string.h>

#include "util/buffer.h"
#include "util/utf8.h"

static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";

static char *
finish(struct mst_arena *arena, struct mstc_buffer *b)
{
        char *text = NULL;

        if (mstc_buffer_ok(b))
                text = mst_arena_strndup(arena, mstc_buffer_cstr(b), b->length);
        mstc_buffer_done(b);
        return text;
}

static void
put_hex(struct mstc_buffer *b, const char *before, const char *digits, unsigned char c)
{
        mstc_buffer_text(b, before);
        mstc_buffer_char(b, digits[c >> 4]);
        mstc_buffer_char(b, digits[c & 15]);
}

char *
mst_escape_dn(struct mst_arena *arena, const char *value, size_t length)
{
        struct mstc_buffer b = { 0 };
        uint32_t point;

        for (size_t i = 0, n; i < length; i += n) {
                unsigned char c = (unsigned char)value[i];

                n = mstc_utf8_next(value + i, length - i, &point);
                if (n > 1)
                        mstc_buffer_add(&b, value + i, n);
                else if (n == 0 || c < 0x20 || c == 0x7f)
                        put_hex(&b, "\\", hex_upper, c), n = 1;
                else {
                        if (strchr("\"+,;<=>\\", c) != NULL || (c == '#' && i == 0) ||
                            (c == ' ' && (i == 0 || i == length - 1)))
                                mstc_buffer_char(&b, '\\');
                        mstc_buffer_char(&b, value[i]);
                }
        }
        return finish(arena, &b);
}

char *
mst_escape_filter(struct mst_arena *arena, const void *value, size_t length)
{
        const char *bytes = value;
        struct mstc_buffer b = { 0 };
        uint32_t point;

        for (size_t i = 0, n; i < length; i += n) {
                unsigned char c = (unsigned char)bytes[i];

                n = mstc_utf8_next(bytes + i, length - i, &point);
                if (n == 0 || c < 0x20 || c == 0x7f || c == '*' || c == '(' || c == ')' || c == '\\')
                        put_hex(&b, "\\", hex_lower, c), n = 1;
                else
                        mstc_buffer_add(&b, bytes + i, n);
        }
        return finish(arena, &b);
}

char *
mst_escape_url(struct mst_arena *arena, const char *value, size_t length)
{
        struct mstc_buffer b = { 0 };

        for (size_t i = 0; i < length; i++) {
                unsigned char c = (unsigned char)value[i];

                if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '.' || c == '_' || c == '~')
                        mstc_buffer_char(&b, value[i]);
                else
                        put_hex(&b, "%", hex_upper, c);
        }
        return finish(arena, &b);
}

void
mstc_escape_json_into(struct mstc_buffer *b, const char *value, size_t length)
{
        static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
        size_t start = 0, n;
        uint32_t point;

        for (size_t i = 0; i < length; i += n) {
                unsigned char c = (unsigned char)value[i];
                const char *known;

                n = mstc_utf8_next(value + i, length - i, &point);
                if (n > 1 || (n == 1 && c >= 0x20 && c != '"' && c != '\\' && c != 0x7f))
                        continue;
                mstc_buffer_add(b, value + start, i - start);
                known = c != 0 ? strchr(plain, c) : NULL;
                if (n == 0)
                        mstc_buffer_text(b, "\xef\xbf\xbd"), n = 1;
                else if (known != NULL) {
                        mstc_buffer_char(b, '\\');
                        mstc_buffer_char(b, letters[known - plain]);
                } else
                        put_hex(b, "\\u00", hex_lower, c);
                start = i + n;
        }
        mstc_buffer_add(b, value + start, length - start);
}

char *
mst_escape_json(struct mst_arena *arena, const char *value, size_t length)
{
        struct mstc_buffer b = { 0 };

        mstc_escape_json_into(&b, value, length);
        return finish(arena, &b);
}

void
mstc_escape_label_into(struct mstc_buffer *b, const char *value)
{
        size_t length = strlen(value);
        uint32_t point;

        for (size_t i = 0, n; i < length; i += n) {
                n = mstc_utf8_next(value + i, length - i, &point);
                if (n == 0)
                        mstc_buffer_text(b, "\xef\xbf\xbd"), n = 1;
                else if (value[i] == '\n')
                        mstc_buffer_text(b, "\\n");
                else {
                        if (value[i] == '\\' || value[i] == '"')
                                mstc_buffer_char(b, '\\');
                        mstc_buffer_add(b, value + i, n);
                }
        }
}

/* The Char production of XML 1.0. */
static bool
xml_can_hold(uint32_t point)
{
        return point == '\t' || point == '\n' || point == '\r' || (point >= 0x20 && point <= 0xd7ff) ||
               (point >= 0xe000 && point <= 0xfffd) || point >= 0x10000;
}

char *
mst_escape_xml(struct mst_arena *arena, const char *value, size_t length)
{
        struct mstc_buffer b = { 0 };
        uint32_t point = 0;

        for (size_t i = 0, n; i < length; i += n) {
                n = mstc_utf8_next(value + i, length - i, &point);
                if (n == 0 || !xml_can_hold(point)) {
                        mstc_buffer_text(&b, "\xef\xbf\xbd");
                        n = n > 0 ? n : 1;
                        continue;
                }
                switch (point) {
                case '&':  mstc_buffer_text(&b, "&amp;"); break;
                case '<':  mstc_buffer_text(&b, "&lt;"); break;
                case '>':  mstc_buffer_text(&b, "&gt;"); break;
                case '"':  mstc_buffer_text(&b, "&quot;"); break;
                case '\'': mstc_buffer_text(&b, "&#39;"); break;
                /* A parser would turn these into blanks in an attribute. */
                case '\t': mstc_buffer_text(&b, "&#9;"); break;
                case '\n': mstc_buffer_text(&b, "&#10;"); break;
                case '\r': mstc_buffer_text(&b, "&#13;"); break;
                default:   mstc_buffer_add(&b, value + i, n); break;
                }
        }
        return finish(arena, &b);
}

char *
mst_escape_csv(struct mst_arena *arena, const char *value, size_t length)
{
        struct mstc_buffer b = { 0 };
        bool risky = length > 0 && memchr("=+-@\t\r", value[0], 6) != NULL;
        bool quoted = length > 0 && (value[0] == ' ' || value[length - 1] == ' ');

        for (size_t i = 0; i < length; i++)
                quoted |= memchr(",\"\r\n\t;", value[i], 6) != NULL;
        if (quoted)
                mstc_buffer_char(&b, '"');
        if (risky)
                mstc_buffer_char(&b, '\'');
        for (size_t i = 0; i < length; i++) {
                if (value[i] == '"')
                        mstc_buffer_char(&b, '"');
                mstc_buffer_char(&b, value[i] != '\0' ? value[i] : ' ');
        }
        if (quoted)
                mstc_buffer_char(&b, '"');
        return finish(arena, &b);
}

/* Bidirectional marks, embeddings, overrides and isolates, line and paragraph
 * separators, and other characters that are there but not seen. */
static bool
deceives(uint32_t point)
{
        return point == 0xad || point == 0x61c || point == 0x180e || (point >= 0x200b && point <= 0x200f) ||
               (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) ||
               point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb) ||
               (point >= 0xe0000 && point <= 0xe007f);
}

char *
mst_escape_terminal(struct mst_arena *arena, const char *value, size_t length)
{
        struct mstc_buffer b = { 0 };
        uint32_t point = 0;

        for (size_t i = 0, n; i < length; i += n) {
                n = mstc_utf8_next(value + i, length - i, &point);
                if (n == 0)
                        put_hex(&b, "\\x", hex_lower, (unsigned char)value[i]), n = 1;
                else if (point == '\n')
                        mstc_buffer_text(&b, "\\n");
                else if (point == '\r')
                        mstc_buffer_text(&b, "\\r");
                else if (point == '\t')
                        mstc_buffer_text(&b, "\\t");
                else if (point < 0x20 || (point >= 0x7f && point < 0xa0))
                        put_hex(&b, "\\x", hex_lower, (unsigned char)point);
                else if (deceives(point))
                        mstc_buffer_printf(&b, "\\u{%x}", (unsigned)point);
                else
                        mstc_buffer_add(&b, value + i, n);
        }
        return finish(arena, &b);
}
