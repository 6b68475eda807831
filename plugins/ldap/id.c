/* SPDX-License-Identifier: Apache-2.0
 *
 * id.c - lasting ids.
 *
 *   entryUUID    f1c3a1d2-....: 36 characters, dashes after 8, 12, 16 and 20 digits
 *   nsUniqueId   66446001-1dd211b2-8a80c9ee-00000000: 35, dashes after 8, 16 and 24
 *   objectGUID   16 bytes; as text like an entryUUID, whose first three fields have their
 *                bytes the other way round
 *
 * Any of them is hexadecimal digits and dashes, so none needs to be escaped. */
#include "id.h"

#include <stdio.h>
#include <string.h>

static const uint8_t guid_order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

static bool
is_hex(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_uuid(const char *text, size_t length)
{
        for (size_t i = 0; i < length; i++)
                if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !is_hex(text[i]))
                        return false;
        return length == 36;
}

static bool
is_unique_id(const char *text, size_t length)
{
        for (size_t i = 0; i < length; i++)
                if (i == 8 || i == 17 || i == 26 ? text[i] != '-' : !is_hex(text[i]))
                        return false;
        return length == 35;
}

bool
ldp_id_is(const struct ldp_id *id, const char *text)
{
        size_t length = text != NULL ? strnlen(text, 64) : 0;

        return is_uuid(text, length) || (!id->guid && is_unique_id(text, length));
}

const char *
ldp_id_text(struct mst_arena *arena, const struct ldp_id *id, const struct berval *value)
{
        const unsigned char *bytes = (const unsigned char *)value->bv_val;
        char text[37];
        size_t used = 0;

        if (!id->guid) {
                if (!is_uuid(value->bv_val, value->bv_len) && !is_unique_id(value->bv_val, value->bv_len))
                        return NULL;
                return mst_arena_strndup(arena, value->bv_val, value->bv_len);
        }
        if (value->bv_len != 16)
                return NULL;
        for (size_t i = 0; i < 16; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%02x",
                                         i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[guid_order[i]]);
        return mst_arena_strdup(arena, text);
}

static unsigned
digit(char c)
{
        return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

bool
ldp_id_value(struct mst_arena *arena, const struct ldp_id *id, const char *text, struct berval *ret)
{
        char *bytes;

        if (!id->guid) {
                *ret = (struct berval){ .bv_val = (char *)text, .bv_len = strlen(text) };
                return true;
        }
        bytes = mst_arena_alloc(arena, 16);
        if (bytes == NULL)
                return false;
        for (size_t i = 0; i < 16; i++) {
                text += *text == '-';
                bytes[guid_order[i]] = (char)(digit(text[0]) << 4 | digit(text[1]));
                text += 2;
        }
        *ret = (struct berval){ .bv_val = bytes, .bv_len = 16 };
        return true;
}

const char *
ldp_id_filter(struct mst_arena *arena, const struct ldp_id *id, const char *text)
{
        char escaped[16 * 3 + 1];
        struct berval value;

        if (!ldp_id_value(arena, id, text, &value))
                return NULL;
        if (!id->guid)
                return mst_arena_printf(arena, "(%s=%s)", id->attribute, text);
        for (size_t i = 0; i < 16; i++)
                snprintf(escaped + i * 3, sizeof escaped - i * 3, "\\%02x", (unsigned char)value.bv_val[i]);
        return mst_arena_printf(arena, "(%s=%s)", id->attribute, escaped);
}
