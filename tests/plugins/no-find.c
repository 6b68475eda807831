/* A sink that cannot be asked what it holds: no lost reply could ever be cleared up. */
#include "vice.h"

static const struct mst_sink_calls calls = {
        .size = sizeof calls, .open = vice_open, .probe = vice_probe, .apply = vice_apply, .close = vice_close,
};

MST_PLUGIN(no_find) = { MST_PLUGIN_HEAD, VICE_WORDS("no-find"), .sink = &calls, .sink_can = MST_CAN_USERS };
