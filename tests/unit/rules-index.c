/* rules-index.c - the rule index finds exactly the rules that are true.
 *
 * Rules and records are drawn at random from a small world, so that much of it meets:
 * the same few texts in different case, numbers as text, lists, objects, nulls, dates.
 * Whatever the index says must be what evaluating every rule says. */
#include "build.h"

#include <muster/record.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "rules/index.h"
#include "unit.h"
#include "util/date.h"

static uint64_t state;

static unsigned
dice(unsigned below)
{
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (unsigned)(state >> 33) % below;
}

static const char *const names[] = { "a", "b", "Dept", "tags", "plans", "memberOf", "when", "manager" };
static const char *const texts[] = {
        "", "x", "X", "Straße", "STRASSE", "Ωμέγα", "ωμέγα", "12", "12.0", "0012", "true", "True", "null",
        "2026-03-01", "2026-03-01T00:00:00Z", "alpha beta", "ALPHA", "alphabet soup of letters and more", "-5",
        "p1", "p2", "\u212a", "k",
};
static const char *const literals[] = {
        "\"x\"", "\"\"", "\"straße\"", "\"ΩΜΈΓΑ\"", "12", "\"12\"", "12.0", "\"0012\"", "true", "\"TRUE\"", "false",
        "\"2026-03-01\"", "2026-03-01", "\"alpha\"", "\"Alphabet Soup of Letters and More\"", "-5", "1.5", "\"p1\"",
        "\"p2\"", "\"K\"", "\"null\"",
};

#define PICK(table) table[dice(sizeof(table) / sizeof *(table))]

/* --- records ------------------------------------------------------------------------- */

static void
scalar(struct mst_record *record, struct mst_value *value)
{
        const char *text = PICK(texts);

        switch (dice(8)) {
        case 0: mst_record_null(record, value); break;
        case 1: mst_record_bool(record, value, dice(2) == 0); break;
        case 2: mst_record_int(record, value, (int64_t)dice(20) - 6); break;
        case 3: mst_record_real(record, value, dice(2) == 0 ? 12.0 : 1.5); break;
        case 4: mst_record_date(record, value, INT64_C(639078336000000000) + (int64_t)dice(2)); break;
        case 5: mst_record_ref(record, value, text, strlen(text)); break;
        default: mst_record_text(record, value, text, strlen(text)); break;
        }
}

static void
object(struct mst_record *record, struct mst_value *value)
{
        static const char *const members[] = { "objectId", "id", "plan", "state", "State" };

        mst_record_object(record, value);
        for (unsigned n = dice(4); n > 0; n--)
                scalar(record, mst_record_member(record, value, PICK(members)));
}

static void
any_value(struct mst_record *record, struct mst_value *value)
{
        unsigned kind = dice(6);

        if (kind == 0)
                object(record, value);
        else if (kind > 2)
                scalar(record, value);
        else {
                mst_record_list(record, value);
                for (unsigned n = dice(4); n > 0; n--) {
                        struct mst_value *one = mst_record_append(record, value);

                        if (dice(3) == 0)
                                object(record, one);
                        else
                                scalar(record, one);
                }
        }
}

static struct mst_record *
random_record(struct mst_arena *arena)
{
        struct mst_record *record = mstc_record_new(arena, MST_USER, "x", 1);

        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                if (dice(4) != 0)
                        any_value(record, mst_record_put(record, dice(9) == 0 && i == 2 ? "dEPT" : names[i]));
        return record;
}

/* --- rules --------------------------------------------------------------------------- */

struct text { char at[4000]; size_t n; };

static void say(struct text *into, const char *format, ...) MST_PRINTF(2, 3);

static void
say(struct text *into, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        into->n += (size_t)vsnprintf(into->at + into->n, sizeof into->at - into->n, format, ap);
        va_end(ap);
        ck_assert_uint_lt(into->n, sizeof into->at);
}

static void
comparison(struct text *into, const char *left)
{
        static const char *const ops[] = {
                "-eq", "-ne", "-startsWith", "-notStartsWith", "-endsWith", "-notEndsWith", "-contains", "-notContains",
        };
        static const char *const order[] = { "-le", "-ge", "-lt", "-gt" };
        static const char *const patterns[] = { "^x", "a.*b", "[0-9]+", "^$", "ω" };
        static const char *const plain[] = { "\"x\"", "\"alph\"", "12", "\"straß\"", "\"\"", "\"more\"", "\"Alphabet So\"" };

        switch (dice(10)) {
        case 0: say(into, "%s %s null", left, dice(2) == 0 ? "-eq" : "-ne"); break;
        case 1: say(into, "%s %s [%s, %s, %s]", left, dice(3) == 0 ? "-notIn" : "-in", PICK(literals), PICK(literals),
                    PICK(literals)); break;
        case 2: say(into, "%s %s \"%s\"", left, dice(2) == 0 ? "-match" : "-notMatch", PICK(patterns)); break;
        case 3: say(into, "%s %s %s", left, PICK(order), dice(2) == 0 ? "12" : "2026-03-01"); break;
        case 4:
        case 5: say(into, "%s %s %s", left, PICK(ops), PICK(plain)); break;
        default: say(into, "%s %s %s", left, dice(4) == 0 ? "-ne" : "-eq", PICK(literals)); break;
        }
}

static void
condition(struct text *into, unsigned depth, const char *element)
{
        char left[64];
        unsigned kind = depth == 0 ? 9 : dice(12);

        if (kind < 4) {
                const char *word = kind < 2 ? "-and" : "-or";

                say(into, "(");
                condition(into, depth - 1, element);
                for (unsigned n = 1 + dice(2); n > 0; n--) {
                        say(into, " %s ", word);
                        condition(into, depth - 1, element);
                }
                say(into, ")");
        } else if (kind == 4) {
                say(into, "-not (");
                condition(into, depth - 1, element);
                say(into, ")");
        } else if (kind == 5 && element == NULL) {
                static const char *const lists[] = { "tags", "plans", "memberOf" };
                static const char *const inside[] = { "_", "_.plan", "_.state", "_.objectId" };

                say(into, "user.%s %s (", PICK(lists), dice(2) == 0 ? "-any" : "-all");
                condition(into, depth - 1, PICK(inside));
                say(into, ")");
        } else if (kind == 6 && element == NULL) {
                say(into, "IsPresent(user.%s)", PICK(names));
        } else {
                snprintf(left, sizeof left, dice(8) == 0 ? "user.%s.plan" : "user.%s", PICK(names));
                comparison(into, element != NULL && dice(4) != 0 ? element : left);
        }
}

static struct mstc_expr *
random_rule(struct mst_arena *arena, char *keep, size_t room)
{
        struct text text = { .n = 0 };
        struct mstc_finding *findings;
        struct mstc_expr *expr;

        if (dice(30) == 0)
                say(&text, "Direct Reports for \"%s\"", PICK(texts));
        else
                condition(&text, 1 + dice(4), NULL);
        snprintf(keep, room, "%s", text.at);
        expr = mstc_expr_compile(MSTC_RULE, text.at, text.n, NULL, arena, &findings);
        ck_assert_msg(expr != NULL, "%s: %s", text.at, expr == NULL && findings != NULL ? findings->text : "?");
        return expr;
}

#define RULES 300
#define RECORDS 400

START_TEST(same_as_all)
{
        static char said[RULES][4000];
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_expr *rules[RULES];
        struct mstc_index *index = mstc_index_new();
        struct mstc_matches matches = { 0 };
        size_t found = 0;

        state = 88172645463325252u + (uint64_t)_i * 7919;
        for (size_t i = 0; i < RULES; i++) {
                rules[i] = random_rule(arena, said[i], sizeof said[i]);
                ck_assert(mstc_index_add(index, rules[i], (uint32_t)(3 * ((i * 77) % RULES) + 5)));
        }
        ck_assert(mstc_index_build(index));
        for (size_t r = 0; r < RECORDS; r++) {
                struct mstc_eval eval = { .now = INT64_C(639078336000000000), .arena = arena };
                struct mst_record *record = random_record(arena);

                ck_assert(mstc_index_match(index, record, &eval, &matches));
                for (size_t k = 1; k < matches.count; k++)
                        ck_assert_uint_lt(matches.ids[k - 1], matches.ids[k]);
                for (size_t i = 0; i < RULES; i++) {
                        uint32_t id = (uint32_t)(3 * ((i * 77) % RULES) + 5);
                        bool want = mstc_expr_test(rules[i], record, &eval), have = false;

                        for (size_t k = 0; k < matches.count && !have; k++)
                                have = matches.ids[k] == id;
                        ck_assert_msg(have == want, "rule %s: index %d, all %d, record %zu", said[i], have, want, r);
                        found += want;
                }
        }
        ck_assert_uint_gt(found, RULES);
        ck_assert_uint_lt(matches.candidates, (uint64_t)RULES * RECORDS * 9 / 10);
        mstc_matches_done(&matches);
        mstc_index_free(index);
        for (size_t i = 0; i < RULES; i++)
                mstc_expr_free(rules[i]);
        mst_arena_free(arena);
}
END_TEST

static struct mstc_expr *
rule(const char *text, struct mst_arena *arena)
{
        struct mstc_finding *findings;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_RULE, text, strlen(text), NULL, arena, &findings);

        ck_assert_msg(expr != NULL, "%s", text);
        return expr;
}

/* What one record has to do with each of a hundred rules. */
static const struct {
        const char *format;                  /* %d: the rule's number                  */
        unsigned candidates;                 /* of a record with number 7              */
} selective[] = {
        { "user.number -eq \"n%d\"", 1 },
        { "user.number -eq \"N%d\" -and user.on -eq true", 1 },
        { "user.on -eq true -and user.number -in [\"n%d\", \"other\"]", 1 },
        { "user.number -eq \"n%d\" -or user.other -eq \"n%d\"", 1 },
        { "-not (user.number -ne \"n%d\" -or user.on -ne true)", 1 },
        { "user.tags -any (_ -eq \"n%d\")", 1 },
        { "user.memberOf -any (group.objectId -in [\"n%d\"])", 1 },
        { "-not (user.tags -all (_ -ne \"n%d\"))", 1 },
        { "user.number -startsWith \"n%d\"", 100 / 10 + 2 },
        { "Direct Reports for \"n%d\"", 1 },
        { "user.number -ne \"n%d\"", 100 },
        { "user.absent -eq \"n%d\"", 0 },
        { "user.absent -contains \"n%d\"", 0 },
};

START_TEST(few_candidates)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *record = mstc_record_new(arena, MST_USER, "x", 1);
        struct mstc_index *index = mstc_index_new();
        struct mstc_eval eval = { .arena = arena };
        struct mstc_matches matches = { 0 };
        struct mst_value *list;
        struct mstc_expr *rules[100];

        for (int i = 0; i < 100; i++) {
                char text[200];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                snprintf(text, sizeof text, selective[_i].format, i, i);
#pragma GCC diagnostic pop
                rules[i] = rule(text, arena);
                ck_assert(mstc_index_add(index, rules[i], (uint32_t)i));
        }
        mst_record_text(record, mst_record_put(record, "number"), "n7", 2);
        mst_record_text(record, mst_record_put(record, "manager"), "n7", 2);
        mst_record_bool(record, mst_record_put(record, "on"), true);
        list = mst_record_put(record, "tags");
        mst_record_list(record, list);
        mst_record_text(record, mst_record_append(record, list), "n7", 2);
        list = mst_record_put(record, "memberOf");
        mst_record_list(record, list);
        mst_record_text(record, mst_record_append(record, list), "n7", 2);
        ck_assert(mstc_index_build(index));
        ck_assert(mstc_index_match(index, record, &eval, &matches));
        ck_assert_uint_le(matches.candidates, selective[_i].candidates);
        ck_assert_uint_ge(matches.candidates, matches.count);
        mstc_matches_done(&matches);
        mstc_index_free(index);
        for (int i = 0; i < 100; i++)
                mstc_expr_free(rules[i]);
        mst_arena_free(arena);
}
END_TEST

START_TEST(empty_index)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *record = mstc_record_new(arena, MST_USER, "x", 1);
        struct mstc_index *index = mstc_index_new();
        struct mstc_eval eval = { .arena = arena };
        struct mstc_matches matches = { 0 };

        ck_assert(mstc_index_build(index));
        ck_assert(!mstc_index_build(index));
        ck_assert(mstc_index_match(index, record, &eval, &matches));
        ck_assert_uint_eq(matches.count, 0);
        mstc_matches_done(&matches);
        mstc_index_free(index);
        mstc_index_free(NULL);
        mst_arena_free(arena);
}
END_TEST

/* A pattern without end makes its rule false and says so, wherever it stands. */
START_TEST(hopeless_pattern)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *record = mstc_record_new(arena, MST_USER, "x", 1);
        struct mstc_index *index = mstc_index_new();
        struct mstc_eval eval = { .arena = arena };
        struct mstc_matches matches = { 0 };
        struct mstc_expr *bad = rule("user.a -notMatch \"^(a+)+$\"", arena), *good = rule("user.a -ne null", arena);
        char long_text[60];

        memset(long_text, 'a', sizeof long_text);
        long_text[59] = '!';
        mst_record_text(record, mst_record_put(record, "a"), long_text, sizeof long_text);
        ck_assert(mstc_index_add(index, bad, 1) && mstc_index_add(index, good, 2) && mstc_index_build(index));
        ck_assert(!mstc_expr_test(bad, record, &eval));
        ck_assert_ptr_nonnull(strstr(eval.why, "takes too long"));
        ck_assert(mstc_index_match(index, record, &eval, &matches));
        ck_assert_uint_eq(matches.count, 1);
        ck_assert_uint_eq(matches.ids[0], 2);
        ck_assert_ptr_nonnull(strstr(eval.why, "takes too long"));
        mstc_matches_done(&matches);
        mstc_index_free(index);
        mstc_expr_free(bad);
        mstc_expr_free(good);
        mst_arena_free(arena);
}
END_TEST

static Suite *
suite(void)
{
        Suite *suite = suite_create("rules-index");
        TCase *cases = tcase_create("index");

        tcase_add_loop_test(cases, same_as_all, 0, 8);
        tcase_add_loop_test(cases, few_candidates, 0, UNIT_COUNT(selective));
        tcase_add_test(cases, empty_index);
        tcase_add_test(cases, hopeless_pattern);
        suite_add_tcase(suite, cases);
        return suite;
}

UNIT_MAIN(suite)
