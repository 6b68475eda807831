/* SPDX-License-Identifier: Apache-2.0
 *
 * slice.c - the values of an attribute in slices.
 *
 * Of an attribute with very many values Active Directory gives the first 1,500, as
 * "member;range=0-1499", and the next to who asks for "member;range=1500-*"; the last slice is
 * named with a star ([MS-ADTS] 3.1.1.3.1.3.3).  Whoever took half of them for all would
 * see people leave who are there: a slice that is not the one asked for, or has other
 * values than it says, is no slice. */
#include "slice.h"

#include <string.h>
#include <strings.h>

#define RANGE ";range="

/* Up to eighteen digits at the front of what is left. */
static bool
take_number(const char **at, const char *end, uint64_t *ret)
{
        const char *begin = *at;

        for (*ret = 0; *at < end && **at >= '0' && **at <= '9' && *at - begin < 18; ++*at)
                *ret = *ret * 10 + (uint64_t)(**at - '0');
        return *at > begin;
}

enum ldp_sliced
ldp_slice_read(const struct berval *name, size_t count, const char *attribute, uint64_t from, uint64_t *next)
{
        const size_t length = strlen(attribute);
        const char *at, *end = name->bv_val + name->bv_len;
        uint64_t first, last;

        if (name->bv_len < length + strlen(RANGE) || strncasecmp(name->bv_val, attribute, length) != 0 ||
            strncasecmp(name->bv_val + length, RANGE, strlen(RANGE)) != 0)
                return LDP_NO_SLICE;
        at = name->bv_val + length + strlen(RANGE);
        if (!take_number(&at, end, &first) || at == end || *at++ != '-' || first != from)
                return LDP_SLICE_BAD;
        *next = 0;
        if (at + 1 == end && *at == '*')
                return count > 0 || from == 0 ? LDP_SLICE : LDP_SLICE_BAD;
        if (!take_number(&at, end, &last) || at != end || last < first || last - first + 1 != count)
                return LDP_SLICE_BAD;
        *next = last + 1;
        return LDP_SLICE;
}
