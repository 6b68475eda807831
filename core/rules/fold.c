/* fold.c - simple case folding, with a straight road for ASCII.
 *
 * The fold of a code point is the lower case of its upper case: that brings the
 * letters together that CaseFolding.txt puts in one class (final sigma, long s, the
 * Kelvin sign), except for the two Turkish letters, which fold to themselves. */
#include "build.h"
#include "rules/fold.h"

#include <string.h>
#include <utf8proc.h>

#include "rules/expr.h"

static const unsigned char lower_ascii[128] = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
        26, 27, 28, 29, 30, 31, ' ', '!', '"', '#', '$', '%', '&', '\'', '(', ')', '*', '+', ',', '-',
        '.', '/', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', '@',
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's',
        't', 'u', 'v', 'w', 'x', 'y', 'z', '[', '\\', ']', '^', '_', '`',
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's',
        't', 'u', 'v', 'w', 'x', 'y', 'z', '{', '|', '}', '~', 127
};

int32_t
mstc_code_at(const char *text, size_t length, size_t *bytes)
{
        int32_t code;
        utf8proc_ssize_t n;

        if ((unsigned char)*text < 0x80) {
                *bytes = 1;
                return *text;
        }
        n = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &code);
        if (n > 0) {
                *bytes = (size_t)n;
                return code;
        }
        *bytes = 1;
        return 0xFFFD;
}

size_t
mstc_code_put(int32_t code, char *into)
{
        return (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)into);
}

int32_t
mstc_code_lower(int32_t code)
{
        return code < 0x80 ? lower_ascii[code & 0x7f] : utf8proc_tolower(code);
}

int32_t
mstc_code_upper(int32_t code)
{
        /* The library maps sharp s to its capital; UnicodeData.txt does not. */
        return code == 0xDF ? code : utf8proc_toupper(code);
}

int32_t
mstc_code_fold(int32_t code)
{
        if (code < 0x80)
                return lower_ascii[code & 0x7f];
        if (code == 0x130 || code == 0x131)
                return code;
        return utf8proc_tolower(utf8proc_toupper(code));
}

/* Eight bytes at once; false: not all are ASCII. */
static inline bool
fold_eight(const char *text, char *into)
{
        const uint64_t each = UINT64_C(0x0101010101010101);
        uint64_t all, from_a, past_z;

        memcpy(&all, text, sizeof all);
        if ((all & each * 0x80) != 0)
                return false;
        from_a = all + each * (0x80 - 'A');
        past_z = all + each * (0x7F - 'Z');
        all |= ((from_a ^ past_z) & each * 0x80) >> 2;
        memcpy(into, &all, sizeof all);
        return true;
}

size_t
mstc_fold_into(const char *text, size_t length, char *into)
{
        size_t n = 0, i = 0, bytes;

        while (i + 8 <= length && fold_eight(text + i, into + i))
                i += 8;
        /* The end once more, eight bytes of it, if all was ASCII so far. */
        if (i + 8 > length && length >= 8 && fold_eight(text + length - 8, into + length - 8))
                return length;
        n = i;
        while (i < length) {
                if ((unsigned char)text[i] < 0x80) {
                        into[n++] = (char)lower_ascii[(unsigned char)text[i++]];
                        continue;
                }
                n += mstc_code_put(mstc_code_fold(mstc_code_at(text + i, length - i, &bytes)), into + n);
                i += bytes;
        }
        return n;
}

static bool
is_ascii(const char *text, size_t length)
{
        unsigned char all = 0;

        for (size_t i = 0; i < length; i++)
                all |= (unsigned char)text[i];
        return all < 0x80;
}

char *
mstc_fold(const char *text, size_t length, struct mst_arena *arena, size_t *ret_length)
{
        /* Folding can make two bytes three, and a broken byte becomes U+FFFD. */
        size_t n, most = is_ascii(text, length) ? 1 : 3;
        char *into = length > (SIZE_MAX - 8) / 3 ? NULL : mst_arena_alloc(arena, most * length + 4);

        if (into == NULL)
                return NULL;
        n = mstc_fold_into(text, length, into);
        into[n] = '\0';
        if (ret_length != NULL)
                *ret_length = n;
        return into;
}

/* Bytes of 'text' that fold to all of 'folded', or SIZE_MAX. */
static size_t
walk(const char *text, size_t length, const char *folded, size_t folded_length)
{
        size_t i = 0, k = 0, bytes;

        while (k < folded_length) {
                unsigned char c;
                char code[4];
                size_t n;

                if (i == length)
                        return SIZE_MAX;
                c = (unsigned char)text[i];
                if (c < 0x80) {
                        if (lower_ascii[c] != (unsigned char)folded[k])
                                return SIZE_MAX;
                        i++;
                        k++;
                        continue;
                }
                n = mstc_code_put(mstc_code_fold(mstc_code_at(text + i, length - i, &bytes)), code);
                if (n > folded_length - k || memcmp(code, folded + k, n) != 0)
                        return SIZE_MAX;
                i += bytes;
                k += n;
        }
        return i;
}

bool
mstc_fold_equal(const char *text, size_t length, const char *folded, size_t folded_length)
{
        return walk(text, length, folded, folded_length) == length;
}

bool
mstc_fold_begins(const char *text, size_t length, const char *folded, size_t folded_length)
{
        return walk(text, length, folded, folded_length) != SIZE_MAX;
}

bool
mstc_fold_ends(const char *text, size_t length, const char *folded, size_t folded_length, size_t count)
{
        size_t at = length;

        for (; count > 0; count--) {
                if (at == 0)
                        return false;
                for (at--; at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80; at--)
                        ;
        }
        return walk(text + at, length - at, folded, folded_length) == length - at;
}

bool
mstc_fold_contains(const char *text, size_t length, const char *folded, size_t folded_length)
{
        char room[3 * MSTC_FOLD_SHORT + 4];

        return memmem(room, mstc_fold_into(text, length, room), folded, folded_length) != NULL;
}
