/* secrets.h - where a secret comes from: file=, credential=, env=, or the text itself. */
#ifndef MSTC_SECRETS_H
#define MSTC_SECRETS_H

#include <muster/secret.h>

#include "util/given.h"
#include "util/report.h"

/* NULL with a complaint in the report.  'private_file': nobody else can read the file
 * that 'given' stands in. */
struct mst_secret *mstc_secret_take(const struct mstc_given *given, bool private_file,
                                    struct mstc_report *report);

#endif
