/* expr.c - an expression from its text to its end: compiling and asking. */
#include "build.h"
#include "rules/expr.h"

#include <string.h>
#include <strings.h>

#include "rules/eval.h"
#include "rules/filter.h"
#include "rules/finding.h"
#include "rules/regex.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/utf8.h"

static struct mstc_expr *
new_expr(enum mstc_mode mode, const char *text, size_t length)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_expr *expr = arena != NULL ? mst_arena_alloc(arena, sizeof *expr) : NULL;

        if (expr != NULL) {
                expr->arena = arena;
                expr->mode = mode;
                expr->length = length;
                expr->text = mst_arena_strndup(arena, text, length);
                if (expr->text != NULL)
                        return expr;
        }
        mst_arena_free(arena);
        return NULL;
}

/* What makes a text unfit before a word of it is read. */
static bool
fit(const char *text, size_t length, size_t most, struct mstc_findings *findings)
{
        size_t valid = length <= most ? mstc_utf8_valid(text, length) : 0;
        const char *nul = length <= most && length > 0 ? memchr(text, '\0', length) : NULL;

        if (length > most)
                mstc_found_error(findings, most, 0, "split it into several",
                                 "the text has %zu bytes; %zu are the most", length, most);
        else if (valid < length)
                mstc_found_error(findings, valid, 1, "save the file as UTF-8",
                                 "expected UTF-8, found the byte 0x%02X", (unsigned char)text[valid]);
        else if (nul != NULL)
                mstc_found_error(findings, (size_t)(nul - text), 1, NULL, "found a NUL byte");
        return findings->errors == 0;
}

struct mstc_expr *
mstc_expr_of_filter(struct mstc_filter *filter, const struct mstc_schema *schema, struct mst_arena *arena,
                    struct mstc_finding **ret_findings)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        struct mstc_findings findings = { .arena = arena };
        struct mstc_expr *expr = NULL;

        mstc_filter_say(filter, &text);
        if (mstc_buffer_ok(&text))
                expr = new_expr(MSTC_RULE, mstc_buffer_cstr(&text), text.length);
        if (expr == NULL) {
                mstc_filter_free(filter);
                *ret_findings = NULL;
                return NULL;
        }
        expr->filter = filter;
        findings.text = expr->text;
        findings.length = expr->length;
        expr->root = mstc_filter_tree(filter, expr->arena);
        if (expr->root == NULL)
                findings.failed = true;
        else
                mstc_check(expr, schema, &findings);
        if (!findings.failed && findings.errors == 0)
                mstc_warn(expr, &findings);
        if (findings.failed || findings.errors > 0) {
                mstc_expr_free(expr);
                expr = NULL;
        }
        mstc_found_sort(&findings);
        *ret_findings = findings.first;
        return expr;
}

static struct mstc_expr *
compile(enum mstc_mode mode, bool composed, const char *text, size_t length, const struct mstc_schema *schema,
        struct mst_arena *arena, struct mstc_finding **ret_findings)
{
        struct mstc_findings findings = { .arena = arena, .text = text, .length = length };
        struct mstc_expr *expr = NULL;

        if (fit(text, length, composed ? MSTC_COMPOSED_MOST : MSTC_RULE_MOST, &findings)) {
                expr = new_expr(mode, text, length);
                if (expr != NULL) {
                        expr->of_groups = schema != NULL && schema->of_groups;
                        expr->composed = composed;
                }
                if (expr != NULL)
                        expr->root = mstc_parse(expr, &findings);
                if (expr == NULL || expr->root == NULL)
                        findings.failed = true;
                else
                        mstc_check(expr, schema, &findings);
                if (!findings.failed && findings.errors == 0)
                        mstc_warn(expr, &findings);
        }
        if (findings.failed && findings.errors == 0)
                mstc_found_error(&findings, 0, 0, NULL, "out of memory");
        if (findings.failed || findings.errors > 0) {
                mstc_expr_free(expr);
                expr = NULL;
        }
        mstc_found_sort(&findings);
        *ret_findings = findings.first;
        return expr;
}

struct mstc_expr *
mstc_expr_compile(enum mstc_mode mode, const char *text, size_t length, const struct mstc_schema *schema,
                  struct mst_arena *arena, struct mstc_finding **ret_findings)
{
        return compile(mode, false, text, length, schema, arena, ret_findings);
}

struct mstc_expr *
mstc_expr_compose(const char *text, size_t length, const struct mstc_schema *schema, struct mst_arena *arena,
                  struct mstc_finding **ret_findings)
{
        return compile(MSTC_RULE, true, text, length, schema, arena, ret_findings);
}

void
mstc_expr_free(struct mstc_expr *expr)
{
        if (expr == NULL)
                return;
        mstc_regex_free(expr->regexes);
        mstc_filter_free(expr->filter);
        mst_arena_free(expr->arena);
}

const char *
mstc_expr_text(const struct mstc_expr *expr)
{
        return expr->text;
}

const char *const *
mstc_expr_reads(const struct mstc_expr *expr, size_t *count)
{
        *count = expr->attribute_count;
        return expr->attributes;
}

bool
mstc_expr_uses_now(const struct mstc_expr *expr)
{
        return expr->uses_now;
}

bool
mstc_expr_uses_random(const struct mstc_expr *expr)
{
        return expr->uses_random;
}

bool
mstc_expr_is_boolean(const struct mstc_expr *expr)
{
        return expr->boolean;
}

bool
mstc_expr_is_redacted(const struct mstc_expr *expr)
{
        return expr->redacted;
}

bool
mstc_expr_test(const struct mstc_expr *expr, const struct mst_record *record, struct mstc_eval *eval)
{
        struct mstc_run run = { .record = record, .eval = eval, .expr = expr, .rule = true };
        bool is = false;

        eval->why = NULL;
        return mstc_run_test(&run, expr->root, &is) == MSTC_VALUE && is && !run.broken;
}

enum mstc_flow
mstc_expr_value(const struct mstc_expr *expr, const struct mst_record *record,
                struct mstc_eval *eval, struct mst_value *ret)
{
        struct mstc_run run = { .record = record, .eval = eval, .expr = expr,
                                .rule = expr->mode == MSTC_RULE };
        enum mstc_flow flow;

        eval->why = NULL;
        *ret = mstc_value_null();
        flow = mstc_run_value(&run, expr->root, ret);
        if (run.broken)
                flow = MSTC_FAILED;
        if (flow != MSTC_VALUE)
                *ret = mstc_value_null();
        if (flow == MSTC_FAILED && eval->why == NULL)
                eval->why = "the value could not be computed";
        return flow;
}
