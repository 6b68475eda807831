/* rules-marks.c - texts that look alike to the rule index: every length up to 70, and one byte that
 * differs, wherever it stands.  Each has a rule of its own and must find that one only. */
#include "build.h"

#include <muster/record.h>
#include <stdio.h>
#include <string.h>

#include "record/record.h"
#include "rules/index.h"
#include "unit.h"

#define LONGEST 70u
#define MOST (LONGEST * (LONGEST + 1) / 2 + LONGEST)

struct marks {
        struct mst_arena *arena;
        struct mstc_index *index;
        struct mstc_expr *rules[MOST];
        struct mst_record *records[MOST];
        size_t count;
};

static void
add(struct marks *m, const char *text, size_t length)
{
        struct mstc_finding *findings = NULL;
        char rule[LONGEST + 32];
        int n = snprintf(rule, sizeof rule, "user.a -eq \"%.*s\"", (int)length, text);

        m->rules[m->count] = mstc_expr_compile(MSTC_RULE, rule, (size_t)n, NULL, m->arena, &findings);
        ck_assert_ptr_nonnull(m->rules[m->count]);
        ck_assert(mstc_index_add(m->index, m->rules[m->count], (uint32_t)m->count));
        m->records[m->count] = mstc_record_new(m->arena, MST_USER, "x", 1);
        mst_record_text(m->records[m->count], mst_record_put(m->records[m->count], "a"), text, length);
        m->count++;
}

/* In order: texts that are alike follow one another, and stand far from one another. */
static void
find_own(const struct marks *m, size_t step)
{
        const struct mst_record *records[MSTC_BLOCK_MOST];
        struct mstc_found found[MSTC_BLOCK_MOST];
        struct mstc_eval eval = { .arena = m->arena };
        struct mstc_matches matches = { 0 };

        for (size_t at = 0; at < m->count; at += MSTC_BLOCK_MOST) {
                size_t n = m->count - at < MSTC_BLOCK_MOST ? m->count - at : MSTC_BLOCK_MOST;

                for (size_t i = 0; i < n; i++)
                        records[i] = m->records[(at + i) * step % m->count];
                ck_assert(mstc_index_match_all(m->index, records, n, &eval, &matches, found));
                for (size_t i = 0; i < n; i++) {
                        ck_assert_uint_eq(found[i].count, 1);
                        ck_assert_uint_eq(found[i].ids[0], (at + i) * step % m->count);
                }
        }
        mstc_matches_done(&matches);
}

START_TEST(one_byte)
{
        static const size_t steps[] = { 1, 2, 7, 64, 1025 };
        struct marks m = { .arena = mst_arena_new(0), .index = mstc_index_new() };
        char text[LONGEST];

        for (size_t length = 1; length <= LONGEST; length++) {
                memset(text, 'm', sizeof text);
                add(&m, text, length);
                for (size_t at = 0; at < length; at++) {
                        text[at] = (char)('n' + at % 8);
                        add(&m, text, length);
                        text[at] = 'm';
                }
        }
        ck_assert(mstc_index_build(m.index));
        for (size_t i = 0; i < UNIT_COUNT(steps); i++)
                find_own(&m, steps[i]);
        mstc_index_free(m.index);
        for (size_t i = 0; i < m.count; i++)
                mstc_expr_free(m.rules[i]);
        mst_arena_free(m.arena);
}
END_TEST

static Suite *
suite(void)
{
        Suite *suite = suite_create("rules-marks");
        TCase *cases = tcase_create("marks");

        tcase_add_test(cases, one_byte);
        suite_add_tcase(suite, cases);
        return suite;
}

UNIT_MAIN(suite)
