/* regex.c - .NET's regular expressions on PCRE2.
 *
 * The two agree on what admins write.  Where PCRE2 would take a .NET text in another
 * meaning without a word (class subtraction, balancing groups, blocks) the pattern is
 * refused; what PCRE2 alone knows raises a doubt.  Groups are numbered as .NET does:
 * first those without a name, then the named ones, each name once.
 *
 * A search is cut off by the steps that it takes in all.  PCRE2's own match limit does not do
 * that: it is counted anew from each place where a match could begin, and of a loop over one kind
 * of character it sees one step.  So patterns are compiled with a callout before each of their
 * items, where steps and the characters passed are counted; it costs some 10 ns an item.  An
 * item that fails has passed nothing: what it may have looked at, the text of a group or x{1000}
 * of them, is counted beforehand.
 *
 * A match needs working memory.  The pattern keeps one spare piece of it, handed over
 * by atomic exchange: the usual single thread never allocates, and others do.
 *
 * Patterns are interpreted.  Machine code would be 1.5 times as fast, but needs pages
 * that can be written and executed, which a hardened service is denied; and the index
 * searches few texts. */
#include "build.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "rules/regex.h"
#include "util/alloc.h"

#define SEARCH 128                            /* the work of beginning to search        */
#define STEP 12                               /* of going from one item to the next     */
#define PASSED 2                              /* of a byte in between                   */
#define FEW 16                                /* bytes that are not worth counting      */
#define DEPTH_LIMIT 10000u
#define HEAP_LIMIT_KIB (20u * 1024u)
#define KEEP_MOST 4096u

struct group {
        const char *name;                    /* NULL: by number only                   */
        uint32_t *numbers;                   /* PCRE2's, in order: the last that is set */
        uint32_t count;
};

/* What one search works with. */
struct working {
        pcre2_match_data *data;
        pcre2_match_context *context;
        const struct mstc_regex *regex;
        uint64_t work, most;
        size_t at;                           /* where the last callout was             */
};

struct mstc_regex {
        pcre2_code *code;
        _Atomic(struct working *) spare;
        struct group *groups;                /* in .NET's order, from 0                */
        size_t group_count;
        size_t repeats;                      /* the most that an item must be repeated, if many */
        bool refers;                         /* back to what a group has found         */
        struct mstc_regex *next;
};

static void *
take(size_t size, void *self)
{
        (void)self;
        return mstc_alloc(size);
}

static void
give(void *memory, void *self)
{
        (void)self;
        mstc_free(memory);
}

/* What a walk over the pattern has seen. */
struct seen {
        bool named, unnamed, reference;
        const char *why, *doubt;
        size_t at;
};

static size_t
refuse(struct seen *seen, size_t at, const char *why)
{
        if (seen->why == NULL) {
                seen->why = why;
                seen->at = at;
        }
        return at + 1;
}

static bool
word(char c)
{
        return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c & 0x80) != 0;
}

/* '(' at 'i'. */
static void
look_group(const char *p, size_t n, size_t i, struct seen *seen)
{
        size_t k = i + 3;
        char mark;

        if (i + 1 < n && p[i + 1] == '*') {
                refuse(seen, i, "'(*' is no group in .NET; PCRE2's verbs are not supported");
                return;
        }
        if (i + 1 >= n || p[i + 1] != '?') {
                seen->unnamed = true;
                return;
        }
        mark = i + 2 < n ? p[i + 2] : '\0';
        if (mark == 'P' && i + 3 < n && p[i + 3] == '<')
                k = i + 4;
        else if (mark == 'R' || mark == 'P' || mark == '|' || mark == '&' || mark == '+' ||
                 (mark >= '0' && mark <= '9'))
                seen->doubt = "recursion and branch reset mean nothing in .NET";
        if ((mark != '<' && mark != '\'' && k != i + 4) ||
            (k < n && mark == '<' && (p[k] == '=' || p[k] == '!')))
                return;                      /* look-around, options, non-capturing    */
        seen->named = true;
        if (k < n && p[k] >= '0' && p[k] <= '9')
                refuse(seen, k, "a group cannot be named by a number here: begin the name with a letter");
        while (k < n && word(p[k]))
                k++;
        if (k < n && p[k] == '-')
                refuse(seen, i, "balancing groups '(?<a-b>' are not supported");
}

/* '\' at 'i'; returns what follows it. */
static size_t
look_escape(const char *p, size_t n, size_t i, bool in_class, struct seen *seen)
{
        char c = i + 1 < n ? p[i + 1] : '\0';

        if ((c == 'p' || c == 'P') && i + 4 < n && p[i + 2] == '{' && p[i + 3] == 'I' && p[i + 4] == 's')
                refuse(seen, i, "Unicode blocks such as \\p{IsGreek} are not supported: use a script, \\p{Greek}");
        else if (c >= '1' && c <= '9' && !in_class)
                seen->reference = true;
        else if (c == 'k' && i + 3 < n && p[i + 3] >= '0' && p[i + 3] <= '9')
                seen->reference = true;
        else if (c == 'Q' || c == 'K' || c == 'R' || c == 'X' || c == 'h' || c == 'H' || c == 'N')
                seen->doubt = "\\Q, \\K, \\R, \\X, \\h and \\N mean something else, or nothing, in .NET";
        return i + 2;
}

static size_t
look_class(const char *p, size_t n, size_t i, struct seen *seen)
{
        size_t k = i + 1;

        if (k < n && p[k] == '^')
                k++;
        if (k < n && p[k] == ']')
                k++;
        while (k < n && p[k] != ']') {
                if (p[k] == '\\') {
                        k = look_escape(p, n, k, true, seen);
                        continue;
                }
                if (p[k] == '-' && k + 1 < n && p[k + 1] == '[')
                        return refuse(seen, k, "class subtraction '-[' is not supported: write the class out");
                if (p[k] == '[' && k + 1 < n && (p[k + 1] == ':' || p[k + 1] == '.' || p[k + 1] == '='))
                        seen->doubt = "POSIX classes such as [[:alpha:]] mean something else in .NET";
                k++;
        }
        return k + 1;
}

static void
look(const char *p, size_t n, struct seen *seen)
{
        for (size_t i = 0; i < n; )
                if (p[i] == '\\') {
                        i = look_escape(p, n, i, false, seen);
                } else if (p[i] == '[') {
                        i = look_class(p, n, i, seen);
                } else {
                        if (p[i] == '(')
                                look_group(p, n, i, seen);
                        else if (p[i] == '+' && i > 0 && strchr("*+?}", p[i - 1]) != NULL &&
                                 (i < 2 || p[i - 2] != '\\'))
                                seen->doubt = "possessive quantifiers such as a++ are an error in .NET";
                        i++;
                }
        if (seen->named && seen->unnamed && seen->reference)
                refuse(seen, SIZE_MAX, "\\1 cannot be told apart where groups with and without names are "
                       "mixed: name them all and use \\k<name>");
}

static const char *
name_of(const PCRE2_UCHAR *entries, uint32_t count, uint32_t size, uint32_t number)
{
        for (uint32_t i = 0; i < count; i++) {
                const PCRE2_UCHAR *entry = entries + (size_t)i * size;

                if (((uint32_t)entry[0] << 8 | entry[1]) == number)
                        return (const char *)entry + 2;
        }
        return NULL;
}

static bool
into_group(struct mstc_regex *regex, const char *name, uint32_t number)
{
        struct group *group = NULL;
        uint32_t *numbers;

        for (size_t i = 1; name != NULL && i < regex->group_count; i++)
                if (regex->groups[i].name != NULL && strcmp(regex->groups[i].name, name) == 0)
                        group = &regex->groups[i];
        if (group == NULL) {
                group = &regex->groups[regex->group_count++];
                group->name = name;
        }
        numbers = mstc_realloc_array(group->numbers, group->count + 1, sizeof *numbers);
        if (numbers == NULL)
                return false;
        group->numbers = numbers;
        group->numbers[group->count++] = number;
        return true;
}

static bool
number_groups(struct mstc_regex *regex)
{
        PCRE2_SPTR entries = NULL;
        uint32_t captures = 0, names = 0, size = 0;
        bool good;

        pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &captures);
        pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &names);
        pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
        pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &entries);
        regex->groups = mstc_alloc((captures + 1) * sizeof *regex->groups);
        if (regex->groups == NULL)
                return false;
        good = into_group(regex, NULL, 0);
        for (uint32_t i = 1; good && i <= captures; i++)
                if (name_of(entries, names, size, i) == NULL)
                        good = into_group(regex, NULL, i);
        for (uint32_t i = 1; good && i <= captures; i++) {
                const char *name = name_of(entries, names, size, i);

                if (name != NULL)
                        good = into_group(regex, name, i);
        }
        return good;
}

static pcre2_code *
compile(const char *pattern, size_t length, bool caseless, pcre2_general_context *general,
        int *error, PCRE2_SIZE *offset)
{
        uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C |
                           (caseless ? PCRE2_CASELESS : 0) | PCRE2_AUTO_CALLOUT;
        pcre2_compile_context *how = pcre2_compile_context_create(general);
        pcre2_code *code;

        *error = PCRE2_ERROR_NOMEMORY;
        if (how == NULL)
                return NULL;
        pcre2_set_newline(how, PCRE2_NEWLINE_LF);
        pcre2_set_parens_nest_limit(how, 200);
        code = pcre2_compile((PCRE2_SPTR)pattern, length, options, error, offset, how);
        pcre2_compile_context_free(how);
        return code;
}

/* The largest n of x{n} and x{n,m}; in a class it does no harm.  0: all are small. */
static size_t
repeats_of(const char *pattern, size_t length)
{
        size_t most = 0;

        for (size_t i = 0; i < length; i++) {
                size_t n = 0;

                for (size_t k = i + 1; pattern[i] == '{' && k < length && pattern[k] >= '0' && pattern[k] <= '9' && n < 100000; k++)
                        n = n * 10 + (size_t)(pattern[k] - '0');
                most = n > most ? n : most;
        }
        return most > FEW ? most : 0;
}

struct mstc_regex *
mstc_regex_new(const char *pattern, size_t length, bool caseless, struct mst_arena *arena,
               const char **why, size_t *offset, const char **doubt)
{
        struct seen seen = { .at = SIZE_MAX };
        pcre2_general_context *general = pcre2_general_context_create(take, give, NULL);
        struct mstc_regex *regex = mstc_alloc(sizeof *regex);
        PCRE2_SIZE at = 0;
        PCRE2_UCHAR said[160];
        int error = PCRE2_ERROR_NOMEMORY;
        uint32_t references = 0;

        look(pattern, length, &seen);
        *why = seen.why;
        *offset = seen.at;
        *doubt = seen.doubt;
        if (seen.why == NULL && general != NULL && regex != NULL) {
                regex->code = compile(pattern, length, caseless, general, &error, &at);
        }
        if (regex != NULL && regex->code != NULL && number_groups(regex)) {
                pcre2_pattern_info(regex->code, PCRE2_INFO_BACKREFMAX, &references);
                regex->refers = references > 0;
                regex->repeats = repeats_of(pattern, length);
                pcre2_general_context_free(general);
                return regex;
        }
        if (seen.why == NULL && regex != NULL && regex->code == NULL && error != PCRE2_ERROR_NOMEMORY) {
                pcre2_get_error_message(error, said, sizeof said);
                *why = mst_arena_strdup(arena, (const char *)said);
                *offset = at;
        }
        if (*why == NULL)
                *why = "out of memory";
        pcre2_general_context_free(general);
        mstc_regex_free(regex);
        return NULL;
}

static void
free_working(struct working *working)
{
        if (working == NULL)
                return;
        pcre2_match_data_free(working->data);
        pcre2_match_context_free(working->context);
        mstc_free(working);
}

/* What the next item may look at and then fail. */
static size_t
ahead(const struct mstc_regex *regex, const pcre2_callout_block *block)
{
        size_t rest = block->subject_length - block->current_position, most = regex->repeats;

        for (uint32_t i = 1; regex->refers && i < block->capture_top; i++) {
                size_t from = block->offset_vector[2 * i], to = block->offset_vector[2 * i + 1];

                if (from != PCRE2_UNSET && to > from && to - from > most)
                        most = to - from;
        }
        return most <= FEW ? 0 : most < rest ? most : rest;
}

/* Between two items of the pattern. */
static int
count_step(pcre2_callout_block *block, void *self)
{
        struct working *working = self;
        size_t at = block->current_position;

        working->work += STEP + (at > working->at ? (at - working->at) * PASSED : 0);
        if (working->regex->refers || working->regex->repeats > 0)
                working->work += ahead(working->regex, block) * PASSED;
        working->at = at;
        return working->work > working->most ? PCRE2_ERROR_CALLOUT : 0;
}

static struct working *
new_working(const struct mstc_regex *regex)
{
        struct working *working = mstc_alloc(sizeof *working);
        pcre2_general_context *general = pcre2_general_context_create(take, give, NULL);

        if (working != NULL && general != NULL) {
                working->data = pcre2_match_data_create_from_pattern(regex->code, general);
                working->context = pcre2_match_context_create(general);
        }
        pcre2_general_context_free(general);
        if (working == NULL || working->data == NULL || working->context == NULL) {
                free_working(working);
                return NULL;
        }
        working->regex = regex;
        pcre2_set_match_limit(working->context, UINT32_MAX);
        pcre2_set_depth_limit(working->context, DEPTH_LIMIT);
        pcre2_set_heap_limit(working->context, HEAP_LIMIT_KIB);
        pcre2_set_callout(working->context, count_step, working);
        return working;
}

void
mstc_regex_free(struct mstc_regex *regex)
{
        while (regex != NULL) {
                struct mstc_regex *next = regex->next;

                for (size_t i = 0; i < regex->group_count; i++)
                        mstc_free(regex->groups[i].numbers);
                mstc_free(regex->groups);
                free_working(atomic_load(&regex->spare));
                pcre2_code_free(regex->code);
                mstc_free(regex);
                regex = next;
        }
}

void
mstc_regex_link(struct mstc_regex *regex, struct mstc_regex **list)
{
        regex->next = *list;
        *list = regex;
}

size_t
mstc_regex_groups(const struct mstc_regex *regex)
{
        return regex->group_count;
}

int
mstc_regex_group(const struct mstc_regex *regex, const char *name, size_t length)
{
        size_t number = 0, i = 0;

        for (size_t g = 1; g < regex->group_count; g++)
                if (regex->groups[g].name != NULL && strlen(regex->groups[g].name) == length &&
                    memcmp(regex->groups[g].name, name, length) == 0)
                        return (int)g;
        for (; i < length && name[i] >= '0' && name[i] <= '9' && number < 100000; i++)
                number = number * 10 + (size_t)(name[i] - '0');
        return i == length && length > 0 && number < regex->group_count ? (int)number : -1;
}

/* The group's last capture that took part. */
static struct mstc_span
span_of(const struct group *group, const PCRE2_SIZE *ends)
{
        for (uint32_t i = group->count; i > 0; i--) {
                PCRE2_SIZE from = ends[2 * group->numbers[i - 1]], to = ends[2 * group->numbers[i - 1] + 1];

                /* With look-arounds and \K a start can lie behind its end. */
                if (from != PCRE2_UNSET && to != PCRE2_UNSET && from <= to)
                        return (struct mstc_span){ from, to };
        }
        return (struct mstc_span){ SIZE_MAX, SIZE_MAX };
}

int
mstc_regex_search(const struct mstc_regex *regex, const char *text, size_t length, size_t start,
                  struct mstc_span *spans, size_t count, uint64_t *work, uint64_t most, const char **why)
{
        /* The spare is the one thing that changes; the pattern does not. */
        _Atomic(struct working *) *spare = (_Atomic(struct working *) *)(uintptr_t)&regex->spare;
        struct working *working = atomic_exchange(spare, NULL);
        int rc;

        if (working == NULL && (working = new_working(regex)) == NULL) {
                *why = "out of memory";
                return -1;
        }
        working->work = *work + SEARCH;
        working->most = most;
        working->at = start;
        rc = pcre2_match(regex->code, (PCRE2_SPTR)text, length, start, start > 0 ? PCRE2_NO_UTF_CHECK : 0,
                         working->data, working->context);
        *work = working->work;
        for (size_t g = 0; rc >= 0 && g < count; g++)
                spans[g] = g < regex->group_count ?
                           span_of(&regex->groups[g], pcre2_get_ovector_pointer(working->data)) :
                           (struct mstc_span){ SIZE_MAX, SIZE_MAX };
        /* What a long text made it grow to is not kept. */
        free_working(length > KEEP_MOST ? working : atomic_exchange(spare, working));
        if (rc >= 0)
                return 1;
        if (rc == PCRE2_ERROR_NOMATCH)
                return 0;
        *why = rc == PCRE2_ERROR_CALLOUT || rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
               rc == PCRE2_ERROR_HEAPLIMIT ? "the pattern takes too long on this value: simplify it" :
               rc == PCRE2_ERROR_NOMEMORY ? "out of memory" : "the value is no text that a pattern can search";
        return -1;
}
