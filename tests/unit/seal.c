/* seal.c - kept secrets: what opens, what does not, and that the store never holds them. */
#include "build.h"

#include <string.h>

#include <muster/seal.h>
#include <muster/test.h>

#include "unit.h"

#define VALUE "rt.example.refresh-token.0001"

static struct mst_test *test;
static struct mst_secret *key;
static struct mst_error err;

static struct mst_secret *
secret(const char *text)
{
        struct mst_secret *s = mst_secret_new(text, strlen(text));

        ck_assert_ptr_nonnull(s);
        return s;
}

static void
begin(void)
{
        test = mst_test_new("kaizala");
        key = secret("a key of more than sixteen bytes");
        err = (struct mst_error){ 0 };
}

static void
end(void)
{
        mst_secret_free(key);
        mst_test_free(test);
}

static void
keep(const char *text)
{
        struct mst_secret *value = secret(text);

        ck_assert_msg(mst_seal_keep(mst_test_host(test), "refresh-token", key, value, &err) == MST_OK, "%s", err.text);
        mst_secret_free(value);
}

static int
opens(struct mst_host *host, const char *name, const struct mst_secret *with, const char *text)
{
        struct mst_secret *got = NULL;
        int rc = mst_seal_kept(host, name, with, &got, &err);

        if (rc == MST_OK && text != NULL)
                ck_assert_str_eq(mst_secret_reveal(got), text);
        else
                ck_assert_ptr_null(got);
        mst_secret_free(got);
        return rc;
}

START_TEST(comes_back)
{
        struct mst_arena *arena = mst_arena_new(0);
        const unsigned char *first, *second;
        size_t size, again;

        ck_assert_int_eq(opens(mst_test_host(test), "refresh-token", key, NULL), MST_OK);       /* nothing yet */
        keep(VALUE);
        ck_assert_int_eq(opens(mst_test_host(test), "refresh-token", key, VALUE), MST_OK);
        first = mst_host_kept(mst_test_host(test), "refresh-token", arena, &size);
        ck_assert_uint_gt(size, strlen(VALUE));
        ck_assert_ptr_null(memmem(first, size, "rt.", 3));
        ck_assert_ptr_null(memmem(first, size, "key", 3));
        keep(VALUE);
        second = mst_host_kept(mst_test_host(test), "refresh-token", arena, &again);
        ck_assert(size == again && memcmp(first, second, size) != 0);   /* never the same bytes */
        keep("");
        ck_assert_int_eq(opens(mst_test_host(test), "refresh-token", key, ""), MST_OK);
        ck_assert_int_eq(mst_seal_keep(mst_test_host(test), "refresh-token", key, NULL, &err), MST_OK);
        ck_assert_int_eq(opens(mst_test_host(test), "refresh-token", key, NULL), MST_OK);
        mst_arena_free(arena);
}
END_TEST

/* Another key, name or instance, and any byte that was changed. */
START_TEST(opens_for_nobody_else)
{
        struct mst_secret *other = secret("another key of enough many bytes");
        struct mst_test *elsewhere = mst_test_new("kaizala2");
        struct mst_arena *arena = mst_arena_new(0);
        size_t size;
        unsigned char *bytes;

        keep(VALUE);
        bytes = (unsigned char *)mst_host_kept(mst_test_host(test), "refresh-token", arena, &size);
        ck_assert_int_eq(opens(mst_test_host(test), "refresh-token", other, NULL), MST_EAUTH);
        ck_assert_ptr_nonnull(strstr(err.text, "key is not the one"));
        ck_assert_int_eq(mst_host_keep(mst_test_host(test), "other", bytes, size, &err), MST_OK);
        ck_assert_int_eq(opens(mst_test_host(test), "other", key, NULL), MST_EAUTH);
        ck_assert_int_eq(mst_host_keep(mst_test_host(elsewhere), "refresh-token", bytes, size, &err), MST_OK);
        ck_assert_int_eq(opens(mst_test_host(elsewhere), "refresh-token", key, NULL), MST_EAUTH);
        for (size_t i = 0; i < size; i++) {
                bytes[i] ^= 1;
                mst_host_keep(mst_test_host(test), "refresh-token", bytes, size, &err);
                ck_assert_int_eq(opens(mst_test_host(test), "refresh-token", key, NULL), MST_EAUTH);
                bytes[i] ^= 1;
        }
        for (size_t i = 1; i < size; i++) {
                mst_host_keep(mst_test_host(test), "refresh-token", bytes, i, &err);
                ck_assert_int_eq(opens(mst_test_host(test), "refresh-token", key, NULL), MST_EAUTH);
        }
        mst_host_keep(mst_test_host(test), "refresh-token", bytes, size, &err);
        ck_assert_int_eq(opens(mst_test_host(test), "refresh-token", key, VALUE), MST_OK);
        mst_secret_free(other);
        mst_arena_free(arena);
        mst_test_free(elsewhere);
}
END_TEST

START_TEST(short_keys)
{
        struct mst_secret *short_one = secret("fifteen bytes..");

        ck_assert_int_eq(mst_seal_check("token-key", key, &err), MST_OK);
        ck_assert_int_eq(mst_seal_check("token-key", short_one, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "token-key: the key is shorter"));
        ck_assert_int_eq(mst_seal_check("token-key", NULL, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "missing"));
        ck_assert_int_eq(mst_seal_keep(mst_test_host(test), "n", short_one, key, &err), MST_ECONFIG);
        mst_secret_free(short_one);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("seal");
        TCase *t = tcase_create("seal");

        tcase_add_checked_fixture(t, begin, end);
        tcase_add_test(t, comes_back);
        tcase_add_test(t, opens_for_nobody_else);
        tcase_add_test(t, short_keys);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
