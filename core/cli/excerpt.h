/* excerpt.h - a line of a rule with its place marked below it. */
#ifndef MSTC_EXCERPT_H
#define MSTC_EXCERPT_H

#include <stdio.h>

#include "cli/table.h"

/*      user.department -eqq "Finance"
 *                      ^~~~
 * 'line' is one line from anywhere; 'at' and 'length' are in its bytes.  Of a line that is too
 * long the part around the place is shown. */
void mstc_excerpt(struct mst_arena *arena, FILE *to, bool colour, unsigned width, const char *line, size_t at, size_t length);

#endif
