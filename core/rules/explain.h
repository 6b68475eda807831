/* explain.h - why a rule is true or false for a record: its conditions, one by one.
 *
 * The conditions of one or several rules are gathered as rows, a whole before its parts; whoever
 * puts rules together (groups of groups) adds rows of his own around them.  When all are there
 * they are marked: which decide, which is the first that keeps the whole from being true, and
 * which few would have to be otherwise. */
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
        const char *text;                    /* a condition's own text, in one line; of others NULL,
                                              * or what they are called                */
        size_t size;                         /* rows: itself and all that stand below it */
        bool holds;
        bool decides;                        /* were it otherwise, so could the whole be */
        bool first;                          /* the first that keeps the whole from being true */
        bool change;                         /* one of the few that would have to be otherwise */
        const struct mstc_input *values; size_t count;   /* what it looked at    */
        /* Of -any that is true and -all that is false the element that made it so, its place
         * from 1, and of how many; else 0. */
        const struct mst_value *element; size_t element_at, element_count;
        /* For rows that are not of a rule: */
        bool silent;                         /* holds others together and says nothing */
        bool fixed;                          /* nothing in a record can change it      */
        const char *role;                    /* "group", "include" ...                 */
        const char *name, *reason, *by;      /* of the group, of the person; why, by whom */
        unsigned line;                       /* where it is written; 0: unknown        */
};

struct mstc_conditions {
        struct mst_arena *arena;
        struct mstc_condition *rows; size_t count, room;
        bool failed;                         /* memory is out: the rows are of no use  */
};

/* Opens a row; what is added before it is closed stands below it.  Of those with parts,
 * closing finds out whether they hold, of the others 'holds' is the caller's. */
size_t mstc_conditions_open(struct mstc_conditions *all, const struct mstc_condition *row);
void mstc_conditions_close(struct mstc_conditions *all, size_t at);
/* All conditions of a rule in their order, also those that the outcome does not hang on; values
 * and texts lie in the arena, and eval->arena must live as long.  The rule may be freed then. */
void mstc_conditions_rule(struct mstc_conditions *all, unsigned depth, const struct mstc_expr *rule,
                          const struct mst_record *record, struct mstc_eval *eval);
/* Marks what decides the row 'at', and what keeps it from being true: the first, and the fewest
 * that would have to be otherwise.  Returns how many these are, 0 when it holds already or when
 * no record could satisfy it.  Each condition is taken for itself: that two of them cannot hold
 * together is not seen. */
size_t mstc_conditions_mark(struct mstc_conditions *all, size_t at);

/* The attributes that any expression looked at, with their values. */
bool mstc_expr_inputs(const struct mstc_expr *expr, const struct mst_record *record, struct mstc_eval *eval,
                      const struct mstc_input **ret, size_t *count);

#endif
