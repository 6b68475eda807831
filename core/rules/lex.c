/* lex.c - from characters to words, numbers, dates and signs.
 *
 * White space separates and is otherwise nothing.  An operator word may carry one of
 * several dashes, because the published pages print en dashes; a name runs over its
 * dots.  Everything that cannot be a word is told here, with what was found. */
#include "build.h"
#include "rules/lex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules/foreign.h"
#include "util/date.h"
#include "util/utf8.h"

static const struct mstc_word words[] = {
        { "eq", MSTC_WORD_COMPARE, MSTC_OP_EQ, false },
        { "ne", MSTC_WORD_COMPARE, MSTC_OP_EQ, true },
        { "startsWith", MSTC_WORD_COMPARE, MSTC_OP_STARTS, false },
        { "notStartsWith", MSTC_WORD_COMPARE, MSTC_OP_STARTS, true },
        { "endsWith", MSTC_WORD_COMPARE, MSTC_OP_ENDS, false },
        { "notEndsWith", MSTC_WORD_COMPARE, MSTC_OP_ENDS, true },
        { "contains", MSTC_WORD_COMPARE, MSTC_OP_CONTAINS, false },
        { "notContains", MSTC_WORD_COMPARE, MSTC_OP_CONTAINS, true },
        { "match", MSTC_WORD_COMPARE, MSTC_OP_MATCH, false },
        { "notMatch", MSTC_WORD_COMPARE, MSTC_OP_MATCH, true },
        { "le", MSTC_WORD_COMPARE, MSTC_OP_LE, false },
        { "ge", MSTC_WORD_COMPARE, MSTC_OP_GE, false },
        { "lt", MSTC_WORD_COMPARE, MSTC_OP_LT, false },
        { "gt", MSTC_WORD_COMPARE, MSTC_OP_GT, false },
        { "in", MSTC_WORD_IN, MSTC_OP_EQ, false },
        { "notIn", MSTC_WORD_IN, MSTC_OP_EQ, true },
        { "and", MSTC_WORD_AND, MSTC_OP_EQ, false },
        { "or", MSTC_WORD_OR, MSTC_OP_EQ, false },
        { "not", MSTC_WORD_NOT, MSTC_OP_EQ, false },
        { "any", MSTC_WORD_QUANTIFIER, MSTC_OP_EQ, false },
        { "all", MSTC_WORD_QUANTIFIER, MSTC_OP_EQ, true },
        { "plus", MSTC_WORD_SHIFT, MSTC_OP_EQ, false },
        { "minus", MSTC_WORD_SHIFT, MSTC_OP_EQ, true },
};

static const struct mstc_word symbols[] = {
        { "<>", MSTC_WORD_COMPARE, MSTC_OP_EQ, true },
        { "<=", MSTC_WORD_COMPARE, MSTC_OP_LE, false },
        { ">=", MSTC_WORD_COMPARE, MSTC_OP_GE, false },
        { "=", MSTC_WORD_COMPARE, MSTC_OP_EQ, false },
        { "<", MSTC_WORD_COMPARE, MSTC_OP_LT, false },
        { ">", MSTC_WORD_COMPARE, MSTC_OP_GT, false },
};

/* Dashes that stand for the hyphen of an operator word, as the pages print them. */
static const char dashes[][4] = { "-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212" };

static const char curly[][4] = { "\u201c", "\u201d", "\u201e", "\u201f", "\u2018", "\u2019",
                                 "\u201a", "\u201b", "\u00ab", "\u00bb" };

const struct mstc_word *
mstc_word_find(const char *text, size_t length)
{
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (strlen(words[i].name) == length && strncasecmp(words[i].name, text, length) == 0)
                        return &words[i];
        return NULL;
}

const char *
mstc_word_near(const char *text)
{
        size_t best = strlen(text) > 5 ? 4 : 3;
        const char *near = NULL;

        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
                size_t d = mstc_text_distance(text, words[i].name, best);

                if (strncasecmp(text, words[i].name, strlen(words[i].name)) == 0)
                        d = 1;               /* -equals, -contain..., -startsWithAny */
                if (d < best) {
                        best = d;
                        near = words[i].name;
                }
        }
        return near;
}

static bool
digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool
letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The character at 'at' + 'ahead'; NUL past the end (the text itself holds none). */
static char
look(const struct mstc_lexer *lexer, size_t ahead)
{
        return ahead < lexer->length - lexer->at ? lexer->text[lexer->at + ahead] : '\0';
}

static size_t
starts(const struct mstc_lexer *lexer, const char (*set)[4], size_t count)
{
        for (size_t i = 0; i < count; i++) {
                size_t n = strlen(set[i]);

                if (n <= lexer->length - lexer->at && memcmp(lexer->text + lexer->at, set[i], n) == 0)
                        return n;
        }
        return 0;
}

void
mstc_lex_space(struct mstc_lexer *lexer)
{
        static const char wide[][4] = { "\u00a0", "\ufeff" };
        size_t n;

        for (;;) {
                char c = look(lexer, 0);

                if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
                        lexer->at++;
                else if ((unsigned char)c >= 0x80 && (n = starts(lexer, wide, 2)) > 0)
                        lexer->at += n;
                else
                        return;
        }
}

bool
mstc_number_parse(const char *text, size_t length, struct mst_value *ret)
{
        size_t i = 0, point = 0;
        char copy[64];
        char *end;

        if (length == 0 || length >= sizeof copy)
                return false;
        if (text[0] == '-')
                i = 1;
        if (i == length || !digit(text[i]))
                return false;
        for (; i < length; i++)
                if (text[i] == '.' && point == 0)
                        point = i;
                else if (!digit(text[i]))
                        return false;
        if (point > 0 && point == length - 1)
                return false;
        memcpy(copy, text, length);
        copy[length] = '\0';
        errno = 0;
        if (point == 0) {
                *ret = mstc_value_int(strtoll(copy, &end, 10));
                return errno == 0;
        }
        /* strtod follows the locale's decimal point; the program keeps "C". */
        *ret = (struct mst_value){ .type = MST_REAL, .as.real = strtod(copy, &end) };
        return *end == '\0';
}

/* Takes 'length' bytes as the token and complains of them. */
static void
bad(struct mstc_lexer *lexer, struct mstc_token *ret, size_t length, const char *remedy, const char *what)
{
        mstc_found_error(lexer->findings, lexer->at, length, remedy, "%s: found '%s'", what,
                         mstc_found_quote(lexer->findings, lexer->at, length));
        ret->kind = MSTC_TOKEN_ERROR;
        lexer->at += length;
}

/* &HFF or &O17: the sign and the letter have been seen, a digit follows. */
static void
lex_radix(struct mstc_lexer *lexer, struct mstc_token *ret, unsigned radix)
{
        uint64_t number = 0;
        size_t n = 2;
        bool over = false;

        for (;; n++) {
                char c = look(lexer, n);
                unsigned d = digit(c) ? (unsigned)(c - '0') :
                             c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 :
                             c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 99;

                if (d >= radix)
                        break;
                over |= number > UINT64_MAX / radix;
                number = number * radix + d;
        }
        if (over || letter(look(lexer, n)) || digit(look(lexer, n))) {
                while (letter(look(lexer, n)) || digit(look(lexer, n)))
                        n++;
                bad(lexer, ret, n, NULL, "not a number of 64 bits");
                return;
        }
        ret->kind = MSTC_TOKEN_NUMBER;
        ret->value = mstc_value_int((int64_t)number);
        lexer->at += n;
}

/* yyyy-MM-dd, maybe with a time: how many bytes, or 0 when it is no date. */
static size_t
date_span(const struct mstc_lexer *lexer)
{
        static const char shape[] = "dddd-dd-dd";
        size_t n;

        for (n = 0; shape[n] != '\0'; n++)
                if (shape[n] == 'd' ? !digit(look(lexer, n)) : look(lexer, n) != shape[n])
                        return 0;
        if (look(lexer, n) != 'T' && look(lexer, n) != 't')
                return n;
        for (n++; digit(look(lexer, n)) || look(lexer, n) == ':' || look(lexer, n) == '.'; n++)
                ;
        if (look(lexer, n) == 'Z' || look(lexer, n) == 'z')
                return n + 1;
        if ((look(lexer, n) == '+' || look(lexer, n) == '-') && digit(look(lexer, n + 1)))
                for (n++; digit(look(lexer, n)) || look(lexer, n) == ':'; n++)
                        ;
        return n;
}

static void
lex_number(struct mstc_lexer *lexer, struct mstc_token *ret)
{
        size_t n = date_span(lexer);

        if (n > 0) {
                int64_t date;

                if (letter(look(lexer, n)) || digit(look(lexer, n)) ||
                    !mstc_date_parse_iso(lexer->text + lexer->at, n, &date)) {
                        while (letter(look(lexer, n)) || digit(look(lexer, n)))
                                n++;
                        bad(lexer, ret, n, "write yyyy-MM-dd or yyyy-MM-ddTHH:mm:ssZ", "not a date");
                        return;
                }
                ret->kind = MSTC_TOKEN_DATE;
                ret->value = mstc_value_date(date);
                lexer->at += n;
                return;
        }
        for (n = look(lexer, 0) == '-'; digit(look(lexer, n)); n++)
                ;
        if (look(lexer, n) == '.' && digit(look(lexer, n + 1)))
                for (n++; digit(look(lexer, n)); n++)
                        ;
        if (letter(look(lexer, n)) || look(lexer, n) == '.') {
                while (letter(look(lexer, n)) || digit(look(lexer, n)) || look(lexer, n) == '.')
                        n++;
                bad(lexer, ret, n, "text needs quotation marks", "not a number");
                return;
        }
        if (!mstc_number_parse(lexer->text + lexer->at, n, &ret->value)) {
                bad(lexer, ret, n, NULL, "not a number of 64 bits");
                return;
        }
        ret->kind = MSTC_TOKEN_NUMBER;
        lexer->at += n;
}

/* A name with its dots, or $null; 'hyphen' bytes of dash precede an operator word. */
static void
lex_word(struct mstc_lexer *lexer, struct mstc_token *ret, size_t hyphen)
{
        size_t n = hyphen;
        const char *start = lexer->text + lexer->at + hyphen;

        if (look(lexer, n) == '$')
                n++;
        for (; letter(look(lexer, n)) || digit(look(lexer, n)) ||
               (look(lexer, n) == '.' && letter(look(lexer, n + 1))); n++)
                ;
        ret->text = mst_arena_strndup(lexer->arena, start, n - hyphen);
        if (ret->text == NULL)
                lexer->findings->failed = true;
        if (ret->text == NULL || hyphen == 0) {
                ret->kind = ret->text == NULL ? MSTC_TOKEN_ERROR : MSTC_TOKEN_WORD;
                lexer->at += n;
                return;
        }
        ret->word = mstc_word_find(ret->text, n - hyphen);
        if (ret->word == NULL || look(lexer, n) == '.') {
                const char *near = mstc_word_near(ret->text), *remedy = mstc_foreign_word(ret->text);

                if (remedy == NULL && near != NULL)
                        remedy = mst_arena_printf(lexer->findings->arena, "did you mean -%s?", near);
                if (remedy == NULL)
                        remedy = "there are -eq, -ne, -startsWith, -endsWith, -contains, -match, -in, -le, -ge, -lt, -gt, -any, -all";
                bad(lexer, ret, n, remedy, "unknown operator");
                return;
        }
        ret->kind = MSTC_TOKEN_OPERATOR;
        lexer->at += n;
}

static void
lex_sign(struct mstc_lexer *lexer, struct mstc_token *ret)
{
        static const struct { char c; enum mstc_token_kind kind; } signs[] = {
                { '(', MSTC_TOKEN_OPEN }, { ')', MSTC_TOKEN_CLOSE }, { '[', MSTC_TOKEN_BRACKET },
                { ']', MSTC_TOKEN_BRACKET_END }, { ',', MSTC_TOKEN_COMMA }, { '&', MSTC_TOKEN_AMPERSAND },
        };
        size_t n = 1;
        const char *remedy = mstc_foreign_sign(lexer->text + lexer->at, lexer->length - lexer->at, &n);

        /* "a" &&HFF is & and a number. */
        if (remedy != NULL && !(look(lexer, 0) == '&' && strchr("hHoO", look(lexer, 2)) != NULL && look(lexer, 2) != '\0')) {
                bad(lexer, ret, n, remedy, "unknown operator");
                return;
        }
        n = 1;
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
                if (look(lexer, 0) == signs[i].c) {
                        ret->kind = signs[i].kind;
                        lexer->at++;
                        return;
                }
        for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
                if (strncmp(lexer->text + lexer->at, symbols[i].name, strlen(symbols[i].name)) == 0) {
                        ret->kind = MSTC_TOKEN_SYMBOL;
                        ret->word = &symbols[i];
                        lexer->at += strlen(symbols[i].name);
                        return;
                }
        if (starts(lexer, curly, sizeof curly / sizeof *curly) > 0) {
                bad(lexer, ret, starts(lexer, curly, sizeof curly / sizeof *curly),
                    "write straight quotation marks (\") around text", "typographic quotation mark");
                return;
        }
        while (((unsigned char)look(lexer, n) & 0xC0) == 0x80)
                n++;
        bad(lexer, ret, n, n > 1 ? "in the name of an attribute: write it as [name]; in text: write quotation marks around it"
            : look(lexer, 0) == '{' || look(lexer, 0) == '}' ? "leave the braces out; an id stands in quotation marks" : NULL,
            "unexpected character");
}

void
mstc_lex(struct mstc_lexer *lexer, struct mstc_token *ret)
{
        size_t dash;
        char c;

        mstc_lex_space(lexer);
        c = look(lexer, 0);
        *ret = (struct mstc_token){ .offset = lexer->at };
        dash = starts(lexer, dashes, sizeof dashes / sizeof *dashes);
        if (lexer->at == lexer->length)
                ret->kind = MSTC_TOKEN_END;
        else if (c == '"' || c == '\'' || c == '`')
                mstc_lex_string(lexer, ret);
        else if (dash > 0 && letter(look(lexer, dash)))
                lex_word(lexer, ret, dash);
        else if (digit(c) || (c == '-' && digit(look(lexer, 1))))
                lex_number(lexer, ret);
        else if (letter(c) || (c == '$' && letter(look(lexer, 1))))
                lex_word(lexer, ret, 0);
        else if (c == '&' && strchr("hH", look(lexer, 1)) != NULL && look(lexer, 1) != '\0' &&
                 (digit(look(lexer, 2)) || strchr("abcdefABCDEF", look(lexer, 2)) != NULL) &&
                 look(lexer, 2) != '\0')
                lex_radix(lexer, ret, 16);
        else if (c == '&' && (look(lexer, 1) == 'O' || look(lexer, 1) == 'o') && digit(look(lexer, 2)))
                lex_radix(lexer, ret, 8);
        else
                lex_sign(lexer, ret);
        ret->length = lexer->at - ret->offset;
}
