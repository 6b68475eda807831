/* rules-index.c - the rule index finds exactly the rules that are true.
 *
 * Rules and records are drawn at random from a small world, so that much of it meets:
 * the same few texts in different case, numbers as text, lists, objects, nulls, dates.
 * Whatever the index says, of one record or of many at once, must be what evaluating every
 * rule says. */
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
#define LONG "A long text, STRASSE and Straße, again and again, an alphabet soup of letters, "
static const char *const texts[] = {
        "", "x", "X", "Straße", "STRASSE", "Ωμέγα", "ωμέγα", "12", "12.0", "0012", "true", "True", "null",
        "2026-03-01", "2026-03-01T00:00:00Z", "alpha beta", "ALPHA", "alphabet soup of letters and more", "-5",
        "p1", "p2", "\u212a", "k",
#define TEXTS_RIGHT 23u                      /* so many are UTF-8 and short            */
        "x\xff", "\xc3", "\xe2\x84 alpha", "more\x80",
        LONG LONG LONG "and mORe", LONG LONG LONG LONG LONG LONG "and X",
};
static const char *const literals[] = {
        "\"x\"", "\"\"", "\"straße\"", "\"ΩΜΈΓΑ\"", "12", "\"12\"", "12.0", "\"0012\"", "true", "\"TRUE\"", "false",
        "\"2026-03-01\"", "2026-03-01", "\"alpha\"", "\"Alphabet Soup of Letters and More\"", "-5", "1.5", "\"p1\"",
        "\"p2\"", "\"K\"", "\"null\"",
};

#define PICK(table) table[dice(sizeof(table) / sizeof *(table))]

/* --- records ------------------------------------------------------------------------- */

/* Also what no connector can bring: bytes that are not UTF-8. */
static void
put_text(struct mst_record *record, struct mst_value *value, const char *text)
{
        mst_record_text(record, value, "?", 1);
        value->as.text = text;
        value->length = (uint32_t)strlen(text);
}

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
        case 5:
                put_text(record, value, text);
                value->type = MST_REF;
                break;
        default: put_text(record, value, text); break;
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
        static const char *const plain[] = { "\"x\"", "\"alph\"", "12", "\"straß\"", "\"\"", "\"more\"", "\"Alphabet So\"", "\"TR\"", "\"ue\"",
                "\"a\"", "\"ß\"", "\"\uFFFD\"", "\"again and again, an alphabet soup of letters, A long text, STRASSE and STRASSE\"" };

        switch (dice(11)) {
        case 10: say(into, "%s %s system.now%s", left, PICK(order), dice(2) == 0 ? "" : " -minus p1d"); break;
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
                static const char *const calls[] = {
                        "IsPresent(user.%s)", "IsNullOrEmpty(user.%s)", "ToUpper(user.%s) -eq \"ALPHA\"",
                        "Count(user.%s) -ge 2", "(user.%s & \"x\") -startsWith \"12\"", "IsString(user.%s)",
                        "IIF(user.%s -eq \"x\", true, false)", "user.%s -any (_ -ne null -and _.plan -any (_ -eq \"p1\"))",
                };
                char call[100];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                snprintf(call, sizeof call, PICK(calls), PICK(names));
#pragma GCC diagnostic pop
                say(into, "%s", call);
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
                say(&text, "Direct Reports for \"%s\"", texts[dice(TEXTS_RIGHT)]);
        else
                condition(&text, 1 + dice(4), NULL);
        snprintf(keep, room, "%s", text.at);
        expr = mstc_expr_compile(MSTC_RULE, text.at, text.n, NULL, arena, &findings);
        ck_assert_msg(expr != NULL, "%s: %s", text.at, expr == NULL && findings != NULL ? findings->text : "?");
        return expr;
}

#define RULES 300
#define RECORDS 400
#define NOW INT64_C(639078336000000000)

struct world {
        struct mst_arena *arena;
        size_t count;
        struct mstc_expr *rules[RULES];
        char said[RULES][4000];
        struct mstc_index *index;
        bool want[RECORDS][RULES];           /* what each rule itself says             */
        bool told[RECORDS];                  /* of a pattern that was of no use        */
};

static uint32_t
id_of(const struct world *world, size_t rule)
{
        return (uint32_t)(3 * ((rule * 77) % world->count) + 5);
}

/* Ids are not in order of the rules, and there are gaps. */
static void
make_world(struct world *world, struct mst_arena *arena, size_t count)
{
        world->arena = arena;
        world->count = count;
        world->index = mstc_index_new();
        for (size_t i = 0; i < count; i++) {
                world->rules[i] = random_rule(arena, world->said[i], sizeof world->said[i]);
                ck_assert(mstc_index_add(world->index, world->rules[i], id_of(world, i)));
        }
        ck_assert(mstc_index_build(world->index));
}

static void
drop_world(struct world *world)
{
        mstc_index_free(world->index);
        for (size_t i = 0; i < world->count; i++)
                mstc_expr_free(world->rules[i]);
}

static void
same(const struct world *world, size_t record, const uint32_t *ids, size_t count, const char *how)
{
        static bool have[3 * RULES + 5];

        memset(have, 0, sizeof have);
        for (size_t k = 0; k < count; k++) {
                ck_assert(k == 0 || ids[k - 1] < ids[k]);
                ck_assert_uint_lt(ids[k], UNIT_COUNT(have));
                have[ids[k]] = true;
        }
        for (size_t i = 0; i < world->count; i++)
                ck_assert_msg(have[id_of(world, i)] == world->want[record][i], "rule %s: %s %d, itself %d, record %zu",
                              world->said[i], how, have[id_of(world, i)], world->want[record][i], record);
}

static void
one_by_one(const struct world *world, struct mst_record **records, size_t record, struct mstc_matches *matches)
{
        struct mstc_eval eval = { .now = NOW, .arena = world->arena };

        ck_assert(mstc_index_match(world->index, records[record], &eval, matches));
        same(world, record, matches->ids, matches->count, "index");
}

/* In blocks of any size. */
static void
all_at_once(const struct world *world, struct mst_record **records, struct mstc_matches *matches)
{
        struct mstc_found found[MSTC_BLOCK_MOST];
        struct mstc_eval eval = { .now = NOW, .arena = world->arena };

        for (size_t r = 0, n; r < RECORDS; r += n) {
                n = 1 + dice(dice(2) == 0 ? 10 : MSTC_BLOCK_MOST);
                if (n > RECORDS - r)
                        n = RECORDS - r;
                ck_assert(mstc_index_match_all(world->index, (const struct mst_record *const *)records + r, n, &eval,
                                               matches, found));
                for (size_t k = 0; k < n; k++) {
                        ck_assert(found[k].why == NULL || world->told[r + k]);
                        same(world, r + k, found[k].ids, found[k].count, "block");
                }
        }
}

/* The number of rules that are true. */
static size_t
ask_itself(struct world *world, size_t record, const struct mst_record *said, struct mstc_eval *eval)
{
        size_t found = 0;

        world->told[record] = false;
        for (size_t i = 0; i < world->count; i++) {
                found += world->want[record][i] = mstc_expr_test(world->rules[i], said, eval);
                world->told[record] |= eval->why != NULL;
        }
        return found;
}

/* One struct mstc_matches serves two indexes, in turn; values repeat. */
START_TEST(same_as_all)
{
        static struct world big, small;
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_matches matches = { 0 };
        struct mst_record *records[RECORDS];
        size_t found = 0;

        state = 88172645463325252u + (uint64_t)_i * 7919;
        make_world(&big, arena, RULES);
        make_world(&small, arena, RULES / 10);
        for (size_t r = 0; r < RECORDS; r++) {
                struct mstc_eval eval = { .now = NOW, .arena = arena };

                records[r] = r > 0 && dice(4) == 0 ? records[dice((unsigned)r)] : random_record(arena);
                found += ask_itself(&big, r, records[r], &eval);
                ask_itself(&small, r, records[r], &eval);
        }
        for (size_t r = 0; r < RECORDS; r++)
                one_by_one(&big, records, r, &matches);
        ck_assert_uint_gt(found, RULES);
        ck_assert_uint_lt(matches.candidates, (uint64_t)RULES * RECORDS * 9 / 10);
        all_at_once(&big, records, &matches);
        all_at_once(&small, records, &matches);
        for (size_t r = 0; r < RECORDS; r += 4) {
                one_by_one(&small, records, r, &matches);
                one_by_one(&big, records, r, &matches);
        }
        all_at_once(&big, records, &matches);
        mstc_matches_done(&matches);
        drop_world(&big);
        drop_world(&small);
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
        struct mstc_found found[1];
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *record = mstc_record_new(arena, MST_USER, "x", 1);
        struct mstc_index *index = mstc_index_new();
        struct mstc_eval eval = { .arena = arena };
        struct mstc_matches matches = { 0 };

        ck_assert(mstc_index_build(index));
        ck_assert(!mstc_index_build(index));
        ck_assert(mstc_index_match(index, record, &eval, &matches));
        ck_assert_uint_eq(matches.count, 0);
        ck_assert(mstc_index_match_all(index, (const struct mst_record *const *)&record, 1, &eval, &matches, found));
        ck_assert_uint_eq(found[0].count, 0);
        ck_assert(mstc_index_match_all(index, NULL, 0, &eval, &matches, found));
        ck_assert(!mstc_index_match_all(index, NULL, MSTC_BLOCK_MOST + 1, &eval, &matches, found));
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
        struct mst_record *other = mstc_record_new(arena, MST_USER, "y", 1);
        struct mstc_found found[3];
        char long_text[60];

        mst_record_text(other, mst_record_put(other, "a"), "b", 1);
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
        ck_assert(mstc_index_match_all(index, (const struct mst_record *const[]){ other, record, other }, 3, &eval,
                                       &matches, found));
        for (int i = 0; i < 3; i++) {
                ck_assert_uint_eq(found[i].count, i == 1 ? 1 : 2);
                ck_assert_uint_eq(found[i].ids[found[i].count - 1], 2);
                ck_assert_int_eq(found[i].why != NULL, i == 1);
        }
        mstc_matches_done(&matches);
        mstc_index_free(index);
        mstc_expr_free(bad);
        mstc_expr_free(good);
        mst_arena_free(arena);
}
END_TEST

static void
put_number(struct mst_record *record, struct mst_value *value, const char *word, unsigned number)
{
        char text[40];

        mst_record_text(record, value, text, (size_t)snprintf(text, sizeof text, "%s %u", word, number));
}

static struct mst_record *
one_of_many(struct mst_arena *arena, unsigned number)
{
        struct mst_record *record = mstc_record_new(arena, MST_USER, "x", 1);
        struct mst_value *list;
        char text[1000];

        put_number(record, mst_record_put(record, "once"), "Once", number);
        put_number(record, mst_record_put(record, "often"), "Often", number / 4);
        mst_record_text(record, mst_record_put(record, "long"), text,
                        (size_t)snprintf(text, sizeof text, "%u%0600x", number % 1000, number % 1000));
        list = mst_record_put(record, "list");
        mst_record_list(record, list);
        put_number(record, mst_record_append(record, list), "Once", number);
        put_number(record, mst_record_append(record, list), "Often", number / 4);
        return record;
}

/* Values that come once, and values that come four times, more of either than are remembered;
 * lists of them; and one that is too long for that. */
START_TEST(many_values)
{
        static const char *const texts_of_rules[] = {
                "user.once -eq \"Once 17\"", "user.once -startsWith \"once 1\"", "user.once -endsWith \"99\"",
                "user.once -contains \"77\"", "user.often -in [\"often 3\", \"often 19999\"]", "user.often -contains \"00\"",
                "user.often -ne \"often 8\" -and user.often -match \"[05]$\"", "user.long -contains \"7a\"",
                "user.long -startsWith \"7a\"", "user.list -any (_ -eq \"OFTEN 3\")", "user.list -any (_ -startsWith \"once 1\")",
                "user.list -all (_ -ne \"often 19999\") -and user.once -endsWith \"7\"", "user.list -contains \"e 77\"",
                "user.list -any (_ -match \"[05]$\")", "user.list -notContains \"00\" -or user.often -contains \"88\"",
        };
        enum { COUNT = sizeof texts_of_rules / sizeof *texts_of_rules, PAGE = 1000, PAGES = 80 };
        struct mst_arena *arena = mst_arena_new(0), *page = mst_arena_new(0);
        struct mstc_index *index = mstc_index_new();
        struct mstc_matches matches = { 0 }, others = { 0 };
        struct mstc_expr *rules[COUNT];
        struct mst_record *records[PAGE];
        struct mstc_found found[PAGE];
        struct mstc_eval eval = { .arena = page };

        for (uint32_t i = 0; i < COUNT; i++)
                ck_assert(mstc_index_add(index, rules[i] = rule(texts_of_rules[i], arena), i));
        ck_assert(mstc_index_build(index));
        for (unsigned number = 0; number < PAGE * PAGES; number += PAGE) {
                mst_arena_reset(page);
                for (unsigned r = 0; r < PAGE; r++)
                        records[r] = one_of_many(page, number + r);
                ck_assert(mstc_index_match_all(index, (const struct mst_record *const *)records, PAGE, &eval, &others,
                                               found));
                for (unsigned r = 0; r < PAGE; r++) {
                        size_t want = 0;

                        ck_assert(mstc_index_match(index, records[r], &eval, &matches));
                        for (uint32_t i = 0; i < COUNT; i++) {
                                if (!mstc_expr_test(rules[i], records[r], &eval))
                                        continue;
                                ck_assert_uint_lt(want, matches.count);
                                ck_assert_uint_lt(want, found[r].count);
                                ck_assert_uint_eq(matches.ids[want], i);
                                ck_assert_uint_eq(found[r].ids[want++], i);
                        }
                        ck_assert_uint_eq(matches.count, want);
                        ck_assert_uint_eq(found[r].count, want);
                }
        }
        mstc_matches_done(&matches);
        mstc_matches_done(&others);
        mstc_index_free(index);
        for (uint32_t i = 0; i < COUNT; i++)
                mstc_expr_free(rules[i]);
        mst_arena_free(arena);
        mst_arena_free(page);
}
END_TEST

/* RULES_INDEX_ROUNDS: each compares 132,000 pairs of a rule and a record, several ways. */
static Suite *
suite(void)
{
        Suite *suite = suite_create("rules-index");
        TCase *cases = tcase_create("index");
        const char *rounds = getenv("RULES_INDEX_ROUNDS");

        tcase_set_timeout(cases, 300);
        tcase_add_loop_test(cases, same_as_all, 0, rounds != NULL ? atoi(rounds) : 10);
        tcase_add_test(cases, many_values);
        tcase_add_loop_test(cases, few_candidates, 0, UNIT_COUNT(selective));
        tcase_add_test(cases, empty_index);
        tcase_add_test(cases, hopeless_pattern);
        suite_add_tcase(suite, cases);
        return suite;
}

UNIT_MAIN(suite)
