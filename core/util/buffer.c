/* buffer.c - bytes that grow by doubling, always with a NUL behind them. */
#include "build.h"

#include "util/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"

/* Room for 'more' bytes and the NUL. */
static bool
grow(struct mstc_buffer *buffer, size_t more)
{
        size_t room = buffer->room > 0 ? buffer->room : 64;
        size_t need;
        char *bytes;

        if (buffer->failed)
                return false;
        if (buffer->room - buffer->length > more)
                return true;
        if (more > SIZE_MAX / 4 || buffer->length > SIZE_MAX / 4) {
                buffer->failed = true;
                return false;
        }
        need = buffer->length + more + 1;
        while (room < need)
                room *= 2;
        bytes = mstc_realloc(buffer->bytes, room);
        if (bytes == NULL) {
                buffer->failed = true;
                return false;
        }
        buffer->bytes = bytes;
        buffer->room = room;
        return true;
}

void
mstc_buffer_add(struct mstc_buffer *buffer, const void *bytes, size_t size)
{
        if (!grow(buffer, size))
                return;
        if (size > 0)
                memcpy(buffer->bytes + buffer->length, bytes, size);
        buffer->length += size;
        buffer->bytes[buffer->length] = '\0';
}

char *
mstc_buffer_reserve(struct mstc_buffer *buffer, size_t size)
{
        char *at;

        if (!grow(buffer, size))
                return NULL;
        at = buffer->bytes + buffer->length;
        buffer->length += size;
        buffer->bytes[buffer->length] = '\0';
        return at;
}

void
mstc_buffer_text(struct mstc_buffer *buffer, const char *text)
{
        mstc_buffer_add(buffer, text, strlen(text));
}

void
mstc_buffer_char(struct mstc_buffer *buffer, char c)
{
        if (!grow(buffer, 1))
                return;
        buffer->bytes[buffer->length++] = c;
        buffer->bytes[buffer->length] = '\0';
}

void
mstc_buffer_printf(struct mstc_buffer *buffer, const char *format, ...)
{
        va_list args;
        int n;

        if (!grow(buffer, 64))
                return;
        va_start(args, format);
        n = vsnprintf(buffer->bytes + buffer->length, buffer->room - buffer->length, format, args);
        va_end(args);
        if (n < 0) {
                buffer->bytes[buffer->length] = '\0';
                buffer->failed = true;
                return;
        }
        if ((size_t)n >= buffer->room - buffer->length) {
                buffer->bytes[buffer->length] = '\0';
                if (!grow(buffer, (size_t)n))
                        return;
                va_start(args, format);
                vsnprintf(buffer->bytes + buffer->length, (size_t)n + 1, format, args);
                va_end(args);
        }
        buffer->length += (size_t)n;
}

void
mstc_buffer_varint(struct mstc_buffer *buffer, uint64_t number)
{
        unsigned char bytes[10];
        size_t n = 0;

        while (number >= 0x80) {
                bytes[n++] = (unsigned char)(number | 0x80);
                number >>= 7;
        }
        bytes[n++] = (unsigned char)number;
        mstc_buffer_add(buffer, bytes, n);
}

bool
mstc_buffer_ok(const struct mstc_buffer *buffer)
{
        return !buffer->failed;
}

const char *
mstc_buffer_cstr(const struct mstc_buffer *buffer)
{
        return buffer->bytes != NULL ? buffer->bytes : "";
}

void
mstc_buffer_clear(struct mstc_buffer *buffer)
{
        buffer->length = 0;
        buffer->failed = false;
        if (buffer->bytes != NULL)
                buffer->bytes[0] = '\0';
}

void
mstc_buffer_done(struct mstc_buffer *buffer)
{
        mstc_free(buffer->bytes);
        *buffer = (struct mstc_buffer){ 0 };
}

char *
mstc_buffer_take(struct mstc_buffer *buffer)
{
        char *bytes = NULL;

        if (!buffer->failed && buffer->bytes == NULL)
                bytes = mstc_strdup("");
        else if (!buffer->failed) {
                bytes = buffer->bytes;
                buffer->bytes = NULL;
        }
        mstc_buffer_done(buffer);
        return bytes;
}
