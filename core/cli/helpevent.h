/* helpevent.h - `muster help MST-1042` and `muster help messages`. */
#ifndef MSTC_HELPEVENT_H
#define MSTC_HELPEVENT_H

#include "cli/cli.h"

int mstc_help_event(struct mstc_cli *cli, int number);
int mstc_help_events(struct mstc_cli *cli);

#endif
