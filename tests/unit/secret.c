/* secret.c - secrets are readable, comparable, and gone afterwards. */
#include <muster/secret.h>

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "util/alloc.h"

START_TEST(holds_bytes)
{
        struct mst_secret *s = mst_secret_new("a\0b", 3);

        ck_assert_uint_eq(mst_secret_size(s), 3);
        ck_assert_mem_eq(mst_secret_reveal(s), "a\0b\0", 4);
        mst_secret_free(s);
        ck_assert_str_eq(mst_secret_reveal(NULL), "");
        ck_assert_uint_eq(mst_secret_size(NULL), 0);
        mst_secret_free(NULL);
        mst_secret_wipe(NULL, 5);
}
END_TEST

START_TEST(large_and_empty)
{
        char bytes[20000];
        struct mst_secret *s;

        memset(bytes, 'k', sizeof bytes);
        s = mst_secret_new(bytes, sizeof bytes);
        ck_assert_uint_eq(strlen(mst_secret_reveal(s)), sizeof bytes);
        mst_secret_free(s);
        s = mst_secret_new(NULL, 0);
        ck_assert_str_eq(mst_secret_reveal(s), "");
        mst_secret_free(s);
        ck_assert_ptr_null(mst_secret_new("", SIZE_MAX));
        mstc_alloc_fail_at(1);
        ck_assert_ptr_null(mst_secret_new("x", 1));
        mstc_alloc_fail_at(0);
}
END_TEST

static const struct {
        const char *a, *b;
        bool equal;
} pairs[] = {
        { "abc", "abc", true }, { "", "", true },       { NULL, NULL, true },   { "abc", "abd", false },
        { "abc", "ab", false }, { "ab", "abc", false }, { "", "a", false },     { "abc", NULL, false },
        { NULL, "", false },    { "abab", "ab", false }, { "xbc", "abc", false },
};

START_TEST(compares)
{
        struct mst_secret *a = pairs[_i].a != NULL ? mst_secret_new(pairs[_i].a, strlen(pairs[_i].a)) : NULL;
        struct mst_secret *b = pairs[_i].b != NULL ? mst_secret_new(pairs[_i].b, strlen(pairs[_i].b)) : NULL;

        ck_assert_int_eq(mst_secret_equal(a, b), pairs[_i].equal);
        ck_assert_int_eq(mst_secret_equal(b, a), pairs[_i].equal);
        mst_secret_free(a);
        mst_secret_free(b);
}
END_TEST

/* The mapping that holds 'address' must be marked "dd" (do not dump). */
START_TEST(stays_out_of_core_files)
{
        struct mst_secret *s = mst_secret_new("hush", 4);
        FILE *maps = fopen("/proc/self/smaps", "r");
        unsigned long from, to, at = (unsigned long)(uintptr_t)mst_secret_reveal(s);
        char line[512];
        bool inside = false, marked = false;

        while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
                if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
                        inside = at >= from && at < to;
                if (inside && strncmp(line, "VmFlags:", 8) == 0)
                        marked = strstr(line, " dd") != NULL;
        }
        if (maps != NULL) {
                fclose(maps);
                ck_assert(marked);
        }
        mst_secret_free(s);
}
END_TEST

START_TEST(wipes)
{
        char bytes[] = "password";

        mst_secret_wipe(bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++)
                ck_assert_int_eq(bytes[i], 0);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("secret");
        TCase *t = tcase_create("secret");

        tcase_add_test(t, holds_bytes);
        tcase_add_test(t, large_and_empty);
        tcase_add_loop_test(t, compares, 0, UNIT_COUNT(pairs));
        tcase_add_test(t, stays_out_of_core_files);
        tcase_add_test(t, wipes);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
