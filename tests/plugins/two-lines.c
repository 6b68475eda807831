/* Would forge a line in every list. */
#include "vice.h"

MST_PLUGIN(two_lines) = {
        MST_PLUGIN_HEAD, .name = "two-lines", .version = "1", .summary = "one\ntwo", VICE_SOURCE,
};
