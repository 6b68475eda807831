/* link.c - nextLinks and deltaLinks; see link.h.
 *
 * seal (8 bytes), then the struct and the filter under a mask made from the
 * seal; in plain base64, which has '+', '/' and '='; then '_' and, where a
 * length is asked for, characters that mean nothing but are sealed in length
 * by having to be the right ones. */
#include "link.h"
#include "../rest/seal.h"

static void
mask(char *data, size_t len, uint64_t key)
{
        for (size_t i = 0; i < len; i += 8) {
                uint64_t word = mix(key + i);

                for (size_t k = 0; k < 8 && i + k < len; k++)
                        data[i + k] = (char)(data[i + k] ^ (char)(word >> (8 * k)));
        }
}

static char
filler(uint64_t key, size_t at)
{
        static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-";

        return set[mix(key + at) % (sizeof set - 1)];
}

void
link_write(const struct link *link, const char *filter, uint64_t key, size_t least, struct text *t)
{
        struct text raw = { 0 };
        size_t start = t->len;
        uint64_t sealed;

        text_raw(&raw, link, sizeof *link);
        text_raw(&raw, filter, link->filter_len);
        sealed = seal(key, raw.at, raw.len);
        mask(raw.at, raw.len, sealed ^ key);
        text_need(&raw, 8);
        memmove(raw.at + 8, raw.at, raw.len);
        memcpy(raw.at, &sealed, 8);
        base64_write(t, raw.at, raw.len + 8, false);
        text_char(t, '_');
        while (t->len - start < least)
                text_char(t, filler(sealed ^ least << 20, t->len - start));
        text_free(&raw);
}

bool
link_read(struct link *link, struct text *filter, uint64_t key, const char *token)
{
        const char *end = strchr(token, '_');
        struct text raw = { 0 }, again = { 0 };
        uint64_t sealed = 0;
        bool good = end != NULL && strspn(token, "-") == 0 &&
                    base64_read(&raw, token, (size_t)(end - token)) && raw.len >= 8 + sizeof *link;

        if (good) {
                memcpy(&sealed, raw.at, 8);
                mask(raw.at + 8, raw.len - 8, sealed ^ key);
                good = seal(key, raw.at + 8, raw.len - 8) == sealed;
        }
        if (good) {
                memcpy(link, raw.at + 8, sizeof *link);
                text_raw(filter, raw.at + 8 + sizeof *link, raw.len - 8 - sizeof *link);
                text_str(filter);
                /* Byte for byte: another spelling of the same bytes is not our link. */
                link_write(link, filter->at, key, strlen(token), &again);
                good = strcmp(text_str(&again), token) == 0;
        }
        text_free(&raw);
        text_free(&again);
        return good;
}
