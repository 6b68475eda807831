/* primary.c - the smallest things with a value: constants, attributes, elements of
 * collections, calls, and what stands in parentheses. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "rules/parser.h"

struct mstc_node *
mstc_parse_constant(struct mstc_parser *p, const struct mst_value *value, size_t offset, size_t length)
{
        struct mstc_node *n = mstc_parser_node(p, MSTC_NODE_CONSTANT, offset);
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
split_path(struct mstc_parser *p, struct mstc_node *n, const char *from)
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
property(struct mstc_parser *p, const struct mstc_token *token, size_t root)
{
        struct mstc_node *n = mstc_parser_node(p, MSTC_NODE_ATTRIBUTE, token->offset);

        n->length = (uint32_t)token->length;
        n->op = (uint8_t)(token->text[0] | 0x20);        /* 'u', 'd' or 'g': the root       */
        if (n->kind == MSTC_NODE_ATTRIBUTE && split_path(p, n, token->text + root)) {
                n->name = n->path[0];
                n->path++;
                n->path_count--;
        }
        return n;
}

/* '_', '_.name' or alias.name inside a quantifier; NULL: nothing of the kind. */
static struct mstc_node *
element(struct mstc_parser *p, const struct mstc_token *token)
{
        size_t root = strcspn(token->text, ".");
        uint16_t level = 0;
        bool blank = root == 1 && token->text[0] == '_';
        struct mstc_node *n;

        for (const struct mstc_scope *s = p->scope; s != NULL; s = s->out, level++) {
                if (!blank && (s->alias == NULL || strlen(s->alias) != root || token->text[root] == '\0' ||
                               strncasecmp(s->alias, token->text, root) != 0))
                        continue;
                n = mstc_parser_node(p, MSTC_NODE_ELEMENT, token->offset);
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
stray(struct mstc_parser *p, const struct mstc_token *token)
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
                remedy = mst_arena_printf(arena, p->expr->mode == MSTC_RULE && p->expr->of_groups
                                          ? "write \"%s\" for text, group.%s for an attribute" : p->expr->mode == MSTC_RULE
                                          ? "write \"%s\" for text, user.%s for an attribute"
                                          : "write \"%s\" for text, [%s] for an attribute", word, word);
        mstc_found_error(p->findings, token->offset, token->length, remedy,
                         token->text[0] == '_' && root == 1 ?
                         "found '%s', which is the element of a collection, outside of -any and -all" :
                         "expected a value, found the bare word '%s'", word);
        p->panic = true;
        return mstc_parser_node(p, MSTC_NODE_ERROR, token->offset);
}

/* user.name where the records are groups. */
static struct mstc_node *
misplaced(struct mstc_parser *p, const struct mstc_token *token)
{
        mstc_found_error(p->findings, token->offset, token->length,
                         mst_arena_printf(p->findings->arena, "write group.%s", token->text + 5),
                         "found '%s', but this rule is about groups, not people",
                         mstc_found_quote(p->findings, token->offset, token->length));
        return mstc_parser_node(p, MSTC_NODE_ERROR, token->offset);
}

/* Words that are values by themselves. */
static struct mstc_node *
keyword(struct mstc_parser *p, const struct mstc_token *token)
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
                        return mstc_parse_constant(p, &known[i].value, token->offset, token->length);
                n = mstc_parser_node(p, (enum mstc_node_kind)known[i].kind, token->offset);
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
call(struct mstc_parser *p, const struct mstc_token *name)
{
        struct mstc_node *n = mstc_parser_node(p, MSTC_NODE_CALL, name->offset);
        struct mstc_kids kids = { 0 };
        bool outer = p->lexer.mapping;
        size_t open = mstc_parser_take(p).offset;

        n->name = name->text;
        n->function = mstc_function_find(name->text);
        if (!mstc_parser_deeper(p, open))
                return n;
        p->lexer.mapping = true;
        if (mstc_parser_peek(p)->kind != MSTC_TOKEN_CLOSE)
                for (;;) {
                        struct mstc_node *arg;

                        if (mstc_parser_peek(p)->kind == MSTC_TOKEN_COMMA || p->token.kind == MSTC_TOKEN_CLOSE)
                                arg = mstc_parser_node(p, MSTC_NODE_ABSENT, p->token.offset);
                        else
                                arg = mstc_parse_or(p);
                        if (p->panic)
                                mstc_parser_recover(p);
                        mstc_parser_add(p, &kids, arg);
                        if (mstc_parser_peek(p)->kind == MSTC_TOKEN_CLOSE || p->token.kind == MSTC_TOKEN_END)
                                break;
                        if (p->token.kind == MSTC_TOKEN_COMMA) {
                                p->have = false;
                                continue;
                        }
                        mstc_parser_expected(p, "',' or ')' after an argument", NULL);
                        mstc_parser_recover(p);
                        if (mstc_parser_peek(p)->kind != MSTC_TOKEN_COMMA)
                                break;
                        p->have = false;
                }
        mstc_parser_close(p, open);
        p->lexer.mapping = outer;
        p->depth--;
        return mstc_parser_with_kids(p, n, &kids);
}

static struct mstc_node *
word_primary(struct mstc_parser *p)
{
        struct mstc_token token = mstc_parser_take(p);
        struct mstc_node *n;

        if (strchr(token.text, '.') == NULL && token.text[0] != '$' && mstc_parser_call_follows(p))
                return call(p, &token);
        if (p->expr->of_groups && strncasecmp(token.text, "user.", 5) == 0)
                return misplaced(p, &token);
        if (strncasecmp(token.text, "user.", 5) == 0)
                return property(p, &token, 5);
        if (strncasecmp(token.text, "device.", 7) == 0)
                return property(p, &token, 7);
        if ((n = keyword(p, &token)) != NULL || (n = element(p, &token)) != NULL)
                return n;
        if (p->expr->of_groups && strncasecmp(token.text, "group.", 6) == 0)
                return property(p, &token, 6);
        return stray(p, &token);
}

struct mstc_node *
mstc_parse_primary(struct mstc_parser *p)
{
        const struct mstc_token *token = mstc_parser_peek(p);
        struct mstc_token open;
        struct mstc_node *n;
        const char *name;

        switch (token->kind) {
        case MSTC_TOKEN_STRING:
        case MSTC_TOKEN_NUMBER:
        case MSTC_TOKEN_DATE:
                open = mstc_parser_take(p);
                return mstc_parse_constant(p, &open.value, open.offset, open.length);
        case MSTC_TOKEN_BRACKET:
                open = mstc_parser_take(p);
                name = mstc_lex_attribute(&p->lexer, open.offset);
                if (name == NULL) {
                        p->panic = true;
                        return mstc_parser_node(p, MSTC_NODE_ERROR, open.offset);
                }
                n = mstc_parser_node(p, MSTC_NODE_ATTRIBUTE, open.offset);
                n->name = name;
                return mstc_parser_ends(p, n);
        case MSTC_TOKEN_OPEN:
                open = mstc_parser_take(p);
                if (!mstc_parser_deeper(p, open.offset))
                        return mstc_parser_node(p, MSTC_NODE_ERROR, open.offset);
                n = p->expr->composed ? mstc_parse_reports(p) : NULL;
                if (n == NULL)
                        n = mstc_parse_or(p);
                mstc_parser_close(p, open.offset);
                p->depth--;
                return n;
        case MSTC_TOKEN_WORD:
                return word_primary(p);
        case MSTC_TOKEN_OPERATOR:
        case MSTC_TOKEN_SYMBOL:
                return mstc_parser_expected(p, "an attribute or a value", "an operator stands between two of them");
        case MSTC_TOKEN_END:
                return mstc_parser_expected(p, "an attribute or a value", "write what is missing, or take out what stands last");
        default:
                return mstc_parser_expected(p, "an attribute or a value", NULL);
        }
}
