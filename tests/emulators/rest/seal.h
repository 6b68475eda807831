/* seal.h - hashes, ids and seals.
 *
 * mix() turns a number into another that looks random; everything about a
 * generated person comes from it, so that (seed, index) is all that need be
 * kept.  An id is a GUID whose first 32 bits are the index in disguise: it can
 * be turned back into the index, and the rest shows whether it is one of ours.
 * A seal (SipHash-2-4) tells our own tokens and links from damaged ones. */
#ifndef REST_SEAL_H
#define REST_SEAL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

enum { GUID_LEN = 36 };
#define NOBODY UINT32_MAX

static inline uint64_t
mix(uint64_t x)
{
        x += UINT64_C(0x9e3779b97f4a7c15);
        x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
        return x ^ (x >> 31);
}

/* Writes the 36 characters of object 'index' of the realm 'realm' (people and
 * groups are realms of their own); no NUL. */
void guid_write(char *to, uint64_t realm, uint32_t index);
void guid_text(struct text *t, uint64_t realm, uint32_t index);
/* The index behind a GUID (upper or lower case), or NOBODY if it is not ours. */
uint32_t guid_index(const char *guid, size_t len, uint64_t realm);
/* A fresh one that means nothing, for request ids. */
void guid_fresh(char to[GUID_LEN + 1]);
bool guid_is(const char *text);

uint64_t seal(uint64_t key, const void *data, size_t len);

/* Base64: 'url' chooses the alphabet without + / and the padding. */
void base64_write(struct text *t, const void *data, size_t len, bool url);
/* Reads either alphabet, with or without padding; false at any other byte. */
bool base64_read(struct text *t, const char *from, size_t len);
#endif
