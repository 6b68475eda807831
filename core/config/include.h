/* include.h - <include file="..."/>: further files, as if written there. */
#ifndef MSTC_CONFIG_INCLUDE_H
#define MSTC_CONFIG_INCLUDE_H

#include "config/walk.h"

/* The <part> elements of the files that match, in order of their names.  'nested': the
 * include stands in an included file, which is refused. */
struct mstc_nodes mstc_include(struct mstc_walk *walk, xmlNode *node, bool nested);

#endif
