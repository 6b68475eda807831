/* Built for another major ABI: nothing else of it may be looked at. */
#include "vice.h"

MST_PLUGIN(wrong_major) = { .abi_major = MST_ABI_MAJOR + 1, .abi_minor = 0, .size = 12 };
