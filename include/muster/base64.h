/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/base64.h> - bytes as text and back (RFC 4648, section 4), strictly: padded, nothing
 * between, no stray bits.  Any thread; no state.
 */
#ifndef MUSTER_BASE64_H
#define MUSTER_BASE64_H

#include <muster/arena.h>

MST_BEGIN

/* '*size' bytes in 'arena', a NUL behind them.  NULL: not base64 ('*size' is 0), or out of
 * memory ('*size' is not). */
MST_API char *mst_base64_decode(struct mst_arena *arena, const char *text, size_t length, size_t *size);

/* NUL-terminated, in 'arena'; NULL: out of memory. */
MST_API char *mst_base64_encode(struct mst_arena *arena, const void *bytes, size_t size);

MST_END_C
#endif
