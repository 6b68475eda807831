/* regex.h - patterns as .NET writes them, searched by PCRE2 (section 12).
 *
 * A pattern is compiled once and then read-only.  Searching is bounded: a pattern that
 * would go on for ever ends with a reason. */
#ifndef MSTC_REGEX_H
#define MSTC_REGEX_H

#include <muster/arena.h>

struct mstc_regex;

/* NULL with '*why' (in arena) and '*offset' (bytes into the pattern, SIZE_MAX: no
 * place); '*doubt', when there is one, is what means something else in .NET. */
struct mstc_regex *mstc_regex_new(const char *pattern, size_t length, bool caseless, struct mst_arena *arena,
                                  const char **why, size_t *offset, const char **doubt);
void mstc_regex_free(struct mstc_regex *regex);          /* this one and all linked after it */
/* Puts 'regex' in front of the list at '*list'. */
void mstc_regex_link(struct mstc_regex *regex, struct mstc_regex **list);

/* Groups as .NET numbers them: 0 the match, unnamed ones, then named ones. */
struct mstc_span { size_t from, to; };       /* from == SIZE_MAX: took no part          */
size_t mstc_regex_groups(const struct mstc_regex *regex);          /* with group 0      */
/* The group of a name (or of a number written as one), -1: none. */
int mstc_regex_group(const struct mstc_regex *regex, const char *name, size_t length);

/* Searches from byte 'start'.  1 found, 0 not found, -1 with '*why' a limit was hit or
 * memory is out.  'spans' has room for 'count' groups (NULL: none wanted).  The steps of the
 * search, roughly in nanoseconds, are added to '*work'; past 'most' it ends. */
int mstc_regex_search(const struct mstc_regex *regex, const char *text, size_t length, size_t start,
                      struct mstc_span *spans, size_t count, uint64_t *work, uint64_t most, const char **why);

#endif
