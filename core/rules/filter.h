/* filter.h - scoping filters (section 11): clauses ANDed in a filter, filters ORed. */
#ifndef MSTC_FILTER_H
#define MSTC_FILTER_H

#include "rules/expr.h"

struct mstc_filter;

struct mstc_filter *mstc_filter_new(void);
void mstc_filter_free(struct mstc_filter *filters);
/* Starts a further filter; clauses go into the last one begun. */
bool mstc_filter_begin(struct mstc_filter *filters);
/* 'value' may be NULL.  False with '*why' (in arena) when operator or value are not
 * right. */
bool mstc_filter_clause(struct mstc_filter *filters, const char *attribute, const char *operator_name,
                        const char *value, struct mst_arena *arena, const char **why);
/* After the last clause: false with '*why' when a filter has none. */
bool mstc_filter_check(const struct mstc_filter *filters, const char **why);
/* The filters as a rule, which owns them from here on, whatever comes of it: so that a scope
 * is a scope, however it is written.  NULL: errors, or (no findings) out of memory. */
struct mstc_expr *mstc_expr_of_filter(struct mstc_filter *filter, const struct mstc_schema *schema,
                                      struct mst_arena *arena, struct mstc_finding **findings);
/* Its parts: how it is written, the tree (offsets in that text), and one clause. */
struct mstc_buffer;
struct mstc_node;
struct mstc_clause;
void mstc_filter_say(struct mstc_filter *filters, struct mstc_buffer *into);
struct mstc_node *mstc_filter_tree(const struct mstc_filter *filters, struct mst_arena *arena);
bool mstc_clause_test(const struct mstc_clause *clause, const struct mst_value *value, uint64_t *work,
                      struct mstc_eval *eval);
/* What is probably not meant, or NULL; '*remedy' may be NULL. */
const char *mstc_clause_doubt(const struct mstc_clause *clause, const char **remedy);
bool mstc_filter_test(const struct mstc_filter *filters, const struct mst_record *record,
                      struct mstc_eval *eval);

#endif
