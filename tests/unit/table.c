/* table.c - tables: widths, wide characters, hostile text; the progress line. */
#include <string.h>

#include "unit.h"

#include "cli/table.h"
#include "util/utf8.h"

static const struct mstc_column columns[] = {
        { "NAME", MSTC_FLEXIBLE, 6 }, { "COUNT", MSTC_RIGHT, 0 }, { "WHY", MSTC_WRAPS, 10 },
};

static struct mst_arena *arena;

static void
begin(void)
{
        arena = mst_arena_new(0);
        ck_assert_ptr_nonnull(arena);
}

static void
end(void)
{
        mst_arena_free(arena);
}

/* Each case: one row, a width, and the lines that must come out. */
static const struct {
        const char *name;
        uint64_t count;
        const char *why;
        unsigned width;
        const char *lines;
} cases[] = {
        { "ada", 7, "fine", 80, "NAME  COUNT  WHY\nada       7  fine\n" },
        { "ada", 1234567, NULL, 80, "NAME      COUNT  WHY\nada   1,234,567  -\n" },
        { "", 0, "", 80, "NAME  COUNT  WHY\n-         0  -\n" },
        { NULL, 999, "x", 80, "NAME  COUNT  WHY\n-       999  x\n" },
        /* the widest gives way first: the text wraps before the name is cut */
        { "somebody", 1, "one two three four five", 30,
          "NAME      COUNT  WHY\nsomebody      1  one two three\n                 four five\n" },
        /* a word that is longer than its column is cut through */
        { "a", 1, "abcdefghijklmnopqrstuvwxyz", 23,
          "NAME  COUNT  WHY\na         1  abcdefghij\n             klmnopqrst\n             uvwxyz\n" },
        /* a name that is cut says so */
        { "abcdefghijklmnop", 1, "x", 21, "NAME       COUNT  WHY\nabcdef\xe2\x80\xa6op      1  x\n" },
        /* no narrower than the least: then each row has lines of its own */
        { "abcdefghijklmnop", 1, "x", 5, "NAME   abcdefgh\n       ijklmnop\nCOUNT  1\nWHY    x\n" },
        { "abcdefghijklmnop", 1, "one two three", 16, "NAME   abcdefghi\n       jklmnop\nCOUNT  1\nWHY    one two\n       three\n" },
        { "\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e", 1, NULL, 5,
          "NAME   \xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\n       \xe6\x9d\x8e\nCOUNT  1\nWHY    -\n" },
        /* wide characters count two, marks none */
        { "\xe6\x9d\x8e\xe5\xb0\x8f\xe9\xbe\x99", 1, "x", 80,
          "NAME    COUNT  WHY\n\xe6\x9d\x8e\xe5\xb0\x8f\xe9\xbe\x99      1  x\n" },
        { "e\xcc\x81t\xc3\xa9", 1, "x", 80, "NAME  COUNT  WHY\ne\xcc\x81t\xc3\xa9       1  x\n" },
        /* a wide character is not cut in half */
        { "\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e", 1, "x", 18,
          "NAME    COUNT  WHY\n\xe6\x9d\x8e\xe6\x9d\x8e\xe2\x80\xa6       1  x\n" },
        /* what moves the cursor, forges a line, turns the direction or is no UTF-8 */
        { "a\033[2Jb", 1, "x", 80, "NAME       COUNT  WHY\na\\x1b[2Jb      1  x\n" },
        { "a", 1, "x\nroot  0  y", 80, "NAME  COUNT  WHY\na         1  x\\nroot  0  y\n" },
        { "a", 1, "x\r\ty", 80, "NAME  COUNT  WHY\na         1  x\\r\\ty\n" },
        { "\xe2\x80\xae" "gpj", 1, "x", 80, "NAME         COUNT  WHY\n\\u{202e}gpj      1  x\n" },
        { "\xff\xfe", 1, "x", 80, "NAME      COUNT  WHY\n\\xff\\xfe      1  x\n" },
        { "\xc2\x9b" "31m", 1, "x", 80, "NAME     COUNT  WHY\n\\x9b31m      1  x\n" },
};

START_TEST(render)
{
        struct mstc_table *table = mstc_table_new(arena, columns, 3);
        struct mstc_buffer out = { 0 };

        mstc_table_cell(table, cases[_i].name);
        mstc_table_count(table, cases[_i].count);
        mstc_table_cell(table, cases[_i].why);
        ck_assert_int_eq((int)mstc_table_rows(table), 1);
        ck_assert(mstc_table_render(table, cases[_i].width, false, &out));
        ck_assert_str_eq(mstc_buffer_cstr(&out), cases[_i].lines);
        mstc_buffer_done(&out);
}
END_TEST

START_TEST(eighty_columns)
{
        struct mstc_table *table = mstc_table_new(arena, columns, 3);
        struct mstc_buffer out = { 0 };
        const char *line;

        for (int i = 0; i < 50; i++) {
                mstc_table_printf(table, "somebody with quite a long name, the %d-th of his house, \xe6\x9d\x8e", i);
                mstc_table_count(table, UINT64_MAX);
                mstc_table_cell(table, "the server said: a constraint of the schema has been violated "
                                "(objectClass), and it will say so again until somebody changes it");
        }
        ck_assert(mstc_table_render(table, 80, false, &out));
        for (line = mstc_buffer_cstr(&out); *line != '\0'; line = strchr(line, '\n') + 1) {
                size_t length = strcspn(line, "\n");

                ck_assert_uint_le(mstc_utf8_columns(line, length), 80);
                ck_assert(length == 0 || line[length - 1] != ' ');
        }
        mstc_buffer_done(&out);
}
END_TEST

START_TEST(paint)
{
        struct mstc_table *table = mstc_table_new(arena, columns, 3);
        struct mstc_buffer out = { 0 };

        mstc_table_paint(table, MSTC_BAD, "a\033[0m");
        mstc_table_count(table, 3);
        mstc_table_cell(table, "x");
        ck_assert(mstc_table_render(table, 80, true, &out));
        ck_assert_ptr_nonnull(strstr(mstc_buffer_cstr(&out), "\033[31ma\\x1b[0m\033[0m"));
        mstc_buffer_clear(&out);
        /* the same widths, and not one sequence, without colour */
        ck_assert(mstc_table_render(table, 80, false, &out));
        ck_assert_ptr_null(strchr(mstc_buffer_cstr(&out), '\033'));
        mstc_buffer_done(&out);
}
END_TEST

static const struct { const char *text; unsigned width; const char *want; } fits[] = {
        { "abc", 0, "abc" }, { "abc", 3, "abc" }, { "abcd", 3, "ab\xe2\x80\xa6" },
        { "\033", 0, "\\x1b" }, { "a\nb", 3, "a\\\xe2\x80\xa6" }, { "", 5, "" },
        /* in the middle, where both ends are worth it; wide characters and marks are not cut through */
        { "anna.olsen@contoso.example", 16, "anna.olsen\xe2\x80\xa6" "ample" }, { "abcdefghij", 8, "abcde\xe2\x80\xa6ij" },
        { "\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e", 9,
          "\xe6\x9d\x8e\xe6\x9d\x8e\xe6\x9d\x8e\xe2\x80\xa6\xe6\x9d\x8e" },
        { "e\xcc\x81" "bcdefghi\xcc\x81", 8, "e\xcc\x81" "bcde\xe2\x80\xa6hi\xcc\x81" },
};

START_TEST(fit)
{
        ck_assert_str_eq(mstc_fit(arena, fits[_i].text, fits[_i].width), fits[_i].want);
}
END_TEST

static const struct { uint64_t number; const char *want; } numbers[] = {
        { 0, "0" }, { 12, "12" }, { 999, "999" }, { 1000, "1,000" }, { 123456, "123,456" },
        { UINT64_MAX, "18,446,744,073,709,551,615" },
};

START_TEST(thousands)
{
        ck_assert_str_eq(mstc_thousands(arena, numbers[_i].number), numbers[_i].want);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("table");
        TCase *t = tcase_create("table");

        tcase_add_checked_fixture(t, begin, end);
        tcase_add_loop_test(t, render, 0, UNIT_COUNT(cases));
        tcase_add_loop_test(t, fit, 0, UNIT_COUNT(fits));
        tcase_add_loop_test(t, thousands, 0, UNIT_COUNT(numbers));
        tcase_add_test(t, eighty_columns);
        tcase_add_test(t, paint);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
