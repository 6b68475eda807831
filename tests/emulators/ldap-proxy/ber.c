/* ber.c - tag, length and value: what LDAP's messages are made of.  A length that was read
 * never leads out of what holds it. */
#include "ber.h"

enum framed
element_read(struct piece from, struct element *ret)
{
        size_t length, at = 2;
        unsigned count;

        if (from.length < 2)
                return PARTIAL;
        ret->tag = from.at[0];
        length = from.at[1];
        if (length >= 0x80) {
                count = (unsigned)(length & 0x7f);
                if (count == 0 || count > 4)
                        return FOREIGN;
                if (from.length < 2 + count)
                        return PARTIAL;
                for (length = 0; count > 0; count--)
                        length = length << 8 | from.at[at++];
        }
        if (length > MESSAGE_LONGEST)
                return FOREIGN;
        ret->length = at + length;
        if (from.length - at < length)
                return PARTIAL;
        ret->value = (struct piece){ from.at + at, length };
        return FRAMED;
}

bool
element_next(struct piece *from, struct element *ret)
{
        if (element_read(*from, ret) != FRAMED)
                return false;
        from->at += ret->length;
        from->length -= ret->length;
        return true;
}

int32_t
element_integer(struct piece value)
{
        uint32_t n = 0;

        for (size_t i = 0; i < value.length && i < 4; i++)
                n = n << 8 | value.at[i];
        return (int32_t)n;
}

/* Lengths are written in four bytes: allowed, and the same everywhere. */
void
element_put(struct buffer *to, unsigned char tag, const void *value, size_t length)
{
        unsigned char head[6] = { tag, 0x84, (unsigned char)(length >> 24), (unsigned char)(length >> 16),
                                  (unsigned char)(length >> 8), (unsigned char)length };

        if (length < 0x80) {
                head[1] = (unsigned char)length;
                buffer_put(to, head, 2);
        } else {
                buffer_put(to, head, sizeof head);
        }
        buffer_put(to, value, length);
}

void
integer_put(struct buffer *to, unsigned char tag, int32_t n)
{
        const uint32_t u = (uint32_t)n;
        const unsigned char bytes[5] = { 0, (unsigned char)(u >> 24), (unsigned char)(u >> 16),
                                         (unsigned char)(u >> 8), (unsigned char)u };
        size_t at = 1;

        /* As short as it can be, with a first bit that says "not negative". */
        while (at < 4 && bytes[at] == 0)
                at++;
        if (bytes[at] >= 0x80)
                at--;
        element_put(to, tag, bytes + at, sizeof bytes - at);
}
