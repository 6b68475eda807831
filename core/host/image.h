/* image.h - the memory of one loaded object, so that a plugin's tables are only
 * followed where there is something. */
#ifndef MSTC_IMAGE_H
#define MSTC_IMAGE_H

#include <muster/abi.h>

struct mstc_image {
        struct { uintptr_t from, to; } spans[16];
        size_t count;
};

/* The object in which 'address' lies. */
bool mstc_image_of(const void *address, struct mstc_image *ret);
/* All 'size' bytes lie in it. */
bool mstc_image_has(const struct mstc_image *image, const void *at, size_t size);
/* A text of at most 'most' bytes that ends within it. */
bool mstc_image_text(const struct mstc_image *image, const char *text, size_t most);

#endif
