/* The same option twice. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "file", MST_PATH_OPTION(struct vice_config, file), .help = "where to read" },
        { .name = "flag", MST_BOOLEAN_OPTION(struct vice_config, flag), .help = "whether" },
        { .name = "file", MST_PATH_OPTION(struct vice_config, file), .help = "where to read" },
        { .name = NULL }
};

MST_PLUGIN(twice) = { MST_PLUGIN_HEAD, VICE_WORDS("twice"), VICE_SOURCE, .source_options = options };
