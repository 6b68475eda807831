/* base64.c - bytes as text: the parts of an assertion, the claims of a challenge.
 *
 * Written is only the URL alphabet without padding (RFC 7515).  Read is what services
 * were seen to send: either alphabet, padding or none. */
#include <string.h>

#include "signin.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *
entra_base64_write(struct mst_arena *arena, const void *bytes, size_t size)
{
        const unsigned char *from = bytes;
        char *text = mst_arena_alloc(arena, size / 3 * 4 + 5), *to = text;

        if (text == NULL)
                return NULL;
        for (size_t i = 0; i < size; i += 3) {
                size_t left = size - i;
                uint32_t group = (uint32_t)from[i] << 16 | (left > 1 ? (uint32_t)from[i + 1] << 8 : 0)
                        | (left > 2 ? from[i + 2] : 0);

                *to++ = alphabet[group >> 18];
                *to++ = alphabet[group >> 12 & 63];
                if (left > 1)
                        *to++ = alphabet[group >> 6 & 63];
                if (left > 2)
                        *to++ = alphabet[group & 63];
        }
        *to = '\0';
        return text;
}

static int
value_of(char c)
{
        const char *at;

        if (c == '+')
                return 62;
        if (c == '/')
                return 63;
        at = c != '\0' ? strchr(alphabet, c) : NULL;
        return at != NULL ? (int)(at - alphabet) : -1;
}

char *
entra_base64_read(struct mst_arena *arena, const char *text, size_t length, size_t *size)
{
        char *bytes, *to;
        uint32_t bits = 0;
        int count = 0;

        while (length > 0 && text[length - 1] == '=')
                length--;
        bytes = to = length % 4 == 1 ? NULL : mst_arena_alloc(arena, length / 4 * 3 + 4);
        if (bytes == NULL)
                return NULL;
        for (size_t i = 0; i < length; i++) {
                int value = value_of(text[i]);

                if (value < 0)
                        return NULL;
                bits = bits << 6 | (uint32_t)value;
                count += 6;
                if (count >= 8) {
                        count -= 8;
                        *to++ = (char)(bits >> count & 0xff);
                }
        }
        *size = (size_t)(to - bytes);
        *to = '\0';
        return bytes;
}
