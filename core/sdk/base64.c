/* base64.c - bytes as text and back; strict: padded, nothing between, no stray bits. */
#include "build.h"

#include <muster/base64.h>

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int
digit(char c)
{
        const char *at = c != '\0' ? strchr(digits, c) : NULL;

        return at != NULL ? (int)(at - digits) : -1;
}

char *
mst_base64_decode(struct mst_arena *arena, const char *text, size_t length, size_t *size)
{
        size_t padding = 0, out = 0;
        unsigned char *bytes;

        *size = 0;
        if (length % 4 != 0)
                return NULL;
        while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
                padding++;
        for (size_t i = 0; i < length - padding; i++)
                if (digit(text[i]) < 0)
                        return NULL;
        if ((padding == 1 && (digit(text[length - 2]) & 3) != 0)
            || (padding == 2 && (digit(text[length - 3]) & 15) != 0))
                return NULL;
        *size = length / 4 * 3 - padding;
        bytes = mst_arena_alloc(arena, *size + 1);
        if (bytes == NULL) {
                *size = 1;
                return NULL;
        }
        for (size_t i = 0; i < length; i += 4) {
                unsigned group = 0;

                for (size_t k = 0; k < 4; k++)
                        group = group << 6 | (text[i + k] != '=' ? (unsigned)digit(text[i + k]) : 0u);
                for (size_t k = 0; k < 3 && out < *size; k++)
                        bytes[out++] = (unsigned char)(group >> (16 - 8 * k) & 255u);
        }
        return (char *)bytes;
}

char *
mst_base64_encode(struct mst_arena *arena, const void *data, size_t size)
{
        const unsigned char *bytes = data;
        char *text = mst_arena_alloc(arena, (size + 2) / 3 * 4 + 1), *to = text;

        if (text == NULL)
                return NULL;
        for (size_t i = 0; i < size; i += 3) {
                size_t n = size - i < 3 ? size - i : 3;
                unsigned group = 0;

                for (size_t k = 0; k < 3; k++)
                        group = group << 8 | (k < n ? bytes[i + k] : 0u);
                *to++ = digits[group >> 18];
                *to++ = digits[group >> 12 & 63];
                *to++ = n > 1 ? digits[group >> 6 & 63] : '=';
                *to++ = n > 2 ? digits[group & 63] : '=';
        }
        return text;
}
