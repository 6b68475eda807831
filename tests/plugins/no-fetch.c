/* Promises to fetch and has no call for it. */
#include "vice.h"

MST_PLUGIN(no_fetch) = {
        MST_PLUGIN_HEAD, VICE_WORDS("no-fetch"), .source = &vice_source, .source_can = MST_CAN_USERS | MST_CAN_FETCH,
};
