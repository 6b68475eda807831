/* json.c - a reader that stands in front of a value.
 *
 * The state is one pointer, the depth, one bit a level (object or array) and
 * 'value': whether the value in front of which the reader stands is still there.
 * mst_json_member() and mst_json_element() first pass over what was left there,
 * then over the comma, and stand in front of the next.  Once the document is
 * broken 'broken' says why, and nothing moves any more. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/date.h"
#include "util/json.h"
#include "util/utf8.h"

static inline void
blanks(struct mst_json *json)
{
        const char *at = json->at;

        while (at < json->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
                at++;
        json->at = at;
}

struct mst_json *
mst_json_new(void)
{
        struct mst_json *json = mstc_alloc(sizeof *json);

        if (json == NULL)
                return NULL;
        json->c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
        if (json->c == (locale_t)0) {
                mstc_free(json);
                return NULL;
        }
        mst_json_start(json, "", 0);
        return json;
}

void
mst_json_free(struct mst_json *json)
{
        if (json == NULL)
                return;
        freelocale(json->c);
        mstc_buffer_done(&json->name);
        mstc_free(json);
}

void
mst_json_start(struct mst_json *json, const void *bytes, size_t size)
{
        json->start = json->at = bytes;
        json->end = json->start + size;
        json->broken = NULL;
        json->objects = 0;
        json->depth = 0;
        json->value = true;
        if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
                json->at += 3;
}

enum mst_json_kind
mst_json_peek(struct mst_json *json)
{
        if (json->broken != NULL || !json->value)
                return MST_JSON_BROKEN;
        blanks(json);
        if (json->at >= json->end) {
                mstc_json_break(json, json->at, "the document ends where a value should be");
                return MST_JSON_BROKEN;
        }
        switch (*json->at) {
        case '"': return MST_JSON_STRING;
        case '{': return MST_JSON_OBJECT;
        case '[': return MST_JSON_ARRAY;
        case 't': case 'f': return MST_JSON_BOOL;
        case 'n': return MST_JSON_NULL;
        case '-': return MST_JSON_NUMBER;
        default:
                if (*json->at >= '0' && *json->at <= '9')
                        return MST_JSON_NUMBER;
                mstc_json_break(json, json->at, "no value begins like this");
                return MST_JSON_BROKEN;
        }
}

static bool
enter(struct mst_json *json, enum mst_json_kind kind)
{
        if (mst_json_peek(json) != kind)
                return false;
        if (json->depth == MSTC_JSON_DEPTH)
                return mstc_json_break(json, json->at, "more than 64 levels deep");
        if (kind == MST_JSON_OBJECT)
                json->objects |= UINT64_C(1) << json->depth;
        else
                json->objects &= ~(UINT64_C(1) << json->depth);
        json->depth++;
        json->at++;
        json->value = false;
        json->first = true;
        return true;
}

bool
mst_json_enter_object(struct mst_json *json)
{
        return enter(json, MST_JSON_OBJECT);
}

bool
mst_json_enter_array(struct mst_json *json)
{
        return enter(json, MST_JSON_ARRAY);
}

static inline bool
in_object(const struct mst_json *json)
{
        return (json->objects >> (json->depth - 1) & 1) != 0;
}

/* Passes over what is left, then over a comma or the end of the container. */
static bool
advance(struct mst_json *json, bool object)
{
        char close = object ? '}' : ']';

        if (json->broken != NULL || json->depth == 0 || in_object(json) != object)
                return false;
        if (json->value && !mst_json_skip(json, NULL, NULL))
                return false;
        blanks(json);
        if (json->at >= json->end)
                return mstc_json_break(json, json->at, object ? "the object is not closed"
                                                              : "the array is not closed");
        if (*json->at == close) {
                json->at++;
                json->depth--;
                json->first = false;
                return false;
        }
        if (!json->first) {
                if (*json->at != ',')
                        return mstc_json_break(json, json->at,
                                               object ? "expected a comma or }" : "expected a comma or ]");
                json->at++;
                blanks(json);
        }
        json->first = false;
        return true;
}

static bool
unescape_name(struct mst_json *json, const char **name, size_t *length)
{
        size_t plain;

        mstc_buffer_clear(&json->name);
        mstc_buffer_add(&json->name, *name, *length);
        if (!mstc_buffer_ok(&json->name))
                return mstc_json_break(json, *name, "out of memory");
        if (mstc_json_unescape(*name, *length, json->name.bytes, &plain) == MST_JSON_OK) {
                *name = json->name.bytes;
                *length = plain;
        }
        return true;
}

bool
mst_json_member(struct mst_json *json, const char **name, size_t *length)
{
        unsigned seen = 0;

        if (!advance(json, true))
                return false;
        if (json->at >= json->end || *json->at != '"')
                return mstc_json_break(json, json->at, "expected a member's name");
        if (!mstc_json_string(json, name, length, &seen))
                return false;
        if ((seen & MSTC_JSON_ESCAPES) != 0 && !unescape_name(json, name, length))
                return false;
        blanks(json);
        if (json->at >= json->end || *json->at != ':')
                return mstc_json_break(json, json->at, "expected a colon");
        json->at++;
        json->value = true;
        return true;
}

bool
mst_json_element(struct mst_json *json)
{
        if (!advance(json, false))
                return false;
        json->value = true;
        return true;
}

void
mst_json_leave(struct mst_json *json)
{
        unsigned depth = json->depth;
        const char *name;
        size_t length;

        if (depth == 0)
                return;
        while (json->broken == NULL && json->depth == depth)
                if (in_object(json))
                        mst_json_member(json, &name, &length);
                else
                        mst_json_element(json);
}

static bool
word(struct mst_json *json, const char *what, size_t length)
{
        if ((size_t)(json->end - json->at) < length || memcmp(json->at, what, length) != 0)
                return mstc_json_break(json, json->at, "no value begins like this");
        json->at += length;
        return true;
}

/* Passes over a value that is no container. */
static bool
skip_scalar(struct mst_json *json)
{
        const char *text;
        size_t length;
        unsigned seen;
        bool whole;

        switch (*json->at) {
        case '"': return mstc_json_string(json, &text, &length, &seen);
        case 't': return word(json, "true", 4);
        case 'f': return word(json, "false", 5);
        case 'n': return word(json, "null", 4);
        default: return mstc_json_number(json, &whole);
        }
}

bool
mst_json_skip(struct mst_json *json, const char **bytes, size_t *size)
{
        enum mst_json_kind kind = mst_json_peek(json);
        const char *begin = json->at;

        if (kind == MST_JSON_BROKEN)
                return false;
        if (kind == MST_JSON_OBJECT || kind == MST_JSON_ARRAY) {
                enter(json, kind);
                mst_json_leave(json);
                if (json->broken != NULL)
                        return false;
        } else if (!skip_scalar(json)) {
                return false;
        }
        json->value = false;
        if (bytes != NULL)
                *bytes = begin;
        if (size != NULL)
                *size = (size_t)(json->at - begin);
        return true;
}

/* What a value of another type than asked for leads to. */
static enum mst_json_taken
other(struct mst_json *json, enum mst_json_kind kind)
{
        if (kind == MST_JSON_BROKEN || !mst_json_skip(json, NULL, NULL))
                return MST_JSON_STOP;
        return MST_JSON_TYPE;
}

enum mst_json_taken
mst_json_text(struct mst_json *json, struct mst_arena *arena, const char **text, size_t *length)
{
        enum mst_json_kind kind = mst_json_peek(json);
        unsigned seen;

        if (kind != MST_JSON_STRING)
                return other(json, kind);
        if (!mstc_json_string(json, text, length, &seen))
                return MST_JSON_STOP;
        json->value = false;
        if ((seen & MSTC_JSON_HIGH) != 0 && mstc_utf8_valid(*text, *length) != *length)
                return MST_JSON_UTF8;
        if ((seen & MSTC_JSON_ESCAPES) != 0) {
                char *copy = arena != NULL ? mst_arena_alloc(arena, *length) : NULL;
                const char *raw = *text;

                if (copy == NULL)
                        return MST_JSON_MEMORY;
                *text = copy;
                return mstc_json_unescape(raw, *length, copy, length);
        }
        return MST_JSON_OK;
}

enum mst_json_taken
mst_json_bool(struct mst_json *json, bool *is)
{
        enum mst_json_kind kind = mst_json_peek(json);

        if (kind != MST_JSON_BOOL)
                return other(json, kind);
        *is = *json->at == 't';
        return mst_json_skip(json, NULL, NULL) ? MST_JSON_OK : MST_JSON_STOP;
}

static enum mst_json_taken
to_int(const char *at, const char *end, int64_t *number)
{
        bool minus = *at == '-';
        uint64_t sum = 0;

        for (at += minus ? 1 : 0; at < end; at++) {
                uint64_t digit = (uint64_t)(*at - '0');
                if (__builtin_mul_overflow(sum, UINT64_C(10), &sum)
                    || __builtin_add_overflow(sum, digit, &sum))
                        return MST_JSON_RANGE;
        }
        if (sum > (uint64_t)INT64_MAX + (minus ? 1u : 0u))
                return MST_JSON_RANGE;
        *number = minus ? (int64_t)(0 - sum) : (int64_t)sum;
        return MST_JSON_OK;
}

static enum mst_json_taken
to_real(const struct mst_json *json, const char *begin, const char *end, double *number)
{
        char copy[512];
        size_t length = (size_t)(end - begin);
        double got;

        if (length >= sizeof copy)
                return MST_JSON_RANGE;
        memcpy(copy, begin, length);
        copy[length] = '\0';
        got = strtod_l(copy, NULL, json->c);
        if (__builtin_isinf(got))
                return MST_JSON_RANGE;
        *number = got;
        return MST_JSON_OK;
}

/* Passes over the number that stands here and tells where it began. */
static enum mst_json_taken
pass_number(struct mst_json *json, const char **begin, bool *whole)
{
        enum mst_json_kind kind = mst_json_peek(json);

        if (kind != MST_JSON_NUMBER)
                return other(json, kind);
        *begin = json->at;
        if (!mstc_json_number(json, whole))
                return MST_JSON_STOP;
        json->value = false;
        return MST_JSON_OK;
}

enum mst_json_taken
mst_json_int(struct mst_json *json, int64_t *number)
{
        const char *begin;
        bool whole;
        enum mst_json_taken taken = pass_number(json, &begin, &whole);

        if (taken != MST_JSON_OK)
                return taken;
        return whole ? to_int(begin, json->at, number) : MST_JSON_TYPE;
}

enum mst_json_taken
mst_json_real(struct mst_json *json, double *number)
{
        const char *begin;
        bool whole;
        enum mst_json_taken taken = pass_number(json, &begin, &whole);

        return taken != MST_JSON_OK ? taken : to_real(json, begin, json->at, number);
}

enum mst_json_taken
mst_json_number(struct mst_json *json, bool *whole, int64_t *number, double *real)
{
        const char *begin;
        enum mst_json_taken taken = pass_number(json, &begin, whole);

        if (taken != MST_JSON_OK)
                return taken;
        *whole = *whole && to_int(begin, json->at, number) == MST_JSON_OK;
        return *whole ? MST_JSON_OK : to_real(json, begin, json->at, real);
}

enum mst_json_taken
mst_json_date(struct mst_json *json, int64_t *date)
{
        const char *text;
        size_t length;
        enum mst_json_taken taken = mst_json_text(json, NULL, &text, &length);

        if (taken == MST_JSON_MEMORY)        /* no date has escapes */
                return MST_JSON_RANGE;
        if (taken != MST_JSON_OK)
                return taken;
        return mstc_date_parse_iso(text, length, date) ? MST_JSON_OK : MST_JSON_RANGE;
}

size_t
mst_json_offset(const struct mst_json *json)
{
        return (size_t)(json->at - json->start);
}

bool
mst_json_finish(struct mst_json *json)
{
        while (json->depth > 0 && json->broken == NULL)
                mst_json_leave(json);
        if (json->value && !mst_json_skip(json, NULL, NULL))
                return false;
        if (json->broken != NULL)
                return false;
        blanks(json);
        if (json->at < json->end)
                return mstc_json_break(json, json->at, "something follows the document");
        return true;
}

bool
mst_json_is_broken(const struct mst_json *json)
{
        return json->broken != NULL;
}

int
mst_json_fail(const struct mst_json *json, struct mst_error *err)
{
        if (json->broken == NULL)
                return mst_fail(err, MST_EINTERNAL, "the document is JSON, nothing is wrong with it");
        return mst_fail(err, MST_ENET, "not JSON at byte %zu of %zu: %s",
                        (size_t)(json->broken_at - json->start),
                        (size_t)(json->end - json->start), json->broken);
}

const char *
mst_json_taken_say(enum mst_json_taken taken)
{
        switch (taken) {
        case MST_JSON_OK: return "is all right";
        case MST_JSON_STOP: return "stands in a document that is not JSON";
        case MST_JSON_TYPE: return "has another type than promised";
        case MST_JSON_UTF8: return "is not UTF-8";
        case MST_JSON_NUL: return "holds a NUL character";
        case MST_JSON_SURROGATE: return "holds half a surrogate pair";
        case MST_JSON_RANGE: return "is out of range";
        case MST_JSON_MEMORY: return "does not fit into memory";
        }
        return "cannot be used";
}

const char *
mst_json_kind_say(enum mst_json_kind kind)
{
        switch (kind) {
        case MST_JSON_BROKEN: return "nothing";
        case MST_JSON_NULL: return "null";
        case MST_JSON_BOOL: return "a boolean";
        case MST_JSON_NUMBER: return "a number";
        case MST_JSON_STRING: return "text";
        case MST_JSON_ARRAY: return "a list";
        case MST_JSON_OBJECT: return "an object";
        }
        return "something else";
}
