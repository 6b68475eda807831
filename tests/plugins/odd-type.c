/* An option of a type that there is not. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "number", .type = 77, .offset = 8, .help = "a number" },
        { .name = NULL }
};

MST_PLUGIN(odd_type) = { MST_PLUGIN_HEAD, VICE_WORDS("odd-type"), VICE_SOURCE, .source_options = options };
