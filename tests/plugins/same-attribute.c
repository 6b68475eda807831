/* The same attribute twice, in another case. */
#include "vice.h"

static const struct mst_attribute attributes[] = {
        { .name = "mail", .type = MST_TEXT }, { .name = "Mail", .type = MST_TEXT }, { .name = NULL }
};

MST_PLUGIN(same_attribute) = { MST_PLUGIN_HEAD, VICE_WORDS("same-attribute"), VICE_SOURCE, .source_attributes = attributes };
