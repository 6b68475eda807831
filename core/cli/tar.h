/* tar.h - a tar archive (ustar), part by part, into a file that can be sought in. */
#ifndef MSTC_TAR_H
#define MSTC_TAR_H

#include <stdio.h>

#include <muster/abi.h>

struct mstc_tar {
        FILE *file;
        long header;                         /* of the part that is being written      */
        char name[100];
        int64_t now;                         /* seconds, the time of all parts         */
};

/* begin, then write to tar->file, then end; close after the last.  False: it cannot be written. */
bool mstc_tar_begin(struct mstc_tar *tar, const char *name);
bool mstc_tar_end(struct mstc_tar *tar);
bool mstc_tar_close(struct mstc_tar *tar);

#endif
