/* packset.c - a set of entries as an op keeps it: the steps from one to the next, as varints. */
#include "build.h"

#include "store/packset.h"

void
mstc_pack_set(const struct mstc_set *set, struct mstc_buffer *into)
{
        uint32_t last = 0;

        for (uint32_t n = 0; set != NULL && mstc_set_next(set, &n); n++) {
                mstc_buffer_varint(into, n - last);
                last = n;
                if (n == UINT32_MAX)
                        break;
        }
}

bool
mstc_unpack_set(const void *bytes, size_t size, struct mstc_set *into)
{
        const uint8_t *p = bytes, *end = p + size;
        uint64_t last = 0;

        while (p < end) {
                uint64_t delta = 0;
                unsigned shift = 0;

                do {
                        if (p == end || shift > 28)
                                return false;
                        delta |= (uint64_t)(*p & 0x7f) << shift;
                        shift += 7;
                } while ((*p++ & 0x80) != 0);
                last += delta;
                if (last > UINT32_MAX || !mstc_set_add(into, (uint32_t)last))
                        return false;
        }
        return true;
}
