/* rules.c - what it costs to find the groups of a person.
 *
 *   tests/bench/rules [RULES RECORDS [EVERY]]
 *
 * Rules like those that organisations write (two to four conditions, most of them
 * equalities) against people with twelve attributes, everything drawn from a fixed
 * seed.  Prints the time of one record through the index, the candidates it met, and,
 * of EVERY records, the time without the index. */
#include "build.h"

#include <muster/record.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "record/record.h"
#include "rules/index.h"

static uint64_t state = 88172645463325252u;

static unsigned
dice(unsigned below)
{
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (unsigned)(state >> 33) % below;
}

/* How many different values an attribute has; the first are the more frequent. */
static const struct { const char *name; unsigned values; } attributes[] = {
        { "department", 60 }, { "jobTitle", 400 }, { "country", 40 }, { "city", 300 }, { "companyName", 12 },
        { "officeLocation", 200 }, { "userType", 2 }, { "costCentre", 500 }, { "extensionAttribute1", 50 },
        { "state", 80 },
};
#define ATTRIBUTES (sizeof attributes / sizeof *attributes)

static unsigned
skewed(unsigned values)
{
        unsigned a = dice(values), b = dice(values);

        return a < b ? a : b;
}

static void
value(char into[64], size_t attribute, unsigned number)
{
        snprintf(into, 64, "%.4s Value %u of it", attributes[attribute].name, number);
}

/* A condition that few satisfy, or ('wide') one that many do. */
static size_t
condition(char *into, size_t room, bool wide)
{
        size_t at = dice(ATTRIBUTES);
        char text[64], other[64];
        const char *name = attributes[at].name;

        value(text, at, skewed(attributes[at].values));
        value(other, at, skewed(attributes[at].values));
        switch (dice(wide ? 12 : 20)) {
        case 0: return (size_t)snprintf(into, room, "user.mail -endsWith \"@d%u.example\"", dice(30));
        case 1: return (size_t)snprintf(into, room, "user.displayName -contains \"n%u\"", dice(50));
        case 2: return (size_t)snprintf(into, room, "user.%s -startsWith \"%.10s%u\"", name, text, dice(9));
        case 3: return (size_t)snprintf(into, room, "user.%s -in [\"%s\", \"%s\"]", name, text, other);
        case 4: return (size_t)snprintf(into, room, "(user.%s -eq \"%s\" -or user.%s -eq \"%s\")", name, text, name, other);
        case 5:
        case 6: return (size_t)snprintf(into, room, wide ? "user.%s -ne \"%s\"" : "user.%s -eq \"%s\"", name, text);
        case 7:
        case 8:
        case 9:
                if (wide)
                        return (size_t)snprintf(into, room, "user.accountEnabled -eq true");
                /* fall through */
        default: return (size_t)snprintf(into, room, "user.%s -eq \"%s\"", name, text);
        }
}

static struct mstc_expr *
random_rule(struct mst_arena *arena)
{
        struct mstc_finding *findings;
        struct mstc_expr *expr;
        char text[2048];
        size_t n = condition(text, sizeof text, false);

        for (unsigned more = 1 + dice(3); more > 0; more--) {
                n += (size_t)snprintf(text + n, sizeof text - n, " -and ");
                n += condition(text + n, sizeof text - n, true);
        }
        expr = mstc_expr_compile(MSTC_RULE, text, n, NULL, arena, &findings);
        if (expr == NULL) {
                fprintf(stderr, "%s: %s\n", text, findings->text);
                exit(1);
        }
        return expr;
}

static struct mst_record *
random_record(struct mst_arena *arena, unsigned number)
{
        char text[64];
        struct mst_record *record;

        snprintf(text, sizeof text, "%08u-0000-4000-8000-000000000000", number);
        record = mstc_record_new(arena, MST_USER, text, strlen(text));
        for (size_t i = 0; i < ATTRIBUTES; i++) {
                value(text, i, skewed(attributes[i].values));
                if (dice(10) != 0)
                        mst_record_text(record, mst_record_put(record, attributes[i].name), text, strlen(text));
        }
        snprintf(text, sizeof text, "person%u@d%u.example", number, dice(30));
        mst_record_text(record, mst_record_put(record, "mail"), text, strlen(text));
        snprintf(text, sizeof text, "Person Number n%u Somebody", dice(10000));
        mst_record_text(record, mst_record_put(record, "displayName"), text, strlen(text));
        mst_record_bool(record, mst_record_put(record, "accountEnabled"), dice(10) != 0);
        return record;
}

static double
now(void)
{
        struct timespec at;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
        return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
        size_t rules = argc > 2 ? strtoul(argv[1], NULL, 10) : 1000;
        size_t records = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000;
        size_t every = argc > 3 ? strtoul(argv[3], NULL, 10) : 200;
        struct mst_arena *arena = mst_arena_new(0), *scratch = mst_arena_new(0);
        struct mstc_index *index = mstc_index_new();
        struct mstc_eval eval = { .arena = scratch };
        struct mstc_expr **all = calloc(rules, sizeof *all);
        struct mst_record **people = calloc(records, sizeof *people);
        struct mstc_matches matches = { 0 };
        double start = now(), built, matched, plain;
        size_t found = 0, found_plain = 0, found_same = 0;

        for (size_t i = 0; i < rules; i++)
                all[i] = random_rule(arena);
        printf("%zu rules compiled: %.1f us each\n", rules, (now() - start) * 1e6 / (double)rules);
        for (size_t i = 0; i < records; i++)
                people[i] = random_record(arena, (unsigned)i);
        start = now();
        for (size_t i = 0; i < rules; i++)
                if (!mstc_index_add(index, all[i], (uint32_t)i))
                        return 1;
        if (!mstc_index_build(index))
                return 1;
        built = now() - start;
        start = now();
        for (size_t i = 0; i < records; i++) {
                mst_arena_reset(scratch);
                if (!mstc_index_match(index, people[i], &eval, &matches))
                        return 1;
                found += matches.count;
                found_same += i < every ? matches.count : 0;
        }
        matched = now() - start;
        start = now();
        for (size_t i = 0; i < every && i < records; i++) {
                mst_arena_reset(scratch);
                for (size_t k = 0; k < rules; k++)
                        found_plain += mstc_expr_test(all[k], people[i], &eval);
        }
        plain = now() - start;
        printf("index built: %.1f ms\n", built * 1e3);
        printf("with the index: %.0f ns a record, %.1f candidates, %.2f groups (%zu records)\n",
               matched * 1e9 / (double)records, (double)matches.candidates / (double)records,
               (double)found / (double)records, records);
        printf("every rule:     %.0f ns a record, %.1f ns a rule (%zu records)\n",
               plain * 1e9 / (double)every, plain * 1e9 / (double)every / (double)rules, every);
        if (found_plain != found_same)
                printf("THE RESULTS DIFFER: %zu and %zu\n", found_plain, found_same);
        mstc_matches_done(&matches);
        mstc_index_free(index);
        for (size_t i = 0; i < rules; i++)
                mstc_expr_free(all[i]);
        free(all);
        free(people);
        mst_arena_free(arena);
        mst_arena_free(scratch);
        return found_plain != found_same;
}
