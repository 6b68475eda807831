/* seal.c - hashes, ids and seals; the story is in seal.h. */
#include "seal.h"
#include "text.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

static const char hex[] = "0123456789abcdef";

/* A reversible scramble of 32 bits: multiplications by odd numbers and
 * exclusive ors with the own upper bits, each of which can be undone. */
static uint32_t
scramble(uint32_t x)
{
        x ^= x >> 16;
        x *= UINT32_C(0x7feb352d);
        x ^= x >> 15;
        x *= UINT32_C(0x846ca68b);
        return x ^ (x >> 16);
}

static uint32_t
unscramble(uint32_t x)
{
        x ^= x >> 16;
        x *= UINT32_C(0x43021123);
        x ^= (x >> 15) ^ (x >> 30);
        x *= UINT32_C(0x1d69e2a5);
        return x ^ (x >> 16);
}

static void
guid_format(char *to, uint32_t a, uint64_t b, uint64_t c)
{
        char digits[32];

        for (int i = 0; i < 8; i++)
                digits[i] = hex[(a >> (28 - 4 * i)) & 15];
        for (int i = 0; i < 12; i++)
                digits[8 + i] = hex[(b >> (4 * i)) & 15];
        for (int i = 0; i < 12; i++)
                digits[20 + i] = hex[(c >> (4 * i)) & 15];
        digits[12] = '4';
        digits[16] = hex[8 + (b >> 60 & 3)];
        memcpy(to, digits, 8);
        to[8] = '-';
        memcpy(to + 9, digits + 8, 4);
        to[13] = '-';
        memcpy(to + 14, digits + 12, 4);
        to[18] = '-';
        memcpy(to + 19, digits + 16, 4);
        to[23] = '-';
        memcpy(to + 24, digits + 20, 12);
}

void
guid_write(char *to, uint64_t realm, uint32_t index)
{
        uint64_t b = mix(realm ^ ((uint64_t)index << 20));

        guid_format(to, scramble(index ^ (uint32_t)mix(realm)), b, mix(b));
}

void
guid_text(struct text *t, uint64_t realm, uint32_t index)
{
        text_need(t, GUID_LEN);
        guid_write(t->at + t->len, realm, index);
        t->len += GUID_LEN;
}

bool
guid_is(const char *text)
{
        for (int i = 0; i < GUID_LEN; i++) {
                bool dash = i == 8 || i == 13 || i == 18 || i == 23;

                if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
                        return false;
        }
        return text[GUID_LEN] == '\0';
}

uint32_t
guid_index(const char *guid, size_t len, uint64_t realm)
{
        char want[GUID_LEN], given[GUID_LEN];
        uint32_t a = 0, index;

        if (len != GUID_LEN)
                return NOBODY;
        for (size_t i = 0; i < len; i++)
                given[i] = (char)tolower((unsigned char)guid[i]);
        for (int i = 0; i < 8; i++) {
                const char *digit = memchr(hex, given[i], 16);

                if (digit == NULL)
                        return NOBODY;
                a = a << 4 | (uint32_t)(digit - hex);
        }
        index = unscramble(a) ^ (uint32_t)mix(realm);
        guid_write(want, realm, index);
        return memcmp(want, given, GUID_LEN) == 0 ? index : NOBODY;
}

void
guid_fresh(char to[GUID_LEN + 1])
{
        static uint64_t last;           /* one thread; ids only have to differ */
        struct timespec now;

        if (last == 0) {
                clock_gettime(CLOCK_REALTIME, &now);
                last = mix((uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 32);
        }
        last = mix(last);
        guid_format(to, (uint32_t)last, mix(last + 1), mix(last + 2));
        to[GUID_LEN] = '\0';
}

static inline uint64_t
rotl(uint64_t x, int by)
{
        return x << by | x >> (64 - by);
}

static void
sip_round(uint64_t v[4])
{
        v[0] += v[1];
        v[1] = rotl(v[1], 13) ^ v[0];
        v[0] = rotl(v[0], 32);
        v[2] += v[3];
        v[3] = rotl(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = rotl(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = rotl(v[1], 17) ^ v[2];
        v[2] = rotl(v[2], 32);
}

uint64_t
seal(uint64_t key, const void *data, size_t len)
{
        const unsigned char *in = data;
        uint64_t k1 = mix(key), word;
        uint64_t v[4] = { key ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                          key ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573) };

        for (size_t at = 0; at <= len; at += 8) {
                bool last = len - at < 8;

                word = last ? (uint64_t)len << 56 : 0;
                for (size_t i = 0; i < (last ? len - at : 8); i++)
                        word |= (uint64_t)in[at + i] << (8 * i);
                v[3] ^= word;
                sip_round(v);
                sip_round(v);
                v[0] ^= word;
        }
        v[2] ^= 0xff;
        for (int i = 0; i < 4; i++)
                sip_round(v);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static const char plain64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
base64_write(struct text *t, const void *data, size_t len, bool url)
{
        const unsigned char *in = data;
        const char *alphabet = url ? url64 : plain64;

        text_need(t, len / 3 * 4 + 4);
        for (size_t i = 0; i < len; i += 3) {
                size_t left = len - i;
                uint32_t v = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                             (left > 2 ? in[i + 2] : 0);

                text_char(t, alphabet[v >> 18]);
                text_char(t, alphabet[v >> 12 & 63]);
                if (left > 1 || !url)
                        text_char(t, left > 1 ? alphabet[v >> 6 & 63] : '=');
                if (left > 2 || !url)
                        text_char(t, left > 2 ? alphabet[v & 63] : '=');
        }
}

static int
digit64(char c)
{
        const char *at;

        if (c == '-' || c == '+')
                return 62;
        if (c == '_' || c == '/')
                return 63;
        at = c != '\0' ? strchr(plain64, c) : NULL;
        return at != NULL ? (int)(at - plain64) : -1;
}

bool
base64_read(struct text *t, const char *from, size_t len)
{
        uint32_t v = 0;
        int bits = 0;

        while (len > 0 && from[len - 1] == '=')
                len--;
        for (size_t i = 0; i < len; i++) {
                int d = digit64(from[i]);

                if (d < 0)
                        return false;
                v = v << 6 | (uint32_t)d;
                bits += 6;
                if (bits >= 8) {
                        bits -= 8;
                        text_char(t, (char)(v >> bits & 255));
                }
        }
        return true;
}
