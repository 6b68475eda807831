/* Has nothing to say of itself. */
#include "vice.h"

MST_PLUGIN(no_summary) = { MST_PLUGIN_HEAD, .name = "no-summary", .version = "1", VICE_SOURCE };
