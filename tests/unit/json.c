/* json.c - the JSON reader and writer: what is JSON, what is a value's own trouble,
 * and that skipping and reading agree on it. */
#include "build.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <muster/json.h>

#include "unit.h"

static struct mst_json *json;
static struct mst_arena *arena;
static struct mst_json_out *out;

static void
begin(void)
{
        json = mst_json_new();
        arena = mst_arena_new(0);
        out = mst_json_out_new();
        ck_assert(json != NULL && arena != NULL && out != NULL);
}

static void
end(void)
{
        mst_json_free(json);
        mst_arena_free(arena);
        mst_json_out_free(out);
}

/* Reads everything, taking each value by its type. */
static void
walk(void)
{
        const char *text;
        size_t length;
        int64_t number;
        double real;
        bool is;

        switch (mst_json_peek(json)) {
        case MST_JSON_OBJECT:
                mst_json_enter_object(json);
                while (mst_json_member(json, &text, &length))
                        walk();
                break;
        case MST_JSON_ARRAY:
                mst_json_enter_array(json);
                while (mst_json_element(json))
                        walk();
                break;
        case MST_JSON_STRING: mst_json_text(json, arena, &text, &length); break;
        case MST_JSON_NUMBER: mst_json_number(json, &is, &number, &real); break;
        case MST_JSON_BOOL: mst_json_bool(json, &is); break;
        case MST_JSON_NULL: mst_json_skip(json, NULL, NULL); break;
        case MST_JSON_BROKEN: break;
        }
}

static bool
by_walking(const char *text, size_t length)
{
        mst_json_start(json, text, length);
        walk();
        return mst_json_finish(json);
}

static bool
by_skipping(const char *text, size_t length)
{
        mst_json_start(json, text, length);
        return mst_json_finish(json);
}

static const char *const good[] = {
        "null", "true", "false", "0", "-0", "1", "-12.5e+10", "1E5", "0.0", "\"\"", "\"a\"", "[]", "{}",
        " [ ] ", "\t{\r\n}\n", "[1,2,3]", "[[],[[]]]", "{\"a\":1}", "{\"a\":{\"b\":[null]},\"c\":\"\"}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\u0000\"",
        "\"\xff\"", "\"12345678\\n12345678\"", "\xef\xbb\xbf[1]", "{\"a\":1,\"a\":2}", "\"\x7f\"",
        "[\"abcdefghijklmnopqrstuvwxyz\",\"0123456789abcdef\"]",
};

START_TEST(json_good)
{
        const char *text = good[_i];

        ck_assert_msg(by_walking(text, strlen(text)), "%s", text);
        ck_assert_msg(by_skipping(text, strlen(text)), "%s", text);
}
END_TEST

static const struct {
        const char *text, *says;
        int at;
} bad[] = {
        { "", "ends where a value", 0 },
        { "   ", "ends where a value", 3 },
        { "nul", "no value begins", 0 },
        { "nulll", "follows", 4 },
        { "tru", "no value begins", 0 },
        { "True", "no value begins", 0 },
        { "NaN", "no value begins", 0 },
        { "Infinity", "no value begins", 0 },
        { "'a'", "no value begins", 0 },
        { "// x", "no value begins", 0 },
        { "+1", "no value begins", 0 },
        { ".5", "no value begins", 0 },
        { "01", "not a number", 0 },
        { "-", "not a number", 0 },
        { "-a", "not a number", 0 },
        { "1.", "not a number", 0 },
        { "1.e5", "not a number", 0 },
        { "1e", "not a number", 0 },
        { "1e+", "not a number", 0 },
        { "0x10", "follows", 1 },
        { "1 2", "follows", 2 },
        { "[1] x", "follows", 4 },
        { "{}}", "follows", 2 },
        { "[", "array is not closed", 1 },
        { "[1", "array is not closed", 2 },
        { "[1,", "ends where a value", 3 },
        { "[1,]", "no value begins", 3 },
        { "[,1]", "no value begins", 1 },
        { "[1 2]", "comma or ]", 3 },
        { "[1}", "comma or ]", 2 },
        { "{", "object is not closed", 1 },
        { "{\"a\"", "colon", 4 },
        { "{\"a\":", "ends where a value", 5 },
        { "{\"a\":1", "object is not closed", 6 },
        { "{\"a\":1,", "member's name", 7 },
        { "{\"a\":1,}", "member's name", 7 },
        { "{\"a\" 1}", "colon", 5 },
        { "{\"a\":1 \"b\":2}", "comma or }", 7 },
        { "{a:1}", "member's name", 1 },
        { "{1:1}", "member's name", 1 },
        { "{\"a\":1]", "comma or }", 6 },
        { "\"", "not closed", 0 },
        { "\"abc", "not closed", 0 },
        { "\"abc\\", "not closed", 4 },
        { "\"abc\\\"", "not closed", 0 },
        { "\"\\u12", "not closed", 1 },
        { "\"a\nb\"", "control character", 2 },
        { "\"01234567\t\"", "control character", 9 },
        { "\"\\x\"", "escape that JSON does not have", 1 },
        { "\"\\u12g4\"", "four hex digits", 1 },
        { "\"\\U0041\"", "escape that JSON does not have", 1 },
        { "[\"a\", \"b\n\"]", "control character", 8 },
        { "\xff", "no value begins", 0 },
        { "\xef\xbb[1]", "no value begins", 0 },
        { "\v1", "no value begins", 0 },
};

START_TEST(json_bad)
{
        const char *text = bad[_i].text;
        struct mst_error err = { 0 };
        char place[40];

        ck_assert_msg(!by_walking(text, strlen(text)), "%s", text);
        ck_assert(mst_json_is_broken(json));
        ck_assert_int_eq(mst_json_fail(json, &err), MST_ENET);
        ck_assert_msg(strstr(err.text, bad[_i].says) != NULL, "%s: %s", text, err.text);
        snprintf(place, sizeof place, "at byte %d of", bad[_i].at);
        ck_assert_msg(strstr(err.text, place) != NULL, "%s: %s", text, err.text);
        ck_assert_msg(!by_skipping(text, strlen(text)), "%s", text);
        /* and nothing moves any more */
        ck_assert_int_eq(mst_json_peek(json), MST_JSON_BROKEN);
        ck_assert(!mst_json_skip(json, NULL, NULL));
}
END_TEST

START_TEST(json_nul_inside)
{
        ck_assert(!by_walking("\"a\0b\"", 5));
        ck_assert(!by_walking("[1\0]", 4));
        ck_assert(!by_skipping("1\0", 2));
        ck_assert(!by_walking("\"\\\0\"", 4));
}
END_TEST

/* Every beginning of a document is broken, for reader and skipper alike, and nothing
 * behind the end is looked at (which a sanitizer would tell). */
START_TEST(json_cut_off)
{
        static const char text[] = "{\"value\":[{\"id\":\"a\\u00e9\\ud83d\\ude00b\",\"n\":-1.5e3,\"x\":[true,"
                "false,null,{}],\"long\":\"0123456789012345678901234567890123456789\"}],\"k\":\"v\"}";
        size_t whole = sizeof text - 1;

        for (size_t n = 0; n < whole; n++) {
                char *copy = malloc(n > 0 ? n : 1);
                memcpy(copy, text, n);
                ck_assert_msg(!by_walking(copy, n), "%zu", n);
                ck_assert_msg(!by_skipping(copy, n), "%zu", n);
                free(copy);
        }
        ck_assert(by_walking(text, whole));
        ck_assert(by_skipping(text, whole));
}
END_TEST

static const struct {
        const char *text;
        enum mst_json_taken taken;
        const char *gives;
} strings[] = {
        { "\"\"", MST_JSON_OK, "" },
        { "\"abc\"", MST_JSON_OK, "abc" },
        { "\"\\u0041\\n\"", MST_JSON_OK, "A\n" },
        { "\"\\u00e9\\u20ac\\ud83d\\ude00\"", MST_JSON_OK, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
        { "\"\\uD83D\\uDE00x\"", MST_JSON_OK, "\xf0\x9f\x98\x80x" },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", MST_JSON_OK, "\"\\/\b\f\n\r\t" },
        { "\"\xc3\xa9\"", MST_JSON_OK, "\xc3\xa9" },
        { "\"\xf0\x9f\x98\x80\"", MST_JSON_OK, "\xf0\x9f\x98\x80" },
        { "\"a\xff\"", MST_JSON_UTF8, NULL },
        { "\"\xc3\"", MST_JSON_UTF8, NULL },
        { "\"\xc0\xaf\"", MST_JSON_UTF8, NULL },             /* overlong */
        { "\"\xed\xa0\x80\"", MST_JSON_UTF8, NULL },         /* a surrogate in bytes */
        { "\"\xf4\x90\x80\x80\"", MST_JSON_UTF8, NULL },     /* past U+10FFFF */
        { "\"a\\n\xff\"", MST_JSON_UTF8, NULL },
        { "\"\\u0000\"", MST_JSON_NUL, NULL },
        { "\"abc\\u0000def\"", MST_JSON_NUL, NULL },
        { "\"\\ud83d\"", MST_JSON_SURROGATE, NULL },
        { "\"\\ude00\"", MST_JSON_SURROGATE, NULL },
        { "\"\\ud83dx\"", MST_JSON_SURROGATE, NULL },
        { "\"\\ud83d\\u0041\"", MST_JSON_SURROGATE, NULL },
        { "\"\\ud83d\\ud83d\"", MST_JSON_SURROGATE, NULL },
        { "\"\\ud83d\\n\"", MST_JSON_SURROGATE, NULL },
        { "12", MST_JSON_TYPE, NULL },
        { "null", MST_JSON_TYPE, NULL },
        { "[\"a\"]", MST_JSON_TYPE, NULL },
        { "{\"a\":\"b\"}", MST_JSON_TYPE, NULL },
};

/* The trouble of a value is its own: the element behind it is read. */
START_TEST(json_strings)
{
        char text[200];
        const char *got = NULL, *next;
        size_t length = 0, n;

        snprintf(text, sizeof text, "[%s,\"next\"]", strings[_i].text);
        mst_json_start(json, text, strlen(text));
        ck_assert(mst_json_enter_array(json) && mst_json_element(json));
        ck_assert_int_eq(mst_json_text(json, arena, &got, &length), strings[_i].taken);
        if (strings[_i].gives != NULL) {
                ck_assert_uint_eq(length, strlen(strings[_i].gives));
                ck_assert_mem_eq(got, strings[_i].gives, length);
        }
        ck_assert_str_ne(mst_json_taken_say(strings[_i].taken), "");
        ck_assert(mst_json_element(json));
        ck_assert_int_eq(mst_json_text(json, arena, &next, &n), MST_JSON_OK);
        ck_assert(n == 4 && memcmp(next, "next", 4) == 0);
        ck_assert(!mst_json_element(json) && mst_json_finish(json));
}
END_TEST

static const struct {
        const char *text;
        enum mst_json_taken taken;
        int64_t gives;
} ints[] = {
        { "0", MST_JSON_OK, 0 }, { "-0", MST_JSON_OK, 0 }, { "17", MST_JSON_OK, 17 },
        { "-17", MST_JSON_OK, -17 }, { "9223372036854775807", MST_JSON_OK, INT64_MAX },
        { "-9223372036854775808", MST_JSON_OK, INT64_MIN },
        { "9223372036854775808", MST_JSON_RANGE, 0 }, { "-9223372036854775809", MST_JSON_RANGE, 0 },
        { "99999999999999999999999999", MST_JSON_RANGE, 0 }, { "1.0", MST_JSON_TYPE, 0 },
        { "1e3", MST_JSON_TYPE, 0 }, { "\"1\"", MST_JSON_TYPE, 0 }, { "true", MST_JSON_TYPE, 0 },
        { "x", MST_JSON_STOP, 0 }, { "-", MST_JSON_STOP, 0 }, { "", MST_JSON_STOP, 0 },
};

START_TEST(json_ints)
{
        int64_t got = 0;

        mst_json_start(json, ints[_i].text, strlen(ints[_i].text));
        ck_assert_int_eq(mst_json_int(json, &got), ints[_i].taken);
        ck_assert_int_eq(got, ints[_i].gives);
}
END_TEST

static const struct {
        const char *text;
        enum mst_json_taken taken;
        double gives;
} reals[] = {
        { "0.5", MST_JSON_OK, 0.5 }, { "-1.25e2", MST_JSON_OK, -125 }, { "3", MST_JSON_OK, 3 },
        { "1e-400", MST_JSON_OK, 0 }, { "1e400", MST_JSON_RANGE, 0 }, { "-1e999", MST_JSON_RANGE, 0 },
        { "\"0.5\"", MST_JSON_TYPE, 0 }, { "1.", MST_JSON_STOP, 0 },
};

START_TEST(json_reals)
{
        double got = 0;

        /* The locale must not matter; where there is no such locale this changes nothing. */
        setlocale(LC_NUMERIC, "de_DE.UTF-8");
        mst_json_start(json, reals[_i].text, strlen(reals[_i].text));
        ck_assert_int_eq(mst_json_real(json, &got), reals[_i].taken);
        ck_assert(got >= reals[_i].gives && got <= reals[_i].gives);
        setlocale(LC_NUMERIC, "C");
}
END_TEST

static const struct {
        const char *text;
        enum mst_json_taken taken;
        int64_t unix_seconds;
} dates[] = {
        { "\"1970-01-01T00:00:00Z\"", MST_JSON_OK, 0 },
        { "\"2026-01-15T09:30:00Z\"", MST_JSON_OK, 1768469400 },
        { "\"2026-01-15T09:30:00.1234567Z\"", MST_JSON_OK, 1768469400 },
        { "\"2026-01-15\"", MST_JSON_OK, 1768435200 },
        { "\"0001-01-01T00:00:00Z\"", MST_JSON_OK, -62135596800 },
        { "\"2026-13-15T09:30:00Z\"", MST_JSON_RANGE, 0 },
        { "\"2026-02-30T09:30:00Z\"", MST_JSON_RANGE, 0 },
        { "\"yesterday\"", MST_JSON_RANGE, 0 },
        { "\"\"", MST_JSON_RANGE, 0 },
        { "\"2026-01-15T09:30\\u003a00Z\"", MST_JSON_RANGE, 0 },
        { "17", MST_JSON_TYPE, 0 }, { "\"2026", MST_JSON_STOP, 0 },
};

START_TEST(json_dates)
{
        int64_t got = 0;

        mst_json_start(json, dates[_i].text, strlen(dates[_i].text));
        ck_assert_int_eq(mst_json_date(json, &got), dates[_i].taken);
        if (dates[_i].taken == MST_JSON_OK)
                ck_assert_int_eq((got - MST_DATE_UNIX_EPOCH - (got % MST_DATE_SECOND)) / MST_DATE_SECOND,
                                 dates[_i].unix_seconds);
}
END_TEST

START_TEST(json_absent_and_null)
{
        static const char text[] = "{\"a\":null,\"b\":[],\"c\":{\"a\":1}}";
        const char *name;
        size_t length, members = 0;

        mst_json_start(json, text, sizeof text - 1);
        ck_assert(!mst_json_enter_array(json));          /* it stays where it is */
        ck_assert(mst_json_enter_object(json));
        while (mst_json_member(json, &name, &length)) {
                members++;
                ck_assert_uint_eq(length, 1);
                if (*name == 'a')
                        ck_assert_int_eq(mst_json_peek(json), MST_JSON_NULL);
                if (*name == 'b')
                        ck_assert_int_eq(mst_json_peek(json), MST_JSON_ARRAY);
        }
        ck_assert_uint_eq(members, 3);                   /* c was skipped with all in it */
        ck_assert(mst_json_finish(json));
        ck_assert(!mst_json_member(json, &name, &length));
        ck_assert(!mst_json_element(json));
}
END_TEST

START_TEST(json_names)
{
        static const char text[] = "{\"\\u0069d\":1,\"bad\\ud800\":2,\"\":3}";
        const char *name;
        size_t length;

        mst_json_start(json, text, sizeof text - 1);
        mst_json_enter_object(json);
        ck_assert(mst_json_member(json, &name, &length));
        ck_assert(length == 2 && memcmp(name, "id", 2) == 0);
        ck_assert(mst_json_member(json, &name, &length));
        ck_assert(length == 9 && memcmp(name, "bad\\ud800", 9) == 0);    /* as it is written */
        ck_assert(mst_json_member(json, &name, &length));
        ck_assert_uint_eq(length, 0);
        ck_assert(!mst_json_member(json, &name, &length) && mst_json_finish(json));
}
END_TEST

START_TEST(json_leave_and_skip)
{
        static const char text[] = "[[1,[2,3],{\"a\":4}], {\"x\" : [5] } ,6]";
        const char *raw;
        size_t size;
        int64_t number = 0;

        mst_json_start(json, text, sizeof text - 1);
        ck_assert(mst_json_enter_array(json) && mst_json_element(json));
        ck_assert(mst_json_enter_array(json) && mst_json_element(json));
        mst_json_leave(json);                            /* in the middle of the inner one */
        ck_assert(mst_json_element(json));
        ck_assert(mst_json_skip(json, &raw, &size));
        ck_assert(size == 12 && memcmp(raw, "{\"x\" : [5] }", size) == 0);
        ck_assert(mst_json_element(json));
        ck_assert_int_eq(mst_json_int(json, &number), MST_JSON_OK);
        ck_assert_int_eq(number, 6);
        ck_assert_int_eq(mst_json_int(json, &number), MST_JSON_STOP);    /* already taken */
        ck_assert(!mst_json_element(json) && mst_json_finish(json));
}
END_TEST

START_TEST(json_depth)
{
        char text[400];
        struct mst_error err = { 0 };

        for (int depth = 63; depth <= 66; depth++) {
                memset(text, '[', (size_t)depth);
                memset(text + depth, ']', (size_t)depth);
                ck_assert_int_eq(by_walking(text, (size_t)depth * 2), depth <= 64);
                ck_assert_int_eq(by_skipping(text, (size_t)depth * 2), depth <= 64);
        }
        mst_json_fail(json, &err);
        ck_assert_ptr_nonnull(strstr(err.text, "64 levels"));
}
END_TEST

START_TEST(json_write)
{
        static const char want[] = "{\"a\":\"q\\\"\\\\\\u000a\xc3\xa9\",\"b\":[1,-2,true,null,{}],\"c\":[]}";
        size_t size;

        mst_json_out_object(out);
        mst_json_out_name(out, "a");
        mst_json_out_text(out, "q\"\\\n\xc3\xa9", 6);
        mst_json_out_name(out, "b");
        mst_json_out_array(out);
        mst_json_out_int(out, 1);
        mst_json_out_int(out, -2);
        mst_json_out_bool(out, true);
        mst_json_out_null(out);
        mst_json_out_object(out);
        mst_json_out_end(out);
        mst_json_out_end(out);
        mst_json_out_name(out, "c");
        mst_json_out_array(out);
        mst_json_out_end(out);
        ck_assert_ptr_null(mst_json_written(out, NULL));         /* not closed yet */
        mst_json_out_end(out);
        ck_assert_str_eq(mst_json_written(out, &size), want);
        ck_assert_uint_eq(size, sizeof want - 1);
        ck_assert(by_walking(want, size));
}
END_TEST

/* Calls out of turn never give a document. */
START_TEST(json_write_wrong)
{
        static const char *const scripts[] = {
                "", "{", "[", "]", "{1}", "{a}", "{aa1}", "[a1]", "a", "11", "{a1", "{}{}", "[]]", "1]", "{a1}1",
                "[}1", "!", "[!]", "{a!}",
        };
        const char *script = scripts[_i];

        if (_i == 15)                                    /* '}' and ']' are the same call */
                script = "[}}";
        for (const char *c = script; *c != '\0'; c++)
                switch (*c) {
                case '{': mst_json_out_object(out); break;
                case '[': mst_json_out_array(out); break;
                case '}': case ']': mst_json_out_end(out); break;
                case 'a': mst_json_out_name(out, "a"); break;
                case '!': mst_json_out_text(out, "\xff", 1); break;
                default: mst_json_out_int(out, 1); break;
                }
        ck_assert_msg(mst_json_written(out, NULL) == NULL, "%s", script);
        mst_json_out_reset(out);
        mst_json_out_bool(out, false);
        ck_assert_str_eq(mst_json_written(out, NULL), "false");
}
END_TEST

/* Any JSON as a value, written out again: members by name, the last of one name. */
static const struct {
        const char *text, *again;            /* NULL: broken */
} trees[] = {
        { "{}", "{}" }, { "[]", "[]" }, { "null", "null" }, { "\"\\u00e9\"", "\"\u00e9\"" }, { " 7 ", "7" },
        { "{\"b\":1,\"a\":[true,{\"c\":null}],\"ab\":\"x\"}", "{\"a\":[true,{\"c\":null}],\"ab\":\"x\",\"b\":1}" },
        { "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}" },
        { "[[1],[[2,3],[]]]", "[[1],[[2,3],[]]]" },
        { "[1,2,3,4,5,6,7,8,9]", "[1,2,3,4,5,6,7,8,9]" },
        { "{\"a\":\"\\ud83d\",\"b\":\"\\u0000\"}", "{\"a\":null,\"b\":null}" },
        { "{\"a\":}", NULL }, { "[1", NULL }, { "", NULL }, { "<html>", NULL }, { "{\"a\":1,}", NULL },
};

START_TEST(json_trees)
{
        const struct mst_value *value;

        mst_json_start(json, trees[_i].text, strlen(trees[_i].text));
        value = mst_json_value(json, arena);
        ck_assert_int_eq(value != NULL && mst_json_finish(json), trees[_i].again != NULL);
        if (trees[_i].again == NULL)
                return;
        mst_json_out_reset(out);
        mst_json_out_value(out, value);
        ck_assert_str_eq(mst_json_written(out, NULL), trees[_i].again);
}
END_TEST

START_TEST(json_tree_found)
{
        static const char text[] = "{\"Name\":\"Ada\",\"Life\":\"604799\",\"Id\":41,\"Ok\":\"True\",\"no\":false,"
                                   "\"Odd\":\"12x\",\"Huge\":\"99999999999999999999\",\"List\":[\"a\",\"b\"],\"Half\":0.5}";
        const struct mst_value *value;

        mst_json_start(json, text, strlen(text));
        value = mst_json_value(json, arena);
        ck_assert_ptr_nonnull(value);
        ck_assert_ptr_null(mst_value_member(value, "name"));
        ck_assert_str_eq(mst_value_find_text(value, "name"), "Ada");
        ck_assert_str_eq(mst_value_find_text(value, "id"), "");
        ck_assert_str_eq(mst_value_find_text(value, "nobody"), "");
        ck_assert_str_eq(mst_value_find_text(NULL, "name"), "");
        ck_assert_int_eq(mst_value_find_int(value, "ID", -1), 41);
        ck_assert_int_eq(mst_value_find_int(value, "life", -1), 604799);
        ck_assert_int_eq(mst_value_find_int(value, "odd", -1), -1);
        ck_assert_int_eq(mst_value_find_int(value, "huge", -1), -1);
        ck_assert_int_eq(mst_value_find_int(value, "name", -1), -1);
        ck_assert_int_eq(mst_value_find_int(value, "list", -1), -1);
        ck_assert(mst_value_find_bool(value, "ok") && !mst_value_find_bool(value, "no") && !mst_value_find_bool(value, "id"));
        ck_assert_str_eq(mst_value_print(arena, mst_value_find(value, "id")), "41");
        ck_assert_str_eq(mst_value_print(arena, mst_value_find(value, "no")), "false");
        ck_assert_str_eq(mst_value_print(arena, mst_value_find(value, "half")), "0.5");
        ck_assert_str_eq(mst_value_print(arena, mst_value_find(value, "list")), "a");
        ck_assert_str_eq(mst_value_print(arena, value), "");
        ck_assert_str_eq(mst_value_print(arena, NULL), "");
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("json");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, json_good, 0, UNIT_COUNT(good));
        tcase_add_loop_test(c, json_bad, 0, UNIT_COUNT(bad));
        tcase_add_test(c, json_nul_inside);
        tcase_add_test(c, json_cut_off);
        tcase_add_loop_test(c, json_strings, 0, UNIT_COUNT(strings));
        tcase_add_loop_test(c, json_ints, 0, UNIT_COUNT(ints));
        tcase_add_loop_test(c, json_reals, 0, UNIT_COUNT(reals));
        tcase_add_loop_test(c, json_dates, 0, UNIT_COUNT(dates));
        tcase_add_test(c, json_absent_and_null);
        tcase_add_test(c, json_names);
        tcase_add_test(c, json_leave_and_skip);
        tcase_add_test(c, json_depth);
        tcase_add_loop_test(c, json_trees, 0, UNIT_COUNT(trees));
        tcase_add_test(c, json_tree_found);
        tcase_add_test(c, json_write);
        tcase_add_loop_test(c, json_write_wrong, 0, 19);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
