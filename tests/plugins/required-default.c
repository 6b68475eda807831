/* Required, and with a default. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "number", MST_INTEGER_OPTION(struct vice_config, number), .flags = MST_OPT_REQUIRED, .def = "9", .help = "a number" },
        { .name = NULL }
};

MST_PLUGIN(required_default) = { MST_PLUGIN_HEAD, VICE_WORDS("required-default"), VICE_SOURCE, .source_options = options };
