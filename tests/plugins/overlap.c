/* Two options of different types in the same place. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "file", MST_PATH_OPTION(struct vice_config, file), .help = "where to read" },
        { .name = "number", .type = MST_OPT_INTEGER, .offset = offsetof(struct vice_config, file), .help = "a number" },
        { .name = NULL }
};

MST_PLUGIN(overlap) = { MST_PLUGIN_HEAD, VICE_WORDS("overlap"), VICE_SOURCE, .source_options = options };
