/* function.h - the functions of the language: one row each, and how they are called.
 *
 * A function asks for its arguments one by one, so those it does not need are not
 * evaluated.  It returns MSTC_VALUE with '*ret' set, or what an argument returned
 * instead of a value, or mstc_call_fail(). */
#ifndef MSTC_FUNCTION_H
#define MSTC_FUNCTION_H

#include "rules/eval.h"
#include "rules/finding.h"

enum mstc_function_flags {
        MSTC_FN_EACH = 1 << 0,               /* the first argument may be a list: one
                                              * result for each element                */
        MSTC_FN_NULL = 1 << 1,               /* null as first argument gives null      */
        MSTC_FN_CONDITION = 1 << 2,          /* gives true or false                    */
        MSTC_FN_MAYBE = 1 << 3,              /* ... when its arguments do              */
        MSTC_FN_NOW = 1 << 4,
        MSTC_FN_RANDOM = 1 << 5
};

/* One call under way. */
struct mstc_call {
        struct mstc_run *run;
        const struct mstc_node *node;
        const struct mst_value *first;       /* the first argument, when it is known   */
};

/* 'signature': one letter an argument; "?" after it: may be left out; the last one
 * followed by "*": once or more.  s text, n whole number, b true or false, d date, v any. */
struct mstc_function {
        const char *name;
        const char *signature;
        uint32_t flags;
        enum mstc_flow (*call)(struct mstc_call *call, struct mst_value *ret);
        /* More than the signature can say; NULL: nothing. */
        void (*check)(struct mstc_node *node, struct mstc_expr *expr, struct mstc_findings *findings);
        const char *refused;                 /* known, but why it cannot be used here  */
};

const struct mstc_function *mstc_function_find(const char *name);
/* The nearest name, or NULL. */
const char *mstc_function_near(const char *name);
/* How many arguments: at least, at most (UINT32_MAX: any number). */
void mstc_function_arity(const struct mstc_function *function, uint32_t *least, uint32_t *most);
/* The letter of argument 'index', and whether it may be left out. */
char mstc_function_type(const struct mstc_function *function, uint32_t index, bool *optional);

/* Arguments.  An argument left out is null; has() tells. */
bool mstc_arg_has(const struct mstc_call *call, uint32_t index);
enum mstc_flow mstc_arg_value(struct mstc_call *call, uint32_t index, struct mst_value *ret);
enum mstc_flow mstc_arg_text(struct mstc_call *call, uint32_t index, struct mst_value *ret);
enum mstc_flow mstc_arg_int(struct mstc_call *call, uint32_t index, int64_t *ret);
enum mstc_flow mstc_arg_bool(struct mstc_call *call, uint32_t index, bool *ret);
/* null and "" give '*null'. */
enum mstc_flow mstc_arg_date(struct mstc_call *call, uint32_t index, int64_t *ret, bool *null);
/* The text of a constant argument, or NULL when it is not one. */
const struct mst_value *mstc_arg_constant(const struct mstc_node *node, uint32_t index);

/* "Left: <sentence>" as eval->why; MSTC_FAILED. */
enum mstc_flow mstc_call_fail(const struct mstc_call *call, const char *format, ...) MST_PRINTF(2, 3);
/* A text result: copied into the arena. */
enum mstc_flow mstc_call_text(const struct mstc_call *call, const char *text, size_t length,
                              struct mst_value *ret);
/* Room for a result, in the arena; NULL: memory is out, or the call takes too much of it.
 * What then to return says mstc_call_memory(). */
void *mstc_call_alloc(const struct mstc_call *call, size_t size);
enum mstc_flow mstc_call_memory(const struct mstc_call *call);

typedef enum mstc_flow mstc_fn(struct mstc_call *call, struct mst_value *ret);
typedef void mstc_fn_check(struct mstc_node *node, struct mstc_expr *expr, struct mstc_findings *findings);

/* text.c */
mstc_fn mstc_fn_append, mstc_fn_left, mstc_fn_right, mstc_fn_mid, mstc_fn_len, mstc_fn_trim,
        mstc_fn_strip_spaces, mstc_fn_instr, mstc_fn_word, mstc_fn_dn;
/* letters.c */
mstc_fn mstc_fn_to_lower, mstc_fn_to_upper, mstc_fn_pcase, mstc_fn_normalize;
mstc_fn_check mstc_check_culture;
/* lists.c */
void mstc_text_trim(const char **text, uint32_t *length);
mstc_fn mstc_fn_count, mstc_fn_item, mstc_fn_item_or_null, mstc_fn_join, mstc_fn_split,
        mstc_fn_remove_duplicates;
/* logic.c */
mstc_fn mstc_fn_iif, mstc_fn_switch, mstc_fn_coalesce, mstc_fn_is_null, mstc_fn_is_null_or_empty,
        mstc_fn_is_present, mstc_fn_is_string, mstc_fn_not, mstc_fn_cbool, mstc_fn_cstr, mstc_fn_bitand,
        mstc_fn_ignore_if_empty, mstc_fn_redact, mstc_fn_error;
mstc_fn_check mstc_check_switch;
/* encode.c */
mstc_fn mstc_fn_to_base64, mstc_fn_from_base64, mstc_fn_utf8_hex, mstc_fn_sid;
/* chance.c */
mstc_fn mstc_fn_guid, mstc_fn_random_string, mstc_fn_select_unique;
/* replace.c */
mstc_fn mstc_fn_replace;
mstc_fn_check mstc_check_replace;
/* dates.c */
mstc_fn mstc_fn_now, mstc_fn_cdate, mstc_fn_date_add, mstc_fn_date_diff, mstc_fn_date_from_num,
        mstc_fn_num_from_date, mstc_fn_format_date;
mstc_fn_check mstc_check_interval, mstc_check_format;

#endif
