/* words.c - words with blanks between them, or in them. */
#include "util/words.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static const struct { const char *list, *words; } lists[] = {
        { "", "" }, { "   ", "" }, { "a", "a" }, { "  a  bc ", "a|bc" },
        { "'dept-Human Resources' fin", "dept-Human Resources|fin" },
        { "fin \"dept-Human Resources\"", "fin|dept-Human Resources" },
        { "'a' 'b c'", "a|b c" }, { "'it''s me' x", "it''s me|x" },
        { "'O'Brien and sons' x", "O'Brien and sons|x" }, { "O'Brien x'y", "O'Brien|x'y" },
        { "'never closed x", "'never|closed|x" }, { "'", "'" }, { "''", "''" }, { "'' a", "''|a" },
        { "'a'b c", "'a'b|c" }, { "\"a 'b c' d\"", "a 'b c' d" }, { "' ' x", " |x" },
};

START_TEST(taken)
{
        const char *list = lists[_i].list, *word;
        char told[200] = "";
        size_t length, used = 0;

        while (mstc_words_next(&list, &word, &length))
                used += (size_t)snprintf(told + used, sizeof told - used, "%s%.*s", used > 0 ? "|" : "", (int)length, word);
        ck_assert_str_eq(told, lists[_i].words);
        ck_assert_str_eq(list, "");
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("words");
        TCase *t = tcase_create("words");

        tcase_add_loop_test(t, taken, 0, sizeof lists / sizeof *lists);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
