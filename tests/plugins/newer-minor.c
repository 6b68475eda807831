/* Built for a newer minor than this program knows. */
#include "vice.h"

MST_PLUGIN(newer_minor) = {
        .abi_major = MST_ABI_MAJOR, .abi_minor = MST_ABI_MINOR + 1, .size = sizeof(struct mst_plugin) + 64,
        VICE_WORDS("newer-minor"), VICE_SOURCE,
};
