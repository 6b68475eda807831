/* rules-work.c - rules as long as rules may be, on values as large as records hold.
 *
 * Whatever stands in the rule and in the record, an evaluation ends: either with an answer or,
 * when its work is used up, as "takes too long".  Work is counted and not timed, so the test says
 * the same on every machine; RULES_WORK_TIMES=1 prints the processor's time beside it, of which
 * none may be a second where nothing else runs. */
#include "build.h"

#include <muster/record.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "record/record.h"
#include "rules/eval.h"
#include "rules/index.h"
#include "unit.h"

#define MIB (1024u * 1024u)

/* Values, made once: attributes of one person. */
static struct mst_arena *world;
static struct mst_record *person;

static void
put_text(const char *name, const char *unit, size_t length, const char *end)
{
        char *text = malloc(length + 1);
        size_t n = strlen(unit);

        ck_assert_ptr_nonnull(text);
        for (size_t i = 0; i < length; i++)
                text[i] = unit[i % n];
        memcpy(text + length - strlen(end), end, strlen(end));
        mst_record_text(person, mst_record_put(person, name), text, length);
        free(text);
}

static struct mst_value *
put_list(const char *name)
{
        struct mst_value *list = mst_record_put(person, name);

        mst_record_list(person, list);
        return list;
}

static void
put_texts(const char *name, const char *before, unsigned count)
{
        struct mst_value *list = put_list(name);
        char text[400];

        for (unsigned i = 0; i < count; i++)
                mst_record_text(person, mst_record_append(person, list), text,
                                (size_t)snprintf(text, sizeof text, "%s%02u", before, i));
}

static void
put_objects(const char *name, unsigned count, unsigned members)
{
        struct mst_value *list = put_list(name);

        for (unsigned i = 0; i < count; i++) {
                struct mst_value *one = mst_record_append(person, list);
                char member[16];

                mst_record_object(person, one);
                for (unsigned k = 0; k < members; k++) {
                        snprintf(member, sizeof member, "x%u", k);
                        mst_record_bool(person, mst_record_member(person, one, member), true);
                }
        }
}

static void
new_person(void)
{
        mst_arena_free(world);
        world = mst_arena_new(0);
        person = mstc_record_new(world, MST_USER, "x", 1);
}

/* What a row of the table is about: all attributes at once would be more than a record holds. */
enum person_kind { LONG, FOREIGN, LONGS, MANY, OBJECTS, DATES, PATTERN, LINES, SHORT };

static void
make_person(enum person_kind kind)
{
        struct mst_value *list;

        new_person();
        put_text("small", "small ", 60, "");
        switch (kind) {
        case LONG:
                put_text("v", "a", MIB, "b");
                break;
        case FOREIGN:
                put_text("v", "é", MIB, "");
                break;
        case LONGS:
                list = put_list("v");
                for (unsigned i = 0; i < 7; i++) {
                        char *text = malloc(MIB);

                        ck_assert_ptr_nonnull(text);
                        memset(text, 'a', MIB);
                        mst_record_text(person, mst_record_append(person, list), text, MIB);
                        free(text);
                }
                break;
        case MANY:
                put_texts("v", "value ", 200000);
                put_texts("w", "value ", 10000);
                break;
        case OBJECTS:
                put_objects("v", 900, 900);
                break;
        case DATES:
                put_texts("v", "2026-03-01T12:00:00.", 200000);
                break;
        case PATTERN:
                put_text("v", "aaaaaaaaaaaaa!", 60000, "");
                put_texts("w", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ", 20000);
                break;
        case LINES:
                put_text("v", "a", MIB, "!@");
                break;
        case SHORT:
                put_text("v", "a", 250, "!@");
                break;
        }
        ck_assert_ptr_null(mst_record_why_bad(person));
}

enum end { ANSWER = 1, GIVES_UP };

/* 'piece' with its number, so often joined by 'join' as there is room; or 'count' times. */
static const struct {
        enum person_kind on;
        enum mstc_mode mode;
        const char *before, *piece, *join, *after;
        unsigned count;
        enum end end;
        uint64_t least;                      /* work                                   */
} rows[] = {
        { LONG, MSTC_RULE, "", "user.v -contains \"aab%u\"", " -or ", "", 1, ANSWER, 4 * MIB },
        { LONG, MSTC_RULE, "", "user.v -contains \"aab%u\"", " -or ", "", 0, GIVES_UP, 0 },
        { LONG, MSTC_RULE, "", "user.v -notContains \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac%u\"", " -and ", "", 0, GIVES_UP, 0 },
        { LONG, MSTC_RULE, "user.small -eq \"x\" -or ", "user.v -contains \"ac%u\"", " -or ", "", 100, ANSWER, 400 * MIB },
        { LONG, MSTC_RULE, "", "user.v -eq \"ac%u\"", " -or ", "", 0, ANSWER, 0 },
        { LONG, MSTC_RULE, "", "user.v -endsWith \"ac%u\"", " -or ", "", 0, ANSWER, 0 },
        { LONG, MSTC_RULE, "", "user.v -gt %u", " -or ", "", 0, ANSWER, 0 },
        { LONG, MSTC_RULE, "user.v -in [", "\"aac%u\"", ", ", "]", 0, ANSWER, 0 },
        { LONG, MSTC_RULE, "user.v -in [", "\"aac%u\"", ", ", "]", 1, ANSWER, 0 },
        { LONG, MSTC_RULE, "", "user.v -eq user.V", " -and ", "", 0, GIVES_UP, 0 },
        { FOREIGN, MSTC_RULE, "", "user.v -contains \"éa%u\"", " -or ", "", 0, GIVES_UP, 0 },
        { FOREIGN, MSTC_RULE, "", "user.v -startsWith \"ÉÉÉÉ%u\"", " -or ", "", 0, ANSWER, 0 },
        { LONGS, MSTC_RULE, "", "user.v -contains \"aab%u\"", " -or ", "", 0, GIVES_UP, 0 },
        { LONGS, MSTC_RULE, "", "user.v -any (_ -contains \"aab%u\")", " -or ", "", 0, GIVES_UP, 0 },
        { LONGS, MSTC_RULE, "", "user.v -match \"aab%u\"", " -or ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_RULE, "", "user.v -eq \"x%u\"", " -or ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_RULE, "", "user.v -startsWith \"value 77%ux\"", " -or ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_RULE, "", "user.w -contains \"x%u\"", " -or ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_RULE, "user.v -in [", "\"value x%u\"", ", ", "]", 0, ANSWER, 0 },
        { MANY, MSTC_RULE, "user.w -any (_ -in [", "\"x%u\"", ", ", "])", 0, ANSWER, 0 },
        { MANY, MSTC_RULE, "user.w -all (_ -notIn [", "%u", ", ", "])", 0, ANSWER, 0 },
        { MANY, MSTC_RULE, "", "user.small -eq user.v", " -or ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_RULE, "", "user.v -any (_ -eq \"x%u\")", " -or ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_RULE, "", "user.w -any (user.w -eq \"x%u\")", " -or ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_MAPPING, "", "Join(\",\", RemoveDuplicates([v]))", " & ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_MAPPING, "", "Count(RemoveDuplicates([v]))", " & ", "", 0, GIVES_UP, 0 },
        { MANY, MSTC_MAPPING, "", "Count(Trim([v]))", " & ", "", 0, GIVES_UP, 0 },
        { OBJECTS, MSTC_RULE, "", "user.v.x -eq \"x%u\"", " -or ", "", 0, GIVES_UP, 0 },
        { OBJECTS, MSTC_RULE, "", "user.v -any (_.x%u -eq false)", " -or ", "", 0, GIVES_UP, 0 },
        { DATES, MSTC_RULE, "", "user.v -lt 19%02u-01-01", " -or ", "", 40, ANSWER, 0 },
        { DATES, MSTC_RULE, "", "user.v -any (_ -lt system.now -minus P9%uD)", " -or ", "", 0, GIVES_UP, 0 },
        { PATTERN, MSTC_RULE, "", "user.v -match \"^(a+)+$\"", " -or ", "", 1, ANSWER, 0 },
        { PATTERN, MSTC_RULE, "", "user.v -match \"(a+)+$\"", " -or ", "", 0, GIVES_UP, 0 },
        { PATTERN, MSTC_RULE, "", "user.w -match \"(a|aa)+!%u\"", " -or ", "", 0, GIVES_UP, 0 },
        { PATTERN, MSTC_RULE, "", "user.w -match \"a{50}%u!\"", " -or ", "", 0, GIVES_UP, 0 },
        { LINES, MSTC_RULE, "", "user.v -match \"\\w+@\"", " -or ", "", 1, GIVES_UP, 0 },
        { LINES, MSTC_RULE, "", "user.v -match \"(\\w+)\\1@\"", " -or ", "", 1, GIVES_UP, 0 },
        { LINES, MSTC_RULE, "", "user.v -match \"\\w{5000}@\"", " -or ", "", 1, GIVES_UP, 0 },
        { LINES, MSTC_RULE, "", "user.v -match \"zz%u@\"", " -or ", "", 0, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "", "Len([v])", " & ", "", 0, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "", "Word([v], 9, \"!@\")", " & ", "", 0, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "", "InStr([v], \"zz%u\", 1, vbTextCompare)", " & ", "", 0, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "", "InStr([v], \"zz%u\")", " & ", "", 0, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "", "Len(NormalizeDiacritics([v]))", " & ", "", 0, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "Len(", "Replace([v], \"a\", , , \"%u\", , )", " & ", ")", 0, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "Len(", "Replace([v], , \"a\", , \"$`$'\", , )", " & ", ")", 1, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "Len(", "Replace([v], , \"a(?=.*@)\", , \"%u\", , )", " & ", ")", 1, GIVES_UP, 0 },
        { LINES, MSTC_MAPPING, "", "IIF([v] = [v], \"\", %u)", " & ", "", 0, ANSWER, 0 },
        { SHORT, MSTC_RULE, "", "user.v -match \"(\\w+)\\1@%u\"", " -or ", "", 0, ANSWER, 0 },
        { SHORT, MSTC_RULE, "", "user.v -match \"(\\w+)\\1@\"", " -or ", "", 0, GIVES_UP, 0 },
        { SHORT, MSTC_RULE, "", "user.v -contains \"ab%u\"", " -or ", "", 0, ANSWER, 0 },
};

static struct mstc_expr *
compile(size_t row, struct mst_arena *arena)
{
        struct mstc_buffer text = { 0 };
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr;
        size_t room = 64u * 1024u - strlen(rows[row].after) - 200;

        mstc_buffer_text(&text, rows[row].before);
        for (unsigned i = 0; rows[row].count > 0 ? i < rows[row].count : text.length < room; i++) {
                char piece[200];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                snprintf(piece, sizeof piece, rows[row].piece, i);
#pragma GCC diagnostic pop
                mstc_buffer_printf(&text, "%s%s", i > 0 ? rows[row].join : "", piece);
        }
        mstc_buffer_text(&text, rows[row].after);
        expr = mstc_expr_compile(rows[row].mode, mstc_buffer_cstr(&text), text.length, NULL, arena, &findings);
        ck_assert_msg(expr != NULL, "%s: %s", rows[row].piece, findings != NULL ? findings->text : "?");
        mstc_buffer_done(&text);
        return expr;
}

static double
seconds(void)
{
        struct timespec at;

        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
        return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

/* As it stands. */
static uint64_t
evaluate(const struct mstc_expr *expr, struct mstc_eval *eval, bool *is)
{
        struct mstc_run run = { .record = person, .eval = eval, .expr = expr, .rule = expr->mode == MSTC_RULE };
        struct mst_value value;
        bool yes = false;

        if (expr->mode == MSTC_RULE)
                *is = mstc_run_test(&run, expr->root, &yes) == MSTC_VALUE && yes && !run.broken;
        else
                *is = mstc_run_value(&run, expr->root, &value) == MSTC_VALUE && !run.broken;
        return run.work;
}

/* By the index, alone and, if wanted, with others. */
static void
agree(const struct mstc_expr *expr, struct mstc_eval *eval, bool is, bool block, const char *piece)
{
        struct mstc_index *index = mstc_index_new();
        struct mstc_matches matches = { 0 };
        const struct mst_record *records[40];
        struct mstc_found found[40];

        ck_assert(mstc_index_add(index, expr, 1) && mstc_index_build(index));
        ck_assert(mstc_index_match(index, person, eval, &matches));
        ck_assert_msg(matches.count == is, "%s: the index differs", piece);
        for (size_t i = 0; i < 40 && block; i++)
                records[i] = mstc_record_new(world, MST_USER, "y", 1);
        records[33] = person;
        found[33].count = is;
        ck_assert(!block || mstc_index_match_all(index, records, 40, eval, &matches, found));
        ck_assert_msg(found[33].count == is, "%s: the index differs in a block", piece);
        mstc_matches_done(&matches);
        mstc_index_free(index);
}

START_TEST(ends)
{
        struct mst_arena *room;
        struct mstc_eval eval = { .now = INT64_C(639078336000000000) };
        struct mstc_expr *expr;
        double from, alone, indexed;
        uint64_t work;
        bool is;

        if (UNIT_SANITIZED && _i % 3 > 0)
                return;                      /* minutes, there                         */
        eval.arena = room = mst_arena_new(0);
        make_person(rows[_i].on);
        expr = compile((size_t)_i, room);
        from = seconds();
        work = evaluate(expr, &eval, &is);
        alone = seconds() - from;
        ck_assert_msg((eval.why != NULL) == (rows[_i].end == GIVES_UP), "%s: %s after %llu", rows[_i].piece,
                      eval.why != NULL ? eval.why : "has an answer", (unsigned long long)work);
        if (rows[_i].end == GIVES_UP) {
                ck_assert_msg(strstr(eval.why, "takes too long") != NULL, "%s", eval.why);
                ck_assert(!is);
                ck_assert_uint_gt(work, MSTC_WORK_MOST);
                ck_assert_uint_lt(work, 2 * MSTC_WORK_MOST);
        }
        ck_assert_uint_ge(work, rows[_i].least);
        from = seconds();
        if (expr->mode == MSTC_RULE)
                agree(expr, &eval, is, _i % 3 == 0, rows[_i].piece);
        indexed = seconds() - from;
        if (getenv("RULES_WORK_TIMES") != NULL)
                fprintf(stderr, "%5.0f ms %5.0f ms  %11llu %s  %.50s\n", alone * 1e3, indexed * 1e3,
                        (unsigned long long)work, rows[_i].end == GIVES_UP ? "gives up" : is ? "true    " : "false   ",
                        rows[_i].piece);
        mstc_expr_free(expr);
        mst_arena_free(room);
}
END_TEST

/* More dates than can be looked at: it is asked again in an hour. */
START_TEST(wakes)
{
        static const char text[] = "user.v -any (_ -le system.now)";
        struct mst_arena *room = mst_arena_new(0);
        struct mstc_eval eval = { .now = INT64_C(639000000000000001), .arena = room };
        struct mstc_finding *findings;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_RULE, text, strlen(text), NULL, room, &findings);
        int64_t at = 0;

        make_person(DATES);
        ck_assert_ptr_nonnull(expr);
        ck_assert(mstc_expr_wake(expr, person, &eval, &at));
        ck_assert_int_eq(at, INT64_C(639000000000000000) + 3600 * INT64_C(10000000));
        mstc_expr_free(expr);
        mst_arena_free(room);
}
END_TEST

static void
done(void)
{
        mst_arena_free(world);
        world = NULL;
}

static Suite *
suite(void)
{
        Suite *suite = suite_create("rules-work");
        TCase *all = tcase_create("work");

        tcase_add_checked_fixture(all, NULL, done);
        tcase_add_loop_test(all, ends, 0, UNIT_COUNT(rows));
        tcase_add_test(all, wakes);
        tcase_set_timeout(all, 300);
        suite_add_tcase(suite, all);
        return suite;
}

UNIT_MAIN(suite)
