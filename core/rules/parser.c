/* parser.c - the parser's place in the text: tokens, new nodes, and getting over errors. */
#include "build.h"
#include "rules/parser.h"

#include <string.h>

const struct mstc_token *
mstc_parser_peek(struct mstc_parser *p)
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

struct mstc_token
mstc_parser_take(struct mstc_parser *p)
{
        struct mstc_token token = *mstc_parser_peek(p);

        p->have = false;
        return token;
}

struct mstc_node *
mstc_parser_node(struct mstc_parser *p, enum mstc_node_kind kind, size_t offset)
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
struct mstc_node *
mstc_parser_ends(struct mstc_parser *p, struct mstc_node *n)
{
        size_t end = p->have ? p->token.offset : p->lexer.at;

        while (end > n->offset && strchr(" \t\r\n", p->lexer.text[end - 1]) != NULL)
                end--;
        n->length = (uint32_t)(end - n->offset);
        return n;
}

void
mstc_parser_add(struct mstc_parser *p, struct mstc_kids *kids, struct mstc_node *kid)
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

struct mstc_node *
mstc_parser_with_kids(struct mstc_parser *p, struct mstc_node *n, const struct mstc_kids *kids)
{
        if (p->findings->failed)
                n->kind = MSTC_NODE_ERROR;
        n->kids = kids->at;
        n->count = kids->count;
        return mstc_parser_ends(p, n);
}

static const char *
say(const struct mstc_parser *p, const struct mstc_token *token)
{
        const char *said;

        if (token->kind == MSTC_TOKEN_END)
                return "the end";
        said = mst_arena_printf(p->findings->arena, "'%s'",
                                mstc_found_quote(p->findings, token->offset, token->length));
        return said != NULL ? said : "?";
}

/* "expected X, found Y" at the next token. */
struct mstc_node *
mstc_parser_expected(struct mstc_parser *p, const char *what, const char *remedy)
{
        struct mstc_token token = *mstc_parser_peek(p);

        if (!p->panic)
                mstc_found_error(p->findings, token.offset, token.length, remedy,
                                 "expected %s, found %s", what, say(p, &token));
        p->panic = true;
        return mstc_parser_node(p, MSTC_NODE_ERROR, token.offset);
}

/* After an error: up to a place where the grammar can go on. */
void
mstc_parser_recover(struct mstc_parser *p)
{
        unsigned depth = 0;

        while (mstc_parser_peek(p)->kind != MSTC_TOKEN_END) {
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

bool
mstc_parser_deeper(struct mstc_parser *p, size_t offset)
{
        unsigned most = p->expr->composed ? MSTC_COMPOSED_NEST_MOST : MSTC_NEST_MOST;

        if (p->depth < most) {
                p->depth++;
                return true;
        }
        if (!p->stop)
                mstc_found_error(p->findings, offset, 1, "split it into several rules or groups",
                                 "nested deeper than %u levels", most);
        p->stop = true;
        p->panic = true;
        p->have = false;
        return false;
}

/* The operator at the next token, when it is one: written with a hyphen or, where an
 * operator can stand, without. */
const struct mstc_word *
mstc_parser_operator(struct mstc_parser *p)
{
        const struct mstc_token *token = mstc_parser_peek(p);

        if (token->kind == MSTC_TOKEN_OPERATOR || token->kind == MSTC_TOKEN_SYMBOL)
                return token->word;
        if (token->kind == MSTC_TOKEN_WORD)
                return mstc_word_find(token->text, strlen(token->text));
        return NULL;
}

bool
mstc_parser_next_is(struct mstc_parser *p, enum mstc_word_class class)
{
        const struct mstc_word *word = mstc_parser_operator(p);

        return word != NULL && word->class == class;
}

/* ')' for the '(' at 'open'. */
void
mstc_parser_close(struct mstc_parser *p, size_t open)
{
        if (p->panic)
                mstc_parser_recover(p);
        if (mstc_parser_peek(p)->kind == MSTC_TOKEN_CLOSE) {
                p->have = false;
                return;
        }
        if (p->panic)
                return;
        if (p->token.kind == MSTC_TOKEN_END && p->findings->errors > 0)
                p->panic = true;             /* very likely a consequence               */
        else
                mstc_parser_expected(p, mst_arena_printf(p->findings->arena, "')' for the parenthesis opened at %s",
                                             mstc_found_place(p->findings, open)), NULL);
}

/* The word just read is followed by a parenthesis: a call. */
bool
mstc_parser_call_follows(const struct mstc_parser *p)
{
        struct mstc_lexer ahead = p->lexer;

        mstc_lex_space(&ahead);
        return ahead.at < ahead.length && ahead.text[ahead.at] == '(';
}
