/* near.h - "did you mean": the name that comes nearest to a wrong one. */
#ifndef MSTC_NEAR_H
#define MSTC_NEAR_H

#include <muster/abi.h>

/* One of 'names', or NULL when none is near enough to be a slip of the pen. */
const char *mstc_near(const char *wrong, const char *const *names, size_t count);

#endif
