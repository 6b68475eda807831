/* tar.c - see tar.h.  A header of 512 bytes with numbers in octal, the bytes, zeros up to the next
 * 512; two blocks of zeros end it.  The header is written when the size is known. */
#include "build.h"

#include "cli/tar.h"

#include <string.h>

#define BLOCK 512u

struct header {
        char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], check[8], type, link[100], magic[6], version[2];
        char user[32], group[32], major[8], minor[8], prefix[155], pad[12];
};
_Static_assert(sizeof (struct header) == BLOCK, "a tar header has 512 bytes");

bool
mstc_tar_begin(struct mstc_tar *tar, const char *name)
{
        static const char zeros[BLOCK];

        snprintf(tar->name, sizeof tar->name, "%s", name);
        tar->header = ftell(tar->file);
        return tar->header >= 0 && fwrite(zeros, 1, BLOCK, tar->file) == BLOCK;
}

bool
mstc_tar_end(struct mstc_tar *tar)
{
        static const char zeros[BLOCK];
        struct header h = { .type = '0', .magic = "ustar", .version = { '0', '0' } };
        long end = ftell(tar->file), size = end - tar->header - (long)BLOCK;
        size_t pad = size > 0 ? (BLOCK - (size_t)size % BLOCK) % BLOCK : 0;
        unsigned sum = 0;

        if (end < 0 || size < 0 || (unsigned long)size > 077777777777ul)
                return false;
        memcpy(h.name, tar->name, sizeof h.name);
        snprintf(h.mode, sizeof h.mode, "%07o", 0600u);
        snprintf(h.uid, sizeof h.uid, "%07o", 0u);
        snprintf(h.gid, sizeof h.gid, "%07o", 0u);
        snprintf(h.size, sizeof h.size, "%011lo", (unsigned long)size);
        snprintf(h.mtime, sizeof h.mtime, "%011lo", (unsigned long)(tar->now & 077777777777));
        memset(h.check, ' ', sizeof h.check);
        for (size_t i = 0; i < BLOCK; i++)
                sum += ((const unsigned char *)&h)[i];
        snprintf(h.check, 7, "%06o", sum & 0777777);
        h.check[7] = ' ';
        return fwrite(zeros, 1, pad, tar->file) == pad && fseek(tar->file, tar->header, SEEK_SET) == 0
            && fwrite(&h, 1, BLOCK, tar->file) == BLOCK && fseek(tar->file, 0, SEEK_END) == 0;
}

bool
mstc_tar_close(struct mstc_tar *tar)
{
        static const char zeros[2 * BLOCK];

        return fwrite(zeros, 1, sizeof zeros, tar->file) == sizeof zeros && fflush(tar->file) == 0;
}
