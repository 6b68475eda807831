/* input.h - a file that is read once, from its start to its end, byte after byte.
 *
 * It knows which file it is (so that one that was replaced or written to meanwhile is
 * found out), where it stands (so that every complaint names a line and a byte), what is
 * no UTF-8, and the hash of all that was read. */
#ifndef FIL_INPUT_H
#define FIL_INPUT_H

#include <stdint.h>

#include <muster/error.h>

#define FIL_END (-1)

/* Which file, in which state.  Equal identities: the same content, as far as can be seen
 * without reading it. */
struct fil_identity {
        uint64_t device, inode, size;
        int64_t seconds, nanoseconds;        /* of the last change of its content      */
};

struct fil_hash {
        uint64_t high, low;
};

/* The first byte since fil_input_calm() that a text file does not hold. */
struct fil_trouble {
        const char *what;                    /* NULL: none                             */
        uint64_t line, byte;                 /* both counted from 1                    */
};

struct fil_input {
        const char *path;                    /* the caller's                           */
        int fd;
        struct fil_identity identity;        /* when it was opened                     */
        unsigned char *buffer;
        size_t have, at;
        uint64_t line, column;               /* of the next byte; the column from 0    */
        uint64_t offset;                     /* bytes taken                            */
        unsigned char first, last;           /* what may follow within a character     */
        unsigned wanted;                     /* bytes of the character still to come   */
        struct fil_trouble trouble;
        void *hash;
        int failed;                          /* errno of a read that failed            */
};

/* Opens a regular file.  The class says why not: MST_ENOTFOUND, MST_EPERM, MST_ENET. */
int fil_input_open(struct fil_input *in, const char *path, struct mst_error *err);
/* Takes one that was never opened, if it is zero. */
void fil_input_close(struct fil_input *in);

/* The next byte, or FIL_END: the end, or 'failed'. */
int fil_input_get(struct fil_input *in);
/* The next byte without taking it. */
int fil_input_peek(struct fil_input *in);
void fil_input_calm(struct fil_input *in);

/* Fails when the file is not any more what it was when it was opened. */
int fil_input_same(const struct fil_input *in, struct mst_error *err);
/* Of what has been read so far. */
struct fil_hash fil_input_hash(const struct fil_input *in);
/* The sentence for 'failed'. */
int fil_input_fail(const struct fil_input *in, struct mst_error *err);

/* UTF-8 without NUL? */
bool fil_is_text(const char *bytes, size_t size);

/* Which file 'path' is now.  False: it cannot be looked at (errno). */
bool fil_identity_of(const char *path, struct fil_identity *ret);
bool fil_identity_equal(const struct fil_identity *a, const struct fil_identity *b);

#endif
