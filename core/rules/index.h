/* index.h - which of many rules does this record satisfy?
 *
 * Every rule is entered under the conditions that it cannot do without (equality,
 * -in, membership, prefix), in a table from attribute and folded value to rules,
 * so that a record meets only the rules it could satisfy; the rest of each rule is
 * then evaluated in full.  Rules without such a condition are always candidates.
 *
 * Built once, then read-only; each thread brings its own struct mstc_eval and
 * struct mstc_matches. */
#ifndef MSTC_INDEX_H
#define MSTC_INDEX_H

#include "rules/expr.h"

struct mstc_index;

struct mstc_matches {
        uint32_t *ids;                       /* sorted, unique; grown as needed        */
        size_t count, room;
        uint64_t candidates;                 /* how many rules mstc_index_match() evaluated */
        struct mstc_scratch *scratch;        /* begins as NULL; kept from call to call */
};

struct mstc_index *mstc_index_new(void);
void mstc_index_free(struct mstc_index *index);
/* The rule is borrowed.  False: out of memory. */
bool mstc_index_add(struct mstc_index *index, const struct mstc_expr *rule, uint32_t id);
/* Once, after the last rule.  False: out of memory. */
bool mstc_index_build(struct mstc_index *index);
/* All rules that are true for 'record'.  False: out of memory.  eval->why is not NULL
 * when a rule's pattern hit its limit on this record: that rule is then not among them. */
bool mstc_index_match(const struct mstc_index *index, const struct mst_record *record,
                      struct mstc_eval *eval, struct mstc_matches *matches);

/* The same for many records at once, as a full evaluation has them: found[i] is of
 * records[i].  For some thirty and more it is several times as fast. */
#define MSTC_BLOCK_MOST 1024u
struct mstc_found {
        const uint32_t *ids;                 /* sorted, unique; until 'matches' is used again */
        size_t count;
        const char *why;                     /* as eval->why above                     */
};
bool mstc_index_match_all(const struct mstc_index *index, const struct mst_record *const *records, size_t count,
                          struct mstc_eval *eval, struct mstc_matches *matches, struct mstc_found *found);
void mstc_matches_done(struct mstc_matches *matches);

#endif
