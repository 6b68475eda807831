/* set.h - a set of dense numbers (entries), compressed by chunks.
 *
 * Numbers 0 to 2^32-1, cut in chunks of 4,096.  A chunk is a sorted list of 16 bit
 * offsets while it is thin and a bitmap of 512 bytes when it is full; an empty one
 * costs nothing.  mstc_set_chunk_pack() gives a chunk's stored form, so that a
 * changed member rewrites one small row.  Operations that can fail return false
 * when memory is out and leave the set usable.  One thread at a time. */
#ifndef MSTC_SET_H
#define MSTC_SET_H

#include <muster/abi.h>

#define MSTC_SET_CHUNK 4096u

struct mstc_set;
struct mstc_buffer;

MST_API struct mstc_set *mstc_set_new(void);
MST_API struct mstc_set *mstc_set_copy(const struct mstc_set *set);
MST_API void mstc_set_free(struct mstc_set *set);
MST_API bool mstc_set_add(struct mstc_set *set, uint32_t number);      /* already there: true */
MST_API void mstc_set_remove(struct mstc_set *set, uint32_t number);
MST_API void mstc_set_clear(struct mstc_set *set);                     /* all go */
MST_API bool mstc_set_has(const struct mstc_set *set, uint32_t number);
MST_API uint64_t mstc_set_count(const struct mstc_set *set);
/* The first member >= '*number'; false when there is none. */
MST_API bool mstc_set_next(const struct mstc_set *set, uint32_t *number);
MST_API bool mstc_set_union(struct mstc_set *into, const struct mstc_set *other);
MST_API bool mstc_set_intersect(struct mstc_set *into, const struct mstc_set *other);
MST_API bool mstc_set_subtract(struct mstc_set *into, const struct mstc_set *other);
/* The first chunk >= '*chunk' that has members. */
MST_API bool mstc_set_next_chunk(const struct mstc_set *set, uint32_t *chunk);
/* Appends the stored form; nothing for an empty chunk.  unpack replaces a chunk and
 * refuses (false) bytes that pack cannot have made; the chunk is then clean. */
MST_API void mstc_set_chunk_pack(const struct mstc_set *set, uint32_t chunk, struct mstc_buffer *into);
MST_API bool mstc_set_chunk_unpack(struct mstc_set *set, uint32_t chunk, const void *bytes, size_t size);
/* Chunks changed since the last mstc_set_clean(), in order, as mstc_set_next_chunk. */
MST_API bool mstc_set_next_dirty(const struct mstc_set *set, uint32_t *chunk);
MST_API void mstc_set_clean(struct mstc_set *set);

#endif
