/* A default that the row itself refuses. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "number", MST_INTEGER_OPTION(struct vice_config, number), .def = "9", .min = 1, .max = 5, .help = "a number" },
        { .name = NULL }
};

MST_PLUGIN(odd_default) = { MST_PLUGIN_HEAD, VICE_WORDS("odd-default"), VICE_SOURCE, .source_options = options };
