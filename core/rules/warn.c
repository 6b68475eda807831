/* warn.c - what compiles and is probably not meant (section 16). */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "rules/filter.h"
#include "rules/finding.h"
#include "rules/node.h"
#include "util/utf8.h"

#define ENTRA_MOST 3072u                     /* characters in a membership rule        */

static void
comparison(const struct mstc_node *node, struct mstc_findings *findings)
{
        const struct mstc_node *right = node->kids[1];
        const char *text;
        size_t plain;

        if (right->kind != MSTC_NODE_CONSTANT || right->constant->value.type != MST_TEXT || node->symbol)
                return;
        text = right->constant->text;
        if (node->op == MSTC_OP_EQ && strcasecmp(text, "null") == 0)
                mstc_found_warning(findings, right->offset, right->length,
                                   "write null without quotation marks to test for an empty attribute",
                                   "this compares with the four letters null");
        if (node->op != MSTC_OP_MATCH)
                return;
        plain = strcspn(text + (text[0] == '^'), "\\^$.|?*+()[]{}");
        if (text[plain + (text[0] == '^')] != '\0')
                return;
        if (text[0] == '^')
                mstc_found_warning(findings, right->offset, right->length, "write -startsWith, which is faster and says it",
                                   "-match with ^ and plain text only tests the beginning");
        else
                mstc_found_warning(findings, right->offset, right->length, "write -contains, which is faster and says it",
                                   "-match with plain text only tests whether it occurs");
}

/* a -eq "x" -or a -eq "y" -or a -eq "z": three or more on one attribute. */
static void
chain(const struct mstc_node *node, struct mstc_findings *findings)
{
        const char *name = NULL;

        if (node->count < 3)
                return;
        for (uint32_t i = 0; i < node->count; i++) {
                const struct mstc_node *kid = node->kids[i];
                const struct mstc_node *left = kid->kind == MSTC_NODE_COMPARE ? kid->kids[0] : NULL;

                if (left == NULL || kid->op != MSTC_OP_EQ || kid->negative || kid->symbol ||
                    left->kind != MSTC_NODE_ATTRIBUTE || left->path_count > 0 ||
                    kid->kids[1]->kind != MSTC_NODE_CONSTANT || kid->kids[1]->constant->value.type == MST_NULL ||
                    (name != NULL && strcasecmp(name, left->name) != 0))
                        return;
                name = left->name;
        }
        mstc_found_warning(findings, node->offset, node->length, "write -in [\"a\", \"b\", ...]",
                           "%u comparisons of %s joined by -or", node->count, name);
}

static void
clause(const struct mstc_node *node, struct mstc_findings *findings)
{
        const char *remedy, *doubt = mstc_clause_doubt(node->clause, &remedy);

        if (doubt != NULL)
                mstc_found_warning(findings, node->offset, node->length, remedy, "%s: %s",
                                   mstc_found_quote(findings, node->offset, node->length), doubt);
}

static void
walk(const struct mstc_node *node, struct mstc_findings *findings)
{
        if (node->kind == MSTC_NODE_COMPARE)
                comparison(node, findings);
        else if (node->kind == MSTC_NODE_OR)
                chain(node, findings);
        else if (node->kind == MSTC_NODE_CLAUSE)
                clause(node, findings);
        for (uint32_t i = 0; i < node->count; i++)
                walk(node->kids[i], findings);
}

void
mstc_warn(const struct mstc_expr *expr, struct mstc_findings *findings)
{
        size_t count = mstc_utf8_count(expr->text, expr->length);

        walk(expr->root, findings);
        if (count > ENTRA_MOST && expr->mode == MSTC_RULE && expr->filter == NULL && !expr->composed)
                mstc_found_warning(findings, mstc_utf8_span(expr->text, expr->length, ENTRA_MOST), 0,
                                   "split it, if it is ever to go back to Entra",
                                   "the rule has %zu characters; Entra takes %u", count, ENTRA_MOST);
}
