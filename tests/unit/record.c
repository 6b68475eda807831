/* record.c - a record's values, read, put, merged, compared and shown.  Its limits are
 * in fill.c. */
#include "record/record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

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

static const char *
get_text(const struct mst_record *r, const char *name)
{
        return mst_value_text(mst_record_get(r, name), NULL);
}

/* --- reading and filling --------------------------------------------------------------- */

START_TEST(names_in_any_order)
{
        struct mst_record *r = fresh();
        char name[16];

        /* 0, 7, 14, ...: every name once, out of order */
        for (unsigned i = 0; i < 1000; i++) {
                snprintf(name, sizeof name, "n%03u", i * 7 % 1000);
                put_text(r, name, name);
        }
        ck_assert_ptr_null(mst_record_why_bad(r));
        ck_assert_uint_eq(mst_record_count(r), 1000);
        for (unsigned i = 0; i < 1000; i++) {
                snprintf(name, sizeof name, "n%03u", i);
                ck_assert_str_eq(mst_record_name_at(r, i), name);
                ck_assert_str_eq(get_text(r, name), name);
        }
        ck_assert_ptr_null(mst_record_get(r, "n"));
        ck_assert_ptr_null(mst_record_get(r, "n1000"));
        ck_assert_ptr_null(mst_record_get(r, "N001"));
        ck_assert_ptr_null(mst_record_name_at(r, 1000));
        ck_assert_ptr_null(mst_record_put(r, "one more"));
        ck_assert_ptr_nonnull(strstr(mst_record_why_bad(r), "1,000 attributes"));
}
END_TEST

START_TEST(put_again_replaces)
{
        struct mst_record *r = fresh();

        put_text(r, "mail", "old");
        put_text(r, "mail", "new");
        ck_assert_uint_eq(mst_record_count(r), 1);
        ck_assert_str_eq(get_text(r, "mail"), "new");
        mst_record_put(r, "mail");
        ck_assert_int_eq(mst_value_type(mst_record_get(r, "mail")), MST_NULL);
        mstc_record_remove(r, "nothing");
        mstc_record_remove(r, "mail");
        ck_assert_uint_eq(mst_record_count(r), 0);
}
END_TEST

START_TEST(all_types)
{
        struct mst_record *r = fresh();
        struct mst_value *v;
        size_t length = 9;

        mst_record_bool(r, mst_record_put(r, "bool"), true);
        mst_record_int(r, mst_record_put(r, "int"), INT64_MIN);
        mst_record_real(r, mst_record_put(r, "real"), -0.0);
        mst_record_bytes(r, mst_record_put(r, "bytes"), "\0\xff\0", 3);
        mst_record_date(r, mst_record_put(r, "date"), MSTC_DATE_LAST);
        mst_record_ref(r, mst_record_put(r, "ref"), "boss", 4);
        mst_record_object(r, v = mst_record_put(r, "object"));
        mst_record_int(r, mst_record_member(r, v, "b"), 2);
        mst_record_int(r, mst_record_member(r, v, "a"), 1);
        mst_record_int(r, mst_record_member(r, v, "b"), 3);
        mst_record_list(r, v = mst_record_put(r, "list"));
        for (int i = 0; i < 100; i++)
                mst_record_int(r, mst_record_append(r, v), i);
        ck_assert_ptr_null(mst_record_why_bad(r));
        ck_assert(mst_value_bool(mst_record_get(r, "bool")));
        ck_assert_int_eq(mst_value_int(mst_record_get(r, "int")), INT64_MIN);
        ck_assert(!signbit(mst_value_real(mst_record_get(r, "real"))));
        ck_assert_mem_eq(mst_value_text(mst_record_get(r, "bytes"), &length), "\0\xff\0", 4);
        ck_assert_uint_eq(length, 3);
        ck_assert_int_eq(mst_value_date(mst_record_get(r, "date")), MSTC_DATE_LAST);
        ck_assert_str_eq(get_text(r, "ref"), "boss");
        ck_assert_uint_eq(mst_value_count(mst_record_get(r, "object")), 2);
        ck_assert_str_eq(mst_value_name_at(mst_record_get(r, "object"), 0), "a");
        ck_assert_int_eq(mst_value_int(mst_value_member(mst_record_get(r, "object"), "b")), 3);
        ck_assert_ptr_null(mst_value_member(mst_record_get(r, "object"), "c"));
        for (size_t i = 0; i < 100; i++)
                ck_assert_int_eq(mst_value_int(mst_value_at(mst_record_get(r, "list"), i)), (int)i);
        ck_assert_ptr_null(mst_value_at(mst_record_get(r, "list"), 100));
}
END_TEST

START_TEST(wrong_types_are_neutral)
{
        struct mst_value text = mstc_value_text("x", 1), number = mstc_value_int(5);
        size_t length = 9;

        ck_assert_int_eq(mst_value_type(NULL), MST_NULL);
        ck_assert(!mst_value_bool(&text) && !mst_value_bool(NULL));
        ck_assert_int_eq(mst_value_int(&text), 0);
        ck_assert(mst_value_real(&number) == 0);
        ck_assert_int_eq(mst_value_date(&number), 0);
        ck_assert_str_eq(mst_value_text(&number, &length), "");
        ck_assert_uint_eq(length, 0);
        ck_assert_uint_eq(mst_value_count(NULL), 0);
        ck_assert_uint_eq(mst_value_count(&number), 1);
        ck_assert_ptr_eq(mst_value_at(&number, 0), &number);
        ck_assert_ptr_null(mst_value_at(&number, 1));
        ck_assert_ptr_null(mst_value_member(&number, "x"));
        ck_assert_ptr_null(mst_value_name_at(NULL, 0));
        ck_assert_ptr_null(mst_record_get(NULL, "x"));
        ck_assert_uint_eq(mst_record_count(NULL), 0);
}
END_TEST

/* --- whole attributes --------------------------------------------------------------------- */

START_TEST(set_copies_share_borrows)
{
        struct mst_record *r = fresh(), *other = fresh();
        char text[] = "text";
        struct mst_value value = mstc_value_text(text, 4);
        struct mst_value *list;

        mst_record_list(r, list = mst_record_put(r, "list"));
        put_text(r, "x", "y");
        list = (struct mst_value *)mst_record_get(r, "list");
        mst_record_int(r, mst_record_append(r, list), 1);
        ck_assert(mstc_record_set(r, "copy", &value));
        ck_assert(mstc_record_share(r, "lent", &value));
        ck_assert(mstc_record_set(r, "null", NULL));
        text[0] = 'n';
        ck_assert_str_eq(get_text(r, "copy"), "text");
        ck_assert_str_eq(get_text(r, "lent"), "next");
        /* Adding to a shared list leaves the original alone. */
        ck_assert(mstc_record_share(other, "list", mst_record_get(r, "list")));
        list = (struct mst_value *)mst_record_get(other, "list");
        mst_record_int(other, mst_record_append(other, list), 2);
        list = (struct mst_value *)mst_record_get(r, "list");
        mst_record_int(r, mst_record_append(r, list), 3);
        ck_assert_int_eq(mst_value_int(mst_value_at(mst_record_get(other, "list"), 1)), 2);
        ck_assert_int_eq(mst_value_int(mst_value_at(mst_record_get(r, "list"), 1)), 3);
        mst_record_bad(r, "spoilt");
        ck_assert(!mstc_record_set(r, "more", &value));
        ck_assert(!mstc_record_share(r, "more", &value));
}
END_TEST

START_TEST(merge_lays_over)
{
        struct mst_record *base = fresh(), *patch = fresh(), *merged;

        put_text(base, "a", "1");
        put_text(base, "b", "2");
        put_text(base, "d", "4");
        put_text(patch, "b", "two");
        mst_record_put(patch, "a");
        mst_record_put(patch, "c");
        put_text(patch, "e", "5");
        merged = mstc_record_merge(arena, base, patch);
        ck_assert_uint_eq(mst_record_count(merged), 3);
        ck_assert_str_eq(mst_record_name_at(merged, 0), "b");
        ck_assert_str_eq(get_text(merged, "b"), "two");
        ck_assert_str_eq(get_text(merged, "d"), "4");
        ck_assert_str_eq(get_text(merged, "e"), "5");
        ck_assert_str_eq(get_text(base, "b"), "2");
        merged = mstc_record_merge(arena, NULL, patch);
        ck_assert_uint_eq(mst_record_count(merged), 2);
        put_text(merged, "more", "can be put");
        ck_assert_str_eq(get_text(merged, "more"), "can be put");
        merged = mstc_record_merge(arena, base, fresh());
        ck_assert_uint_eq(mst_record_count(merged), 3);
        mst_record_bad(patch, "spoilt");
        ck_assert_str_eq(mst_record_why_bad(mstc_record_merge(arena, base, patch)), "spoilt");
}
END_TEST

START_TEST(tidy_removes_nothings)
{
        struct mst_record *r = fresh();

        mst_record_put(r, "null");
        mst_record_list(r, mst_record_put(r, "empty"));
        put_text(r, "text", "");
        mst_record_bool(r, mst_record_put(r, "bool"), false);
        mstc_record_tidy(r);
        ck_assert_uint_eq(mst_record_count(r), 2);
        ck_assert_ptr_nonnull(mst_record_get(r, "text"));
        ck_assert(mstc_value_empty(mst_record_get(r, "text")));
        ck_assert(!mstc_value_empty(mst_record_get(r, "bool")));
        ck_assert(mstc_value_empty(NULL));
}
END_TEST

struct seen {
        char names[200];
        size_t most;
};

static bool
note(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct seen *seen = self;

        strcat(seen->names, name);
        strcat(seen->names, before == NULL ? "+" : after == NULL ? "-" : "~");
        return --seen->most > 0;
}

static void
differs(const struct mst_record *a, const struct mst_record *b, size_t most, const char *names)
{
        struct seen seen = { .most = most };

        mstc_record_compare(a, b, note, &seen);
        ck_assert_str_eq(seen.names, names);
}

START_TEST(compare_names_differences)
{
        struct mst_record *a = fresh(), *b = fresh();
        struct mst_value *v;

        put_text(a, "gone", "x");
        put_text(a, "same", "x");
        put_text(a, "type", "1");
        mst_record_put(a, "null");
        mst_record_list(a, v = mst_record_put(a, "list"));
        mst_record_int(a, mst_record_append(a, v), 1);
        put_text(b, "same", "x");
        put_text(b, "new", "x");
        mst_record_int(b, mst_record_put(b, "type"), 1);
        mst_record_list(b, v = mst_record_put(b, "list"));
        mst_record_int(b, mst_record_append(b, v), 1);
        mst_record_int(b, mst_record_append(b, v), 2);
        differs(a, b, 99, "gone-list~new+type~");
        differs(b, a, 99, "gone+list~new-type~");
        differs(a, b, 2, "gone-list~");
        differs(a, a, 99, "");
        differs(NULL, a, 99, "gone+list+same+type+");
        differs(a, NULL, 99, "gone-list-same-type-");
        differs(NULL, NULL, 99, "");
}
END_TEST

START_TEST(equality)
{
        struct mst_value one = mstc_value_int(1), date = mstc_value_date(1), a = mstc_value_text("a", 1),
                         ab = mstc_value_text("ab", 2), A = mstc_value_text("A", 1), yes = mstc_value_bool(true),
                         no = mstc_value_bool(false), null = mstc_value_null();

        ck_assert(mst_value_equal(&one, &one) && mst_value_equal(NULL, &null) && mst_value_equal(&yes, &yes));
        ck_assert(!mst_value_equal(&one, &date));
        ck_assert(!mst_value_equal(&a, &ab));
        ck_assert(!mst_value_equal(&a, &A));
        ck_assert(!mst_value_equal(&yes, &no));
        ck_assert(!mst_value_equal(&no, &null));
}
END_TEST

/* --- shown ------------------------------------------------------------------------------------ */

START_TEST(json_and_said)
{
        struct mst_record *r = fresh();
        struct mst_value *v;
        struct mstc_buffer b = { 0 };
        static const char *const bytes[] = { "", "f", "fo", "foo", "foob" };
        static const char *const base64[] = { "\"\"", "\"Zg==\"", "\"Zm8=\"", "\"Zm9v\"", "\"Zm9vYg==\"" };

        mst_record_real(r, mst_record_put(r, "a"), 0.1);
        mst_record_real(r, mst_record_put(r, "b"), 1e300);
        mst_record_real(r, mst_record_put(r, "b2"), 3);
        put_text(r, "c", "quote \" and\nline");
        mst_record_bytes(r, mst_record_put(r, "d"), "\xff\x00", 2);
        mst_record_date(r, mst_record_put(r, "e"), MST_DATE_UNIX_EPOCH);
        mst_record_list(r, v = mst_record_put(r, "f"));
        mst_record_int(r, mst_record_append(r, v), -5);
        mst_record_null(r, mst_record_append(r, v));
        mst_record_object(r, v = mst_record_put(r, "g"));
        mst_record_bool(r, mst_record_member(r, v, "x"), true);
        mstc_record_json(r, &b);
        ck_assert_str_eq(mstc_buffer_cstr(&b),
                         "{\"a\":0.1,\"b\":1e+300,\"b2\":3,\"c\":\"quote \\\" and\\nline\",\"d\":\"/wA=\","
                         "\"e\":\"1970-01-01T00:00:00Z\",\"f\":[-5,null],\"g\":{\"x\":true}}");
        for (size_t i = 0; i < 5; i++) {
                mst_record_bytes(r, mst_record_put(r, "z"), bytes[i], strlen(bytes[i]));
                mstc_buffer_clear(&b);
                mstc_value_json(mst_record_get(r, "z"), &b);
                ck_assert_str_eq(mstc_buffer_cstr(&b), base64[i]);
        }
        mstc_buffer_clear(&b);
        for (const char *name = "adefgz"; *name != '\0'; name++) {
                mstc_value_say(mst_record_get(r, (char[]){ *name, '\0' }), &b);
                mstc_buffer_char(&b, '|');
        }
        mstc_value_say(NULL, &b);
        ck_assert_str_eq(mstc_buffer_cstr(&b),
                         "0.1|<2 bytes>|1970-01-01T00:00:00Z|-5; |{x: true}|<4 bytes>|");
        mstc_buffer_done(&b);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("record");
        TCase *t = tcase_create("record");

        tcase_add_checked_fixture(t, begin, end);
        tcase_add_test(t, names_in_any_order);
        tcase_add_test(t, put_again_replaces);
        tcase_add_test(t, all_types);
        tcase_add_test(t, wrong_types_are_neutral);
        tcase_add_test(t, set_copies_share_borrows);
        tcase_add_test(t, merge_lays_over);
        tcase_add_test(t, tidy_removes_nothings);
        tcase_add_test(t, compare_names_differences);
        tcase_add_test(t, equality);
        tcase_add_test(t, json_and_said);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
