/* check.c - what can be known of a tree without a record (section 4, static checks),
 * and what makes its evaluation cheap.
 *
 * One walk over the tree.  Names of attributes are settled with the schema's help, so
 * that evaluation finds them exactly as they are spelled; patterns are compiled. */
#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules/foreign.h"
#include "rules/function.h"
#include "rules/lex.h"
#include "rules/regex.h"
#include "util/alloc.h"
#include "util/utf8.h"

struct checker {
        struct mstc_expr *expr;
        const struct mstc_schema *schema;
        struct mstc_findings *findings;
        struct mstc_node **attributes;       /* every node that reads one              */
        size_t count, room;
        char root;                           /* 'u' or 'd', as the first property has it */
};

static void walk(struct checker *c, struct mstc_node *node, bool outermost);

bool
mstc_node_is_condition(const struct mstc_node *node)
{
        switch (node->kind) {
        case MSTC_NODE_ERROR:
        case MSTC_NODE_COMPARE:
        case MSTC_NODE_IN:
        case MSTC_NODE_QUANTIFIER:
        case MSTC_NODE_AND:
        case MSTC_NODE_OR:
        case MSTC_NODE_NOT:
        case MSTC_NODE_REPORTS:
        case MSTC_NODE_CLAUSE:
                return true;
        case MSTC_NODE_CALL:
                return node->function == NULL || (node->function->flags & MSTC_FN_CONDITION) != 0;
        default:
                return false;
        }
}

static const char *
said(struct checker *c, const struct mstc_node *node)
{
        return mstc_found_quote(c->findings, node->offset, node->length);
}

static void
want_condition(struct checker *c, const struct mstc_node *node)
{
        const char *remedy = NULL;

        if (mstc_node_is_condition(node))
                return;
        if (node->kind == MSTC_NODE_ATTRIBUTE || node->kind == MSTC_NODE_ELEMENT)
                remedy = mst_arena_printf(c->findings->arena, "write %s -eq true, or -ne null", said(c, node));
        mstc_found_error(c->findings, node->offset, node->length, remedy,
                         "expected a condition such as user.department -eq \"Sales\", found only '%s'", said(c, node));
}

/* --- attributes -------------------------------------------------------------------- */

/* "extension_*" stands for every name that begins so. */
static bool
is_pattern(const char *name)
{
        size_t length = strlen(name);

        return length > 1 && name[length - 1] == '*';
}

static const struct mstc_schema_attribute *
find_schema(const struct mstc_schema *schema, const char *name)
{
        const struct mstc_schema_attribute *near = NULL;

        for (size_t i = 0; i < schema->count; i++) {
                if (strcmp(schema->attributes[i].name, name) == 0)
                        return &schema->attributes[i];
                if (near == NULL && strcasecmp(schema->attributes[i].name, name) == 0)
                        near = &schema->attributes[i];
        }
        for (size_t i = 0; near == NULL && i < schema->alias_count; i++)
                if (strcasecmp(schema->aliases[i].name, name) == 0 &&
                    strcasecmp(schema->aliases[i].attribute, name) != 0)
                        return find_schema(schema, schema->aliases[i].attribute);
        for (size_t i = 0; near == NULL && i < schema->count; i++)
                if (is_pattern(schema->attributes[i].name) &&
                    strncasecmp(schema->attributes[i].name, name, strlen(schema->attributes[i].name) - 1) == 0)
                        return &schema->attributes[i];
        return near;
}

static void
unknown_attribute(struct checker *c, const struct mstc_node *node)
{
        const char *near = NULL, *remedy = NULL;
        size_t best = 4;

        if (!c->schema->closed || strcasecmp(node->name, "objectId") == 0 || strcasecmp(node->name, "id") == 0)
                return;
        for (size_t i = 0; i < c->schema->count; i++) {
                size_t d = mstc_text_distance(node->name, c->schema->attributes[i].name, best);

                if (d < best) {
                        best = d;
                        near = c->schema->attributes[i].name;
                }
        }
        if (near != NULL)
                remedy = mst_arena_printf(c->findings->arena, "did you mean %s?", near);
        else if (strncasecmp(c->expr->text + node->offset, "device.", 7) == 0)
                remedy = "rules about devices can be written, but sources give people";
        mstc_found_warning(c->findings, node->offset, node->length, remedy,
                           "the source has no attribute '%s': it counts as empty for everybody", node->name);
}

static void
attribute(struct checker *c, struct mstc_node *node)
{
        const struct mstc_schema_attribute *known = c->schema != NULL ? find_schema(c->schema, node->name) : NULL;

        if (node->op != 0) {
                if (c->root != 0 && c->root != (char)node->op)
                        mstc_found_error(c->findings, node->offset, node->length, NULL,
                                         "found '%s': a rule reads either users or devices, never both", said(c, node));
                c->root = c->root != 0 ? c->root : (char)node->op;
        }
        if (known != NULL) {
                if (!is_pattern(known->name))
                        node->name = mst_arena_strdup(c->expr->arena, known->name);
                node->exact = true;
                node->dated = known->type == MST_DATE && node->path_count == 0;
        } else if (c->schema != NULL) {
                unknown_attribute(c, node);
        }
        if (c->count == c->room) {
                size_t room = c->room == 0 ? 16 : c->room * 2;
                struct mstc_node **new = mstc_realloc_array(c->attributes, room, sizeof *new);

                if (new == NULL) {
                        c->findings->failed = true;
                        return;
                }
                c->attributes = new;
                c->room = room;
        }
        if (node->name == NULL)
                c->findings->failed = true;
        else
                c->attributes[c->count++] = node;
}

static int
by_name(const void *a, const void *b)
{
        return strcmp((*(struct mstc_node *const *)a)->name, (*(struct mstc_node *const *)b)->name);
}

/* Numbers the attributes in order of their names. */
static void
number_attributes(struct checker *c)
{
        struct mstc_expr *expr = c->expr;

        if (c->count == 0)
                return;
        qsort(c->attributes, c->count, sizeof *c->attributes, by_name);
        expr->attributes = mst_arena_alloc(expr->arena, c->count * sizeof *expr->attributes);
        expr->exact = mst_arena_alloc(expr->arena, c->count * sizeof *expr->exact);
        if (expr->attributes == NULL || expr->exact == NULL) {
                c->findings->failed = true;
                return;
        }
        for (size_t i = 0; i < c->count; i++) {
                if (i == 0 || strcmp(c->attributes[i]->name, c->attributes[i - 1]->name) != 0) {
                        expr->attributes[expr->attribute_count] = c->attributes[i]->name;
                        expr->exact[expr->attribute_count++] = c->attributes[i]->exact;
                }
                c->attributes[i]->attribute = (uint32_t)expr->attribute_count - 1;
        }
}

/* --- comparisons ------------------------------------------------------------------- */

static bool
is_constant(const struct mstc_node *node, enum mst_type type)
{
        return node->kind == MSTC_NODE_CONSTANT && node->constant->value.type == type;
}

static void
pattern(struct checker *c, struct mstc_node *node)
{
        const struct mstc_node *right = node->kids[1];
        const struct mst_value *text;
        struct mstc_regex *regex;
        const char *why, *doubt;
        size_t offset;

        if (!is_constant(right, MST_TEXT)) {
                mstc_found_error(c->findings, right->offset, right->length, "write the pattern in quotation marks",
                                 "expected a pattern as text after -match, found '%s'", said(c, right));
                return;
        }
        text = &right->constant->value;
        regex = mstc_regex_new(text->as.text, text->length, true, c->findings->arena, &why, &offset, &doubt);
        if (regex == NULL) {
                mstc_found_error(c->findings, right->offset, right->length, NULL, offset == SIZE_MAX ?
                                 "bad pattern %s: %s" : "bad pattern %s: %s, at character %zu of it", said(c, right), why,
                                 offset == SIZE_MAX ? 0 : mstc_utf8_count(text->as.text, offset < text->length ?
                                                                          offset : text->length) + 1);
                return;
        }
        mstc_regex_link(regex, &c->expr->regexes);
        node->regex = regex;
        if (doubt != NULL)
                mstc_found_warning(c->findings, right->offset, right->length, NULL, "%s", doubt);
}

/* The rules for null, true and false on one side of a comparison. */
static void
side(struct checker *c, const struct mstc_node *node, const struct mstc_node *at)
{
        if (node->op == MSTC_OP_EQ)
                return;
        if (is_constant(at, MST_NULL))
                mstc_found_error(c->findings, at->offset, at->length, "write -eq null or -ne null",
                                 "null can be compared with -eq and -ne only");
        else if (is_constant(at, MST_BOOL))
                mstc_found_error(c->findings, at->offset, at->length, "write -eq true or -eq false",
                                 "true and false can be compared with -eq, -ne, -in and -notIn only");
}

static void
left_side(struct checker *c, const struct mstc_node *node)
{
        struct mstc_node *left = node->kids[0];
        const struct mstc_node *right = node->kids[1];

        if ((left->kind != MSTC_NODE_CONSTANT && left->kind != MSTC_NODE_NOW) || node->symbol)
                return;
        /* Ours: system.now -ge "2026-07-01", a rule that begins or ends on a day. */
        if (left->kind == MSTC_NODE_NOW && right->kind == MSTC_NODE_CONSTANT && right->constant->dated
            && node->op >= MSTC_OP_LE) {
                left->dated = true;
                return;
        }
        mstc_found_error(c->findings, left->offset, left->length, "write the attribute first, then operator and value",
                         "expected an attribute left of the operator, found the value '%s'", said(c, left));
}

static void
comparison(struct checker *c, struct mstc_node *node)
{
        const struct mstc_node *right;

        if (node->count < 2)
                return;
        right = node->kids[1];
        left_side(c, node);
        side(c, node, right);
        if (node->symbol)
                side(c, node, node->kids[0]);
        if (node->op == MSTC_OP_MATCH)
                pattern(c, node);
        else if (node->op >= MSTC_OP_LE && !node->symbol && is_constant(right, MST_TEXT) &&
                 !right->constant->numeric && !right->constant->dated)
                mstc_found_warning(c->findings, right->offset, right->length, NULL,
                                   "'%s' is neither a number nor a date: the comparison is always false", said(c, right));
}

static void
quantifier(struct checker *c, const struct mstc_node *node)
{
        const struct mstc_node *left = node->count > 0 ? node->kids[0] : NULL;

        if (left == NULL || node->count < 2)
                return;
        if (left->kind != MSTC_NODE_ATTRIBUTE && left->kind != MSTC_NODE_ELEMENT && left->kind != MSTC_NODE_ERROR)
                mstc_found_error(c->findings, left->offset, left->length, NULL,
                                 "expected one attribute left of -%s, found '%s'", node->all ? "all" : "any",
                                 said(c, left));
        want_condition(c, node->kids[1]);
}

/* --- calls ------------------------------------------------------------------------- */

static void
unknown_function(struct checker *c, const struct mstc_node *node)
{
        const char *near = mstc_function_near(node->name), *remedy = mstc_foreign_function(node->name);

        if (remedy == NULL && near != NULL)
                remedy = mst_arena_printf(c->findings->arena, "did you mean %s?", near);
        mstc_found_error(c->findings, node->offset, strlen(node->name), remedy, "there is no function '%s'",
                         mstc_found_quote(c->findings, node->offset, strlen(node->name)));
}

/* "2", "2 to 4", "at least 2". */
static const char *
arity_say(struct checker *c, uint32_t least, uint32_t most)
{
        const char *text = most == UINT32_MAX ? mst_arena_printf(c->findings->arena, "at least %u", least) :
                           most == least ? mst_arena_printf(c->findings->arena, "%u", least) :
                           mst_arena_printf(c->findings->arena, "%u to %u", least, most);

        return text != NULL ? text : "?";
}

/* A constant that can never be what the parameter needs. */
static void
argument(struct checker *c, const struct mstc_node *call, const struct mstc_node *arg, char type)
{
        const char *want = NULL;
        const struct mstc_constant *constant = arg->constant;
        enum mst_type is;

        if (arg->kind != MSTC_NODE_CONSTANT)
                return;
        is = (enum mst_type)constant->value.type;
        if (type == 'n' && !constant->numeric && is != MST_NULL)
                want = "a number";
        else if (type == 'b' && is == MST_TEXT && strcasecmp(constant->text, "true") != 0 &&
                 strcasecmp(constant->text, "false") != 0)
                want = "a condition";
        else if (type == 'd' && (is == MST_BOOL || is == MST_INT || is == MST_REAL))
                want = "a date";
        if (want != NULL)
                mstc_found_error(c->findings, arg->offset, arg->length, NULL, "%s: expected %s, found '%s'",
                                 call->function->name, want, said(c, arg));
}

static bool
arguments(struct checker *c, struct mstc_node *node)
{
        const struct mstc_function *function = node->function;
        uint32_t least, most;
        bool optional, good = true;

        mstc_function_arity(function, &least, &most);
        /* ToLower([x], ) is fine: what is empty at the end was not given. */
        while (node->count > least && node->kids[node->count - 1]->kind == MSTC_NODE_ABSENT && node->count > most)
                node->count--;
        if (node->count < least || node->count > most) {
                mstc_found_error(c->findings, node->offset, node->length, NULL, "%s: expected %s argument%s, found %u",
                                 function->name, arity_say(c, least, most), least == 1 && most == 1 ? "" : "s", node->count);
                return false;
        }
        for (uint32_t i = 0; i < node->count; i++) {
                struct mstc_node *arg = node->kids[i];
                char type = mstc_function_type(function, i, &optional);

                if (arg->kind == MSTC_NODE_ABSENT && !optional) {
                        mstc_found_error(c->findings, arg->offset, 1, NULL, "%s: argument %u must not be left out",
                                         function->name, i + 1);
                        good = false;
                }
                argument(c, node, arg, type);
        }
        return good;
}

static void
call(struct checker *c, struct mstc_node *node, bool outermost)
{
        const struct mstc_function *function = node->function;

        if (function == NULL) {
                unknown_function(c, node);
                return;
        }
        if (function->refused != NULL || function->call == NULL) {
                mstc_found_error(c->findings, node->offset, strlen(node->name), NULL, "%s %s", function->name,
                                 function->refused != NULL ? function->refused : "is not supported in this version");
                return;
        }
        if (function->call == mstc_fn_select_unique && (!outermost || c->expr->mode == MSTC_RULE))
                mstc_found_error(c->findings, node->offset, node->length, NULL,
                                 "%s can only be the outermost function of a mapping", function->name);
        c->expr->uses_now |= (function->flags & MSTC_FN_NOW) != 0;
        c->expr->uses_random |= (function->flags & MSTC_FN_RANDOM) != 0;
        c->expr->redacted |= function->call == mstc_fn_redact;
        if (arguments(c, node) && function->check != NULL)
                function->check(node, c->expr, c->findings);
}

static void
kids(struct checker *c, struct mstc_node *node)
{
        bool instr = node->kind == MSTC_NODE_CALL && node->function != NULL && node->function->call == mstc_fn_instr;

        for (uint32_t i = 0; i < node->count; i++)
                if (!(instr && i == 3 && node->kids[i]->kind == MSTC_NODE_COMPARISON))
                        walk(c, node->kids[i], false);
}

static void
walk(struct checker *c, struct mstc_node *node, bool outermost)
{
        switch (node->kind) {
        case MSTC_NODE_ATTRIBUTE:
                attribute(c, node);
                break;
        case MSTC_NODE_NOW:
                c->expr->uses_now = true;
                break;
        case MSTC_NODE_COMPARISON:
                mstc_found_error(c->findings, node->offset, node->length, NULL,
                                 "%s can only be the last argument of InStr", said(c, node));
                break;
        case MSTC_NODE_AND:
        case MSTC_NODE_OR:
        case MSTC_NODE_NOT:
                for (uint32_t i = 0; i < node->count; i++)
                        want_condition(c, node->kids[i]);
                break;
        case MSTC_NODE_COMPARE:
                comparison(c, node);
                break;
        case MSTC_NODE_IN:
                left_side(c, node);
                break;
        case MSTC_NODE_QUANTIFIER:
                quantifier(c, node);
                break;
        case MSTC_NODE_SHIFT:
                if (node->count > 0 && node->kids[0]->kind == MSTC_NODE_CONSTANT && !node->kids[0]->constant->dated)
                        mstc_found_error(c->findings, node->kids[0]->offset, node->kids[0]->length, NULL,
                                         "expected a date before -plus or -minus, found '%s'", said(c, node->kids[0]));
                break;
        case MSTC_NODE_CALL:
                call(c, node, outermost);
                break;
        default:
                break;
        }
        kids(c, node);
        if (node->kind == MSTC_NODE_IN && node->count > 0 && !mstc_choice_make(node, c->expr->arena))
                c->findings->failed = true;
        node->now = node->kind == MSTC_NODE_NOW
                 || (node->kind == MSTC_NODE_CALL && node->function != NULL && (node->function->flags & MSTC_FN_NOW) != 0);
        for (uint32_t i = 0; i < node->count; i++)
                node->now = node->now || node->kids[i]->now;
}

void
mstc_check(struct mstc_expr *expr, const struct mstc_schema *schema, struct mstc_findings *findings)
{
        struct checker c = { .expr = expr, .schema = schema, .findings = findings };

        walk(&c, expr->root, true);
        if (expr->mode == MSTC_RULE)
                want_condition(&c, expr->root);
        number_attributes(&c);
        mstc_free(c.attributes);
        expr->boolean = mstc_node_is_condition(expr->root) &&
                        !(expr->root->kind == MSTC_NODE_CALL && expr->root->function != NULL &&
                          (expr->root->function->flags & MSTC_FN_MAYBE) != 0);
}
