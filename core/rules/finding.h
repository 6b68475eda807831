/* finding.h - what compiling a text has found wrong or doubtful.
 *
 * Findings lie in the caller's arena.  No more than MSTC_FINDINGS_MOST are kept: an
 * admin repairs the first ones and compiles again. */
#ifndef MSTC_FINDING_H
#define MSTC_FINDING_H

#include "rules/expr.h"

#define MSTC_FINDINGS_MOST 25u

struct mstc_findings {
        struct mst_arena *arena;
        const char *text;                    /* the text under compilation             */
        size_t length;
        struct mstc_finding *first;
        size_t errors, warnings;
        bool failed;                         /* out of memory                          */
};

/* 'remedy' may be NULL and must live as long as the arena. */
void mstc_found_error(struct mstc_findings *findings, size_t offset, size_t length,
                      const char *remedy, const char *format, ...) MST_PRINTF(5, 6);
void mstc_found_warning(struct mstc_findings *findings, size_t offset, size_t length,
                        const char *remedy, const char *format, ...) MST_PRINTF(5, 6);

/* "line 2, column 7" of an offset, columns counted in characters. */
const char *mstc_found_place(const struct mstc_findings *findings, size_t offset);

/* A piece of the text for a message: printable, at most 40 bytes and "...". */
const char *mstc_found_quote(const struct mstc_findings *findings, size_t offset, size_t length);

/* In order of offset. */
void mstc_found_sort(struct mstc_findings *findings);

#endif
