/* An option would be stored beyond the struct. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "number", .type = MST_OPT_INTEGER, .offset = 4096, .help = "a number" },
        { .name = NULL }
};

MST_PLUGIN(outside) = { MST_PLUGIN_HEAD, VICE_WORDS("outside"), VICE_SOURCE, .source_options = options };
