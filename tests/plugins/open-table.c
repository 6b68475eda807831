/* Forgot the row that ends its options; what follows in memory is not a row. */
#include "vice.h"

static const struct {
        struct mst_option rows[2];
        char after[4096];
} table = {
        .rows = { { .name = "file", MST_PATH_OPTION(struct vice_config, file), .help = "where to read" },
                  { .name = "flag", MST_BOOLEAN_OPTION(struct vice_config, flag), .help = "whether" } },
        .after = "After the table comes text, as it may in any program that was not lucky with its linker.",
};

MST_PLUGIN(open_table) = { MST_PLUGIN_HEAD, VICE_WORDS("open-table"), VICE_SOURCE, .source_options = table.rows };
