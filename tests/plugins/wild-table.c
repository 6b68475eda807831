/* Its option table lies nowhere. */
#include "vice.h"

MST_PLUGIN(wild_table) = {
        MST_PLUGIN_HEAD, VICE_WORDS("wild-table"), VICE_SOURCE,
        .source_options = (const struct mst_option *)(uintptr_t)0x7070707070707070,
};
