/* values.h - the engine's values as LDAP writes them. */
#ifndef LDP_VALUES_H
#define LDP_VALUES_H

#include <ldap.h>

#include <muster/arena.h>
#include <muster/error.h>
#include <muster/value.h>

struct ldp_schema;

/* A list of values: pointers end with NULL; bytes are borrowed from the engine's value
 * or lie in the arena. */
struct ldp_values {
        struct berval **list;
        size_t count;
};

/* One value that is neither list nor object.  MST_EREFUSED: LDAP cannot hold it. */
int ldp_value_write(struct mst_arena *arena, const struct mst_value *value, struct berval *ret,
                    struct mst_error *err);

/* All of them; nulls and empty texts are left out, what is there twice stands once (as
 * the attribute compares, where the schema is known). */
int ldp_values_write(struct mst_arena *arena, const struct ldp_schema *schema, const char *name,
                     const struct mst_value *value, struct ldp_values *ret, struct mst_error *err);

/* One text as a list of one. */
bool ldp_values_text(struct mst_arena *arena, const char *text, struct ldp_values *ret);

/* Same bytes, or the same without regard to case and blanks. */
bool ldp_value_same(const struct berval *a, const struct berval *b, bool exact);

/* Those of 'list' that 'other' does not have; 'ret' may be either. */
bool ldp_values_without(struct mst_arena *arena, const struct ldp_values *list, const struct ldp_values *other,
                        bool exact, struct ldp_values *ret);

/* What a comparison looks at: blanks at the ends gone, those between single, with 'fold'
 * ASCII letters small.  NULL: out of memory. */
char *ldp_value_key(struct mst_arena *arena, const struct berval *value, bool fold, size_t *length);

#endif
