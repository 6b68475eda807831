/* arena.c - memory with one lifetime: aligned, zeroed, disjoint, reusable. */
#include <muster/arena.h>

#include <stdint.h>
#include <string.h>

#include "unit.h"
#include "util/alloc.h"
#include "util/buffer.h"

/* Sizes around the borders of blocks, in turn. */
static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 100, 1000, 4095, 4096, 4097, 70000, 2000000, 3 };
static const size_t blocks[] = { 0, 1, 16, 1000, 65536 };

/* One assertion for many bytes: Check makes a note of every single one. */
static bool
all_are(const unsigned char *bytes, size_t size, unsigned char value)
{
        size_t i = 0;

        while (i < size && bytes[i] == value)
                i++;
        return i == size;
}

START_TEST(pieces_do_not_overlap)
{
        struct mst_arena *arena = mst_arena_new(blocks[_i]);
        unsigned char *pieces[60];

        for (size_t i = 0; i < 60; i++) {
                size_t size = sizes[i % 15];

                pieces[i] = mst_arena_alloc(arena, size);
                ck_assert_ptr_nonnull(pieces[i]);
                ck_assert_uint_eq((uintptr_t)pieces[i] % 16, 0);
                ck_assert(all_are(pieces[i], size, 0));
                memset(pieces[i], (int)i + 1, size);
                ck_assert_str_eq(mst_arena_strdup(arena, "odd"), "odd");
        }
        for (size_t i = 0; i < 60; i++)
                ck_assert(all_are(pieces[i], sizes[i % 15], (unsigned char)(i + 1)));
        mst_arena_free(arena);
}
END_TEST

START_TEST(reset_forgets_and_keeps_the_first_block)
{
        struct mst_arena *arena = mst_arena_new(256);
        char *first = mst_arena_alloc(arena, 64);

        memset(first, 'x', 64);
        mst_arena_alloc(arena, 100000);
        ck_assert_uint_eq(mst_arena_used(arena), 100064);
        mst_arena_reset(arena);
        ck_assert_uint_eq(mst_arena_used(arena), 0);
        ck_assert_ptr_eq(mst_arena_alloc(arena, 64), first);
        ck_assert_int_eq(first[10], 0);
        mst_arena_free(arena);
        mst_arena_free(NULL);
}
END_TEST

START_TEST(small_arenas_are_one_request)
{
        struct mst_arena *arena;

        mstc_alloc_fail_at(2);
        arena = mst_arena_new(1024);
        ck_assert_ptr_nonnull(arena);
        ck_assert_ptr_nonnull(mst_arena_alloc(arena, 512));
        ck_assert_ptr_nonnull(mst_arena_alloc(arena, 512));
        ck_assert(!mstc_alloc_failed());
        ck_assert_ptr_null(mst_arena_alloc(arena, 512));
        ck_assert(mstc_alloc_failed());
        ck_assert_ptr_nonnull(mst_arena_alloc(arena, 512));
        mstc_alloc_fail_at(0);
        mst_arena_free(arena);
}
END_TEST

START_TEST(copies)
{
        struct mst_arena *arena = mst_arena_new(0);
        char long_text[3000];
        const char *copy;

        memset(long_text, 'a', sizeof long_text);
        long_text[2999] = '\0';
        ck_assert_str_eq(mst_arena_strndup(arena, "abcdef", 3), "abc");
        ck_assert_str_eq(mst_arena_strndup(arena, NULL, 0), "");
        copy = mst_arena_memdup(arena, "a\0b", 3);
        ck_assert_mem_eq(copy, "a\0b\0", 4);
        ck_assert_str_eq(mst_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
        copy = mst_arena_printf(arena, "<%s>", long_text);
        ck_assert_uint_eq(strlen(copy), 3001);
        ck_assert_int_eq(copy[3000], '>');
        mst_arena_free(arena);
}
END_TEST

START_TEST(absurd_sizes_are_refused)
{
        struct mst_arena *arena = mst_arena_new(0);

        ck_assert_ptr_null(mst_arena_alloc(arena, SIZE_MAX));
        ck_assert_ptr_null(mst_arena_alloc(arena, SIZE_MAX - 8));
        ck_assert_ptr_null(mst_arena_strndup(arena, "", SIZE_MAX));
        ck_assert_ptr_null(mst_arena_new(SIZE_MAX));
        ck_assert_ptr_null(mst_arena_new(SIZE_MAX / 2 + 1));
        ck_assert_ptr_null(mstc_realloc_array(NULL, SIZE_MAX / 2, 4));
        ck_assert_ptr_nonnull(mst_arena_alloc(arena, 10));
        mst_arena_free(arena);
}
END_TEST

START_TEST(buffer_grows)
{
        struct mstc_buffer b = { 0 };
        char *taken;

        ck_assert_str_eq(mstc_buffer_cstr(&b), "");
        for (int i = 0; i < 1000; i++)
                mstc_buffer_printf(&b, "%d,", i);
        ck_assert(mstc_buffer_ok(&b));
        ck_assert_uint_eq(b.length, 10 * 2 + 90 * 3 + 900 * 4);
        ck_assert_mem_eq(b.bytes + b.length - 4, "999,", 5);
        taken = mstc_buffer_take(&b);
        ck_assert_uint_eq(strlen(taken), 3890);
        ck_assert_ptr_null(b.bytes);
        mstc_free(taken);
        taken = mstc_buffer_take(&b);
        ck_assert_str_eq(taken, "");
        mstc_free(taken);
}
END_TEST

START_TEST(buffer_remembers_the_first_failure)
{
        struct mstc_buffer b = { 0 };

        mstc_buffer_text(&b, "kept");
        mstc_alloc_fail_at(1);
        mstc_buffer_printf(&b, "%0100d", 1);
        mstc_buffer_text(&b, "!");
        ck_assert(!mstc_buffer_ok(&b));
        ck_assert_str_eq(mstc_buffer_cstr(&b), "kept");
        ck_assert_ptr_null(mstc_buffer_take(&b));
        mstc_buffer_text(&b, "anew");
        ck_assert(mstc_buffer_ok(&b));
        ck_assert_str_eq(mstc_buffer_cstr(&b), "anew");
        mstc_buffer_clear(&b);
        ck_assert_str_eq(mstc_buffer_cstr(&b), "");
        mstc_buffer_done(&b);
}
END_TEST

static const struct {
        uint64_t number;
        const char *bytes;
        size_t size;
} varints[] = {
        { 0, "\0", 1 }, { 127, "\x7f", 1 }, { 128, "\x80\x01", 2 }, { 300, "\xac\x02", 2 },
        { UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },
};

START_TEST(buffer_varints)
{
        struct mstc_buffer b = { 0 };

        mstc_buffer_varint(&b, varints[_i].number);
        ck_assert_uint_eq(b.length, varints[_i].size);
        ck_assert_mem_eq(b.bytes, varints[_i].bytes, varints[_i].size);
        mstc_buffer_done(&b);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("arena");
        TCase *t = tcase_create("arena");

        tcase_add_loop_test(t, pieces_do_not_overlap, 0, UNIT_COUNT(blocks));
        tcase_add_test(t, reset_forgets_and_keeps_the_first_block);
        tcase_add_test(t, small_arenas_are_one_request);
        tcase_add_test(t, copies);
        tcase_add_test(t, absurd_sizes_are_refused);
        tcase_add_test(t, buffer_grows);
        tcase_add_test(t, buffer_remembers_the_first_failure);
        tcase_add_loop_test(t, buffer_varints, 0, UNIT_COUNT(varints));
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
