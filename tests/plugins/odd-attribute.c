/* An attribute of a type that there is not. */
#include "vice.h"

static const struct mst_attribute attributes[] = {
        { .name = "mail", .type = MST_TEXT }, { .name = "photo", .type = 99 }, { .name = NULL }
};

MST_PLUGIN(odd_attribute) = { MST_PLUGIN_HEAD, VICE_WORDS("odd-attribute"), VICE_SOURCE, .source_attributes = attributes };
