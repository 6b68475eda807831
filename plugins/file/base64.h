/* base64.h - RFC 4648, section 4, as LDIF uses it. */
#ifndef FIL_BASE64_H
#define FIL_BASE64_H

#include <muster/arena.h>

/* '*size' bytes in 'arena', a NUL behind them.  NULL: not base64 ('*size' is 0), or out of
 * memory ('*size' is not). */
char *fil_base64_decode(struct mst_arena *arena, const char *text, size_t length, size_t *size);

/* NUL-terminated; NULL: out of memory. */
char *fil_base64_encode(struct mst_arena *arena, const char *bytes, size_t size);

#endif
