/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/arena.h> - memory with one lifetime.
 *
 * What is taken from an arena is given back all at once, by mst_arena_reset()
 * or mst_arena_free().  There is no current arena: it is always an argument,
 * and its name in a prototype is the ownership note.  All calls return NULL
 * when memory is out.  One thread at a time.
 */
#ifndef MUSTER_ARENA_H
#define MUSTER_ARENA_H

#include <stdarg.h>

#include <muster/abi.h>

MST_BEGIN

struct mst_arena;

/* 'block' is the size in bytes of the first block; 0 lets the arena choose. */
MST_API struct mst_arena *mst_arena_new(size_t block);

/* Frees everything; takes NULL. */
MST_API void mst_arena_free(struct mst_arena *arena);

/* Forgets everything, keeps the first block for reuse. */
MST_API void mst_arena_reset(struct mst_arena *arena);

/* 'size' bytes, zeroed, aligned for anything.  0 bytes give a pointer too. */
MST_API void *mst_arena_alloc(struct mst_arena *arena, size_t size);

/* Copies; the result of strndup and memdup is followed by a NUL byte. */
MST_API char *mst_arena_strdup(struct mst_arena *arena, const char *text);
MST_API char *mst_arena_strndup(struct mst_arena *arena, const char *text, size_t length);
MST_API void *mst_arena_memdup(struct mst_arena *arena, const void *bytes, size_t size);
MST_API char *mst_arena_printf(struct mst_arena *arena, const char *format, ...)
        MST_PRINTF(2, 3);

/* Bytes handed out since the last reset. */
MST_API size_t mst_arena_used(const struct mst_arena *arena);

MST_END_C
#endif
