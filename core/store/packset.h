/* packset.h - a set of entries as an op keeps it: who joins a group, who leaves. */
#ifndef MSTC_PACKSET_H
#define MSTC_PACKSET_H

#include "util/buffer.h"
#include "util/set.h"

void mstc_pack_set(const struct mstc_set *set, struct mstc_buffer *into);
/* Adds to 'into'; false: out of memory, or these bytes are no set. */
bool mstc_unpack_set(const void *bytes, size_t size, struct mstc_set *into);

#endif
