/* flat.c - records as bytes and back; hostile bytes are refused, never followed. */
#include "record/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "util/alloc.h"
#include "util/date.h"

static uint64_t dice;

static unsigned
roll(unsigned below)
{
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        return (unsigned)(dice % below);
}

static void
random_value(struct mst_record *r, struct mst_value *v, unsigned depth, bool element)
{
        static const char *const texts[] = { "", "Ada", "Zo\xc3\xab", "0123456789abcdef0123456789" };
        const char *text = texts[roll(4)];
        char name[8];
        unsigned n = roll(5);

        switch (roll(depth < 8 ? 10 : 8)) {
        case 0: mst_record_null(r, v); break;
        case 1: mst_record_bool(r, v, roll(2) != 0); break;
        case 2: mst_record_int(r, v, (int64_t)(dice >> roll(64)) * (roll(2) != 0 ? 1 : -1)); break;
        case 3: mst_record_real(r, v, (double)roll(1000000) / 64 - 5000); break;
        case 4: mst_record_text(r, v, text, strlen(text)); break;
        case 5: mst_record_bytes(r, v, "\0\1\xff", roll(4)); break;
        case 6: mst_record_date(r, v, (int64_t)(dice % (uint64_t)MSTC_DATE_LAST)); break;
        case 7: mst_record_ref(r, v, "boss", 4); break;
        case 8:
                if (element)
                        break;
                mst_record_list(r, v);
                while (n-- > 0)
                        random_value(r, mst_record_append(r, v), depth, true);
                break;
        default:
                mst_record_object(r, v);
                while (n-- > 0) {
                        snprintf(name, sizeof name, "m%u", roll(50));
                        random_value(r, mst_record_member(r, v, name), depth + 1, false);
                }
                break;
        }
}

static struct mst_record *
random_record(struct mst_arena *arena)
{
        struct mst_record *r = mstc_record_new(arena, roll(2) != 0 ? MST_USER : MST_GROUP, "id", 2);
        char name[8];

        for (unsigned n = roll(20); n > 0; n--) {
                snprintf(name, sizeof name, "a%u", roll(100));
                random_value(r, mst_record_put(r, name), 0, false);
        }
        ck_assert_ptr_null(mst_record_why_bad(r));
        return r;
}

START_TEST(round_trip)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_error err = { 0 };
        struct mstc_buffer a = { 0 }, b = { 0 };
        struct mst_record *back;

        dice = 1000003u * (uint64_t)(_i + 1);
        for (int round = 0; round < 200; round++) {
                struct mst_record *r = random_record(arena);

                mstc_buffer_clear(&a);
                mstc_buffer_clear(&b);
                mstc_record_flat(r, &a);
                ck_assert_int_eq(mstc_record_unflat(a.bytes, a.length, "id", arena, &back, &err), MST_OK);
                ck_assert_int_eq(back->kind, r->kind);
                ck_assert_uint_eq(back->count, r->count);
                for (uint32_t i = 0; i < r->count; i++) {
                        ck_assert_str_eq(back->fields[i].name, r->fields[i].name);
                        ck_assert(mst_value_equal(&back->fields[i].value, &r->fields[i].value));
                }
                mstc_record_flat(back, &b);
                ck_assert_uint_eq(a.length, b.length);
                ck_assert_mem_eq(a.bytes, b.bytes, a.length);
                mst_arena_reset(arena);
        }
        mstc_buffer_done(&a);
        mstc_buffer_done(&b);
        mst_arena_free(arena);
}
END_TEST

START_TEST(texts_point_into_the_bytes)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *r = mstc_record_new(arena, MST_USER, "id", 2), *back;
        struct mstc_buffer b = { 0 };
        struct mst_error err;
        struct mst_value *list;
        const char *text;

        mst_record_text(r, mst_record_put(r, "mail"), "ada@x.org", 9);
        mst_record_list(r, list = mst_record_put(r, "phones"));
        mst_record_int(r, mst_record_append(r, list), 1);
        mstc_record_flat(r, &b);
        ck_assert_int_eq(mstc_record_unflat(b.bytes, b.length, "id", arena, &back, &err), MST_OK);
        text = mst_value_text(mst_record_get(back, "mail"), NULL);
        ck_assert(text >= b.bytes && text < b.bytes + b.length);
        /* What was read can be added to, and the limits still hold. */
        list = (struct mst_value *)mst_record_get(back, "phones");
        mst_record_int(back, mst_record_append(back, list), 2);
        ck_assert_uint_eq(mst_value_count(mst_record_get(back, "phones")), 2);
        mst_record_text(back, mst_record_put(back, "cn"), "Ada", 3);
        ck_assert_str_eq(mst_value_text(mst_record_get(back, "cn"), NULL), "Ada");
        mst_record_list(back, mst_record_append(back, (struct mst_value *)mst_record_get(back, "phones")));
        ck_assert_ptr_nonnull(mst_record_why_bad(back));
        mstc_buffer_done(&b);
        mst_arena_free(arena);
}
END_TEST

/* The documented form, byte for byte. */
START_TEST(form)
{
        static const char expected[] = "\x01\x01\x07"
                                       "\x01" "a\0" "\x04\x01" "x\0"
                                       "\x01" "b\0" "\x02\x01"
                                       "\x01" "c\0" "\x01\x01"
                                       "\x01" "d\0" "\x08\x02" "\x00" "\x07\x01" "r\0"
                                       "\x01" "e\0" "\x09\x01" "\x01" "m\0" "\x02\xac\x02"
                                       "\x01" "f\0" "\x03\x00\x00\x00\x00\x00\x00\xf8\x3f"
                                       "\x01" "g\0" "\x00";
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *r = mstc_record_new(arena, MST_USER, "id", 2);
        struct mstc_buffer b = { 0 };
        struct mst_value *v;

        mst_record_text(r, mst_record_put(r, "a"), "x", 1);
        mst_record_int(r, mst_record_put(r, "b"), -1);
        mst_record_bool(r, mst_record_put(r, "c"), true);
        mst_record_list(r, v = mst_record_put(r, "d"));
        mst_record_null(r, mst_record_append(r, v));
        mst_record_ref(r, mst_record_append(r, v), "r", 1);
        mst_record_object(r, v = mst_record_put(r, "e"));
        mst_record_int(r, mst_record_member(r, v, "m"), 150);
        mst_record_real(r, mst_record_put(r, "f"), 1.5);
        mst_record_put(r, "g");
        mstc_record_flat(r, &b);
        ck_assert_uint_eq(b.length, sizeof expected - 1);
        ck_assert_mem_eq(b.bytes, expected, b.length);
        mstc_buffer_done(&b);
        mst_arena_free(arena);
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

static const struct {
        const char *bytes;
        size_t size;
} hostile[] = {
        { BYTES("") },
        { BYTES("\x01") },
        { BYTES("\x01\x01") },
        { BYTES("\x02\x01\x00") },                         /* another version */
        { BYTES("\x01\x00\x00") },                         /* no such kind */
        { BYTES("\x01\x03\x00") },
        { BYTES("\x01\x01\x00\x00") },                     /* bytes left over */
        { BYTES("\x01\x01\x80\x00") },                     /* a longer form of 0 */
        { BYTES("\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f") },
        { BYTES("\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") },
        { BYTES("\x01\x01\x02\x01" "a\0\x00") },           /* a field too few */
        { BYTES("\x01\x01\x01\x00\0\x00\x00") },           /* no name */
        { BYTES("\x01\x01\x01\x01" "ab\x00") },            /* no NUL */
        { BYTES("\x01\x01\x01\x02" "a\0\0\x00") },         /* a NUL within */
        { BYTES("\x01\x01\x01\x01\xff\0\x00") },           /* a name that is not UTF-8 */
        { BYTES("\x01\x01\x01\x7f" "a\0\x00") },           /* a name past the end */
        { BYTES("\x01\x01\x02\x01" "b\0\x00\x01" "a\0\x00") },    /* out of order */
        { BYTES("\x01\x01\x02\x01" "a\0\x00\x01" "a\0\x00") },    /* twice */
        { BYTES("\x01\x01\x01\x01" "a\0\x0a") },           /* no such type */
        { BYTES("\x01\x01\x01\x01" "a\0\xff") },
        { BYTES("\x01\x01\x01\x01" "a\0\x01\x02") },       /* neither false nor true */
        { BYTES("\x01\x01\x01\x01" "a\0\x02\x80") },       /* cut off */
        { BYTES("\x01\x01\x01\x01" "a\0\x06\x01") },       /* the year before 1 */
        { BYTES("\x01\x01\x01\x01" "a\0\x03\x00\x00\x00\x00\x00\x00\xf0\x7f") },     /* infinite */
        { BYTES("\x01\x01\x01\x01" "a\0\x03\x00\x00\x00\x00\x00\x00\xf8\x7f") },     /* NaN */
        { BYTES("\x01\x01\x01\x01" "a\0\x03\x00\x00\x00\x00\x00\x00\x00\x80") },     /* -0 */
        { BYTES("\x01\x01\x01\x01" "a\0\x03\x00\x00\x00") },
        { BYTES("\x01\x01\x01\x01" "a\0\x04\x03" "a\0b\0") },      /* a NUL in text */
        { BYTES("\x01\x01\x01\x01" "a\0\x04\x01\xff\0") },
        { BYTES("\x01\x01\x01\x01" "a\0\x04\x05" "ab\0") },
        { BYTES("\x01\x01\x01\x01" "a\0\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" "a\0") },
        { BYTES("\x01\x01\x01\x01" "a\0\x07\x00\0") },     /* a ref to nobody */
        { BYTES("\x01\x01\x01\x01" "a\0\x08\x01\x08\x00") },       /* a list in a list */
        { BYTES("\x01\x01\x01\x01" "a\0\x08\x7f\x00") },
        { BYTES("\x01\x01\x01\x01" "a\0\x08\xff\xff\xff\xff\x0f\x00") },
        { BYTES("\x01\x01\x01\x01" "a\0\x09\xff\x7f\x00") },
};

START_TEST(hostile_bytes)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *r = NULL;
        struct mst_error err = { 0 };
        char *exact = malloc(hostile[_i].size + 1);        /* so that ASan sees every step past */

        memcpy(exact, hostile[_i].bytes, hostile[_i].size);
        exact = realloc(exact, hostile[_i].size > 0 ? hostile[_i].size : 1);
        ck_assert_int_eq(mstc_record_unflat(exact, hostile[_i].size, "id", arena, &r, &err), MST_EINTERNAL);
        ck_assert_ptr_null(r);
        ck_assert_ptr_nonnull(strstr(err.text, "damaged record"));
        free(exact);
        mst_arena_free(arena);
}
END_TEST

START_TEST(depth_is_limited)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_error err = { 0 };
        struct mst_value value;
        char bytes[1000];
        size_t n = 0;

        /* { m: { m: ... null } }, as many levels as _i + 7 */
        for (int i = 0; i < _i + 7; i++) {
                memcpy(bytes + n, "\x09\x01\x01m\0", 5);
                n += 5;
        }
        bytes[n++] = 0;
        ck_assert_int_eq(mstc_value_unflat(bytes, n, arena, &value, &err), _i <= 1 ? MST_OK : MST_EINTERNAL);
        mst_arena_free(arena);
}
END_TEST

/* Valid bytes, changed at random: refused, or accepted and then exactly reproduced. */
START_TEST(random_mutations)
{
        struct mst_arena *arena = mst_arena_new(0), *fresh = mst_arena_new(0);
        struct mst_error err;
        struct mst_record *back;
        int accepted = 0;

        dice = 777777u * (uint64_t)(_i + 1);
        for (int round = 0; round < 3000; round++) {
                struct mstc_buffer a = { 0 }, b = { 0 };
                size_t size;
                char *bytes;

                mstc_record_flat(random_record(fresh), &a);
                size = roll(8) == 0 ? roll((unsigned)a.length + 1) : a.length;
                bytes = malloc(size > 0 ? size : 1);
                memcpy(bytes, a.bytes, size);
                for (unsigned n = roll(4) + 1; n > 0 && size > 0; n--)
                        bytes[roll((unsigned)size)] = (char)roll(roll(2) != 0 ? 256 : 12);
                if (mstc_record_unflat(bytes, size, "id", arena, &back, &err) == MST_OK) {
                        accepted++;
                        mstc_record_flat(back, &b);
                        ck_assert_uint_eq(b.length, size);
                        ck_assert_mem_eq(b.bytes, bytes, size);
                        mstc_buffer_clear(&b);
                        mstc_record_json(back, &b);
                }
                free(bytes);
                mstc_buffer_done(&a);
                mstc_buffer_done(&b);
                mst_arena_reset(arena);
                mst_arena_reset(fresh);
        }
        ck_assert_int_gt(accepted, 100);
        ck_assert_int_lt(accepted, 2900);
        mst_arena_free(arena);
        mst_arena_free(fresh);
}
END_TEST

START_TEST(memory_out)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *r, *back;
        struct mstc_buffer b = { 0 };
        struct mst_error err = { 0 };

        dice = 5;
        do
                r = random_record(arena);
        while (r->count < 10);
        mstc_record_flat(r, &b);
        for (long n = 1;; n++) {
                struct mst_arena *small = mst_arena_new(1);
                int rc;

                mstc_alloc_fail_at(n);
                rc = mstc_record_unflat(b.bytes, b.length, "id", small, &back, &err);
                if (mstc_alloc_failed()) {
                        ck_assert_int_eq(rc, MST_EINTERNAL);
                        ck_assert_ptr_nonnull(strstr(err.text, "out of memory"));
                } else
                        ck_assert_int_eq(rc, MST_OK);
                mst_arena_free(small);
                if (rc == MST_OK)
                        break;
        }
        mstc_alloc_fail_at(0);
        mstc_buffer_done(&b);
        mst_arena_free(arena);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("flat");
        TCase *t = tcase_create("flat");

        tcase_add_loop_test(t, round_trip, 0, 4);
        tcase_add_test(t, texts_point_into_the_bytes);
        tcase_add_test(t, form);
        tcase_add_loop_test(t, hostile_bytes, 0, UNIT_COUNT(hostile));
        tcase_add_loop_test(t, depth_is_limited, 0, 4);
        tcase_add_loop_test(t, random_mutations, 0, 4);
        tcase_add_test(t, memory_out);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
