/* rules.c - what it costs to find the groups of people, with the rule index and without.
 *
 *   tests/bench/rules index|single|plain RULES PEOPLE [EVERY]
 *   tests/bench/rules people PEOPLE           for rules-node.js: a person a line
 *   tests/bench/rules script|filtrex RULES    the same rules in other words
 *
 * index: all are evaluated, page for page as the engine reads them; single: one person
 * after the other, only every EVERYth, as changes come; plain: each rule for itself.
 * Prints a line of "name value" pairs; only evaluation counts as time, not making people. */
#include "build.h"

#include <muster/record.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "rules-record.h"
#include "rules-world.h"
#include "rules/index.h"

#define PAGE 1024u

struct bench {
        struct mstc_expr **rules;
        size_t rule_count, people;
        struct mstc_index *index;
        struct mst_arena *arena, *scratch;
        struct mst_record *page[PAGE];
        struct mstc_matches matches;
        double seconds;
        uint64_t found;
};

static void
fail(const char *what)
{
        fprintf(stderr, "rules: %s\n", what);
        exit(1);
}

static void
compile(struct bench *b)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_finding *findings = NULL;
        struct world_rule rule;
        char text[2048];

        b->rules = calloc(b->rule_count + 1, sizeof(struct mstc_expr *));
        for (size_t i = 0; i < b->rule_count; i++) {
                world_rule((uint32_t)i, &rule);
                b->rules[i] = mstc_expr_compile(MSTC_RULE, text, world_write(&rule, WORLD_MUSTER, text, sizeof text), NULL,
                                                arena, &findings);
                if (b->rules[i] == NULL)
                        fail(findings->text);
                mst_arena_reset(arena);
        }
        mst_arena_free(arena);
}

static struct mst_record *
person(struct mst_arena *arena, uint32_t number)
{
        struct world_person p;
        struct mst_record *record;

        world_person(number, &p);
        record = mstc_record_new(arena, MST_USER, p.id, strlen(p.id));
        world_record(record, number);
        return record;
}

static void
build(struct bench *b)
{
        double start = world_clock();

        b->index = mstc_index_new();
        for (size_t i = 0; i < b->rule_count; i++)
                if (!mstc_index_add(b->index, b->rules[i], (uint32_t)i))
                        fail("out of memory");
        if (!mstc_index_build(b->index))
                fail("out of memory");
        printf("build %.6f ", world_clock() - start);
}

static void
match(struct bench *b, size_t count)
{
        struct mstc_eval eval = { .now = WORLD_NOW, .arena = b->scratch };

        for (size_t i = 0; i < count; i++) {
                mst_arena_reset(b->scratch);
                if (!mstc_index_match(b->index, b->page[i], &eval, &b->matches))
                        fail("out of memory");
                b->found += b->matches.count;
        }
}

static void
match_all(struct bench *b, size_t count)
{
        struct mstc_eval eval = { .now = WORLD_NOW, .arena = b->scratch };
        struct mstc_found found[MSTC_BLOCK_MOST];

        for (size_t i = 0; i < count; i += MSTC_BLOCK_MOST) {
                size_t n = count - i < MSTC_BLOCK_MOST ? count - i : MSTC_BLOCK_MOST;

                mst_arena_reset(b->scratch);
                if (!mstc_index_match_all(b->index, (const struct mst_record *const *)b->page + i, n, &eval, &b->matches,
                                          found))
                        fail("out of memory");
                for (size_t k = 0; k < n; k++)
                        b->found += found[k].count;
        }
}

static void
match_plainly(struct bench *b, size_t count)
{
        struct mstc_eval eval = { .now = WORLD_NOW, .arena = b->scratch };

        for (size_t i = 0; i < count; i++) {
                mst_arena_reset(b->scratch);
                for (size_t k = 0; k < b->rule_count; k++)
                        b->found += mstc_expr_test(b->rules[k], b->page[i], &eval);
        }
}

/* Every 'every'th of the people, a page at a time. */
static void
each_page(struct bench *b, size_t every, void (*evaluate)(struct bench *b, size_t count))
{
        for (size_t at = 0; at < b->people;) {
                size_t n = 0;
                double start;

                mst_arena_reset(b->arena);
                for (; n < PAGE && at < b->people; at += every)
                        b->page[n++] = person(b->arena, (uint32_t)at);
                start = world_clock();
                evaluate(b, n);
                b->seconds += world_clock() - start;
        }
}

static void
tell_person(uint32_t number)
{
        struct world_person p;

        world_person(number, &p);
        for (size_t i = 0; i < WORLD_TEXTS; i++) {
                world_lower(p.texts[i]);
                printf("%s\t", p.texts[i]);
        }
        printf("%d\t%lld\t", p.enabled, (long long)(p.hired / WORLD_DAY));
        for (unsigned i = 0; i < p.tag_count; i++)
                printf("%s%s", i == 0 ? "" : ",", p.tags[i]);
        putchar('\n');
}

static void
tell(const char *what, size_t count)
{
        struct world_rule rule;
        char text[2048];

        for (uint32_t i = 0; i < count; i++) {
                if (strcmp(what, "people") == 0) {
                        tell_person(i);
                        continue;
                }
                world_rule(i, &rule);
                world_write(&rule, strcmp(what, "script") == 0 ? WORLD_SCRIPT :
                            strcmp(what, "filtrex") == 0 ? WORLD_FILTREX : WORLD_MUSTER, text, sizeof text);
                puts(text);
        }
}

int
main(int argc, char **argv)
{
        struct bench b = { .arena = mst_arena_new(0), .scratch = mst_arena_new(0) };
        const char *what = argc > 2 ? argv[1] : "";
        size_t every = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;
        bool plain = strcmp(what, "plain") == 0;

        if (argc == 3) {
                tell(what, strtoul(argv[2], NULL, 10));
                return 0;
        }
        if (argc < 4 || (!plain && strcmp(what, "index") != 0 && strcmp(what, "single") != 0))
                fail("index|single|plain RULES PEOPLE [EVERY], people PEOPLE, or rules|script|filtrex RULES");
        b.rule_count = strtoul(argv[2], NULL, 10);
        b.people = strtoul(argv[3], NULL, 10);
        compile(&b);
        if (!plain)
                build(&b);
        each_page(&b, every, plain ? match_plainly : strcmp(what, "index") == 0 ? match_all : match);
        printf("seconds %.6f found %llu candidates %llu kib %ld\n", b.seconds, (unsigned long long)b.found,
               (unsigned long long)b.matches.candidates, world_memory());
        mstc_matches_done(&b.matches);
        mstc_index_free(b.index);
        for (size_t i = 0; i < b.rule_count; i++)
                mstc_expr_free(b.rules[i]);
        free(b.rules);
        mst_arena_free(b.arena);
        mst_arena_free(b.scratch);
        return 0;
}
