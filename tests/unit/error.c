/* error.c - an error is a sentence that grows, and never half a character. */
#include <muster/error.h>

#include <string.h>

#include "unit.h"

START_TEST(fail_sets_everything)
{
        struct mst_error err = { .retry_after_ms = 7 };

        ck_assert_int_eq(mst_fail(&err, MST_ENET, "cannot reach '%s'", "ldap"), MST_ENET);
        ck_assert_int_eq(err.code, MST_ENET);
        ck_assert_uint_eq(err.retry_after_ms, 0);
        ck_assert_str_eq(err.text, "cannot reach 'ldap'");
        ck_assert_int_eq(mst_fail(NULL, MST_EPERM, "nobody listens"), MST_EPERM);
}
END_TEST

START_TEST(fail_takes_its_own_text)
{
        struct mst_error err = { 0 };

        mst_fail(&err, MST_ENET, "reset");
        mst_fail(&err, MST_ENET, "%s, again: %s", err.text, err.text);
        ck_assert_str_eq(err.text, "reset, again: reset");
}
END_TEST

/* The text's last character has this many bytes and would be cut after 'fits'. */
static const struct {
        const char *last;
        size_t pad, length;
} cuts[] = {
        { "ab", 1013, 1015 },        { "ab", 1014, 1015 },
        { "\xc3\xa9", 1013, 1015 },  { "\xc3\xa9", 1014, 1014 },
        { "\xe2\x82\xac", 1012, 1015 }, { "\xe2\x82\xac", 1013, 1013 }, { "\xe2\x82\xac", 1014, 1014 },
        { "\xf0\x9f\x98\x80", 1011, 1015 }, { "\xf0\x9f\x98\x80", 1012, 1012 },
        { "\xf0\x9f\x98\x80", 1013, 1013 }, { "\xf0\x9f\x98\x80", 1014, 1014 },
};

START_TEST(fail_cuts_at_a_border)
{
        struct mst_error err = { 0 };
        char pad[1100];

        memset(pad, 'x', sizeof pad);
        pad[cuts[_i].pad] = '\0';
        mst_fail(&err, MST_EREFUSED, "%s%s", pad, cuts[_i].last);
        ck_assert_uint_eq(strlen(err.text), cuts[_i].length);
}
END_TEST

static const struct {
        const char *bytes, *shown;
} broken[] = {
        { "a\xff" "b", "a?b" }, { "\xc3", "?" }, { "\xc0\x80", "??" }, { "\xed\xa0\x80", "???" },
        { "\xe2\x82", "??" }, { "\xf5\x80\x80\x80", "????" }, { "caf\xc3\xa9", "caf\xc3\xa9" },
};

START_TEST(fail_repairs_utf8)
{
        struct mst_error err = { 0 };

        mst_fail(&err, MST_EREFUSED, "%s", broken[_i].bytes);
        ck_assert_str_eq(err.text, broken[_i].shown);
}
END_TEST

START_TEST(wrap_puts_in_front)
{
        struct mst_error err = { 0 };

        mst_fail(&err, MST_EAUTH, "invalid credentials");
        ck_assert_int_eq(mst_wrap(&err, "bind as '%s'", "cn=sync"), MST_EAUTH);
        ck_assert_int_eq(mst_wrap(&err, "sink '%s'", "staff"), MST_EAUTH);
        ck_assert_str_eq(err.text, "sink 'staff': bind as 'cn=sync': invalid credentials");
}
END_TEST

START_TEST(wrap_keeps_the_cause)
{
        struct mst_error err = { 0 };
        char long_text[1100];

        memset(long_text, 'y', sizeof long_text);
        long_text[1008] = '\0';
        mst_fail(&err, MST_ENET, "cause");
        ck_assert_int_eq(mst_wrap(&err, "%s", long_text), MST_ENET);     /* 1008 + 2 + 5 = 1015 */
        ck_assert_uint_eq(strlen(err.text), 1015);
        mst_fail(&err, MST_ENET, "cause!");
        ck_assert_int_eq(mst_wrap(&err, "%s", long_text), MST_ENET);
        ck_assert_str_eq(err.text, "cause!");
}
END_TEST

START_TEST(names_of_classes)
{
        struct mst_error err = { 0 };

        ck_assert_str_eq(mst_code_name(MST_ENET), "network");
        ck_assert_str_eq(mst_code_name(MST_EEXPIRED), "expired-cursor");
        ck_assert_str_eq(mst_code_name(-99), "unknown");
        for (int code = MST_EINTERNAL; code <= MST_END; code++)
                ck_assert_str_ne(mst_code_name(code), "unknown");
        ck_assert_int_eq(mst_fail_memory(&err, "reading a page"), MST_EINTERNAL);
        ck_assert_str_eq(err.text, "out of memory while reading a page");
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("error");
        TCase *t = tcase_create("error");

        tcase_add_test(t, fail_sets_everything);
        tcase_add_test(t, fail_takes_its_own_text);
        tcase_add_loop_test(t, fail_cuts_at_a_border, 0, UNIT_COUNT(cuts));
        tcase_add_loop_test(t, fail_repairs_utf8, 0, UNIT_COUNT(broken));
        tcase_add_test(t, wrap_puts_in_front);
        tcase_add_test(t, wrap_keeps_the_cause);
        tcase_add_test(t, names_of_classes);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
