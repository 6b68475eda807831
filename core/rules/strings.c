/* strings.c - the quoted words of the language: strings in their two modes, names in
 * brackets, durations.
 *
 * A rule's string keeps backslashes, since patterns need them, and escapes a
 * quotation mark with ` or \ ; a mapping's string knows \" and \\ and leaves every
 * other pair alone.  Both come from published pages, so both are needed. */
#include "build.h"
#include "rules/lex.h"

#include <string.h>

static void
unterminated(struct mstc_lexer *lexer, struct mstc_token *ret, const char *mark)
{
        mstc_found_error(lexer->findings, lexer->at, lexer->length - lexer->at,
                         "close the text with a quotation mark",
                         "the text that starts here is never closed: expected %s, found the end", mark);
        ret->kind = MSTC_TOKEN_ERROR;
        lexer->at = lexer->length;
}

/* Takes a character, or only counts it. */
static void
put(char *into, size_t *n, char c)
{
        if (into != NULL)
                into[*n] = c;
        ++*n;
}

/* A string in a rule, from 'from' to its closing mark; true when it was found.
 * 'escaped' marks are written `" and belong to the text.  'into' may be NULL. */
static bool
rule_string(const struct mstc_lexer *lexer, size_t from, char mark, bool escaped,
            char *into, size_t *filled, size_t *end)
{
        const char *text = lexer->text;
        size_t n = 0, i = from;

        while (i < lexer->length) {
                char c = text[i], next = i + 1 < lexer->length ? text[i + 1] : '\0';

                if (escaped && c == '`' && next == '"') {
                        *filled = n;
                        *end = i + 2;
                        return true;
                }
                if ((c == '`' || c == '\\') && next == '"') {
                        put(into, &n, '"');
                        i += 2;
                } else if (c == '`' && next == '`') {
                        put(into, &n, '`');
                        i += 2;
                } else if (c == '\'' && next == '\'') {
                        put(into, &n, '\'');
                        i += 2;
                } else if (c == mark && !escaped) {
                        *filled = n;
                        *end = i + 1;
                        return true;
                } else {
                        put(into, &n, c);
                        i++;
                }
        }
        return false;
}

static bool
mapping_string(const struct mstc_lexer *lexer, size_t from, char *into, size_t *filled, size_t *end)
{
        size_t n = 0, i = from;

        while (i < lexer->length) {
                char c = lexer->text[i], next = i + 1 < lexer->length ? lexer->text[i + 1] : '\0';

                if (c == '\\' && (next == '"' || next == '\\')) {
                        put(into, &n, next);
                        i += 2;
                } else if (c == '"') {
                        *filled = n;
                        *end = i + 1;
                        return true;
                } else {
                        put(into, &n, c);
                        i++;
                }
        }
        return false;
}

void
mstc_lex_string(struct mstc_lexer *lexer, struct mstc_token *ret)
{
        char mark = lexer->text[lexer->at];
        bool escaped = mark == '`';
        size_t n = 0, end = 0, from = lexer->at + 1;
        char *into = NULL;
        bool closed;

        if ((lexer->mapping && mark != '"') ||
            (escaped && (from == lexer->length || lexer->text[from] != '"'))) {
                mstc_found_error(lexer->findings, lexer->at, 1,
                                 lexer->mapping ? "write text in double quotation marks (\")" : NULL,
                                 lexer->mapping ? "found %s: in a mapping, and among the arguments of a "
                                 "function, text stands in double quotation marks" :
                                 "unexpected character: found %s", mark == '`' ? "`" : "'");
                ret->kind = MSTC_TOKEN_ERROR;
                lexer->at++;
                return;
        }
        if (escaped)
                from++;
        closed = lexer->mapping ? mapping_string(lexer, from, NULL, &n, &end) :
                 rule_string(lexer, from, mark, escaped, NULL, &n, &end);
        if (!closed) {
                unterminated(lexer, ret, escaped ? "`\"" : mark == '"' ? "\"" : "'");
                return;
        }
        into = mst_arena_alloc(lexer->arena, n + 3);
        if (into == NULL) {
                lexer->findings->failed = true;
                ret->kind = MSTC_TOKEN_ERROR;
                lexer->at = lexer->length;
                return;
        }
        if (escaped)
                into[0] = '"';
        if (lexer->mapping)
                mapping_string(lexer, from, into, &n, &end);
        else
                rule_string(lexer, from, mark, escaped, into + escaped, &n, &end);
        if (escaped) {
                into[n + 1] = '"';
                n += 2;
        }
        into[n] = '\0';
        ret->kind = MSTC_TOKEN_STRING;
        ret->value = mstc_value_text(into, n);
        lexer->at = end;
}

static bool
blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

const char *
mstc_lex_attribute(struct mstc_lexer *lexer, size_t open)
{
        size_t from = lexer->at, end = from + strcspn(lexer->text + from, "],\"[");
        const char *name;

        if (end >= lexer->length || lexer->text[end] != ']') {
                mstc_found_error(lexer->findings, open, end - open, end < lexer->length && strchr("\",", lexer->text[end]) != NULL
                                 ? "write the attribute as [name]; a list goes with -in and -notIn only" : "write the attribute as [name]",
                                 "the bracket that starts here is not closed: expected ']' after the "
                                 "name of an attribute, found %s%s%s",
                                 end >= lexer->length ? "the end" : "'",
                                 end >= lexer->length ? "" : mstc_found_quote(lexer->findings, end, 1),
                                 end >= lexer->length ? "" : "'");
                lexer->at = end;
                return NULL;
        }
        lexer->at = end + 1;
        while (from < end && blank(lexer->text[from]))
                from++;
        while (end > from && blank(lexer->text[end - 1]))
                end--;
        if (from == end) {
                mstc_found_error(lexer->findings, open, lexer->at - open, NULL,
                                 "expected the name of an attribute between the brackets, found nothing");
                return NULL;
        }
        name = mst_arena_strndup(lexer->arena, lexer->text + from, end - from);
        if (name == NULL)
                lexer->findings->failed = true;
        return name;
}

/* One "12D" of a duration: false when it is none, or unit and order do not fit. */
static bool
component(const char **at, const char *end, bool *time, int *rank, struct mstc_shift *sum)
{
        static const struct { char unit; bool time; int rank; int64_t months, seconds; } units[] = {
                { 'Y', false, 1, 12, 0 }, { 'M', false, 2, 1, 0 }, { 'W', false, 3, 0, 604800 },
                { 'D', false, 4, 0, 86400 }, { 'H', true, 5, 0, 3600 }, { 'M', true, 6, 0, 60 },
                { 'S', true, 7, 0, 1 },
        };
        const char *start = *at;
        int64_t number = 0, ticks;
        char unit;

        while (*at < end && **at >= '0' && **at <= '9' && *at - start < 9)
                number = number * 10 + (*(*at)++ - '0');
        if (*at == start || *at == end)
                return false;
        unit = (char)(**at & ~0x20);
        for (size_t i = 0; i < sizeof units / sizeof *units; i++)
                if (units[i].unit == unit && units[i].time == *time && units[i].rank > *rank) {
                        *rank = units[i].rank;
                        sum->months += number * units[i].months;
                        (*at)++;
                        return !__builtin_mul_overflow(number, units[i].seconds * INT64_C(10000000), &ticks)
                               && !__builtin_add_overflow(sum->ticks, ticks, &sum->ticks);
                }
        return false;
}

static bool
parse_duration(const char *text, size_t length, struct mstc_shift *ret)
{
        const char *at = text, *end = text + length;
        bool time = false;
        int rank = 0;

        *ret = (struct mstc_shift){ 0 };
        if (length < 3 || (*at != 'P' && *at != 'p'))
                return false;
        for (at++; at < end; ) {
                if ((*at == 'T' || *at == 't') && !time) {
                        time = true;
                        at++;
                        if (at == end)
                                return false;
                } else if (!component(&at, end, &time, &rank, ret)) {
                        return false;
                }
        }
        /* Ten thousand years, in months or in ticks: more leads out of every date. */
        return ret->months <= 120000 && ret->ticks <= INT64_C(3155378976000000000);
}

static bool
alphanumeric(char c)
{
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool
mstc_lex_duration(struct mstc_lexer *lexer, bool minus, struct mstc_shift *ret)
{
        size_t from, end;

        mstc_lex_space(lexer);
        from = end = lexer->at;
        while (end < lexer->length && (lexer->text[end] == '"' || alphanumeric(lexer->text[end])))
                end++;
        lexer->at = end;
        if (!parse_duration(lexer->text + from, end - from, ret)) {
                mstc_found_error(lexer->findings, from, end - from,
                                 "write a duration such as P1D, P2W or PT36H, without quotation marks",
                                 "expected a duration after -%s, found %s%s%s", minus ? "minus" : "plus",
                                 end == from ? "none" : "'", mstc_found_quote(lexer->findings, from, end - from),
                                 end == from ? "" : "'");
                return false;
        }
        if (minus) {
                ret->months = -ret->months;
                ret->ticks = -ret->ticks;
        }
        return true;
}
