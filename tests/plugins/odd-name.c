/* An option whose name cannot be an element. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "Time Out", MST_INTEGER_OPTION(struct vice_config, number), .help = "a number" },
        { .name = NULL }
};

MST_PLUGIN(odd_name) = { MST_PLUGIN_HEAD, VICE_WORDS("odd-name"), VICE_SOURCE, .source_options = options };
