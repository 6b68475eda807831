/* set.c - random operations on sets, held against plain arrays of bits. */
#include "util/set.h"

#include <stdint.h>
#include <string.h>

#include "unit.h"
#include "util/alloc.h"
#include "util/buffer.h"

#define SPACE (6u * MSTC_SET_CHUNK)

static uint64_t dice;

static uint32_t
roll(uint32_t below)
{
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        return (uint32_t)(dice % below);
}

/* One assertion for many members: Check makes a note of every single one. */
static void
agree(const struct mstc_set *set, const bool *model)
{
        uint64_t count = 0, wrong = 0;
        uint32_t at = 0;

        for (uint32_t i = 0; i < SPACE; i++) {
                count += model[i];
                wrong += mstc_set_has(set, i) != model[i];
        }
        ck_assert_uint_eq(wrong, 0);
        ck_assert_uint_eq(mstc_set_count(set), count);
        for (uint32_t i = 0; i < SPACE; i++)
                if (model[i]) {
                        wrong += !mstc_set_next(set, &at) || at != i;
                        at = i + 1;
                }
        ck_assert_uint_eq(wrong, 0);
        ck_assert(!mstc_set_next(set, &at));
}

/* Each chunk of a set has its own density, so that all forms meet. */
static void
fill(struct mstc_set *set, bool *model, unsigned tries)
{
        static const uint32_t dense[] = { 1, 30, 250, 1000, 4000, 8000 };

        for (unsigned i = 0; i < tries; i++)
                for (uint32_t c = 0; c < 6; c++)
                        for (uint32_t j = 0; j < dense[(c + tries) % 6] / tries + 1; j++) {
                                uint32_t n = c * MSTC_SET_CHUNK + roll(MSTC_SET_CHUNK);

                                if (roll(4) > 0)
                                        model[n] = mstc_set_add(set, n);
                                else {
                                        mstc_set_remove(set, n);
                                        model[n] = false;
                                }
                        }
}

START_TEST(random_members)
{
        struct mstc_set *set = mstc_set_new(), *copy;
        static bool model[SPACE];

        memset(model, 0, sizeof model);
        dice = 88172645463325252u + (uint64_t)_i;
        for (unsigned round = 1; round <= 3; round++) {
                fill(set, model, round);
                agree(set, model);
        }
        copy = mstc_set_copy(set);
        agree(copy, model);
        mstc_set_free(copy);
        /* Down to nothing, through every form. */
        for (uint32_t i = 0; i < SPACE; i++) {
                uint32_t n = i * 7919u % SPACE;

                mstc_set_remove(set, n);
                model[n] = false;
                if (i % 5000 == 0)
                        agree(set, model);
        }
        agree(set, model);
        mstc_set_free(set);
}
END_TEST

START_TEST(random_sets)
{
        static bool a[SPACE], b[SPACE];
        struct mstc_set *left = mstc_set_new(), *right = mstc_set_new();
        uint32_t chunk = 0;
        bool changed;

        memset(a, 0, sizeof a);
        memset(b, 0, sizeof b);
        dice = 1234567u + (uint64_t)_i;
        fill(left, a, 2);
        fill(right, b, 3);
        for (uint32_t i = 0; _i % 2 == 0 && i < MSTC_SET_CHUNK; i++) {
                mstc_set_remove(left, i + MSTC_SET_CHUNK);
                a[i + MSTC_SET_CHUNK] = false;
        }
        mstc_set_clean(left);
        ck_assert(!mstc_set_next_dirty(left, &chunk));
        ck_assert(_i % 3 == 0   ? mstc_set_union(left, right)
                  : _i % 3 == 1 ? mstc_set_intersect(left, right)
                                : mstc_set_subtract(left, right));
        for (uint32_t c = 0; c < 6; c++) {
                changed = false;
                for (uint32_t i = c * MSTC_SET_CHUNK; i < (c + 1) * MSTC_SET_CHUNK; i++) {
                        bool is = _i % 3 == 0 ? a[i] || b[i] : _i % 3 == 1 ? a[i] && b[i] : a[i] && !b[i];

                        changed |= is != a[i];
                        a[i] = is;
                }
                chunk = c;
                ck_assert_int_eq(mstc_set_next_dirty(left, &chunk) && chunk == c, changed);
        }
        agree(left, a);
        agree(right, b);
        mstc_set_free(left);
        mstc_set_free(right);
}
END_TEST

START_TEST(packed_and_back)
{
        static bool model[SPACE];
        struct mstc_set *set = mstc_set_new(), *back = mstc_set_new();
        uint32_t chunk = 0;

        memset(model, 0, sizeof model);
        dice = 99u + (uint64_t)_i;
        fill(set, model, 1 + (unsigned)_i);
        for (; mstc_set_next_chunk(set, &chunk); chunk++) {
                struct mstc_buffer b = { 0 };

                mstc_set_chunk_pack(set, chunk, &b);
                ck_assert(mstc_buffer_ok(&b));
                ck_assert_uint_le(b.length, 513);
                ck_assert(mstc_set_chunk_unpack(back, chunk, b.bytes, b.length));
                mstc_buffer_done(&b);
        }
        agree(back, model);
        chunk = 0;
        ck_assert(!mstc_set_next_dirty(back, &chunk));
        mstc_set_free(set);
        mstc_set_free(back);
}
END_TEST

START_TEST(packed_form_is_what_it_says)
{
        struct mstc_set *set = mstc_set_new();
        struct mstc_buffer b = { 0 };

        mstc_set_chunk_pack(set, 0, &b);
        ck_assert_uint_eq(b.length, 0);
        mstc_set_add(set, 4095);
        mstc_set_add(set, 3);
        mstc_set_chunk_pack(set, 0, &b);
        ck_assert_uint_eq(b.length, 5);
        ck_assert_mem_eq(b.bytes, "\x01\x03\x00\xff\x0f", 5);
        for (uint32_t i = 0; i < 254; i++)
                mstc_set_add(set, i);
        mstc_buffer_clear(&b);
        mstc_set_chunk_pack(set, 0, &b);                   /* 254 and 4095: a list still */
        ck_assert_uint_eq(b.length, 1 + 2 * 255);
        mstc_set_add(set, 300);
        mstc_buffer_clear(&b);
        mstc_set_chunk_pack(set, 0, &b);
        ck_assert_uint_eq(b.length, 513);
        ck_assert_int_eq(b.bytes[0], 2);
        ck_assert_int_eq((unsigned char)b.bytes[1], 0xff);
        ck_assert_int_eq((unsigned char)b.bytes[512], 0x80);
        /* A bitmap in memory that has shrunk is stored as a list all the same. */
        mstc_set_remove(set, 300);
        mstc_buffer_clear(&b);
        mstc_set_chunk_pack(set, 0, &b);
        ck_assert_uint_eq(b.length, 1 + 2 * 255);
        mstc_buffer_done(&b);
        mstc_set_free(set);
}
END_TEST

static const struct {
        const char *bytes;
        size_t size;
        bool good;
} stored[] = {
        { "", 0, true },                    { "\x01\x05\x00", 3, true },
        { "\x01\x05\x00\x06\x00", 5, true }, { "\x01", 1, false },
        { "\x01\x05", 2, false },           { "\x01\x05\x00\x06", 4, false },
        { "\x01\x05\x00\x05\x00", 5, false }, { "\x01\x06\x00\x05\x00", 5, false },
        { "\x01\x00\x10", 3, false },       { "\x01\xff\xff", 3, false },
        { "\x02", 1, false },               { "\x03\x05\x00", 3, false },
        { "\x00", 1, false },               { "\x02\x05\x00", 3, false },
};

START_TEST(hostile_bytes)
{
        struct mstc_set *set = mstc_set_new();

        mstc_set_add(set, 77);
        ck_assert_int_eq(mstc_set_chunk_unpack(set, 0, stored[_i].bytes, stored[_i].size), stored[_i].good);
        ck_assert_int_eq(mstc_set_has(set, 77), !stored[_i].good);
        ck_assert(!mstc_set_chunk_unpack(set, UINT32_MAX / MSTC_SET_CHUNK + 1, "\x01\x05\x00", 3));
        mstc_set_free(set);
}
END_TEST

START_TEST(hostile_bitmaps)
{
        struct mstc_set *set = mstc_set_new();
        unsigned char bytes[600] = { 2 };

        memset(bytes + 1, 0xff, 32);                       /* 256 members: the fewest */
        ck_assert(mstc_set_chunk_unpack(set, 9, bytes, 513));
        ck_assert_uint_eq(mstc_set_count(set), 256);
        bytes[1] = 0xfe;
        ck_assert(!mstc_set_chunk_unpack(set, 9, bytes, 513));
        bytes[1] = 0xff;
        ck_assert(!mstc_set_chunk_unpack(set, 9, bytes, 512));
        ck_assert(!mstc_set_chunk_unpack(set, 9, bytes, 514));
        ck_assert_uint_eq(mstc_set_count(set), 256);
        mstc_set_free(set);
}
END_TEST

START_TEST(dirty_chunks)
{
        struct mstc_set *set = mstc_set_new();
        uint32_t chunk = 0;

        mstc_set_add(set, 5);
        mstc_set_add(set, UINT32_MAX);
        ck_assert(mstc_set_next_dirty(set, &chunk) && chunk == 0);
        chunk++;
        ck_assert(mstc_set_next_dirty(set, &chunk) && chunk == UINT32_MAX / MSTC_SET_CHUNK);
        mstc_set_clean(set);
        chunk = 0;
        mstc_set_add(set, 5);
        mstc_set_remove(set, 6);
        ck_assert(!mstc_set_next_dirty(set, &chunk));
        mstc_set_remove(set, 5);                           /* the chunk's row must go */
        ck_assert(mstc_set_next_dirty(set, &chunk) && chunk == 0);
        ck_assert(mstc_set_next_chunk(set, &chunk) && chunk == UINT32_MAX / MSTC_SET_CHUNK);
        mstc_set_clean(set);
        ck_assert_uint_eq(mstc_set_count(set), 1);
        ck_assert(mstc_set_has(set, UINT32_MAX));
        mstc_set_free(set);
}
END_TEST

START_TEST(usable_when_memory_is_out)
{
        static bool model[SPACE];

        for (long n = 1;; n++) {
                struct mstc_set *set = mstc_set_new(), *other = mstc_set_new();
                bool done = true, failed;

                memset(model, 0, sizeof model);
                for (uint32_t i = 0; i < 300; i++)
                        mstc_set_add(other, i * 61u % SPACE);
                mstc_alloc_fail_at(n);
                for (uint32_t i = 0; i < 1200; i++) {
                        uint32_t number = i < 300 ? i : i * 17u % SPACE;
                        bool added = mstc_set_add(set, number);

                        model[number] |= added;
                        done &= added;
                }
                done &= mstc_set_subtract(set, other) && mstc_set_intersect(set, set);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                ck_assert_int_eq(done, !failed);
                for (uint32_t i = 0; i < 300; i++)
                        model[i * 61u % SPACE] = false;
                agree(set, model);
                mstc_set_free(set);
                mstc_set_free(other);
                if (!failed)
                        break;
        }
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("set");
        TCase *t = tcase_create("set");

        tcase_add_loop_test(t, random_members, 0, 4);
        tcase_add_loop_test(t, random_sets, 0, 12);
        tcase_add_loop_test(t, packed_and_back, 0, 5);
        tcase_add_test(t, packed_form_is_what_it_says);
        tcase_add_loop_test(t, hostile_bytes, 0, UNIT_COUNT(stored));
        tcase_add_test(t, hostile_bitmaps);
        tcase_add_test(t, dirty_chunks);
        tcase_add_test(t, usable_when_memory_is_out);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
