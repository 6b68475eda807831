/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/secret.h> - a password, key or token.
 *
 * The bytes lie in pages of their own that are kept out of core files and, as
 * far as the system allows, out of swap, and are zeroed when the secret ends.
 * There is no way to print one: reveal it at the one place that sends it.
 * Any thread may read; who owns it frees it.
 */
#ifndef MUSTER_SECRET_H
#define MUSTER_SECRET_H

#include <muster/abi.h>

MST_BEGIN

struct mst_secret;

/* Copies 'size' bytes; NULL when memory is out.  Zero the source afterwards
 * with mst_secret_wipe(). */
MST_API struct mst_secret *mst_secret_new(const void *bytes, size_t size);

/* Zeroes and frees; takes NULL. */
MST_API void mst_secret_free(struct mst_secret *secret);

/* The bytes, followed by a NUL; they belong to the secret.  "" for NULL. */
MST_API const char *mst_secret_reveal(const struct mst_secret *secret);
MST_API size_t mst_secret_size(const struct mst_secret *secret);

/* Same bytes?  Takes the same time whatever they are.  NULL equals only NULL. */
MST_API bool mst_secret_equal(const struct mst_secret *a, const struct mst_secret *b);

/* Overwrites memory in a way that the compiler does not remove. */
MST_API void mst_secret_wipe(void *bytes, size_t size);

MST_END_C
#endif
