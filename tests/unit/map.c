/* map.c - put, get and remove, held against an array. */
#include "util/map.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "util/alloc.h"

#define KEYS 500

static uint64_t dice;

static unsigned
roll(unsigned below)
{
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        return (unsigned)(dice % below);
}

static const char *
key_of(unsigned number)
{
        static char key[64];

        snprintf(key, sizeof key, "%0*u", (int)(number % 40), number);
        return key;
}

START_TEST(random_operations)
{
        struct mstc_map *map = mstc_map_new();
        static int values[KEYS * 2];
        int *model[KEYS] = { NULL };
        size_t count = 0, at = 0, seen = 0, wrong = 0;
        const char *key;
        void *value;

        dice = 42u + (uint64_t)_i;
        for (int step = 0; step < 20000; step++) {
                unsigned n = roll(KEYS);
                int *v = roll(3) > 0 ? &values[n + roll(2) * KEYS] : NULL;

                count = count + (v != NULL) - (model[n] != NULL);
                model[n] = v;
                wrong += !mstc_map_put(map, key_of(n), v) || mstc_map_count(map) != count;
                n = roll(KEYS);
                wrong += mstc_map_get(map, key_of(n)) != model[n];
        }
        ck_assert_uint_eq(wrong, 0);
        for (unsigned n = 0; n < KEYS; n++)
                ck_assert_ptr_eq(mstc_map_get(map, key_of(n)), model[n]);
        while (mstc_map_each(map, &at, &key, &value)) {
                ck_assert_ptr_eq(mstc_map_get(map, key), value);
                seen++;
        }
        ck_assert_uint_eq(seen, count);
        ck_assert_ptr_null(mstc_map_get(map, "nobody"));
        mstc_map_free(map);
}
END_TEST

START_TEST(empty_map)
{
        struct mstc_map *map = mstc_map_new();
        size_t at = 0;

        ck_assert_ptr_null(mstc_map_get(map, ""));
        ck_assert(mstc_map_put(map, "x", NULL));
        ck_assert(!mstc_map_each(map, &at, NULL, NULL));
        ck_assert(mstc_map_put(map, "", &at));
        ck_assert_ptr_eq(mstc_map_get(map, ""), &at);
        mstc_map_free(map);
        mstc_map_free(NULL);
}
END_TEST

START_TEST(nothing_changes_when_memory_is_out)
{
        struct mstc_map *map = mstc_map_new();
        int value;

        for (unsigned n = 0; n < 200; n++) {
                size_t before = mstc_map_count(map);

                mstc_alloc_fail_at(1 + n % 2);
                if (!mstc_map_put(map, key_of(n), &value)) {
                        ck_assert_uint_eq(mstc_map_count(map), before);
                        ck_assert_ptr_null(mstc_map_get(map, key_of(n)));
                        mstc_alloc_fail_at(0);
                        ck_assert(mstc_map_put(map, key_of(n), &value));
                }
                mstc_alloc_fail_at(0);
        }
        for (unsigned n = 0; n < 200; n++)
                ck_assert_ptr_eq(mstc_map_get(map, key_of(n)), &value);
        mstc_map_free(map);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("map");
        TCase *t = tcase_create("map");

        tcase_add_loop_test(t, random_operations, 0, 4);
        tcase_add_test(t, empty_map);
        tcase_add_test(t, nothing_changes_when_memory_is_out);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
