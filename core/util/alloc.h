/* alloc.h - the one door to memory, so that a test can shut it.
 *
 * All of core takes memory here; sizes of 0 give a pointer; NULL means out of
 * memory.  mstc_alloc_fail_at(n) makes the n-th request from now fail (0 ends it)
 * and mstc_alloc_failed() tells whether it did.  Any thread. */
#ifndef MSTC_ALLOC_H
#define MSTC_ALLOC_H

#include <muster/abi.h>

MST_API void *mstc_alloc(size_t size);                     /* zeroed */
MST_API void *mstc_realloc(void *old, size_t size);
MST_API void *mstc_realloc_array(void *old, size_t count, size_t size);  /* checks overflow */
MST_API char *mstc_strdup(const char *text);
MST_API char *mstc_strndup(const char *text, size_t length);
MST_API void mstc_free(void *memory);                      /* takes NULL */
/* For memory that comes from elsewhere (mmap): counts as a request; when false, do
 * as if there were none. */
MST_API bool mstc_alloc_granted(void);
MST_API void mstc_alloc_fail_at(long n);
MST_API bool mstc_alloc_failed(void);

/* What is opened is closed by its declaration (only in .c files). */
#define MSTC_CLEANUP(drop) __attribute__((cleanup(drop)))

#endif
