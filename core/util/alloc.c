/* alloc.c - the one door to memory.
 *
 * A test shuts it: after mstc_alloc_fail_at(n) the n-th request gets NULL and all
 * later ones go through again, so that a torture loop proves each failure alone.
 * The countdown is the only state here, and costs one relaxed load when unused. */
#include "build.h"

#include "util/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long countdown;                /* 0: nothing fails */
static atomic_bool failed;

bool
mstc_alloc_granted(void)
{
        long left = atomic_load_explicit(&countdown, memory_order_relaxed);

        while (left > 0)
                if (atomic_compare_exchange_weak(&countdown, &left, left - 1)) {
                        if (left > 1)
                                return true;
                        atomic_store(&failed, true);
                        return false;
                }
        return true;
}

void *
mstc_alloc(size_t size)
{
        return mstc_alloc_granted() ? calloc(1, size > 0 ? size : 1) : NULL;
}

void *
mstc_realloc(void *old, size_t size)
{
        return mstc_alloc_granted() ? realloc(old, size > 0 ? size : 1) : NULL;
}

void *
mstc_realloc_array(void *old, size_t count, size_t size)
{
        size_t bytes;

        if (__builtin_mul_overflow(count, size, &bytes))
                return NULL;
        return mstc_realloc(old, bytes);
}

char *
mstc_strdup(const char *text)
{
        return mstc_strndup(text, strlen(text));
}

char *
mstc_strndup(const char *text, size_t length)
{
        char *copy;

        if (length == SIZE_MAX)
                return NULL;
        copy = mstc_realloc(NULL, length + 1);
        if (copy == NULL)
                return NULL;
        if (length > 0)
                memcpy(copy, text, length);
        copy[length] = '\0';
        return copy;
}

void
mstc_free(void *memory)
{
        free(memory);
}

void
mstc_alloc_fail_at(long n)
{
        atomic_store(&failed, false);
        atomic_store(&countdown, n > 0 ? n : 0);
}

bool
mstc_alloc_failed(void)
{
        return atomic_load(&failed);
}
