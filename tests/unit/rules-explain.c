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

/* "+" holds, "-" does not; "." does not decide; "!" is the first that keeps it from being true. */
static bool
tell(void *self, const struct mstc_condition *condition)
{
        static const char *const kinds[] = { NULL, "all", "any", "not" };

        ck_assert_ptr_null(self);
        mstc_buffer_printf(&told, "%s%u%c%s%s%s", told.length > 0 ? " | " : "", condition->depth,
                           condition->holds ? '+' : '-', condition->decides ? "" : ".", condition->first ? "!" : "",
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
        return true;
}

#define FINANCE "user.department -eq \"Finance\""
#define LEVEL "user.level -ge 5"
static const struct { const char *rule, *told; } rules[] = {
        { FINANCE, "0+" FINANCE " department=\"Finance\"" },
        { LEVEL, "0-!" LEVEL " level=3" },
        { FINANCE " -and " LEVEL, "0-all | 1+." FINANCE " department=\"Finance\" | 1-!" LEVEL " level=3" },
        { LEVEL " -and " FINANCE, "0-all | 1-!" LEVEL " level=3 | 1+." FINANCE " department=\"Finance\"" },
        { FINANCE " -or " LEVEL, "0+any | 1+" FINANCE " department=\"Finance\" | 1-." LEVEL " level=3" },
        { LEVEL " -or " FINANCE, "0+any | 1-." LEVEL " level=3 | 1+" FINANCE " department=\"Finance\"" },
        { LEVEL " -or user.none -eq \"x\"", "0-any | 1-!" LEVEL " level=3 | 1-user.none -eq \"x\" none=null" },
        { "-not (" FINANCE ")", "0-not | 1+!" FINANCE " department=\"Finance\"" },
        { "-not (" LEVEL ")", "0+not | 1-" LEVEL " level=3" },
        { "-not (" LEVEL " -or " FINANCE ")",
          "0-not | 1+any | 2-." LEVEL " level=3 | 2+!" FINANCE " department=\"Finance\"" },
        { FINANCE " -and -not (" LEVEL ")",
          "0+all | 1+" FINANCE " department=\"Finance\" | 1+not | 2-" LEVEL " level=3" },
        { "user.tags -any (_ -eq \"one\")", "0+user.tags -any (_ -eq \"one\") tags=[\"one\"] #1/1 \"one\"" },
        { "user.tags  -all\n  (_ -eq \"two\")", "0-!user.tags -all (_ -eq \"two\") tags=[\"one\"] #1/1 \"one\"" },
        { "user.marks -any (_ -ge 2)", "0+user.marks -any (_ -ge 2) marks=[1,2,2] #2/3 2" },
        { "user.marks -any (_ -ge 3)", "0-!user.marks -any (_ -ge 3) marks=[1,2,2]" },
        { "user.marks -all (_ -le 1)", "0-!user.marks -all (_ -le 1) marks=[1,2,2] #2/3 2" },
        { "user.marks -all (_ -le 2)", "0+user.marks -all (_ -le 2) marks=[1,2,2]" },
        { "user.none -all (_ -le 2)", "0+user.none -all (_ -le 2) none=null" },
        { "user.level -any (_ -eq 3)", "0+user.level -any (_ -eq 3) level=3 #1/1 3" },
        { "user.objectId -eq \"id-1\"", "0+user.objectId -eq \"id-1\" objectId=\"id-1\"" },
};

START_TEST(rule)
{
        struct mstc_eval eval = { .arena = arena };
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_RULE, rules[_i].rule, strlen(rules[_i].rule), NULL, arena,
                                                   &findings);
        bool holds;

        ck_assert_msg(expr != NULL, "%s: %s", rules[_i].rule, findings != NULL ? findings->text : "?");
        ck_assert(mstc_rule_explain(expr, record, &eval, tell, NULL, &holds));
        ck_assert_str_eq(mstc_buffer_cstr(&told), rules[_i].told);
        ck_assert_int_eq(holds, mstc_expr_test(expr, record, &eval));
        mstc_expr_free(expr);
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

static bool
enough(void *self, const struct mstc_condition *condition)
{
        (void)condition;
        ++*(int *)self;
        return false;
}

START_TEST(ended)
{
        static const char text[] = FINANCE " -and " LEVEL;
        struct mstc_eval eval = { .arena = arena };
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_RULE, text, strlen(text), NULL, arena, &findings);
        int calls = 0;
        bool holds;

        ck_assert_ptr_nonnull(expr);
        ck_assert(mstc_rule_explain(expr, record, &eval, enough, &calls, &holds));
        ck_assert_int_eq(calls, 1);
        mstc_expr_free(expr);
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
        tcase_add_test(cases, ended);
        suite_add_tcase(suite, cases);
        return suite;
}

UNIT_MAIN(suite)
