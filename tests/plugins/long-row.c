/* Its option rows are said to be longer than ours, although its minor is not newer. */
#include "vice.h"

MST_PLUGIN(long_row) = {
        .abi_major = MST_ABI_MAJOR, .abi_minor = MST_ABI_MINOR, .size = sizeof(struct mst_plugin),
        .option_size = sizeof(struct mst_option) + 8, .attribute_size = sizeof(struct mst_attribute),
        .default_map_size = sizeof(struct mst_default_map),
        VICE_WORDS("long-row"), VICE_SOURCE, .source_options = vice_options,
};
