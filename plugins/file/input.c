/* SPDX-License-Identifier: Apache-2.0
 *
 * input.c - reading a file once, with an eye on what it is.
 *
 *   open    a regular file only: a FIFO would wait for ever, a folder cannot be read
 *   get     a byte; counts lines, follows UTF-8 (RFC 3629), feeds the hash
 *   same    the descriptor and the path still show the file that was opened
 *
 * Bytes that are no UTF-8 do not stop the reading: whoever reads rows asks after each one
 * and puts that row aside. */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#define ROOM (64u * 1024u)

static void
identify(const struct stat *st, struct fil_identity *ret)
{
        *ret = (struct fil_identity){ .device = (uint64_t)st->st_dev, .inode = (uint64_t)st->st_ino,
                                      .size = (uint64_t)st->st_size, .seconds = (int64_t)st->st_mtim.tv_sec,
                                      .nanoseconds = (int64_t)st->st_mtim.tv_nsec };
}

bool
fil_identity_of(const char *path, struct fil_identity *ret)
{
        struct stat st;

        if (stat(path, &st) != 0)
                return false;
        identify(&st, ret);
        return true;
}

bool
fil_identity_equal(const struct fil_identity *a, const struct fil_identity *b)
{
        return a->device == b->device && a->inode == b->inode && a->size == b->size
               && a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

static int
cannot_open(const char *path, struct mst_error *err)
{
        int why = errno;

        if (why == ENOENT || why == ENOTDIR)
                return mst_fail(err, MST_ENOTFOUND, "there is no file '%s': has it not been handed over yet, or is the "
                                "path wrong?", path);
        if (why == EACCES || why == EPERM)
                return mst_fail(err, MST_EPERM, "the file '%s' cannot be opened: %s; the user who runs Muster needs to "
                                "read it and to pass the folders above it", path, strerror(why));
        return mst_fail(err, MST_ENET, "the file '%s' cannot be opened: %s", path, strerror(why));
}

int
fil_input_open(struct fil_input *in, const char *path, struct mst_error *err)
{
        struct stat st;

        *in = (struct fil_input){ .path = path, .line = 1 };
        /* Without O_NONBLOCK a FIFO is waited for before it can be seen to be one. */
        in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (in->fd < 0) {
                in->path = NULL;
                return cannot_open(path, err);
        }
        if (fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
                fil_input_close(in);
                return mst_fail(err, MST_ECONFIG, "'%s' is not a regular file: name the file itself", path);
        }
        identify(&st, &in->identity);
        in->buffer = malloc(ROOM);
        in->hash = XXH3_createState();
        if (in->buffer == NULL || in->hash == NULL || XXH3_128bits_reset(in->hash) != XXH_OK) {
                fil_input_close(in);
                return mst_fail_memory(err, "opening a file");
        }
        return MST_OK;
}

void
fil_input_close(struct fil_input *in)
{
        if (in->path == NULL)
                return;
        close(in->fd);
        free(in->buffer);
        if (in->hash != NULL)
                XXH3_freeState(in->hash);
        *in = (struct fil_input){ 0 };
}

static bool
fill(struct fil_input *in)
{
        ssize_t n;

        if (in->failed != 0)
                return false;
        do
                n = read(in->fd, in->buffer, ROOM);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                in->failed = errno != 0 ? errno : EIO;
        in->at = 0;
        in->have = n > 0 ? (size_t)n : 0;
        if (n > 0)
                XXH3_128bits_update(in->hash, in->buffer, in->have);
        return n > 0;
}

static void
trouble(struct fil_input *in, const char *what)
{
        if (in->trouble.what == NULL)
                in->trouble = (struct fil_trouble){ what, in->line, in->column + 1 };
}

/* The first byte of a character, or one that cannot be. */
static void
begin_character(struct fil_input *in, unsigned char c)
{
        in->first = 0x80;
        in->last = 0xbf;
        if (c == 0)
                trouble(in, "a NUL byte");
        else if (c < 0x80)
                return;
        else if (c >= 0xc2 && c <= 0xdf)
                in->wanted = 1;
        else if (c >= 0xe0 && c <= 0xef)
                in->wanted = 2;
        else if (c >= 0xf0 && c <= 0xf4)
                in->wanted = 3;
        else
                trouble(in, "not UTF-8");
        if (c == 0xe0)
                in->first = 0xa0;
        else if (c == 0xf0)
                in->first = 0x90;
        else if (c == 0xed)
                in->last = 0x9f;
        else if (c == 0xf4)
                in->last = 0x8f;
}

static void
follow(struct fil_input *in, unsigned char c)
{
        if (in->wanted > 0 && c >= in->first && c <= in->last) {
                in->wanted--;
                in->first = 0x80;
                in->last = 0xbf;
                return;
        }
        if (in->wanted > 0)
                trouble(in, "not UTF-8");
        in->wanted = 0;
        begin_character(in, c);
}

bool
fil_is_text(const char *bytes, size_t size)
{
        struct fil_input in = { 0 };

        for (size_t i = 0; i < size && in.trouble.what == NULL; i++)
                follow(&in, (unsigned char)bytes[i]);
        return in.trouble.what == NULL && in.wanted == 0;
}

int
fil_input_get(struct fil_input *in)
{
        unsigned char c;

        if (in->at == in->have && !fill(in)) {
                if (in->wanted > 0)
                        trouble(in, "not UTF-8");
                in->wanted = 0;
                return FIL_END;
        }
        c = in->buffer[in->at++];
        in->offset++;
        if (c >= 0x80 || c == 0 || in->wanted > 0)
                follow(in, c);
        if (c == '\n') {
                in->line++;
                in->column = 0;
        } else {
                in->column++;
        }
        return c;
}

int
fil_input_peek(struct fil_input *in)
{
        if (in->at == in->have && !fill(in))
                return FIL_END;
        return in->buffer[in->at];
}

void
fil_input_calm(struct fil_input *in)
{
        in->trouble = (struct fil_trouble){ 0 };
}

int
fil_input_same(const struct fil_input *in, struct mst_error *err)
{
        struct fil_identity now;
        struct stat st;

        if (fstat(in->fd, &st) != 0)
                return mst_fail(err, MST_ENET, "the file '%s' cannot be looked at: %s", in->path, strerror(errno));
        identify(&st, &now);
        if (!fil_identity_equal(&now, &in->identity))
                return mst_fail(err, MST_ENET, "the file '%s' was written to while it was read: hand it over under "
                                "another name and rename it when it is whole", in->path);
        if (!fil_identity_of(in->path, &now) || !fil_identity_equal(&now, &in->identity))
                return mst_fail(err, MST_ENET, "the file '%s' was replaced or removed while it was read; the next run "
                                "reads it anew", in->path);
        return MST_OK;
}

struct fil_hash
fil_input_hash(const struct fil_input *in)
{
        XXH128_hash_t hash = XXH3_128bits_digest(in->hash);

        return (struct fil_hash){ hash.high64, hash.low64 };
}

int
fil_input_fail(const struct fil_input *in, struct mst_error *err)
{
        return mst_fail(err, MST_ENET, "the file '%s' cannot be read: %s", in->path, strerror(in->failed));
}
