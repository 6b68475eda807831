/* json-scan.c - where a string, a number or a whole value ends.
 *
 * Strings are passed over eight bytes at a time: a word is looked at as a whole
 * for quotation mark, backslash and control characters, and only the word that
 * has one is looked at byte by byte.  A value that is skipped is checked for the
 * same grammar as one that is read, so that both agree on what a document is;
 * what only the reader of a string needs to know (UTF-8, surrogates) is left to
 * him. */
#include "build.h"

#include <string.h>

#include "util/json.h"

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

bool
mstc_json_break(struct mst_json *json, const char *at, const char *what)
{
        if (json->broken == NULL) {
                json->broken = what;
                json->broken_at = at;
        }
        return false;
}

/* The high bit of each byte that is '"', '\\' or below 0x20 (bits above the first
 * such byte may be wrong; the first is right). */
static inline uint64_t
special(uint64_t word)
{
        uint64_t quote = word ^ (ONES * '"'), slash = word ^ (ONES * '\\');

        return (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash)
                | ((word - ONES * 0x20) & ~word)) & HIGHS;
}

static bool
escape(struct mst_json *json, const char **ret)
{
        const char *at = *ret + 1;

        if (at >= json->end)
                return mstc_json_break(json, *ret, "the string is not closed");
        if (*at == 'u') {
                for (int i = 1; i <= 4; i++) {
                        if (at + i >= json->end)
                                return mstc_json_break(json, *ret, "the string is not closed");
                        char c = at[i];
                        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
                              || (c >= 'A' && c <= 'F')))
                                return mstc_json_break(json, *ret,
                                                       "\\u is not followed by four hex digits");
                }
                *ret = at + 5;
                return true;
        }
        if (*at == '\0' || strchr("\"\\/bfnrt", *at) == NULL)
                return mstc_json_break(json, *ret, "an escape that JSON does not have");
        *ret = at + 1;
        return true;
}

bool
mstc_json_string(struct mst_json *json, const char **text, size_t *length, unsigned *seen)
{
        const char *at = json->at + 1;
        uint64_t high = 0;
        unsigned what = 0;

        *text = at;
        for (;;) {
                uint64_t word, hit = 0;
                while (json->end - at >= 8) {
                        memcpy(&word, at, 8);
                        hit = special(word);
                        if (hit != 0)
                                break;
                        high |= word;
                        at += 8;
                }
                while (at < json->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
                        high |= (unsigned char)*at++;
                if (at >= json->end)
                        return mstc_json_break(json, json->at, "the string is not closed");
                if (*at == '"')
                        break;
                if (*at != '\\')
                        return mstc_json_break(json, at, "a control character in a string");
                if (!escape(json, &at))
                        return false;
                what |= MSTC_JSON_ESCAPES;
        }
        *length = (size_t)(at - *text);
        *seen = what | ((high & HIGHS) != 0 ? (unsigned)MSTC_JSON_HIGH : 0);
        json->at = at + 1;
        return true;
}

static const char *
digits(const char *at, const char *end)
{
        while (at < end && *at >= '0' && *at <= '9')
                at++;
        return at;
}

bool
mstc_json_number(struct mst_json *json, bool *whole)
{
        const char *at = json->at, *begin, *end = json->end;

        *whole = true;
        if (at < end && *at == '-')
                at++;
        begin = at;
        at = digits(at, end);
        if (at == begin || (*begin == '0' && at - begin > 1))
                return mstc_json_break(json, json->at, "not a number");
        if (at < end && *at == '.') {
                *whole = false;
                begin = ++at;
                at = digits(at, end);
                if (at == begin)
                        return mstc_json_break(json, json->at, "not a number");
        }
        if (at < end && (*at == 'e' || *at == 'E')) {
                *whole = false;
                at++;
                if (at < end && (*at == '+' || *at == '-'))
                        at++;
                begin = at;
                at = digits(at, end);
                if (at == begin)
                        return mstc_json_break(json, json->at, "not a number");
        }
        json->at = at;
        return true;
}

static unsigned
hex(const char *at)
{
        unsigned number = 0;

        for (int i = 0; i < 4; i++) {
                unsigned c = (unsigned char)at[i];
                number = number << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        return number;
}

static char *
put_utf8(char *out, unsigned code)
{
        if (code < 0x80) {
                *out++ = (char)code;
        } else if (code < 0x800) {
                *out++ = (char)(0xc0 | code >> 6);
                *out++ = (char)(0x80 | (code & 0x3f));
        } else if (code < 0x10000) {
                *out++ = (char)(0xe0 | code >> 12);
                *out++ = (char)(0x80 | (code >> 6 & 0x3f));
                *out++ = (char)(0x80 | (code & 0x3f));
        } else {
                *out++ = (char)(0xf0 | code >> 18);
                *out++ = (char)(0x80 | (code >> 12 & 0x3f));
                *out++ = (char)(0x80 | (code >> 6 & 0x3f));
                *out++ = (char)(0x80 | (code & 0x3f));
        }
        return out;
}

/* The character behind \uXXXX at '*at', two of them for one past U+FFFF. */
static enum mst_json_taken
code_point(const char **at, const char *end, unsigned *ret)
{
        unsigned code = hex(*at + 2);

        *at += 6;
        if (code == 0)
                return MST_JSON_NUL;
        if (code >= 0xd800 && code < 0xdc00) {
                if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
                        return MST_JSON_SURROGATE;
                unsigned low = hex(*at + 2);
                if (low < 0xdc00 || low > 0xdfff)
                        return MST_JSON_SURROGATE;
                *at += 6;
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        } else if (code >= 0xdc00 && code < 0xe000) {
                return MST_JSON_SURROGATE;
        }
        *ret = code;
        return MST_JSON_OK;
}

enum mst_json_taken
mstc_json_unescape(const char *text, size_t length, char *into, size_t *ret)
{
        static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
        const char *at = text, *end = text + length;
        char *out = into;

        while (at < end) {
                const char *slash = memchr(at, '\\', (size_t)(end - at));
                size_t plain = (size_t)((slash != NULL ? slash : end) - at);

                memcpy(out, at, plain);
                out += plain;
                at += plain;
                if (slash == NULL)
                        break;
                if (at[1] == 'u') {
                        unsigned code = 0;
                        enum mst_json_taken taken = code_point(&at, end, &code);
                        if (taken != MST_JSON_OK)
                                return taken;
                        out = put_utf8(out, code);
                } else {
                        *out++ = to[strchr(from, at[1]) - from];
                        at += 2;
                }
        }
        *ret = (size_t)(out - into);
        return MST_JSON_OK;
}
