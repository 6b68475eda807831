/* An option would be stored half beyond the struct. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "number", .type = MST_OPT_INTEGER, .offset = sizeof(struct vice_config) - 4, .help = "a number" },
        { .name = NULL }
};

MST_PLUGIN(at_the_edge) = { MST_PLUGIN_HEAD, VICE_WORDS("at-the-edge"), VICE_SOURCE, .source_options = options };
