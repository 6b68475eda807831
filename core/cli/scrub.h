/* scrub.h - the last look at a file that leaves the house: no secret of the configuration is in it,
 * wherever it may have come from. */
#ifndef MSTC_SCRUB_H
#define MSTC_SCRUB_H

#include <stdio.h>

#include "engine/setup.h"

/* Every occurrence, as it is, in base64, URL-encoded or as JSON and XML write it, becomes as many
 * asterisks.  The file's buffer must be empty.  False: it could not be looked through. */
bool mstc_scrub(FILE *file, const struct mstc_setup *setup);

#endif
