/* types.h - of which type the values of a column are, as the admin wrote it. */
#ifndef FIL_TYPES_H
#define FIL_TYPES_H

#include <muster/arena.h>
#include <muster/error.h>
#include <muster/value.h>

struct fil_type {
        enum mst_type type;
        bool many;
        bool given;                          /* by the admin, or known for this name   */
};

struct fil_types {
        const char **names;
        struct fil_type *types;
        size_t count;
};

/* "accountEnabled=boolean", "proxyAddresses=list", "directReports=reference-list" ... */
int fil_types_parse(char *const *words, struct mst_arena *arena, struct fil_types *ret, struct mst_error *err);

/* The type of 'name', without regard to case: text when nothing is said of it, but
 * accountEnabled is a boolean and manager a reference. */
struct fil_type fil_types_find(const struct fil_types *types, const char *name);

#endif
