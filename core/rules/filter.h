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
bool mstc_filter_test(const struct mstc_filter *filters, const struct mst_record *record,
                      struct mstc_eval *eval);

#endif
