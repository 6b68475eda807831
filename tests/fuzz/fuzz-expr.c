/* fuzz-expr.c - any bytes as a rule and as a mapping.
 *
 * What compiles is evaluated on a record with every type of value, asked when it
 * wakes, and put into an index, which must agree.  What does not compile must say why
 * and where.
 *
 * Built with clang -fsanitize=fuzzer it fuzzes; otherwise replay.c feeds it the files
 * of tests/fuzz/expr, each as it is, cut off everywhere and with bytes changed. */
#include "build.h"

#include <string.h>

#include "fuzz.h"
#include "record/record.h"
#include "rules/index.h"

static int
counting(void *self, void *bytes, size_t size)
{
        static unsigned char n;

        (void)self;
        memset(bytes, n++, size);
        return 0;
}

static struct mst_record *
person(struct mst_arena *arena)
{
        struct mst_record *record = mstc_record_new(arena, MST_USER, "id", 2);
        struct mst_value *list, *one;

        mst_record_text(record, mst_record_put(record, "a"), "Ada Lovelace", 12);
        mst_record_text(record, mst_record_put(record, "b"), "2026-03-01T12:00:00Z", 20);
        mst_record_int(record, mst_record_put(record, "n"), -7);
        mst_record_real(record, mst_record_put(record, "r"), 1.5);
        mst_record_bool(record, mst_record_put(record, "on"), true);
        mst_record_date(record, mst_record_put(record, "d"), INT64_C(639079200000000000));
        mst_record_bytes(record, mst_record_put(record, "x"), "\0\1\xff", 3);
        list = mst_record_put(record, "tags");
        mst_record_list(record, list);
        mst_record_text(record, mst_record_append(record, list), "Straße", 7);
        mst_record_ref(record, mst_record_append(record, list), "g-1", 3);
        list = mst_record_put(record, "plans");
        mst_record_list(record, list);
        one = mst_record_append(record, list);
        mst_record_object(record, one);
        mst_record_text(record, mst_record_member(record, one, "state"), "on", 2);
        return record;
}

static void
complained(const struct mstc_finding *finding, size_t size)
{
        bool error = false;
        size_t last = 0;

        for (; finding != NULL; finding = finding->next) {
                error |= !finding->warning;
                FUZZ_CHECK(finding->text != NULL && finding->text[0] != '\0');
                FUZZ_CHECK(finding->offset >= last && finding->offset <= size);
                FUZZ_CHECK(finding->length <= size - finding->offset);
                last = finding->offset;
        }
        FUZZ_CHECK(error);
}

static void
as_rule(const struct mstc_expr *expr, const struct mst_record *record, struct mstc_eval *eval)
{
        struct mstc_index *index = mstc_index_new();
        struct mstc_matches matches = { 0 };
        bool is = mstc_expr_test(expr, record, eval);

        FUZZ_CHECK(index != NULL && mstc_index_add(index, expr, 1) && mstc_index_build(index));
        FUZZ_CHECK(mstc_index_match(index, record, eval, &matches));
        FUZZ_CHECK(matches.count == is || mstc_expr_uses_random(expr));
        mstc_matches_done(&matches);
        mstc_index_free(index);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *record = person(arena);
        struct mstc_eval eval = { .now = INT64_C(639079632000000000), .arena = arena, .random = counting };

        FUZZ_CHECK(record != NULL && mst_record_why_bad(record) == NULL);
        for (int mode = MSTC_RULE; mode <= MSTC_MAPPING; mode++) {
                struct mstc_finding *findings = NULL;
                struct mstc_expr *expr = mstc_expr_compile((enum mstc_mode)mode, (const char *)bytes, size, NULL,
                                                           arena, &findings);
                struct mst_value value;
                enum mstc_flow flow;
                int64_t at;

                if (expr == NULL) {
                        complained(findings, size);
                        continue;
                }
                flow = mstc_expr_value(expr, record, &eval, &value);
                FUZZ_CHECK(flow != MSTC_FAILED || eval.why != NULL);
                if (flow == MSTC_VALUE)
                        FUZZ_CHECK(mstc_value_render(&value, arena, NULL) != NULL);
                if (mode == MSTC_RULE)
                        as_rule(expr, record, &eval);
                if (mstc_expr_wake(expr, record, &eval, &at))
                        FUZZ_CHECK(at > eval.now);
                mstc_expr_free(expr);
        }
        mst_arena_free(arena);
        return 0;
}
