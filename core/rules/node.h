/* node.h - the tree that a text becomes, and the expression that owns it.
 *
 *   parse.c   text to nodes
 *   check.c   what can be known without a record: forms, names, patterns; it fills in
 *             what makes evaluation cheap (folded constants, compiled patterns)
 *   eval.c    nodes and a record to a value; the tree is read-only by then
 *
 * Everything lies in the expression's own arena.  The tree is at most MSTC_NEST_MOST
 * deep (MSTC_COMPOSED_NEST_MOST), so that whoever walks it may recurse; chains of -or, -and, & are one node. */
#ifndef MSTC_NODE_H
#define MSTC_NODE_H

#include "rules/expr.h"

#define MSTC_RULE_MOST (64u * 1024u)
#define MSTC_COMPOSED_MOST (4u * 1024u * 1024u)          /* with those it is made of: as long as a file may be */
#define MSTC_NEST_MOST 200u
#define MSTC_COMPOSED_NEST_MOST 500u         /* of the same                            */

enum mstc_node_kind {
        MSTC_NODE_ERROR = 0,                 /* told already; stands for anything      */
        MSTC_NODE_CONSTANT,                  /* 'constant'                             */
        MSTC_NODE_ATTRIBUTE,                 /* 'name', then 'path' into objects       */
        MSTC_NODE_ELEMENT,                   /* of the quantifier 'level' further out  */
        MSTC_NODE_NOW,                       /* system.now                             */
        MSTC_NODE_CALL,                      /* 'function' with kids                   */
        MSTC_NODE_COMPARE,                   /* kids: left, right                      */
        MSTC_NODE_IN,                        /* kids: left, then the constants         */
        MSTC_NODE_QUANTIFIER,                /* kids: collection, body; 'all'          */
        MSTC_NODE_AND, MSTC_NODE_OR,         /* two kids or more                       */
        MSTC_NODE_NOT,
        MSTC_NODE_SHIFT,                     /* kid, then 'shifts'                     */
        MSTC_NODE_CONCAT,                    /* two kids or more                       */
        MSTC_NODE_REPORTS,                   /* Direct Reports for 'constant'; kid: manager */
        MSTC_NODE_IGNORE,                    /* IgnoreAttributeFlow; 'all': IgnoreObjectFlow */
        MSTC_NODE_COMPARISON,                /* vbBinaryCompare; 'all': vbTextCompare  */
        MSTC_NODE_CLAUSE,                    /* of a scoping filter: kid: the attribute; 'clause' */
        MSTC_NODE_ABSENT                     /* an argument left out                   */
};

enum mstc_op {
        MSTC_OP_EQ = 0, MSTC_OP_STARTS, MSTC_OP_ENDS, MSTC_OP_CONTAINS, MSTC_OP_MATCH,
        MSTC_OP_LE, MSTC_OP_GE, MSTC_OP_LT, MSTC_OP_GT
};

/* A value that stands in the text, with all that comparing it will need. */
struct mstc_constant {
        struct mst_value value;
        bool numeric;                        /* a number, or text that reads as one    */
        bool dated;                          /* a date, or text that reads as one      */
        struct mst_value number;             /* int or real                            */
        int64_t date;
        const char *text;                    /* as text, and the same folded           */
        const char *folded;
        size_t text_length, folded_length, folded_count;   /* the last: code points    */
};

/* One -plus or -minus: calendar months, then 100 ns steps; both signed. */
struct mstc_shift {
        int64_t months, ticks;
};

struct mstc_regex;
struct mstc_function;
struct mstc_clause;
struct mstc_choice;
struct mstc_filter;

struct mstc_node {
        uint8_t kind, op;
        bool negative;                       /* -ne, -not..., <>: the complement       */
        bool symbol;                         /* = <> < <= > >=                         */
        bool all;
        bool exact;                          /* ATTRIBUTE: spelled as the records do   */
        bool dated;                          /* ATTRIBUTE: a date by the schema        */
        bool now;                            /* the clock is read in it                */
        bool either_id;                      /* ELEMENT: objectId of an id or object   */
        uint16_t level;
        uint32_t offset, length;             /* in the text                            */
        uint32_t attribute;                  /* number in expr->attributes             */
        uint32_t count;                      /* of kids                                */
        uint32_t path_count, shift_count;
        struct mstc_node **kids;
        const char *name;
        const char **path;
        const struct mstc_constant *constant;
        const struct mstc_shift *shifts;
        const struct mstc_regex *regex;      /* -match; Replace with a constant pattern */
        const struct mstc_function *function;
        const struct mstc_clause *clause;
        const struct mstc_choice *choice;    /* IN: its constants, for looking up      */
};

struct mstc_expr {
        struct mst_arena *arena;
        enum mstc_mode mode;
        const char *text;
        size_t length;
        struct mstc_node *root;
        struct mstc_regex *regexes;          /* all of them, to be freed               */
        struct mstc_filter *filter;          /* that it was made of, or NULL           */
        const char **attributes;             /* sorted, unique                         */
        bool *exact;                         /* of each: needs no look-up without case */
        size_t attribute_count;
        bool uses_now, uses_random, redacted, boolean;
        bool of_groups;                      /* the records are groups: group.name     */
        bool composed;                       /* of several rules, each in parentheses  */
};

/* Parses; a tree is returned whatever happens (NODE_ERROR where a part is missing). */
struct mstc_findings;
struct mstc_node *mstc_parse(struct mstc_expr *expr, struct mstc_findings *findings);

/* Checks the tree and completes it. */
void mstc_check(struct mstc_expr *expr, const struct mstc_schema *schema, struct mstc_findings *findings);
/* Doubts, for a tree without errors (warn.c). */
void mstc_warn(const struct mstc_expr *expr, struct mstc_findings *findings);

/* May stand where true or false is wanted. */
bool mstc_node_is_condition(const struct mstc_node *node);

/* Fills in what a constant's value implies.  False: out of memory. */
bool mstc_constant_complete(struct mstc_constant *constant, struct mst_arena *arena);

#endif
