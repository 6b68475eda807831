/* rules-explain.c - rules told condition by condition. */
#include "build.h"

#include <muster/record.h>
#include <stdio.h>
#include <string.h>

#include "record/record.h"
#include "rules/explain.h"
#include "unit.h"
#include "util/buffer.h"

static struct mst_arena *arena;
static struct mst_record *record;
static struct mstc_buffer told;

static void
setup(void)
{
        struct mst_value *list;

        arena = mst_arena_new(0);
        record = mstc_record_new(arena, MST_USER, "id-1", 4);
        mst_record_text(record, mst_record_put(record, "department"), "Finance", 7);
        mst_record_int(record, mst_record_put(record, "level"), 3);
        list = mst_record_put(record, "tags");
        mst_record_list(record, list);
        mst_record_text(record, mst_record_append(record, list), "one", 3);
        list = mst_record_put(record, "marks");
        mst_record_list(record, list);
        mst_record_int(record, mst_record_append(record, list), 1);
        mst_record_int(record, mst_record_append(record, list), 2);
        mst_record_int(record, mst_record_append(record, list), 2);
}

static void
teardown(void)
{
        mstc_buffer_done(&told);
        mst_arena_free(arena);
}

/* "+" holds, "-" does not; "." does not decide; "!" is the first that keeps it from being true,
 * "*" one of the fewest that would have to be otherwise. */
static void
tell(const struct mstc_condition *condition)
{
        static const char *const kinds[] = { NULL, "all", "any", "not" };

        mstc_buffer_printf(&told, "%s%u%c%s%s%s%s", told.length > 0 ? " | " : "", condition->depth,
                           condition->holds ? '+' : '-', condition->decides ? "" : ".", condition->first ? "!" : "",
                           condition->change ? "*" : "",
                           condition->kind == MSTC_CONDITION_ONE ? condition->text : kinds[condition->kind]);
        ck_assert_int_eq(condition->kind == MSTC_CONDITION_ONE, condition->text != NULL);
        for (size_t i = 0; i < condition->count; i++) {
                mstc_buffer_printf(&told, " %s=", condition->values[i].name);
                mstc_value_json(&condition->values[i].value, &told);
        }
        if (condition->element_at > 0) {
                mstc_buffer_printf(&told, " #%zu/%zu ", condition->element_at, condition->element_count);
                mstc_value_json(condition->element, &told);
        }
}

#define FINANCE "user.department -eq \"Finance\""
#define LEVEL "user.level -ge 5"
static const struct { const char *rule, *told; size_t changes; } rules[] = {
        { FINANCE, "0+" FINANCE " department=\"Finance\"" },
        { LEVEL, "0-!*" LEVEL " level=3", 1 },
        { FINANCE " -and " LEVEL, "0-all | 1+." FINANCE " department=\"Finance\" | 1-!*" LEVEL " level=3", 1 },
        { LEVEL " -and " FINANCE, "0-all | 1-!*" LEVEL " level=3 | 1+." FINANCE " department=\"Finance\"", 1 },
        { FINANCE " -or " LEVEL, "0+any | 1+" FINANCE " department=\"Finance\" | 1-." LEVEL " level=3" },
        { LEVEL " -or " FINANCE, "0+any | 1-." LEVEL " level=3 | 1+" FINANCE " department=\"Finance\"" },
        { LEVEL " -or user.none -eq \"x\"", "0-any | 1-!*" LEVEL " level=3 | 1-user.none -eq \"x\" none=null", 1 },
        { "-not (" FINANCE ")", "0-not | 1+!*" FINANCE " department=\"Finance\"", 1 },
        { "-not (" LEVEL ")", "0+not | 1-" LEVEL " level=3" },
        { "-not (" LEVEL " -or " FINANCE ")",
          "0-not | 1+any | 2-." LEVEL " level=3 | 2+!*" FINANCE " department=\"Finance\"", 1 },
        { FINANCE " -and -not (" LEVEL ")",
          "0+all | 1+" FINANCE " department=\"Finance\" | 1+not | 2-" LEVEL " level=3" },
        { "user.tags -any (_ -eq \"one\")", "0+user.tags -any (_ -eq \"one\") tags=[\"one\"] #1/1 \"one\"" },
        { "user.tags  -all\n  (_ -eq \"two\")", "0-!*user.tags -all (_ -eq \"two\") tags=[\"one\"] #1/1 \"one\"", 1 },
        { "user.marks -any (_ -ge 2)", "0+user.marks -any (_ -ge 2) marks=[1,2,2] #2/3 2" },
        { "user.marks -any (_ -ge 3)", "0-!*user.marks -any (_ -ge 3) marks=[1,2,2]", 1 },
        { "user.marks -all (_ -le 1)", "0-!*user.marks -all (_ -le 1) marks=[1,2,2] #2/3 2", 1 },
        { "user.marks -all (_ -le 2)", "0+user.marks -all (_ -le 2) marks=[1,2,2]" },
        { "user.none -all (_ -le 2)", "0+user.none -all (_ -le 2) none=null" },
        { "user.level -any (_ -eq 3)", "0+user.level -any (_ -eq 3) level=3 #1/1 3" },
        { "(" LEVEL " -and user.none -eq \"x\") -or user.none -eq \"y\"",
          "0-any | 1-all | 2-!" LEVEL " level=3 | 2-.user.none -eq \"x\" none=null | 1-*user.none -eq \"y\" none=null", 1 },
        { LEVEL " -and user.none -eq \"x\" -and (user.none -eq \"y\" -or user.level -ge 9)",
          "0-all | 1-!*" LEVEL " level=3 | 1-.*user.none -eq \"x\" none=null | 1-.any | 2-.*user.none -eq \"y\" none=null"
          " | 2-.user.level -ge 9 level=3", 3 },
        { "-not (" FINANCE " -and user.level -eq 3)",
          "0-not | 1+all | 2+!*" FINANCE " department=\"Finance\" | 2+user.level -eq 3 level=3", 1 },
        { "user.objectId -any (_ -eq \"id-1\")", "0+user.objectId -any (_ -eq \"id-1\") objectId=\"id-1\" #1/1 \"id-1\"" },
        { "user.objectId -eq \"id-1\"", "0+user.objectId -eq \"id-1\" objectId=\"id-1\"" },
};

START_TEST(rule)
{
        struct mstc_eval eval = { .arena = arena };
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_RULE, rules[_i].rule, strlen(rules[_i].rule), NULL, arena,
                                                   &findings);
        struct mstc_conditions all = { .arena = arena };
        size_t changes = 0;

        ck_assert_msg(expr != NULL, "%s: %s", rules[_i].rule, findings != NULL ? findings->text : "?");
        mstc_conditions_rule(&all, 0, expr, record, &eval);
        ck_assert_int_eq(all.rows[0].holds, mstc_expr_test(expr, record, &eval));
        mstc_expr_free(expr);                /* nothing of it is needed any more       */
        ck_assert(!all.failed);
        ck_assert_uint_eq(all.rows[0].size, all.count);
        ck_assert_uint_eq(mstc_conditions_mark(&all, 0), rules[_i].changes);
        for (size_t i = 0; i < all.count; i++) {
                tell(&all.rows[i]);
                changes += all.rows[i].change;
        }
        ck_assert_str_eq(mstc_buffer_cstr(&told), rules[_i].told);
        ck_assert_uint_eq(changes, rules[_i].changes);
}
END_TEST

/* What a map looked at, each attribute once. */
START_TEST(inputs)
{
        static const char map[] = "Join(\"-\", [department], [none], [Department], CStr([level]))";
        struct mstc_eval eval = { .arena = arena };
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_MAPPING, map, strlen(map), NULL, arena, &findings);
        const struct mstc_input *values;
        size_t count;

        ck_assert_ptr_nonnull(expr);
        ck_assert(mstc_expr_inputs(expr, record, &eval, &values, &count));
        ck_assert_uint_eq(count, 3);
        ck_assert_str_eq(values[0].name, "department");
        ck_assert_str_eq(mst_value_text(&values[0].value, NULL), "Finance");
        ck_assert_int_eq(mst_value_type(&values[1].value), MST_NULL);
        ck_assert_int_eq(mst_value_int(&values[2].value), 3);
        mstc_expr_free(expr);
}
END_TEST

/* What a caller puts around rules: nobody can become another person, a silent row only holds
 * others together, and a row without any below it holds as all of nothing does. */
START_TEST(put_together)
{
        static const struct mstc_condition any = { .kind = MSTC_CONDITION_ANY, .silent = true },
                every = { .kind = MSTC_CONDITION_ALL }, none = { .kind = MSTC_CONDITION_NOT },
                named = { .text = "by name", .fixed = true }, out = { .text = "taken out", .holds = true };
        struct mstc_conditions all = { .arena = arena };
        struct mstc_eval eval = { .arena = arena };
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_RULE, LEVEL " -and " FINANCE, strlen(LEVEL " -and " FINANCE), NULL,
                                                   arena, &findings);
        size_t whole = mstc_conditions_open(&all, &every), some, not, at;

        ck_assert_ptr_nonnull(expr);
        not = mstc_conditions_open(&all, &none);
        mstc_conditions_close(&all, mstc_conditions_open(&all, &out));
        mstc_conditions_close(&all, not);
        some = mstc_conditions_open(&all, &any);
        mstc_conditions_close(&all, mstc_conditions_open(&all, &named));
        at = all.count;
        mstc_conditions_rule(&all, 1, expr, record, &eval);
        mstc_conditions_close(&all, some);
        mstc_conditions_close(&all, whole);
        mstc_expr_free(expr);
        ck_assert(!all.rows[whole].holds && !all.rows[not].holds && !all.rows[some].holds);
        ck_assert_uint_eq(all.rows[whole].size, 8);
        ck_assert_uint_eq(mstc_conditions_mark(&all, whole), 2);
        ck_assert(all.rows[2].first && all.rows[2].change && !all.rows[some].decides);
        ck_assert(!all.rows[4].change && all.rows[at + 1].change && !all.rows[at + 2].change);
        ck_assert_uint_eq(mstc_conditions_mark(&all, 4), 0);     /* and alone nothing helps */
        ck_assert_uint_eq(mstc_conditions_mark(&all, 99), 0);
        at = mstc_conditions_open(&all, &every);
        mstc_conditions_close(&all, at);
        ck_assert(all.rows[at].holds);
        at = mstc_conditions_open(&all, &any);
        mstc_conditions_close(&all, at);
        ck_assert(!all.rows[at].holds);
        ck_assert_uint_eq(mstc_conditions_mark(&all, at), 0);
}
END_TEST

static Suite *
suite(void)
{
        Suite *suite = suite_create("rules-explain");
        TCase *cases = tcase_create("conditions");

        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_loop_test(cases, rule, 0, sizeof rules / sizeof *rules);
        tcase_add_test(cases, inputs);
        tcase_add_test(cases, put_together);
        suite_add_tcase(suite, cases);
        return suite;
}

UNIT_MAIN(suite)
