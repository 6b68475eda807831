/* explain.h - why a rule is true or false for a record: its conditions, one by one. */
#ifndef MSTC_EXPLAIN_H
#define MSTC_EXPLAIN_H

#include "rules/expr.h"

enum mstc_condition_kind {
        MSTC_CONDITION_ONE = 0,           /* a comparison, -in, -any, a function     */
        MSTC_CONDITION_ALL,                     /* -and: all that stand below it, deeper   */
        MSTC_CONDITION_ANY,                     /* -or: one of them                       */
        MSTC_CONDITION_NOT                      /* -not: the opposite of the one below it  */
};

struct mstc_input {
        const char *name;                    /* as the rule writes it, with its path    */
        struct mst_value value;
};

struct mstc_condition {
        enum mstc_condition_kind kind;
        unsigned depth;                      /* 0: the whole rule                      */
        const char *text;                    /* a condition's own text, in one line; of others NULL */
        bool holds;
        bool decides;                        /* were it otherwise, so could the whole be */
        bool first;                          /* the first that keeps the rule from being true */
        const struct mstc_input *values; size_t count;   /* what it looked at    */
        /* Of -any that is true and -all that is false the element that made it so, its place
         * from 1, and of how many; else 0. */
        const struct mst_value *element; size_t element_at, element_count;
};

/* Tells each condition of 'rule' in its order, a group before its parts; all of them are
 * evaluated, also those that the outcome does not hang on.  'each' returns false to end it.
 * Everything lies in eval->arena.  Returns the rule's outcome in '*holds'; false: out of
 * memory. */
bool mstc_rule_explain(const struct mstc_expr *rule, const struct mst_record *record, struct mstc_eval *eval,
                       bool (*each)(void *self, const struct mstc_condition *reason), void *self, bool *holds);

/* The attributes that any expression looked at, with their values. */
bool mstc_expr_inputs(const struct mstc_expr *expr, const struct mst_record *record, struct mstc_eval *eval,
                      const struct mstc_input **ret, size_t *count);

#endif
