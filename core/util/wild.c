/* wild.c - matching without going back.
 *
 * Row i of a table holds how far into the name the first i bytes of the pattern can
 * reach; only the present row and the next one are kept.  No pattern can make this
 * slower than the product of the two lengths. */
#include "build.h"

#include "util/wild.h"

#include <string.h>

#define MOST 1000

static size_t
character(const char *at)
{
        size_t length = 1;

        while (((unsigned char)at[length] & 0xC0) == 0x80)
                length++;
        return at[0] == '\0' ? 0 : length;
}

bool
mstc_wild_match(const char *pattern, const char *name)
{
        bool rows[2][MOST + 8] = { { false } };
        bool *now = rows[0], *next = rows[1];
        size_t length = strlen(name);

        if (length > MOST || strlen(pattern) > MOST)
                return false;
        now[0] = true;
        for (;; pattern++) {
                for (size_t j = 0; j <= length; j++) {
                        if (!now[j])
                                continue;
                        if (name[j] == '*')                         /* stands for nothing  */
                                now[j + 1] = true;
                        if (*pattern == '*') {
                                next[j] = true;                     /* nothing, or one more */
                                if (j < length)
                                        now[j + 1] = true;
                        } else if (name[j] == '*' && *pattern != '\0') {
                                next[j] = true;                     /* eats the pattern's byte */
                        } else if (*pattern == '?') {
                                next[j + character(name + j)] |= j < length;
                        } else if (*pattern != '\0' && name[j] == *pattern) {
                                next[j + 1] = true;
                        }
                }
                if (*pattern == '\0')
                        return now[length];
                memcpy(now, next, sizeof rows[0]);
                memset(next, 0, sizeof rows[0]);
        }
}
