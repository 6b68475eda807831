/* parser.h - what the files of the parser share: where it stands in the text, and how
 * nodes are made.  See parse.c. */
#ifndef MSTC_PARSER_H
#define MSTC_PARSER_H

#include "rules/function.h"
#include "rules/lex.h"

/* The quantifiers around, for '_' and the alias of their elements. */
struct mstc_scope {
        const struct mstc_node *collection;
        const char *alias;
        struct mstc_scope *out;
};

struct mstc_parser {
        struct mstc_lexer lexer;
        struct mstc_token token;
        bool have;                           /* 'token' is the next one                */
        bool panic;                          /* an error was told; pass over the rest  */
        bool stop;                           /* nested too deep: nothing more is read  */
        unsigned depth;
        struct mstc_expr *expr;
        struct mstc_findings *findings;
        struct mstc_scope *scope;
        struct mstc_node *spare;             /* when memory is out                     */
};

/* Kids as they come, doubled when full. */
struct mstc_kids {
        struct mstc_node **at;
        uint32_t count, room;
};

/* The next token; it stays the next one.  take() passes over it. */
const struct mstc_token *mstc_parser_peek(struct mstc_parser *p);
struct mstc_token mstc_parser_take(struct mstc_parser *p);
/* The operator that the next token is, with a hyphen or without; NULL: none. */
const struct mstc_word *mstc_parser_operator(struct mstc_parser *p);
bool mstc_parser_next_is(struct mstc_parser *p, enum mstc_word_class class);
/* The word just taken is followed by a parenthesis. */
bool mstc_parser_call_follows(const struct mstc_parser *p);

/* Never NULL: when memory is out it is the spare node. */
struct mstc_node *mstc_parser_node(struct mstc_parser *p, enum mstc_node_kind kind, size_t offset);
void mstc_parser_add(struct mstc_parser *p, struct mstc_kids *kids, struct mstc_node *kid);
/* Gives 'n' its kids and lets it reach to what was read last. */
struct mstc_node *mstc_parser_with_kids(struct mstc_parser *p, struct mstc_node *n,
                                        const struct mstc_kids *kids);
struct mstc_node *mstc_parser_ends(struct mstc_parser *p, struct mstc_node *n);

/* "expected <what>, found ..." unless an error was told already; NODE_ERROR. */
struct mstc_node *mstc_parser_expected(struct mstc_parser *p, const char *what, const char *remedy);
/* Passes over what cannot be read, to where the grammar can go on. */
void mstc_parser_recover(struct mstc_parser *p);
/* One level deeper; false: told, and nothing more is read.  The caller counts back. */
bool mstc_parser_deeper(struct mstc_parser *p, size_t offset);
/* ')' for the '(' at 'open'. */
void mstc_parser_close(struct mstc_parser *p, size_t open);

struct mstc_node *mstc_parse_or(struct mstc_parser *p);                 /* parse.c      */
/* "Direct Reports for" and an id; NULL: something else, nothing was taken. */
struct mstc_node *mstc_parse_reports(struct mstc_parser *p);
struct mstc_node *mstc_parse_primary(struct mstc_parser *p);            /* primary.c    */
struct mstc_node *mstc_parse_constant(struct mstc_parser *p, const struct mst_value *value,
                                      size_t offset, size_t length);

#endif
