/* A source that cannot be read. */
#include "vice.h"

static const struct mst_source_calls calls = {
        .size = sizeof calls, .open = vice_open, .probe = vice_probe, .close = vice_close,
};

MST_PLUGIN(no_read) = { MST_PLUGIN_HEAD, VICE_WORDS("no-read"), .source = &calls, .source_can = MST_CAN_USERS };
