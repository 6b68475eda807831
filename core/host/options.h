/* options.h - filling a connector's struct from what the admin wrote. */
#ifndef MSTC_OPTIONS_H
#define MSTC_OPTIONS_H

#include <muster/arena.h>
#include <muster/option.h>

#include "util/given.h"
#include "util/report.h"

struct mstc_filled;                          /* the struct and what it points to       */

/* Checks everything and fills; all complaints go to 'report'.  NULL when there were
 * errors.  'private_file' tells that the configuration file itself is 0600, which is
 * what a literal secret needs (and is warned of).  With 'dry' secrets are checked to
 * be readable but the struct is not to be used for a connection. */
struct mstc_filled *mstc_options_fill(const struct mst_option *table, size_t config_size,
                                      const char *plugin, const struct mstc_given *given,
                                      struct mstc_place owner, bool private_file,
                                      struct mstc_report *report);
const void *mstc_filled_config(const struct mstc_filled *filled);
void mstc_filled_free(struct mstc_filled *filled);           /* zeroes secrets */

/* Hash (hex) over the values of options flagged MST_OPT_IDENTITY.  False: out of memory. */
bool mstc_filled_identity(const struct mstc_filled *filled, const struct mst_option *table, char ret[33]);

#endif
