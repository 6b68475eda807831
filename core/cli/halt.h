/* halt.h - SIGINT and SIGTERM: the first asks for an orderly stop, the second ends at
 * once.  SIGPIPE is a failed write like any other. */
#ifndef MSTC_HALT_H
#define MSTC_HALT_H

#include "sdk/host.h"

/* For the life of the process; from then on signals go to 'stop', made here. */
struct mstc_stop *mstc_halt_begin(void);     /* NULL: no descriptors, no memory        */
void mstc_halt_end(void);
/* For commands that hold nothing: the system's own way for signals, but for SIGPIPE. */
void mstc_halt_ignore_pipe(void);

#endif
