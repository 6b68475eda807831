/* names.h - the names that a file uses, and which of them somebody may have meant. */
#ifndef FIL_NAMES_H
#define FIL_NAMES_H

#include <muster/arena.h>

#define FIL_NAMES_MOST 1000u

struct fil_names {
        struct mst_arena *arena;             /* the caller's                           */
        const char *names[FIL_NAMES_MOST];
        size_t count;
};

/* Adds a copy unless it is there, without regard to case.  False: out of memory; what does
 * not fit is left out. */
bool fil_names_add(struct fil_names *names, const char *name);
bool fil_names_have(const struct fil_names *names, const char *name);

/* The one that comes near enough to be a slip of the pen, or NULL. */
const char *fil_names_near(const struct fil_names *names, const char *wrong);

#endif
