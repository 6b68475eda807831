/* ids.c - the ids that fetch() is asked for. */
#include "build.h"

#include <muster/source.h>

#include "sdk/page.h"

size_t
mst_ids_count(const struct mst_ids *ids)
{
        return ids->count;
}

enum mst_kind
mst_ids_kind_at(const struct mst_ids *ids, size_t index)
{
        return index < ids->count ? ids->kinds[index] : MST_USER;
}

const char *
mst_ids_at(const struct mst_ids *ids, size_t index)
{
        return index < ids->count ? ids->ids[index] : NULL;
}
