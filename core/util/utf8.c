/* utf8.c - well-formed or not, how many characters, how many columns.
 *
 * One table-free decoder serves all; ASCII, which is nearly everything, is passed over
 * eight bytes at a time before it is asked. */
#include "build.h"

#include "util/utf8.h"

#include <stdio.h>
#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

size_t
mstc_utf8_next(const char *text, size_t length, uint32_t *ret)
{
        const unsigned char *s = (const unsigned char *)text;
        size_t size;
        uint32_t point, least;

        if (length == 0)
                return 0;
        if (s[0] < 0x80) {
                *ret = s[0];
                return 1;
        }
        if (s[0] >= 0xc2 && s[0] <= 0xdf)
                size = 2, point = s[0] & 0x1fu, least = 0x80;
        else if ((s[0] & 0xf0) == 0xe0)
                size = 3, point = s[0] & 0x0fu, least = 0x800;
        else if (s[0] >= 0xf0 && s[0] <= 0xf4)
                size = 4, point = s[0] & 0x07u, least = 0x10000;
        else
                return 0;
        if (size > length)
                return 0;
        for (size_t i = 1; i < size; i++) {
                if ((s[i] & 0xc0) != 0x80)
                        return 0;
                point = point << 6 | (s[i] & 0x3fu);
        }
        if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
                return 0;
        *ret = point;
        return size;
}

size_t
mstc_utf8_valid(const char *text, size_t length)
{
        size_t at = 0, size;
        uint32_t point;
        uint64_t word;

        for (;;) {
                while (length - at >= sizeof word) {
                        memcpy(&word, text + at, sizeof word);
                        if ((word & HIGH_BITS) != 0)
                                break;
                        at += sizeof word;
                }
                while (at < length && ((unsigned char)text[at] & 0x80) == 0)
                        at++;
                if (at == length)
                        return at;
                size = mstc_utf8_next(text + at, length - at, &point);
                if (size == 0)
                        return at;
                at += size;
        }
}

size_t
mstc_utf8_count(const char *text, size_t length)
{
        size_t count = 0;

        for (size_t i = 0; i < length; i++)
                count += ((unsigned char)text[i] & 0xc0) != 0x80;
        return count;
}

size_t
mstc_utf8_span(const char *text, size_t length, size_t count)
{
        size_t at = 0;

        for (; at < length; at++)
                if (((unsigned char)text[at] & 0xc0) != 0x80 && count-- == 0)
                        break;
        return at;
}

void
mstc_text_format(char *into, size_t room, const char *format, va_list args)
{
        char text[1024];
        char *whole = room <= sizeof text ? text : into;
        size_t length, at;
        int n;

        if (room == 0)
                return;
        n = vsnprintf(whole, room, format, args);
        if (n < 0)
                n = snprintf(whole, room, "(a message that cannot be written)");
        length = (size_t)n < room ? (size_t)n : room - 1;
        /* What was cut in the middle of a character loses the whole character. */
        if ((size_t)n >= room)
                for (size_t back = 1; back <= 3 && back <= length; back++) {
                        unsigned char c = (unsigned char)whole[length - back];

                        if ((c & 0xc0) == 0x80)
                                continue;
                        if (c >= 0xc0 && (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) > back)
                                length -= back;
                        break;
                }
        whole[length] = '\0';
        for (at = 0; (at += mstc_utf8_valid(whole + at, length - at)) < length; at++)
                whole[at] = '?';
        if (whole != into)
                memcpy(into, whole, length + 1);
}

/* --- columns -------------------------------------------------------------------- */

struct range {
        uint32_t first, last;
};

/* Combining marks, joiners and other characters without a column of their own. */
static const struct range narrow[] = {
        { 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x05bf, 0x05bf },
        { 0x05c1, 0x05c2 }, { 0x05c4, 0x05c5 }, { 0x05c7, 0x05c7 }, { 0x0610, 0x061a },
        { 0x064b, 0x065f }, { 0x0670, 0x0670 }, { 0x06d6, 0x06dc }, { 0x06df, 0x06e4 },
        { 0x06e7, 0x06e8 }, { 0x06ea, 0x06ed }, { 0x0711, 0x0711 }, { 0x0730, 0x074a },
        { 0x07a6, 0x07b0 }, { 0x07eb, 0x07f3 }, { 0x0816, 0x082d }, { 0x0859, 0x085b },
        { 0x08d3, 0x0902 }, { 0x093a, 0x093a }, { 0x093c, 0x093c }, { 0x0941, 0x0948 },
        { 0x094d, 0x094d }, { 0x0951, 0x0957 }, { 0x0962, 0x0963 }, { 0x0981, 0x0981 },
        { 0x09bc, 0x09bc }, { 0x09c1, 0x09c4 }, { 0x09cd, 0x09cd }, { 0x0a01, 0x0a02 },
        { 0x0a3c, 0x0a51 }, { 0x0a70, 0x0a71 }, { 0x0a81, 0x0a82 }, { 0x0abc, 0x0abc },
        { 0x0ac1, 0x0ac8 }, { 0x0acd, 0x0acd }, { 0x0b01, 0x0b01 }, { 0x0b3c, 0x0b3c },
        { 0x0b3f, 0x0b3f }, { 0x0b41, 0x0b44 }, { 0x0b4d, 0x0b56 }, { 0x0b82, 0x0b82 },
        { 0x0bc0, 0x0bc0 }, { 0x0bcd, 0x0bcd }, { 0x0c3e, 0x0c40 }, { 0x0c46, 0x0c56 },
        { 0x0cbc, 0x0cbc }, { 0x0ccc, 0x0ccd }, { 0x0d41, 0x0d44 }, { 0x0d4d, 0x0d4d },
        { 0x0dca, 0x0dca }, { 0x0dd2, 0x0dd6 }, { 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a },
        { 0x0e47, 0x0e4e }, { 0x0eb1, 0x0eb1 }, { 0x0eb4, 0x0ebc }, { 0x0ec8, 0x0ecd },
        { 0x0f18, 0x0f19 }, { 0x0f35, 0x0f35 }, { 0x0f37, 0x0f37 }, { 0x0f39, 0x0f39 },
        { 0x0f71, 0x0f7e }, { 0x0f80, 0x0f84 }, { 0x0f8d, 0x0fbc }, { 0x102d, 0x1030 },
        { 0x1032, 0x1037 }, { 0x1039, 0x103a }, { 0x135d, 0x135f }, { 0x1712, 0x1714 },
        { 0x17b4, 0x17b5 }, { 0x17b7, 0x17bd }, { 0x17c6, 0x17c6 }, { 0x17c9, 0x17d3 },
        { 0x180b, 0x180e }, { 0x1ab0, 0x1aff }, { 0x1b34, 0x1b34 }, { 0x1dc0, 0x1dff },
        { 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x206f }, { 0x20d0, 0x20f0 },
        { 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xa66f, 0xa67d }, { 0xfe00, 0xfe0f },
        { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0x1d167, 0x1d169 }, { 0x1f3fb, 0x1f3ff },
        { 0xe0001, 0xe007f }, { 0xe0100, 0xe01ef }
};

/* East Asian wide and full-width, and what terminals draw like them. */
static const struct range wide[] = {
        { 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23ec },
        { 0x25fd, 0x25fe }, { 0x2614, 0x2615 }, { 0x2648, 0x2653 }, { 0x26aa, 0x26ab },
        { 0x26bd, 0x26be }, { 0x26c4, 0x26c5 }, { 0x2705, 0x2705 }, { 0x2728, 0x2728 },
        { 0x274c, 0x274c }, { 0x2753, 0x2755 }, { 0x2795, 0x2797 }, { 0x2b1b, 0x2b1c },
        { 0x2b50, 0x2b50 }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf },
        { 0x4e00, 0x9fff }, { 0xa000, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },
        { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
        { 0x16fe0, 0x18cff }, { 0x1b000, 0x1b2ff }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf },
        { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a }, { 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f335 },
        { 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 }, { 0x1f3a0, 0x1f3ca }, { 0x1f3cf, 0x1f3d3 },
        { 0x1f3e0, 0x1f3f0 }, { 0x1f3f4, 0x1f3f4 }, { 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 },
        { 0x1f442, 0x1f4fc }, { 0x1f4ff, 0x1f53d }, { 0x1f54b, 0x1f567 }, { 0x1f57a, 0x1f57a },
        { 0x1f595, 0x1f5a4 }, { 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6ff },
        { 0x1f7e0, 0x1f7eb }, { 0x1f900, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x2fffd },
        { 0x30000, 0x3fffd }
};

static bool
within(const struct range *ranges, size_t count, uint32_t point)
{
        size_t low = 0, high = count;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (point > ranges[middle].last)
                        low = middle + 1;
                else if (point < ranges[middle].first)
                        high = middle;
                else
                        return true;
        }
        return false;
}

size_t
mstc_utf8_columns(const char *text, size_t length)
{
        size_t columns = 0, size;
        uint32_t point = 0;

        for (size_t at = 0; at < length; at += size) {
                size = mstc_utf8_next(text + at, length - at, &point);
                if (size == 0)
                        size = 1, point = '?';
                if (point < 0x20 || (point >= 0x7f && point < 0xa0))
                        continue;
                if (point < 0x300)
                        columns++;
                else if (within(wide, sizeof wide / sizeof wide[0], point) &&
                         !within(narrow, sizeof narrow / sizeof narrow[0], point))
                        columns += 2;
                else
                        columns += !within(narrow, sizeof narrow / sizeof narrow[0], point);
        }
        return columns;
}

/* --- near misses ------------------------------------------------------------------ */

static unsigned char
lower(char c)
{
        return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

int
mstc_text_casecmp(const char *a, const char *b)
{
        while (*a != '\0' && lower(*a) == lower(*b))
                a++, b++;
        return lower(*a) - lower(*b);
}

static size_t
least(size_t a, size_t b)
{
        return a < b ? a : b;
}

/* Insert, remove, replace and swap of neighbours cost one each. */
size_t
mstc_text_distance(const char *a, const char *b, size_t most)
{
        size_t la = strlen(a), lb = strlen(b);
        size_t rows[3][257];
        size_t *before = rows[0], *last = rows[1], *row = rows[2], *spare;
        size_t best, earlier = 0;

        if (la > 256 || lb > 256 || (la > lb ? la - lb : lb - la) > most)
                return most + 1;
        for (size_t j = 0; j <= lb; j++)
                last[j] = j;
        for (size_t i = 1; i <= la; i++) {
                best = row[0] = i;
                for (size_t j = 1; j <= lb; j++) {
                        bool same = lower(a[i - 1]) == lower(b[j - 1]);

                        row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same);
                        if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                            lower(a[i - 2]) == lower(b[j - 1]))
                                row[j] = least(row[j], before[j - 2] + 1);
                        best = least(best, row[j]);
                }
                /* A swap can still come from the row before. */
                if (best > most && earlier >= most)
                        return most + 1;
                earlier = best;
                spare = before, before = last, last = row, row = spare;
        }
        return last[lb] > most ? most + 1 : last[lb];
}
