/* SPDX-License-Identifier: Apache-2.0
 *
 * uuid.c - ids of entries, from the server and back into a filter.  Pure.
 *
 * To the engine an id is text in small letters, so that one entry has one id whatever
 * the way it was told. */
#include "uuid.h"

#include <stdio.h>
#include <string.h>

/* How many digits stand between the hyphens; 0 ends. */
static const int uuid_groups[] = { 8, 4, 4, 4, 12, 0 }, unique_groups[] = { 8, 8, 8, 8, 0 };

/* Where each byte of an objectGUID stands in its text. */
static const unsigned char swapped[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

static const int *
groups_of(enum ldp_form form)
{
        return form == LDP_FORM_UNIQUE ? unique_groups : uuid_groups;
}

static int
hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void
write_text(const int *groups, const unsigned char *bytes, char *into)
{
        static const char digits[] = "0123456789abcdef";
        int n = 0;

        for (; *groups != 0; groups++) {
                for (int i = 0; i < *groups; i += 2, n++) {
                        *into++ = digits[bytes[n] >> 4];
                        *into++ = digits[bytes[n] & 15];
                }
                *into++ = '-';
        }
        into[-1] = '\0';
}

static bool
parse_text(const int *groups, const char *text, size_t length, unsigned char bytes[16])
{
        size_t at = 0;
        int n = 0;

        for (; *groups != 0; groups++) {
                for (int i = 0; i < *groups; i += 2, at += 2, n++) {
                        if (at + 2 > length || hex(text[at]) < 0 || hex(text[at + 1]) < 0)
                                return false;
                        bytes[n] = (unsigned char)(hex(text[at]) * 16 + hex(text[at + 1]));
                }
                if (groups[1] != 0 && (at >= length || text[at++] != '-'))
                        return false;
        }
        return at == length;
}

bool
ldp_uuid_from_bytes(enum ldp_form form, const void *bytes, size_t size, char into[LDP_UUID_ROOM])
{
        unsigned char ordered[16];

        if (size != 16)
                return false;
        memcpy(ordered, bytes, 16);
        if (form == LDP_FORM_GUID)
                for (int i = 0; i < 16; i++)
                        ordered[i] = ((const unsigned char *)bytes)[swapped[i]];
        write_text(groups_of(form), ordered, into);
        return true;
}

bool
ldp_uuid_read(enum ldp_form form, const struct berval *value, char into[LDP_UUID_ROOM])
{
        unsigned char bytes[16];

        if (form == LDP_FORM_GUID)
                return ldp_uuid_from_bytes(form, value->bv_val, value->bv_len, into);
        if (!parse_text(groups_of(form), value->bv_val, value->bv_len, bytes))
                return false;
        write_text(groups_of(form), bytes, into);
        return true;
}

bool
ldp_uuid_filter(enum ldp_form form, const char *id, char into[64])
{
        unsigned char bytes[16];

        if (!parse_text(groups_of(form), id, strlen(id), bytes))
                return false;
        if (form != LDP_FORM_GUID) {
                write_text(groups_of(form), bytes, into);
                return true;
        }
        for (int i = 0; i < 16; i++)
                snprintf(into + i * 3, 4, "\\%02x", bytes[swapped[i]]);
        return true;
}
