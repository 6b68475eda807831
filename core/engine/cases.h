/* cases.h - a file of cases: people, and what rules, maps and filters must give for them.
 *
 * The format is that of tests/cases/README.md: "users", then "membership", "mapping" and
 * "scoping", and the clock as "now".  Here a membership case may name a group of the
 * configuration ("group") instead of a "rule". */
#ifndef MSTC_CASES_H
#define MSTC_CASES_H

#include "engine/setup.h"

struct mstc_cases;

enum mstc_case_kind { MSTC_CASE_MEMBERSHIP = 0, MSTC_CASE_MAPPING, MSTC_CASE_SCOPING };
#define MSTC_CASE_KINDS 3

struct mstc_case {
        enum mstc_case_kind kind;
        const char *id;                      /* "membership 3" where it has none       */
        const char *text;                    /* the rule, the expression, the clauses  */
        const char *note;                    /* or NULL                                */
        bool passed;
        const char *expected, *got;          /* what differs; of a passed one NULL     */
        const struct mstc_finding *refused;  /* in 'text', and so 'got'; else NULL     */
};

/* Reads; what is wrong in the file goes to the report, all at once and with its place.  'sync' (may be NULL)
 * gives "group" its meaning and the attributes their types.  NULL: errors. */
struct mstc_cases *mstc_cases_read(const char *path, const struct mstc_sync *sync, struct mstc_report *report);
void mstc_cases_free(struct mstc_cases *cases);
size_t mstc_cases_count(const struct mstc_cases *cases);
/* Runs one; everything in '*ret' lives as long as the cases.  False: out of memory. */
bool mstc_cases_run(struct mstc_cases *cases, size_t index, struct mstc_case *ret);

const char *mstc_case_kind_name(enum mstc_case_kind kind);

#endif
