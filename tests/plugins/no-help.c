/* An option that nobody can look up. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "number", MST_INTEGER_OPTION(struct vice_config, number) },
        { .name = NULL }
};

MST_PLUGIN(no_help) = { MST_PLUGIN_HEAD, VICE_WORDS("no-help"), VICE_SOURCE, .source_options = options };
