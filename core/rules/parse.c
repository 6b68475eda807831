/* parse.c - the grammar of section 4, by recursive descent.
 *
 * One function a rule of the grammar, in its order.  An error is told where it is
 * found; the parser then passes over what follows, up to the next -and, -or, comma or
 * closing parenthesis of the same level, and goes on, so that one compilation tells
 * of several mistakes.  Trees are always whole: what could not be read is NODE_ERROR,
 * and when memory is out every node is the spare one. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "rules/parser.h"

static struct mstc_node *
concat(struct mstc_parser *p)
{
        struct mstc_node *n = mstc_parse_primary(p), *whole;
        struct mstc_kids kids = { 0 };

        if (p->panic || mstc_parser_peek(p)->kind != MSTC_TOKEN_AMPERSAND)
                return n;
        whole = mstc_parser_node(p, MSTC_NODE_CONCAT, n->offset);
        mstc_parser_add(p, &kids, n);
        while (!p->panic && mstc_parser_peek(p)->kind == MSTC_TOKEN_AMPERSAND) {
                p->have = false;
                mstc_parser_add(p, &kids, mstc_parse_primary(p));
        }
        return mstc_parser_with_kids(p, whole, &kids);
}

static struct mstc_node *
sum(struct mstc_parser *p)
{
        struct mstc_node *n = concat(p), *whole;
        struct mstc_shift shifts[64];
        uint32_t count = 0;
        struct mstc_kids kids = { 0 };

        if (p->panic || !mstc_parser_next_is(p, MSTC_WORD_SHIFT))
                return n;
        whole = mstc_parser_node(p, MSTC_NODE_SHIFT, n->offset);
        mstc_parser_add(p, &kids, n);
        while (!p->panic && mstc_parser_next_is(p, MSTC_WORD_SHIFT)) {
                bool minus = mstc_parser_operator(p)->negative;
                struct mstc_token token = mstc_parser_take(p);

                if (count == sizeof shifts / sizeof *shifts) {
                        mstc_found_error(p->findings, token.offset, token.length, NULL,
                                         "more than %u times -plus or -minus", count);
                        p->panic = true;
                } else if (!mstc_lex_duration(&p->lexer, minus, &shifts[count++])) {
                        p->panic = true;
                }
        }
        whole->shifts = mst_arena_memdup(p->expr->arena, shifts, count * sizeof *shifts);
        whole->shift_count = count;
        if (whole->shifts == NULL)
                p->findings->failed = true;
        return mstc_parser_with_kids(p, whole, &kids);
}

/* [ literal, ... ] after -in and -notIn. */
static void
list(struct mstc_parser *p, struct mstc_kids *kids)
{
        struct mstc_token open;

        if (mstc_parser_peek(p)->kind != MSTC_TOKEN_BRACKET) {
                mstc_parser_expected(p, "a list in brackets", "write -in [\"a\", \"b\"]");
                return;
        }
        open = mstc_parser_take(p);
        for (;;) {
                struct mstc_token token = *mstc_parser_peek(p);
                const char *text = token.kind == MSTC_TOKEN_WORD ? token.text + (token.text[0] == '$') : "";
                struct mst_value value = token.value;

                if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0) {
                        value = mstc_value_bool((text[0] | 0x20) == 't');
                } else if (token.kind != MSTC_TOKEN_STRING && token.kind != MSTC_TOKEN_NUMBER &&
                           token.kind != MSTC_TOKEN_DATE) {
                        mstc_parser_expected(p, kids->count > 1 ? "a value after the comma" : "a value in the list",
                                 strcasecmp(text, "null") == 0 ? "null cannot stand in a list: add -or ... -eq null" :
                                 token.kind == MSTC_TOKEN_WORD ? "text needs quotation marks" : NULL);
                        return;
                }
                p->have = false;
                mstc_parser_add(p, kids, mstc_parse_constant(p, &value, token.offset, token.length));
                if (mstc_parser_peek(p)->kind == MSTC_TOKEN_BRACKET_END) {
                        p->have = false;
                        return;
                }
                if (p->token.kind != MSTC_TOKEN_COMMA) {
                        mstc_parser_expected(p, mst_arena_printf(p->findings->arena, "',' or ']' in the list opened at %s",
                                                     mstc_found_place(p->findings, open.offset)), NULL);
                        return;
                }
                p->have = false;
        }
}

/* The alias of a collection's elements: its name without the final s. */
static const char *
alias_of(struct mstc_parser *p, const struct mstc_node *collection)
{
        const char *name = collection->path_count > 0 ? collection->path[collection->path_count - 1] :
                           collection->name;
        size_t n = name != NULL ? strlen(name) : 0;

        if (name == NULL)
                return NULL;
        if (strcasecmp(name, "memberOf") == 0 || strcasecmp(name, "transitiveMemberOf") == 0)
                return "group";
        if (n > 3 && strcasecmp(name + n - 3, "ies") == 0)
                return mst_arena_printf(p->expr->arena, "%.*sy", (int)n - 3, name);
        if (n > 1 && (name[n - 1] | 0x20) == 's')
                return mst_arena_strndup(p->expr->arena, name, n - 1);
        return name;
}

/* -any or -all after 'left'. */
static struct mstc_node *
quantifier(struct mstc_parser *p, struct mstc_node *left, const struct mstc_word *word, size_t offset)
{
        struct mstc_node *n = mstc_parser_node(p, MSTC_NODE_QUANTIFIER, left->offset);
        struct mstc_scope scope = { .collection = left, .out = p->scope };
        struct mstc_kids kids = { 0 };

        n->all = word->negative;
        if (!mstc_parser_deeper(p, offset))
                return n;
        if (left->kind == MSTC_NODE_ATTRIBUTE || left->kind == MSTC_NODE_ELEMENT)
                scope.alias = alias_of(p, left);
        p->scope = &scope;
        mstc_parser_add(p, &kids, left);
        if (mstc_parser_peek(p)->kind == MSTC_TOKEN_OPEN) {
                struct mstc_token open = mstc_parser_take(p);

                mstc_parser_add(p, &kids, mstc_parse_or(p));
                mstc_parser_close(p, open.offset);
        } else {
                mstc_parser_add(p, &kids, mstc_parse_or(p));
        }
        p->scope = scope.out;
        p->depth--;
        return mstc_parser_with_kids(p, n, &kids);
}

/* What stands where an operator should: said as helpfully as can be. */
static void
no_operator(struct mstc_parser *p)
{
        const struct mstc_word *word = mstc_parser_operator(p);

        if (word != NULL && word->class == MSTC_WORD_NOT)
                mstc_parser_expected(p, "a comparison", "for a test of null write -ne null; -not stands in front: "
                         "-not (user.mail -eq null)");
        else
                mstc_parser_expected(p, "an operator, -and, -or or the end",
                         p->token.kind == MSTC_TOKEN_OPEN ? NULL : "write for instance -eq between attribute and value");
}

/* A rule's value with nothing to do with it: what follows should be an operator. */
static bool
operator_missing(struct mstc_parser *p)
{
        switch (mstc_parser_peek(p)->kind) {
        case MSTC_TOKEN_STRING:
        case MSTC_TOKEN_NUMBER:
        case MSTC_TOKEN_DATE:
        case MSTC_TOKEN_WORD:
        case MSTC_TOKEN_OPEN:
        case MSTC_TOKEN_BRACKET:
                return !p->lexer.mapping;
        default:
                return false;
        }
}

static struct mstc_node *
comparison(struct mstc_parser *p)
{
        struct mstc_node *left = sum(p), *n;
        const struct mstc_word *word = p->panic ? NULL : mstc_parser_operator(p);
        struct mstc_kids kids = { 0 };
        struct mstc_token token = p->token;

        if (word == NULL && !p->panic && operator_missing(p))
                no_operator(p);
        if (p->panic)
                return mstc_parser_node(p, MSTC_NODE_ERROR, left->offset);
        if (word == NULL || word->class == MSTC_WORD_AND || word->class == MSTC_WORD_OR)
                return left;
        if (word->class == MSTC_WORD_QUANTIFIER) {
                p->have = false;
                return quantifier(p, left, word, token.offset);
        }
        if (word->class != MSTC_WORD_COMPARE && word->class != MSTC_WORD_IN) {
                no_operator(p);
                return mstc_parser_node(p, MSTC_NODE_ERROR, left->offset);
        }
        p->have = false;
        n = mstc_parser_node(p, word->class == MSTC_WORD_IN ? MSTC_NODE_IN : MSTC_NODE_COMPARE, left->offset);
        n->op = (uint8_t)word->op;
        n->negative = word->negative;
        n->symbol = token.kind == MSTC_TOKEN_SYMBOL;
        if (n->symbol && !p->lexer.mapping)
                mstc_found_error(p->findings, token.offset, token.length,
                                 mst_arena_printf(p->findings->arena, "write -%s", word->op == MSTC_OP_EQ ?
                                                  (word->negative ? "ne" : "eq") : word->op == MSTC_OP_LE ? "le" :
                                                  word->op == MSTC_OP_GE ? "ge" : word->op == MSTC_OP_LT ? "lt" : "gt"),
                                 "expected an operator such as -eq, found '%s'", word->name);
        mstc_parser_add(p, &kids, left);
        if (word->class == MSTC_WORD_IN)
                list(p, &kids);
        else
                mstc_parser_add(p, &kids, sum(p));
        if (!p->panic && (word = mstc_parser_operator(p)) != NULL &&
            (word->class == MSTC_WORD_COMPARE || word->class == MSTC_WORD_IN || word->class == MSTC_WORD_QUANTIFIER))
                mstc_parser_expected(p, "-and, -or or the end after a comparison", "comparisons cannot be chained");
        return mstc_parser_with_kids(p, n, &kids);
}

static struct mstc_node *
parse_not(struct mstc_parser *p)
{
        struct mstc_token token = *mstc_parser_peek(p);
        struct mstc_kids kids = { 0 };
        struct mstc_node *n;

        if (!mstc_parser_next_is(p, MSTC_WORD_NOT))
                return comparison(p);
        /* Without a hyphen and before a parenthesis, a mapping means the function. */
        if (token.kind == MSTC_TOKEN_WORD && p->lexer.mapping && mstc_parser_call_follows(p))
                return comparison(p);
        p->have = false;
        n = mstc_parser_node(p, MSTC_NODE_NOT, token.offset);
        if (!mstc_parser_deeper(p, token.offset))
                return n;
        mstc_parser_add(p, &kids, parse_not(p));
        p->depth--;
        return mstc_parser_with_kids(p, n, &kids);
}

/* A chain of -and, or of -or, is one node however long it is. */
static struct mstc_node *
chain(struct mstc_parser *p, enum mstc_word_class class, enum mstc_node_kind kind,
      struct mstc_node *(*part)(struct mstc_parser *))
{
        struct mstc_node *n = part(p), *whole;
        struct mstc_kids kids = { 0 };

        if (p->panic)
                mstc_parser_recover(p);
        if (!mstc_parser_next_is(p, class))
                return n;
        whole = mstc_parser_node(p, kind, n->offset);
        mstc_parser_add(p, &kids, n);
        while (mstc_parser_next_is(p, class)) {
                p->have = false;
                mstc_parser_add(p, &kids, part(p));
                if (p->panic)
                        mstc_parser_recover(p);
        }
        return mstc_parser_with_kids(p, whole, &kids);
}

static struct mstc_node *
parse_and(struct mstc_parser *p)
{
        return chain(p, MSTC_WORD_AND, MSTC_NODE_AND, parse_not);
}

struct mstc_node *
mstc_parse_or(struct mstc_parser *p)
{
        return chain(p, MSTC_WORD_OR, MSTC_NODE_OR, parse_and);
}

/* "Direct Reports for" and the id of the manager: alone in its rule, or not at all. */
struct mstc_node *
mstc_parse_reports(struct mstc_parser *p)
{
        static const char *const said[] = { "Direct", "Reports", "for" };
        struct mstc_token first = *mstc_parser_peek(p);
        struct mstc_lexer before = p->lexer;             /* 'first' is read already         */
        struct mstc_node *n = mstc_parser_node(p, MSTC_NODE_REPORTS, first.offset), *manager;
        struct mstc_kids kids = { 0 };
        struct mstc_token id;

        for (size_t i = 0; i < 3; i++) {
                if (mstc_parser_peek(p)->kind != MSTC_TOKEN_WORD || strcasecmp(p->token.text, said[i]) != 0) {
                        if (i == 2)
                                return mstc_parser_expected(p, "for and the object id of a manager", NULL);
                        p->lexer = before;
                        p->token = first;
                        p->have = true;
                        return NULL;
                }
                p->have = false;
        }
        if (mstc_parser_peek(p)->kind != MSTC_TOKEN_STRING)
                return mstc_parser_expected(p, "the object id of a manager in quotation marks",
                                            "write Direct Reports for \"62e19b97-...\"");
        id = mstc_parser_take(p);
        n->constant = mstc_parse_constant(p, &id.value, id.offset, id.length)->constant;
        manager = mstc_parser_node(p, MSTC_NODE_ATTRIBUTE, n->offset);
        manager->name = "manager";
        mstc_parser_add(p, &kids, manager);
        if (mstc_parser_peek(p)->kind != MSTC_TOKEN_END && (!p->expr->composed || p->token.kind != MSTC_TOKEN_CLOSE))
                mstc_parser_expected(p, "the end: direct reports cannot be combined with other conditions",
                                     "make them a <group> of its own, and another one with all-of=\"...\" of it");
        return mstc_parser_with_kids(p, n, &kids);
}

struct mstc_node *
mstc_parse(struct mstc_expr *expr, struct mstc_findings *findings)
{
        struct mstc_parser p = {
                .lexer = { .arena = expr->arena, .findings = findings, .text = expr->text,
                           .length = expr->length, .mapping = expr->mode == MSTC_MAPPING },
                .expr = expr, .findings = findings,
                .spare = mst_arena_alloc(expr->arena, sizeof *p.spare),
        };
        struct mstc_node *n = NULL;

        if (p.spare == NULL)
                return NULL;
        if (mstc_parser_peek(&p)->kind == MSTC_TOKEN_END) {
                mstc_found_error(findings, 0, 0, NULL, "the text is empty: expected %s",
                                 expr->mode == MSTC_RULE ? "a condition such as user.department -eq \"Sales\"" :
                                 "a value such as [displayName]");
                return mstc_parser_node(&p, MSTC_NODE_ERROR, 0);
        }
        if (expr->mode == MSTC_RULE)
                n = mstc_parse_reports(&p);
        if (n == NULL)
                n = mstc_parse_or(&p);
        while (!p.stop && mstc_parser_peek(&p)->kind != MSTC_TOKEN_END && findings->errors < MSTC_FINDINGS_MOST) {
                if (p.token.kind == MSTC_TOKEN_CLOSE)
                        mstc_parser_expected(&p, "the end", "this parenthesis closes nothing: remove it");
                else
                        no_operator(&p);
                p.have = false;
                mstc_parser_recover(&p);
        }
        return n;
}
