/* headcount.c - see headcount.h. */
#include "build.h"

#include "engine/headcount.h"

#include <inttypes.h>
#include <string.h>

#include "store/view.h"
#include "util/alloc.h"
#include "util/date.h"
#include "util/report.h"

#define BATCH 1000u
#define TESTS_MOST 64u                       /* in one rule                            */

struct test {
        const struct mstc_text *text;
        struct mstc_negative negative;
        bool scoped;                         /* only whom the sync takes gets to it    */
        uint64_t without;                    /* who has no such value                  */
};

struct counting {
        const struct mstc_sync *sync;
        struct mst_arena *arena;             /* of one sync                            */
        struct mstc_schema schema;
        struct test *tests; size_t count;
        uint64_t people[2];                  /* all; in the sync's scope               */
        bool failed;                         /* memory                                 */
};

static void
add_rule(struct counting *c, const struct mstc_text *text, bool scoped)
{
        struct mstc_negative found[TESTS_MOST];
        struct mstc_finding *findings;
        struct mstc_expr *expr;
        struct test *more;
        size_t n;

        if (text->text == NULL || c->failed)
                return;
        expr = mstc_expr_compile(MSTC_RULE, text->text, text->length, &c->schema, c->arena, &findings);
        n = expr == NULL ? 0 : mstc_expr_negatives(expr, found, TESTS_MOST);
        more = n == 0 ? c->tests : mstc_realloc_array(c->tests, c->count + n, sizeof *more);
        for (size_t i = 0; more != NULL && i < n; i++) {
                found[i].attribute = mst_arena_strdup(c->arena, found[i].attribute);
                c->failed = c->failed || found[i].attribute == NULL;
                more[c->count + i] = (struct test){ .text = text, .negative = found[i], .scoped = scoped };
        }
        mstc_expr_free(expr);
        c->failed = c->failed || (n > 0 && more == NULL);
        if (n > 0 && more != NULL) {
                c->tests = more;
                c->count += n;
        }
}

static void
gather(struct counting *c)
{
        const struct mstc_config_sync *config = c->sync->config;

        add_rule(c, &config->scope.rule, false);
        for (size_t i = 0; i < config->target_count; i++)
                add_rule(c, &config->targets[i].scope.rule, true);
        for (size_t i = 0; i < config->group_count; i++)
                add_rule(c, &config->groups[i].rule, true);
        for (size_t i = 0; i < config->family_count; i++)
                add_rule(c, &config->families[i].rule, true);
}

static void
look_at(struct counting *c, const struct mst_record *record, struct mst_arena *scratch)
{
        struct mstc_eval eval = { .now = mstc_clock_now(), .arena = scratch };
        bool in = c->sync->scope == NULL || mstc_expr_test(c->sync->scope, record, &eval);

        c->people[0]++;
        c->people[1] += in;
        for (size_t i = 0; i < c->count; i++)
                if (in || !c->tests[i].scoped)
                        c->tests[i].without += mst_value_count(mst_record_get(record, c->tests[i].negative.attribute)) == 0;
}

static int
look_at_all(struct counting *c, struct mstc_store *store, struct mst_error *err)
{
        struct mst_arena *scratch = mst_arena_new(0);
        struct mstc_view_record *people;
        int64_t after = 0;
        bool more = scratch != NULL;
        size_t count;

        if (scratch == NULL)
                return mst_fail_memory(err, "counting people");
        while (more && err->code == MST_OK) {
                mst_arena_reset(scratch);
                if (mstc_view_records(store, c->sync->name, NULL, &after, BATCH, scratch, &people, &count, &more, err) == MST_OK)
                        for (size_t i = 0; i < count; i++)
                                look_at(c, people[i].record, scratch);
        }
        mst_arena_free(scratch);
        return err->code;
}

static void
warn(const struct counting *c, const struct test *test, struct mstc_report *report)
{
        uint64_t people = c->people[test->scoped];
        const char *name = test->negative.attribute;

        if (test->without * 2 < people || test->without == people)
                return;
        mstc_report_warning(report, mstc_config_place(test->text, test->negative.offset),
                            mst_arena_printf(c->arena, "add -and user.%s -ne null, if they are not meant", name),
                            "%.*s is also true for the %" PRIu64 " of %" PRIu64 " people who have no %s",
                            (int)(test->negative.length < 200 ? test->negative.length : 200),
                            test->text->text + test->negative.offset, test->without, people, name);
}

int
mstc_headcount(struct mstc_store *store, const struct mstc_setup *setup, struct mstc_report *report,
               struct mst_error *err)
{
        for (size_t i = 0; i < setup->sync_count && err->code == MST_OK; i++) {
                struct counting c = { .sync = &setup->syncs[i], .arena = mst_arena_new(0) };

                if (c.arena == NULL || !mstc_setup_schema(c.sync->source->promised, c.arena, &c.schema))
                        c.failed = true;
                else
                        gather(&c);
                if (c.failed)
                        mst_fail_memory(err, "counting people");
                else if (c.count > 0 && look_at_all(&c, store, err) == MST_OK)
                        for (size_t k = 0; k < c.count; k++)
                                warn(&c, &c.tests[k], report);
                mstc_free(c.tests);
                mst_arena_free(c.arena);
        }
        return err->code;
}
