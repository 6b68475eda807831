/* Neither a source nor a sink. */
#include "vice.h"

MST_PLUGIN(nobody) = { MST_PLUGIN_HEAD, VICE_WORDS("nobody") };
