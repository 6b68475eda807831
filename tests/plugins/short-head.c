/* Says that its descriptor is shorter than any there ever was. */
#include "vice.h"

MST_PLUGIN(short_head) = {
        .abi_major = MST_ABI_MAJOR, .abi_minor = MST_ABI_MINOR, .size = 24, VICE_WORDS("short-head"), VICE_SOURCE,
};
