/* wild.h - "finance-* dept-??": '*' stands for any text, '?' for one character. */
#ifndef MSTC_WILD_H
#define MSTC_WILD_H

#include <muster/abi.h>

/* Is there a text that both describe?  With a 'name' without '*' that is: does it match?
 * Exact in case.  'name' may hold '*' for a part that is not known yet, but no '?'.
 * Of what is longer than 1,000 bytes nothing matches. */
bool mstc_wild_match(const char *pattern, const char *name);

#endif
