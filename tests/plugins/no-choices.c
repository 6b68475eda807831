/* A choice of nothing. */
#include "vice.h"

static const struct mst_option options[] = {
        { .name = "number", MST_CHOICE_OPTION(struct vice_config, number), .help = "a choice" },
        { .name = NULL }
};

MST_PLUGIN(no_choices) = { MST_PLUGIN_HEAD, VICE_WORDS("no-choices"), VICE_SOURCE, .source_options = options };
