/* utf8.c - well-formed text, its characters and columns, and near misses. */
#include "util/utf8.h"

#include <string.h>

#include "unit.h"

/* 'good' is how many bytes are well-formed; -1: all. */
static const struct {
        const char *text;
        int good;
} texts[] = {
        { "", -1 },
        { "abcdefghijklmnop", -1 },
        { "Zo\xc3\xab", -1 },
        { "\xe2\x82\xac", -1 },
        { "\xf0\x9f\x98\x80", -1 },
        { "\xf4\x8f\xbf\xbf", -1 },                        /* U+10FFFF */
        { "\xed\x9f\xbf\xee\x80\x80", -1 },                /* around the surrogates */
        { "\xc2\x80", -1 },
        { "\xe0\xa0\x80", -1 },
        { "\xf0\x90\x80\x80", -1 },
        { "12345678\xc3\xa9" "12345678", -1 },
        { "\x80", 0 },
        { "a\xbf", 1 },
        { "\xc0\x80", 0 },                                 /* overlong */
        { "\xc1\xbf", 0 },
        { "\xe0\x9f\xbf", 0 },
        { "\xf0\x8f\xbf\xbf", 0 },
        { "\xed\xa0\x80", 0 },                             /* surrogates */
        { "\xed\xbf\xbf", 0 },
        { "\xf4\x90\x80\x80", 0 },                         /* past U+10FFFF */
        { "\xf5\x80\x80\x80", 0 },
        { "\xff", 0 },
        { "\xfe\xff", 0 },
        { "\xc3", 0 },                                     /* cut off */
        { "\xe2\x82", 0 },
        { "\xf0\x9f\x98", 0 },
        { "\xc3\x28", 0 },
        { "\xe2\x28\xa1", 0 },
        { "1234567\xff", 7 },
        { "12345678\xff", 8 },
        { "123456789\xff" "0123456789", 9 },
        { "1234567\xc3", 7 },
};

START_TEST(valid)
{
        size_t length = strlen(texts[_i].text);

        ck_assert_uint_eq(mstc_utf8_valid(texts[_i].text, length),
                          texts[_i].good < 0 ? length : (size_t)texts[_i].good);
}
END_TEST

/* The fast path and the slow one agree wherever the broken byte stands. */
START_TEST(valid_at_any_place)
{
        char text[40];

        for (size_t at = 0; at < sizeof text; at++) {
                memset(text, 'a', sizeof text);
                text[at] = (char)0xff;
                ck_assert_uint_eq(mstc_utf8_valid(text, sizeof text), at);
                ck_assert_uint_eq(mstc_utf8_valid(text, at), at);
        }
}
END_TEST

static const struct {
        const char *text;
        size_t count, columns;
} widths[] = {
        { "", 0, 0 },
        { "Ada", 3, 3 },
        { "Zo\xc3\xab", 3, 3 },
        { "e\xcc\x81", 2, 1 },                             /* e, combining acute */
        { "\xe6\x97\xa5\xe6\x9c\xac", 2, 4 },              /* two Han */
        { "\xed\x95\x9c", 1, 2 },                          /* Hangul */
        { "\xf0\x9f\x98\x80", 1, 2 },                      /* a face */
        { "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd", 4, 4 },      /* Cyrillic */
        { "\xef\xbc\xa1", 1, 2 },                          /* full-width A */
        { "a\tb", 3, 2 },
};

START_TEST(counted)
{
        size_t length = strlen(widths[_i].text);

        ck_assert_uint_eq(mstc_utf8_count(widths[_i].text, length), widths[_i].count);
        ck_assert_uint_eq(mstc_utf8_columns(widths[_i].text, length), widths[_i].columns);
        ck_assert_uint_eq(mstc_utf8_span(widths[_i].text, length, widths[_i].count), length);
        ck_assert_uint_eq(mstc_utf8_span(widths[_i].text, length, 1000), length);
        ck_assert_uint_eq(mstc_utf8_span(widths[_i].text, length, 0), 0);
}
END_TEST

START_TEST(spans)
{
        const char *text = "a\xc3\xa9\xe2\x82\xacz";

        ck_assert_uint_eq(mstc_utf8_span(text, 7, 1), 1);
        ck_assert_uint_eq(mstc_utf8_span(text, 7, 2), 3);
        ck_assert_uint_eq(mstc_utf8_span(text, 7, 3), 6);
}
END_TEST

static const struct {
        const char *a, *b;
        size_t most, distance;
} near[] = {
        { "mail", "mail", 3, 0 },        { "mail", "MAIL", 3, 0 },     { "mail", "mial", 3, 1 },
        { "mail", "mai", 3, 1 },         { "mail", "emails", 3, 2 },   { "", "abc", 3, 3 },
        { "", "", 0, 0 },                { "kitten", "sitting", 3, 3 }, { "kitten", "sitting", 2, 3 },
        { "abcdef", "ghijkl", 2, 3 },    { "password", "pasword", 2, 1 }, { "ab", "ba", 1, 1 },
        { "abcd", "badc", 2, 2 },        { "x", "xxxxxxx", 3, 4 },
};

START_TEST(distances)
{
        ck_assert_uint_eq(mstc_text_distance(near[_i].a, near[_i].b, near[_i].most), near[_i].distance);
        ck_assert_uint_eq(mstc_text_distance(near[_i].b, near[_i].a, near[_i].most), near[_i].distance);
}
END_TEST

START_TEST(distance_of_long_words)
{
        char word[400];

        memset(word, 'w', sizeof word);
        word[399] = '\0';
        ck_assert_uint_eq(mstc_text_distance(word, word, 2), 3);
        ck_assert_int_eq(mstc_text_casecmp("UserName", "username"), 0);
        ck_assert_int_lt(mstc_text_casecmp("a", "B"), 0);
        ck_assert_int_gt(mstc_text_casecmp("ab", "A"), 0);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("utf8");
        TCase *t = tcase_create("utf8");

        tcase_add_loop_test(t, valid, 0, UNIT_COUNT(texts));
        tcase_add_test(t, valid_at_any_place);
        tcase_add_loop_test(t, counted, 0, UNIT_COUNT(widths));
        tcase_add_test(t, spans);
        tcase_add_loop_test(t, distances, 0, UNIT_COUNT(near));
        tcase_add_test(t, distance_of_long_words);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
