/* lex.h - the text as words.
 *
 * The parser asks for one token at a time and says in which of the two string modes
 * (section 3.4) it stands, so nothing is read ahead across a change of mode. */
#ifndef MSTC_LEX_H
#define MSTC_LEX_H

#include "rules/finding.h"
#include "rules/node.h"

enum mstc_token_kind {
        MSTC_TOKEN_END = 0,
        MSTC_TOKEN_ERROR,                    /* told already                           */
        MSTC_TOKEN_STRING,                   /* 'value'                                */
        MSTC_TOKEN_NUMBER,                   /* 'value': int or real                   */
        MSTC_TOKEN_DATE,                     /* 'value'                                */
        MSTC_TOKEN_WORD,                     /* 'text': name, maybe with dots          */
        MSTC_TOKEN_OPERATOR,                 /* 'word': written with a hyphen          */
        MSTC_TOKEN_SYMBOL,                   /* = <> < <= > >=: 'word'                 */
        MSTC_TOKEN_AMPERSAND,
        MSTC_TOKEN_OPEN, MSTC_TOKEN_CLOSE,
        MSTC_TOKEN_BRACKET, MSTC_TOKEN_BRACKET_END,
        MSTC_TOKEN_COMMA
};

enum mstc_word_class {
        MSTC_WORD_COMPARE = 1, MSTC_WORD_IN, MSTC_WORD_QUANTIFIER, MSTC_WORD_AND, MSTC_WORD_OR,
        MSTC_WORD_NOT, MSTC_WORD_SHIFT
};

/* An operator word; 'negative' is also -all against -any and -minus against -plus. */
struct mstc_word {
        const char *name;
        enum mstc_word_class class;
        enum mstc_op op;
        bool negative;
};

struct mstc_token {
        enum mstc_token_kind kind;
        size_t offset, length;
        const char *text;
        struct mst_value value;
        const struct mstc_word *word;
};

struct mstc_lexer {
        struct mst_arena *arena;             /* for strings and names                  */
        struct mstc_findings *findings;
        const char *text;
        size_t length, at;
        bool mapping;                        /* the string mode                        */
};

void mstc_lex(struct mstc_lexer *lexer, struct mstc_token *ret);
/* After '[': the name up to ']', which is taken too.  NULL: told. */
const char *mstc_lex_attribute(struct mstc_lexer *lexer, size_t open);
/* After -plus or -minus: a duration.  False: told. */
bool mstc_lex_duration(struct mstc_lexer *lexer, bool minus, struct mstc_shift *ret);
void mstc_lex_space(struct mstc_lexer *lexer);

/* "eq" in any case; NULL: no operator. */
const struct mstc_word *mstc_word_find(const char *text, size_t length);
/* The nearest operator's name for "did you mean", or NULL. */
const char *mstc_word_near(const char *text);

/* Text that reads as a number: -?digits(.digits)?, or a hexadecimal &H, an octal &O. */
bool mstc_number_parse(const char *text, size_t length, struct mst_value *ret);

/* Strings (strings.c).  'at' stands on the opening mark. */
void mstc_lex_string(struct mstc_lexer *lexer, struct mstc_token *ret);

#endif
