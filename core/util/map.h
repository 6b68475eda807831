/* map.h - from text to a pointer.
 *
 * Open addressing, keys hashed with a seed drawn at start, so that nobody outside
 * can choose colliding ones.  Keys are copied; values are the caller's.  One
 * thread at a time. */
#ifndef MSTC_MAP_H
#define MSTC_MAP_H

#include <muster/abi.h>

struct mstc_map;

MST_API struct mstc_map *mstc_map_new(void);
MST_API void mstc_map_free(struct mstc_map *map);
/* NULL value removes.  False: out of memory, nothing changed. */
MST_API bool mstc_map_put(struct mstc_map *map, const char *key, void *value);
MST_API void *mstc_map_get(const struct mstc_map *map, const char *key);
MST_API size_t mstc_map_count(const struct mstc_map *map);
/* Walks in no order: start with *at = 0; false at the end. */
MST_API bool mstc_map_each(const struct mstc_map *map, size_t *at, const char **key, void **value);

#endif
