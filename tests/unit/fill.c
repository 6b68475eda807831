/* fill.c - what makes a record bad, with which reason, and that it stays so. */
#include "record/record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "util/alloc.h"
#include "util/date.h"

static struct mst_arena *arena;

static void
begin(void)
{
        arena = mst_arena_new(0);
}

static void
end(void)
{
        mst_arena_free(arena);
}

static struct mst_record *
fresh(void)
{
        return mstc_record_new(arena, MST_USER, "id-1", 4);
}

static void
put_text(struct mst_record *r, const char *name, const char *text)
{
        mst_record_text(r, mst_record_put(r, name), text, strlen(text));
}

static void
bad_utf8(struct mst_record *r)
{
        put_text(r, "cn", "caf\xe9");
}

static void
bad_nul(struct mst_record *r)
{
        mst_record_text(r, mst_record_put(r, "cn"), "a\0b", 3);
}

static void
bad_nan(struct mst_record *r)
{
        mst_record_real(r, mst_record_put(r, "cn"), (double)NAN);
}

static void
bad_infinite(struct mst_record *r)
{
        mst_record_real(r, mst_record_put(r, "cn"), (double)INFINITY);
}

static void
bad_date_early(struct mst_record *r)
{
        mst_record_date(r, mst_record_put(r, "cn"), -1);
}

static void
bad_date_late(struct mst_record *r)
{
        mst_record_date(r, mst_record_put(r, "cn"), MSTC_DATE_LAST + 1);
}

static void
bad_ref_empty(struct mst_record *r)
{
        mst_record_ref(r, mst_record_put(r, "cn"), "", 0);
}

static void
bad_ref_long(struct mst_record *r)
{
        static char id[1025];

        memset(id, 'i', sizeof id);
        mst_record_ref(r, mst_record_put(r, "cn"), id, sizeof id);
}

static void
bad_name_empty(struct mst_record *r)
{
        mst_record_put(r, "");
}

static void
bad_name_null(struct mst_record *r)
{
        mst_record_put(r, NULL);
}

static void
bad_name_long(struct mst_record *r)
{
        char name[258];

        memset(name, 'n', sizeof name);
        name[257] = '\0';
        mst_record_put(r, name);
}

static void
bad_name_utf8(struct mst_record *r)
{
        mst_record_put(r, "a\xff");
}

static void
bad_nested_list(struct mst_record *r)
{
        struct mst_value *list = mst_record_put(r, "cn");

        mst_record_list(r, list);
        mst_record_list(r, mst_record_append(r, list));
}

static void
bad_append(struct mst_record *r)
{
        mst_record_append(r, mst_record_put(r, "cn"));
}

static void
bad_member(struct mst_record *r)
{
        struct mst_value *v = mst_record_put(r, "cn");

        mst_record_list(r, v);
        mst_record_member(r, v, "x");
}

static void
bad_deep(struct mst_record *r)
{
        struct mst_value *v = mst_record_put(r, "cn");

        for (int depth = 1; depth <= 9; depth++) {
                ck_assert_ptr_null(mst_record_why_bad(r));
                mst_record_object(r, v);
                v = mst_record_member(r, v, "in");
        }
}

static void
bad_deep_in_lists(struct mst_record *r)
{
        struct mst_value *v = mst_record_put(r, "cn");

        for (int depth = 1; depth <= 9; depth++) {
                ck_assert_ptr_null(mst_record_why_bad(r));
                mst_record_list(r, v);
                v = mst_record_append(r, v);
                mst_record_object(r, v);
                v = mst_record_member(r, v, "in");
        }
}

static void
bad_members(struct mst_record *r)
{
        struct mst_value *v = mst_record_put(r, "cn");
        char name[16];

        mst_record_object(r, v);
        for (int i = 0; i < 1001; i++) {
                ck_assert_ptr_null(mst_record_why_bad(r));
                snprintf(name, sizeof name, "%d", i);
                mst_record_member(r, v, name);
        }
}

static void
bad_list_long(struct mst_record *r)
{
        struct mst_value *v = mst_record_put(r, "cn");

        mst_record_list(r, v);
        for (int i = 0; i < 200000; i++)
                mst_record_append(r, v);
        ck_assert_ptr_null(mst_record_why_bad(r));
        mst_record_append(r, v);
}

static void
bad_text_long(struct mst_record *r)
{
        static char text[1024 * 1024 + 1];

        memset(text, 'x', sizeof text);
        mst_record_text(r, mst_record_put(r, "sn"), text, sizeof text - 1);
        ck_assert_ptr_null(mst_record_why_bad(r));
        mst_record_text(r, mst_record_put(r, "cn"), text, sizeof text);
}

static void
bad_record_large(struct mst_record *r)
{
        static char bytes[1024 * 1024];

        for (char name[] = "a"; name[0] < 'a' + 8; name[0]++) {
                ck_assert_ptr_null(mst_record_why_bad(r));
                mst_record_bytes(r, mst_record_put(r, name), bytes, sizeof bytes);
        }
}

static void
bad_huge(struct mst_record *r)
{
        mst_record_bytes(r, mst_record_put(r, "cn"), "", SIZE_MAX);
}

static void
bad_told(struct mst_record *r)
{
        mst_record_bad(r, "department is %s", "a number");
        mst_record_bad(r, "second reason");
}

static const struct {
        void (*spoil)(struct mst_record *);
        const char *says;
} spoilt[] = {
        { bad_utf8, "'cn' is not UTF-8 (from byte 4 on)" }, { bad_nul, "'cn' contains a NUL byte" },
        { bad_nan, "'cn' is not a finite number" },       { bad_infinite, "'cn' is not a finite number" },
        { bad_date_early, "'cn' is a date outside" },     { bad_date_late, "'cn' is a date outside" },
        { bad_ref_empty, "refers to is empty" },          { bad_ref_long, "longer than 1024 bytes" },
        { bad_name_empty, "name of an attribute is empty" }, { bad_name_null, "name of an attribute is empty" },
        { bad_name_long, "longer than 256 bytes" },       { bad_name_utf8, "not UTF-8" },
        { bad_nested_list, "'cn' has a list within a list" }, { bad_append, "'cn' is not a list" },
        { bad_member, "'cn' is not an object" },          { bad_deep, "more than 8 deep" },
        { bad_deep_in_lists, "more than 8 deep" },        { bad_members, "more than 1,000 members" },
        { bad_list_long, "more than 200,000 values" },    { bad_text_long, "longer than 1048576 bytes" },
        { bad_record_large, "larger than 8 MiB" },        { bad_huge, "larger than 8 MiB" },
        { bad_told, "department is a number" },
};

START_TEST(spoils)
{
        struct mst_record *r = fresh();
        char first[600];

        spoilt[_i].spoil(r);
        ck_assert_ptr_nonnull(mst_record_why_bad(r));
        ck_assert_msg(strstr(mst_record_why_bad(r), spoilt[_i].says) != NULL, "%s", mst_record_why_bad(r));
        /* The first reason stays, and nothing more is taken. */
        snprintf(first, sizeof first, "%s", mst_record_why_bad(r));
        ck_assert_ptr_null(mst_record_put(r, "later"));
        put_text(r, "later", "\xff");
        mst_record_list(r, mst_record_put(r, "later"));
        ck_assert_str_eq(mst_record_why_bad(r), first);
        ck_assert_ptr_null(mst_record_get(r, "later"));
}
END_TEST

START_TEST(null_record_is_harmless)
{
        mst_record_text(NULL, mst_record_put(NULL, "x"), "x", 1);
        mst_record_list(NULL, NULL);
        ck_assert_ptr_null(mst_record_append(NULL, NULL));
        ck_assert_ptr_null(mst_record_member(NULL, NULL, "x"));
        mst_record_bad(NULL, "x");
        ck_assert_ptr_null(mst_record_why_bad(NULL));
        ck_assert_str_eq(mst_record_id(NULL), "");
}
END_TEST

static const struct {
        const char *id;
        size_t length;
        const char *says;                    /* NULL: good */
} ids[] = {
        { "a", 1, NULL }, { "caf\xc3\xa9", 5, NULL }, { "", 0, "empty" }, { NULL, 0, "empty" },
        { "a\0b", 3, "NUL" }, { "\xff", 1, "UTF-8" },
};

START_TEST(ids_of_records)
{
        struct mst_record *r = mstc_record_new(arena, MST_GROUP, ids[_i].id, ids[_i].length);

        ck_assert_int_eq(mst_record_kind(r), MST_GROUP);
        if (ids[_i].says == NULL) {
                ck_assert_ptr_null(mst_record_why_bad(r));
                ck_assert_str_eq(mst_record_id(r), ids[_i].id);
        } else {
                ck_assert_str_eq(mst_record_id(r), "");
                ck_assert_ptr_nonnull(strstr(mst_record_why_bad(r), ids[_i].says));
        }
}
END_TEST

START_TEST(memory_out_makes_bad)
{
        for (long n = 1;; n++) {
                struct mst_arena *small = mst_arena_new(64);
                struct mst_record *r;
                struct mst_value *list;
                char name[16];

                mstc_alloc_fail_at(n);
                r = mstc_record_new(small, MST_USER, "i", 1);
                for (int i = 0; i < 60; i++) {
                        snprintf(name, sizeof name, "n%d", i);
                        put_text(r, name, "some text that takes memory");
                }
                mst_record_list(r, list = mst_record_put(r, "zz"));
                for (int i = 0; i < 500; i++)
                        mst_record_int(r, mst_record_append(r, list), i);
                if (!mstc_alloc_failed()) {
                        ck_assert_ptr_null(mst_record_why_bad(r));
                        mstc_alloc_fail_at(0);
                        mst_arena_free(small);
                        break;
                }
                if (r != NULL)
                        ck_assert_str_eq(mst_record_why_bad(r), "out of memory");
                mst_arena_free(small);
        }
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("fill");
        TCase *t = tcase_create("fill");

        tcase_add_checked_fixture(t, begin, end);
        tcase_add_loop_test(t, spoils, 0, UNIT_COUNT(spoilt));
        tcase_add_test(t, null_record_is_harmless);
        tcase_add_loop_test(t, ids_of_records, 0, UNIT_COUNT(ids));
        tcase_add_test(t, memory_out_makes_bad);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
