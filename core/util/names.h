/* names.h - names that many records of one arena share.
 *
 * The people of a page have the same attributes: each name is kept once, and whoever compares
 * the names of many records may look at the pointers first. */
#ifndef MSTC_NAMES_H
#define MSTC_NAMES_H

#include <stdbool.h>

#include <muster/arena.h>

/* A copy of 'name' (of 'length' bytes, and a NUL) in the arena: the one that is there already, as
 * a rule.  NULL: out of memory. */
MST_API const char *mstc_arena_name(struct mst_arena *arena, const char *name, size_t length);
/* The arena holds so much that there may be such names. */
MST_API bool mstc_arena_has_names(const struct mst_arena *arena);

#endif
