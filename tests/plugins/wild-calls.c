/* Its table of calls lies nowhere. */
#include "vice.h"

MST_PLUGIN(wild_calls) = {
        MST_PLUGIN_HEAD, VICE_WORDS("wild-calls"), .source = (const struct mst_source_calls *)(uintptr_t)4096,
        .source_can = MST_CAN_USERS,
};
