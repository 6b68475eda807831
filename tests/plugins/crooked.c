/* An option would be stored where its type cannot lie. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "number", .type = MST_OPT_INTEGER, .offset = 4, .help = "a number" },
        { .name = NULL }
};

MST_PLUGIN(crooked) = { MST_PLUGIN_HEAD, VICE_WORDS("crooked"), VICE_SOURCE, .source_options = options };
