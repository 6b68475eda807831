/* halt.h - SIGINT and SIGTERM: the first asks for an orderly stop, the second ends at
 * once.  SIGHUP asks the service for its configuration anew.  SIGPIPE is a failed write like any other. */
#ifndef MSTC_HALT_H
#define MSTC_HALT_H

#include "sdk/host.h"

/* For the life of the process; from then on signals go to 'stop', made here. */
struct mstc_stop *mstc_halt_begin(void);     /* NULL: no descriptors, no memory        */
void mstc_halt_end(void);
/* Further signals, to be read as signalfd(2) tells them: SIGHUP.  They are blocked from then on, in
 * the threads of connectors too.  -1: no descriptor. */
int mstc_halt_reload_fd(void);
bool mstc_halt_reload_asked(int fd);         /* and takes it                           */
/* For commands that hold nothing: the system's own way for signals, but for SIGPIPE. */
void mstc_halt_ignore_pipe(void);

#endif
