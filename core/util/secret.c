/* secret.c - bytes in pages of their own.
 *
 * A secret is one anonymous mapping: the struct and the bytes behind it.  Nothing
 * else lies there, so that locking, leaving out of core files and zeroing concern
 * the secret alone.  Where locking is not allowed (RLIMIT_MEMLOCK) it still works. */
#include "build.h"

#include <muster/secret.h>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/alloc.h"

struct mst_secret {
        size_t mapped;
        size_t size;
        char bytes[];                        /* a NUL follows */
};

struct mst_secret *
mst_secret_new(const void *bytes, size_t size)
{
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        size_t mapped;
        struct mst_secret *secret;

        if (size > SIZE_MAX / 2 || !mstc_alloc_granted())
                return NULL;
        mapped = (sizeof *secret + size + 1 + page - 1) / page * page;
        secret = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (secret == MAP_FAILED)
                return NULL;
#ifdef MADV_DONTDUMP
        (void)madvise(secret, mapped, MADV_DONTDUMP);
#endif
        (void)mlock(secret, mapped);
        secret->mapped = mapped;
        secret->size = size;
        if (size > 0)
                memcpy(secret->bytes, bytes, size);
        return secret;
}

void
mst_secret_free(struct mst_secret *secret)
{
        size_t mapped;

        if (secret == NULL)
                return;
        mapped = secret->mapped;
        explicit_bzero(secret, mapped);
        munmap(secret, mapped);
}

const char *
mst_secret_reveal(const struct mst_secret *secret)
{
        return secret != NULL ? secret->bytes : "";
}

size_t
mst_secret_size(const struct mst_secret *secret)
{
        return secret != NULL ? secret->size : 0;
}

bool
mst_secret_equal(const struct mst_secret *a, const struct mst_secret *b)
{
        size_t differs;

        if (a == NULL || b == NULL)
                return a == b;
        differs = a->size ^ b->size;
        /* Always all of 'a'; the NUL behind 'b' keeps the modulus above 0. */
        for (size_t i = 0; i < a->size; i++)
                differs |= (unsigned char)(a->bytes[i] ^ b->bytes[i % (b->size + 1)]);
        return differs == 0;
}

void
mst_secret_wipe(void *bytes, size_t size)
{
        if (bytes != NULL)
                explicit_bzero(bytes, size);
}
