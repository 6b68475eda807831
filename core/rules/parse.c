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

#include "rules/function.h"
#include "rules/lex.h"

/* The quantifiers around, for '_' and the alias of their elements. */
struct scope {
        const struct mstc_node *collection;
        const char *alias;
        struct scope *out;
};

struct parser {
        struct mstc_lexer lexer;
        struct mstc_token token;
        bool have;                           /* 'token' is the next one                */
        bool panic;                          /* an error was told; pass over the rest  */
        bool stop;                           /* nested too deep: nothing more is read  */
        unsigned depth;
        struct mstc_expr *expr;
        struct mstc_findings *findings;
        struct scope *scope;
        struct mstc_node *spare;             /* when memory is out                     */
};

/* Kids as they come, doubled when full. */
struct kids {
        struct mstc_node **at;
        uint32_t count, room;
};

static struct mstc_node *parse_or(struct parser *p);

static const struct mstc_token *
peek(struct parser *p)
{
        if (!p->have) {
                if (p->stop)
                        p->token = (struct mstc_token){ .kind = MSTC_TOKEN_END,
                                                        .offset = p->lexer.length };
                else
                        mstc_lex(&p->lexer, &p->token);
                p->have = true;
                if (p->token.kind == MSTC_TOKEN_ERROR)
                        p->panic = true;
        }
        return &p->token;
}

static struct mstc_token
take(struct parser *p)
{
        struct mstc_token token = *peek(p);

        p->have = false;
        return token;
}

static struct mstc_node *
node(struct parser *p, enum mstc_node_kind kind, size_t offset)
{
        struct mstc_node *new = mst_arena_alloc(p->expr->arena, sizeof *new);

        if (new == NULL) {
                p->findings->failed = true;
                p->stop = true;
                *p->spare = (struct mstc_node){ .kind = MSTC_NODE_ERROR };
                return p->spare;
        }
        new->kind = (uint8_t)kind;
        new->offset = (uint32_t)offset;
        return new;
}

/* The node reaches to what was read last. */
static struct mstc_node *
ends(struct parser *p, struct mstc_node *n)
{
        size_t end = p->have ? p->token.offset : p->lexer.at;

        while (end > n->offset && strchr(" \t\r\n", p->lexer.text[end - 1]) != NULL)
                end--;
        n->length = (uint32_t)(end - n->offset);
        return n;
}

static void
add(struct parser *p, struct kids *kids, struct mstc_node *kid)
{
        if (kids->count == kids->room) {
                uint32_t room = kids->room == 0 ? 4 : kids->room * 2;
                struct mstc_node **new = mst_arena_alloc(p->expr->arena, room * sizeof *new);

                if (new == NULL) {
                        p->findings->failed = true;
                        p->stop = true;
                        return;
                }
                if (kids->count > 0)
                        memcpy(new, kids->at, kids->count * sizeof *new);
                kids->at = new;
                kids->room = room;
        }
        kids->at[kids->count++] = kid;
}

static struct mstc_node *
with_kids(struct parser *p, struct mstc_node *n, const struct kids *kids)
{
        if (p->findings->failed)
                n->kind = MSTC_NODE_ERROR;
        n->kids = kids->at;
        n->count = kids->count;
        return ends(p, n);
}

static const char *
token_say(const struct parser *p, const struct mstc_token *token)
{
        const char *said;

        if (token->kind == MSTC_TOKEN_END)
                return "the end";
        said = mst_arena_printf(p->findings->arena, "'%s'",
                                mstc_found_quote(p->findings, token->offset, token->length));
        return said != NULL ? said : "?";
}

/* "expected X, found Y" at the next token. */
static struct mstc_node *
expected(struct parser *p, const char *what, const char *remedy)
{
        struct mstc_token token = *peek(p);

        if (!p->panic)
                mstc_found_error(p->findings, token.offset, token.length, remedy,
                                 "expected %s, found %s", what, token_say(p, &token));
        p->panic = true;
        return node(p, MSTC_NODE_ERROR, token.offset);
}

/* After an error: up to a place where the grammar can go on. */
static void
recover(struct parser *p)
{
        unsigned depth = 0;

        while (peek(p)->kind != MSTC_TOKEN_END) {
                enum mstc_token_kind kind = p->token.kind;

                if (depth == 0 &&
                    (kind == MSTC_TOKEN_CLOSE || kind == MSTC_TOKEN_COMMA ||
                     (kind == MSTC_TOKEN_OPERATOR &&
                      (p->token.word->class == MSTC_WORD_AND || p->token.word->class == MSTC_WORD_OR))))
                        break;
                if (kind == MSTC_TOKEN_OPEN || kind == MSTC_TOKEN_BRACKET)
                        depth++;
                else if ((kind == MSTC_TOKEN_CLOSE || kind == MSTC_TOKEN_BRACKET_END) && depth > 0)
                        depth--;
                p->have = false;
        }
        p->panic = false;
}

static bool
deeper(struct parser *p, size_t offset)
{
        if (p->depth < MSTC_NEST_MOST) {
                p->depth++;
                return true;
        }
        if (!p->stop)
                mstc_found_error(p->findings, offset, 1, "split it into several rules or groups",
                                 "nested deeper than %u levels", MSTC_NEST_MOST);
        p->stop = true;
        p->panic = true;
        p->have = false;
        return false;
}

/* The operator at the next token, when it is one: written with a hyphen or, where an
 * operator can stand, without. */
static const struct mstc_word *
operator_next(struct parser *p)
{
        const struct mstc_token *token = peek(p);

        if (token->kind == MSTC_TOKEN_OPERATOR || token->kind == MSTC_TOKEN_SYMBOL)
                return token->word;
        if (token->kind == MSTC_TOKEN_WORD)
                return mstc_word_find(token->text, strlen(token->text));
        return NULL;
}

static bool
next_is(struct parser *p, enum mstc_word_class class)
{
        const struct mstc_word *word = operator_next(p);

        return word != NULL && word->class == class;
}

/* ')' for the '(' at 'open'. */
static void
close_parenthesis(struct parser *p, size_t open)
{
        if (p->panic)
                recover(p);
        if (peek(p)->kind == MSTC_TOKEN_CLOSE) {
                p->have = false;
                return;
        }
        if (p->panic)
                return;
        if (p->token.kind == MSTC_TOKEN_END && p->findings->errors > 0)
                p->panic = true;             /* very likely a consequence               */
        else
                expected(p, mst_arena_printf(p->findings->arena, "')' for the parenthesis opened at %s",
                                             mstc_found_place(p->findings, open)), NULL);
}

static struct mstc_node *
constant(struct parser *p, const struct mst_value *value, size_t offset, size_t length)
{
        struct mstc_node *n = node(p, MSTC_NODE_CONSTANT, offset);
        struct mstc_constant *c = mst_arena_alloc(p->expr->arena, sizeof *c);

        n->length = (uint32_t)length;
        if (c == NULL) {
                p->findings->failed = true;
                n->kind = MSTC_NODE_ERROR;
                return n;
        }
        c->value = *value;
        n->constant = c;
        if (!mstc_constant_complete(c, p->expr->arena)) {
                p->findings->failed = true;
                n->kind = MSTC_NODE_ERROR;
        }
        return n;
}

/* Cuts "name.name" below 'from' into the node's path. */
static bool
split_path(struct parser *p, struct mstc_node *n, const char *from)
{
        uint32_t count = 1;
        char *copy;

        for (const char *c = from; *c != '\0'; c++)
                count += *c == '.';
        n->path = mst_arena_alloc(p->expr->arena, count * sizeof *n->path);
        copy = mst_arena_strdup(p->expr->arena, from);
        if (n->path == NULL || copy == NULL) {
                p->findings->failed = true;
                n->kind = MSTC_NODE_ERROR;
                return false;
        }
        for (char *rest = copy, *part; (part = strsep(&rest, ".")) != NULL; )
                n->path[n->path_count++] = part;
        return true;
}

/* user.a.b or device.a: an attribute of the record, then members of it. */
static struct mstc_node *
property(struct parser *p, const struct mstc_token *token, size_t root)
{
        struct mstc_node *n = node(p, MSTC_NODE_ATTRIBUTE, token->offset);

        n->length = (uint32_t)token->length;
        n->op = (uint8_t)(token->text[0] | 0x20);        /* 'u' or 'd': the root            */
        if (n->kind == MSTC_NODE_ATTRIBUTE && split_path(p, n, token->text + root)) {
                n->name = n->path[0];
                n->path++;
                n->path_count--;
        }
        return n;
}

/* The alias of a collection's elements: its name without the final s. */
static const char *
alias_of(struct parser *p, const struct mstc_node *collection)
{
        const char *name = collection->path_count > 0 ? collection->path[collection->path_count - 1] :
                           collection->name;
        size_t n = name != NULL ? strlen(name) : 0;

        if (name == NULL)
                return NULL;
        if (strcasecmp(name, "memberOf") == 0)
                return "group";
        if (n > 3 && strcasecmp(name + n - 3, "ies") == 0)
                return mst_arena_printf(p->expr->arena, "%.*sy", (int)n - 3, name);
        if (n > 1 && (name[n - 1] | 0x20) == 's')
                return mst_arena_strndup(p->expr->arena, name, n - 1);
        return name;
}

/* '_', '_.name' or alias.name inside a quantifier; NULL: nothing of the kind. */
static struct mstc_node *
element(struct parser *p, const struct mstc_token *token)
{
        size_t root = strcspn(token->text, ".");
        uint16_t level = 0;
        bool blank = root == 1 && token->text[0] == '_';
        struct mstc_node *n;

        for (const struct scope *s = p->scope; s != NULL; s = s->out, level++) {
                if (!blank && (s->alias == NULL || strlen(s->alias) != root || token->text[root] == '\0' ||
                               strncasecmp(s->alias, token->text, root) != 0))
                        continue;
                n = node(p, MSTC_NODE_ELEMENT, token->offset);
                n->length = (uint32_t)token->length;
                n->level = level;
                n->name = s->alias;
                if (token->text[root] == '.' && n->kind == MSTC_NODE_ELEMENT && split_path(p, n, token->text + root + 1))
                        n->either_id = strcasecmp(n->path[0], "objectId") == 0 || strcasecmp(n->path[0], "id") == 0;
                return n;
        }
        return NULL;
}

/* A word that is nothing the language knows. */
static struct mstc_node *
stray(struct parser *p, const struct mstc_token *token)
{
        const char *word = mstc_found_quote(p->findings, token->offset, token->length);
        size_t root = strcspn(token->text, ".");
        struct mst_arena *arena = p->findings->arena;
        const char *remedy;

        if (strcmp(token->text, "_") == 0 || strncmp(token->text, "_.", 2) == 0)
                remedy = "write user. and the attribute's name";
        else if (token->text[root] == '.' && p->scope != NULL && p->scope->alias != NULL)
                remedy = mst_arena_printf(arena, "an element of this collection is called %s (or _)",
                                          p->scope->alias);
        else if (token->text[root] == '.')
                remedy = mst_arena_printf(arena, "write user.%s for an attribute, or [%s]",
                                          token->text + root + 1, token->text);
        else
                remedy = mst_arena_printf(arena, "write \"%s\" for text, [%s] for an attribute", word, word);
        mstc_found_error(p->findings, token->offset, token->length, remedy,
                         token->text[0] == '_' && root == 1 ?
                         "found '%s', which is the element of a collection, outside of -any and -all" :
                         "expected a value, found the bare word '%s'", word);
        p->panic = true;
        return node(p, MSTC_NODE_ERROR, token->offset);
}

/* The word just read is followed by a parenthesis: a call. */
static bool
call_follows(const struct parser *p)
{
        struct mstc_lexer ahead = p->lexer;

        mstc_lex_space(&ahead);
        return ahead.at < ahead.length && ahead.text[ahead.at] == '(';
}

/* Words that are values by themselves. */
static struct mstc_node *
keyword(struct parser *p, const struct mstc_token *token)
{
        static const struct { const char *name; uint8_t kind; bool all; struct mst_value value; } known[] = {
                { "null", MSTC_NODE_CONSTANT, false, { .type = MST_NULL } },
                { "true", MSTC_NODE_CONSTANT, false, { .type = MST_BOOL, .as.is = true } },
                { "false", MSTC_NODE_CONSTANT, false, { .type = MST_BOOL } },
                { "system.now", MSTC_NODE_NOW, false, { 0 } },
                { "vbBinaryCompare", MSTC_NODE_COMPARISON, false, { 0 } },
                { "vbTextCompare", MSTC_NODE_COMPARISON, true, { 0 } },
                { "IgnoreAttributeFlow", MSTC_NODE_IGNORE, false, { 0 } },
                { "IgnoreObjectFlow", MSTC_NODE_IGNORE, true, { 0 } },
        };
        const char *text = token->text + (token->text[0] == '$');
        struct mstc_node *n;

        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
                if (strcasecmp(text, known[i].name) != 0 || (text != token->text && i > 2))
                        continue;
                if (known[i].kind == MSTC_NODE_CONSTANT)
                        return constant(p, &known[i].value, token->offset, token->length);
                n = node(p, (enum mstc_node_kind)known[i].kind, token->offset);
                n->all = known[i].all;
                n->length = (uint32_t)token->length;
                if (n->kind == MSTC_NODE_IGNORE && p->expr->mode == MSTC_RULE)
                        mstc_found_error(p->findings, token->offset, token->length, NULL,
                                         "%s has a meaning in mappings only", known[i].name);
                return n;
        }
        return NULL;
}

static struct mstc_node *
call(struct parser *p, const struct mstc_token *name)
{
        struct mstc_node *n = node(p, MSTC_NODE_CALL, name->offset);
        struct kids kids = { 0 };
        bool outer = p->lexer.mapping;
        size_t open = take(p).offset;

        n->name = name->text;
        n->function = mstc_function_find(name->text);
        if (!deeper(p, open))
                return n;
        p->lexer.mapping = true;
        if (peek(p)->kind != MSTC_TOKEN_CLOSE)
                for (;;) {
                        struct mstc_node *arg;

                        if (peek(p)->kind == MSTC_TOKEN_COMMA || p->token.kind == MSTC_TOKEN_CLOSE)
                                arg = node(p, MSTC_NODE_ABSENT, p->token.offset);
                        else
                                arg = parse_or(p);
                        if (p->panic)
                                recover(p);
                        add(p, &kids, arg);
                        if (peek(p)->kind == MSTC_TOKEN_CLOSE || p->token.kind == MSTC_TOKEN_END)
                                break;
                        if (p->token.kind == MSTC_TOKEN_COMMA) {
                                p->have = false;
                                continue;
                        }
                        expected(p, "',' or ')' after an argument", NULL);
                        recover(p);
                        if (peek(p)->kind != MSTC_TOKEN_COMMA)
                                break;
                        p->have = false;
                }
        close_parenthesis(p, open);
        p->lexer.mapping = outer;
        p->depth--;
        return with_kids(p, n, &kids);
}

static struct mstc_node *
word_primary(struct parser *p)
{
        struct mstc_token token = take(p);
        struct mstc_node *n;

        if (strchr(token.text, '.') == NULL && token.text[0] != '$' && call_follows(p))
                return call(p, &token);
        if (strncasecmp(token.text, "user.", 5) == 0)
                return property(p, &token, 5);
        if (strncasecmp(token.text, "device.", 7) == 0)
                return property(p, &token, 7);
        if ((n = keyword(p, &token)) != NULL || (n = element(p, &token)) != NULL)
                return n;
        return stray(p, &token);
}

static struct mstc_node *
primary(struct parser *p)
{
        const struct mstc_token *token = peek(p);
        struct mstc_token open;
        struct mstc_node *n;
        const char *name;

        switch (token->kind) {
        case MSTC_TOKEN_STRING:
        case MSTC_TOKEN_NUMBER:
        case MSTC_TOKEN_DATE:
                open = take(p);
                return constant(p, &open.value, open.offset, open.length);
        case MSTC_TOKEN_BRACKET:
                open = take(p);
                name = mstc_lex_attribute(&p->lexer, open.offset);
                if (name == NULL) {
                        p->panic = true;
                        return node(p, MSTC_NODE_ERROR, open.offset);
                }
                n = node(p, MSTC_NODE_ATTRIBUTE, open.offset);
                n->name = name;
                return ends(p, n);
        case MSTC_TOKEN_OPEN:
                open = take(p);
                if (!deeper(p, open.offset))
                        return node(p, MSTC_NODE_ERROR, open.offset);
                n = parse_or(p);
                close_parenthesis(p, open.offset);
                p->depth--;
                return n;
        case MSTC_TOKEN_WORD:
                return word_primary(p);
        case MSTC_TOKEN_OPERATOR:
        case MSTC_TOKEN_SYMBOL:
                return expected(p, "an attribute or a value", "an operator stands between two of them");
        default:
                return expected(p, "an attribute or a value", NULL);
        }
}

static struct mstc_node *
concat(struct parser *p)
{
        struct mstc_node *n = primary(p), *whole;
        struct kids kids = { 0 };

        if (p->panic || peek(p)->kind != MSTC_TOKEN_AMPERSAND)
                return n;
        whole = node(p, MSTC_NODE_CONCAT, n->offset);
        add(p, &kids, n);
        while (!p->panic && peek(p)->kind == MSTC_TOKEN_AMPERSAND) {
                p->have = false;
                add(p, &kids, primary(p));
        }
        return with_kids(p, whole, &kids);
}

static struct mstc_node *
sum(struct parser *p)
{
        struct mstc_node *n = concat(p), *whole;
        struct mstc_shift shifts[64];
        uint32_t count = 0;
        struct kids kids = { 0 };

        if (p->panic || !next_is(p, MSTC_WORD_SHIFT))
                return n;
        whole = node(p, MSTC_NODE_SHIFT, n->offset);
        add(p, &kids, n);
        while (!p->panic && next_is(p, MSTC_WORD_SHIFT)) {
                bool minus = operator_next(p)->negative;
                struct mstc_token token = take(p);

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
        return with_kids(p, whole, &kids);
}

/* [ literal, ... ] after -in and -notIn. */
static void
list(struct parser *p, struct kids *kids)
{
        struct mstc_token open;

        if (peek(p)->kind != MSTC_TOKEN_BRACKET) {
                expected(p, "a list in brackets", "write -in [\"a\", \"b\"]");
                return;
        }
        open = take(p);
        for (;;) {
                struct mstc_token token = *peek(p);
                const char *text = token.kind == MSTC_TOKEN_WORD ? token.text + (token.text[0] == '$') : "";
                struct mst_value value = token.value;

                if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0) {
                        value = mstc_value_bool((text[0] | 0x20) == 't');
                } else if (token.kind != MSTC_TOKEN_STRING && token.kind != MSTC_TOKEN_NUMBER &&
                           token.kind != MSTC_TOKEN_DATE) {
                        expected(p, kids->count > 1 ? "a value after the comma" : "a value in the list",
                                 strcasecmp(text, "null") == 0 ? "null cannot stand in a list: add -or ... -eq null" :
                                 token.kind == MSTC_TOKEN_WORD ? "text needs quotation marks" : NULL);
                        return;
                }
                p->have = false;
                add(p, kids, constant(p, &value, token.offset, token.length));
                if (peek(p)->kind == MSTC_TOKEN_BRACKET_END) {
                        p->have = false;
                        return;
                }
                if (p->token.kind != MSTC_TOKEN_COMMA) {
                        expected(p, mst_arena_printf(p->findings->arena, "',' or ']' in the list opened at %s",
                                                     mstc_found_place(p->findings, open.offset)), NULL);
                        return;
                }
                p->have = false;
        }
}

/* -any or -all after 'left'. */
static struct mstc_node *
quantifier(struct parser *p, struct mstc_node *left, const struct mstc_word *word, size_t offset)
{
        struct mstc_node *n = node(p, MSTC_NODE_QUANTIFIER, left->offset);
        struct scope scope = { .collection = left, .out = p->scope };
        struct kids kids = { 0 };

        n->all = word->negative;
        if (!deeper(p, offset))
                return n;
        if (left->kind == MSTC_NODE_ATTRIBUTE || left->kind == MSTC_NODE_ELEMENT)
                scope.alias = alias_of(p, left);
        p->scope = &scope;
        add(p, &kids, left);
        if (peek(p)->kind == MSTC_TOKEN_OPEN) {
                struct mstc_token open = take(p);

                add(p, &kids, parse_or(p));
                close_parenthesis(p, open.offset);
        } else {
                add(p, &kids, parse_or(p));
        }
        p->scope = scope.out;
        p->depth--;
        return with_kids(p, n, &kids);
}

/* What stands where an operator should: said as helpfully as can be. */
static void
no_operator(struct parser *p)
{
        const struct mstc_word *word = operator_next(p);

        if (word != NULL && word->class == MSTC_WORD_NOT)
                expected(p, "a comparison", "for a test of null write -ne null; -not stands in front: "
                         "-not (user.mail -eq null)");
        else
                expected(p, "an operator, -and, -or or the end",
                         p->token.kind == MSTC_TOKEN_OPEN ? NULL : "write for instance -eq between attribute and value");
}

static struct mstc_node *
comparison(struct parser *p)
{
        struct mstc_node *left = sum(p), *n;
        const struct mstc_word *word;
        struct kids kids = { 0 };
        struct mstc_token token;

        if (p->panic || (word = operator_next(p)) == NULL)
                return left;
        token = p->token;
        if (word->class == MSTC_WORD_QUANTIFIER) {
                p->have = false;
                return quantifier(p, left, word, token.offset);
        }
        if (word->class != MSTC_WORD_COMPARE && word->class != MSTC_WORD_IN) {
                if (word->class != MSTC_WORD_AND && word->class != MSTC_WORD_OR)
                        no_operator(p);
                return left;
        }
        p->have = false;
        n = node(p, word->class == MSTC_WORD_IN ? MSTC_NODE_IN : MSTC_NODE_COMPARE, left->offset);
        n->op = (uint8_t)word->op;
        n->negative = word->negative;
        n->symbol = token.kind == MSTC_TOKEN_SYMBOL;
        if (n->symbol && !p->lexer.mapping)
                mstc_found_error(p->findings, token.offset, token.length,
                                 mst_arena_printf(p->findings->arena, "write -%s", word->op == MSTC_OP_EQ ?
                                                  (word->negative ? "ne" : "eq") : word->op == MSTC_OP_LE ? "le" :
                                                  word->op == MSTC_OP_GE ? "ge" : word->op == MSTC_OP_LT ? "lt" : "gt"),
                                 "expected an operator such as -eq, found '%s'", word->name);
        add(p, &kids, left);
        if (word->class == MSTC_WORD_IN)
                list(p, &kids);
        else
                add(p, &kids, sum(p));
        if (!p->panic && (word = operator_next(p)) != NULL &&
            (word->class == MSTC_WORD_COMPARE || word->class == MSTC_WORD_IN || word->class == MSTC_WORD_QUANTIFIER))
                expected(p, "-and, -or or the end after a comparison", "comparisons cannot be chained");
        return with_kids(p, n, &kids);
}

static struct mstc_node *
parse_not(struct parser *p)
{
        struct mstc_token token = *peek(p);
        struct kids kids = { 0 };
        struct mstc_node *n;

        if (!next_is(p, MSTC_WORD_NOT))
                return comparison(p);
        /* Without a hyphen and before a parenthesis, a mapping means the function. */
        if (token.kind == MSTC_TOKEN_WORD && p->lexer.mapping && call_follows(p))
                return comparison(p);
        p->have = false;
        n = node(p, MSTC_NODE_NOT, token.offset);
        if (!deeper(p, token.offset))
                return n;
        add(p, &kids, parse_not(p));
        p->depth--;
        return with_kids(p, n, &kids);
}

/* A chain of -and, or of -or, is one node however long it is. */
static struct mstc_node *
chain(struct parser *p, enum mstc_word_class class, enum mstc_node_kind kind,
      struct mstc_node *(*part)(struct parser *))
{
        struct mstc_node *n = part(p), *whole;
        struct kids kids = { 0 };

        if (p->panic)
                recover(p);
        if (!next_is(p, class))
                return n;
        whole = node(p, kind, n->offset);
        add(p, &kids, n);
        while (next_is(p, class)) {
                p->have = false;
                add(p, &kids, part(p));
                if (p->panic)
                        recover(p);
        }
        return with_kids(p, whole, &kids);
}

static struct mstc_node *
parse_and(struct parser *p)
{
        return chain(p, MSTC_WORD_AND, MSTC_NODE_AND, parse_not);
}

static struct mstc_node *
parse_or(struct parser *p)
{
        return chain(p, MSTC_WORD_OR, MSTC_NODE_OR, parse_and);
}

/* "Direct Reports for" and the id of the manager: alone, or not at all. */
static struct mstc_node *
direct_reports(struct parser *p)
{
        static const char *const said[] = { "Direct", "Reports", "for" };
        struct mstc_token first = *peek(p);
        struct mstc_lexer before = p->lexer;             /* 'first' is read already         */
        struct mstc_node *n = node(p, MSTC_NODE_REPORTS, first.offset), *manager;
        struct kids kids = { 0 };
        struct mstc_token id;

        for (size_t i = 0; i < 3; i++) {
                if (peek(p)->kind != MSTC_TOKEN_WORD || strcasecmp(p->token.text, said[i]) != 0) {
                        if (i == 2)
                                return expected(p, "for and the object id of a manager", NULL);
                        p->lexer = before;
                        p->token = first;
                        p->have = true;
                        return NULL;
                }
                p->have = false;
        }
        if (peek(p)->kind != MSTC_TOKEN_STRING)
                return expected(p, "the object id of a manager in quotation marks", NULL);
        id = take(p);
        n->constant = constant(p, &id.value, id.offset, id.length)->constant;
        manager = node(p, MSTC_NODE_ATTRIBUTE, n->offset);
        manager->name = "manager";
        add(p, &kids, manager);
        if (peek(p)->kind != MSTC_TOKEN_END)
                expected(p, "the end: direct reports cannot be combined with other conditions", NULL);
        return with_kids(p, n, &kids);
}

struct mstc_node *
mstc_parse(struct mstc_expr *expr, struct mstc_findings *findings)
{
        struct parser p = {
                .lexer = { .arena = expr->arena, .findings = findings, .text = expr->text,
                           .length = expr->length, .mapping = expr->mode == MSTC_MAPPING },
                .expr = expr, .findings = findings,
                .spare = mst_arena_alloc(expr->arena, sizeof *p.spare),
        };
        struct mstc_node *n = NULL;

        if (p.spare == NULL)
                return NULL;
        if (peek(&p)->kind == MSTC_TOKEN_END) {
                mstc_found_error(findings, 0, 0, NULL, "the text is empty: expected %s",
                                 expr->mode == MSTC_RULE ? "a condition such as user.department -eq \"Sales\"" :
                                 "a value such as [displayName]");
                return node(&p, MSTC_NODE_ERROR, 0);
        }
        if (expr->mode == MSTC_RULE)
                n = direct_reports(&p);
        if (n == NULL)
                n = parse_or(&p);
        while (!p.stop && peek(&p)->kind != MSTC_TOKEN_END && findings->errors < MSTC_FINDINGS_MOST) {
                if (p.token.kind == MSTC_TOKEN_CLOSE)
                        expected(&p, "the end", "this parenthesis closes nothing: remove it");
                else
                        no_operator(&p);
                p.have = false;
                recover(&p);
        }
        return n;
}
