/* bundle.h - all that is known of a run in one file, without secrets. */
#ifndef MSTC_BUNDLE_H
#define MSTC_BUNDLE_H

#include "cli/workplace.h"
#include "store/view.h"

int mstc_bundle(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_run *run, const char *path,
                bool force);

#endif
