/* report.c - complaints come in order, once each, and none is lost in silence. */
#include "util/report.h"

#include <string.h>

#include "unit.h"
#include "util/alloc.h"

static struct mstc_place
at(const char *file, unsigned line, unsigned column)
{
        return (struct mstc_place){ file, line, column };
}

START_TEST(ordered_and_counted)
{
        static const char *const order[] = { "no file", "a1", "a2 first", "a2 second", "a2:9", "a10", "b1" };
        struct mstc_report *r = mstc_report_new();
        char file[] = "b.xml";

        mstc_report_error(r, at(file, 1, 1), NULL, "b%d", 1);
        memcpy(file, "a", 1);                              /* it was copied */
        mstc_report_error(r, at("a.xml", 10, 1), "remove it", "a10");
        mstc_report_warning(r, at("a.xml", 2, 1), NULL, "a2 first");
        mstc_report_error(r, at("a.xml", 2, 9), NULL, "a2:9");
        mstc_report_error(r, at("a.xml", 2, 1), NULL, "a2 second");
        mstc_report_error(r, at("a.xml", 1, 7), NULL, "a1");
        mstc_report_error(r, at(NULL, 0, 0), NULL, "no file");
        ck_assert_uint_eq(mstc_report_count(r), 7);
        ck_assert_uint_eq(mstc_report_errors(r), 6);
        for (size_t i = 0; i < 7; i++)
                ck_assert_str_eq(mstc_report_at(r, i)->text, order[i]);
        ck_assert_str_eq(mstc_report_at(r, 6)->place.file, "b.xml");
        ck_assert_str_eq(mstc_report_at(r, 5)->remedy, "remove it");
        ck_assert(mstc_report_at(r, 2)->warning);
        ck_assert_ptr_null(mstc_report_at(r, 7));
        mstc_report_free(r);
        mstc_report_free(NULL);
}
END_TEST

START_TEST(said_once)
{
        struct mstc_report *r = mstc_report_new();

        for (int i = 0; i < 3; i++) {
                mstc_report_error(r, at("a.xml", 2, 1), NULL, "twice");
                mstc_report_warning(r, at("a.xml", 2, 1), NULL, "twice");
                mstc_report_error(r, at("a.xml", 2, 2), NULL, "twice");
                mstc_report_error(r, at(NULL, 2, 1), NULL, "twice");
                (void)mstc_report_at(r, 0);
        }
        ck_assert_uint_eq(mstc_report_count(r), 4);
        ck_assert_uint_eq(mstc_report_errors(r), 3);
        mstc_report_free(r);
}
END_TEST

START_TEST(memory_out_is_an_error)
{
        struct mstc_report *r = mstc_report_new();

        mstc_alloc_fail_at(1);
        mstc_report_warning(r, at("a.xml", 1, 1), NULL, "only a warning");
        ck_assert(mstc_alloc_failed());
        mstc_alloc_fail_at(0);
        ck_assert_uint_eq(mstc_report_errors(r), 1);
        ck_assert_uint_eq(mstc_report_count(r), 1);
        ck_assert_ptr_nonnull(strstr(mstc_report_at(r, 0)->text, "out of memory"));
        mstc_report_free(r);
}
END_TEST

/* The line of the rule, of the complaint that was added last and of no other. */
START_TEST(shown)
{
        static const char text[] = "one -and\ntwo -eqq 3\n";
        struct mstc_report *r = mstc_report_new();

        mstc_report_show(r, text, strlen(text), 0, 3);     /* of nothing: nothing happens */
        mstc_report_error(r, at("a.xml", 1, 1), NULL, "first");
        mstc_report_show(r, text, strlen(text), 13, 4);
        mstc_report_error(r, at("a.xml", 2, 1), NULL, "second");
        mstc_report_error(r, at("a.xml", 1, 1), NULL, "first");
        mstc_report_show(r, text, strlen(text), 0, 3);     /* it was there already      */
        mstc_report_error(r, at("a.xml", 3, 1), NULL, "third");
        mstc_report_show(r, text, strlen(text), 999, 999);
        mstc_report_error(r, at("a.xml", 4, 1), NULL, "fourth");
        mstc_report_show(r, text, strlen(text), 4, 999);
        ck_assert_str_eq(mstc_report_at(r, 0)->line, "two -eqq 3");
        ck_assert_uint_eq(mstc_report_at(r, 0)->mark_at, 4);
        ck_assert_uint_eq(mstc_report_at(r, 0)->mark_length, 4);
        ck_assert_ptr_null(mstc_report_at(r, 1)->line);
        ck_assert_str_eq(mstc_report_at(r, 2)->line, "");
        ck_assert_uint_eq(mstc_report_at(r, 2)->mark_length, 0);
        ck_assert_uint_eq(mstc_report_at(r, 3)->mark_length, 4);
        mstc_report_free(r);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("report");
        TCase *t = tcase_create("report");

        tcase_add_test(t, ordered_and_counted);
        tcase_add_test(t, shown);
        tcase_add_test(t, said_once);
        tcase_add_test(t, memory_out_is_an_error);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
