/* expr.h - the expression language: one text, compiled once, evaluated on records.
 *
 * A rule is true or false for a record and never fails on odd data; a mapping
 * yields a value, "ignore", or a failure for this record.  The language is that of
 * the rule-language sheet; pure: the clock, the random source and the look-up for
 * SelectUniqueValue come in with struct mstc_eval.
 *
 * A compiled expression is read-only and may be used by several threads at once,
 * each with its own struct mstc_eval. */
#ifndef MSTC_EXPR_H
#define MSTC_EXPR_H

#include <muster/arena.h>

#include "record/record.h"

enum mstc_mode { MSTC_RULE = 1, MSTC_MAPPING = 2 };

/* What the source says of its attributes; NULL type table: nothing is known. */
struct mstc_schema_attribute {
        const char *name;
        enum mst_type type;
        uint32_t flags;                      /* enum mst_attribute_flags               */
};
/* A further name for one of them, as pasted rules know it (facsimileTelephoneNumber). */
struct mstc_schema_alias {
        const char *name, *attribute;
};
struct mstc_schema {
        const struct mstc_schema_attribute *attributes;
        size_t count;
        bool closed;                         /* an unknown name deserves a warning     */
        bool of_groups;                      /* rules read group.name, not user.name   */
        const struct mstc_schema_alias *aliases;         /* may be NULL                */
        size_t alias_count;
};

/* What compiling found; 'offset' in bytes from the start of the text. */
struct mstc_finding {
        size_t offset, length;               /* the offending text                     */
        bool warning;
        const char *text;                    /* what is wrong: found, expected         */
        const char *remedy;                  /* or NULL                                */
        struct mstc_finding *next;
};

struct mstc_expr;

/* Compiles.  NULL when there are errors; '*findings' (in 'arena', in order of offset)
 * may also hold warnings on success.  Finds as many errors as it can in one go. */
struct mstc_expr *mstc_expr_compile(enum mstc_mode mode, const char *text, size_t length,
                                    const struct mstc_schema *schema, struct mst_arena *arena,
                                    struct mstc_finding **findings);
/* A rule made of others, each in parentheses: there direct reports may stand, too. */
struct mstc_expr *mstc_expr_compose(const char *text, size_t length, const struct mstc_schema *schema,
                                    struct mst_arena *arena, struct mstc_finding **findings);
void mstc_expr_free(struct mstc_expr *expr);
const char *mstc_expr_text(const struct mstc_expr *expr);

/* Names of the attributes that it reads, as the schema (else the text) spells them,
 * sorted, unique. */
const char *const *mstc_expr_reads(const struct mstc_expr *expr, size_t *count);
/* Its value can change with time alone / differs each time it is computed. */
bool mstc_expr_uses_now(const struct mstc_expr *expr);
bool mstc_expr_uses_random(const struct mstc_expr *expr);
bool mstc_expr_is_boolean(const struct mstc_expr *expr);
/* It says Redact(): the value must not be shown in logs, plans and previews. */
bool mstc_expr_is_redacted(const struct mstc_expr *expr);

/* Tests of the rule that are also true for whoever has no such value at all (-ne, -notIn and their
 * like), unless the rule asks beside them that there is one: the first 'room'; how many. */
struct mstc_negative {
        const char *attribute;               /* lives with the expression              */
        size_t offset, length;               /* of the test in the text                */
};
size_t mstc_expr_negatives(const struct mstc_expr *expr, struct mstc_negative *into, size_t room);

struct mstc_eval {
        int64_t now;                         /* system.now and Now(), one for a run    */
        struct mst_arena *arena;             /* for results and scratch                */
        int (*random)(void *self, void *bytes, size_t size);
        bool (*taken)(void *self, const char *value, size_t length);
        void *self;
        const char *why;                     /* why a mapping failed; for a rule NULL, but
                                              * when memory was out or a pattern's limit hit:
                                              * then the rule is false                 */
};

/* True or false. */
bool mstc_expr_test(const struct mstc_expr *expr, const struct mst_record *record,
                    struct mstc_eval *eval);

enum mstc_flow {
        MSTC_VALUE = 0,                      /* '*ret' is the value, maybe null        */
        MSTC_IGNORE_ATTRIBUTE,               /* neither write nor clear it             */
        MSTC_IGNORE_OBJECT,                  /* leave the whole object alone           */
        MSTC_FAILED                          /* eval->why says why; nothing may flow   */
};
enum mstc_flow mstc_expr_value(const struct mstc_expr *expr, const struct mst_record *record,
                               struct mstc_eval *eval, struct mst_value *ret);

/* The first instant after eval->now at which the outcome of a rule or a mapping can
 * change for this record by time alone; false: never. */
bool mstc_expr_wake(const struct mstc_expr *expr, const struct mst_record *record,
                    struct mstc_eval *eval, int64_t *ret);

/* A value as text, as CStr and string parameters see it (section 2): into 'arena'. */
const char *mstc_value_render(const struct mst_value *value, struct mst_arena *arena, size_t *length);

/* Simple case folding into 'arena', for comparing without regard to case. */
char *mstc_fold(const char *text, size_t length, struct mst_arena *arena, size_t *ret_length);

#endif
