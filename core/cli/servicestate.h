/* servicestate.h - what the service says of itself, and what is paused, for `muster status`. */
#ifndef MSTC_SERVICESTATE_H
#define MSTC_SERVICESTATE_H

#include "cli/workplace.h"

/* Asks the service, if one runs, and looks for pauses in place->store (which may be NULL); tells both
 * below the tables, or as "service" and "pauses".  A service that does not answer is told, too. */
int mstc_service_state_tell(struct mstc_cli *cli, struct mstc_workplace *place);

#endif
