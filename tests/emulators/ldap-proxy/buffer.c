/* buffer.c - bytes on their way.  What is taken moves the rest to the front: messages are
 * small, and a clear picture is worth more here than a ring. */
#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buffer_put(struct buffer *b, const void *bytes, size_t count)
{
        size_t room = b->room != 0 ? b->room : 4096;
        unsigned char *more;

        if (count == 0)
                return;
        while (room - b->length < count)
                room *= 2;
        if (room != b->room) {
                more = realloc(b->bytes, room);
                if (more == NULL) {
                        fprintf(stderr, "ldap-proxy: no memory for %zu bytes\n", room);
                        exit(1);
                }
                b->bytes = more;
                b->room = room;
        }
        memcpy(b->bytes + b->length, bytes, count);
        b->length += count;
}

void
buffer_take(struct buffer *b, size_t count)
{
        if (count > b->length)
                count = b->length;
        b->length -= count;
        if (b->length > 0)
                memmove(b->bytes, b->bytes + count, b->length);
}

void
buffer_drop(struct buffer *b)
{
        free(b->bytes);
        *b = (struct buffer){ 0 };
}
