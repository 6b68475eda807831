/* Renamed: the file is called otherwise than the symbol. */
#include "vice.h"

MST_PLUGIN(some_other_name) = { MST_PLUGIN_HEAD, VICE_WORDS("some-other-name"), VICE_SOURCE };
