/* eval.h - one evaluation: a tree, a record, and where results go. */
#ifndef MSTC_EVAL_H
#define MSTC_EVAL_H

#include "rules/node.h"

/* The elements that the quantifiers around are at, innermost first. */
struct mstc_element {
        const struct mst_value *value;
        const struct mstc_element *out;
};

struct mstc_run {
        const struct mst_record *record;
        struct mstc_eval *eval;
        const struct mstc_expr *expr;
        const struct mstc_element *element;
        /* Attributes that were looked up already: values[stride * map[number]]; NULL: none were. */
        const struct mst_value *const *values;
        size_t stride;
        const uint32_t *map;
        bool rule;                           /* odd data is just false                 */
        bool broken;                         /* memory is out or a limit hit: told even
                                              * where odd data is not                  */
        bool memory;                         /* broken because memory is out           */
        unsigned inside;                     /* calls that are being carried out       */
        uint64_t work;                       /* see mstc_run_spend()                   */
        uint64_t before;                     /* what the same rule took in conditions that were
                                              * asked on their own (the rule index)    */
        struct mstc_folds *folds;            /* long texts that were folded already    */
};

/* One rule, or one mapping, may take so much on one record, roughly nanoseconds: an -any within
 * an -any, a text that replaces each letter of a text, or a thousand searches of a long text
 * have no other end.
 *
 * A condition that takes little is not counted at all.  So the rule index, which knows the
 * answers to such conditions without asking, comes to the same end: it does so only for values
 * that are not heavy, and no condition of those takes more than little. */
#define MSTC_WORK_MOST UINT64_C(500000000)
#define MSTC_WORK_LITTLE UINT64_C(32768)
#define MSTC_WORK_HEAVY UINT64_C(8192)       /* mstc_value_weight() of a value that is */
#define MSTC_WORK_ELEMENT 16                 /* an element or value that is looked at  */
#define MSTC_WORK_TEXT 48                    /* and is searched                        */
#define MSTC_WORK_BYTE 4                     /* a byte of long text, or one that is made */
#define MSTC_WORK_SHORT 64u                  /* a text that is not long                */
/* MSTC_VALUE, or the run is broken because it took too much. */
enum mstc_flow mstc_run_spend(struct mstc_run *run, uint64_t work);
/* The same, for looking at all bytes of a value that is a text. */
enum mstc_flow mstc_run_spend_text(struct mstc_run *run, const struct mst_value *value);
/* Elements, members and bytes of long texts, in work. */
uint64_t mstc_value_weight(const struct mst_value *value);

/* A long text folded; it must stay where it is for the rest of the run.  NULL: out of memory,
 * which the run then is told to be. */
const char *mstc_run_folded(struct mstc_run *run, const char *text, size_t length, size_t *ret_length);

/* A value; MSTC_VALUE, or what there is instead of one.  mstc_run_refer() points at
 * the value where it lies, and uses 'room' only for what has to be computed. */
enum mstc_flow mstc_run_value(struct mstc_run *run, const struct mstc_node *node, struct mst_value *ret);
enum mstc_flow mstc_run_refer(struct mstc_run *run, const struct mstc_node *node, struct mst_value *room,
                              const struct mst_value **ret);
/* True or false.  Outside of -any, -all and calls it is a rule of its own, or a condition of one
 * that took run->before so far. */
enum mstc_flow mstc_run_test(struct mstc_run *run, const struct mstc_node *node, bool *ret);

/* The value of attribute 'name': as it is written, else (unless 'exact') the one that
 * differs only in case; objectId and id fall back to the record's id, in 'room'. */
const struct mst_value *mstc_look_up(const struct mst_record *record, const char *name, bool exact,
                                     struct mst_value *room);

enum mstc_flow mstc_run_fail(struct mstc_run *run, const char *format, ...) MST_PRINTF(2, 3);
enum mstc_flow mstc_run_memory(struct mstc_run *run);

/* compare.c: 'op' of one value that is no list, with a constant or another value. */
enum mstc_flow mstc_compare_constant(struct mstc_run *run, enum mstc_op op, const struct mst_value *left, bool dated,
                                     const struct mstc_constant *right, bool *ret);
enum mstc_flow mstc_compare(struct mstc_run *run, const struct mstc_node *node, bool *ret);
enum mstc_flow mstc_compare_in(struct mstc_run *run, const struct mstc_node *node, bool *ret);

/* choice.c: the constants of an -in, entered once, and whether a single value is one of them. */
bool mstc_choice_make(struct mstc_node *node, struct mst_arena *arena);
enum mstc_flow mstc_choice_has(struct mstc_run *run, const struct mstc_choice *choice, const struct mst_value *value,
                               bool *ret);

/* Numbers and dates in values (numeric text and ISO text count). */
bool mstc_value_number(const struct mst_value *value, struct mst_value *ret);
bool mstc_value_instant(const struct mst_value *value, int64_t *ret);
/* -1, 0, 1; ints are never turned into doubles against ints. */
int mstc_number_order(const struct mst_value *a, const struct mst_value *b);

/* As text without allocating where it is text already; false: it has none (list,
 * object, bytes, null).  'room' takes numbers, bools and dates. */
#define MSTC_TEXT_ROOM 48
bool mstc_value_text_form(const struct mst_value *value, char room[MSTC_TEXT_ROOM],
                          const char **ret, size_t *length);

/* Elements: of a list its own, of null none, of anything else (an object, too) itself. */
size_t mstc_value_elements(const struct mst_value *value);
const struct mst_value *mstc_value_element(const struct mst_value *value, size_t index);

/* A hash that equal values share. */
size_t mstc_value_hash(const struct mst_value *value);

/* Moves 'date'; false: out of the years 1 to 9999. */
bool mstc_date_shift(int64_t date, int64_t months, int64_t ticks, int64_t *ret);

#endif
