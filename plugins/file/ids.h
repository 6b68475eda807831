/* ids.h - which ids a file has named so far, and in which line.
 *
 * The ids themselves are not kept but 128 bits of their hash, with a secret drawn for each
 * set: 24 bytes an id, half of the room filled at most.  A million ids take 50 to 100 MB. */
#ifndef FIL_IDS_H
#define FIL_IDS_H

#include <muster/host.h>

struct fil_ids;

/* NULL with a sentence when memory is out or there is no randomness. */
struct fil_ids *fil_ids_new(struct mst_host *host, struct mst_error *err);
void fil_ids_free(struct fil_ids *ids);              /* takes NULL */

/* 0: it is new, and noted; otherwise the line in which it was noted first.  UINT64_MAX: out
 * of memory, nothing noted. */
uint64_t fil_ids_note(struct fil_ids *ids, const char *id, size_t length, uint64_t line);

#endif
