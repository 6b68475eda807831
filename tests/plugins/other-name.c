/* Calls itself otherwise in its descriptor. */
#include "vice.h"

MST_PLUGIN(other_name) = { MST_PLUGIN_HEAD, VICE_WORDS("else"), VICE_SOURCE };
